"""Real public data through the whole engine: what it decides is what a plain count over the files says.

The counts are written here from the terms, with nothing of the domain in them. Orders, notices and agreements are
generated, since nobody publishes them.
"""

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.convert import Rejection, fines, insolvency, ratings
from adapters.main import System
from domain import events, facts
from domain.events import Event
from domain.facts import Edition, Excellence, Fact
from domain.standing import Status
from domain.wire import CloudEvent, cloud_event
from projections.agenda import open_tasks
from projections.register import Entry, on_day, rows_of
from tests.installation import NOW, contents, installation, take_in
from tests.real_data import FINES, GAZETTE, RATINGS, real

BELGRADE, LONDON, ROME = (ZoneInfo(f"Europe/{city}") for city in ("Belgrade", "London", "Rome"))
DAY = timedelta(days=1)
HASH = "0" * 64


def local(day: date, hour: int = 0, zone: ZoneInfo = BELGRADE) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def generated(subject: str, name: str, data: Fact, at: datetime) -> CloudEvent:
    return cloud_event(subject, data, id=name, source="urn:test:generated", time=at, recordedtime=at)


def ingest(system: System, told: Iterable[CloudEvent], source: str) -> Counter[str]:
    """What became of the facts of a source; none of the real data is malformed or has to wait."""
    summary = take_in(system, *(fact.model_dump_json().encode() for fact in told), source=source)
    assert (summary.rejected, summary.parked) == (0, 0)
    return Counter(recorded=summary.recorded, repeated=summary.repeated)


def in_time(told: Iterable[CloudEvent]) -> list[CloudEvent]:
    """Facts in the order in which they were learned."""
    return sorted(told, key=lambda fact: fact.recordedtime)


def log(system: System) -> list[Event]:
    return [r.event for r in system.store.log(0, 1_000_000)]


def rows(system: System) -> dict[str, list[Entry]]:
    """All rows of the register by certificate, oldest first."""
    with system.store.reading() as c:
        return {entry.certificate: rows_of(c, entry.certificate) for entry in on_day(c, NOW)}


# --- ratings: which edition could be agreed in which year ----------------------------------------------------------

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
    """The class of each year: that of the last action dated in it, whoever took it; no action, no class."""
    return {day.year: letters for day, letters in of if day <= until}


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
    names = (Edition.SILVER, Edition.GOLD, Edition.PLATINUM)
    for hour, edition in enumerate(names if int(cik) % 2 else names[::-1], start=18):
        name = f"{year}-{edition}"
        orders.tell(name, facts.SpecialEditionAgreed(order=number, edition=edition), local(end, hour))
        granted = f"granted {edition} for {counts}" if edition in met else f"refused {edition}"
        orders.expected[f"fact {orders.subject}-{name}"] = granted if end <= last else "no effect"


@pytest.fixture(name="rated", scope="module")
def _rated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, dict[str, Orders]]]:
    """All rating actions with their orders, every deadline enforced."""
    converted = list(ratings.convert(real(RATINGS)))
    orders = {f"US-CIK-{cik}": ordered(cik, of) for cik, of in actions().items()}
    real_facts = [fact for fact in converted if isinstance(fact, CloudEvent)]
    assert Counter(type(fact.data).__name__ for fact in real_facts)["ClassAssessed"] == 4_926 == sum(
        map(len, actions().values())
    )
    with installation(tmp_path_factory.mktemp("ratings") / "all.sqlite3") as system:
        ingest(system, in_time([*real_facts, *(fact for o in orders.values() for fact in o.facts)]), "ratings")
        system.engine.enforce(NOW)
        yield system, orders


Rated = tuple[System, dict[str, Orders]]
SPECIAL = ("silver", "gold", "platinum")


