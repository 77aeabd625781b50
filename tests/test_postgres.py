"""What only PostgreSQL has to do with: many writers at once, sessions that idle or are cut off, a disk that is full."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
import typer
from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresProcessRecorder
from psycopg import sql
from sqlalchemy import make_url

from adapters.cli.opening import Terminal
from adapters.cli.opening import _answering as answering
from adapters.intake import aside
from adapters.store import postgres, private, schema
from adapters.store.postgres import PostgresStore
from adapters.store.recorder import Conflict, Moved, PositionMoved
from tests.components.missing import Missing
from tests.components.postgres import Postgres
from tests.installation import KEY, NOW, contents, installation, made_up, numbered

SOON = 10  # seconds in which anything is done that isn't held up, on a busy machine as well
LONG = 20  # seconds that nobody waits who is woken

Raw = psycopg.Connection[tuple[Any, ...]]
Opens = Callable[[], PostgresStore]
Connects = Callable[[], Raw]


@pytest.fixture
def stores(database: str) -> Iterator[Opens]:
    """Opens the same installation again and again, as processes do."""
    schema.migrate(database)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(PostgresStore(database, KEY)))


@pytest.fixture
def store(stores: Opens) -> PostgresStore:
    """The installation as one process has it."""
    return stores()


@pytest.fixture
def raw(stores: Opens, database: str) -> Iterator[Connects]:
    """Plain sessions, each of which begins a transaction with its first statement."""
    del stores  # but it is migrated by now
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(psycopg.connect(database)))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Somebody else, who does something meanwhile."""
    with ThreadPoolExecutor(6) as pool:
        yield pool


def event(stream: str, version: int = 1, state: bytes = b"{}") -> StoredEvent:
    return StoredEvent(stream, version, "Topic:1", state)


def append(
    to: PostgresStore,
    *told: StoredEvent,
    seen: int | None = None,
    of: tuple[str, ...] = (),
    moved: tuple[Moved, ...] = (),
    also: Any = (),
    queued: Sequence[str] = (),
) -> Any:
    """Append what was decided when the log ended at `seen` (now, if nothing is said) on the companies `of`."""
    position = to.last_position() if seen is None else seen
    return to.append(told, read=(position, set(of)), moved=moved, also=also, unless=(aside.QUEUED_OF, queued))


def streams(of: PostgresStore) -> list[Any]:
    """The streams of all events, in the order of the log; their positions have no gap."""
    told = of.recorder.select_notifications(None, 10_000)
    assert [n.id for n in told] == list(range(1, len(told) + 1))
    return [n.originator_id for n in told]


def texts(of: PostgresStore) -> dict[str, str]:
    with of.reading() as c:
        return private.texts(c, "EX-1")


PRIVATE = [(private.INSERT, [("ref:1", "EX-1", "f-1", "name", "Ana")])]


def parks(*awaits: str | None) -> Any:
    row = ("EX-1", "file", 1, "it waits")
    return [(aside.PARK, [(*row, awaited, b"{}", "0", "2026-07-01") for awaited in awaits])]


_CALL = "SELECT bonitet_append(%s::text[],%s::bigint[],%s::text[],%s::bytea[],NULL,'{}',NULL,'{}','{}','{}',30000)"


def hold(session: psycopg.Connection[Any], *told: StoredEvent) -> None:
    """Append by a session whose transaction then stays open."""
    columns = zip(*((e.originator_id, e.originator_version, e.topic, e.state) for e in told), strict=True)
    session.execute(_CALL, [list(column) for column in columns])


def backends(database: str, granted: str) -> list[int]:
    with psycopg.connect(database) as c:
        held = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid=database AND datname=current_database()"
        found = c.execute(f"{held} WHERE locktype='advisory' AND granted=%s", (granted,))
        return [row[0] for row in found]


def holding(database: str) -> list[int]:
    """The sessions that have a lock which programs take by name."""
    return backends(database, "t")


def waiting(database: str) -> list[int]:
    """The sessions that wait for one."""
    return backends(database, "f")


def until(so: Callable[[], Any]) -> Any:
    """Wait until something is so, and tell it."""
    end = monotonic() + SOON
    while not (found := so()):
        assert monotonic() < end, "it never came to that"
        sleep(0.01)
    return found


