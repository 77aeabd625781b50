"""What an installation tells the outside through a real Kafka: all of it, in order, under ids that tell repeats apart.

Run as a program this publishes to the end, again and again, until it is killed:
`python -m tests.test_publishing DATABASE SETTINGS`.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka import errors as kafka_errors
from pydantic import SecretStr
from sqlalchemy import Connection, delete, func, select, update

from adapters.intake.gate import CLOCK_SKEW
from adapters.kafka import publishing
from adapters.kafka.delivering import Delivery, Fenced, Undelivered
from adapters.kafka.messages import Record, event_id
from adapters.kafka.publishing import Publisher, log_of, publishers
from adapters.main import System, build
from adapters.measures import Measures
from adapters.running import Stopped
from adapters.settings import KafkaSettings, Settings
from adapters.store import schema
from adapters.store.projecting import MODELS, NAME
from adapters.store.store import Overtaken, Store
from adapters.store.tables import positions, published
from domain.wire import ENVELOPES
from projections.register import on_day, register
from tests.components.install import program
from tests.components.kafka import USER, Broker, Cluster
from tests.installation import COMPANY, KEY, NOW, OTHER, installation, made_up, registration, take_in, wire
from tests.outgoing import faults

Topics = Callable[..., str]

# An outage has to be noticed soon, or the tests wait for it.
TUNING = {
    "delivery_timeout_ms": 4_000,
    "request_timeout_ms": 2_000,
    "max_block_ms": 3_000,
}
STRETCH = 300


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "LIMIT", STRETCH)
    monkeypatch.setattr(publishing, "GIVE_WAY", 0.05)


@pytest.fixture
def kafka(broker: Cluster, topics: Topics) -> KafkaSettings:
    """The settings of an installation with fresh topics of three partitions."""
    return settings_for(broker.servers, topics)


def settings_for(servers: str, topics: Topics) -> KafkaSettings:
    return KafkaSettings(
        servers=servers,
        events=topics(3),
        register_changes=topics(3, cleanup_policy="compact"),
        notifications=topics(3),
        dead_letters=topics(1),
    )


@contextmanager
def roles(system: System, kafka: KafkaSettings) -> Iterator[dict[str, Publisher]]:
    """The roles that publish, by their names."""
    told = publishers(system.store, kafka, system.clock, tuning=TUNING)
    try:
        yield {role.name: role for role in told}
    finally:
        for role in told:
            role.close()


def to_the_end(*told: Publisher) -> None:
    """Publish until nothing is left."""
    while sum(role.step() for role in told):
        pass
    assert [role.trouble for role in told if role.trouble] == []


def publish(system: System, kafka: KafkaSettings) -> None:
    """What one process publishes until nothing is left."""
    with roles(system, kafka) as told:
        to_the_end(*told.values())


def read(servers: str, topic: str) -> list[Any]:
    """All that a topic holds for readers of what is committed, partition by partition."""
    consumer = KafkaConsumer(bootstrap_servers=servers, isolation_level="read_committed", consumer_timeout_ms=3_000)
    with closing(consumer):
        parts = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        told: list[Any] = []
        for part in parts:
            consumer.assign([part])
            end = consumer.end_offsets([part])[part]
            consumer.seek(part, 0)
            while consumer.position(part) < end:
                for records in consumer.poll(500).values():
                    told.extend(records)
        return told


def values(records: Sequence[Any]) -> list[dict[str, Any]]:
    return [json.loads(record.value) for record in records]


def log_ids(store: Store) -> list[str]:
    return [str(event_id(r.event.stream, r.version)) for r in store.log(0, 1_000_000)]


def without_repeats(records: Sequence[Any]) -> list[dict[str, Any]]:
    """The events as a reader has them that remembers the last sequence of each partition."""
    last: dict[int, str] = defaultdict(str)
    told = []
    for record in records:
        event = json.loads(record.value)
        if event["sequence"] > last[record.partition]:
            last[record.partition] = event["sequence"]
            told.append(event)
    return told


def assert_all_told_in_order(store: Store, records: Sequence[Any]) -> None:
    """Nothing is missing, nothing differs between repeats, and each company's events come in the order of the log."""
    by_id: dict[str, set[bytes]] = defaultdict(set)
    for record in records:
        by_id[json.loads(record.value)["id"]].add(record.value)
    assert {len(told) for told in by_id.values()} == {1}
    wanted = log_ids(store)
    assert by_id.keys() == set(wanted)
    seen = without_repeats(records)
    assert sorted(event["id"] for event in seen) == sorted(wanted)
    order = {name: number for number, name in enumerate(wanted)}
    companies: dict[str, list[int]] = defaultdict(list)
    for event in seen:
        companies[event["subject"]].append(order[event["id"]])
    assert all(told == sorted(told) for told in companies.values())
    partitions = {(record.key, record.partition) for record in records}
    assert len(partitions) == len(companies)


