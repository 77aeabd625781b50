"""Where facts come in: read, checked, attributed, and handed to the domain."""
