"""What every page needs, whoever owns it."""
