"""The scheme itself: its rules and terms, and what they decide, without a clock or an outside."""
