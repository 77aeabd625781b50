"""Where events, personal data and read models are kept."""
