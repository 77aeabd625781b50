"""How long it takes from a fact produced to the register showing it, under a load that comes as it comes.

The load is open: each fact has its moment in a schedule that is fixed before, and waits for nobody. Beside it, every
few milliseconds, comes a probe: an order agreed on by a company of its own, for which the register has a certificate
from then on. The time counts from the probe's moment in the schedule, whenever it was sent in fact, until a look at the
register's table, one every 5 ms, finds the certificate. So a stall is felt by every probe that it falls upon.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from domain.facts import ClassAssessed, ConsensusRecorded, Excellence
from tests.bench.child import Progress
from tests.bench.peers import tables
from tests.bench.plan import Broken
from tests.bench.production.installation import Installation, Place, Sending, demand_nothing_aside, running, sending
from tests.bench.production.processes import cpu, since
from tests.installation import registration, wire

LOOK = 0.005  # seconds between two looks at the register
HELD = 1.0  # seconds in which everything has come through once nothing more is sent, where a rate was held
HEAD = 0.5  # seconds between the order to send and the first moment of the schedule
STEPS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
_PATIENCE = 60.0
_HASH = "0" * 64

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured.

    The first `base` facts are taken in before. Then rates are tried for some seconds each (`trying`, 0: not at all),
    each lower than the last and beginning below `top`, until one is held or there is none left; and the shares of the
    last one (of `top` where none was tried) for `seconds` each, with a probe every so many seconds (`every`).
    """

    base: int
    top: float
    trying: float
    shares: Sequence[float]
    seconds: float
    every: float

    @property
    def steps(self) -> int:
        """How many rates there are at most."""
        return len(self.shares) + (len(STEPS) if self.trying else 0)

    @property
    def probes(self) -> int:
        """How many probes there are at most."""
        return int((len(STEPS) * self.trying + len(self.shares) * self.seconds) / self.every) + 1


def latency(place: Result, facts: str, directory: str, wanted: Result, progress: Progress) -> Result:
    """Latencies at shares of the highest rate that one worker and one projector hold."""
    chosen, asked = Place(**place), Wanted(**wanted)
    probes = _Probes(Path(directory), asked.probes, asked.every)
    with (
        running(chosen, workers=1, projecting=True) as installation,
        sending(chosen.servers, installation.topic, chosen.partitions, transactional=False) as sender,
        psycopg.connect(**tables.parameters(chosen.database_url), autocommit=True) as looker,
    ):
        sender.ask(do="send", file=str(probes.companies), count=None)
        sent = sender.ask(do="send", file=facts, count=asked.base)
        installation.wait(sent["last"], projecting=True, progress=lambda _: None)
        at = _At(installation, sender, looker, probes, facts)
        done = 0

        def step(rate: float, seconds: float) -> Result:
            nonlocal done
            done += 1
            progress(done, asked.steps)
            return at.rate(rate, seconds)

        tried, held = _tried(step, asked.top, asked.trying)
        steps = [{"share": share, **step(share * held, asked.seconds)} for share in asked.shares]
    demand_nothing_aside(chosen.database_url)
    return {"held": held, "tried": tried, "steps": steps}


def _tried(step: Callable[[float, float], Result], top: float, trying: float) -> tuple[list[Result], float]:
    """What was tried, and the last rate of it."""
    tried: list[Result] = []
    rate = top
    for share in STEPS if trying else ():
        rate = share * top
        tried.append(step(rate, trying))
        if tried[-1]["drained"] <= HELD:
            break
    return tried, rate


@dataclass(frozen=True, slots=True)
class _At:
    installation: Installation
    sender: Sending
    looker: psycopg.Connection
    probes: "_Probes"
    facts: str

    def rate(self, rate: float, seconds: float) -> Result:
        """One rate for some seconds; everything has come through when it answers."""
        watched = {**self.installation.watched(), "what sends": self.sender.process.pid}
        start = time.monotonic() + HEAD
        schedule = {"rate": rate, "every": self.probes.every, "start": start, "seconds": seconds}
        self.sender.tell(do="schedule", file=self.facts, probes=str(self.probes.orders), **schedule)
        used = cpu(watched)
        found = sorted(self.probes.watch(self.looker, start, seconds, self._demand))
        sent = self.sender.answer()
        reached = self.installation.wait(sent["last"], projecting=True, progress=lambda _: None)
        passed = reached["followed"] - start
        return {
            "rate": rate,
            "sent": sent["sent"],
            "probes": len(found),
            "late": sent["late"],
            "drained": max(0.0, passed - seconds),
            **{f"p{percent}": _percentile(found, percent) for percent in (50, 90, 99)},
            "most": found[-1],
            "cpu": {name: each / passed for name, each in since(watched, used).items()},
        }

    def _demand(self) -> None:
        self.installation.demand()
        self.sender.process.demand()


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


class _Probes:
    """Companies that wait for nothing but their order, and the orders, one for each."""

    def __init__(self, directory: Path, count: int, every: float) -> None:
        self.every = every
        self.companies, self.orders = directory / "probes-companies.jsonl", directory / "probes-orders.jsonl"
        self._next = 0
        attained = ClassAssessed(business_year=2016, attained=Excellence.AAA, model_version="m-1", inputs_hash=_HASH)
        subjects = [_subject(number) for number in range(count)]
        self.companies.write_bytes(
            b"".join(
                _compact(line)
                for s in subjects
                for line in (registration(s, "2015-01-05"), wire(attained, "2017-05-02", subject=s, name=f"class-{s}"))
            )
        )
        agreed = ConsensusRecorded(order="N-1", evidence=_HASH)
        self.orders.write_bytes(
            b"".join(_compact(wire(agreed, "2017-12-28", subject=s, name=f"order-{s}")) for s in subjects)
        )

    def watch(
        self, looker: psycopg.Connection, start: float, seconds: float, demand: Callable[[], None]
    ) -> list[float]:
        """Seconds that each probe of a schedule took to be seen in the register; raises Broken where one never is."""
        count = int(seconds / self.every)
        # A probe is due at the end of its interval, as what sends has it.
        due = {f"{_subject(self._next + number)}/N-1": start + (number + 1) * self.every for number in range(count)}
        self._next += count
        found: list[float] = []
        while due:
            now = time.monotonic()
            # What isn't due can't be there, and needn't be asked for.
            asked = [certificate for certificate, at in due.items() if at <= now]
            if asked:
                rows = looker.execute(
                    "SELECT certificate FROM register WHERE certificate = ANY(%s)", (asked,)
                ).fetchall()
                seen = time.monotonic()
                found += [seen - due.pop(str(row[0])) for row in rows]
            if now > start + seconds + _PATIENCE:
                raise Broken(f"{len(due):,} of {count:,} probes were not in the register {_PATIENCE:.0f} s afterwards")
            demand()
            time.sleep(max(0.0, now + LOOK - time.monotonic()))
        return found


def _compact(line: bytes) -> bytes:
    """As short as the portfolio's lines, in which what sends finds the subject without reading all of it."""
    return json.dumps(json.loads(line), separators=(",", ":")).encode() + b"\n"


def _subject(number: int) -> str:
    return f"EX-{number:08}"
