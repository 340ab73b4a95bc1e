"""The floor: small applications that do the least which a page of that kind can do."""
