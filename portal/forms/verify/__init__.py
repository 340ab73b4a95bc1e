"""Proves properties of a council's rules for every possible set of answers, before anybody meets them. Pure.

`proving.verify` is not among these names, because with it comes the solver, which no web process needs.
"""

from portal.forms.verify.findings import FATAL, PROPERTIES, VERIFIER, Finding, Proof, Property

__all__ = ["FATAL", "PROPERTIES", "VERIFIER", "Finding", "Proof", "Property"]