def test_the_editions_attained_in_each_year_are_those_of_a_plain_count(rated: Rated) -> None:
    system, _ = rated
    told = log(system)
    assert not any(isinstance(e.data, events.DecisionAnnulled) for e in told), "nothing comes late here"
    found: dict[tuple[str, int], str] = {}
    for event in told:
        if isinstance(event.data, events.EditionAttained):
            found[event.subject, event.data.business_year] = event.data.edition.value
    counted: dict[tuple[str, int], str] = {}
    for cik, of in actions().items():
        for year in classes(of):
            if met := editions(classes(of), year):
                counted[f"US-CIK-{cik}", year] = max(met, key=SPECIAL.index)
    assert {key: edition for key, edition in found.items() if edition != "base"} == counted
    assert Counter(counted.values()) == {"silver": 205, "gold": 10, "platinum": 10}


def test_each_edition_agreed_is_granted_or_refused_as_the_count_says(rated: Rated) -> None:
    system, orders = rated
    expected = {name: outcome for o in orders.values() for name, outcome in o.expected.items()}
    found: dict[str, str] = {}
    could_be_agreed = set()
    for event in log(system):
        match event.data:
            case events.SpecialEditionGranted(edition=edition, business_year=year):
                found[event.cause or ""] = f"granted {edition} for {year}"
                could_be_agreed.add((event.subject, year, edition.value))
            case events.SpecialEditionRefused(edition=edition):
                found[event.cause or ""] = f"refused {edition}"
            case events.FactHadNoEffect() if event.cause in expected:
                found[event.cause] = "no effect"
            case _:
                pass
    assert found == expected
    assert could_be_agreed == {
        (f"US-CIK-{cik}", year, edition)
        for cik, of in actions().items()
        for year in classes(of)
        for edition in editions(classes(of), year)
    }
    assert {edition: sum(edition == e for *_, e in could_be_agreed) for edition in SPECIAL} == {
        "silver": 225,
        "gold": 20,
        "platinum": 10,
    }


def test_an_order_without_a_class_is_refused_and_gives_no_certificate(rated: Rated) -> None:
    system, orders = rated
    refused = {e.stream for e in log(system) if isinstance(e.data, events.OrderRefused)}
    tried = {f"{s}/{f.data.order}" for s, o in orders.items() for f in o.facts if isinstance(f.data, facts.OrderFact)}
    contracts = {f"{s}/{number}" for s, o in orders.items() for number, *_ in o.contracts}
    assert refused == tried - contracts
    assert rows(system).keys() == contracts
    assert (len(refused), len(contracts)) == (531, 269)


def test_no_certificate_shows_a_class_or_an_edition_that_was_not_attained(rated: Rated) -> None:
    system, _ = rated
    shown = Counter[str]()
    for certificate, told in rows(system).items():
        of = actions()[certificate.partition("/")[0].removeprefix("US-CIK-")]
        concluded = told[0].standing.valid_from
        for entry in told:
            row = entry.standing
            begins = row.valid_from if row.valid_from == concluded else row.valid_from - DAY
            since = row.since.astimezone(BELGRADE).date()
            year = newest(of, begins, row.valid_from.year)
            assert year is not None
            assert (row.business_year, row.attained) == (year, classes(of, begins)[year]), entry
            agreed = [date(y, 12, 31) for y in range(row.valid_from.year, since.year + 1)]
            days = [begins, *(day for day in agreed if row.valid_from <= day <= since)]
            met = {e for day in days for e in editions(classes(of, day), newest(of, day, day.year) or 0)}
            assert row.edition == "base" or row.edition in met, entry
            shown[str(row.edition)] += 1
    assert shown.keys() == {"base", *SPECIAL}
    print(shown)


def test_the_register_shows_on_every_day_the_contracts_that_run(rated: Rated) -> None:
    system, orders = rated
    contracts = [(f"{s}/{number}", first, last) for s, o in orders.items() for number, first, last in o.contracts]
    day, end = date(2010, 7, 1), date(2020, 1, 1)
    with system.store.reading() as c:
        while day <= end:
            shown = {e.certificate: e.standing for e in on_day(c, local(day, 23))}
            running = {name for name, standing in shown.items() if standing.status is Status.VALID}
            assert running == {name for name, first, last in contracts if first <= day <= last}, day
            assert {s.status for s in shown.values()} <= {Status.VALID, Status.EXPIRED}
            day += 7 * DAY
