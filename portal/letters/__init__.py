"""Letters to parents and carers about a report: from the council's templates, to people whom it is safe to write to."""
