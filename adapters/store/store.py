"""The embedded store: one SQLite file with the events, what was set aside, private texts and the read models."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent, Tracking
from sqlalchemy import Column, Connection, Engine, Integer, String, Table, create_engine, event, insert, select, update
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.store.codec import GENESIS, decode, follows
from adapters.store.recorder import CACHE, Datastore, Recorder, Statement
from domain.identity import SCHEME_SUBJECT
from projections.batch import Recorded, metadata

installation = Table(
    "installation", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

positions = Table(
    "projection_positions",
    metadata,
    Column("projection", String, primary_key=True),
    Column("position", Integer, nullable=False),
)

_SELECT = "SELECT notification_id, originator_version, topic, state FROM stored_events "


class Tampered(Exception):
    """A stream's chain of hashes is broken: its events are not the ones that were written."""


class Overtaken(Exception):
    """Another process moved this projection's position; it does the work now."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Version and hash of the last event of each stream of one company."""

    streams: dict[str, tuple[int, str]]


class Store:
    """Everything that one installation keeps; made once, closed once."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.datastore = Datastore(str(path), single_row_tracking=True, originator_id_type="text")
        self.recorder = Recorder(self.datastore)
        self.recorder.create_table()
        self.engine: Engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})
        event.listen(self.engine, "connect", _durable)
        with self.engine.connect() as c:
            # The lock first: several processes may start on an empty file at once.
            c.exec_driver_sql("BEGIN IMMEDIATE")
            metadata.create_all(c)
            self.key = (key or _own_key(c)).encode()
            c.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self.datastore.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction on the read models and on what was set aside."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to ask questions with."""
        with self.engine.connect() as connection:
            yield connection

    # --- the log ---

    def append(
        self,
        events: Sequence[StoredEvent],
        *,
        read: tuple[int, set[str]],
        moved: tuple[str, int, int] | None,
        also: Sequence[Statement],
        unless: tuple[str, tuple[Any, ...]],
    ) -> Sequence[int]:
        """Append a batch in one transaction; answers the positions given.

        `read` is the log's last position known when the dossiers of these companies were read, `moved` a source's
        name, expected and new position, `unless` a question with the answer it had. Raises Conflict or PositionMoved,
        and nothing is written.
        """
        tracking = Tracking(moved[0], moved[2]) if moved else None
        expected = moved[1] if moved else None
        done = self.recorder.insert_events(
            events, tracking=tracking, expected=expected, read=read, also=also, unless=unless
        )
        return done or ()

    def last_position(self) -> int:
        """The position of the last event, 0 for an empty log."""
        with self.reading() as c:
            return int(c.exec_driver_sql("SELECT COALESCE(MAX(notification_id), 0) FROM stored_events").scalar_one())

    def source_position(self, name: str) -> int:
        """How far a source was read before the last run was interrupted, 0 where there was none."""
        return self.recorder.max_tracking_id(name) or 0

    def log(self, after: int, limit: int) -> list[Recorded]:
        """The events after a position, in the order in which they were written."""
        with self.reading() as c:
            rows = c.exec_driver_sql(f"{_SELECT} WHERE notification_id>? ORDER BY 1 LIMIT ?", (after, limit)).all()
        return [Recorded(row[0], row[1], decode(row[2], row[3])) for row in rows]

    def stretch(self, after: int, limit: int) -> list[Recorded]:
        """The events after a position, about `limit` of them, never ending amid what one late fact changed.

        Annulled and not yet told again, a story makes no sense; its parts stand side by side, recorded at one instant.
        """
        told = self.log(after, limit)
        while told:
            more = self.log(told[-1].position, 100)
            same = list(takewhile(partial(_together, told[-1]), more))
            told.extend(same)
            if len(same) < len(more) or not more:
                break
        return told

    def histories(
        self, subjects: Iterable[str], until: int | None = None
    ) -> Iterator[tuple[str, list[Recorded], Heads]]:
        """For each company its events in the order in which they were written, and the heads of its streams."""
        # One range of the unique index holds the company's own stream and those of its certificates.
        where = "WHERE originator_id>=? AND originator_id<? "
        columns = "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events "
        limit = "" if until is None else f"AND notification_id<={int(until)} "
        with self.reading() as c:
            for subject in subjects:
                rows = c.exec_driver_sql(f"{columns}{where}{limit}", (subject, f"{subject}0")).all()
                heads: dict[str, tuple[int, bytes]] = {}
                for _, stream, version, _, state in rows:
                    heads[stream] = version, state
                told = sorted(rows, key=lambda row: row[0])
                history = [Recorded(row[0], row[2], decode(row[3], row[4])) for row in told]
                yield subject, history, Heads({s: (v, _hash(state)) for s, (v, state) in heads.items()})

    def history(self, subject: str, until: int | None = None) -> list[Recorded]:
        """One company's events in the order in which they were written."""
        return next(iter(self.histories([subject], until)))[1]

    def scheme_facts(self) -> list[Recorded]:
        """The scheme-wide facts in the order in which they were written."""
        return self.history(SCHEME_SUBJECT)

    def subjects(self, after: str = "", limit: int = 1000) -> list[str]:
        """Companies in order of their subjects, for sweeps that can be resumed."""
        with self.reading() as c:
            rows = c.exec_driver_sql(
                "SELECT subject FROM holders WHERE subject>? ORDER BY subject LIMIT ?", (after, limit)
            )
            return list(rows.scalars())

    # --- proof ---

    def digest(self) -> str:
        """SHA-256 over the sorted (stream, hash of its last event); raises Tampered where a chain is broken.

        Equal for any batching, any crashes and any moment of enforcement; recorded personal data is not in it, only
        references. 64 hex digits.
        """
        heads = hashlib.sha256()
        stream, version, head = "", 0, GENESIS
        statement = "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY 1, 2"
        with self.reading() as c:
            for name, number, topic, state in c.execution_options(yield_per=10_000).exec_driver_sql(statement):
                if name != stream:
                    if stream:
                        heads.update(f"{stream} {head}\n".encode())
                    stream, version, head = name, 0, GENESIS
                if number != version + 1 or not follows(name, topic, state, head):
                    msg = f"{name}, version {number}: it does not follow version {version} as it was written"
                    raise Tampered(msg)
                version, head = number, _hash(state)
        if stream:
            heads.update(f"{stream} {head}\n".encode())
        return heads.hexdigest()

    # --- projections ---

    def projected(self, name: str) -> int:
        """The position up to which a projection has read the log."""
        with self.reading() as c:
            return c.execute(select(positions.c.position).where(positions.c.projection == name)).scalar() or 0

    def move_projection(self, to: Connection, name: str, expected: int, position: int) -> None:
        """Move a projection's position in the transaction of its rows; raises Overtaken."""
        if expected == 0:
            known = to.execute(select(positions.c.position).where(positions.c.projection == name)).scalar()
            if known is None:
                to.execute(insert(positions).values(projection=name, position=position))
                return
        moved = to.execute(
            update(positions)
            .where(positions.c.projection == name, positions.c.position == expected)
            .values(position=position)
        )
        if moved.rowcount != 1:
            msg = f"projection {name} is no longer at {expected}"
            raise Overtaken(msg)


def _own_key(c: Connection) -> str:
    known = c.execute(select(installation.c.value).where(installation.c.name == "key")).scalar()
    if known is None:
        known = secrets.token_hex(32)
        c.execute(insert(installation).values(name="key", value=known))
    return str(known)


def _together(one: Recorded, other: Recorded) -> bool:
    return one.event.subject == other.event.subject and one.event.recorded_at == other.event.recorded_at


def _hash(state: bytes) -> str:
    return hashlib.sha256(state).hexdigest()


def _durable(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(CACHE)