def terminate(database: str, pid: int) -> None:
    """Have the server end a session, as an operator or a failover does."""
    with psycopg.connect(database) as c:
        assert c.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,)).fetchone() == (True,)


# --- positions of sources ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 7])
def test_of_two_readers_of_a_source_the_slower_is_refused_and_writes_nothing(start: int, stores: Opens) -> None:
    one, two = stores(), stores()
    if start:
        append(one, moved=(Moved("file", 0, start),))
    append(one, event("EX-1"), moved=(Moved("file", start, 10),))
    both = (Moved("elsewhere", 0, 5), Moved("file", start, 12))
    with pytest.raises(PositionMoved, match=f"position of file is no longer {start}: somebody else reads"):
        append(two, event("EX-2"), moved=both, also=PRIVATE)
    assert streams(one) == ["EX-1"]
    assert one.source_positions() == {"file": 10}
    assert texts(one) == {}
    append(two, event("EX-2"), moved=(Moved("elsewhere", 0, 5), Moved("file", 10, 12)), also=PRIVATE)
    assert one.source_positions() == {"elsewhere": 5, "file": 12}
    assert texts(one) == {"ref:1": "Ana"}


def test_a_source_that_was_read_to_its_end_begins_anew(store: PostgresStore) -> None:
    append(store, moved=(Moved("file", 0, 10),))
    store.forget_position("file")
    with pytest.raises(PositionMoved):
        append(store, event("EX-1"), moved=(Moved("file", 10, 20),))
    append(store, event("EX-1"), moved=(Moved("file", 0, 5),))
    assert store.source_position("file") == 5


def test_of_two_that_race_from_the_same_position_exactly_one_wins(stores: Opens, threads: ThreadPoolExecutor) -> None:
    both, together = (stores(), stores()), threading.Barrier(2, timeout=SOON)

    def race(number: int, at: int) -> bool:
        together.wait()
        try:
            append(
                both[number], event(f"EX-{number}", at + 1 - wins[number]), seen=0, moved=(Moved("file", at, at + 1),)
            )
        except PositionMoved:
            return False
        return True

    wins = [0, 0]  # of the other, so far
    for at in range(30):
        won = list(threads.map(race, (0, 1), (at, at)))
        assert sorted(won) == [False, True]
        wins[won.index(False)] += 1
    assert both[0].source_position("file") == 30
    assert len(streams(both[0])) == 30


# --- companies that somebody else has written to -----------------------------------------------------------------


@pytest.mark.parametrize("touched", ["EX-1", "EX-1/N-1"])
def test_somebody_elses_event_of_a_company_that_was_read_is_a_conflict(touched: str, stores: Opens) -> None:
    one, two = stores(), stores()
    append(one, event("EX-2"))
    append(two, event(touched), event("EX-3"))
    with pytest.raises(Conflict) as refused:
        # EX-1 was read and isn't written: a decision about EX-2 may rest on it all the same.
        append(one, event("EX-2", 2), seen=1, of=("EX-1", "EX-2"), moved=(Moved("file", 0, 5),), also=PRIVATE)
    assert (refused.value.subjects, refused.value.position) == ({"EX-1"}, 3)
    assert streams(one) == ["EX-2", touched, "EX-3"]
    assert (one.source_positions(), texts(one)) == ({}, {})


def test_somebody_elses_events_of_other_companies_are_no_conflict(stores: Opens) -> None:
    one, two = stores(), stores()
    append(one, event("EX-2"))
    append(two, event("EX-1"), event("EX-22"), event("EX-20/N-1"), event("EX"))
    assert list(append(one, event("EX-2", 2), event("EX-3"), seen=1, of=("EX-2", "EX-3"))) == [6, 7]


def test_the_same_version_of_a_stream_is_never_written_twice(stores: Opens) -> None:
    one, two = stores(), stores()
    append(one, event("EX-1"))
    with pytest.raises(IntegrityError, match="originator_version"):
        append(two, event("EX-2"), event("EX-1"), moved=(Moved("file", 0, 5),), also=PRIVATE)
    assert streams(one) == ["EX-1"]
    assert (one.source_positions(), texts(one)) == ({}, {})


