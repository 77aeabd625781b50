"""Messages that are no facts, and one that we fail over: each is set aside once, and holds up nobody else."""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any

from kafka import KafkaProducer, TopicPartition

from adapters.intake.engine import Engine
from adapters.intake.gate import Gate
from adapters.intake.work import Known, Work
from adapters.kafka.worker import Worker
from adapters.main import System, build
from adapters.measures import Measures
from adapters.settings import Settings
from domain.events import Event
from domain.identity import SCHEME_SUBJECT
from domain.recording import Learned
from tests.components.missing import Failed
from tests.faults.processes import PATIENCE, bonitet, until_ready
from tests.faults.production import Production, Seen, Servers
from tests.faults.undisturbed import kept_of, subject_of
from tests.installation import KEY, registration, rejects, waiting, wire

EVERY = 100
LONGEST = 5_000
VICTIM = "EX-00000051"
Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Poison:
    """A message as it comes, and a word of the reason for which it is rejected."""

    value: bytes | None
    key: bytes | None
    reason: str
    headers: Headers | None = None


def _kinds(number: int) -> list[Poison]:
    """All ways to go wrong that are told apart, each with a content of its own."""
    subject, key = VICTIM, VICTIM.encode()
    fact = wire("CompanyRenamed", "2024-03-02", data={"name": "Otrov"}, subject=subject, name=f"poison-{number}")
    long = wire("CompanyRenamed", "2024-03-02", data={"name": "x" * LONGEST}, subject=subject, name=f"long-{number}")
    null = wire("CompanyRenamed", "2024-03-02", data={"name": "a\0b"}, subject=subject, name=f"null-{number}")
    unknown = wire("CompanyRenamed", "2024-03-02", data={"name": "Otrov"}, subject="nobody", name=f"nobody-{number}")
    future = wire("CompanyRenamed", "2099-03-02", data={"name": "Otrov"}, subject=subject, name=f"future-{number}")
    binary: Headers = [("ce_specversion", b"1.0"), ("ce_id", b"poison-%d" % number), ("ce_type", b"rs.bonitet.X.v1")]
    return [
        Poison(b"{no fact %d" % number, key, "not JSON"),
        Poison(fact, b"EX-00000099", "the message's key is"),
        Poison(fact, None, "has no key"),
        Poison(None, key, "a tombstone"),
        Poison(long, key, "more than the"),
        Poison(b"\0\0%d" % number, key, "is 0"),
        Poison(null, key, "U+0000"),
        Poison(json.dumps({"name": f"Otrov {number}"}).encode(), key, "binary mode", binary),
        Poison(unknown, b"nobody", "subject"),
        Poison(future, key, "lies in the future"),
        Poison(b"\xff\xfe%d" % number, key, "not JSON"),
        Poison(b"", key, "not JSON"),
    ]


