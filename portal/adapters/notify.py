"""Email through GOV.UK Notify: a signed request for each, with a template that is our subject and our body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from portal.adapters.ports import Email, Refused, Return
from portal.kernel import clock
from portal.kernel.errors import Unavailable

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 10.0
PAGES = 40
"""Of 250 each: far more than come back in a week, unless something is very wrong."""
# An API key ends with the service's id and the secret, two UUIDs, as Notify shows it.
SECRET, SERVICE = slice(-36, None), slice(-73, -37)
# What Notify answers about the address itself; every other 400 is about our template or our service and may be mended.
_ABOUT_ADDRESS = re.compile(r"email_address (?:Not a valid email address|is a required property)", re.IGNORECASE)


class NotifyMailer:
    """Hands each email to GOV.UK Notify; its failures carry no address and no text.

    The template needs the subject `((subject))` and the body `((body))`. A second delivery after a crash cannot be
    dropped by Notify: the references of both begin alike.
    """

    returns = True

    def __init__(self, key: str, template: str, url: str) -> None:
        self._service, self._secret = key[SERVICE], key[SECRET]
        self._template, self._url = template, url.rstrip("/")

    def send(self, email: Email) -> None:
        """Hand one email over. Raises Refused when Notify says that the address is none, else Unavailable."""
        body = {
            "email_address": email.to,
            "template_id": self._template,
            "personalisation": {"subject": email.subject, "body": email.body},
            "reference": f"{email.message_id}/{email.receipt}" if email.receipt else email.message_id,
        }
        answer = self._ask("POST", "/v2/notifications/email", body)
        if answer.status_code == HTTPStatus.CREATED:
            return
        if answer.status_code == HTTPStatus.BAD_REQUEST and _ABOUT_ADDRESS.search(_words(answer)):
            raise Refused("Notify refused this address", no_mailbox=True)
        raise Unavailable(f"Notify did not take the email ({answer.status_code})")

    def check(self) -> None:
        """Raise Unavailable unless Notify knows our key and has the template."""
        answer = self._ask("GET", f"/v2/template/{self._template}")
        if answer.status_code != HTTPStatus.OK:
            raise Unavailable(f"Notify does not show the template ({answer.status_code})")

    def returned(self) -> Iterator[list[Return]]:
        """What Notify could not deliver for want of the mailbox, the newest first; it remembers seven days."""
        asked = {"template_type": "email", "status": "permanent-failure"}
        for _page in range(PAGES):
            answer = self._ask("GET", "/v2/notifications", asked=asked)
            if answer.status_code != HTTPStatus.OK:
                raise Unavailable(f"Notify does not say what came back ({answer.status_code})")
            page = _notifications(answer)
            if not page:
                return
            yield [one for each in page if (one := _returned(each)) is not None]
            asked["older_than"] = str(page[-1].get("id"))

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, asked: dict[str, str] | None = None
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            return requests.request(
                method,
                self._url + path,
                json=body,
                params=asked,
                headers=headers,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        # `from None`: these exceptions may quote the request.
        except requests.RequestException as error:
            raise Unavailable(f"Notify does not answer as it should ({type(error).__name__})") from None

    def _token(self) -> str:
        """Signed with the key's secret; Notify takes it for 30 seconds."""
        claims = {"iss": self._service, "iat": int(clock.now().timestamp())}
        try:
            return str(jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(self._secret)))
        except JoseError:
            raise Unavailable("the request to Notify could not be signed") from None


def _notifications(answer: requests.Response) -> list[dict[str, Any]]:
    """A page of Notify's list; raises Unavailable for an answer that is none."""
    try:
        found = answer.json()["notifications"]
    except (ValueError, KeyError, TypeError):
        raise Unavailable("Notify's answer cannot be read") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unavailable("Notify's answer cannot be read")
    return found


def _returned(one: dict[str, Any]) -> Return | None:
    _own, slash, token = str(one.get("reference") or "").rpartition("/")
    if not slash or one.get("status") != "permanent-failure":
        return None
    return Return(token, (str(one.get("email_address") or ""),))


def _words(answer: requests.Response) -> str:
    """What Notify says is wrong, "" for an answer that is no JSON of its kind."""
    try:
        found = answer.json()["errors"]
        return " ".join(str(one["message"]) for one in found)
    except (ValueError, KeyError, TypeError):
        return ""