def queued(store: PostgresStore, *subjects: str) -> list[str]:
    """What tells apart the parked facts of these companies, as the program reckons it from the rows."""
    states: dict[str, aside.State] = {}
    with store.reading() as c:
        for subject, number, awaits in aside.parked_after(c, 0):
            states[subject] = states.get(subject, aside.State()).and_then(number, awaits)
    return [" ".join(map(str, (subject, *states[subject]))) for subject in subjects if subject in states]


@pytest.mark.parametrize(
    "change",
    [
        parks(None),
        [(aside.UNPARK, [("released", 1)])],
        [(aside.AWAIT, [("it waits longer", "urn:test f-1", 2)])],
    ],
    ids=["parked", "released", "awaits"],
)
def test_a_queue_of_parked_facts_that_changed_is_a_conflict_for_whoever_read_it(change: Any, stores: Opens) -> None:
    one, two = stores(), stores()
    append(one, event("EX-1"), also=parks("registration", None))
    before = queued(one, "EX-1")
    append(two, also=change, queued=before, of=("EX-1",))
    with pytest.raises(Conflict) as refused:
        append(one, event("EX-1", 2), queued=before, of=("EX-0", "EX-1"), also=PRIVATE)
    assert (refused.value.subjects, refused.value.position) == (set(), 1)
    assert (streams(one), texts(one)) == (["EX-1"], {})
    append(one, event("EX-2"), of=("EX-2", "EX-3"))
    append(one, event("EX-1", 2), queued=queued(one, "EX-1"), of=("EX-0", "EX-1"))
    assert streams(one) == ["EX-1", "EX-2", "EX-1"]


def test_the_function_and_the_program_tell_queues_apart_by_the_same(store: PostgresStore, raw: Connects) -> None:
    told = set()
    for change in (
        (),
        parks(None, "registration"),
        parks(None),
        [(aside.UNPARK, [("dropped", 3)])],
        [(aside.AWAIT, [("it waits", None, 2)])],
        [(aside.UNPARK, [("released", 1), ("released", 2)])],
    ):
        append(store, also=change)
        row = raw().execute("SELECT bonitet_queued(ARRAY['EX-0', 'EX-1'])").fetchone()
        assert row is not None
        assert row[0] == queued(store, "EX-0", "EX-1")
        told.add(tuple(row[0]))
    assert len(told) == 4  # what was given up is as if it had never been, and in the end there is nothing


# --- no gaps -----------------------------------------------------------------------------------------------------


class Reader:
    """Asks a log again and again for what lies behind the last position it has seen."""

    def __init__(self, session: Raw, log: str = "stored_events") -> None:
        self._session = session
        self._after = f"SELECT notification_id, originator_id FROM {log} WHERE notification_id>%s ORDER BY 1"  # noqa: S608
        self.last = 0
        self.seen: list[str] = []

    def poll(self) -> None:
        told = self._session.execute(self._after.encode(), (self.last,)).fetchall()
        self._session.commit()
        self.seen += [stream for _, stream in told]
        self.last = max((position for position, _ in told), default=self.last)


def raced(
    database: str,
    reader: Reader,
    write: Callable[[Raw, StoredEvent], None],
    one: Raw,
    end: Callable[[], None],
    two: Raw,
) -> None:
    """One writer has got its position and is slow to commit; another begins after it, a third reads meanwhile."""

    def quick() -> None:
        write(two, event("quick"))
        two.commit()

    with ThreadPoolExecutor(1) as other:
        write(one, event("slow"))
        done = other.submit(quick)
        until(lambda: done.done() or waiting(database))
        reader.poll()
        end()
        done.result(SOON)
        reader.poll()


@pytest.mark.parametrize(("ends", "told"), [("commit", ["slow", "quick"]), ("rollback", ["quick"])])
def test_whoever_reads_by_position_never_passes_what_is_not_committed_yet(
    ends: str, told: list[str], store: PostgresStore, raw: Connects, database: str
) -> None:
    one, reader = raw(), Reader(raw())
    raced(database, reader, hold, one, getattr(one, ends), raw())
    assert reader.seen == told == streams(store)


