"""The stream processor of `tests.bench.peers.quix`: runs where quixstreams is installed, and writes lines of JSON."""

import json
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from quixstreams import Application, message_context  # type: ignore[import-not-found]
from quixstreams.sinks import BaseSink  # type: ignore[import-not-found]

from adapters.intake.gate import event_of
from adapters.intake.reading import Line, read
from adapters.store.codec import GENESIS, decode, encode, topic_of
from adapters.store.projecting import models
from domain.dossier import Dossier, blank, mark, with_scheme
from domain.events import Event
from domain.history import Entry
from domain.identity import SCHEME_SUBJECT, check_subject
from domain.recording import appended, learn, meet, relearn, remeet
from domain.schemes.scheme import Scheme
from domain.wire import CloudEvent
from projections.batch import Batch, Recorded
from tests.bench.peers import tables
from tests.bench.watch import Watch, peak

_LONGEST = 1_000_000
_REPORT = 1_000
_EVERYTHING = 1_000_000
# More events than any message brings about: positions grow with the offset, and are the same if it comes again.
_ROOM = 1_000_000

_EVENTS = (
    'CREATE TABLE events (stream text COLLATE "C", version bigint, topic text NOT NULL, state bytea NOT NULL, '
    "PRIMARY KEY (stream, version))"
)
_INSERT = "INSERT INTO events VALUES (%s,%s,%s,%s) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class Told:
    """What a message has brought about for one company."""

    subject: str
    events: list[Recorded]
    stored: list[tuple[str, int, str, bytes]]
    dossier: Dossier | None


# --- state -----------------------------------------------------------------------------------------------------------


class Company:
    """What the state holds under one key: the dossier, the heads of its streams, and each of its events."""

    def __init__(self, subject: str, state: Any, schemes: list[Scheme]) -> None:
        self.subject = subject
        self._state = state
        self.heads: dict[str, tuple[int, str]] = {}
        self.count = 0
        self.dossier = blank(subject, schemes[-1])
        if known := state.get_bytes(b"dossier"):
            seen, self.heads, self.count, rest = pickle.loads(known)  # noqa: S301 - written below, by this program
            self.dossier = Dossier(subject, schemes[seen], *rest)

    def history(self) -> list[Entry]:
        """All its events, in the order in which they were told."""
        entries = []
        for number in range(self.count):
            version, topic, state = self._state.get_bytes(b"%d" % number).split(b" ", 2)
            entries.append(Entry(int(version), decode(topic.decode(), state)))
        return entries

    def tell(self, events: list[Event], dossier: Dossier, position: int) -> Told:
        """Keep the events with the dossier that follows from them; positions begin after this one."""
        told = Told(self.subject, [], [], dossier)
        for event in events:
            version, head = self.heads.get(event.stream, (0, GENESIS))
            version += 1
            state, head = encode(event, head)
            topic = topic_of(event)
            self.heads[event.stream] = version, head
            self._state.set_bytes(b"%d" % self.count, b"%d %b %b" % (version, topic.encode(), state))
            self.count += 1
            position += 1
            told.events.append(Recorded(position, version, event))
            told.stored.append((event.stream, version, topic, state))
        self.dossier = dossier
        kept = dossier.scheme.seen, self.heads, self.count, tuple(dossier)[2:]
        self._state.set_bytes(b"dossier", pickle.dumps(kept, pickle.HIGHEST_PROTOCOL))
        return told


# --- facts in --------------------------------------------------------------------------------------------------------


class Partition:
    """What one partition has brought of the scheme, and which of its companies have certificates."""

    def __init__(self, number: int, state: Callable[[str], Any]) -> None:
        self.number = number
        self.state = state
        # After a restart the state under the scheme's own key says what had come.
        self.scheme_facts = [e.event for e in Company(SCHEME_SUBJECT, state(SCHEME_SUBJECT), [Scheme()]).history()]
        self.schemes = [Scheme()]
        for fact in self.scheme_facts:
            self.schemes.append(self.schemes[-1].meets(fact))
        self.holding: dict[str, None] = {}

    def take(self, fact: CloudEvent, key: bytes, position: int) -> Iterator[Told]:
        """What follows from a fact."""
        subject = check_subject(fact.subject)
        told, _ = event_of(fact, key)
        company = Company(subject, self.state(subject), self.schemes)
        if subject == SCHEME_SUBJECT:
            yield from self._of_the_scheme(company, told, position)
            return
        dossier = company.dossier
        if mark(told) in dossier.known and any(e.event.fact == told.fact for e in company.history()):
            return
        dossier, before = self._meet(company)
        learned = learn(dossier, told)
        if learned is None:
            learned = relearn(dossier, appended(company.history(), before), told)
        yield company.tell([*before, *learned.events], learned.dossier, position)
        if learned.dossier.certificates:
            self.holding[subject] = None

    def sweep(self, position: int) -> Iterator[Told]:
        """Every company with certificates meets the scheme-wide facts that it has not met."""
        for subject in self.holding:
            company = Company(subject, self.state(subject), self.schemes)
            dossier, events = self._meet(company)
            if dossier is not company.dossier:
                yield company.tell(events, dossier, position)
                position += len(events)

    def _meet(self, company: Company) -> tuple[Dossier, list[Event]]:
        dossier, told = company.dossier, list[Event]()
        if dossier.scheme.seen == len(self.scheme_facts):
            return dossier, told
        if not dossier.certificates and not dossier.cases:
            return with_scheme(dossier, self.schemes[-1]), told
        for number in range(dossier.scheme.seen, len(self.scheme_facts)):
            fact, scheme = self.scheme_facts[number], self.schemes[number + 1]
            met = meet(dossier, scheme, fact) or remeet(dossier, appended(company.history(), told), scheme, fact)
            dossier = met.dossier
            told.extend(met.events)
        return dossier, told

    def _of_the_scheme(self, company: Company, told: Event, position: int) -> Iterator[Told]:
        if any(known.fact == told.fact for known in self.scheme_facts):
            return
        self.scheme_facts.append(told)
        self.schemes.append(self.schemes[-1].meets(told))
        kept = company.tell([told], company.dossier, position)
        # It comes in every partition, and is told once.
        if self.number == 0:
            yield Told(kept.subject, kept.events, kept.stored, None)


