"""Every form of the product, found on its pages, refuses what it cannot take, and never fails."""

from __future__ import annotations

import pytest

from tests.faults import hostile
from tests.faults.attacking import try_all
from tests.faults.form_pages import AREAS, Filled, area_of, crawl
from tests.matrix import walk
from tests.matrix.access import AGENCY

# Shown only after other forms: those of registering and signing in are walked in test_hostile_registering.py, the
# others made by hand.
WALKED = {
    "/register/agency",
    "/register/code",
    "/register/resend",
    "/register/password",
    "/sign-in/code",
    "/sign-in/resend",
}
BY_HAND = {
    "/report/<uuid:draft_id>/disagree": ("author", ("reason",), ()),
    "/report/<uuid:draft_id>/agree": ("author", (), ()),
    "/report/restart/<uuid:draft_id>": ("author", (), ()),
    "/join": ("ended", ("job",), ("agency", "lead")),
}
# On a page only in a state that the people of the crawl are not in; each is attacked blindly below, and walked in
# tests/auth (single sign-on, factors, passkeys, sessions, hats, invitations, standing, confirming), in
# tests/screening/test_restricting.py and in tests/tenants (test_own_settings.py,
# test_identity_providers.py, test_logo.py).
STATES = {
    "/sign-on/<key>",
    "/sign-on/<key>/signed-out",
    "/machine/hand-over/collect",
    "/sign-on-new",
    "/sign-on-new/code",
    "/sign-on-new/resend",
    "/sign-on-link",
    "/sign-in/authenticator",
    "/sign-in/email",
    "/sign-in/recovery",
    "/sign-in/forgotten/code",
    "/sign-in/forgotten/resend",
    "/sign-in/forgotten/proof",
    "/sign-in/forgotten/recovery",
    "/sign-in/forgotten/passkey",
    "/sign-in/forgotten/password",
    "/account/sign-on/<uuid:link_id>/remove",
    "/account/passkey-offer",
    "/files/<uuid:file_id>/parts",
    "/files/<uuid:file_id>/remove",
    "/account/passkeys/<uuid:passkey_id>/remove",
    "/account/recovery-codes/kept",
    "/account/sessions/end",
    "/account/another-agency",
    "/account/connections/<uuid:connection_id>/end",
    "/restricted/connections/<uuid:connection_id>/back",
    "/account/email/code",
    "/account/hat",
    "/invitation",
    "/council/history",
    "/council/logo",
    "/council/support/<uuid:grant_id>",
    "/council/sign-on/<provider_key>/change",
    "/council/sign-on/<provider_key>/check",
    "/council/sign-on/<provider_key>/secret",
    "/council/sign-on/<provider_key>/state",
    "/people/confirm",
    "/terms/accept",
    "/people/<uuid:membership_id>/call-back",
    "/people/<uuid:membership_id>/lead",
    "/people/<uuid:membership_id>/resume",
    "/people/<uuid:membership_id>/suspend",
    "/referrals/<reference>/answer/<uuid:message_id>",
    "/screening/<reference>/restrict/lifting",
    "/screening/<reference>/hold/lift",
    # Of somebody who is in, and where a further agency has partners: tests/hub/test_pages.py.
    "/people/<uuid:membership_id>/hub",
    "/screening/<reference>/hub",
    # Where what was shared has changed since.
    "/screening/<reference>/hub/anew",
    # Where something is held: tests/hub/test_releasing.py.
    "/screening/<reference>/hub/held/<uuid:message_id>",
    # Where a parcel waits: tests/handover/test_pages.py.
    "/screening/<reference>/hand-over/again",
    "/screening/<reference>/hand-over/copied",
    "/screening/<reference>/news-read",
    # After the choice of a letter: tests/letters/test_letters.py.
    "/screening/<reference>/letters/new",
    # On a list that is narrowed, and once one was saved: tests/screening/test_own_lists.py.
    "/holding-area/lists",
    "/holding-area/lists/<uuid:list_id>/remove",
    # On a banner while an urgent report waits: tests/screening/test_duty.py.
    "/screening/<reference>/acknowledge",
    "/screening/<reference>/reopen",
    "/screening/<reference>/withdrawal",
    # Where no early-help team has it, with files, and of its people: tests/earlyhelp.
    "/screening/<reference>/early-help",
    "/screening/<reference>/early-help/files",
    "/people/<uuid:membership_id>/team",
    # Where a decision is not challenged yet: tests/onward/test_challenge_pages.py.
    "/referrals/<reference>/challenge",
    # Where somebody helps with a draft, or their lead does: tests/referrals/test_sharing.py.
    "/report/share/<uuid:draft_id>/end",
    "/report/drafts/<uuid:draft_id>/help",
    # Where a transfer waits for somebody: tests/transfers/test_transfer_pages.py.
    "/screening/<reference>/transfer/send",
    "/screening/<reference>/transfer/take-back",
    # Where one was accepted: tests/transfers/test_passing_on.py.
    "/screening/<reference>/transfer/later",
    "/transfers/<uuid:transfer_id>/accept",
    "/transfers/<uuid:transfer_id>/decline",
    # A script's: tests/referrals/test_typing.py.
    "/report/typed/<uuid:draft_id>/<path:typed_page>",
    # The short form's: tests/referrals/test_typing_urgently.py.
    "/report/typed/urgent",
    # Of messages: tests/messaging/test_drafts.py.
    "/screening/<reference>/ask/typed",
    "/referrals/<reference>/typed/<path:message_form>",
}
NAMES = ("email", "code", "name", "job", "agency", "version", "session", "hat", "reason", "decision", "rang", "part")
ODD = (
    "",
    "\x00",
    "9" * 400,
    "-1",
    "{{7*7}}",
    "'; drop table account; --",
    "<script>alert(1)</script>",
    "\ud7ff\u202e李",
)
# Open only once another answer says so; tests/referrals/test_people.py posts to them.
SEVERAL = {
    f"/report/<uuid:draft_id>/people/<key>/<int:place>/<group>{rest}"
    for rest in ("", "/<int:number>", "/<int:number>/remove")
}


