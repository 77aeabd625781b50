"""The engine's main loop: batches of facts through the domain into the store, and on into the read models."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice

from adapters.intake import aside
from adapters.intake.gate import CLOCK_SKEW, NOT_OURS, Gate, defect_of, event_of, plausible, releases, untimely
from adapters.intake.memory import Memory
from adapters.intake.reading import Line, Undecidable, Unreadable, digest, read
from adapters.intake.work import Summary, Work
from adapters.settings import Settings
from adapters.store import private
from adapters.store.collector import few_collections
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.projecting import Projections
from adapters.store.recorder import Conflict
from adapters.store.store import Store
from domain import facts
from domain.dossier import Dossier, mark
from domain.events import Event
from domain.identity import SCHEME_SUBJECT, check_subject
from domain.recording import Learned, enforce, refusal, refused
from domain.schemes.scheme import Scheme
from domain.wire import CloudEvent
from projections.batch import Batch, Recorded

ATTEMPTS = 8

Progress = Callable[[Summary], None]


class UnfinishedSource(Exception):
    """Deadlines are not enforced past what has been read."""


class Engine:
    """One process that takes in facts, commands and deadlines for all companies of an installation."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.memory = Memory(store, Scheme(policy=settings.policy), settings.cache)
        self.gate = Gate(self.memory, store.key, clock)
        self.projections = Projections(store, self.memory, settings.cache)
        if store.projected(READ_MODELS) != self.memory.position or self.projections.outlook_is_stale():
            self.projections.catch_up()

    # --- batches -------------------------------------------------------------------------------------------------

    def ingest(self, source: str, lines: Iterator[Line], progress: Progress | None = None) -> Summary:
        """Read a source to its end; `lines` begin after the position at which an earlier run was interrupted."""
        total = Summary()
        position = self.store.source_position(source)
        self._release_due(total)
        with few_collections():
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
            named = {f.subject for _, f in facts_read if isinstance(f, CloudEvent)} - self.memory.known.keys()
            self.memory.load(filter(plausible, sorted(named)))
            now = self.clock() + CLOCK_SKEW
            for line, fact in facts_read:
                self.gate.admit(work, source, line, fact, now)

        release = self._commit(admit_all, moved, total)
        for subject in release:
            self.release(subject, total)

    def _commit(self, work_on: Callable[[Work], None], moved: tuple[str, int, int] | None, total: Summary) -> list[str]:
        """Decide, append and project one batch; on a conflict only the companies concerned are read again."""
        for _ in range(ATTEMPTS):
            self.memory.refresh(self.projections.forget)
            work = Work()
            try:
                work_on(work)
                self._append(work, moved)
            except Conflict:
                self.memory.undo(work)
            except BaseException:
                self.memory.undo(work)
                raise
            else:
                total.add(work.summary)
                self.memory.trim()
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
            read = (self.memory.position, {SCHEME_SUBJECT, *work.before, *(str(row[0]) for row in work.parks)})
            unless = (aside.QUEUED, self.memory.queued)
            positions = self.store.append(work.stored, read=read, moved=moved, also=also, unless=unless)
            if work.parks or work.unparks or work.awaits:
                self.memory.load_queues()
        else:
            positions = ()
        if not positions:
            self.projections.touch(Batch((), self.memory.dossier, subjects), self.memory.position)
            return
        if positions[0] != self.memory.position + 1:
            self.memory.foreign(positions[0] - 1)
            self.projections.forget()
        self.memory.position = positions[-1]
        if work.schemes:
            self.memory.scheme_positions = [r.position for r in self.store.scheme_facts()]
        told = [Recorded(p, version, event) for p, (version, event) in zip(positions, work.told, strict=True)]
        self.projections.project(Batch(told, self.memory.dossier, subjects))

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
            self.memory.load([subject])
            known = self.memory.known[subject]
            if fault := untimely(fact, now):
                raise ValueError(fault)
            if known.dossier.company.name is None and not isinstance(fact.data, facts.CompanyRegistered):
                msg = f"{subject} is not registered here: ingest its registration first"
                raise ValueError(msg)
            if subject in self.memory.queues:
                msg = f"{subject} has parked facts: release or drop them first (bonitet parked)"
                raise ValueError(msg)
            event, texts = event_of(fact, self.gate.key)
            if mark(event) in known.dossier.known and self.gate.repeat(work, event) is not None:
                msg = f"id {fact.id!r} of {fact.source} was used before: a command is carried out once"
                raise ValueError(msg)
            learned = self.gate.learn(work, known, event)
            refused_by = refusal(learned, event)
            if refused_by is None:
                work.private.extend(texts)
            else:
                why.append(refused_by)
                met = self.gate.meet(work, known.dossier)
                attempt = refused(met.dossier, event, refused_by)
                learned = Learned(attempt.dossier, (*met.events, *attempt.events))
            told.extend(learned.events)
            if dry_run:
                raise _DryRun
            work.take(known, learned)

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
        if SCHEME_SUBJECT in self.memory.queues:
            msg = f"{SCHEME_SUBJECT} has parked facts: release or drop them first (bonitet parked)"
            raise UnfinishedSource(msg)
        total = Summary()
        self.sweep(total)
        with self.store.reading() as c:
            subjects = self.projections.register_stale(c, until)
        self._enforce_all([s for s in subjects if s not in self.memory.queues], until, total, progress)
        return total

    def sweep(self, total: Summary, progress: Progress | None = None) -> None:
        """Bring scheme-wide facts to every company with certificates that has not met them; can be resumed."""
        behind = self.projections.swept()
        if behind >= len(self.memory.scheme_facts):
            return
        latest = self.memory.scheme_facts[-1].recorded_at
        count = len(self.memory.scheme_facts)
        while subjects := self.projections.unswept(self.settings.batch):
            self._enforce_all([s for s in subjects if s not in self.memory.queues], latest, total, progress, sweep=True)
            self.projections.mark_swept(subjects[-1])
        self.projections.finish_sweep(count)

    def _enforce_all(
        self, subjects: list[str], until: datetime, total: Summary, progress: Progress | None, *, sweep: bool = False
    ) -> None:
        for start in range(0, len(subjects), self.settings.batch):
            part = subjects[start : start + self.settings.batch]

            def decide(work: Work, part: list[str] = part) -> None:
                self.memory.load(part)
                for subject in part:
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

            self._commit(decide, None, total)
            if progress:
                progress(total)

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

        for other in self._commit(decide, None, total):
            if other != subject:
                self.release(other, total)
        return total

    def _again(self, work: Work, row: aside.Parked) -> Unreadable | Undecidable | None:
        fact = read(Line(row.position, row.payload), self.settings.longest_line)
        outcome = self.gate.attribute(work, fact, self.clock() + CLOCK_SKEW) if isinstance(fact, CloudEvent) else fact
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

    def _release_due(self, total: Summary) -> None:
        """Release what has got what it awaits, where a process ended before it came to that."""
        self.memory.refresh(self.projections.forget)
        awaiting = {s: awaited for s, awaited in self.memory.queues.items() if awaited is not None}
        self.memory.load(awaiting)
        for subject, awaited in awaiting.items():
            if awaited == "registration":
                due = self.memory.dossier(subject).company.name is not None
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
        self.memory.load_queues()


class _DryRun(Exception):
    """Nothing of this is to be written."""
