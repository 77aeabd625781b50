"""The schema of an installation's database: which revision it has, whether this program can work on it, how it gets on.

A SQLite file is migrated by whoever opens it; PostgreSQL only by `bonitet migrate`, since others may be at work on it.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

from projections.batch import metadata

FIRST = "0001"
HEAD = "0005"

# The functions of PostgreSQL aren't migrated but replaced whole, each time; a database says which ones it has.
FUNCTIONS = Path(__file__).with_name("append.sql")
_FUNCTIONS = "functions"

_KNOWN = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name='alembic_version'",
    "postgresql": "SELECT to_regclass('alembic_version')",
}
TABLES_OF = (
    "adapters.inbox.box",
    "adapters.intake.aside",
    "adapters.store.private",
    "adapters.store.tables",
    "projections.agenda",
    "projections.audit",
    "projections.register",
    "projections.worklist",
)
_PATIENCE = 60  # seconds
_ADVISORY_LOCK = int.from_bytes(b"bonitet")
_REVISION = re.compile(r"[0-9]{4}")

# Alembic keeps what it works on in variables of its modules.
_one_at_a_time = Lock()


class WrongSchema(Exception):
    """A database whose schema this program can't work with; the message says why and what to do."""


def whole() -> MetaData:
    """All tables of an installation, wherever they are defined."""
    for module in TABLES_OF:
        import_module(module)
    return metadata


def version(connection: Connection) -> str | None:
    """The revision of a database, None where it has none."""
    if connection.exec_driver_sql(_KNOWN[connection.dialect.name]).scalar() is None:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def check(connection: Connection) -> None:
    """Raise WrongSchema unless this program can work on a database as it stands."""
    found = version(connection)
    _refuse_what_is_not_ours(connection, found)
    if found is None:
        raise WrongSchema(f"{_place(connection)} has no schema yet: run `bonitet migrate`")
    if found != HEAD:
        raise WrongSchema(
            f"{_place(connection)} has revision {found} of the schema, and this program needs {HEAD}: stop what works "
            "on it, make a backup, then run `bonitet migrate`"
        )
    if connection.dialect.name == "postgresql" and _functions(connection) != _digest():
        raise WrongSchema(
            f"{_place(connection)} has the functions of another version of the program: run `bonitet migrate` with the "
            "newest one, then start that one everywhere"
        )


def migrate(database: Engine | URL | str) -> str | None:
    """Bring a database to HEAD, whatever it has; answers the revision it had. Several processes may do so at once.

    Everything happens in one transaction, or nothing. Raises WrongSchema where the database is not ours or too new.
    """
    if isinstance(database, Engine):
        return _migrated(database)
    url = make_url(database)
    patience: dict[str, Any] = {"timeout": _PATIENCE} if url.get_backend_name() == "sqlite" else {}
    engine = create_engine(url, poolclass=NullPool, connect_args=patience)
    try:
        return _migrated(engine)
    finally:
        engine.dispose()


def _migrated(engine: Engine) -> str | None:
    on_file = engine.dialect.name == "sqlite"
    with _connected(engine) as connection:
        if on_file and (found := version(connection)) == HEAD:
            return found
        connection.rollback()
        with _one_at_a_time:
            # Whoever comes second waits here, and finds the work done.
            connection.exec_driver_sql(
                "BEGIN IMMEDIATE" if on_file else f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"
            )
            found = version(connection)
            _refuse_what_is_not_ours(connection, found)
            if found is None and (known := _tables(connection)):
                _adopt(connection, known)
            if found != HEAD:
                _upgrade(connection, HEAD)
            if not on_file:
                _replace_functions(connection)
            connection.commit()
    return found


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    connection = _patiently(engine)
    try:
        if engine.dialect.name == "postgresql":
            # Having waited for the lock, it has to see what was done meanwhile.
            connection = connection.execution_options(isolation_level="READ COMMITTED")
        yield connection
    finally:
        connection.close()


def _patiently(engine: Engine) -> Connection:
    # SQLite doesn't wait for the lock where the first connections of a new file all want the write-ahead log.
    until = monotonic() + _PATIENCE
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if "database is locked" not in str(error.orig) or monotonic() > until:
                raise
            sleep(0.05)


def _upgrade(connection: Connection, revision: str, *, by_name_only: bool = False) -> None:
    # Alembic takes longer to import than a small command to run, and is seldom needed.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "adapters.store:migrations")
    config.attributes["connection"] = connection
    (command.stamp if by_name_only else command.upgrade)(config, revision)


