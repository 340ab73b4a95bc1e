"""Decoding in a process of its own (portal/files/child.py): whatever a file does to its reader, it does it there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from portal.files.checking import named_kind
from portal.files.kinds import KINDS, Kind
from portal.files.refusals import Refused
from portal.kernel.errors import Unavailable

SECONDS: Final = 30.0
"""By the clock, for a machine that has other things to do; the work itself has less (child.CPU_SECONDS)."""
AT_ONCE: Final = 2
"""Decoders that run beside each other, for each process that starts them."""
_ROOT: Final = str(Path(__file__).resolve().parents[2])
_places = threading.BoundedSemaphore(AT_ONCE)


def check(file: BinaryIO, name: str, declared: str) -> Kind:
    """As `checking.check`, in a process of its own. Raises Refused; Unavailable when that process cannot be had."""
    kind = named_kind(name, declared)
    return KINDS[str(_run("check", f"file.{kind.ending}", "", file=file)["kind"])]


def repaint(file: BinaryIO, kind: Kind) -> tuple[BinaryIO, Kind]:
    """A picture written anew: an unnamed temporary file (close it) and its kind. Raises Refused and Unavailable."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        answer = _run("repaint", kind.code, str(out.fileno()), file=file, out=out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out, KINDS[str(answer["kind"])]


def look(file: BinaryIO, number: int) -> tuple[int, str]:
    """How many pages a PDF has, and the words on page `number` (from 1). Raises Refused and Unavailable."""
    answer = _run("look", str(number), file=file)
    return int(answer["pages"]), str(answer["words"])


def page(file: BinaryIO, kind: Kind, number: int) -> bytes:
    """Page `number` (from 1) of a PDF, or a picture, as a JPEG. Raises Refused and Unavailable."""
    with tempfile.TemporaryFile() as out:
        _run("draw", kind.code, str(number), str(out.fileno()), file=file, out=out)
        out.seek(0)
        return out.read()


def _run(verb: str, *words: str, file: BinaryIO, out: Any = None) -> dict[str, Any]:
    if not _places.acquire(timeout=SECONDS):
        raise Unavailable("too many files are being looked at")
    try:
        with _descriptor(file) as descriptor:
            return _answer(verb, words, descriptor, () if out is None else (out.fileno(),))
    finally:
        _places.release()


def _answer(verb: str, words: tuple[str, ...], descriptor: int, passed: tuple[int, ...]) -> dict[str, Any]:
    # No secrets reach a process that decodes, and its complaints might quote what it read.
    environ = {"PATH": os.defpath, "PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-P", "-m", "portal.files.child", verb, *words]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the words are codes and numbers
            command, stdin=descriptor, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ, cwd="/",
            pass_fds=passed, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unavailable("looking at a file took too long") from None
    except OSError as error:
        raise Unavailable(f"no process to look at a file ({type(error).__name__})") from None
    if done.returncode in _ENDED_BY_THE_FILE:
        raise Refused("too_complex")
    if done.returncode:
        raise Unavailable("the process that looks at files failed")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


# Out of time or of memory, or a decoder that fell over: each is what the file did.
_ENDED_BY_THE_FILE: Final = frozenset(
    -number
    for number in (signal.SIGXCPU, signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGXFSZ)
)


@contextmanager
def _descriptor(file: BinaryIO) -> Iterator[int]:
    """The file as a descriptor at its beginning; what is in memory only is written to a file without a name."""
    try:
        number = file.fileno()
    except (OSError, AttributeError):
        with tempfile.TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.lseek(copy.fileno(), 0, os.SEEK_SET)
            yield copy.fileno()
        return
    file.flush()
    os.lseek(number, 0, os.SEEK_SET)
    yield number
