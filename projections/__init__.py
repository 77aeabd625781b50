"""What the events answer: one module for each question that somebody asks."""
