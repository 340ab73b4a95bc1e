"""The page on which a decision is written: its fields in groups, who was consulted, and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from flask import render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.forms import queries as forms
from portal.kernel import scope
from portal.kernel.errors import NotFound
from portal.kernel.language import say
from portal.messaging.queries import Said
from portal.messaging.views import held
from portal.referrals.queries.record import Found
from portal.referrals.wording import Wording
from portal.screening import presenting
from portal.screening.commands import decisions
from portal.screening.commands.judging import required_words, standard_words
from portal.screening.deciding import wanted
from portal.screening.decision_input import DecisionInput
from portal.screening.given import Change, Given
from portal.screening.grounds import MOST_PEOPLE, Consulted, mistakes, plain, settled
from portal.screening.grounds_words import trouble
from portal.screening.inputs import whole_number
from portal.screening.views.filtering import ROUTES
from portal.tenants.settings import Council, Outcome
from portal.web.fields import FieldView, OptionView, from_form
from portal.web.inputs import as_uuid
from portal.web.posted import only_language

MORE: Final = "more"
STANDARD: Final = "standard"
PARTS: Final = ("agency", "name", "role", "when")


def posted_people() -> tuple[Consulted, ...]:
    """The rows of who was consulted as they were posted, without the empty ones."""
    rows = (
        Consulted(*(request.form.get(f"person-{number}-{part}", "").strip() for part in PARTS))
        for number in range(MOST_PEOPLE + 1)
    )
    return tuple(one for one in rows if not one.empty)


@dataclass
class Sheet:
    """A decision being written; `people` are who was consulted."""

    found: Found
    chosen: Outcome
    form: DecisionInput
    people: tuple[Consulted, ...] = ()
    # Whether a decision is corrected, and whether a second person must approve what is written.
    correcting: bool = False
    approval: bool = False
    wrong: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Offer what goes with the outcome."""
        self.form.offer(settings_here(), self.chosen, str(get_locale()))
        self.form.route.choices = _routes(self.found)

    def goes_on(self) -> bool:
        """Whether somebody asked for another row or for the standard words: nothing is taken yet.

        The standard words go where nothing is written; what somebody typed stays.
        """
        if STANDARD in request.form and not str(self.form.told.data or "").strip():
            self.form.told.data = standard_words(self.found, self.chosen)
        return bool({MORE, STANDARD} & set(request.form))

    def good(self) -> bool:
        """Whether the form may be taken; else everything that is wrong is told at once."""
        good = bool(self.form.validate_on_submit())
        if good or only_language():
            return good
        asked = wanted(settings_here(), self.chosen)
        self.explain(mistakes(settled(self.form.grounds(self.people), asked), asked))
        return False

    def change(self) -> Change:
        """What a correction adds; raises NotFound where its page does not say which decision."""
        decision_id = as_uuid(self.form.decision.data)
        if decision_id is None:
            raise NotFound("no such decision")
        return Change(decision_id, str(self.form.why.data or ""))

    def seen(self) -> int:
        """How many messages its writer had read when the page was made."""
        return whole_number(self.form.seen.data) or 0

    def given(self) -> Given:
        """What is recorded."""
        return Given(
            outcome=self.chosen.key,
            route=str(self.form.route.data),
            rationale=str(self.form.rationale.data),
            told=str(self.form.told.data),
            seen=self.seen(),
            once=self.form.mark(),
            read_new=whole_number(self.form.read_new.data),
            grounds=self.form.grounds(self.people),
            confirmed=str(self.form.confirmed.data or ""),
        )

    def kept(self) -> list[dict[str, str]]:
        """What was typed, to show on the page of a conflict: it was not saved and must not be lost."""
        texts = (self.form.why, self.form.rationale, self.form.told, self.form.nobody, self.form.consent_words)
        said = [{"key": str(one.label.text), "value": str(one.data or "")} for one in texts]
        people = "\n".join(", ".join(filter(None, (one.agency, one.name, one.role, one.when))) for one in self.people)
        return [row for row in (*said, {"key": _("Consulted"), "value": people}) if row["value"]]

    def explain(self, errors: Mapping[str, str]) -> None:
        """Put what a command refused beside the fields that are wrong and have no words yet."""
        for name, code in errors.items():
            if name.startswith("person-"):
                self.wrong[name] = trouble(name, code)
            elif not self.form[name].errors:
                self.form.refuse(name, _own(name, code) or trouble(name, code))

    def page(self, arrived: tuple[Said, ...]) -> str:
        """The whole page; `arrived` is what its writer had not read when it was made."""
        views = from_form(self.form)
        views.pop("confirmed")
        new, hidden = views.pop("read_new"), [view for view in views.values() if view.kind == "hidden"]
        about = []
        for name in ("route", "reasons", "need", "rationale"):
            view = views[name]
            if name not in ("reasons", "need") or view.options[1 if name == "need" else 0 :]:
                about.append(view)
        parts = {
            "why": [views["why"]] if self.correcting else [],
            "new": [_new_message(new, self.seen() + len(arrived))] if arrived else [],
            "about": about,
            "people": self._people(),
            "nobody": [views["nobody"]],
            "consent": [consent_view(views), views["consent_words"]],
            "told": self._told(views["told"]),
            "hidden": [replace(view, value=str(view.value)) for view in hidden],
        }
        return render_template(
            "screening/decide.html",
            found=self.found,
            wording=Wording(self.found.form_key),
            chosen=say(self.chosen.label, str(get_locale())),
            parts=parts,
            views=[view for part in parts.values() for view in part],
            arrived=arrived,
            correcting=self.correcting,
            approval=self.approval,
            standard=standard_words(self.found, self.chosen),
            required=required_words(self.found, self.chosen.key),
            action=url_for(".correct" if self.correcting else ".decide", reference=self.found.reference),
        )

    def _told(self, view: FieldView) -> list[FieldView]:
        """The words for the referrer; once they were held, with the box that confirms just them."""
        box = held.box(self.found, plain(str(view.value))) if view.error else None
        return [view, box] if box else [view]

    def _people(self) -> list[FieldView]:
        """A row for everybody who was consulted and an empty one where somebody asks for it, or nobody is there."""
        asked = MORE in request.form or not self.people
        rows = [*self.people, *([Consulted()] if asked and len(self.people) < MOST_PEOPLE else [])]
        return [self._person(number, one) for number, one in enumerate(rows)]

    def _person(self, number: int, one: Consulted) -> FieldView:
        said: dict[str, Any] = {"agency": one.agency, "name": one.name, "role": one.role, "when": one.when}
        labels = {
            "agency": _("Agency"), "name": _("Name"), "role": _("Role (optional)"),
            "when": _("When, for example today at 10:15"),
        }  # fmt: skip
        names = {part: f"person-{number}-{part}" for part in PARTS}
        children = tuple(
            FieldView("text", names[part], labels[part], value=said[part], error=self.wrong.get(names[part], ""))
            for part in PARTS
        )
        return FieldView("parts", f"person-{number}", _("Person %(number)s", number=number + 1), children=children)


