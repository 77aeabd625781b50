"""The partitions that facts come from, each known by its cluster, its topic's own id and its number.

A topic that was deleted and made again has another id, so its offsets are never taken for those of the old one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import UnknownTopicOrPartitionError, for_code
from kafka.partitioner.default import murmur2
from sqlalchemy import Connection, delete, func, insert, select, update

from adapters.intake import aside, sources
from adapters.intake.sources import KAFKA, Source
from adapters.kafka.reaching import answering, reach
from adapters.running import Stopped
from adapters.store import tables
from adapters.store.store import Store
from adapters.store.tables import tracking
from domain.identity import SCHEME_SUBJECT
from projections.batch import micros


@dataclass(frozen=True, slots=True)
class Described:
    """A topic as the cluster has it now."""

    cluster: str
    topic: str
    topic_id: str
    partitions: int

    def source(self, partition: int) -> str:
        """The name under which a partition's position is kept."""
        return f"{KAFKA}{self.cluster}/{self.topic}/{self.topic_id}/{partition}"


def home(key: bytes, partitions: int) -> int:
    """The partition into which Java's clients, and ours, send what has this key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


def described(connection: Mapping[str, Any], topics: Sequence[str]) -> dict[str, Described]:
    """What the cluster says of these topics.

    Raises Stopped where one does not exist, or may not be known; Unreachable or a KafkaError where none answers.
    """
    admin: Any = reach(KafkaAdminClient, connection)
    try:
        with answering(connection, f"Describe on {', '.join(topics)}"):
            cluster = str(admin.describe_cluster()["cluster_id"])
            return {each["name"]: _described(cluster, each) for each in admin.describe_topics(list(topics))}
    finally:
        admin.close()


def _described(cluster: str, told: Mapping[str, Any]) -> Described:
    name, code = told["name"], told["error_code"]
    if code:
        fault = for_code(code)
        if fault.retriable and fault is not UnknownTopicOrPartitionError:
            raise fault(name)
        raise Stopped(
            f"there is no topic {name!r} that may be used: create it with `bonitet topics create`, correct "
            "BONITET_KAFKA_FACTS, or have the rights to it granted"
        )
    return Described(cluster, name, str(told["topic_id"]), len(told["partitions"]))


def take_up(store: Store, topics: Mapping[str, Described]) -> None:
    """Enter all partitions among the sources, all at once, so that no deadline is enforced past one that is unread.

    Raises Stopped where a topic is not the one that was read before, or has got more partitions.
    """
    with store.transaction() as c:
        _alone(c)
        brought = _brought_before(c)
        for topic in topics.values():
            known = sources.known(c, topic=topic.topic)
            if not known:
                rows = [_row(topic, partition, brought) for partition in range(topic.partitions)]
                c.execute(insert(tables.sources), rows)
                continue
            _refuse_another(topic, known)


def _brought_before(c: Connection) -> int:
    """How many facts of the scheme were here before anything that a new partition holds: they need not come again."""
    if known := sources.known(c):
        return min(source.scheme_facts for source in known)
    of_the_scheme = tables.stored_events.c.originator_id == SCHEME_SUBJECT
    return c.execute(select(func.count()).select_from(tables.stored_events).where(of_the_scheme)).scalar_one()


def _alone(c: Connection) -> None:
    """Let nobody else enter partitions meanwhile."""
    c.exec_driver_sql(
        "LOCK TABLE sources IN SHARE ROW EXCLUSIVE MODE" if c.dialect.name == "postgresql" else "BEGIN IMMEDIATE"
    )


def _row(topic: Described, partition: int, scheme_facts: int) -> dict[str, Any]:
    return {
        "name": topic.source(partition),
        "cluster": topic.cluster,
        "topic": topic.topic,
        "topic_id": topic.topic_id,
        "partition": partition,
        "scheme_facts": scheme_facts,
    }


def _refuse_another(topic: Described, known: list[Source]) -> None:
    before = known[0]
    if (before.cluster, before.topic_id) != (topic.cluster, topic.topic_id):
        other = "on another cluster" if before.cluster != topic.cluster else "deleted and made again"
        raise Stopped(
            f"topic {topic.topic} was {other} since it was read (id {before.topic_id}, now {topic.topic_id}): what was "
            "unread in the old one is not here. Have its facts sent again where any are missing (what comes twice "
            f"changes nothing), then `bonitet sources accept {topic.topic}` reads the new one from its beginning"
        )
    if len(known) != topic.partitions:
        raise Stopped(
            f"topic {topic.topic} has {topic.partitions} partitions, {len(known)} were known: from now on a company's "
            "facts may come by another partition than before, and overtake those that are unread. Let the senders "
            f"pause until all is read, then `bonitet sources accept {topic.topic}` takes up the new ones"
        )


def accept(store: Store, topic: Described, who: str, clock: Callable[[], datetime]) -> list[str]:
    """Take a topic as it is now: one made again is read from its beginning, new partitions are taken up.

    Answers the names of the partitions taken up; each is kept on record, as is what was unread in one that is gone.
    """
    with store.transaction() as c:
        _alone(c)
        known = sources.known(c, topic=topic.topic)
        gone = [s for s in known if (s.cluster, s.topic_id) != (topic.cluster, topic.topic_id)]
        for source in gone:
            _give_up(c, source, f"{who}: its topic was made again", clock)
        kept = {s.partition for s in known if s not in gone}
        brought = min((s.scheme_facts for s in known), default=_brought_before(c))
        fresh = [_row(topic, number, brought) for number in range(topic.partitions) if number not in kept]
        for row in fresh:
            _keep_on_record(c, str(row["name"]), 0, _passed_over(0, 0), f"{who}: taken up as it is now", clock)
        if fresh:
            c.execute(insert(tables.sources), fresh)
        return [str(row["name"]) for row in fresh]


def forget(store: Store, topic: str, why: str, clock: Callable[[], datetime]) -> list[str]:
    """Give up a topic from which nothing comes any more, so that deadlines no longer wait for it.

    Answers the names of its partitions; what was unread in each is kept on record. Raises Stopped where it isn't known.
    """
    with store.transaction() as c:
        _alone(c)
        known = sources.known(c, topic=topic)
        if not known:
            raise Stopped(f"{topic} is no topic that was read here: `bonitet sources list` names them")
        for source in known:
            _give_up(c, source, why, clock)
        return [source.name for source in known]


def _give_up(c: Connection, source: Source, why: str, clock: Callable[[], datetime]) -> None:
    offset = _offset(c, source.name)
    _keep_on_record(c, source.name, offset, _passed_over(offset, max(offset, source.end_offset or 0)), why, clock)
    c.execute(delete(tables.sources).where(tables.sources.c.name == source.name))
    c.execute(delete(tracking).where(tracking.c.application_name == source.name))


def _offset(c: Connection, name: str) -> int:
    return c.execute(select(tracking.c.notification_id).where(tracking.c.application_name == name)).scalar() or 0


def _passed_over(before: int, offset: int) -> str:
    return f"offsets {before} to {offset - 1} were passed over" if offset > before else f"read again from {offset}"


def _keep_on_record(
    c: Connection, name: str, position: int, told: str, why: str, clock: Callable[[], datetime]
) -> None:
    reason = f"{told} ({clock():%Y-%m-%d %H:%M} UTC): {why}"
    entry = {"source": name, "position": position, "reason": reason, "payload": b"", "whole": 1, "state": "moved"}
    c.execute(insert(aside.rejected).values(**entry, hash=hashlib.sha256(reason.encode()).hexdigest()))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a partition is to be read from: the offset of its next fact, None where it was never read."""

    source: str
    offset: int | None
    scheme_facts: int


