"""How a council looks: its colour and its logo, read from the group `brand` of its settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.reading import Reader

ENOUGH_CONTRAST: Final = 4.5
ALT_LONGEST: Final = 200
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
WIDEST, HIGHEST = 1200, 240
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DARK = 0.04045  # below it the sRGB curve is a straight line


@dataclass(frozen=True)
class Logo:
    """A kept picture by the SHA-256 of its PNG, its size in pixels, and what it says to whoever does not see it."""

    digest: str
    width: int
    height: int
    alt: Text


def read_brand(brand: Reader) -> tuple[str, Logo | None]:
    """The colour, dark enough for white text, and the logo if there is one."""
    colour = brand.words("colour", _COLOUR, "must be a colour such as #0b4a6f")
    brand.value("logo", required=False)
    logo = _logo(brand.group("logo")) if brand.has("logo") else None
    brand.finish()
    if colour and contrast_with_white(colour) < ENOUGH_CONTRAST:
        ratio = contrast_with_white(colour)
        brand.wrong(
            "colour",
            f"white text on {colour} has a contrast of {ratio:.2f}: it needs {ENOUGH_CONTRAST} or more",
        )
    return colour, logo


def _logo(group: Reader) -> Logo:
    logo = Logo(
        digest=group.words("digest", DIGEST, "must be 64 digits or letters from a to f"),
        width=group.number("width", 1, WIDEST),
        height=group.number("height", 1, HIGHEST),
        alt=group.text("alt", ALT_LONGEST),
    )
    group.finish()
    return logo


def contrast_with_white(colour: str) -> float:
    """The WCAG 2 contrast ratio (1 to 21) between white and a colour such as #0b4a6f."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= _DARK else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
