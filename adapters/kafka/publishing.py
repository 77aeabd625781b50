"""The roles that tell the outside: events, notices, the public register and dead letters, each from its own position.

A role reads what follows its position, delivers it, and moves the position once Kafka has all of it, by
compare-and-set. Killed in between it delivers the same again, under the same ids: at least once, in order per company,
nothing left out.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import uniform
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from adapters.intake.gate import CLOCK_SKEW
from adapters.kafka.dead_letters import TABLES, Kind, dead_letter, set_aside
from adapters.kafka.delivering import TUNING, Delivery, Fenced, Undelivered
from adapters.kafka.messages import (
    PLAIN_CONTENT,
    Record,
    RegisterEntry,
    event_message,
    notice_message,
    register_entry,
)
from adapters.settings import KafkaSettings
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.projecting import generation, keep
from adapters.store.store import Overtaken, Store
from adapters.store.tables import installation, positions, published
from domain.identity import SCHEME_SUBJECT
from projections.batch import Recorded, micros
from projections.register import holders, register

if TYPE_CHECKING:
    from adapters.measures import Measures

LIMIT = 2_000  # events a stretch
AT_ONCE = 100  # rows that were set aside, each with its whole payload; companies a query
SOONEST, LATEST = 0.5, 30.0  # seconds until what failed is tried again
GIVE_WAY = 5.0  # seconds for which whoever was shut out leaves it to the other

EVENTS, REGISTER, NOTIFICATIONS = "events", "register", "notifications"

_log = logging.getLogger(__name__)


def _nothing(_to: Connection) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What follows a position: up to where it goes, what is to be delivered, and what is noted with the position."""

    until: int
    records: Sequence[Record]
    note: Callable[[Connection], None] = _nothing


class Source(Protocol):
    """Something that grows, and the messages that it makes."""

    name: str

    def left(self, position: int) -> int:
        """How much follows that position."""

    def take(self, position: int) -> Stretch | None:
        """The next stretch, None where it can't be told yet."""


class Publisher:
    """A role that publishes one source to one topic."""

    waits = False

    def __init__(self, store: Store, source: Source, delivery: Delivery, measures: "Measures | None" = None) -> None:
        self.name = source.name
        self.trouble: str | None = None
        self._store = store
        self._source = source
        self._delivery = delivery
        self._measures = measures
        self._again_at = 0.0
        self._pause = SOONEST
        if measures:
            measures.published(delivery.topic, 0)  # a rate is told of what has begun at nought

    def step(self) -> bool:
        """Publish the next stretch; True if there may be more at once. Raises Stopped for what won't mend by itself."""
        if monotonic() < self._again_at:
            return False
        if not self._store.lead(self.name):
            self._delivery.close()
            if self._measures:
                self._measures.unpublished(self.name, None)
            return False
        try:
            more = self._publish()
        except Undelivered as fault:
            self._put_off(str(fault), self._pause)
            self._pause = min(2 * self._pause, LATEST)
            return False
        except Fenced as fault:
            self._put_off(str(fault), uniform(GIVE_WAY, 2 * GIVE_WAY))  # noqa: S311 - so that two don't try in step
            return False
        except Overtaken:
            return True
        self.trouble, self._pause = None, SOONEST
        return more

    def close(self) -> None:
        """Let go of Kafka."""
        self._delivery.close()

    def _publish(self) -> bool:
        position = self._store.projected(self.name)
        left = max(0, self._source.left(position))
        if self._measures:
            self._measures.unpublished(self.name, left)
        if not left:
            return False
        # First, for what is read from here on is newer than all that anybody else may still deliver.
        self._delivery.open()
        stretch = self._source.take(position)
        if stretch is None:
            return False
        if stretch.records:
            self._delivery.deliver(stretch.records)
        try:
            with self._store.transaction() as to:
                self._store.move_projection(to, self.name, position, stretch.until)
                stretch.note(to)
        except IntegrityError as fault:  # two that begin at once
            raise Overtaken(self.name) from fault
        if self._measures:
            self._measures.published(self._delivery.topic, len(stretch.records))
        return True

    def _put_off(self, why: str, seconds: float) -> None:
        self.trouble = why
        self._again_at = monotonic() + seconds
        _log.warning("%s: %s; tried again in %.1f s", self.name, why, seconds)


# --- events and notices ------------------------------------------------------------------------------------------


