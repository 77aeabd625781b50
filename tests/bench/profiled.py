"""Where the time of an ingest goes: its functions by the time spent in themselves, and its stages."""

import cProfile
import pstats
from pathlib import Path
from typing import Any

from tests.bench.child import Progress
from tests.bench.ours import ingest

_ROOT = Path(__file__).parents[2]
_TOP = 25

# What a stage is told by: the function that everything of it is called from.
STAGES = {
    "decode and check the line": ("adapters/intake/reading.py", "read"),
    "load companies from the store": ("adapters/intake/memory.py", "load"),
    "decide": ("adapters/intake/gate.py", "learn"),
    "make the event, set persons apart": ("adapters/intake/gate.py", "event_of"),
    "encode and chain the events": ("adapters/store/codec.py", "encode"),
    "append, with its transaction": ("adapters/store/store.py", "append"),
    "project, with its transaction": ("adapters/store/projecting.py", "project"),
}


def profile(facts: str, whole: int, database: str, progress: Progress) -> dict[str, Any]:
    """An ingest under the profiler: the functions with most time of their own, and the stages' shares."""
    profiler = cProfile.Profile()
    with profiler:
        ingest(facts, whole, database, progress)
    stats: Any = pstats.Stats(profiler)
    told = stats.stats
    total = stats.total_tt
    functions = sorted(told.items(), key=lambda item: item[1][2], reverse=True)[:_TOP]
    stages = {name: _cumulative(told, *where) for name, where in STAGES.items()}
    stages["everything else"] = total - sum(stages.values())
    return {
        "facts": whole,
        "total": total,
        "stages": stages,
        "functions": [[_named(*where), calls, own, cumulative] for where, (_, calls, own, cumulative, _) in functions],
    }


def _cumulative(told: dict[Any, Any], path: str, name: str) -> float:
    found = [float(numbers[3]) for where, numbers in told.items() if where[0].endswith(path) and where[2] == name]
    if not found:
        raise LookupError(f"{path} has no {name} that an ingest calls: name the function that this stage is told by")
    return sum(found)


def _named(path: str, line: int, name: str) -> str:
    if path == "~":
        return name
    file = Path(path)
    if file.is_relative_to(_ROOT) and ".venv" not in file.parts:
        return f"{file.relative_to(_ROOT).as_posix()}:{line} {name}"
    # Of a library the package and the module: where it is installed belongs to one machine only.
    return f"{'/'.join(file.parts[-2:])}:{line} {name}"
