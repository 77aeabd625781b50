"""The audit trail: every event, what it is, when it holds, when we knew it, who or what caused it, by which rule."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, Table, select

from projections.batch import Batch, Text, Whole, insert_rows, instant, metadata, micros, of_company

audit = Table(
    "audit",
    metadata,
    Column("position", Whole, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("name", Text, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("cause", Text),
    Column("source", Text),
    Column("actor", Text),
    Column("role", Text),
    Column("rule", Text),
    Column("editions", Text),
)
Index("audit_by_stream", audit.c.stream)

NAME = "audit"
TABLES = (audit,)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail; `cause` is the fact itself for a recorded fact, else what a decision followed from."""

    position: int
    stream: str
    version: int
    name: str
    effective_at: datetime
    recorded_at: datetime
    cause: str | None
    source: str | None
    actor: str | None
    role: str | None
    rule: str | None
    editions: str | None


class Audit:
    """Writes the trail."""

    def project(self, batch: Batch, to: Connection) -> None:
        """One row for every event."""
        rows = [
            (
                r.position,
                e.stream,
                r.version,
                type(e.data).__name__,
                micros(e.effective_at),
                micros(e.recorded_at),
                e.cause if e.fact is None else e.fact,
                e.source,
                e.actor,
                e.role,
                e.rule,
                e.editions,
            )
            for r in batch.events
            for e in (r.event,)
        ]
        insert_rows(to, audit, rows)

    def forget(self) -> None:
        """Nothing is remembered."""


def trail(
    of: Connection,
    *,
    subject: str | None = None,
    actor: str | None = None,
    rule: str | None = None,
    name: str | None = None,
    after: int = 0,
    limit: int = 1000,
) -> list[Line]:
    """The trail in the order in which it was written, narrowed by company, actor, rule or event."""
    wanted = select(audit).where(audit.c.position > after).order_by(audit.c.position).limit(limit)
    if subject is not None:
        wanted = wanted.where((audit.c.stream == subject) | of_company(audit.c.stream, subject))
    for column, value in ((audit.c.actor, actor), (audit.c.rule, rule), (audit.c.name, name)):
        if value is not None:
            wanted = wanted.where(column == value)
    return [
        Line(
            **{
                **row._asdict(),
                "effective_at": instant(row.effective_at),
                "recorded_at": instant(row.recorded_at),
            }
        )
        for row in of.execute(wanted)
    ]
