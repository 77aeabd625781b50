"""Facts into Kafka as fast as wanted, or by a schedule: `python -m tests.bench.production.sender PLAN`.

It runs where librdkafka is (quixstreams brings it), because what sends must not take the CPU from what is measured; and
imports nothing of this project. It is told what to do in lines of JSON, and answers each by one.

- `send`: the next `count` lines of a `file` (null: all), as fast as it goes. In a transaction, which nobody sees before
  `commit`, where the plan says `transactional`.
- `schedule`: companies' lines of a `file`, `rate` a second from the monotonic instant `start` on for some `seconds`,
  and from another file, `probes`, one every `every` seconds. Each line has a moment of its own, however late the one
  before it was sent or taken in.

A company's fact goes under its subject, the scheme's into every partition, as `bonitet publish` sends them.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from confluent_kafka import Producer  # type: ignore[import-not-found]  # installed beside quixstreams only

_SUBJECT, _SCHEME = b'"subject":"', b'"subject":"SCHEME-'
_TICK = 0.005
_CONTENT = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
_PATIENCE = 120.0


class Sender:
    """Sends lines of files to one topic, and knows up to where each partition goes."""

    def __init__(self, servers: str, topic: str, partitions: int, *, transactional: bool) -> None:
        self._topic, self._partitions, self._transactional = topic, partitions, transactional
        self._last: dict[int, int] = {}
        self._messages = 0
        self._files: dict[str, Iterator[bytes]] = {}
        told: dict[str, Any] = {
            "bootstrap.servers": servers,
            "acks": "all",
            "enable.idempotence": True,
            "linger.ms": 5,
            "compression.type": "gzip",
            "partitioner": "murmur2_random",  # as Java's and Python's clients do
            "queue.buffering.max.messages": 2_000_000,
            "queue.buffering.max.kbytes": 2_000_000,
        }
        if transactional:
            told |= {"transactional.id": f"bench-{topic}", "transaction.timeout.ms": 600_000}
        self._producer = Producer(told)
        if transactional:
            self._producer.init_transactions(_PATIENCE)

    def send(self, file: str, count: int | None) -> dict[str, Any]:
        """Send lines as fast as it goes."""
        if self._transactional:
            self._producer.begin_transaction()
        sent = 0
        for sent, line in enumerate(islice(self._open(file), count), start=1):
            self._put(line)
            if sent % 1_000 == 0:
                self._producer.poll(0)
        return {"sent": sent, **self._flushed()}

    def commit(self) -> dict[str, Any]:
        """Let what was sent be seen; answers when that was."""
        at = time.monotonic()
        self._producer.commit_transaction(_PATIENCE)
        return {"at": at}

    def schedule(
        self, file: str, probes: str, rate: float, every: float, start: float, seconds: float
    ) -> dict[str, Any]:
        """Send lines each at its moment; `late` is by how many seconds the latest one missed its own."""
        # What concerns the whole scheme comes twice a year; at this speed of events it would every few seconds.
        load, told = (line for line in self._open(file) if _SCHEME not in line), self._open(probes)
        whole, probing = int(rate * seconds), int(seconds / every)
        sent = probed = 0
        late = 0.0
        time.sleep(max(0.0, start - time.monotonic()))
        while sent < whole or probed < probing:
            now = time.monotonic() - start
            due, probes_due = min(whole, int(now * rate)), min(probing, int(now / every))
            if due > sent:
                late = max(late, now - (sent + 1) / rate)
            for line in islice(load, due - sent):
                self._put(line)
                sent += 1
            if sent < due:
                raise EOFError(f"{file} has too few lines for {rate:,.0f} a second")
            for line in islice(told, probes_due - probed):
                self._put(line)
            probed = probes_due
            self._producer.poll(0)
            time.sleep(max(0.0, start + now + _TICK - time.monotonic()))
        return {"sent": sent + probed, "probes": probed, "late": late, **self._flushed()}

    def _open(self, file: str) -> Iterator[bytes]:
        if file not in self._files:
            self._files[file] = iter(open(file, "rb"))  # noqa: SIM115, PTH123 - until the end of the process
        return self._files[file]

    def _put(self, line: bytes) -> None:
        line = line.rstrip(b"\n")
        key = line.partition(_SUBJECT)[2].partition(b'"')[0]
        if not key:
            raise ValueError(f"no subject is found in {line!r}")
        if _SCHEME in line:
            for partition in range(self._partitions):
                self._produce(line, key, {"partition": partition})
        else:
            self._produce(line, key, {})

    def _produce(self, line: bytes, key: bytes, where: dict[str, int]) -> None:
        self._producer.produce(self._topic, line, key, headers=_CONTENT, on_delivery=self._delivered, **where)
        self._messages += 1

    def _delivered(self, error: Any, message: Any) -> None:
        if error is not None:
            raise OSError(str(error))
        self._last[message.partition()] = message.offset()

    def _flushed(self) -> dict[str, Any]:
        if left := self._producer.flush(_PATIENCE):
            raise OSError(f"{left} messages were not acknowledged")
        return {"messages": self._messages, "last": self._last}


def main() -> None:
    """Do what is said until nothing more is."""
    plan = json.loads(sys.argv[1])
    sender = Sender(**plan)
    _say({"ready": True})
    for line in sys.stdin:
        told = json.loads(line)
        _say(getattr(sender, told.pop("do"))(**told))


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
