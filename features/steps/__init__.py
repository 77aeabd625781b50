"""The sentences that the features are written in."""
