"""Isolation between councils and agencies, tried as the application's own database role."""
