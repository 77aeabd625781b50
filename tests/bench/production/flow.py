"""From Kafka to the read models: the engine's own processes, and the peers beside the same PostgreSQL and broker.

All facts of a run become readable at one instant, when the transaction that they were sent in is committed. By then
every process has started and joined. From then on the time counts, until each partition is read to its end and the read
models stand for everything. What follows is timed apart: the sweep of scheme-wide facts, which the deadlines' process
does at its leisure and the peers do at their end.
"""

import time
from typing import Any

from adapters.intake.work import Summary
from adapters.main import build
from adapters.settings import Settings
from tests.bench.child import Progress
from tests.bench.ours import KEY
from tests.bench.peers import quix, stock, tables
from tests.bench.production.installation import Place, demand_nothing_aside, running, sending
from tests.bench.production.processes import cpu, highest, since

Result = dict[str, Any]


def ours(place: Result, facts: str, workers: int, progress: Progress, *, projecting: bool = True) -> Result:
    """All facts of a file by so many workers, with a projector or without."""
    chosen = Place(**place)
    url = chosen.database_url
    with running(chosen, workers=workers, projecting=projecting) as installation:
        with sending(chosen.servers, installation.topic, chosen.partitions, transactional=True) as sender:
            sent = sender.ask(do="send", file=facts, count=None)
            whole = sent["messages"]
            used = cpu(installation.watched())
            began = sender.ask(do="commit")["at"]
            reached = installation.wait(
                sent["last"], projecting=projecting, progress=lambda read: progress(read, whole)
            )
            used = since(installation.watched(), used)
            peaks = [highest(each.pid) for each in installation.processes]
        result = {
            "facts": sent["sent"],
            "messages": whole,
            "events": installation.stand().events,
            "joined": installation.joined,
            "read": reached["read"] - began,
            "wall": reached["followed"] - began,
            "cpu": used,
            "peak": max(peaks),
        }
        if not projecting:
            return {**result, "swept": 0.0}
        with build(Settings(database=url, key=KEY), projecting=False) as system:
            began = time.monotonic()
            system.engine.sweep(Summary())
            installation.wait({}, projecting=True, progress=lambda _: None)
            swept = time.monotonic() - began
    demand_nothing_aside(url)
    return {**result, "swept": swept, "digest": tables.digest(url)}


def sent(facts: str, servers: str, topic: str, partitions: int, progress: Progress) -> Result:
    """Send the facts of a file to a topic, where peers read them."""
    with sending(servers, topic, partitions, transactional=True) as sender:
        told = sender.ask(do="send", file=facts, count=None)
        sender.ask(do="commit")
    progress(told["sent"], told["sent"])
    return {"facts": told["sent"], "messages": told["messages"]}


def peer(way: str, place: Result, topic: str, count: int, directory: str, progress: Progress) -> Result:
    """The messages of a topic by the library's own runners (`stock`, `cached`) or by quixstreams (`quix`)."""
    chosen = Place(**place)
    what = chosen.servers, topic, chosen.database_url, count
    used = cpu(chosen.watched)
    if way == "quix":
        told = quix.run(*what, directory=directory, progress=progress)
    else:
        told = stock.run(*what, cached=way == "cached", progress=progress)
    used = {**since(chosen.watched, used), "peer": told["user"] + told["system"]}
    # From its first message on: what it takes to join stands apart, as it does for the engine.
    return {**told, "wall": told["wall"] - told["joined"], "cpu": used, "swept": 0.0}