def test_by_a_sequence_and_without_the_lock_a_reader_does_pass_it(raw: Connects, database: str) -> None:
    with closing(datastore(database)) as plain:
        PostgresApplicationRecorder(plain, events_table_name="plain_events").create_table()

    def write(session: Raw, told: StoredEvent) -> None:
        columns = "originator_id, originator_version, topic, state"
        row = (told.originator_id, told.originator_version, told.topic, told.state)
        session.execute(f"INSERT INTO plain_events ({columns}) VALUES (%s,%s,%s,%s)", row)  # noqa: S608

    one, reader = raw(), Reader(raw(), "plain_events")
    raced(database, reader, write, one, one.commit, raw())
    assert reader.seen == ["quick"]
    everything = Reader(raw(), "plain_events")
    everything.poll()
    assert everything.seen == ["slow", "quick"]


def test_of_many_writers_at_once_a_reader_sees_every_position_in_order(
    stores: Opens, raw: Connects, threads: ThreadPoolExecutor
) -> None:
    def write(number: int) -> None:
        mine = stores()
        for version in range(1, 31):
            # One in three fails after it was given its positions.
            with suppress(IntegrityError):
                append(mine, event(f"EX-{number}", version), *([event("EX-0")] if version % 3 == 0 else []), seen=0)
            if version % 3 == 0:
                append(mine, event(f"EX-{number}", version), seen=0)

    append(stores(), event("EX-0"))
    reader = Reader(raw())
    writers = [threads.submit(write, number) for number in range(1, 5)]
    while not all(writer.done() for writer in writers):
        reader.poll()
        assert len(reader.seen) == reader.last
    for writer in writers:
        writer.result()
    reader.poll()
    assert len(reader.seen) == reader.last == 121


# --- sessions that idle ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "did",
    [
        "SELECT * FROM stored_events",
        "SELECT * FROM stored_events FOR SHARE",
        "INSERT INTO installation VALUES ('name', 'value')",
        "UPDATE tracking SET notification_id=6 WHERE application_name='another file'",
        "UPDATE projection_positions SET position=0",
        "INSERT INTO rejected VALUES (DEFAULT,'another file',1,'','',1,'','open')",
    ],
)
def test_whoever_idles_in_a_transaction_on_anything_else_holds_up_nobody(
    did: str, store: PostgresStore, raw: Connects, threads: ThreadPoolExecutor
) -> None:
    append(store, event("EX-1"), moved=(Moved("file", 0, 1), Moved("another file", 0, 1)))
    idle = raw()
    idle.execute(did.encode())
    done = threads.submit(append, store, event("EX-2"), moved=(Moved("file", 1, 2),), also=PRIVATE)
    done.result(SOON)
    assert idle.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS


def test_a_process_that_idles_with_the_lock_in_its_hand_is_cut_off_and_the_others_go_on(
    stores: Opens, database: str, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "IDLE_FOR", 1)
    idle, other = stores(), stores()
    append(idle, event("EX-0"))

    def idles() -> None:
        with idle.datastore.get_connection() as session:
            session.execute("BEGIN")
            hold(session, event("EX-1"))
            done = threads.submit(append, other, event("EX-2"), seen=0)
            until(lambda: waiting(database))
            done.result(SOON)
            session.execute("COMMIT")

    with pytest.raises(PersistenceError, match="idle-in-transaction timeout"):
        idles()
    assert streams(other) == ["EX-0", "EX-2"]
    append(idle, event("EX-1"))
    assert streams(other) == ["EX-0", "EX-2", "EX-1"]


