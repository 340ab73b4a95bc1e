"""Numbers about the council's work: what waits, what is late, and how often it was in time."""
