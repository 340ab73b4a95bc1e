"""The package as a document that people read: an accessible PDF with all that is copied by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.handover.package import Contents
from portal.handover.sections import sections
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.messaging.own_copy import Copy, Line, Part
from portal.referrals.wording import Wording
from portal.web import typesetting
from portal.web.speaking import speaking


def report(of: Contents, document: Mapping[str, Any], council: Council) -> bytes:
    """The PDF in the council's own language; the same package makes the same bytes."""
    language = council.settings.default_language
    with speaking(language):
        parts = tuple(
            Part(part.title, rows=tuple(Line(one.label, one.text) for one in part.values))
            for part in sections(of, document, council.settings, language)
        )  # fmt: skip
        copy = Copy(
            title=Wording(of.found.form_key).titled(of.found.reference),
            language=language,
            facts=(),
            parts=parts,
            footer=f"{say(council.name, language)}, {of.found.reference}",
            page=_("Page"),
        )
        return typesetting.pdf("own_copy", copy.data(), of.made_at)
