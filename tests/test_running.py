"""Roles of a process: they take turns, outlast outages, take over from each other, and end when they are told to.

Run as a program this is a projector that keeps going: `python -m tests.test_running DATABASE`.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from eventsourcing import persistence
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from adapters.enforcing import Enforcer
from adapters.health import Health
from adapters.main import System, build
from adapters.measures import Measures
from adapters.projector import Projector
from adapters.running import Role, Stopped, outage, passes, run
from adapters.settings import Settings
from adapters.store import schema
from adapters.store.postgres import CHANNEL
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.recorder import PositionMoved
from adapters.store.store import FileStore, Store
from adapters.store.tables import sources
from domain.identity import SCHEME_SUBJECT
from projections.batch import instant, micros
from projections.register import holders, stale
from tests.components.postgres import Postgres
from tests.installation import (
    COMPANY,
    KEY,
    NOW,
    OTHER,
    THIRD,
    contents,
    installation,
    made_up,
    registration,
    rows,
    take_in,
    wire,
)
from tests.test_health import answer

FEW = 12
PATIENCE = 10.0
FAR = 60.0  # seconds: a poll that never comes within a test
LISTENS = "query LIKE 'LISTEN%'"
AT_WORK = b"at work\n"
LEADS = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"


@contextmanager
def system(url: str, **options: bool) -> Iterator[System]:
    """A process on PostgreSQL."""
    with build(Settings(database=url, key=KEY), lambda: NOW, **options) as made:
        yield made


@contextmanager
def writer(url: str) -> Iterator[System]:
    """A process that writes and leaves the read models to others."""
    schema.migrate(url)
    with system(url, projecting=False) as made:
        yield made


@contextmanager
def keeping_going(store: Store, *roles: Role, measures: Measures, wake: Callable[[], object]) -> Iterator[None]:
    """Roles at work in a thread; what they end of is raised here."""
    stop = Event()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            run(roles, store, measures=measures, stop=stop, poll=FAR)
        except BaseException as problem:  # noqa: BLE001 - handed on
            problems.append(problem)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    if problems:
        raise problems[0]


@contextmanager
def projecting(url: str) -> Iterator[Measures]:
    """A process that keeps the read models up to date, and hears of what was written only by being told."""
    measures = Measures()
    with system(url, followed=True) as made:
        role = Projector(made.store, made.engine.projections, measures)
        with keeping_going(made.store, role, measures=measures, wake=lambda: command(url, f"NOTIFY {CHANNEL}")):
            yield measures


def command(url: str, statement: str) -> int:
    """How many rows a statement gave; nothing where it can't give any."""
    with psycopg.connect(url, autocommit=True) as c:
        return c.execute(statement.encode()).rowcount


