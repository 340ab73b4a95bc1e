"""Without a browser, tests are left out loudly, and never in CI."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.cli import browser

ROOT = Path(__file__).resolve().parents[2]
WANTS_A_BROWSER = "def test_of_a_page(page):\n    assert page\n\n\ndef test_of_nothing():\n    assert True\n"


def run_tests(tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs one test that wants a browser and one that does not, on a machine where the browser is missing."""
    (tmp_path / "test_sample.py").write_text(WANTS_A_BROWSER)
    command = [sys.executable, "-m", "pytest", "-p", "tests.fixtures.browser", "-p", "no:cacheprovider", "-q"]
    command += ["--rootdir", str(tmp_path), str(tmp_path)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST") and name != "CI"}
    missing = {"CHROMIUM": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, env=clean | missing | environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )


def test_without_a_browser_its_tests_are_left_out_by_name(tmp_path: Path) -> None:
    result = run_tests(tmp_path)
    assert result.returncode == 0
    assert "1 passed, 1 skipped" in result.stdout
    assert "JOURNEY TESTS IN A REAL BROWSER" in result.stdout
    assert "left out: test_sample.py::test_of_a_page" in result.stdout


def test_in_ci_nothing_is_left_out(tmp_path: Path) -> None:
    result = run_tests(tmp_path, CI="true")
    assert result.returncode != 0
    assert "CI leaves no test out" in result.stdout + result.stderr


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_the_command_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert browser.run(argparse.Namespace()) == code
    assert "apt-get install chromium" in capsys.readouterr().err


def test_the_named_browser_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = tmp_path / "my-chromium"
    named.write_text("#!/bin/sh\n")
    named.chmod(0o700)
    monkeypatch.setenv("CHROMIUM", str(named))
    assert browser.find_browser() == str(named)
