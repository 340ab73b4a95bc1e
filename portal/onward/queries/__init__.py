"""Reading what follows a decision."""
