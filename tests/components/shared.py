"""One server of each kind for a whole run of the tests, however many processes that run has.

Whoever needs a server first has it started, by a guardian: `python -m tests.components.shared KIND FOLDER`. It ends the
server with the run, and can tell the end of a run however it came: the run holds a lock, which the system takes from a
process that is gone.
"""

import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from tests.components.kafka import Broker
from tests.components.lock import locked
from tests.components.missing import Failed, Missing, last_words
from tests.components.postgres import Postgres

VARIABLE = "BONITET_TEST_RUN"
LOCK = "run.lock"
KINDS: dict[str, Callable[[], Broker | Postgres]] = {"kafka": Broker, "postgres": Postgres}
TOP = Path(__file__).parents[2]
PATIENCE = 90.0


class Run:
    """A run of the tests: its folder, whose place its processes have from the environment, and its end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bonitet-run-"))
        self._lock: IO[str] = (self.folder / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        os.environ[VARIABLE] = str(self.folder)

    def end(self) -> None:
        """Have all servers ended, and wait until they are."""
        os.environ.pop(VARIABLE, None)
        # Not by closing alone: a process that was forked off has the same lock open.
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        self._lock.close()
        until = monotonic() + PATIENCE
        while list(self.folder.glob("*.guarded")) and monotonic() < until:
            sleep(0.05)
        shutil.rmtree(self.folder, ignore_errors=True)


def address(kind: str) -> str:
    """Where the server of that kind is, which is started if nobody has needed it before; raises Missing or Failed."""
    folder = Path(os.environ[VARIABLE])
    told = folder / f"{kind}.json"
    with locked(folder / f"{kind}.lock"):
        if not told.exists():
            _start(kind, folder, told)
    answer: dict[str, Any] = json.loads(told.read_text())
    if "missing" in answer:
        raise Missing(*answer["missing"])
    if "failed" in answer:
        raise Failed(answer["failed"])
    return str(answer["address"])


def _start(kind: str, folder: Path, told: Path) -> None:
    log = folder / f"{kind}.log"
    # In a session of its own, and nobody's child to wait for: it outlives the process that happens to be the first.
    guardian = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "tests.components.shared", kind, str(folder)],
        os.environ | {"PYTHONPATH": str(TOP)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    until = monotonic() + PATIENCE
    while not told.exists():
        ended = os.waitpid(guardian, os.WNOHANG)[0] or monotonic() > until
        if ended and not told.exists():  # what has failed says so, and ends
            raise Failed(f"the guardian of {kind} has come to nothing: {last_words(log.read_text())}")
        sleep(0.05)


def guard(kind: str, folder: Path) -> None:
    """Start a server, tell where it is, and end it when the run is over."""
    guarded = folder / f"{kind}.guarded"
    guarded.touch()
    try:
        with KINDS[kind]() as server:
            _tell(kind, folder, {"address": server.servers if isinstance(server, Broker) else server.server})
            with (folder / LOCK).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH)
    except Missing as missing:
        _tell(kind, folder, {"missing": missing.args})
        return
    except Failed as failed:
        _tell(kind, folder, {"failed": str(failed)})
        return
    finally:
        guarded.unlink(missing_ok=True)
    # A run that was killed could not do it; where it ended in order, it is not minded.
    if not list(folder.glob("*.guarded")):
        shutil.rmtree(folder, ignore_errors=True)


def _tell(kind: str, folder: Path, answer: dict[str, Any]) -> None:
    made = folder / f"{kind}.part"
    made.write_text(json.dumps(answer))
    made.rename(folder / f"{kind}.json")


if __name__ == "__main__":
    guard(sys.argv[1], Path(sys.argv[2]))
