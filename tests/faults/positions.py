"""A topic that is another one, or has lost what was not read: the worker stops, says why, and the way out works."""

import re
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from time import monotonic, sleep

from kafka import TopicPartition
from kafka.errors import TopicAlreadyExistsError

from tests.components.missing import Failed
from tests.faults.processes import PATIENCE, bonitet, until_ready
from tests.faults.production import PARTITIONS, Production, Seen, Servers, chunks

_WAY_OUT = re.compile(r"`bonitet (sources (?:accept|move) [^`]+)`")


def another_topic(servers: Servers, chance: Random, share: float) -> Seen:
    """The topic was deleted and made again while nobody read it."""
    del chance, share
    with servers.installation() as production:
        _read(production, servers.undisturbed.facts[: len(servers.undisturbed.facts) // 2])
        servers.broker.drop_topic(production.topic)
        until = monotonic() + PATIENCE
        while True:
            with suppress(TopicAlreadyExistsError):  # what is deleted goes a little later
                servers.broker.topic(production.topic, PARTITIONS)
                break
            if monotonic() > until:
                raise Failed(f"{production.topic} was not deleted")
            sleep(0.2)
        outs = _stopped_until_mended(production, "was deleted and made again", at_most=1)
        _sent_again(production, servers)
        return {"ways out": outs}


def lost_position(servers: Servers, chance: Random, share: float) -> Seen:
    """Kafka has less than was read of it, as after it was restored from an older copy."""
    del share
    with servers.installation() as production:
        _read(production, servers.undisturbed.facts[: len(servers.undisturbed.facts) // 2])
        with production.operator() as c:
            c.execute(
                "UPDATE tracking SET notification_id = notification_id + %s WHERE application_name IN "
                "(SELECT name FROM sources WHERE partition <> 1)",
                (chance.randrange(1, 50),),
            )
        outs = _stopped_until_mended(production, "and now ends at", at_most=3)
        _sent_again(production, servers)
        return {"ways out": outs}


def retention(servers: Servers, chance: Random, share: float) -> Seen:
    """Kafka has deleted what was not read yet; a worker that was away meets it, and one that was only slow."""
    del share
    with servers.installation(batch=5, session=45.0) as production:
        facts = servers.undisturbed.facts
        _read(production, facts[: len(facts) // 4])
        worker = production.start("work")
        until_ready([worker])
        worker.pause()
        before, spared = production.offsets(), chance.randrange(PARTITIONS)
        # The first part may be on its way to the worker already.
        for part in chunks(facts[len(facts) // 4 : len(facts) // 2], 2):
            production.send(part)
        gone = {
            TopicPartition(production.topic, partition): end
            for partition, end in production.ends().items()
            if partition != spared and end > before[partition]
        }
        with servers.broker.admin() as admin:
            admin.delete_records(gone)
        worker.go_on()
        outs = _stopped_until_mended(production, "deleted by the topic's retention", at_most=len(gone), started=True)
        with production.operator() as c:
            row = c.execute("SELECT count(*) FROM rejected WHERE state = 'moved'").fetchone()
        if row != (outs,):
            raise Failed(f"{outs} partitions were moved, and {row} of that are on record")
        _sent_again(production, servers)
        return {"partitions": len(gone), "ways out": outs}


def _read(production: Production, facts: Sequence[bytes]) -> None:
    """Some facts are read to their end, by a worker that then ends in order."""
    production.send(facts)
    worker = production.start("work")
    production.until_read()
    worker.end()


def _stopped_until_mended(production: Production, why: str, *, at_most: int, started: bool = False) -> int:
    """Do what the message of the worker that stops says, until one goes on; answers how often that was."""
    ends = production.ends()
    for outs in range(at_most + 1):
        worker = production.processes[-1] if started and not outs else production.start("work")
        until = monotonic() + PATIENCE
        while worker.running and production.offsets() != ends:
            if monotonic() > until:
                raise Failed(f"it neither stops nor reads on, at {production.offsets()} of {ends}: {worker.said()}")
            sleep(0.1)
        if worker.running:
            if not outs:
                raise Failed("the worker goes on as if nothing had happened")
            return outs
        production.processes.remove(worker)
        worker.close()
        said = " ".join(worker.said().split())
        found = _WAY_OUT.search(said)
        if worker.code != 1 or why not in said or found is None:
            raise Failed(f"the worker ended with {worker.code}, and names no way out: {said}")
        arguments = found[1].replace("...", "they were sent again").split(" ", 5)
        done = bonitet(production.environment, *arguments)
        if done.returncode:
            raise Failed(f"the way out, {found[1]}, is none: {done.stderr}")
    raise Failed(f"the worker stops for the {at_most + 1}th time")


def _sent_again(production: Production, servers: Servers) -> None:
    """With everything sent again, it is as if nothing had happened."""
    production.start("project")
    production.send(servers.undisturbed.facts)
    production.compare(twice=True)
