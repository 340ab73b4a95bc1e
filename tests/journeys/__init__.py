"""People in real browsers, from the front page to the outcome."""
