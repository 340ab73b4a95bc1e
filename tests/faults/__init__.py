"""The mail server, the worker and the database stopped, and forms that no browser of ours would send."""
