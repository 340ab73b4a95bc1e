"""How fast the portal is, as ratios to pages that do the least possible; never a test."""
