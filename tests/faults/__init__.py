"""Everything that can break while facts come in, broken on purpose: `make faults` does all of it, CI a tenth."""
