"""Rating actions of three agencies on US companies, as classes assessed.

The letters of an agency are no D&B classes; the mapping is ours, for exercise. An action is taken as the assessment of
the business year that had closed before it (DNB-3.1). A row is identified by all of its
columns: the same row again is the same action delivered again, and gives the first one's fact; two rows that differ
anywhere are two actions.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from adapters.convert.conversion import Converted, Faulty, Rejection, Row, fact, rejection, rows
from domain.facts import ClassAssessed, CompanyRegistered, Excellence
from domain.identity import InvalidSubject, check_subject
from domain.wire import CloudEvent

SOURCE = "urn:bonitet:convert:ratings"

RATIOS = (
    "Current Ratio",
    "Long-term Debt / Capital",
    "Debt/Equity Ratio",
    "Gross Margin",
    "Operating Margin",
    "EBIT Margin",
    "EBITDA Margin",
    "Pre-Tax Profit Margin",
    "Net Profit Margin",
    "Asset Turnover",
    "ROE - Return On Equity",
    "Return On Tangible Equity",
    "ROA - Return On Assets",
    "ROI - Return On Investment",
    "Operating Cash Flow Per Share",
    "Free Cash Flow Per Share",
)
COLUMNS = (
    "Rating Agency",
    "Corporation",
    "Rating",
    "Rating Date",
    "CIK",
    "Binary Rating",
    "SIC Code",
    "Sector",
    "Ticker",
    *RATIOS,
)

CLASSES: dict[str, Excellence] = {
    "AAA": Excellence.AAA,
    **dict.fromkeys(("AA+", "AA", "AA-"), Excellence.AA),
    **dict.fromkeys(("A+", "A", "A-"), Excellence.A),
    **dict.fromkeys(("BBB+", "BBB", "BBB-", "BB+", "BB", "BB-", "B+", "B", "B-"), Excellence.NONE),
    **dict.fromkeys(("CCC+", "CCC", "CCC-", "CC", "C", "D"), Excellence.NONE),
}

_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(frozen=True, slots=True)
class _Action:
    at: datetime
    position: int
    identity: tuple[str, ...]
    subject: str
    name: CompanyRegistered
    assessed: ClassAssessed


def convert(path: Path) -> Iterator[Converted]:
    """Rejections in the order of the file, then all facts by day and row; a company is registered before its others.

    A company bears the name of its first action by day. An action holds from 00:00 UTC of its day and was learned as
    many seconds later as its row's number. Raises WrongFile for other columns and OSError where there is no file.
    Source: US corporate ratings 2010 to 2016, 4,926 actions.
    """
    actions: list[_Action] = []
    first: dict[tuple[str, ...], _Action] = {}
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for row in rows(stream, COLUMNS):
            if isinstance(row, Rejection):
                yield row
                continue
            try:
                action = _action(row)
            except ValueError as fault:
                yield rejection(row, fault)
            else:
                actions.append(first.setdefault(action.identity, action))
    yield from _facts(sorted(actions, key=lambda a: (a.at, a.position)))


def _facts(actions: list[_Action]) -> Iterator[CloudEvent]:
    registered: set[str] = set()
    for action in actions:
        at, subject = action.at, action.subject
        if subject not in registered:
            registered.add(subject)
            yield fact(SOURCE, ("company", subject), subject, action.name, at, at)
        said = at + timedelta(seconds=action.position)
        yield fact(SOURCE, ("action", *action.identity), subject, action.assessed, at, said)


def _action(row: Row) -> _Action:
    cells = row.cells
    day, attained = _day(cells["Rating Date"]), _attained(cells["Rating"])
    assessed = ClassAssessed(
        business_year=day.year - 1,
        attained=attained,
        model_version=slug(cells["Rating Agency"]),
        inputs_hash=hashlib.sha256(",".join(cells[ratio] for ratio in RATIOS).encode()).hexdigest(),
    )
    return _Action(
        at=datetime.combine(day, time(), tzinfo=UTC),
        position=row.position,
        identity=tuple(cells.values()),
        subject=_subject(cells["CIK"]),
        name=CompanyRegistered(name=" ".join(cells["Corporation"].split())),
        assessed=assessed,
    )


def _subject(cik: str) -> str:
    try:
        return check_subject(f"US-CIK-{cik.strip().lstrip('0')}")
    except InvalidSubject as fault:
        raise Faulty(f"no CIK: {fault}; look it up at the SEC and correct it") from fault


def _day(cell: str) -> date:
    told = _DATE.fullmatch(cell.strip())
    month, day, year = map(int, told.groups()) if told else (0, 0, 0)
    try:
        return date(year, month, day)
    except ValueError as fault:
        raise Faulty(f"no date: Rating Date is {cell!r}; write a day of the calendar as m/d/yyyy") from fault


def _attained(cell: str) -> Excellence:
    attained = CLASSES.get(cell.strip())
    if attained is None:
        raise Faulty(f"no rating: {cell!r} is not on the scale from AAA to D; translate it into these letters")
    return attained


def slug(agency: str) -> str:
    """An agency's name as a reference, `Moody's` as `moodys`; raises Faulty where it holds no letter or digit."""
    told = re.sub(r"[^a-z0-9]+", "-", agency.lower().replace("'", "")).strip("-")
    if not told:
        raise Faulty(f"no agency: Rating Agency is {agency!r}; name who rated")
    return told
