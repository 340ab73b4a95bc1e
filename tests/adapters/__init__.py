"""Mail: a real server, and the notices that cause it."""
