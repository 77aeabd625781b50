"""Which company is meant: a register's code and its number, each register with its own check.

A subject is `RS-17012347` (matični broj of the Serbian registers, with its check digit), `GB-` and eight
characters (Companies House), `US-CIK-` and the digits of the SEC's key, or `EX-` and eight digits, a register for
exercises that no authority keeps. `SCHEME-DNB-RS` is no company: facts about the scheme go under it.
"""

import re
from collections.abc import Callable

SCHEME_SUBJECT = "SCHEME-DNB-RS"

_MB_WEIGHTS = (7, 6, 5, 4, 3, 2)
_GB = re.compile(r"[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]|[0-9]{8}")


class InvalidSubject(ValueError):
    """The subject names no company that its register could have entered."""


def mb_check_digit(first_seven: str) -> int:
    """Modulo-11 check digit of a matični broj; `first_seven` are its first seven digits.

    The weights are 2 to 7 and again 2 from the right; a result of 10 or 11 counts as 0.
    """
    weights = (2, *_MB_WEIGHTS)
    k = 11 - sum(w * int(d) for w, d in zip(weights, first_seven, strict=True)) % 11
    return 0 if k in {10, 11} else k


def _rs(number: str) -> str | None:
    if not re.fullmatch(r"[0-9]{8}", number):
        return "a matični broj has eight digits"
    if int(number[7]) != (right := mb_check_digit(number[:7])):
        return f"its check digit is {number[7]}, by its first seven digits it would be {right}"
    return None


def _gb(number: str) -> str | None:
    return None if _GB.fullmatch(number) else "a company number has eight digits, or two letters and six digits"


def _cik(number: str) -> str | None:
    return None if re.fullmatch(r"[0-9]{1,10}", number) else "a CIK has one to ten digits"


def _exercise(number: str) -> str | None:
    return None if re.fullmatch(r"[0-9]{8}", number) else "a number of the register for exercises has eight digits"


_REGISTERS: dict[str, Callable[[str], str | None]] = {"RS-": _rs, "GB-": _gb, "US-CIK-": _cik, "EX-": _exercise}


def check_subject(subject: str) -> str:
    """The subject itself, or InvalidSubject saying what is wrong with it and how to mend it."""
    if subject == SCHEME_SUBJECT:
        return subject
    for code, check in _REGISTERS.items():
        if subject.startswith(code):
            if fault := check(subject.removeprefix(code)):
                msg = f"{subject!r} is no number of the register {code.rstrip('-')}: {fault}"
                raise InvalidSubject(msg)
            return subject
    msg = f"{subject[:60]!r} names no known register; write one of {', '.join(_REGISTERS)} and the number"
    raise InvalidSubject(msg)
