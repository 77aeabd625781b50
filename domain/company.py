"""What is known of a company: its name, classes by business year, blockades and proceedings, each with its time."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain import facts
from domain.calendar import local_day, midnight
from domain.events import AssessmentDisregarded, Event
from domain.facts import Edition, Excellence, Insolvency
from domain.policies import Policy
from domain.rules import Refused, Rule
from domain.schemes.scheme import Scheme, Window, Windows, closed, open_window

EDITIONS = (Edition.BASE, Edition.SILVER, Edition.GOLD, Edition.PLATINUM)
BLOCKADE_LOOK_BACK_DAYS = 365

_EXCELLENT = frozenset({Excellence.A, Excellence.AA, Excellence.AAA})
_TOP = frozenset({Excellence.AAA})


@dataclass(frozen=True, slots=True)
class Assessment:
    """The class attained for a business year, as told at an instant."""

    business_year: int
    at: datetime
    attained: Excellence


@dataclass(frozen=True, slots=True)
class Spell:
    """A blockade or a proceeding from its first instant until it ended, None while it lasts."""

    reference: str
    since: datetime
    until: datetime | None = None
    kind: Insolvency | None = None

    def covers(self, at: datetime) -> bool:
        """Whether it lasts at this instant."""
        return self.since <= at and (self.until is None or at < self.until)


class Company(NamedTuple):
    """A company as far as the engine knows it; tuples are in order of effective time."""

    subject: str
    name: str | None = None
    pib: str | None = None
    founded: date | None = None
    assessments: tuple[Assessment, ...] = ()
    blockades: tuple[Spell, ...] = ()
    proceedings: tuple[Spell, ...] = ()
    requests: tuple[Spell, ...] = ()
    deregistered_at: datetime | None = None
    windows: Windows = ()

    def attained(self, business_year: int, at: datetime) -> Excellence | None:
        """The class of a business year as assessed by `at`; None if it was not assessed."""
        for assessment in reversed(self.assessments):
            if assessment.business_year == business_year and assessment.at <= at:
                return assessment.attained
        return None


def evolve(company: Company, event: Event, zone: str) -> Company:
    """The company after a fact of its own; facts that change nothing here leave it as it is."""
    at = event.effective_at
    match event.data:
        case facts.ClassAssessed(business_year=year, attained=attained):
            return company._replace(assessments=(*company.assessments, Assessment(year, at, attained)))
        case AssessmentDisregarded(business_year=year):
            told = company.assessments
            last = max(number for number, assessment in enumerate(told) if assessment.business_year == year)
            return company._replace(assessments=(*told[:last], *told[last + 1 :]))
        case facts.CertificateTakenOver() as taken:
            years = {**taken.history, taken.business_year: taken.attained}
            brought = tuple(Assessment(year, at, attained) for year, attained in sorted(years.items()))
            return company._replace(assessments=(*company.assessments, *brought))
        case facts.AccountBlocked(blockade=reference):
            return company._replace(blockades=(*company.blockades, Spell(reference, at)))
        case facts.AccountUnblocked(blockade=reference):
            return company._replace(blockades=_ended(company.blockades, reference, at))
        case facts.InsolvencyOpened(kind=kind, proceeding=reference):
            return company._replace(proceedings=(*company.proceedings, Spell(reference, at, kind=kind)))
        case facts.InsolvencyClosed(proceeding=reference):
            proceedings, requests = (_ended(s, reference, at) for s in (company.proceedings, company.requests))
            return company._replace(proceedings=proceedings, requests=requests)
        case facts.ProceedingRequested(kind=kind, proceeding=reference):
            return company._replace(requests=(*company.requests, Spell(reference, at, kind=kind)))
        case facts.ProceedingDismissed(proceeding=reference):
            return company._replace(requests=_ended(company.requests, reference, at))
        case facts.CompanyRegistered(name=name, pib=pib, founded=founded):
            return company._replace(name=name, pib=pib, founded=founded)
        case facts.CompanyRenamed(name=name):
            return company._replace(name=name)
        case facts.CompanyDeregistered():
            return company._replace(deregistered_at=at)
        case facts.DataCollectionOpened() as data:
            return company._replace(windows=open_window(company.windows, event, data, zone))
        case facts.DataCollectionClosed(business_year=year):
            return company._replace(windows=closed(company.windows, year, at))
        case _:
            return company


def _ended(spells: tuple[Spell, ...], reference: str, at: datetime) -> tuple[Spell, ...]:
    return tuple(replace(s, until=at) if s.reference == reference and s.until is None else s for s in spells)


# --- class and edition -------------------------------------------------------------------------------------------


def edition_attained(company: Company, year: int, at: datetime, policy: Policy, golds: tuple[int, ...] = ()) -> Edition:
    """The highest edition whose criteria the classes up to a business year meet (DNB-2.4 to 2.8).

    `golds` are the business years whose Gold certificates were ordered, for the reading that counts those (X-12).
    """
    classes = {a.business_year: a.attained for a in company.assessments if a.at <= at}

    def streak(length: int, of: frozenset[Excellence]) -> bool:
        return all(classes.get(year - back) in of for back in range(length))

    if classes.get(year) not in _EXCELLENT or not streak(3, _EXCELLENT):
        return Edition.BASE
    if not (streak(3, _TOP) or policy.gold_basis == "excellence"):
        return Edition.SILVER
    match policy.platinum_basis:
        case "attained":
            platinum = streak(5, _TOP)
        case "six_years":
            platinum = streak(6, _TOP)
        case "ordered":
            newest = year if year in golds else year - 1
            platinum = all(newest - back in golds for back in range(3))
    return Edition.PLATINUM if platinum else Edition.GOLD


def editions_moved(
    before: Company, after: Company, at: datetime, policy: Policy, golds: tuple[int, ...]
) -> tuple[tuple[int, Edition], ...]:
    """The business years whose attained edition is another after new assessments than before, in order.

    `golds` are the business years of the Gold certificates that were ordered.
    """
    fresh = {a.business_year for a in after.assessments[len(before.assessments) :]}
    years = {a.business_year for a in after.assessments}
    touched = sorted(year for year in years if any(0 <= year - new < 6 for new in fresh))  # noqa: PLR2004 - X-12's six
    was, now = ({y: edition_attained(c, y, at, policy, golds) for y in touched} for c in (before, after))
    return tuple((year, now[year]) for year in touched if was[year] is not now[year])


def current_class(company: Company, scheme: Scheme, at: datetime) -> Assessment | None:
    """The assessment that counts at an instant (DNB-3.1): of the last closed business year.

    The year before it counts as well, as long as the collection of the last year's data has not ended by then.
    """
    this_year = local_day(at, scheme.zone).year
    newest: Assessment | None = None
    for assessment in company.assessments:
        if assessment.at <= at and (newest is None or assessment.business_year >= newest.business_year):
            newest = assessment
    if newest is None or newest.business_year < this_year - 2:
        return None
    if newest.business_year == this_year - 2:
        collected = collected_at(company, scheme, this_year - 1)
        if collected is not None and collected <= at:
            return None
    return newest


def has_closed(year: int, at: datetime, zone: str) -> bool:
    """Whether a business year, which is the calendar's, was over at an instant (DNB-3.1)."""
    return year < local_day(at, zone).year


