"""The read models kept up to date: in step with the batch just written, or from the log where they fell behind."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, delete, select, text

from adapters.store.collector import few_collections
from adapters.store.store import Overtaken, Store
from adapters.store.tables import installation
from domain.dossier import INERT, Dossier, blank, evolve, moment, with_scheme
from domain.events import DecisionAnnulled, Event
from domain.facts import FactRetracted
from domain.history import Entry, fold
from domain.identity import SCHEME_SUBJECT
from domain.schemes.scheme import Scheme
from domain.telling import Telling
from projections.agenda import TABLES as AGENDA_TABLES
from projections.agenda import Agenda
from projections.audit import TABLES as AUDIT_TABLES
from projections.audit import Audit
from projections.batch import Batch, Recorded
from projections.register import TABLES as REGISTER_TABLES
from projections.register import Register, holders, stale
from projections.worklist import TABLES as WORKLIST_TABLES
from projections.worklist import Worklist

if TYPE_CHECKING:
    from adapters.intake.memory import Memory

NAME = "read models"
CATCH_UP = 10_000
PAGE = 2_000
OUTLOOK = "outlook"
SWEPT = "swept"
GENERATION = "read models generation"


class Follower:
    """Dossiers as the log tells them, up to a position; for projections that read the log and not the writer."""

    def __init__(self, store: Store, memory: "Memory", remember: int) -> None:
        self._store = store
        self._memory = memory
        self._remember = remember
        self._dossiers: dict[str, Dossier] = {}
        self._load_scheme()

    def _load_scheme(self) -> None:
        # Others may have published what the engine has not met yet.
        told = self._store.scheme_facts()
        self._scheme_positions = [r.position for r in told]
        self._schemes = list(accumulate((r.event for r in told), Scheme.meets, initial=self._memory.first_scheme))

    def _scheme_at(self, position: int) -> Scheme:
        return self._schemes[bisect_right(self._scheme_positions, position)]

    def follow(self, told: list[Recorded]) -> Batch:
        """The next stretch of the log as a batch."""
        position = told[-1].position
        again: set[str] = set()
        subjects: dict[str, None] = {}
        missing = {r.event.subject for r in told} - self._dossiers.keys() - {SCHEME_SUBJECT}
        before = told[0].position - 1
        if publishes(told):
            self._load_scheme()
        if before and missing:
            self._load(missing, before)
        for r in told:
            event = r.event
            subject = event.subject
            if subject == SCHEME_SUBJECT:
                continue
            subjects[subject] = None
            dossier = self._dossiers.get(subject) or blank(subject, self._memory.first_scheme)
            if _retells(event, dossier):
                again.add(subject)
            if subject not in again:
                self._dossiers[subject] = evolve(dossier, event)
        self._load(again, position)
        scheme = self._scheme_at(position)
        for subject in subjects:
            dossier = self._dossiers[subject] = self._dossiers.pop(subject)  # now the last to be let go
            if subject not in again and (dossier.certificates or dossier.cases or dossier.matters):
                telling = Telling(with_scheme(dossier, scheme))
                telling.watch()
                self._dossiers[subject] = telling.dossier
        self._trim(len(subjects))
        return Batch(told, self._dossiers.__getitem__, subjects)

    def _trim(self, needed: int) -> None:
        excess = len(self._dossiers) - self._remember - needed
        for subject in list(self._dossiers)[: max(0, excess)]:
            del self._dossiers[subject]

    def _load(self, subjects: Iterable[str], until: int) -> None:
        for subject, told, _ in self._store.histories(sorted(subjects), until):
            history = [Entry(r.version, r.event) for r in told]
            self._dossiers[subject] = fold(subject, self._scheme_at(until), history)

    def outlook(self, subjects: Sequence[str], position: int) -> Batch:
        """Companies as they stand under the scheme of that position, though nothing was told of them."""
        self._load([s for s in subjects if s not in self._dossiers], position)
        scheme = self._scheme_at(position)
        for subject in subjects:
            telling = Telling(with_scheme(self._dossiers.pop(subject), scheme))
            telling.watch()
            self._dossiers[subject] = telling.dossier
        self._trim(len(subjects))
        return Batch((), self._dossiers.__getitem__, subjects)


def publishes(told: Iterable[Recorded]) -> bool:
    """Whether a stretch of the log holds facts of the scheme."""
    return any(r.event.subject == SCHEME_SUBJECT for r in told)


def _retells(event: Event, dossier: Dossier) -> bool:
    data = event.data
    if isinstance(data, DecisionAnnulled | FactRetracted):
        return True
    return event.fact is not None and not isinstance(data, INERT) and moment(event) < dossier.tip


MODELS: tuple[Table, ...] = (*REGISTER_TABLES, *AUDIT_TABLES, *AGENDA_TABLES, *WORKLIST_TABLES)


def models(remember: int) -> tuple[Register, Audit, Agenda, Worklist]:
    """All read models; each remembers what it wrote last of so many companies and certificates."""
    return Register(remember), Audit(), Agenda(remember), Worklist(remember)


class Projections:
    """Register, audit trail, agenda and worklist, moved together in one transaction with their position.

    Where they are `followed`, a projector asks for one stretch of the log after the other; elsewhere whoever finds them
    behind reads the log to its end.
    """

    def __init__(
        self, store: Store, memory: "Memory", remember: int, *, projecting: bool = True, followed: bool = False
    ) -> None:
        self._store = store
        self._memory = memory
        self._remember = remember
        self._projecting = projecting
        self._followed = followed
        self._all = models(remember)
        # Of which generation of the tables it is remembered what they hold.
        self._generation: int | None = None
        # What has read the log up to the position reached, and the last company whose outlook was renewed since.
        self._follower: Follower | None = None
        self._reached = 0
        self._renewed = ""

    def leads(self) -> bool:
        """Whether this process writes the read models; where another does, it is left to that one."""
        return self._projecting and self._store.lead(NAME)

    def project(self, batch: Batch) -> None:
        """Take in a batch that was just written; where others wrote before it, read the log instead."""
        if not self.leads():
            return
        before, after = batch.events[0].position - 1, batch.events[-1].position
        try:
            with self._store.transaction() as to:
                self._move(to, before, after)
                for projection in self._all:
                    projection.project(batch, to)
        except Overtaken:
            self._fell_behind()
        except BaseException:
            self.forget()  # what was rolled back was not written
            raise

    def forget(self) -> None:
        """Somebody else has written to the read models: what was written last is no longer known."""
        for projection in self._all:
            projection.forget()
        self._generation = None

    def _move(self, to: Connection, expected: int, position: int) -> None:
        """Move the position; what is remembered must be of the tables that are written to now."""
        self._store.move_projection(to, NAME, expected, position)
        now = generation(to)
        if self._generation not in {None, now}:
            msg = "the read models were rebuilt meanwhile"
            raise Overtaken(msg)
        self._generation = now

    def touch(self, batch: Batch, position: int) -> None:
        """Take in companies whose outlook changed though nothing was told of them (an announced end of collection)."""
        if not batch.subjects or not self.leads():
            return
        try:
            with self._store.transaction() as to:
                self._move(to, position, position)
                for projection in self._all:
                    projection.project(batch, to)
        except Overtaken:
            self._set(OUTLOOK, "stale")
            self._fell_behind()
        except BaseException:
            self.forget()
            raise

    def _fell_behind(self) -> None:
        self.forget()
        if not self._followed:
            self.catch_up()

    def catch_up(self) -> int:
        """Read the log from the position reached to its end; answers how many events that were."""
        count = 0
        with few_collections():
            while self.leads():
                try:
                    told = self.follow()
                except Overtaken:
                    continue  # by another process, which may have stopped since
                if told is None:
                    break
                count += told
        self._follower = None
        return count

    def follow(self) -> int | None:
        """Take in the next stretch of the log, and at its end a page of an outlook that is stale.

        Answers how many events were taken in, None if there was nothing to do. Raises Overtaken where another process
        was faster: ask again. Whoever doesn't lead doesn't ask.
        """
        position = self._store.projected(NAME)
        if position != self._reached:
            self._follower = None  # others have written, and what it knows is of another position
        told = self._store.stretch(position, CATCH_UP)
        at_the_end = len(told) < CATCH_UP
        if not told and not self.outlook_is_stale():
            return None
        try:
            if self._follower is None:
                self.forget()
                self._follower, self._reached, self._renewed = self._new_follower(), position, ""
            if told:
                position = self._take_in(self._follower, told, position)
            if at_the_end and self.outlook_is_stale():
                self._renew_outlook(self._follower, position)
        except BaseException:
            self._follower = None  # nor is what was rolled back written
            raise
        return len(told)

    def let_go(self) -> None:
        """Let go of what following the log has in memory: somebody else leads."""
        self._follower = None

    def _new_follower(self) -> Follower:
        return Follower(self._store, self._memory, self._remember)

    def _take_in(self, follower: Follower, told: list[Recorded], before: int) -> int:
        batch, position = follower.follow(told), told[-1].position
        with self._store.transaction() as to:
            self._move(to, before, position)
            if publishes(told):
                keep(to, OUTLOOK, "stale")
            for projection in self._all:
                projection.project(batch, to)
        self._reached = position
        if publishes(told):
            self._renewed = ""
        return position

    def outlook_is_stale(self) -> bool:
        """Whether the log told of the scheme, and not yet every company has what it changes for it."""
        return self._value(OUTLOOK) is not None

    def _renew_outlook(self, follower: Follower, position: int) -> None:
        wanted = select(holders.c.subject).where((holders.c.certificates > 0) | holders.c.due_at.is_not(None))
        with self._store.reading() as c:
            after = wanted.where(holders.c.subject > self._renewed).order_by(holders.c.subject).limit(PAGE)
            subjects = list(c.execute(after).scalars())
        batch = follower.outlook(subjects, position)
        with self._store.transaction() as to:
            self._move(to, position, position)
            for projection in self._all:
                projection.project(batch, to)
            if not subjects:
                keep(to, OUTLOOK, None)
        self._renewed = subjects[-1] if subjects else ""

    def rebuild(self) -> int:
        """Empty the read models and read the whole log again; answers how many events that were."""
        with self._store.transaction() as to:
            for table in MODELS:
                to.execute(delete(table))
            position = self._store.projected(NAME)
            if position:
                self._store.move_projection(to, NAME, position, 0)
            begin_generation(to)
        return self.catch_up()

    def register_stale(self, of: Connection, until: datetime) -> list[str]:
        """The companies for which something falls due by then."""
        return stale(of, until)

    # --- the sweep of scheme-wide facts --------------------------------------------------------------------------

    def swept(self) -> int:
        """How many scheme-wide facts every company has met."""
        return int(self._value(SWEPT) or 0)

    def begin_sweep(self, count: int, position: int) -> int:
        """Where the log was when the sweep of that many scheme-wide facts came due: who comes later has met them."""
        of, _, begun = (self._value("sweep begun") or "").partition(" ")
        if of == str(count):
            return int(begun)
        self._set("sweep begun", f"{count} {position}")
        return position

    def unswept(self, count: int, limit: int) -> list[str]:
        """The next companies with certificates to which the sweep of that many scheme-wide facts has not come."""
        of, _, reached = (self._value("sweep reached") or "").partition(" ")
        after = reached if of == str(count) else ""
        with self._store.reading() as c:
            wanted = select(holders.c.subject).where(holders.c.certificates > 0, holders.c.subject > after)
            return list(c.execute(wanted.order_by(holders.c.subject).limit(limit)).scalars())

    def mark_swept(self, count: int, subject: str) -> None:
        """The sweep of that many scheme-wide facts has come as far as this company."""
        self._set("sweep reached", f"{count} {subject}")

    def finish_sweep(self, count: int) -> None:
        """Every company has met that many scheme-wide facts."""
        self._set(SWEPT, str(count))

    def _value(self, name: str) -> str | None:
        with self._store.reading() as c:
            return c.execute(select(installation.c.value).where(installation.c.name == name)).scalar()

    def _set(self, name: str, value: str) -> None:
        with self._store.transaction() as c:
            keep(c, name, value)


def generation(of: Connection) -> int:
    """How many times the read models were rebuilt: what somebody remembers of them is true of one generation only."""
    return int(of.execute(select(installation.c.value).where(installation.c.name == GENERATION)).scalar() or 0)


def begin_generation(to: Connection) -> None:
    """The read models are others from here on, though they may stand at the same position."""
    keep(to, GENERATION, str(generation(to) + 1))


def keep(to: Connection, name: str, value: str | None) -> None:
    """Note something of the installation under a name; None forgets it."""
    if value is None:
        to.execute(delete(installation).where(installation.c.name == name))
    else:
        # At one stroke: two that keep it at once would else both find nothing to delete, and one could not insert.
        to.execute(_KEPT, {"name": name, "value": value})


_KEPT = text(
    "INSERT INTO installation (name, value) VALUES (:name, :value) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