def cut(url: str, which: str) -> int:
    """Cut the sessions of this database that somebody else has; answers how many those were."""
    ours = "datname = current_database() AND pid <> pg_backend_pid()"
    return command(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours} AND {which}")  # noqa: S608


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait until something is so; answers how long that took, in seconds."""
    began = monotonic()
    while not true():
        assert monotonic() - began < seconds
        sleep(0.02)
    return monotonic() - began


def shown(one: System) -> bool:
    """Whether the read models have all that was written."""
    return one.store.projected(READ_MODELS) == one.store.last_position()


@pytest.fixture(scope="module")
def halves() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """A portfolio in two parts."""
    told = made_up(FEW)
    return told[: len(told) // 2], told[len(told) // 2 :]


# --- taking turns --------------------------------------------------------------------------------------------------


class Fake:
    """A role that fails in its first steps as it is told to, None being a step that works, and counts its steps."""

    def __init__(self, name: str, *first: Exception | None, waits: bool = False) -> None:
        self.name = name
        self.waits = waits
        self.first = list(first)
        self.asked = 0
        self.closed = False

    def step(self) -> bool:
        self.asked += 1
        if self.waits:
            sleep(0.01)
        if self.first and (problem := self.first.pop(0)):
            raise problem
        return bool(self.first)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def file(tmp_path: Path) -> Iterator[FileStore]:
    store = FileStore(tmp_path / "a.sqlite3")
    yield store
    store.close()


def away() -> OperationalError:
    return OperationalError(
        "INSERT INTO private ...", {"text": "Petar Petrović"}, Exception("connection refused\nmore")
    )


def test_an_outage_makes_its_role_pause_and_is_told_once_and_the_others_go_on(
    file: FileStore, caplog: pytest.LogCaptureFixture
) -> None:
    broken, other = Fake("broken", away(), away(), away()), Fake("other", waits=True)
    measures = Measures()
    with keeping_going(file, broken, other, measures=measures, wake=str):
        until(lambda: broken.asked > 5)
    assert other.asked > 40
    assert [record.message.partition(" after")[0] for record in caplog.records] == [
        "broken: waits for an outage to end: Exception: connection refused",
        "broken: goes on",
    ]
    assert b'bonitet_failures_total{role="broken"} 3.0' in measures.text()
    assert broken.closed
    assert other.closed


def test_pauses_grow_while_an_outage_lasts(file: FileStore) -> None:
    broken = Fake("broken", *(away() for _ in range(20)))
    with keeping_going(file, broken, measures=Measures(), wake=str):
        until(lambda: broken.asked == 4)
        assert until(lambda: broken.asked == 5) > 0.5  # seconds, after 0.1, 0.2 and 0.4


@pytest.mark.parametrize("end", [Stopped("the topic is another one"), ValueError("a defect")])
def test_what_does_not_pass_by_itself_ends_all_roles(end: Exception, file: FileStore) -> None:
    one, other = Fake("one"), Fake("other", None, None, end)
    with pytest.raises(type(end)):
        run([one, other], file, measures=Measures(), stop=Event())
    assert one.closed
    assert other.closed


def test_a_process_whose_role_waits_for_work_by_itself_does_not_pause(file: FileStore) -> None:
    waiting, other = Fake("waiting", waits=True), Fake("other")
    with keeping_going(file, waiting, other, measures=Measures(), wake=str):
        assert until(lambda: other.asked > 20) < 1.0


def test_only_what_goes_away_by_itself_is_tried_again() -> None:
    class FromKafka(Exception):
        retriable = True

    passing = [away(), ConnectionResetError(), persistence.OperationalError(), psycopg.OperationalError(), FromKafka()]
    assert all(map(passes, [*passing, PositionMoved("a", 1)]))
    ours = [ProgrammingError("", {}, Exception()), IntegrityError("", {}, Exception()), psycopg.errors.UndefinedTable()]
    assert not any(map(passes, [*ours, persistence.DataError(), KeyError("x"), Stopped("enough")]))


def test_an_outage_is_told_without_what_was_to_be_written() -> None:
    assert outage(away()) == "Exception: connection refused"


# --- the projector -------------------------------------------------------------------------------------------------


def test_the_read_models_follow_what_others_write_at_once(
    database: str, tmp_path: Path, halves: tuple[tuple[bytes, ...], ...]
) -> None:
    with writer(database) as one:
        take_in(one, *halves[0])
        with projecting(database) as measures:
            until(lambda: shown(one))
            take_in(one, *halves[1], source="another")
            assert until(lambda: shown(one)) < 5.0
            # A batch in which there is nothing to show.
            take_in(one, registration("EX-00009999"))
            until(lambda: shown(one))
        assert b'bonitet_projection_behind_events{projection="read models"} 0.0' in measures.text()
        with installation(tmp_path / "a.sqlite3") as embedded:
            take_in(embedded, *halves[0], *halves[1], registration("EX-00009999"))
            assert rows(one) == rows(embedded)


def test_of_two_projectors_one_leads_and_the_other_takes_over_when_it_is_killed(
    database: str, halves: tuple[tuple[bytes, ...], ...]
) -> None:
    with writer(database) as one, started(database) as first:
        take_in(one, *halves[0])
        until(lambda: shown(one))
        with projecting(database):
            take_in(one, wire("CompanyRegistered", "2015-01-05", subject="EX-00009998", data={"name": "A"}))
            until(lambda: shown(one))
            first.kill()
            first.wait()
            take_in(one, *halves[1], source="another")
            until(lambda: shown(one))
        wanted = rows(one)
        one.engine.projections.forget()
        with system(database) as other:
            other.engine.projections.rebuild()
        assert rows(one) == wanted


def test_a_projector_whose_sessions_are_cut_goes_on_and_is_told_at_once_again(
    database: str, halves: tuple[tuple[bytes, ...], ...]
) -> None:
    with writer(database) as one, projecting(database) as measures:
        take_in(one, *halves[0])
        until(lambda: shown(one))
        assert cut(database, LISTENS) == 1
        take_in(one, registration("EX-00009997"), source="another")
        until(lambda: shown(one))
        until(lambda: command(database, f"SELECT 1 FROM pg_stat_activity WHERE {LISTENS}") == 1)  # noqa: S608
        assert cut(database, LEADS) == 1
        take_in(one, *halves[1], source="a third")
        assert until(lambda: shown(one)) < 5.0
        assert measures.pulse.signs().roles["project"].why is None


def follow(one: System) -> None:
    """Read the log to its end as a projector does."""
    while one.engine.projections.follow() is not None:
        pass


def test_a_projector_that_others_have_written_before_trusts_nothing_that_it_knew(
    tmp_path: Path, halves: tuple[tuple[bytes, ...], ...]
) -> None:
    path = str(tmp_path / "a.sqlite3")
    with (
        system(path, projecting=False) as one,
        system(path, followed=True) as two,
        system(path, followed=True) as three,
    ):
        third = len(halves[1]) // 2
        for number, (reader, told) in enumerate(
            zip((two, three, two), (halves[0], halves[1][:third], halves[1][third:]), strict=True)
        ):
            take_in(one, *told, source=f"part {number}")
            follow(reader)
        before = rows(one)
        three.engine.projections.rebuild()
        assert rows(one) == before


def test_a_publication_amid_the_renewal_of_all_outlooks_begins_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.store.projecting.PAGE", 1)
    path = str(tmp_path / "a.sqlite3")
    data = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    agreed = {"order": "N-1", "evidence": "0" * 64}

    def opened(at: str, **told: Any) -> bytes:
        return wire("DataCollectionOpened", at, data=told, subject=SCHEME_SUBJECT)

    with system(path, projecting=False) as one, system(path, followed=True) as two:
        take_in(one, opened("2026-01-01", business_year=2025))
        for subject in (COMPANY, OTHER, THIRD):
            classed = wire("ClassAssessed", "2025-04-15", data=data, subject=subject)
            contract = wire("ConsensusRecorded", "2025-05-01", data=agreed, subject=subject)
            take_in(one, registration(subject), classed, contract, source=subject)
        follow(two)
        one.engine.enforce(datetime(2026, 6, 1, tzinfo=UTC))
        follow(two)
        take_in(one, opened("2026-06-20", business_year=2026, closes_on="2027-07-10"), source="first")
        two.engine.projections.follow()
        assert two.engine.projections.outlook_is_stale()
        take_in(one, opened("2026-06-25", business_year=2025, closes_on="2026-07-10"), source="second")
        follow(two)
        with one.store.reading() as c:
            assert stale(c, datetime(2026, 7, 10, tzinfo=UTC)) == []
            assert stale(c, datetime(2026, 7, 11, tzinfo=UTC)) == [COMPANY, OTHER, THIRD]
        before = rows(one)
        two.engine.projections.rebuild()
        assert rows(one) == before


@contextmanager
def started(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A projector in a process of its own, at work."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "tests.test_running", url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == AT_WORK
            yield process
        finally:
            process.kill()


def test_a_process_that_is_told_to_end_ends_in_order(database: str) -> None:
    schema.migrate(database)
    with started(database) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_database_that_fails_and_comes_back_is_waited_for_and_the_process_stays_healthy(
    halves: tuple[tuple[bytes, ...], ...], caplog: pytest.LogCaptureFixture
) -> None:
    with Postgres() as postgres:
        url = postgres.database()
        with writer(url) as one, projecting(url) as measures, Health("127.0.0.1:0", measures) as served:
            take_in(one, *halves[0])
            until(lambda: shown(one))
            postgres.stop("immediate")
            until(lambda: "degraded" in answer(served, "/health")[1])
            assert answer(served, "/health")[0] == 200
            assert answer(served, "/ready")[0] == 200
            postgres.start()
            until(lambda: '"state": "ok"' in answer(served, "/health")[1])
            take_in(one, *halves[1], source="another")
            until(lambda: shown(one))
    told = [record.message for record in caplog.records]
    assert told[0].startswith("project: waits for an outage to end: ")
    assert "project: goes on after" in told[-1]


# --- the enforcer --------------------------------------------------------------------------------------------------


def test_deadlines_are_enforced_up_to_what_was_read_and_no_further(database: str, tmp_path: Path) -> None:
    told = made_up(30)
    wanted = []
    with installation(tmp_path / "a.sqlite3") as embedded:
        take_in(embedded, *told)
        with embedded.store.reading() as c:
            due = list(c.execute(select(holders.c.due_at)).scalars())
        early = instant(min(at for at in due if at is not None and at < micros(NOW)))
        for horizon in (early, NOW):
            embedded.engine.enforce(horizon)
            wanted.append(contents(embedded))
    assert wanted[0] != wanted[1]
    with writer(database) as one:
        take_in(one, *told)
        before = one.store.digest()
        with projecting(database) as measures:
            enforcer = Enforcer(one.engine, measures, every=0.0)
            partition(one, None)
            assert not enforcer.step()
            assert one.store.digest() == before
            for horizon, contained in zip((early, NOW), wanted, strict=True):
                partition(one, horizon)
                until(lambda: shown(one))
                assert enforcer.step()
                assert one.store.digest() == contained[0]
                until(lambda: shown(one))
                assert contents(one) == contained
                assert not enforcer.step()


def partition(one: System, read_until: datetime | None) -> None:
    """A partition that was read to its end at some time."""
    value = None if read_until is None else micros(read_until)
    with one.store.transaction() as c:
        if c.execute(update(sources).values(read_until=value)).rowcount == 0:
            row = {"name": "kafka:c/t/i/0", "cluster": "c", "topic": "t", "topic_id": "i", "partition": 0}
            c.execute(insert(sources).values(**row, scheme_facts=len(one.engine.memory.scheme_facts)))


def test_what_was_enforced_is_not_tried_again_while_the_read_models_lag(database: str) -> None:
    with writer(database) as one:
        take_in(one, *made_up(FEW))
        with projecting(database):
            until(lambda: shown(one))
        enforcer = Enforcer(one.engine, Measures(), every=0.0)
        before = one.store.last_position()
        assert enforcer.step()
        assert not shown(one)
        assert not enforcer.step()
        with projecting(database):
            until(lambda: shown(one))
        assert not enforcer.step()
        # What falls due again is enforced again; what nothing follows from is left alone, whatever the read models say.
        again = min(one.store.touched(before, one.store.last_position()))
        command(database, f"UPDATE holders SET due_at = 0 WHERE subject = '{again}'")  # noqa: S608
        assert [enforcer.step() for _ in range(3)] == [True, False, False]


def test_an_enforcer_looks_no_oftener_than_it_was_told_to(database: str) -> None:
    with writer(database) as one:
        take_in(one, *made_up(FEW))
        with projecting(database):
            until(lambda: shown(one))
        enforcer = Enforcer(one.engine, Measures(), every=FAR)
        assert enforcer.step()
        command(database, "UPDATE holders SET due_at = 0")
        assert not enforcer.step()


def test_deadlines_wait_for_a_file_that_was_read_in_part_and_this_is_told_once(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with writer(database) as one:
        take_in(one, *made_up(FEW))
        with projecting(database):
            until(lambda: shown(one))
        command(database, "INSERT INTO tracking VALUES ('a file', 7)")
        enforcer = Enforcer(one.engine, Measures(), every=0.0)
        assert [enforcer.step() for _ in range(3)] == [False] * 3
        command(database, "DELETE FROM tracking WHERE application_name = 'a file'")
        assert enforcer.step()
    told = [record.message for record in caplog.records]
    assert told[0].startswith("enforce: waits: a file was read only up to line 7")
    assert told[1:] == ["enforce: goes on"]


class Tells(Projector):
    """A projector that says when it leads and has had its turn."""

    told = False

    def step(self) -> bool:
        more = super().step()
        if not self.told:
            sys.stdout.buffer.write(AT_WORK)
            sys.stdout.buffer.flush()
            self.told = True
        return more


def main(url: str) -> None:
    """A projector that keeps going."""
    with build(Settings(database=url, key=KEY), followed=True) as made:
        measures = Measures()
        run([Tells(made.store, made.engine.projections, measures)], made.store, measures=measures, stop=Event())


if __name__ == "__main__":
    main(sys.argv[1])
