"""People who send reports as fast as they are answered, and who try the same page again until it is."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.faults import papers
from benchmarks.faults.papers import Papers
from benchmarks.load import FORM, Form
from benchmarks.seed import Draft

Fields = Mapping[str, str | list[str]]
PATIENCE = 15.0  # seconds for one answer, after which a browser's owner presses the button again
RECEIPT = re.compile(r"/([A-Z0-9-]+)/receipt$")
PAUSE = (0.1, 0.5)  # seconds between two tries
WITH_FILE = 0.4  # of the reports get a file once they were sent; of each sender's the first does
DOUBLE = 0.2  # of the reports are sent with a second click that does not wait for the first one's answer
URGENT = {
    "ref_phone": "01632 960300",
    "child_name-known": "not_known",
    "cfc_child_now": "At school until three",
    "sos_what_happened": "He said that he must not go home",
    "ref_phoned": "no",
}


@dataclass
class Told:
    """What a sender was told: the reference by the key of each report, how long each took, and what was wrong."""

    references: dict[str, set[str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    papers: Papers = field(default_factory=Papers)
    retries: int = 0
    unanswered: int = 0


@dataclass
class Sender:
    """One person with a browser; sends urgent reports, and between them the `drafts` that are ready."""

    port: int
    slug: str
    cookie: str
    drafts: list[Draft]
    seed: int
    told: Told = field(default_factory=Told)

    def run(self, go_on: Callable[[], bool], until: float) -> None:
        """Send one report after another while asked to; a report begun is tried until `until`, come what may."""
        self._choose = random.Random(self.seed)
        self._until = until
        while go_on() and not self.told.wrong:
            path, fields = self._next()
            if fields:
                self._send(path, fields)

    def _next(self) -> tuple[str, Fields]:
        """A page that is ready to be sent, as a browser would post it; no fields when time is up."""
        path = f"/{self.slug}/report/urgent"
        form = self._form(path)
        if not form:
            return path, {}
        if self.drafts and self._choose.random() < 1 / 3:
            draft = self.drafts.pop()
            fields: dict[str, str | list[str]] = {
                "csrf_token": form["csrf_token"],
                "submit_key": str(draft.submit_key),
                "seen_version": str(draft.version),
            }
            # All are about one child: the page would name every earlier report, and somebody has read that.
            known = [one for references in self.told.references.values() for one in references]
            return f"/{self.slug}/report/{draft.id}/check", fields | {"told_of": known}
        return path, {**form, **URGENT}

    def _form(self, path: str) -> dict[str, str]:
        while time.monotonic() < self._until:
            answer = self._ask("GET", path)
            if answer is not None and answer[0] == http.HTTPStatus.OK:
                return Form(answer[2]).fields
            self._pause(answer, "reading")
            if self.told.wrong:
                break
        return {}

    def _send(self, path: str, fields: Fields) -> None:
        key = str(UUID(str(fields["submit_key"])))
        # Known from now on: whatever arrives under another key is a report that nobody wrote.
        self.told.references.setdefault(key, set())
        begun = time.monotonic()
        other = None
        if self._choose.random() < DOUBLE:
            other = threading.Thread(target=self._once, args=(key, path, fields))
            other.start()
        while time.monotonic() < self._until and not self._once(key, path, fields):
            if self.told.wrong:
                break
        else:
            self.told.seconds.append(time.monotonic() - begun)
        if other is not None:
            other.join()
        references = self.told.references[key]
        if not references:
            self.told.unanswered += 1
        elif not self.told.papers.kept or self._choose.random() < WITH_FILE:
            self._attach(min(references))

    def _attach(self, reference: str) -> None:
        """Add a page of notes to a report that was sent; tried until it is there, which twice is once."""
        path, content = f"/{self.slug}/referrals/{reference}/files", papers.notes(reference)
        digest = papers.digest(content)
        form = self._form(path)
        self.told.papers.tried.add(digest)
        while form and time.monotonic() < self._until and not self.told.wrong:
            answer = self._ask("POST", path, papers.body(form["csrf_token"], content), papers.KIND)
            if answer is not None and answer[0] == http.HTTPStatus.SEE_OTHER and answer[1].endswith(path):
                self.told.papers.kept[reference] = digest
                return
            self._pause(answer, "a file")

    def opens(self) -> int:
        """How many of the files that were acknowledged cannot be downloaded now as they were sent."""
        return sum(not self._opens(*one) for one in self.told.papers.kept.items())

    def _opens(self, reference: str, digest: str) -> bool:
        page = self._ask("GET", f"/{self.slug}/referrals/{reference}")
        for href in papers.LINK.findall(page[2]) if page is not None else ():
            file = self._ask("GET", href)
            if file is not None and file[0] == http.HTTPStatus.OK and papers.digest(file[2].encode()) == digest:
                return True
        return False

    def _once(self, key: str, path: str, fields: Fields) -> bool:
        """Post; True when a receipt was promised."""
        answer = self._ask("POST", path, urlencode(fields, doseq=True).encode(), FORM["Content-Type"])
        if answer is not None and answer[0] == http.HTTPStatus.SEE_OTHER:
            found = RECEIPT.search(answer[1])
            if found is None:
                self.told.wrong.append("led somewhere else than to a receipt")
                return False
            self.told.references[key].add(found[1])
            return True
        self._pause(answer, "an urgent report" if path.endswith("/urgent") else "a whole report")
        return False

    def _pause(self, answer: tuple[int, str, str] | None, what: str) -> None:
        """Wait as a person would; anything but silence and "not sent" is no answer to a report."""
        if answer is not None and answer[0] != http.HTTPStatus.SERVICE_UNAVAILABLE:
            self.told.wrong.append(f"status {answer[0]} for {what}")
            return
        self.told.retries += 1
        time.sleep(self._choose.uniform(*PAUSE))

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str] | None:
        """Status, Location and page; None when nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **({"Content-Type": kind} if kind else {})})
            response = connection.getresponse()
            return response.status, response.getheader("Location", ""), response.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
