"""The engine's main loop: batches of facts through the domain into the store, and on into the read models."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from eventsourcing.persistence import PersistenceError, StoredEvent
from sqlalchemy.exc import SQLAlchemyError

from adapters.intake import aside
from adapters.intake.reading import Line, Undecidable, Unreadable, digest, kept, read
from adapters.settings import Settings
from adapters.store import private
from adapters.store.codec import GENESIS, encode, topic_of
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.projecting import Projections
from adapters.store.recorder import Conflict
from adapters.store.store import Store
from domain import facts
from domain.company import precedes_founding
from domain.dossier import BEGINNING, Dossier, blank, mark, with_scheme
from domain.events import Event
from domain.facts import ANNOUNCEMENTS, OrderFact
from domain.history import Entry, fold
from domain.identity import SCHEME_SUBJECT, InvalidSubject, check_subject
from domain.recording import Learned, appended, enforce, learn, meet, refusal, refused, relearn, remeet
from domain.schemes.scheme import Scheme
from domain.wire import CloudEvent
from projections.batch import Batch, Recorded

CLOCK_SKEW = timedelta(minutes=5)
EARLIEST, LATEST = datetime(1800, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)
ATTEMPTS = 8

_NOT_OURS = (SQLAlchemyError, PersistenceError, OSError)

Progress = Callable[["Summary"], None]


@dataclass(slots=True)
class Summary:
    """What became of the facts of a run; `defects` names companies whose deadlines this program failed over."""

    read: int = 0
    recorded: int = 0
    repeated: int = 0
    rejected: int = 0
    parked: int = 0
    released: int = 0
    events: int = 0
    defects: tuple[str, ...] = ()


@dataclass(slots=True)
class Known:
    """A dossier in memory with the heads (version, hash) of its streams."""

    dossier: Dossier
    heads: dict[str, tuple[int, str]]


@dataclass(slots=True)
class Work:
    """One batch on its way: what will be appended, and how everything was before it."""

    stored: list[StoredEvent] = field(default_factory=list)
    told: list[Entry] = field(default_factory=list)
    before: dict[str, Known | None] = field(default_factory=dict)
    fresh: dict[str, list[Entry]] = field(default_factory=dict)
    private: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[Any, ...]] = field(default_factory=list)
    parks: list[tuple[Any, ...]] = field(default_factory=list)
    unparks: list[tuple[Any, ...]] = field(default_factory=list)
    awaits: list[tuple[Any, ...]] = field(default_factory=list)
    queues: dict[str, str | None] = field(default_factory=dict)
    release: list[str] = field(default_factory=list)
    schemes: int = 0
    summary: Summary = field(default_factory=Summary)


class UnfinishedSource(Exception):
    """Deadlines are not enforced past what has been read."""


class Engine:
    """One process that takes in facts, commands and deadlines for all companies of an installation."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.projections = Projections(store, self, settings.cache)
        self.first_scheme = Scheme(policy=settings.policy)
        self._known: dict[str, Known] = {}
        self._position = 0
        self._load_scheme()
        self._load_queues()
        self._position = store.last_position()
        if store.projected(READ_MODELS) != self._position or self.projections.outlook_is_stale():
            self.projections.catch_up()

    # --- what is known -------------------------------------------------------------------------------------------

    def _load_scheme(self) -> None:
        told = self.store.scheme_facts()
        self.scheme_facts = [r.event for r in told]
        self._scheme_positions = [r.position for r in told]
        self.schemes = [self.first_scheme]
        for event in self.scheme_facts:
            self.schemes.append(self.schemes[-1].meets(event))

    def _load_queues(self) -> None:
        with self.store.reading() as c:
            self._queued = aside.queued(c)  # first: what changes in between is then seen as a change
            self._queues = aside.queues(c)

    @property
    def scheme(self) -> Scheme:
        """The scheme as it stands now."""
        return self.schemes[-1]

    def scheme_at(self, position: int) -> Scheme:
        """The scheme as it stood when the log had reached a position."""
        return self.schemes[sum(1 for p in self._scheme_positions if p <= position)]

    def _refresh(self) -> None:
        """Let go of every dossier that another process has written to since it was read."""
        last = self.store.last_position()
        while self._position < last:
            told = self.store.log(self._position, 5_000)
            for r in told:
                self._known.pop(r.event.subject, None)
                if r.event.subject == SCHEME_SUBJECT:
                    self._load_scheme()
            self._position = told[-1].position
            self.projections.forget()
        with self.store.reading() as c:
            queued = aside.queued(c)
        if queued != self._queued:
            self._load_queues()

    def _load(self, subjects: Iterable[str]) -> None:
        missing = [s for s in dict.fromkeys(subjects) if s not in self._known]
        for subject, told, heads in self.store.histories(missing):
            if told:
                scheme = self.scheme_at(told[-1].position)
                history = [Entry(r.version, r.event) for r in told]
                self._known[subject] = Known(fold(subject, scheme, history), heads.streams)
            else:
                self._known[subject] = Known(blank(subject, self.scheme), {})

    def dossier(self, subject: str) -> Dossier:
        """The dossier of a company as it stands."""
        if subject not in self._known:
            self._load([subject])
        return self._known[subject].dossier

    # --- batches -------------------------------------------------------------------------------------------------

    def ingest(self, source: str, lines: Iterator[Line], progress: Progress | None = None) -> Summary:
        """Read a source to its end; `lines` begin after the position at which an earlier run was interrupted."""
        total = Summary()
        position = self.store.source_position(source)
        self._release_due(total)
        with _few_collections():
            while batch := list(islice(lines, self.settings.batch)):
                moved = (source, position, batch[-1].position)
                self._batch(source, batch, moved, total)
                position = batch[-1].position
                if progress:
                    progress(total)
        self.store.recorder.forget_position(source)
        self.sweep(total)
        return total

    def _batch(self, source: str, lines: list[Line], moved: tuple[str, int, int] | None, total: Summary) -> None:
        longest = self.settings.longest_line
        facts_read = [(line, read(line, longest)) for line in lines]

        def admit_all(work: Work) -> None:
            named = {f.subject for _, f in facts_read if isinstance(f, CloudEvent)} - self._known.keys()
            self._load(filter(_plausible, sorted(named)))
            now = self.clock() + CLOCK_SKEW
            for line, fact in facts_read:
                self._admit(work, source, line, fact, now)

        release = self._commit(admit_all, moved, total)
        for subject in release:
            self.release(subject, total)

    def _commit(self, work_on: Callable[[Work], None], moved: tuple[str, int, int] | None, total: Summary) -> list[str]:
        """Decide, append and project one batch; on a conflict only the companies concerned are read again."""
        for _ in range(ATTEMPTS):
            self._refresh()
            work = Work()
            try:
                work_on(work)
                self._append(work, moved)
            except Conflict:
                self._undo(work)
            except BaseException:
                self._undo(work)
                raise
            else:
                _add(total, work.summary)
                self._trim()
                return work.release
        msg = f"gave up after {ATTEMPTS} attempts: other processes write to the same companies all the time"
        raise RuntimeError(msg)

    def _append(self, work: Work, moved: tuple[str, int, int] | None) -> None:
        also = [
            (statement, rows)
            for statement, rows in (
                (private.INSERT, work.private),
                (aside.REJECT, work.rejects),
                (aside.PARK, work.parks),
                (aside.UNPARK, work.unparks),
                (aside.AWAIT, work.awaits),
            )
            if rows
        ]
        subjects = [s for s in work.before if s != SCHEME_SUBJECT]
        if work.stored or also or moved:
            read = (self._position, {SCHEME_SUBJECT, *work.before, *(str(row[0]) for row in work.parks)})
            unless = (aside.QUEUED, self._queued)
            positions = self.store.append(work.stored, read=read, moved=moved, also=also, unless=unless)
            if work.parks or work.unparks or work.awaits:
                self._load_queues()
        else:
            positions = ()
        if not positions:
            self.projections.touch(Batch((), self.dossier, subjects), self._position)
            return
        if positions[0] != self._position + 1:
            self._foreign(positions[0] - 1)
        self._position = positions[-1]
        if work.schemes:
            self._scheme_positions = [r.position for r in self.store.scheme_facts()]
        told = [Recorded(p, version, event) for p, (version, event) in zip(positions, work.told, strict=True)]
        self.projections.project(Batch(told, self.dossier, subjects))

    def _foreign(self, until: int) -> None:
        # Others wrote between our reading and our writing, to other companies than ours: let those go.
        for r in self.store.log(self._position, until - self._position):
            self._known.pop(r.event.subject, None)
        self.projections.forget()

    def _undo(self, work: Work) -> None:
        for subject, known in work.before.items():
            if known is None:
                self._known.pop(subject, None)
            else:
                self._known[subject] = known
        if work.schemes:
            self._load_scheme()
        self._load_queues()

    def _trim(self) -> None:
        excess = len(self._known) - self.settings.cache
        if excess > 0:
            for subject in list(islice(self._known, excess)):
                del self._known[subject]

    # --- one fact ------------------------------------------------------------------------------------------------

    def _admit(
        self, work: Work, source: str, line: Line, fact: CloudEvent | Unreadable | Undecidable, now: datetime
    ) -> None:
        work.summary.read += 1
        outcome = self._attribute(work, fact, now) if isinstance(fact, CloudEvent) else fact
        if outcome is None:
            return
        if isinstance(outcome, Unreadable):
            work.summary.rejected += 1
            payload = line.hash or digest(line.payload)
            work.rejects.append((source, line.position, outcome.reason, kept(line), int(line.whole), payload))
        else:
            self._park(work, source, line, outcome)

    def _park(self, work: Work, source: str, line: Line, why: Undecidable) -> None:
        work.summary.parked += 1
        self._queues.setdefault(why.subject, why.awaits)
        since = self.clock().isoformat(timespec="seconds")
        payload = line.payload
        work.parks.append((why.subject, source, line.position, why.reason, why.awaits, payload, digest(payload), since))

    def _attribute(self, work: Work, fact: CloudEvent, now: datetime) -> Unreadable | Undecidable | None:
        """Find the company, check what its rules of intake ask, and record; None if all is done."""
        subject = fact.subject
        known = self._known.get(subject)
        if known is None:
            try:
                check_subject(subject)
            except InvalidSubject as fault:
                return Unreadable(f"{fault}; correct the subject and send the fact again")
            self._load([subject])
            known = self._known[subject]
        if late := _untimely(fact, now):
            return Unreadable(late)
        if subject in self._queues:
            if not _releases(fact, self._queues[subject]):
                return Undecidable(subject, "an earlier fact of this company is parked; this one waits behind it")
            if subject not in work.release:
                work.release.append(subject)
        if subject == SCHEME_SUBJECT:
            return self._scheme_fact(work, fact)
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
        event, texts = self._event(fact)
        if precedes_founding(company, event.effective_at, dossier.scheme.zone):
            return Unreadable(f"time {fact.time.isoformat()} lies before the founding on {company.founded}")
        if mark(event) in dossier.known and (repeat := self._repeat(work, event)) is not None:
            if repeat:
                work.summary.repeated += 1
                return None
            return Unreadable(
                f"id {fact.id!r} of {fact.source} was used before with other content: give it an id of its own"
            )
        if isinstance(data, facts.FactRetracted):
            target = f"{data.source or fact.source} {data.fact}"
            if self._find(work, event, data.source or fact.source, data.fact) is None:
                return Undecidable(subject, f"it retracts {data.fact!r}, which is not known yet", target)
        try:
            learned = self._learn(work, known, event)
        except _NOT_OURS:
            raise  # the store fails, not the decision: stop, and go on from the last batch
        except Exception as defect:  # noqa: BLE001 - whatever fails here is ours; the fact must not be lost, nor stop others
            return Undecidable(subject, f"a defect of this program: {_defect(defect)}")
        self._take(work, known, learned)
        work.private.extend(texts)
        work.summary.recorded += 1
        return None

    def _event(self, fact: CloudEvent) -> tuple[Event, Sequence[tuple[Any, ...]]]:
        subject, data = fact.subject, fact.data
        texts: Sequence[tuple[Any, ...]] = ()
        if type(data) in private.PRIVATE_FIELDS:
            data, texts = private.set_apart(self.store.key, subject, fact.id, data)
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

    def _find(self, work: Work, like: Event, source: str, fact: str) -> Event | None:
        for entry in self._history(work, like.subject):
            if entry.event.fact == fact and entry.event.source == source:
                return entry.event
        return None

    def _repeat(self, work: Work, event: Event) -> bool | None:
        """True for the very same fact, False for other content under its id, None if the id is new after all."""
        before = self._find(work, event, event.source or "", event.fact or "")
        if before is None:
            return None
        said = before.said_at or before.recorded_at
        same = (before.stream, before.effective_at, before.data) == (event.stream, event.effective_at, event.data)
        return same and said == event.recorded_at

    def _history(self, work: Work, subject: str) -> list[Entry]:
        stored = [Entry(r.version, r.event) for r in self.store.history(subject, self._position)]
        return stored + work.fresh.get(subject, [])

    def _learn(self, work: Work, known: Known, event: Event) -> Learned:
        before: tuple[Event, ...] = ()
        dossier = known.dossier
        if dossier.scheme.seen < len(self.scheme_facts):
            met = self._meet(work, dossier)
            dossier, before = met.dossier, met.events
        learned = learn(dossier, event)
        if learned is None:
            history = appended(self._history(work, event.subject), list(before))
            learned = relearn(dossier, history, event)
        return Learned(learned.dossier, (*before, *learned.events)) if before else learned

    def _meet(self, work: Work, dossier: Dossier, until: datetime | None = None) -> Learned:
        """The scheme-wide facts that this company has not met yet, one after the other."""
        if not dossier.certificates and not dossier.cases and until is None:
            return Learned(with_scheme(dossier, self.scheme), ())
        told: list[Event] = []
        for number in range(dossier.scheme.seen, len(self.scheme_facts)):
            fact, scheme = self.scheme_facts[number], self.schemes[number + 1]
            if until is not None and fact.recorded_at > until:
                break
            met = meet(dossier, scheme, fact)
            if met is None:
                met = remeet(dossier, appended(self._history(work, dossier.subject), told), scheme, fact)
            dossier = met.dossier
            told.extend(met.events)
        return Learned(dossier, tuple(told))

    def _take(self, work: Work, known: Known, learned: Learned) -> None:
        subject = known.dossier.subject
        if subject not in work.before:
            work.before[subject] = Known(known.dossier, dict(known.heads))
        known.dossier = learned.dossier
        fresh = work.fresh.setdefault(subject, [])
        for event in learned.events:
            self._write(work, known.heads, fresh, event)

    def _write(self, work: Work, heads: dict[str, tuple[int, str]], fresh: list[Entry], event: Event) -> None:
        version, head = heads.get(event.stream, (0, GENESIS))
        state, head = encode(event, head)
        version += 1
        heads[event.stream] = version, head
        work.stored.append(StoredEvent(event.stream, version, topic_of(event), state))
        entry = Entry(version, event)
        work.told.append(entry)
        fresh.append(entry)
        work.summary.events += 1

    def _scheme_fact(self, work: Work, fact: CloudEvent) -> Unreadable | Undecidable | None:
        if not isinstance(fact.data, facts.SchemeFact):
            return Unreadable(f"{type(fact.data).__name__} is about one company: send it under that company's subject")
        event, _ = self._event(fact)
        for known in self.scheme_facts:
            if (known.source, known.fact) == (event.source, event.fact):
                if (known.effective_at, known.data) == (event.effective_at, event.data):
                    work.summary.repeated += 1
                    return None
                return Unreadable(f"id {fact.id!r} of {fact.source} was used before with other content")
        entry = self._known[SCHEME_SUBJECT]
        last = self.scheme_facts[-1].recorded_at if self.scheme_facts else BEGINNING
        if event.recorded_at < last:
            event = event.model_copy(update={"recorded_at": last, "said_at": event.recorded_at})
        try:
            scheme = self.schemes[-1].meets(event)
        except Exception as defect:  # noqa: BLE001 - as with a company's fact
            return Undecidable(SCHEME_SUBJECT, f"a defect of this program: {_defect(defect)}")
        self.scheme_facts.append(event)
        self.schemes.append(scheme)
        work.schemes += 1
        self._take(work, entry, Learned(entry.dossier, (event,)))
        work.summary.recorded += 1
        return None

    # --- commands, deadlines, what was set aside -----------------------------------------------------------------

    def submit(self, fact: CloudEvent, *, dry_run: bool = False) -> tuple[list[Event], Event | None]:
        """A person's command: the events it writes, and the refusal where its rules don't allow it.

        A refused command leaves nothing but the recorded attempt; a dry run leaves nothing at all. Raises ValueError
        where the command can't be attributed or read.
        """
        told: list[Event] = []
        why: list[Event] = []

        def decide(work: Work) -> None:
            told.clear()
            why.clear()
            now = self.clock() + CLOCK_SKEW
            subject = check_subject(fact.subject)
            self._load([subject])
            known = self._known[subject]
            if fault := _untimely(fact, now):
                raise ValueError(fault)
            if known.dossier.company.name is None and not isinstance(fact.data, facts.CompanyRegistered):
                msg = f"{subject} is not registered here: ingest its registration first"
                raise ValueError(msg)
            if subject in self._queues:
                msg = f"{subject} has parked facts: release or drop them first (bonitet parked)"
                raise ValueError(msg)
            event, texts = self._event(fact)
            if mark(event) in known.dossier.known and self._repeat(work, event) is not None:
                msg = f"id {fact.id!r} of {fact.source} was used before: a command is carried out once"
                raise ValueError(msg)
            learned = self._learn(work, known, event)
            refused_by = refusal(learned, event)
            if refused_by is None:
                work.private.extend(texts)
            else:
                why.append(refused_by)
                learned = refused(known.dossier, event, refused_by)
            told.extend(learned.events)
            if dry_run:
                raise _DryRun
            self._take(work, known, learned)

        with suppress(_DryRun):
            self._commit(decide, None, Summary())
        return told, (why[0] if why else None)

    def unfinished(self) -> list[tuple[str, int]]:
        """The sources that were not read to their end, with the last line read."""
        with self.store.reading() as c:
            rows = c.exec_driver_sql("SELECT application_name, notification_id FROM tracking ORDER BY 1").all()
        return [(str(row[0]), int(row[1])) for row in rows if row[0] != "__migration__"]

    def enforce(self, until: datetime, progress: Progress | None = None) -> Summary:
        """Everything that fell due by then, for every company without parked facts.

        Raises UnfinishedSource where a source was not read to its end, and ValueError for a time that lies ahead.
        """
        if until > self.clock():
            msg = f"{until:%Y-%m-%d %H:%M} UTC lies ahead: deadlines are enforced once they have passed"
            raise ValueError(msg)
        if unread := self.unfinished():
            name, line = unread[0]
            msg = f"{name} was read only up to line {line}: ingest it to its end first, or a holder is judged unheard"
            raise UnfinishedSource(msg)
        if SCHEME_SUBJECT in self._queues:
            msg = f"{SCHEME_SUBJECT} has parked facts: release or drop them first (bonitet parked)"
            raise UnfinishedSource(msg)
        total = Summary()
        self.sweep(total)
        with self.store.reading() as c:
            subjects = self.projections.register_stale(c, until)
        self._enforce_all([s for s in subjects if s not in self._queues], until, total, progress)
        return total

    def sweep(self, total: Summary, progress: Progress | None = None) -> None:
        """Bring scheme-wide facts to every company with certificates that has not met them; can be resumed."""
        behind = self.projections.swept()
        if behind >= len(self.scheme_facts):
            return
        latest = self.scheme_facts[-1].recorded_at
        count = len(self.scheme_facts)
        while subjects := self.projections.unswept(self.settings.batch):
            self._enforce_all([s for s in subjects if s not in self._queues], latest, total, progress, sweep=True)
            self.projections.mark_swept(subjects[-1])
        self.projections.finish_sweep(count)

    def _enforce_all(
        self, subjects: list[str], until: datetime, total: Summary, progress: Progress | None, *, sweep: bool = False
    ) -> None:
        for start in range(0, len(subjects), self.settings.batch):
            part = subjects[start : start + self.settings.batch]

            def decide(work: Work, part: list[str] = part) -> None:
                self._load(part)
                for subject in part:
                    known = self._known[subject]
                    try:
                        met = self._meet(work, known.dossier)
                        done = met if sweep else enforce(met.dossier, until)
                    except _NOT_OURS:
                        raise
                    except Exception as defect:  # noqa: BLE001 - one company's must not stop the others'
                        work.summary.defects += (f"{subject}: {_defect(defect)}",)
                        continue
                    learned = Learned(done.dossier, met.events if sweep else (*met.events, *done.events))
                    if learned.events or learned.dossier is not known.dossier:
                        self._take(work, known, learned)

            self._commit(decide, None, total)
            if progress:
                progress(total)

    def foreseen(self, subject: str, until: datetime) -> Dossier:
        """The dossier as it will stand, or stood, once everything due by then has fallen due; writes nothing."""
        met = self._meet(Work(), self.dossier(subject), until)
        return enforce(met.dossier, until).dossier

    def release(self, subject: str, total: Summary | None = None) -> Summary:
        """Decide the parked facts of a company again, in order, until one has to wait again."""
        total = total or Summary()

        def decide(work: Work) -> None:
            with self.store.reading() as c:
                waiting = aside.waiting(c, subject=subject)
            self._queues.pop(subject, None)
            ahead: set[int] = set()
            while waiting:
                row = waiting.pop(0)
                outcome = self._again(work, row)
                if isinstance(outcome, Undecidable):
                    # What it awaits may wait behind it.
                    behind = next((r for r in waiting if self._awaited(r, outcome.awaits)), None)
                    if behind is None or behind.number in ahead:
                        self._queues[subject] = outcome.awaits
                        if row.awaits != outcome.awaits:
                            work.awaits.append((outcome.reason, outcome.awaits, row.number))
                        return
                    ahead.add(behind.number)
                    waiting.remove(behind)
                    waiting[:0] = behind, row
                    continue
                work.unparks.append(("released", row.number))
                work.summary.released += 1

        for other in self._commit(decide, None, total):
            if other != subject:
                self.release(other, total)
        return total

    def _again(self, work: Work, row: aside.Parked) -> Unreadable | Undecidable | None:
        fact = read(Line(row.position, row.payload), self.settings.longest_line)
        outcome = self._attribute(work, fact, self.clock() + CLOCK_SKEW) if isinstance(fact, CloudEvent) else fact
        if isinstance(outcome, Unreadable):
            work.summary.rejected += 1
            payload = digest(row.payload)
            work.rejects.append((row.source, row.position, outcome.reason, row.payload, 1, payload))
        return outcome

    def _awaited(self, row: aside.Parked, awaits: str | None) -> bool:
        if awaits is None:
            return False
        fact = read(Line(row.position, row.payload), self.settings.longest_line)
        return isinstance(fact, CloudEvent) and _releases(fact, awaits)

    def _release_due(self, total: Summary) -> None:
        """Release what has got what it awaits, where a process ended before it came to that."""
        self._refresh()
        awaiting = {s: awaited for s, awaited in self._queues.items() if awaited is not None}
        self._load(awaiting)
        for subject, awaited in awaiting.items():
            if awaited == "registration":
                due = self.dossier(subject).company.name is not None
            else:
                due = any(f"{r.event.source} {r.event.fact}" == awaited for r in self.store.history(subject))
            if due:
                self.release(subject, total)

    def drop(self, subject: str, number: int, reason: str) -> None:
        """Give up a parked fact for good, with the reason why; the ones behind it can be released then."""
        with self.store.transaction() as c:
            c.execute(
                aside.parked.update()
                .where(aside.parked.c.number == number, aside.parked.c.subject == subject)
                .values(state="dropped", note=reason)
            )
        self._load_queues()


class _DryRun(Exception):
    """Nothing of this is to be written."""


def _plausible(subject: str) -> bool:
    try:
        check_subject(subject)
    except InvalidSubject:
        return False
    return True


def _releases(fact: CloudEvent, awaited: str | None) -> bool:
    return awaited == f"{fact.source} {fact.id}" or (
        awaited == "registration" and isinstance(fact.data, facts.CompanyRegistered)
    )


def _defect(defect: Exception) -> str:
    return f"{type(defect).__name__}: {defect}"


def _untimely(fact: CloudEvent, now: datetime) -> str | None:
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


def _add(total: Summary, more: Summary) -> None:
    for name in Summary.__slots__:
        setattr(total, name, getattr(total, name) + getattr(more, name))


@contextmanager
def _few_collections() -> Iterator[None]:
    """Fewer passes of the cycle collector.

    Dossiers hold no cycles, and walking all of them again and again costs more than everything else together.
    """
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
