"""A company with its certificates, its cases and the scheme as it stands: the boundary of consistency."""

from datetime import UTC, datetime
from typing import NamedTuple

from domain import company as companies
from domain import docket, events, facts, misuse
from domain.certificate import Certificate
from domain.company import Company
from domain.events import Event
from domain.evolving import evolve as evolve_certificate
from domain.matters import Matters
from domain.misuse import Case
from domain.schemes.scheme import Scheme

NEVER = datetime.max.replace(tzinfo=UTC)
BEGINNING = datetime.min.replace(tzinfo=UTC)

# At one instant a beginning comes before its end (a blockade lifted on the day it began), whatever was learned first.
_ENDINGS = (
    facts.AccountUnblocked,
    facts.InsolvencyClosed,
    facts.ProceedingDismissed,
    facts.CompanyDeregistered,
)
# What a deadline of the same instant hangs on comes before the other facts of that instant, as does the message in
# which they were declared.
_FIRST = (facts.CompanyRegistered, facts.DataCollectionClosed, facts.MessageReceived)

# Between these, facts of one instant stand in the order in which the list of facts tells them: an offer before its
# confirmation, a report before the warning, a request before what was decided on it. Many sources know days only.
_LISTED = list(facts.FACTS.values())
_RANK: dict[type, int] = {
    kind: number + (0 if kind in _FIRST else 2000 if kind in _ENDINGS else 1000) for number, kind in enumerate(_LISTED)
}

# Kept as evidence; no decision reads them, so they are never late.
INERT = (facts.StatementFiled, facts.StatementRestated, facts.DynamicScoreReported)

NO_MATTERS: Matters = {}

Moment = tuple[datetime, int, int, datetime, str]
FactName = tuple[str | None, str | None]


def moment(event: Event) -> Moment:
    """Where a fact stands in its company's story: (effective, after deadlines, rank of its kind, said, id and source).

    An announcement that lies ahead stands where it was learned. The sender's own recorded time orders facts of one
    instant, so that the order doesn't depend on when they arrived.
    """
    said = event.said_at or event.recorded_at
    return min(event.effective_at, said), 1, _RANK[type(event.data)], said, f"{event.fact} {event.source}"


def name(event: Event) -> FactName:
    """What a retraction calls a fact by: (source, id)."""
    return event.source, event.fact


def mark(event: Event) -> bytes:
    """Eight bytes that tell a fact from others; equal marks are a reason to look, not yet a proof."""
    return hash((event.source, event.fact)).to_bytes(8, "little", signed=True)


class Dossier(NamedTuple):
    """What is known of one company now.

    `tip` is the moment of the last thing told, `recorded_at` the last learned; `void` names facts that were retracted
    before they were learned.
    """

    subject: str
    scheme: Scheme
    company: Company
    certificates: dict[str, Certificate]
    cases: dict[str, Case]
    matters: Matters = NO_MATTERS
    tip: Moment = (BEGINNING, 0, 0, BEGINNING, "")
    recorded_at: datetime = BEGINNING
    due_at: datetime = NEVER
    known: bytes = b""
    void: frozenset[FactName] = frozenset()

    def stream(self, order: str | None) -> str:
        """The stream of one of its certificates, or the company's own."""
        return f"{self.subject}/{order}" if order else self.subject


def blank(subject: str, scheme: Scheme) -> Dossier:
    """A company of which nothing is known yet."""
    return Dossier(subject, scheme, Company(subject), {}, {})


_OF_THE_COMPANY = (
    facts.CompanyRegistered,
    facts.CompanyRenamed,
    facts.CompanyDeregistered,
    facts.ClassAssessed,
    facts.AccountBlocked,
    facts.AccountUnblocked,
    facts.ProceedingRequested,
    facts.ProceedingDismissed,
    facts.InsolvencyOpened,
    facts.InsolvencyClosed,
    facts.DataCollectionOpened,
    facts.DataCollectionClosed,
    facts.CertificateTakenOver,
    events.AssessmentDisregarded,
)
_OF_COMPANY = frozenset(_OF_THE_COMPANY)
_ABOUT_CASES = (events.TaskOpened, events.TermRecomputed)


_OF_CASE = frozenset(kind for kind in events.EVENTS.values() if "case" in kind.model_fields or kind in _ABOUT_CASES)


def evolve(dossier: Dossier, event: Event) -> Dossier:
    """The dossier after an event of one of its streams; holds no rules.

    Annulments change the story told before; they are folded by `domain.history`.
    """
    # Written out field by field: this runs for every event there is, and `replace` would take most of its time.
    data = event.data
    kind = type(data)
    subject, _, order = event.stream.partition("/")
    company, certificates, cases, matters = dossier.company, dossier.certificates, dossier.cases, dossier.matters
    tip, known = dossier.tip, dossier.known
    if kind in _OF_COMPANY:
        company = companies.evolve(company, event, dossier.scheme.zone)
    if order:
        before = certificates.get(order)
        after = evolve_certificate(before or Certificate(subject, order), event, dossier.scheme.zone)
        if after is not before:
            certificates = {**certificates, order: after}
    if kind in _OF_CASE:
        cases = _evolve_cases(cases, event)
    if kind in docket.READ:
        matters = docket.evolve(matters, event)
    if event.fact is not None:
        known += mark(event)
        if kind not in INERT:
            tip = max(tip, moment(event))
    elif event.effective_at > tip[0]:
        tip = (event.effective_at, 0, 0, BEGINNING, "")
    recorded_at = max(dossier.recorded_at, event.recorded_at)
    scheme, due_at = dossier.scheme, dossier.due_at
    return Dossier(
        *(dossier.subject, scheme, company, certificates, cases, matters),
        *(tip, recorded_at, due_at, known, dossier.void),
    )


def _evolve_cases(cases: dict[str, Case], event: Event) -> dict[str, Case]:
    data = event.data
    if isinstance(data, events.TaskOpened):
        case_id = data.about
    else:
        case_id = data.key if isinstance(data, events.TermRecomputed) else getattr(data, "case", "")
    before = cases.get(case_id)
    after = misuse.evolve(before, event)
    return cases if after is None or after is before else {**cases, case_id: after}


def with_scheme(d: Dossier, scheme: Scheme) -> Dossier:
    """The same dossier under the scheme as it stands now."""
    return d._replace(scheme=scheme)


def with_due(d: Dossier, due_at: datetime) -> Dossier:
    """The same dossier with another moment at which it falls due next."""
    return d._replace(due_at=due_at)
