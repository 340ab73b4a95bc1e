"""Whether something answers: one thread asks, nobody waits long, and an answer is good for a while."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from structlog.testing import capture_logs

from portal.kernel.errors import Unavailable
from portal.kernel.probing import Probe


class Outside:
    """Something outside: it counts who asks, and hangs or fails as it is told."""

    def __init__(self) -> None:
        self.asked = 0
        self.hangs: threading.Event | None = None
        self.fails: Exception | None = None

    def __call__(self) -> None:
        self.asked += 1
        if self.hangs is not None:
            assert self.hangs.wait(10)
        if self.fails is not None:
            raise self.fails


def test_an_answer_is_good_for_a_while() -> None:
    outside = Outside()
    probe = Probe(outside, fresh=60)
    assert [probe.good() for _ in range(3)] == [True] * 3
    assert outside.asked == 1
    probe = Probe(outside, fresh=0)
    assert probe.good()
    outside.fails = Unavailable("away")
    assert not probe.good()
    outside.fails = None
    assert probe.good()


def test_a_mistake_of_ours_is_no_good_answer_and_said_without_its_words() -> None:
    outside = Outside()
    outside.fails = LookupError("Grace Kelly")
    probe = Probe(outside, fresh=0)
    with capture_logs() as said:
        assert not probe.good()
    assert said == [{"event": "probe.mistaken", "error": "LookupError", "log_level": "error"}]
    outside.fails = None
    assert probe.good()


def test_one_thread_hangs_whoever_asks_and_nobody_waits_twice() -> None:
    outside = Outside()
    outside.hangs = threading.Event()
    probe = Probe(outside, fresh=60, patience=0.3)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: probe.good(), range(8)))
    assert 0.3 <= time.monotonic() - began < 2
    began = time.monotonic()
    assert not probe.good()
    assert time.monotonic() - began < 0.2, "it is overdue: nobody waits again"
    assert outside.asked == 1
    outside.hangs.set()
    end = time.monotonic() + 5
    while not probe.good():
        assert time.monotonic() < end
    assert outside.asked == 1, "the late answer counts"
