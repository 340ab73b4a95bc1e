"""Reasons for restricting and for opening a record, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _


def restriction_reasons() -> list[tuple[str, str]]:
    """Why a report is restricted."""
    return [
        ("staff_family", _("It is about the family of somebody who works here")),
        ("adoption", _("It is about an adoption")),
        ("refuge", _("It gives the address of a refuge")),
        ("high_profile", _("It is about somebody well known")),
        ("other", _("Another reason")),
    ]


def opening_reasons() -> list[tuple[str, str]]:
    """Why somebody must read a restricted record now."""
    return [
        ("immediate_danger", _("A child may be in immediate danger")),
        ("cover", _("I cover for somebody who is on the list")),
        ("duty_manager", _("The duty manager asked me to")),
        ("legal", _("A court or the law requires it")),
        ("other", _("Another reason")),
    ]
