"""An installation of its own, for tests: facts as lines go in, and all that it keeps can be compared."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from adapters.demo.portfolio import portfolio
from adapters.intake import aside
from adapters.intake.aside import Parked, Rejected
from adapters.intake.reading import Line, lines
from adapters.intake.work import Summary
from adapters.main import System, build
from adapters.settings import Settings
from adapters.store import schema
from adapters.store.private import private
from adapters.store.projecting import MODELS
from adapters.store.store import url_of
from adapters.store.tables import stored_events
from domain.facts import Fact
from domain.wire import PREFIX, VERSION, type_of
from projections.audit import audit

KEY = "k" * 32
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SOURCE = "urn:test"
COMPANY, OTHER, THIRD = "EX-00000001", "EX-00000002", "EX-00000003"

Rows = list[tuple[Any, ...]]

BY_COMPANY = tuple(table for table in MODELS if table is not audit)


@contextmanager
def installation(place: Path | str, *, projecting: bool = True, **settings: Any) -> Iterator[System]:
    """A system on a file or in a PostgreSQL database; its clock stands at NOW, its key is the one all tests share."""
    if isinstance(place, str):
        schema.migrate(url_of(place))
    with build(Settings(database=str(place), key=KEY, **settings), lambda: NOW, projecting=projecting) as system:
        yield system


def wire(
    fact: Fact | str,
    at: str = "2024-01-10",
    learned: str | None = None,
    *,
    subject: str = COMPANY,
    name: str = "",
    data: Any = None,
    **attributes: Any,
) -> bytes:
    """A fact as the line in which it comes; `fact` may be a mere name or type, attributes of None are left out."""
    learned = learned or at
    kind = type_of(type(fact)) if isinstance(fact, Fact) else fact if "." in fact else f"{PREFIX}{fact}.v{VERSION}"
    told = fact.model_dump(mode="json", exclude_none=True) if isinstance(fact, Fact) else (data or {})
    envelope = {
        "specversion": "1.0",
        "id": name or f"{kind.split('.')[2]}-{at}",
        "source": SOURCE,
        "type": kind,
        "subject": subject,
        "time": _instant(at),
        "recordedtime": _instant(learned),
        "data": told,
    } | attributes
    return json.dumps({k: v for k, v in envelope.items() if v is not None}, ensure_ascii=False).encode()


def _instant(text: str) -> str:
    return text if "T" in text else f"{text}T00:00:00+00:00"


def registration(subject: str = COMPANY, at: str = "2015-01-05", **data: Any) -> bytes:
    """The line by which a company stands in its register."""
    return wire("CompanyRegistered", at, subject=subject, name=f"reg-{subject}", data={"name": "Textil", **data})


def numbered(payloads: Iterable[bytes]) -> Iterator[Line]:
    """The lines of a source from its beginning."""
    return iter([Line(number, payload) for number, payload in enumerate(payloads, 1)])


def take_in(system: System, *payloads: bytes, source: str = "a source") -> Summary:
    """Ingest a source to its end as the command line does, going on after what was read before."""
    stream = BytesIO(b"".join(payload + b"\n" for payload in payloads))
    after = system.store.source_position(source)
    return system.engine.ingest(source, lines(stream, system.settings.longest_line, after))


def rejects(system: System) -> list[Rejected]:
    """What was rejected."""
    with system.store.reading() as c:
        return aside.rejects(c)


def waiting(system: System) -> list[Parked]:
    """What is parked and waits."""
    with system.store.reading() as c:
        return aside.waiting(c)


def names(system: System, subject: str = COMPANY) -> list[str]:
    """The names of a company's events, in the order in which they were written."""
    return [r.event.name for r in system.store.history(subject)]


def rows(system: System, tables: Iterable[Table] = MODELS) -> dict[str, Rows]:
    """All rows of tables, sorted."""
    with system.store.reading() as c:
        return {t.name: sorted((tuple(r) for r in c.execute(select(t))), key=repr) for t in tables}


def contents(system: System) -> tuple[str, dict[str, Rows]]:
    """The digest with all rows of register, agenda and worklist, which don't depend on the order among companies."""
    return system.store.digest(), rows(system, BY_COMPANY)


def everything(system: System) -> dict[str, Any]:
    """All that must be the same in every form: nothing of where in a log or in a source a thing stands."""

    def told(table: Table, *without: str) -> Rows:
        wanted = [column for column in table.columns if column.name not in without]
        return sorted((tuple(row) for row in c.execute(select(*wanted))), key=repr)

    with system.store.reading() as c:
        kept: dict[str, Any] = {table.name: told(table) for table in (*BY_COMPANY, private)}
        kept["audit"] = told(audit, "position")
        kept["rejected"] = told(aside.rejected, "number", "source", "position")
        kept["parked"] = told(aside.parked, "number", "source", "position", "since")
        streams = c.execute(select(stored_events.c.originator_id).distinct()).scalars()
        subjects = sorted({stream.partition("/")[0] for stream in streams})
    kept["digest"] = system.store.digest()
    kept["histories"] = {
        subject: [(r.event.stream, r.version, r.event) for r in history]
        for subject, history, _ in system.store.histories(subjects)
    }
    return kept


@cache
def made_up(companies: int, seed: int = 5, years: int = 8) -> tuple[bytes, ...]:
    """The lines of a demonstration portfolio, with its late facts, retractions and repeats."""
    return tuple(portfolio(companies, seed=seed, years=years))
