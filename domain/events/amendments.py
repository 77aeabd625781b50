"""What was decided about the terms: deviations and amendments (clauses 1 and 14)."""
