"""How fast events can be appended by several writers at once: the library's own recorder, and any other like it.

Each writer is a process with a connection of its own, and has a source of its own, whose position it moves in the
transaction of its events. Events are as large as the portfolio's, and belong to streams that the writer alone writes
to: what is measured is taking turns, not conflicts. Names of streams are text for all recorders, as the engine's are.

A recorder is named by its class, `module:class`. A subclass of the library's `PostgresProcessRecorder` gets the
library's datastore; anything else is called with the database's URL. It has `create_table()` and
`insert_events(stored_events, tracking=...)`.

The library's own takes any greater position of a source, so that two readers of one source can both be told that
theirs was written. The second one here is the library's with that mended in the least way: a position moves only from
the one before. It is the one to compare with, since the engine's promises no less.
"""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from multiprocessing.connection import Connection
from typing import Any, Protocol
from uuid import uuid4

from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from eventsourcing.utils import resolve_topic
from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.store import schema
from adapters.store.postgres import PostgresStore
from adapters.store.recorder import Moved
from tests.bench.child import Progress
from tests.bench.peers import tables
from tests.bench.watch import Watch

LIBRARY = "eventsourcing.postgres:PostgresProcessRecorder"
COMPARING = "tests.bench.peers.recorders:ComparingAndSetting"
ENGINE = "tests.bench.peers.recorders:OfTheEngine"
WRITERS = (1, 4, 16)
BATCHES = (500, 1)

# As the portfolio's events are on average: 435 bytes under a name of 18, for which 500 facts touch about 400 streams.
_STATE = b"{" + b'"what":"is told",' * 25 + b'"so":"on"}'
_TOPIC = "ClassDetermined:1"
_STREAMS = 400
_PATIENCE = 120.0


class Broken(Exception):
    """A writer has ended before its time."""


class Recorder(Protocol):
    """What is asked of a recorder here."""

    def create_table(self) -> None:
        """Make what it writes to, where it isn't there yet."""

    def insert_events(self, stored_events: Sequence[StoredEvent], *, tracking: Tracking) -> Sequence[int] | None:
        """Append in one transaction, with the position of a source."""


class ComparingAndSetting(PostgresProcessRecorder):
    """The library's recorder, with a position that moves only from the one before it."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore)
        self._reached: dict[str, int] = {}

    def _insert_tracking(self, curs: Cursor[DictRow], tracking: Tracking) -> None:
        name, reached = tracking.application_name, tracking.notification_id
        table = Identifier(self.datastore.schema, self.tracking_table_name)
        if name in self._reached:
            move = SQL(
                "UPDATE {} SET notification_id = %s WHERE application_name = %s AND notification_id = %s RETURNING 1"
            )
            curs.execute(move.format(table), (reached, name, self._reached[name]), prepare=True)
        else:
            begin = SQL("INSERT INTO {} VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1")
            curs.execute(begin.format(table), (name, reached), prepare=True)
        if curs.fetchone() is None:
            raise IntegrityError(f"the position of {name} is another one: somebody else has moved it")
        self._reached[name] = reached


class OfTheEngine:
    """The engine's recorder as the engine asks it: positions by compare-and-set, and the companies that were read."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._reached: dict[str, int] = {}

    def create_table(self) -> None:
        """Bring the database to the schema of today."""
        schema.migrate(self._database_url)

    @cached_property
    def _store(self) -> PostgresStore:
        store = PostgresStore(self._database_url)
        self._seen = store.last_position()
        return store

    def insert_events(self, stored_events: Sequence[StoredEvent], *, tracking: Tracking) -> Sequence[int] | None:
        """Append, refused where others have touched these companies or moved the position."""
        recorder, source = self._store.recorder, tracking.application_name
        moved = Moved(source, self._reached.get(source, 0), tracking.notification_id)
        read = self._seen, {str(e.originator_id).partition("/")[0] for e in stored_events}
        positions = recorder.insert_events(stored_events, moved=(moved,), read=read)
        self._reached[source] = moved.position
        if positions:
            self._seen = positions[-1]
        return positions


