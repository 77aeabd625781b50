"""One measurement in a process of its own: `python -m tests.bench.child '{"task": ..., ...}'`.

It writes lines of JSON to its standard output: `[done, whole]` for progress, and at last the result as an object.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.watch import peak

Progress = Callable[[int, int], None]

# Each is imported only by the process that runs it, so that none is charged with the modules of another.
TASKS = {
    "portfolio": "workload:write_portfolio",
    "log": "workload:write_log",
    "sample": "workload:write_sample",
    "ours": "ours:ingest",
    "rebuild": "ours:rebuild",
    "ask": "asked:ask",
    "rows": "ours:rows",
    "profile": "profiled:profile",
    "library": "library:ingest",
    "raw": "raw:insert",
    "flow": "production.flow:ours",
    "sent": "production.flow:sent",
    "peer": "production.flow:peer",
    "append": "peers.recorders:append",
    "cursor": "production.reading:cursor",
    "replay": "production.reading:replay",
    "follow": "production.reading:follow",
    "rebuild by": "production.reading:rebuild",
    "latency": "production.latency:latency",
}


def main() -> None:
    """Run the task named in the first argument with the arguments beside it."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    module, _, name = TASKS[request.pop("task")].partition(":")
    task = getattr(importlib.import_module(f"tests.bench.{module}"), name)
    start_up = time.process_time()
    result: dict[str, Any] = task(**request, progress=_progress)
    _say({"start_up": start_up, "peak": peak(), **result})


def _progress(done: int, whole: int) -> None:
    _say([done, whole])


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
