"""Default interest: simple, on what is unpaid of an invoice, day by day at the statutory rate of that day (DNB-5.2)."""

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from domain.amounts import Money, none_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """The yearly rate, in per cent, from a day until another follows."""

    since: date
    annual_percent: Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """The interest of some days, the first and the last among them, on one principal at one rate, within one year."""

    first: date
    last: date
    principal: Money
    annual_percent: Decimal
    amount: Money


class NoRate(ValueError):
    """No rate is known for a day."""

    def __init__(self, day: date) -> None:
        super().__init__(f"no rate of default interest is known for {day}")


def interest(
    principal: Money,
    payments: Sequence[tuple[date, Money]],
    first: date,
    last: date,
    rates: Sequence[Rate],
) -> tuple[Piece, ...]:
    """The interest from the first to the last day, both counted; none where nothing was left to pay.

    A payment reduces the principal from its own day on. A day counts as 1/365 of a year, in a leap year as 1/366; each
    piece is rounded half to even to the cent. `rates` are in the order of their days. Raises NoRate.
    """
    if last < first:
        return ()
    changes = {*(day for day, _ in payments), *(rate.since for rate in rates)}
    changes |= {date(year, 1, 1) for year in range(first.year + 1, last.year + 1)}
    cuts = [first, *sorted(day for day in changes if first < day <= last), last + _DAY]
    pieces = []
    for start, stop in pairwise(cuts):
        unpaid = principal - sum((paid for day, paid in payments if day <= start), none_of(principal.currency))
        if unpaid <= none_of(principal.currency):
            break
        percent = next((rate.annual_percent for rate in reversed(rates) if rate.since <= start), None)
        if percent is None:
            raise NoRate(start)
        year = 366 if isleap(start.year) else 365
        amount = unpaid.part(percent * (stop - start).days / (100 * year))
        pieces.append(Piece(start, stop - _DAY, unpaid, percent, amount))
    return tuple(pieces)
