"""What a page may cost, counted and never timed."""
