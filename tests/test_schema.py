"""One schema on both databases: made and changed by migrations, never passed by a program that doesn't know it."""

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from eventsourcing.persistence import PersistenceError, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteDatastore, SQLiteTrackingRecorder
from sqlalchemy import Connection, Engine, NullPool, create_engine, insert, make_url, select
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from adapters.cli.opening import Terminal
from adapters.cli.opening import _answering as answering
from adapters.store import schema
from adapters.store.postgres import PostgresStore
from adapters.store.projecting import GENERATION, generation, keep
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.schema import HEAD, WrongSchema
from adapters.store.tables import positions, sources, stored_events, tracking
from projections.register import register
from tests.components.postgres import Databases

ROOT = Path(__file__).parent.parent
Where = str

# What a file had before there were migrations.
BEFORE = """
CREATE TABLE tracking (application_name TEXT, notification_id INTEGER, PRIMARY KEY (application_name)) WITHOUT ROWID;
CREATE TABLE stored_events (notification_id INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version));
CREATE TRIGGER stored_events_no_update BEFORE UPDATE ON stored_events
    BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER stored_events_no_delete BEFORE DELETE ON stored_events
    BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TABLE rejected (number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, source VARCHAR NOT NULL,
    position INTEGER NOT NULL, reason VARCHAR NOT NULL, payload BLOB NOT NULL, whole INTEGER NOT NULL,
    hash VARCHAR NOT NULL, state VARCHAR NOT NULL);
CREATE UNIQUE INDEX rejected_once ON rejected (source, position, hash);
CREATE TABLE parked (number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, subject VARCHAR NOT NULL,
    source VARCHAR NOT NULL, position INTEGER NOT NULL, reason VARCHAR NOT NULL, awaits VARCHAR, payload BLOB NOT NULL,
    hash VARCHAR NOT NULL, since VARCHAR NOT NULL, state VARCHAR NOT NULL, note VARCHAR);
CREATE INDEX parked_waiting ON parked (number) WHERE state = 'waiting';
CREATE INDEX ix_parked_subject ON parked (subject);
CREATE TABLE installation (name VARCHAR NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY (name));
CREATE TABLE projection_positions (projection VARCHAR NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (projection));
CREATE TABLE private (reference VARCHAR NOT NULL, subject VARCHAR NOT NULL, fact VARCHAR NOT NULL,
    field VARCHAR NOT NULL, text VARCHAR NOT NULL, PRIMARY KEY (reference));
CREATE INDEX ix_private_subject ON private (subject);
CREATE TABLE agenda (subject VARCHAR NOT NULL, about VARCHAR NOT NULL, what VARCHAR NOT NULL, due_at BIGINT NOT NULL,
    rule VARCHAR NOT NULL, whose VARCHAR NOT NULL, term VARCHAR NOT NULL, PRIMARY KEY (subject, about, what))
    WITHOUT ROWID;
CREATE INDEX agenda_by_due ON agenda (due_at);
CREATE TABLE tasks (stream VARCHAR NOT NULL, version INTEGER NOT NULL, task VARCHAR NOT NULL, about VARCHAR NOT NULL,
    recommendation VARCHAR NOT NULL, rule VARCHAR, opened_at BIGINT NOT NULL, due_at BIGINT,
    PRIMARY KEY (stream, version)) WITHOUT ROWID;
CREATE TABLE audit (position INTEGER NOT NULL, stream VARCHAR NOT NULL, version INTEGER NOT NULL,
    name VARCHAR NOT NULL, effective_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, cause VARCHAR, source VARCHAR,
    actor VARCHAR, role VARCHAR, rule VARCHAR, editions VARCHAR, PRIMARY KEY (position));
CREATE INDEX audit_by_stream ON audit (stream);
CREATE TABLE register (certificate VARCHAR NOT NULL, since BIGINT NOT NULL, status VARCHAR NOT NULL, attained VARCHAR,
    edition VARCHAR, business_year INTEGER, period INTEGER, valid_from VARCHAR NOT NULL, valid_until VARCHAR,
    clause VARCHAR NOT NULL, rule VARCHAR NOT NULL, flag VARCHAR, PRIMARY KEY (certificate, since)) WITHOUT ROWID;
CREATE TABLE holders (subject VARCHAR NOT NULL, name VARCHAR, folded VARCHAR, pib VARCHAR, due_at BIGINT,
    certificates INTEGER NOT NULL, PRIMARY KEY (subject));
CREATE INDEX holders_by_pib ON holders (pib);
CREATE INDEX holders_by_due ON holders (due_at);
INSERT INTO tracking VALUES ('__migration__', 1), ('file', 7);
INSERT INTO stored_events VALUES (1, 'RS-1', 1, 'Told:1', x'7b7d');
INSERT INTO installation VALUES ('key', 'secret');
"""


