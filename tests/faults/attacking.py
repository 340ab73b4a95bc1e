"""Posts every hostile body to one form, and says which of them were taken."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.faults import hostile

REFUSED = {400, 413, 422}
FAILED = 500
FORM = "application/x-www-form-urlencoded"


def try_all(client: FlaskClient, path: str, found: hostile.Form) -> list[str]:
    """What went wrong with one form: a failure of ours, or something accepted that must be refused."""
    wrong = []

    def post(body: str, kind: str) -> int:
        return client.post(path, data=body.encode("utf-8", "surrogatepass"), content_type=kind).status_code

    if post(found.body(), FORM) == 400:  # its token would not be taken
        wrong.append(f"{path}: refused as it stands")
    for name, body in hostile.attacks(found):
        status = post(body, FORM)
        if status not in REFUSED:
            wrong.append(f"{path}: {name}: {status}")
    for name, kind, body in hostile.oddities(found):
        status = post(body, kind)
        if status >= FAILED:
            wrong.append(f"{path}: {name}: {status}")
    return wrong
