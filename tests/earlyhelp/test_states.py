"""The rules of an offer, whatever happens in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.earlyhelp.states import (
    CONSENTS,
    MOVES,
    OPEN,
    REASONS,
    RESULTS,
    SAID_LATER,
    STATES,
    after,
    codes_of,
    consent_for,
    needs_screener,
)


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=8))
def test_an_offer_is_answered_once_and_nothing_follows_its_end(moves: list[str]) -> None:
    state, done = "offered", []
    for move in moves:
        then = after(state, move)
        assert (then == "") == (state != MOVES[move][0])
        if then:
            state = then
            done.append(move)
        assert state in STATES
    assert done in ([], ["accept"], ["accept", "close"], ["decline"], ["take_back"])
    assert (state in OPEN) == (done in ([], ["accept"]))


@given(
    st.text(max_size=12) | st.sampled_from(["given", "overridden", "not_sought"]),
    st.text(max_size=12) | st.sampled_from(SAID_LATER),
)
def test_nothing_is_handed_over_without_something_said_of_consent(decided: str, said: str) -> None:
    found = consent_for(decided, said)
    enough = decided in ("given", "overridden")
    assert (found == decided) if enough else found == (said if said in SAID_LATER else "")
    assert found in ("", *CONSENTS)


def test_only_what_says_why_needs_a_code_and_who_must_act_is_known() -> None:
    assert (codes_of("accept"), codes_of("take_back")) == ((), ())
    assert (codes_of("decline"), codes_of("close")) == (REASONS, RESULTS)
    acts = {
        (state, result, settled)
        for state in STATES for result in ("", *RESULTS) for settled in (False, True)
        if needs_screener(state, result, settled=settled)
    }  # fmt: skip
    assert acts == {("declined", result, False) for result in ("", *RESULTS)} | {("done", "stepped_up", False)}