def _refuse_what_is_not_ours(connection: Connection, found: str | None) -> None:
    if found is None or (_REVISION.fullmatch(found) and found <= HEAD):
        return
    if _REVISION.fullmatch(found):
        raise WrongSchema(
            f"{_place(connection)} has revision {found} of the schema, and this program knows them up to {HEAD} only: "
            "a newer program has migrated it, run that one"
        )
    raise WrongSchema(
        f"{_place(connection)} has revision {found!r}, which is none of ours: another program keeps its data there, "
        "give bonitet a database of its own"
    )


def _place(connection: Connection) -> str:
    url = connection.engine.url
    return str(url.database) if connection.dialect.name == "sqlite" else shown(url)


def shown(address: URL) -> str:
    """An address of PostgreSQL as anybody may see it: host, port and database, for a password may stand behind them."""
    host = address.host or address.query.get("host")
    wanted = URL.create("postgresql", host=host if isinstance(host, str) else None, port=address.port)
    return wanted.set(database=address.database).render_as_string()


# --- the functions of PostgreSQL ---


def _digest() -> str:
    return hashlib.sha256(FUNCTIONS.read_bytes()).hexdigest()


def _functions(connection: Connection) -> str | None:
    statement = f"SELECT value FROM installation WHERE name='{_FUNCTIONS}'"  # noqa: S608 - our own name
    found = connection.exec_driver_sql(statement).scalar()
    return None if found is None else str(found)


def _replace_functions(connection: Connection) -> None:
    digest = _digest()
    if digest == _functions(connection):
        return
    plain = connection.execution_options(no_parameters=True)
    plain.exec_driver_sql(FUNCTIONS.read_text("utf-8"))
    plain.exec_driver_sql(
        f"INSERT INTO installation (name, value) VALUES ('{_FUNCTIONS}', '{digest}') "  # noqa: S608 - our own text
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )


# --- files from before there were migrations ---


def _tables(connection: Connection) -> set[str]:
    statement = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
    }[connection.dialect.name]
    return set(connection.exec_driver_sql(statement).scalars())


def _adopt(connection: Connection, known: set[str]) -> None:
    """Take in a file that has tables and no revision: what is there has to be what the first one makes.

    What is missing is added: such a file is also left behind by a process that was killed while it made one.
    """
    ours = known & whole().tables.keys()
    if connection.dialect.name != "sqlite":
        if ours:
            raise WrongSchema(
                f"{_place(connection)} has tables of another program that are called as ours are "
                f"({', '.join(sorted(ours))}): give bonitet a database of its own"
            )
        return
    if "stored_events" not in ours:
        raise WrongSchema(f"{_place(connection)} is a file of another program: name one that bonitet may make")
    with create_engine("sqlite://", poolclass=NullPool).connect() as example:
        example.exec_driver_sql("BEGIN")
        _upgrade(example, FIRST)
        there = _definitions(connection)
        for name, (statement, wanted) in _definitions(example).items():
            if name not in there:
                connection.execution_options(no_parameters=True).exec_driver_sql(statement)
            elif there[name][1] != wanted:
                raise WrongSchema(
                    f"{_place(connection)} has {name} in another form than this program makes and reads: restore the "
                    "file from a backup, or open it with the program that wrote it"
                )
    connection.exec_driver_sql("INSERT OR IGNORE INTO tracking VALUES ('__migration__', 1)")
    _upgrade(connection, FIRST, by_name_only=True)


def _definitions(connection: Connection) -> dict[str, tuple[str, Any]]:
    """For each table, index and trigger the statement that makes it, and what it is however that is worded."""
    rows = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "AND name<>'alembic_version' ORDER BY type='table' DESC"
    ).all()
    return {
        name: (sql, _columns(connection, name, sql) if kind == "table" else re.sub(r"[\s\"]+|IF NOT EXISTS", "", sql))
        for kind, name, sql in rows
    }


def _columns(connection: Connection, table: str, sql: str) -> Any:
    def told(pragma: str, of: str) -> Any:
        return connection.exec_driver_sql(f"PRAGMA {pragma}('{of}')").all()

    columns = [
        (name, kind.upper(), bool(required or key), default, key)
        for _, name, kind, required, default, key in told("table_info", table)
    ]
    unique = sorted(
        [column[2] for column in told("index_info", index[1])] for index in told("index_list", table) if index[3] == "u"
    )
    return columns, unique, *(word in sql.upper() for word in ("WITHOUT ROWID", "AUTOINCREMENT"))
