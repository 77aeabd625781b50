"""What is kept of persons: told to whoever may ask, and erased so that the events stay as they were (X-18)."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from eventsourcing.persistence import IntegrityError
from sqlalchemy import Row

from adapters import documents
from adapters.inbox import box
from adapters.intake import aside
from adapters.main import System
from adapters.store import private
from domain.documents import cited
from domain.events import Event
from domain.facts import PersonErased
from domain.secrecy import PRIVATE_FIELDS
from domain.wire import cloud_event

SOURCE = "urn:bonitet:persons"
ERASED = "erased"

_TELLS_ENOUGH = 6  # digits of a number that stands for its company also without its register's code


class NotKept(ValueError):
    """What was to be erased is not kept, or not any more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A person's data or free text: the field of the fact that brought it, and since when it is kept."""

    reference: str
    kind: str
    fact: str
    field: str
    since: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was set aside (`table` says how) and mentions a company, as it came."""

    table: str
    number: int
    state: str
    payload: bytes

    @property
    def text(self) -> str:
        """The line as text, whatever it is made of."""
        return self.payload.decode("utf-8", "replace")


def texts_of(system: System, subject: str) -> list[Kept]:
    """Every field of a company's facts whose text is still kept, in the order in which they were learned."""
    with system.store.reading() as c:
        texts = private.texts(c, subject)
    told = (recorded.event for recorded in system.store.history(subject))
    return [
        Kept(reference, event.name, event.fact or "", field, event.recorded_at, texts[reference])
        for event in told
        for field in PRIVATE_FIELDS.get(type(event.data), ())  # type: ignore[arg-type]  # decisions have none
        if (reference := getattr(event.data, field)) in texts
    ]


def lines_of(system: System, subject: str) -> list[Line]:
    """The lines set aside that mention a company, parked or rejected, whatever became of them since."""
    mentions = _mentions(subject).search
    with system.store.reading() as c:
        rejected = [Line("rejected", r.number, r.state, r.payload) for r in aside.rejects(c, state=None)]
        parked = [Line("parked", p.number, p.state, p.payload) for p in aside.waiting(c, subject=subject, state=None)]
    told = [line for line in rejected if mentions(line.payload)]
    return [line for line in (*told, *parked) if line.state != ERASED]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that facts of a company rest on, and that is kept; `shared`: those of another one rest on it too."""

    digest: str
    facts: tuple[str, ...]
    shared: bool


def documents_of(system: System, subject: str) -> list[Document]:
    """The documents that a company's facts name, as far as they are kept and were not erased."""
    told = _named(system, subject)
    kept = documents.kept(system.settings, told)
    return [Document(digest, tuple(told[digest]), system.store.mentioning(digest) != {subject}) for digest in kept]


def _named(system: System, subject: str) -> dict[str, list[str]]:
    """What a company's facts name, each with these facts, in the order in which they were learned."""
    told: dict[str, list[str]] = {}
    for event in (recorded.event for recorded in system.store.history(subject)):
        for digest in sorted(cited(event.data)):
            told.setdefault(digest, []).append(f"{event.name} {event.fact}")
        if isinstance(event.data, PersonErased):
            told = {digest: facts for digest, facts in told.items() if digest not in event.data.documents}
    return told


def left_over(system: System, subject: str) -> list[str]:
    """Documents that were erased by an event, and are still kept, since whoever erased them was interrupted."""
    events = (recorded.event.data for recorded in system.store.history(subject))
    erased = {digest for data in events if isinstance(data, PersonErased) for digest in data.documents}
    kept = documents.kept(system.settings, sorted(erased - _named(system, subject).keys()))
    return [digest for digest in kept if system.store.mentioning(digest) == {subject}]


