"""What the pages of a council's settings accept."""
