"""Corporate insolvency notices of the London Gazette, as proceedings requested, dismissed and opened.

A notice is identified by its company's true number, its kind and its day. Its fact is made from these three alone, so
a notice that two scrapes deliver, or one scrape twice, is the very same fact. The Gazette prints no case number: all
proceedings of a kind at one company bear one reference, in which petition, dismissal and order meet.

How a company number is mended:

* parentheses: the true number is what the last parentheses of the description hold. Company_number has lost its
  leading zeros and its letters; it only confirms, and a row whose two numbers differ is rejected.
* blanks: blanks and newlines around and inside the number are dropped.
* zeros: digits alone are filled up with zeros on the left to eight. Foreign numbers, which that would turn into those
  of other companies, come in notices of a kind that opens nothing here (Overseas Territories and Dependencies).

How a name is mended: it is the one of the description, since Company_name often holds the word "Actions" or a
headline; blanks and newlines become one blank, letters capitals. Of several names the one of the company's earliest
notice in the file counts, by day, kind and alphabet (in both scrapes no company has two).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from adapters.convert.conversion import Converted, Faulty, Rejection, Row, fact, iso_day, rejection, rows
from domain.calendar import midnight
from domain.facts import CompanyRegistered, Insolvency, InsolvencyOpened, ProceedingDismissed, ProceedingRequested
from domain.identity import InvalidSubject, check_subject
from domain.wire import CloudEvent

SOURCE = "urn:bonitet:convert:insolvency"
ZONE = "Europe/London"
COLUMNS = ("Category", "Notice_type", "Notice_desc", "Company_name", "Company_number", "Date")

# When a company entered its register stands in no notice: it is taken for known from the first year that facts
# may be about, so that no scrape, however far it reaches back, says otherwise than another.
REGISTERED_AT = datetime(1980, 1, 1, tzinfo=UTC)
LEARNED_AFTER = timedelta(hours=9)

_About = type[InsolvencyOpened] | type[ProceedingRequested] | type[ProceedingDismissed]

PROCEEDINGS: dict[str, tuple[_About, Insolvency]] = {
    "winding-up-orders": (InsolvencyOpened, Insolvency.BANKRUPTCY),
    "appointment-of-administrators": (InsolvencyOpened, Insolvency.PREVENTIVE_RESTRUCTURING),
    "appointment-of-liquidators": (InsolvencyOpened, Insolvency.LIQUIDATION),
    "resolutions-for-winding-up": (InsolvencyOpened, Insolvency.LIQUIDATION),
    "petitions-to-wind-up-companies": (ProceedingRequested, Insolvency.BANKRUPTCY),
    "dismissal-of-winding-up-petition": (ProceedingDismissed, Insolvency.BANKRUPTCY),
}
NO_PROCEEDINGS = frozenset(
    {
        "annual-liquidation-meetings",
        "deemed-consent",
        "final-meetings",
        "meetings-of-creditors",
        "moratoria-prohibited-names-and-other-moratorium-coming-into-force",
        "moratoria-prohibited-names-and-other-moratorium-coming-to-an-end",
        "moratoria-prohibited-names-and-other-re-use-of-a-prohibited-name",
        "notice-of-dividends",
        "notice-of-intended-dividends",
        "notices-to-creditors",
        "other-corporate-insolvency-notices",
        "overseas-territories-and-dependencies",
        "qualifying-decision-procedure",
    }
)

_DESCRIPTION = re.compile(r"Notice timeline for (?P<name>.*\S) *\((?P<number>[^()]*)\)")


@dataclass(frozen=True, slots=True)
class _Notice:
    number: str
    kind: str
    day: date
    company: CompanyRegistered

    @property
    def name_by_age(self) -> tuple[date, str, str]:
        """What names compete by: the least of a company's is its name."""
        return self.day, self.kind, self.company.name


def convert(path: Path) -> Iterator[Converted]:
    """The notices in the order of the file, each a fact or a rejection; a company is registered before its first fact.

    Each row gives one fact or one rejection, and registrations come on top; a notice that comes again gives its fact
    again. A notice holds from 00:00 in London of its day and was learned nine hours later. Raises WrongFile for other
    columns and OSError where there is no file. Source: London Gazette, Open Government Licence v3.
    """
    read: list[_Notice | Rejection] = []
    with path.open(encoding="cp1252", errors="replace", newline="") as stream:
        for row in rows(stream, COLUMNS):
            if isinstance(row, Rejection):
                read.append(row)
                continue
            try:
                read.append(_notice(row))
            except ValueError as fault:
                read.append(rejection(row, fault))
    names: dict[str, tuple[date, str, str]] = {}
    for notice in read:
        if isinstance(notice, _Notice):
            names[notice.number] = min(notice.name_by_age, names.get(notice.number, notice.name_by_age))
    registered: set[str] = set()
    for notice in read:
        if isinstance(notice, Rejection):
            yield notice
        else:
            yield from _facts(notice, names[notice.number][2], registered)


def _facts(notice: _Notice, name: str, registered: set[str]) -> Iterator[CloudEvent]:
    number, kind, day = notice.number, notice.kind, notice.day
    subject = f"GB-{number}"
    if number not in registered:
        registered.add(number)
        company = CompanyRegistered(name=name)
        yield fact(SOURCE, ("company", number), subject, company, REGISTERED_AT, REGISTERED_AT)
    about, proceeding = PROCEEDINGS[kind]
    data = about(kind=proceeding, proceeding=f"{number}/{proceeding}")
    at = midnight(day, ZONE)
    yield fact(SOURCE, ("notice", number, kind, day.isoformat()), subject, data, at, at + LEARNED_AFTER)


def _notice(row: Row) -> _Notice:
    cells = row.cells
    kind = kind_of(cells["Notice_type"])
    if kind in NO_PROCEEDINGS:
        raise Faulty(
            f"no proceeding: a notice of {cells['Notice_type']!r} requests, dismisses or opens none; let it be"
        )
    if kind not in PROCEEDINGS:
        raise Faulty(
            f"unknown kind: no mapping for {cells['Notice_type']!r}; enter it in adapters/convert/insolvency.py"
        )
    number, name = number_and_name(cells["Notice_desc"])
    shown = re.sub(r"[^0-9]", "", cells["Company_number"]).lstrip("0")
    if shown and shown != re.sub(r"[^0-9]", "", number).lstrip("0"):
        raise Faulty(
            f"two numbers: the description says {number}, Company_number {cells['Company_number']!r}; "
            "look the company up and correct the wrong one"
        )
    return _Notice(number, kind, iso_day(cells["Date"], "Date"), CompanyRegistered(name=name))


def kind_of(notice_type: str) -> str:
    """A kind of notice in small letters and hyphens, which makes one of its spellings (`Winding-up`, `Winding Up`)."""
    return re.sub(r"[^a-z]+", "-", notice_type.lower()).strip("-")


def number_and_name(description: str) -> tuple[str, str]:
    """True company number and name from a description, mended; raises Faulty where it does not hold both."""
    told = _DESCRIPTION.fullmatch(" ".join(description.split()))
    if told is None:
        raise Faulty(
            f"no company: the description {description[:100]!r} is not 'Notice timeline for NAME (NUMBER)'; complete it"
        )
    number = told["number"].replace(" ", "")
    if re.fullmatch(r"[0-9]{1,7}", number):
        number = number.zfill(8)
    try:
        check_subject(f"GB-{number}")
    except InvalidSubject as fault:
        raise Faulty(f"no company number: {fault}; correct the number in parentheses") from fault
    return number, told["name"].upper()
