"""`portal forms`: what a council's questions and rules may look like, told without a database.

Each action is a line of ACTIONS and a module of its own with `add(actions)`, like the sub-commands of `portal` itself.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Any

ACTIONS = ("portal.cli.form_schemas", "portal.cli.form_proof")


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register `portal forms` and its actions."""
    actions = subparsers.add_parser("forms", help="describe and check a council's questions and rules").add_subparsers(
        metavar="ACTION", required=True
    )
    for module in ACTIONS:
        importlib.import_module(module).add(actions)
