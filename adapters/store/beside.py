"""Read models in tables beside the live ones, filled company by company from the log as it was up to one position.

They stand in a schema of their own, the only one in which their connections look up names: the code that fills them is
that of the live ones. The companies are parted into shares of the log, each told in a transaction of its own by whoever
is free, so that each row is written once and an interruption costs a share at most.
"""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import groupby
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors, sql
from sqlalchemy import Connection, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError

import domain
import projections
from adapters.store import codec, projecting, schema
from adapters.store.collector import few_collections
from adapters.store.postgres import PostgresStore
from adapters.store.projecting import MODELS
from adapters.store.tables import installation, positions
from domain.dossier import Dossier
from domain.history import Entry, fold
from domain.identity import SCHEME_SUBJECT
from domain.schemes.scheme import Scheme
from projections.audit import audit
from projections.batch import Batch, Recorded

SCHEMA = "rebuilding"
SHARE = 30_000  # events; some 200 MB of memory
WORTH_A_PROCESS = 2  # shares; a process takes as long to start as to tell one of them

# What nobody needs before all rows are there is made in one go then: it costs less. Nothing is deleted from the trail.
_SEARCHED = [index for table in MODELS for index in sorted(table.indexes, key=attrgetter("name"))]
_BY_POSITION = f"{audit.name}_pkey"

Progress = Callable[[int, int], None]


class NotRebuilt(Exception):
    """The read models can't be told again, or not be put in place; the message says why and what to do."""


