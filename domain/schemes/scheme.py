"""A scheme as it stands: its terms, zone and legal inbox, its calendar, rates, and the collection of financial data."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from domain.calendar import Calendar, days_before, local_day, midnight
from domain.events import Event
from domain.facts import (
    CalendarCorrected,
    DataCollectionClosed,
    DataCollectionOpened,
    DefaultInterestRateSet,
    TermsAmended,
)
from domain.interest import Rate
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.days_off_serbia import SERBIA_1

NOTICE_DAYS = 30  # before a material change takes effect (DNB-14.2)


@dataclass(frozen=True, slots=True)
class Window:
    """Collection of one business year's data (DNB-4.4); `closes_at` is announced, `closed_at` is when it was over."""

    business_year: int
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None

    def last_day(self, zone: str) -> date | None:
        """The last day of the collection: of the announced one the day that its last instant belongs to."""
        if self.closed_at is not None:
            return local_day(self.closed_at, zone)
        return None if self.closes_at is None else local_day(self.closes_at - datetime.resolution, zone)


Windows = tuple[Window, ...]

_DEFAULT = Policy()


def open_window(windows: Windows, event: Event, data: DataCollectionOpened, zone: str) -> Windows:
    """The windows after an opening, which may announce another last day for as long as the last one hasn't passed."""
    known = _window(windows, data.business_year)
    told_at = min(event.effective_at, event.said_at or event.recorded_at)
    closes_at = known.closes_at
    if data.closes_on and (closes_at is None or told_at < closes_at):
        closes_at = max(midnight(data.closes_on + timedelta(days=1), zone), told_at)
    opened_at = min(event.effective_at, known.opened_at or event.effective_at)
    return _with(windows, replace(known, opened_at=opened_at, closes_at=closes_at))


def closed(windows: Windows, year: int, at: datetime) -> Windows:
    """The windows with this year's data collected at `at`, unless it was collected before, as announced."""
    known = _window(windows, year)
    ended = known.closed_at or known.closes_at
    return windows if ended is not None and ended <= at else _with(windows, replace(known, closed_at=at))


def _window(windows: Windows, year: int) -> Window:
    return next((w for w in windows if w.business_year == year), Window(year))


def _with(windows: Windows, window: Window) -> Windows:
    return (*(w for w in windows if w.business_year != window.business_year), window)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A later edition of the terms as announced; it binds nobody before `introduced_at` (clause 14).

    Who alone decided that a change isn't material has not decided it: until two have, which `decided_at` says, it
    counts as material.
    """

    edition: str
    announced_at: datetime
    introduced_on: date
    introduced_at: datetime
    material: bool
    decided_at: datetime | None

    def is_material(self, at: datetime) -> bool:
        """Whether it counts as material at an instant."""
        return self.material or not self.is_decided(at)

    def is_decided(self, at: datetime) -> bool:
        """Whether two people had decided by then whether it is."""
        return self.decided_at is not None and self.decided_at <= at


Amendments = tuple[Amendment, ...]


def amended(known: Amendments, event: Event, data: TermsAmended, zone: str) -> Amendments:
    """The editions in the order in which they are introduced; one that was announced is never edited.

    Announced again by two people it is decided whether it is material, if one alone had done so and the last day for
    a notice has not passed.
    """
    at, by_two = event.effective_at, data.decided_by != data.approved_by
    before = next((amendment for amendment in known if amendment.edition == data.edition), None)
    if before is not None:
        notice_by = days_before(Rule.DNB_14_2, before.introduced_on, NOTICE_DAYS, zone).lapses_at
        if before.decided_at is not None or not by_two or not before.announced_at <= at < notice_by:
            return known
        decided = replace(before, material=data.material, decided_at=at)
        return tuple(decided if amendment is before else amendment for amendment in known)
    announced = Amendment(
        edition=data.edition,
        announced_at=at,
        introduced_on=data.takes_effect_on,
        introduced_at=max(midnight(data.takes_effect_on, zone), at),
        material=data.material,
        decided_at=at if by_two else None,
    )
    return tuple(sorted((*known, announced), key=lambda a: (a.introduced_on, a.announced_at)))


@dataclass(frozen=True, slots=True)
class Scheme:
    """The D&B scheme of Serbia, by Serbian law and in its legal time (GEN-1, DNB-13.1).

    `seen` counts the scheme-wide facts it has met.
    """

    policy: Policy = _DEFAULT
    calendar: Calendar = SERBIA_1
    zone: str = "Europe/Belgrade"
    mailbox: str = "aaa.rs@dnb.com"
    terms: str = "DNB-RS/1"
    windows: Windows = ()
    amendments: Amendments = ()
    rates: tuple[Rate, ...] = ()
    seen: int = 0
    editions: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Read Saturdays as the policy does (GEN-3); precompute the stamp while no amendment binds anybody (GEN-11)."""
        calendar = replace(
            self.calendar,
            saturday_is_working_day=self.policy.saturday_is_working_day,
            saturday_shifts_calendar_term=self.policy.saturday_shifts_calendar_term,
        )
        object.__setattr__(self, "calendar", calendar)
        object.__setattr__(self, "editions", self.under(self.terms))

    def under(self, terms: str) -> str:
        """The stamp of a decision under an edition of the terms (GEN-11)."""
        return f"{terms} {self.policy.version} {self.calendar.version}"

    def meets(self, event: Event) -> "Scheme":
        """The scheme after one more scheme-wide fact."""
        windows, calendar, amendments, rates = self.windows, self.calendar, self.amendments, self.rates
        match event.data:
            case DataCollectionOpened():
                windows = open_window(windows, event, event.data, self.zone)
            case DataCollectionClosed(business_year=year):
                windows = closed(windows, year, event.effective_at)
            case CalendarCorrected(version=version, days_off=off, working=working):
                calendar = calendar.corrected(version, off=off, working=working)
            case TermsAmended() if event.data.edition != self.terms:
                amendments = amended(amendments, event, event.data, self.zone)
            case DefaultInterestRateSet(annual_percent=percent):
                # Of two rates for one day the one learned last counts; the other stays where it was.
                fresh = Rate(local_day(event.effective_at, self.zone), percent)
                rates = tuple(sorted((*rates, fresh), key=lambda rate: rate.since))
            case _:
                pass  # other facts are about one company and never reach a scheme
        return replace(self, windows=windows, calendar=calendar, amendments=amendments, rates=rates, seen=self.seen + 1)
