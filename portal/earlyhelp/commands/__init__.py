"""Handing to early help, and what the team does with it."""
