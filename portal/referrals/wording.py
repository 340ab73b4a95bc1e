"""What a report of a concern and a request are called on the pages about them: whole sentences for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import flask_babel

from portal.forms.families import CONCERN, FAMILIES, INFORMATION, SERVICE


def _(text: str, **details: object) -> str:
    return str(flask_babel.gettext(text, **details))


Sentences = Mapping[str, Callable[[], str]]

REPORT: Sentences = {
    "yours": lambda: _("Your report"),
    "changed_elsewhere": lambda: _(
        "Not sent: this report was changed somewhere else after you opened this page. "
        "Check the answers below, then send it."
    ),
    "check_first": lambda: _("Check your answers before you send your report"),
    "not_sent": lambda: _("Your report is not sent yet."),
    "who": lambda: _("Who is reporting"),
    "send_heading": lambda: _("Send your report"),
    "declaration": lambda: _(
        "By sending this report you confirm that, as far as you know, what you have written is true, "
        "and that you have said what you saw, what you were told and what you think."
    ),
    "send": lambda: _("Send report"),
    "sent": lambda: _("Report sent"),
    "see": lambda: _("See this report"),
    "remove": lambda: _("Remove this from your report?"),
    "where": lambda: _("Where your report goes"),
    "person_checks": lambda: _(
        "A person will check where your report belongs, because some answers could not be used as they are."
    ),
    "go_on": lambda: _("Continue to the report"),
    "name": lambda: _("Report"),
    "about": lambda: _("About this report"),
    "whom": lambda: _("Child"),
    "withdraw": lambda: _("Withdraw this report"),
    "withdraw_ask": lambda: _("Withdraw this report?"),
    "withdraw_what": lambda: _(
        "The council keeps the report and its answers, and sees that you took it back. If you are still worried about "
        "a child, do not withdraw: phone the council."
    ),
    "withdraw_do": lambda: _("Withdraw the report"),
    "withdrawn_now": lambda: _("Your report was withdrawn."),
    "next_sent": lambda: _("A screener will read your report."),
    "next_screening": lambda: _("A screener is reading your report and may ask you a question."),
    "next_withdrawn": lambda: _("You took this report back. It is kept, and the council sees that you did."),
    "withdrawn_by": lambda: _("The report is withdrawn, and its author has been told"),
    "event_withdrawn": lambda: _("Report withdrawn"),
    "event_claimed": lambda: _("Somebody at the council took the report on"),
    "event_read": lambda: _("The council read the report for the first time"),
    "ask_withdraw": lambda: _("Ask to withdraw this report"),
    "ask_withdraw_what": lambda: _(
        "The council has begun to work on this report. It decides whether to go on with it, and tells you."
    ),
    "ask_withdraw_done": lambda: _("You asked to withdraw this report. The council will answer you."),
    "claim": lambda: _("Claim this report"),
    "claimed": lambda: _("You have claimed this report"),
    "claim_first": lambda: _("Claim the report before you ask the referrer or decide."),
    "release": lambda: _("Release this report"),
    "released": lambda: _("The report is back in the holding area"),
    "given": lambda: _("The report was given to your colleague"),
    "route_what": lambda: _("Your report goes to the council."),
    "then_send": lambda: _("Then send your report, so that the council has it in writing."),
    "closed_now": lambda: _(
        "Our office is closed now: phone the out-of-hours team. Nobody reads reports here until it opens."
    ),
    "still_send": lambda: _("You can still send a report. The council reads every report that is sent."),
    "closed": lambda: _("You sent this while our office was closed. Nobody reads reports here until it opens."),
    "withdrawn_meanwhile": lambda: _(
        "This report was withdrawn, so it takes nothing more. What you typed was not sent, and nothing was saved just "
        "now: copy it from here if you want to keep it, and phone us if we should know it."
    ),
    "changed_while_writing": lambda: _("The report changed while you were writing. Nothing was sent: check it below."),
    "no_reply": lambda: _(
        "This report has been decided. If you have something to add, add it here, or phone us if it is urgent."
    ),
}
REQUEST: Sentences = {
    "yours": lambda: _("Your request"),
    "changed_elsewhere": lambda: _(
        "Not sent: this request was changed somewhere else after you opened this page. "
        "Check the answers below, then send it."
    ),
    "check_first": lambda: _("Check your answers before you send your request"),
    "not_sent": lambda: _("Your request is not sent yet."),
    "who": lambda: _("Who is asking"),
    "send_heading": lambda: _("Send your request"),
    "declaration": lambda: _(
        "By sending this request you confirm that, as far as you know, what you have written is true, "
        "and that you may ask for this."
    ),
    "send": lambda: _("Send request"),
    "sent": lambda: _("Request sent"),
    "see": lambda: _("See this request"),
    "remove": lambda: _("Remove this from your request?"),
    "where": lambda: _("Where your request goes"),
    "person_checks": lambda: _(
        "A person will check where your request belongs, because some answers could not be used as they are."
    ),
    "go_on": lambda: _("Continue to the request"),
    "name": lambda: _("Request"),
    "about": lambda: _("About this request"),
    "whom": lambda: _("About"),
    "withdraw": lambda: _("Withdraw this request"),
    "withdraw_ask": lambda: _("Withdraw this request?"),
    "withdraw_what": lambda: _("The council keeps the request and its answers, and sees that you took it back."),
    "withdraw_do": lambda: _("Withdraw the request"),
    "withdrawn_now": lambda: _("Your request was withdrawn."),
    "next_sent": lambda: _("The council will read your request."),
    "next_screening": lambda: _("The council is reading your request and may ask you a question."),
    "next_withdrawn": lambda: _("You took this request back. It is kept, and the council sees that you did."),
    "withdrawn_by": lambda: _("The request is withdrawn, and its author has been told"),
    "event_withdrawn": lambda: _("Request withdrawn"),
    "event_claimed": lambda: _("Somebody at the council took the request on"),
    "event_read": lambda: _("The council read the request for the first time"),
    "ask_withdraw": lambda: _("Ask to withdraw this request"),
    "ask_withdraw_what": lambda: _(
        "The council has begun to work on this request. It decides whether to go on with it, and tells you."
    ),
    "ask_withdraw_done": lambda: _("You asked to withdraw this request. The council will answer you."),
    "claim": lambda: _("Claim this request"),
    "claimed": lambda: _("You have claimed this request"),
    "claim_first": lambda: _("Claim the request before you ask the referrer or decide."),
    "release": lambda: _("Release this request"),
    "released": lambda: _("The request is back in the holding area"),
    "given": lambda: _("The request was given to your colleague"),
    "route_what": lambda: _("Your request goes to the council."),
    "then_send": lambda: _("Then send your request, so that the council has it in writing."),
    "closed_now": lambda: _(
        "Our office is closed now: phone the out-of-hours team. Nobody reads requests here until it opens."
    ),
    "still_send": lambda: _("You can still send your request. The council reads every request that is sent."),
    "closed": lambda: _("You sent this while our office was closed. Nobody reads requests here until it opens."),
    "withdrawn_meanwhile": lambda: _(
        "This request was withdrawn, so it takes nothing more. What you typed was not sent, and nothing was saved just "
        "now: copy it from here if you want to keep it, and phone us if we should know it."
    ),
    "changed_while_writing": lambda: _("The request changed while you were writing. Nothing was sent: check it below."),
    "no_reply": lambda: _(
        "This request has been decided. If you have something to add, add it here, or phone us if it is urgent."
    ),
}
_KINDS: Sentences = {
    CONCERN: lambda: _("Concern"),
    INFORMATION: lambda: _("Request for information"),
    SERVICE: lambda: _("Request for service"),
}


class Wording:
    """The sentences of one family of forms; a template reads them as `words_of.yours`."""

    def __init__(self, form_key: str) -> None:
        self.form_key = form_key

    def __getitem__(self, name: str) -> str:
        """A sentence by its name, in the reader's language; raises KeyError."""
        return (REPORT if self.form_key == CONCERN else REQUEST)[name]()

    def titled(self, reference: str) -> str:
        """What one of them is called, with its reference."""
        if self.form_key == CONCERN:
            return _("Report %(reference)s", reference=reference)
        return _("Request %(reference)s", reference=reference)

    def about_whom(self, initials: str) -> str:
        """What a draft is called that says already whom it is about."""
        sentences: dict[str, Callable[[], str]] = {
            INFORMATION: lambda: _("Request for information about %(initials)s", initials=initials),
            SERVICE: lambda: _("Request for service for %(initials)s", initials=initials),
        }
        return sentences.get(self.form_key, lambda: _("Report about %(initials)s", initials=initials))()

    def begun(self, date: str) -> str:
        """What a draft is called that does not say yet whom it is about."""
        sentences: dict[str, Callable[[], str]] = {
            INFORMATION: lambda: _("Request for information begun on %(date)s", date=date),
            SERVICE: lambda: _("Request for service begun on %(date)s", date=date),
        }
        return sentences.get(self.form_key, lambda: _("Report begun on %(date)s", date=date))()


def kind_words(form_key: str) -> str:
    """Which of the council's forms it is, in a word or two."""
    return _KINDS[form_key]() if form_key in _KINDS else form_key


def kinds() -> list[tuple[str, str]]:
    """Every family with its words, in their order."""
    return [(key, kind_words(key)) for key in FAMILIES]
