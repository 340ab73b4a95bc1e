"""What the pages about early help accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, TextAreaField

from portal.earlyhelp.commands.offering import MAX_WORDS
from portal.messaging.inputs import MessageInput, one_kind_of_line
from portal.web.inputs import Choice, Input, longest, needed

_TOO_LONG = _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS)


class OfferInput(MessageInput):
    """To which team, on which consent, and what it should know."""

    confirmed = HiddenField()
    team = Choice(_l("Which team?"), message=_l("Choose a team"))
    consent = Choice(
        _l("Does the family agree to early help?"),
        message=_l("Say where the family’s agreement stands"),
        choices=[
            ("agreed_since", _l("The family has agreed since the decision")),
            ("without", _l("Hand it over all the same, for a reason")),
        ],
    )
    consent_words = TextAreaField(
        _l("Who agreed, when and how, or why it is handed over without agreement"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Enter who agreed, or the reason")), longest(MAX_WORDS, _TOO_LONG)],
    )
    words = TextAreaField(
        _l("What the team should know (optional)"),
        description=_l("The team reads the answers as well, but not your reasons for the decision."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[longest(MAX_WORDS, _TOO_LONG)],
    )

    files = SelectMultipleField(
        _l("Which files can the team open? (optional)"),
        description=_l("Look at each first: what is in a file cannot be left out in part."),
        validate_choice=False,
    )

    def prepare(
        self, teams: Sequence[tuple[str, str]], files: Sequence[tuple[str, str]], *, agreed: bool
    ) -> OfferInput:
        """Offer the teams (the only one is chosen already) and the files, and ask of consent what is not known."""
        self.team.choices = list(teams)
        if len(teams) == 1 and not self.is_submitted():
            self.team.data = teams[0][0]
        self.files.choices = list(files)
        if not files:
            del self.files
        if agreed:
            del self.consent
            del self.consent_words
        return self

    def chosen(self) -> list[str]:
        """The files that were ticked."""
        return list(self.files.data or ()) if "files" in self else []

    def said(self, name: str) -> str:
        """What was typed or chosen, "" for what was not asked."""
        field: Any = self[name] if name in self else None  # noqa: SIM401 - a form is no mapping
        return str(field.data or "") if field is not None else ""


class FilesInput(Input):
    """Which files of the report the team can open that has it; `seen` are those that were chosen before."""

    offer = HiddenField()
    seen = HiddenField()
    files = SelectMultipleField(
        _l("Which files can the team open?"),
        description=_l("Look at each first: what is in a file cannot be left out in part."),
        validate_choice=False,
    )


class TeamInput(Input):
    """Of which team somebody is; `seen` is what the page showed."""

    seen = HiddenField()
    team = Choice(_l("Whose reports do they see?"), message=_l("Choose a team, or all teams"))


class AcceptInput(Input):
    """The team takes it on."""

    offer = HiddenField()
    words = TextAreaField(
        _l("Who works with the family, and when it begins (optional)"),
        description=_l("The screening team reads this. The referrer does not."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[longest(MAX_WORDS, _TOO_LONG)],
    )

    def code(self) -> str:
        """Accepting needs no reason."""
        return ""


class EndInput(Input):
    """The team declines, or closes its work: a code and words."""

    offer = HiddenField()
    why = Choice("", message=_l("Choose one of the list"))
    words = TextAreaField(
        _l("In your own words"),
        description=_l("The screening team reads this. The referrer does not."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Say more about it in your own words")), longest(MAX_WORDS, _TOO_LONG)],
    )

    def code(self) -> str:
        """Which one of the list."""
        return str(self.why.data or "")
