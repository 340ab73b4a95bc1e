"""The council's side: the holding area, claims and decisions."""
