"""The engine itself: facts in to projections up to date, the projections rebuilt, questions answered."""

import hashlib
import sqlite3
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from adapters.asking import history_of
from adapters.explaining import why
from adapters.intake.engine import Summary
from adapters.intake.reading import lines
from adapters.main import System, build
from adapters.settings import Settings
from tests.bench.child import Progress
from tests.bench.watch import Watch, flatness, resident

KEY = "a key for measurements, not a secret"
SOURCE = "urn:bonitet:bench"


def settings(database: str) -> Settings:
    """The settings that an installation has if nobody sets any, for this file."""
    return Settings(database=Path(database), key=KEY)


def ingest(facts: str, whole: int, database: str, progress: Progress) -> dict[str, Any]:
    """A new database, every fact of the file ingested, projections up to date, the database closed again."""
    memory: list[tuple[int, float]] = []

    def note(summary: Summary) -> None:
        memory.append((summary.read, resident()))
        progress(summary.read, whole)

    watch = Watch()
    chosen = settings(database)
    with watch, Path(facts).open("rb") as stream, build(chosen) as system:
        summary = system.engine.ingest(SOURCE, lines(stream, chosen.longest_line), note)
    return {
        "facts": summary.read,
        **watch.seconds(),
        "summary": asdict(summary),
        "batch": chosen.batch,
        "memory": flatness(memory),
        "bytes": Path(database).stat().st_size,
    }


def rebuild(database: str, progress: Progress) -> dict[str, Any]:
    """All projections emptied and told again from the log of a finished database."""
    watch = Watch()
    with build(settings(database)) as system:
        whole = system.store.last_position()
        progress(0, whole)
        with watch:
            count = system.engine.projections.rebuild()
    return {"facts": count, **watch.seconds()}


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


_READ_MODELS = {
    "register": "*",
    "holders": "*",
    "agenda": "*",
    "tasks": "*",
    "audit": "stream, version, name, effective_at, recorded_at, cause, source, actor, role, rule, editions",
}


def rows(databases: list[str], progress: Progress) -> dict[str, Any]:
    """A hash of the read models of each database, in any order of their rows and without positions in the log."""
    told = []
    for number, database in enumerate(databases):
        digest = hashlib.sha256()
        connection = sqlite3.connect(database)
        for table, columns in _READ_MODELS.items():
            found = sorted(map(repr, connection.execute(f"SELECT {columns} FROM {table}")))  # noqa: S608 - our own names
            digest.update(f"{table} {len(found)} {found}".encode())
        connection.close()
        told.append(digest.hexdigest())
        progress(number, len(databases))
    return {"digests": told}
