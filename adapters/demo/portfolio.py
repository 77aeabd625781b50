"""A demonstration portfolio: what happens to some companies over some years, as the lines an intake would read.

It is chance from a seed, in proportions that seem plausible, and holds the cases that the terms speak about. It knows
the rules only roughly: where a generated company does what the terms forbid, or orders what it can't have, the engine
has to notice. No company of a register and no person is meant: first digit 9 of a matični broj is not given out by the
register of companies, nor is a PIB beginning with 99, and all addresses end in `.example`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from random import Random
from zoneinfo import ZoneInfo

from adapters.demo.names import company_brand, legal_form, person, to_ascii, to_latin, town
from domain import facts
from domain.calendar import months_after
from domain.identity import SCHEME_SUBJECT, mb_check_digit
from domain.schemes.days_off_serbia import SERBIA_1
from domain.wire import type_of

ZONE = ZoneInfo("Europe/Belgrade")
MAILBOX = "aaa.rs@dnb.com"
DAY, HOUR, MINUTE = 86_400, 3_600, 60

# The companies whose lives are told, not drawn: (name as registered, subject). `_Story` says what happens to them.
PLATINUM = ("Ткачница Златна нит д.о.о. Суботица", "RS-90000019")
RESTORED = ("Pekara Klasje d.o.o. Novi Sad", "RS-90000027")
CANCELLED = ("Воћар Павловић а.д. Чачак", "RS-90000035")
TOO_LATE = ("Mlin Žitko d.o.o. Zrenjanin", "RS-90000043")
STORIES: dict[str, str] = dict((PLATINUM, RESTORED, CANCELLED, TOO_LATE))

MOST_COMPANIES = 800_000  # their numbers begin with 91 to 99
_FIRST_NUMBER, _FIRST_STORY = 9_100_000, 9_000_001
# Measured over portfolios of 10,000 companies: facts of a company = at once + every year.
_FACTS_AT_ONCE, _FACTS_A_YEAR = 1.0, 5.0

_EXTENDING_DAYS = 181  # a contract that ends within the collection, January to June, waits for the data
_GOOD = ("A", "AA", "AAA")
# Where a company begins, and where it is the next year: classes with the share up to which they are drawn.
_AT_FIRST = (("AAA", 0.28), ("AA", 0.56), ("A", 0.80), ("none", 1.0))
_NEXT = {
    "AAA": (("AAA", 0.87), ("AA", 0.96), ("A", 0.98), ("none", 1.0)),
    "AA": (("AA", 0.76), ("AAA", 0.87), ("A", 0.96), ("none", 1.0)),
    "A": (("A", 0.72), ("AA", 0.86), ("AAA", 0.89), ("none", 1.0)),
    "none": (("none", 0.78), ("A", 0.94), ("AA", 0.99), ("AAA", 1.0)),
}
_BLOCKADES = {"AAA": 0.015, "AA": 0.03, "A": 0.045, "none": 0.09}  # a year; about 4 % of all companies
_DUPLICATES, _LATE = 0.0015, 0.005  # of all lines; of the facts that come from outside

_PROCEEDINGS = ("bankruptcy", "forced_settlement", "preventive_restructuring", "liquidation")
_VIOLATIONS = tuple(violation.value for violation in facts.Violation)
_BACK_OFFICE = ("mira.p", "jovan.s", "ana.k", "dragan.m")
_SUPERVISORS = ("vesna.t", "nikola.r")


def _kind(fact: type[facts.Fact], source: str) -> str:
    return f'{{"specversion":"1.0","type":"{type_of(fact)}","source":"{source}","id":"'


_REGISTER, _COURTS, _BANK = "urn:apr:register", "urn:courts:proceedings", "urn:nbs:blockades"
_DESK, _MAIL, _MODEL, _SCHEME = "urn:bonitet:desk", "urn:bonitet:mail", "urn:dnb:model", "urn:dnb:scheme"

REGISTERED = _kind(facts.CompanyRegistered, _REGISTER)
RENAMED = _kind(facts.CompanyRenamed, _REGISTER)
DEREGISTERED = _kind(facts.CompanyDeregistered, _REGISTER)
FILED = _kind(facts.StatementFiled, "urn:apr:statements")
RESTATED = _kind(facts.StatementRestated, "urn:apr:statements")
ASSESSED = _kind(facts.ClassAssessed, _MODEL)
COLLECTING = _kind(facts.DataCollectionOpened, _SCHEME)
COLLECTED = _kind(facts.DataCollectionClosed, _SCHEME)
BLOCKED = _kind(facts.AccountBlocked, _BANK)
UNBLOCKED = _kind(facts.AccountUnblocked, _BANK)
BANK_RETRACTED = _kind(facts.FactRetracted, _BANK)
DESK_RETRACTED = _kind(facts.FactRetracted, _DESK)
REQUESTED = _kind(facts.ProceedingRequested, _COURTS)
DISMISSED = _kind(facts.ProceedingDismissed, _COURTS)
OPENED = _kind(facts.InsolvencyOpened, _COURTS)
CLOSED = _kind(facts.InsolvencyClosed, _COURTS)
OFFERED = _kind(facts.OfferMade, _DESK)
CONFIRMED = _kind(facts.OfferConfirmed, _MAIL)
PHONED = _kind(facts.PhoneOrderPlaced, _DESK)
CONCLUDED = _kind(facts.OrderConfirmationSent, _MAIL)
AGREED = _kind(facts.ConsensusRecorded, _DESK)
REPRESENTED = _kind(facts.RepresentativeNamed, _DESK)
NOTIFIED = _kind(facts.RenewalNoticeDelivered, _MAIL)
CANCELLED_BY_MAIL = _kind(facts.RenewalCancelled, _MAIL)
CANCELLED_OTHERWISE = _kind(facts.RenewalCancelled, _DESK)
EDITION_AGREED = _kind(facts.SpecialEditionAgreed, _DESK)
REPORTED = _kind(facts.MisuseReported, _DESK)
WARNED = _kind(facts.WarningServed, _DESK)
WARNING_DELIVERED = _kind(facts.WarningDelivered, _MAIL)
DEMANDED = _kind(facts.SecondDemandServed, _DESK)
DEMAND_DELIVERED = _kind(facts.SecondDemandDelivered, _MAIL)
DECLARED = _kind(facts.CessationDeclared, _MAIL)
VERIFIED = _kind(facts.CessationVerified, _DESK)
FOUND_UNTRUE = _kind(facts.CessationFoundUntrue, _DESK)
PROPOSED = _kind(facts.PermanentWithdrawalProposed, _DESK)
APPROVED = _kind(facts.PermanentWithdrawalApproved, _DESK)
REINSTATEMENT_ASKED = _kind(facts.ReinstatementRequested, _MAIL)
REINSTATEMENT_DECIDED = _kind(facts.ReinstatementDecided, _DESK)


def portfolio(companies: int, seed: int, first_year: int = 2018, years: int = 8) -> Iterator[bytes]:
    """The facts of a portfolio as CloudEvents in JSON, a line each without its end, by ascending `recordedtime`.

    The same arguments give the same lines. `companies` counts those of STORIES, which are always there; nothing is
    recorded before December of the year before `first_year`, nor after the last of its `years` (local time of
    Belgrade). About 0.15 % of the lines come twice, as they do, and somewhat fewer tell of something long past.
    Memory goes with the facts of one year. Raises ValueError for more than MOST_COMPANIES.
    """
    if companies > MOST_COMPANIES:
        raise ValueError(f"there are numbers for {MOST_COMPANIES} companies, not for {companies}")
    return _Chronicle(companies, seed, first_year, years).lines()


def companies_for_facts(n_facts: int, years: int = 8) -> int:
    """How many companies have about `n_facts` facts together over `years` years, within a few per cent."""
    return max(len(STORIES), round(n_facts / (_FACTS_AT_ONCE + _FACTS_A_YEAR * years)))


def pib(first_eight: str) -> str:
    """A tax number of nine digits from its first eight, with the check digit of ISO 7064 mod 11, 10."""
    check = 10
    for digit in first_eight:
        check = ((check + int(digit)) % 10 or 10) * 2 % 11
    return f"{first_eight}{(11 - check) % 10}"


@dataclass(slots=True, eq=False)
class _Company:
    """What of a company's life decides what comes next; days are days since 1970, local."""

    subject: str
    latin: bool = False
    brand: str = ""
    form: str = ""
    gone: float = inf  # instant from which nothing is heard of it any more
    classes: list[str] = field(default_factory=list)  # one a year, the last of this year; "" where not assessed
    assessed: int = 0  # day of this year's assessment
    collected: int = 0  # day on which this year's data is collected
    order: str = ""  # of the running contract, or ""
    sender: str = ""  # e-mail of its representative
    edition: str = "base"
    anchor: date = date.min  # conclusion of the contract, or end of its last extension
    term: int = 0
    end: int = 0
    notice: int | None = None  # day of the next renewal notice
    cancelled: bool = False
    blocked_until: int = 0

    def class_on(self, day: int) -> str:
        """The class that is known on a day of this year: this year's, or before its assessment last year's."""
        if day >= self.assessed:
            return self.classes[-1]
        return self.classes[-2] if len(self.classes) > 1 else ""

    def attained(self) -> str:
        """The special edition that the classes of this year and those before attain (DNB-2.4 to 2.6)."""
        if len(self.classes) >= 5 and self.classes[-5:] == ["AAA"] * 5:  # noqa: PLR2004 - DNB-2.6
            return "platinum"
        last = self.classes[-3:]
        if len(last) < 3 or not all(grade in _GOOD for grade in last):  # noqa: PLR2004 - DNB-2.4
            return "base"
        return "gold" if last == ["AAA"] * 3 else "silver"


