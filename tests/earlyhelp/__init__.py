"""Tests of handing decided reports to early help."""
