"""What was decided about personal data and secrecy (clauses 11 and 12)."""
