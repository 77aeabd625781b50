"""The processes of a measurement: started as anyone would start them, with the CPU and memory that each has used."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.plan import ROOT, Broken

BONITET = str(Path(sys.executable).with_name("bonitet"))
_TICKS = os.sysconf("SC_CLK_TCK")
_KILO = 1024 / 1_000_000
_PATIENCE = 30.0
_WORDS = 3_000
# A setting in the environment of who runs this must not change what is measured.
_OURS = ("BONITET_", "PERSISTENCE_", "POSTGRES_", "PG", "AGGREGATE_", "COVERAGE", "COV_")


class _Stat(NamedTuple):
    parent: int
    name: str
    seconds: float  # of itself and of the children that it has waited for


def _every() -> dict[int, _Stat]:
    """All processes of this machine."""
    told = {}
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            text = (path / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        before, _, after = text.rpartition(")")
        fields = after.split()
        ticks = sum(map(int, fields[11:15]))
        told[int(path.name)] = _Stat(int(fields[1]), before.partition("(")[2], ticks / _TICKS)
    return told


def _with_descendants(every: Mapping[int, _Stat], pid: int) -> Iterator[int]:
    if pid in every:
        yield pid
        for child, stat in every.items():
            if stat.parent == pid:
                yield from _with_descendants(every, child)


def cpu(watched: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds, user and system, of each process with its descendants, living or not; 0 for one that is gone."""
    every = _every()
    return {name: sum(every[p].seconds for p in _with_descendants(every, pid)) for name, pid in watched.items()}


def since(watched: Mapping[str, int], before: Mapping[str, float]) -> dict[str, float]:
    """CPU seconds of each process since they were these."""
    return {name: seconds - before[name] for name, seconds in cpu(watched).items()}


def descendant(named: str) -> int:
    """The first descendant of this process with that name; raises Broken."""
    every = _every()
    for pid in _with_descendants(every, os.getpid()):
        if every[pid].name == named:
            return pid
    raise Broken(f"no process {named} was started here, so its CPU time can't be told")


def highest(pid: int) -> float:
    """Megabytes of memory at the highest moment of a process, 0 for one that is gone."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    lines = [line for line in told.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) * _KILO if lines else 0.0


def environment(**settings: str) -> dict[str, str]:
    """The environment of a process that has these settings and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | settings


class Started:
    """A process that runs; what it says on standard error is kept."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], errors: Path) -> None:
        self.name = name
        self.process = process
        self._errors = errors

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    def demand(self) -> None:
        """Raises Broken with its last words where it has ended."""
        if self.process.poll() is not None:
            said = self._errors.read_text(encoding="utf-8", errors="replace")[-_WORDS:]
            raise Broken(f"{self.name} ended with {self.process.returncode}:\n{said}")


@contextmanager
def started(name: str, command: list[str], env: Mapping[str, str]) -> Iterator[Started]:
    """A process with pipes to it and from it, ended in the end."""
    with tempfile.TemporaryDirectory(prefix="bonitet-bench-") as folder:
        errors = Path(folder) / "errors"
        with (
            errors.open("wb") as said,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, cwd=ROOT, env=env
            ) as process,
        ):
            try:
                yield Started(name, process, errors)
            finally:
                process.terminate()
                try:
                    process.wait(_PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()


def run(command: list[str], env: Mapping[str, str]) -> None:
    """A process run to its end; raises Broken where it fails."""
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"{' '.join(command[1:])} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-_WORDS:]}")
