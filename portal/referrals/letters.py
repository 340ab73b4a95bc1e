"""The emails about a report: a reference, a time, numbers to ring and a link, and never a word about a child."""

from __future__ import annotations

from collections.abc import Sequence

from portal.adapters import ports
from portal.kernel import clock
from portal.kernel.language import say, words
from portal.kernel.scope import Council
from portal.referrals.letter_words import moment_words, until_words
from portal.referrals.models import ABOUT_DRAFTS
from portal.referrals.queries.notices import ToTell
from portal.tenants.opening import numbers

FOR_COUNCIL = (
    "reply", "news", "file_in", "harmful_in", "duty", "unseen", "undelivered", "challenged", "approval",
    "challenge_due", "hub_in", "help_answered", "help_closed", "transfer", "clock_over",
)  # fmt: skip
HARMFUL = ("harmful", "harmful_in")
CHASE_WORKING_DAYS = 7  # Wales: the duty to report (Social Services and Well-being (Wales) Act 2014, s130)


def letter(council: Council, notice: ToTell) -> ports.Email:
    """The email of a notice, in its reader's language (the council's own where they chose none)."""
    language = notice.language or council.settings.default_language
    body = [
        _stand_in(notice, language) or _opening(notice.kind, language),
        *until_words(notice.answer_by, language),
        *(_received(council, notice, language) if notice.kind == "received" else ()),
        *(() if notice.stands_in == "contact" else (_sign_in(council, notice, language),)),
        _numbers(council, language),
        words(language, "This email was sent automatically. Nobody reads replies to it."),
        say(council.name, language),
    ]
    said = _subject(notice, language) % {"reference": notice.reference}
    return ports.Email(
        to=notice.email,
        subject=words(language, "A message for you") if notice.discreet else said,
        body="\n\n".join(body) + "\n",
        sender=council.settings.sender,
        language=language,
        message_id=str(notice.id),
    )


def digest(council: Council, notices: Sequence[ToTell]) -> ports.Email:
    """The one email of a day about all of them, which are one reader's; at least one."""
    first = notices[0]
    language = first.language or council.settings.default_language
    lines = [_line(one, language) for one in notices if one.reference or one.kind in ABOUT_DRAFTS]
    links = [ports.address(f"/{council.slug}/{side}") for side in _sides(notices)]
    body = [
        words(language, "This is what happened since your last email of this kind."),
        "\n".join(dict.fromkeys(lines)),
        "\n".join([words(language, "Sign in to see it:"), *links]),
        words(language, "You chose one email a day. You can change that on the page of your account."),
        _numbers(council, language),
        words(language, "This email was sent automatically. Nobody reads replies to it."),
        say(council.name, language),
    ]
    subject = words(language, "A message for you") if first.discreet else words(language, "Your updates of the day")
    return ports.Email(
        to=first.email,
        subject=subject,
        body="\n\n".join(body) + "\n",
        sender=council.settings.sender,
        language=language,
        message_id=str(first.id),
    )


def _line(notice: ToTell, language: str) -> str:
    """A line of the daily email; a draft has no reference, and nothing is said of it that would name it."""
    opening = " ".join([_opening(notice.kind, language), *until_words(notice.answer_by, language)])
    return opening if notice.kind in ABOUT_DRAFTS else f"{notice.reference}: {opening}"


def _sides(notices: Sequence[ToTell]) -> list[str]:
    """The pages to which a daily email leads: that of the reports, and that of one's drafts."""
    kinds = {one.kind for one in notices}
    reports = "holding-area" if kinds & set(FOR_COUNCIL) else "referrals"
    return ([reports] if kinds - ABOUT_DRAFTS else []) + (["report"] if kinds & ABOUT_DRAFTS else [])


