"""The form families that every council has, by key. Pure."""

from __future__ import annotations

CONCERN, INFORMATION, SERVICE = "concern", "information", "service"
FAMILIES = (CONCERN, INFORMATION, SERVICE)
"""Cause for concern, request for information, request for service or early help; the order is that of pages."""
