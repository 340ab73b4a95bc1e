"""Of an uploaded picture only the pixels are kept, and whatever is no small still picture is refused by name."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.tenants import pictures
from portal.tenants.pictures import BadPicture, logo
from tests.factories.pictures import bomb, chunk, drawn, png, saved

SECRET = b"52.4862 1.8904 Sian Example"


def parts_of(content: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        found.append(content[at + 4 : at + 8])
        at += 12 + length
    assert at == len(content)
    return found


def refused(content: bytes) -> str:
    with pytest.raises(BadPicture) as found:
        logo(content)
    return found.value.code


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "1", "P", "I;16"])
def test_every_kind_of_png_is_written_anew(mode: str) -> None:
    made = logo(saved(Image.new(mode, (300, 100))))
    assert (made.width, made.height) == (300, 100)
    assert len(made.digest) == 64
    assert set(parts_of(made.content)) <= {b"IHDR", b"IDAT", b"IEND"}


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_every_kind_of_jpeg_becomes_a_png(mode: str) -> None:
    made = logo(saved(drawn(mode=mode), "JPEG", progressive=True))
    with Image.open(BytesIO(made.content)) as again:
        assert (again.format, again.mode, again.size) == ("PNG", "RGB", (300, 100))


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((1200, 240), (1200, 240)), ((2000, 2000), (240, 240)), ((2400, 100), (1200, 50)), ((40, 20), (40, 20))],
)
def test_it_is_shrunk_and_never_stretched(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    made = logo(png(size=size))
    assert (made.width, made.height) == becomes


def test_a_picture_that_hardly_packs_is_kept_smaller() -> None:
    noise = Image.effect_noise((1200, 240), 120).convert("RGB")
    made = logo(saved(noise, "JPEG", quality=90))
    assert (made.width, made.height) == (600, 120)
    assert len(made.content) <= 300_000


def test_what_shows_through_still_does() -> None:
    made = logo(saved(Image.new("RGBA", (100, 40), (10, 20, 30, 0))))
    with Image.open(BytesIO(made.content)) as again:
        assert again.getpixel((1, 1))[3] == 0  # type: ignore[index]  # a pixel of RGBA is four numbers


def test_bright_in_sixteen_bits_is_not_white() -> None:
    made = logo(saved(Image.new("I;16", (100, 40), 32_768)))
    with Image.open(BytesIO(made.content)) as again:
        assert again.getpixel((1, 1)) == (128, 128, 128)


def test_where_and_by_whom_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    sent = saved(drawn((300, 100)), "JPEG", exif=exif, comment=SECRET)
    assert SECRET in sent
    made = logo(sent)
    assert (made.width, made.height) == (80, 240)
    assert SECRET not in made.content
    assert b"exif" not in made.content.lower()


def test_what_is_hidden_in_or_after_a_png_is_gone() -> None:
    sent = png()
    page = b"<script>alert(1)</script>"
    inside = sent[:33] + chunk(b"tEXt", b"Comment\x00" + page) + chunk(b"prVt", page) + sent[33:] + page
    made = logo(inside)
    assert b"script" not in made.content
    assert made == logo(sent)
    assert logo(made.content) == made


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\x00" * (pictures.MOST_BYTES + 1), "too_large"),
        (saved(drawn(), "GIF"), "kind"),
        (saved(drawn(), "BMP"), "kind"),
        (saved(drawn(), "TIFF"), "kind"),
        (saved(drawn(), "WEBP"), "kind"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "kind"),
        (b"<!doctype html><script>alert(1)</script>", "kind"),
        (b"%PDF-1.7", "kind"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "kind"),
        (b"\x89PNG\r\n\x1a\n", "kind"),
        (b"\x89PNG\r\n\x1b\n" + png()[8:], "kind"),
        (bomb(2001, 2000), "pixels"),
        (bomb(100_000, 100_000), "pixels"),
        (bomb(20, 200_001), "pixels"),
        (bomb(2**31 - 1, 2**31 - 1), "pixels"),
        (png(size=(1, 1)), "small"),
        (png(size=(400, 15)), "small"),
        (saved(drawn(), "PNG", save_all=True, append_images=[drawn(colour="red")]), "animated"),
        (png()[:-60], "broken"),
        (saved(drawn(), "JPEG")[:-200], "broken"),
        (bomb(300, 300), "broken"),
        (saved(drawn(), "JPEG") + b"\xff\xda" * 65, "broken"),
    ],
    ids=lambda said: said if isinstance(said, str) else f"{len(said)} bytes",
)
def test_what_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_no_pixel_of_a_huge_picture_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("decoded"))
    assert refused(bomb(3000, 3000, b"\x00" * 376 * 3000)) == "pixels"


SOUND = (png(size=(40, 20)), saved(drawn((40, 20)), "JPEG"), saved(drawn((40, 20), "P")))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOUND), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8), st.binary())
def test_whatever_the_bytes_it_is_a_small_png_or_refused(
    sound: bytes, changes: list[tuple[int, int]], after: bytes
) -> None:
    content = bytearray(sound)
    for at, value in changes:
        content[at % len(content)] = value
    try:
        made = logo(bytes(content) + after)
    except BadPicture:
        return
    assert made.width <= 1200
    assert made.height <= 240
    assert set(parts_of(made.content)) <= {b"IHDR", b"IDAT", b"IEND"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_a_surprise(content: bytes) -> None:
    for head in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        with pytest.raises(BadPicture):
            logo(head + content)
