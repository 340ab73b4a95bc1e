"""What is left to do before a draft can be published, said in one place: on the draft's own page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.forms.checking import mistakes_of
from portal.forms.commands.releasing import missing
from portal.forms.queries import checks
from portal.forms.queries.drafts import Draft
from portal.forms.readiness import judge
from portal.forms.views import hub
from portal.forms.views.blueprint import language
from portal.kernel import clock, scope

Step = tuple[str, str]


@hub.remaining
def steps(draft: Draft) -> list[Step]:
    """What is left, in the order in which it is done: the words of each step and where it is done."""
    if draft.state == "submitted":
        return [(_("A second person looks at it and publishes it"), url_for("forms.review", form_id=draft.id))]
    if draft.state != "open":
        return []
    submit = (_("Submit it to a second person"), hub.designers_link("forms.submit", draft))
    return [*_newer(draft), *_mistakes(draft), *_content(draft), *_proof(draft), submit]


def _newer(draft: Draft) -> list[Step]:
    """First of all, because whatever is mended and proved before would have to be looked at again."""
    number = draft.newer_number
    if number is None:
        return []
    return [(_("Bring in the changes of version %(number)s", number=number), hub.designers_link("forms.newer", draft))]


def _mistakes(draft: Draft) -> list[Step]:
    wrong = mistakes_of(draft.content, scope.council().languages)
    found = []
    in_form = sum(path[:1] == ("form",) for path, _message in wrong)
    if in_form:
        words = ngettext("Mend %(num)s mistake in the questions", "Mend %(num)s mistakes in the questions", in_form)
        found.append((words, url_for("forms.structure", form_id=draft.id)))
    in_rules = len(wrong) - in_form
    if in_rules:
        words = ngettext("Mend %(num)s mistake in the rules", "Mend %(num)s mistakes in the rules", in_rules)
        found.append((words, url_for("forms.rules", form_id=draft.id)))
    return found


def _content(draft: Draft) -> list[Step]:
    """What screening needs, and scenarios that come out otherwise; nothing while the draft cannot be read."""
    readiness = judge(draft.form_key, draft.content, scope.council().languages, clock.now())
    structure = url_for("forms.structure", form_id=draft.id)
    found = [(one.words(language()), structure) for one in missing(readiness)]
    failing = len(readiness.failing)
    if failing:
        words = ngettext(
            "Mend %(num)s scenario that fails, or say why you accept it when you submit",
            "Mend %(num)s scenarios that fail, or say why you accept them when you submit",
            failing,
        )
        found.append((words, url_for("forms.scenarios", form_id=draft.id)))
    return found


def _proof(draft: Draft) -> list[Step]:
    check = checks.of_draft(guard.actor(), draft, checks.PROOF)
    status = check.status if check else ""
    words: dict[str, str] = {
        "": _("Run the proof"),
        "out_of_date": _("Run the proof again: the draft has changed since"),
        "error": _("Run the proof again: it could not be run"),
        "waiting": _("Wait for the proof, which is running"),
        "running": _("Wait for the proof, which is running"),
        "failed": _("Mend what the proof found"),
    }
    return [(words[status], url_for("forms.proof", form_id=draft.id))] if status in words else []
