"""The outside world behind ports that we define."""
