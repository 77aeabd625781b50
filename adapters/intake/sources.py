"""How far each partition of the facts topics was read: for the deadlines, which must not pass what is unread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from adapters.store.tables import sources
from domain.dossier import BEGINNING
from projections.batch import instant

KAFKA = "kafka:"

SEE = "UPDATE sources SET seen_at=? WHERE name=?"
# Never back: a process that released what had waited may have counted it before the one that reads the partition.
BRING = "UPDATE sources SET scheme_facts=? WHERE name=? AND scheme_facts<?"


@dataclass(frozen=True, slots=True)
class Reached:
    """What all partitions together have reached; None for both where nothing is read from Kafka.

    `until` is the watermark: everything that was in any partition at that time has been read. `scheme_facts` counts
    the scheme-wide facts that every partition has brought, `brought` those of each.
    """

    until: datetime | None = None
    scheme_facts: int | None = None
    brought: Mapping[str, int] = field(default_factory=dict)


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
    rows = of.execute(select(sources.c.name, sources.c.read_until, sources.c.scheme_facts)).all()
    if not rows:
        return Reached()
    brought = {row.name: row.scheme_facts for row in rows}
    until = [row.read_until for row in rows if row.read_until is not None]
    return Reached(instant(min(until)) if len(until) == len(rows) else BEGINNING, min(brought.values()), brought)


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
