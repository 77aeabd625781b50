"""What an installation keeps of some facts when nothing goes wrong: the embedded form takes them in, in one go."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.demo.portfolio import companies_for_facts, portfolio
from adapters.intake.aside import parked, rejected
from adapters.main import System, build
from adapters.settings import Settings
from adapters.store.private import private
from projections.audit import audit
from tests.installation import KEY, contents, numbered, registration, rows, wire

LATE, CYCLIC = "EX-00000007", "EX-00000008"
YEARS = 8

Kept = dict[str, Any]


def facts_of(seed: int, count: int) -> list[bytes]:
    """About so many facts; some are rejected, come twice, or are parked until what they wait for comes."""
    told = list(portfolio(companies_for_facts(count, YEARS), seed, years=YEARS))
    step = max(7, len(told) // 30)
    for number, at in enumerate(range(step, len(told) - 2 * step, step)):
        blocked = wire(
            "AccountBlocked", "2024-03-01", data={"blockade": f"B-{number}"}, subject=LATE, name=f"b{number}"
        )
        retracted = wire("FactRetracted", "2024-04-01", data={"fact": f"b{number}"}, subject=LATE, name=f"r{number}")
        foretold = wire(
            "AccountBlocked", "2024-03-02", "2024-03-01", subject=CYCLIC, name=f"f{number}", data={"blockade": "B"}
        )
        told[at:at] = (retracted, blocked, told[at // 2]) if number % 2 else (blocked, foretold, retracted)
    told += [registration(LATE), registration(CYCLIC)]
    told.append(wire("CompanyPraised", "2024-03-01", subject=CYCLIC))
    told.append(wire("CompanyRenamed", "2024-03-02", data={"name": "Tekstil"}, subject=CYCLIC))
    return told


def subject_of(payload: bytes) -> str:
    """Whose fact it is."""
    return str(json.loads(payload)["subject"])


def kept(system: System) -> Kept:
    """All that must not depend on what befell the processes, nor on where in the log or the source it stands."""
    digest, tables = contents(system)
    with system.store.reading() as c:
        trail = c.execute(select(*(column for column in audit.columns if column.name != "position")))
        told = {"digest": [(digest,)], "audit": sorted(map(tuple, trail), key=repr)}
        waited = c.execute(select(parked.c.subject, parked.c.payload, parked.c.state))
        told["parked"] = sorted(map(tuple, waited))
        refused = c.execute(select(rejected.c.reason, rejected.c.payload).where(rejected.c.state == "open"))
        told["rejected"] = sorted(map(tuple, refused))
    return told | tables | rows(system, [private])


def differences(found: Kept, wanted: Kept, *, twice: bool = False) -> list[str]:
    """In what two installations differ, a line each; with `twice` the same may have been set aside several times."""
    told = []
    for name in sorted(found.keys() | wanted.keys()):
        is_, should = found.get(name, []), wanted.get(name, [])
        if twice and name in {"parked", "rejected"}:
            is_, should = sorted(set(is_)), sorted(set(should))
        if is_ != should:
            more = [row for row in is_ if row not in should][:2]
            less = [row for row in should if row not in is_][:2]
            told.append(f"{name}: {len(is_)} rows, {len(should)} expected; too much: {more}; missing: {less}")
    return told


class Undisturbed:
    """Facts, and what the embedded form keeps of them."""

    def __init__(self, folder: Path, facts: Sequence[bytes]) -> None:
        self.facts = facts
        self._path = folder / "undisturbed.sqlite3"
        self._folder = folder
        self._known: dict[datetime, Kept] = {}
        with _opened(self._path) as system:
            summary = system.engine.ingest("facts", numbered(facts))
        assert min(summary.rejected, summary.parked, summary.released, summary.repeated) > 0, summary

    def kept(self, until: datetime) -> Kept:
        """With all deadlines enforced up to an instant."""
        if until not in self._known:
            path = self._folder / f"enforced-{len(self._known)}.sqlite3"
            shutil.copy(self._path, path)
            with _opened(path) as system:
                system.engine.enforce(until)
                self._known[until] = kept(system)
        return self._known[until]


@contextmanager
def _opened(path: Path) -> Iterator[System]:
    with build(Settings(database=str(path), key=KEY)) as system:
        yield system


def kept_of(folder: Path, facts: Iterable[bytes], until: datetime) -> Kept:
    """What the embedded form keeps of other facts, with all deadlines enforced up to an instant."""
    with _opened(folder / f"other-{len(list(folder.iterdir()))}.sqlite3") as system:
        system.engine.ingest("facts", numbered(facts))
        system.engine.enforce(until)
        return kept(system)
