"""What is said where a component cannot be had: what is missing, why, and how to mend it."""


class Missing(Exception):
    """A component that cannot be started here."""

    def __init__(self, what: str, why: str, mend: str) -> None:
        super().__init__(what, why, mend)
        self.what, self.why, self.mend = what, why, mend

    def __str__(self) -> str:
        return f"{self.what} is missing: {self.why}. {self.mend}"


class Failed(Exception):
    """A component that is there and did not do what was asked of it; the message ends with its own last words."""


def last_words(text: str, lines: int = 15) -> str:
    """The end of what a program said."""
    return "\n".join(text.strip().splitlines()[-lines:]) or "(it said nothing)"
