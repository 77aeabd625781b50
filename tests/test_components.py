"""The real components: they keep what they have acknowledged whatever befalls them, and they never outlive a run."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from tests.components.install import program
from tests.components.kafka import PASSWORD, USER, Broker, Cluster
from tests.components.postgres import Databases, Postgres

ROOT = Path(__file__).parents[1]
WAITS = """
from pathlib import Path
from time import sleep

def test_{name}({component}):
    Path({told!r}, "{component}").write_text({component}.{address})
    sleep(600)
"""


def produce(servers: str, topic: str, messages: int) -> None:
    """Send numbers, and wait until each is acknowledged."""
    with closing(KafkaProducer(bootstrap_servers=servers, acks="all")) as producer:
        sent = [producer.send(topic, key=b"%d" % (n % 7), value=b"%d" % n) for n in range(messages)]
        for future in sent:
            future.get(30)


def consumed(servers: str, topic: str) -> list[int]:
    """The numbers in a topic, sorted."""
    numbers: list[int] = []
    with closing(KafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", group_id=None)) as consumer:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            numbers += (int(message.value) for told in consumer.poll(1_000).values() for message in told)
    return sorted(numbers)


def test_a_broker_that_is_killed_loses_nothing_that_it_acknowledged() -> None:
    with Broker() as broker:
        broker.topic("facts", 3)
        produce(broker.servers, "facts", 1_000)
        broker.kill()
        assert not broker.running
        broker.start()
        assert consumed(broker.servers, "facts") == list(range(1_000))
        broker.stop()
        broker.start()
        assert consumed(broker.servers, "facts") == list(range(1_000))


def test_each_secured_listener_lets_in_who_has_the_password_or_the_certificate() -> None:
    with Broker(secured=True) as broker:
        broker.topic("facts")
        pems = broker.certificates
        assert pems is not None
        for access in broker.accesses.values():
            told = {"bootstrap_servers": access.servers, "security_protocol": access.security_protocol}
            if "SSL" in access.security_protocol:
                told["ssl_cafile"] = str(pems.ca)
            if access.asks_for_certificate:
                told |= {"ssl_certfile": str(pems.client), "ssl_keyfile": str(pems.client_key)}
            for mechanism in access.sasl_mechanisms or (None,):
                as_user = {"sasl_mechanism": mechanism, "sasl_plain_username": USER, "sasl_plain_password": PASSWORD}
                with closing(KafkaAdminClient(**told, **(as_user if mechanism else {}))) as admin:
                    assert admin.list_topics() == ["facts"]
        s_client = [program("openssl"), "s_client", "-connect", broker.accesses["tls"].servers, "-verify_return_error"]
        for authority, accepted in ((pems.ca, True), (pems.stranger, False)):
            done = subprocess.run(
                [*s_client, "-CAfile", str(authority)], stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
            assert (done.returncode == 0) == accepted


def test_a_client_that_somebody_else_wrote_produces_and_consumes(broker: Cluster, topics: Callable[..., str]) -> None:
    kcat, topic = program("kcat"), topics()
    subprocess.run(
        [kcat, "-b", broker.servers, "-P", "-t", topic, "-K", "\t"], input=b"EX-1\tcalm\nEX-2\tblocked\n", check=True
    )
    read = [kcat, "-b", broker.servers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%k=%s;"]
    assert subprocess.run(read, capture_output=True, check=True).stdout == b"EX-1=calm;EX-2=blocked;"


def test_a_topic_can_be_made_again_and_is_another(broker: Cluster) -> None:
    name = broker.fresh_topic(2, cleanup_policy="compact")
    with broker.admin() as admin:
        first = admin.describe_topics([name])[0]
        broker.drop_topic(name)
        broker.drop_topic(name)
        broker.topic(name, 3)
        second = admin.describe_topics([name])[0]
    assert (len(first["partitions"]), len(second["partitions"])) == (2, 3)
    assert first["topic_id"] != second["topic_id"]
    broker.drop_topic(name)


def test_postgres_stopped_at_once_keeps_what_was_committed_and_nothing_else() -> None:
    with Postgres() as postgres:
        url = postgres.database()
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (number integer)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
            connection.commit()
            connection.execute("INSERT INTO kept VALUES (1001)")
            postgres.stop("immediate")
            assert not postgres.running
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
            postgres.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*), max(number) FROM kept").fetchall() == [(1000, 1000)]
            assert connection.execute("SHOW fsync").fetchall() == [("on",)]


def test_databases_are_fresh_sort_as_they_are_told_and_go(postgres: Databases) -> None:
    words = "SELECT word FROM (VALUES ('b'), ('č'), ('c'), ('B')) AS said (word) ORDER BY word"
    for collation, order in ((None, "Bbcč"), ("sr-Latn", "bBcč")):
        url = postgres.database(collation=collation)
        with closing(psycopg.connect(url)) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname='public'").fetchall() == [(0,)]
            assert "".join(row[0] for row in connection.execute(words)) == order
            postgres.drop(url)  # whoever is connected
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(url)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user of this machine may enter, because PostgreSQL runs as one of its own."""
    made = Path(tempfile.mkdtemp(prefix="bonitet-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def surroundings(folder: Path, **changed: str) -> dict[str, str]:
    """The environment of a person's run, whose temporary files can be counted."""
    places = folder / "temporary"
    places.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV", "BONITET", "CI"))}
    return kept | {"TMPDIR": str(places), "PYTHONPATH": str(ROOT)} | changed


def pytest_of(folder: Path, *arguments: str) -> list[str]:
    """The command by which the tests in a folder are run."""
    (folder / "pytest.ini").touch()
    command = [sys.executable, "-m", "pytest", "-p", "tests.components.plugin", "-p", "no:cacheprovider"]
    return [*command, "--rootdir", str(folder), "-c", str(folder / "pytest.ini"), *arguments, str(folder)]


def eventually(true: Callable[[], bool], patience: float) -> bool:
    """Whether it comes true in time."""
    until = monotonic() + patience
    while not true():
        if monotonic() > until:
            return False
        sleep(0.05)
    return True


def processes_of(folder: Path) -> list[str]:
    """The commands of all processes that came from a run whose temporary files are in a folder."""
    wanted, found = str(folder / "temporary").encode(), []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is none of ours
            command = (path / "cmdline").read_bytes()
            if wanted in command + (path / "environ").read_bytes():
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


def places_of(folder: Path) -> list[Path]:
    """What we have left of such a run in the temporary folder."""
    return list((folder / "temporary").glob("bonitet-*"))


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_was_interrupted(folder: Path, sign: signal.Signals) -> None:
    wanted = {"postgres": "server"} | ({"broker": "servers"} if sign == signal.SIGKILL else {})
    for component, address in wanted.items():
        test = WAITS.format(name=component, component=component, address=address, told=str(folder))
        (folder / f"test_{component}.py").write_text(test)
    process = subprocess.Popen(
        pytest_of(folder, "-n", str(len(wanted))),
        env=surroundings(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert eventually(lambda: all((folder / component).exists() for component in wanted), 60)
        assert processes_of(folder)
    finally:
        # A Ctrl-C reaches all processes of a terminal, the other signals reach one.
        os.killpg(process.pid, sign) if sign == signal.SIGINT else process.send_signal(sign)
        process.wait(30)
    assert eventually(lambda: not processes_of(folder), 20), processes_of(folder)
    assert eventually(lambda: not places_of(folder), 5), places_of(folder)


def test_a_server_ends_with_the_program_that_started_it(folder: Path) -> None:
    text = "from tests.components.postgres import *; p = Postgres(); p.start(); print(p.server, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", text], env=surroundings(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"127.0.0.1:")
        assert processes_of(folder)
        process.kill()
    assert eventually(lambda: not processes_of(folder), 20), processes_of(folder)
    assert places_of(folder) == []


@pytest.mark.parametrize(("changed", "left_out"), [({}, True), ({"CI": "true"}, False)])
def test_what_is_missing_is_left_out_loudly_and_never_where_changes_are_judged(
    folder: Path, changed: dict[str, str], *, left_out: bool
) -> None:
    (folder / "test_both.py").write_text("def test_one(topics): topics()\ndef test_other(): pass\n")
    done = subprocess.run(
        pytest_of(folder, "-n", "1"),
        env=surroundings(folder, PATH=str(folder), JAVA_HOME=str(folder), **changed),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Java is missing: " in done.stdout
    assert "apt-get install default-jre-headless" in done.stdout
    assert ("LEFT OUT, AND NOT TESTED" in done.stdout) == left_out
    assert ("1 passed, 1 skipped" in done.stdout) == left_out
    assert (done.returncode == 0) == left_out
