"""All mistakes of a draft with their places: questions and rules together, even when the questions are wrong."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.forms import folder
from portal.forms.checking import mistakes_of
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
