"""Time and memory of this process: wall and CPU while a watch runs, the resident set now and at its highest."""

import resource
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_MEGA = 1_000_000


class Watch:
    """Adds up wall, user and system seconds of the whole process while it is entered; may be entered many times."""

    def __init__(self) -> None:
        self.wall = self.user = self.system = 0.0
        self._began = (0.0, 0.0, 0.0)

    def __enter__(self) -> Self:
        self._began = _now()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        wall, user, system = (end - start for end, start in zip(_now(), self._began, strict=True))
        self.wall += wall
        self.user += user
        self.system += system

    def seconds(self) -> dict[str, float]:
        """What was added up, in seconds."""
        return {"wall": self.wall, "user": self.user, "system": self.system}


def _now() -> tuple[float, float, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime, used.ru_stime


def resident() -> float:
    """Megabytes of memory in use now, 0 where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / _MEGA


def peak() -> float:
    """Megabytes of memory at the highest moment of this process.

    Linux lets a child's `ru_maxrss` begin with what its parent held, so the process's own high-water mark is taken
    where there is one.
    """
    try:
        told = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / _MEGA if sys.platform == "darwin" else most * 1024 / _MEGA
    line = next(line for line in told.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / _MEGA


def flatness(samples: list[tuple[int, float]]) -> dict[str, float]:
    """From (facts done, megabytes) samples the memory when 25, 50, 75 and 100 % of the facts were done."""
    if not samples:
        return {}
    whole = samples[-1][0]
    return {
        str(percent): next(mb for done, mb in samples if done * 100 >= whole * percent) for percent in (25, 50, 75, 100)
    }
