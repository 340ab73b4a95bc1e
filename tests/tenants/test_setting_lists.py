"""Early-help teams and the levels of challenges, changed item by item; what is removed says what still has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from portal.stages import rules
from portal.tenants import setting_lists
from portal.tenants.own_parts import with_values
from portal.tenants.settings import Council, parse_council
from tests.auth.walking import Walker
from tests.earlyhelp.making import Case
from tests.factories.challenges import add_challenge
from tests.factories.pages import fields_of, soup
from tests.factories.referrals import make_referral
from tests.tenants.test_settings import SLUGS, document

TEAMS = "/council/lists/early-help"
LEVELS = "/council/lists/levels"
PARTS = ("stages", "own_clocks", "early_help", "deciding", "challenging", "letters", "phones", "duty")
Admin = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.usefixtures("as_it_was")


def settings(admin: Admin) -> Council:
    rows: Any = admin.execute("select settings from council where slug = 'avonmere'").fetchall()
    return parse_council(rows[0][0])


def save(here: Walker, path: str, **typed: str) -> Any:
    said = {key.replace("_", "-"): words for key, words in typed.items()}
    return here.send(path, fields_of(here.get(path), path) | said)


def test_a_team_is_added_and_removed(administrator: Walker, admin: Admin) -> None:
    wrong = save(administrator, f"{TEAMS}/new", name_en="North", mailbox="nobody", days="21")
    assert wrong.status_code == 422
    assert {str(one["id"]) for one in soup(wrong).select(".govuk-error-message")} == {"mailbox-error", "days-error"}
    administrator.where(save(administrator, f"{TEAMS}/new", name_en="North: families", days="5"))
    team = settings(admin).early_help[-1]
    assert (team.key, team.name["en"], team.email, team.working_days) == ("north_families", "North: families", "", 5)
    administrator.where(save(administrator, f"{TEAMS}/items/family_help/remove"))
    administrator.where(save(administrator, f"{TEAMS}/items/north_families/remove"))
    assert settings(admin).early_help == ()
    assert "There are no early-help teams" in administrator.get(TEAMS).text
    assert "There are no early-help teams" in administrator.get("/council").text


def test_levels_are_as_many_as_there_can_be_and_never_none(administrator: Walker, admin: Admin) -> None:
    assert f'href="/avonmere{LEVELS}"' in administrator.get("/council/challenges").text
    assert f"{LEVELS}/new" not in administrator.get(LEVELS).text
    second = settings(admin).challenging.levels[1]
    administrator.where(save(administrator, f"{LEVELS}/items/first/remove"))
    assert settings(admin).challenging.levels[0] == second
    page = f"{LEVELS}/items/first"
    wrong = save(administrator, page, name_en="", days="0")
    assert {str(one["id"]) for one in soup(wrong).select(".govuk-error-message")} == {"name-en-error", "days-error"}
    later = save(administrator, f"{LEVELS}/items/second", days="0")
    assert (later.status_code, 'value="0"' in later.text, len(settings(admin).challenging.levels)) == (422, True, 2)
    added = save(administrator, f"{LEVELS}/new", name_en="The board", days="00")
    assert {str(one["id"]) for one in soup(added).select(".govuk-error-message")} == {"days-error"}
    administrator.where(save(administrator, f"{LEVELS}/items/second/remove"))
    assert f"{page}/remove" not in administrator.get(LEVELS).text
    assert administrator.where(administrator.get(f"{page}/remove")) == LEVELS
    forced = administrator.send(f"{page}/remove", fields_of(administrator.get(page), page))
    assert forced.status_code == 409
    assert len(settings(admin).challenging.levels) == 1


def test_a_page_that_is_only_wanted_in_another_language_changes_nothing(administrator: Walker, admin: Admin) -> None:
    before = settings(admin)
    for path in (f"{TEAMS}/new", f"{TEAMS}/items/family_help", f"{TEAMS}/items/family_help/remove"):
        form = fields_of(administrator.get(path), path) | {"name-en": "Typed", "only_language": "1", "lang": "cy"}
        answer = administrator.send(path, form)
        assert (answer.status_code, "Typed" in answer.text) == (422, True)
    assert settings(admin) == before


@pytest.mark.parametrize("slug", SLUGS)
def test_what_every_list_reads_it_stores_as_it_was(slug: str) -> None:
    whole = document(slug)
    for listed in setting_lists.every(parse_council(whole), "en").values():
        rows = listed.rows(whole)
        made = listed.store.values(listed.entries, rows, rows, whole)
        assert all(place[0] in PARTS for place in made)
        if rows:
            assert parse_council(with_values(whole, made)) == parse_council(whole)


def test_what_has_an_item_is_counted_before_it_goes(administrator: Walker) -> None:
    def warned(path: str) -> list[str]:
        found = soup(administrator.get(f"/council/lists/{path}/remove")).select("main .govuk-warning-text")
        return [" ".join(one.text.split()) for one in found]

    items = ("early-help/items/family_help", "reasons-early_help/items/agreed")
    assert [warned(path) for path in items] == [[], []]
    case = Case(administrator.council).decide()
    add_challenge(case.author, case.made.reference, uuid4(), "CNRY no")
    team, reason = (warned(path)[0] for path in items)
    assert "1 report is with this team." in team
    assert "It was given for 1 decision." in reason


def test_a_level_at_which_a_challenge_waits_neither_goes_nor_moves(administrator: Walker, admin: Admin) -> None:
    case = Case(administrator.council).decide()
    add_challenge(case.author, case.made.reference, uuid4(), "CNRY no")
    admin.execute("update challenge set level = 2")
    waits = "1 challenge waits for an answer at a level that would go or change places."
    before = settings(admin).challenging
    for move in ("up:second", "down:first", "down:second", "up:third"):
        moved = save(administrator, LEVELS, move=move)
        assert (moved.status_code, waits in " ".join(moved.text.split())) == (409, True), move
    for key, free in (("first", False), ("second", False), ("third", True)):
        path = f"{LEVELS}/items/{key}/remove"
        page = soup(administrator.get(path))
        assert (waits in " ".join(page.text.split()), page.select("main form") == []) == (not free, not free), key
        if not free:
            refused = administrator.send(path, fields_of(administrator.get(LEVELS), LEVELS))
            assert (refused.status_code, waits in " ".join(refused.text.split())) == (422, True), key
    assert settings(admin).challenging == before
    # What it is called can change, and once it is answered everything can.
    admin.execute("update challenge set answer = 'upheld', reply = said, answered_at = now(), answered_by = raised_by")
    assert administrator.where(save(administrator, LEVELS, move="down:first")).startswith(LEVELS)
    assert settings(admin).challenging.levels[0] == before.levels[1]


def test_what_the_administrator_may_not_read_is_counted_too(administrator: Walker, admin: Admin) -> None:
    case = Case(administrator.council).decide()
    add_challenge(case.author, case.made.reference, uuid4(), "CNRY no")
    make_referral(administrator.council, case.author, state="screening", owner=case.screener)
    admin.execute("update referral set sight = '{}'")
    stage = rules.first(settings(admin).stages, "claimed").key
    items = {
        "early-help/items/family_help": "1 report is with this team.",
        "reasons-early_help/items/agreed": "It was given for 1 decision.",
        f"stages/items/{stage}": "1 open report is at this stage.",
    }
    pages = {path: soup(administrator.get(f"/council/lists/{path}/remove")) for path in items}
    warned = {path: [one.text for one in page.select(".govuk-warning-text")] for path, page in pages.items()}
    assert [path for path, words in items.items() if not any(words in one for one in warned[path])] == []
    assert "1 challenge waits" in administrator.get(f"{LEVELS}/items/first/remove").text


def test_older_settings_do_not_come_back_past_a_challenge_that_waits(administrator: Walker, admin: Admin) -> None:
    before = settings(admin).challenging.levels
    administrator.where(save(administrator, f"{LEVELS}/items/first/remove"))
    administrator.where(save(administrator, f"{LEVELS}/items/second", name_en="The board"))
    administrator.where(save(administrator, LEVELS, move="up:second"))
    now = settings(admin).challenging.levels
    case = Case(administrator.council).decide()
    add_challenge(case.author, case.made.reference, uuid4(), "CNRY no")
    page = "/council/history"

    def brought(number: int) -> Any:
        version = str(soup(administrator.get(page)).select("main input[name=version]")[0]["value"])
        return administrator.post(page, {"version": version, "number": str(number)})

    for number in (1, 2, 3):
        refused = brought(number)
        says = "1 challenge waits for an answer at a level that would go or change places."
        assert (refused.status_code, says in " ".join(refused.text.split())) == (409, True), number
    assert settings(admin).challenging.levels == now
    # A name alone can come back, and once it is answered everything can.
    administrator.where(save(administrator, f"{LEVELS}/items/first", name_en="The chair", days="7"))
    administrator.where(brought(4))
    assert settings(admin).challenging.levels == now
    admin.execute("update challenge set answer = 'upheld', reply = said, answered_at = now(), answered_by = raised_by")
    administrator.where(brought(1))
    assert settings(admin).challenging.levels == before


def test_an_answer_that_waits_is_due_anew_once_its_level_has_other_days(administrator: Walker, admin: Admin) -> None:
    case = Case(administrator.council).decide()
    add_challenge(case.author, case.made.reference, uuid4(), "CNRY no")
    administrator.jobs()
    due = "select due_at from challenge"
    before: Any = admin.execute(due).fetchone()
    administrator.where(save(administrator, f"{LEVELS}/items/first", days="9"))
    administrator.jobs()
    after: Any = admin.execute(due).fetchone()
    assert after[0] - before[0] > timedelta(days=7)
