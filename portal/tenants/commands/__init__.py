"""What changes councils' agencies."""
