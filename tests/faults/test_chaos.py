"""Web server, worker and database killed with -9 under people who send: a short run of the harness in `benchmarks`."""

from __future__ import annotations

import subprocess
import sys
from uuid import uuid4

import pytest

from benchmarks.faults import papers
from benchmarks.faults.checking import Verdict, _acknowledged, _recorded
from benchmarks.faults.senders import Told


def test_nothing_acknowledged_is_lost_doubled_or_left_unsaid() -> None:
    words = ["--senders", "6", "--seconds", "14", "--lose-jobs"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *words], capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def told(**references: str) -> Told:
    """A sender who was told one reference for the report of each key."""
    return Told(references={key: {reference} if reference else set() for key, reference in references.items()})


def test_a_loss_is_seen() -> None:
    verdict = Verdict()
    _acknowledged(verdict, [told(a="AAA", b="BBB")], [("AAA", "a", "sent")])
    assert (verdict.lost, verdict.duplicated, verdict.broken) == (1, 0, [])


def test_a_report_sent_twice_is_seen() -> None:
    verdict = Verdict()
    _acknowledged(verdict, [told(a="AAA")], [("AAA", "a", "sent"), ("BBB", "a", "sent")])
    assert (verdict.lost, verdict.duplicated) == (0, 1)


def test_a_report_under_no_key_of_ours_is_seen() -> None:
    verdict = Verdict()
    _acknowledged(verdict, [told(a="AAA")], [("AAA", "a", "sent"), ("CCC", "c", "sent")])
    assert verdict.broken == ["1 reports that nobody wrote"]


def test_a_report_without_a_record_is_seen() -> None:
    verdict, one, two = Verdict(), str(uuid4()), str(uuid4())
    _recorded(verdict, {"AAA": one, "BBB": two}, {one: 1})
    assert verdict.unaudited == 1


KEPT = [papers.Papers(kept={"AAA": "digest"}, tried={"digest"})]
ROW = ("AAA", "one", "digest", "ready")


@pytest.mark.parametrize(
    ("rows", "recorded", "broken"),
    [
        ([ROW], {"one": 1}, []),
        ([], {}, ["1 files lost"]),
        ([("BBB", *ROW[1:])], {"one": 1}, ["1 files lost"]),
        ([ROW, ("AAA", "two", *ROW[2:])], {"one": 1, "two": 1}, ["1 files twice"]),
        ([ROW, ("CCC", "two", "other", "ready")], {"one": 1, "two": 1}, ["1 files that nobody sent"]),
        ([(*ROW[:3], "checking")], {"one": 1}, ["1 files whose check was never done"]),
        ([ROW], {}, ["1 files not recorded once"]),
    ],
    ids=["good", "lost", "elsewhere", "twice", "strange", "unchecked", "unrecorded"],
)
def test_what_is_wrong_with_a_file_is_seen(
    rows: list[tuple[str, str, str, str]], recorded: dict[str, int], broken: list[str]
) -> None:
    assert papers.compared(KEPT, rows, recorded).broken == broken
