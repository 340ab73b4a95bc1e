"""Proves properties of a council's rules for every possible set of answers, before anybody meets them. Pure."""

from portal.forms.verify.findings import FATAL, PROPERTIES, VERIFIER, Finding, Proof, Property
from portal.forms.verify.proving import verify

__all__ = ["FATAL", "PROPERTIES", "VERIFIER", "Finding", "Proof", "Property", "verify"]
