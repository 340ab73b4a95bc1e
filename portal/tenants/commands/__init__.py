"""What changes a council and its agencies."""
