"""How a term is counted: hours, calendar days, working days, months, and days before a day (GEN-2 to GEN-6).

A term is computed once, from a calendar with a version, and kept with its derivation. All instants are aware and
in UTC; a day is a local day of the scheme's zone. A day term lapses at 00:00 local of the following day: an act is
in time if it comes before `lapses_at`.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.rules import Rule

_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days off of one country under a version; Saturdays and Sundays are read by two parameters (GEN-3)."""

    version: str
    days_off: frozenset[date]
    saturday_is_working_day: bool = False
    saturday_shifts_calendar_term: bool = True

    def __hash__(self) -> int:
        return hash((self.version, self.saturday_is_working_day, self.saturday_shifts_calendar_term))

    def is_working_day(self, day: date) -> bool:
        """Whether a term in working days counts this day (GEN-3)."""
        weekday = day.weekday()
        free = weekday == _SUNDAY or (weekday == _SATURDAY and not self.saturday_is_working_day)
        return not free and day not in self.days_off

    def may_end_on(self, day: date) -> bool:
        """Whether a term in calendar days may end on this day, or goes on to the next (GEN-2)."""
        weekday = day.weekday()
        free = weekday == _SUNDAY or (weekday == _SATURDAY and self.saturday_shifts_calendar_term)
        return not free and day not in self.days_off

    def corrected(self, version: str, *, off: tuple[date, ...], working: tuple[date, ...]) -> "Calendar":
        """The calendar with some days turned into days off, and others into working days, under a new version."""
        return replace(self, version=version, days_off=(self.days_off | set(off)) - set(working))


class Unit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    DAYS = "days"
    DAYS_UNSHIFTED = "days_unshifted"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    DAYS_BEFORE = "days_before"


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline with its derivation; `lapses_at` is the first instant at which it is over."""

    rule: Rule
    unit: Unit
    length: int
    starts: datetime
    lapses_at: datetime
    zone: str
    last_day: date | None = None
    skipped: tuple[date, ...] = ()
    calendar: str | None = None


@lru_cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_day(instant: datetime, zone: str) -> date:
    """The local date of an instant."""
    return instant.astimezone(_zone(zone)).date()


@lru_cache(maxsize=65_536)
def midnight(day: date, zone: str) -> datetime:
    """00:00 local of a day, as an instant in UTC."""
    return datetime.combine(day, time(), tzinfo=_zone(zone)).astimezone(UTC)


def hours(rule: Rule, starts: datetime, length: int, zone: str) -> Term:
    """Elapsed hours: they run over nights, holidays and clock changes (GEN-4)."""
    lapses_at = starts + timedelta(hours=length)
    return Term(rule=rule, unit=Unit.HOURS, length=length, starts=starts, lapses_at=lapses_at, zone=zone)


def days(rule: Rule, starts: datetime, length: int, zone: str, calendar: Calendar | None) -> Term:
    """Calendar days from the day after `starts`; a last day off moves on (GEN-2), without a calendar it stays."""
    last = local_day(starts, zone) + length * _DAY
    skipped = []
    while calendar and not calendar.may_end_on(last):
        skipped.append(last)
        last += _DAY
    return Term(
        rule=rule,
        unit=Unit.DAYS if calendar else Unit.DAYS_UNSHIFTED,
        length=length,
        starts=starts,
        lapses_at=midnight(last + _DAY, zone),
        last_day=last,
        skipped=tuple(skipped),
        calendar=calendar.version if calendar else None,
        zone=zone,
    )


def working_days(rule: Rule, starts: datetime, length: int, zone: str, calendar: Calendar) -> Term:
    """Working days, counted from the next working day after `starts` (GEN-3)."""
    last = local_day(starts, zone)
    skipped = []
    counted = 0
    while counted < length:
        last += _DAY
        if calendar.is_working_day(last):
            counted += 1
        else:
            skipped.append(last)
    return Term(
        rule=rule,
        unit=Unit.WORKING_DAYS,
        length=length,
        starts=starts,
        lapses_at=midnight(last + _DAY, zone),
        last_day=last,
        skipped=tuple(skipped),
        calendar=calendar.version,
        zone=zone,
    )


def months_after(day: date, length: int) -> date:
    """The same-numbered day `length` months on, or the month's last day where there is none (GEN-6)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + length, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def months(rule: Rule, concluded_on: date, length: int, zone: str) -> Term:
    """Months from a day; the last day is the same-numbered one, no weekend moves it (GEN-6)."""
    last = months_after(concluded_on, length)
    return Term(
        rule=rule,
        unit=Unit.MONTHS,
        length=length,
        starts=midnight(concluded_on, zone),
        lapses_at=midnight(last + _DAY, zone),
        last_day=last,
        zone=zone,
    )


