"""Real public data through the whole engine: what it decides is what a plain count over the files says.

The counts are written in the tests, with nothing of the domain in them. Orders, notices, agreements and decisions are
generated, since nobody publishes them.
"""

import csv
import gzip
import hashlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.convert import Rejection, fines, insolvency, ratings
from adapters.intake.reading import Line
from adapters.main import System
from adapters.store.codec import FORMAT, decode
from adapters.store.collector import few_collections
from adapters.store.tables import stored_events
from domain import events, facts
from domain.events import Event, TaskOpened
from domain.facts import Excellence
from domain.wire import CloudEvent
from projections.batch import instant
from projections.register import Entry, on_day, register, rows_of
from tests.installation import NOW, contents, installation, take_in
from tests.real_data import BELGRADE, FINES, GAZETTE, LONDON, RATINGS, generated, local, real
from tests.real_orders import DAY, HASH, Orders, actions, classes, editions, newest, ordered


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


@dataclass(frozen=True)
class Rated:
    """All rating actions taken in with their orders, every deadline enforced."""

    system: System
    orders: dict[str, Orders]
    told: list[Event]
    rows: dict[str, list[Entry]]

    @property
    def contracts(self) -> dict[str, tuple[date, date]]:
        """By certificate its first and its last day."""
        return {f"{s}/{number}": (first, last) for s, o in self.orders.items() for number, first, last in o.contracts}


@pytest.fixture(name="rated", scope="module")
def _rated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rated]:
    converted = [fact for fact in ratings.convert(real(RATINGS)) if isinstance(fact, CloudEvent)]
    assert Counter(type(fact.data).__name__ for fact in converted) == {"CompanyRegistered": 658, "ClassAssessed": 4_926}
    orders = {f"US-CIK-{cik}": ordered(cik, of) for cik, of in actions().items()}
    with installation(tmp_path_factory.mktemp("ratings") / "all.sqlite3") as system:
        ingest(system, in_time([*converted, *(fact for o in orders.values() for fact in o.facts)]), "ratings")
        system.engine.enforce(NOW)
        yield Rated(system, orders, log(system), rows(system))


SPECIAL = ("silver", "gold", "platinum")


def test_the_editions_attained_in_each_year_are_those_of_a_plain_count(rated: Rated) -> None:
    assert not any(isinstance(e.data, events.DecisionAnnulled) for e in rated.told), "nothing comes late here"
    found: dict[tuple[str, int], str] = {}
    for event in rated.told:
        if isinstance(event.data, events.EditionAttained):
            found[event.subject, event.data.business_year] = event.data.edition.value
    counted = {
        (f"US-CIK-{cik}", year): max(met, key=SPECIAL.index)
        for cik, of in actions().items()
        for year in classes(of)
        if (met := editions(classes(of), year))
    }
    assert {key: edition for key, edition in found.items() if edition != "base"} == counted
    assert Counter(counted.values()) == {"silver": 205, "gold": 10, "platinum": 10}


def test_each_edition_agreed_is_granted_or_refused_as_the_count_says(rated: Rated) -> None:
    expected = {name: outcome for orders in rated.orders.values() for name, outcome in orders.expected.items()}
    found: dict[str, str] = {}
    could_be_agreed: set[tuple[str, int, str]] = set()
    for event in rated.told:
        match event.data:
            case events.SpecialEditionGranted(edition=edition, business_year=year):
                found[str(event.cause)] = f"granted {edition} for {year}"
                could_be_agreed.add((event.subject, year, edition.value))
            case events.SpecialEditionRefused(edition=edition):
                found[str(event.cause)] = f"refused {edition}"
            case events.FactHadNoEffect():
                found[str(event.cause)] = "no effect"
            case _:
                pass
    assert found == expected
    assert could_be_agreed == {
        (f"US-CIK-{cik}", year, edition)
        for cik, of in actions().items()
        for year in classes(of)
        for edition in editions(classes(of), year)
    }
    years = Counter(edition for _, _, edition in could_be_agreed)
    assert years == {"silver": 225, "gold": 20, "platinum": 10}


