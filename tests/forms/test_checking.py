"""All mistakes of a draft with their places: questions and rules together, even when the questions are wrong."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import checking, folder
from portal.forms.checking import mistakes_of
from portal.forms.mistakes import Path
from tests.fixtures.councils import FOLDERS

FOLDER = folder.load(FOLDERS / "glan-yr-afon")
BOTH = ("en", "cy")


def content() -> dict[str, Any]:
    return copy.deepcopy({"form": dict(FOLDER.form_document), "thresholds": dict(FOLDER.thresholds_document)})


def test_a_published_form_has_none() -> None:
    assert mistakes_of(content(), BOTH) == []


def test_mistakes_of_both_documents_come_together() -> None:
    draft = content()
    question = draft["form"]["triage"]["pages"][0]["questions"][0]
    del question["label"]["cy"]
    draft["thresholds"]["rules"][0]["route"] = "NOWHERE"
    found = mistakes_of(draft, BOTH)
    assert [path for path, _message in found] == [
        ("form", "triage", "pages", 0, "questions", 0, "label"),
        ("thresholds", "rules", 0, "route"),
    ]


def test_a_council_of_one_language_needs_no_other() -> None:
    draft = content()
    del draft["form"]["triage"]["pages"][0]["questions"][0]["label"]["cy"]
    assert mistakes_of(draft, ("en",)) == []


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["form", "thresholds", "triage", "pages", "questions", "key", "type"]), inner),
    ),
    max_leaves=12,
)


@given(JUNK)
def test_it_never_fails_whatever_a_draft_holds(draft: object) -> None:
    assert mistakes_of(draft, BOTH)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The languages of each reading that was done, and nothing remembered before."""
    done: list[tuple[str, ...]] = []
    read = checking._read

    def counted(content: object, languages: Sequence[str]) -> list[tuple[Path, str]]:
        done.append(tuple(languages))
        return read(content, languages)

    monkeypatch.setattr(checking, "_remembered", OrderedDict())
    monkeypatch.setattr(checking, "_read", counted)
    return done


def without_welsh() -> dict[str, Any]:
    draft = content()
    del draft["form"]["triage"]["pages"][0]["questions"][0]["label"]["cy"]
    return draft


def test_the_same_words_are_read_once(readings: list[tuple[str, ...]]) -> None:
    draft = without_welsh()
    first = mistakes_of(draft, BOTH)
    again = mistakes_of(copy.deepcopy(draft) | {"scenarios": [{"id": "S1"}]}, list(BOTH))
    assert first == again != []
    assert readings == [BOTH]


def test_any_other_word_or_language_is_read_again(readings: list[tuple[str, ...]]) -> None:
    """One council's answer is never another's: they share one only for the very same words in the same languages."""
    draft = without_welsh()
    assert mistakes_of(draft, BOTH)
    assert mistakes_of(draft, ("en",)) == []
    assert mistakes_of(content(), BOTH) == []
    draft["thresholds"]["rules"][0]["route"] = "NOWHERE"
    assert len(mistakes_of(draft, BOTH)) == 2
    assert readings == [BOTH, ("en",), BOTH, BOTH]


def test_nobody_changes_what_is_remembered(readings: list[tuple[str, ...]]) -> None:
    draft = without_welsh()
    first = mistakes_of(draft, BOTH)
    kept = list(first)
    first.clear()
    assert mistakes_of(draft, BOTH) == kept
    assert readings == [BOTH]


def test_only_so_many_are_remembered(readings: list[tuple[str, ...]]) -> None:
    """The longest unused one goes first."""
    contents = [{"form": {"key": str(number)}} for number in range(checking.MOST_REMEMBERED + 1)]
    mistakes_of(contents[0], BOTH)
    for one in contents[1:-1]:
        mistakes_of(one, BOTH)
    mistakes_of(contents[0], BOTH)
    mistakes_of(contents[-1], BOTH)
    readings.clear()
    mistakes_of(contents[0], BOTH)
    mistakes_of(contents[1], BOTH)
    assert readings == [BOTH]
    assert len(checking._remembered) == checking.MOST_REMEMBERED
