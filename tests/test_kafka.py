"""Facts from a real Kafka: whoever reads them, in whatever portions, each is taken in once and in its order."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier
from time import monotonic
from typing import Any
from zlib import crc32

import pytest
from eventsourcing.persistence import OperationalError
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, NodeNotReadyError, UnknownBrokerIdError

from adapters.enforcing import Enforcer
from adapters.intake import aside
from adapters.intake.engine import Part, UnfinishedSource
from adapters.intake.reading import Line
from adapters.intake.work import Summary
from adapters.kafka import worker as working
from adapters.kafka.dead_letters import dead_letter, set_aside
from adapters.kafka.messages import FromKafka, event_id
from adapters.kafka.partitions import Described, accept, described, home, move, note_caught_up, places, take_up
from adapters.kafka.publishing import publishers
from adapters.kafka.reaching import Unreachable
from adapters.kafka.worker import Worker
from adapters.main import System, build
from adapters.measures import Measures
from adapters.running import Stopped, passes
from adapters.settings import KafkaSettings, Settings
from adapters.store.recorder import PositionMoved
from domain.dossier import BEGINNING
from domain.events import Event
from domain.facts import CompanyRenamed
from domain.identity import SCHEME_SUBJECT
from domain.schemes.scheme import Scheme
from projections.register import on_day
from tests.components.install import program
from tests.components.kafka import Cluster
from tests.feeding import (
    PATIENCE,
    Clock,
    Topics,
    kafka_of,
    offsets,
    partitions,
    read_to_end,
    send,
    step_until,
    worker,
)
from tests.installation import (
    COMPANY,
    NOW,
    OTHER,
    THIRD,
    Rows,
    contents,
    installation,
    made_up,
    names,
    registration,
    rejects,
    take_in,
    wire,
)
from tests.outgoing import LOG, faults

COMPANIES = 25
SCHEME = tuple(
    wire("DataCollectionOpened", f"{year}-03-01", subject=SCHEME_SUBJECT, data={"business_year": year - 1})
    for year in (2023, 2024)
)
ENFORCED = 0.3  # how often, of all batches
Everything = tuple[str, dict[str, Rows]]


@pytest.fixture(autouse=True)
def _looks_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "LOOK", 0.0)


@pytest.fixture
def _looks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "LOOK", 0.2)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """What the embedded form keeps of the portfolio, all deadlines enforced."""
    with installation(tmp_path_factory.mktemp("embedded") / "a.sqlite3") as system:
        take_in(system, *made_up(COMPANIES))
        system.engine.enforce(NOW)
        return contents(system)


# --- the same as embedded ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sent(broker: Cluster) -> Iterator[Callable[[int], str]]:
    """The portfolio in a topic of so many partitions, sent once."""
    made: dict[int, str] = {}

    def topic(partitions_wanted: int) -> str:
        if partitions_wanted not in made:
            made[partitions_wanted] = broker.fresh_topic(partitions_wanted)
            send(broker, made[partitions_wanted], made_up(COMPANIES))
        return made[partitions_wanted]

    yield topic
    for name in made.values():
        broker.drop_topic(name)


@pytest.fixture
def place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Path | str:
    """An empty database of a kind."""
    return tmp_path / "a.sqlite3" if kind == "sqlite" else str(request.getfixturevalue("database"))


@pytest.mark.usefixtures("_looks_now_and_then")
@pytest.mark.parametrize(
    ("count", "workers", "batch", "kind"),
    [
        (1, 1, 5_000, "sqlite"),
        (1, 2, 300, "postgres"),
        (3, 1, 5_000, "postgres"),
        (3, 2, 7, "postgres"),
        (8, 1, 7, "sqlite"),
        (8, 2, 5_000, "postgres"),
    ],
)
def test_partitions_workers_batches_and_database_change_nothing(
    count: int,
    workers: int,
    batch: int,
    place: Path | str,
    sent: Callable[[int], str],
    broker: Cluster,
    wanted: Everything,
) -> None:
    kafka = kafka_of(broker, sent(count))
    together = Barrier(workers)

    def work() -> Summary:
        with installation(place, batch=batch, cache=100) as system, worker(system, kafka) as one:
            together.wait(20)
            read_to_end(system, one)
            return one.total

    with ThreadPoolExecutor(workers) as threads:
        totals = [future.result() for future in [threads.submit(work) for _ in range(workers)]]
    scheme_facts = sum(SCHEME_SUBJECT.encode() in line for line in made_up(COMPANIES))
    assert sum(total.read for total in totals) == len(made_up(COMPANIES)) + (count - 1) * scheme_facts
    with installation(place) as system:
        system.engine.enforce(NOW)
        system.engine.projections.catch_up()
        assert contents(system) == wanted


# --- one partition ahead of another ------------------------------------------------------------------------------

Order = Callable[[Random, list[int]], list[int]]


def shared_out(payloads: Sequence[bytes], count: int) -> list[list[Line]]:
    """The partitions of a topic as `bonitet publish` fills them: the scheme's facts in each, a company's in one."""
    parts: list[list[Line]] = [[] for _ in range(count)]
    for payload in payloads:
        subject = json.loads(payload)["subject"]
        mine = range(count) if subject == SCHEME_SUBJECT else [crc32(subject.encode()) % count]
        for number in mine:
            parts[number].append(Line(2 * len(parts[number]), payload, key=subject.encode()))  # offsets have holes
    return parts


def one_after_the_other(_: Random, left: list[int]) -> list[int]:
    """Each is read completely before the next one is touched."""
    return [number for number, count in enumerate(left) for _ in range(count)]


def last_first(chance: Random, left: list[int]) -> list[int]:
    return one_after_the_other(chance, left)[::-1]


def by_chance(chance: Random, left: list[int]) -> list[int]:
    order = one_after_the_other(chance, left)
    chance.shuffle(order)
    return order


def take_turns(place: Path | str, parts: list[list[Line]], order: Order, *, batch: int, restarts: int) -> Everything:
    """Read partitions in an order, a batch at a time, by processes that end now and then; what is kept in the end.

    Deadlines are enforced now and then, as far as all partitions were read.
    """
    chance = Random(7)
    topic = Described("cluster", "facts", "id", len(parts))
    turns = order(chance, [-(-len(part) // batch) for part in parts])
    ends = {*chance.sample(range(1, len(turns)), restarts), len(turns)}
    reached = [0] * len(parts)
    enforced = 0
    begin = 0
    for end in sorted(ends):
        with installation(place) as system:
            system.engine.memory.size = 5  # so that most dossiers have to be read again
            take_up(system.store, {topic.topic: topic})
            for number in turns[begin:end]:
                read_next(system, topic, number, parts[number][reached[number] : reached[number] + batch])
                reached[number] += batch
                note_caught_up(
                    system.store, {topic.source(number): known_until(parts[number], reached[number])}, {}, NOW
                )
                if chance.random() < ENFORCED and system.engine.horizon() > BEGINNING:
                    enforced += system.engine.enforce(system.engine.horizon()).events
        begin = end
    with installation(place) as system:
        enforced += system.engine.enforce(NOW).events
        assert enforced
        return contents(system)


def known_until(part: list[Line], reached: int) -> datetime:
    """Up to when everything is known that comes by a partition: as long as nothing unread was said."""
    said = min((said_at(line) for line in part[reached:]), default=NOW)
    return min(said, NOW) - timedelta(microseconds=said < NOW)


def said_at(line: Line) -> datetime:
    return datetime.fromisoformat(json.loads(line.payload)["recordedtime"])


def read_next(system: System, topic: Described, number: int, lines: list[Line]) -> None:
    """Take in the next lines of a partition as a worker does that has just begun with it."""
    source = topic.source(number)
    place = places(system.store, [source])[source]
    part = Part(source, place.offset or 0, lines[-1].position + 1, lines, place.scheme_facts)
    system.engine.take_in([part], Summary())


@pytest.mark.parametrize(
    ("count", "order", "batch", "restarts"),
    [
        (2, one_after_the_other, 5_000, 0),
        (2, last_first, 200, 3),
        (3, by_chance, 25, 3),
        (8, last_first, 5_000, 3),
        (8, by_chance, 50, 0),
    ],
)
def test_a_partition_ahead_of_the_others_with_all_facts_of_the_scheme_changes_nothing(
    count: int, order: Order, batch: int, restarts: int, wanted: Everything, tmp_path: Path
) -> None:
    parts = shared_out(made_up(COMPANIES), count)
    made = take_turns(tmp_path / "a.sqlite3", parts, order, batch=batch, restarts=restarts)
    assert made == wanted


def test_the_same_on_postgresql(wanted: Everything, database: str) -> None:
    parts = shared_out(made_up(COMPANIES), 3)
    assert take_turns(database, parts, one_after_the_other, batch=200, restarts=3) == wanted


SECOND = "EX-00000004"  # comes by the other one of two partitions
CLOSED = wire("DataCollectionClosed", "2024-06-30", subject=SCHEME_SUBJECT, data={"business_year": 2023})


def holders_of(*subjects: str) -> list[bytes]:
    """Companies that hold a certificate, and have none of the year that is to be closed."""
    assessed = {"business_year": 2022, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    order = {"order": "N-1", "evidence": "0" * 64}
    return [
        line
        for subject in subjects
        for line in (
            registration(subject),
            wire("ClassAssessed", "2023-05-15", data=assessed, subject=subject),
            wire("ConsensusRecorded", "2024-02-01", data=order, subject=subject),
        )
    ]


def fail_over_the_scheme(patched: pytest.MonkeyPatch) -> None:
    def fail(_: Scheme, event: Event) -> Scheme:
        raise ZeroDivisionError(event.name)

    patched.setattr(Scheme, "meets", fail)


@pytest.mark.parametrize("read_on", ["before", "after"])
def test_a_fact_of_the_scheme_that_waited_takes_effect_once_it_is_released(
    read_on: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = wire("AccountBlocked", "2024-07-05", data={"blockade": "B-1"})
    with installation(tmp_path / "embedded.sqlite3") as system:
        take_in(system, *holders_of(COMPANY, SECOND))
        with monkeypatch.context() as patched:
            fail_over_the_scheme(patched)
            take_in(system, CLOSED, source="the scheme")
        assert system.engine.release(SCHEME_SUBJECT).released == 1
        take_in(system, blocked, source="later")
        system.engine.enforce(NOW)
        embedded = contents(system)
        met = system.engine.memory.dossier(COMPANY).scheme.seen
    topic = Described("cluster", "facts", "id", 2)
    parts = shared_out([*holders_of(COMPANY, SECOND), CLOSED], 2)
    (mine,) = [n for n, part in enumerate(parts) if any(COMPANY.encode() in line.payload for line in part)]
    with installation(tmp_path / "a.sqlite3") as system, installation(tmp_path / "a.sqlite3") as operator:
        take_up(system.store, {topic.topic: topic})
        for number, part in enumerate(parts):
            read_next(system, topic, number, part[:-1])
        with monkeypatch.context() as patched:
            fail_over_the_scheme(patched)
            for number, part in enumerate(parts):
                if number == mine or read_on == "before":
                    read_next(system, topic, number, part[-1:])
        assert operator.engine.release(SCHEME_SUBJECT).released == (2 if read_on == "before" else 1)
        assert system.engine.to_be_met() == 0
        # Whoever reads the partition has counted none, and must not say so again.
        reached = places(system.store, [topic.source(mine)])[topic.source(mine)].offset or 0
        lines = [Line(reached, blocked, key=KEY)]
        system.engine.take_in([Part(topic.source(mine), reached, reached + 1, lines, scheme_facts=0)], Summary())
        if read_on == "after":
            assert operator.engine.release(SCHEME_SUBJECT).released == 0
            for number, part in enumerate(parts):
                if number != mine:
                    read_next(system, topic, number, part[-1:])
        assert [source.scheme_facts for source in partitions(system)] == [1, 1]
        note_caught_up(system.store, {topic.source(number): NOW for number in range(2)}, {}, NOW)
        system.engine.enforce(NOW)
        assert system.engine.to_be_met() == 1
        assert system.engine.memory.dossier(COMPANY).scheme.seen == met == 1
        assert contents(system) == embedded


def test_what_the_scheme_said_before_there_were_partitions_holds_for_whom_they_bring(tmp_path: Path) -> None:
    topic = Described("cluster", "facts", "id", 2)
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, CLOSED, source="before there were partitions").recorded == 1
        take_up(system.store, {topic.topic: topic})
        assert [source.scheme_facts for source in partitions(system)] == [1, 1]
        another = Described("cluster", "more facts", "id", 1)
        take_up(system.store, {another.topic: another})
        assert [source.scheme_facts for source in partitions(system)] == [1, 1, 1]
        read_next(system, topic, 0, [Line(0, registration(), key=KEY)])
        assert system.engine.memory.dossier(COMPANY).scheme.seen == 1


def test_a_new_fact_of_the_scheme_comes_by_every_partition_or_not_at_all(tmp_path: Path) -> None:
    topic = Described("cluster", "facts", "id", 1)
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, CLOSED, source="before there were partitions").recorded == 1
        take_up(system.store, {topic.topic: topic})
        assert take_in(system, *SCHEME[:1], CLOSED).repeated == 1
        assert [(r.position, r.reason) for r in rejects(system)] == [
            (1, "it is the scheme's and has to come by every partition: send it by `bonitet publish`")
        ]
        read_next(system, topic, 0, [Line(0, SCHEME[0], key=SCHEME_SUBJECT.encode())])
        assert len(system.engine.memory.scheme_facts) == 2


# --- a client that somebody else wrote ----------------------------------------------------------------------------


def kcat(broker: Cluster, *arguments: str, given: bytes = b"") -> bytes:
    """What kcat says."""
    command = [program("kcat"), "-b", broker.servers, *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout


def produce(broker: Cluster, topic: str, key: str, *payloads: bytes) -> None:
    """Send facts by kcat, which has to be told how others choose a partition."""
    as_others = ("-X", "topic.partitioner=murmur2_random")
    kcat(broker, "-P", "-t", topic, "-k", key, *as_others, given=b"".join(payload + b"\n" for payload in payloads))


def test_kcat_sends_facts_beside_us_and_reads_what_we_tell(broker: Cluster, topics: Topics, tmp_path: Path) -> None:
    kafka = kafka_of(
        broker,
        topics(3),
        events=topics(3),
        register_changes=topics(3, cleanup_policy="compact"),
        notifications=topics(1),
        dead_letters=topics(1),
    )
    (facts,) = kafka.facts
    lives = [line for line in made_up(COMPANIES) if json.loads(line)["subject"] != SCHEME_SUBJECT]
    company = json.loads(lives[0])["subject"]
    mine = [line for line in lives if json.loads(line)["subject"] == company]
    assert len(mine) > 5
    scheme = [line for line in made_up(COMPANIES) if json.loads(line)["subject"] == SCHEME_SUBJECT]
    send(broker, facts, scheme)
    produce(broker, facts, company, *mine[:5])
    send(broker, facts, mine[5:])
    produce(broker, facts, company, *mine)
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        assert (one.total.rejected, one.total.parked, one.total.repeated) == (0, 0, len(mine) + 2 * len(scheme))
        # One company comes by one partition.
        assert sum(offset > 3 * len(scheme) for offset in offsets(system).values()) == 1
        publish_all(system, kafka)
        told = [json.loads(line) for line in kcat(broker, *from_the_beginning(kafka.events), "-f", "%s\n").splitlines()]
        told = [event for event in told if event["subject"] == company]
        history = system.store.history(company)
        assert [event["id"] for event in told] == [str(event_id(r.event.stream, r.version)) for r in history]
        assert {event["type"] for event in told} >= {"rs.bonitet.event.CompanyRegistered.v1"}
        assert all(faults(event["type"], json.dumps(event)) == [] for event in told)
        with system.store.reading() as c:
            shown = {entry.certificate: entry.standing.status for entry in on_day(c, NOW)}
        entries = kcat(broker, *from_the_beginning(kafka.register_changes), "-f", "%k %s\n").decode().splitlines()
        last = dict(entry.split(" ", 1) for entry in entries)
        assert {key: json.loads(value)["status"] for key, value in last.items()} == shown
        assert shown


def from_the_beginning(topic: str) -> tuple[str, ...]:
    return ("-C", "-t", topic, "-o", "beginning", "-e", "-q", "-X", "isolation.level=read_committed")


def publish_all(system: System, kafka: KafkaSettings) -> None:
    """Publish until nothing is left."""
    roles = publishers(system.store, kafka, system.clock)
    try:
        while sum(role.step() for role in roles):
            pass
        assert [role.trouble for role in roles if role.trouble] == []
    finally:
        for role in roles:
            role.close()


# --- zombies and rebalances ---------------------------------------------------------------------------------------


class Held(Worker):
    """A worker that is held once, with a batch in its hands, while something else happens."""

    meanwhile: Callable[[], object] | None = None

    def _record(self, records: Any) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        super()._record(records)


@contextmanager
def held(system: System, kafka: KafkaSettings, measures: Measures) -> Iterator[Held]:
    made = Held(system.engine, kafka, measures, system.clock)
    try:
        yield made
    finally:
        made.close()


def renamed(number: int, subject: str = COMPANY) -> bytes:
    at = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat()
    return wire(CompanyRenamed(name=f"Textil {number}"), at, subject=subject, name=f"n-{subject}-{number}")


def life(facts: int, subject: str = COMPANY) -> list[bytes]:
    return [registration(subject), *(renamed(number, subject) for number in range(1, facts))]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_worker_thought_dead_that_comes_back_writes_nothing_and_goes_on_where_the_other_is(
    place: Path | str, broker: Cluster, topics: Topics
) -> None:
    kafka = kafka_of(broker, topics(1), poll_timeout=1.5)
    send(broker, kafka.facts[0], life(20))
    measures = Measures()
    with (
        installation(place, batch=10) as first,
        installation(place) as second,
        held(first, kafka, measures) as zombie,
        worker(second, kafka) as heir,
    ):
        zombie.meanwhile = lambda: step_until(lambda: heir.total.read == 20, heir)
        step_until(lambda: heir.total.read == 20, zombie)
        assert zombie.total.read == 0
        assert measures.registry.get_sample_value("bonitet_refused_total", {"what": "position"}) == 1
        send(broker, kafka.facts[0], life(25)[20:])
        heir.close()
        step_until(lambda: zombie.total.read >= 5, zombie)
        assert (zombie.total.read, zombie.total.recorded) == (5, 5)
        assert len(names(first)) == 25
        assert [r.event.data.name for r in first.store.history(COMPANY)][-1] == "Textil 24"  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["worker", "enforcer"])
def test_a_batch_that_is_decided_again_is_counted(role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measures = Measures()
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as other:
        if role == "worker":
            Worker(one.engine, KafkaSettings(servers="nowhere:9092"), measures, one.clock)
        else:
            Enforcer(one.engine, measures)
        append = one.store.append

        def late(*args: Any, **more: Any) -> Any:
            monkeypatch.undo()
            take_in(other, registration(), source="the other's")
            return append(*args, **more)

        monkeypatch.setattr(one.store, "append", late)
        assert take_in(one, registration()).repeated == 1
    assert measures.registry.get_sample_value("bonitet_refused_total", {"what": "conflict"}) == 1


def test_a_rebalance_amid_a_batch_loses_and_doubles_nothing(broker: Cluster, topics: Topics, database: str) -> None:
    kafka = kafka_of(broker, topics(4))
    told = made_up(12)
    size = -(-len(told) // 6)
    stretches = iter([told[start : start + size] for start in range(0, len(told), size)])
    read = 0
    with installation(database, batch=40) as first, held(first, kafka, Measures()) as one:
        for _ in range(3):
            with installation(database, batch=40) as second, worker(second, kafka) as other:
                send(broker, kafka.facts[0], next(stretches))
                one.meanwhile = lambda other=other: [other.step() for _ in range(4)]
                step_until(lambda: one.meanwhile is None, one)
                step_until(lambda other=other: len(other._places) == 2, one, other)  # type: ignore[misc]  # noqa: SLF001
                send(broker, kafka.facts[0], next(stretches))
                step_until(lambda other=other: other.total.read > 40, one, other)  # type: ignore[misc]
                read += other.total.read
        read_to_end(first, one)
        assert one.total.read + read == sum(copies_of(told, 4))
        first.engine.enforce(NOW)
        first.engine.projections.catch_up()
        reached = contents(first)
    assert reached == embedded(told)


def copies_of(told: Sequence[bytes], count: int) -> Iterator[int]:
    """How many messages facts become."""
    return (count if SCHEME_SUBJECT.encode() in line else 1 for line in told)


def embedded(told: Sequence[bytes]) -> Everything:
    """What the embedded form keeps of facts."""
    with TemporaryDirectory() as folder, installation(Path(folder) / "a.sqlite3") as system:
        take_in(system, *told)
        system.engine.enforce(NOW)
        return contents(system)


def test_a_joining_that_a_step_is_too_short_for_is_completed_by_the_next_one(
    broker: Cluster, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "POLL", 0.001)
    kafka = kafka_of(broker, topics(1))
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        with broker.admin() as admin:
            admin.create_partitions({kafka.facts[0]: 3})
        one._consumer._cluster.request_update()  # noqa: SLF001 - as it does within half a minute
        assert "has 3 partitions, 1 were known" in step_until_stopped(one)  # for it was given the new ones


@pytest.mark.parametrize("fault", [UnknownBrokerIdError, NodeNotReadyError])
def test_what_was_fetched_before_a_poll_that_failed_is_fetched_again(
    fault: type[KafkaError], broker: Cluster, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = kafka_of(broker, topics(1))
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        send(broker, kafka.facts[0], life(10))
        consumer = one._consumer  # noqa: SLF001
        poll = consumer.poll
        fetched: list[TopicPartition] = []

        def failing(**asked: Any) -> Any:
            if fetched:
                raise fault
            told = poll(**asked)
            fetched.extend(told)
            return told

        with monkeypatch.context() as patched:
            patched.setattr(consumer, "poll", failing)
            with pytest.raises((fault, Unreachable)):
                step_until(lambda: False, one)
        assert fetched
        step_until(lambda: len(names(system)) == 10, one, patience=10)


def test_a_batch_of_long_facts_is_full_before_it_has_as_many_as_it_may(
    broker: Cluster, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = kafka_of(broker, topics(1))
    send(broker, kafka.facts[0], life(2_000))
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read: list[int] = []
        take_in = system.engine.take_in

        def noted(parts: Sequence[Part], total: Summary) -> None:
            read.append(sum(len(part.lines) for part in parts))
            take_in(parts, total)

        monkeypatch.setattr(system.engine, "take_in", noted)
        monkeypatch.setattr(working, "BYTES", 1)
        poll = KafkaConsumer.poll
        monkeypatch.setattr(KafkaConsumer, "poll", lambda *a, **asked: poll(*a, **asked | {"max_records": 100}))
        step_until(lambda: sum(read) >= 200, one)
        assert read[:2] == [100, 100]  # one fetch each
        monkeypatch.setattr(working, "BYTES", 1 << 20)
        read_to_end(system, one)
        assert max(read) > 1_000


def test_a_client_that_was_moved_between_two_steps_is_put_back(broker: Cluster, topics: Topics, tmp_path: Path) -> None:
    kafka = kafka_of(broker, topics(1))
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        send(broker, kafka.facts[0], life(10))
        (partition,) = one._consumer.assignment()  # noqa: SLF001
        one._consumer.seek(partition, 5)  # noqa: SLF001
        step_until(lambda: len(names(system)) == 10, one, patience=10)


def test_two_workers_that_begin_at_once_enter_the_partitions_once(tmp_path: Path) -> None:
    topic = {"facts": Described("cluster", "facts", "id", 50)}
    for number in range(5):
        together = Barrier(4)

        def begin(number: int = number, together: Barrier = together) -> None:
            with installation(tmp_path / f"{number}.sqlite3") as system:
                together.wait(20)
                take_up(system.store, topic)

        with ThreadPoolExecutor(4) as threads:
            for future in [threads.submit(begin) for _ in range(4)]:
                future.result()
        with installation(tmp_path / f"{number}.sqlite3") as system:
            assert len(partitions(system)) == 50


def test_a_group_that_others_use_or_a_session_too_short_for_the_brokers_is_told(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    topic = topics(1)
    kafka = kafka_of(broker, topic)
    with (
        installation(tmp_path / "a.sqlite3") as system,
        closing(KafkaConsumer(topic, bootstrap_servers=broker.servers, group_id=kafka.group)) as other,
        worker(system, kafka) as one,
        worker(system, kafka_of(broker, topic, session_timeout=0.6)) as hasty,
    ):
        other.poll(2_000)
        told = step_until_stopped(one)
        assert told.startswith(
            f"Kafka at {broker.servers} doesn't let us into the group (InconsistentGroupProtocolError)"
        )
        assert told.endswith(
            "others than workers of this program are in it; name one of our own in BONITET_KAFKA_GROUP"
        )
        told = step_until_stopped(hasty)
        assert told.startswith(
            f"Kafka at {broker.servers} doesn't allow this BONITET_KAFKA_SESSION_TIMEOUT: keep within"
        )


# --- what is no fact ---------------------------------------------------------------------------------------------


@contextmanager
def producer(broker: Cluster, **more: Any) -> Iterator[Any]:
    """The client of a sender who doesn't keep to anything."""
    made = KafkaProducer(bootstrap_servers=broker.servers, max_request_size=4 << 20, **more)
    try:
        yield made
    finally:
        made.close(timeout=5)


