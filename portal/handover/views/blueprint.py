"""The blueprint on which the pages of the hand-over hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("handover", __name__)
