"""A stretch of the event log on its way into the read models, and how rows are written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData, Table

from domain.dossier import Dossier
from domain.events import Event

metadata = MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its position in the log and its version in its stream."""

    position: int
    version: int
    event: Event


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events, and the dossiers of the companies they belong to as they stand after the last of them."""

    events: Sequence[Recorded]
    dossier: Callable[[str], Dossier]
    subjects: Iterable[str]


def micros(instant: datetime) -> int:
    """Microseconds since 1970 in UTC; exact for every instant that a calendar knows."""
    return round(instant.timestamp() * 1_000_000)


def instant(value: int) -> datetime:
    """The instant of such microseconds."""
    return _EPOCH + timedelta(microseconds=value)


def insert_rows(to: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each a tuple in the order of the table's columns, by one statement of the driver."""
    if rows:
        statement = str(table.insert().compile(dialect=to.dialect, column_keys=[c.name for c in table.columns]))
        to.exec_driver_sql(statement, list(rows))


def delete_rows(to: Connection, table: Table, column: str, keys: Sequence[str]) -> None:
    """Delete the rows of these keys by one statement of the driver."""
    if keys:
        statement = table.delete().where(table.c[column] == "").compile(dialect=to.dialect)
        to.exec_driver_sql(str(statement), [(key,) for key in keys])
