"""Makes what a test needs, straight in the database, by the names of the field."""
