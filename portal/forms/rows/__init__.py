"""Parts of a rule set as the fields of a page: filled from a draft's document, read back from what was posted."""
