"""How long setting one's own copy as a PDF takes, eight pages of it, and what it does to the process's memory."""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import time
from typing import Any

import pypdfium2

from portal.kernel import clock
from portal.web import typesetting

WORDS = (
    "She came in without a coat again and said that nobody was at home when she woke up. Siân O’Brien, 李小龙. "
    "I asked her what she had eaten, and she said crisps. Her teacher has noted the same on four mornings."
)
ROWS = 60
PAGES = 8
MOST_SECONDS = 0.5


def document(number: int) -> dict[str, Any]:
    """A copy of eight pages, no two alike: what was set before must not help."""
    rows = [
        {"label": f"Question {place}: what was it? ({number})", "value": f"{number}. {WORDS}\n{WORDS}", "items": []}
        for place in range(ROWS)
    ]
    groups = [{"title": f"Part {place}", "rows": rows[place : place + 10]} for place in range(0, ROWS, 10)]
    parts = [{"title": "The answers as sent", "texts": [WORDS], "rows": [], "groups": groups}]
    return {
        "title": f"Report {number}", "language": "en", "footer": "Avonmere Council", "page": "Page", "logo_alt": "",
        "facts": rows[:2], "parts": parts,
    }  # fmt: skip


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Set the first, then as many more as were asked for; print times and memory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--samples", type=int, default=50)
    samples = options.parse_args().samples
    before = megabytes()
    times = []
    for number in range(samples + 1):
        begun = time.perf_counter()
        made = typesetting.pdf("own_copy", document(number), clock.now())
        times.append(time.perf_counter() - begun)
        if number == 0:
            pages = len(pypdfium2.PdfDocument(io.BytesIO(made)))
            assert pages >= PAGES, pages
            after_first = megabytes()
    later = sorted(times[1:])
    slow = later[int(len(later) * 0.95)]
    print(f"{pages} pages: first {times[0]:.3f} s, then median {statistics.median(later):.3f} s, p95 {slow:.3f} s")
    print(f"memory: {before:.0f} MB before, {after_first:.0f} MB after the first, {megabytes():.0f} MB after {samples}")
    assert statistics.median(later) < MOST_SECONDS


if __name__ == "__main__":
    main()
