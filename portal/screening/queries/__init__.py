"""What the council sees of the reports sent to it."""
