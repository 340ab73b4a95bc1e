"""What happened, recorded in the same transaction."""
