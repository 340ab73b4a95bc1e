"""Tests of the stages of a council's work."""
