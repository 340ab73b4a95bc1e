"""A report from its draft to the decision, on the referrer's side."""
