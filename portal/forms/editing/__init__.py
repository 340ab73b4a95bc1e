"""Changes of drafts: pure functions on a draft's documents that return changed copies, whatever the documents hold."""
