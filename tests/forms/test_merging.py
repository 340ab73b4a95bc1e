"""A newer template and a council's draft meet: nothing of either is lost without being asked about."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.locks import all_locked, broken, unknown
from portal.forms.merging import CHANGED, Merge, Proposal, clashes, merge
from portal.forms.outline import take_apart
from tests.forms.contents import ANY_JSON, CONTENTS, WRONG_CONTENTS, shipped_contents
from tests.forms.test_locks import CONTENT


def all_of(base: Any, theirs: Any, ours: Any, locked: tuple[str, ...] = ()) -> Any:
    """The draft with every proposal accepted."""
    found = merge(base, theirs, ours, locked)
    return found.content([each.id for each in found.proposals])


def same(one: Any, other: Any) -> bool:
    """Equal, and the items in the same order."""
    orders = [{slot: names for slot, names in take_apart(each).order.items() if names} for each in (one, other)]
    return bool(one == other and orders[0] == orders[1])


@given(base=CONTENTS, theirs=CONTENTS)
@settings(max_examples=150, deadline=None)
def test_with_nothing_changed_by_us_all_accepted_is_exactly_theirs(base: Any, theirs: Any) -> None:
    """In the same order, too; and the content that came in is not touched."""
    before = json.dumps([base, theirs])
    assert same(all_of(base, theirs, base), theirs)
    assert json.dumps([base, theirs]) == before


@given(base=CONTENTS, theirs=CONTENTS)
def test_with_nothing_changed_by_us_nothing_is_a_conflict(base: Any, theirs: Any) -> None:
    """And each proposal has its own name."""
    proposals = merge(base, theirs, base).proposals
    assert not any(each.conflict for each in proposals)
    assert len({each.id for each in proposals}) == len(proposals)


@given(base=CONTENTS, ours=CONTENTS | WRONG_CONTENTS)
def test_with_nothing_changed_by_them_ours_stays(base: Any, ours: Any) -> None:
    """There is nothing to propose."""
    found = merge(base, base, ours)
    assert found.proposals == ()
    assert same(found.content([]), ours)


@given(base=CONTENTS, theirs=CONTENTS, ours=CONTENTS)
@settings(max_examples=150, deadline=None)
def test_declining_everything_leaves_ours(base: Any, theirs: Any, ours: Any) -> None:
    """Without a lock nothing happens that nobody accepted."""
    assert same(merge(base, theirs, ours).content([]), ours)


@given(base=CONTENTS, theirs=CONTENTS, ours=CONTENTS)
@settings(max_examples=150, deadline=None)
def test_all_accepted_leaves_nothing_new_to_propose_but_order(base: Any, theirs: Any, ours: Any) -> None:
    """What was accepted is not offered again."""
    result = all_of(base, theirs, ours)
    again = merge(base, theirs, result).proposals
    assert [each for each in again if each.change == "added" and not each.conflict] == []
    assert [each for each in again if each.change == "changed" and not each.conflict and _more(each)] == []


def _more(proposal: Proposal) -> bool:
    """Not only that a question still has options of ours, where the template has a question without any."""
    return not (proposal.kind.endswith("question") and "options" in proposal.ours and "options" not in proposal.new)


@given(base=ANY_JSON | WRONG_CONTENTS, theirs=CONTENTS, ours=ANY_JSON | WRONG_CONTENTS, data=st.data())
@settings(max_examples=150, deadline=None)
def test_drafts_that_are_wrong_never_raise(base: Any, theirs: Any, ours: Any, data: st.DataObject) -> None:
    """Whatever a draft holds and whatever is accepted: a content, and no error."""
    locked = ("question:a", "question:b", "rule:a", "rule:b", "page:a", "section:c", "route:a", "notice:b", "safety")
    found = merge(base, theirs, ours, locked)
    ids = [each.id for each in found.proposals]
    json.dumps(found.content(data.draw(st.sets(st.sampled_from(ids))) if ids else ["nonsense"]))


LOCKS = ("question:a", "question:b", "rule:a", "rule:b", "page:a", "section:c", "route:a", "notice:b", "value:a")


@given(base=CONTENTS, theirs=CONTENTS, ours=CONTENTS, data=st.data())
@settings(max_examples=150, deadline=None)
def test_locked_items_are_taken_over_whatever_is_accepted(
    base: Any, theirs: Any, ours: Any, data: st.DataObject
) -> None:
    """No lock is broken afterwards, and nothing that is locked is offered as a choice."""
    found = merge(base, theirs, ours, LOCKS)
    ids = [each.id for each in found.proposals]
    result = found.content(data.draw(st.sets(st.sampled_from(ids))) if ids else [])
    there = [name for name in all_locked(LOCKS, theirs) if not broken([name], theirs, theirs)]
    assert [name for name in broken(there, theirs, result) if _exists(name, theirs)] == []
    assert not {each.name for each in found.proposals if each.change != "removed"} & set(LOCKS)


def _exists(name: str, content: Any) -> bool:
    return not unknown([name], content)


def changed(content: Any, way: list[Any], value: Any) -> Any:
    """A copy with one place changed."""
    made = copy.deepcopy(content)
    node = made
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = value
    return made


PAGE = ["form", "triage", "pages", 0]
LABEL = [*PAGE, "questions", 0, "label"]
HINT = [*PAGE, "questions", 0, "hint"]
ROUTE = ["thresholds", "rules", 0, "route"]


def test_disjoint_changes_are_both_there() -> None:
    """Theirs in one item, and ours in another."""
    theirs, ours = changed(CONTENT, LABEL, {"en": "In danger now?"}), changed(CONTENT, ROUTE, "ADVICE")
    found = merge(CONTENT, theirs, ours)
    assert [(each.id, each.conflict) for each in found.proposals] == [("changed question:danger", False)]
    assert all_of(CONTENT, theirs, ours) == changed(theirs, ROUTE, "ADVICE")


def test_disjoint_parts_of_one_item_are_both_there() -> None:
    """The template's label and the council's hint; the template's English and the council's Welsh."""
    theirs, ours = changed(CONTENT, LABEL, {"en": "In danger now?"}), changed(CONTENT, HINT, {"en": "Today"})
    assert [each.conflict for each in merge(CONTENT, theirs, ours).proposals] == [False]
    assert all_of(CONTENT, theirs, ours) == changed(theirs, HINT, {"en": "Today"})
    welsh = changed(CONTENT, LABEL, {"en": "Danger?", "cy": "Perygl?"})
    assert all_of(CONTENT, theirs, welsh) == changed(CONTENT, LABEL, {"en": "In danger now?", "cy": "Perygl?"})


def test_the_same_words_changed_twice_are_a_conflict_and_show_both() -> None:
    """Accepted: theirs; declined: ours."""
    theirs, ours = changed(CONTENT, LABEL, {"en": "Theirs?"}), changed(CONTENT, LABEL, {"en": "Ours?"})
    found = merge(CONTENT, theirs, ours)
    (proposal,) = found.proposals
    assert proposal.conflict
    assert [each["label"]["en"] for each in (proposal.old, proposal.ours, proposal.new)] == [
        "Danger?",
        "Ours?",
        "Theirs?",
    ]
    assert found.content([proposal.id]) == theirs
    assert found.content([]) == ours


def test_a_condition_is_never_joined_from_two_halves() -> None:
    """Half of their condition and half of ours would be a rule that nobody wrote."""
    way = ["thresholds", "rules", 1, "when"]
    theirs = changed(CONTENT, way, {"answer": "danger", "is": "no"})
    ours = changed(CONTENT, way, {"answer": "other", "is": "yes"})
    assert [each.conflict for each in merge(CONTENT, theirs, ours).proposals] == [True]
    assert all_of(CONTENT, theirs, ours) == theirs


def test_a_rule_of_the_council_stays_where_it_put_it() -> None:
    """A new rule of the template comes after the one that it follows there."""
    first, second, last = CONTENT["thresholds"]["rules"]
    own, new = {"id": "OWN", "route": "HUB"}, {"id": "NEW", "route": "HUB"}
    theirs = changed(CONTENT, ["thresholds", "rules"], [first, second, new, last])
    ours = changed(CONTENT, ["thresholds", "rules"], [first, own, second, last])
    names = [each["id"] for each in all_of(CONTENT, theirs, ours)["thresholds"]["rules"]]
    assert names == ["R1", "OWN", "R2", "NEW", "R3"]


def test_a_removed_page_takes_our_question_only_when_accepted_and_says_so() -> None:
    """We added a question to the page that the template drops: a conflict."""
    own = {"key": "own", "type": "text", "label": {"en": "Own"}}
    theirs = changed(CONTENT, ["form", "triage", "pages"], [])
    ours = changed(CONTENT, [*PAGE, "questions"], [*CONTENT["form"]["triage"]["pages"][0]["questions"], own])
    found = merge(CONTENT, theirs, ours)
    assert [(each.id, each.conflict) for each in found.proposals] == [("removed page:first", True)]
    assert all_of(CONTENT, theirs, ours) == theirs
    assert found.content([]) == ours


def test_a_question_in_another_section_is_a_move() -> None:
    """Not one that is gone and one that is new: our change to it goes along."""
    theirs, ours = copy.deepcopy(CONTENT), changed(CONTENT, [*PAGE, "questions", 1, "hint"], {"en": "Say"})
    theirs["form"]["sections"] = [{"key": "later", "title": {"en": "Later"}, "questions": []}]
    theirs["form"]["sections"][0]["questions"].append(theirs["form"]["triage"]["pages"][0]["questions"].pop())
    assert {each.id for each in merge(CONTENT, theirs, ours).proposals} == {
        "added section:later",
        "moved question:other",
    }
    result = all_of(CONTENT, theirs, ours)
    assert [each["key"] for each in result["form"]["triage"]["pages"][0]["questions"]] == ["danger"]
    assert result["form"]["sections"][0]["questions"][0]["hint"] == {"en": "Say"}


@pytest.mark.parametrize("place", [0, 1])
def test_shipped_forms_merge_with_each_other(place: int) -> None:
    """Two whole forms of councils, as different as they come."""
    one, other = shipped_contents()[place], shipped_contents()[1 - place]
    assert same(all_of(one, other, one), other)
    assert same(all_of(one, one, other), other)


def conflicts(found: Merge) -> set[str]:
    """The ids of what both changed."""
    return {each.id for each in found.proposals if each.conflict}


@given(base=CONTENTS, theirs=CONTENTS, ours=CONTENTS)
@settings(max_examples=150, deadline=None)
def test_what_is_kept_is_what_we_had_written(base: Any, theirs: Any, ours: Any) -> None:
    """Whatever else comes in with it."""
    found = merge(base, theirs, ours)
    kept = conflicts(found)
    merged = take_apart(found.content({each.id for each in found.proposals} - kept, kept=kept))
    for one in found.proposals:
        if one.conflict and one.change == CHANGED and one.ours is not None and one.name in merged.items:
            assert not clashes(one.old, one.ours, merged.items[one.name].own)


def test_keeping_ours_keeps_only_what_both_changed() -> None:
    """Another part of the same question that only they changed comes in all the same."""
    theirs, ours = copy.deepcopy(CONTENT), copy.deepcopy(CONTENT)
    first = theirs["form"]["triage"]["pages"][0]["questions"][0]
    own = ours["form"]["triage"]["pages"][0]["questions"][0]
    first |= {"label": {"en": "Theirs"}, "hint": {"en": "Their hint"}}
    own |= {"label": {"en": "Ours"}, "guidance": {"en": "Our guidance"}}
    found = merge(CONTENT, theirs, ours)
    (one,) = found.proposals
    assert one.conflict
    for merged, label in ((found.content([], kept=[one.id]), "Ours"), (found.content([one.id]), "Theirs")):
        question = merged["form"]["triage"]["pages"][0]["questions"][0]
        assert question["label"] == {"en": label}
        assert question["hint"] == {"en": "Their hint"}
        assert question["guidance"] == {"en": "Our guidance"}


def test_what_they_add_to_what_we_removed_is_asked_about() -> None:
    """It would bring back what somebody took out on purpose."""
    theirs, ours = copy.deepcopy(CONTENT), copy.deepcopy(CONTENT)
    theirs["form"]["triage"]["pages"][0]["questions"].append({"key": "new_one", "type": "text", "label": {"en": "New"}})
    del ours["form"]["triage"]["pages"][0]
    (one,) = merge(CONTENT, theirs, ours).proposals
    assert (one.name, one.conflict) == ("question:new_one", True)