def test_whoever_waits_for_the_lock_too_long_is_told_what_to_do(
    store: PostgresStore, raw: Connects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOCK_FOR", 1)
    hold(raw(), event("EX-1"))
    with pytest.raises(OperationalError, match=r"waited 1 s .*another session .* pg_locks"):
        append(store, event("EX-2"))


def test_nobody_is_named_in_the_servers_log_nor_in_what_is_said_of_its_failures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres, "LOCK_FOR", 1)
    said = '{"name": "Ana Tajni\u0107"'.encode()
    also = [
        (private.INSERT, [("ref:1", "EX-1", "f-1", "name", "Ana Tajni\u0107")]),
        (aside.REJECT, [("file", 1, "not JSON", said, 1, "0")]),
        (aside.PARK, [("EX-1", "file", 1, "it waits", None, said, "0", "2026-07-01")]),
    ]
    with Postgres() as server:
        url = server.database()
        schema.migrate(url)
        with closing(PostgresStore(url, KEY)) as store, psycopg.connect(url) as other:
            for table in ("private", "rejected", "parked"):
                other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
                with pytest.raises(typer.Exit), answering(Terminal(json=False, database=url)):
                    append(store, event("EX-1"), also=also)
                other.rollback()
                also.pop(0)
        log = server.log.read_text()
    assert log.count("canceling statement due to lock timeout") == 3
    told = capsys.readouterr().err
    assert told.count("waited 1 s in vain") == 3
    for text in (log, told):
        assert "Tajni" not in text
        assert said.hex() not in text


def test_of_a_failure_of_the_database_only_the_first_line_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    fault = OperationalError("the column is not there\nLINE 1: VALUES ('Ana Tajni\u0107')")
    with pytest.raises(typer.Exit), answering(Terminal(json=False, database="postgresql://db/bonitet")):
        raise fault
    told = capsys.readouterr().err
    assert "the column is not there" in told
    assert "Tajni" not in told


def test_the_server_notices_when_the_machine_of_a_session_is_gone(store: PostgresStore) -> None:
    # Else it would keep that session's locks for hours: by default the system asks after two.
    assert store.lead("something")
    leading = store._leading  # noqa: SLF001 - of that very session
    assert leading is not None
    with store.datastore.get_connection() as appending:
        for session in (leading, appending):
            assert seconds(session, "tcp_keepalives_idle") <= 30
            assert seconds(session, "tcp_keepalives_interval") <= 10
            assert seconds(session, "tcp_keepalives_count") <= 5


def seconds(session: Any, setting: str) -> int:
    row = session.execute(f"SELECT setting FROM pg_settings WHERE name='{setting}'").fetchone()  # noqa: S608 - our own name
    return int(row["setting"] if isinstance(row, dict) else row[0])


# --- other programs ----------------------------------------------------------------------------------------------


def datastore(database: str) -> PostgresDatastore:
    url = make_url(database)
    where = (str(url.database), str(url.host), str(url.port), str(url.username), "")
    return PostgresDatastore(*where, originator_id_type="text")


def test_a_program_that_appends_by_the_library_as_it_comes_fails(stores: Opens, database: str) -> None:
    store = stores()
    with closing(datastore(database)) as plain:
        foreign = PostgresProcessRecorder(plain, tracking_table_name="tracking")
        foreign.create_table()
        with pytest.raises(IntegrityError, match=r'"notification_id" .* violates not-null'):
            foreign.insert_events([event("EX-1")])
    append(store, event("EX-1"))
    assert streams(store) == ["EX-1"]


def test_a_database_whose_transactions_are_stricter_by_default_is_no_trouble(
    database: str, raw: Connects, threads: ThreadPoolExecutor
) -> None:
    with psycopg.connect(database, autocommit=True) as c:
        stricter = "ALTER DATABASE {} SET default_transaction_isolation=serializable"
        c.execute(sql.SQL(stricter).format(sql.Identifier(c.info.dbname)))
    with closing(PostgresStore(database, KEY)) as store:
        one = raw()
        hold(one, event("EX-1"))
        done = threads.submit(append, store, event("EX-2"), seen=0)
        until(lambda: waiting(database))
        one.commit()
        done.result(SOON)
        assert streams(store) == ["EX-1", "EX-2"]


# --- connections that are lost -----------------------------------------------------------------------------------


def test_an_append_that_is_cut_off_while_it_waits_fails_and_is_not_tried_again_by_itself(
    store: PostgresStore, raw: Connects, database: str, threads: ThreadPoolExecutor
) -> None:
    batch: dict[str, Any] = {"moved": (Moved("file", 0, 10),), "also": PRIVATE, "seen": 0}
    other = raw()
    hold(other, event("EX-2"))
    lost: Future[Any] = threads.submit(append, store, event("EX-1"), **batch)
    (pid,) = until(lambda: waiting(database))
    terminate(database, pid)
    with pytest.raises(PersistenceError, match=r"terminating connection|server closed the connection"):
        lost.result(SOON)
    assert waiting(database) == []
    other.commit()
    assert (streams(store), store.source_position("file"), texts(store)) == (["EX-2"], 0, {})
    append(store, event("EX-1"), **batch)
    assert (streams(store), store.source_position("file"), texts(store)) == (["EX-2", "EX-1"], 10, {"ref:1": "Ana"})