def awaited_class(company: Company, scheme: Scheme, at: datetime) -> Assessment | None:
    """The class of the year before, while this company's own data is collected and waits to be assessed.

    Who runs late is the issuer then: a contract isn't refused for it (DNB-4.8). A company whose data never came has
    nothing to wait for.
    """
    this_year = local_day(at, scheme.zone).year
    collected = any(
        w.business_year == this_year - 1 and w.closed_at is not None and w.closed_at <= at for w in company.windows
    )
    told = [a for a in company.assessments if a.at <= at]
    if not collected or any(a.business_year >= this_year - 1 for a in told):
        return None
    return next((a for a in reversed(told) if a.business_year == this_year - 2), None)


def ineligible(company: Company, scheme: Scheme, at: datetime, *, at_issue: bool) -> Refused | None:
    """Why the company can't get a certificate at this instant, or None if it can (DNB-3.1, 4.8, M8)."""
    if company.deregistered_at is not None and company.deregistered_at <= at:
        return Refused(Rule.DNB_6_12, "the legal person has ceased to exist")
    requests = company.requests if scheme.policy.insolvency_from == "request" else ()
    for spell in (*company.proceedings, *requests):
        if spell.covers(at) and spell.kind is not Insolvency.LIQUIDATION:
            return Refused(Rule.DNB_6_13, f"{spell.kind} {spell.reference} is open since {spell.since:%Y-%m-%d}")
    first = midnight(_day(at, scheme) - timedelta(days=BLOCKADE_LOOK_BACK_DAYS), scheme.zone)
    for spell in company.blockades:
        if at_issue and spell.covers(at):
            return Refused(Rule.DNB_6_14, f"blockade {spell.reference} lasts since {_day(spell.since, scheme)}")
        # A blockade lifted on the day it began lasted that day.
        reaches = spell.until is None or spell.until > first or spell.since >= first
        if spell.since <= at and reaches and scheme.policy.blocked_365d_excludes:
            since = f"blockade {spell.reference} began on {_day(spell.since, scheme)}"
            return Refused(Rule.DNB_M8, f"{since} and reached into the last 365 days")
    newest = current_class(company, scheme, at) or (None if at_issue else awaited_class(company, scheme, at))
    if newest is None:
        return Refused(Rule.DNB_3_1, "no class is assessed for the last closed business year")
    if newest.attained is Excellence.NONE:
        return Refused(Rule.DNB_3_1, f"no class is attained for business year {newest.business_year}")
    return None


def _day(at: datetime, scheme: Scheme) -> date:
    return local_day(at, scheme.zone)


# --- collection of data ------------------------------------------------------------------------------------------


def collected_at(company: Company, scheme: Scheme, year: int) -> datetime | None:
    """When a business year's data is collected: this company's if told, else the scheme's close (DNB-4.4)."""
    window = _collection(company, scheme, year)
    return None if window is None else window.closed_at or window.closes_at


def collected_on(company: Company, scheme: Scheme, year: int) -> date | None:
    """The day on which a business year's data is collected, to its end; None while nobody knows (DNB-4.4)."""
    window = _collection(company, scheme, year)
    return None if window is None else window.last_day(scheme.zone)


def _collection(company: Company, scheme: Scheme, year: int) -> Window | None:
    told = (w for w in (*company.windows, *scheme.windows) if w.business_year == year)
    return next((w for w in told if w.closed_at or w.closes_at), None)


def collecting(company: Company, scheme: Scheme, at: datetime) -> int | None:
    """The business year whose collection was open before this instant and goes on past it (DNB-4.4)."""
    years = {w.business_year for w in (*company.windows, *scheme.windows) if w.opened_at and w.opened_at < at}
    for year in sorted(years, reverse=True):
        collected = collected_at(company, scheme, year)
        if collected is None or collected > at:
            return year
    return None


def precedes_founding(company: Company, at: datetime, zone: str) -> bool:
    """Whether an instant lies before the first one of the founding day, where the register tells that."""
    founded = company.founded
    return founded is not None and at.date() <= founded and at < midnight(founded, zone)
