"""A process that appends one event, to be paused amid that: `python -m tests.faults.one_append DATABASE`."""

import sys
from contextlib import closing

from eventsourcing.persistence import StoredEvent

from adapters.intake import aside
from adapters.store.store import opened

if __name__ == "__main__":
    with closing(opened(sys.argv[1])) as store:
        told = [StoredEvent("EX-1", 1, "Topic:1", b"{}")]
        store.append(told, read=(0, set()), moved=(), also=(), unless=(aside.QUEUED_OF, ()))
