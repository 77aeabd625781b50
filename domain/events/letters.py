"""What was decided about letters."""
