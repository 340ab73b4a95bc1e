"""What auth can look up."""
