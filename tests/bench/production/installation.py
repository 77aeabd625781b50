"""An installation of the production form: a fresh topic, with workers and a projector as anyone starts them."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from kafka.errors import KafkaError

from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.projecting import OUTLOOK
from tests.bench.ours import KEY
from tests.bench.peers import quix, tables
from tests.bench.plan import Broken
from tests.bench.production.processes import BONITET, Started, environment, run, started
from tests.components.kafka import Cluster

PATIENCE = 60.0  # seconds in which nothing moves

_POSITIONS = "SELECT application_name, notification_id FROM tracking WHERE application_name LIKE 'kafka:%'"
_LED = "SELECT count(*) FROM pg_locks JOIN pg_database AS d ON d.oid = database WHERE locktype = 'advisory' AND granted"
_SEEN = "SELECT count(*) FROM sources WHERE read_until IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Stand:
    """How far an installation is: messages read, events written and projected; `open` while more is to be projected."""

    read: int
    events: int
    projected: int
    open: bool

    @property
    def followed(self) -> bool:
        """Whether the read models stand for all that was written."""
        return self.projected == self.events and not self.open


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation is made, with the process numbers of the components by name; `batch` is its setting."""

    servers: str
    database_url: str
    partitions: int
    watched: Mapping[str, int]
    batch: int | None = None


