"""`make bench`: measure, compare with the goals, and write the figures to docs/performance.md.

Run it alone on a quiet machine. Exit code 0 whether goals are reached or not, 2 where it can't measure.
"""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tests.bench.machine import NoRoom, describe, disk
from tests.bench.plan import ROOT, Broken, Plan, Sizes, measure
from tests.bench.report import Section, markdown, profile_sections, sections, show

DOCS = ROOT / "docs" / "performance.md"
PROCESS_LOG = ROOT.parent / "shared" / "data" / "process_log" / "road_traffic_fines_before_2007.csv.gz"
FIGURES, PROFILE = "figures", "profile"
_WIDTH = 112


def main(arguments: list[str] | None = None) -> int:
    """Measure as asked; answers the exit code."""
    asked = _parser().parse_args(arguments)
    sizes = Sizes(
        facts=asked.facts or (5_000 if asked.quick else 1_000_000),
        sample=asked.sample or (300 if asked.quick else 5_000),
        log=2_000 if asked.quick else 500_000,
        rounds=asked.rounds or (1 if asked.quick else 3),
        asked=20 if asked.quick else 200,
    )
    # Figures of a quick run say nothing, so they are written down only where somebody names the file.
    docs = asked.docs or (None if asked.quick else DOCS)
    try:
        place = disk(sizes.room, asked.directory)
        with tempfile.TemporaryDirectory(prefix="bonitet-bench-", dir=place) as directory:
            told = _profile(sizes, Path(directory)) if asked.profile else _measure(sizes, Path(directory), asked.log)
    except (Broken, NoRoom) as fault:
        print(fault, file=sys.stderr)
        return 2
    console = Console()
    console.width = max(console.width, _WIDTH)
    show(told, console)
    if asked.quick:
        print("These sizes are too small to say anything: this was a quick run.", file=sys.stderr)
    if docs:
        write(docs, PROFILE if asked.profile else FIGURES, markdown(told))
        print(f"Written to {docs}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: does it run at all?")
    parser.add_argument("--facts", type=int, help="facts of the portfolio (1,000,000); another run has a tenth of it")
    parser.add_argument("--sample", type=int, help="facts that the library's own way gets (5,000)")
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


def _measure(sizes: Sizes, directory: Path, log: Path) -> list[Section]:
    machine = describe(directory)
    with _bar() as bar:
        task = bar.add_task("", total=None)
        shown = ""

        def progress(title: str, done: int, whole: int) -> None:
            nonlocal shown
            if title != shown:
                bar.reset(task, description=title, total=whole)
                shown = title
            bar.update(task, completed=min(done, whole), total=whole)

        measured = Plan(sizes, directory, log, progress).run()
    when = f"{datetime.now(UTC):%Y-%m-%d}; rounds: {sizes.rounds}, of what takes minutes: {sizes.long_rounds}"
    return sections(measured, [*machine, ("Measured", when)])


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
