"""Read models told again beside the live ones: the same rows, put in their place while everybody goes on working.

Run as a program this rebuilds them as far as it is let: `python -m tests.test_rebuild DATABASE`.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, delete, insert, select, update
from typer.testing import CliRunner

from adapters.cli.app import app
from adapters.intake.engine import Engine
from adapters.intake.memory import Memory
from adapters.intake.work import Summary
from adapters.main import System
from adapters.store import beside, projecting, rebuilding, schema
from adapters.store.beside import SCHEMA, NotRebuilt
from adapters.store.postgres import PostgresStore
from adapters.store.rebuilding import Rebuild
from adapters.store.schema import WrongSchema
from adapters.store.tables import positions, published, sources, tracking
from domain.policies import Policy
from domain.schemes.scheme import Scheme
from domain.standing import history
from projections import register as registers
from projections.batch import Batch
from projections.register import holders, on_day, register
from tests.components.postgres import Databases
from tests.installation import KEY, NOW, Rows, installation, made_up, rows, take_in
from tests.test_schema import definitions, drift, run

COMPANIES = 40
SHARE = 150
SOON = 10  # seconds, in which anybody is answered on a busy machine as well
OTHERS = (positions, published, sources, tracking)
Raw = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def finished(postgres: Databases) -> Iterator[tuple[str, str, dict[str, Rows]]]:
    """An installation that has read half of a portfolio, one that has read all of it, and the rows of that one."""
    told = made_up(COMPANIES)
    half = postgres.database()
    with installation(half, batch=300) as system:
        take_in(system, *told[: len(told) // 2])
    with copied(postgres, half) as whole:
        with installation(whole, batch=300) as system:
            take_in(system, *rest(told))
            wanted = rows(system)
        assert all(len(wanted[table]) > 5 for table in wanted)
        yield half, whole, wanted
    postgres.drop(half)


@contextmanager
def copied(postgres: Databases, url: str) -> Iterator[str]:
    name = postgres.database()
    postgres.drop(name)
    made, of = (place.rpartition("/")[2] for place in (name, url))
    with psycopg.connect(postgres.url(), autocommit=True) as c:
        c.execute(f"CREATE DATABASE {made} TEMPLATE {of}")
    yield name
    postgres.drop(name)


@pytest.fixture
def half(postgres: Databases, finished: tuple[str, str, dict[str, Rows]]) -> Iterator[str]:
    with copied(postgres, finished[0]) as url:
        yield url


@pytest.fixture
def whole(postgres: Databases, finished: tuple[str, str, dict[str, Rows]]) -> Iterator[str]:
    with copied(postgres, finished[1]) as url:
        yield url


@pytest.fixture
def wanted(finished: tuple[str, str, dict[str, Rows]]) -> dict[str, Rows]:
    """The rows of the whole portfolio."""
    return finished[2]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares and stretches so small that there are many of them."""
    monkeypatch.setattr(beside, "SHARE", 400)
    monkeypatch.setattr(projecting, "CATCH_UP", 300)


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@contextmanager
def rebuild(url: str, policy: Policy | None = None) -> Iterator[Rebuild]:
    """A rebuild as another process has it; what a process held that was killed, the database may notice late."""
    with closing(PostgresStore(url, KEY)) as store:
        until = monotonic() + 10
        while not store.lead("rebuild") and monotonic() < until:
            sleep(0.05)
        memory = Memory(store, Scheme(policy=policy or Policy()), 30_000)
        with closing(Rebuild(store, memory, 30_000)) as work:
            yield work


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def silent(_position: int, _count: int) -> None:
    """Nobody looks."""


def differing(work: Rebuild) -> dict[str, int]:
    return {name: compared.differing for name, compared in work.compare().items() if compared.differing}


def leftover(url: str) -> bool:
    with psycopg.connect(url) as c:
        return c.execute("SELECT to_regnamespace(%s)", (SCHEMA,)).fetchone() != (None,)