NO_POSITION = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES ('a', 1, 'b', 'c')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bonitet.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, path: Path) -> Where:
    """An empty database of either kind."""
    return f"sqlite:///{path}" if request.param == "sqlite" else str(request.getfixturevalue("database"))


@contextmanager
def engine(where: Where) -> Iterator[Engine]:
    made = create_engine(where, poolclass=NullPool)
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def connected(where: Where) -> Iterator[Connection]:
    with engine(where) as to, to.begin() as connection:
        yield connection


def run(where: Where, *statements: str) -> None:
    with connected(where) as c:
        for statement in statements:
            c.exec_driver_sql(statement)


def drift(where: Where) -> list[Any]:
    """What alembic would write into a next revision."""
    with connected(where) as c:
        told = MigrationContext.configure(c, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(told, schema.whole()))


def definitions(where: Where) -> set[str]:
    """Everything that the database says about its tables, in words that don't depend on spaces."""
    on_file = """
        SELECT name || ': ' || sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
        """
    on_server = """
        SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'column ' || concat_ws(' ', table_name, ordinal_position, column_name, data_type,
            collation_name, column_default, is_nullable, is_identity)
            FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger
        """
    with connected(where) as c:
        statement = on_file if c.dialect.name == "sqlite" else on_server
        found = c.execution_options(no_parameters=True).exec_driver_sql(statement).scalars()
        return {re.sub(r"\s+", " ", row) for row in found}


def revision(where: Where) -> str | None:
    with connected(where) as c:
        return schema.version(c)


def checked(where: Where) -> None:
    with connected(where) as c:
        schema.check(c)


def event(position: int, stream: str = "RS-1") -> dict[str, Any]:
    told = {"originator_id": stream, "originator_version": 1, "topic": "Told:1", "state": b"{}"}
    return told | {"notification_id": position}


# --- no drift ----------------------------------------------------------------------------------------------------


def test_migrations_make_what_the_program_says_its_tables_are(where: Where) -> None:
    assert schema.migrate(where) is None
    assert revision(where) == HEAD
    assert drift(where) == []
    checked(where)