def _subject(notice: ToTell, language: str) -> str:
    kind = notice.kind
    if kind in HARMFUL and not notice.reference:
        return words(language, "A file was removed")
    if kind in ABOUT_DRAFTS and kind != "expiring":
        return words(language, "There is something new about a draft")
    particular = {
        "received": words(language, "Reference %(reference)s: received"),
        "question": words(language, "Reference %(reference)s: we have a question for you"),
        "reminder": words(language, "Reference %(reference)s: a question waits for your answer"),
        "reply": words(language, "Reference %(reference)s: there is a reply"),
        "news": words(language, "Reference %(reference)s: there is something new"),
        "connection": words(language, "Somebody has ended a connection that they had declared"),
        "expiring": words(language, "A draft will be deleted soon"),
        "duty": words(language, "Reference %(reference)s: an urgent report has come in"),
        "unseen": words(language, "Reference %(reference)s: an urgent report waits"),
        "undelivered": words(language, "Reference %(reference)s: not handed over"),
        "approval": words(language, "Reference %(reference)s: a decision waits for approval"),
        "transfer": words(language, "There is something new about a transfer between councils"),
        "clock_over": words(language, "Reference %(reference)s: a clock is over"),
    }
    return particular.get(kind) or words(language, "Reference %(reference)s: there is an update")


def _opening(kind: str, language: str) -> str:
    sentences = {
        "received": words(language, "We have received what you sent us."),
        "question": words(language, "We have a question for you. Sign in to read it and answer."),
        "reminder": words(language, "You have not answered a question of ours yet. Sign in to read it and answer."),
        "reply": words(language, "There is a reply to your question. Sign in to read it."),
        "news": words(
            language, "Its sender has added or corrected something, or wants to withdraw it. Sign in to read it."
        ),
        "outcome": words(language, "There is an update. Sign in to read it."),
        "file": words(language, "A file was added. Sign in to see it."),
        "file_in": words(language, "A file was added. Sign in to see it."),
        "harmful": words(
            language,
            "Something harmful was found in a file that was attached. It was removed, and nobody can open it. Sign in "
            "to see which file it was, and tell whoever it came from.",
        ),
        "harmful_in": words(
            language,
            "Something harmful was found in a file that was attached. It was removed, and nobody can open it. Sign in "
            "to see which file it was.",
        ),
        "expiring": words(
            language,
            "At least one of your drafts will be deleted in some days, because nobody has changed it for a while. Sign "
            "in to see which, and when. Changing a draft keeps it.",
        ),
        "handed": words(language, "A colleague has handed a draft to you. You go on with it now."),
        "helping": words(language, "A colleague has asked you to help with a draft."),
        "joined": words(language, "Your agency’s safeguarding lead has opened a draft of yours, to help with it."),
        "moved": words(language, "Your agency’s safeguarding lead has handed a draft of yours to somebody else."),
        **_alerts(language),
        "connection": words(
            language, "They see that family’s reports again. Sign in to see who and why; you can hide them again."
        ),
        "opened": words(language, "Somebody opened this restricted record and said why. Sign in to see who and why."),
        **_deciding(language),
        **dict.fromkeys(("hub", "hub_in"), words(language, "There is news in the hub. Sign in to read it.")),
    }
    return sentences[kind]


def _deciding(language: str) -> dict[str, str]:
    """What those are told who approve decisions and answer for them; early-help teams, and the front door when one
    declined or stepped up."""
    return {
        "help_offered": words(
            language, "Something was offered to your early-help team. Sign in to read it, and accept or decline."
        ),
        "help_answered": words(
            language, "An early-help team has declined, or thinks that a social worker is needed. Sign in to read why."
        ),
        "help_closed": words(
            language,
            "Something became secret with a correction, so an early-help team cannot open the files any more that it "
            "was given. Sign in to choose again which it may open.",
        ),
        "help_due": words(language, "Your early-help team has not answered in time. Sign in to accept or decline."),
        "challenged": words(language, "Somebody has challenged a decision. Sign in to read why, and answer."),
        "challenge_due": words(language, "The answer to a challenged decision is soon due. Sign in to answer."),
        "approval": words(
            language,
            "A colleague has proposed a decision, and it waits for a second person. Sign in to read it, and approve it "
            "or send it back.",
        ),
    }


def _alerts(language: str) -> dict[str, str]:
    """What the people on duty are told of an urgent report, the managers when nobody acknowledged it, and those who see
    to what goes to other systems and councils."""
    return {
        "duty": words(language, "An urgent report has come in. Sign in, acknowledge it and act on it."),
        "unseen": words(
            language,
            "Nobody has acknowledged an urgent report yet. Sign in, acknowledge it, and make sure that somebody acts "
            "on it.",
        ),
        "undelivered": words(
            language,
            "It could not be handed over to the case system for a whole day, and it is not tried again by itself. Sign "
            "in to see why, send it again, or copy it by hand.",
        ),
        "clock_over": words(
            language,
            "One of your council’s further clocks is over, and what stops it has not been done. Sign in to see which.",
        ),
        "transfer": words(
            language, "A transfer from or to another council waits for somebody, or was answered. Sign in to see it."
        ),
    }


