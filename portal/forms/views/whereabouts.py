"""What the page of a condition is called and where it leads back to, by the place of the condition."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.forms.editing.documents import mapping_at, text_at
from portal.forms.editing.places import Where
from portal.forms.editing.vocabulary import question_steps, subject
from portal.forms.queries.drafts import Draft
from portal.forms.rows.around import Around
from portal.forms.rows.listing import part_words
from portal.forms.views.desk import link_by_key

PARTS = ("overrides", "always", "topic_rules", "values", "conditions")


def heading(around: Around, place: Where) -> tuple[str, str]:
    """The heading and the caption of a condition's page."""
    caption = _caption(around, place)
    if place.owner in {"values", "conditions"}:
        return around.called(place.owner, place.name), caption
    told = {
        "required": _("When the question must be answered"),
        "show_when": _("When it is shown"),
        "level": _("When this step of the level applies"),
        "notices": _("When the notice is shown"),
        "always": _("When the notice is shown"),
        "topic_rules": _("When this rule for topics applies"),
    }
    # The innermost first: a step of a level stands inside a rule.
    found = (told[str(step)] for step in reversed(place.steps) if step in told)
    return str(next(found, _("When this rule applies"))), caption


def _caption(around: Around, place: Where) -> str:
    if place.owner == "rules":
        return str(_("Rule %(name)s", name=place.name))
    words = part_words()
    return words[place.owner] if place.owner in words else _of_form(around, place)


def _of_form(around: Around, place: Where) -> str:
    """What the question, page or section is called."""
    if place.owner == "question":
        found = (one for _steps, one in question_steps(around.content) if one.get("key") == place.name)
        return around.say(subject(next(found)).label, place.name)
    return around.say(text_at(mapping_at(around.content, place.steps[:-1]), ("title",)), place.name)


def back_of(draft: Draft, place: Where) -> str:
    """The page that a condition belongs to."""
    if place.owner in PARTS:
        return url_for("forms.part", form_id=draft.id, part=place.owner)
    if place.owner == "rules":
        return url_for("forms.rules", form_id=draft.id)
    if place.owner in {"question", "page", "section"}:
        return link_by_key(draft.id, draft.form, place.owner, place.name)
    return url_for("forms.draft", form_id=draft.id)
