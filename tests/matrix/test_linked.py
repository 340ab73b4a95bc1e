"""Nobody has to know an address by heart: every page that needs no name of a thing is found by following links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.matrix import walk
from tests.matrix.walk import Walker
from tests.matrix.world import World

HREF = re.compile(r'(?:href|action|formaction)="([^"]+)"')
PEOPLE = (
    "anonymous", "author", "lead", "waiting", "hub partner", "screener", "practice manager", "form designer",
    "council admin",
)  # fmt: skip
# Reached by a form's answer, by an email, or in a state that nobody here is in; tests/auth walks each of them.
OTHERWISE = {
    "/account/again": "asked for by the pages that change how somebody signs in",
    "/account/email/code": "after the new address",
    "/account/hat": "for people with several agencies, at signing in",
    "/account/idle": "a script asks",
    "/account/passkey-offer": "after signing in without one",
    "/account/protect": "after signing in with an emailed code",
    "/account/recovery-codes": "after the app is set up",
    "/council/terms/versions": "from the terms, one of the pages of settings of which the walk opens one",
    "/dashboard/now": "a script asks",
    "/holding-area/now": "a script asks",
    "/invitation": "the email's link leads there",
    "/join": "for people who are known in another council",
    "/people/confirm": "while the list is due",
    "/register/agency": "after the details",
    "/register/code": "after the agency",
    "/register/no-agency": "for whoever says that no agency is theirs",
    "/register/password": "after the code",
    "/sign-in/authenticator": "after the password",
    "/sign-in/code": "after the password",
    "/sign-in/recovery": "after the password",
    "/sign-in/forgotten/code": "after the address",
    "/sign-in/forgotten/password": "after the proof",
    "/sign-in/forgotten/proof": "after the code",
    "/sign-in/forgotten/recovery": "after the code",
    "/sign-on-link": "after signing in elsewhere",
    "/sign-on-new": "after signing in elsewhere",
    "/sign-on-new/code": "after signing in elsewhere",
    "/report/urgent": "a report of its own begins with a form",
    "/terms/accept": "where somebody is led who has not accepted the terms",
    "/waiting": "where somebody who waits is led",
}
MACHINES = ("/live", "/ready", "/outbox", "/.well-known/webauthn", "/schemas/contact-package/1-0")
# Of the instance, not of a council; whoever runs it knows the address.
OPERATORS = "/operator"


def test_every_page_is_found_by_following_links(app: Flask, filled: World) -> None:
    plain = {one.rule for one in walk.rules(app) if not one.arguments and "GET" in walk.methods(one)}
    found: set[str] = set()
    for name in PEOPLE:
        found |= _walked(app, filled, name)
    missing = {one for one in plain - found if not one.startswith(OPERATORS)} - set(OTHERWISE) - set(MACHINES)
    assert missing == set()
    assert set(OTHERWISE) <= plain, "no longer a page"


def _walked(app: Flask, world: World, name: str) -> set[str]:
    """The addresses that one person finds from the front page and the page that signing in leads to."""
    walker = Walker(app, world, world.people[name], world.here.slug)
    adapter, slug = app.url_map.bind("localhost"), f"/{world.here.slug}"
    found: set[str] = set()
    seen_shapes: set[str] = set()
    waiting = ["/", "/sign-in"]
    while waiting:
        path = waiting.pop()
        try:
            rule, _ = adapter.match(path, method="GET", return_rule=True)
        except HTTPException:
            continue
        if rule.rule in seen_shapes or rule.rule.startswith(("/forms/drafts", "/forms/try/<", "/report/<")):
            continue
        seen_shapes.add(rule.rule)
        answer = walker.ask("GET", path)
        if answer.status_code == 303:
            waiting.append(urlsplit(answer.headers["Location"]).path.removeprefix(slug))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        found.add(rule.rule)
        targets = (urlsplit(one).path for one in HREF.findall(answer.get_data(as_text=True)))
        waiting += [target.removeprefix(slug) or "/" for target in targets if target.startswith(slug)]
    return found