def opened(path: str, database_url: str) -> Recorder:
    """The recorder of that name on a database."""
    found: Any = resolve_topic(path)
    if not (isinstance(found, type) and issubclass(found, PostgresProcessRecorder)):
        return found(database_url)  # type: ignore[no-any-return]
    told = tables.parameters(database_url)
    return found(
        PostgresDatastore(
            *(told.get(name, "") for name in ("dbname", "host", "port", "user", "password")),
            originator_id_type="text",
            single_row_tracking=True,
        )
    )


def close(recorder: Recorder) -> None:
    """Let go of its connections."""
    held: Any = recorder
    (held._store if isinstance(recorder, OfTheEngine) else held.datastore).close()  # noqa: SLF001 - its own


# --- a writer --------------------------------------------------------------------------------------------------------


def _batches(name: str, size: int) -> Iterator[tuple[list[StoredEvent], Tracking]]:
    """Without end: as many events of the writer's streams, and the position after them."""
    number = 0
    while True:
        events = [
            StoredEvent(f"{name}-{n % _STREAMS:03}/1", n // _STREAMS + 1, _TOPIC, _STATE)
            for n in range(number, number + size)
        ]
        number += size
        yield events, Tracking(name, number)


def _write(path: str, database_url: str, name: str, size: int, told: Connection) -> None:
    """The process of a writer: says when it is warm, is told until when to write, answers what it has written."""
    recorder = opened(path, database_url)
    batches = _batches(name, size)
    events, tracking = next(batches)
    recorder.insert_events(events, tracking=tracking)
    told.send("warm")
    until = told.recv()
    began, appends = time.monotonic(), 0
    watch = Watch()
    with watch:
        for events, tracking in batches:
            recorder.insert_events(events, tracking=tracking)
            appends += 1
            if time.monotonic() >= until:
                break
    told.send({"began": began, "ended": time.monotonic(), "appends": appends, **watch.seconds()})
    close(recorder)


# --- the measurement -------------------------------------------------------------------------------------------------


def append(
    database_url: str, recorder: str, writers: int, batch: int, seconds: float, progress: Progress
) -> dict[str, Any]:
    """Append by so many writers at once for so many seconds, `batch` events a transaction; raises Broken.

    `rate` is events a second of all writers together, from when the first began to when the last was done.
    """
    opened(recorder, database_url).create_table()
    # Processes of their own, that share nothing but what was imported once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    name = f"RS-{uuid4().hex[:6]}"
    pipes: list[Connection] = []
    processes = []
    try:
        for number in range(writers):
            ours, theirs = context.Pipe()
            arguments = (recorder, database_url, f"{name}-{number:02}", batch, theirs)
            process = context.Process(target=_write, args=arguments, daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        _answers(pipes, _PATIENCE)
        until = time.monotonic() + seconds
        for pipe in pipes:
            pipe.send(until)
        progress(0, writers)
        told = _answers(pipes, seconds + _PATIENCE)
        progress(writers, writers)
    finally:
        for process in processes:
            process.join(1 if len(pipes) == writers else 0)
            process.kill()
            process.join()
    appends = sum(t["appends"] for t in told)
    wall = max(t["ended"] for t in told) - min(t["began"] for t in told)
    return {
        "writers": writers,
        "batch": batch,
        "appends": appends,
        "events": appends * batch,
        "wall": wall,
        **{key: sum(t[key] for t in told) for key in ("user", "system")},
        "rate": appends * batch / wall,
    }


def _answers(pipes: Sequence[Connection], patience: float) -> list[Any]:
    """What every writer says next."""
    until = time.monotonic() + patience
    told = []
    for pipe in pipes:
        try:
            if not pipe.poll(max(0.0, until - time.monotonic())):
                raise Broken(f"a writer did not answer within {patience:.0f} s")
            told.append(pipe.recv())
        except (EOFError, OSError):
            raise Broken("a writer has ended before its time; see what it wrote") from None
    return told


def run(
    database_url: str,
    recorder: str = LIBRARY,
    *,
    writers: Sequence[int] = WRITERS,
    batches: Sequence[int] = BATCHES,
    seconds: float = 5.0,
    progress: Progress,
) -> dict[str, Any]:
    """Append by each number of writers in batches of each size, one after the other into the same database."""
    return {
        "recorder": recorder,
        "runs": [append(database_url, recorder, each, size, seconds, progress) for size in batches for each in writers],
    }
