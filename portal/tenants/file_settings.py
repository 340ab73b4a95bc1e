"""How large the files may be that people attach to a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.tenants.reading import Reader

MEGABYTE: Final = 2**20
MOST_FOR_A_FILE: Final = 100
MOST_FOR_A_REPORT: Final = 500


@dataclass(frozen=True)
class Files:
    """In megabytes: one file, and all files of one report. And whether what came is kept beside what is shown."""

    megabytes: int = 25
    report_megabytes: int = 100
    # What a picture was made anew from, and what was found harmful, stays sealed as evidence; no page gives it out.
    keep_originals: bool = False

    @property
    def most(self) -> int:
        """Bytes of one file."""
        return self.megabytes * MEGABYTE

    @property
    def report_most(self) -> int:
        """Bytes of all files of one report."""
        return self.report_megabytes * MEGABYTE


def read_files(top: Reader) -> Files:
    """The group `files` of a council.yaml, which may be missing, as may each of its values."""
    usual = Files()
    if not top.has("files"):
        top.value("files", required=False)
        return usual
    group = top.group("files")
    megabytes = group.number("megabytes", 1, MOST_FOR_A_FILE, usual.megabytes)
    least = max(1, megabytes)
    report = group.number("report_megabytes", least, MOST_FOR_A_REPORT, max(least, usual.report_megabytes))
    kept = group.has("keep_originals") and group.flag("keep_originals")
    group.finish()
    return Files(megabytes, report, kept)