def one_in_a_hundred(servers: Servers, chance: Random, share: float) -> Seen:
    """Every hundredth message is poison of some kind, and now and then one that waits, with others behind it."""
    facts = list(servers.undisturbed.facts)
    kinds = [poison for number in range(10) for poison in _kinds(number)]
    chance.shuffle(kinds)
    poisons = [*_kinds(99), *kinds][: max(len(_kinds(0)), len(facts) // EVERY)]
    told: list[bytes | Poison] = [*facts]
    for number, poison in enumerate(poisons):
        told.insert(min(len(told), (number + 1) * len(facts) // (len(poisons) + 1)), poison)
    waits = _waits()
    for number, fact in enumerate(waits):
        told.insert((number + 1) * len(told) // (len(waits) + 1), fact)
    with servers.installation(longest=LONGEST) as production:
        sent = produce(production, told)
        until_ready([production.start("project"), production.start("work"), production.start("work")])
        wanted = kept_of(production.folder, [t for t in told if isinstance(t, bytes)], servers.began)
        production.until_caught_up()
        with production.opened() as system:
            _each_once(system, production, sent)
            _in_order(system, waits)
        production.compare(wanted=wanted, beside={"rejected"})
    return {"rejected": len(poisons), "waiting": len(waits) - 1} | _defects(servers, share)


def _waits() -> list[bytes]:
    """A company that goes on living while a fact of a type unknown to us waits."""
    return [
        registration(VICTIM),
        wire("CompanyPraised", "2024-03-01", subject=VICTIM),
        *(
            wire("CompanyRenamed", f"2024-03-{day:02}", data={"name": f"Tekstil {day}"}, subject=VICTIM)
            for day in range(2, 8)
        ),
    ]


def produce(production: Production, told: Iterable[bytes | Poison]) -> list[tuple[bytes | Poison, TopicPartition, int]]:
    """Send each in its turn without a transaction, as other programs do; answers where each of them stands."""
    with closing(
        KafkaProducer(**production.kafka.connection(), acks="all", enable_idempotence=True, linger_ms=5)
    ) as producer:
        partitions = sorted(producer.partitions_for(production.topic))
        futures: list[tuple[bytes | Poison, Any]] = []
        for message in told:
            if isinstance(message, Poison):
                value, key, headers = message.value, message.key, message.headers or []
                futures.append((message, producer.send(production.topic, value, key, headers)))
                continue
            subject = subject_of(message)
            for partition in partitions if subject == SCHEME_SUBJECT else [None]:
                sent = producer.send(production.topic, message, subject.encode(), partition=partition)
                futures.append((message, sent))
        producer.flush()
        found = [(message, future.get(PATIENCE)) for message, future in futures]
    return [(message, TopicPartition(m.topic, m.partition), m.offset) for message, m in found]


def _each_once(system: System, production: Production, sent: list[tuple[bytes | Poison, TopicPartition, int]]) -> None:
    """Each poison is rejected once, with its partition, its offset and its own reason."""
    found: dict[tuple[int, int], list[str]] = {}
    for rejected in rejects(system):
        place = (int(rejected.source.rpartition("/")[2]), rejected.position)
        found.setdefault(place, []).append(rejected.reason)
    for message, partition, offset in sent:
        if isinstance(message, Poison):
            reasons = found.pop((partition.partition, offset), [])
            if len(reasons) != 1 or message.reason not in reasons[0]:
                raise Failed(f"{message} at {partition}, {offset} was rejected with {reasons}")
    # What is left are facts that the embedded form rejects as well.
    others = {(partition.partition, offset) for message, partition, offset in sent if isinstance(message, bytes)}
    if found.keys() - others or any(len(reasons) != 1 for reasons in found.values()):
        raise Failed(f"{production.topic}: more was rejected than was sent: {found}")


def _in_order(system: System, waits: list[bytes]) -> None:
    told = [parked.payload for parked in waiting(system) if parked.subject == VICTIM]
    if told != waits[1:]:
        raise Failed(f"what waits behind a parked fact is not in order: {told}")


# --- defects of ours ---------------------------------------------------------------------------------------------

_DECIDED, _WRITTEN = "EX-00000061", "EX-00000062"
_BREAKS = "breaks-us"


class _Gate(Gate):
    """Fails over one fact when it is decided."""

    def learn(self, work: Work, known: Known, event: Event) -> Learned:
        if event.fact == _BREAKS and event.subject == _DECIDED:
            raise ZeroDivisionError("a division that nobody thought of")
        return super().learn(work, known, event)


class _Broken(Engine):
    """Fails over one fact when it is decided, and over another when it is written, which breaks the whole batch."""

    def __init__(self, *of: Any, **more: Any) -> None:
        super().__init__(*of, **more)
        self.gate = _Gate(self.memory, self.store.key, self.clock)

    def _append(self, work: Work, moved: Any) -> None:
        if any(entry.event.fact == _BREAKS and entry.event.subject == _WRITTEN for entry in work.told):
            raise ZeroDivisionError("a batch that can't be written")
        super()._append(work, moved)


def _defects(servers: Servers, share: float) -> Seen:
    """Two facts that this program fails over: all others go on, and once it is mended the companies do as well."""
    facts = list(servers.undisturbed.facts[: max(300, round(len(servers.undisturbed.facts) * share))])
    for company in (_DECIDED, _WRITTEN):
        story = [
            registration(company),
            wire("CompanyRenamed", "2024-03-01", data={"name": "A"}, subject=company, name=_BREAKS),
            *(wire("CompanyRenamed", f"2024-03-{d:02}", data={"name": f"A{d}"}, subject=company) for d in range(2, 6)),
        ]
        for number, fact in enumerate(story):
            facts.insert((number + 1) * len(facts) // (len(story) + 1), fact)
    with servers.installation(batch=50) as production:
        produce(production, facts)
        with build(Settings(database=production.url, key=KEY, batch=50), projecting=False) as system:
            _read_broken(production, system)
            for company in (_DECIDED, _WRITTEN):
                reasons = [parked.reason for parked in waiting(system) if parked.subject == company]
                if len(reasons) != 5 or "defect of this program: ZeroDivisionError" not in reasons[0]:
                    raise Failed(f"{company}: {reasons}")
        # A program that is mended.
        until_ready([production.start("project"), production.start("work")])
        for company in (_DECIDED, _WRITTEN):
            done = bonitet(production.environment, "parked", "release", company)
            if done.returncode:
                raise Failed(f"{company} could not be released: {done.stderr}")
        wanted = kept_of(production.folder, facts, servers.began)
        production.compare(wanted=wanted, beside={"parked"})
    return {"defects": 2}


def _read_broken(production: Production, system: System) -> None:
    engine = _Broken(system.store, system.settings, system.clock, projecting=False)
    ends = production.ends()
    with closing(Worker(engine, production.kafka, Measures(), system.clock)) as worker:
        until = monotonic() + PATIENCE
        while production.offsets() != ends:
            worker.step()
            if monotonic() > until:
                raise Failed(f"read up to {production.offsets()} of {ends}; {worker.total}")
