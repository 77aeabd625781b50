"""The messages that came in, by number: what became of each, and which wait for a person.

What a message says stands in the raw message alone, which is kept by its hash and can be erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, func, insert, select, update

from projections.batch import Text, Whole, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("number", Whole, primary_key=True, autoincrement=True),
    Column("message", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, index=True),
    Column("reason", Text),
    Column("subject", Text, index=True),
    Column("order_number", Text),
    Column("sender", Text),
    Column("sent_at", Text),
    Column("taken_at", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    Column("acknowledged_at", Text),
    sqlite_autoincrement=True,
)

SETTLE = "UPDATE inbox SET state=?, reason=?, subject=?, order_number=? WHERE message=?"
# What it came from is told apart no more, once the message is erased.
FORGET = "UPDATE inbox SET sender=NULL WHERE message=?"
ACKNOWLEDGE = "UPDATE inbox SET acknowledged_at=? WHERE message=?"


class State(StrEnum):
    """What became of a message: it waits, concerns a company, tells of a letter of ours, or is no message."""

    OPEN = "open"
    RECEIVED = "received"
    RETURNED = "returned"
    BROKEN = "broken"
    DISMISSED = "dismissed"


WAITS = (State.OPEN, State.BROKEN)  # for a person


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that came in; `sender` tells addresses apart without saying them, `due_at` is until when it is read."""

    number: int
    message: str
    state: State
    reason: str | None
    subject: str | None
    order: str | None
    sender: str | None
    sent_at: datetime | None
    taken_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        *(row.number, row.message, State(row.state), row.reason, row.subject, row.order_number, row.sender),
        sent_at=_at(row.sent_at),
        taken_at=datetime.fromisoformat(row.taken_at),
        due_at=datetime.fromisoformat(row.due_at),
        acknowledged_at=_at(row.acknowledged_at),
    )


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def of_hash(c: Connection, message: str) -> Kept | None:
    """A message by its SHA-256."""
    row = c.execute(select(inbox).where(inbox.c.message == message)).first()
    return None if row is None else _kept(row)


def of_number(c: Connection, number: int) -> Kept | None:
    """A message by its number."""
    row = c.execute(select(inbox).where(inbox.c.number == number)).first()
    return None if row is None else _kept(row)


def listed(c: Connection, states: Sequence[State] = WAITS) -> list[Kept]:
    """The messages in these states, in the order in which they came in."""
    return [_kept(row) for row in c.execute(select(inbox).where(inbox.c.state.in_(states)).order_by(inbox.c.number))]


def acknowledged_since(c: Connection, sender: str, since: datetime) -> int:
    """How often the receipt of a sender's messages was acknowledged since an instant."""
    wanted = select(func.count()).where(inbox.c.sender == sender, inbox.c.acknowledged_at > since.isoformat())
    return int(c.execute(wanted).scalar_one())


def put(c: Connection, message: str, **told: Any) -> None:
    """Keep a message that came in, unless it is known."""
    if of_hash(c, message) is None:
        c.execute(insert(inbox).values(message=message, **told))


def change(c: Connection, message: str, **told: Any) -> None:
    """What became of a message."""
    c.execute(update(inbox).where(inbox.c.message == message).values(told))