def _mentions(subject: str) -> re.Pattern[bytes]:
    code, _, number = subject.rpartition("-")
    bare = "?" if len(number) >= _TELLS_ENOUGH else ""
    return re.compile(rf"(?<![0-9A-Za-z])(?:{re.escape(code)}-){bare}{re.escape(number)}(?![0-9A-Za-z])".encode())


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased of a company: rows of the erasable store, lines that were set aside, and documents.

    `stays` are documents that another company's facts rest on too.
    """

    subject: str
    rows: Sequence[Row[Any]]
    lines: Sequence[Line]
    documents: Sequence[str]
    stays: Sequence[str]

    @property
    def entries(self) -> int:
        """How much that is."""
        return len(self.rows) + len(self.lines) + len(self.documents)


def to_erase(system: System, subject: str, references: Sequence[str] = ()) -> Erasure:
    """All that is kept of a company's persons, or what these references stand for; raises NotKept for an unknown one.

    With references, only those of the lines set aside are meant that hold one of their texts, and only those of the
    documents whose SHA-256 is among them.
    """
    with system.store.reading() as c:
        rows = private.kept(c, subject)
    lines, kept = lines_of(system, subject), documents_of(system, subject)
    if references:
        known = {row.reference for row in rows} | {document.digest for document in kept}
        if unknown := [reference for reference in references if reference not in known]:
            msg = f"{subject}: nothing is kept under {unknown[0]!r}; `bonitet person export {subject}` shows references"
            raise NotKept(msg)
        rows = [row for row in rows if row.reference in references]
        lines = [line for line in lines if any(_holds(line, row.text) for row in rows)]
        kept = [document for document in kept if document.digest in references]
    goes = [document.digest for document in kept if not document.shared]
    return Erasure(subject, rows, lines, goes, [document.digest for document in kept if document.shared])


def _holds(line: Line, text: str) -> bool:
    try:
        told = "\n".join(_strings(json.loads(line.payload)))
    except ValueError:
        told = line.text
    return text.casefold() in told.casefold()


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                yield name
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)
        case _:
            yield str(value)


def receipt(system: System, erasure: Erasure, reason: str, at: datetime) -> dict[str, Any]:
    """What says who erased what and when, without what was erased; `receipt` is the SHA-256 over all the rest."""
    told = {
        "company": erasure.subject,
        "at": at.isoformat(),
        "by": system.settings.actor,
        "role": system.settings.role,
        "authenticated": False,
        "reason": reason,
        "entries": erasure.entries,
        "texts": [{"fact": r.fact, "field": r.field, "reference": r.reference} for r in erasure.rows],
        "lines": [{"kind": line.table, "number": line.number} for line in erasure.lines],
        "documents": list(erasure.documents),
        "documents_of_others_too": list(erasure.stays),
    }
    return {**told, "receipt": receipt_hash(told)}


def receipt_hash(told: dict[str, Any]) -> str:
    """SHA-256 over a receipt without its own hash: JSON with sorted keys, no blanks, in UTF-8."""
    whole = {name: value for name, value in told.items() if name != "receipt"}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def erase(system: System, erasure: Erasure, told: dict[str, Any]) -> Event | None:
    """Erase it in one transaction with the event that says so by its receipt; answers the refusal where there is one.

    Events and their chains stay as they are: they hold references, which lead nowhere from then on. Raises ValueError
    where facts of the company are parked, for what waits is still needed, and NotKept where somebody else has erased
    some of it meanwhile, for only one receipt may claim it.
    """
    at = datetime.fromisoformat(told["at"])
    command = cloud_event(
        erasure.subject,
        PersonErased(receipt=told["receipt"], entries=erasure.entries, documents=tuple(erasure.documents)),
        id=str(uuid5(NAMESPACE_URL, f"{SOURCE} {told['receipt']}")),
        source=SOURCE,
        time=at,
        recordedtime=at,
        actor=system.settings.actor,
        role=system.settings.role,
    )
    also = [
        (private.ERASE, [(row.reference,) for row in erasure.rows]),
        *((statement, _numbers(erasure.lines, table)) for table, statement in aside.ERASE.items()),
        (box.FORGET, [(digest,) for digest in erasure.documents]),
    ]
    statements = [(statement, rows) for statement, rows in also if rows]
    try:
        _, refused = system.engine.submit(command, also=statements, provided=lambda: _check(system, erasure))
    except IntegrityError as fault:
        raise NotKept(_GONE.format(erasure.subject)) from fault
    if refused is None:
        documents.erase(system.settings, erasure.documents)
    return refused


_GONE = "{}: somebody else has erased some of it meanwhile; run this again for what is left"


def _check(system: System, erasure: Erasure) -> None:
    """Raise NotKept where some of it is gone."""
    with system.store.reading() as c:
        kept = {row.reference for row in private.kept(c, erasure.subject)}
    lines = {(line.table, line.number) for line in lines_of(system, erasure.subject)}
    if not (
        kept.issuperset(row.reference for row in erasure.rows)
        and lines.issuperset((line.table, line.number) for line in erasure.lines)
        and _named(system, erasure.subject).keys() >= set(erasure.documents)
    ):
        raise NotKept(_GONE.format(erasure.subject))


def _numbers(lines: Sequence[Line], table: str) -> list[tuple[Any, ...]]:
    return [(b"", line.number) for line in lines if line.table == table]
