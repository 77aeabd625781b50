"""What the engine relies on: examples, laws and the shape of the project itself."""
