"""What was decided in a dispute, and about withdrawals from the contract (clauses 9, 13 and 14)."""
