"""`bonitet` where it deals with Kafka: what feeds an installation, how far that was read, and who may set it right."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from typer.testing import CliRunner, Result

from adapters.cli import opening
from adapters.cli.app import app
from adapters.intake.reading import Line
from adapters.kafka import worker as working
from adapters.kafka.partitions import described, take_up
from adapters.kafka.sending import STRETCH, Sender
from adapters.main import System, build
from adapters.running import Stopped
from adapters.settings import KafkaSettings, Settings
from adapters.store import schema
from adapters.store.store import url_of
from domain.dossier import BEGINNING
from domain.identity import SCHEME_SUBJECT
from projections.register import stale
from tests.components.kafka import Cluster
from tests.components.ports import Port
from tests.feeding import LONGEST, Clock, Topics, kafka_of, read_to_end, send, worker
from tests.installation import COMPANY, NOW, OTHER, contents, installation, made_up, numbered, registration, wire

Bonitet = Callable[..., Result]
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _looks_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "LOOK", 0.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(opening, "clock", made)
    return made


@pytest.fixture
def bonitet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Bonitet:
    """The command line in an empty directory, where the environment says nothing."""
    del clock
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in [name for name in os.environ if name.startswith("BONITET_") and "TEST" not in name]:
        monkeypatch.delenv(name)

    def run(*arguments: object, given: str | bytes = "", **settings: str) -> Result:
        told = {f"BONITET_{name.upper()}": value for name, value in settings.items()}
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=given, env=told)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """Settings for Kafka as the environment has them, without their prefix."""
    names = ("servers", "group", "events", "register_changes", "notifications", "dead_letters")
    told = {f"kafka_{name}": str(getattr(kafka, name)) for name in names}
    return told | {"kafka_facts": json.dumps(kafka.facts)}


def failed(result: Result, code: int = 1) -> str:
    """The one sentence with which a command failed."""
    assert result.exit_code == code, result.output
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0].removeprefix("bonitet: ")


def told(result: Result) -> Any:
    """The document that a command answered."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def rows(result: Result) -> list[dict[str, Any]]:
    """The lines that a command answered."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def messages(broker: Cluster, topic: str) -> dict[int, list[tuple[str, bytes]]]:
    """What readers of committed messages see of each partition: key and value."""
    consumer = KafkaConsumer(bootstrap_servers=broker.servers, isolation_level="read_committed")
    try:
        seen: dict[int, list[tuple[str, bytes]]] = {}
        for number in sorted(consumer.partitions_for_topic(topic)):
            part = TopicPartition(topic, number)
            consumer.assign([part])
            end = consumer.end_offsets([part])[part]
            consumer.seek(part, 0)
            found = seen.setdefault(number, [])
            while consumer.position(part) < end:
                for records in consumer.poll(500).values():
                    found.extend((record.key.decode(), record.value) for record in records)
        return seen
    finally:
        consumer.close()


# --- the database and the topics ---------------------------------------------------------------------------------


def test_migrate_brings_a_database_to_the_schema_and_then_changes_nothing(bonitet: Bonitet, database: str) -> None:
    for place in (database, "a.sqlite3"):
        first = told(bonitet("migrate", "--json", database=place))
        assert first == {"before": None, "after": schema.HEAD}
        assert told(bonitet("migrate", "--json", database=place)) == {"before": schema.HEAD, "after": schema.HEAD}
        assert f"revision {schema.HEAD}, as before" in bonitet("migrate", database=place).stdout


def test_topics_are_created_as_each_needs_it_and_those_that_are_there_stay(
    bonitet: Bonitet, broker: Cluster, topics: Topics
) -> None:
    names = [f"{topics()}-new" for _ in range(5)]
    outgoing = ("events", "register_changes", "notifications", "dead_letters")
    kafka = kafka_of(broker, names[0], **dict(zip(outgoing, names[1:], strict=True)))
    settings = environment(kafka)
    made = bonitet("topics", "create", "--partitions", 3, **settings)
    assert made.stdout.splitlines() == [f"{name} created" for name in names]
    assert told(bonitet("topics", "create", "--json", **settings)) == {"created": [], "there": names}
    with broker.admin() as admin:
        counts = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)}
        assert counts == {**dict.fromkeys(names, 3), kafka.dead_letters: 1}
        configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
        kept = {name: settings_of(configs, name) for name in names}
        assert [kept[name]["retention.ms"] for name in (names[0], kafka.events)] == ["-1", "-1"]
        assert kept[kafka.register_changes]["cleanup.policy"] == "compact"
        admin.delete_topics(names)


def settings_of(configs: Any, name: str) -> dict[str, str]:
    """What a topic is set to."""
    return {key: entry["value"] for key, entry in configs["topic"][name].items()}


def test_more_copies_than_brokers_can_t_be_had(bonitet: Bonitet, broker: Cluster, topics: Topics) -> None:
    kafka = kafka_of(broker, f"{topics()}-new")
    said = failed(bonitet("topics", "create", "--replication", 3, **environment(kafka)))
    assert said == "there are fewer than 3 brokers: lower --replication, or start more"


# --- publish -----------------------------------------------------------------------------------------------------


def test_publish_sends_a_company_s_facts_by_its_key_and_the_scheme_s_into_every_partition_in_order(
    bonitet: Bonitet, broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    topic = topics(3)
    lives = made_up(10)
    (tmp_path / "facts.jsonl").write_bytes(b"\n".join(lives) + b"\n")
    settings = environment(kafka_of(broker, topic))
    sent = told(bonitet("publish", "facts.jsonl", "--json", **settings))
    of_the_scheme = [line for line in lives if json.loads(line)["subject"] == SCHEME_SUBJECT]
    count = len(of_the_scheme)
    facts = len(lives) - count
    assert sent == {"facts": facts, "scheme_facts": count, "messages": facts + 3 * count, "unreadable": 0}
    seen = messages(broker, topic)
    for found in seen.values():
        assert [value for key, value in found if key == SCHEME_SUBJECT] == of_the_scheme
        assert all(json.loads(value)["subject"] == key for key, value in found)
        order = [value for _, value in found]
        assert order == [line for line in lives if line in set(order)]
    assert sum(map(len, seen.values())) == facts + 3 * count
    companies = {key: number for number, found in seen.items() for key, _ in found if key != SCHEME_SUBJECT}
    assert len(set(companies.values())) == 3
    (tmp_path / "facts.gz").write_bytes(gzip.compress(lives[0] + b"\n"))
    assert " sent, in " in bonitet("publish", "facts.gz", **settings).stdout


def test_what_was_published_twice_changes_nothing(
    bonitet: Bonitet, broker: Cluster, topics: Topics, tmp_path: Path
) -> None:
    kafka = kafka_of(broker, topics(2))
    given = b"\n".join(made_up(10))
    for _ in range(2):
        assert bonitet("publish", "-", given=given, **environment(kafka)).exit_code == 0
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        system.engine.enforce(NOW)  # what the scheme said reaches also those of whom nothing came since
        total, digest = one.total, system.store.digest()
    with installation(tmp_path / "once.sqlite3") as system:
        system.engine.ingest("once", numbered(made_up(10)))
        system.engine.enforce(NOW)
        assert system.store.digest() == digest
    assert total.repeated >= total.recorded
    assert (total.rejected, total.parked) == (0, 0)


def test_publish_tells_the_lines_that_are_no_facts_and_sends_the_others(
    bonitet: Bonitet, broker: Cluster, topics: Topics
) -> None:
    topic = topics()
    unknown = wire("CompanyPraised")  # it is parked where it is read: a newer program may know it
    given = b"\n".join((registration(), b"no fact", unknown, wire("CompanyRenamed", data={})))
    result = bonitet("publish", "-", given=given, **environment(kafka_of(broker, topic)))
    assert result.exit_code == 3
    first, second = result.stderr.splitlines()
    assert first.startswith("line 2: not JSON: ")
    assert second.startswith("line 4: data.name: Field required")
    assert "2 facts of companies and 0 of the scheme sent, in 2 messages; 2 lines were no facts" in result.stdout
    assert messages(broker, topic) == {0: [(COMPANY, registration()), (COMPANY, unknown)]}


def test_publish_without_its_topic_or_its_broker_says_so(bonitet: Bonitet, broker: Cluster, topics: Topics) -> None:
    topic = f"{topics()}-none"
    said = failed(bonitet("publish", "-", "--topic", topic, given=registration(), kafka_servers=broker.servers))
    assert said.startswith(f"there is no topic {topic!r} that may be used: create it with `bonitet topics create`")


def facts_of(count: int, first: int = 0) -> Iterator[Line]:
    """Numbered facts of many companies, each tenth one of the scheme."""
    for number in range(first, first + count):
        day = (NOW - timedelta(days=3_000 - number)).isoformat()
        if number % 10 == 5:
            payload = wire(
                "CalendarCorrected", day, subject=SCHEME_SUBJECT, name=f"c-{number}", data={"version": f"RS-{number}"}
            )
        else:
            payload = registration(f"EX-{number:08}", day)
        yield Line(number + 1, payload)


@contextmanager
def sender(broker: Cluster, topic: str) -> Iterator[Sender]:
    made = Sender(kafka_of(broker, topic).connection(), topic, LONGEST)
    try:
        yield made
    finally:
        made.close()


KILLED = """
import os, sys
from tests.test_sources import facts_of
from adapters.kafka.sending import STRETCH, Sender

