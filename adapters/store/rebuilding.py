"""The read models told again beside the live ones, compared with them row by row, and put in their place at one stroke.

On PostgreSQL, where the live ones go on being asked and kept up to date meanwhile. First every company is told as the
log has it up to where the live ones were at the beginning, then the log is followed to where they are now. Nothing goes
out before the switch, nor because of it: whatever tells others reads the log and the live tables from positions of its
own, which nobody moves here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import uniform
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

from psycopg import errors
from sqlalchemy import Connection, Table, bindparam, delete, select, text
from sqlalchemy.exc import DBAPIError

from adapters.store import schema
from adapters.store.beside import SCHEMA, Beside, NotRebuilt, Progress
from adapters.store.collector import few_collections
from adapters.store.postgres import PostgresStore
from adapters.store.projecting import CATCH_UP, MODELS, OUTLOOK, SWEPT, Projections, begin_generation
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.store import Overtaken
from adapters.store.tables import installation, positions

if TYPE_CHECKING:
    from adapters.intake.memory import Memory

NAME = "rebuild"
PATIENCE = 60.0  # seconds in which the switch, or a live outlook, has to come about

# Less than the second after which the database looks for deadlocks, or it might end a reader's transaction, not ours.
_AT_A_TIME = "300ms"
_IN_USE = (errors.LockNotAvailable, errors.DeadlockDetected)


class Compared(NamedTuple):
    """A read model as it is and as it came out: how many rows each, how many differ, and the key of the first."""

    before: int
    after: int
    differing: int
    first: str | None


class Rebuild:
    """One rebuild of the read models of an installation; closed at the end, whatever it came to."""

    def __init__(self, store: PostgresStore, memory: "Memory", remember: int) -> None:
        self._store = store
        self._beside = Beside(store, memory.first_scheme)
        self._projections = Projections(self._beside, memory, remember)
        self._tables = [f"{self._beside.live}.{table.name}" for table in MODELS]

    def close(self) -> None:
        """Close its connections; what was told so far stays for the next one."""
        self._beside.close()

    def discard(self) -> bool:
        """Take away what an earlier rebuild has left; answers whether there was anything."""
        self._lead()
        return self._beside.discard()

    def tell(self, processes: int, progress: Progress) -> int:
        """Tell all that the live read models have read, from where an earlier rebuild was interrupted.

        Answers how many events were read. `progress` is told up to which position, and how many events that were.
        """
        self._lead()
        if not (position := self._position()):
            msg = "the read models have not read anything yet, there is nothing to rebuild: `bonitet project` reads it"
            raise NotRebuilt(msg)
        self._beside.begin(position)
        count = self._beside.tell(processes, progress) + self._follow(self._position())
        with self._beside.transaction() as to:
            for table in MODELS:
                to.exec_driver_sql(f"ANALYZE {table.name}")
        return count

    def _lead(self) -> None:
        if not self._store.lead(NAME):
            msg = "another process rebuilds the read models: wait for it to end, or end it, and try again"
            raise NotRebuilt(msg)

    def _position(self) -> int:
        return self._store.projected(READ_MODELS)

    def _follow(self, until: int) -> int:
        """Read the log on up to a position; answers how many events that were."""
        count = 0
        self._beside.until = until
        try:
            with few_collections():
                while (told := self._projections.follow()) is not None:
                    count += told
        except Overtaken as overtaken:
            msg = "another process has gone on with this rebuild: let it, or end it, and try again"
            raise NotRebuilt(msg) from overtaken
        if self._beside.projected(READ_MODELS) != until:
            msg = "the live read models went back to an earlier position: let them catch up, then rebuild them again"
            raise NotRebuilt(msg)
        return count

    @contextmanager
    def _level(self) -> Iterator[Connection]:
        """A transaction in which both are at one position, as the live ones can't move on before its end."""
        while True:
            self._follow(self._position())
            with self._store.transaction() as to:
                held = select(positions.c.position).where(positions.c.projection == READ_MODELS).with_for_update()
                position = to.execute(held).scalar_one()
                if position - self._beside.until <= CATCH_UP:
                    self._follow(position)
                    yield to
                    return

    # --- comparing -----------------------------------------------------------------------------------------------

    def compare(self) -> dict[str, Compared]:
        """Each read model as it is and as it came out, row by row and at one position.

        Where facts of the scheme are still on their way to all companies, the live ones are given time to follow.
        """
        give_up = monotonic() + PATIENCE
        with self._store.engine.connect() as c:
            reader = c.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            while True:
                with self._level() as to:
                    stale, swept = (to.execute(_VALUE, {"name": name}).scalar() for name in (OUTLOOK, SWEPT))
                    reader.exec_driver_sql("SELECT 1")  # from here on it sees what is there now
                waited = monotonic() > give_up
                if stale is None:
                    compared = {table.name: self._compared(reader, table) for table in MODELS}
                    same = not any(model.differing for model in compared.values())
                    if same or waited or int(swept or 0) >= self._published():
                        return compared
                elif waited:
                    msg = "the live read models lag behind the scheme, and nobody sees to it: start `bonitet project`"
                    raise NotRebuilt(msg)
                reader.rollback()
                sleep(0.2)

    def _published(self) -> int:
        return sum(r.position <= self._beside.until for r in self._store.scheme_facts())

    def _compared(self, reader: Connection, table: Table) -> Compared:
        key = ", ".join(column.name for column in table.primary_key)
        row = reader.exec_driver_sql(
            "SELECT count(live), count(told), count(*) FILTER (WHERE differs), min(key) FILTER (WHERE differs) FROM ("  # noqa: S608 - our own names
            f"SELECT live, told, live IS DISTINCT FROM told AS differs, concat_ws(' ', {key}) COLLATE \"C\" AS key "
            f"FROM {self._beside.live}.{table.name} AS live FULL JOIN {SCHEMA}.{table.name} AS told USING ({key}))"
            " AS compared"
        ).one()
        return Compared(*row)

    # --- switching -----------------------------------------------------------------------------------------------

    def switch(self, patience: float = PATIENCE) -> int:
        """Put the rebuilt tables in the place of the live ones; answers their position.

        Waits for transactions that have asked the live ones, or may still ask, and would not see the rows of the new
        ones; nobody waits for it longer than a moment.
        """
        self._lead()
        self._follow(self._position())
        with self._store.reading() as c:
            complete_at = c.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        give_up = monotonic() + patience
        while True:
            try:
                with self._level() as to:
                    if switched := to.execute(_EARLIER, {"at": complete_at}).first() is None:
                        self._put_in_place(to)
                if switched:
                    return self._beside.until
            except DBAPIError as fault:
                if not isinstance(fault.orig, _IN_USE):
                    raise
            if monotonic() > give_up:
                with self._store.reading() as c:
                    asked = {"at": complete_at, "tables": self._tables}
                    who = "; ".join(c.execute(_IN_THE_WAY, asked).scalars()) or "by others, one after the other"
                msg = f"the read models are in use ({who}): let that end, then run this again, it has little left to do"
                raise NotRebuilt(msg)
            sleep(uniform(0.1, 0.5))  # noqa: S311 - so as not to meet the same reader again and again

    def _put_in_place(self, to: Connection) -> None:
        live = ", ".join(self._tables)
        to.exec_driver_sql(f"SET LOCAL lock_timeout = '{_AT_A_TIME}'")
        to.exec_driver_sql(f"LOCK TABLE {live} IN ACCESS EXCLUSIVE MODE")
        schema.check(to)  # it may have been migrated meanwhile
        grants = to.execute(_GRANTS, {"tables": self._tables}).scalars().all()
        try:
            to.exec_driver_sql(f"DROP TABLE {live}")
        except DBAPIError as fault:
            if not isinstance(fault.orig, errors.DependentObjectsStillExist):
                raise
            why = (fault.orig.diag.message_detail or "").replace("\n", "; ")
            msg = f"the live tables can't be replaced ({why}): drop what depends on them, run this again, make it anew"
            raise NotRebuilt(msg) from fault
        for table in MODELS:
            to.exec_driver_sql(f"ALTER TABLE {SCHEMA}.{table.name} SET SCHEMA {self._beside.live}")
        for grant in grants:
            to.exec_driver_sql(grant)
        # As every writer does; and whoever remembers what he wrote, forgets it.
        self._store.move_projection(to, READ_MODELS, self._beside.until, self._beside.until)
        begin_generation(to)
        to.execute(delete(installation).where(installation.c.name == OUTLOOK))  # the new ones have it
        to.exec_driver_sql(f"DROP SCHEMA {SCHEMA} CASCADE")


