"""A scheme as it stands: its terms, zone and legal inbox, its calendar, and the collection of financial data."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.calendar import Calendar, midnight
from domain.events import Event
from domain.facts import CalendarCorrected, DataCollectionClosed, DataCollectionOpened
from domain.policies import Policy
from domain.schemes.days_off_serbia import SERBIA_1


@dataclass(frozen=True, slots=True)
class Window:
    """Collection of one business year's data, [opened_at, closed_at); either end may be unknown (DNB-4.4)."""

    business_year: int
    opened_at: datetime | None = None
    closed_at: datetime | None = None


Windows = tuple[Window, ...]

_DEFAULT = Policy()


def opened(windows: Windows, year: int, at: datetime, closes_at: datetime | None) -> Windows:
    """The windows with one more, or with another opening of one already known."""
    known = next((w for w in windows if w.business_year == year), Window(year))
    window = replace(known, opened_at=at, closed_at=known.closed_at or closes_at)
    return (*(w for w in windows if w.business_year != year), window)


def closed(windows: Windows, year: int, at: datetime) -> Windows:
    """The windows with this year's data collected at `at`."""
    known = next((w for w in windows if w.business_year == year), Window(year))
    return (*(w for w in windows if w.business_year != year), replace(known, closed_at=at))


@dataclass(frozen=True, slots=True)
class Scheme:
    """The D&B scheme of Serbia; `seen` counts the scheme-wide facts it has met."""

    policy: Policy = _DEFAULT
    calendar: Calendar = SERBIA_1
    zone: str = "Europe/Belgrade"
    mailbox: str = "aaa.rs@dnb.com"
    terms: str = "DNB-RS/1"
    windows: Windows = ()
    seen: int = 0
    editions: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Precompute the stamp that every decision carries (GEN-11)."""
        object.__setattr__(self, "editions", f"{self.terms} {self.policy.version} {self.calendar.version}")

    def meets(self, event: Event) -> "Scheme":
        """The scheme after one more scheme-wide fact."""
        windows, calendar = self.windows, self.calendar
        match event.data:
            case DataCollectionOpened():
                windows = open_window(windows, event, event.data, self.zone)
            case DataCollectionClosed(business_year=year):
                windows = closed(windows, year, event.effective_at)
            case CalendarCorrected(version=version, days_off=off, working=working):
                calendar = calendar.corrected(version, off=off, working=working)
            case _:
                pass  # other facts are about one company and never reach a scheme
        return replace(self, windows=windows, calendar=calendar, seen=self.seen + 1)


def open_window(windows: Windows, event: Event, data: DataCollectionOpened, zone: str) -> Windows:
    """The windows after an opening, which may announce its last day."""
    closes_at = midnight(data.closes_on + timedelta(days=1), zone) if data.closes_on else None
    return opened(windows, data.business_year, event.effective_at, closes_at)