def test_migrations_make_the_same_as_the_tables_would_by_themselves(
    where: Where, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # Alembic compares neither collations nor what a partial index is about.
    schema.migrate(where)
    ours = definitions(where)
    if make_url(where).get_backend_name() == "sqlite":
        other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    else:
        other = request.getfixturevalue("postgres").database()
    with connected(other) as c:
        schema.whole().create_all(c)
    theirs = definitions(other)
    assert theirs <= ours
    assert all("alembic_version" in more or "trigger" in more.lower() for more in ours - theirs)


def test_every_text_compares_byte_by_byte(database: Where) -> None:
    schema.migrate(database)
    with connected(database) as c:
        found = c.exec_driver_sql(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND "
            "data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
        )
        assert found.scalars().all() == ["alembic_version.version_num"]


def test_every_module_that_defines_a_table_is_known_to_the_schema() -> None:
    modules = [path for folder in ("adapters", "projections") for path in (ROOT / folder).rglob("*.py")]
    defining = [path for path in modules if re.search(r"^\w+ = Table\((?:$|\")", path.read_text("utf-8"), re.MULTILINE)]
    assert [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(defining)] == sorted(
        schema.TABLES_OF
    )


def test_the_newest_revision_is_the_one_that_the_program_names() -> None:
    config = Config()
    config.set_main_option("script_location", "adapters.store:migrations")
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    told = [script.revision for script in scripts]
    assert told[0] == HEAD
    assert told[-1] == schema.FIRST
    # By their numbers a program knows which of two is newer.
    assert told == [f"{number:04}" for number in range(len(told), 0, -1)]
    assert all(Path(script.path).name.startswith(f"v{script.revision}_") for script in scripts)


# --- migrating ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("told", "begun"), [(0, 0), (0, 1), (4, 5)])
def test_read_models_that_a_revision_empties_are_another_generation(told: int, begun: int, where: Where) -> None:
    with connected(where) as c:
        schema._upgrade(c, schema.FIRST)  # noqa: SLF001 - as an older program did
        if told:
            keep(c, GENERATION, str(told))
        if begun:
            c.execute(insert(positions).values(projection=READ_MODELS, position=7))
    schema.migrate(where)
    with connected(where) as c:
        assert generation(c) == begun


def test_migrating_again_changes_nothing(where: Where) -> None:
    schema.migrate(where)
    run(where, "INSERT INTO tracking VALUES ('file', 7)")
    before = definitions(where)
    assert schema.migrate(where) == HEAD
    assert definitions(where) == before
    with connected(where) as c:
        assert c.execute(select(tracking).order_by(tracking.c.application_name)).all() == [
            ("__migration__", 1),
            ("file", 7),
        ]


# What the read models had to say and whose position they stood for, as revision 2 kept them.
READ_BEFORE = (
    "INSERT INTO register (certificate, since, status, valid_from, clause, rule) VALUES ('RS-1/N', 0, '', '', '', '')",
    "INSERT INTO holders (subject, certificates) VALUES ('RS-1', 1)",
    "INSERT INTO projection_positions VALUES ('read models', 7)",
    "INSERT INTO projection_positions VALUES ('register', 7)",
)


@pytest.mark.parametrize("generation", [None, "4"])
def test_read_models_are_told_again_where_they_have_more_to_say_and_others_hear_of_it(
    where: Where, generation: str | None
) -> None:
    with connected(where) as c:
        schema._upgrade(c, "0002")  # noqa: SLF001
    known = [f"INSERT INTO installation VALUES ('read models generation', '{generation}')"] if generation else []  # noqa: S608
    run(where, *READ_BEFORE, *known)
    assert schema.migrate(where) == "0002"
    assert drift(where) == []
    with connected(where) as c:
        assert c.execute(select(register)).all() == []
        assert dict(c.execute(select(positions)).all()) == {"register": 7}
        kept = "SELECT value FROM installation WHERE name='read models generation'"
        assert c.exec_driver_sql(kept).scalar() == str(int(generation or 0) + 1)


AT_ONCE = """
import sys
from sqlalchemy import create_engine, event
from adapters.store import schema
engine = create_engine(sys.argv[1])
if engine.dialect.name == "postgresql":
    engine = engine.execution_options(isolation_level="REPEATABLE READ")
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA journal_mode=WAL"))
print("ready", flush=True)
sys.stdin.readline()
print(schema.migrate(engine))
engine.dispose()
"""


def test_processes_that_migrate_an_empty_database_at_once_find_one_schema(where: Where) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, where],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(8)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120) for process in started]
    assert [errors for _, errors in told] == [""] * 8
    assert sorted(answer for answer, _ in told) == [f"{HEAD}\n"] * 7 + ["None\n"]
    assert drift(where) == []


