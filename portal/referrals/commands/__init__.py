"""What may be done to reports, by whom."""
