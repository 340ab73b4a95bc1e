"""The hub: on one report the council asks partners of other agencies, who answer; closed to its referrer."""