def rest(told: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return told[len(told) // 2 :]


def same(system: System, wanted: dict[str, Rows]) -> bool:
    """Told apart table by table, so that a difference can be read; where in the log an event came may differ."""
    for table, told in rows(system).items():
        if table == "audit":
            assert sorted(row[0] for row in told) == list(range(1, system.store.last_position() + 1))
        left, right = ([row[1:] if table == "audit" else row for row in these] for these in (told, wanted[table]))
        assert set(left) ^ set(right) == set(), table
        assert len(left) == len(right), table
    return True


# --- the same rows ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rebuilt_read_models_are_those_kept_up_to_date(seed: int, database: str) -> None:
    told = made_up(25, seed=seed, years=5)
    with installation(database, batch=100) as system, rebuild(database) as work:
        take_in(system, *told[: len(told) // 2])
        before = system.store.last_position()
        assert work.tell(1, silent) == before
        take_in(system, *rest(told))
        system.engine.enforce(NOW)
        kept = rows(system)
        assert len(kept["register"]) > 20
        assert differing(work) == {}
        assert {name: (len(kept[name]), len(kept[name]), 0, None) for name in kept} == work.compare()
        assert work.switch() == system.store.last_position() > before
        assert same(system, kept)


def test_a_rebuild_tells_nobody_outside_and_moves_no_position_but_its_own(half: str) -> None:
    with installation(half) as system, rebuild(half) as work:
        with system.store.transaction() as to:
            to.execute(insert(positions).values(projection="publisher of events", position=7))
            to.execute(insert(published).values(topic="bonitet.register", key="RS-1/1", hash="0" * 64))
        before = rows(system, OTHERS), system.store.digest()
        work.tell(1, silent)
        assert (rows(system, OTHERS), system.store.digest()) == before
        work.switch()
        assert (rows(system, OTHERS), system.store.digest()) == before


@pytest.mark.usefixtures("small")
def test_several_processes_tell_what_one_would(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTH_A_PROCESS", 1)
    alone = beside.Beside.tell_share
    left: list[int] = []

    def behind_another(self: beside.Beside) -> bool:
        until = monotonic() + 30
        while len(set(left)) < 2 and monotonic() < until:
            with self.reading() as c:
                left.append(c.exec_driver_sql("SELECT count(*) FROM shares").scalar_one())
        return alone(self)

    monkeypatch.setattr(beside.Beside, "tell_share", behind_another)
    with rebuild(whole) as work:
        assert work.tell(2, silent) > 1_000
        assert len(set(left)) == 2  # somebody else told one
        assert differing(work) == {}


def test_a_share_that_somebody_was_at_and_left_is_told_as_well(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with rebuild(whole) as work, psycopg.connect(whole) as other, ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(beside.Beside, "tell_share", interrupted)
        with pytest.raises(KeyboardInterrupt):
            work.tell(1, silent)
        monkeypatch.undo()
        other.execute(f"SELECT FROM {SCHEMA}.shares ORDER BY number LIMIT 1 FOR UPDATE")
        telling = pool.submit(work.tell, 1, silent)
        until = monotonic() + SOON
        while monotonic() < until and not waits_for(other):
            sleep(0.02)
        assert not telling.done()
        other.rollback()
        telling.result()
        assert differing(work) == {}


def waits_for(session: Raw) -> bool:
    found = session.execute("SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
    return found.fetchone() is not None


# --- while others work -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("in_step", [True, False], ids=["in step with what is written", "from the log"])
def test_whoever_keeps_the_read_models_goes_on_before_during_and_after_the_switch(
    half: str, wanted: dict[str, Rows], *, in_step: bool
) -> None:
    switched: list[int] = []
    over: list[bool] = []

    def rebuilt() -> None:
        while not over:
            with rebuild(half) as work:
                work.tell(1, silent)
                assert differing(work) == {}
                switched.append(work.switch())

    def kept() -> None:
        with installation(half) as other:
            while not over or other.store.projected(projecting.NAME) < other.store.last_position():
                other.engine.projections.catch_up()

    with installation(half, batch=20, projecting=in_step) as system, ThreadPoolExecutor(2) as pool:
        others = [pool.submit(rebuilt), *([] if in_step else [pool.submit(kept)])]
        told = rest(made_up(COMPANIES))
        try:
            for start in range(0, len(told), 40):
                take_in(system, *told[start : start + 40], source=f"part {start}")
                if start == len(told) // 80 * 40:
                    until = monotonic() + SOON
                    while not switched and monotonic() < until:
                        sleep(0.01)
        finally:
            over.append(True)
        for other in others:
            other.result()
        assert switched[0] < system.store.last_position()
        # Facts of the scheme reach all companies once the read models know these: here somebody else sees to it.
        system.engine.sweep(Summary())
        with installation(half):
            assert same(system, wanted)


def test_a_projector_goes_on_after_the_switch_with_what_is_in_the_new_tables(
    half: str, wanted: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "history", lambda of: history(of)[:-1])
    with installation(half, batch=50) as old:
        # By the rules of an older program, which it remembers to have written so.
        old.engine.projections.rebuild()
        take_in(old, *rest(made_up(COMPANIES))[:500], source="part 1")
        monkeypatch.undo()
        with rebuild(half) as work:
            work.tell(1, silent)
            assert differing(work).keys() == {"register"}
            work.switch()
        take_in(old, *rest(made_up(COMPANIES))[500:], source="part 2")
        assert same(old, wanted)


def test_the_live_read_models_answer_all_the_time(half: str, opened: ExitStack) -> None:
    longest = [0.0]
    over: list[bool] = []

    def ask() -> int:
        asked = 0
        with closing(PostgresStore(half, KEY)) as store:
            while not over:
                began = monotonic()
                with store.reading() as c:
                    assert len(on_day(c, NOW)) == entries
                longest[0] = max(longest[0], monotonic() - began)
                asked += 1
        return asked

    pool = opened.enter_context(ThreadPoolExecutor(2))
    with installation(half) as system, system.store.reading() as c:
        entries = len(on_day(c, NOW))
    asking = [pool.submit(ask), pool.submit(ask)]
    for _ in range(2):
        with rebuild(half) as work:
            work.tell(1, silent)
            assert differing(work) == {}
            work.switch()
    over.append(True)
    assert min(each.result() for each in asking) > 10
    assert longest[0] < SOON


def marked(url: str) -> None:
    """Make the live rows known from the ones that will be rebuilt."""
    with closing(PostgresStore(url, KEY)) as store, store.transaction() as to:
        to.execute(update(register).values(flag="old"))
        to.execute(update(holders).values(name="old"))


def seen(c: Any) -> tuple[set[Any], set[Any]]:
    flags = {flag == "old" for flag in c.execute(select(register.c.flag)).scalars()}
    return flags, {name == "old" for name in c.execute(select(holders.c.name)).scalars()}


def test_a_reader_amid_his_questions_gets_one_answer_and_blocks_nobody_for_ever(half: str) -> None:
    marked(half)
    with rebuild(half) as work, closing(PostgresStore(half, KEY)) as store:
        work.tell(1, silent)
        with store.reading() as reader:
            assert len(reader.execute(select(register.c.flag)).all()) > 50
            began = monotonic()
            with pytest.raises(NotRebuilt, match=r"in use \(by process \d+ of postgres, idle in transaction since"):
                work.switch(patience=0.8)
            assert monotonic() - began < SOON
            with store.reading() as other:
                assert seen(other) == ({True}, {True})
            assert seen(reader) == ({True}, {True})
        work.switch()
        with store.reading() as reader:
            assert seen(reader) == ({False}, {False})


def test_a_reader_who_sees_the_database_as_it_was_is_waited_for(half: str) -> None:
    marked(half)
    with closing(PostgresStore(half, KEY)) as store, store.engine.connect() as c:
        reader = c.execution_options(isolation_level="REPEATABLE READ")
        reader.exec_driver_sql("SELECT 1")
        with rebuild(half) as work:
            work.tell(1, silent)
            with pytest.raises(NotRebuilt, match="in use"):
                work.switch(patience=0.3)
            assert seen(reader) == ({True}, {True})
            reader.rollback()
            reader.exec_driver_sql("SELECT 1")
            assert seen(reader) == ({True}, {True})
            reader.rollback()
            work.switch()
            assert seen(reader) == ({False}, {False})


def test_a_session_that_idles_elsewhere_stalls_nobody(half: str) -> None:
    with psycopg.connect(half) as idle, rebuild(half) as work:
        idle.execute("INSERT INTO tracking VALUES ('a source', 1)")
        work.tell(1, silent)
        assert differing(work) == {}
        work.switch()


def test_facts_of_the_scheme_that_have_not_reached_everybody_yet_are_waited_for(
    half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "PATIENCE", 0)
    monkeypatch.setattr(Engine, "sweep", lambda *_: None)
    with installation(half, batch=50) as system, rebuild(half) as work, ThreadPoolExecutor(1) as pool:
        work.tell(1, silent)
        told = list(rest(made_up(COMPANIES)))
        while not (behind := differing(work)):
            take_in(system, *told[:50])
            del told[:50]
        assert behind.keys() <= {"holders", "agenda"}
        monkeypatch.undo()
        comparing = pool.submit(differing, work)
        with pytest.raises(TimeoutError):
            comparing.result(0.5)
        system.engine.sweep(Summary())
        assert comparing.result() == {}


# --- interruptions ---------------------------------------------------------------------------------------------------


def test_a_rebuild_that_was_killed_goes_on_where_it_was(
    half: str, wanted: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "SHARE", SHARE)
    told = 0
    with installation(half, batch=300) as system:
        for _ in range(3):
            command = [sys.executable, "-m", "tests.test_rebuild", half]
            with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                told += int(process.stdout.readline())
                process.kill()
        with system.store.reading() as c:
            kept = len(c.exec_driver_sql(f"TABLE {SCHEMA}.audit").all())
        assert SHARE < told == kept < system.store.last_position()
        take_in(system, *rest(made_up(COMPANIES)))
        with rebuild(half) as work:
            assert told + work.tell(1, silent) == system.store.last_position()
            assert differing(work) == {}
            work.switch()
        assert same(system, wanted)
    assert not leftover(half)


def test_a_switch_that_fails_leaves_everything_as_it_was(half: str, monkeypatch: pytest.MonkeyPatch) -> None:
    marked(half)
    before = definitions(half)
    with rebuild(half) as work, closing(PostgresStore(half, KEY)) as store:
        work.tell(1, silent)
        monkeypatch.setattr(rebuilding, "begin_generation", interrupted)
        with pytest.raises(KeyboardInterrupt):
            work.switch()
        monkeypatch.undo()
        assert definitions(half) == before
        with store.reading() as c:
            assert seen(c) == ({True}, {True})
        work.switch()
        with store.reading() as c:
            assert seen(c) == ({False}, {False})


@pytest.mark.usefixtures("small")
def test_a_rebuild_that_failed_while_it_followed_the_log_goes_on_there(
    half: str, wanted: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(half, batch=300) as system:
        with rebuild(half) as work:
            first = work.tell(1, silent)
        take_in(system, *rest(made_up(COMPANIES)))
        told: list[int] = []
        follow = projecting.Projections.follow

        def failing(self: projecting.Projections) -> int | None:
            if len(told) == 3:
                raise KeyboardInterrupt
            count = follow(self)
            told.append(count or 0)
            return count

        monkeypatch.setattr(projecting.Projections, "follow", failing)
        with rebuild(half) as work, pytest.raises(KeyboardInterrupt):
            work.tell(1, silent)
        monkeypatch.undo()
        with rebuild(half) as work:
            assert first + sum(told) + work.tell(1, silent) == system.store.last_position()
            assert differing(work) == {}
            work.switch()
        assert same(system, wanted)


def test_another_reading_begins_anew(half: str) -> None:
    with installation(half) as system:
        whole = system.store.last_position()
    with rebuild(half) as work:
        assert work.tell(1, silent) == whole
    with rebuild(half) as work:
        assert work.tell(1, silent) == 0
    with rebuild(half, Policy(late_fact_reopens_renewal=True)) as work:
        assert work.tell(1, silent) == whole


# --- what stays, and what is refused ---------------------------------------------------------------------------------


def test_the_schema_is_what_the_migrations_made_with_who_may_read_it(half: str) -> None:
    grants = "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants ORDER BY 1, 2, 3"
    run(half, "GRANT SELECT ON register, agenda TO PUBLIC", "GRANT INSERT ON audit TO pg_monitor WITH GRANT OPTION")
    before = definitions(half)
    with psycopg.connect(half) as c:
        granted = c.execute(grants).fetchall()
    with rebuild(half) as work:
        work.tell(1, silent)
        work.switch()
    assert definitions(half) == before
    assert drift(half) == []
    with psycopg.connect(half) as c:
        assert c.execute(grants).fetchall() == granted
        order = c.execute("SELECT correlation FROM pg_stats WHERE tablename='audit' AND attname='position'").fetchone()
    assert order == (1.0,)
    assert not leftover(half)


def test_rows_that_differ_are_counted_and_the_first_is_named(half: str) -> None:
    with closing(PostgresStore(half, KEY)) as store, store.transaction() as to:
        first, second, third = to.execute(select(holders.c.subject).order_by(holders.c.subject).limit(3)).scalars()
        to.execute(delete(holders).where(holders.c.subject == second))
        to.execute(update(holders).where(holders.c.subject == third).values(pib=None))
        to.execute(insert(holders).values(subject="RS-00", certificates=1))
    with rebuild(half) as work:
        work.tell(1, silent)
        compared = work.compare()
        count = compared["holders"].after
        assert first < second
        assert compared["holders"] == (count, count, 3, "RS-00")
        assert {name for name, model in compared.items() if model.differing} == {"holders"}


def test_only_one_process_rebuilds_at_a_time(half: str) -> None:
    with closing(PostgresStore(half, KEY)) as store, rebuild(half):
        memory = Memory(store, Scheme(), 100)
        with closing(Rebuild(store, memory, 100)) as other, pytest.raises(NotRebuilt, match="another process"):
            other.tell(1, silent)


def test_what_depends_on_the_live_tables_is_named_and_nothing_is_lost(half: str) -> None:
    run(half, "CREATE VIEW of_the_bank AS SELECT certificate FROM register")
    with rebuild(half) as work:
        work.tell(1, silent)
        with pytest.raises(NotRebuilt, match="view of_the_bank depends on table register"):
            work.switch()
        run(half, "DROP VIEW of_the_bank")
        work.switch()


def test_a_schema_of_somebody_else_is_left_alone(half: str) -> None:
    run(half, f"CREATE SCHEMA {SCHEMA}", f"CREATE TABLE {SCHEMA}.theirs (a int)")
    with rebuild(half) as work:
        with pytest.raises(NotRebuilt, match="not ours"):
            work.tell(1, silent)
        with pytest.raises(NotRebuilt, match="not ours"):
            work.discard()
    run(half, f"DROP TABLE {SCHEMA}.theirs")


def test_tables_are_not_put_in_place_of_migrated_ones(half: str) -> None:
    with rebuild(half) as work:
        work.tell(1, silent)
        run(half, "UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(WrongSchema):
            work.switch()
        assert leftover(half)


def test_read_models_that_have_read_nothing_are_not_rebuilt(database: str) -> None:
    schema.migrate(database)
    with rebuild(database) as work, pytest.raises(NotRebuilt, match="have not read anything yet"):
        work.tell(1, silent)


def test_rows_that_are_ahead_of_the_live_ones_never_take_their_place(half: str) -> None:
    with installation(half) as system, rebuild(half) as work:
        work.tell(1, silent)
        with system.store.transaction() as to:
            to.execute(update(positions).where(positions.c.projection == projecting.NAME).values(position=7))
        with pytest.raises(NotRebuilt, match="went back to an earlier position"):
            work.switch()


def test_a_live_outlook_that_nobody_renews_is_not_compared(half: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(half, "INSERT INTO installation VALUES ('outlook', 'stale')")
    monkeypatch.setattr("adapters.store.rebuilding.PATIENCE", 0.3)
    with rebuild(half) as work:
        work.tell(1, silent)
        with pytest.raises(NotRebuilt, match="lag behind the scheme"):
            work.compare()


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def bonitet(half: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("BONITET_DATABASE", half)
    monkeypatch.setenv("BONITET_KEY", KEY)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(app, ["rebuild", "--processes", "1", *arguments])


def test_the_command_rebuilds_compares_and_switches(bonitet: Callable[..., Any], half: str) -> None:
    result = bonitet("--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["differs"], told["switched_at"]) == (0, [], told["events"])
    assert told["rows"]["audit"]["after"] == told["events"]
    assert "have taken the place" in bonitet().stdout
    assert not leftover(half)


def test_the_command_leaves_the_live_rows_where_others_came_out_unless_it_is_told_to_switch(
    bonitet: Callable[..., Any], half: str
) -> None:
    marked(half)
    result = bonitet()
    assert (result.exit_code, "bonitet rebuild --switch" in result.stderr) == (1, True)
    assert "register, holders came out otherwise" in result.stderr
    again = bonitet("--json")
    assert (again.exit_code, json.loads(again.stdout)["events"]) == (1, 0)
    with closing(PostgresStore(half, KEY)) as store, store.reading() as c:
        assert seen(c) == ({True}, {True})
        c.rollback()
        assert bonitet("--switch").exit_code == 0
        assert seen(c) == ({False}, {False})


def test_what_an_interrupted_rebuild_has_left_can_be_taken_away(bonitet: Callable[..., Any], half: str) -> None:
    marked(half)
    assert bonitet().exit_code == 1
    assert leftover(half)
    assert "is taken away" in bonitet("--discard").stdout
    assert not leftover(half)
    assert json.loads(bonitet("--discard", "--json").stdout) == {"discarded": False}


class Stopped:
    """A read model at which a rebuild stands still, its third share written and not committed."""

    def __init__(self) -> None:
        self.shares = 0
        self.told = 0

    def project(self, batch: Batch, _to: Connection) -> None:
        self.shares += 1
        if self.shares == 3:
            sys.stdout.write(f"{self.told}\n")
            sys.stdout.flush()
            sleep(60)
        self.told += len(batch.events)


if __name__ == "__main__":
    beside.SHARE = SHARE
    stopped, told_by = Stopped(), projecting.models
    vars(projecting)["models"] = lambda remember: (*told_by(remember), stopped)
    with rebuild(sys.argv[1]) as alone:
        alone.tell(1, silent)
