"""The stages of a council's own work on a report: where it is, each stage's clock and checklist, and how it went."""
