"""The agenda: what falls due, when, for whom, and how that date was computed."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, Connection, Index, Table, select

from domain.calendar import Term
from domain.dossier import Dossier
from domain.outlook import Item, items
from projections.batch import Batch, Text, delete_rows, insert_rows, instant, metadata, micros

agenda = Table(
    "agenda",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("rule", Text, nullable=False),
    Column("whose", Text, nullable=False),
    Column("term", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("agenda_by_due", agenda.c.due_at)

_TERM = TypeAdapter(Term)

NAME = "agenda"
TABLES = (agenda,)


@dataclass(frozen=True, slots=True)
class Due:
    """One entry of the agenda."""

    subject: str
    about: str
    what: str
    due_at: datetime
    rule: str
    whose: str
    term: Term

    @property
    def begins(self) -> datetime | None:
        """Since when the term runs; None where it is counted back, so that any day before its end will do."""
        return self.term.starts if self.term.starts < self.term.lapses_at else None


class Agenda:
    """Keeps the agenda up to date; remembers what it wrote last, so that only what changed is written again."""

    def __init__(self, remember: int) -> None:
        self._remember = remember
        self._written: dict[str, tuple[tuple[object, ...], tuple[Item, ...]]] = {}

    def project(self, batch: Batch, to: Connection) -> None:
        """Write the entries that differ after this batch."""
        gone: list[str] = []
        fresh: list[tuple[object, ...]] = []
        for subject in batch.subjects:
            self._subject(batch.dossier(subject), gone, fresh)
        delete_rows(to, agenda, "subject", gone)
        insert_rows(to, agenda, fresh)
        while len(self._written) > self._remember:
            self._written.pop(next(iter(self._written)))

    def _subject(self, dossier: Dossier, gone: list[str], fresh: list[tuple[object, ...]]) -> None:
        known = self._written.get(dossier.subject)
        if known is None and not dossier.certificates and not dossier.cases and not dossier.matters:
            return
        now = (dossier.certificates, dossier.cases, dossier.matters)
        if known is not None and all(a is b for a, b in zip(known[0], now, strict=True)):
            return
        told = items(dossier)
        if known is None or known[1] != told:
            gone.append(dossier.subject)
            fresh.extend(_row(dossier.subject, item) for item in told)
        self._written[dossier.subject] = now, told

    def forget(self) -> None:
        """Forget what was written: the tables are no longer what they were."""
        self._written.clear()


def _row(subject: str, item: Item) -> tuple[object, ...]:
    term = item.term
    return (
        subject,
        item.about,
        item.what,
        micros(item.due_at),
        term.rule.value,
        item.whose,
        _TERM.dump_json(term).decode(),
    )


def due(
    of: Connection,
    *,
    after: datetime | None = None,
    until: datetime | None = None,
    subject: str | None = None,
    limit: int = 1000,
) -> list[Due]:
    """What falls due after an instant and until another, the soonest first."""
    wanted = select(agenda).order_by(agenda.c.due_at, agenda.c.subject, agenda.c.what).limit(limit)
    if after is not None:
        wanted = wanted.where(agenda.c.due_at > micros(after))
    if until is not None:
        wanted = wanted.where(agenda.c.due_at <= micros(until))
    if subject is not None:
        wanted = wanted.where(agenda.c.subject == subject)
    return [
        Due(r.subject, r.about, r.what, instant(r.due_at), r.rule, r.whose, _TERM.validate_json(r.term))
        for r in of.execute(wanted)
    ]
