"""Nobody writes to whom it would not be safe, whatever the report says of them, and every reason is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.forms.queries import newest
from portal.forms.questionnaire import Form
from portal.kernel import db
from portal.letters.safety import addressees
from tests.factories.people import make_person
from tests.fixtures.councils import Councils

HOME = {"lines": "3 Mill Row\n\nAvon", "town": "Avonmere", "postcode": "AV1 2AB"}
MUM = {
    "person_name": "Siân O'Brien", "person_relationship": "parent", "person_lives_with": "yes",
    "person_safe_contact": "yes", "person_role_concern": ["protective"],
}  # fmt: skip
DAD = {**MUM, "person_name": "李 Wei", "person_role_concern": ["may_have_harmed", "witness"]}
CHILD = {"child_address": HOME, "child_address_secret": "no", "child_address_type": "home"}


@pytest.fixture(params=["england", "wales"])
def form(councils: Councils, request: pytest.FixtureRequest) -> Form:
    with db.unit_of_work(make_person(getattr(councils, request.param), role="screener").scope):
        return newest().form


def refused(form: Form, *people: Any, child: Any = CHILD, **sections: Any) -> list[tuple[str, ...]]:
    found = addressees(form, {}, {"children": [child], "people": list(people), **sections})
    return [one.refused for one in found]


def test_each_reason_is_found(form: Form) -> None:
    away = {**MUM, "person_lives_with": "no", "person_address": "not_known"}
    assert refused(form, MUM) == [()]
    assert refused(form, {**MUM, "person_safe_contact": "no"}) == [("unsafe",)]
    assert refused(form, DAD) == [("harm",)]
    assert refused(form, MUM, DAD, away) == [("harm_at_home",), ("harm",), ()]
    assert refused(form, MUM, {**DAD, "person_lives_with": "no"}) == [(), ("harm",)]
    assert refused(form, MUM, away, child=CHILD | {"child_address_secret": "yes"}) == [("place",), ()]
    assert refused(form, MUM, child=CHILD | {"child_address_type": "refuge"}) == [("place",)]
    assert refused(form, MUM, consent={"con_reason": ["no_time", "forced_marriage"]}) == [("untold",)]
    assert refused(form, MUM, consent={"con_reason": ["no_time"]}) == [()]
    decided = addressees(form, {}, {"people": [MUM]}, not_sought="evidence")
    assert [one.refused for one in decided] == [("untold",)]
    assert addressees(form, {}, {"people": [MUM]}, not_sought="unreachable")[0].refused == ()


def test_what_is_known_of_an_address_and_what_to_think_of(form: Form) -> None:
    own = {
        **MUM,
        "person_lives_with": "no",
        "person_address": {"lines": "1 High St", "town": "", "postcode": "AV2 1AA"},
    }
    only = {**MUM, "person_safe_contact": "only_this_way", "person_safe_how": "CNRY by day"}
    found = addressees(form, {}, {"children": [CHILD], "people": [MUM, own, only, {**MUM, "person_safe_contact": "x"}]})
    assert [one.address for one in found[:2]] == [
        ("3 Mill Row", "Avon", "Avonmere", "AV1 2AB"),
        ("1 High St", "AV2 1AA"),
    ]
    assert [(one.thought, one.how) for one in found[2:]] == [(("careful",), "CNRY by day"), (("unknown",), "")]
    unsure = addressees(form, {}, {"children": [CHILD | {"child_address_secret": "not_known"}], "people": [MUM]})
    assert unsure[0].thought == ("place_unknown",)
    assert addressees(form, {}, {"people": [{**MUM, "person_name": "not_known"}]}) == ()


KEYS = some.sampled_from([*MUM, "person_address", "person_safe_how"])
VALUES = some.one_of(
    some.none(), some.text(max_size=5), some.lists(some.text(max_size=3)), some.just(HOME), some.booleans()
)


@given(some.lists(some.dictionaries(KEYS, VALUES)), some.dictionaries(some.sampled_from([*CHILD]), VALUES))
def test_any_answers_are_read(people: list[Any], child: Any) -> None:
    found = addressees(_bare(), {}, {"children": [child], "people": people})
    assert all(isinstance(one.name, str) and one.name for one in found)


def _bare() -> Any:
    return type("Bare", (), {"sections": (), "urgent": ()})()
