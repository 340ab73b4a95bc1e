"""How an instance is set up: settings, logging, server and the councils it serves."""
