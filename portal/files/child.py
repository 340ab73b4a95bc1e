"""The process in which other people's files are decoded: no secrets, little memory, little time, and one file only.

`python -m portal.files.child VERB …` reads the file from its standard input, writes what it makes to the file
descriptor that it is told, and one line of JSON to its standard output.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, Final

from portal.files.refusals import Refused

MEMORY: Final = {"check": 700_000_000, "repaint": 1_200_000_000, "look": 700_000_000, "draw": 1_000_000_000}
"""Bytes of address space, in which the programs themselves take some 200 MB."""
CPU_SECONDS: Final = {"check": 5, "repaint": 20, "look": 5, "draw": 10}
_MOST_WRITTEN: Final = 300_000_000


def confine(verb: str) -> None:
    """Give up what this process must not have: memory, time, other processes, files, and a dump of itself."""
    limits = (
        (resource.RLIMIT_AS, MEMORY[verb]),
        (resource.RLIMIT_CPU, CPU_SECONDS[verb]),
        (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    )
    for which, most in limits:
        # Some systems do not know one of them; the time limit of whoever waits for us stands in any case.
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))


def check(file: BinaryIO, words: list[str]) -> dict[str, Any]:
    """`check NAME DECLARED`: the kind."""
    from portal.files.checking import check as look  # noqa: PLC0415 - each verb loads its own decoders

    return {"kind": look(file, *words).code}


def repaint(file: BinaryIO, words: list[str]) -> dict[str, Any]:
    """`repaint KIND DESCRIPTOR`: the kind that was written."""
    from portal.files.repainting import repaint as paint  # noqa: PLC0415 - as above

    with os.fdopen(int(words[1]), "wb") as out:
        return {"kind": paint(file, words[0], out)}


def look(file: BinaryIO, words: list[str]) -> dict[str, Any]:
    """`look NUMBER`: how many pages, and the words on one."""
    from portal.files import drawing  # noqa: PLC0415 - as above

    pages, found = drawing.look(file, int(words[0]))
    return {"pages": pages, "words": found}


def draw(file: BinaryIO, words: list[str]) -> dict[str, Any]:
    """`draw KIND NUMBER DESCRIPTOR`: one page as a JPEG."""
    from portal.files import drawing  # noqa: PLC0415 - as above

    with os.fdopen(int(words[2]), "wb") as out:
        drawing.draw(file, words[0], int(words[1]), out)
    return {}


VERBS: Final[dict[str, Callable[[BinaryIO, list[str]], dict[str, Any]]]] = {
    "check": check,
    "repaint": repaint,
    "look": look,
    "draw": draw,
}


def main(words: list[str]) -> int:
    """Do one thing to one file; 0 with an answer, whatever the file is."""
    verb = words[0]
    confine(verb)
    try:
        with os.fdopen(0, "rb", closefd=False) as file:
            answer = VERBS[verb](file, words[1:])
    except Refused as refusal:
        answer = {"refused": refusal.code}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_complex"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    # The tidying of a library must not undo what was done, nor take time over it.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
