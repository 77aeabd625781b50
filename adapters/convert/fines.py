"""Traffic fines as cases of misuse: a deadline process at volume, with real timing, as load for the engine.

Each case of the log becomes a company of the register for exercises, which holds a certificate when the fine is
created. Created is reported, sent is served, notified is delivered, and the first payment is the cessation, declared
and seen, be it before the notice. A second demand, of which the log knows nothing, is received when the 48 hours are
over, unless it was paid before. An appeal, to the prefecture or to a judge, is an objection of the holder to what the
case leads to; it stops no clock. What became of it is no fact: the log tells that a result came, but neither which nor
who decided. Penalties, collection and later payments become no facts either.
"""

import gzip
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path

from adapters.convert.conversion import Converted, Faulty, Rejection, Row, fact, iso_day, rejection, rows
from domain.calendar import hours, midnight
from domain.facts import (
    CessationDeclared,
    CessationVerified,
    ClassAssessed,
    CompanyRegistered,
    ConsensusRecorded,
    Excellence,
    Fact,
    MisuseReported,
    ObjectionGround,
    ObjectionRaised,
    SecondDemandDelivered,
    Violation,
    WarningDelivered,
    WarningServed,
)
from domain.misuse import REMEDY_HOURS
from domain.rules import Rule

SOURCE = "urn:bonitet:convert:fines"
ZONE = "Europe/Belgrade"  # that of the terms, whose clocks these dates set going
CREATED, SENT, NOTIFIED, PAID = "Create Fine", "Send Fine", "Insert Fine Notification", "Payment"
APPEALS = {"Insert Date Appeal to Prefecture": "prefecture", "Appeal to Judge": "judge"}  # to whom
_TOLD = (CREATED, SENT, NOTIFIED, PAID, *APPEALS)
COLUMNS = (
    "case_id",
    "seq",
    "activity",
    "date",
    "amount",
    "article",
    "points",
    "vehicleClass",
    "dismissal",
    "expense",
    "notificationType",
    "lastSent",
    "paymentAmount",
    "totalPaymentAmount",
    "resource",
    "matricola",
)


def convert(path: Path) -> Iterator[Converted]:
    """The cases in the order of the file, of each its facts in order; one case at a time is held in memory.

    The n-th case of the file is subject `EX-` and n with eight digits, and its order `F-` and n. A fact holds from
    00:00 in Belgrade of its plain date, and was learned as many seconds later as it has places in its case. A case
    that was never created gives one rejection, at its first row. Raises WrongFile for other columns and OSError or
    EOFError where the file can't be read. Source: Italian road traffic fines before 2007.
    """
    with gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as stream:
        number = 0
        case: list[Row] = []
        for row in rows(stream, COLUMNS):
            if isinstance(row, Rejection):
                yield row
                continue
            if case and row.cells["case_id"] != case[0].cells["case_id"]:
                number += 1
                yield from _case(number, case)
                case = []
            case.append(row)
        if case:
            yield from _case(number + 1, case)


def _case(number: int, case: list[Row]) -> Iterator[Converted]:
    subject = f"EX-{number:08}"
    try:
        story = sorted(_story(number, case), key=itemgetter(0))
        told = [
            fact(SOURCE, (subject, str(place)), subject, data, at, at + timedelta(seconds=place))
            for place, (at, data) in enumerate(story, start=1)
        ]
    except ValueError as fault:
        yield rejection(case[0], fault)
    else:
        yield from told


def _story(number: int, case: list[Row]) -> Iterator[tuple[datetime, Fact]]:
    first: dict[str, Row] = {}
    for row in case:
        first.setdefault(row.cells["activity"], row)
    if CREATED not in first:
        raise Faulty(f"no beginning: the case has no {CREATED}, so nobody holds a certificate; deliver it whole")
    name, created = case[0].cells["case_id"], _digest(first[CREATED])
    at = {activity: _midnight(row) for activity, row in first.items() if activity in _TOLD}
    began, notified, paid = at[CREATED], at.get(NOTIFIED), at.get(PAID)
    yield began, CompanyRegistered(name=f"Fine {name}")
    year = iso_day(first[CREATED].cells["date"], "date").year
    assessed = {"business_year": year - 1, "attained": Excellence.AAA, "model_version": "fines", "inputs_hash": created}
    yield began, ClassAssessed.model_validate(assessed)
    yield began, ConsensusRecorded(order=f"F-{number}", evidence=created)
    yield began, MisuseReported(case=name, kind=Violation.FOREIGN_PURPOSE, evidence=(created,))
    if SENT in at:
        yield at[SENT], WarningServed(case=name)
    if notified is not None:
        yield notified, WarningDelivered(case=name)
        over = hours(Rule.DNB_7_1, notified, REMEDY_HOURS, ZONE).lapses_at
        if paid is None or over <= paid:
            yield over, SecondDemandDelivered(case=name)
    if paid is not None:
        yield paid, CessationDeclared(case=name)
        yield paid, CessationVerified(case=name)
    for activity in filter(at.__contains__, APPEALS):
        yield at[activity], _objection(f"F-{number}", name, activity)


def _objection(order: str, case: str, activity: str) -> Fact:
    dispute = f"{case}-{APPEALS[activity]}"
    ground = ObjectionGround.OTHER  # the log doesn't say why
    return ObjectionRaised(order=order, dispute=dispute, ground=ground, loss=case, description=activity)


def _midnight(row: Row) -> datetime:
    return midnight(iso_day(row.cells["date"], "date"), ZONE)


def _digest(row: Row) -> str:
    return hashlib.sha256(row.text.encode()).hexdigest()
