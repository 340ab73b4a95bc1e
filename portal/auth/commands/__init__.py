"""What auth can do."""