class Beside(PostgresStore):
    """The same log, as if it ended at `until`, and read models of its own."""

    def __init__(self, store: PostgresStore, first_scheme: Scheme) -> None:
        vars(self).update(vars(store))
        self.until = 0
        self.first_scheme = first_scheme
        self._address = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.engine = create_engine("postgresql+psycopg://", creator=self._looking_there, pool_size=1)
        with store.reading() as c:
            self.live = sql.Identifier(c.exec_driver_sql("SELECT current_schema()").scalar_one()).as_string()

    def close(self) -> None:
        """Close its own connections; the rest is the store's."""
        self.engine.dispose()

    def _looking_there(self) -> psycopg.Connection[Any]:
        # There and nowhere else: were the schema taken away, nothing may end up in the live tables. What is lost with
        # the power is told again; the switch waits until all before it is on disk.
        connection = self._connect()
        connection.execute(f"SET search_path = {SCHEMA}")
        connection.execute("SET synchronous_commit = off")
        connection.autocommit = False
        return connection

    def stretch(self, after: int, limit: int) -> list[Recorded]:
        """The events after a position; what the live ones have read ends where a change does."""
        limit = min(limit, self.until - after)
        return [r for r in super().stretch(after, limit) if r.position <= self.until] if limit > 0 else []

    # --- the tables ----------------------------------------------------------------------------------------------

    def begin(self, until: int) -> None:
        """Make the tables for the log up to a position, or find those of a rebuild by the same program."""
        stamp = self._stamp()
        with self.transaction() as to:
            if self._stamped(to) != stamp:
                self._clear(to)
                self._create(to, stamp, until)
            self.until = int(_kept(to, "until"))

    def discard(self) -> bool:
        """Take away what an earlier rebuild has left; answers whether there was anything."""
        with self.transaction() as to:
            return self._clear(to)

    def _stamp(self) -> str:
        """What rows depend on besides the log: the program, the readings chosen, the schema."""
        stamp = hashlib.sha256(f"{schema.HEAD} {self.first_scheme.policy}".encode())
        packages = (Path(package.__path__[0]) for package in (domain, projections))
        modules = [module for package in packages for module in sorted(package.rglob("*.py"))]
        for module in (*modules, *map(Path, (codec.__file__, projecting.__file__, __file__))):
            stamp.update(module.read_bytes())
        return stamp.hexdigest()

    def _stamped(self, to: Connection) -> str | None:
        if to.exec_driver_sql(f"SELECT to_regnamespace('{SCHEMA}')").scalar() is None:
            return None
        if to.exec_driver_sql("SELECT to_regclass('shares')").scalar() is None:
            msg = f"the database has a schema {SCHEMA} that is not ours: give bonitet a database of its own"
            raise NotRebuilt(msg)
        return _kept(to, "stamp")

    def _clear(self, to: Connection) -> bool:
        if self._stamped(to) is None:
            return False
        to.exec_driver_sql(f"DROP SCHEMA {SCHEMA} CASCADE")
        return True

    def _create(self, to: Connection, stamp: str, until: int) -> None:
        owners = to.execute(_OTHER_OWNERS, {"schema": self.live, "tables": [t.name for t in MODELS]}).scalars().all()
        if owners:
            msg = f"the read models belong to {', '.join(owners)}, who alone can replace them: do it as that role"
            raise NotRebuilt(msg)
        try:
            to.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        except DBAPIError as fault:
            if not isinstance(fault.orig, errors.InsufficientPrivilege):
                raise
            msg = f"no schema can be made in the database ({fault.orig}): GRANT CREATE ON DATABASE to this role"
            raise NotRebuilt(msg) from fault
        for table in (*MODELS, positions, installation):
            table.create(to, checkfirst=False)
        for index in _SEARCHED:
            index.drop(to)
        to.exec_driver_sql(f"ALTER TABLE {audit.name} DROP CONSTRAINT {_BY_POSITION}")
        to.exec_driver_sql(_SHARES.format(live=self.live), {"until": until, "share": SHARE})
        to.execute(insert(installation), [{"name": "stamp", "value": stamp}, {"name": "until", "value": str(until)}])

    # --- telling -------------------------------------------------------------------------------------------------

    def tell(self, processes: int, progress: Progress) -> int:
        """Tell all companies up to `until`, unless that is done; answers how many events those are.

        `progress` is told up to which position, and how many events that were.
        """
        if self.projected(projecting.NAME):
            return 0
        with self.reading() as c:
            whole, shares = c.exec_driver_sql(_LEFT).one()
        with self._helped(min(processes, shares // WORTH_A_PROCESS) - 1) as helpers:
            self._tell_shares(lambda left: progress(self.until - left, whole - left))
            for helper in helpers:
                helper.join()
        while not self._finished():
            self._tell_shares(lambda _: None)
        return int(whole)

    def _finished(self) -> bool:
        """Make what is left to do once all is told; False where somebody has left a share that he was at."""
        with self.transaction() as to:
            to.exec_driver_sql("LOCK TABLE shares IN ACCESS EXCLUSIVE MODE")
            done = not to.exec_driver_sql(_LEFT).one()[1]
            if done:
                self._finish(to)
                self.move_projection(to, projecting.NAME, 0, self.until)
        return done

    def _finish(self, to: Connection) -> None:
        to.exec_driver_sql(
            f"ALTER TABLE {audit.name} ADD CONSTRAINT {_BY_POSITION} PRIMARY KEY ({audit.c.position.name})"
        )
        # In the order in which it grows and is paged through, no longer company by company.
        to.exec_driver_sql(f"CLUSTER {audit.name} USING {_BY_POSITION}")
        to.exec_driver_sql(f"ALTER TABLE {audit.name} SET WITHOUT CLUSTER")
        for index in _SEARCHED:
            index.create(to)

    def _tell_shares(self, progress: Callable[[int], None]) -> None:
        with few_collections():
            while self.tell_share():
                with self.reading() as c:
                    progress(c.exec_driver_sql(_LEFT).one()[0])

    def tell_share(self) -> bool:
        """Tell a share of the companies that nobody else is at; False if there is none left."""
        with self.transaction() as to:
            share = to.exec_driver_sql(_NEXT_SHARE).first()
            if share is None:
                return False
            batch = self._whole(share.first, share.last)
            for model in projecting.models(0):
                model.project(batch, to)
            to.exec_driver_sql("DELETE FROM shares WHERE number = %s", (share.number,))
        return True

    def _whole(self, first: str, last: str) -> Batch:
        told = (r.event for r in self.scheme_facts() if r.position <= self.until)
        scheme = reduce(Scheme.meets, told, self.first_scheme)
        events: list[Recorded] = []
        dossiers: dict[str, Dossier] = {}
        # One range of the index over streams.
        for subject, rows in groupby(self._rows(_COMPANIES, (first, last, self.until)), _subject):
            history = [Recorded(row[0], row[2], codec.decode(row[3], row[4])) for row in rows]
            history.sort(key=attrgetter("position"))
            events.extend(history)
            if subject != SCHEME_SUBJECT:
                dossiers[subject] = fold(subject, scheme, [Entry(r.version, r.event) for r in history])
        return Batch(events, dossiers.__getitem__, dossiers)

    @contextmanager
    def _helped(self, count: int) -> Iterator[list[Any]]:
        """Other processes of this machine that tell shares as well, ended with this one."""
        told = (self._address, self.key.decode(), self.first_scheme, self.until, os.getpid())
        helpers = [get_context("spawn").Process(target=_help, args=told, daemon=True) for _ in range(count)]
        try:
            for helper in helpers:
                helper.start()
            yield helpers
        finally:
            for helper in helpers:
                helper.terminate()
                helper.join()


def _help(address: str, key: str, first_scheme: Scheme, until: int, whom: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for whom it helps, who ends it
    store = PostgresStore(address, key)
    beside = Beside(store, first_scheme)
    beside.until = until
    with few_collections():
        while os.getppid() == whom and beside.tell_share():
            pass
    beside.close()
    store.close()


def _kept(to: Connection, name: str) -> str:
    return str(to.execute(select(installation.c.value).where(installation.c.name == name)).scalar_one())


def _subject(row: Any) -> str:
    return str(row[1]).partition("/")[0]


_SHARES = """
CREATE TABLE shares AS
SELECT number, min(subject) AS first, max(subject) AS last, sum(events)::bigint AS events
FROM (
    SELECT subject, events, div(sum(events) OVER (ORDER BY subject) - events, %(share)s) AS number
    FROM (
        SELECT split_part(originator_id, '/', 1) AS subject, count(*) AS events
        FROM {live}.stored_events WHERE notification_id <= %(until)s GROUP BY 1
    ) AS companies
) AS numbered
GROUP BY number
"""

_LEFT = "SELECT coalesce(sum(events), 0)::bigint, count(*) FROM shares"

_NEXT_SHARE = "SELECT number, first, last FROM shares ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED"

_COMPANIES = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events "
    "WHERE originator_id >= ? AND originator_id < ? || '0' AND notification_id <= ? ORDER BY originator_id"
)

_OTHER_OWNERS = text("""
SELECT DISTINCT tableowner::text FROM pg_tables
WHERE quote_ident(schemaname) = :schema AND tablename = ANY (:tables) AND tableowner <> current_user
""")