def places(store: Store, names: Sequence[str]) -> dict[str, Place]:
    """Where these sources are to be read from, as far as they have been taken up."""
    with store.reading() as c:
        offsets = {
            row.application_name: row.notification_id
            for row in c.execute(select(tracking).where(tracking.c.application_name.in_(names)))
        }
        counts = {
            row.name: row.scheme_facts
            for row in c.execute(
                select(tables.sources.c.name, tables.sources.c.scheme_facts).where(tables.sources.c.name.in_(names))
            )
        }
    return {name: Place(name, offsets.get(name), count) for name, count in counts.items()}


def refuse_a_gap(source: str, place: Place, first: int, end: int) -> None:
    """Raise Stopped where the partition doesn't hold what comes next: lost by the cluster, or gone by retention."""
    offset = place.offset or 0
    if offset > end:
        raise Stopped(
            f"{source} was read up to offset {offset}, and now ends at {end}: the cluster has lost messages, or was "
            "restored from an older copy. What was read is kept. Have the senders send again what they sent since, "
            f"then `bonitet sources move {source} {end} --reason ...` goes on from its end"
        )
    if offset < first:
        raise Stopped(
            f"{source}: the facts at offsets {offset} to {first - 1} were deleted by the topic's retention before they "
            "were read. Have them sent again (what comes twice changes nothing), raise retention.ms, then "
            f"`bonitet sources move {source} {first} --reason ...` goes on with what is there"
        )


def note_caught_up(store: Store, reached: Mapping[str, datetime], ends: Mapping[str, int], now: datetime) -> None:
    """Note up to when each partition has been read, never back, and where each of them ends."""
    t = tables.sources.c
    with store.transaction() as c:
        for name in sorted({*reached, *ends}):
            changes: dict[str, Any] = {"seen_at": micros(now)}
            if name in ends:
                changes["end_offset"] = ends[name]
            wanted = update(tables.sources).where(t.name == name)
            c.execute(wanted.values(**changes))
            if name in reached:
                until = micros(reached[name])
                older = (t.read_until.is_(None)) | (t.read_until < until)
                c.execute(wanted.where(older).values(read_until=until))


def move(store: Store, name: str, offset: int, why: str, clock: Callable[[], datetime]) -> int:
    """Go on with a source from another offset; what is passed over is kept on record among what was rejected.

    Answers the offset from before. Raises Stopped for a source that is not known.
    """
    with store.transaction() as c:
        _alone(c)
        if not any(source.name == name for source in sources.known(c)):
            raise Stopped(f"{name} is no partition that is read here: `bonitet sources list` names them")
        before = _offset(c, name)
        c.execute(delete(tracking).where(tracking.c.application_name == name))
        if offset:
            c.execute(insert(tracking).values(application_name=name, notification_id=offset))
        _keep_on_record(c, name, before, _passed_over(before, offset), why, clock)
        return before
