"""What looks without changing: the state of the instance, a council's agencies, and all that one council owns."""