def test_a_migration_that_fails_halfway_leaves_nothing(database: Where) -> None:
    run(database, "CREATE FUNCTION history_is_never_rewritten() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with pytest.raises(ProgrammingError, match="history_is_never_rewritten"):
        schema.migrate(database)
    assert revision(database) is None
    assert definitions(database) == set()
    run(database, "DROP FUNCTION history_is_never_rewritten")
    schema.migrate(database)
    checked(database)


def test_whoever_opens_a_file_that_is_up_to_date_loads_no_migrations(path: Path) -> None:
    schema.migrate(f"sqlite:///{path}")
    code = "import sys; from adapters.store import schema; schema.migrate(sys.argv[1]); print('alembic' in sys.modules)"
    command = [sys.executable, "-c", code, f"sqlite:///{path}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout == "False\n"


def test_a_file_that_is_up_to_date_is_opened_while_somebody_writes(path: Path) -> None:
    schema.migrate(f"sqlite:///{path}")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with engine(f"sqlite:///{path}?timeout=0") as impatient:
        assert schema.migrate(impatient) == HEAD
    other.close()


def test_a_file_that_cannot_be_opened_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="unable to open database file"):
        schema.migrate(f"sqlite:///{tmp_path / 'nowhere' / 'bonitet.sqlite3'}")


# --- from before there were migrations ---------------------------------------------------------------------------


def old_file(path: Path, made_with: str = BEFORE) -> Where:
    with sqlite3.connect(path) as c:
        c.executescript(made_with)
    c.close()
    return f"sqlite:///{path}"


def test_a_file_of_before_the_migrations_is_taken_in_with_all_that_it_keeps(path: Path) -> None:
    where = old_file(path)
    assert schema.migrate(where) is None
    checked(where)
    with connected(where) as c:
        assert c.execute(select(stored_events)).all() == [(1, "RS-1", 1, "Told:1", b"{}")]
        assert c.execute(select(tracking)).all() == [("__migration__", 1), ("file", 7)]
        assert c.exec_driver_sql("SELECT * FROM installation").all() == [("key", "secret")]
        assert c.execute(select(sources)).all() == []
    # A key that numbers rows is never null, whether the table says so or not.
    assert [(change[0][0], *change[0][2:4]) for change in drift(where)] == [
        ("modify_nullable", "stored_events", "notification_id")
    ]
    before = definitions(where)
    assert schema.migrate(where) == HEAD
    assert definitions(where) == before


def test_a_file_that_was_left_half_made_is_completed(path: Path) -> None:
    begun, _, _ = BEFORE.partition("CREATE TABLE rejected")
    where = old_file(path, begun.replace("CREATE TRIGGER stored_events_no_delete", "CREATE TRIGGER other_no_delete"))
    schema.migrate(where)
    checked(where)
    with connected(where) as c:
        assert c.execute(select(tracking)).all() == [("__migration__", 1)]
        c.exec_driver_sql(NO_POSITION)
    with pytest.raises(IntegrityError, match="history is never rewritten"):
        run(where, "DELETE FROM stored_events")


def test_a_file_that_somebody_writes_to_is_waited_for(path: Path) -> None:
    where = old_file(path)
    other = sqlite3.connect(path, check_same_thread=False)
    other.execute("INSERT INTO tracking VALUES ('other', 1)")
    done = threading.Timer(0.3, other.commit)
    done.start()
    with engine(where) as patient:
        # SQLite itself gives up at once here.
        listen(patient, "connect", lambda c, _: c.execute("PRAGMA journal_mode=WAL"))
        schema.migrate(patient)
    done.join()
    other.close()
    checked(where)


@pytest.mark.parametrize(
    ("was", "is_", "named"),
    [
        ("awaits VARCHAR, ", "", "parked"),
        ("pib VARCHAR,", "pib INTEGER,", "holders"),
        ("AUTOINCREMENT, originator_id", ", originator_id", "stored_events"),
        ("TEXT NOT NULL, state", "TEXT, state", "stored_events"),
        (",\n    UNIQUE (originator_id, originator_version)", "", "stored_events"),
        ("PRIMARY KEY (application_name)) WITHOUT ROWID", "PRIMARY KEY (application_name))", "tracking"),
        ("UNIQUE INDEX rejected_once", "INDEX rejected_once", "rejected_once"),
        ("WHERE state = 'waiting'", "", "parked_waiting"),
        ("RAISE(ABORT, 'history is never rewritten')", "1", "stored_events_no_update"),
        ("PRIMARY KEY (stream, version)", "PRIMARY KEY (stream)", "tasks"),
    ],
)
def test_a_file_whose_tables_are_not_what_the_first_revision_makes_is_left_alone(
    path: Path, was: str, is_: str, named: str
) -> None:
    assert was in BEFORE
    where = old_file(path, BEFORE.replace(was, is_))
    before = definitions(where)
    with pytest.raises(WrongSchema, match=rf"has {named} in another form .* restore the file from a backup"):
        schema.migrate(where)
    assert definitions(where) == before


def test_a_file_of_another_program_is_left_alone(path: Path) -> None:
    where = old_file(path, "CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(WrongSchema, match="a file of another program: name one that bonitet may make"):
        schema.migrate(where)
    assert definitions(where) == {"bookmarks: CREATE TABLE bookmarks (url TEXT)"}


def test_a_postgresql_database_with_tables_that_are_called_like_ours_is_left_alone(database: Where) -> None:
    run(database, "CREATE TABLE stored_events (originator_id uuid)", "CREATE TABLE bookmarks (url text)")
    before = definitions(database)
    with pytest.raises(WrongSchema, match=r"\(stored_events\): give bonitet a database of its own"):
        schema.migrate(database)
    assert definitions(database) == before


def test_a_postgresql_database_may_hold_other_tables_as_well(database: Where) -> None:
    run(database, "CREATE TABLE bookmarks (url text)", "INSERT INTO bookmarks VALUES ('here')")
    schema.migrate(database)
    checked(database)
    with connected(database) as c:
        assert c.exec_driver_sql("SELECT url FROM bookmarks").scalars().all() == ["here"]


# --- a program and a database that don't fit ---------------------------------------------------------------------


def test_a_database_that_a_newer_program_has_migrated_is_refused(where: Where) -> None:
    schema.migrate(where)
    run(where, "UPDATE alembic_version SET version_num='9999'")
    for attempt in (schema.migrate, checked):
        with pytest.raises(WrongSchema, match=r"revision 9999 .* a newer program has migrated it, run that one"):
            attempt(where)
    assert revision(where) == "9999"


def test_a_database_that_another_program_migrates_is_refused(where: Where) -> None:
    schema.migrate(where)
    run(where, "UPDATE alembic_version SET version_num='ae1027a6acf'")
    for attempt in (schema.migrate, checked):
        with pytest.raises(WrongSchema, match="another program keeps its data there, give bonitet a database of its"):
            attempt(where)


def test_a_database_that_is_behind_or_empty_asks_to_be_migrated(where: Where) -> None:
    with pytest.raises(WrongSchema, match="has no schema yet: run `bonitet migrate`"):
        checked(where)
    schema.migrate(where)
    run(where, "UPDATE alembic_version SET version_num='0000'")
    with pytest.raises(WrongSchema, match=f"has revision 0000 .* needs {HEAD}: .* make a backup, then run `bonitet mi"):
        checked(where)


@pytest.mark.parametrize("stands", ["before", "behind"])
def test_no_complaint_shows_a_password(stands: str, database: Where, capsys: pytest.CaptureFixture[str]) -> None:
    url = make_url(database)
    before, behind = url.set(password="open-sesame"), url.update_query_dict({"password": "open-sesame"})  # noqa: S106 - the one that may not be shown
    address = (before if stands == "before" else behind).render_as_string(hide_password=False)
    with pytest.raises(WrongSchema) as refused:
        checked(address)
    schema.migrate(database)
    with closing(PostgresStore(address, "k" * 32)) as store:
        at_work = store.place
    with pytest.raises(typer.Exit), answering(Terminal(json=False, database=address)):
        raise PersistenceError
    for told in (str(refused.value), at_work, capsys.readouterr().err):
        assert "open-sesame" not in told
        assert f"postgresql://{url.host}:{url.port}/{url.database}" in told


def test_functions_that_are_not_this_programs_are_replaced_by_migrating(database: Where) -> None:
    schema.migrate(database)
    run(
        database,
        "UPDATE installation SET value='of old' WHERE name='functions'",
        "DROP FUNCTION bonitet_queued(text[])",
    )
    with pytest.raises(WrongSchema, match="has the functions of another version of the program: run `bonitet migrate`"):
        checked(database)
    assert schema.migrate(database) == HEAD
    checked(database)
    run(database, "SELECT bonitet_queued('{}')")


# --- what the database itself sees to ----------------------------------------------------------------------------


def refuses(where: Where, *statements: str) -> None:
    with pytest.raises(IntegrityError, match="history is never rewritten"):
        run(where, *statements)
    with connected(where) as c:
        assert c.execute(select(stored_events)).all() == [(1, "RS-1", 1, "Told:1", b"{}")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state=state",
        "UPDATE stored_events SET notification_id=99 WHERE notification_id=1",
        "DELETE FROM stored_events",
    ],
)
def test_history_can_be_neither_changed_nor_deleted(where: Where, statement: str) -> None:
    schema.migrate(where)
    with connected(where) as c:
        c.execute(insert(stored_events), event(1))
    refuses(where, statement)


def test_on_postgresql_history_cannot_be_truncated_nor_changed_while_replicating(database: Where) -> None:
    schema.migrate(database)
    with connected(database) as c:
        c.execute(insert(stored_events), event(1))
    refuses(database, "TRUNCATE stored_events")
    refuses(database, "TRUNCATE tracking, stored_events CASCADE")
    refuses(database, "SET session_replication_role = replica", "DELETE FROM stored_events")


def test_positions_of_sources_may_be_moved_and_forgotten(where: Where) -> None:
    schema.migrate(where)
    run(
        where,
        "INSERT INTO tracking VALUES ('file', 7)",
        "UPDATE tracking SET notification_id=5000000000 WHERE application_name='file'",
        "DELETE FROM tracking WHERE application_name='file'",
    )


def test_on_postgresql_only_who_gives_a_position_can_append(database: Where) -> None:
    schema.migrate(database)
    with pytest.raises(IntegrityError, match="notification_id"):
        run(database, NO_POSITION)
    with connected(database) as c:
        c.execute(insert(stored_events), [event(5_000_000_000), event(5_000_000_001, "RS-2")])
    with pytest.raises(IntegrityError, match="originator_version"), connected(database) as c:
        c.execute(insert(stored_events), event(5_000_000_002))


def test_what_is_set_aside_is_numbered_and_no_number_is_used_again(where: Where) -> None:
    schema.migrate(where)
    rejected = schema.whole().tables["rejected"]
    line = {"source": "file", "reason": "?", "payload": b"?", "whole": 1, "hash": "?", "state": "open"}
    with connected(where) as c:
        c.execute(insert(rejected), [line | {"position": 5_000_000_000 + n} for n in range(3)])
        c.exec_driver_sql("DELETE FROM rejected WHERE number=3")
        c.execute(insert(rejected), line | {"position": 1})
        assert c.execute(select(rejected.c.number).order_by(rejected.c.number)).scalars().all() == [1, 2, 4]


def test_a_partition_is_known_before_it_has_brought_anything(where: Where) -> None:
    schema.migrate(where)
    with connected(where) as c:
        c.execute(
            insert(sources), {"name": "kafka:c/t/i/0", "cluster": "c", "topic": "t", "topic_id": "i", "partition": 0}
        )
        assert c.execute(select(sources)).all() == [("kafka:c/t/i/0", "c", "t", "i", 0, None, None, 0, None)]


def test_the_librarys_own_tracking_finds_its_table_as_it_wants_it(where: Where, path: Path) -> None:
    schema.migrate(where)
    before = definitions(where)
    url = make_url(where)
    recorder: SQLiteTrackingRecorder | PostgresTrackingRecorder
    if url.get_backend_name() == "sqlite":
        recorder = SQLiteTrackingRecorder(SQLiteDatastore(str(path)))
    else:
        server = PostgresDatastore(
            str(url.database), str(url.host), str(url.port), str(url.username), url.password or ""
        )
        recorder = PostgresTrackingRecorder(server, tracking_table_name="tracking")
    recorder.create_table()
    recorder.insert_tracking(Tracking("file", 7))
    assert recorder.max_tracking_id("file") == 7
    recorder.datastore.close()
    assert definitions(where) == before


# --- ranges of text ----------------------------------------------------------------------------------------------

STREAMS = ["RS-1", "RS-1/A", "RS-1/a", "RS-1/Č-2", "RS-1/Ž", "RS-10", "RS-10/A", "RS-11", "RS-1:x", "RS-1~", "rs-1/A"]
OWN = ["RS-1", "RS-1/A", "RS-1/a", "RS-1/Č-2", "RS-1/Ž"]
RANGE = "originator_id >= %s AND originator_id < %s"


@pytest.mark.parametrize("collation", [None, "und", "sr-Latn", "en-US-u-ka-shifted"])
def test_a_companys_streams_are_one_range_whatever_the_language_of_the_database(
    postgres: Databases, collation: str | None
) -> None:
    url = postgres.database(collation=collation)
    schema.migrate(url)
    bounds = ("RS-1", "RS-10")
    with connected(url) as c:
        c.execute(insert(stored_events), [event(n, stream) for n, stream in enumerate(STREAMS, 1)])
        column = stored_events.c.originator_id
        asked = select(column).where(column >= bounds[0], column < bounds[1]).order_by(column)
        assert c.execute(asked).scalars().all() == OWN
    with psycopg.connect(url) as plain:
        found = plain.execute(f"SELECT originator_id FROM stored_events WHERE {RANGE} ORDER BY 1", bounds)  # noqa: S608
        assert [row[0] for row in found] == OWN
        # As many companies are read at once: the bounds come as rows.
        found = plain.execute(
            "SELECT originator_id FROM unnest(%s::text[]) AS asked (subject) JOIN stored_events "
            "ON originator_id >= subject AND originator_id < subject || '0' ORDER BY originator_id",
            (["RS-1"],),
        )
        assert [row[0] for row in found] == OWN
        # The same texts in the language of the database: what this is about.
        language = plain.execute(
            f"SELECT originator_id FROM unnest(%s::text[]) AS told (originator_id) WHERE {RANGE}",  # noqa: S608
            (STREAMS, *bounds),
        )
        assert (sorted(row[0] for row in language) == OWN) is (collation is None)
    postgres.drop(url)
