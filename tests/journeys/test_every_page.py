"""The main pages as each role sees them: accessible, in one language, and no wider than 320 pixels."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.commands import marks
from tests.factories.people import agency_id, make_person
from tests.factories.referrals import make_referral
from tests.journeys.scenarios import thresholds_of
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
LANGUAGES = {"avonmere": "en", "glan-yr-afon": "cy"}
PUBLIC = (
    "/",
    "/invitation/none",
    "/sign-in",
    "/sign-in/forgotten",
    "/register",
    "/register/no-agency",
    "/privacy",
    "/cookies",
    "/accessibility",
    "/terms",
)
SETTINGS = ("/council", "/council/telephones", "/council/branding", "/council/privacy", "/council/history")
ADVICE = ("/thresholds", "/advice", "/nothing-here")


@pytest.mark.parametrize("slug", LANGUAGES)
def test_given_a_small_screen_when_every_page_is_opened_then_it_fits_and_is_accessible(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], slug: str
) -> None:
    council, language = council_named(slug), LANGUAGES[slug]
    author, screener = make_person(council), make_person(council, role="screener")
    made = make_referral(council, author, state="decided", owner=screener, language=language)
    held = make_referral(council, author, route="MASH_URGENT", state="screening", owner=screener)
    topic = next(iter(thresholds_of(slug).topics))
    see = "/referrals/"
    mine = ("/", "/report", "/report/urgent", "/referrals", see + made.reference, f"{see}{made.reference}/receipt")
    hers = ("/", "/challenges", "/holding-area", f"/screening/{made.reference}", f"/screening/{held.reference}")
    _find_each_other(council)
    previous = f"/screening/{held.reference}/previous"
    theirs = (previous, f"{previous}/{made.reference}", "/holding-area/contact")
    decide = f"/screening/{held.reference}/decide"
    outcome = f"{decide}?outcome={council.settings.outcomes[0].key}"
    walks = (
        (None, (*PUBLIC, *ADVICE, f"/advice/{topic}")),
        (author, (*mine, "/account", "/account/name", "/account/email", "/account/leave", "/account/another-agency")),
        (
            make_person(council, strength="email"),
            (
                "/account",
                "/account/protect",
                "/account/authenticator",
                "/account/passkeys/add",
                "/account/passkey-offer",
            ),
        ),
        (screener, (*hers, *theirs, decide, outcome)),
        (
            make_person(council, role="agency_lead", agency=_agency(slug)),
            ("/people", "/people/invite", "/people/invitations", "/referrals?view=agency"),
        ),
        (make_person(council, role="council_admin"), ("/", "/people", "/people/invite", "/people/invite/sponsored")),
        (make_person(council, role="council_admin"), _register(slug)),
        (make_person(council, role="council_admin"), SETTINGS),
        (make_person(council, state="pending"), ("/", "/waiting", "/report")),
    )
    for person, paths in walks:
        walker = walk(council, person, language=language)
        for path in paths:
            walker.open(path)


def _find_each_other(council: Council) -> None:
    """As if the reports had been sent."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        assert marks.fill()


def _register(slug: str) -> tuple[str, ...]:
    """The pages about agencies, and about one that the council keeps."""
    one = f"/agencies/{agency_id(_agency(slug))}"
    several = ("/agencies", "/agencies?state=none", "/agencies/new", "/agencies/import", "/agencies/kinds")
    parts = ("", "/change", "/decide/suspend", "/domains/new", "/sites/new")
    return (*several, "/agencies/kinds/school", *(one + part for part in parts))


def _agency(slug: str) -> str:
    return {"avonmere": "oakfield-primary", "glan-yr-afon": "ysgol-enghraifft"}[slug]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_given_no_council_when_the_first_page_is_opened_then_it_offers_both(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], language: str
) -> None:
    walker = walk(council_named("avonmere"), language=language)
    walker.page.goto("/")
    walker.arrive().sees("Glan-yr-Afon").sees("Avonmere")
    walker.page.goto("/outbox")
    walker.arrive().sees_heading("Outbox")
