"""What the measurements say: tables for a terminal and for docs/performance.md, with the goals beside the figures."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.bench.plan import LOG, LOG_SAMPLE, SAMPLE, TENTH, WHOLE, Measured, Result

REACHED, MISSED = "reached", "**not reached**"

_WAYS = {
    "ours": "ours",
    "library": "the library's own way",
    "cached": "the library, aggregates cached",
    "raw": "raw limit",
    "rebuild": "all projections rebuilt (events)",
}
_WORKLOADS = {
    WHOLE: "portfolio",
    TENTH: "portfolio, a tenth",
    SAMPLE: "sample of the portfolio",
    LOG: "process log",
    LOG_SAMPLE: "sample of the process log",
}


_EVERY_WAY = (
    "Every way is a process of its own with a new database on disk, WAL and synchronous=FULL; modules are imported "
    "before the clock starts, closing the database belongs to the time."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title, what it says in words, and the columns that are numbers."""

    title: str
    says: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: frozenset[int] = frozenset()


def wall(result: Result) -> float:
    """Seconds that passed."""
    return float(result["wall"])


def cpu(result: Result) -> float:
    """Seconds of work, user and system, of all threads."""
    return float(result["user"] + result["system"])


def rate(result: Result) -> float:
    """Facts (or events) a second that passed."""
    return float(result["facts"] / wall(result))


def sections(measured: Measured, machine: Sequence[tuple[str, str]]) -> list[Section]:
    """Everything there is to say about a run."""
    return [
        Section("Machine", "", ("What", "Value"), list(machine)),
        Section(
            "Goals",
            "Ratios are of the time that passed for a fact, pair by pair of the rounds: the median, and in brackets "
            "the lowest and the highest. Beside it stands the same ratio of CPU time, which other work on the machine "
            "and a slow disk hardly touch. What was reached is told by the median of the time that passed.",
            ("Goal", "Measured", "By CPU time", ""),
            list(_goals(measured)),
        ),
        Section(
            "Side by side",
            _outcome(measured),
            ("Way", "Facts", "Facts/s", "Range", "Wall s", "CPU s", "CPU µs/fact", "Peak MB"),
            list(_figures(measured)),
            frozenset(range(1, 8)),
        ),
        Section(
            "Memory of an ingest",
            "Megabytes in use when so much of the facts was done, and the highest moment; the largest of the rounds.",
            ("Workload", "Facts", "25 %", "50 %", "75 %", "100 %", "Peak"),
            list(_memory(measured)),
            frozenset(range(1, 7)),
        ),
        Section(
            "Where the library's time goes",
            "CPU seconds of the sample, the median round.",
            ("Way", "Sample of", "Facts taken", "Events projected", "Facts", "Events"),
            list(_library(measured)),
            frozenset(range(2, 6)),
        ),
    ]


# --- figures -------------------------------------------------------------------------------------------------------


def _figures(measured: Measured) -> Iterator[tuple[str, ...]]:
    for workload, title in _WORKLOADS.items():
        for way, name in _WAYS.items():
            runs = measured.of(way, workload)
            if not runs:
                continue
            rates = [rate(r) for r in runs]
            yield (
                f"{title}: {name}",
                f"{runs[0]['facts']:,}",
                f"{statistics.median(rates):,.0f}",
                f"{min(rates):,.0f} – {max(rates):,.0f}",
                f"{statistics.median(map(wall, runs)):,.2f}",
                f"{statistics.median(map(cpu, runs)):,.2f}",
                f"{statistics.median(1e6 * cpu(r) / r['facts'] for r in runs):,.0f}",
                f"{max(r['peak'] for r in runs):,.0f}",
            )


def _outcome(measured: Measured) -> str:
    told = [_EVERY_WAY]
    for workload in (WHOLE, LOG):
        if runs := measured.of("ours", workload):
            summary = runs[0]["summary"]
            what = ", ".join(f"{summary[name]:,} {name}" for name in ("recorded", "repeated", "rejected", "parked"))
            told.append(
                f"Of the {_WORKLOADS[workload]}'s {summary['read']:,} facts: {what}; {summary['events']:,} events, "
                f"{runs[0]['bytes'] / 1e6:,.0f} MB of database, batches of {runs[0]['batch']:,} facts."
            )
    for workload, equal in measured.equal.items():
        same = "the same read models, row by row" if equal else "**other read models than the engine**"
        told.append(f"The library's own way left {same} ({_WORKLOADS[workload]}).")
    if measured.no_log:
        told.append(measured.no_log)
    return " ".join(told)


