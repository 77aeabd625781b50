"""`make bench`: measure, compare with the goals, and write the figures to docs/performance.md.

Run it alone on a quiet machine. Exit code 0 whether goals are reached or not, 2 where it can't measure.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tests.bench.machine import PRODUCTION_LIBRARIES, NoRoom, cores, describe, disk
from tests.bench.plan import ROOT, Broken, Plan, Sizes, measure
from tests.bench.production import plan as production
from tests.bench.production import report as production_report
from tests.bench.report import Section, markdown, profile_sections, sections, show
from tests.components.missing import Failed, Missing

DOCS = ROOT / "docs" / "performance.md"
PROCESS_LOG = ROOT.parent / "shared" / "data" / "process_log" / "road_traffic_fines_before_2007.csv.gz"
FIGURES, PROFILE, PRODUCTION_FIGURES = "figures", "profile", "production"
EMBEDDED, PRODUCTION = "embedded", "production"
_WIDTH = 112


def main(arguments: list[str] | None = None) -> int:
    """Measure as asked; answers the exit code."""
    asked = _parser().parse_args(arguments)
    # Figures of a quick run say nothing, so they are written down only where somebody names the file.
    docs = asked.docs or (None if asked.quick else DOCS)
    console = Console()
    console.width = max(console.width, _WIDTH)
    try:
        for name, told in _told(asked):
            show(told, console)
            if docs:
                write(docs, name, markdown(told))
                print(f"Written to {docs}", file=sys.stderr)
    except (Broken, Failed, Missing, NoRoom) as fault:
        print(fault, file=sys.stderr)
        return 2
    if asked.quick:
        print("These sizes are too small to say anything: this was a quick run.", file=sys.stderr)
    return 0


def _told(asked: argparse.Namespace) -> Iterator[tuple[str, list[Section]]]:
    """What is measured, each when it is done, under the name of its place in the file."""
    sizes = Sizes(
        facts=asked.facts or (5_000 if asked.quick else 1_000_000),
        sample=asked.sample or (300 if asked.quick else 5_000),
        log=2_000 if asked.quick else 500_000,
        rounds=asked.rounds or (1 if asked.quick else 3),
        asked=20 if asked.quick else 200,
    )
    if asked.profile:
        with _directory(sizes.room, asked.directory) as directory:
            yield PROFILE, _profile(sizes, directory)
        return
    if asked.only in {EMBEDDED, None}:
        with _directory(sizes.room, asked.directory) as directory:
            yield FIGURES, _measure(sizes, directory, asked.log)
    if asked.only in {PRODUCTION, None}:
        given = {name: value for name in ("facts", "sample", "rounds") if (value := getattr(asked, name))}
        wanted = replace(production.QUICK if asked.quick else production.Sizes(), **given)
        with _directory(wanted.room, asked.directory) as directory:
            yield PRODUCTION_FIGURES, _measure_production(wanted, directory)


@contextmanager
def _directory(room: int, wished: Path | None) -> Iterator[Path]:
    """A directory on a disk with room for so many bytes, removed in the end; raises NoRoom."""
    with tempfile.TemporaryDirectory(prefix="bonitet-bench-", dir=disk(room, wished)) as directory:
        yield Path(directory)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=(EMBEDDED, PRODUCTION), help="one file alone, or Kafka and PostgreSQL")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: does it run at all?")
    parser.add_argument(
        "--facts", type=int, help="facts of the portfolio (embedded: 1,000,000 and a tenth; production: 120,000)"
    )
    parser.add_argument("--sample", type=int, help="facts that the peers get (embedded: 5,000; production: 4,000)")
    parser.add_argument("--rounds", type=int, help="rounds (3); of what takes minutes one less")
    parser.add_argument("--log", type=Path, default=PROCESS_LOG, help="the process log of traffic fines, gzipped CSV")
    parser.add_argument("--docs", type=Path, help="where the figures are written (docs/performance.md)")
    parser.add_argument("--directory", type=Path, help="where to work: a directory on the disk to be measured")
    parser.add_argument("--profile", action="store_true", help="say instead where the time of an ingest goes")
    return parser


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def _shown() -> Iterator[Callable[[str, int, int], None]]:
    """Progress on a bar, which begins anew with each title."""
    with _bar() as bar:
        task = bar.add_task("", total=None)
        shown = ""

        def progress(title: str, done: int, whole: int) -> None:
            nonlocal shown
            if title != shown:
                bar.reset(task, description=title, total=whole)
                shown = title
            bar.update(task, completed=min(done, whole), total=whole)

        yield progress


def _measure(sizes: Sizes, directory: Path, log: Path) -> list[Section]:
    machine = describe(directory)
    with _shown() as progress:
        measured = Plan(sizes, directory, log, progress).run()
    when = f"{datetime.now(UTC):%Y-%m-%d}; rounds: {sizes.rounds}, of what takes minutes: {sizes.long_rounds}"
    return sections(measured, [*machine, ("Measured", when)])


def _measure_production(sizes: production.Sizes, directory: Path) -> list[Section]:
    machine = [row for row in describe(directory, PRODUCTION_LIBRARIES) if row[0] != "SQLite"]
    began = monotonic()
    with _shown() as progress:
        measured = production.Plan(sizes, directory, progress).run()
    took = f"{(monotonic() - began) / 60:.0f} minutes"
    when = f"{datetime.now(UTC):%Y-%m-%d}, in {took}; rounds: {sizes.rounds}, of the sizing {sizes.curve_rounds}"
    return production_report.sections(measured, [*machine, ("Measured", when)], cores())


def _profile(sizes: Sizes, directory: Path) -> list[Section]:
    facts, database = directory / "facts.jsonl", directory / "profile.sqlite"
    with _bar() as bar:
        task = bar.add_task("profile", total=None)

        def progress(done: int, whole: int) -> None:
            bar.update(task, completed=min(done, whole), total=whole)

        written = measure({"task": "portfolio", "target": str(facts), "facts": sizes.facts // 10}, progress)
        request = {"task": "profile", "facts": str(facts), "whole": written["facts"], "database": str(database)}
        return profile_sections(measure(request, progress))


def write(docs: Path, name: str, text: str) -> None:
    """Put the text between the two markers of that name; what stands around them is kept as it is."""
    begin, end = f"<!-- {name}: written by make bench -->", f"<!-- end of {name} -->"
    docs.parent.mkdir(parents=True, exist_ok=True)
    known = docs.read_text(encoding="utf-8") if docs.exists() else "# Performance\n"
    if begin not in known or end not in known:
        known = f"{known.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = known.partition(begin)
    after = rest.partition(end)[2]
    docs.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
