"""The event store on SQLite: the library's recorder, made safe for exactly-once and fast for batches.

What it adds: ids that are never used again, triggers that refuse to change history, one insert for a whole batch, a
position that moves by compare-and-set only, and the refusal of an append whose companies somebody else has touched.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any, NamedTuple

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent, Tracking
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteProcessRecorder,
    SQLiteTransaction,
)

# Pages kept in memory, in KiB: the index over streams is written all over the place, as companies come.
CACHE = "PRAGMA cache_size=-65536"

Appended = tuple[str, Sequence[tuple[Any, ...]]]


class Moved(NamedTuple):
    """A source's position moves from where a batch began (0: where there was none yet) to where it ends."""

    source: str
    expected: int
    position: int


class Conflict(Exception):
    """Somebody else wrote to these companies since they were read: load them and decide again."""

    def __init__(self, subjects: set[str], position: int) -> None:
        super().__init__(f"{len(subjects)} companies were changed meanwhile, up to position {position}")
        self.subjects = subjects
        self.position = position


class PositionMoved(IntegrityError):
    """The source's position is not the one this batch was computed from: another reader was faster."""

    def __init__(self, source: str, expected: int) -> None:
        super().__init__(f"position of {source} is no longer {expected}: somebody else reads the same source")


class _ImmediateTransaction(SQLiteTransaction):
    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        # A write transaction takes its lock at once, or two writers that read first could both be refused.
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class _Connection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with _ImmediateTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        plain = self._patiently()
        plain.cursor().execute("PRAGMA synchronous=FULL")
        plain.cursor().execute(CACHE)
        return _Connection(plain._sqlite_conn, self.max_age)  # noqa: SLF001 - the pool has no other way to hand it on

    def _patiently(self) -> SQLiteConnection:
        # SQLite doesn't wait for the lock where the first connections of a new file all want the write-ahead log.
        for _ in range(200):
            try:
                return super()._create_connection()
            except sqlite3.OperationalError:
                sleep(0.05)
        return super()._create_connection()


class Datastore(SQLiteDatastore):
    """The library's datastore with write transactions that begin by taking the lock."""

    def __init__(self, db_name: str, **kwargs: Any) -> None:
        super().__init__(db_name, **kwargs)
        self.pool.close()
        self.pool = _Pool(db_name=db_name, lock_timeout=kwargs.get("lock_timeout") or 60)


class Recorder(SQLiteProcessRecorder):
    """The library's process recorder with compare-and-set positions; its tables are made by the migrations."""

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        tracking: Tracking | None = None,
        moved: Sequence[Moved] = (),
        read: tuple[int, set[str]] | None = None,
        also: Sequence[Appended] = (),
        unless: tuple[str, Sequence[str]] | None = None,
        **_: Any,
    ) -> Sequence[int] | None:
        """Insert in one statement; the ids are those that follow the last one ever given.

        `read` is the last id that had been seen when the companies named were read; `moved` are positions that move by
        compare-and-set, `tracking` one that moves as the library has it; `also` are statements that belong to the same
        transaction; `unless` is a question about the companies named, with the lines it was answered with when this
        was decided, others are a conflict.
        """
        c.execute("SELECT seq FROM sqlite_sequence WHERE name=?", (self.events_table_name,))
        row = c.fetchone()
        last = row[0] if row else 0
        if read is not None and read[0] != last:
            self._refuse_if_touched(c, read, last)
        if unless is not None:
            c.execute(unless[0], (json.dumps(sorted(read[1]) if read else []),))
            if [" ".join(map(str, row)) for row in c.fetchall()] != list(unless[1]):
                raise Conflict(set(), last)
        c.executemany(
            f"INSERT INTO {self.events_table_name} (originator_id, originator_version, topic, state) "  # noqa: S608 - our own name
            "VALUES (?,?,?,?)",
            [(_text(s.originator_id), s.originator_version, s.topic, s.state) for s in stored_events],
        )
        for source in moved:
            self._move(c, source)
        if tracking is not None:
            self._insert_tracking(c, tracking)
        for statement, rows in also:
            c.executemany(statement, rows)
        return list(range(last + 1, last + 1 + len(stored_events)))

    def _refuse_if_touched(self, c: SQLiteCursor, read: tuple[int, set[str]], last: int) -> None:
        c.execute(f"SELECT DISTINCT originator_id FROM {self.events_table_name} WHERE notification_id>?", (read[0],))  # noqa: S608
        touched = {str(row[0]).partition("/")[0] for row in c.fetchall()}
        if clash := touched & read[1]:
            raise Conflict(clash, last)

    def _move(self, c: SQLiteCursor, moved: Moved) -> None:
        name, expected, position = moved
        if expected == 0:
            c.execute("INSERT INTO tracking VALUES (?,?) ON CONFLICT DO NOTHING RETURNING 1", (name, position))
        else:
            c.execute(
                "UPDATE tracking SET notification_id=? WHERE application_name=? AND notification_id=? RETURNING 1",
                (position, name, expected),
            )
        if c.fetchone() is None:
            raise PositionMoved(name, expected)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The library's own reads a column that is called rowid, which ours is not since it keeps its ids for good."""
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        until = "AND notification_id<=? " if stop is not None else ""
        among = f"AND topic IN ({','.join('?' * len(topics))}) " if topics else ""
        statement = f"SELECT * FROM {self.events_table_name} WHERE notification_id>? {until}{among}"  # noqa: S608
        bounds = (after, stop) if stop is not None else (after,)
        with self.datastore.transaction(commit=False) as c:
            c.execute(f"{statement}ORDER BY notification_id LIMIT ?", (*bounds, *topics, limit))
            return [
                Notification(
                    id=row["notification_id"],
                    originator_id=self.convert_originator_id(row["originator_id"]),
                    originator_version=row["originator_version"],
                    topic=row["topic"],
                    state=row["state"],
                )
                for row in c.fetchall()
            ]


def _text(originator_id: Any) -> str:
    return originator_id if isinstance(originator_id, str) else str(originator_id.hex)
