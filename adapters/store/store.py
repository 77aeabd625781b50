"""What an installation keeps: the events, what was set aside, private texts and the read models.

One interface over two databases: a file of SQLite, which needs nothing, and PostgreSQL for several processes at once.
"""

import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from time import sleep
from typing import Any

from eventsourcing.persistence import ProcessRecorder, StoredEvent
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, insert, make_url, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.store import schema
from adapters.store.codec import GENESIS, decode, follows
from adapters.store.recorder import CACHE, Appended, Datastore, Moved, Recorder
from adapters.store.tables import installation, positions, tracking
from domain.identity import SCHEME_SUBJECT
from projections.batch import Recorded

_SELECT = "SELECT notification_id, originator_version, topic, state FROM stored_events "
_OUR_OWN = "__migration__"  # a row that the library keeps among the positions

Row = tuple[int, str, int, str, bytes]


class Tampered(Exception):
    """A stream's chain of hashes is broken: its events are not the ones that were written."""


class Overtaken(Exception):
    """Another process moved this projection's position; it does the work now."""


class Unavailable(Exception):
    """A database can't be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Version and hash of the last event of each stream of one company."""

    streams: dict[str, tuple[int, str]]


class Store(ABC):
    """Everything that one installation keeps; made once, closed once."""

    place: str
    engine: Engine
    recorder: ProcessRecorder
    key: bytes

    @abstractmethod
    def close(self) -> None:
        """Close every connection."""

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

    @abstractmethod
    def lead(self, name: str) -> bool:
        """Whether this process does the work of that name, which one process does at a time; asked before each step."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Come back when something was appended, at the latest after so long."""

    @abstractmethod
    def scrub(self) -> str | None:
        """Leave nothing of what was erased in what the database has freed; answers what hindered it, if so."""

    # --- the log ---

    def append(
        self,
        events: Sequence[StoredEvent],
        *,
        read: tuple[int, set[str]],
        moved: Sequence[Moved],
        also: Sequence[Appended],
        unless: tuple[str, Sequence[str]],
    ) -> Sequence[int]:
        """Append a batch in one transaction; answers the positions given.

        `read` is the log's last position known when the dossiers of these companies were read, `moved` each source's
        name, expected and new position, `unless` a question about these companies with the lines it was answered with.
        Raises Conflict or PositionMoved, and nothing is written.
        """
        return self.recorder.insert_events(events, read=read, moved=moved, also=also, unless=unless) or ()

    def last_position(self) -> int:
        """The position of the last event, 0 for an empty log."""
        with self.reading() as c:
            return int(c.exec_driver_sql("SELECT COALESCE(MAX(notification_id), 0) FROM stored_events").scalar_one())

    def source_position(self, name: str) -> int:
        """How far a source was read before the last run was interrupted, 0 where there was none."""
        return self.recorder.max_tracking_id(name) or 0

    def source_positions(self) -> dict[str, int]:
        """How far each source was read."""
        with self.reading() as c:
            rows = c.execute(select(tracking).order_by(tracking.c.application_name))
            return {name: position for name, position in rows if name != _OUR_OWN}

    def forget_position(self, name: str) -> None:
        """A source was read to its end: the next run begins at its start."""
        with self.transaction() as c:
            c.execute(delete(tracking).where(tracking.c.application_name == name))

    def log(self, after: int, limit: int) -> list[Recorded]:
        """The events after a position, in the order in which they were written."""
        rows = self._rows(f"{_SELECT} WHERE notification_id>? ORDER BY 1 LIMIT ?", (after, limit))
        return [Recorded(row[0], row[1], decode(row[2], row[3])) for row in rows]

    def touched(self, after: int, until: int) -> set[str]:
        """The subjects of the events after a position and up to another."""
        statement = "SELECT DISTINCT originator_id FROM stored_events WHERE notification_id>? AND notification_id<=?"
        return {str(row[0]).partition("/")[0] for row in self._rows(statement, (after, until))}

    def subjects(self, page: int = 500) -> Iterator[str]:
        """Everybody of whom anything was written, in order, a page at a time."""
        after = ""
        statement = "SELECT DISTINCT originator_id FROM stored_events WHERE originator_id>=? ORDER BY 1 LIMIT ?"
        while rows := self._rows(statement, (after, page)):
            told = list(dict.fromkeys(str(row[0]).partition("/")[0] for row in rows))
            yield from told
            after = f"{told[-1]}0"  # past the streams of its certificates

    @abstractmethod
    def _rows(self, statement: str, values: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
        """The rows that a statement of the driver gives; its places are question marks."""

    @abstractmethod
    def _ranges(self, subjects: Sequence[str], until: int | None) -> Iterator[tuple[str, list[Row]]]:
        """For each company the rows of all its streams, by stream and version."""

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
        for subject, rows in self._ranges(list(subjects), until):
            heads: dict[str, tuple[int, bytes]] = {}
            for _, stream, version, _, state in rows:
                heads[stream] = version, state
            told = sorted(rows, key=lambda row: row[0])
            history = [Recorded(row[0], row[2], decode(row[3], row[4])) for row in told]
            yield subject, history, Heads({s: (v, _hash(state)) for s, (v, state) in heads.items()})

    def history(self, subject: str, until: int | None = None) -> list[Recorded]:
        """One company's events in the order in which they were written."""
        return next(iter(self.histories([subject], until)))[1]

    @abstractmethod
    def mentioning(self, text: str) -> set[str]:
        """The companies of whose events one holds a text as it stands; the whole log is looked through."""

    def scheme_facts(self) -> list[Recorded]:
        """The scheme-wide facts in the order in which they were written."""
        return self.history(SCHEME_SUBJECT)

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
                try:
                    to.execute(insert(positions).values(projection=name, position=position))
                except IntegrityError as faster:
                    raise Overtaken(name) from faster
                return
        moved = to.execute(
            update(positions)
            .where(positions.c.projection == name, positions.c.position == expected)
            .values(position=position)
        )
        if moved.rowcount != 1:
            msg = f"projection {name} is no longer at {expected}"
            raise Overtaken(msg)


class FileStore(Store):
    """An installation in one SQLite file."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.place = str(path)
        self.engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})
        event.listen(self.engine, "connect", _durable)
        schema.migrate(self.engine)
        self.datastore = Datastore(str(path), single_row_tracking=True, originator_id_type="text")
        self.recorder = Recorder(self.datastore)
        with self.engine.connect() as c:
            # The lock first: several processes may start on an empty file at once.
            c.exec_driver_sql("BEGIN IMMEDIATE")
            self.key = (key or own_key(c)).encode()
            c.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self.datastore.close()

    def lead(self, name: str) -> bool:
        """Any process may: positions that move by compare-and-set let only one of them write."""
        del name
        return True

    def wait(self, seconds: float) -> None:
        """A file tells nobody that it was written to: look again soon."""
        sleep(min(seconds, 0.2))

    def scrub(self) -> str | None:
        """Write the file anew, for its free pages would keep what was erased, and cut off its write-ahead log."""
        with self.reading() as c:
            c.exec_driver_sql("VACUUM")
            in_use = c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        return f"{self.path}-wal is in use by another process, which has to end first" if in_use else None

    def _rows(self, statement: str, values: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
        with self.reading() as c:
            return c.exec_driver_sql(statement, values).all()

    def mentioning(self, text: str) -> set[str]:
        """The companies of whose events one holds a text as it stands; the whole log is looked through."""
        rows = self._rows("SELECT DISTINCT originator_id FROM stored_events WHERE instr(state, ?)", (text.encode(),))
        return {str(row[0]).partition("/")[0] for row in rows}

    def _ranges(self, subjects: Sequence[str], until: int | None) -> Iterator[tuple[str, list[Row]]]:
        # One range of the unique index holds the company's own stream and those of its certificates.
        where = "WHERE originator_id>=? AND originator_id<? "
        columns = "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events "
        limit = "" if until is None else f"AND notification_id<={int(until)} "
        with self.reading() as c:
            # The driver's own cursor: for a company of whom nothing is known yet, all else would take longer.
            cursor = c.connection.cursor()
            for subject in subjects:
                yield subject, cursor.execute(f"{columns}{where}{limit}", (subject, f"{subject}0")).fetchall()


def opened(database: str, key: str | None = None) -> Store:
    """The store at a path or a postgresql:// address."""
    if not is_address(database):
        return FileStore(Path(database), key)
    try:
        from adapters.store.postgres import PostgresStore  # noqa: PLC0415 - the driver is installed for production only
    except ImportError as missing:
        msg = f"{missing}: PostgreSQL needs what `pip install 'bonitet[production]'` installs"
        raise Unavailable(msg) from missing
    return PostgresStore(database, key)


def is_address(database: str) -> bool:
    """Whether a database is PostgreSQL's, not a file."""
    return database.startswith(("postgresql://", "postgres://"))


def url_of(database: str) -> URL:
    """The place of a database as SQLAlchemy wants it."""
    if not is_address(database):
        return URL.create("sqlite", database=database)
    return make_url(database.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")


def own_key(c: Connection) -> str:
    """The installation's key, made up when it is first asked for; of several that ask at once, one makes it."""
    wanted = select(installation.c.value).where(installation.c.name == "key")
    known = c.execute(wanted).scalar()
    if known is None:
        made = text("INSERT INTO installation (name, value) VALUES ('key', :key) ON CONFLICT DO NOTHING")
        c.execute(made, {"key": secrets.token_hex(32)})
        known = c.execute(wanted).scalar_one()
    return str(known)


def _together(one: Recorded, other: Recorded) -> bool:
    return one.event.subject == other.event.subject and one.event.recorded_at == other.event.recorded_at


def _hash(state: bytes) -> str:
    return hashlib.sha256(state).hexdigest()


def _durable(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(CACHE)