def _memory(measured: Measured) -> Iterator[tuple[str, ...]]:
    for workload, title in _WORKLOADS.items():
        runs = [r for r in measured.of("ours", workload) if r["memory"]]
        if runs and workload not in {SAMPLE, LOG_SAMPLE}:
            most = max(runs, key=lambda r: float(r["peak"]))
            shares = (f"{most['memory'][percent]:,.0f}" for percent in ("25", "50", "75", "100"))
            yield title, f"{most['facts']:,}", *shares, f"{most['peak']:,.0f}"


def _library(measured: Measured) -> Iterator[tuple[str, ...]]:
    for workload in (SAMPLE, LOG_SAMPLE):
        for way in ("library", "cached"):
            if runs := measured.of(way, workload):
                yield (
                    _WAYS[way],
                    _WORKLOADS[workload].removeprefix("sample of the "),
                    f"{statistics.median(cpu(r['taking']) for r in runs):,.2f}",
                    f"{statistics.median(cpu(r['projecting']) for r in runs):,.2f}",
                    f"{runs[0]['facts']:,}",
                    f"{runs[0]['events']:,}",
                )


# --- goals ---------------------------------------------------------------------------------------------------------

Goal = tuple[str, str, str, str]
Ratio = Callable[[Result, Result], float]


def _goals(measured: Measured) -> Iterator[Goal]:
    for workload in (SAMPLE, LOG_SAMPLE):
        title = _WORKLOADS[workload]
        pair = measured.of("library", workload), measured.of("ours", workload)
        yield from _ratio(f"at least 10 times the library's own way ({title})", pair, "{:.1f}", lambda x: x >= 10)
    pair = measured.of("library", SAMPLE), measured.of("ours", WHOLE)
    title = f"the same, ours with {measured.facts[WHOLE]:,} facts against its sample (no goal)"
    yield from _ratio(title, pair, "{:.1f}", None)
    pair = measured.of("cached", SAMPLE), measured.of("ours", SAMPLE)
    yield from _ratio("the same, with the library's aggregate cache tuned (no goal)", pair, "{:.1f}", None)
    for workload in (WHOLE, TENTH, LOG):
        title = _WORKLOADS[workload]
        pair = measured.of("raw", workload), measured.of("ours", workload)
        yield from _ratio(f"at least 40 % of the raw limit ({title})", pair, "{:.0%}", lambda x: x >= 0.4)
    pair = measured.of("ours", WHOLE), measured.of("ours", TENTH)
    facts = f"{measured.facts[WHOLE]:,} facts against {measured.facts[TENTH]:,}"
    yield from _ratio(f"time per fact at most 1.2 times ({facts})", pair, "{:.2f}", lambda x: x <= 1.2)
    yield from _memory_goals(measured)
    for workload in (WHOLE, TENTH):
        if rebuilt := measured.of("rebuild", workload):
            passed, worked = [rate(r) for r in rebuilt], [r["facts"] / cpu(r) for r in rebuilt]
            title = f"rebuild of all projections at 40,000 events/s or more ({rebuilt[0]['facts']:,} events)"
            reached = statistics.median(passed) >= 40_000
            yield title, spread(passed, "{:,.0f}"), spread(worked, "{:,.0f}"), mark(reached=reached)
    for asked in measured.of("ask", WHOLE):
        for question in ("history", "why"):
            if figures := asked[question]:
                by_wall, by_cpu = (
                    f"median {each['median']:.1f} ms, 99 of 100 within {each['p99']:.1f} ms"
                    for each in (figures["wall"], figures["cpu"])
                )
                title = f"one certificate's {question} in under 10 ms ({figures['wall']['asked']} asked)"
                yield title, by_wall, by_cpu, _under_ten(figures["wall"])


