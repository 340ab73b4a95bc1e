"""Numbered migrations that create everything from nothing, run by the owner role."""
