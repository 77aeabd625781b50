"""The engine's main loop: batches of facts through the domain into the store, and on into the read models."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from adapters.intake import aside, sources
from adapters.intake.gate import (
    CLOCK_SKEW,
    EVERY,
    NOT_OURS,
    Gate,
    beyond_a_limit,
    defect_of,
    event_of,
    plausible,
    releases,
    too_much,
    untimely,
)
from adapters.intake.memory import Memory
from adapters.intake.reading import Line, Undecidable, Unreadable, digest, null_in, read
from adapters.intake.work import Known, Summary, Work
from adapters.settings import Settings
from adapters.store import private
from adapters.store.collector import few_collections
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.projecting import Projections
from adapters.store.recorder import Appended, Conflict, Moved
from adapters.store.store import Store
from domain import facts
from domain.dossier import BEGINNING, Dossier, mark
from domain.events import Event
from domain.identity import SCHEME_SUBJECT, check_subject
from domain.recording import Learned, commanded, enforce, refused
from domain.schemes.scheme import Scheme
from domain.signatures import takes_two
from domain.wire import CloudEvent
from projections.batch import Batch, Recorded, micros

ATTEMPTS = 8
BYTES = 32 << 20  # of the facts of a batch, about, however many they may be

Progress = Callable[[Summary], None]


class UnfinishedSource(Exception):
    """Deadlines are not enforced past what has been read."""


class Contended(Exception):
    """Other processes write to the same companies all the time."""


# Of whom nobody has registered, something may have been set aside that holds persons' data.
_OF_ANYBODY = (facts.CompanyRegistered, facts.PersonErased)
_NO_DEFECTS: tuple[type[Exception], ...] = (*NOT_OURS, Contended)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one source: it begins at `position` and ends at `reached`.

    `scheme_facts` is how many scheme-wide facts the source has brought before it, None where that isn't counted.
    """

    source: str
    position: int
    reached: int
    lines: Sequence[Line]
    scheme_facts: int | None = None

    @property
    def moved(self) -> Moved:
        """How it moves its source's position."""
        return Moved(self.source, self.position, self.reached)


