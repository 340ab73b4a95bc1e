"""A council that is made in the portal begins with the forms of the shared library for its nation."""

from __future__ import annotations

from portal.forms.commands.publish import publish
from portal.forms.families import CONCERN
from portal.forms.queries import library
from portal.kernel.errors import Invalid
from portal.kernel.scope import Council
from portal.tenants import founding


def give_forms(council: Council) -> None:
    """Publish the newest number of each template for the nation; one that is the nation's own before a shared one.

    Raises Invalid({"nation": "no_form"}) when the library has no form about a concern for it.
    """
    chosen = {}
    for template in sorted(library.for_nation(council.nation), key=lambda one: (one.nation != "", one.key)):
        chosen[template.form_key] = template
    if CONCERN not in chosen:
        raise Invalid({"nation": "no_form"})
    for form_key in sorted(chosen):
        one = chosen[form_key]
        publish(
            one.content["form"],
            one.content["thresholds"],
            one.content.get("scenarios") or (),
            template_key=one.key,
            template_number=one.number,
        )


founding.register("forms", give_forms)