@contextmanager
def unreliable(database: str) -> Iterator[tuple[str, threading.Event]]:
    """An address at which a database answers, but for the news that something was committed, once that is wanted."""
    url, lossy = make_url(database), threading.Event()
    assert url.host
    assert url.port

    def pass_on(source: socket.socket, sink: socket.socket, *, answers: bool) -> None:
        with source, suppress(OSError):
            while data := source.recv(65_536):
                if answers and lossy.is_set() and b"bonitet_append\0" in data:
                    break
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection((url.host, url.port))
                pumps.submit(pass_on, client, server, answers=False)
                pumps.submit(pass_on, server, client, answers=True)

    with ThreadPoolExecutor(40) as pumps, socket.create_server(("127.0.0.1", 0)) as listener:
        pumps.submit(serve)
        at = url.set(port=listener.getsockname()[1])
        try:
            yield at.render_as_string(hide_password=False), lossy
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def test_what_an_address_says_of_its_sessions_is_kept(database: str) -> None:
    schema.migrate(database)
    with closing(PostgresStore(f"{database}?options=-c%20work_mem%3D7MB&application_name=desk", KEY)) as store:
        asked = "SELECT current_setting('work_mem') AS a, current_setting('application_name') AS b"
        with store.reading() as c:
            assert tuple(c.exec_driver_sql(asked).one()) == ("7MB", "desk")
        with store.datastore.transaction() as c:
            assert list((c.execute(asked).fetchone() or {}).values()) == ["7MB", "desk"]


def test_where_the_answer_was_lost_the_position_tells_that_it_was_written(store: PostgresStore, database: str) -> None:
    batch: dict[str, Any] = {"moved": (Moved("file", 0, 10),), "also": PRIVATE, "seen": 0}
    with unreliable(database) as (address, lossy), closing(PostgresStore(address, KEY)) as far:
        lossy.set()
        with pytest.raises(PersistenceError):
            append(far, event("EX-1"), **batch)
        lossy.clear()
        assert far.source_position("file") == 10
        with pytest.raises(PositionMoved):
            append(far, event("EX-1"), **batch)
        append(far, event("EX-1", 2), moved=(Moved("file", 10, 11),))
    assert (streams(store), texts(store)) == (["EX-1", "EX-1"], {"ref:1": "Ana"})


# --- leaders -----------------------------------------------------------------------------------------------------


def test_one_process_leads_in_a_thing_until_it_ends(stores: Opens) -> None:
    one, two = stores(), stores()
    assert one.lead("register")
    assert one.lead("register")
    assert not two.lead("register")
    assert two.lead("notices")
    assert not one.lead("notices")
    one.close()
    assert until(lambda: two.lead("register"))
    assert two.lead("notices")


def test_a_leader_whose_session_was_ended_knows_it_before_its_next_step(stores: Opens, database: str) -> None:
    one, two = stores(), stores()
    assert one.lead("register")
    assert one.lead("notices")
    (pid,) = set(holding(database))
    terminate(database, pid)
    assert two.lead("register")
    assert not one.lead("register")
    assert not one.lead("register")
    # What nobody else has taken meanwhile it may take again.
    assert one.lead("notices")
    two.close()
    assert until(lambda: one.lead("register"))


def test_nobody_leads_where_the_database_is_away() -> None:
    with Postgres() as server:
        url = server.database()
        schema.migrate(url)
        with closing(PostgresStore(url, KEY)) as store:
            assert store.lead("register")
            server.stop("immediate")
            assert not store.lead("register")
            assert not store.lead("register")
            began = monotonic()
            store.wait(0.1)
            assert monotonic() - began < SOON
            server.start()
            assert store.lead("register")
            append(store, event("EX-1"))


# --- waiting -----------------------------------------------------------------------------------------------------


