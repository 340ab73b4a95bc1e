"""A report goes to another council of the instance: sent by two people of the one, accepted by the other, as a copy."""
