"""What the designer's pages accept: a question, a page or section, and several translations at once."""
