"""What the engine promises, in the business's words."""