sender = Sender({"bootstrap_servers": [sys.argv[1]], "security_protocol": "PLAINTEXT"}, sys.argv[2], 1_000_000)
transactions, ended = sender._producer._transaction_manager, []
finish = transactions.begin_commit

def commit():
    if ended:
        os.kill(os.getpid(), 9)  # all messages of the stretch are with the broker, but for the word that they count
    ended.append(True)
    return finish()

transactions.begin_commit = commit
sender.send(facts_of(2 * STRETCH))
"""


def test_of_a_stretch_whose_sender_was_killed_nothing_is_seen_and_the_next_one_sends_all_of_it(
    broker: Cluster, topics: Topics
) -> None:
    topic = topics(3)
    done = subprocess.run([sys.executable, "-c", KILLED, broker.servers, topic], cwd=ROOT, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    first = [line.payload for line in facts_of(STRETCH)]
    with sender(broker, topic) as another:  # it calls off what the other one has left
        assert of_each(messages(broker, topic)) == expected(first, 3)
        another.send(facts_of(STRETCH, STRETCH))
    both = [line.payload for line in facts_of(2 * STRETCH)]
    assert of_each(messages(broker, topic)) == expected(both, 3)


def of_each(seen: Mapping[int, Sequence[tuple[str, bytes]]]) -> Counter[bytes]:
    """How often each fact is in a topic."""
    return Counter(value for found in seen.values() for _, value in found)


def expected(facts: Sequence[bytes], partitions: int) -> Counter[bytes]:
    """How often each has to be."""
    return Counter({fact: partitions if SCHEME_SUBJECT.encode() in fact else 1 for fact in facts})


def test_of_two_that_publish_at_once_the_first_is_told_that_it_was_shut_out(broker: Cluster, topics: Topics) -> None:
    topic = topics(2)

    def interrupted() -> Iterator[Line]:
        yield from facts_of(STRETCH + 500)
        with sender(broker, topic) as second:
            second.send(facts_of(30, 5_000))
        yield from facts_of(STRETCH, STRETCH + 500)

    with sender(broker, topic) as first, pytest.raises(Stopped) as stopped:
        first.send(interrupted())
    assert str(stopped.value).startswith(
        f"another process publishes to {topic} now, so this one stopped amid it: publish the file again"
    )
    facts = [line.payload for line in (*facts_of(STRETCH), *facts_of(30, 5_000))]
    assert of_each(messages(broker, topic)) == expected(facts, 2)


def test_a_fact_larger_than_its_topic_takes_is_named(bonitet: Bonitet, broker: Cluster, topics: Topics) -> None:
    topic = topics(1, max_message_bytes=1_000)
    noise = "".join(chr(33 + os.urandom(1)[0] % 90) for _ in range(5_000)).replace('"', "").replace("\\", "")
    long = wire("CompanyPraised", data={"why": noise}, subject=OTHER)
    result = bonitet("publish", "-", given=registration() + b"\n" + long, **environment(kafka_of(broker, topic)))
    said = failed(result)
    assert said.startswith(
        f"line 2 has {len(long):,} bytes, more than topic {topic} takes: raise its max.message.bytes"
    )
    assert messages(broker, topic) == {0: []}


# --- sources -----------------------------------------------------------------------------------------------------


@pytest.fixture
def read(bonitet: Bonitet, broker: Cluster, topics: Topics) -> tuple[KafkaSettings, dict[str, str]]:
    """An installation that has read its topic of two partitions to the end."""
    del bonitet  # only for its directory
    kafka = kafka_of(broker, topics(2))
    send(broker, kafka.facts[0], made_up(5))
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW) as system, worker(system, kafka) as one:
        read_to_end(system, one)
    return kafka, environment(kafka)


def test_sources_list_tells_how_far_each_partition_was_read(
    bonitet: Bonitet, read: tuple[KafkaSettings, dict[str, str]], clock: Clock
) -> None:
    kafka, settings = read
    (topic,) = kafka.facts
    found = rows(bonitet("sources", "list", "--json", **settings))
    assert [(f"/{topic}/" in row["source"], row["offset"] == row["end"]) for row in found] == [(True, True)] * 2
    assert {datetime.fromisoformat(row["read_until"]) for row in found} == {NOW}
    of_the_scheme = sum(json.loads(line)["subject"] == SCHEME_SUBJECT for line in made_up(5))
    assert {row["scheme_facts"] for row in found} == {of_the_scheme}
    shown = bonitet("sources", "list", **settings).stdout
    assert "look" not in shown
    assert "2026-07-01 14:00" in shown
    clock.goes_on(minutes=6)
    assert bonitet("sources", "list", **settings).stdout.count("look") == 2


def test_sources_move_goes_on_elsewhere_with_a_reason_and_leaves_its_trace(
    bonitet: Bonitet, read: tuple[KafkaSettings, dict[str, str]]
) -> None:
    _, settings = read
    name = rows(bonitet("sources", "list", "--json", **settings))[0]["source"]
    before = rows(bonitet("sources", "list", "--json", **settings))[0]["offset"]
    assert bonitet("sources", "move", name, 3, **settings).exit_code == 2
    assert "only with a reason" in failed(bonitet("sources", "move", name, 3, "--reason", " ", **settings), 2)
    assert "`bonitet sources list` names them" in failed(
        bonitet("sources", "move", "kafka:none", 3, "--reason", "x", **settings)
    )
    moved = bonitet("sources", "move", name, before + 10, "--reason", "sent again", **settings)
    assert moved.stdout == f"{name} goes on at offset {before + 10:,}; it stood at {before:,}\n"
    assert told(bonitet("sources", "move", name, 0, "--reason", "once more", "--json", **settings)) == {
        "source": name,
        "before": before + 10,
        "offset": 0,
        "reason": "once more",
    }
    assert rows(bonitet("sources", "list", "--json", **settings))[0]["offset"] == 0
    assert rows(bonitet("rejects", "list", "--json", **settings)) == []
    record = rows(bonitet("rejects", "list", "--all", "--json", **settings))
    assert [(row["source"], row["position"], row["reason"], row["state"]) for row in record] == [
        (
            name,
            before,
            f"offsets {before} to {before + 9} were passed over (2026-07-01 12:00 UTC): desk: sent again",
            "moved",
        ),
        (name, before + 10, "read again from 0 (2026-07-01 12:00 UTC): desk: once more", "moved"),
    ]


def test_sources_accept_takes_a_topic_as_it_is_now_and_leaves_its_trace(
    bonitet: Bonitet, broker: Cluster, read: tuple[KafkaSettings, dict[str, str]]
) -> None:
    kafka, settings = read
    (topic,) = kafka.facts
    assert bonitet("sources", "accept", topic, **settings).stdout == f"{topic}: 0 partitions were taken up\n"
    broker.drop_topic(topic)
    broker.topic(topic, 3)
    said = bonitet("work", **settings).stderr.splitlines()[-1]
    assert f"topic {topic} was deleted and made again since it was read" in said
    assert f"`bonitet sources accept {topic}` reads the new one from its beginning" in said
    found = described(kafka.connection(), [topic])[topic]
    fresh = [found.source(number) for number in range(3)]
    assert told(bonitet("sources", "accept", topic, "--json", **settings)) == {"topic": topic, "taken_up": fresh}
    listed = rows(bonitet("sources", "list", "--json", **settings))
    assert [(row["source"], row["read_until"]) for row in listed] == [(name, None) for name in fresh]
    record = rows(bonitet("rejects", "list", "--all", "--json", **settings))
    assert [row["state"] for row in record] == ["moved"] * 5
    assert {row["reason"].partition(": ")[2] for row in record} == {
        "desk: its topic was made again",
        "desk: taken up as it is now",
    }


def test_sources_accept_takes_no_topic_that_nobody_reads(
    bonitet: Bonitet, topics: Topics, read: tuple[KafkaSettings, dict[str, str]]
) -> None:
    kafka, settings = read
    other = topics()
    said = failed(bonitet("sources", "accept", other, **settings))
    assert said.startswith(f"no facts are read from {other}, but from {kafka.facts[0]}: name one of these")
    assert len(rows(bonitet("sources", "list", "--json", **settings))) == 2


def test_sources_forget_gives_up_a_topic_that_deadlines_would_wait_for_for_ever(
    bonitet: Bonitet, topics: Topics, read: tuple[KafkaSettings, dict[str, str]]
) -> None:
    kafka, settings = read
    (topic,) = kafka.facts
    said = failed(bonitet("sources", "forget", topic, "--reason", "moved", **settings))
    assert said.startswith(f"facts are read from {topic}: take it out of BONITET_KAFKA_FACTS first")
    settings |= {"kafka_facts": json.dumps([topics()])}
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW) as system:
        take_up(system.store, described(kafka.connection(), json.loads(settings["kafka_facts"])))
        assert system.engine.horizon() == BEGINNING
    assert "only with a reason" in failed(bonitet("sources", "forget", topic, "--reason", "", **settings), 2)
    assert bonitet("sources", "forget", topic, "--reason", "moved", **settings).stdout == (
        f"{topic}: 2 partitions were given up\n"
    )
    assert len(rows(bonitet("sources", "list", "--json", **settings))) == 1
    record = rows(bonitet("rejects", "list", "--all", "--json", **settings))
    assert [row["reason"].partition("): ")[2] for row in record] == ["desk: moved"] * 2
    again = failed(bonitet("sources", "forget", topic, "--reason", "moved", **settings))
    assert again == f"{topic} is no topic that was read here: `bonitet sources list` names them"


# --- what has not been read ----------------------------------------------------------------------------------------


def test_a_partition_never_read_keeps_everything_from_falling_due(
    bonitet: Bonitet, broker: Cluster, topics: Topics
) -> None:
    kafka = kafka_of(broker, topics(2))
    settings = environment(kafka)
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW) as system:
        system.engine.ingest("lives", numbered(made_up(5)))
        last = system.store.last_position()
        take_up(system.store, described(kafka.connection(), kafka.facts))
    for arguments in (("enforce",), ("enforce", "--until", "now"), ("enforce", "--until", "2026-06-30")):
        said = failed(bonitet(*arguments, **settings))
        assert said.startswith("the facts topics were read nowhere to their end")
        assert said.endswith("let `bonitet work` catch up, or a holder is judged unheard")
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW) as system:
        assert system.store.last_position() == last
    shown = bonitet("register", "list", **settings)
    assert "note: the facts topics were read not to their end yet: nothing that fell due since is told" in shown.stderr


def test_answers_and_deadlines_go_up_to_when_all_was_read_and_no_further(
    bonitet: Bonitet, read: tuple[KafkaSettings, dict[str, str]], clock: Clock
) -> None:
    _, settings = read
    clock.goes_on(hours=2)
    shown = bonitet("register", "list", **settings)
    assert "note: the facts topics were read only up to 2026-07-01 14:00" in shown.stderr
    done = told(bonitet("enforce", "--json", **settings))
    assert datetime.fromisoformat(done["until"]) == NOW
    said = failed(bonitet("enforce", "--until", "2026-07-01 15:30", **settings))
    assert said.startswith("the facts topics were read up to 2026-07-01 12:00:00 UTC: let `bonitet work` catch up")


def test_a_command_is_refused_where_something_fell_due_that_an_unread_fact_may_change(
    bonitet: Bonitet, broker: Cluster, topics: Topics, clock: Clock
) -> None:
    kafka = kafka_of(broker, topics())
    settings = environment(kafka)
    life = (
        registration(),
        wire(
            "ClassAssessed",
            "2025-05-15",
            data={"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64},
        ),
        wire("ConsensusRecorded", "2025-07-01", data={"order": "N-1", "evidence": "0" * 64}),
    )
    send(broker, kafka.facts[0], life)
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW) as system, worker(system, kafka) as one:
        read_to_end(system, one)
        system.engine.enforce(NOW)
        due = system.engine.memory.dossier(COMPANY).due_at
    clock.now = due + timedelta(hours=3)
    command = ("desk", "representative", f"{COMPANY}/N-1", "--name", "Ana Anić", "--email", "ana@example.com")
    said = failed(bonitet(*command, **settings))
    assert said.startswith(f"something falls due for {COMPANY} at {due:%Y-%m-%d %H:%M} UTC, and the facts topics were")
    assert said.endswith("read up to 2026-07-01 12:00 only: wait, then try again")
    with build(Settings(database="bonitet.sqlite3"), clock) as system, worker(system, kafka) as one:
        read_to_end(system, one)
    assert bonitet(*command, **settings).exit_code == 0


# --- everything in one process -----------------------------------------------------------------------------------


@contextmanager
def process(settings: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the installation; it ends with the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BONITET_")}
    told = kept | {f"BONITET_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-c", "from adapters.cli.app import main; main()", *arguments]
    made = subprocess.Popen(command, cwd=ROOT, env=told, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        yield made
    finally:
        made.kill()
        made.communicate()


def answer(address: str, path: str) -> tuple[int, str]:
    """What a process answers there."""
    try:
        with urlopen(f"http://{address}{path}", timeout=5) as found:
            return found.status, found.read().decode()
    except HTTPError as fault:
        return fault.code, fault.read().decode()
    except (URLError, OSError):
        return 0, ""


def wait_until(true: Callable[[], bool], patience: float = 60.0) -> None:
    """Look again and again until it is true."""
    until = monotonic() + patience
    while not true():
        assert monotonic() < until, "it did not come true in time"
        sleep(0.1)


def figures(address: str) -> dict[str, float]:
    """What a process has measured, by names with labels."""
    found = (line.rpartition(" ") for line in answer(address, "/metrics")[1].splitlines() if line[0] != "#")
    return {name: float(value) for name, _, value in found}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_up_takes_in_projects_enforces_and_publishes_in_one_process_until_it_is_told_to_end(
    kind: str, broker: Cluster, topics: Topics, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = str(tmp_path / "a.sqlite3") if kind == "sqlite" else str(request.getfixturevalue("database"))
    if kind == "postgres":
        schema.migrate(url_of(place))
    kafka = kafka_of(
        broker,
        topics(2),
        events=topics(2),
        register_changes=topics(1, cleanup_policy="compact"),
        notifications=topics(1),
        dead_letters=topics(1),
    )
    port = Port()
    metrics = str(port)
    settings = environment(kafka) | {"database": place, "key": "k" * 32, "metrics": metrics}
    send(broker, kafka.facts[0], [*made_up(10), b"no fact", wire("CompanyPraised")])
    with process(settings, "up") as up:
        wait_until(lambda: answer(metrics, "/ready")[0] == 200)
        wait_until(lambda: lags_of(figures(metrics)) == [0.0, 0.0])
        state, health = answer(metrics, "/health")
        assert (state, json.loads(health)["state"]) == (200, "ok")
        roles = set(json.loads(health)["roles"])
        assert roles > {"work", "project", "enforce", "events", "register", "notifications"}
        wait_until(lambda: figures(metrics).get('bonitet_projection_behind_events{projection="read models"}') == 0)
        published = f'bonitet_published_messages_total{{topic="{kafka.events}"}}'
        with build(Settings(database=place, key="k" * 32), projecting=False) as system:
            wait_until(lambda: nothing_is_due(system))
            wait_until(lambda: nothing_is_due(system))
            wait_until(lambda: figures(metrics).get(published) == system.store.last_position())
            wait_until(lambda: system.store.projected("register") == system.store.last_position())
        told = figures(metrics)
        assert max(told[name] for name in told if name.startswith("bonitet_lag_seconds")) < 30
        assert told['bonitet_batch_facts_total{role="work"}'] > len(made_up(10))
        up.send_signal(signal.SIGTERM)
        _, said = up.communicate(timeout=30)
    port.release()
    assert up.returncode == 0, said
    assert "work, project, enforce, events, " in said
    assert "Traceback" not in said
    with build(Settings(database=str(tmp_path / "embedded.sqlite3"), key="k" * 32)) as embedded:
        embedded.engine.ingest("lives", numbered(made_up(10)))
        embedded.engine.enforce(embedded.clock())
    with build(Settings(database=place, key="k" * 32)) as system:
        assert contents(system) == contents(embedded)
    assert len(of_each(messages(broker, kafka.events))) > 500
    assert len(messages(broker, kafka.register_changes)[0]) > 0
    assert len(messages(broker, kafka.dead_letters)[0]) == 1


def nothing_is_due(system: System) -> bool:
    """Whether all that fell due is written."""
    with system.store.reading() as c:
        return not stale(c, system.clock() - timedelta(seconds=1))


def lags_of(told: Mapping[str, float]) -> list[float]:
    """How many facts of each partition are unread."""
    return [value for name, value in told.items() if name.startswith("bonitet_lag_facts{")]


# --- settings ----------------------------------------------------------------------------------------------------

BAD = {
    "kafka_protocol=HTTP": "BONITET_KAFKA_PROTOCOL: Input should be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'",
    "kafka_mechanism=GSSAPI": "BONITET_KAFKA_MECHANISM: Input should be 'PLAIN', 'SCRAM-SHA-256' or 'SCRAM-SHA-512'",
    "kafka_facts=bonitet.facts": "BONITET_KAFKA_FACTS is no list of topics: write JSON, for example",
    "kafka_facts=[]": "BONITET_KAFKA_FACTS: List should have at least 1 item",
    'kafka_facts=["a b"]': "BONITET_KAFKA_FACTS: 'a b' is no name of a topic: letters, digits, dots, dashes and",
    "kafka_events=a/b": "BONITET_KAFKA_EVENTS: a topic is called by letters, digits, dots, dashes and underscores",
    "kafka_servers=": "BONITET_KAFKA_SERVERS: String should have at least 3 characters",
    "kafka_servers=localhost:kafka": "'localhost:kafka' is no server: BONITET_KAFKA_SERVERS names each as host:port,",
    "kafka_servers=one:9092,,two": "'' is no server: BONITET_KAFKA_SERVERS names each as host:port, separated by",
    "kafka_servers=http://one:9092": "'http://one:9092' is no server: BONITET_KAFKA_SERVERS names each as host:port",
    "kafka_group=": "BONITET_KAFKA_GROUP: String should have at least 1 character",
    "kafka_session_timeout=soon": "BONITET_KAFKA_SESSION_TIMEOUT: Input should be a valid number",
    "kafka_session_timeout=0.5": "BONITET_KAFKA_SESSION_TIMEOUT: Input should be greater than 0.5",
    "kafka_poll_timeout=0": "BONITET_KAFKA_POLL_TIMEOUT: Input should be greater than 1",
    "kafka_protocol=SASL_SSL": "with SASL somebody has to sign in: set BONITET_KAFKA_USER and BONITET_KAFKA_PASSWORD",
    "kafka_password_file=/nowhere": "/nowhere, which a BONITET_KAFKA_..._FILE names, can't be read: No such file",
    "kafka_password_file=/": "/, which a BONITET_KAFKA_..._FILE names, can't be read: Is a directory",
}


@pytest.mark.parametrize("given", BAD)
def test_a_setting_that_can_t_be_one_is_named(given: str, bonitet: Bonitet) -> None:
    name, _, value = given.partition("=")
    for command in (("publish", "-"), ("sources", "accept", "bonitet.facts")):
        Path("bonitet.sqlite3").touch()
        result = bonitet(*command, given=registration(), **{name: value, "kafka_password": "geheim"} | {name: value})
        assert result.exit_code in {1, 2}
        assert BAD[given] in failed(result, result.exit_code)
        assert "geheim" not in result.output
        assert "pydantic" not in result.output


@pytest.mark.parametrize("given", ["here", "host:port", "host:99999999"])
def test_an_address_to_be_asked_at_that_can_t_be_one_is_named(given: str, bonitet: Bonitet) -> None:
    Path("bonitet.sqlite3").touch()
    said = failed(bonitet("work", metrics=given), 2)
    assert said.startswith("BONITET_METRICS or --metrics: ")
    assert said == failed(bonitet("work", "--metrics", given), 2)


def test_what_is_published_by_nobody_can_t_be_relayed(bonitet: Bonitet) -> None:
    said = failed(bonitet("relay", "--only", "gossip"), 2)
    assert said == "gossip is nothing that is published: events, notifications, register, dead-letters are"
