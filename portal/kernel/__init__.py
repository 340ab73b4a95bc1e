"""What every package may lean on; it knows no domain noun and imports nothing else from the portal."""
