"""What is known of transfers."""
