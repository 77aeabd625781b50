"""An installation in PostgreSQL: several processes write one log, by one call of the database each.

What it adds to the library's recorder: positions in the order of commits without holes, a source's position that
moves by compare-and-set only, the refusal of an append whose companies somebody else has touched, and a session that
never idles with the lock in its hand.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, zip_longest
from time import sleep
from typing import Any

import psycopg
from eventsourcing.persistence import OperationalError, PersistenceError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg.rows import dict_row, tuple_row
from sqlalchemy import Connection, create_engine

from adapters.store import schema
from adapters.store.recorder import Appended, Conflict, Moved, PositionMoved
from adapters.store.store import Row, Store, Unavailable, own_key, url_of

CHANNEL = "bonitet"
POOL = 4
LOCK_FOR, IDLE_FOR = 30, 15  # seconds

_CONFLICT, _MOVED, _LOCKED = "BN001", "BN002", "55P03"
_APPEND = "SELECT bonitet_append(%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b)"
# Whoever waits for a server whose machine is gone must not do so for hours.
_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 10}
# Nor must a process whose machine is gone lead, or hold the lock, for hours: the server has to ask as well. And having
# waited for the lock, one has to see what was done meanwhile, whatever a database has for its default.
_SESSION = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "default_transaction_isolation": r"read\ committed",
}


class Recorder(PostgresProcessRecorder):
    """The library's process recorder with the append of `append.sql`; its tables are made by the migrations."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, tracking_table_name="tracking")
        self.channel_name = CHANNEL  # for the library's subscriptions

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append in one transaction; see the store for what may be asked. Never tried again by itself.

        After a lost answer nobody knows whether it was written: whoever asked looks, and decides again.
        """
        try:
            with self.datastore.get_connection() as connection:
                return _append(connection, self, stored_events, **kwargs)
        except PersistenceError as fault:
            code = getattr(fault.__cause__, "sqlstate", None)
            if code == _CONFLICT:
                last, clash = json.loads(_message(fault))
                raise Conflict(set(clash), last) from None
            if code == _MOVED:
                raise PositionMoved(*json.loads(_message(fault))) from None
            if code == _LOCKED:
                raise OperationalError(_HELD.format(LOCK_FOR)) from fault
            raise


_HELD = (
    "waited {} s in vain: another session appends, or has this source's position, and doesn't end its transaction; "
    "pg_stat_activity and pg_locks tell which one, pg_terminate_backend ends it"
)


def _message(fault: PersistenceError) -> str:
    return str(fault.__cause__.diag.message_primary)  # type: ignore[union-attr]  # a psycopg.Error, as its code says


def _append(
    connection: psycopg.Connection[Any],
    recorder: Recorder,
    events: Sequence[StoredEvent],
    *,
    tracking: Tracking | None = None,
    moved: Sequence[Moved] = (),
    read: tuple[int, set[str]] | None = None,
    also: Sequence[Appended] = (),
    unless: tuple[str, Sequence[str]] | None = None,
    **_: Any,
) -> Sequence[int]:
    seen, subjects = (read[0], sorted(read[1])) if read else (None, [])
    values = (
        [str(e.originator_id) for e in events],
        [e.originator_version for e in events],
        [e.topic for e in events],
        [e.state for e in events],
        seen,
        subjects,
        list(unless[1]) if unless else None,
        [m.source for m in moved],
        [m.expected for m in moved],
        [m.position for m in moved],
        LOCK_FOR * 1000,
        [_statement(told, rows) for told, rows in also],
        [_rows(rows) for _, rows in also],
    )
    with connection.cursor(row_factory=tuple_row) as cursor:
        if tracking is None:
            # A transaction by itself: between one call and the next this process might be paused, with the lock.
            row = cursor.execute(_APPEND, values, prepare=True).fetchone()
        else:
            with connection.transaction():
                recorder._insert_tracking(cursor, tracking)  # type: ignore[arg-type]  # noqa: SLF001 - as the library's
                row = cursor.execute(_APPEND, values).fetchone()
    last = row[0] if row else 0
    return list(range(last + 1, last + 1 + len(events)))


def _statement(told: str, rows: Sequence[tuple[Any, ...]]) -> str:
    """A statement whose places are values of the row that it is given, each of the type that the rows have there."""
    parts = told.split("?")
    kinds = [next((type(value) for value in column if value is not None), str) for column in zip(*rows, strict=True)]
    places = (_PLACES.get(kind, "($1->>{})").format(number) for number, kind in enumerate(kinds))
    return "".join(chain.from_iterable(zip_longest(parts, places, fillvalue="")))


_PLACES: dict[type, str] = {int: "($1->>{})::bigint", bytes: "decode($1->>{}, 'base64')"}


def _rows(rows: Sequence[tuple[Any, ...]]) -> str:
    return json.dumps(rows, default=lambda payload: b64encode(payload).decode())


class PostgresStore(Store):
    """An installation in one PostgreSQL database."""

    def __init__(self, address: str, key: str | None = None) -> None:
        url = url_of(address)
        self.place = schema.shown(url)
        asked = url.get_dialect()().create_connect_args(url)[1]
        # Said last it holds, and what the address has of its own is kept.
        told = [str(asked.get("options", "")), *(f"-c {name}={value}" for name, value in _SESSION.items())]
        self._conninfo = {**_KEEPALIVE, **asked, "options": " ".join(told)}
        self.engine = create_engine(url, connect_args=self._conninfo, pool_pre_ping=True, pool_size=POOL)
        try:
            with self.engine.begin() as c:
                schema.check(c)
                self.key = (key or own_key(c)).encode()
        except Exception as fault:
            self.engine.dispose()
            if isinstance(cause := getattr(fault, "orig", None), psycopg.OperationalError):
                msg = f"{self.place} can't be reached ({cause}): start PostgreSQL, or correct BONITET_DATABASE"
                raise Unavailable(msg) from fault
            raise
        self.datastore = PostgresDatastore(
            *("", "", "", "", ""),
            originator_id_type="text",
            single_row_tracking=True,
            pool_size=1,
            max_overflow=POOL,
            pre_ping=True,
            idle_in_transaction_session_timeout=IDLE_FOR,
        )
        # As the address says, with its sslmode and whatever else the library has no argument for.
        self.datastore.pool.kwargs = {"row_factory": dict_row, **self._conninfo}
        self.recorder = Recorder(self.datastore)
        self._listening: psycopg.Connection[Any] | None = None
        self._leading: psycopg.Connection[Any] | None = None
        self._leads: set[str] = set()

    def close(self) -> None:
        """Close every connection; what this process led, another one leads."""
        for connection in (self._listening, self._leading):
            if connection is not None:
                connection.close()
        self.datastore.close()
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The same, but one that was paused amid it loses what it holds, for others wait for that."""
        with super().transaction() as connection:
            connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_FOR}s'")
            yield connection

    def lead(self, name: str) -> bool:
        """Whether this process does the work of that name; held until its connection ends."""
        try:
            if self._leading is None:
                self._leads.clear()
                self._leading = self._connect()
            if name in self._leads:
                self._leading.execute("SELECT 1")
                return True
            row = self._leading.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", (name,)).fetchone()
        except psycopg.OperationalError:
            self._leading = None
            self._leads.clear()
            return False
        if row and row[0]:
            self._leads.add(name)
        return name in self._leads

    def wait(self, seconds: float) -> None:
        """Listen for appends; where the connection is lost this is a plain pause, and it connects again."""
        try:
            if self._listening is None:
                self._listening = self._connect()
                self._listening.execute(f"LISTEN {CHANNEL}")
                return  # what was appended before this was not announced to us
            for _ in self._listening.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.OperationalError:
            self._listening = None
            sleep(min(seconds, 0.5))

    def scrub(self) -> str | None:
        """Write the tables anew that texts are erased from: a plain VACUUM leaves their bytes in the pages."""
        told: list[str] = []
        with self._connect() as c:
            c.add_notice_handler(lambda notice: told.append(f"{notice.message_primary}; do it as the tables' owner"))
            c.execute(f"SET lock_timeout = '{LOCK_FOR}s'")
            try:
                for table in ("private", "rejected", "parked", "inbox"):
                    c.execute(f"VACUUM (FULL) {table}")
            except psycopg.errors.LockNotAvailable as fault:
                told.append(f"another session uses the tables ({fault})")
        return told[0] if told else None

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(**self._conninfo, autocommit=True)

    @contextmanager
    def _reader(self) -> Iterator[psycopg.Cursor[Any]]:
        with self.datastore.get_connection() as c, c.cursor(row_factory=tuple_row, binary=True) as cursor:
            yield cursor

    def _rows(self, statement: str, values: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
        with self._reader() as cursor:
            return cursor.execute(statement.replace("?", "%s").encode(), values).fetchall()

    def mentioning(self, text: str) -> set[str]:
        """The companies of whose events one holds a text as it stands; the whole log is looked through."""
        statement = (
            "SELECT DISTINCT split_part(originator_id, '/', 1) FROM stored_events WHERE position(? IN state) > 0"
        )
        return {str(row[0]) for row in self._rows(statement, (text.encode(),))}

    def _ranges(self, subjects: Sequence[str], until: int | None) -> Iterator[tuple[str, list[Row]]]:
        for start in range(0, len(subjects), _AT_ONCE):
            part = subjects[start : start + _AT_ONCE]
            told: dict[str, list[Row]] = {subject: [] for subject in part}
            for row in self._rows(_RANGES, (list(part), until)):
                told[row[1].partition("/")[0]].append(row)  # type: ignore[arg-type]
            yield from told.items()


_AT_ONCE = 2_000

# One query for all cold companies; each is one range of the unique index. Without the OFFSET, which keeps the ranges
# apart, the planner joins them to the whole log.
_RANGES = (
    "SELECT e.notification_id, e.originator_id, e.originator_version, e.topic, e.state FROM unnest(?::text[]) AS s, "
    'LATERAL (SELECT * FROM stored_events WHERE originator_id >= s COLLATE "C" AND '
    "originator_id < (s || '0') COLLATE \"C\" "
    "AND notification_id <= coalesce(?, 9223372036854775807) OFFSET 0) AS e "
    "ORDER BY e.originator_id, e.originator_version"
)