class Engine:
    """One process that takes in facts, commands and deadlines for all companies of an installation.

    With `projecting` it keeps the read models in step, unless another process leads there. Where they are behind it
    brings them up to date itself, unless they are `followed` by a projector.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        projecting: bool = True,
        followed: bool = False,
    ) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.memory = Memory(store, Scheme(policy=settings.policy), settings.cache)
        self.gate = Gate(self.memory, store.key, clock)
        self.on_conflict: Callable[[], None] = lambda: None
        self.projections = Projections(store, self.memory, settings.cache, projecting=projecting, followed=followed)
        behind = store.projected(READ_MODELS) != self.memory.position or self.projections.outlook_is_stale()
        if behind and not followed:
            self.projections.catch_up()
        self.refresh()

    # --- batches -------------------------------------------------------------------------------------------------

    def ingest(self, source: str, lines: Iterator[Line], progress: Progress | None = None) -> Summary:
        """Read a source to its end; `lines` begin after the position at which an earlier run was interrupted."""
        total = Summary()
        position = self.store.source_position(source)
        self.release_due(total)
        with few_collections():
            for batch in _batches(lines, self.settings.batch):
                self.take_in([Part(source, position, batch[-1].position, batch)], total)
                position = batch[-1].position
                if progress:
                    progress(total)
        self.store.forget_position(source)
        self.sweep(total)
        return total

    def take_in(self, parts: Sequence[Part], total: Summary) -> None:
        """Take in stretches of one or several sources in one transaction with their positions.

        Where that breaks by a defect of ours, or is too much for the database, the batch is halved until the fact is
        found that it breaks at, and that one is set aside. Raises PositionMoved, with nothing written, where somebody
        else has read a source meanwhile.
        """
        try:
            self._take_in(parts, total)
        except Exception as defect:
            count = sum(len(part.lines) for part in parts)
            if isinstance(defect, _NO_DEFECTS) and not (beyond_a_limit(defect) or (count > 1 and too_much(defect))):
                raise
            if count > 1:
                for half in _halves(parts):
                    self.take_in(half, total)
            elif count == 0 or not self._set_aside(next(p for p in parts if p.lines), defect, total):
                raise

    def _take_in(self, parts: Sequence[Part], total: Summary) -> None:
        longest = self.settings.longest_line
        facts_read = [(part, [(line, read(line, longest)) for line in part.lines]) for part in parts]

        def admit_all(work: Work) -> None:
            named = {f.subject for _, told in facts_read for _, f in told if isinstance(f, CloudEvent)}
            self.memory.load(filter(plausible, sorted(named - self.memory.known.keys())))
            now = self.clock() + CLOCK_SKEW
            for part, told in facts_read:
                if part.scheme_facts is not None:
                    self.gate.visible = max(part.scheme_facts, self.memory.inputs.brought.get(part.source, 0))
                    work.seen.append((micros(self.clock()), part.source))
                for line, fact in told:
                    self.gate.admit(work, part.source, line, fact, now)

        done = self._commit(admit_all, [part.moved for part in parts], total)
        for subject in done.release:
            self.release(subject, total)

    def _set_aside(self, part: Part, defect: Exception, total: Summary) -> bool:
        """Park the one fact that breaks everything; False where not even that can be said about it."""
        line = part.lines[0]
        fact = read(line, self.settings.longest_line)
        if not isinstance(fact, CloudEvent):
            return False
        why = Undecidable(fact.subject, f"a defect of this program: {defect_of(defect)}")
        self._commit(lambda work: self.gate.park(work, part.source, line, why), [part.moved], total)
        return True

    def _commit(self, work_on: Callable[[Work], None], moved: Sequence[Moved], total: Summary) -> Work:
        """Decide, append and project one batch; on a conflict only the companies concerned are read again."""
        for _ in range(ATTEMPTS):
            self.refresh()
            work = Work(queues=dict(self.memory.queues))
            try:
                work_on(work)
                self._append(work, moved)
            except Conflict:
                self.memory.undo(work)
                self.on_conflict()
            except BaseException:
                self.memory.undo(work)
                raise
            else:
                total.add(work.summary)
                self.memory.trim()
                return work
        msg = f"gave up after {ATTEMPTS} attempts: other processes write to the same companies all the time; try again"
        raise Contended(msg)

    def refresh(self) -> None:
        """Learn what other processes have written; dossiers that they changed are read anew when they are needed."""
        self.memory.refresh(self.projections.forget)
        everywhere = self.memory.inputs.scheme_facts
        self.gate.visible = EVERY if everywhere is None else everywhere

    def _append(self, work: Work, moved: Sequence[Moved]) -> None:
        also: list[Appended] = [
            *work.also,
            *(
                (statement, rows)
                for statement, rows in (
                    (private.INSERT, work.private),
                    (aside.REJECT, work.rejects),
                    (aside.PARK, work.parks),
                    (aside.UNPARK, work.unparks),
                    (aside.AWAIT, work.awaits),
                    (sources.SEE, work.seen),
                    (sources.BRING, [(count, source, count) for source, count in work.brought.items()]),
                )
                if rows
            ),
        ]
        subjects = [s for s in work.before if s != SCHEME_SUBJECT]
        if work.stored or also or moved:
            read = {SCHEME_SUBJECT, *work.before, *work.decided}
            queued = [
                " ".join(map(str, (subject, *self.memory.states[subject])))
                for subject in sorted(read & self.memory.states.keys())
            ]
            positions = self.store.append(
                work.stored,
                read=(self.memory.position, read),
                moved=moved,
                also=also,
                unless=(aside.QUEUED_OF, queued),
            )
            if work.parks or work.unparks or work.awaits:
                self.memory.queues = work.queues  # as they were read; what was done here is read as what others do
                self.memory.follow_queues()
        else:
            positions = ()
        if not positions:
            self.projections.touch(Batch((), self.memory.dossier, subjects), self.memory.position)
            return
        if positions[0] != self.memory.position + 1:
            self.memory.foreign(positions[0] - 1)
            self.projections.forget()
        self.memory.position = positions[-1]
        told = [Recorded(p, version, event) for p, (version, event) in zip(positions, work.told, strict=True)]
        self.projections.project(Batch(told, self.memory.dossier, subjects))

    # --- commands, deadlines, what was set aside -----------------------------------------------------------------

    def submit(
        self,
        fact: CloudEvent,
        *,
        dry_run: bool = False,
        also: Sequence[Appended] = (),
        provided: Callable[[], None] = lambda: None,
    ) -> tuple[list[Event], Event | None]:
        """A person's command: the events it writes, and the refusal where its rules don't allow it.

        A refused command leaves nothing but the recorded attempt; a dry run leaves nothing at all. What is to be done
        `also` is done in the same transaction, unless it is refused. What it is `provided` raises a ValueError where it
        doesn't hold, however often the company is read again. Raises ValueError where the command can't be attributed
        or read.
        """
        told: list[Event] = []
        why: list[Event] = []

        def decide(work: Work) -> None:
            told.clear()
            why.clear()
            now = self.clock() + CLOCK_SKEW
            subject = check_subject(fact.subject)
            self.memory.load([subject])
            known = self.memory.known[subject]
            work.decided.add(subject)
            if fault := untimely(fact, now):
                raise ValueError(fault)
            if null := null_in(fact.model_dump_json().encode()):
                raise ValueError(null.reason)
            if known.dossier.company.name is None and not isinstance(fact.data, _OF_ANYBODY):
                msg = f"{subject} is not registered here: ingest its registration first"
                raise ValueError(msg)
            if subject in self.memory.queues:
                msg = f"{subject} has parked facts: release or drop them first (bonitet parked)"
                raise ValueError(msg)
            horizon = self.horizon()
            if horizon < known.dossier.due_at <= fact.recordedtime:
                due = f"something falls due for {subject} at {known.dossier.due_at:%Y-%m-%d %H:%M} UTC"
                msg = f"{due}, and the facts topics were read up to {horizon:%Y-%m-%d %H:%M} only: wait, then try again"
                raise ValueError(msg)
            provided()
            event, texts = event_of(fact, self.gate.key)
            if mark(event) in known.dossier.known and self.gate.repeat(work, event) is not None:
                msg = f"id {fact.id!r} of {fact.source} was used before: a command is carried out once"
                raise ValueError(msg)
            learned = self._commanded(work, known, event)
            if isinstance(learned, Learned):
                work.private.extend(texts)
                work.also.extend(also)
            else:
                why.append(learned)
                met = self.gate.meet(work, known.dossier)
                attempt = refused(met.dossier, event, learned)
                learned = Learned(attempt.dossier, (*met.events, *attempt.events))
            told.extend(learned.events)
            if dry_run:
                raise _DryRun
            work.take(known, learned)

        with suppress(_DryRun):
            self._commit(decide, (), Summary())
        return told, (why[0] if why else None)

    def _commanded(self, work: Work, known: Known, command: Event) -> Learned | Event:
        """What follows from a command, or the event that refuses it."""
        undoes_two = False
        if isinstance(data := command.data, facts.FactRetracted):
            target = self.gate.find(work, command, data.source or command.source or "", data.fact)
            told = [entry.event for entry in self.memory.history(work, command.subject)]
            undoes_two = target is not None and takes_two(target, told)
        return commanded(known.dossier, command, lambda e: self.gate.learn(work, known, e), undoes_two=undoes_two)

    def unfinished(self) -> list[tuple[str, int]]:
        """The files that were not read to their end, with the last line read."""
        return [(n, at) for n, at in self.store.source_positions().items() if not n.startswith(sources.KAFKA)]

    def horizon(self) -> datetime:
        """Up to when anything can be said to have fallen due: now, or the watermark of what was read from Kafka."""
        with self.store.reading() as c:
            until = sources.reached(c).until
        now = self.clock()
        return now if until is None else min(now, until)

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
        if until > (horizon := self.horizon()):
            read_up_to = f"up to {horizon:%Y-%m-%d %H:%M:%S} UTC" if horizon > BEGINNING else "nowhere to their end"
            msg = f"the facts topics were read {read_up_to}: let `bonitet work` catch up, or a holder is judged unheard"
            raise UnfinishedSource(msg)
        self.refresh()
        self._refuse_a_parked_scheme()
        total = Summary()
        self.sweep(total)
        with self.store.reading() as c:
            subjects = self.projections.register_stale(c, until)
        self._enforce_all([s for s in subjects if s not in self.memory.queues], until, total, progress)
        return total

    def _refuse_a_parked_scheme(self) -> None:
        if SCHEME_SUBJECT in self.memory.queues:
            msg = f"{SCHEME_SUBJECT} has parked facts: release or drop them first (bonitet parked)"
            raise UnfinishedSource(msg)

    def to_be_met(self) -> int:
        """How many scheme-wide facts every company has to meet: those that every source has brought."""
        return min(self.gate.visible, len(self.memory.scheme_facts))

    def sweep(self, total: Summary, progress: Progress | None = None) -> None:
        """Bring scheme-wide facts to every company with certificates that has not met them; can be resumed."""
        self.refresh()
        count = self.to_be_met()
        if self.projections.swept() >= count:
            return
        if self.store.projected(READ_MODELS) < self.projections.begin_sweep(count, self.memory.position):
            return  # who holds a certificate by now isn't known yet, and would be left out for good
        latest = self.memory.scheme_facts[count - 1].recorded_at
        while subjects := self.projections.unswept(count, self.settings.batch):
            self._enforce_all([s for s in subjects if s not in self.memory.queues], latest, total, progress, sweep=True)
            self.projections.mark_swept(count, subjects[-1])
        self.projections.finish_sweep(count)

    def _enforce_all(
        self, subjects: list[str], until: datetime, total: Summary, progress: Progress | None, *, sweep: bool = False
    ) -> None:
        # Those in memory first: read one after the other, the others would put each of them out before its turn.
        ordered = sorted(subjects, key=lambda subject: subject not in self.memory.known)
        with few_collections():
            for start in range(0, len(ordered), self.settings.batch):
                part = ordered[start : start + self.settings.batch]
                self._commit(partial(self._enforce_part, part, until, sweep), (), total)
                if progress:
                    progress(total)

    def _enforce_part(self, part: list[str], until: datetime, sweep: bool, work: Work) -> None:  # noqa: FBT001 - bound once
        if not sweep:
            self._refuse_a_parked_scheme()
        open_ones = [subject for subject in part if subject not in self.memory.queues]
        self.memory.load(open_ones)
        for subject in open_ones:
            known = self.memory.known[subject]
            try:
                met = self.gate.meet(work, known.dossier)
                done = met if sweep else enforce(met.dossier, until)
            except NOT_OURS:
                raise
            except Exception as defect:  # noqa: BLE001 - one company's must not stop the others'
                work.summary.defects += (f"{subject}: {defect_of(defect)}",)
                continue
            learned = Learned(done.dossier, met.events if sweep else (*met.events, *done.events))
            if learned.events or learned.dossier is not known.dossier:
                work.take(known, learned)

    def foreseen(self, subject: str, until: datetime) -> Dossier:
        """The dossier as it will stand, or stood, once everything due by then has fallen due; writes nothing."""
        met = self.gate.meet(Work(), self.memory.dossier(subject), until)
        return enforce(met.dossier, until).dossier

    def release(self, subject: str, total: Summary | None = None) -> Summary:
        """Decide the parked facts of a company again, in order, until one has to wait again."""
        total = total or Summary()

        def decide(work: Work) -> None:
            with self.store.reading() as c:
                waiting = aside.waiting(c, subject=subject)
            self.memory.queues.pop(subject, None)
            work.decided.add(subject)
            ahead: set[int] = set()
            while waiting:
                row = waiting.pop(0)
                outcome = self._again(work, row)
                if isinstance(outcome, Undecidable):
                    # What it awaits may wait behind it.
                    behind = next((r for r in waiting if self._awaited(r, outcome.awaits)), None)
                    if behind is None or behind.number in ahead:
                        self.memory.queues[subject] = outcome.awaits
                        if row.awaits != outcome.awaits:
                            work.awaits.append((outcome.reason, outcome.awaits, row.number))
                        return
                    ahead.add(behind.number)
                    waiting.remove(behind)
                    waiting[:0] = behind, row
                    continue
                work.unparks.append(("released", row.number))
                work.summary.released += 1

        for other in self._commit(decide, (), total).release:
            if other != subject:
                self.release(other, total)
        return total

    def _again(self, work: Work, row: aside.Parked) -> Unreadable | Undecidable | None:
        fact = read(Line(row.position, row.payload), self.settings.longest_line)
        now = self.clock() + CLOCK_SKEW
        outcome = self.gate.attribute(work, row.source, fact, now) if isinstance(fact, CloudEvent) else fact
        if isinstance(outcome, Unreadable):
            work.summary.rejected += 1
            payload = digest(row.payload)
            work.rejects.append((row.source, row.position, outcome.reason, row.payload, 1, payload))
        return outcome

    def _awaited(self, row: aside.Parked, awaits: str | None) -> bool:
        if awaits is None:
            return False
        fact = read(Line(row.position, row.payload), self.settings.longest_line)
        return isinstance(fact, CloudEvent) and releases(fact, awaits)

    def release_due(self, total: Summary) -> None:
        """Release what has got what it awaits, where a process ended before it came to that."""
        self.refresh()
        awaiting = {s: awaited for s, awaited in self.memory.queues.items() if awaited is not None}
        self.memory.load(awaiting)
        for subject, awaited in awaiting.items():
            if awaited == "registration":
                due = self.memory.dossier(subject).company.name is not None
            else:
                due = any(f"{r.event.source} {r.event.fact}" == awaited for r in self.store.history(subject))
            if due:
                self.release(subject, total)

    def drop(self, subject: str, number: int, reason: str) -> bool:
        """Give up a parked fact for good, with the reason why; the ones behind it can be released then.

        False, with nothing changed, where it no longer waits.
        """
        with self.store.transaction() as c:
            dropped = c.execute(
                aside.parked.update()
                .where(
                    aside.parked.c.number == number,
                    aside.parked.c.subject == subject,
                    aside.parked.c.state == "waiting",
                )
                .values(state="dropped", note=reason)
            )
        self.memory.load_queues()
        return dropped.rowcount == 1


def _batches(lines: Iterable[Line], most: int) -> Iterator[list[Line]]:
    """Lines in stretches of so many at most, and of fewer where they are long."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line.payload)
        if len(batch) == most or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _halves(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """The first and the second half of some stretches, each of which moves its positions on by itself."""
    first: list[Part] = []
    second: list[Part] = []
    left = sum(len(part.lines) for part in parts) // 2
    for part in parts:
        lines = part.lines
        if left >= len(lines):
            first.append(part)
        elif left <= 0:
            second.append(part)
        else:
            cut = lines[left].position if part.scheme_facts is not None else lines[left - 1].position
            first.append(replace(part, reached=cut, lines=lines[:left]))
            second.append(replace(part, position=cut, lines=lines[left:]))
        left -= min(left, len(lines))
    return first, second


class _DryRun(Exception):
    """Nothing of this is to be written."""
