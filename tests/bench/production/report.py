"""What the measurements of the production form say, as tables with the goals beside the figures."""

import statistics
from collections.abc import Callable, Iterator, Sequence

from tests.bench.plan import Result
from tests.bench.production.latency import HELD, LOOK
from tests.bench.production.plan import Measured
from tests.bench.report import Goal, Section, mark, spread

_WAYS = {
    "one": "ours: 1 worker, 1 projector",
    "two": "ours: 2 workers, 1 projector",
    "one alone": "ours: 1 worker, no projector",
    "two alone": "ours: 2 workers, no projector",
    "sample": "ours: 1 worker, 1 projector, on the sample",
    "stock": "the library's own way, on the sample",
    "cached": "the library, aggregates cached, on the sample",
    "quix": "quixstreams, on the sample",
}
_PEERS = {
    "stock": "the library's own way",
    "cached": "the library with its aggregate cache tuned",
    "quix": "quixstreams",
}
_PROCESSES = ("worker 1", "worker 2", "projector", "peer", "PostgreSQL", "Kafka")
_READINGS = {
    "cursor": "a bare cursor of the driver",
    "replay": "replay: read, decoded, as events",
    "follow": "read models emptied, and followed by one process",
    "rebuild by 1": "`bonitet rebuild` by 1 process",
}
_REBUILT = 42_000
NONE = "–"


def sections(measured: Measured, machine: Sequence[tuple[str, str]], cores: int) -> list[Section]:
    """Everything there is to say about a run."""
    return [
        Section("Machine and components", "", ("What", "Value"), [*machine, *measured.components]),
        Section(
            "Goals of the production form",
            "Ratios are of the time that passed for a fact, pair by pair of the rounds: the median, and in brackets "
            "the lowest and the highest. Beside it stands the same ratio of the CPU time of all processes together, "
            "PostgreSQL's and Kafka's too. What was reached is told by the median of the time that passed.",
            ("Goal", "Measured", "By CPU time", ""),
            list(_goals(measured)),
        ),
        Section(
            "From Kafka to the read models",
            _outcome(measured),
            ("Way", "Facts", "Facts/s", "Range", "Wall s", "Sweep s", "Joined s", "CPU µs/fact", "Peak MB"),
            list(_flows(measured)),
            frozenset(range(1, 9)),
        ),
        Section(
            "What bounds it",
            f"How many seconds of CPU each process took for a second that passed, the median of the rounds: a Python "
            f"process can't take more than one, and all together not more than the machine has cores ({cores}).",
            ("Way", *map(_capital, _PROCESSES), f"All, of {cores}"),
            list(_bounds(measured)),
            frozenset(range(1, 8)),
        ),
        Section(
            "Append",
            "Events a second of all writers together, the median with the lowest and the highest; each writer is a "
            "process, and moves a source's position in the transaction of its events. The library's recorder takes any "
            "greater position; with compare-and-set added it promises what the engine's does, which besides asserts "
            "that nobody else has touched the companies concerned.",
            ("Writers", "Batch", "Ours", "Library", "Library, compare-and-set", "Ours / library", "/ with c.-a.-s."),
            list(_appends(measured)),
            frozenset(range(7)),
        ),
        Section(
            "Reading the log",
            "Events a second, and the share of what a bare cursor reads. A rebuild is by the tables beside the live "
            "ones; to compare both row by row before the switch takes the seconds named besides.",
            ("Way", "Events", "Events/s", "Range", "Of the cursor", "CPU µs/event", "Comparing s"),
            list(_readings(measured)),
            frozenset(range(1, 7)),
        ),
        Section(
            "Latency",
            _held(measured),
            (
                "Of the highest rate",
                "Facts/s",
                "Probes",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "Highest ms",
                "CPU, all",
                "Late ms",
            ),
            list(_latencies(measured)),
            frozenset(range(1, 9)),
        ),
        Section(
            "Sizing",
            "One worker and one projector: how many facts a second by the most facts that a batch may have "
            "(`BONITET_BATCH`), and how long a fact takes at half of that rate. What more workers bring stands above.",
            ("Batch", "Facts", "Facts/s", "Range", "At facts/s", "p50 ms", "p99 ms"),
            list(_curve(measured)),
            frozenset(range(7)),
        ),
    ]


# --- time and work ---------------------------------------------------------------------------------------------------


def _time(run: Result) -> float:
    """Seconds that passed until the read models stood for the log."""
    return float(run["wall"])


def _with_sweep(run: Result) -> float:
    """The same with the sweep, which the peers have in theirs."""
    return float(run["wall"] + run["swept"])


