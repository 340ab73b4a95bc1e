"""Stored files: the store, the sealing, what may be opened."""
