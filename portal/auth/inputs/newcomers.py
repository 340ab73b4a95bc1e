"""The form of somebody whom their organisation signs in and who has no account yet."""

from __future__ import annotations

from portal.auth.inputs.who import email_field, job_field, name_field
from portal.web.inputs import Input

_NAME_LONGEST = 100


class Newcomer(Input):
    """What they are called, what they do, and the address that a code will prove."""

    field_order = ("name", "job", "email")
    name = name_field()
    job = job_field()
    email = email_field()
