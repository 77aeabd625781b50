"""What was decided about invoices and what is owed on them (clause 5)."""
