"""The read models on PostgreSQL for the peers: the very same projections write the very same tables, by a cursor."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Delete, Table, create_engine, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.store.projecting import MODELS
from projections import agenda, audit, register, worklist

TABLES: tuple[Table, ...] = MODELS

_DIALECT = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]


class NotEmpty(Exception):
    """A measurement would find what an earlier one has left."""


class Cursor(Protocol):
    """What the projections need of a cursor of psycopg, whatever its rows look like."""

    def execute(self, query: bytes, params: Sequence[Any], *, prepare: bool | None = None) -> object:
        """Run one statement."""

    def executemany(self, query: bytes, params_seq: Iterable[Sequence[Any]]) -> object:
        """Run it with each of these parameters."""


class Rows:
    """Stands where the projections expect their connection, and hands their rows to a cursor.

    With `again` rows that are there already are left as they are, since what is processed twice is written twice.
    """

    dialect = _DIALECT

    def __init__(self, cursor: Cursor, *, again: bool = False) -> None:
        self.again = again
        self._cursor = cursor

    def send(self, statement: bytes, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a statement with each of these rows."""
        if len(rows) == 1:
            self._cursor.execute(statement, rows[0], prepare=True)
        elif rows:
            self._cursor.executemany(statement, rows)

    def execute(self, clause: Delete) -> None:
        """Run a statement of SQLAlchemy."""
        compiled = clause.compile(dialect=_DIALECT)
        self._cursor.execute(str(compiled).encode(), [compiled.params[name] for name in compiled.positiontup or ()])


# --- statements ------------------------------------------------------------------------------------------------------


@lru_cache
def _inserting(table: Table, *, again: bool) -> bytes:
    clause = postgresql.insert(table)
    clause = clause.on_conflict_do_nothing() if again else clause
    return str(clause.compile(dialect=_DIALECT, column_keys=[c.name for c in table.columns])).encode()


@lru_cache
def _deleting(table: Table, column: str) -> bytes:
    return str(table.delete().where(table.c[column] == "").compile(dialect=_DIALECT)).encode()


def _insert_rows(to: Rows, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    to.send(_inserting(table, again=to.again), list(rows))


def _delete_rows(to: Rows, table: Table, column: str, keys: Iterable[str]) -> None:
    to.send(_deleting(table, column), [(key,) for key in keys])


def project_by_cursor() -> None:
    """Let the projections of this process write to `Rows`; their statements are compiled once, not each time."""
    for module in (register, audit, agenda, worklist):
        for name, function in (("insert_rows", _insert_rows), ("delete_rows", _delete_rows)):
            if hasattr(module, name):
                setattr(module, name, function)


def as_connection(rows: Rows) -> Connection:
    """The rows as what the projections ask for: they use no more of a connection than `Rows` has."""
    told: Any = rows
    return told  # type: ignore[no-any-return]


# --- the database ----------------------------------------------------------------------------------------------------


def definitions() -> Iterator[str]:
    """What creates the tables with their indexes."""
    for table in TABLES:
        yield str(CreateTable(table).compile(dialect=_DIALECT))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=_DIALECT))


def parameters(database_url: str) -> dict[str, Any]:
    """How psycopg connects to a database that is named as the settings name it."""
    url = make_url(database_url)
    named = {"host": url.host, "port": url.port, "dbname": url.database, "user": url.username, "password": url.password}
    told = {key: str(value) for key, value in url.query.items()} | named
    return {key: value for key, value in told.items() if value is not None}


def demand_empty(database_url: str) -> None:
    """Raises NotEmpty where there are tables already."""
    with closing(psycopg.connect(**parameters(database_url))) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    if row and row[0]:
        raise NotEmpty(f"the database has {row[0]} tables already: every measurement needs an empty one of its own")


def create(database_url: str, *more: str) -> None:
    """Make the tables, and others besides, in an empty database."""
    with psycopg.connect(**parameters(database_url)) as connection:
        for statement in (*definitions(), *more):
            connection.execute(statement.encode())


def digest(database_url: str) -> str:
    """A hash of the read models, in any order of their rows and without positions in the log; for any database."""
    told = hashlib.sha256()
    engine = create_engine(_with_driver(database_url))
    with engine.connect() as connection:
        for table in TABLES:
            columns = [c for c in table.columns if (table.name, c.name) != ("audit", "position")]
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            told.update(f"{table.name} {len(rows)} {rows}".encode())
    engine.dispose()
    return told.hexdigest()


def _with_driver(database_url: str) -> Any:
    url = make_url(database_url if "://" in database_url else f"sqlite:///{database_url}")
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url