def _own(name: str, code: str) -> str:
    """The words for what only this page asks; "" for the grounds."""
    words = {
        "outcome": _("Choose one of the list"),
        "why": _("Nothing is corrected yet: change what is wrong") if code == "same" else "",
        "route": _("Choose one of the list"),
        "told": held.trouble() if code == "protected" else "",
        "read_new": _("Read the new message from the referrer, then confirm that you have read it"),
    }
    texts = {
        "required": _("Enter some words"),
        "too_long": _("This must be %(limit)s characters or fewer", limit=decisions.MAX_TEXT),
        "control": _("Remove characters that cannot be read, such as control characters"),
    }
    return words.get(name) or (texts[code] if name in ("rationale", "told", "why") else "")


def consent_view(views: Mapping[str, FieldView]) -> FieldView:
    """Where consent stands, with the reason beneath what needs one."""
    beneath = {"not_sought": (views["not_sought"],), "overridden": (views["legal"],)}
    options = tuple(replace(one, children=beneath.get(one.value, ())) for one in views["consent"].options)
    return replace(views["consent"], options=options)


def _new_message(view: FieldView, total: int) -> FieldView:
    """The confirmation names the number of messages there were, so that it confirms no later one."""
    return FieldView(
        "checkboxes",
        "read_new",
        "",
        error=view.error,
        value=(str(view.value),) if view.value else (),
        options=(OptionView(str(total), _("I have read it, decide all the same")),),
    )


def _routes(found: Found) -> list[tuple[str, str]]:
    published = forms.version(found.form_version_id)
    language = str(get_locale())
    # Without rules that can be read every route is offered: somebody has to be able to decide.
    known = {*published.thresholds.routes, found.route} if published.thresholds.routes else set(ROUTES)
    return [(route, presenting.route_label(published, route, language)) for route in ROUTES if route in known]


def settings_here() -> Council:
    """The settings of the council in force."""
    council = scope.council()
    settings: Council = council.settings
    return settings
