"""A council's questions and routing rules, as data."""
