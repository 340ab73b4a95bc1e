"""Tests of letters to parents and carers."""