def test_an_order_without_a_class_is_refused_and_gives_no_certificate(rated: Rated) -> None:
    orders = [fact for orders in rated.orders.values() for fact in orders.facts]
    tried = {f"{f.subject}/{f.data.order}" for f in orders if isinstance(f.data, facts.ConsensusRecorded)}
    refused = {event.stream for event in rated.told if isinstance(event.data, events.OrderRefused)}
    assert refused == tried - rated.contracts.keys()
    assert rated.rows.keys() == rated.contracts.keys()
    assert (len(refused), len(rated.contracts)) == (531, 282)


def test_no_certificate_shows_a_class_or_an_edition_that_was_not_attained(rated: Rated) -> None:
    shown: Counter[str] = Counter()
    for certificate, told in rated.rows.items():
        of = actions()[certificate.partition("/")[0].removeprefix("US-CIK-")]
        concluded, _ = rated.contracts[certificate]
        for row in (entry.standing for entry in told):
            begins = row.valid_from - (row.valid_from > concluded) * DAY  # a renewal goes by the day before
            since = row.since.astimezone(BELGRADE).date()
            ends = (date(y, 12, 31) for y in range(row.valid_from.year, since.year + 1))
            attested = [(begins, row.valid_from.year), *((e, e.year) for e in ends if row.valid_from <= e <= since)]
            counting = [(known, newest(of, day, y) or 0) for day, y in attested for known in [classes(of, day)]]
            assert (row.business_year, row.attained) in [(y, known[y]) for known, y in counting], certificate
            assert row.edition in {"base", *(e for known, y in counting for e in editions(known, y))}, certificate
            shown[str(row.edition)] += 1
    assert shown.keys() == {"base", *SPECIAL}


def test_the_register_shows_on_any_day_the_contracts_that_run(rated: Rated) -> None:
    with rated.system.store.reading() as c:
        for day in (date(2010, 7, 1) + n * 31 * DAY for n in range(120)):
            shown = {entry.certificate: entry.standing.status for entry in on_day(c, local(day, 23))}
            begun = {name: last for name, (first, last) in rated.contracts.items() if first <= day}
            assert shown == {name: "valid" if day <= last else "expired" for name, last in begun.items()}


# --- insolvency: who loses the licence, from when ------------------------------------------------------------------

OPENED, REQUESTED, DISMISSED, LIQUIDATION = "opened", "requested", "dismissed", "liquidation"
MEANING = {
    "Winding Up Orders": (OPENED, "bankruptcy"),
    "Appointment Of Administrators": (OPENED, "preventive_restructuring"),
    "Appointment Of Liquidators": (OPENED, LIQUIDATION),
    "Resolutions For Winding Up": (OPENED, LIQUIDATION),
    "Petitions To Wind Up (Companies)": (REQUESTED, "bankruptcy"),
    "Dismissal Of Winding Up Petition": (DISMISSED, "bankruptcy"),
}
ORDERED = date(2019, 6, 3)
DECIDED = date(2020, 2, 3)


@dataclass(frozen=True, order=True)
class Notice:
    """A notice about a proceeding, as the file has it."""

    day: date
    kind: str
    what: str
    proceeding: str

    @property
    def at(self) -> datetime:
        return local(self.day, zone=LONDON)


