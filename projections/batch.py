"""A stretch of the event log on its way into the read models, and how rows are written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, MetaData, String, Table

from domain.dossier import Dossier
from domain.events import Event

metadata = MetaData()

# A company's streams, and pages of subjects, are read as ranges of text. SQLite compares byte by byte, PostgreSQL by
# the rules of the language that its database was made for: there a range may lack streams of the company, or hold some
# of another. "C" is byte by byte everywhere.
Text = String().with_variant(String(collation="C"), "postgresql")

# Positions, versions and offsets only grow, past 32 bits too. SQLite's INTEGER has 64 already, and it numbers rows by
# itself only where a key is called just that.
Whole = BigInteger().with_variant(Integer, "sqlite")

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


def of_company(stream: ColumnElement[str], subject: str) -> ColumnElement[bool]:
    """Whether a stream is that of one of a company's certificates: a range of the index, which LIKE would not be.

    Two comparisons, for PostgreSQL doesn't take a collation inside of BETWEEN.
    """
    return (stream > f"{subject}/") & (stream < f"{subject}0")


def micros(instant: datetime) -> int:
    """Microseconds since 1970 in UTC; exact for every instant that a calendar knows."""
    return round(instant.timestamp() * 1_000_000)


def instant(value: int) -> datetime:
    """The instant of such microseconds."""
    return _EPOCH + timedelta(microseconds=value)


def insert_rows(to: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each a tuple in the order of the table's columns, in the fastest way that the driver has."""
    if not rows:
        return
    if to.dialect.name == "postgresql":
        columns = ", ".join(c.name for c in table.columns)
        with _driver(to).cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    statement = str(table.insert().compile(dialect=to.dialect, column_keys=[c.name for c in table.columns]))
    to.exec_driver_sql(statement, list(rows))


def delete_rows(to: Connection, table: Table, column: str, keys: Sequence[str]) -> None:
    """Delete the rows of these keys by one statement of the driver."""
    if not keys:
        return
    if to.dialect.name == "postgresql":
        to.exec_driver_sql(f"DELETE FROM {table.name} WHERE {column} = ANY(%s)", (list(keys),))  # noqa: S608 - our own names
        return
    statement = table.delete().where(table.c[column] == "").compile(dialect=to.dialect)
    to.exec_driver_sql(str(statement), [(key,) for key in keys])


def _driver(to: Connection) -> Any:
    return to.connection.driver_connection
