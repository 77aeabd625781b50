"""The gate that every fact passes on its way in: attributed, checked, recognised as a repeat, learned or set aside."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import SQLAlchemyError

from adapters.intake.memory import Memory
from adapters.intake.reading import Line, Undecidable, Unreadable, digest, kept
from adapters.intake.work import Known, Work
from adapters.store import private
from adapters.store.codec import UnknownFormat
from domain import facts
from domain.company import precedes_founding
from domain.dossier import BEGINNING, Dossier, mark, with_scheme
from domain.events import Event
from domain.facts import ANNOUNCEMENTS, OrderFact
from domain.identity import SCHEME_SUBJECT, InvalidSubject, check_subject
from domain.recording import Learned, appended, learn, meet, relearn, remeet
from domain.secrecy import PRIVATE_FIELDS
from domain.wire import CloudEvent

EVERY = sys.maxsize
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST, LATEST = datetime(1800, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)

# Neither the fact's fault nor this program's decision: whoever meets it stops, and the fact stays unread. An older
# program that meets what a newer one has stored must not park facts for it, which the newer one can decide.
NOT_OURS: tuple[type[Exception], ...] = (SQLAlchemyError, PersistenceError, OSError, UnknownFormat)
with suppress(ImportError):  # an installation on one file does without
    import psycopg

    NOT_OURS += (psycopg.Error,)  # rows are copied by the driver itself, so its errors come as they are


_TOO_LITTLE_MEMORY, _BEYOND_A_LIMIT = "53200", "54"


def too_much(fault: Exception) -> bool:
    """Whether the database has refused a batch for its size only: half of it may do."""
    state = _sqlstate(fault)
    return state == _TOO_LITTLE_MEMORY or beyond_a_limit(fault)


def beyond_a_limit(fault: Exception) -> bool:
    """Whether a batch goes beyond what the database can do at all, however much memory it has."""
    return _sqlstate(fault).startswith(_BEYOND_A_LIMIT)


def _sqlstate(fault: BaseException | None) -> str:
    while fault is not None and getattr(fault, "sqlstate", None) is None:
        fault = getattr(fault, "orig", None) or fault.__cause__
    return str(getattr(fault, "sqlstate", ""))


class Gate:
    """Decides for each fact whether it is recorded, a repeat, rejected or parked."""

    def __init__(self, memory: Memory, key: bytes, clock: Callable[[], datetime]) -> None:
        self.memory = memory
        self.key = key
        self.clock = clock
        # How many of the scheme-wide facts a company may meet now: those that its source has brought.
        self.visible = EVERY

    def admit(
        self, work: Work, source: str, line: Line, fact: CloudEvent | Unreadable | Undecidable, now: datetime
    ) -> None:
        """Let a line's fact in, or set it aside."""
        work.summary.read += 1
        outcome = self.attribute(work, source, fact, now) if isinstance(fact, CloudEvent) else fact
        if outcome is None:
            return
        if isinstance(outcome, Unreadable):
            work.summary.rejected += 1
            payload = line.hash or digest(line.payload)
            work.rejects.append(
                (source, line.position, printable(outcome.reason), kept(line), int(line.whole), payload)
            )
        else:
            self.park(work, source, line, outcome)

    def park(self, work: Work, source: str, line: Line, why: Undecidable) -> None:
        """Let a fact wait."""
        work.summary.parked += 1
        work.decided.add(why.subject)
        self.memory.queues.setdefault(why.subject, why.awaits)
        since = self.clock().isoformat(timespec="seconds")
        payload = line.payload
        reason = printable(why.reason)
        work.parks.append((why.subject, source, line.position, reason, why.awaits, payload, digest(payload), since))

    def attribute(self, work: Work, source: str, fact: CloudEvent, now: datetime) -> Unreadable | Undecidable | None:
        """Find the company, check what its rules of intake ask, and record; None if all is done."""
        subject = fact.subject
        known = self.memory.known.get(subject)
        if known is None:
            try:
                check_subject(subject)
            except InvalidSubject as fault:
                return Unreadable(f"{fault}; correct the subject and send the fact again")
            self.memory.load([subject])
            known = self.memory.known[subject]
        work.decided.add(subject)
        if late := untimely(fact, now):
            return Unreadable(late)
        if subject in self.memory.queues:
            if not releases(fact, self.memory.queues[subject]):
                return Undecidable(subject, "an earlier fact of this company is parked; this one waits behind it")
            if subject not in work.release:
                work.release.append(subject)
        if subject == SCHEME_SUBJECT:
            return self._scheme_fact(work, source, fact)
        return self._record(work, known, fact)

    def _record(self, work: Work, known: Known, fact: CloudEvent) -> Unreadable | Undecidable | None:
        subject, data = fact.subject, fact.data
        dossier = known.dossier
        if isinstance(data, facts.CalendarCorrected):
            return Unreadable(f"a calendar is the scheme's, not a company's: send it under {SCHEME_SUBJECT}")
        company = dossier.company
        if company.name is None and not isinstance(data, facts.CompanyRegistered):
            return Undecidable(
                subject, f"{subject} is not registered here: its registration releases it", "registration"
            )
        event, texts = event_of(fact, self.key)
        if precedes_founding(company, event.effective_at, dossier.scheme.zone):
            return Unreadable(f"time {fact.time.isoformat()} lies before the founding on {company.founded}")
        if mark(event) in dossier.known and (repeat := self.repeat(work, event)) is not None:
            if repeat:
                work.summary.repeated += 1
                return None
            return Unreadable(
                f"id {fact.id!r} of {fact.source} was used before with other content: give it an id of its own"
            )
        if isinstance(data, facts.FactRetracted):
            target = f"{data.source or fact.source} {data.fact}"
            if self.find(work, event, data.source or fact.source, data.fact) is None:
                return Undecidable(subject, f"it retracts {data.fact!r}, which is not known yet", target)
        try:
            learned = self.learn(work, known, event)
        except NOT_OURS:
            raise  # the store fails, not the decision: stop, and go on from the last batch
        except Exception as defect:  # noqa: BLE001 - whatever fails here is ours; the fact must not be lost, nor stop others
            return Undecidable(subject, f"a defect of this program: {defect_of(defect)}")
        work.take(known, learned)
        work.private.extend(texts)
        work.summary.recorded += 1
        return None

    def find(self, work: Work, like: Event, source: str, fact: str) -> Event | None:
        """A fact of the same company by its source and id."""
        for entry in self.memory.history(work, like.subject):
            if entry.event.fact == fact and entry.event.source == source:
                return entry.event
        return None

    def repeat(self, work: Work, event: Event) -> bool | None:
        """True for the very same fact, False for other content under its id, None if the id is new after all."""
        before = self.find(work, event, event.source or "", event.fact or "")
        if before is None:
            return None
        said = before.said_at or before.recorded_at
        same = (before.stream, before.effective_at, before.data) == (event.stream, event.effective_at, event.data)
        return same and said == event.recorded_at

    def learn(self, work: Work, known: Known, event: Event) -> Learned:
        """What follows from a fact, after the scheme-wide facts that its company has not met."""
        before: tuple[Event, ...] = ()
        dossier = known.dossier
        if dossier.scheme.seen < min(self.visible, len(self.memory.scheme_facts)):
            met = self.meet(work, dossier)
            dossier, before = met.dossier, met.events
        learned = learn(dossier, event)
        if learned is None:
            history = appended(self.memory.history(work, event.subject), list(before))
            learned = relearn(dossier, history, event)
        return Learned(learned.dossier, (*before, *learned.events)) if before else learned

    def meet(self, work: Work, dossier: Dossier, until: datetime | None = None) -> Learned:
        """The scheme-wide facts that this company has not met yet, one after the other."""
        visible = min(self.visible, len(self.memory.scheme_facts))
        if not (dossier.certificates or dossier.cases or dossier.matters) and until is None:
            return Learned(with_scheme(dossier, self.memory.schemes[max(visible, dossier.scheme.seen)]), ())
        told: list[Event] = []
        for number in range(dossier.scheme.seen, visible):
            fact, scheme = self.memory.scheme_facts[number], self.memory.schemes[number + 1]
            if until is not None and fact.recorded_at > until:
                break
            met = meet(dossier, scheme, fact)
            if met is None:
                met = remeet(dossier, appended(self.memory.history(work, dossier.subject), told), scheme, fact)
            dossier = met.dossier
            told.extend(met.events)
        return Learned(dossier, tuple(told))

    def _scheme_fact(self, work: Work, source: str, fact: CloudEvent) -> Unreadable | Undecidable | None:
        if not isinstance(fact.data, facts.SchemeFact):
            return Unreadable(f"{type(fact.data).__name__} is about one company: send it under that company's subject")
        event, _ = event_of(fact, self.key)
        for number, known in enumerate(self.memory.scheme_facts, 1):
            if (known.source, known.fact) == (event.source, event.fact):
                if (known.effective_at, known.data) == (event.effective_at, event.data):
                    self._bring(work, source, number)
                    work.summary.repeated += 1
                    return None
                return Unreadable(f"id {fact.id!r} of {fact.source} was used before with other content")
        if self.memory.inputs.brought and source not in self.memory.inputs.brought:
            return Unreadable("it is the scheme's and has to come by every partition: send it by `bonitet publish`")
        entry = self.memory.known[SCHEME_SUBJECT]
        last = self.memory.scheme_facts[-1].recorded_at if self.memory.scheme_facts else BEGINNING
        if event.recorded_at < last:
            event = event.model_copy(update={"recorded_at": last, "said_at": event.recorded_at})
        try:
            scheme = self.memory.schemes[-1].meets(event)
        except Exception as defect:  # noqa: BLE001 - as with a company's fact
            return Undecidable(SCHEME_SUBJECT, f"a defect of this program: {defect_of(defect)}")
        self.memory.scheme_facts.append(event)
        self.memory.schemes.append(scheme)
        self._bring(work, source, len(self.memory.scheme_facts))
        work.schemes += 1
        work.take(entry, Learned(entry.dossier, (event,)))
        work.summary.recorded += 1
        return None

    def _bring(self, work: Work, source: str, number: int) -> None:
        """A source has brought so many of the scheme-wide facts, be it now or when it was parked."""
        self.visible = max(self.visible, number)
        if self.memory.inputs.brought.get(source, number) < number:
            work.brought[source] = max(number, work.brought.get(source, 0))


