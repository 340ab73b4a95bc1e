"""Hands a decided report over to the council's case system: a neutral package, and an outbox that loses none."""