_EDITIONS = ("base", "silver", "gold", "platinum")
_NOBODY = _Company("")  # whose lines are never held back


class _Almanac:
    """Local days of Belgrade as numbers and texts, made once because a line needs several of them."""

    def __init__(self, first: date, last: date) -> None:
        self.base = (first - date(1970, 1, 1)).days
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        noon = time(12)
        self._texts = [f"{day}T" for day in days]
        self._midnights = [int(datetime.combine(day, time(), ZONE).timestamp()) for day in days]
        offsets = [datetime.combine(day, noon, ZONE).utcoffset() or timedelta() for day in days]
        self._offsets = [offset // timedelta(seconds=1) for offset in offsets]
        self._minutes = [f"{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60)]
        self._seconds = [f"{second:02}" for second in range(60)]
        self._zones = {offset: f"+{offset // HOUR:02}:00" for offset in self._offsets}
        working = [self.base + n for n, day in enumerate(days) if SERBIA_1.is_working_day(day)]
        self._working = working
        self._rank: list[int] = []  # of each day: how many working days come before it
        for n in range(len(days)):
            rank = len(self._rank) and self._rank[-1] + (working[self._rank[-1]] == self.base + n - 1)
            self._rank.append(min(rank, len(working) - 1))

    def midnight(self, day: int) -> int:
        """The instant at which a local day begins."""
        return self._midnights[day - self.base]

    def working(self, day: int, further: int = 0) -> int:
        """The day itself or else the next working day, and then so many working days further."""
        return self._working[self._rank[day - self.base] + further]

    def utc(self, instant: int) -> str:
        day, second = divmod(instant, DAY)
        minute, second = divmod(second, MINUTE)
        return f"{self._texts[day - self.base]}{self._minutes[minute]}{self._seconds[second]}Z"

    def local(self, instant: int) -> str:
        offset = self._offsets[instant // DAY - self.base]
        day, second = divmod(instant + offset, DAY)
        minute, second = divmod(second, MINUTE)
        zone = self._zones[offset]
        return f"{self._texts[day - self.base]}{self._minutes[minute]}{self._seconds[second]}{zone}"


def number(day: date) -> int:
    """A day as days since 1970."""
    return day.toordinal() - _EPOCH


_EPOCH = date(1970, 1, 1).toordinal()