def _memory_goals(measured: Measured) -> Iterator[Goal]:
    for workload in (WHOLE, LOG):
        runs = measured.of("ours", workload)
        if runs:
            most = max(float(r["peak"]) for r in runs)
            title = f"{_WORKLOADS[workload]}, {measured.facts[workload]:,} facts"
            yield f"peak memory under 500 MB ({title})", f"{most:,.0f} MB", "", mark(reached=most < 500)
    growths = [r["memory"]["100"] / r["memory"]["50"] for r in measured.of("ours", WHOLE) if r["memory"]]
    if growths:
        reached = statistics.median(growths) <= 1.1
        title = "memory flat: its second half adds at most 10 % (portfolio)"
        yield title, spread([100 * (growth - 1) for growth in growths], "{:+.0f} %"), "", mark(reached=reached)


def _ratio(
    title: str, pair: tuple[list[Result], list[Result]], layout: str, reached: Callable[[float], bool] | None
) -> Iterator[Goal]:
    """How many times the time per fact of the second the first takes, round by round."""
    rounds = list(zip(*pair, strict=False))
    if rounds:
        by_wall = [(wall(a) / a["facts"]) / (wall(b) / b["facts"]) for a, b in rounds]
        by_cpu = [(cpu(a) / a["facts"]) / (cpu(b) / b["facts"]) for a, b in rounds]
        marked = mark(reached=reached(statistics.median(by_wall))) if reached else ""
        yield title, spread(by_wall, layout), spread(by_cpu, layout), marked


def _under_ten(milliseconds: dict[str, float]) -> str:
    if milliseconds["p99"] >= 10 > milliseconds["median"]:
        return "reached by the median"
    return mark(reached=milliseconds["p99"] < 10)


def spread(values: Sequence[float], layout: str) -> str:
    """The median, and in brackets the lowest and the highest."""
    median, low, high = (layout.format(v) for v in (statistics.median(values), min(values), max(values)))
    return f"{median} [{low} – {high}]"


def mark(*, reached: bool) -> str:
    """Whether a goal was reached, in words."""
    return REACHED if reached else MISSED


# --- on paper ------------------------------------------------------------------------------------------------------


def profile_sections(told: Result) -> list[Section]:
    """Where the time of an ingest goes, by stages and by functions."""
    total = told["total"]
    stages = [(name, f"{seconds:.2f}", f"{seconds / total:.0%}") for name, seconds in told["stages"].items()]
    functions = [
        (name, f"{calls:,}", f"{own:.2f}", f"{cumulative:.2f}") for name, calls, own, cumulative in told["functions"]
    ]
    return [
        Section(
            "Stages",
            f"Seconds of {total:.1f} under the profiler, for {told['facts']:,} facts; it makes everything slower, "
            "and many small calls more than few large ones.",
            ("Stage", "Seconds", "Share"),
            stages,
            frozenset({1, 2}),
        ),
        Section(
            "Functions",
            "Those with the most time of their own.",
            ("Function", "Calls", "Own s", "With callees s"),
            functions,
            frozenset({1, 2, 3}),
        ),
    ]


def show(told: Sequence[Section], console: Console) -> None:
    """The tables on a terminal."""
    for section in told:
        table = Table(title=section.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        for number, column in enumerate(section.columns):
            right = number in section.numbers
            table.add_column(column, justify="right" if right else "left", no_wrap=right)
        for row in section.rows:
            table.add_row(*(_styled(cell) for cell in row))
        console.print(table)
        if section.says:
            console.print(f"  {escape(_plain(section.says))}\n", style="dim")


def _styled(cell: str) -> str:
    colour = {REACHED: "green", MISSED: "red"}.get(cell)
    told = escape(_plain(cell))
    return f"[{colour}]{told}[/{colour}]" if colour else told


def _plain(text: str) -> str:
    return text.replace("**", "")


def markdown(told: Sequence[Section]) -> str:
    """The tables as Markdown."""
    parts = []
    for section in told:
        rule = ("---:" if number in section.numbers else "---" for number in range(len(section.columns)))
        lines = [_line(section.columns), _line(rule), *map(_line, section.rows)]
        parts.append("\n\n".join(part for part in (f"### {section.title}", section.says, "\n".join(lines)) if part))
    return "\n\n".join(parts)


def _line(cells: Sequence[str] | Iterator[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
