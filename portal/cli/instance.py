"""What a running `make run` leaves for other commands to find: where its database is, and its secrets."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var_directory(environ: Mapping[str, str]) -> Path:
    """Where this checkout keeps its data: `var/`, or what PORTAL_VAR says."""
    return Path(environ.get("PORTAL_VAR") or ROOT / "var")


def read_private(path: Path) -> dict[str, str]:
    """A file written by `write_private`; empty when there is none."""
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return {str(name): str(value) for name, value in found.items()}


def write_private(path: Path, values: Mapping[str, str]) -> None:
    """Write a small JSON file that only this user may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(values), file)
    unfinished.replace(path)


def demo_secrets(var: Path) -> dict[str, str]:
    """The keys of a demo (SECRET_KEY, ROOT_KEY), made once and kept: a second run reads the first's data."""
    path = var / "secrets.json"
    known = read_private(path)
    wanted = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ROOT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    if not wanted.keys() <= known.keys():
        known = wanted | known
        write_private(path, known)
    return known


def instance_file(var: Path) -> Path:
    """The environment of the instance that is running from this checkout."""
    return var / "instance.json"


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings a command should see: its own environment, else those of the instance running here."""
    if environ.get("DATABASE_URL"):
        return dict(environ)
    return read_private(instance_file(var_directory(environ))) | dict(environ)


def owner_address(environ: Mapping[str, str]) -> str:
    """The address of the database as its owner, or an empty string."""
    return environment(environ).get("DATABASE_URL_OWNER", "")
