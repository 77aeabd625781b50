"""An installation in its production form, on servers that may be stopped and killed, beside an undisturbed one."""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import psycopg
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from adapters.intake.reading import Line
from adapters.kafka.sending import Sender
from adapters.main import System, build
from adapters.settings import KafkaSettings, Settings
from adapters.store import schema
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.projecting import OUTLOOK
from adapters.store.store import url_of
from projections.batch import micros
from tests.components.kafka import Broker
from tests.components.missing import Failed
from tests.components.postgres import Postgres
from tests.faults.processes import PATIENCE, Process
from tests.faults.undisturbed import Kept, Undisturbed, differences, facts_of, kept
from tests.installation import KEY

PARTITIONS = 4
SESSION = 1.5  # seconds until a silent worker is thought dead
LONGEST = 1_000_000

Seen = dict[str, int]


class Servers:
    """A Kafka, a PostgreSQL and the facts that all scenarios share; each scenario has an installation of its own."""

    def __init__(self, seed: int, facts: int) -> None:
        self.seed = seed
        self._count = facts

    def __enter__(self) -> Self:
        self._closing = ExitStack()
        with ExitStack() as closing:
            self.folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="bonitet-faults-")))
            self.began = datetime.now(UTC).replace(microsecond=0)
            self.undisturbed = Undisturbed(self.folder, facts_of(self.seed, self._count))
            self.postgres = closing.enter_context(Postgres())
            self.broker = closing.enter_context(Broker())
            self._closing = closing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    @contextmanager
    def installation(self, *, url: str | None = None, **settings: Any) -> "Iterator[Production]":
        """An installation with an empty database, and a facts topic of its own; all its processes end with it."""
        for server in (self.postgres, self.broker):
            if not server.running:  # what went wrong in the scenario before is no fault of the next one
                server.start()
        production = Production(self, url or self.postgres.database(), settings)
        try:
            yield production
        finally:
            production.close()


