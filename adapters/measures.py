"""What a process tells of its work in figures, for Prometheus to collect; nothing in them concerns a person.

Only here is the library used that writes them; it is installed for production.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from math import inf

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from adapters.running import Pulse

__all__ = ["CONTENT_TYPE", "Measures"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Measures:
    """The figures of one process, in a registry of their own, and its signs of life."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self.registry = own = CollectorRegistry()
        self._sources: set[str] = set()
        ProcessCollector(registry=own)
        self._beat = Gauge(
            "bonitet_heartbeat_timestamp_seconds",
            "When a role last showed that it is alive, in seconds since 1970.",
            ["role"],
            registry=own,
        )
        self._batch = Histogram(
            "bonitet_batch_seconds",
            "How long a batch took, from its decisions until it was written, in seconds.",
            ["role"],
            registry=own,
            buckets=_SECONDS,
        )
        self._facts = Counter(
            "bonitet_batch_facts", "Facts or events taken in, repeats and rejected ones too.", ["role"], registry=own
        )
        self._unread = Gauge(
            "bonitet_lag_facts", "Facts of a partition that were not read yet, in messages.", ["source"], registry=own
        )
        self._late = Gauge(
            "bonitet_lag_seconds",
            "For how long a partition was not read to its end, in seconds; infinite where it never was.",
            ["source"],
            registry=own,
        )
        self._behind = Gauge(
            "bonitet_projection_behind_events",
            "Events of the log that a projection has not taken in yet.",
            ["projection"],
            registry=own,
        )
        self._unpublished = Gauge(
            "bonitet_publisher_behind",
            "Events of the log, or things set aside, that a publisher has not told yet; told by the one that leads.",
            ["publisher"],
            registry=own,
        )
        self._refused = Counter(
            "bonitet_refused",
            "Writes refused since another process was faster: position, conflict or projection.",
            ["what"],
            registry=own,
        )
        self._parked = Gauge("bonitet_parked_facts", "Facts that wait until they can be decided.", registry=own)
        self._oldest = Gauge(
            "bonitet_parked_oldest_seconds", "For how long the oldest parked fact has waited, in seconds.", registry=own
        )
        self._rejected = Counter("bonitet_rejected_facts", "Facts that this process rejected.", registry=own)
        self._misplaced = Counter(
            "bonitet_misplaced_facts",
            "Facts that came by another partition than their key belongs into; one of each batch is looked at.",
            ["source"],
            registry=own,
        )
        self._published = Counter(
            "bonitet_published_messages", "Messages that Kafka has acknowledged.", ["topic"], registry=own
        )
        self._failed = Counter(
            "bonitet_failures", "Steps that failed by an outage and are tried again.", ["role"], registry=own
        )
        for what in ("position", "conflict", "projection"):
            self._refused.labels(what)

    def beat(self, role: str) -> None:
        """A role is alive."""
        self.pulse.beat(role)
        self._beat.labels(role).set_to_current_time()

    def batch(self, role: str, seconds: float, facts: int) -> None:
        """A batch was taken in."""
        self._batch.labels(role).observe(seconds)
        self._facts.labels(role).inc(facts)

    def lag(self, source: str, facts: int, until: datetime | None, clock: Callable[[], datetime]) -> None:
        """How many facts of a partition are unread, and since when: `until` it had been read to its end, if ever.

        The seconds go on by themselves: nobody looks anew while a database is away.
        """
        self._sources.add(source)
        self._unread.labels(source).set(facts)
        self._late.labels(source).set_function(lambda: inf if until is None else _seconds(until, clock()))

    def hold(self, sources: Collection[str]) -> None:
        """Of all partitions only these are read by this process; others tell how far the rest was."""
        for source in self._sources.difference(sources):
            for gauge in (self._unread, self._late):
                gauge.remove(source)
        self._sources.intersection_update(sources)

    def behind(self, projection: str, events: int) -> None:
        """How many events of the log a projection has not taken in yet."""
        self._behind.labels(projection).set(events)

    def refused(self, what: str) -> None:
        """A write was refused since another process was faster: "position", "conflict" or "projection"."""
        self._refused.labels(what).inc()

    def parked(self, waiting: int, oldest: float) -> None:
        """How many facts wait, and for how many seconds the oldest has."""
        self._parked.set(waiting)
        self._oldest.set(oldest)

    def rejected(self, facts: int) -> None:
        """So many more facts were rejected."""
        self._rejected.inc(facts)

    def misplaced(self, source: str) -> None:
        """The one fact of a batch that was looked at belongs into another partition than this one."""
        self._misplaced.labels(source).inc()

    def published(self, topic: str, messages: int) -> None:
        """So many more messages were acknowledged."""
        self._published.labels(topic).inc(messages)

    def unpublished(self, publisher: str, count: int | None) -> None:
        """How much a publisher has not told yet; None where another process leads."""
        if count is None:
            self._unpublished.remove(publisher)
        else:
            self._unpublished.labels(publisher).set(count)

    def failed(self, role: str, why: str) -> None:
        """A role waits for an outage to end, and tries again."""
        self.pulse.failed(role, why)
        self._failed.labels(role).inc()
        self._beat.labels(role).set_to_current_time()

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self.registry)


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
