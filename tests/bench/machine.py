"""The machine that a figure belongs to, and a directory on its disk."""

import os
import platform
import shutil
import sqlite3
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

_IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs", "rootfs"}
_WRITES = 40
_PAGE = 4096
_GIGA = 1_000_000_000
LIBRARIES = ("eventsourcing", "pydantic", "sqlalchemy")
PRODUCTION_LIBRARIES = (*LIBRARIES, "psycopg", "kafka-python")


class NoRoom(Exception):
    """There is no directory on a disk with enough space."""


def describe(directory: Path, libraries: tuple[str, ...] = LIBRARIES) -> list[tuple[str, str]]:
    """What the figures depend on, as (what, value)."""
    median, worst = _synchronisation(directory)
    load = os.getloadavg()[0]
    return [
        ("CPU", f"{_processor()}, {cores()} cores"),
        ("Memory", f"{_memory() / _GIGA:.1f} GB"),
        ("Disk", f"{filesystem(directory)}; a 4 KB write with fsync takes {median:.2f} ms (slowest {worst:.1f} ms)"),
        ("System", f"{_system()}, {platform.system()} {platform.release()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("SQLite", f"{sqlite3.sqlite_version}, WAL, synchronous=FULL"),
        ("Libraries", ", ".join(f"{name} {version(name)}" for name in libraries)),
        ("Load before the run", f"{load:.2f} processes over the last minute"),
    ]


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def _synchronisation(directory: Path) -> tuple[float, float]:
    """Milliseconds that a small durable write takes here: the median and the slowest of some."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        for _ in range(_WRITES):
            began = time.perf_counter()
            file.write(b"x" * _PAGE)
            file.flush()
            os.fsync(file.fileno())
            taken.append(1_000 * (time.perf_counter() - began))
    return statistics.median(taken), max(taken)


def filesystem(directory: Path) -> str:
    """The type of the file system that a directory is on, `unknown` where the system doesn't tell."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    here = directory.resolve()
    found = [(fields[1], fields[2]) for fields in map(str.split, mounts) if here.is_relative_to(fields[1])]
    # The longest path is the nearest; of those mounted on the same one the last is seen.
    return max(reversed(found), key=lambda mount: len(mount[0]))[1] if found else "unknown"


def demand_disk(directory: Path) -> None:
    """Raises NoRoom where a directory is kept in memory: what is written there would be durable in name only."""
    if (kind := filesystem(directory)) in _IN_MEMORY:
        raise NoRoom(
            f"{directory.parent} is kept in memory ({kind}): set TMPDIR to a directory on a disk, and try again"
        )


def disk(needed: int, wished: Path | None) -> Path:
    """A directory on a disk, not in memory, with so many bytes left; raises NoRoom."""
    candidates = [wished] if wished else [Path(tempfile.gettempdir()), Path("/var/tmp"), Path.cwd().parent]  # noqa: S108 - a directory of our own is made in it
    for candidate in candidates:
        on_disk = candidate.is_dir() and filesystem(candidate) not in _IN_MEMORY
        if on_disk and shutil.disk_usage(candidate).free > needed:
            return candidate
    places = ", ".join(map(str, candidates))
    raise NoRoom(f"{needed / _GIGA:.1f} GB on a disk are needed, and {places} has no room: name one by --directory")
