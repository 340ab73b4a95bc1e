"""The picture of flows, and the pure comparison: properties over any numbers and any answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import folder
from portal.forms.rules import evaluate
from portal.referrals.flows import LABEL, WIDTH, Flow, direction, picture
from portal.referrals.paths import walk_triage
from portal.referrals.rerouting import Draft, Tally, Way, after, before
from tests.fixtures.councils import FOLDERS

ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE", "GONE")
RANKS = {"MASH_URGENT": 4, "MASH": 3, "EARLY_HELP": 2, "ADVICE": 1}
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
COUNCILS = {name: folder.load(FOLDERS / name) for name in ("avonmere", "glan-yr-afon")}

pairs = st.dictionaries(
    st.tuples(st.sampled_from(ROUTES), st.sampled_from(ROUTES)), st.integers(1, 100_000), min_size=1
)


@given(pairs)
def test_bands_fill_their_bars_and_nothing_overlaps(counts: dict[tuple[str, str], int]) -> None:
    flows = [Flow(was, now, count) for (was, now), count in counts.items()]
    drawn = picture(flows, RANKS)
    assert len(drawn.bands) == len(flows)
    for side in (drawn.before, drawn.after):
        assert sum(node.count for node in side) == sum(counts.values())
        for above, below in pairwise(side):
            assert above.y + above.height + LABEL <= below.y + 0.2
        assert all(0 <= node.x <= WIDTH and node.y + node.height <= drawn.height for node in side)


def test_nothing_is_drawn_of_nothing() -> None:
    assert picture([], RANKS).bands == ()


def test_up_and_down_are_told_by_rank() -> None:
    ways = [
        direction(Flow(was, now, 1), RANKS) for was, now in (("ADVICE", "MASH"), ("MASH", "ADVICE"), ("MASH", "MASH"))
    ]
    assert ways == ["up", "down", "same"]


def answers_for(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Answers that pages could have stored, and some that they could not."""
    questions = COUNCILS[name].form.triage_questions()
    options = {one.key: [option.value for option in one.options] for one in questions}
    values = {
        key: st.one_of(st.sampled_from(known), st.lists(st.sampled_from(known), max_size=3), st.just(None))
        if known
        else st.one_of(st.integers(0, 20), st.text(max_size=5))
        for key, known in options.items()
    }
    return st.fixed_dictionaries({}, optional=values)


@pytest.mark.parametrize("name", COUNCILS)
@given(data=st.data())
def test_an_unchanged_draft_never_changes_a_route(name: str, data: st.DataObject) -> None:
    council = COUNCILS[name]
    rules = council.thresholds
    given_answers = data.draw(answers_for(name))
    if data.draw(st.booleans()):
        given_answers[rules.override_answer] = "yes"
    kept, _missing = walk_triage(council.form, given_answers)
    override = {key: value for key, value in given_answers.items() if key == rules.override_answer}
    then = evaluate(rules, {**kept, **override}, NOW)
    was = before(then.route, then.rule, {"before_override": then.before_override}, rules)
    now = after(Draft(council.form, rules), {**kept, **override}, frozenset({rules.override_answer}), NOW)
    assert Way(now.route, now.rule) == was


@given(pairs, st.integers(0, 5), st.integers(0, 5))
def test_a_tally_survives_being_stored(counts: dict[tuple[str, str], int], destroyed: int, short: int) -> None:
    tally = Tally(12, NOW.isoformat(), NOW.isoformat(), destroyed=destroyed, short=short)
    tally.flows.update(counts)
    tally.at = (NOW.isoformat(), str(UUID(int=1)))
    again = Tally.of(json.loads(json.dumps(tally.document())))
    assert again == tally
    assert again.looked_at == sum(counts.values()) + destroyed + short
