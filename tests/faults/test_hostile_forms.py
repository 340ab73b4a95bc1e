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
    own = {address for address in posts - WALKED - SEVERAL - set(BY_HAND) if area_of(address) == area}
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
