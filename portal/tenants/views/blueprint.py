"""The blueprint that every page of this package is on."""

from __future__ import annotations

from flask import Blueprint

tenants = Blueprint("tenants", __name__)