def compacted(servers: str, topic: str) -> dict[str, dict[str, Any]]:
    """What is left of a compacted topic: the last value under each key."""
    left: dict[str, dict[str, Any]] = {}
    for record in read(servers, topic):
        key = record.key.decode()
        if record.value is None:
            left.pop(key, None)
        else:
            left[key] = json.loads(record.value)
    return left


def shown(system: System) -> dict[str, tuple[Any, ...]]:
    """What the register shows now."""
    with system.store.reading() as c:
        entries = on_day(c, NOW)
    return {
        e.certificate: (e.holder, e.standing.status, e.standing.clause, e.standing.attained, e.standing.since)
        for e in entries
    }


def as_shown(entries: dict[str, dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    return {
        key: (e.get("holder"), e["status"], e["clause"], e.get("attained"), datetime.fromisoformat(e["since"]))
        for key, e in entries.items()
    }


# --- everything --------------------------------------------------------------------------------------------------


def test_everything_is_told_once_in_order_and_as_the_schemas_describe_it(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(40), b"{no fact", wire("AccountBlocked", data={"blockade": "B-1"}, subject=OTHER))
        system.engine.enforce(NOW)
        publish(system, kafka)
        events = read(broker.servers, kafka.events)
        assert len(events) == system.store.last_position() > 5 * STRETCH
        assert_all_told_in_order(system.store, events)
        assert {event["source"] for event in values(events)} == {log_of(system.store)}
        letters = values(read(broker.servers, kafka.dead_letters))
        assert [(d["data"]["kind"], d["data"]["reason"]) for d in letters] == [
            ("rejected", "not-json"),
            ("parked", "not-registered"),
        ]
        notices = values(read(broker.servers, kafka.notifications))
        assert {n["data"]["event"] for n in notices} <= {event["id"] for event in values(events)}
        entries = compacted(broker.servers, kafka.register_changes)
        assert as_shown(entries) == shown(system) != {}
        publish(system, kafka)
        assert len(read(broker.servers, kafka.events)) == len(events), "nothing is told again"
    for message in (*values(events), *notices, *letters):
        assert faults(message["type"], json.dumps(message)) == []
        assert message["type"] not in ENVELOPES
    for key, entry in entries.items():
        assert faults("rs.bonitet.register.v1", json.dumps(entry)) == []
        assert entry["certificate"] == key


def test_the_headers_say_that_it_is_a_cloud_event(broker: Cluster, kafka: KafkaSettings, tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration())
        publish(system, kafka)
    (record,) = read(broker.servers, kafka.events)
    assert record.key == COMPANY.encode()
    assert record.headers == [("content-type", b"application/cloudevents+json; charset=UTF-8")]


def test_a_client_that_somebody_else_wrote_reads_the_events(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    kcat = program("kcat")
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(16))
        publish(system, kafka)
        wanted = log_ids(system.store)
    command = [kcat, "-b", broker.servers, "-C", "-t", kafka.events, "-o", "beginning", "-e", "-q", "-f", "%k %s\n"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert sorted(json.loads(value)["id"] for _, value in lines) == sorted(wanted)
    assert all(json.loads(value)["subject"] == key for key, value in lines)


# --- killed, and raced -------------------------------------------------------------------------------------------


class _Killed(BaseException):
    pass


def killed_before_moving(role: Publisher, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One step that ends between Kafka's acknowledgement and the move of the position."""
    move = store.move_projection

    def kill(to: Connection, name: str, expected: int, position: int) -> None:
        if position != expected:
            raise _Killed
        move(to, name, expected, position)

    with monkeypatch.context() as patched:
        patched.setattr(store, "move_projection", kill)
        with pytest.raises(_Killed):
            role.step()
    role.close()


def test_killed_between_acknowledgement_and_position_it_tells_the_same_again(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(16))
        for _ in range(3):
            with roles(system, kafka) as told:
                killed_before_moving(told["events"], system.store, monkeypatch)
                assert system.store.projected("events") == 0
        publish(system, kafka)
        events = read(broker.servers, kafka.events)
        assert len(events) >= system.store.last_position() + 3 * STRETCH
        assert_all_told_in_order(system.store, events)


def main(database: str, told: str) -> None:
    """Publish until somebody kills this process."""
    publishing.LIMIT = 50
    kafka = KafkaSettings.model_validate_json(told)
    with installation(Path(database)) as system, roles(system, kafka) as publishing_roles:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        while True:
            for role in publishing_roles.values():
                role.step()


def test_killed_at_any_moment_it_leaves_nothing_out(broker: Cluster, kafka: KafkaSettings, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    drawn = Random(20260701)
    with installation(path) as system:
        take_in(system, *made_up(40))
        system.engine.enforce(NOW)
        command = [sys.executable, "-m", "tests.test_publishing", str(path), kafka.model_dump_json()]
        kills = 0
        while system.store.projected("events") < system.store.last_position() and kills < 6:
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert process.stdout is not None
            with process.stdout:
                assert process.stdout.readline() == b"begins\n"
                sleep(drawn.uniform(0.1, 1.0))
                process.kill()
                process.wait()
            kills += 1
        assert kills > 1
        publish(system, kafka)
        assert_all_told_in_order(system.store, read(broker.servers, kafka.events))
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)
        ids = [n["id"] for n in values(read(broker.servers, kafka.notifications))]
        with installation(tmp_path / "b.sqlite3") as undisturbed:
            take_in(undisturbed, *made_up(40))
            undisturbed.engine.enforce(NOW)
            other = settings_for(broker.servers, lambda *_, **__: broker.fresh_topic(1))
            publish(undisturbed, other)
            assert set(ids) == {n["id"] for n in values(read(broker.servers, other.notifications))}
            for topic in (other.events, other.register_changes, other.notifications, other.dead_letters):
                broker.drop_topic(topic)


def test_of_two_that_publish_one_file_none_loses_anything(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite3"
    with installation(path) as system, installation(path) as other:
        take_in(system, *made_up(40))
        system.engine.enforce(NOW)
        problems: list[Exception] = []

        def race(racing: System) -> None:
            end = monotonic() + 60
            try:
                with roles(racing, kafka) as told:
                    while monotonic() < end and any(
                        racing.store.projected(name) < racing.store.last_position()
                        for name in ("events", "notifications", "register")
                    ):
                        for role in told.values():
                            role.step()
            except Exception as problem:  # noqa: BLE001 - told in the other thread
                problems.append(problem)

        threads = [Thread(target=race, args=(racing,)) for racing in (system, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert system.store.projected("events") == system.store.last_position()
        assert_all_told_in_order(system.store, read(broker.servers, kafka.events))
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)


@contextmanager
def in_postgres(url: str) -> Iterator[System]:
    with build(Settings(database=url, key=KEY), lambda: NOW) as system:
        yield system


def test_in_postgresql_one_process_leads_and_the_next_takes_over(
    broker: Cluster, kafka: KafkaSettings, database: str
) -> None:
    schema.migrate(database)
    with in_postgres(database) as system:
        take_in(system, *made_up(16), b"{no fact", blocked("2026-01-01"))
        system.engine.enforce(NOW)
        with in_postgres(database) as second, roles(second, kafka) as waiting:
            with in_postgres(database) as first, roles(first, kafka) as leading:
                assert all(role.step() for role in leading.values())
                before = {name: system.store.projected(name) for name in waiting}
                assert not any(role.step() for role in waiting.values())
                assert {name: system.store.projected(name) for name in waiting} == before
            to_the_end(*waiting.values())
        letters = values(read(broker.servers, kafka.dead_letters))
        assert [d["data"]["kind"] for d in letters] == ["rejected", "parked"]
        assert system.store.projected("events") == system.store.last_position()
        assert_all_told_in_order(system.store, read(broker.servers, kafka.events))
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)


def test_the_position_moved_by_another_is_no_failure(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as system, roles(system, kafka) as told:
        take_in(system, *made_up(16))
        move = system.store.move_projection

        def overtaken(to: Connection, name: str, expected: int, position: int) -> None:
            if position != expected:
                raise Overtaken(name)
            move(to, name, expected, position)

        with monkeypatch.context() as patched:
            patched.setattr(system.store, "move_projection", overtaken)
            assert told["events"].step()
        assert system.store.projected("events") == 0
        to_the_end(told["events"])
        assert_all_told_in_order(system.store, read(broker.servers, kafka.events))


def test_who_was_shut_out_delivers_nothing_more(broker: Cluster, topics: Topics) -> None:
    topic = topics(1)
    connection = {"bootstrap_servers": broker.servers}
    with (
        closing(Delivery(connection, topic, f"n-{topic}")) as old,
        closing(Delivery(connection, topic, f"n-{topic}")) as new,
    ):
        old.deliver([Record("k", b"1", "the first")])
        new.open()
        with pytest.raises(Fenced):
            old.deliver([Record("k", b"old", "what is older")])
        new.deliver([Record("k", b"2", "the second")])
    assert [record.value for record in read(broker.servers, topic)] == [b"1", b"2"]


def test_who_wakes_up_with_something_older_in_hand_never_has_the_last_word(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as system, roles(system, kafka) as old, roles(system, kafka) as new:
        take_in(system, *ORDERED, blocked("2026-04-01"))
        delivery = old["register"]._delivery  # noqa: SLF001
        deliver = delivery.deliver

        def after_a_long_sleep(records: Sequence[Record]) -> None:
            take_in(system, retracted("2026-04-20"), source="b")
            to_the_end(new["register"])
            deliver(records)

        monkeypatch.setattr(delivery, "deliver", after_a_long_sleep)
        assert not old["register"].step()
        assert "another process" in str(old["register"].trouble)
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)


# --- the register ------------------------------------------------------------------------------------------------


def blocked(at: str, blockade: str = "B-1") -> bytes:
    return wire("AccountBlocked", at, data={"blockade": blockade}, name=f"block-{blockade}")


def retracted(at: str, blockade: str = "B-1") -> bytes:
    return wire("FactRetracted", at, data={"fact": f"block-{blockade}"}, name=f"retract-{blockade}")


ORDERED = (
    registration(founded="2010-01-01"),
    wire(
        "ClassAssessed",
        "2025-05-15",
        data={"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64},
    ),
    wire("ConsensusRecorded", "2026-03-02", data={"order": "N-1", "evidence": "0" * 64}),
)
CERTIFICATE = f"{COMPANY}/N-1"


def rebuild_begins(store: Store) -> None:
    """Every read model is empty, and begins again."""
    with store.transaction() as c:
        for table in MODELS:
            c.execute(delete(table))
        c.execute(update(positions).where(positions.c.projection == NAME).values(position=0))


def statuses(servers: str, kafka: KafkaSettings) -> list[str | None]:
    return [r.value and json.loads(r.value)["status"] for r in read(servers, kafka.register_changes)]


def test_the_register_is_told_as_it_changes_and_the_last_word_is_what_it_shows(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        lines = made_up(40)
        for start in range(0, len(lines), len(lines) // 4):
            take_in(system, *lines[start : start + len(lines) // 4], source=f"part {start}")
            publish(system, kafka)
            assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)
        before = len(read(broker.servers, kafka.register_changes))
        system.engine.enforce(NOW)  # what fell due is written now, and told as a change
        publish(system, kafka)
        assert len(read(broker.servers, kafka.register_changes)) > before
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)


def test_a_company_that_changed_its_name_is_told_anew_and_an_event_that_changes_nothing_is_not(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        for line in (*ORDERED, wire("OfferMade", "2026-03-03", data={"order": "N-2"})):
            take_in(system, line, source=str(line))
            publish(system, kafka)
        assert statuses(broker.servers, kafka) == ["valid"]
        take_in(system, wire("CompanyRenamed", "2026-03-04", data={"name": "Tekstil"}), source="renamed")
        publish(system, kafka)
        assert [e["holder"] for e in values(read(broker.servers, kafka.register_changes))] == ["Textil", "Tekstil"]


def test_read_models_built_anew_tell_nothing_new(broker: Cluster, kafka: KafkaSettings, tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(40))
        publish(system, kafka)
        before = len(read(broker.servers, kafka.register_changes))
        system.engine.projections.rebuild()
        publish(system, kafka)
        assert len(read(broker.servers, kafka.register_changes)) == before


def test_read_models_built_anew_tell_what_differs_from_what_was_told(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *ORDERED)
        with system.store.transaction() as c:  # as if a defect had written it, which is mended now
            c.execute(update(register).values(status="suspended"))
        publish(system, kafka)
        assert statuses(broker.servers, kafka) == ["suspended"]
        system.engine.projections.rebuild()
        publish(system, kafka)
        assert statuses(broker.servers, kafka) == ["suspended", "valid"]
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)


def test_nothing_is_told_of_the_register_while_it_is_built_anew(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system, roles(system, kafka) as told:
        role = told["register"]
        take_in(system, *ORDERED)
        to_the_end(role)
        take_in(system, blocked("2026-04-01"), source="b")
        rebuild_begins(system.store)
        assert not role.step()
        assert statuses(broker.servers, kafka) == ["valid"]
        system.engine.projections.catch_up()
        to_the_end(role)
        assert statuses(broker.servers, kafka) == ["valid", "revoked"]


def test_a_rebuild_that_begins_while_the_register_is_read_shows_no_empty_tables(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system, roles(system, kafka) as told:
        take_in(system, *ORDERED)
        to_the_end(told["register"])
        take_in(system, blocked("2026-04-01"), source="b")
        source = publishing.Register(system.store, kafka.register_changes, system.clock)
        reached = system.store.projected(NAME)
        position = system.store.projected("register")
        touched = system.store.touched

        def rebuilt_meanwhile(after: int, until: int) -> set[str]:
            rebuild_begins(system.store)
            return touched(after, until)

        system.store.touched = rebuilt_meanwhile  # type: ignore[method-assign]
        assert reached > position
        assert source.take(position) is None


def test_a_certificate_that_leaves_the_register_leaves_the_topic(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *ORDERED)
        publish(system, kafka)
        take_in(system, wire("OfferMade", "2026-03-04", data={"order": "N-2"}), source="b")
        with system.store.transaction() as c:  # as if it had never been concluded
            c.execute(delete(register).where(register.c.certificate == CERTIFICATE))
        publish(system, kafka)
        assert statuses(broker.servers, kafka) == ["valid", None]
        assert compacted(broker.servers, kafka.register_changes) == {}
        with system.store.reading() as c:
            assert c.execute(select(func.count()).select_from(published)).scalar() == 0


def test_what_was_told_before_a_crash_and_holds_no_more_is_told_back(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Told "revoked", killed before that was noted, and then the blockade turns out to be wrong: the register is what
    # was noted last, and yet the last word of the topic is not.
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *ORDERED)
        publish(system, kafka)
        take_in(system, blocked("2026-04-01"), source="b")
        with roles(system, kafka) as told:
            killed_before_moving(told["register"], system.store, monkeypatch)
        take_in(system, retracted("2026-04-20"), source="c")
        publish(system, kafka)
        assert statuses(broker.servers, kafka) == ["valid", "revoked", "valid"]
        assert as_shown(compacted(broker.servers, kafka.register_changes)) == shown(system)


def test_what_a_clock_ahead_of_ours_says_is_told_at_once(broker: Cluster, kafka: KafkaSettings, tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        ahead = (NOW + CLOCK_SKEW).isoformat()
        take_in(system, *ORDERED, blocked(ahead))
        publish(system, kafka)
        assert statuses(broker.servers, kafka) == ["revoked"]


# --- notices and dead letters ------------------------------------------------------------------------------------


def test_a_notice_that_was_wrong_is_taken_back_after_it_was_told(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *ORDERED, blocked("2026-04-01"))
        publish(system, kafka)
        take_in(system, retracted("2026-04-20"), source="b")
        publish(system, kafka)
    notices = values(read(broker.servers, kafka.notifications))
    told = [n["data"] for n in notices if n["data"]["kind"] in {"licence-lost", "withdrawn"}]
    assert [n["kind"] for n in told] == ["licence-lost", "withdrawn", "withdrawn"]
    assert told[1]["withdraws"] == next(n["id"] for n in notices if n["data"]["kind"] == "licence-lost")


def test_each_dead_letter_is_told_once_under_its_number(broker: Cluster, kafka: KafkaSettings, tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        for number in range(4):
            bad = [b"{%d" % line for line in range(number * 60, number * 60 + 60)]
            take_in(system, *bad, blocked("2026-01-01", f"B-{number}"), source=f"part {number}")
            publish(system, kafka)
    letters = [d["data"] for d in values(read(broker.servers, kafka.dead_letters))]
    assert [d["number"] for d in letters if d["kind"] == "rejected"] == list(range(1, 241))
    assert [d["number"] for d in letters if d["kind"] == "parked"] == [1, 2, 3, 4]


def test_each_publisher_tells_how_far_it_is_behind_and_of_each_topic_from_the_beginning(
    kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def figures(name: str) -> dict[str, float]:
        told = [sample for metric in measures.registry.collect() for sample in metric.samples if sample.name == name]
        return {next(iter(sample.labels.values())): sample.value for sample in told}

    measures = Measures()
    with installation(tmp_path / "a.sqlite3") as system:
        told = publishers(system.store, kafka, system.clock, measures, TUNING)
        with ExitStack() as closing_all:
            for role in told:
                closing_all.callback(role.close)
            topics = {kafka.events, kafka.notifications, kafka.register_changes, kafka.dead_letters}
            assert figures("bonitet_published_messages_total") == dict.fromkeys(topics, 0.0)
            take_in(system, *ORDERED, b"{", b"[")
            log = float(system.store.last_position())
            for role in told:
                role.step()
            behind = {"events": log, "notifications": log, "register": log}
            assert figures("bonitet_publisher_behind") == {
                **behind,
                "dead letters: rejected": 2.0,
                "dead letters: parked": 0.0,
            }
            while sum(role.step() for role in told):
                pass
            assert set(figures("bonitet_publisher_behind").values()) == {0.0}
            monkeypatch.setattr(system.store, "lead", lambda _: False)
            told[0].step()
            assert "events" not in figures("bonitet_publisher_behind")


# --- what goes wrong ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("outage")
def test_while_kafka_is_away_nothing_moves_and_when_it_is_back_nothing_is_missing(tmp_path: Path) -> None:
    with Broker() as own, installation(tmp_path / "a.sqlite3") as system:
        kafka = settings_for(own.servers, own.fresh_topic)
        with roles(system, kafka) as told:
            role = told["events"]
            take_in(system, *made_up(16))
            assert role.step()
            before = system.store.projected("events")
            own.kill()
            assert not role.step()
            assert role.trouble is not None
            assert system.store.projected("events") == before
            assert not role.step(), "it is not tried again at once"
            sleep(0.6)
            assert not role.step()
            assert "can't be reached" in role.trouble
            assert "BONITET_KAFKA_SERVERS" in role.trouble
            own.start()
            end = monotonic() + 60
            while system.store.projected("events") < system.store.last_position() and monotonic() < end:
                role.step()
            assert role.trouble is None
        assert_all_told_in_order(system.store, read(own.servers, kafka.events))


def test_a_topic_that_is_not_there_is_named_with_what_to_do_and_holds_up_nobody_else(
    broker: Cluster, kafka: KafkaSettings, tmp_path: Path
) -> None:
    broker.drop_topic(kafka.events)
    with installation(tmp_path / "a.sqlite3") as system, roles(system, kafka) as told:
        take_in(system, registration())
        assert not told["events"].step()
        assert re.search(rf"no topic '{kafka.events}'.*bonitet topics create", told["events"].trouble or "")
        assert system.store.projected("events") == 0
        assert told["register"].step()
        assert told["register"].trouble is None


def test_a_message_too_large_for_its_topic_is_named_and_never_passed_over(
    broker: Cluster, kafka: KafkaSettings, topics: Topics, tmp_path: Path
) -> None:
    narrow = kafka.model_copy(update={"events": topics(3, max_message_bytes=2_000)})
    days = [f"20{year}-01-{day:02}" for year in range(10, 25) for day in range(1, 25)]
    large = wire("CalendarCorrected", data={"version": "RS-2", "days_off": days}, subject="SCHEME-DNB-RS")
    with installation(tmp_path / "a.sqlite3") as system, roles(system, narrow) as told:
        take_in(system, registration(), large, registration(OTHER))
        for pause in (0.6, 0.0):
            assert not told["events"].step()
            says = r"CalendarCorrected, version 1 of SCHEME-DNB-RS, has [0-9,]+ bytes.*raise"
            assert re.search(says, told["events"].trouble or "")
            sleep(pause)
        assert system.store.projected("events") == 0
        assert read(broker.servers, narrow.events) == [], "nothing that stands beside it is seen before it is"


@pytest.mark.usefixtures("outage")
def test_a_password_that_is_wrong_is_named_with_what_to_do(tmp_path: Path) -> None:
    with Broker(secured=True) as own, installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration())
        access = own.accesses["sasl"]
        kafka = settings_for(access.servers, own.fresh_topic).model_copy(
            update={
                "protocol": access.security_protocol,
                "user": USER,
                "password": SecretStr("wrong"),
                "mechanism": "PLAIN",
            }
        )
        (role, *_) = publishers(system.store, kafka, system.clock, tuning=TUNING)
        with closing(role):
            try:
                assert not role.step()
                said = role.trouble  # the client is cut off before it is told why, more often than not
            except Stopped as stopped:
                said = str(stopped)
        assert said is not None
        assert "doesn't let bonitet in" in said
        assert "BONITET_KAFKA_USER, BONITET_KAFKA_PASSWORD" in said


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (kafka_errors.TopicAuthorizationFailedError("t"), Undelivered, "grant DESCRIBE and WRITE"),
        (kafka_errors.TransactionalIdAuthorizationFailedError(), Undelivered, "transactional id 'bonitet/x'"),
        (kafka_errors.KafkaError("Cannot", kafka_errors.TopicAuthorizationFailedError("t")), Undelivered, "grant"),
        (kafka_errors.InvalidProducerEpochError(), Fenced, "another process"),
        (kafka_errors.NotEnoughReplicasError(), Undelivered, "NotEnoughReplicas"),
        (kafka_errors.KafkaTimeoutError("too slow"), Undelivered, "too slow"),
        (kafka_errors.KafkaError("for reasons unknown"), Undelivered, "for reasons unknown"),
    ],
)
def test_a_fault_says_whether_it_is_worth_trying_again(fault: Any, kind: type[Exception], says: str) -> None:
    told = Delivery({}, "t", "bonitet/x")._fault(fault, [Record("k", b"v", "a message")])  # noqa: SLF001
    assert type(told) is kind
    assert says in str(told)


if __name__ == "__main__":
    main(*sys.argv[1:])
