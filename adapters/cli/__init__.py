"""The command line: `bonitet`."""
