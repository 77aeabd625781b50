"""A portfolio for demonstrations and measurements: companies that no register knows, with plausible lives."""