class Events:
    """Every event of the log."""

    name = EVENTS

    def __init__(self, store: Store, log: str) -> None:
        self._store = store
        self._log = log

    def left(self, position: int) -> int:
        """How many events follow."""
        return self._store.last_position() - position

    def take(self, position: int) -> Stretch | None:
        """The next events."""
        told = self._store.stretch(position, LIMIT)
        return Stretch(told[-1].position, self._records(told)) if told else None

    def _records(self, told: Sequence[Recorded]) -> list[Record]:
        records = []
        for recorded in told:
            value = event_message(self._log, recorded).model_dump_json(exclude_none=True)
            event = recorded.event
            name = f"{event.name}, version {recorded.version} of {event.stream},"
            records.append(Record(event.subject, value.encode(), name))
        return records


class Notices(Events):
    """Every notice that an event makes owed, or takes back."""

    name = NOTIFICATIONS

    def _records(self, told: Sequence[Recorded]) -> list[Record]:
        histories: dict[str, list[Recorded]] = {}
        records = []
        for recorded in told:
            subject = recorded.event.subject

            def history(subject: str = subject) -> Iterable[Recorded]:
                if subject not in histories:
                    histories[subject] = self._store.history(subject)
                return histories[subject]

            message = notice_message(self._log, recorded, history)
            if message is not None:
                value = message.model_dump_json(exclude_none=True)
                name = f"the notice of {recorded.event.name}, version {recorded.version} of {recorded.event.stream},"
                records.append(Record(subject, value.encode(), name))
        return records


# --- the register ------------------------------------------------------------------------------------------------


