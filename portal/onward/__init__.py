"""What follows a decision between people: its referrer challenges it, and somebody else answers."""
