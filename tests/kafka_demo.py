"""The demonstration portfolio through real Kafka and real PostgreSQL: `make kafka-demo`.

Starts both, and the processes of the production form as anyone would: two workers, a projector, a relay, the deadlines.
Shows the register filling up, compares with the embedded form, and stops all that it started.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

from kafka import KafkaConsumer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from adapters import asking
from adapters.cli import showing
from adapters.demo.portfolio import portfolio
from adapters.intake import sources
from adapters.intake.reading import Line
from adapters.main import System, build
from adapters.settings import Settings
from adapters.store.projecting import NAME as READ_MODELS
from domain.standing import Status
from projections.register import counts
from tests.components import kafka, postgres
from tests.components.missing import Missing

PARTITIONS = 4
PATIENCE = 600.0
KEY = "demonstration".ljust(32, "-")
WORKERS = {"worker 1": "work", "worker 2": "work"}
OTHERS = {"projector": "project", "relay": "relay", "deadlines": "enforce --follow"}
BONITET = str(Path(sys.executable).with_name("bonitet"))

console = Console(highlight=False)


class Failed(Exception):
    """The demonstration can't go on; the message says why."""


@dataclass(slots=True)
class Seen:
    """What was seen of the installation, at intervals."""

    began: float
    read: int = 0
    unread: int = 0
    events: int = 0
    projected: int = 0
    rates: list[float] = field(default_factory=list)
    counts: Mapping[Status, int] = field(default_factory=dict)

    def look(self, system: System, *, counted: bool) -> None:
        """Look again."""
        with system.store.reading() as c:
            known = {s.name: s for s in sources.known(c)}
        offsets = system.store.source_positions()
        read = sum(offsets.get(name, 0) for name in known)
        self.rates.append(read - self.read)
        self.read = read
        self.unread = sum((s.end_offset or 0) - offsets.get(n, 0) for n, s in known.items())
        self.events, self.projected = system.store.last_position(), system.store.projected(READ_MODELS)
        if counted:
            with system.store.reading() as c:
                self.counts = counts(c, system.clock())