def event_of(fact: CloudEvent, key: bytes) -> tuple[Event, Sequence[tuple[Any, ...]]]:
    """The fact as an event, and the rows that keep its persons and free text apart."""
    subject, data = fact.subject, fact.data
    texts: Sequence[tuple[Any, ...]] = ()
    if type(data) in PRIVATE_FIELDS:
        data, texts = private.set_apart(key, subject, fact.id, data)
    event = Event(
        stream=f"{subject}/{data.order}" if isinstance(data, OrderFact) else subject,
        effective_at=fact.time.astimezone(UTC),
        recorded_at=fact.recordedtime.astimezone(UTC),
        data=data,
        fact=fact.id,
        source=fact.source,
        actor=fact.actor,
        role=fact.role,
    )
    return event, texts


def plausible(subject: str) -> bool:
    """Whether a subject names a company at all."""
    try:
        check_subject(subject)
    except InvalidSubject:
        return False
    return True


def releases(fact: CloudEvent, awaited: str | None) -> bool:
    """Whether a parked fact waits for this one."""
    return awaited == f"{fact.source} {fact.id}" or (
        awaited == "registration" and isinstance(fact.data, facts.CompanyRegistered)
    )


def printable(reason: str) -> str:
    """A reason without the one character that PostgreSQL's texts can't hold."""
    return reason.replace("\0", "\N{SYMBOL FOR NULL}")


def defect_of(defect: Exception) -> str:
    """How a defect of ours is named where it is set aside."""
    return f"{type(defect).__name__}: {defect}"


def untimely(fact: CloudEvent, now: datetime) -> str | None:
    """What is wrong with a fact's times or its key, seen from now."""
    if not EARLIEST <= fact.time <= LATEST:
        return f"time {fact.time.isoformat()} lies outside of the years {EARLIEST.year} to {LATEST.year}"
    time, recordedtime = fact.time, fact.recordedtime
    if recordedtime > now:
        return f"recordedtime {recordedtime.isoformat()} lies in the future: set the sender's clock right"
    if time > recordedtime and not isinstance(fact.data, ANNOUNCEMENTS):
        when = f"time {time.isoformat()} lies after recordedtime {recordedtime.isoformat()}"
        return f"{when}: nothing is observed before it happens"
    if fact.partitionkey is not None and fact.partitionkey != fact.subject:
        return "partitionkey is not the subject: a company's facts have to stay in order"
    return None