def _stand_in(notice: ToTell, language: str) -> str:
    """What a manager would read, for whoever reads it because there is none."""
    if not notice.stands_in:
        return ""
    if notice.kind in HARMFUL:
        return _harmful(notice, language)
    happened = {
        "connection": words(language, "They see that family’s reports again."),
        "opened": words(language, "Somebody opened this restricted record and said why."),
        "unseen": words(language, "Nobody has acknowledged an urgent report yet."),
        "undelivered": words(language, "Something could not be handed over to the case system."),
        "clock_over": words(language, "One of your council’s further clocks is over."),
    }
    if notice.stands_in == "contact":
        act = words(
            language,
            "No practice manager and no administrator could be told. Ask whoever runs the portal to let an "
            "administrator of the council in.",
        )
    else:
        act = words(
            language,
            "No practice manager could be told. Sign in and make somebody a practice manager: they see who it was "
            "and why.",
        )
    return f"{happened[notice.kind]} {act}"


def _harmful(notice: ToTell, language: str) -> str:
    """What the council's mailbox for security is told of a file."""
    happened = (
        _found_late(language)
        if notice.opened
        else words(
            language,
            "Something harmful was found in a file that somebody attached in the portal. It was removed before anybody "
            "could open it. The computer that it came from may be infected: ask the people who work on the report to "
            "tell whoever sent it.",
        )
    )
    if not notice.reference:
        return happened + " " + words(language, "The report has not been sent yet.")
    return f"{happened}\n\n" + words(language, "Reference: %(reference)s") % {"reference": notice.reference}


def _found_late(language: str) -> str:
    return words(
        language,
        "Something harmful was found in a file some time after somebody attached it in the portal and it was checked. "
        "Nobody can open it any more, but somebody may have opened it or kept a copy: ask the people who work on the "
        "report, and ask them to tell whoever sent it.",
    )


def _received(council: Council, notice: ToTell, language: str) -> list[str]:
    facts = "\n".join(
        [
            words(language, "Reference: %(reference)s") % {"reference": notice.reference},
            words(language, "Received: %(when)s") % {"when": moment_words(notice.sent_at or clock.now(), language)},
            words(language, "Received by: %(council)s") % {"council": say(council.name, language)},
        ]
    )
    return [facts, _clock(council, language)]


def _clock(council: Council, language: str) -> str:
    days = council.settings.service_times.decide_working_days
    if days == 1:
        text = words(language, "We will decide what happens next within one working day.")
    else:
        text = words(language, "We will decide what happens next within %(days)s working days.") % {"days": days}
    if council.nation != "wales":
        return text
    chase = words(language, "If you have heard nothing from us within %(days)s working days, phone us.")
    return f"{text} {chase % {'days': CHASE_WORKING_DAYS}}"


def _sign_in(council: Council, notice: ToTell, language: str) -> str:
    # A screener's link leads to the holding area's page of it, others' to their own; of an opening, to a list of them.
    team = notice.kind in ("help_offered", "help_due")
    where = "early-help" if team else "screening" if notice.kind in FOR_COUNCIL else "referrals"
    if notice.stands_in:
        return "\n".join([words(language, "Sign in:"), ports.address(f"/{council.slug}/people")])
    lists = {"opened": "restricted/openings", "connection": "restricted/connections", "transfer": "transfers"}
    drafts = "report" if notice.kind in ABOUT_DRAFTS else ""
    hub = {"hub": f"hub/{notice.reference}", "hub_in": f"screening/{notice.reference}/hub"}.get(notice.kind, "")
    path = drafts or hub or lists.get(notice.kind) or f"{where}/{notice.reference}".rstrip("/")
    return "\n".join([words(language, "Sign in to see it:"), ports.address(f"/{council.slug}/{path}")])


def _numbers(council: Council, language: str) -> str:
    told = [f"{one.name}: {one.number} ({one.when})" for one in numbers(council, language)]
    return "\n".join([words(language, "If a child is in immediate danger, call 999."), *told])
