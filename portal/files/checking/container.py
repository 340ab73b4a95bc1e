"""The structure of a zip, read twice (its table and each member's own head), so that no two readers differ about it."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from portal.files.refusals import Refused

MOST_MEMBERS: Final = 1000
MOST_RATIO: Final = 100
MOST_BYTES: Final = 300_000_000
"""Unpacked, in all: some seconds of work; far above any report, below what would fill a machine."""
_SMALL: Final = 2_000_000
_CHUNK: Final = 65_536
_END = struct.Struct("<4sHHHHIIH")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_NO_ZIP64 = 0xFFFF
_UNPACKED_LATER, _LOCKED = 0x08, 0x2041
_PATCHED = 0x20
# Locked, unpacked later, name in UTF-8: the bits that change how the rest is read.
_MEANT = 0x0809


@dataclass(frozen=True)
class Container:
    """A zip whose structure is sound; members in the order of their table, directories left out."""

    archive: zipfile.ZipFile
    members: tuple[zipfile.ZipInfo, ...]

    @property
    def names(self) -> frozenset[str]:
        """The members' names as they stand."""
        return frozenset(one.filename for one in self.members)

    def chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked bytes, 64 kB at a time; raises Refused when they are not what was announced."""
        try:
            with self.archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise Refused("broken") from None

    def read(self, name: str, most: int) -> bytes:
        """One member of at most `most` bytes; raises Refused when it is not there or larger."""
        found = [one for one in self.members if one.filename == name]
        if not found:
            raise Refused("broken")
        if found[0].file_size > most:
            raise Refused("expands")
        return b"".join(self.chunks(found[0]))


def opened(file: BinaryIO) -> Container:
    """The container in a file, after everything that can be known without unpacking; raises Refused."""
    size = file.seek(0, os.SEEK_END)
    start = _end_of_archive(file, size)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, UnicodeError, OSError, EOFError):
        raise Refused("broken") from None
    found = archive.infolist()
    if len(found) > MOST_MEMBERS:
        raise Refused("too_many_parts")
    _names(found)
    _sizes(found)
    _heads(file, found, start)
    return Container(archive, tuple(one for one in found if not one.is_dir()))


def _end_of_archive(file: BinaryIO, size: int) -> int:
    """Where the table begins. The record of the end must be the last thing in the file and agree with it."""
    file.seek(max(0, size - _END.size))
    tail = file.read(_END.size)
    if len(tail) < _END.size:
        raise Refused("broken")
    signature, disk, first_disk, here, members, length, start, comment = _END.unpack(tail)
    if signature != b"PK\x05\x06":
        # Something follows the archive (or the end is missing): which of the two, its reader decides.
        file.seek(max(0, size - _CHUNK))
        raise Refused("two_in_one" if b"PK\x05\x06" in file.read() else "broken")
    if _NO_ZIP64 in (here, members) or disk or first_disk or here != members or comment:
        raise Refused("broken")
    if start + length != size - _END.size:
        raise Refused("two_in_one")
    if members > MOST_MEMBERS:
        raise Refused("too_many_parts")
    return int(start)


def _names(found: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for one in found:
        name = one.filename
        # `orig_filename` is the name before zipfile cuts it at a NUL or turns a separator.
        unsafe = (
            name != one.orig_filename
            or "\\" in name or ":" in name or name.startswith("/") or ".." in name.split("/")
            or any(ord(letter) < ord(" ") for letter in name)
        )  # fmt: skip
        if unsafe or not name or stat.S_ISLNK(one.external_attr >> 16) or name.casefold() in seen:
            raise Refused("broken")
        seen.add(name.casefold())


def _sizes(found: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(one.file_size for one in found)
    packed = sum(one.compress_size for one in found)
    if unpacked > MOST_BYTES or (unpacked > _SMALL and unpacked > MOST_RATIO * max(packed, 1)):
        raise Refused("expands")
    for one in found:
        if one.flag_bits & _LOCKED:
            raise Refused("encrypted")
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or one.flag_bits & _PATCHED:
            raise Refused("broken")
        if one.compress_type == zipfile.ZIP_STORED and one.compress_size != one.file_size:
            raise Refused("broken")


def _heads(file: BinaryIO, found: list[zipfile.ZipInfo], table: int) -> None:
    """Each member's own head must say what the table says, and no two members may share bytes."""
    end = 0
    for one in sorted(found, key=lambda member: member.header_offset):
        if one.header_offset != end and not (one.header_offset > end and _descriptor(one.header_offset - end)):
            raise Refused("two_in_one" if one.header_offset > end else "broken")
        file.seek(one.header_offset)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise Refused("broken")
        signature, _, flags, method, _, _, crc, packed, unpacked, name_length, extra = _LOCAL.unpack(head)
        name = file.read(name_length)
        same = signature == b"PK\x03\x04" and not (flags ^ one.flag_bits) & _MEANT and method == one.compress_type
        if not same or name != _raw(one):
            raise Refused("broken")
        said = (crc, packed, unpacked)
        if said != (one.CRC, one.compress_size, one.file_size) and not (flags & _UNPACKED_LATER and not any(said)):
            raise Refused("broken")
        end = one.header_offset + _LOCAL.size + name_length + extra + one.compress_size
    if end > table or not (end == table or _descriptor(table - end)):
        raise Refused("two_in_one")


def _raw(one: zipfile.ZipInfo) -> bytes:
    return one.orig_filename.encode("utf-8" if one.flag_bits & 0x800 else "cp437")


def _descriptor(gap: int) -> bool:
    """Whether what lies between two members is as long as the sizes that a streaming writer adds after a member."""
    return gap in (12, 16, 24)
