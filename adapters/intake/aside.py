"""What could not be recorded: rejected for good, or parked until somebody or something releases it.

Both hold the payload as it came, personal data included, so they belong to the erasable part of the store; neither is
ever history.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, Table, select

from projections.batch import Text, Whole, metadata

rejected = Table(
    "rejected",
    metadata,
    Column("number", Whole, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("position", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("whole", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("rejected_once", rejected.c.source, rejected.c.position, rejected.c.hash, unique=True)

parked = Table(
    "parked",
    metadata,
    Column("number", Whole, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("position", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("awaits", Text),
    Column("payload", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text),
    sqlite_autoincrement=True,
)
_is_waiting = parked.c.state == "waiting"
Index("parked_waiting", parked.c.number, sqlite_where=_is_waiting, postgresql_where=_is_waiting)

REJECT = (
    "INSERT INTO rejected (source, position, reason, payload, whole, hash, state) VALUES (?,?,?,?,?,?,'open') "
    "ON CONFLICT DO NOTHING"
)
PARK = (
    "INSERT INTO parked (subject, source, position, reason, awaits, payload, hash, since, state) "
    "VALUES (?,?,?,?,?,?,?,?,'waiting')"
)
UNPARK = "UPDATE parked SET state=? WHERE number=?"
# What was erased keeps its number and its hash, so that nothing comes in its place.
ERASE = {
    # Lines may mention several companies: of two erasures at once the second fails at the state that can't be empty.
    "rejected": "UPDATE rejected SET payload=?, whole=0, reason='erased', "
    "state=CASE state WHEN 'erased' THEN NULL ELSE 'erased' END WHERE number=?",
    "parked": "UPDATE parked SET payload=?, reason='erased', note=NULL, state='erased' "
    "WHERE number=? AND state<>'waiting'",
}
AWAIT = "UPDATE parked SET reason=?, awaits=? WHERE number=?"

# Differs whenever somebody has parked, released or dropped anything, or knows better what is awaited.
QUEUED = (
    "SELECT (SELECT COALESCE(MAX(number), 0) FROM parked), COUNT(*), "
    "CAST(COALESCE(SUM(LENGTH(awaits)), 0) AS BIGINT), CAST(COALESCE(SUM(number), 0) AS BIGINT) "
    "FROM parked WHERE state='waiting'"
)
# The same for each company of a list in JSON that has parked facts.
QUEUED_OF = (
    "SELECT subject, MAX(number), COUNT(*), COALESCE(SUM(LENGTH(awaits)), 0), SUM(number) "
    "FROM parked WHERE state='waiting' AND subject IN (SELECT value FROM json_each(?)) GROUP BY 1 ORDER BY 1"
)


class State(NamedTuple):
    """What tells one state of some parked facts from another: last number, count, letters awaited, sum of numbers."""

    last: int = 0
    waiting: int = 0
    awaited: int = 0
    numbers: int = 0

    def and_then(self, number: int, awaits: str | None) -> "State":
        """With one more."""
        return State(number, self.waiting + 1, self.awaited + len(awaits or ""), self.numbers + number)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no fact, with its position in its source and the reason."""

    number: int
    source: str
    position: int
    reason: str
    payload: bytes
    whole: bool
    state: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A fact that waits; `awaits` is what would release it by itself: `registration`, or a fact's source and id."""

    number: int
    subject: str
    source: str
    position: int
    reason: str
    awaits: str | None
    payload: bytes
    since: str
    state: str
    note: str | None


def rejects(of: Connection, *, state: str | None = "open") -> list[Rejected]:
    """What was rejected, in order."""
    wanted = select(rejected).order_by(rejected.c.number)
    if state is not None:
        wanted = wanted.where(rejected.c.state == state)
    return [
        Rejected(r.number, r.source, r.position, r.reason, r.payload, bool(r.whole), r.state)
        for r in of.execute(wanted)
    ]


def waiting(of: Connection, *, subject: str | None = None, state: str | None = "waiting") -> list[Parked]:
    """What is parked, in the order in which it came."""
    wanted = select(parked).order_by(parked.c.number)
    if subject is not None:
        wanted = wanted.where(parked.c.subject == subject)
    if state is not None:
        wanted = wanted.where(parked.c.state == state)
    return [
        Parked(r.number, r.subject, r.source, r.position, r.reason, r.awaits, r.payload, r.since, r.state, r.note)
        for r in of.execute(wanted)
    ]


def queued(of: Connection) -> State:
    """What tells one state of the queues from another."""
    return State(*of.exec_driver_sql(QUEUED).one())


def parked_after(of: Connection, number: int) -> list[tuple[str, int, str | None]]:
    """Company, number and what is awaited of each fact that was parked after a number, and waits, in their order."""
    c = parked.c
    wanted = select(c.subject, c.number, c.awaits).where(c.state == "waiting", c.number > number).order_by(c.number)
    return [(row.subject, row.number, row.awaits) for row in of.execute(wanted)]


def queues(of: Connection) -> dict[str, str | None]:
    """The companies that have parked facts, each with what its first one awaits."""
    first: dict[str, str | None] = {}
    for subject, _, awaits in parked_after(of, 0):
        first.setdefault(subject, awaits)
    return first
