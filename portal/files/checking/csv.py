"""Tables as text: what a spreadsheet would calculate, fetch or start when somebody opens them."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from portal.files.checking import text
from portal.files.kinds import Kind
from portal.files.refusals import Refused

# A cell that begins with `=` is calculated; one with `+`, `-` or `@` only if it reads like a formula: "- none" is a
# note, "-12.5" a number and "+44 1632 960001" a telephone number.
_FORMULA = re.compile(
    r"(?:^|[,;\t\r\n])[ \t]*\"?[ \t]*"
    r"(?:[=＝][^=\s\"]|[+\-@＋－＠][^,;\r\n]{0,200}(?:\|[^,;\r\n]{0,200}!|[A-Za-z][A-Za-z0-9.]{1,30}\())"
)
_OVERLAP: Final = 600


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the file is text without formulas."""
    text.look(file, kind)
    before = ""
    for piece in text.letters(file):
        joined = before + piece
        if _FORMULA.search(joined):
            raise Refused("formulas")
        before = joined[-_OVERLAP:]
