"""Tests of transfers between councils."""
