"""The schemes that certificates are issued under: terms, criteria and calendars as dated data."""
