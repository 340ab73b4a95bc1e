"""Reading what was handed to early help."""
