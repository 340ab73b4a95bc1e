"""The client: a process of its own that reads or posts pages on a few kept connections, bounded in time and number.

It reads a plan (JSON, one line) from its input, makes itself ready, says `ready`, waits for a line, then runs and
writes what happened as JSON. Run by `benchmarks.servers`.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 30.0  # seconds for one answer


class Browser:
    """One kept connection that reads a page again and again as one person."""

    expect = 200

    def __init__(self, port: int, cookie: str, path: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = {"Cookie": cookie}
        self.path = path
        self.done = 0
        self.size = 0
        self.wrong: list[str] = []

    def prepare(self) -> None:
        """Connect by reading the page once, so that no measured request has to."""
        self.ask("GET", self.path)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """One request; the answer's status and body."""
        body = None if fields is None else urlencode(fields).encode()
        self.connection.request(method, path, body, self.headers | (FORM if body is not None else {}))
        response = self.connection.getresponse()
        text = response.read()
        self.size = len(text)
        return response.status, text.decode()

    def step(self) -> tuple[int, str] | None:
        """One more page; None when there is nothing left to do."""
        return self.ask("GET", self.path)

    def run(self, until: float, most: int) -> None:
        """Go on until a time, a number, the end of what there is to do, or the first wrong answer."""
        while time.monotonic() < until and self.done < most:
            answer = self.step()
            if answer is None:
                return
            if answer[0] != self.expect:
                self.wrong.append(f"{answer[0]} from {type(self).__name__}")
                return
            self.done += 1


class Form(HTMLParser):
    """What a browser would post of the form in a page's main part, and which of it are long texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.texts: list[str] = []
        self._open = ""
        self.feed(page.partition("<main")[2].partition("</main>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an input holds; buttons and choices that are not made are not posted."""
        own = {name: value or "" for name, value in attrs}
        chosen = own.get("type") not in ("radio", "checkbox") or "checked" in own
        if tag == "textarea":
            self._open = own["name"]
            self.texts.append(self._open)
            self.fields[self._open] = ""
        elif tag == "input" and own.get("name") and chosen:
            self.fields[own["name"]] = own.get("value", "")

    def handle_data(self, data: str) -> None:
        """Words inside a long text."""
        if self._open:
            self.fields[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        """The end of a long text."""
        if tag == "textarea":
            self._open = ""


class Saver(Browser):
    """Saves a page again and again, as its next version and with other words in its long texts each time."""

    expect = 303

    def __init__(self, port: int, cookie: str, path: str, fields: dict[str, str]) -> None:
        super().__init__(port, cookie, path)
        self.fields = fields
        self.varied = list(fields)

    def prepare(self) -> None:
        """Read the form once: what it holds is posted."""
        form = Form(self.ask("GET", self.path)[1])
        self.fields |= form.fields
        self.varied += form.texts

    def step(self) -> tuple[int, str]:
        """Save; the version that was seen grows by one with each success."""
        number = f"{self.done:06d}"
        self.fields |= {name: self.fields[name][: -len(number)] + number for name in self.varied}
        answer = self.ask("POST", self.path, self.fields)
        if "seen_version" in self.fields:
            self.fields["seen_version"] = str(int(self.fields["seen_version"]) + 1)
        return answer


class Sender(Browser):
    """Sends one draft after another; each can be sent once. `path` is a page with a form, for its CSRF token."""

    expect = 303

    def __init__(self, port: int, cookie: str, path: str, drafts: list[Any]) -> None:
        super().__init__(port, cookie, path)
        self.drafts = drafts
        self.token = ""

    def prepare(self) -> None:
        """Read a page with a form."""
        self.token = Form(self.ask("GET", self.path)[1]).fields["csrf_token"]

    def step(self) -> tuple[int, str] | None:
        """Send the next draft."""
        if not self.drafts:
            return None
        path, fields = self.drafts.pop()
        return self.ask("POST", path, {"csrf_token": self.token, **fields})


KINDS: dict[str, type[Browser]] = {"read": Browser, "save": Saver, "send": Sender}


def main() -> None:
    """Play every browser of the plan at once."""
    plan = json.loads(sys.stdin.readline())
    browsers = [KINDS[one.pop("kind")](plan["port"], **one) for one in plan["browsers"]]
    for browser in browsers:
        browser.prepare()
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.monotonic()
    threads = [threading.Thread(target=one.run, args=(start + plan["seconds"], plan["most"])) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {
        "requests": sum(one.done for one in browsers),
        "seconds": time.monotonic() - start,
        "bytes": max(one.size for one in browsers),
        "wrong": Counter(wrong for one in browsers for wrong in one.wrong),
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
