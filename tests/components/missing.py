"""What is said where a component cannot be had: what is missing, why, and how to mend it."""

import os


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


def must_be_whole() -> bool:
    """Whether nothing may be left out, as where changes are judged: the variable CI says so."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
