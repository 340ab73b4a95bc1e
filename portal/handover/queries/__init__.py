"""What is known of parcels, and what is in one."""
