"""Letters to holders: written from templates with the deadlines computed, and sent."""
