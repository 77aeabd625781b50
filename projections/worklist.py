"""The worklists of the back office: what is open, what it waits for, by when, and whose it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Table, select

from domain.dossier import Dossier
from domain.matters import Waits
from domain.rules import Rule
from domain.worklist import TASK, Line, lines
from projections.batch import Batch, Text, delete_rows, insert_rows, instant, metadata, micros

worklist = Table(
    "worklist",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("order_number", Text),
    Column("state", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("waits_for", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("rule", Text),
    Column("assigned_to", Text),
    Column("breached", Boolean(create_constraint=False), nullable=False),
    sqlite_with_rowid=False,
)
Index("worklist_by_due", worklist.c.due_at)

NAME = "worklist"
TABLES = (worklist,)


@dataclass(frozen=True, slots=True)
class Open:
    """One line of a worklist: of which company, and what."""

    subject: str
    line: Line


class Worklist:
    """Keeps the worklist up to date; remembers what it wrote last, so that only what changed is written again."""

    def __init__(self, remember: int) -> None:
        self._remember = remember
        self._written: dict[str, tuple[tuple[object, ...], tuple[Line, ...]]] = {}

    def project(self, batch: Batch, to: Connection) -> None:
        """Write the lines of each company for which they differ after this batch."""
        gone: list[str] = []
        fresh: list[tuple[object, ...]] = []
        for subject in batch.subjects:
            self._subject(batch.dossier(subject), gone, fresh)
        delete_rows(to, worklist, "subject", gone)
        insert_rows(to, worklist, fresh)
        while len(self._written) > self._remember:
            self._written.pop(next(iter(self._written)))

    def _subject(self, dossier: Dossier, gone: list[str], fresh: list[tuple[object, ...]]) -> None:
        known = self._written.get(dossier.subject)
        # All that lines are derived from; each is another object once anything of it has changed.
        now = (dossier.certificates, dossier.cases, dossier.matters, dossier.company.proceedings)
        if known is not None and all(a is b for a, b in zip(known[0], now, strict=True)):
            return
        if known is None and not any(now):
            return
        told = lines(dossier)
        if known is None or known[1] != told:
            gone.append(dossier.subject)
            fresh.extend(_row(dossier.subject, line) for line in told)
        self._written[dossier.subject] = now, told

    def forget(self) -> None:
        """Forget what was written: the table is no longer what it was."""
        self._written.clear()


def _row(subject: str, line: Line) -> tuple[object, ...]:
    return (
        *(subject, line.key, line.kind, line.order, line.state, line.what, line.waits_for.value),
        *(micros(line.opened_at), line.due_at and micros(line.due_at), line.rule, line.to, line.breached),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines somebody wants to see; what is None or False asks for nothing.

    `due_before` is an instant; `tasks` asks for tasks alone where it is True, and for all but tasks where it is False.
    """

    subject: str | None = None
    kind: str | None = None
    tasks: bool | None = None
    waits_for: Waits | None = None
    due_before: datetime | None = None
    to: str | None = None
    breached: bool = False

    def fits(self, subject: str, line: Line) -> bool:
        """Whether a line is one of them."""
        return (
            (self.subject is None or subject == self.subject)
            and (self.kind is None or line.kind == self.kind)
            and (self.tasks is None or (line.kind == TASK) is self.tasks)
            and (self.waits_for is None or line.waits_for is self.waits_for)
            and (self.due_before is None or (line.due_at is not None and line.due_at < self.due_before))
            and (self.to is None or line.to == self.to)
            and (line.breached or not self.breached)
        )


def open_lines(of: Connection, wanted: Wanted, limit: int = 1000) -> list[Open]:
    """The lines that somebody wants to see, the soonest due first, then the longest open."""
    c = worklist.c
    query = select(worklist).order_by(c.due_at.is_(None), c.due_at, c.opened_at, c.subject, c.key).limit(limit)
    if wanted.subject is not None:
        query = query.where(c.subject == wanted.subject)
    if wanted.kind is not None:
        query = query.where(c.kind == wanted.kind)
    if wanted.tasks is not None:
        query = query.where((c.kind == TASK) if wanted.tasks else (c.kind != TASK))
    if wanted.waits_for is not None:
        query = query.where(c.waits_for == wanted.waits_for.value)
    if wanted.due_before is not None:
        query = query.where(c.due_at < micros(wanted.due_before))
    if wanted.to is not None:
        query = query.where(c.assigned_to == wanted.to)
    if wanted.breached:
        query = query.where(c.breached)
    return [
        Open(
            r.subject,
            Line(
                *(r.key, r.kind, r.order_number, r.state, r.what, Waits(r.waits_for), instant(r.opened_at)),
                None if r.due_at is None else instant(r.due_at),
                None if r.rule is None else Rule(r.rule),
                *(r.assigned_to, bool(r.breached)),
            ),
        )
        for r in of.execute(query)
    ]