class Production:
    """Database, facts topic, senders and processes of one installation."""

    def __init__(self, servers: Servers, url: str, settings: Mapping[str, Any]) -> None:
        self.servers, self.url = servers, url
        self.topic = servers.broker.topic(f"facts-{uuid4().hex[:8]}", settings.get("partitions", PARTITIONS))
        self.environment = {
            "BONITET_DATABASE": url,
            "BONITET_KEY": KEY,
            "BONITET_BATCH": str(settings.get("batch", 50)),
            "BONITET_LONGEST_LINE": str(settings.get("longest", LONGEST)),
            "BONITET_KAFKA_SERVERS": servers.broker.servers,
            "BONITET_KAFKA_GROUP": f"group-{self.topic}",
            "BONITET_KAFKA_FACTS": f'["{self.topic}"]',
            "BONITET_KAFKA_SESSION_TIMEOUT": str(settings.get("session", SESSION)),
        }
        self.kafka = KafkaSettings(
            servers=servers.broker.servers,
            group=f"group-{self.topic}",
            facts=[self.topic],
            session_timeout=settings.get("session", SESSION),
        )
        self.folder = servers.folder / self.topic
        self.folder.mkdir()
        self.processes: list[Process] = []
        self._started = 0
        self.sent_again = False
        self._sender: Sender | None = None
        schema.migrate(url_of(url))

    def close(self) -> None:
        """End whatever is there."""
        for process in self.processes:
            process.close()
        if self._sender is not None:
            with suppress(KafkaError):
                self._sender.close()

    # --- processes -----------------------------------------------------------------------------------------------

    def start(self, command: str, **environment: str) -> Process:
        """Start `bonitet COMMAND`, and don't wait for it."""
        self._started += 1
        name = f"{command.partition(' ')[0]}-{self._started}"
        process = Process(name, command, self.environment | environment, self.folder)
        self.processes.append(process)
        return process

    def _refuse_an_end(self) -> None:
        for process in self.processes:
            if process.code not in {None, 0, -9}:
                raise Failed(f"{process.name} ended with {process.code}: {process.said()}")

    def told(self) -> str:
        """What the processes that still run said last, and where they are; they end thereby."""
        return "\n".join(f"--- {process.name}:\n{process.abort()}" for process in self.processes if process.running)

    def refusals(self, what: str) -> int:
        """How many writes the processes that run were refused since others were faster."""
        return int(sum(p.figure("bonitet_refused_total", what=what) for p in self.processes if p.running))

    # --- facts ---------------------------------------------------------------------------------------------------

    def send(self, facts: Sequence[bytes]) -> None:
        """Send facts as `bonitet publish` does, in their order; while Kafka is away, again and again."""
        until = monotonic() + PATIENCE
        while True:
            try:
                self._sender = self._sender or Sender(self.kafka.connection(), self.topic, LONGEST)
                self._sender.send(Line(number, payload) for number, payload in enumerate(facts, 1))
            except (KafkaError, OSError) as problem:
                if monotonic() > until:
                    raise Failed(f"the facts could not be sent: {problem!r}") from problem
                self.sent_again = True
                if self._sender is not None:
                    with suppress(KafkaError):
                        self._sender.close()
                    self._sender = None
                sleep(0.2)
            else:
                return

    def ends(self) -> dict[int, int]:
        """Where each partition ends, by what was committed."""
        consumer = KafkaConsumer(
            **self.kafka.connection(), group_id=None, isolation_level="read_committed", reconnect_backoff_max_ms=200
        )
        try:
            partitions = [TopicPartition(self.topic, number) for number in consumer.partitions_for_topic(self.topic)]
            return {partition.partition: end for partition, end in consumer.end_offsets(partitions).items()}
        finally:
            consumer.close()

    # --- how far it is ---------------------------------------------------------------------------------------------

    @contextmanager
    def operator(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection to the database that nobody else uses."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield connection

    def offsets(self) -> dict[int, int]:
        """How far each partition was read."""
        with self.operator() as c:
            rows = c.execute(
                "SELECT s.partition, coalesce(t.notification_id, 0) FROM sources s "
                "LEFT JOIN tracking t ON t.application_name = s.name WHERE s.topic = %s",
                (self.topic,),
            )
            return dict(rows.fetchall())

    def watermark(self) -> int:
        """Up to when all partitions were read to their ends, in microseconds, 0 for never."""
        with self.operator() as c:
            row = c.execute("SELECT min(coalesce(read_until, 0)) FROM sources").fetchone()
        return (row and row[0]) or 0

    def until_read(self, patience: float = PATIENCE) -> None:
        """Wait until the workers have read all that was sent."""
        wanted = self.ends()

        def read() -> bool:
            # A coordinator that has just come back may still end a transaction anew, behind all that was sent.
            reached = self.offsets()
            return all(reached.get(number, 0) >= end for number, end in wanted.items())

        self.until(read, f"all is read ({wanted})", patience, self.offsets)

    def until_caught_up(self, patience: float = PATIENCE) -> None:
        """Wait until all is read, and known to be, and the read models have taken it all in."""
        since = micros(datetime.now(UTC))
        self.until_read(patience)
        self.until(lambda: self.watermark() >= since, "the watermark has moved on", patience, self.watermark)
        self.until_shown(patience)

    def until_shown(self, patience: float = PATIENCE) -> None:
        """Wait until the read models have taken in the whole log."""
        self.until(lambda: self.behind() == 0, "the read models are up to date", patience, self.behind)

    def behind(self) -> int:
        """How many events the read models have not taken in."""
        with self.operator() as c:
            row = c.execute(
                "SELECT (SELECT coalesce(max(notification_id), 0) FROM stored_events) "
                "- coalesce((SELECT position FROM projection_positions WHERE projection = %s), 0) "
                "+ (SELECT count(*) FROM installation WHERE name = %s)",
                (READ_MODELS, OUTLOOK),
            ).fetchone()
        return int(row[0]) if row else 0

    def until(self, done: Any, what: str, patience: float, seen: Any = lambda: "") -> None:
        """Wait until something holds; raises Failed with what the processes said where it doesn't in time."""
        ends_at = monotonic() + patience
        while True:
            self._refuse_an_end()
            try:
                if done():
                    return
                problem = ""
            except psycopg.OperationalError as fault:
                problem = f" ({fault})"
            if monotonic() > ends_at:
                with suppress(psycopg.OperationalError):
                    problem += f" {seen()}"
                raise Failed(f"not within {patience:.0f} s: {what}{problem}\n{self.told()}")
            sleep(0.1)

    # --- what it keeps -------------------------------------------------------------------------------------------

    @contextmanager
    def opened(self) -> Iterator[System]:
        """The installation opened in this process, which leaves the read models to others."""
        with build(Settings(database=self.url, key=KEY), projecting=False) as system:
            yield system

    def enforced(self, until: datetime) -> Kept:
        """All that it keeps once deadlines are enforced up to an instant; a projector has to be running."""
        with self.opened() as system:
            system.engine.enforce(until)
            self.until_shown()
            return kept(system)

    def compare(
        self,
        *,
        until: datetime | None = None,
        wanted: Kept | None = None,
        twice: bool = False,
        beside: Collection[str] = (),
    ) -> None:
        """Raise Failed where it doesn't keep the very same as the undisturbed one.

        With `twice` the same may have been set aside several times; what is `beside` the point is not compared.
        """
        self.until_caught_up()
        until = until or self.servers.began
        wanted = wanted or self.servers.undisturbed.kept(until)
        found = self.enforced(until)
        for name in beside:
            found[name] = wanted[name]
        told = differences(found, wanted, twice=twice or self.sent_again)
        if told:
            raise Failed("it differs from an undisturbed run:\n  " + "\n  ".join(told))


def counted(whole: int, share: float, least: int = 1) -> int:
    """How often something is done where only a share of the whole is."""
    return max(least, round(whole * share))


def chunks(facts: Sequence[bytes], number: int) -> list[Sequence[bytes]]:
    """Facts in so many parts of about the same size."""
    bounds = [round(len(facts) * part / number) for part in range(number + 1)]
    return [facts[begin:end] for begin, end in pairwise(bounds)]
