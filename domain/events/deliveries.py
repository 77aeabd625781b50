"""What was decided about deliveries, and about the removal of the mark (clause 6)."""
