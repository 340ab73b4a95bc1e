"""The import contracts of pyproject.toml hold, and each catches what it is for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.source import ROOT

VIOLATIONS = {
    "Packages depend downwards only": ("portal/kernel/bad.py", "import portal.auth.policy"),
    "Inside a package: views": ("portal/referrals/queries/bad.py", "import portal.referrals.commands"),
    "Views never query": ("portal/referrals/views/bad.py", "import sqlalchemy"),
    "Commands, queries, models and tasks know nothing": ("portal/referrals/queries/bad.py", "import flask"),
    "Rules, schemas, states, addresses and policy are pure": ("portal/forms/rules.py", "import flask"),
    "Only app.py and the command line choose adapters": ("portal/auth/bad.py", "import portal.adapters.email"),
    "Only app.py and the command line read settings": ("portal/auth/bad.py", "import config.settings"),
}


def lint(place: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=place, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("portal", "config"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.html", "static", "*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(tree: Path) -> None:
    result = lint(tree)
    assert result.returncode == 0, result.stdout


def test_each_contract_can_fail(tree: Path) -> None:
    for place, line in VIOLATIONS.values():
        path = tree / place
        path.write_text((path.read_text() if path.exists() else '"""Bad."""\n') + f"\n{line}\n")
    result = lint(tree)
    assert result.returncode != 0
    broken = [line for line in result.stdout.splitlines() if line.endswith("BROKEN")]
    for name in VIOLATIONS:
        assert any(line.startswith(name) for line in broken), (name, result.stdout)
