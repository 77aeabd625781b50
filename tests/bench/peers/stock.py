"""The eventsourcing library as it comes, with its own runners: Kafka, its process recorder, its projection runner.

A consumer of a group takes one fact at a time, as the library has it: an `EventSourcedProjection`, the library's class
for an application that processes what comes from elsewhere, loads the aggregate from its repository, this project's
domain decides, and `process_event` writes the events together with the tracking record in one transaction of the stock
`PostgresProcessRecorder`. The tracking record holds the next offset of the partition; on assignment the consumer goes
there, and a fact that comes again is refused by it: exactly once for a single consumer. At the end every company meets
the scheme-wide facts, one save each.

In a process beside it, the library's `ProjectionRunner` subscribes to the application (LISTEN, sections of 500) and
projects each event in a transaction of its own, together with the tracking record, into a view made as the library's
documentation makes one: a `PostgresTrackingRecorder` with tables of its own. The very same projections write the very
same tables.

Where in doubt generous: aggregates, what is stored and what a projection holds in memory are those of
`tests.bench.library`; rows go to the library's own cursor without SQLAlchemy between; statements are prepared; no
plausibility of facts, no personal texts, nothing parked. With `cached` the library's aggregate cache is switched on
without its copies and queries, which is safe only while nobody else writes.

What it doesn't guarantee and the engine does: two consumers at once (the tracking record accepts any greater offset,
not only the next), versions of streams that were read but not written, hash chains, a lost LISTEN connection (the
runner ends), two racing runners of one projection. What a restarted runner would have to read again is left out.
"""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.application import ProcessingEvent
from eventsourcing.persistence import IntegrityError, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import EventSourcedProjection, Projection, ProjectionRunner
from kafka import ConsumerRebalanceListener, KafkaConsumer
from psycopg.sql import SQL

from adapters.intake.gate import event_of
from adapters.intake.reading import Line, read
from adapters.store.projecting import models
from domain.events import Event
from domain.identity import SCHEME_SUBJECT, check_subject
from domain.schemes.scheme import Scheme
from domain.wire import CloudEvent
from projections.batch import Batch, Recorded
from tests.bench.child import Progress
from tests.bench.library import Certificates, Story
from tests.bench.ours import KEY
from tests.bench.peers import tables
from tests.bench.watch import Watch

_LONGEST = 1_000_000
_REPORT = 250
_EVERYTHING = 1_000_000
PATIENCE = 60.0


class Unfinished(Exception):
    """Not all facts came, or not all events were projected; the message says which."""


# --- facts in --------------------------------------------------------------------------------------------------------


class FromKafka(Certificates, EventSourcedProjection[UUID]):
    """Takes in facts one by one, each with its position in one transaction.

    A company meets what its own partition has brought of the scheme: the others may be ahead or behind.
    """

    def __init__(self, env: dict[str, str]) -> None:
        super().__init__(env)
        self.events_saved = 0
        self._processing: ProcessingEvent[UUID] | None = None
        self._scheme_told: list[Event] = []
        self._by_partition: dict[int, tuple[list[Event], list[Scheme], dict[str, None]]] = {}

    def take_from(self, partition: int, fact: CloudEvent, tracking: Tracking) -> None:
        """Decide on a fact of a partition; once only, whoever sends it again."""
        self._turn_to(partition)
        try:
            self.process_event(fact, tracking)  # type: ignore[arg-type]  # what comes from elsewhere is no event of its own
        except IntegrityError:
            if not self.recorder.has_tracking_id(tracking.application_name, tracking.notification_id):
                raise

    def policy(self, fact: Any, processing_event: ProcessingEvent[UUID]) -> None:
        """What follows from a fact is collected, and written with its position."""
        self._processing = processing_event
        try:
            if fact.subject == SCHEME_SUBJECT:
                self._of_the_scheme(fact)
            else:
                self.take(fact)
        finally:
            self._processing = None

    def save(self, *objs: Any, **kwargs: Any) -> list[Any]:
        """Collect while a fact is processed; otherwise write at once."""
        self.events_saved += sum(len(each.pending_events) for each in objs)
        if self._processing is not None:
            self._processing.collect_events(*objs, **kwargs)
            return []
        return super().save(*objs, **kwargs)

    def sweep(self) -> None:
        """Every company with certificates meets the scheme-wide facts of its partition that it has not met."""
        for partition in self._by_partition:
            self._turn_to(partition)
            super().sweep()

    def _turn_to(self, partition: int) -> None:
        known = self._by_partition.setdefault(partition, ([], [Scheme()], {}))
        self.scheme_facts, self.schemes, self.holding = known

    def _of_the_scheme(self, fact: CloudEvent) -> None:
        """A scheme-wide fact comes once in every partition, and is told once."""
        check_subject(fact.subject)
        told, _ = event_of(fact, KEY.encode())
        if any(known.fact == told.fact for known in self.scheme_facts):
            return
        self.scheme_facts.append(told)
        self.schemes.append(self.schemes[-1].meets(told))
        if all(known.fact != told.fact for known in self._scheme_told):
            self._scheme_told.append(told)
            self._save(self._company(SCHEME_SUBJECT), [told])


