"""Which decisions a council hands over to its case system, and how: read with its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from portal.adapters import push_address, ssh_keys
from portal.tenants.outcome_settings import OUTCOME_KINDS
from portal.tenants.reading import Found, Reader
from portal.tenants.source_settings import read_sources

WAYS: Final = ("none", "copy", "push", "sftp")
"""Not at all; by a person who copies it; told by a signed request and collected; put into a folder."""
USUAL: Final = ("assessment", "strategy")
SSH_PORT: Final = 22
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_USER = re.compile(r"[A-Za-z0-9._@\\-]{1,64}")
_FOLDER = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._/ -]{0,199}")


@dataclass(frozen=True)
class Folder:
    """A folder of the council's file server. Without its `host_key` nothing is sent to it."""

    host: str = ""
    port: int = SSH_PORT
    user: str = ""
    folder: str = ""
    host_key: str = ""


@dataclass(frozen=True)
class Receiver:
    """Where the council's receiver is told of a parcel."""

    address: str = ""


@dataclass(frozen=True)
class Handover:
    """How, the kinds of outcome whose decisions are handed over, and the census codes of agencies where they differ."""

    how: str = "none"
    outcomes: tuple[str, ...] = USUAL
    sftp: Folder = Folder()
    push: Receiver = Receiver()
    sources: Mapping[str, str] = field(default_factory=dict)

    def takes(self, kind: str | None) -> bool:
        """Whether a decision of that kind is handed over."""
        return self.how != "none" and kind in self.outcomes


def read_handover(top: Reader) -> Handover:
    """The group `hand_over` of a council.yaml, which may be missing, as may each of its values."""
    if not top.has("hand_over"):
        top.value("hand_over", required=False)
        return Handover()
    group = top.group("hand_over")
    how = group.choice("how", WAYS, "none")
    found = Handover(
        how=how,
        outcomes=_outcomes(group),
        sftp=_folder(group, needed=how == "sftp"),
        push=_receiver(group, needed=how == "push"),
        sources=read_sources(group),
    )
    group.finish()
    return found


def _receiver(around: Reader, *, needed: bool) -> Receiver:
    said = around.value("push", required=False)
    group = Reader({} if said is None else said, (*around.place, "push"), around.mistakes, around.languages)
    address = group.words("address", required=False)
    if address and push_address.read(address) is None:
        group.wrong("address", "“address” must be an address of https, such as https://cases.example.gov.uk/parcels")
    if needed and not group.data.get("address"):
        group.wrong("address", "“address” is needed for push")
    group.finish()
    return Receiver(address)


def _folder(around: Reader, *, needed: bool) -> Folder:
    said = around.value("sftp", required=False)
    group = Reader({} if said is None else said, (*around.place, "sftp"), around.mistakes, around.languages)
    found = Folder(
        host=group.words("host", _HOST, "must be a host name in lower case", required=False),
        port=group.number("port", 1, 65535, SSH_PORT),
        user=group.words("user", _USER, "must be the name of an account of the server", required=False),
        folder=group.words("folder", _FOLDER, "must be the path of a folder", required=False),
        host_key=_host_key(group),
    )
    if ".." in found.folder.split("/"):
        group.wrong("folder", "“folder” must not lead upwards")
    for key in ("host", "user") if needed else ():
        if not group.data.get(key):
            group.wrong(key, f"“{key}” is needed for sftp")
    group.finish()
    return found


def _host_key(group: Reader) -> str:
    said = group.value("host_key", required=False)
    found = ssh_keys.host_key(said) if isinstance(said, str) else ""
    if said is not None and not found:
        group.wrong("host_key", "“host_key” must be a public key such as ssh-ed25519 AAAA…")
    return found


def _outcomes(group: Reader) -> tuple[str, ...]:
    if not group.has("outcomes"):
        group.value("outcomes", required=False)
        return USUAL
    said = group.items("outcomes", required=False)
    for index, one in enumerate(said):
        if one not in OUTCOME_KINDS:
            says = f"must be one of: {', '.join(OUTCOME_KINDS)}"
            group.mistakes.append(Found((*group.place, "outcomes", index), says))
    return tuple(dict.fromkeys(one for one in said if isinstance(one, str)))
