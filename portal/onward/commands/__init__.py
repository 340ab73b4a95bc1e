"""Changing what follows a decision."""
