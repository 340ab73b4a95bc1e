"""What looks without changing: the state of the instance, and all that one council owns."""
