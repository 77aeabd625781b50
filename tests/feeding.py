"""An installation that is fed from a real Kafka, for tests: facts go into a topic, and workers read them to its end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from time import monotonic
from typing import Any
from uuid import uuid4

from adapters.intake import sources
from adapters.intake.sources import Source
from adapters.kafka.sending import Sender, Sent
from adapters.kafka.worker import Worker
from adapters.main import System
from adapters.measures import Measures
from adapters.settings import KafkaSettings
from tests.components.kafka import Cluster
from tests.installation import NOW, numbered

LONGEST = 1_000_000
PATIENCE = 30.0

Topics = Callable[..., str]


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> datetime:
        """Later, by so much."""
        self.now += timedelta(**by)
        return self.now


def kafka_of(broker: Cluster, *facts: str, **more: Any) -> KafkaSettings:
    """The settings of an installation that reads these topics, as a group of its own."""
    told = {"group": f"g-{uuid4().hex[:12]}", "session_timeout": 3.0, **more}
    return KafkaSettings(servers=broker.servers, facts=list(facts), **told)


def send(broker: Cluster, topic: str, payloads: Iterable[bytes]) -> Sent:
    """Send facts as the command line does."""
    sender = Sender(kafka_of(broker, topic).connection(), topic, LONGEST)
    try:
        return sender.send(numbered(payloads))
    finally:
        sender.close()


@contextmanager
def worker(system: System, kafka: KafkaSettings, measures: Measures | None = None) -> Iterator[Worker]:
    """A worker of the installation, which leaves its group in the end."""
    made = Worker(system.engine, kafka, measures or Measures(), system.clock)
    try:
        yield made
    finally:
        made.close()


def step_until(true: Callable[[], object], *workers: Worker, patience: float = PATIENCE) -> int:
    """Let workers take turns until it is true; answers how many turns that took."""
    until = monotonic() + patience
    for turn in count():
        if true():
            return turn
        assert monotonic() < until, "it did not come true in time"
        for each in workers:
            each.step()
    return 0


def read_to_end(system: System, *workers: Worker) -> None:
    """Let workers take turns until each partition was read to its end, and none of them brings anything."""
    quiet = 0
    until = monotonic() + PATIENCE
    while quiet < 2 or not caught_up(system):
        assert monotonic() < until, "the partitions were not read to their end in time"
        quiet = 0 if sum(each.step() for each in workers) else quiet + 1


def partitions(system: System) -> list[Source]:
    """The partitions as they stand beside the events."""
    with system.store.reading() as c:
        return sources.known(c)


def caught_up(system: System) -> bool:
    """Whether every partition was read to its end at the installation's own time."""
    known = partitions(system)
    return bool(known) and all(s.read_until == system.clock() for s in known)


def offsets(system: System) -> dict[int, int]:
    """From where each partition of the one topic goes on."""
    told = system.store.source_positions()
    return {s.partition: told.get(s.name, 0) for s in partitions(system)}