_VALUE = select(installation.c.value).where(installation.c.name == bindparam("name"))

# Transactions that began before the new tables were complete and still see the database as it was then.
_EARLIER = text("""
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
AND backend_xmin IS NOT NULL AND xact_start < :at
""")

_IN_THE_WAY = text("""
SELECT format('by process %s of %s, %s since %s', pid, usename, state, to_char(xact_start, 'HH24:MI:SS'))
FROM pg_stat_activity AS a
WHERE pid <> pg_backend_pid() AND (
    EXISTS (
        SELECT FROM pg_locks AS l JOIN unnest(CAST(:tables AS text[])) AS t ON l.relation = CAST(t AS regclass)
        WHERE l.pid = a.pid AND l.granted
    )
    OR datname = current_database() AND backend_type = 'client backend' AND backend_xmin IS NOT NULL
    AND xact_start < :at
)
""")

_GRANTS = text("""
SELECT format(
    'GRANT %s ON %s TO %s%s', privilege_type, t, coalesce(quote_ident(rolname), 'PUBLIC'),
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END
)
FROM unnest(CAST(:tables AS text[])) AS t JOIN pg_class ON pg_class.oid = CAST(t AS regclass)
CROSS JOIN aclexplode(relacl) AS granted LEFT JOIN pg_roles ON pg_roles.oid = granted.grantee
WHERE granted.grantee <> relowner
""")