def _work(run: Result) -> float:
    return float(sum(run["cpu"].values()))


def _rate(run: Result) -> float:
    return float(run["facts"] / run["wall"])


def _range(values: Sequence[float]) -> str:
    return f"{min(values):,.0f} – {max(values):,.0f}"


def _median(values: Sequence[float], layout: str = "{:,.0f}") -> str:
    return layout.format(statistics.median(values)) if values else NONE


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _peers(measured: Measured) -> list[tuple[str, str]]:
    """Those that were measured, with how they are called."""
    return [(way, name) for way, name in _PEERS.items() if way in measured.flows]


# --- goals -----------------------------------------------------------------------------------------------------------


def _goals(measured: Measured) -> Iterator[Goal]:
    flows = measured.flows
    sample, whole = flows["sample"][0]["facts"], flows["one"][0]["facts"]
    for way, title in _peers(measured):
        goal = 8.0 if way == "stock" else None
        words = f"at least 8 times {title}" if goal else f"times {title}, no goal"
        yield _ratio(f"{words} (the same {sample:,} facts)", flows[way], flows["sample"], goal)
        yield _ratio(f"{words} (ours with {whole:,} facts)", flows[way], flows["one"], goal)
        yield _ratio(f"{words} (as before, ours with its sweep)", flows[way], flows["one"], goal, time=_with_sweep)
    title = "at least 1.6 times with two workers, where two cores allow it"
    yield _ratio(title, flows["one"], flows["two"], 1.6)
    if "two alone" in flows:
        title = "the same without a projector (no goal)"
        yield _ratio(title, flows["one alone"], flows["two alone"], None)
    for way, runs in measured.readings.items():
        if way.startswith("rebuild"):
            passed, worked = [_rate(r) for r in runs], [r["facts"] / (r["user"] + r["system"]) for r in runs]
            title = f"{_REBUILT:,} events/s or more in a rebuild by {_by(way)} ({runs[0]['facts']:,} events)"
            reached = mark(reached=statistics.median(passed) >= _REBUILT)
            # Of the others that help, only this one's CPU time is known.
            by_cpu = spread(worked, "{:,.0f}") if way.endswith(" 1") else ""
            yield title, spread(passed, "{:,.0f}"), by_cpu, reached


def _ratio(
    title: str,
    first: Sequence[Result],
    second: Sequence[Result],
    goal: float | None,
    time: Callable[[Result], float] = _time,
) -> Goal:
    """How many times the time per fact of the second the first takes, round by round."""
    rounds = list(zip(first, second, strict=False))
    by_wall = [(time(a) / a["facts"]) / (time(b) / b["facts"]) for a, b in rounds]
    by_cpu = [(_work(a) / a["facts"]) / (_work(b) / b["facts"]) for a, b in rounds]
    reached = mark(reached=statistics.median(by_wall) >= goal) if goal else ""
    # What the sweep takes of the processors is not known.
    return title, spread(by_wall, "{:.2f}"), spread(by_cpu, "{:.2f}") if time is _time else "", reached


def _by(way: str) -> str:
    count = way.rpartition(" ")[2]
    return f"{count} process{'es' if count != '1' else ''}"


# --- figures ---------------------------------------------------------------------------------------------------------


def _outcome(measured: Measured) -> str:
    one = measured.flows["one"][0]
    how = (
        f"{measured.sizes.partitions} partitions; {one['facts']:,} facts led to {one['events']:,} events. Time counts "
        "from when the facts can be read by processes that have joined (for a peer, from its first message) until all "
        "positions are at the end and the read models stand for the whole log; what it takes to start and to join "
        "stands apart, and so does the sweep of scheme-wide facts that follows, which the peers have in their time."
    )
    told = [how]
    same = [name for way, name in _peers(measured) if measured.equal[way]]
    for way, name in _peers(measured):
        if not measured.equal[way]:
            told.append(f"**{_capital(name)} left other read models than the engine.**")
    if same:
        told.append(f"The same read models as the engine's, row by row, were left by {_listed(same)}.")
    workers = "the same as" if measured.equal["two"] else "**other than**"
    told.append(f"Those of two workers are {workers} those of one, in every round.")
    return " ".join(told)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _flows(measured: Measured) -> Iterator[tuple[str, ...]]:
    for way, title in _WAYS.items():
        if not (runs := measured.flows.get(way, [])):
            continue
        rates = [_rate(r) for r in runs]
        yield (
            title,
            f"{runs[0]['facts']:,}",
            _median(rates),
            _range(rates),
            _median([r["wall"] for r in runs], "{:,.2f}"),
            _median([r["swept"] for r in runs], "{:,.2f}") if any(r["swept"] for r in runs) else NONE,
            _median([r["joined"] for r in runs], "{:,.1f}"),
            _median([1e6 * _work(r) / r["facts"] for r in runs]),
            f"{max(r['peak'] for r in runs):,.0f}",
        )


