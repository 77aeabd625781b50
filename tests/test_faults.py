"""Whatever breaks while facts come in, in the end nobody can tell: a tenth of `make faults`, and moments of its own."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random, SystemRandom
from signal import SIGSTOP
from time import monotonic, sleep

import psycopg
import pytest

from adapters.intake.engine import Engine
from adapters.intake.work import Summary
from adapters.kafka.worker import Worker
from adapters.measures import Measures
from adapters.store import schema
from adapters.store.store import url_of
from tests.components.kafka import Cluster
from tests.faults.production import Servers
from tests.faults.scenarios import FACTS, SCENARIOS
from tests.feeding import Topics, kafka_of, read_to_end, send, worker
from tests.installation import installation, names, registration, waiting, wire

ROOT = Path(__file__).parents[1]
SHARE, FEWER = 0.1, 0.2
SEED = int(os.environ.get("BONITET_FAULTS_SEED") or SystemRandom().randrange(1_000_000))

# The client leaves it to chance when the socket of an attempt that failed is closed: here, not in somebody else's test.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

Breaks = Callable[[str], None]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """A Kafka and a PostgreSQL that may be broken."""
    with Servers(SEED, round(FACTS * FEWER)) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_sockets_left() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def breaks(servers: Servers) -> Breaks:
    """A tenth of a scenario; how to do the same again is shown where it fails."""

    def scenario(name: str) -> None:
        again = f"python -m tests.faults --seed {SEED} --share {SHARE} --fewer {FEWER} --only {name}"
        print(f"seed {SEED}: {again}")  # noqa: T201
        print(SCENARIOS[name](servers, Random(f"{SEED} {name}"), SHARE))  # noqa: T201

    return scenario


# --- a tenth of everything ---------------------------------------------------------------------------------------


def test_workers_killed_at_any_moment_one_of_them_always_a_zombie_leave_no_trace(breaks: Breaks) -> None:
    breaks("kills")


def test_workers_that_come_and_go_amid_the_facts_leave_no_trace(breaks: Breaks) -> None:
    breaks("rebalances")


def test_workers_projector_and_enforcer_outlast_a_postgresql_whose_power_is_cut(breaks: Breaks) -> None:
    breaks("postgres-gone")


def test_workers_and_projector_outlast_a_kafka_that_is_stopped_or_killed(breaks: Breaks) -> None:
    breaks("kafka-gone")


def test_what_kafka_delivers_twice_is_taken_in_once(breaks: Breaks) -> None:
    breaks("everything-twice")


def test_poison_is_set_aside_once_with_offset_and_reason_and_all_else_goes_on(breaks: Breaks) -> None:
    breaks("poison")


def test_a_full_disk_is_outlasted(breaks: Breaks) -> None:
    breaks("disk-full")


def test_sessions_cut_off_are_made_again_and_the_projector_is_told_at_once_as_before(breaks: Breaks) -> None:
    breaks("sessions-cut-off")


def test_a_session_idle_in_transaction_stalls_nobody(breaks: Breaks) -> None:
    breaks("idle-in-transaction")


def test_of_two_racing_projectors_each_takes_the_place_of_the_other(breaks: Breaks) -> None:
    breaks("racing-projectors")


def test_nobody_is_suspended_while_the_cessation_lies_unread_in_a_lagging_partition(breaks: Breaks) -> None:
    breaks("unread-cessation")


def test_a_topic_made_again_stops_the_worker_which_names_a_way_out_that_works(breaks: Breaks) -> None:
    breaks("another-topic")


def test_a_position_beyond_the_end_stops_the_worker_which_names_a_way_out_that_works(breaks: Breaks) -> None:
    breaks("lost-position")


def test_retention_that_has_passed_us_stops_the_worker_which_names_a_way_out_that_works(breaks: Breaks) -> None:
    breaks("retention")


# --- moments of their own ----------------------------------------------------------------------------------------


def test_a_process_that_is_paused_amid_an_append_holds_up_nobody(database: str) -> None:
    schema.migrate(url_of(database))
    command = [sys.executable, "-m", "tests.faults.one_append", database]
    with psycopg.connect(database) as holder, psycopg.connect(database, autocommit=True) as looking:
        holder.execute("SELECT pg_advisory_xact_lock(hashtextextended('bonitet append', 0))")
        with subprocess.Popen(command, cwd=ROOT) as process:
            try:
                _until(lambda: _one(looking, f"{_LOCKS} AND NOT granted"))
                process.send_signal(SIGSTOP)
                holder.commit()
                # It has the lock now, and nobody there to give it up.
                _until(lambda: _one(looking, "SELECT count(*) FROM stored_events"))
                _until(lambda: not _one(looking, _LOCKS))
            finally:
                process.kill()


_LOCKS = (
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    "WHERE d.datname = current_database() AND l.locktype = 'advisory'"
)


def _one(of: psycopg.Connection, question: str) -> int:
    row = of.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


def _until(so: Callable[[], object]) -> None:
    end = monotonic() + 20
    while not so():
        assert monotonic() < end, "it never came to that"
        sleep(0.05)


class _Killed(BaseException):
    """The end of a process, at a place where no handler would catch it."""


class _Dies(Engine):
    """An engine whose process is killed when a batch is written, before what waits for it is released."""

    def release(self, subject: str, total: Summary | None = None) -> Summary:
        raise _Killed(subject, total)


def test_what_a_killed_worker_left_to_be_released_is_released_by_whoever_takes_over(
    database: str, broker: Cluster, topics: Topics
) -> None:
    kafka = kafka_of(broker, topics(1))
    renamed = wire("CompanyRenamed", "2024-03-02", data={"name": "Tekstil"})
    send(broker, kafka.facts[0], [renamed, registration()])
    with installation(database) as system:
        dies = Worker(_Dies(system.store, system.settings, system.clock), kafka, Measures(), system.clock)
        with pytest.raises(_Killed):
            read_to_end(system, dies)
        dies.close()
        assert len(waiting(system)) == 1
        with worker(system, kafka) as another:
            read_to_end(system, another)
        assert waiting(system) == []
        assert names(system) == ["CompanyRegistered", "CompanyRenamed"]
