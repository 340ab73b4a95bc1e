"""What changes a council's forms: a new published version, and the council's whole folder."""
