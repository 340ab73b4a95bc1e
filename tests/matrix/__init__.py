"""Every address, asked for by everybody, about everything: who gets what is written in access.yaml."""
