"""Handing a decided report to an early-help team of the council, which accepts it, or declines it, and closes it."""
