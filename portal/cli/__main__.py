"""`python -m portal.cli` is the `portal` command."""

from __future__ import annotations

import sys

from portal.cli import main

if __name__ == "__main__":
    sys.exit(main())
