"""The engine itself: facts in to projections up to date, the projections rebuilt, read models compared."""

import hashlib
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.intake.reading import lines
from adapters.intake.work import Summary
from adapters.main import build
from adapters.settings import Settings
from tests.bench.child import Progress
from tests.bench.watch import Watch, flatness, resident

KEY = "a key for measurements, not a secret"
SOURCE = "urn:bonitet:bench"


def settings(database: str) -> Settings:
    """The settings that an installation has if nobody sets any, for this file."""
    return Settings(database=database, key=KEY)


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


_READ_MODELS = {
    "register": "*",
    "holders": "*",
    "agenda": "*",
    "worklist": "*",
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
