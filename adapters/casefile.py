"""The file of a case of misuse, as staff and auditors read it: its evidence, and the other cases of its company."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from adapters.asking import life_of
from adapters.main import System
from domain import facts
from domain.dossier import name
from domain.events import Event
from domain.facts import Reporter, Violation
from domain.history import retracted
from domain.misuse import Case, Ceased, Closed, Withdrawn
from domain.worklist import Line, of_case


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document on file: its SHA-256 on arrival, when it was seen and reported, and who reported it.

    What names a person or may do so (`url`, `reporter`, `contact`, `note`) is a reference to the erasable store.
    `retracted` says that the report was taken back.
    """

    digest: str
    url: str | None
    seen_at: datetime
    reported_at: datetime
    recorded_at: datetime
    reported_by: Reporter | None
    reporter: str | None
    contact: str | None
    note: str | None
    actor: str | None
    retracted: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """A case of misuse of a company: what it is about, how it stands, and when it ended, if it did."""

    line: Line
    violation: Violation | None
    repeats: bool
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its evidence in the order in which it arrived, and the company's other cases, the oldest first."""

    case: Filed
    evidence: tuple[Evidence, ...]
    others: tuple[Filed, ...]


def file_of(system: System, subject: str, case: str) -> CaseFile:
    """The file of a company's case, by the case's name; raises KeyError where there is none.

    The other cases are told over all its certificates and renewals, for a violation after one that ceased is a
    repetition (DNB-7.6).
    """
    life = life_of(system, subject)
    gone = retracted(life.history)
    filed = {of.case: _filed(of) for of in sorted(life.dossier.cases.values(), key=_begun)}
    evidence = [
        piece
        for told in life.told
        if isinstance(data := told.event.data, facts.MisuseReported | facts.EvidenceAdded) and data.case == case
        for piece in _pieces(told.event, data, retracted=name(told.event) in gone)
    ]
    return CaseFile(filed.pop(case), tuple(evidence), tuple(filed.values()))


def _begun(case: Case) -> tuple[datetime, str]:
    return case.opened_at, case.case


def _filed(case: Case) -> Filed:
    ended_at = case.ceased_at if isinstance(case, Ceased) else case.at if isinstance(case, Withdrawn | Closed) else None
    return Filed(of_case(case), case.violation, case.repeats, ended_at)


def _pieces(event: Event, data: facts.MisuseReported | facts.EvidenceAdded, *, retracted: bool) -> Iterator[Evidence]:
    for digest in data.evidence:
        yield Evidence(
            digest=digest,
            url=data.url,
            seen_at=data.seen_at or event.effective_at,
            reported_at=event.effective_at,
            recorded_at=event.recorded_at,
            reported_by=data.reported_by,
            reporter=data.reporter,
            contact=data.contact,
            note=data.note,
            actor=event.actor,
            retracted=retracted,
        )
