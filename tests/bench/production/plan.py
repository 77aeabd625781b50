"""The order of the production form's measurements: rounds that alternate, on one Kafka and one PostgreSQL."""

import os
import statistics
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.bench.machine import demand_disk
from tests.bench.peers import quix, recorders, tables
from tests.bench.plan import Progress, Result, measure
from tests.bench.production.latency import STEPS
from tests.bench.production.processes import descendant
from tests.components import kafka
from tests.components.kafka import Broker
from tests.components.postgres import Postgres

HEAP = "512m"
# As in earnest: what was committed has survived a power cut. The log of changes may grow, so that no checkpoint falls
# into one measurement and not into the next; before each there is one.
SETTINGS = {"max_wal_size": "8GB", "checkpoint_timeout": "1h"}
TOLD = (
    *("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "wal_level", "shared_buffers"),
    *("max_wal_size", "checkpoint_timeout", "autovacuum"),
)
WAYS = {"one": (1, True), "two": (2, True), "one alone": (1, False), "two alone": (2, False)}
PEERS = ("stock", "cached", "quix")
RECORDERS = {"engine": recorders.ENGINE, "library": recorders.LIBRARY, "comparing": recorders.COMPARING}
SHARES = (0.1, 0.5, 0.9)
HALF, CURVE_BASE = 0.5, 20_000
READINGS = ("cursor", "replay", "follow", "rebuild by 1")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: facts by the engine and by the peers, rounds, seconds of the rest.

    `curve` tells for each size of a batch how many facts it gets. `base` facts are taken in before latencies.
    """

    facts: int = 120_000
    sample: int = 4_000
    ways: tuple[str, ...] = ("sample", *PEERS, *WAYS)
    rounds: int = 3
    partitions: int = 4
    writers: tuple[int, ...] = (1, 4, 16)
    batches: tuple[int, ...] = (500, 1)
    appending: float = 2.0
    trying: float = 6.0
    lasting: float = 25.0
    base: int = 60_000
    every: float = 0.05
    curve: tuple[tuple[int, int], ...] = ((50, 10_000), (500, 30_000), (5_000, 60_000))
    curve_rounds: int = 2
    curve_lasting: float = 10.0

    @property
    def room(self) -> int:
        """Bytes that facts, topics and databases take, with room to spare."""
        return 4_000_000_000 + 40_000 * self.facts


QUICK = Sizes(
    facts=1_000,
    sample=300,
    ways=("sample", "stock", "quix", "one", "two", "one alone"),
    rounds=1,
    writers=(1, 2),
    batches=(50,),
    appending=0.3,
    trying=1.0,
    lasting=1.0,
    base=500,
    curve=((50, 400),),
    curve_rounds=1,
    curve_lasting=1.0,
)


@dataclass(slots=True)
class Measured:
    """What came out: results of each round by what was measured."""

    sizes: Sizes
    components: list[tuple[str, str]] = field(default_factory=list)
    flows: dict[str, list[Result]] = field(default_factory=dict)  # by way
    equal: dict[str, bool] = field(default_factory=dict)  # by way, with the engine on the same facts
    appends: dict[tuple[str, int, int], list[Result]] = field(default_factory=dict)  # by recorder, batch, writers
    readings: dict[str, list[Result]] = field(default_factory=dict)
    latency: Result = field(default_factory=dict)
    curve: dict[int, list[Result]] = field(default_factory=dict)  # by size of batch
    curve_latency: dict[int, Result] = field(default_factory=dict)


class Plan:
    """Everything that a run measures of the production form, and the components that it runs on."""

    def __init__(self, sizes: Sizes, directory: Path, progress: Progress) -> None:
        self._sizes = sizes
        self._directory = directory
        self._progress = progress
        self.measured = Measured(sizes)

    def run(self) -> Measured:
        """Measure everything, and answer with it; raises Missing where a component can't be had."""
        self._progress("make ready", 0, 1)
        quix.python()
        with ExitStack() as ends:
            self._postgres = ends.enter_context(Postgres(**SETTINGS))
            demand_disk(self._postgres.folder)
            self._broker = ends.enter_context(Broker(heap=HEAP))
            postmaster = (self._postgres.folder / "postmaster.pid").read_text(encoding="ascii")
            self._watched = {"PostgreSQL": int(postmaster.split()[0]), "Kafka": descendant("java")}
            self.measured.components = list(self._components())
            self._prepare()
            self._flows()
            self._read()
            self._append()
            self._latencies()
            self._curve()
        return self.measured

    def _components(self) -> Iterable[tuple[str, str]]:
        with psycopg.connect(**tables.parameters(self._postgres.url())) as connection:
            version = connection.execute("SHOW server_version").fetchone()
            told = connection.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", (list(TOLD),)
            ).fetchall()
        known = {str(name): str(value) for name, value in told}
        settings = ", ".join(f"{name}={known[name]}" for name in TOLD if name in known)
        yield "PostgreSQL", f"{version[0] if version else '?'}, one server on the same machine: {settings}"
        told_of_kafka = (
            f"{kafka.VERSION}, one node in KRaft mode on the same machine, heap {HEAP}; a message counts as sent when "
            "the node has it (acks=all), and reaches the disk when the system writes it"
        )
        yield "Apache Kafka", told_of_kafka

    # --- steps -------------------------------------------------------------------------------------------------------

    def _measure(self, title: str, task: str, **request: object) -> Result:
        with psycopg.connect(**tables.parameters(self._postgres.url()), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        return measure({"task": task, **request}, lambda done, whole: self._progress(title, done, whole))

    def _place(self, database: str, batch: int | None = None) -> Result:
        """Where an installation is made, as `installation.Place` wants it."""
        partitions = self._sizes.partitions
        place = {"servers": self._broker.servers, "database_url": database, "partitions": partitions}
        return {**place, "watched": self._watched, "batch": batch}

    def _facts(self, name: str) -> str:
        return str(self._directory / f"{name}.jsonl")

    def _write(self, name: str, facts: int) -> int:
        request = {"task": "portfolio", "target": self._facts(name), "facts": facts}
        told = measure(request, lambda done, whole: self._progress(f"write {name}", done, whole))
        return int(told["facts"])

    def _prepare(self) -> None:
        sizes = self._sizes
        whole = self._write("facts", sizes.facts)
        measure(
            {
                "task": "sample",
                "source": self._facts("facts"),
                "target": self._facts("sample"),
                "facts": sizes.sample,
                "whole": whole,
            },
            lambda done, whole: self._progress("write sample", done, whole),
        )
        for batch, facts in sizes.curve:
            self._write(f"curve-{batch}", facts)
        self._topic = self._broker.fresh_topic(sizes.partitions)
        self._sent = self._measure(
            "send sample",
            "sent",
            facts=self._facts("sample"),
            servers=self._broker.servers,
            topic=self._topic,
            partitions=sizes.partitions,
        )
        self._kept = ""

    # --- from Kafka to the read models -------------------------------------------------------------------------------

    def _flows(self) -> None:
        steps = self._sizes.ways
        for number in range(self._sizes.rounds):
            # Every other round runs backwards, so that a machine growing slower favours nobody.
            for way in reversed(steps) if number % 2 else steps:
                title = f"{way}, round {number + 1}"
                runs = self.measured.flows.setdefault(way, [])
                runs.append(self._peer(way, title) if way in PEERS else self._ours(way, title))
        left = {way: {r.get("digest") for r in runs} for way, runs in self.measured.flows.items()}
        self.measured.equal = {way: left[way] == left["sample"] for way in PEERS if way in left}
        self.measured.equal["two"] = left["two"] == left["one"] and len(left["one"]) == 1

    def _ours(self, way: str, title: str) -> Result:
        workers, projecting = WAYS.get(way, (1, True))
        facts = "sample" if way == "sample" else "facts"
        return self._flow(title, facts, workers=workers, projecting=projecting, keep=way == "one")

    def _flow(
        self,
        title: str,
        facts: str,
        *,
        workers: int = 1,
        projecting: bool = True,
        batch: int | None = None,
        keep: bool = False,
    ) -> Result:
        database = self._postgres.database()
        told = self._measure(
            title,
            "flow",
            place=self._place(database, batch),
            facts=self._facts(facts),
            workers=workers,
            projecting=projecting,
        )
        if keep and not self._kept:
            self._kept = database  # the log is read from it later
        else:
            self._postgres.drop(database)
        return told

    def _peer(self, way: str, title: str) -> Result:
        database = self._postgres.database()
        told = self._measure(
            title,
            "peer",
            way=way,
            place=self._place(database),
            topic=self._topic,
            count=self._sent["messages"],
            directory=str(self._directory),
        )
        self._postgres.drop(database)
        return told

    # --- the log -----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        processes = os.cpu_count() or 1
        several = [f"rebuild by {processes}"] if processes > 1 else []
        ways = [*READINGS, *several]
        for number in range(self._sizes.rounds):
            for way in reversed(ways) if number % 2 else ways:
                _, _, count = way.partition(" by ")
                more = {"processes": int(count)} if count else {}
                task = "rebuild by" if count else way
                told = self._measure(f"{way}, round {number + 1}", task, database_url=self._kept, **more)
                self.measured.readings.setdefault(way, []).append(told)
        self._postgres.drop(self._kept)

    def _append(self) -> None:
        sizes = self._sizes
        steps = [(name, batch, writers) for batch in sizes.batches for writers in sizes.writers for name in RECORDERS]
        for number in range(sizes.rounds):
            databases = {name: self._postgres.database() for name in RECORDERS}
            for name, batch, writers in reversed(steps) if number % 2 else steps:
                told = self._measure(
                    f"append by {name}, {writers} writers, batches of {batch}, round {number + 1}",
                    "append",
                    database_url=databases[name],
                    recorder=RECORDERS[name],
                    writers=writers,
                    batch=batch,
                    seconds=sizes.appending,
                )
                self.measured.appends.setdefault((name, batch, writers), []).append(told)
            for database in databases.values():
                self._postgres.drop(database)

    # --- latency -----------------------------------------------------------------------------------------------------

    def _latencies(self) -> None:
        sizes = self._sizes
        top = _median(self.measured.flows["one"])
        self._write_stream("stream", sizes.base, top * (sum(STEPS) * sizes.trying + sum(SHARES) * sizes.lasting))
        wanted = {"shares": SHARES, "seconds": sizes.lasting, "trying": sizes.trying, "base": sizes.base}
        self.measured.latency = self._latency("latency", "stream", None, top=top, **wanted)

    def _write_stream(self, name: str, base: int, more: float) -> None:
        self._write(name, int(1.1 * (base + more)) + 1_000)

    def _curve(self) -> None:
        sizes = self._sizes
        for number in range(sizes.curve_rounds):
            for batch, _ in reversed(sizes.curve) if number % 2 else sizes.curve:
                title = f"batches of {batch}, round {number + 1}"
                self.measured.curve.setdefault(batch, []).append(self._flow(title, f"curve-{batch}", batch=batch))
        tops = {batch: _median(runs) for batch, runs in self.measured.curve.items()}
        base = min(sizes.base, CURVE_BASE)
        self._write_stream("curve", base, max(tops.values()) * HALF * sizes.curve_lasting)
        for batch, top in tops.items():
            wanted = {"shares": (HALF,), "seconds": sizes.curve_lasting, "trying": 0, "base": base}
            title = f"latency with batches of {batch}"
            self.measured.curve_latency[batch] = self._latency(title, "curve", batch, top=top, **wanted)

    def _latency(self, title: str, facts: str, batch: int | None = None, **wanted: object) -> Result:
        database = self._postgres.database()
        told = self._measure(
            title,
            "latency",
            place=self._place(database, batch),
            facts=self._facts(facts),
            directory=str(self._directory),
            wanted={"every": self._sizes.every, **wanted},
        )
        self._postgres.drop(database)
        return told


def _median(runs: list[Result]) -> float:
    return float(statistics.median(r["facts"] / r["wall"] for r in runs))
