"""Making parcels, sending them, and what people do with them."""
