"""Facts from Kafka: one worker of a consumer group, whose positions are kept beside the events they led to.

A partition's position moves in the transaction of its events, and only from where the batch began. So it doesn't
matter who believes to own a partition: a worker that was thought dead and comes back finds the position moved, and
reads again from where the others are. What Kafka is told is for its dashboards only.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import choice
from time import monotonic
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import (
    IllegalStateError,
    KafkaError,
    LogTruncationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    UnknownTopicOrPartitionError,
)
from kafka.structs import OffsetAndMetadata

from adapters.intake.engine import BYTES, Engine, Part
from adapters.intake.reading import Line, digest
from adapters.intake.work import Summary
from adapters.kafka.partitions import Described, Place, described, home, note_caught_up, places, refuse_a_gap, take_up
from adapters.kafka.reaching import answering, reach
from adapters.measures import Measures
from adapters.running import Stopped
from adapters.settings import KafkaSettings
from adapters.store.recorder import PositionMoved
from domain.identity import SCHEME_SUBJECT

POLL = 0.2  # seconds that a step waits for facts
LOOK = 1.0  # seconds between two looks at where the partitions end
_KEPT = 2_000
_FETCH = 8 << 20  # bytes a partition and fetch
_ANSWER, _LEAVE = 10_000, 3_000  # milliseconds for an answer, and for taking leave of the group
_OF_THE_SCHEME = SCHEME_SUBJECT.encode()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a partition ended at a time: whoever has read up to there has read everything of that time."""

    at: datetime
    end: int


class _Rebalanced(ConsumerRebalanceListener):  # type: ignore[misc]  # the client has no types
    """Notes what this worker was given; nothing is fetched before the worker has looked where to begin."""

    def __init__(self, consumer: Any) -> None:
        self.consumer = consumer
        self.given: set[TopicPartition] = set()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        for partition in assigned:
            self.consumer.pause(partition)
            self.consumer.seek(partition, 0)
        self.given |= set(assigned)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.given -= set(revoked)


