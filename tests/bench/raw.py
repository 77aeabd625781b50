"""The raw limit: what this database can take at all, with no domain between the lines and the rows.

The same lines are decoded with the intake's own reader. Then the very same rows that the engine left behind (events,
personal texts, what was set aside, register, holders, agenda, worklist, audit trail) are bulk-inserted by the driver's
`executemany`, spread evenly over as many batches as the engine made, two transactions each as the engine has them:
events and what belongs to them, then the read models. The schema with its indexes and triggers is copied from the
finished database; WAL, full synchronisation and page cache are the same. The rows are fetched from it outside the
measured time, rows that the engine wrote and later replaced are not written at all, and the cycle collector is off, so
the limit is a strict one.
"""

import gc
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from adapters.intake.reading import lines, read
from adapters.store.recorder import CACHE
from tests.bench.child import Progress
from tests.bench.watch import Watch

_LONGEST = 1_000_000
_POSITIONS = {
    name: f"INSERT INTO {name} VALUES ('bench', ?) ON CONFLICT DO UPDATE SET {column}=excluded.{column}"  # noqa: S608 - our own names
    for name, column in (("tracking", "notification_id"), ("projection_positions", "position"))
}
_WITH_EVENTS = ("stored_events", "private", "rejected", "parked")
_LEFT_OUT = (*_POSITIONS, "alembic_version", "installation", "published", "sources")

# Where a table has no row numbers, its rows come in the order of time, as they were first written.
_ORDER = {"register": "since", "agenda": "due_at", "worklist": "opened_at"}


class _Table:
    """Rows of one table of the finished database, in order, as many at a time as fall to a batch."""

    def __init__(self, source: sqlite3.Connection, name: str) -> None:
        columns = [str(row[1]) for row in source.execute(f"PRAGMA table_info({name})")]
        if name == "stored_events":
            columns.remove("notification_id")
        self.count = source.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        self._rows = source.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY {_ORDER.get(name, 'rowid')}")  # noqa: S608
        self.statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({','.join('?' * len(columns))})"  # noqa: S608

    def part(self, number: int, of: int) -> list[Any]:
        """What falls to one batch of so many, the first of which has number 0."""
        wanted = self.count * (number + 1) // of - self.count * number // of
        return self._rows.fetchmany(wanted) if wanted else []


def insert(facts: str, whole: int, finished: str, database: str, batch: int, progress: Progress) -> dict[str, Any]:
    """Every line of the file decoded, every row of the finished database inserted, the new database closed."""
    watch = Watch()
    gc.collect()
    gc.disable()
    count = -(-whole // batch)
    with closing(sqlite3.connect(finished)) as source, Path(facts).open("rb") as stream:
        target = _opened(database, source)
        events, models = _tables(source)
        told = lines(stream, _LONGEST)
        done = 0
        for number in range(count):
            first = [(table.statement, table.part(number, count)) for table in events]
            second = [(table.statement, table.part(number, count)) for table in models]
            with watch:
                done += len([read(line, _LONGEST) for line in islice(told, batch)])
                _write(target, first, _POSITIONS["tracking"], done)
                _write(target, second, _POSITIONS["projection_positions"], done)
            progress(done, whole)
        with watch:
            target.close()
    return {
        "facts": done,
        **watch.seconds(),
        "rows": {table.statement.split()[2]: table.count for table in (*events, *models)},
        "bytes": Path(database).stat().st_size,
    }


def _opened(database: str, source: sqlite3.Connection) -> sqlite3.Connection:
    target = sqlite3.connect(database, isolation_level=None)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    target.execute(CACHE)
    for (statement,) in source.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid"
    ):
        target.execute(statement)
    return target


def _tables(source: sqlite3.Connection) -> tuple[list[_Table], list[_Table]]:
    names = [
        str(row[0])
        for row in source.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'")
    ]
    events = [_Table(source, name) for name in _WITH_EVENTS]
    models = [_Table(source, name) for name in names if name not in {*_WITH_EVENTS, *_LEFT_OUT}]
    return events, models


def _write(target: sqlite3.Connection, parts: list[tuple[str, list[Any]]], moved: str, position: int) -> None:
    target.execute("BEGIN IMMEDIATE")
    for statement, rows in parts:
        if rows:
            target.executemany(statement, rows)
    target.execute(moved, (position,))
    target.execute("COMMIT")
