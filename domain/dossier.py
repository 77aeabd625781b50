"""A company with its certificates, its cases and the scheme as it stands: the boundary of consistency."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from domain import company as companies
from domain import events, facts, misuse
from domain.certificate import Certificate
from domain.company import Company
from domain.events import Event
from domain.evolving import evolve as evolve_certificate
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
    facts.DataCollectionClosed,
)
_FIRST = (facts.CompanyRegistered,)

# Kept as evidence; no decision reads them, so they are never late.
INERT = (facts.StatementFiled, facts.StatementRestated, facts.CompanyRenamed)

Moment = tuple[datetime, int, int, datetime, str]


def moment(event: Event) -> Moment:
    """Where a fact stands in its company's story: (effective, after deadlines, beginnings first, said, id).

    An announcement that lies ahead stands where it was learned. The sender's own recorded time orders facts of one
    instant, so that the order doesn't depend on when they arrived.
    """
    said = event.said_at or event.recorded_at
    kind = type(event.data)
    rank = 0 if kind in _FIRST else 2 if kind in _ENDINGS else 1
    return min(event.effective_at, said), 1, rank, said, event.fact or ""


def mark(event: Event) -> bytes:
    """Eight bytes that tell a fact from others; equal marks are a reason to look, not yet a proof."""
    return hash((event.source, event.fact)).to_bytes(8, "little", signed=True)


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one company now. `tip` is the moment of the last thing told, `recorded_at` the last learned."""

    subject: str
    scheme: Scheme
    company: Company
    certificates: dict[str, Certificate] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    tip: Moment = (BEGINNING, 0, 0, BEGINNING, "")
    recorded_at: datetime = BEGINNING
    due_at: datetime = NEVER
    known: bytes = b""

    def stream(self, order: str | None) -> str:
        """The stream of one of its certificates, or the company's own."""
        return f"{self.subject}/{order}" if order else self.subject


def blank(subject: str, scheme: Scheme) -> Dossier:
    """A company of which nothing is known yet."""
    return Dossier(subject, scheme, Company(subject))


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
)
_OF_COMPANY = frozenset(_OF_THE_COMPANY)


def evolve(dossier: Dossier, event: Event) -> Dossier:
    """The dossier after an event of one of its streams; holds no rules.

    Annulments change the story told before; they are folded by `domain.history`.
    """
    changes: dict[str, Any] = {}
    data = event.data
    if type(data) in _OF_COMPANY:
        changes["company"] = companies.evolve(dossier.company, event, dossier.scheme.zone)
    order = event.order
    if order is not None:
        before = dossier.certificates.get(order) or Certificate(dossier.subject, order)
        after = evolve_certificate(before, event, dossier.scheme.zone)
        if order not in dossier.certificates or after is not before:
            changes["certificates"] = {**dossier.certificates, order: after}
    case_id = getattr(data, "case", None) or (data.key if isinstance(data, events.TermRecomputed) else None)
    if isinstance(data, events.TaskOpened):
        case_id = data.about
    if case_id is not None:
        before_case = dossier.cases.get(case_id)
        after_case = misuse.evolve(before_case, event)
        if after_case is not None and after_case is not before_case:
            changes["cases"] = {**dossier.cases, case_id: after_case}
    if event.fact is not None:
        changes["known"] = dossier.known + mark(event)
        if type(data) not in INERT:
            changes["tip"] = max(dossier.tip, moment(event))
    elif event.effective_at > dossier.tip[0]:
        changes["tip"] = (event.effective_at, 0, 0, BEGINNING, "")
    if event.recorded_at > dossier.recorded_at:
        changes["recorded_at"] = event.recorded_at
    return replace(dossier, **changes)


def with_scheme(dossier: Dossier, scheme: Scheme) -> Dossier:
    """The same dossier under the scheme as it stands now."""
    return replace(dossier, scheme=scheme)
