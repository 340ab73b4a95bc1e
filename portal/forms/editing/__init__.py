"""Changes of a draft's documents: pure functions that return a changed copy and never raise on a wrong draft."""