class Installation:
    """Processes that run on a topic and a database of their own."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cluster = Cluster(place.servers)
        self.topic = self.cluster.fresh_topic(place.partitions)
        self.group = f"bench-{uuid4().hex[:8]}"
        self.processes: list[Started] = []
        self.joined = 0.0
        self._looker = psycopg.connect(**tables.parameters(place.database_url), autocommit=True)

    def close(self) -> None:
        """Look no more, and take the topic away."""
        self._looker.close()
        self.cluster.drop_topic(self.topic)

    def watched(self) -> dict[str, int]:
        """The process numbers by name, those of the components too."""
        return {**self.place.watched, **{each.name: each.pid for each in self.processes}}

    def demand(self) -> None:
        """Raises Broken where a process has ended."""
        for each in self.processes:
            each.demand()

    def wait_until_joined(self, workers: int, *, projecting: bool) -> None:
        """Wait until every worker has its share of the partitions, and the projector leads."""
        until = time.monotonic() + PATIENCE
        while not (self._shared_out(workers) and self._count(_SEEN) == self.place.partitions):
            self._give_up(until, f"{workers} workers did not join")
        while projecting and not self._count(f"{_LED} AND datname = current_database()"):
            self._give_up(until, "the projector did not begin")

    def _give_up(self, until: float, what: str) -> None:
        self.demand()
        if time.monotonic() > until:
            raise Broken(f"{what} within {PATIENCE:.0f} s")
        time.sleep(0.1)

    def _shared_out(self, workers: int) -> bool:
        try:
            with self.cluster.admin() as admin:
                told = admin.describe_groups([self.group])[self.group]
        except KafkaError:
            return False  # the group is being made
        held = [_partitions_of(member) for member in told["members"]]
        return (
            told["group_state"] == "Stable"
            and len(held) == workers
            and all(held)
            and sum(held) == self.place.partitions
        )

    def _count(self, query: str) -> int:
        row = self._looker.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    # --- from outside ------------------------------------------------------------------------------------------------

    def reached(self) -> dict[int, int]:
        """For each partition the offset of the message that is read next."""
        rows = self._looker.execute(_POSITIONS)
        return {int(str(name).rpartition("/")[2]): int(position) for name, position in rows}

    def stand(self) -> Stand:
        """How far it is."""
        row = self._looker.execute(
            "SELECT (SELECT coalesce(sum(notification_id), 0) FROM tracking WHERE application_name LIKE 'kafka:%%'), "
            "(SELECT coalesce(max(notification_id), 0) FROM stored_events), "
            "coalesce((SELECT position FROM projection_positions WHERE projection = %s), 0), "
            "EXISTS (SELECT FROM installation WHERE name = %s)",
            (READ_MODELS, OUTLOOK),
        ).fetchone()
        if row is None:
            raise Broken("PostgreSQL does not answer")
        return Stand(int(row[0]), int(row[1]), int(row[2]), open=bool(row[3]))

    def wait(self, last: Mapping[str, int], *, projecting: bool, progress: Callable[[int], None]) -> dict[str, float]:
        """Wait until the message at each of these offsets is read, and the read models stand for it.

        Answers when either came true. Raises Broken where nothing moves any more.
        """
        began = moved = time.monotonic()
        before, pause = None, 0.005
        told: dict[str, float] = {}
        while True:
            stand, now = self.stand(), time.monotonic()
            if "read" not in told:
                reached = self.reached()
                if all(reached.get(int(p), 0) > offset for p, offset in last.items()):
                    told["read"] = now
                    stand = self.stand()
            if "read" in told and (stand.followed or not projecting):
                return {**told, "followed": now}
            if stand != before:
                before, moved = stand, now
                progress(stand.read)
            if now - moved > PATIENCE:
                raise Broken(f"nothing was read or projected for {PATIENCE:.0f} s: {stand}")
            self.demand()
            # Half a per cent of what has passed is as sharp as it needs to be, and looking costs something too.
            pause = min(0.05, max(0.005, (now - began) / 200))
            time.sleep(pause)


def _partitions_of(member: Mapping[str, Any]) -> int:
    assignment = member["member_assignment"] or {}
    return sum(len(each["partitions"]) for each in assignment.get("assigned_partitions", ()))


@contextmanager
def running(place: Place, *, workers: int, projecting: bool) -> Iterator[Installation]:
    """An installation whose workers have joined and wait for facts; everything is ended in the end."""
    with ExitStack() as ends:
        installation = Installation(place)
        ends.callback(installation.close)
        env = environment(
            BONITET_DATABASE=place.database_url,
            BONITET_KEY=KEY,
            BONITET_KAFKA_SERVERS=place.servers,
            BONITET_KAFKA_FACTS=json.dumps([installation.topic]),
            BONITET_KAFKA_GROUP=installation.group,
            **({"BONITET_BATCH": str(place.batch)} if place.batch else {}),
        )
        run([BONITET, "migrate"], env)
        began = time.monotonic()
        roles = {f"worker {number}": "work" for number in range(1, workers + 1)}
        roles |= {"projector": "project"} if projecting else {}
        for name, role in roles.items():
            installation.processes.append(ends.enter_context(started(name, [BONITET, role], env)))
        installation.wait_until_joined(workers, projecting=projecting)
        installation.joined = time.monotonic() - began
        yield installation


class Sending:
    """The process that sends facts to a topic."""

    def __init__(self, process: Started) -> None:
        self.process = process

    def ask(self, **what: Any) -> Any:
        """Have something done, and answer what came of it."""
        self.tell(**what)
        return self.answer()

    def tell(self, **what: Any) -> None:
        """Have something done without waiting for it."""
        pipe = self.process.process.stdin
        if pipe is None:
            raise Broken("what sends can't be told anything")
        pipe.write(json.dumps(what).encode() + b"\n")
        pipe.flush()

    def answer(self) -> Any:
        """What it says next."""
        pipe = self.process.process.stdout
        line = pipe.readline() if pipe else b""
        if not line:
            self.process.process.wait(PATIENCE)
            self.process.demand()
        return json.loads(line)


@contextmanager
def sending(servers: str, topic: str, partitions: int, *, transactional: bool) -> Iterator[Sending]:
    """What sends facts to a topic, from when it is ready."""
    plan = {"servers": servers, "topic": topic, "partitions": partitions, "transactional": transactional}
    command = [str(quix.python()), "-m", "tests.bench.production.sender", json.dumps(plan)]
    with started("what sends", command, environment()) as process:
        made = Sending(process)
        made.answer()
        yield made


def demand_nothing_aside(database_url: str) -> None:
    """Raises Broken where a fact was rejected or parked, for it has cost next to nothing."""
    with psycopg.connect(**tables.parameters(database_url)) as connection:
        row = connection.execute("SELECT reason FROM rejected UNION ALL SELECT reason FROM parked LIMIT 1").fetchone()
    if row:
        raise Broken(f"facts were rejected or parked, so figures say nothing; one of them since {row[0]}")
