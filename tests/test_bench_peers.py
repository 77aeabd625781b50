"""What users would pick instead leaves the same read models; how fast is for `make bench` to say, never for a test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, nullcontext
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking

from adapters.intake.reading import lines, read
from adapters.kafka.sending import Sender
from adapters.store.recorder import PositionMoved
from domain.identity import SCHEME_SUBJECT
from domain.wire import CloudEvent
from tests.bench import ours
from tests.bench.peers import quix, recorders, stock, tables
from tests.bench.plan import Broken
from tests.bench.workload import write_portfolio
from tests.components.kafka import Cluster

FACTS = 300
LONGEST = 1_000_000

Topics = Callable[..., str]


def silent(_done: int, _whole: int) -> None:
    """Nobody looks on."""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("peers") / "facts.jsonl"
    write_portfolio(str(path), FACTS, silent)
    return path


@pytest.fixture(scope="module")
def engine(facts: Path) -> dict[str, Any]:
    """What the engine made of the facts, on one file."""
    database = str(facts.with_suffix(".sqlite"))
    told = ours.ingest(str(facts), FACTS, database, silent)
    return {"facts": told["facts"], "events": told["summary"]["events"], "digest": tables.digest(database)}


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    """What is to be done in the end."""
    with ExitStack() as stack:
        yield stack


def sent(servers: str, topic: str, facts: Path) -> int:
    with closing(Sender({"bootstrap_servers": servers}, topic, LONGEST)) as sender, facts.open("rb") as stream:
        return sender.send(lines(stream, LONGEST)).messages


@pytest.mark.parametrize("cached", [False, True], ids=["loaded", "cached"])
def test_the_librarys_own_runners_leave_the_same_read_models_as_the_engine(
    broker: Cluster, topics: Topics, database: str, facts: Path, engine: dict[str, Any], *, cached: bool
) -> None:
    topic = topics(2)
    messages = sent(broker.servers, topic, facts)
    assert messages > engine["facts"]
    told = stock.run(broker.servers, topic, database, messages, cached=cached, progress=silent)
    assert {name: told[name] for name in engine} == engine
    assert 0 < told["joined"] < told["wall"]


def test_a_stream_processor_leaves_the_same_read_models_as_the_engine(
    broker: Cluster, topics: Topics, database: str, facts: Path, engine: dict[str, Any]
) -> None:
    topic = topics(2)
    messages = sent(broker.servers, topic, facts)
    told = quix.run(broker.servers, topic, database, messages, progress=silent)
    assert {name: told[name] for name in engine} == engine
    assert 0 < told["joined"] < told["wall"]
    assert rows(database, "events") == engine["events"]


def test_the_library_takes_a_message_that_comes_again_once_only(database: str, facts: Path) -> None:
    with facts.open("rb") as stream, stock.FromKafka(stock.environment_for(database, cached=False)) as app:
        fact = next(f for f in (read(line, LONGEST) for line in lines(stream, LONGEST)) if isinstance(f, CloudEvent))
        again = fact.model_copy(update={"id": "another, so that the domain would take it"})
        for offset, each in ((5, fact), (5, again), (6, again)):
            app.take_from(0, each, Tracking("t/0", offset))
        saved = rows(database, "fromkafka_events")
        assert app.recorder.max_tracking_id("t/0") == 6
    assert saved == 2


def test_a_company_of_the_librarys_way_meets_only_what_its_own_partition_has_brought(
    database: str, facts: Path, engine: dict[str, Any]
) -> None:
    with facts.open("rb") as stream:
        known = [f for f in (read(line, LONGEST) for line in lines(stream, LONGEST)) if isinstance(f, CloudEvent)]
    behind, ahead = (
        [f for f in known if f.subject == SCHEME_SUBJECT or crc32(f.subject.encode()) % 2 == half] for half in (0, 1)
    )
    middle, offsets = len(behind) // 2, count(1)
    with stock.FromKafka(stock.environment_for(database, cached=True)) as app:
        for partition, part in ((0, behind[:middle]), (1, ahead), (0, behind[middle:])):
            for fact in part:
                app.take_from(partition, fact, Tracking(f"t/{partition}", next(offsets)))
        app.sweep()
        assert app.events_saved == engine["events"]


def test_where_fewer_messages_come_than_were_promised_no_figure_is_given(
    broker: Cluster, topics: Topics, database: str, postgres: Any, facts: Path
) -> None:
    topic = topics(1)
    messages = sent(broker.servers, topic, facts)
    with pytest.raises(stock.Unfinished, match=f"only {messages} of {messages + 1} messages came"):
        stock.run(broker.servers, topic, database, messages + 1, patience=2, progress=silent)
    other = postgres.database()
    with pytest.raises(Broken, match=f"only {messages} of {messages + 1} messages came"):
        quix.run(broker.servers, topic, other, messages + 1, patience=2, progress=silent)
    postgres.drop(other)


@pytest.mark.parametrize("run", [stock.run, quix.run], ids=["library", "quixstreams"])
def test_a_measurement_demands_an_empty_database(database: str, run: Callable[..., Any]) -> None:
    tables.create(database)
    with pytest.raises(tables.NotEmpty, match="needs an empty one of its own"):
        run("127.0.0.1:1", "nowhere", database, 1, progress=silent)


def test_a_digest_sees_every_row_but_no_position(database: str) -> None:
    tables.create(database)
    digests = [tables.digest(database)]
    for position, version in ((1, 1), (2, 1), (2, 2)):
        with psycopg.connect(**tables.parameters(database)) as connection:
            connection.execute("DELETE FROM audit")
            connection.execute(
                "INSERT INTO audit (position, stream, version, name, effective_at, recorded_at) "
                "VALUES (%s, 'RS-1', %s, 'CompanyRegistered', 0, 0)",
                (position, version),
            )
        digests.append(tables.digest(database))
    assert digests[1] == digests[2]
    assert len(set(digests)) == 3


@pytest.mark.parametrize(
    ("recorder", "tracking"),
    [
        (recorders.LIBRARY, "notification_tracking"),
        (recorders.COMPARING, "notification_tracking"),
        (recorders.ENGINE, "tracking"),
    ],
    ids=["library", "comparing", "engine"],
)
@pytest.mark.parametrize("batch", [5, 1])
def test_a_recorder_keeps_what_all_its_writers_append_with_their_positions(
    database: str, recorder: str, tracking: str, batch: int
) -> None:
    told = recorders.run(database, recorder, writers=(2,), batches=(batch,), seconds=0.3, progress=silent)
    (run,) = told["runs"]
    warm = 2 * batch
    assert run["events"] == run["appends"] * batch > 0
    assert run["rate"] == pytest.approx(run["events"] / run["wall"])
    assert rows(database, "stored_events") == run["events"] + warm
    with psycopg.connect(**tables.parameters(database)) as connection:
        reached = connection.execute(
            f"SELECT count(*), sum(notification_id) FROM {tracking} WHERE application_name LIKE 'RS-%'"  # noqa: S608 - our own name
        ).fetchone()
    assert reached == (2, run["events"] + warm)


@pytest.mark.parametrize(
    ("recorder", "refusal"),
    [(recorders.LIBRARY, None), (recorders.COMPARING, IntegrityError), (recorders.ENGINE, PositionMoved)],
    ids=["library", "comparing", "engine"],
)
def test_of_two_that_have_read_the_same_stretch_of_a_source_all_but_the_library_refuse_one(
    database: str, recorder: str, refusal: type[Exception] | None, ends: ExitStack
) -> None:
    first = recorders.opened(recorder, database)
    first.create_table()
    second = recorders.opened(recorder, database)
    ends.callback(recorders.close, first)
    ends.callback(recorders.close, second)
    first.insert_events([StoredEvent("RS-1", 1, "t", b"")], tracking=Tracking("s", 5))
    with pytest.raises(refusal) if refusal else nullcontext():
        second.insert_events([StoredEvent("RS-2", 1, "t", b"")], tracking=Tracking("s", 6))
    first.insert_events([StoredEvent("RS-1", 2, "t", b"")], tracking=Tracking("s", 7))
    assert rows(database, "stored_events") == (2 if refusal else 3)


def test_a_recorder_that_cannot_append_gives_no_figure(database: str) -> None:
    with pytest.raises(recorders.Broken, match="a writer has ended before its time"):
        recorders.run(database, f"{__name__}:Unable", writers=(1,), batches=(1,), seconds=0.1, progress=silent)


class Unable:
    """A recorder that fails."""

    def __init__(self, _database_url: str) -> None:
        pass

    def create_table(self) -> None:
        pass

    def insert_events(self, _events: object, *, tracking: Tracking) -> None:
        raise OSError(f"no room for {tracking.notification_id}")


def rows(database_url: str, table: str) -> int:
    with psycopg.connect(**tables.parameters(database_url)) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
    assert row is not None
    return int(row[0])