def days_before(rule: Rule, day: date, length: int, zone: str) -> Term:
    """The last admissible day is `length` days before `day`; no day off moves it (GEN-5)."""
    last = day - length * _DAY
    return Term(
        rule=rule,
        unit=Unit.DAYS_BEFORE,
        length=length,
        starts=midnight(day, zone),
        lapses_at=midnight(last + _DAY, zone),
        last_day=last,
        zone=zone,
    )


def internal_target(term: Term, calendar: Calendar) -> date:
    """For the issuer's own backward terms: the last working day not after the last admissible day (GEN-5)."""
    day = local_day(term.lapses_at, term.zone) - _DAY
    while not calendar.is_working_day(day):
        day -= _DAY
    return day


def recounted(term: Term, calendar: Calendar) -> Term:
    """The same term counted with another calendar."""
    match term.unit:
        case Unit.DAYS:
            return days(term.rule, term.starts, term.length, term.zone, calendar)
        case Unit.WORKING_DAYS:
            return working_days(term.rule, term.starts, term.length, term.zone, calendar)
        case Unit.HOURS | Unit.DAYS_UNSHIFTED | Unit.MONTHS | Unit.DAYS_BEFORE:
            return term


def derivation(term: Term) -> tuple[str, ...]:
    """How the term's end was computed, one step a line, in words that a holder's lawyer can check."""
    start = term.starts.astimezone(_zone(term.zone))
    end = term.lapses_at.astimezone(_zone(term.zone))
    rule = f"rule {term.rule}"
    lapse = f"it lapses at {end:%Y-%m-%d %H:%M} local ({term.zone}), {term.lapses_at:%Y-%m-%d %H:%M} UTC"
    skipped = ", ".join(f"{day:%a %Y-%m-%d}" for day in term.skipped)
    match term.unit:
        case Unit.HOURS:
            steps = [
                f"{rule}: {term.length} elapsed hours (GEN-4)",
                f"they start at {start:%a %Y-%m-%d %H:%M} local, {term.starts:%Y-%m-%d %H:%M} UTC",
            ]
            if start.utcoffset() != end.utcoffset():
                steps.append("the clocks change in between; elapsed hours are counted in UTC")
        case Unit.DAYS | Unit.DAYS_UNSHIFTED:
            last = f"{term.last_day:%a %Y-%m-%d}"
            steps = [
                f"{rule}: {term.length} calendar days (GEN-2), counted from the day after {start:%a %Y-%m-%d}",
                f"day {term.length} is {start.date() + term.length * _DAY:%a %Y-%m-%d}",
            ]
            if skipped:
                steps.append(f"no term ends on {skipped} by calendar {term.calendar}, so it goes on to {last}")
        case Unit.WORKING_DAYS:
            steps = [
                f"{rule}: {term.length} working days (GEN-3), counted after {start:%a %Y-%m-%d}",
                f"not counted by calendar {term.calendar}: {skipped or 'none'}",
                f"working day {term.length} is {term.last_day:%a %Y-%m-%d}",
            ]
        case Unit.MONTHS:
            steps = [
                f"{rule}: {term.length} months from {start:%Y-%m-%d} end on the same-numbered day (GEN-6)",
                f"the last day is {term.last_day:%a %Y-%m-%d}; no weekend moves it",
            ]
        case Unit.DAYS_BEFORE:
            steps = [
                f"{rule}: {term.length} days before {start:%a %Y-%m-%d}; no day off moves it (GEN-5)",
                f"the last admissible day is {term.last_day:%a %Y-%m-%d}, until 24:00 local",
            ]
    return (*steps, lapse)
