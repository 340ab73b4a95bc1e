"""Every address, asked for by everybody, about everybody's things, gives what access.yaml says and nothing more."""

from __future__ import annotations

from collections import defaultdict

import pytest
from flask import Flask

from portal.auth.policy import Reach
from tests.matrix import document, walk
from tests.matrix.access import MISSING, OTHER_COUNCIL, Access, read
from tests.matrix.walk import Answer, Walker
from tests.matrix.world import HERE, THERE, World

PEOPLE = list(read().people)
SERVER_ERROR = 500


def test_every_address_is_listed_and_none_that_is_gone(app: Flask, access: Access) -> None:
    served = {f"{method} {rule.rule}" for rule in walk.rules(app) for method in walk.methods(rule)}
    assert served - set(access.pages) == set(), "not in access.yaml"
    assert set(access.pages) - served == set(), "no longer served"


def test_nothing_is_served_by_another_method(app: Flask) -> None:
    usual = {"GET", "HEAD", "OPTIONS", "POST"}
    assert [rule.rule for rule in walk.rules(app) if not set(rule.methods or ()) <= usual] == []


def test_everybody_in_the_file_is_in_the_world(filled: World, access: Access) -> None:
    assert set(filled.people) == set(access.people)


def test_an_address_that_is_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="listed twice"):
        read("people: {}\ngroups: {}\nbefore_terms: {}\npages: {GET /: {}, GET /: {}}\n")


def test_the_document_is_made_from_the_file(access: Access) -> None:
    text = document.PLACE.read_text("utf-8")
    assert text == document.document(access), "run: python -m tests.matrix.document"


def unexpected(answers: list[Answer], access: Access, person: str) -> list[str]:
    """Where what somebody got is not what they should."""
    found = []
    for answer in answers:
        expected = access.expected(answer.page, answer.whose, person)
        if answer.outcome != expected:
            found.append(f"{answer.page} {answer.whose}: {answer.outcome}, not {expected}")
    return found


def told(answers: list[Answer]) -> list[str]:
    """Where an answer tells somebody else's thing from one that does not exist."""
    by_page: dict[str, dict[str, Answer]] = defaultdict(dict)
    for answer in answers:
        by_page[answer.page][answer.whose] = answer
    found = []
    for page, whose in by_page.items():
        if MISSING not in whose:
            continue
        missing = whose[MISSING]
        for answer in whose.values():
            refused = answer.outcome == missing.outcome or answer.whose == OTHER_COUNCIL
            if refused and answer.same != missing.same:
                found.append(f"{page} {answer.whose}: {_difference(answer, missing)}")
    return found


def _difference(one: Answer, other: Answer) -> str:
    names = ("status", "headers", "body")
    return ", ".join(name for name, a, b in zip(names, one.same, other.same, strict=True) if a != b)


@pytest.mark.parametrize("person", PEOPLE)
def test_what_everybody_gets(app: Flask, filled: World, access: Access, person: str) -> None:
    answers = list(Walker(app, filled, filled.people[person], filled.here.slug).everything())
    assert unexpected(answers, access, person) == []
    assert told(answers) == []
    assert [answer.page for answer in answers if answer.status >= SERVER_ERROR] == []
    assert [answer.page for answer in answers if THERE in answer.text] == []


@pytest.mark.parametrize("person", [name for name in PEOPLE if name.startswith("other ")])
def test_people_of_the_other_council_at_home_see_nothing_of_this_one(app: Flask, filled: World, person: str) -> None:
    answers = list(Walker(app, filled, filled.people[person], filled.there.slug).everything())
    assert [answer.page for answer in answers if HERE in answer.text] == []
    assert [answer.page for answer in answers if answer.status >= SERVER_ERROR] == []
    # The same walk does see their own council, so that its silence about this one means something.
    if person not in ("other council admin", "other form designer"):
        assert [answer.page for answer in answers if THERE in answer.text]


def test_the_walk_can_fail(app: Flask, filled: World, access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(*_values: object) -> Reach:
        return Reach.COUNCIL

    monkeypatch.setattr("portal.auth.guard.reach", everything)
    monkeypatch.setattr("portal.auth.reach.reach", everything)
    walker = Walker(app, filled, filled.people["colleague"], filled.here.slug)
    answers = list(walker.everything())
    found = unexpected(answers, access, "colleague")
    assert "GET /screening/<reference> of another agency: not-found, not forbidden" in found  # the database's wall
    assert "GET /referrals/<reference> of the agency: page, not not-found" in found
    assert not any(OTHER_COUNCIL in line and "page" in line.split(": ")[1] for line in found)
