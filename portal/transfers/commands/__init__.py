"""Sending a report to another council, and what that council says."""