def bonitet(environment: dict[str, str], *arguments: str) -> None:
    """Run a command to its end."""
    console.print(f"[dim]$ bonitet {' '.join(arguments)}[/dim]", markup=True)
    done = subprocess.run([BONITET, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"bonitet {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
    for line in done.stdout.strip().splitlines():
        console.print(f"  {line}", markup=False)


@contextmanager
def running(environment: dict[str, str], name: str, command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the installation, ended in the end."""
    console.print(f"[dim]$ bonitet {command}[/dim]   {name}", markup=True)
    process = subprocess.Popen([BONITET, *command.split()], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def picture(seen: Seen, facts: int, seconds: float) -> Group:
    """The installation at this moment."""
    made = Table.grid(padding=(0, 2))
    width = 40
    for what, done, whole in (
        ("facts read from Kafka", seen.read, max(facts, seen.read)),
        ("events in the read models", seen.projected, max(seen.events, 1)),
    ):
        bar = "█" * round(width * done / max(whole, 1))
        made.add_row(what, f"{done:>9,} of {whole:>9,}", Text(bar.ljust(width, "·"), "cyan"))
    rate = seen.read / seconds if seconds else 0
    return Group(
        made,
        Text(f"{rate:,.0f} facts a second, two workers sharing {PARTITIONS} partitions"),
        showing.bars(seen.counts),
    )


def watch(system: System, processes: Mapping[str, subprocess.Popen[bytes]], messages: int) -> float:
    """Show the register filling up until everything is read and projected; answers how long that took."""
    seen = Seen(monotonic())
    looks = 0
    with Live(console=console, refresh_per_second=4, transient=False) as live:
        while True:
            seconds = monotonic() - seen.began
            for name, process in processes.items():
                if process.poll() is not None:
                    raise Failed(f"{name} ended with {process.returncode}; run its command by hand to see why")
            seen.look(system, counted=looks % 4 == 0)
            looks += 1
            done = seen.read >= messages and seen.projected == seen.events and system.engine.projections.swept() > 0
            if done:
                seen.look(system, counted=True)
            live.update(picture(seen, messages, seconds))
            if done:
                return seconds
            if seconds > PATIENCE:
                raise Failed(f"after {PATIENCE:.0f} s only {seen.read:,} of {messages:,} messages are read")
            sleep(0.25)


def embedded(facts: Path, folder: Path) -> str:
    """The digest of the same facts read from the file into SQLite, by one process without Kafka."""
    settings = Settings(database=str(folder / "embedded.sqlite3"), key=KEY)
    with build(settings) as system, facts.open("rb") as stream:
        numbered = (Line(number, line.rstrip(b"\n")) for number, line in enumerate(stream, 1))
        system.engine.ingest("facts", numbered)
        system.engine.enforce(system.clock())
        return system.store.digest()


def published(servers: str, topic: str, count: int) -> list[str]:
    """Some of the messages that those outside see."""
    consumer = KafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False, group_id=None
    )
    try:
        told: list[str] = []
        until = monotonic() + 20
        while len(told) < count and monotonic() < until:
            for records in consumer.poll(timeout_ms=500, max_records=count).values():
                told += [f"{r.key.decode()}  {(r.value or b'(gone)').decode()[:150]}" for r in records]
        return told[:count]
    finally:
        consumer.close()


def demonstrate(companies: int, seed: int) -> None:
    """The whole demonstration."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="bonitet-demo-")))
        facts = folder / "facts.jsonl"
        lines = list(portfolio(companies, seed))
        facts.write_bytes(b"\n".join(lines))
        console.rule("Apache Kafka and PostgreSQL are started", align="left")
        server = ends.enter_context(postgres.Postgres())
        broker = ends.enter_context(kafka.Broker())
        place = server.database()
        console.print(f"PostgreSQL at {place}\nKafka at {broker.servers}", markup=False)
        environment = {
            **os.environ,
            "BONITET_DATABASE": place,
            "BONITET_KAFKA_SERVERS": broker.servers,
            "BONITET_KEY": KEY,
        }
        console.rule("The installation is made, and the facts are sent", align="left")
        bonitet(environment, "migrate")
        bonitet(environment, "topics", "create", "--partitions", str(PARTITIONS))
        bonitet(environment, "publish", str(facts))
        console.rule("Two workers, a projector, a relay and the deadlines", align="left")
        processes = {
            name: ends.enter_context(running(environment, name, command))
            for name, command in (WORKERS | OTHERS).items()
        }
        system = ends.enter_context(build(Settings(database=place, key=KEY), projecting=False))
        in_partitions = len(lines) + (PARTITIONS - 1) * sum(b"SCHEME-" in line for line in lines)
        took = watch(system, processes, in_partitions)
        console.print(f"{len(lines):,} facts in {took:,.1f} s, from Kafka to the read models")
        _compare(system, facts, folder)
        console.rule("What those outside read in Kafka", align="left")
        for line in published(broker.servers, "bonitet.register", 5):
            console.print(line, markup=False, soft_wrap=True)
        console.rule("The register", align="left")
        rows = list(islice(asking.register_at(system, system.engine.horizon()), 8))
        console.print(showing.entries(rows, staff=False, width=console.width))
    console.print("Everything that was started has been stopped.")


def _compare(system: System, facts: Path, folder: Path) -> None:
    console.rule("The same facts, read from a file into SQLite by one process", align="left")
    until = monotonic() + 60
    with console.status("reading"):
        wanted = embedded(facts, folder)
        while (told := system.store.digest()) != wanted and monotonic() < until:
            sleep(0.5)  # deadlines are still being written
    console.print(f"embedded    {wanted}\nproduction  {told}")
    if told != wanted:
        raise Failed("the two forms differ, and they never should: please report this")
    console.print("Equal: two workers on Kafka and PostgreSQL wrote the very events that one process writes.")


def main() -> int:
    """0, or 1 with the reason where it can't be shown."""
    arguments = argparse.ArgumentParser(prog="python -m tests.kafka_demo", description=__doc__)
    arguments.add_argument("--companies", type=int, default=1_000, help="how many companies (1,000)")
    arguments.add_argument("--seed", type=int, default=7, help="another seed makes another portfolio")
    given = arguments.parse_args()
    try:
        demonstrate(given.companies, given.seed)
    except (Failed, Missing) as problem:
        console.print(f"The demonstration stopped: {problem}", markup=False, style="red")
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started has been stopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
