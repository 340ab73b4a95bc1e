"""Tests of changes of drafts."""
