"""The audit trail: a closed vocabulary, one event a command, refusals that stay."""