class Register:
    """The public register: of the companies that the log touched, what differs from what was last told.

    It waits for the read models, so nothing is told while they are built anew, and it tells nothing twice for that.
    Where other ones were put in their place it goes through all companies again: what differs now is told.
    """

    name = REGISTER

    def __init__(self, store: Store, topic: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._topic = topic
        self._clock = clock

    def left(self, position: int) -> int:
        """How many events the read models have taken in since; all, where others stand in the place of those told."""
        projected = self._store.projected(READ_MODELS)
        with self._store.reading() as c:
            again = projected == position and generation(c) != _told_of(c)
        return projected if again else projected - position

    def take(self, position: int) -> Stretch | None:
        """What is new of the companies touched next."""
        self._begin_again(position)
        until = min(self._store.projected(READ_MODELS), position + LIMIT)
        subjects = sorted(self._store.touched(position, until) - {SCHEME_SUBJECT})
        try:
            with self._store.transaction() as to:
                # Writing first: from here on nobody else writes the file, or this row.
                self._store.move_projection(to, self.name, position, position)
                if _reached(to) < until:
                    return None
                now = self._now(to, subjects)
                told = self._told(to, subjects)
                fresh = {key: value for key, value in now.items() if told.get(key) != _hash(value)}
                gone = sorted(told.keys() - now.keys())
                # What is on its way is as good as unknown: after a crash it is told again, whatever it is by then.
                self._keep(to, dict.fromkeys([*fresh, *gone], ""))
        except IntegrityError as fault:
            raise Overtaken(self.name) from fault

        def note(to: Connection) -> None:
            self._keep(to, {key: _hash(value) for key, value in fresh.items()})
            self._drop(to, gone)

        headers = (PLAIN_CONTENT,)
        records = [Record(key, value, f"the entry of {key}", headers) for key, value in sorted(fresh.items())]
        records += [Record(key, None, f"the end of {key}", headers) for key in gone]
        return Stretch(until, records, note)

    def _begin_again(self, position: int) -> None:
        """Go through all companies again where other read models stand in the place of those that were told."""
        with self._store.transaction() as to:
            built = generation(to)
            begins = _told_of(to) != built and _reached(to) >= position
            if begins:
                self._store.move_projection(to, self.name, position, 0)
                keep(to, _TOLD, str(built))
        if begins:
            raise Overtaken(self.name)  # by itself: where it was is no longer where it goes on

    def _now(self, of: Connection, subjects: Sequence[str]) -> dict[str, bytes]:
        # A sender's clock may run ahead of ours by so much; what it says comes into force meanwhile.
        at = micros(self._clock() + CLOCK_SKEW)
        entries: dict[str, RegisterEntry] = {}
        for part in _parts(subjects):
            wanted = select(holders.c.subject, holders.c.name).where(holders.c.subject.in_(part))
            names = {row.subject: row.name for row in of.execute(wanted)}
            c = register.c
            rows = select(register).where(c.since <= at, _of(c.certificate, part)).order_by(c.certificate, c.since)
            for row in of.execute(rows):
                entries[row.certificate] = register_entry(row, names.get(row.certificate.partition("/")[0]))
        return {key: entry.model_dump_json(exclude_none=True).encode() for key, entry in entries.items()}

    def _told(self, of: Connection, subjects: Sequence[str]) -> dict[str, str]:
        told: dict[str, str] = {}
        c = published.c
        for part in _parts(subjects):
            rows = of.execute(select(c.key, c.hash).where(c.topic == self._topic, _of(c.key, part)))
            told.update({row.key: row.hash for row in rows})
        return told

    def _keep(self, to: Connection, hashes: Mapping[str, str]) -> None:
        self._drop(to, hashes)
        if hashes:
            rows = [{"topic": self._topic, "key": key, "hash": told} for key, told in hashes.items()]
            to.execute(insert(published), rows)

    def _drop(self, to: Connection, keys: Iterable[str]) -> None:
        rows = [{"of": self._topic, "which": key} for key in keys]
        if rows:
            c = published.c
            to.execute(delete(published).where(c.topic == bindparam("of"), c.key == bindparam("which")), rows)


_TOLD = "generation of the register told"


def _told_of(of: Connection) -> int:
    return int(of.execute(select(installation.c.value).where(installation.c.name == _TOLD)).scalar() or 0)


def _reached(of: Connection) -> int:
    # Locked for reading where the database can: a rebuild that begins now shows its empty tables only afterwards.
    wanted = select(positions.c.position).where(positions.c.projection == READ_MODELS).with_for_update(read=True)
    return of.execute(wanted).scalar() or 0


def _parts(subjects: Sequence[str]) -> Iterable[Sequence[str]]:
    return (subjects[start : start + AT_ONCE] for start in range(0, len(subjects), AT_ONCE))


def _of(certificate: Any, subjects: Sequence[str]) -> Any:
    return or_(*((certificate > f"{subject}/") & (certificate < f"{subject}0") for subject in subjects))


def _hash(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


# --- dead letters ------------------------------------------------------------------------------------------------


class DeadLetters:
    """What was rejected, or parked, by the numbers under which it is kept."""

    def __init__(self, store: Store, log: str, kind: Kind) -> None:
        self.name = f"dead letters: {kind}"
        self._store = store
        self._log = log
        self._kind = kind

    def left(self, position: int) -> int:
        """How many more were set aside, as far as their numbers tell."""
        with self._store.reading() as c:
            return (c.execute(select(func.max(TABLES[self._kind].c.number))).scalar() or 0) - position

    def take(self, position: int) -> Stretch | None:
        """What was set aside next."""
        try:
            with self._store.transaction() as c:
                self._wait_for_writers(c)
                rows = set_aside(c, self._kind, position, AT_ONCE)
        except OperationalError:
            return None  # somebody writes for long: it is told the next time
        records = []
        for row in rows:
            message = dead_letter(self._log, self._store.key, row)
            value = message.model_dump_json(exclude_none=True)
            key = message.subject or message.data.sha256
            records.append(Record(key, value.encode(), f"the dead letter of {row.kind} number {row.number}"))
        return Stretch(rows[-1].number, records) if rows else None

    def _wait_for_writers(self, c: Connection) -> None:
        # On PostgreSQL a number is given before its row can be seen: the row of a lower one may still come.
        if c.dialect.name == "postgresql":
            c.execute(text("SET LOCAL lock_timeout = '1s'"))
            c.execute(text(f"LOCK TABLE {TABLES[self._kind].name} IN SHARE MODE"))


# --- all of them -------------------------------------------------------------------------------------------------


def log_of(store: Store) -> str:
    """The name of an installation's log to those outside: made once, and the same ever after."""
    wanted = select(installation.c.value).where(installation.c.name == "log")
    for _ in range(2):
        with store.reading() as c:
            known = c.execute(wanted).scalar()
        if known is not None:
            break
        known = f"urn:uuid:{uuid4()}"
        try:
            with store.transaction() as to:
                to.execute(insert(installation).values(name="log", value=known))
            break
        except IntegrityError:
            pass  # another process was first
    return str(known)


def publishers(
    store: Store,
    kafka: KafkaSettings,
    clock: Callable[[], datetime],
    measures: "Measures | None" = None,
    tuning: Mapping[str, Any] = TUNING,
) -> list[Publisher]:
    """All that an installation tells the outside, each a role of its own."""
    log = log_of(store)
    out: list[tuple[Source, str]] = [
        (Events(store, log), kafka.events),
        (Notices(store, log), kafka.notifications),
        (Register(store, kafka.register_changes, clock), kafka.register_changes),
        (DeadLetters(store, log, "rejected"), kafka.dead_letters),
        (DeadLetters(store, log, "parked"), kafka.dead_letters),
    ]
    connection = kafka.connection()
    return [
        Publisher(store, source, Delivery(connection, topic, f"bonitet/{log}/{topic}/{source.name}", tuning), measures)
        for source, topic in out
    ]