@pytest.mark.parametrize("area", AREAS)
def test_every_form_of_every_page(world_of_forms: Filled, area: str) -> None:
    found = crawl(world_of_forms, area)
    wrong = []
    for one in found:
        if not one.rule.endswith(("/sign-out", "/sign-out-everywhere")):
            wrong += try_all(one.client, one.path, one.form)
    posts = {rule.rule for rule in walk.rules(world_of_forms.app) if "POST" in walk.methods(rule)}
    # Outside every council: attacked in tests/matrix/test_operator.py.
    posts = {address for address in posts if not address.startswith("/operator")}
    own = {address for address in posts - WALKED - SEVERAL - STATES - set(BY_HAND) if area_of(address) == area}
    on_no_page = own - {one.rule for one in found}
    assert (wrong, on_no_page) == ([], set())


@pytest.mark.parametrize("address", BY_HAND)
def test_the_forms_that_are_made_by_hand(world_of_forms: Filled, address: str) -> None:
    person, typed, chosen = BY_HAND[address]
    world = world_of_forms
    walker = walk.Walker(world.app, world, world.people[person], world.here.slug)
    path = f"/{world.here.slug}{address}".replace("<uuid:draft_id>", world.things.draft[AGENCY])
    form = hostile.Form(path, (("csrf_token", walker.csrf()), ("seen_version", "1")), typed, chosen, ())
    assert try_all(walker.client, path, form) == []


@pytest.mark.parametrize("address", sorted(STATES))
def test_an_address_whose_state_is_not_there(world_of_forms: Filled, address: str) -> None:
    """Whoever posts anything to it without its page gets an answer, and never a failure."""
    world = world_of_forms
    rule = next(one for one in walk.rules(world.app) if one.rule == address and "POST" in walk.methods(one))
    path = walk.address(world.app, world, rule, AGENCY)
    for person in ("anonymous", "author", "practice manager", "council admin"):
        walker = walk.Walker(world.app, world, world.people[person], world.here.slug)
        for odd in ODD:
            answer = walker.ask("POST", path, dict.fromkeys(NAMES, odd))
            assert answer.status_code < 500, (person, odd)
            assert "<script>alert" not in answer.get_data(as_text=True)
