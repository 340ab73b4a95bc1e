"""Why nobody writes to somebody, what to do instead, and what is wrong with a letter, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.letters import safety


def refused_words(why: str) -> str:
    """Why no letter may go to a person."""
    words: dict[str, str] = {
        safety.UNTOLD: _("The family must not be told: the report, or the decision, says that it would be a risk."),
        safety.UNSAFE: _("The report says that it is not safe to contact this person."),
        safety.HARM: _("The report says that this person may have caused harm."),
        safety.HARM_AT_HOME: _("Somebody who may have caused harm lives at the same address and could open the post."),
        safety.PLACE: _("The address where this person lives with the child must be kept from somebody."),
    }
    return words[why]


def instead() -> str:
    """What to do where nobody may write."""
    return str(
        _(
            "Do not write in another way either. Speak to your manager about who tells this person, how, and when: for "
            "example a social worker in person, alone and somewhere safe."
        )
    )


def thought_words(why: str) -> str:
    """What to think of before somebody is written to."""
    words: dict[str, str] = {
        safety.CAREFUL: _("This person is safe to contact only in a certain way."),
        safety.UNKNOWN: _("The referrer did not know whether it is safe to contact this person. Find out first."),
        safety.PLACE_UNKNOWN: _("The referrer did not know whether the address must be kept from somebody."),
    }
    return words[why]


def trouble(name: str, code: str) -> str:
    """What is wrong with one field of a letter."""
    unsafe = _("No letter is made: it would not be safe. Speak to your manager about another way")
    words = {
        ("template", "unknown"): _("Choose a letter"),
        ("template", "other"): _("This letter is not for the outcome that the report has now. Choose another letter"),
        ("language", "unknown"): _("Choose a language"),
        ("person", "unknown"): _("Choose a person"),
        ("address", "required"): _("Enter the address"),
        ("address", "too_long"): _("The address must be 500 characters or fewer"),
        ("address", "control"): _("Remove characters that cannot be read, such as control characters"),
        ("address", safety.PLACE): _("This address must be kept from somebody: nobody writes there"),
        ("safe", "required"): _("Choose whether it is safe to write there"),
        ("harmer", "required"): _("Choose whether somebody who may have caused harm could open it"),
        ("checked", "required"): _("Confirm that you have checked this"),
    }
    return words.get((name, code)) or (refused_words(code) if name == "person" else unsafe)


def language_words() -> dict[str, str]:
    """The languages of a letter."""
    return {"en": _("English"), "cy": _("Welsh"), "both": _("English and Welsh, one after the other")}
