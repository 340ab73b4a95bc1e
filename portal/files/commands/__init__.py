"""What changes stored files."""
