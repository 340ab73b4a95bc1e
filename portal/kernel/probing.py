"""Whether something outside answers, for whoever must not wait for it: asked by one thread, now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from portal.kernel.errors import Unavailable

FRESH_SECONDS = 10.0
PATIENCE_SECONDS = 1.0

log = structlog.get_logger()


class Probe:
    """Calls `ask`, which raises Unavailable, at most once at a time and every `fresh` seconds.

    `good` waits `patience` seconds for the first answer and not at all for one that is overdue: however many ask and
    however long it hangs, one thread of this process hangs with it.
    """

    def __init__(
        self, ask: Callable[[], None], *, fresh: float = FRESH_SECONDS, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._ask, self._fresh, self._patience = ask, fresh, patience
        self._lock = threading.Lock()
        self._answered: threading.Event | None = None
        self._good = False
        self._asked_at = self._answered_at = float("-inf")

    def good(self) -> bool:
        """Whether it answered as it should when it was asked last, and in time."""
        with self._lock:
            now = time.monotonic()
            if self._answered is None and now - self._answered_at < self._fresh:
                return self._good
            if self._answered is None:
                self._begin(now)
            answered, left = self._answered, self._asked_at + self._patience - now
        # Set while the lock was held, by this call or by one before.
        return answered is not None and answered.wait(max(left, 0.0)) and self._good

    def _begin(self, now: float) -> None:
        self._answered, self._asked_at = threading.Event(), now
        threading.Thread(target=self._run, args=(self._answered,), daemon=True).start()

    def _run(self, answered: threading.Event) -> None:
        good = False
        try:
            self._ask()
            good = True
        except Unavailable:
            pass
        except Exception as error:  # noqa: BLE001 - a mistake of ours is no good answer; whoever waits must be told
            log.error("probe.mistaken", error=type(error).__name__)  # noqa: TRY400 - its words may name people
        finally:
            with self._lock:
                self._good, self._answered_at, self._answered = good, time.monotonic(), None
            answered.set()
