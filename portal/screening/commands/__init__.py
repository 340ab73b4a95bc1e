"""What the council does with a report: take it, give it back, rank it, decide it."""
