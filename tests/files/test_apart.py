"""Decoding apart: what a file costs it costs another process, and what comes back is pixels alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from portal.files import apart
from portal.files.kinds import KINDS
from portal.files.refusals import Refused
from portal.kernel.errors import Unavailable
from tests.files import making
from tests.files.corpus import TRICKS

MOST_KILOBYTES, MOST_CPU = 100_000, 5.0
HEAVY = {
    row.what: row.make for row in TRICKS if row.what in ("bomb", "900 million pixels", "1,001 members", "entities")
}
NAMES = {"bomb": "a.docx", "900 million pixels": "a.png", "1,001 members": "a.docx", "entities": "a.docx"}


def _spent(content: bytes, name: str) -> tuple[int, float]:
    """What looking at a file takes: kilobytes of memory and seconds of the processor."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        file.seek(0)
        command = [sys.executable, "-P", "-m", "portal.files.child", "check", name, ""]
        process = subprocess.Popen(command, stdin=file, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss, used.ru_utime + used.ru_stime


def test_nothing_makes_its_reader_grow() -> None:
    usual = {name: _spent(make(), name)[0] for name, make in (("a.docx", making.office), ("a.png", _png))}
    large = making.zipped({"word/media/a.png": os.urandom(20_000_000)}, packed=False)
    heavy = {what: (make(), NAMES[what]) for what, make in HEAVY.items()} | {"large": (large, "a.docx")}
    for what, (content, name) in heavy.items():
        memory, seconds = _spent(content, name)
        assert memory - usual[name] < MOST_KILOBYTES, what
        assert seconds < MOST_CPU, what


def _png() -> bytes:
    return making.picture("PNG")


def test_a_good_file_and_a_bad_one() -> None:
    assert apart.check(BytesIO(making.pdf()), "Siân.pdf", "application/pdf") is KINDS["pdf"]
    with pytest.raises(Refused, match="macros"):
        apart.check(BytesIO(making.office(word__vbaProject_dot_bin=b"x")), "a.docx", "")


@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_a_photograph_is_turned_and_tells_no_place(turned: int) -> None:
    out, kind = apart.repaint(BytesIO(making.photograph(turned=turned)), KINDS["jpeg"])
    with out:
        content = out.read()
    assert kind is KINDS["jpeg"]
    assert b"CNRY" not in content
    painted = Image.open(BytesIO(content))
    assert not painted.getexif()
    assert painted.size == ((48, 64) if turned in (6, 8) else (64, 48))
    corner = {1: (2, 2), 3: (-3, -3), 6: (-3, 2), 8: (2, -3)}[turned]
    red = painted.getpixel((corner[0] % painted.width, corner[1] % painted.height))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert red[2] < 60


@pytest.mark.parametrize(
    ("code", "make", "becomes"),
    [
        ("heic", lambda: making.photograph("HEIF"), "jpeg"),
        ("png", _png, "png"),
        ("gif", lambda: making.picture("GIF"), "png"),
        ("webp", lambda: making.photograph("WEBP"), "jpeg"),
        ("jpeg", lambda: making.photograph() + making.zipped({"a": b"CNRY"}), "jpeg"),
        ("jpeg", lambda: making.picture(comment=b"CNRY<script>"), "jpeg"),
    ],
)
def test_each_kind_of_picture_is_written_anew(code: str, make: Callable[[], bytes], becomes: str) -> None:
    out, kind = apart.repaint(BytesIO(make()), KINDS[code])
    with out:
        content = out.read()
    assert kind.code == becomes
    assert b"CNRY" not in content
    assert b"PK" not in content[-200:]
    assert apart.check(BytesIO(content), f"a.{kind.ending}", kind.media_type) is kind


def test_a_picture_that_ends_too_early_is_refused() -> None:
    whole = making.picture(size=(400, 400), quality=95)
    with pytest.raises(Refused, match="broken"):
        apart.repaint(BytesIO(whole[:900]), KINDS["jpeg"])


def test_pages_are_drawn() -> None:
    assert apart.look(BytesIO(making.pdf(pages=3)), 2) == (3, "")
    assert apart.look(BytesIO(making.pdf(words="Siân came in.")), 1) == (1, "Siân came in.")
    drawn = Image.open(BytesIO(apart.page(BytesIO(making.pdf(pages=3)), KINDS["pdf"], 3)))
    assert (drawn.format, drawn.width) == ("JPEG", 1240)
    shown = Image.open(BytesIO(apart.page(BytesIO(making.picture("PNG")), KINDS["png"], 1)))
    assert shown.size == (64, 48)


def test_a_page_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="broken"):
        apart.page(BytesIO(making.pdf()), KINDS["pdf"], 2)


def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOT_KEY", "secret")
    seen: list[dict[str, str]] = []

    def run(command: list[str], **given: object) -> subprocess.CompletedProcess[bytes]:
        environ = given["env"]
        assert isinstance(environ, dict)
        seen.append(environ)
        return subprocess.CompletedProcess(command, 0, b'{"pages": 1, "words": ""}')

    monkeypatch.setattr("portal.files.apart.subprocess.run", run)
    assert apart.look(BytesIO(b"x"), 1) == (1, "")
    assert set(seen[0]) == {"PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_ALL"}


@pytest.mark.parametrize(("code", "error"), [(-24, Refused), (-11, Refused), (-9, Refused), (1, Unavailable)])
def test_how_the_process_ended_says_whose_fault_it_was(
    monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception]
) -> None:
    ended = subprocess.CompletedProcess([], code, b"")
    monkeypatch.setattr("portal.files.apart.subprocess.run", lambda *_a, **_k: ended)
    with pytest.raises(error):
        apart.look(BytesIO(b"x"), 1)


def test_a_process_that_hangs_is_nobodys_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    with pytest.raises(Unavailable):
        apart.look(BytesIO(making.pdf()), 1)
