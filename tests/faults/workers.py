"""Workers that are killed, thought dead, come and go, and are told everything twice."""

from collections.abc import Sequence
from random import Random
from time import sleep

from kafka import KafkaProducer

from domain.identity import SCHEME_SUBJECT
from tests.components.missing import Failed
from tests.faults.processes import Process, until_ready
from tests.faults.production import Production, Seen, Servers, chunks, counted
from tests.faults.undisturbed import kept_of, subject_of

AT_ONCE = 3


def kills(servers: Servers, chance: Random, share: float) -> Seen:
    """Workers are killed at random moments, while one of them is always paused until others have done its work."""
    number = counted(50, share)
    with servers.installation(batch=5) as production:
        projector = production.start("project")
        workers = [production.start("work") for _ in range(AT_ONCE)]
        until_ready([projector, *workers])
        refused = 0
        zombie = workers[0]
        *parts, last = chunks(servers.undisturbed.facts, number + 1)
        for part in parts:
            zombie = chance.choice([worker for worker in workers if worker.ready()] or workers)
            # Now it has unread facts in its hands, now it misses all that come.
            early = chance.random() < 0.3
            if early:
                zombie.pause()
            production.send(part)
            if not early:
                sleep(chance.uniform(0, 0.2))
                zombie.pause()
            victim = chance.choice([worker for worker in workers if worker is not zombie])
            refused += int(victim.figure("bonitet_refused_total", what="position"))
            sleep(chance.uniform(0, 0.3))
            victim.kill()
            workers[workers.index(victim)] = production.start("work")
            production.until_read()
            zombie.go_on()
        _goes_on_alone(production, zombie, workers, last)
        refused += production.refusals("position")
        production.compare()
        return {"kills": number, "zombies": number, "refused": refused}


def _goes_on_alone(production: Production, zombie: Process, workers: list[Process], facts: Sequence[bytes]) -> None:
    """Whoever was thought dead is a worker like any other afterwards."""
    for worker in workers:
        if worker is not zombie:
            worker.kill()
    production.send(facts)
    production.until_read()
    if not zombie.running:
        raise Failed(f"the zombie ended with {zombie.code}: {zombie.said()}")


def rebalances(servers: Servers, chance: Random, share: float) -> Seen:
    """Workers join and leave in order while facts come in, so that shares move amid batches."""
    number = counted(20, share)
    joined = left = 0
    with servers.installation(batch=5) as production:
        until_ready([production.start("project"), production.start("work")])
        workers = [production.processes[-1]]
        for part in chunks(servers.undisturbed.facts, number):
            if len(workers) < 2 or (len(workers) < 4 and chance.random() < 0.5):
                workers.append(production.start("work"))
                production.send(part)
                until_ready(workers[-1:])
                joined += 1
            else:
                production.send(part)
                sleep(chance.uniform(0, 0.3))
                workers.pop(chance.randrange(len(workers))).end()
                left += 1
        production.compare()
        return {"joined": joined, "left": left, "refused": production.refusals("position")}


def everything_twice(servers: Servers, chance: Random, share: float) -> Seen:
    """Each message comes twice: at once, or after others that came between."""
    del share
    with servers.installation() as production:
        facts, told, begin = servers.undisturbed.facts, list[bytes](), 0
        while begin < len(facts):
            end = begin + chance.choice((1, 2, 30))
            told += [*facts[begin:end], *facts[begin:end]]
            begin = end
        _produce(production, told)
        until_ready([production.start("project"), production.start("work"), production.start("work")])
        # What is set aside is set aside twice, as the embedded form does it; nothing else shows that it came twice.
        twice = kept_of(production.folder, told, servers.began)
        once = servers.undisturbed.kept(servers.began)
        production.compare(wanted=once | {name: twice[name] for name in ("parked", "rejected")})
        return {"facts": len(told)}


def _produce(production: Production, facts: list[bytes]) -> None:
    """Send without a transaction, as other programs do."""
    producer = KafkaProducer(**production.kafka.connection(), acks="all", enable_idempotence=True, linger_ms=5)
    partitions = sorted(producer.partitions_for(production.topic))
    try:
        for payload in facts:
            key = subject_of(payload)
            for partition in partitions if key == SCHEME_SUBJECT else [None]:
                producer.send(production.topic, payload, key.encode(), partition=partition)
        producer.flush()
    finally:
        producer.close()
