"""What the designer's own pages accept."""
