"""A stored file: its bytes sealed in the store, what is known of it as a row, and whether anybody may open it."""
