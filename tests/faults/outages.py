"""PostgreSQL and Kafka go away and come back; nobody starts a worker, a projector or an enforcer anew for that."""

from datetime import UTC, datetime
from random import Random
from time import sleep

from adapters.settings import Settings
from tests.components.missing import Failed
from tests.faults.processes import Process, until_ready
from tests.faults.production import Seen, Servers, chunks, counted


def postgres_gone(servers: Servers, chance: Random, share: float) -> Seen:
    """PostgreSQL is stopped as if its power was cut while workers, projector and enforcer are at work."""
    number = counted(10, share)
    with servers.installation(batch=10) as production:
        production.send(servers.undisturbed.facts)
        whole = sum(production.ends().values())
        processes = [production.start(what) for what in ("enforce --follow", "project", "work", "work")]
        for stop in range(1, number + 1):
            reached = whole * stop // (number + 2)
            production.until(lambda reached=reached: sum(production.offsets().values()) >= reached, "it goes on", 60)
            sleep(chance.uniform(0, 0.1))
            servers.postgres.stop("immediate")
            sleep(chance.uniform(0, 1.0))
            servers.postgres.start()
        production.until_caught_up()
        _all_still_run(processes)
        processes[0].end()
        # It may have enforced everything up to a moment ago, so the comparison has to.
        production.compare(until=datetime.now(UTC))
        return {"stops": number}


def kafka_gone(servers: Servers, chance: Random, share: float) -> Seen:
    """Kafka is stopped, in order or killed, while workers have part of what it holds.

    Once with batches that one fetch fills, and once as it comes, where a batch is filled up by several fetches.
    """
    seen: Seen = {}
    for batch in (10, Settings.model_fields["batch"].default):
        told = _kafka_gone(servers, chance, share, batch)
        seen = {what: seen.get(what, 0) + count for what, count in told.items()}
    return seen


def _kafka_gone(servers: Servers, chance: Random, share: float, batch: int) -> Seen:
    number = counted(5, share)
    killed = 0
    with servers.installation(batch=batch) as production:
        processes = [production.start(what) for what in ("project", "work", "work")]
        until_ready(processes)
        for part in chunks(servers.undisturbed.facts, number):
            production.send(part)
            sleep(chance.uniform(0, 0.3))
            if chance.random() < 0.5:
                servers.broker.kill()
                killed += 1
            else:
                servers.broker.stop()
            sleep(chance.uniform(0, 1.0))
            servers.broker.start()
        production.until_caught_up()
        _all_still_run(processes)
        production.compare()
        return {"stops": number - killed, "kills": killed, "sent again": int(production.sent_again)}


def _all_still_run(processes: list[Process]) -> None:
    for process in processes:
        if not process.running:
            raise Failed(f"{process.name} has not outlasted it, and ended with {process.code}: {process.said()}")
    until_ready(processes)
