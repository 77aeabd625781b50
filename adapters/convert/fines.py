"""Traffic fines as cases of misuse: a deadline process at volume, with a known answer, as load for the engine.

Each case of the log becomes a company of the register for exercises, which holds a certificate when the fine is
created. Created is reported, sent is served, notified is delivered, and the first payment is the cessation, declared
and seen. Appeals, penalties, collection and later payments become no facts. A payment may come before the notice.
"""

import gzip
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from adapters.convert.conversion import Converted, Faulty, Rejection, Row, fact, iso_day, rejection, rows
from domain.calendar import midnight
from domain.facts import (
    CessationDeclared,
    CessationVerified,
    ClassAssessed,
    CompanyRegistered,
    ConsensusRecorded,
    Excellence,
    Fact,
    MisuseReported,
    Violation,
    WarningDelivered,
    WarningServed,
)

SOURCE = "urn:bonitet:convert:fines"
ZONE = "Europe/Rome"
CREATED, SENT, NOTIFIED = "Create Fine", "Send Fine", "Insert Fine Notification"
PENALTY, PAID = "Add penalty", "Payment"
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
    00:00 in Rome of its plain date, and was learned as many seconds later as it has places in its case. A case that
    was never created, notified or penalised gives one rejection, at its first row. Raises WrongFile for other columns
    and OSError or EOFError where the file can't be read. Source: Italian road traffic fines before 2007.
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
        told = [
            fact(SOURCE, (subject, str(place)), subject, data, at, at + timedelta(seconds=place))
            for place, (at, data) in enumerate(
                ((midnight(day, ZONE), data) for day, data in _story(number, case)), start=1
            )
        ]
    except ValueError as fault:
        yield rejection(case[0], fault)
    else:
        yield from told


def _story(number: int, case: list[Row]) -> Iterator[tuple[date, Fact]]:
    first: dict[str, Row] = {}
    for row in case:
        first.setdefault(row.cells["activity"], row)
    if missing := [activity for activity in (CREATED, NOTIFIED, PENALTY) if activity not in first]:
        raise Faulty(f"no term: the case has no {', no '.join(missing)}, so none can be compared; let it be")
    name = case[0].cells["case_id"]
    created = _digest(first[CREATED])
    began = _day(first[CREATED])
    yield began, CompanyRegistered(name=f"Fine {name}")
    yield (
        began,
        ClassAssessed(
            business_year=began.year - 1, attained=Excellence.AAA, model_version="fines", inputs_hash=created
        ),
    )
    yield began, ConsensusRecorded(order=f"F-{number}", evidence=created)
    for activity, row in first.items():
        for data in _facts(activity, name, created):
            yield _day(row), data


def _facts(activity: str, case: str, created: str) -> tuple[Fact, ...]:
    match activity:
        case "Create Fine":
            return (MisuseReported(case=case, kind=Violation.FOREIGN_PURPOSE, evidence=(created,)),)
        case "Send Fine":
            return (WarningServed(case=case),)
        case "Insert Fine Notification":
            return (WarningDelivered(case=case),)
        case "Payment":
            return CessationDeclared(case=case), CessationVerified(case=case)
        case _:
            return ()


def _day(row: Row) -> date:
    return iso_day(row.cells["date"], "date")


def _digest(row: Row) -> str:
    return hashlib.sha256(row.text.encode()).hexdigest()
