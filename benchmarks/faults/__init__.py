"""What `benchmarks.chaos` is made of: those who send, what is killed, and what must be true afterwards."""