def _bounds(measured: Measured) -> Iterator[tuple[str, ...]]:
    for way, title in _WAYS.items():
        if not (runs := measured.flows.get(way, [])):
            continue
        # A peer's processes are accounted for from their start, so they are measured against that.
        passed = [r["wall"] + (r["joined"] if "peer" in r["cpu"] else 0.0) for r in runs]
        shares = [
            [r["cpu"][name] / seconds for r, seconds in zip(runs, passed, strict=True) if name in r["cpu"]]
            for name in _PROCESSES
        ]
        everything = [_work(r) / seconds for r, seconds in zip(runs, passed, strict=True)]
        yield title, *(_median(each, "{:.2f}") for each in shares), _median(everything, "{:.2f}")


def _appends(measured: Measured) -> Iterator[tuple[str, ...]]:
    for batch in measured.sizes.batches:
        for writers in measured.sizes.writers:
            rates = {
                name: [float(r["rate"]) for r in measured.appends[name, batch, writers]]
                for name in ("engine", "library", "comparing")
            }
            ratios = (
                [a / b for a, b in zip(rates["engine"], rates[other], strict=True)]
                for other in ("library", "comparing")
            )
            yield (
                f"{writers}",
                f"{batch}",
                *(spread(each, "{:,.0f}") for each in rates.values()),
                *(spread(list(each), "{:.2f}") for each in ratios),
            )


def _readings(measured: Measured) -> Iterator[tuple[str, ...]]:
    for way, runs in measured.readings.items():
        rates = [_rate(r) for r in runs]
        shares = [_rate(a) / _rate(b) for a, b in zip(runs, measured.readings["cursor"], strict=True)]
        alone = not way.startswith("rebuild") or way.endswith(" 1")
        yield (
            _READINGS.get(way, f"`bonitet rebuild` by {_by(way)}"),
            f"{runs[0]['facts']:,}",
            _median(rates),
            _range(rates),
            _median(shares, "{:.0%}"),
            _median([1e6 * (r["user"] + r["system"]) / r["facts"] for r in runs], "{:,.1f}") if alone else NONE,
            _median([r["compared"] for r in runs if "compared" in r], "{:,.2f}"),
        )


# --- latency ---------------------------------------------------------------------------------------------------------


def _held(measured: Measured) -> str:
    told = measured.latency
    tried = ", ".join(f"{t['rate']:,.0f} ({t['drained']:.1f} s)" for t in told["tried"])
    last = told["tried"][-1]["drained"]
    held = "was the highest held" if last <= HELD else "**was the lowest tried, and none was held**"
    return (
        "One worker, one projector, no relay. From a fact's moment in a schedule that waits for nobody until a look at "
        f"the register, one every {1_000 * LOOK:.0f} ms, finds what it brought about; facts of other companies come "
        "beside it at the rate named, without the two scheme-wide facts of each year. A rate was held where everything "
        f"had come through {HELD:.0f} s after the last fact was sent; tried were {tried}, so {told['held']:,.0f} facts "
        f"a second {held}. What sends and what looks run on the same cores; `Late` is by how much what sends missed a "
        "fact's moment at most, which is part of the latency."
    )


def _latencies(measured: Measured) -> Iterator[tuple[str, ...]]:
    for step in measured.latency["steps"]:
        yield (
            f"{step['share']:.0%}",
            f"{step['rate']:,.0f}",
            f"{step['probes']:,}",
            *(f"{1_000 * step[each]:,.0f}" for each in ("p50", "p90", "p99", "most")),
            f"{sum(step['cpu'].values()):.2f}",
            f"{1_000 * step['late']:,.0f}",
        )


def _curve(measured: Measured) -> Iterator[tuple[str, ...]]:
    for batch, runs in measured.curve.items():
        rates = [_rate(r) for r in runs]
        (step,) = measured.curve_latency[batch]["steps"]
        yield (
            f"{batch:,}",
            f"{runs[0]['facts']:,}",
            _median(rates),
            _range(rates),
            f"{step['rate']:,.0f}",
            *(f"{1_000 * step[each]:,.0f}" for each in ("p50", "p99")),
        )