class _Assigned(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """A partition is read from the position that stands beside its events."""

    def __init__(self, consumer: Any, app: FromKafka) -> None:
        self._consumer, self._app = consumer, app

    def on_partitions_revoked(self, revoked: Sequence[Any]) -> None:
        """Every position is in the database already."""

    def on_partitions_assigned(self, assigned: Sequence[Any]) -> None:
        for partition in assigned:
            self._consumer.seek(partition, self._app.recorder.max_tracking_id(_source(*partition)) or 0)


def _source(topic: str, partition: int) -> str:
    return f"{topic}/{partition}"


def _consumer(servers: str, topic: str, app: FromKafka, patience: float) -> Any:
    consumer = KafkaConsumer(
        bootstrap_servers=servers,
        group_id=f"stock-{uuid4().hex[:8]}",
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        consumer_timeout_ms=1000 * patience,
    )
    consumer.subscribe([topic], listener=_Assigned(consumer, app))
    return consumer


def _take_all(app: FromKafka, consumer: Any, count: int, progress: Progress) -> tuple[float, int]:
    """Take so many messages; answers when the first one came, and how many were copies for another partition."""
    first, done, copies = 0.0, 0, 0
    for done, message in enumerate(islice(consumer, count), start=1):
        first = first or time.monotonic()
        source = _source(message.topic, message.partition)
        fact = read(Line(message.offset, message.value), _LONGEST)
        if not isinstance(fact, CloudEvent):
            raise TypeError(f"{source} at {message.offset} is no fact: {fact.reason}")
        copies += fact.subject == SCHEME_SUBJECT and message.partition > 0
        app.take_from(message.partition, fact, Tracking(source, message.offset + 1))
        if done % _REPORT == 0:
            progress(done, count)
    if done < count:
        raise Unfinished(f"only {done:,} of {count:,} messages came: is that how many were sent to the topic?")
    return first, copies


# --- projections -----------------------------------------------------------------------------------------------------


class ReadModels(PostgresTrackingRecorder):
    """The library's materialised view: register, audit trail and agenda, with the position they stand for."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.extend(SQL(statement).format() for statement in tables.definitions())
        self._projections = models(_EVERYTHING)

    def record(self, batch: Batch, tracking: Tracking) -> None:
        """Write the rows of an event together with its position."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            to = tables.as_connection(tables.Rows(cursor))
            for projection in self._projections:
                projection.project(batch, to)


class IntoReadModels(Projection[ReadModels]):
    """Projects each event, with the dossier as it stands after it."""

    name = "readmodels"

    def __init__(self, view: ReadModels) -> None:
        super().__init__(view)
        self.ended = 0.0
        self.count = 0
        self._stories: dict[str, Story] = {}
        self._schemes = [Scheme()]

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Project one event under the scheme that its company had met."""
        told = domain_event.told
        subject = told.subject
        story = self._stories.setdefault(subject, Story(subject))
        version = story.hold(told)
        subjects = [subject]
        if subject == SCHEME_SUBJECT:
            self._schemes.append(self._schemes[-1].meets(told))
            subjects = []
        one = Batch(
            [Recorded(tracking.notification_id, version, told)],
            lambda subject: self._stories[subject].dossier(self._schemes[domain_event.seen]),
            subjects,
        )
        self.view.record(one, tracking)
        self.count += 1
        self.ended = time.monotonic()


def _project(environment: dict[str, str], patience: float, told: Connection) -> None:
    """The projecting process: says when it is ready, is told the last position, answers when it got there."""
    tables.project_by_cursor()
    watch = Watch()
    runner = ProjectionRunner(
        application_class=FromKafka, projection_class=IntoReadModels, view_class=ReadModels, env=environment
    )
    projection: Any = runner.projection
    with runner, watch:
        told.send("ready")
        last, before = told.recv(), -1
        while not runner.view.has_tracking_id(runner.app_name, last):
            if projection.count == before:
                raise Unfinished(f"{before:,} events were projected, then none for {patience:.0f} s")
            before = projection.count
            with suppress(TimeoutError):
                runner.wait(last, timeout=patience)
    told.send({"ended": projection.ended, "events": projection.count, **watch.seconds()})


@contextmanager
def _projecting(environment: dict[str, str], patience: float) -> Iterator[Connection]:
    """The projecting process, from when it is ready; ended at the latest with the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_project, args=(environment, patience, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()  # it is ready
        yield ours
        process.join(patience)
    finally:
        if process.is_alive():
            process.kill()
        process.join()
        ours.close()


# --- the measurement -------------------------------------------------------------------------------------------------


def run(
    servers: str,
    topic: str,
    database_url: str,
    count: int,
    *,
    cached: bool = False,
    patience: float = PATIENCE,
    progress: Progress,
) -> dict[str, Any]:
    """Take `count` messages of a topic into an empty database, until the read models stand for all of them.

    It gives up after so many seconds (`patience`) in which no message comes, or no event is projected.
    Copies of a scheme-wide fact for further partitions are messages, and no facts; `joined` is how many of the seconds
    had passed when the first message came. Raises Unfinished, and tables.NotEmpty.
    """
    tables.demand_empty(database_url)
    environment = environment_for(database_url, cached=cached)
    watch = Watch()
    try:
        with FromKafka(environment) as app, _projecting(environment, patience) as projector:
            began = time.monotonic()
            with watch, closing(_consumer(servers, topic, app, patience)) as consumer:
                first, copies = _take_all(app, consumer, count, progress)
                app.sweep()
                taken = time.monotonic()
            projector.send(app.recorder.max_notification_id())
            told = projector.recv()
            events = app.events_saved
    except (EOFError, BrokenPipeError):
        raise Unfinished("the projecting process has ended before its time; see what it wrote") from None
    if told["events"] != events:
        raise Unfinished(f"{told['events']:,} events were projected, but {events:,} were saved")
    taking, projecting = watch.seconds(), {name: told[name] for name in ("wall", "user", "system")}
    return {
        "facts": count - copies,
        "events": events,
        "wall": max(taken, told["ended"]) - began,
        "joined": first - began,
        "taken": taken - began,
        **{name: taking[name] + projecting[name] for name in ("user", "system")},
        "taking": taking,
        "projecting": projecting,
        "digest": tables.digest(database_url),
    }


def environment_for(database_url: str, *, cached: bool) -> dict[str, str]:
    """How the library is told where to keep what, as its documentation shows."""
    told = tables.parameters(database_url)
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(told["dbname"]),
        "POSTGRES_HOST": str(told["host"]),
        "POSTGRES_PORT": str(told.get("port", 5432)),
        "POSTGRES_USER": str(told["user"]),
        "POSTGRES_PASSWORD": str(told.get("password", "")),
    }
    if cached:
        environment |= {
            "AGGREGATE_CACHE_MAXSIZE": str(_EVERYTHING),
            "AGGREGATE_CACHE_FASTFORWARD": "n",
            "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
        }
    return environment