class Processor:
    """Takes messages one by one, and stops the application after the last."""

    def __init__(self, app: Any, source: Any, count: int, key: str) -> None:
        self.done = self.copies = 0
        self.first = 0.0
        self._app, self._count, self._key = app, count, key.encode()
        self._width = source.broker_config.num_partitions
        self._partitions: dict[int, Partition] = {}
        self._facts = app.dataframe(source)
        told = self._facts.apply(self.take, stateful=True, expand=True, metadata=True)
        self._store = told.processing_context, told.stream_id
        self.result = told

    def take(self, value: bytes, _key: bytes, _timestamp: int, _headers: Any, _state: Any) -> list[Told]:
        """What follows from a message; after the last of them also what the scheme's facts still bring about."""
        self.first = self.first or time.monotonic()
        context = message_context()
        partition = self._partitions.get(context.partition)
        if partition is None:
            number = context.partition
            partition = self._partitions[number] = Partition(number, lambda subject: self._state(number, subject))
        fact = read(Line(context.offset, value), _LONGEST)
        if not isinstance(fact, CloudEvent):
            raise TypeError(f"{context.partition}/{context.offset} is no fact: {fact.reason}")
        position = (context.offset * self._width + context.partition) * _ROOM
        told = list(partition.take(fact, self._key, position))
        self.copies += fact.subject == SCHEME_SUBJECT and partition.number > 0
        self.done += 1
        if self.done % _REPORT == 0:
            _say([self.done, self._count])
        if self.done == self._count:
            for each in self._partitions.values():
                told += each.sweep(position + sum(len(t.events) for t in told))
            self._app.stop()
        return told

    def _state(self, partition: int, subject: str) -> Any:
        """The state under a key: what the library hands to a function, for another key than its message's."""
        context, stream = self._store
        transaction = context.checkpoint.get_store_transaction(stream_id=stream, partition=partition)
        return transaction.as_state(prefix=subject.encode())


# --- events and read models out --------------------------------------------------------------------------------------


class IntoPostgres(BaseSink):  # type: ignore[misc]  # quixstreams is not where types are checked
    """Writes what a checkpoint has brought in one transaction, all partitions together and in the order it came."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self.ended = 0.0
        self.events = 0
        self._database_url = database_url
        self._projections = models(_EVERYTHING)
        self._told: list[Told] = []

    def setup(self) -> None:
        """Connect."""
        self._connection = psycopg.connect(**tables.parameters(self._database_url))

    def add(self, value: Told, **_: Any) -> None:
        """Take in what a message has brought about."""
        self._told.append(value)

    def flush(self) -> None:
        """Write it; called before the offsets are committed."""
        told, self._told = self._told, []
        if not told:
            return
        dossiers = {t.subject: t.dossier for t in told if t.dossier is not None}
        batch = Batch([r for t in told for r in t.events], dossiers.__getitem__, dossiers)
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(_INSERT, [row for t in told for row in t.stored])
            to = tables.as_connection(tables.Rows(cursor, again=True))
            for projection in self._projections:
                projection.project(batch, to)
        self.events += len(batch.events)
        self.ended = time.monotonic()

    def on_paused(self) -> None:
        """What was taken in will come again."""
        self._told.clear()


# --- the measurement -------------------------------------------------------------------------------------------------


def run(
    servers: str, topic: str, database_url: str, count: int, *, key: str, state: str, patience: float
) -> dict[str, Any]:
    """Take so many messages of a topic, until the read models stand for all of them."""
    tables.project_by_cursor()
    tables.create(database_url, _EVENTS)
    app = Application(
        servers,
        consumer_group=f"quix-{uuid4().hex[:8]}",
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=state,
        loglevel="WARNING",
    )
    processor = Processor(app, app.topic(topic, value_deserializer="bytes"), count, key)
    sink = IntoPostgres(database_url)
    processor.result.sink(sink)
    began = time.monotonic()
    watch = Watch()
    with watch:
        app.run(timeout=patience, collect=False)
    if processor.done < count:
        raise TimeoutError(f"only {processor.done:,} of {count:,} messages came: is that how many were sent?")
    return {
        "facts": count - processor.copies,
        "events": sink.events,
        **watch.seconds(),
        "wall": sink.ended - began,
        "joined": processor.first - began,
        "stopped": watch.wall,
        "peak": peak(),
    }


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say(run(**json.loads(sys.argv[1])))
