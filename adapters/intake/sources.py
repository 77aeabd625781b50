"""How far each partition of the facts topics was read: for the deadlines, which must not pass what is unread."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from adapters.store.tables import sources
from domain.dossier import BEGINNING
from projections.batch import instant

KAFKA = "kafka:"

REACH = "UPDATE sources SET scheme_facts=?, seen_at=? WHERE name=?"


@dataclass(frozen=True, slots=True)
class Reached:
    """What all partitions together have reached; None for both where nothing is read from Kafka.

    `until` is the watermark: everything that was in any partition at that time has been read. `scheme_facts` counts
    the scheme-wide facts that every partition has brought.
    """

    until: datetime | None = None
    scheme_facts: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One partition of a topic and how far it was read; `position` is the offset of the next fact."""

    name: str
    cluster: str
    topic: str
    topic_id: str
    partition: int
    read_until: datetime | None
    end_offset: int | None
    scheme_facts: int
    seen_at: datetime | None


def reached(of: Connection) -> Reached:
    """The least of what the partitions have reached."""
    row = of.execute(
        select(
            func.count(),
            func.count(sources.c.read_until),
            func.min(sources.c.read_until),
            func.min(sources.c.scheme_facts),
        )
    ).one()
    partitions, caught_up, until, scheme_facts = row
    if not partitions:
        return Reached()
    return Reached(instant(until) if caught_up == partitions else BEGINNING, scheme_facts)


def known(of: Connection, *, topic: str | None = None) -> list[Source]:
    """The partitions that are read, by topic and number."""
    wanted = select(sources).order_by(sources.c.topic, sources.c.partition)
    if topic is not None:
        wanted = wanted.where(sources.c.topic == topic)
    return [
        Source(
            r.name,
            r.cluster,
            r.topic,
            r.topic_id,
            r.partition,
            None if r.read_until is None else instant(r.read_until),
            r.end_offset,
            r.scheme_facts,
            None if r.seen_at is None else instant(r.seen_at),
        )
        for r in of.execute(wanted)
    ]