class Worker:
    """Reads its share of the facts topics, a batch at each step."""

    name = "work"
    waits = True

    def __init__(self, engine: Engine, kafka: KafkaSettings, measures: Measures, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._kafka = kafka
        self._measures = measures
        engine.on_conflict = partial(measures.refused, "conflict")
        self._clock = clock
        self.total = Summary()
        self._connection = kafka.connection()
        self._rights = f"Read and Describe on {', '.join(kafka.facts)}, and Read on group {kafka.group}"
        self._consumer: Any = None
        self._admin: Any = None
        self._listener: _Rebalanced | None = None
        self._topics: Mapping[str, Described] = {}
        self._places: dict[TopicPartition, Place] = {}
        self._stood: dict[TopicPartition, int | None] = {}
        self._marks: dict[TopicPartition, _Mark] = {}
        self._until: dict[str, datetime] = {}
        self._misplaced: set[str] = set()
        self._looked = 0.0

    def step(self) -> bool:
        """Read and record what there is; True if there was anything. Raises Stopped for what won't mend by itself."""
        with answering(self._connection, self._rights):
            try:
                return self._step()
            except LogTruncationError as fault:
                self._see_topics_anew()
                raise Stopped(_truncated(fault, self._topics)) from fault
            except UnknownTopicOrPartitionError:
                self._see_topics_anew()
                raise

    def _step(self) -> bool:
        consumer, listener = self._connected()
        held = consumer.assignment()
        for partition in self._places.keys() - held:
            del self._places[partition]
        self._measures.hold({self._source(partition) for partition in held})
        if fresh := (listener.given | (held - self._places.keys())) & held:
            listener.given -= fresh
            self._begin(consumer, fresh)
            if self._consumer is None:
                return True
        _go_on_joining(consumer)
        self._let_go_of_skipped(consumer)
        try:
            return self._read(consumer, listener)
        except (OffsetOutOfRangeError, NoOffsetForPartitionError):
            self._places.clear()  # the next step says why
            return True
        except BaseException:
            # The client may stand behind what it has handed out and nobody has written: begin from our own positions.
            self._places.clear()
            raise

    def _read(self, consumer: Any, listener: _Rebalanced) -> bool:
        records = consumer.poll(timeout_ms=int(POLL * 1000), max_records=self._engine.settings.batch)
        self._fill(consumer, records)
        self._see_topics(consumer)
        for partition in listener.given:
            self._places.pop(partition, None)  # given anew in this very poll: what came of it is read again
        parts = {p: told for p, told in records.items() if p in self._places}
        if parts:
            self._record(parts)
        self._look(consumer, idle=self._places.keys() - parts.keys())
        self._stood = {partition: _position(consumer, partition) for partition in self._places}
        return bool(parts)

    def close(self) -> None:
        """Leave the group, so that others take over at once."""
        consumer, self._consumer = self._consumer, None
        admin, self._admin = self._admin, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=_LEAVE)
        if admin is not None:
            admin.close()

    # --- the consumer --------------------------------------------------------------------------------------------

    def _connected(self) -> tuple[Any, _Rebalanced]:
        if self._consumer is None or self._listener is None:
            self._see_topics_anew()
            session = int(self._kafka.session_timeout * 1000)
            self._admin = reach(
                KafkaAdminClient, self._connection, client_id="bonitet-work", request_timeout_ms=_ANSWER
            )
            self._consumer = reach(
                KafkaConsumer,
                self._connection,
                client_id="bonitet-work",
                group_id=self._kafka.group,
                enable_auto_commit=False,
                isolation_level="read_committed",
                auto_offset_reset="none",
                allow_auto_create_topics=False,
                session_timeout_ms=session,
                heartbeat_interval_ms=max(100, session // 5),
                max_poll_interval_ms=int(self._kafka.poll_timeout * 1000),
                partition_assignment_strategy=[CooperativeStickyAssignor],
                max_partition_fetch_bytes=_FETCH,
                metadata_max_age_ms=30_000,
                reconnect_backoff_max_ms=1_000,
            )
            self._listener = _Rebalanced(self._consumer)
            for name in self._kafka.facts:
                # Or whoever shares out the partitions may not know yet that there are any, and share out none.
                self._consumer.partitions_for_topic(name)
            self._consumer.subscribe(topics=list(self._kafka.facts), listener=self._listener)
        return self._consumer, self._listener

    def _see_topics_anew(self) -> None:
        """Raises Stopped where a topic is not there, or is not as it was taken up."""
        self._topics = described(self._connection, self._kafka.facts)
        take_up(self._engine.store, self._topics)

    def _see_topics(self, consumer: Any) -> None:
        for name, topic in self._topics.items():
            now = consumer._cluster.topic_id(name)  # noqa: SLF001 - the client tells it nowhere else without a request
            if now is not None and str(now) != topic.topic_id:
                self.close()  # the next step says why
                self._places.clear()
                return

    def _fill(self, consumer: Any, records: dict[TopicPartition, list[Any]]) -> None:
        """Add what has been fetched meanwhile, so that there is one large batch instead of several small ones."""
        wanted = self._engine.settings.batch - sum(map(len, records.values()))
        room = BYTES - _size(records)
        while records and min(wanted, room) > 0 and (more := consumer.poll(timeout_ms=0, max_records=wanted)):
            room -= _size(more)
            for partition, told in more.items():
                records.setdefault(partition, []).extend(told)
                wanted -= len(told)

    def _begin(self, consumer: Any, partitions: set[TopicPartition]) -> None:
        """Go to where our own positions are, and not to where Kafka believes us to be."""
        names = {partition: self._source(partition) for partition in partitions}
        found = places(self._engine.store, list(names.values()))
        if found.keys() < set(names.values()):
            self.close()  # a partition that nobody has taken up: the next step says why it must not be read
            return
        first, end = self._bounds(partitions, OffsetSpec.EARLIEST), self._bounds(partitions, OffsetSpec.LATEST)
        for partition, name in names.items():
            refuse_a_gap(name, found[name], first[partition], end[partition])
            if partition not in consumer.assignment():
                continue  # given away while we asked
            consumer.seek(partition, found[name].offset or 0)
            self._places[partition], self._stood[partition] = found[name], found[name].offset or 0
            consumer.resume(partition)
        # Whoever read these partitions before may have been killed before it came to that.
        self._engine.release_due(self.total)

    def _source(self, partition: TopicPartition) -> str:
        return self._topics[partition.topic].source(partition.partition)

    def _bounds(self, partitions: Iterable[TopicPartition], which: OffsetSpec) -> dict[TopicPartition, int]:
        """Where partitions begin, or end.

        The end is that of all messages. A consumer's own is before the first transaction that is still open, though
        others, behind it, have been sent for good: they can't be read yet, and are unread all the same.
        """
        told = self._admin.list_partition_offsets(dict.fromkeys(partitions, which))
        return {partition: found.offset for partition, found in told.items()}

    # --- facts ---------------------------------------------------------------------------------------------------

    def _record(self, records: Mapping[TopicPartition, list[Any]]) -> None:
        began, before, rejected = monotonic(), self.total.read, self.total.rejected
        longest = self._engine.settings.longest_line
        parts = []
        for partition, told in records.items():
            self._see_whether_it_belongs(partition, told)
            place = self._places.pop(partition)  # until it is written, nobody knows where it stands
            lines = [_line(record, longest) for record in told]
            parts.append(Part(place.source, place.offset or 0, told[-1].offset + 1, lines, place.scheme_facts))
        try:
            self._engine.take_in(parts, self.total)
        except PositionMoved:
            # Somebody else reads this share, or this worker was thought dead: begin again from where the others are.
            self._measures.refused("position")
            return
        for partition, part in zip(records, parts, strict=True):
            self._places[partition] = Place(part.source, part.reached, part.scheme_facts or 0)
        self._measures.batch(self.name, monotonic() - began, self.total.read - before)
        self._measures.rejected(self.total.rejected - rejected)

    def _see_whether_it_belongs(self, partition: TopicPartition, told: Sequence[Any]) -> None:
        """Look at one message of a batch, by which a sender with another partitioner shows soon.

        That is counted each time and told once; nothing is rejected for it.
        """
        record, topic = choice(told), self._topics[partition.topic]  # noqa: S311 - any one
        if record.key is None or record.key == _OF_THE_SCHEME:
            return
        right, source = home(record.key, topic.partitions), topic.source(partition.partition)
        if right == partition.partition:
            return
        self._measures.misplaced(source)
        if source not in self._misplaced:
            self._misplaced.add(source)
            _log.warning(_MISPLACED, topic.topic, partition.partition, record.offset, right, topic.partitions)

    def _look(self, consumer: Any, idle: Collection[TopicPartition]) -> None:
        """Look where the partitions end now and then, and note which ends of before were reached."""
        if monotonic() - self._looked < LOOK or not self._places:
            return
        self._let_go_of_moved(idle)
        now = self._clock()
        held = list(self._places)
        reached: dict[str, datetime] = {}
        ends: dict[str, int] = {}
        fresh = self._bounds(held, OffsetSpec.LATEST) if held else {}
        commits: dict[TopicPartition, OffsetAndMetadata] = {}
        for partition in held:
            place, position, end = self._places[partition], _position(consumer, partition), fresh[partition]
            if position is None:
                continue
            marks = [mark for mark in (self._marks.get(partition), _Mark(now, end)) if mark and position >= mark.end]
            if marks:
                reached[place.source] = marks[-1].at
            if partition not in self._marks or marks:
                self._marks[partition] = _Mark(now, end)
            ends[place.source] = end
            self._until.update(reached)
            self._measures.lag(place.source, max(0, end - position), self._until.get(place.source), self._clock)
            if partition in idle and position > (place.offset or 0):
                self._pass(partition, position)
            commits[partition] = OffsetAndMetadata(position, "", -1)
        note_caught_up(self._engine.store, reached, ends, now)
        with suppress(KafkaError):
            consumer.commit_async(commits)
        self._looked = monotonic()

    def _let_go_of_skipped(self, consumer: Any) -> None:
        """Begin anew with a partition in which the client no longer stands where it stood after the last step.

        Whatever moved it, the facts in between have not been seen here, and would be passed over.
        """
        for partition in list(self._places):
            if _position(consumer, partition) != self._stood.get(partition):
                del self._places[partition]

    def _let_go_of_moved(self, idle: Iterable[TopicPartition]) -> None:
        """Begin anew with a partition whose position somebody has moved, though nothing comes that would show it."""
        found = places(self._engine.store, [self._places[partition].source for partition in idle])
        for partition in idle:
            place = self._places[partition]
            if place.source not in found or (found[place.source].offset or 0) != (place.offset or 0):
                del self._places[partition]

    def _pass(self, partition: TopicPartition, position: int) -> None:
        """Move on past what is no fact (the ends of transactions), or retention would seem to have overtaken us."""
        place = self._places.pop(partition)
        try:
            part = Part(place.source, place.offset or 0, position, (), place.scheme_facts)
            self._engine.take_in([part], self.total)
        except PositionMoved:
            self._measures.refused("position")
        else:
            self._places[partition] = Place(place.source, position, place.scheme_facts)


def _go_on_joining(consumer: Any) -> None:
    """Have a poll complete what the one before it began.

    A client whose poll is over while it joins its group again because of a topic's partitions forgets that it does:
    it never takes what it is given, and neither does anybody else until it is thought dead, nor itself ever after.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - the client shows it nowhere
    if coordinator.rejoining:
        coordinator.request_rejoin()


def _size(records: Mapping[TopicPartition, list[Any]]) -> int:
    return sum(len(record.value or b"") for told in records.values() for record in told)


def _position(consumer: Any, partition: TopicPartition) -> int | None:
    """The offset that is read next, None where the partition was given away: the client may do so amid any call."""
    try:
        position: int | None = consumer.position(partition)
    except (IllegalStateError, KeyError):
        return None
    return position


def _truncated(fault: LogTruncationError, topics: Mapping[str, Described]) -> str:
    partition, safe = next(iter(fault.divergent_offsets.items()))
    source, offset = topics[partition.topic].source(partition.partition), safe.offset if safe else 0
    return (
        f"{source}: the cluster has lost messages from offset {offset} on that were read, as after an unclean election "
        "of a leader. What was read is kept. Have the senders send again what they sent since, then `bonitet sources "
        f"move {source} {offset} --reason ...` goes on with what is there"
    )


_MISPLACED = (
    "topic %s, partition %d, offset %d: by its key this fact belongs into partition %d of %d, so that facts "
    "of its company may overtake each other. Either its sender has another partitioner: have it use murmur2, as Java's "
    "clients do (librdkafka: partitioner=murmur2_random). Or it was sent before partitions were added: that passes "
    "once all from before is read. It was taken in, and bonitet_misplaced_facts_total goes on counting"
)
_EMPTY = "the message is empty (a tombstone): a fact is taken back by FactRetracted, not by deleting it"
_BINARY = "it comes in the binary mode of CloudEvents: send the whole event as JSON in the message (structured mode)"


def _line(record: Any, longest: int) -> Line:
    """A message as a line."""
    value: bytes | None = record.value
    if value is None:
        return Line(record.offset, b"", fault=_EMPTY)
    if len(value) > longest:
        return Line(record.offset, value[: min(_KEPT, longest)], whole=False, length=len(value), hash=digest(value))
    if record.key is None:
        return Line(record.offset, value, fault="the message has no key: send each fact by its subject as key")
    if record.headers and any(name.lower().startswith("ce_") for name, _ in record.headers):
        return Line(record.offset, value, key=record.key, fault=_BINARY)
    return Line(record.offset, value, key=record.key)
