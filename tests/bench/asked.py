"""What somebody at a screen waits for: the history of one certificate, and the why of its status."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

from adapters.asking import history_of
from adapters.explaining import why
from adapters.main import System, build
from tests.bench.child import Progress
from tests.bench.ours import settings


def ask(database: str, count: int, progress: Progress) -> dict[str, Any]:
    """History and why of certificates chosen by chance, each asked once, of companies that nothing is known of yet."""
    with build(settings(database)) as system:
        chosen = _certificates(system, 2 * count)
        at = datetime.now(UTC)
        half = len(chosen) // 2
        histories = [_timed(partial(history_of, system, certificate)) for certificate in chosen[:half]]
        progress(half, 2 * half)
        whys = [_timed(partial(why, system, certificate, at)) for certificate in chosen[half:]]
    return {"history": _spread(histories), "why": _spread(whys)}


def _timed(question: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds until the answer: those that passed, and those of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    question()
    return 1_000 * (time.perf_counter() - wall), 1_000 * (time.process_time() - cpu)


def _certificates(system: System, count: int) -> list[str]:
    with system.store.reading() as c:
        every = list(c.exec_driver_sql("SELECT DISTINCT certificate FROM register ORDER BY 1").scalars())
    one_each = list({certificate.partition("/")[0]: certificate for certificate in every}.values())
    return Random(1).sample(one_each, min(count, len(one_each)))


def _spread(asked: list[tuple[float, float]]) -> dict[str, dict[str, float]]:
    told = {}
    for name, values in zip(("wall", "cpu"), (sorted(each) for each in zip(*asked, strict=True)), strict=False):
        last = len(values) - 1
        told[name] = {"median": values[last // 2], "p99": values[round(0.99 * last)], "asked": len(values)}
    return told
