"""What may be read of reports, by whom."""
