"""A backup taken while facts come in: it is one moment of the installation, and goes on to the same end."""

import hashlib
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from adapters.intake import sources
from adapters.kafka.partitions import described
from adapters.kafka.sending import Sender
from adapters.kafka.worker import Worker
from adapters.main import System, build
from adapters.measures import Measures
from adapters.settings import KafkaSettings, Settings
from adapters.store import schema
from adapters.store.codec import GENESIS, follows
from adapters.store.projecting import MODELS
from adapters.store.store import Store, url_of
from tests.components.kafka import Cluster
from tests.components.postgres import Databases, folder_of_programs
from tests.installation import KEY, NOW, contents, installation, made_up, numbered, rows

COMPANIES, PARTITIONS = 150, 3
PATIENCE = 60.0
SOME = 2_000  # events, so that the backup takes a while
LITTLE = 40  # facts a transaction, so that there are many moments at which a backup may be taken


def now() -> datetime:
    return NOW


@pytest.fixture
def kafka(broker: Cluster, topics: Callable[..., str]) -> KafkaSettings:
    """The settings of an installation whose facts stand in a topic of its own."""
    settings = KafkaSettings(servers=broker.servers, facts=[topics(PARTITIONS)], group="before", session_timeout=6)
    sender = Sender(settings.connection(), settings.facts[0], 1_000_000)
    sender.send(numbered(made_up(COMPANIES)))
    sender.close()
    return settings


@contextmanager
def production(database: str, **settings: Any) -> Iterator[System]:
    with build(Settings(database=database, key=KEY, **settings), now) as system:
        yield system


def ends(kafka: KafkaSettings) -> dict[str, int]:
    """Where the partitions that facts come from end, by their names."""
    topic = described(kafka.connection(), kafka.facts)[kafka.facts[0]]
    consumer = KafkaConsumer(**kafka.connection())
    try:
        parts = [TopicPartition(topic.topic, number) for number in range(topic.partitions)]
        return {topic.source(part.partition): end for part, end in consumer.end_offsets(parts).items()}
    finally:
        consumer.close()


def read_to_the_end(system: System, kafka: KafkaSettings, stop: Event | None = None) -> Worker:
    """Work until everything was read, or somebody says to stop."""
    worker = Worker(system.engine, kafka, Measures(), now)
    until = monotonic() + PATIENCE
    try:
        while not caught_up(system.store) and not (stop and stop.is_set()):
            worker.step()
            assert monotonic() < until
    finally:
        worker.close()
    return worker


def caught_up(store: Store) -> bool:
    """Whether each partition was read to its end; time stands still here."""
    with store.reading() as c:
        return sources.reached(c).until == NOW


def digest_at(store: Store, position: int) -> str:
    """The digest as it was at a position, told by anybody who can read the log."""
    statement = (
        "SELECT originator_id, topic, state FROM stored_events WHERE notification_id <= %s ORDER BY originator_id, "
        "originator_version"
    )
    heads: dict[str, str] = {}
    with store.reading() as c:
        for stream, topic, state in c.exec_driver_sql(statement, (position,)):
            assert follows(stream, topic, state, heads.get(stream, GENESIS))
            heads[stream] = hashlib.sha256(state).hexdigest()
    return hashlib.sha256("".join(f"{s} {h}\n" for s, h in heads.items()).encode()).hexdigest()


def programs(name: str, *arguments: str) -> None:
    done = subprocess.run([folder_of_programs() / name, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_backup_of_postgresql_goes_on_from_its_moment_to_the_same_end(
    database: str, postgres: Databases, kafka: KafkaSettings, tmp_path: Path
) -> None:
    other = postgres.database()
    try:
        # Nobody has disturbed this one.
        schema.migrate(url_of(other))
        with production(other) as undisturbed:
            read_to_the_end(undisturbed, kafka.model_copy(update={"group": "undisturbed"}))
            undisturbed.engine.enforce(NOW)
            wanted = contents(undisturbed)
    finally:
        postgres.drop(other)

    schema.migrate(url_of(database))
    backup = tmp_path / "backup"
    stop = Event()

    def work() -> None:
        with production(database, batch=LITTLE) as system:
            read_to_the_end(system, kafka, stop)

    with production(database) as source, ThreadPoolExecutor(1) as pool:
        working: Future[None] = pool.submit(work)
        try:
            while source.store.last_position() < SOME:
                assert not working.done()
                sleep(0.02)
            before = source.store.last_position()
            programs("pg_dump", "--format=custom", f"--file={backup}", database)
            after = source.store.last_position()
        finally:
            stop.set()
        working.result()

        restored = postgres.database()
        try:
            programs("pg_restore", "--exit-on-error", f"--dbname={restored}", str(backup))
            with production(restored) as copy:
                position = copy.store.last_position()
                assert before <= position < after, "the backup was not taken while facts were written"
                assert copy.store.digest() == digest_at(source.store, position)
                offsets = copy.store.source_positions()
                told = ends(kafka)
                assert set() < offsets.keys() <= told.keys()
                unread = sum(end - offsets.get(name, 0) for name, end in told.items())

                went_on = read_to_the_end(copy, kafka.model_copy(update={"group": "restored"}))
                assert 0 < went_on.total.read <= unread < sum(told.values())
                copy.engine.enforce(NOW)
                assert contents(copy) == wanted
        finally:
            postgres.drop(restored)


@pytest.mark.parametrize("way", ["backup", "vacuum"])
def test_a_backup_of_a_file_goes_on_from_its_moment_to_the_same_end(way: str, tmp_path: Path) -> None:
    lines = made_up(COMPANIES)
    with installation(tmp_path / "undisturbed.sqlite3") as undisturbed:
        undisturbed.engine.ingest("facts", numbered(lines))
        undisturbed.engine.enforce(NOW)
        wanted = contents(undisturbed)

    source, copied = tmp_path / "source.sqlite3", tmp_path / "copy.sqlite3"
    taken: list[int] = []

    def take(_: object) -> None:
        # Amid the run, and with a connection of its own, as another program has it.
        taken.append(1)
        if len(taken) == 10:
            with sqlite3.connect(source) as connection:
                if way == "vacuum":
                    connection.execute("VACUUM INTO ?", (str(copied),))
                else:
                    with sqlite3.connect(copied) as to:
                        connection.backup(to)

    with installation(source, batch=LITTLE) as system:
        system.engine.ingest("facts", numbered(lines), take)
        whole = rows(system, MODELS)

    with installation(copied) as copy:
        position = copy.store.source_position("facts")
        assert position == 10 * LITTLE
        copy.store.digest()
        copy.engine.ingest("facts", (line for line in numbered(lines) if line.position > position))
        assert rows(copy, MODELS) == whole
        copy.engine.enforce(NOW)
        assert contents(copy) == wanted