def listening(database: str) -> list[int]:
    with psycopg.connect(database) as c:
        found = c.execute("SELECT pid FROM pg_stat_activity WHERE datname=current_database() AND query LIKE 'LISTEN%'")
        return [row[0] for row in found]


def timed(wait: Callable[[], None]) -> float:
    began = monotonic()
    wait()
    return monotonic() - began


def test_whoever_waits_is_woken_by_an_append_and_by_nothing_else(stores: Opens, threads: ThreadPoolExecutor) -> None:
    one, two = stores(), stores()
    # What was appended before it listens isn't announced to it, so it looks at once.
    assert timed(lambda: one.wait(LONG)) < SOON
    assert timed(lambda: one.wait(0.3)) >= 0.3
    woken = threads.submit(timed, lambda: one.wait(LONG))
    with pytest.raises(TimeoutError):
        woken.result(0.3)
    append(two, event("EX-1"))
    assert woken.result(SOON) < SOON
    assert timed(lambda: one.wait(0.3)) >= 0.3


def test_what_was_appended_while_nobody_waited_is_not_slept_through(stores: Opens) -> None:
    one, two = stores(), stores()
    one.wait(0)
    append(two, event("EX-1"))
    assert timed(lambda: one.wait(LONG)) < SOON


def test_many_appends_wake_a_waiter_a_few_times_and_not_for_each(stores: Opens) -> None:
    one, two = stores(), stores()
    one.wait(0)
    for version in range(1, 101):
        append(two, event("EX-1", version), seen=0)
    woken = 0
    while timed(lambda: one.wait(0.5)) < 0.5:
        woken += 1
    assert 1 <= woken < 20


def test_whoever_waits_outlasts_the_loss_of_his_session(
    stores: Opens, database: str, threads: ThreadPoolExecutor
) -> None:
    one, two = stores(), stores()
    one.wait(LONG)
    (pid,) = listening(database)
    woken = threads.submit(timed, lambda: one.wait(LONG))
    until(woken.running)
    terminate(database, pid)
    assert woken.result(SOON) < SOON  # to look at once, since something may have been appended unheard
    assert timed(lambda: one.wait(LONG)) < SOON  # and again once it listens
    assert listening(database) not in ([], [pid])
    woken = threads.submit(timed, lambda: one.wait(LONG))
    with pytest.raises(TimeoutError):
        woken.result(0.3)
    append(two, event("EX-1"))
    assert woken.result(SOON) < SOON


# --- a full disk -------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own that can be filled up."""
    folder = Path(tempfile.mkdtemp(prefix="bonitet-disk-"))
    size = f"size={megabytes}m,mode=755"
    mount, umount = shutil.which("mount"), shutil.which("umount")
    mounted = False
    if mount and umount and os.geteuid() == 0:
        command = [mount, "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        if not mounted:
            raise Missing("A disk that can be filled up", "this user may not mount one", "Run the tests as root.")
        yield folder
    finally:
        if mounted and umount:
            subprocess.run([umount, "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def test_what_a_full_disk_refuses_goes_in_whole_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = made_up(16)
    with installation(tmp_path / "a.sqlite3") as system:
        system.engine.ingest("a source", numbered(told))
        system.engine.enforce(NOW)
        wanted = contents(system)
    with small_disk(160) as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        with Postgres(max_wal_size="64MB", min_wal_size="32MB", shared_buffers="16MB") as server:
            url = server.database()
            with installation(url, batch=100) as system:
                some = len(told) // 2
                system.engine.ingest("first", numbered(told[:some]))
                before = contents(system)
                with psycopg.connect(url, autocommit=True) as c:
                    # There is room in its own log, so that the server itself goes on.
                    c.execute("SELECT pg_switch_wal()")
                    c.execute("CHECKPOINT")
                fill(disk / "filler")
                with pytest.raises(PersistenceError, match="No space left on device"):
                    system.engine.ingest("second", numbered(told[some:]))
                (disk / "filler").unlink()
                partly = system.store.source_position("second")
                rest = (line for line in numbered(told[some:]) if line.position > partly)
                if not partly:
                    assert contents(system) == before
                system.engine.ingest("second", rest)
                system.engine.enforce(NOW)
                assert contents(system) == wanted
