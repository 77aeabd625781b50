"""How the words of a sentence are read: moments in Belgrade, classes, editions, statuses, rules."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pytest_bdd import parsers

from domain.amounts import Money
from domain.facts import Edition, Excellence, Insolvency, Package, Violation
from domain.rules import Rule
from domain.standing import Status

BELGRADE = ZoneInfo("Europe/Belgrade")

T = TypeVar("T")

_MOMENT = r"\d{4}-\d\d-\d\d(?: (?:at )?\d\d:\d\d)?"

EDITIONS = {edition.value.capitalize(): edition for edition in Edition if edition is not Edition.BASE}
PACKAGES = {"basic": Package.BASIC} | {p.value.capitalize(): p for p in Package if p is not Package.BASIC}
PROCEEDINGS = {kind.value.replace("_", " "): kind for kind in Insolvency}
VIOLATIONS = {kind.value.replace("_", " "): kind for kind in Violation}
STATUSES = {
    "valid": Status.VALID,
    "valid, extended": Status.VALID_EXTENDED,
    "suspended": Status.SUSPENDED,
    "revoked": Status.REVOKED,
    "expired": Status.EXPIRED,
    "cancelled at expiry": Status.CANCELLED_AT_EXPIRY,
    "annulled": Status.ANNULLED,
}


def moment(text: str) -> datetime:
    """`2026-03-28 at 10:00`, or the first instant of `2026-03-28`, local in Belgrade, as an instant in UTC."""
    return datetime.fromisoformat(text.replace(" at ", " ")).replace(tzinfo=BELGRADE).astimezone(UTC)


def asked(text: str) -> datetime:
    """The same for a question, where a day stands for its last instant."""
    at = moment(text)
    return at if ":" in text else moment((date.fromisoformat(text) + timedelta(days=1)).isoformat()) - _TICK


_TICK = timedelta(microseconds=1)


def _word(pattern: str, read: Callable[[str], T]) -> Callable[[str], T]:
    def converter(text: str) -> T:
        return read(text)

    converter.pattern = pattern  # type: ignore[attr-defined]  # that is where `parse` looks for it
    return converter


def _one_of(words: dict[str, T]) -> Callable[[str], T]:
    return _word("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), words.__getitem__)


def _learned(text: str) -> datetime | None:
    return moment(text.removeprefix(", learned ").removeprefix("on ")) if text else None


TYPES: dict[str, Callable[[str], Any]] = {
    "Moment": _word(_MOMENT, moment),
    "Asked": _word(_MOMENT, asked),
    "Day": _word(r"\d{4}-\d\d-\d\d", date.fromisoformat),
    "Year": _word(r"\d{4}", int),
    "Number": _word(r"\d+", int),
    "Percent": _word(r"\d+(?:\.\d+)?", Decimal),
    "Money": _word(r"\d+\.\d\d [A-Z]{3}", Money.of),
    "Learned": _word(rf"(?:, learned (?:on )?{_MOMENT})?", _learned),
    "Class": _one_of({grade.value: grade for grade in Excellence}),
    "Edition": _one_of(EDITIONS),
    "Package": _one_of(PACKAGES),
    "Proceeding": _one_of(PROCEEDINGS),
    "Violation": _one_of(VIOLATIONS),
    "Status": _one_of(STATUSES),
    "Rule": _word(r"(?:DNB|GEN|X)-[0-9M.]+", Rule),
}

# A step's sentence; a word in braces names one of the kinds above, `{who:S}` takes any text.
says = partial(parsers.parse, extra_types=TYPES)
