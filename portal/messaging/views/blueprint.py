"""The blueprint that the pages of a thread share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("messaging", __name__)
