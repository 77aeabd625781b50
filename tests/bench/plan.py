"""The order of the measurements: in rounds that alternate, each measurement in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# A setting in the environment of who runs this must not change what is measured.
_OURS = ("BONITET_", "PERSISTENCE_", "SQLITE_", "AGGREGATE_", "COVERAGE", "COV_")

WHOLE, TENTH, SAMPLE = "portfolio", "tenth", "sample"
LOG, LOG_SAMPLE = "log", "log sample"

Result = dict[str, Any]
Progress = Callable[[str, int, int], None]


class Broken(Exception):
    """A measurement ended with an error; the message is what it wrote."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: facts of the portfolio and of the samples, the most of the log, and rounds."""

    facts: int
    sample: int
    log: int
    rounds: int
    asked: int = 200

    @property
    def long_rounds(self) -> int:
        """Rounds of what takes minutes."""
        return max(1, self.rounds - 1)

    @property
    def room(self) -> int:
        """Bytes that the facts and the databases take, with room to spare."""
        return 200_000_000 + 5_000 * self.facts + 3_000 * self.log


@dataclass(slots=True)
class Measured:
    """What came out: by (way, workload) one result a round, the workloads' facts, and remarks."""

    facts: dict[str, int] = field(default_factory=dict)
    runs: dict[tuple[str, str], list[Result]] = field(default_factory=dict)
    equal: dict[str, bool] = field(default_factory=dict)
    no_log: str | None = None

    def of(self, way: str, workload: str) -> list[Result]:
        """The results of one way with one workload, a round each; none if it was not measured."""
        return self.runs.get((way, workload), [])


def measure(request: Result, progress: Callable[[int, int], None]) -> Result:
    """Run one task in a process of its own and wait for its result; raises Broken."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    command = [sys.executable, "-m", "tests.bench.child", json.dumps(request)]
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env=environment, text=True
        ) as child:
            told: Any = None
            for line in child.stdout or ():
                told = json.loads(line)
                if isinstance(told, list):
                    progress(told[0], told[1])
        if child.returncode or not isinstance(told, dict):
            errors.seek(0)
            raise Broken(f"{request['task']} ended with {child.returncode}:\n{errors.read()}")
    return told


class Plan:
    """Everything that a run measures, in a directory that is thrown away afterwards."""

    def __init__(self, sizes: Sizes, directory: Path, log: Path, progress: Progress) -> None:
        self._sizes = sizes
        self._directory = directory
        self._log = log
        self._progress = progress
        self.measured = Measured()

    def run(self) -> Measured:
        """Measure everything, and answer with it."""
        self._prepare()
        for number in range(self._sizes.rounds):
            self._round(number)
        self._step("rebuild", WHOLE)
        asked = {"task": "ask", "database": self._finished(WHOLE), "count": self._sizes.asked}
        self._keep("ask", WHOLE, asked)
        return self.measured

    def _path(self, name: str) -> str:
        return str(self._directory / name.replace(" ", "-"))

    def _facts(self, workload: str) -> str:
        return self._path(f"{workload}.jsonl")

    def _finished(self, workload: str) -> str:
        return self._path(f"{workload}.sqlite")

    def _measure(self, title: str, request: Result) -> Result:
        return measure(request, lambda done, whole: self._progress(title, done, whole))

    # --- what is measured ---

    def _prepare(self) -> None:
        sizes = self._sizes
        for workload, facts in ((WHOLE, sizes.facts), (TENTH, sizes.facts // 10)):
            self._write(workload, {"task": "portfolio", "facts": facts})
        self._sample(WHOLE, SAMPLE)
        if self._log.is_file():
            self._write(LOG, {"task": "log", "source": str(self._log), "most": sizes.log})
            self._sample(LOG, LOG_SAMPLE)
        else:
            self.measured.no_log = f"The process log was not measured: {self._log.name} is not in {self._log.parent}."

    def _sample(self, source: str, target: str) -> None:
        wanted = {"facts": self._sizes.sample, "whole": self.measured.facts[source]}
        self._write(target, {"task": "sample", "source": self._facts(source), **wanted})

    def _write(self, workload: str, request: Result) -> None:
        told = self._measure(f"write {workload}", {**request, "target": self._facts(workload)})
        self.measured.facts[workload] = told["facts"]

    # --- how ---

    def _round(self, number: int) -> None:
        steps: list[tuple[str, str]] = []
        for whole, sample in ((WHOLE, SAMPLE), (LOG, LOG_SAMPLE)):
            if whole not in self.measured.facts:
                continue
            steps += [("ours", sample), ("library", sample)]
            if whole == WHOLE:
                steps += [("cached", sample), ("ours", TENTH), ("raw", TENTH), ("rebuild", TENTH)]
            if number < self._sizes.long_rounds:
                steps += [("ours", whole), ("raw", whole)]
        # Every other round runs backwards, so that a machine growing slower favours nobody.
        for way, workload in reversed(steps) if number % 2 else steps:
            self._step(way, workload)
        if number == 0:
            self._compare()

    def _step(self, way: str, workload: str) -> None:
        if way == "rebuild":
            self._keep(way, workload, {"task": way, "database": self._finished(workload)})
            return
        common = {"facts": self._facts(workload), "whole": self.measured.facts[workload]}
        first = not self.measured.of(way, workload)
        database = self._path(f"{way}-now.sqlite")
        match way:
            case "ours":
                database = self._finished(workload) if first else database
                request: Result = {"task": "ours"}
            case "raw":
                batch = self.measured.of("ours", workload)[0]["batch"]
                request = {"task": "raw", "finished": self._finished(workload), "batch": batch}
            case _:
                database = self._path(f"{way}-{workload}.sqlite") if first else database
                request = {"task": "library", "cached": way == "cached"}
        self._keep(way, workload, {**request, **common, "database": database})
        if database.endswith("-now.sqlite"):
            for suffix in ("", "-wal", "-shm"):
                Path(database + suffix).unlink(missing_ok=True)

    def _keep(self, way: str, workload: str, request: Result) -> None:
        runs = self.measured.runs.setdefault((way, workload), [])
        runs.append(self._measure(f"{way} {workload}, round {len(runs) + 1}", request))

    def _compare(self) -> None:
        """Whether the library's own way left the same read models behind."""
        for workload in (SAMPLE, LOG_SAMPLE):
            ways = [way for way in ("library", "cached") if self.measured.of(way, workload)]
            paths = [self._finished(workload), *(self._path(f"{way}-{workload}.sqlite") for way in ways)]
            if ways:
                digests = self._measure(f"compare {workload}", {"task": "rows", "databases": paths})["digests"]
                self.measured.equal[workload] = len(set(digests)) == 1
