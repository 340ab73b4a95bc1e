"""The `portal` command: every sub-command is found, and the quick ones load nothing slow."""

from __future__ import annotations

import subprocess
import sys

import pytest

from portal.cli import COMMANDS, main

SLOW = ("flask", "sqlalchemy", "procrastinate", "alembic", "psycopg")
LOADED = """
import sys
from portal.cli import parser
parser([sys.argv[1]])
print(*[name for name in sys.argv[2:] if name in sys.modules])
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: portal {name}")


@pytest.mark.parametrize("name", ["scenarios", "agencies", "council", "forms"])
def test_commands_without_a_database_load_nothing_slow(name: str) -> None:
    command = [sys.executable, "-P", "-c", LOADED, name, *SLOW]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == []


@pytest.mark.parametrize("words", [[], ["unknown"], ["serve", "--unknown"]])
def test_what_is_asked_wrongly_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage: portal" in capsys.readouterr().err