SECRET = "Tajna Tajnić"  # noqa: S105 - a person's name, that nobody may come to know
KEY = COMPANY.encode()


def secret(**attributes: Any) -> bytes:
    return wire(CompanyRenamed(name=SECRET), "2024-02-01", name="secret", **attributes)


NO_FACTS: tuple[tuple[bytes | None, bytes | None, str], ...] = (
    (OTHER.encode(), secret(), rf"the message's key is '{OTHER}', its subject is '{COMPANY}': send it by its subject"),
    (KEY.lower(), secret(), "the message's key is"),
    (b"\xff\xfe", secret(), "the message's key is '\N{REPLACEMENT CHARACTER}"),
    (SECRET.encode(), secret(), "the message's key is"),
    (None, secret(), "the message has no key: send each fact by its subject as key"),
    (KEY, None, r"the message is empty \(a tombstone\): a fact is taken back by FactRetracted"),
    (KEY, b"", "not JSON: EOF"),
    (
        KEY,
        wire("CompanyRenamed", data={"name": SECRET + "x" * 3_000}),
        "the line has 3,[0-9]+ bytes, more than the 2,000 allowed",
    ),
    (KEY, SECRET.encode(), "not JSON: "),
    (KEY, secret()[:-7], "not JSON: "),
    (KEY, b"\0" + secret(), "not JSON: its byte 1 is 0"),
    (KEY, secret().replace(b"Tajna", rb"Tajna\u0000"), ""),
    (KEY, secret(partitionkey=OTHER), "partitionkey is not the subject"),
    (SCHEME_SUBJECT.encode(), secret(subject=SCHEME_SUBJECT), "CompanyRenamed is about one company"),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_is_no_fact_is_rejected_with_its_offset_and_stops_nobody(
    place: Path | str, broker: Cluster, topics: Topics
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    binary = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("content-type", b"application/json")]
    with producer(broker) as sender:
        sender.send(topic, registration(), KEY)
        for key, value, _ in NO_FACTS:
            sender.send(topic, value, key)
        sender.send(topic, json.dumps({"name": SECRET}).encode(), KEY, binary)
        sender.send(topic, renamed(1), KEY)
        sender.flush()
    reasons = [*(reason for _, _, reason in NO_FACTS), "it comes in the binary mode of CloudEvents: send the whole"]
    with installation(place, longest_line=2_000) as system, worker(system, kafka) as one:
        read_to_end(system, one)
        found = rejects(system)
        assert [(row.position, row.source) for row in found] == [
            (offset, partitions(system)[0].name) for offset in range(1, len(reasons) + 1)
        ]
        for row, reason in zip(found, reasons, strict=True):
            assert re.match(reason, row.reason), row.reason
        assert names(system) == ["CompanyRegistered", "CompanyRenamed"]
        assert offsets(system) == {0: len(reasons) + 2}
        with system.store.reading() as c:
            letters = [dead_letter(LOG, b"a key", row) for row in set_aside(c, "rejected", 0, 100)]
    assert [letter.data.came.offset for letter in letters if isinstance(letter.data.came, FromKafka)] == [
        row.position for row in found
    ]
    told = "".join(letter.model_dump_json() for letter in letters)
    assert "Tajn" not in told
    assert "OTHER" not in {letter.data.reason for letter in letters}


# --- transactions and retention -----------------------------------------------------------------------------------


def test_what_a_sender_called_off_is_never_seen_and_the_ends_of_transactions_are_passed_over(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    with producer(broker, transactional_id=f"tx-{topic}", enable_idempotence=True) as sender:
        sender.init_transactions()
        for facts, ends in (
            (life(3), sender.commit_transaction),
            ([renamed(7), b"no fact"], sender.abort_transaction),
            ([renamed(3)], sender.commit_transaction),
            ([renamed(8)], sender.abort_transaction),
        ):
            sender.begin_transaction()
            for fact in facts:
                sender.send(topic, fact, KEY)
            sender.flush()
            ends()
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        assert (one.total.read, one.total.recorded) == (4, 4)
        assert offsets(system) == {0: 7 + 4}  # each transaction has its end in the topic as well
        assert rejects(system) == []


def test_a_topic_whose_facts_have_all_gone_by_retention_is_no_gap(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(2))
    (topic,) = kafka.facts
    send(broker, topic, life(5))
    with at_work(kafka, tmp_path / "a.sqlite3") as (_, one):
        delete_up_to_the_end(broker, topic, 2)
        for _ in range(3):
            one.step()
    send(broker, topic, [renamed(5)])
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        step_until(lambda: names(system)[5:] == ["CompanyRenamed"], one)


def delete_up_to_the_end(broker: Cluster, topic: str, count: int) -> dict[int, int]:
    """What retention does in time; answers where the partitions begin now."""
    with broker.admin() as admin:
        parts = [TopicPartition(topic, number) for number in range(count)]
        ends = admin.list_partition_offsets(dict.fromkeys(parts, OffsetSpec.LATEST))
        admin.delete_records({part: end.offset for part, end in ends.items() if end.offset})
        return {part.partition: end.offset for part, end in ends.items()}


# --- up to when everything was read --------------------------------------------------------------------------------


@contextmanager
def in_time(path: Path, clock: Clock, **settings: Any) -> Iterator[System]:
    """A system whose clock is set by the test."""
    with build(Settings(database=str(path), key="k" * 32, **settings), clock) as system:
        yield system


def until(system: System) -> list[datetime | None]:
    """Up to when everything was read, partition by partition."""
    return [source.read_until for source in partitions(system)]


def test_a_partition_is_read_up_to_a_time_once_all_that_it_held_then_is_read(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    clock = Clock()
    send(broker, topic, life(10))
    with in_time(tmp_path / "a.sqlite3", clock, batch=4) as system, worker(system, kafka) as one:
        step_until(lambda: one.total.read, one)
        assert (one.total.read, until(system)) == (4, [None])
        assert system.engine.horizon() == BEGINNING
        began = clock.now
        clock.goes_on(minutes=1)
        one.step()
        assert (one.total.read, until(system)) == (8, [None])
        clock.goes_on(minutes=1)
        one.step()
        assert one.total.read == 10
        last = clock.goes_on(minutes=1)
        step_until(lambda: until(system) == [last], one)
        assert began < system.engine.horizon() == last


def test_under_steady_load_the_time_up_to_which_was_read_goes_on_though_the_end_is_never_reached(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    clock = Clock()
    facts = iter(life(200))
    with (
        producer(broker) as sender,
        in_time(tmp_path / "a.sqlite3", clock, batch=5) as system,
        worker(system, kafka) as one,
    ):

        def more(count: int) -> None:
            for fact in islice(facts, count):
                sender.send(topic, fact, KEY)
            sender.flush()

        more(20)
        seen: list[datetime] = []
        lags: list[int] = []
        for _ in range(24):
            read = one.total.read
            one.step()
            now = clock.goes_on(minutes=1)
            if one.total.read > read:
                more(5)
            (source,) = partitions(system)
            lags.append((source.end_offset or 0) - one.total.read)
            if source.read_until is not None:
                seen.append(source.read_until)
                assert source.read_until < now
        assert min(lags[-10:]) > 0  # the end was never reached
        assert len(set(seen)) > 2
        assert seen == sorted(seen)


def test_what_waits_behind_an_open_transaction_counts_as_unread(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    clock = Clock()
    send(broker, topic, life(3))
    with (
        producer(broker, transactional_id=f"open-{topic}", enable_idempotence=True) as slow,
        producer(broker) as other,
        in_time(tmp_path / "a.sqlite3", clock) as system,
        worker(system, kafka) as one,
    ):
        step_until(lambda: until(system) == [clock.now], one)
        before = clock.now
        slow.init_transactions()
        slow.begin_transaction()
        slow.send(topic, renamed(9), KEY).get(10)
        other.send(topic, renamed(3), KEY).get(10)  # sent for good, and nobody may read it yet
        clock.goes_on(minutes=1)
        for _ in range(3):
            one.step()
        assert one.total.read == 3
        assert until(system) == [before]
        slow.abort_transaction()
        step_until(lambda: until(system) == [clock.now], one)
        assert one.total.read == 4
        assert names(system)[-1] == "CompanyRenamed"


def test_the_time_up_to_which_was_read_never_goes_back(broker: Cluster, topics: Topics, tmp_path: Path) -> None:
    kafka = kafka_of(broker, topics(1))
    clock = Clock()
    with in_time(tmp_path / "a.sqlite3", clock) as system, worker(system, kafka) as one:
        later = clock.now
        step_until(lambda: until(system) == [later], one)
        clock.goes_on(hours=-1)  # as that of another machine
        for _ in range(3):
            one.step()
        assert until(system) == [later]


def test_nothing_falls_due_past_what_the_slowest_partition_was_read_to(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    clock = Clock()
    read, unread = topics(1), topics(1)
    both = kafka_of(broker, read, unread)
    with in_time(tmp_path / "a.sqlite3", clock) as system:
        assert system.engine.horizon() == clock.now  # nothing comes by Kafka
        take_up(system.store, described(both.connection(), both.facts))
        assert system.engine.horizon() == BEGINNING
        first = kafka_of(broker, read)
        with worker(system, first) as one:
            step_until(lambda: any(until(system)), one)
            assert system.engine.horizon() == BEGINNING
            with pytest.raises(
                UnfinishedSource, match=r"were read nowhere to their ends?: let `bonitet work` catch up"
            ):
                system.engine.enforce(clock.now)
            slow = clock.now
            with worker(system, kafka_of(broker, unread)) as other:
                step_until(lambda: all(until(system)), other)
            clock.goes_on(hours=1)
            step_until(lambda: clock.now in until(system), one)
            assert system.engine.horizon() == slow
            with pytest.raises(UnfinishedSource, match="were read up to 2026-07-01 12:00:00 UTC"):
                system.engine.enforce(clock.now)
            system.engine.enforce(slow)


# --- topics that are not what they were ----------------------------------------------------------------------------


def step_until_stopped(*workers: Worker, patience: float = PATIENCE) -> str:
    """Let workers take turns until one of them says that it can't go on."""
    end = monotonic() + patience
    while monotonic() < end:
        for each in workers:
            try:
                each.step()
            except Stopped as stopped:
                return str(stopped)
            except Exception as fault:
                if not passes(fault):
                    raise
    pytest.fail("nobody stopped")


@contextmanager
def at_work(kafka: KafkaSettings, place: Path) -> Iterator[tuple[System, Worker]]:
    """A worker that has read its topic to the end."""
    with installation(place) as system, worker(system, kafka) as one:
        read_to_end(system, one)
        yield system, one


def name_of(system: System, partition: int = 0) -> str:
    return partitions(system)[partition].name


def test_a_topic_made_again_is_another_and_is_read_from_its_beginning_once_that_was_accepted(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    send(broker, topic, [*SCHEME, *life(5)])
    with at_work(kafka, tmp_path / "a.sqlite3") as (system, one):
        (before,) = partitions(system)
        broker.drop_topic(topic)
        broker.topic(topic, 2)
        send(broker, topic, life(7)[5:])
        told = step_until_stopped(one)
        for said in ("was deleted and made again", before.topic_id, f"`bonitet sources accept {topic}`", "sent again"):
            assert said in told
        one.close()
        with worker(system, kafka) as another:
            assert step_until_stopped(another) == told
        assert len(names(system)) == 5
        found = described(kafka.connection(), [topic])[topic]
        assert accept(system.store, found, "ana", lambda: NOW) == [found.source(0), found.source(1)]
        assert [source.scheme_facts for source in partitions(system)] == [len(SCHEME)] * 2  # they need not come again
        with worker(system, kafka) as again:
            read_to_end(system, again)
        assert len(names(system)) == 7
        with system.store.reading() as c:
            record = aside.rejects(c, state="moved")
        assert {(row.source, row.position, row.reason) for row in record} == {
            (before.name, before.end_offset, "read again from 8 (2026-07-01 12:00 UTC): ana: its topic was made again"),
            (found.source(0), 0, "read again from 0 (2026-07-01 12:00 UTC): ana: taken up as it is now"),
            (found.source(1), 0, "read again from 0 (2026-07-01 12:00 UTC): ana: taken up as it is now"),
        }
        assert before.end_offset == 8


def test_what_was_unread_in_a_topic_that_is_gone_is_kept_on_record(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    send(broker, topic, life(10))
    with installation(tmp_path / "a.sqlite3", batch=4) as system:
        with worker(system, kafka) as one:
            step_until(lambda: one.total.read, one)
        broker.drop_topic(topic)
        broker.topic(topic)
        accept(system.store, described(kafka.connection(), [topic])[topic], "ana", lambda: NOW)
        with system.store.reading() as c:
            assert aside.rejects(c, state="moved")[0].reason.startswith("offsets 4 to 10 were passed over (")


def test_a_topic_that_is_gone_stops_a_worker_at_work(broker: Cluster, topics: Topics, tmp_path: Path) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    with at_work(kafka, tmp_path / "a.sqlite3") as (_, one):
        broker.drop_topic(topic)
        told = step_until_stopped(one)
    assert told.startswith(f"there is no topic {topic!r} that may be used: create it with `bonitet topics create`")


def test_partitions_that_were_added_are_not_read_before_somebody_has_accepted_them(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    send(broker, topic, [*SCHEME, *life(5)])
    with at_work(kafka, tmp_path / "a.sqlite3") as (system, one):
        with broker.admin() as admin:
            admin.create_partitions({topic: 3})
        send(broker, topic, [*life(9, OTHER), *life(9, THIRD), *life(9)])
        with worker(system, kafka) as another:
            told = step_until_stopped(another)
        assert "has 3 partitions, 1 were known" in told
        assert f"`bonitet sources accept {topic}` takes up the new ones" in told
        one._consumer._cluster.request_update()  # noqa: SLF001 - it would do so within half a minute
        assert step_until_stopped(one) == told
        assert one.total.read <= len(SCHEME) + 5 + 27
        assert set(offsets(system)) == {0}
        found = described(kafka.connection(), [topic])[topic]
        assert accept(system.store, found, "ana", lambda: NOW) == [found.source(1), found.source(2)]
        assert [source.scheme_facts for source in partitions(system)] == [len(SCHEME)] * 3
        assert system.engine.horizon() == BEGINNING  # two have never been read
        with worker(system, kafka) as again:
            read_to_end(system, again)
        assert sorted(len(names(system, subject)) for subject in (COMPANY, OTHER, THIRD)) == [9, 9, 9]


@pytest.mark.parametrize(
    ("key", "hashed"), [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536)]
)
def test_a_key_is_at_home_where_the_hash_of_javas_clients_has_it(key: str, hashed: int) -> None:
    for partitions_ in (1, 2, 3, 8, 24):
        assert home(key.encode(), partitions_) == (hashed & 0x7FFFFFFF) % partitions_


def test_a_sender_with_another_partitioner_is_noticed_and_its_facts_are_taken_in(
    broker: Cluster, topics: Topics, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kafka, measures = kafka_of(broker, topics(3)), Measures()
    (topic,) = kafka.facts
    right = home(COMPANY.encode(), 3)
    wrong, source = (right + 1) % 3, described(kafka.connection(), [topic])[topic].source((right + 1) % 3)
    with installation(tmp_path / "a.sqlite3", batch=2) as system, worker(system, kafka, measures) as one:
        send(broker, topic, [*SCHEME, *life(9), *life(9, OTHER), *life(9, THIRD)])
        read_to_end(system, one)
        assert caplog.messages == []
        assert b"bonitet_misplaced_facts_total{" not in measures.text()
        producer = KafkaProducer(bootstrap_servers=broker.servers)
        producer.send(topic, SCHEME[0], SCHEME_SUBJECT.encode(), partition=wrong)
        for number in range(8):
            payload = wire("AccountBlocked", "2024-05-01", name=f"wrong-{number}", data={"blockade": f"W-{number}"})
            producer.send(topic, payload, COMPANY.encode(), partition=wrong)
        producer.close()
        before = len(names(system))
        step_until(lambda: len(names(system)) == before + 8, one)
        assert rejects(system) == []
    (told,) = caplog.messages
    assert told.startswith(f"topic {topic}, partition {wrong}, offset ")
    assert f"belongs into partition {right} of 3" in told
    assert "murmur2_random" in told
    assert "before partitions were added" in told
    (count,) = re.findall(rf'bonitet_misplaced_facts_total{{source="{source}"}} (\d+)', measures.text().decode())
    assert 1 < int(count) <= 8


def test_a_position_beyond_the_end_means_that_messages_were_lost(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    send(broker, topic, life(5))
    with at_work(kafka, tmp_path / "a.sqlite3") as (system, one):
        name = name_of(system)
        one.close()
        move(system.store, name, 100, "as if more had been read", lambda: NOW)
        with worker(system, kafka) as another:
            told = step_until_stopped(another)
        assert told.startswith(f"{name} was read up to offset 100, and now ends at 6: the cluster has lost messages")
        assert f"`bonitet sources move {name} 6 --reason ...`" in told
        move(system.store, name, 6, "ana: sent again", lambda: NOW)
        send(broker, topic, life(7))
        with worker(system, kafka) as again:
            step_until(lambda: len(names(system)) == 7, again)


def test_facts_that_retention_took_before_they_were_read_stop_the_worker(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    (topic,) = kafka.facts
    send(broker, topic, life(5))
    with at_work(kafka, tmp_path / "a.sqlite3") as (system, one):
        name = name_of(system)
        one.close()
        send(broker, topic, life(9)[5:])
        delete_up_to_the_end(broker, topic, 1)
        send(broker, topic, life(12)[9:])
        with worker(system, kafka) as another:
            told = step_until_stopped(another)
        assert told.startswith(
            f"{name}: the facts at offsets 6 to 10 were deleted by the topic's retention before they"
        )
        assert f"`bonitet sources move {name} 11 --reason ...`" in told
        assert len(names(system)) == 5
        move(system.store, name, 11, "ana: sent again", lambda: NOW)
        send(broker, topic, life(9)[5:])
        with worker(system, kafka) as again:
            step_until(lambda: len(names(system)) == 12, again)


def test_a_partition_that_was_moved_is_read_from_there_though_nothing_new_comes(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(1))
    send(broker, kafka.facts[0], life(5))
    with at_work(kafka, tmp_path / "a.sqlite3") as (system, one):
        move(system.store, name_of(system), 2, "read again", lambda: NOW)
        step_until(lambda: offsets(system) == {0: 6} and one.total.repeated == 3, one)
        assert one.total.read == 5 + 3


def test_what_a_worker_has_of_a_partition_is_no_longer_told_by_it_when_another_reads_that(
    broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(2))
    measures = Measures()
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka, measures) as one:
        read_to_end(system, one)
        told = {name_of(system, 0), name_of(system, 1)}
        assert lags(measures).keys() == told
        with worker(system, kafka) as other:
            step_until(lambda: len(lags(measures)) == 1, one, other)
        step_until(lambda: lags(measures) == dict.fromkeys(told, (0.0, 0.0)), one)


def test_what_a_worker_lost_while_its_batch_was_refused_is_no_longer_told_by_it(
    broker: Cluster, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = kafka_of(broker, topics(1))
    measures = Measures()
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka, measures) as one:
        read_to_end(system, one)
        assert len(lags(measures)) == 1
        send(broker, kafka.facts[0], life(10))

        def moved(*_: object) -> None:
            raise PositionMoved("elsewhere", 0)

        monkeypatch.setattr(system.engine, "take_in", moved)
        step_until(lambda: not one._places, one)  # noqa: SLF001
        one._consumer.unsubscribe()  # noqa: SLF001 - as after a rebalance that gives it nothing
        one.step()
        assert lags(measures) == {}


def test_for_how_long_a_partition_was_not_read_is_told_while_the_database_is_away(
    broker: Cluster, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka, measures, clock = kafka_of(broker, topics(1)), Measures(), Clock()
    settings = Settings(database=str(tmp_path / "a.sqlite3"))
    with build(settings, clock) as system, worker(system, kafka, measures) as one:
        read_to_end(system, one)
        send(broker, kafka.facts[0], life(10))

        def away(*_: object, **__: object) -> None:
            raise OperationalError("away")

        monkeypatch.setattr(system.store, "append", away)
        with pytest.raises(OperationalError):
            step_until(lambda: False, one)
        clock.goes_on(hours=3)
        assert [seconds for _, seconds in lags(measures).values()] == [3 * 3_600]


def lags(measures: Measures) -> dict[str, tuple[float, float]]:
    """Of each partition how many facts are unread, and for how many seconds it was not read to its end."""
    told: dict[str, dict[str, float]] = {"bonitet_lag_facts": {}, "bonitet_lag_seconds": {}}
    for metric in measures.registry.collect():
        if metric.name in told:
            told[metric.name] = {sample.labels["source"]: sample.value for sample in metric.samples}
    facts, seconds = told.values()
    return {source: (facts[source], seconds[source]) for source in facts}
