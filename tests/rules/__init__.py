"""The architecture as tests: each rule, and a deliberate violation that it catches."""
