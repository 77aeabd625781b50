"""What somebody at a screen waits for: the history of one certificate, and the why of its status."""

import time
from datetime import UTC, datetime
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
        histories, whys = [], []
        for number, certificate in enumerate(chosen[:half]):
            began = time.perf_counter()
            history_of(system, certificate)
            histories.append(time.perf_counter() - began)
            progress(number, 2 * half)
        for number, certificate in enumerate(chosen[half:]):
            began = time.perf_counter()
            why(system, certificate, at)
            whys.append(time.perf_counter() - began)
            progress(half + number, 2 * half)
    return {"history": _spread(histories), "why": _spread(whys)}


def _certificates(system: System, count: int) -> list[str]:
    with system.store.reading() as c:
        every = list(c.exec_driver_sql("SELECT DISTINCT certificate FROM register ORDER BY 1").scalars())
    one_each = list({certificate.partition("/")[0]: certificate for certificate in every}.values())
    return Random(1).sample(one_each, min(count, len(one_each)))


def _spread(seconds: list[float]) -> dict[str, float]:
    told = sorted(seconds)
    if not told:
        return {}
    last = len(told) - 1
    return {
        "asked": len(told),
        "median": 1_000 * told[last // 2],
        "p99": 1_000 * told[min(last, round(0.99 * last))],
        "most": 1_000 * told[-1],
    }
