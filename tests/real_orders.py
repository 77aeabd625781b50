"""Orders for the companies of the ratings file, and what has to become of them by a plain count over the file.

The count is written from the terms (DNB-2.4 to 2.8, 3.1, 4.3 to 4.14), with nothing of the domain in it.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from domain import facts
from domain.facts import Edition, Fact
from domain.wire import CloudEvent
from tests.real_data import RATINGS, generated, local, real

DAY = timedelta(days=1)
HASH = "0" * 64
EXCELLENT = {"A", "AA", "AAA"}
LAST_YEAR = 2019  # the last class is of 2016, and the last contract on it ends in 2019
Actions = list[tuple[date, str]]


def american(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


@cache
def actions() -> dict[str, Actions]:
    """By CIK, in order of day, of one day in the order of the file: the letters without their signs."""
    told: defaultdict[str, Actions] = defaultdict(list)
    with real(RATINGS).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            told[row["CIK"]].append((american(row["Rating Date"]), row["Rating"].rstrip("+-")))
    return {cik: sorted(of, key=lambda action: action[0]) for cik, of in told.items()}


def classes(of: Actions, until: date = date.max) -> dict[int, str]:
    """The class of each business year: of the last action dated in the next, whoever took it; no action, no class."""
    return {day.year - 1: letters for day, letters in of if day <= until}


def editions(by_year: dict[int, str], year: int) -> set[str]:
    """The editions that may be agreed for a year: DNB-2.4 to 2.7, counted by hand."""

    def gold(last: int) -> bool:
        return by_year.get(last) == by_year.get(last - 1) == by_year.get(last - 2) == "AAA"

    silver = {by_year.get(year), by_year.get(year - 1), by_year.get(year - 2)} <= EXCELLENT
    platinum = gold(year) and gold(year - 1) and gold(year - 2)
    return {name for name, met in (("silver", silver), ("gold", gold(year)), ("platinum", platinum)) if met}


def newest(of: Actions, until: date, year: int) -> int | None:
    """The year whose class counts in a year: the last one with a class, unless it lies more than two years back."""
    known = max(classes(of, until), default=0)
    return known if known >= year - 2 else None


def eligible(of: Actions, until: date, year: int) -> bool:
    counts = newest(of, until, year)
    return counts is not None and classes(of, until)[counts] in EXCELLENT


@dataclass
class Orders:
    """What a company orders and agrees to, and by the count what has to become of it."""

    subject: str
    facts: list[CloudEvent] = field(default_factory=list)
    contracts: list[tuple[str, date, date]] = field(default_factory=list)
    expected: dict[str, str] = field(default_factory=dict)

    def tell(self, name: str, data: Fact, at: datetime) -> None:
        self.facts.append(generated(self.subject, f"{self.subject}-{name}", data, at))


def ordered(cik: str, of: Actions) -> Orders:
    """A company orders at noon after an action of class A or better where it holds nothing, and once without a class.

    Contracts are noticed in time, late or after their end, and at the end of each year all editions are agreed.
    """
    orders = Orders(f"US-CIK-{cik}")
    for day in sorted({day for day, _ in of}):
        held = bool(orders.contracts) and orders.contracts[-1][2] >= day
        if held or not (eligible(of, day, day.year) or day == of[0][0]):
            continue
        number = f"R-{cik}-{len(orders.contracts) + 1}" if eligible(of, day, day.year) else f"R-{cik}-0"
        orders.tell(f"{number}-ordered", facts.ConsensusRecorded(order=number, evidence=HASH), local(day, 12))
        if eligible(of, day, day.year):
            orders.contracts.append((number, day, _renewed(orders, number, day, of)))
    for year in range(of[0][0].year, LAST_YEAR + 1):
        _agreed(orders, cik, of, year)
    return orders


def _renewed(orders: Orders, number: str, concluded: date, of: Actions) -> date:
    """The contract's last day in the end; a notice goes out for each term."""
    says = {"states_expiry": True, "states_class": True, "states_edition": True}
    notice = facts.RenewalNoticeDelivered.model_validate({"order": number, **says})
    for year in range(concluded.year + 1, 2100):
        leap = (concluded.month, concluded.day) == (2, 29)
        last = date(year, 2, 28 + (year % 4 == 0)) if leap else concluded.replace(year=year)
        expiry = last + DAY
        goes_on = eligible(of, last, expiry.year)
        told = last + (-75, -10, 5)[int(orders.subject[-1]) % 3] * DAY
        if goes_on or told <= last:
            orders.tell(f"{number}-notice-{year}", notice, local(told, 12))
        if not goes_on:
            return last
    raise AssertionError


def _agreed(orders: Orders, cik: str, of: Actions, year: int) -> None:
    end = date(year, 12, 31)
    begun = [contract for contract in orders.contracts if contract[1] <= end]
    if not begun:
        return
    number, _, last = begun[-1]
    counts = newest(of, end, year)
    met = editions(classes(of, end), counts) if counts else set()
    wanted = [
        facts.SpecialEditionAgreed(order=number, edition=Edition.SILVER),
        facts.SpecialEditionAgreed(order=number, edition=Edition.GOLD),
        facts.SpecialEditionAgreed(order=number, edition=Edition.PLATINUM),
    ]
    for hour, agreed in enumerate(wanted if int(cik) % 2 else wanted[::-1], start=18):
        edition = agreed.edition
        name = f"{year}-{edition}"
        orders.tell(name, agreed, local(end, hour))
        granted = f"granted {edition} for {counts}" if edition in met else f"refused {edition}"
        orders.expected[f"fact {orders.subject}-{name}"] = granted if end <= last else "no effect"
