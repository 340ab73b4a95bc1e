"""`portal forms schema`: prints the JSON Schema of a council's form or rules, for editors and other programs."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from portal.forms import grammar


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register `portal forms schema`."""
    parser = actions.add_parser("schema", help="print the JSON Schema of a council's rules or form")
    parser.add_argument("what", nargs="?", choices=sorted(grammar.SCHEMAS), default="rules")
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    sys.stdout.write(grammar.written(parsed.what))
    return 0