def delivered(number: int) -> list[dict[str, str]]:
    with real(GAZETTE[number]).open(encoding="cp1252", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def notices(number: int) -> dict[str, list[Notice]]:
    """By company, each once and in order of day."""
    told: defaultdict[str, set[Notice]] = defaultdict(set)
    for row in delivered(number):
        code = re.sub(r"\s", "", re.findall(r"\(([^()]*)\)", row["Notice_desc"])[-1])
        code = code.zfill(8) if code.isdigit() else code
        kind = row["Notice_type"].replace("-", " ").title()
        if kind in MEANING and re.fullmatch(r"[0-9]{8}|[A-Z]{2}[0-9]{6}", code):
            told[f"GB-{code}"].add(Notice(date.fromisoformat(row["Date"]), kind, *MEANING[kind]))
    return {subject: sorted(of) for subject, of in told.items()}


@cache
def scrape(number: int) -> list[CloudEvent]:
    return [fact for fact in insolvency.convert(real(GAZETTE[number])) if isinstance(fact, CloudEvent)]


@cache
def holders() -> dict[str, list[Notice]]:
    """The companies that were untroubled when they ordered, with what came over them."""
    return {subject: of for subject, of in sorted(notices(1).items()) if of[0].day > ORDERED}


def beforehand() -> list[CloudEvent]:
    """Each holder's class of 2018 and its order, behind the very registration that the scrapes deliver."""
    told = [f for f in scrape(1) if isinstance(f.data, facts.CompanyRegistered) and f.subject in holders()]
    assessed = facts.ClassAssessed(business_year=2018, attained=Excellence.AA, model_version="m-1", inputs_hash=HASH)
    agreed = facts.ConsensusRecorded(order="N-1", evidence=HASH)
    for subject in holders():
        told.append(generated(subject, "filed", facts.StatementFiled(business_year=2018), local(date(2019, 4, 30))))
        told.append(generated(subject, "assessed", assessed, local(date(2019, 5, 15))))
        told.append(generated(subject, "ordered", agreed, local(ORDERED, 12)))
    return told


def fate(of: list[Notice]) -> str:
    """What the worst of a holder's notices comes to."""
    if any(n.what == OPENED and n.proceeding != LIQUIDATION for n in of):
        return "lost"
    if any(n.what == OPENED for n in of):
        return "to decide"
    return "petition" if any(n.what == REQUESTED for n in of) else "dismissal"


def decisions() -> dict[str, tuple[bool, str, str]]:
    """Of the liquidations the first of three is taken as a loss, the next by one person alone, the third is let be."""
    ways = [(True, "ana", "boris"), (True, "ana", "ana"), (False, "ana", "boris")]
    open_ones = [subject for subject, of in holders().items() if fate(of) == "to decide"]
    return {subject: ways[number % 3] for number, subject in enumerate(open_ones)}


def test_each_notice_is_recorded_rejected_or_repeated_and_a_repeat_changes_nothing(tmp_path: Path) -> None:
    converted = [list(insolvency.convert(real(GAZETTE[number]))) for number in (0, 1)]
    rejected = [sum(isinstance(row, Rejection) for row in rows_) for rows_ in converted]
    known = {fact.subject for fact in scrape(0)} & holders().keys()
    first_met = [notices(0).keys() - known, notices(1).keys() - notices(0).keys() - holders().keys()]
    again_met = [known, notices(1).keys() - first_met[1]]
    done = []
    with installation(tmp_path / "both.sqlite3") as both:
        ingest(both, beforehand(), "orders")
        for number in (0, 1):
            done.append(ingest(both, scrape(number), f"scrape {number}"))
            before = contents(both)
            for earlier in range(number + 1):
                again = ingest(both, scrape(earlier), "again")
                assert again == {"recorded": 0, "repeated": len(scrape(earlier))}
            assert contents(both) == before
    accepted = [done[number]["recorded"] - len(first_met[number]) for number in (0, 1)]
    repeated = [done[number]["repeated"] - len(again_met[number]) for number in (0, 1)]
    assert (accepted, rejected, repeated) == ([452, 2_213], [146, 852], [0, 458])
    for number in (0, 1):
        assert accepted[number] + rejected[number] + repeated[number] == len(delivered(number)) == (598, 3_523)[number]
    with installation(tmp_path / "second.sqlite3") as alone:
        ingest(alone, [*beforehand(), *scrape(1)], "the second alone")
        assert contents(alone) == before


@pytest.fixture(name="gazetted", scope="module")
def _gazetted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Certificates of June 2019, both scrapes as they were delivered, and decisions about the liquidations."""
    decided = []
    for subject, (lost, one, other) in decisions().items():
        proceeding = f"{subject[3:]}/liquidation"
        data = facts.LossDecided(order="N-1", proceeding=proceeding, lost=lost, decided_by=one, approved_by=other)
        decided.append(generated(subject, "decided", data, local(DECIDED, 10)))
    with installation(tmp_path_factory.mktemp("gazette") / "all.sqlite3") as system:
        for name, told in (("orders", beforehand()), ("1", scrape(0)), ("2", scrape(1)), ("decisions", decided)):
            ingest(system, told, name)
        yield system


def test_each_notice_opens_requests_or_dismisses_its_proceeding(gazetted: System) -> None:
    assert notices(0).keys() < notices(1).keys()
    assert len(notices(1)) == 1_611
    for subject, of in notices(1).items():
        company = gazetted.engine.foreseen(subject, NOW).company
        opened = sorted((spell.since, str(spell.kind)) for spell in company.proceedings)
        assert opened == sorted((n.at, n.proceeding) for n in of if n.what == OPENED)
        dismissed = [n.at for n in of if n.what == DISMISSED]
        expected = [(n.at, next((at for at in dismissed if at >= n.at), None)) for n in of if n.what == REQUESTED]
        assert [(spell.since, spell.until) for spell in company.requests] == expected


def test_the_licence_is_lost_when_a_proceeding_is_opened_and_by_nothing_less(gazetted: System) -> None:
    shown = rows(gazetted)
    assert shown.keys() == {f"{subject}/N-1" for subject in holders()}
    for subject, of in holders().items():
        expected = [("valid", local(ORDERED, 12), "4")]
        if fate(of) == "lost":
            opened = min(n.at for n in of if n.what == OPENED and n.proceeding != LIQUIDATION)
            expected.append(("revoked", opened, "6"))
        elif decisions().get(subject) == (True, "ana", "boris"):
            expected.append(("revoked", local(DECIDED, 10), "6"))
        rows_ = [entry.standing for entry in shown[f"{subject}/N-1"]]
        assert [(row.status, row.since, row.clause) for row in rows_] == expected, subject
    fates = Counter(map(fate, holders().values()))
    assert fates == {"to decide": 1_087, "petition": 220, "lost": 189, "dismissal": 17}


def test_a_liquidation_waits_for_two_people(gazetted: System) -> None:
    opened = {subject: [n.at for n in of if n.proceeding == LIQUIDATION] for subject, of in holders().items()}
    told = [
        (subject, r.event, task)
        for subject in opened
        for r in gazetted.store.history(subject)
        if isinstance(task := r.event.data, TaskOpened) and task.task == "decide-loss"
    ]
    assert {(event.stream, task.about) for _, event, task in told} == {
        (f"{subject}/N-1", f"{subject[3:]}/{LIQUIDATION}") for subject, instants in opened.items() if instants
    }
    for subject, event, _ in told:
        assert event.effective_at in opened[subject]


# --- fines: who is suspended, from when until when -----------------------------------------------------------------

NOTIFIED, PAID = "Insert Fine Notification", "Payment"
TO_PREFECTURE, TO_JUDGE = "Insert Date Appeal to Prefecture", "Appeal to Judge"
Case = list[list[str]]

# All cases of the file take minutes: `make fines` compares them, and elsewhere those with the least hashes stand for
# them, with all in which the payment came within days of the notice.
EVERY_CASE = "BONITET_ALL_FINES" in os.environ
SAMPLE = 3_000

# Days off of Serbia that are no Saturday or Sunday, for as long as the file has notices: new year, Christmas, statehood
# day, Good Friday, Easter Monday, labour day, armistice day. The terms' calendar begins with 2007.
OFF = {
    *(date(2007, month, day) for month, day in ((1, 1), (1, 2), (2, 15), (2, 16), (4, 6), (4, 9), (5, 1), (5, 2))),
    date(2007, 11, 12),  # for a Sunday
    *(date(2008, month, day) for month, day in ((1, 1), (1, 2), (1, 7), (2, 15))),
}


@dataclass(frozen=True)
class Outcome:
    """How a case ends: from when the mark is suspended until when, which tasks are left, since when, and objections."""

    suspended: datetime | None = None
    restored: datetime | None = None
    tasks: tuple[tuple[str, datetime], ...] = ()
    objections: tuple[datetime, ...] = ()

    @property
    def name(self) -> str:
        if self.suspended is None:
            return "valid throughout"
        if self.restored is not None:
            return "suspended, then restored"
        return "suspended, paid too late" if len(self.tasks) > 1 else "suspended, to be withdrawn"

    def shows(self, since: datetime) -> list[tuple[str, datetime]]:
        """The statuses that the register shows, each from when on."""
        told = [("valid", since)]
        if self.suspended is not None and self.suspended != self.restored:
            told.append(("suspended", self.suspended))
            if self.restored is not None:
                told.append(("valid", self.restored))
        return told


def cases() -> Iterator[Case]:
    with gzip.open(real(FINES), "rt", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        for _, steps in groupby(reader, key=lambda row: row[0]):
            yield list(steps)


def first_days(case: Case) -> dict[str, date]:
    """The day of the first step of each kind."""
    told: dict[str, date] = {}
    for step in case:
        told.setdefault(step[2], date.fromisoformat(step[3]))
    return told


def seven_working_days(day: date) -> datetime:
    """The midnight after the seventh of them, counted from the next one."""
    left = 7
    while left:
        day += DAY
        left -= day.weekday() < 5 and day not in OFF
    return local(day + DAY)


def outcome(case: Case) -> Outcome:
    """What the terms make of it: 48 elapsed hours from the notice, seven working days from the suspension.

    Nothing in the terms lets an objection stop a clock.
    """
    steps, objected = first_days(case), appeals(case)
    if NOTIFIED not in steps:
        return Outcome(objections=objected)  # nobody was warned, and no clock runs
    suspended = local(steps[NOTIFIED]) + timedelta(hours=48)
    paid = local(steps[PAID]) if PAID in steps else None
    if paid is not None and paid < suspended:
        return Outcome(objections=objected)
    over = seven_working_days(suspended.astimezone(BELGRADE).date())
    if paid is None:
        return Outcome(suspended, None, (("withdraw", over),), objected)
    if paid < over:
        return Outcome(suspended, paid, (), objected)
    return Outcome(suspended, None, (("withdraw", over), ("late-cessation", paid)), objected)


def appeals(case: Case) -> tuple[datetime, ...]:
    """When the holder objects: to the prefecture and to a judge, once each."""
    steps = first_days(case)
    return tuple(sorted(local(steps[to]) for to in (TO_PREFECTURE, TO_JUDGE) if to in steps))


def chosen() -> Iterator[Case]:
    """One case at a time, as the file tells them; of the sample the same ones every time."""
    if EVERY_CASE:
        yield from cases()
        return
    least = sorted(hashlib.sha256(case[0][0].encode()).digest() for case in cases())[SAMPLE - 1]

    def telling(case: Case) -> bool:
        steps = first_days(case)
        return {NOTIFIED, PAID} <= steps.keys() and abs(steps[PAID] - steps[NOTIFIED]) <= 14 * DAY

    yield from (case for case in cases() if telling(case) or hashlib.sha256(case[0][0].encode()).digest() <= least)


def written(system: System, *kinds: type) -> Iterator[Event]:
    """The events of some kinds in the order in which they were written; the others are not even read."""
    topics = [f"{kind.__name__}:{FORMAT}" for kind in kinds]
    wanted = select(stored_events.c.topic, stored_events.c.state).where(stored_events.c.topic.in_(topics))
    with system.store.reading() as c:
        for topic, state in c.execution_options(yield_per=5_000).execute(
            wanted.order_by(stored_events.c.notification_id)
        ):
            yield decode(topic, state)


def statuses(system: System) -> dict[str, list[tuple[str, datetime]]]:
    """By certificate the statuses that the register shows, each from when on, but for the contract's own end.

    Nobody renews here; a class of 2000 is too old for a contract that ends with 2002, so what was concluded on a
    31 December expires.
    """
    told: defaultdict[str, list[tuple[str, datetime]]] = defaultdict(list)
    with system.store.reading() as c:
        wanted = select(register.c.certificate, register.c.status, register.c.since)
        in_force = wanted.where(register.c.status != "expired")
        for row in c.execute(in_force.order_by(register.c.certificate, register.c.since)):
            shown = told[row.certificate]
            if not shown or shown[-1][0] != row.status:
                shown.append((row.status, instant(row.since)))
    return told


ENDS = ("valid throughout", "suspended, then restored", "suspended, to be withdrawn", "suspended, paid too late")
WATCHED = (events.MarkLicenceSuspended, events.MarkLicenceRestored, events.TaskOpened, events.DisputeOpened)
OBJECTED = 2_560 if EVERY_CASE else 79
COUNTS = dict(zip(ENDS, (39_495, 862, 38_053, 11_581) if EVERY_CASE else (1_678, 862, 1_240, 519), strict=True))


def test_each_fine_ends_as_the_terms_say_by_an_independent_count(tmp_path: Path) -> None:
    path = tmp_path / "chosen.csv.gz"
    expected: dict[str, Outcome] = {}
    began: dict[str, datetime] = {}
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as stream:
        writer = csv.writer(stream)
        writer.writerow(fines.COLUMNS)
        for number, case in enumerate(chosen(), start=1):
            writer.writerows(case)
            certificate = f"EX-{number:08}/F-{number}"
            expected[certificate] = outcome(case)
            began[certificate] = local(date.fromisoformat(case[0][3]))
    found = dict.fromkeys(expected, Outcome())
    with installation(tmp_path / "fines.sqlite3") as system:
        told = (fact.model_dump_json().encode() for fact in fines.convert(path) if isinstance(fact, CloudEvent))
        summary = system.engine.ingest("fines", (Line(number, line) for number, line in enumerate(told, start=1)))
        assert (summary.rejected, summary.parked) == (0, 0)
        system.engine.enforce(NOW)
        with few_collections():
            for event in written(system, *WATCHED):
                at, before = event.effective_at, found.get(event.stream, Outcome())
                match event.data:
                    case events.MarkLicenceSuspended():
                        assert before.suspended is None, "nobody is suspended twice in one case"
                        found[event.stream] = replace(before, suspended=at)
                    case events.MarkLicenceRestored():
                        assert before.suspended is not None
                        found[event.stream] = replace(before, restored=at)
                    case events.TaskOpened(task=("withdraw" | "late-cessation") as task):
                        found[event.stream] = replace(before, tasks=(*before.tasks, (task, at)))
                    case events.DisputeOpened(kind=events.DisputeKind.OBJECTION):
                        found[event.stream] = replace(before, objections=(*before.objections, at))
                    case _:
                        pass
        shown = statuses(system)
    assert found == expected
    for certificate, end in expected.items():
        assert shown[certificate] == end.shows(began[certificate]), certificate
    counted = Counter(end.name for end in found.values())
    objected = sum(len(end.objections) for end in found.values())
    print(  # noqa: T201 - for make fines
        f"{len(found):,} cases, {'all' if EVERY_CASE else 'a sample'}: {dict(counted)}, {objected:,} objections"
    )
    assert counted == COUNTS
    assert objected == OBJECTED
