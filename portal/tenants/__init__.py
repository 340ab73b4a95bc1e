"""A council: its settings, keys and pages."""
