"""Everything with an outside: store, command line, settings, and the one place that puts them together."""
