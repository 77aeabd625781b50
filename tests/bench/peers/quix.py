"""quixstreams, a stream processor on Kafka: its state holds the dossiers, its sink writes events and read models.

It runs in an environment of its own, since it wants an older pydantic than this project: made once in the user's cache,
with the project's other requirements as they are. What runs there is `tests.bench.peers.quix_processor`.

One process takes the messages of a topic one after the other. For each, its state (RocksDB, with a changelog topic in
Kafka) is asked for the dossier under the message's key; this project's domain decides; dossier and events go back to
the state, and on to a sink that writes them at each checkpoint (every 5 s, the default) in one transaction to
PostgreSQL: the events as the engine stores them, hash chain and all, and the rows of the very same projections, for all
companies of the checkpoint at once. A company meets the scheme-wide facts that its partition has brought. At the end,
every company with certificates meets those that it has not met; since nothing in the library visits all keys, that is
done with the last message, for the companies that this process has seen.

`processing_guarantee="exactly-once"` is switched on: changelog and offsets are committed in one Kafka transaction.
Where in doubt generous: dossiers are pickled, events are kept under keys of their own and read only where a story is
told again; what a projection holds is kept in memory; no plausibility of facts, no personal texts, nothing parked.

What it doesn't guarantee and the engine does:
- The sink writes before the Kafka transaction commits. After a crash in between the same messages are processed again,
  and only because decisions are deterministic and an insert leaves alone what is there already, the rows come out the
  same; what depended on the clock, on memory or on another process would be told twice, and differently.
- Nothing fences PostgreSQL: a process that was thought dead can still write an older dossier over a newer one, since
  the read models carry no position that is compared. Nor are versions of streams compared: staff's commands could not
  pass the same gate beside it.
- State, events and read models are copies in three places that no transaction holds together, and the events in
  PostgreSQL have no one log whose positions a reader could follow.
- A dossier is pickled: a state written by one version of the program is not for another.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.bench.child import Progress
from tests.bench.ours import KEY
from tests.bench.peers import tables
from tests.bench.plan import ROOT, Broken
from tests.components.lock import locked
from tests.components.missing import Missing, last_words

QUIXSTREAMS = "quixstreams==3.28.1"
# It brings older ones of these; the domain works with either.
_BROUGHT = re.compile(r"pydantic(-settings)?\b(?!-)")
# A setting in the environment of who runs this must not change what is measured.
_OURS = ("BONITET_", "Quix__", "QUIX", "PYTHON", "VIRTUAL_ENV", "COVERAGE", "COV_")
_WORDS = 3_000
PATIENCE = 60.0


def run(
    servers: str,
    topic: str,
    database_url: str,
    count: int,
    *,
    directory: str | None = None,
    patience: float = PATIENCE,
    progress: Progress,
) -> dict[str, Any]:
    """Take `count` messages of a topic into an empty database, until the read models stand for all of them.

    Its state is kept below `directory`, or where temporary files are. It gives up after so many seconds (`patience`) in
    which no message comes.
    Copies of a scheme-wide fact for further partitions are messages, and no facts; `joined` is how many of the seconds
    had passed when the first message came. Raises Broken, Missing, and tables.NotEmpty.
    """
    tables.demand_empty(database_url)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    with (
        tempfile.TemporaryDirectory(prefix="bonitet-quix-", dir=directory) as state,
        tempfile.TemporaryFile("w+") as errors,
    ):
        request = {"servers": servers, "topic": topic, "database_url": database_url, "count": count}
        request |= {"key": KEY, "state": state, "patience": patience}
        command = [str(python()), "-m", "tests.bench.peers.quix_processor", json.dumps(request)]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            # What a dossier knows of its facts are Python's hashes, which otherwise differ from process to process.
            env=inherited | {"PYTHONHASHSEED": "0"},
            text=True,
        ) as child:
            told: Any = None
            for line in child.stdout or ():
                told = json.loads(line)
                if isinstance(told, list):
                    progress(told[0], told[1])
        if child.returncode or not isinstance(told, dict):
            errors.seek(0)
            raise Broken(f"quixstreams ended with {child.returncode}:\n{errors.read()[-_WORDS:]}")
    return {**told, "digest": tables.digest(database_url)}


# --- its environment -------------------------------------------------------------------------------------------------


def requirements() -> list[str]:
    """What is installed beside quixstreams: what the project needs in production, but for what quixstreams brings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = [*project["dependencies"], *project["optional-dependencies"]["production"]]
    return [QUIXSTREAMS, *(requirement for requirement in ours if not _BROUGHT.match(requirement))]


def python() -> Path:
    """The interpreter of the environment, which is made if it isn't there; raises Missing."""
    wanted = requirements()
    name = sha256(" ".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    kept = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "bonitet"
    kept.mkdir(parents=True, exist_ok=True)
    there = kept / f"quix-{name}"
    with locked(there.with_suffix(".lock")):
        # A folder without the mark is one that was not made to its end.
        if not (there / "complete").exists():
            shutil.rmtree(there, ignore_errors=True)
            _make(there, wanted)
            (there / "complete").touch()
    return there / "bin" / "python"


def _make(folder: Path, wanted: list[str]) -> None:
    inside = str(folder / "bin" / "python")
    # uv where there is one, because it is fast and asks for no ensurepip; pip does the same.
    if uv := shutil.which("uv"):
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        _run([uv, "pip", "install", "--quiet", "--python", inside, *wanted])
    else:
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = f"{Path(command[0]).name} {' '.join(command[1:4])} ended with {last_words(done.stdout + done.stderr)}"
        mend = "See that the package index can be reached and that the versions named still fit together; start again."
        raise Missing(QUIXSTREAMS, why, mend)
