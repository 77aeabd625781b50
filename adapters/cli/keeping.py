"""Keeping an installation in order: deadlines, read models, checks."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, cast

import typer
from sqlalchemy import Table, func, select

from adapters import documents
from adapters.asking import instant_asked
from adapters.cli import showing
from adapters.cli.opening import FAILED, OK, USAGE, Failure, Terminal, command
from adapters.cli.progress import progress, watched
from adapters.cli.working import Metrics, keep_enforcing
from adapters.inbox import box
from adapters.intake import aside
from adapters.main import System, build
from adapters.running import Stopped
from adapters.settings import Settings
from adapters.store.projecting import NAME as READ_MODELS
from adapters.store.store import Store, Tampered, is_address, opened
from domain.dossier import BEGINNING
from projections import agenda, audit
from projections import register as registers
from projections.batch import micros

if TYPE_CHECKING:
    from adapters.store.postgres import PostgresStore

ALARM = timedelta(days=3)
_MODELS: tuple[Table, ...] = (*registers.TABLES, *audit.TABLES, *agenda.TABLES)
_LITTLE_ROOM = 1 << 28


# --- deadlines -----------------------------------------------------------------------------------------------------


def enforce(
    terminal: Terminal,
    *,
    until: Annotated[str, typer.Option("--until", help="A day (its end), or now.")] = "now",
    follow: Annotated[bool, typer.Option("--follow", help="Go on for as long as the process runs.")] = False,
    metrics: Metrics = None,
) -> None:
    """Write what fell due by then; no answer depends on it, it is for promptness.

    It never goes past what has been read: with Kafka, "now" is when every partition was last read to its end.
    """
    if follow:
        keep_enforcing(terminal, metrics)
        return
    with terminal.system() as system:
        instant = instant_asked(system, until)
        horizon = system.engine.horizon()
        if until.strip() == "now" and horizon > BEGINNING:
            instant = min(instant, horizon)
        began = perf_counter()
        with progress(terminal, "enforcing", None, "events") as step:
            try:
                summary = system.engine.enforce(instant, lambda total: step(0, total.events))
            except ValueError as fault:
                raise Failure(str(fault)) from fault
        seconds = perf_counter() - began
        with system.store.reading() as c:
            waiting = len(aside.queues(c))
    if terminal.json:
        terminal.document({"until": showing.iso(instant), "events": summary.events, "companies_waiting": waiting})
        return
    terminal.out.print(f"{summary.events:,} events written up to {showing.local(instant)}, in {seconds:,.1f} s")
    if waiting:
        terminal.remark(f"note: nothing falls due for {waiting} companies with parked facts: bonitet parked list")


# --- read models ---------------------------------------------------------------------------------------------------


def _fingerprints(system: System) -> dict[str, tuple[int, str]]:
    """Of each read model how many rows it has, and the hash of them all."""
    told = {}
    with system.store.reading() as c:
        for model in _MODELS:
            count, whole = 0, hashlib.sha256()
            for row in c.execution_options(yield_per=10_000).execute(select(model).order_by(*model.primary_key)):
                count += 1
                whole.update(repr(tuple(row)).encode())
            told[model.name] = count, whole.hexdigest()
    return told


def rebuild(
    terminal: Terminal,
    *,
    switch: Annotated[bool, typer.Option("--switch", help="Take the new ones also where they differ.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="Take away what a rebuild has left.")] = False,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many processes work on it.", show_default="one for each CPU")
    ] = None,
) -> int:
    """Tell the read models again from the whole log, and compare what was with what is.

    In a file they are emptied first, and the new rows stay. On PostgreSQL they are told beside the live ones, which go
    on answering, and take their place if they are the same, or with --switch; an interrupted rebuild goes on.
    """
    if is_address(terminal.settings().database):
        return _rebuild_beside(terminal, processes or os.cpu_count() or 1, switch=switch, discard=discard)
    if discard:
        raise Failure("in a file a rebuild leaves nothing: --discard is for PostgreSQL", USAGE)
    with terminal.system() as system:
        before, digest = _fingerprints(system), system.store.digest()
        total = system.store.last_position()
        began = perf_counter()
        with (
            progress(terminal, "rebuilding", total, "events") as step,
            watched(step, lambda: system.store.projected(READ_MODELS)),
        ):
            count = system.engine.projections.rebuild()
        seconds = perf_counter() - began
        after = _fingerprints(system)
        same = system.store.digest() == digest
    differs = [name for name in before if before[name] != after[name]]
    if terminal.json:
        rows = {name: {"before": before[name][0], "after": after[name][0]} for name in before}
        told = {"events": count, "seconds": round(seconds, 3), "rows": rows, "differs": differs, "digest": digest}
        terminal.document({**told, "digest_same": same})
        return FAILED if (differs and not switch) or not same else OK
    rate = f" ({count / seconds:,.0f}/s)" if seconds else ""
    terminal.out.print(f"{count:,} events read in {seconds:,.1f} s{rate}; digest {'unchanged' if same else 'CHANGED'}")
    made = showing.table("read model", "rows before>", "rows after>", "")
    for name in before:
        made.add_row(name, f"{before[name][0]:,}", f"{after[name][0]:,}", "differs" if name in differs else "the same")
    terminal.out.print(made)
    if differs and not switch:
        raise Failure(f"{', '.join(differs)} came out otherwise than kept before: the new rows are right, report this")
    return OK if same else FAILED


def _rebuild_beside(terminal: Terminal, processes: int, *, switch: bool, discard: bool) -> int:
    from adapters.store.beside import NotRebuilt  # noqa: PLC0415 - the driver is installed for production only
    from adapters.store.rebuilding import Rebuild  # noqa: PLC0415

    # The live ones are left to whoever keeps them up to date.
    with build(terminal.settings(), projecting=False) as system, ExitStack() as stack:
        try:
            work = Rebuild(cast("PostgresStore", system.store), system.engine.memory, system.settings.cache)
            stack.callback(work.close)
            if discard:
                return _discarded(terminal, anything=work.discard())
            began = perf_counter()
            with progress(terminal, "rebuilding", system.store.projected(READ_MODELS), "events") as step:
                count = work.tell(processes, step)
            seconds = perf_counter() - began
            compared = work.compare()
            differs = [name for name, model in compared.items() if model.differing]
            position = work.switch() if switch or not differs else None
        except NotRebuilt as fault:
            raise Failure(str(fault)) from fault
    if terminal.json:
        rows = {name: model._asdict() for name, model in compared.items()}
        told = {"events": count, "seconds": round(seconds, 3), "rows": rows, "differs": differs}
        terminal.document({**told, "switched_at": position})
        return FAILED if position is None else OK
    rate = f" ({count / seconds:,.0f}/s)" if seconds else ""
    terminal.out.print(f"{count:,} events read in {seconds:,.1f} s{rate}")
    made = showing.table("read model", "rows before>", "rows after>", "differ>", "the first of them")
    for name, model in compared.items():
        counts = (f"{model.before:,}", f"{model.after:,}", f"{model.differing:,}")
        made.add_row(name, *counts, showing.cell(model.first))
    terminal.out.print(made)
    if position is None:
        way = "look into it; then `bonitet rebuild --switch` takes the new rows, --discard takes them away"
        raise Failure(f"{', '.join(differs)} came out otherwise than kept, and what was kept stays: {way}")
    terminal.out.print(f"the new rows have taken the place of the old ones, as of event {position:,}")
    return OK


def _discarded(terminal: Terminal, *, anything: bool) -> int:
    if terminal.json:
        terminal.document({"discarded": anything})
    else:
        terminal.out.print("what a rebuild had left is taken away" if anything else "no rebuild has left anything")
    return OK


def digest(terminal: Terminal) -> None:
    """The SHA-256 over all streams: equal for the same facts, however they came in."""
    with terminal.system() as system:
        told, position = system.store.digest(), system.store.last_position()
    if terminal.json:
        terminal.document({"digest": told, "events": position})
    else:
        terminal.out.print(told)


# --- doctor --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at; `state` is ok, look (somebody should) or wrong."""

    what: str
    state: str
    says: str


def doctor(terminal: Terminal) -> int:
    """Check the installation: file, hash chains, read models, what waits; ends with 1 if something is wrong."""
    settings = terminal.settings()
    checks = list(_place(settings))
    if checks[0].state != "wrong":
        checks += _log(opened(settings.database, settings.key))
    if all(check.state != "wrong" or check.what == "read models" for check in checks):
        with terminal.system() as system:
            checks += [*_set_aside(system), *_unread(system), _inbox(system)]
        checks.append(_evidence(settings))
        if not is_address(settings.database):
            checks.append(_room(Path(settings.database)))
    if terminal.json:
        for check in checks:
            terminal.line({"check": check.what, "state": check.state, "says": check.says})
    else:
        made = showing.table("", "check", "")
        marks = {"ok": ("✓", "green"), "look": ("!", "yellow"), "wrong": ("✗", "bold red")}
        for check in checks:
            mark, style = marks[check.state]
            made.add_row(showing.cell(mark, style), showing.cell(check.what), showing.cell(check.says))
        terminal.out.print(made)
    return FAILED if any(check.state == "wrong" for check in checks) else OK


def _place(settings: Settings) -> Iterator[Check]:
    if not is_address(settings.database):
        path = Path(settings.database)
        if not path.exists():
            raise Failure(f"there is no database {path}: name another with --database or BONITET_DATABASE")
        yield _file(path)
        return
    store = opened(settings.database, settings.key)  # says itself why it can't be
    try:
        yield Check("database", "ok", f"{store.place} answers, and has the schema of this program")
    finally:
        store.close()


def _file(path: Path) -> Check:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        told = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as fault:
        told = [str(fault)]
    finally:
        connection.close()
    if told == ["ok"]:
        return Check("file", "ok", f"{path}, {path.stat().st_size / 1e6:,.1f} MB, is sound")
    return Check("file", "wrong", f"{path}: {'; '.join(told)}; restore it from a copy")


def _log(store: Store) -> Iterator[Check]:
    try:
        last, reached = store.last_position(), store.projected(READ_MODELS)
        try:
            yield Check("hash chains", "ok", f"{last:,} events, digest {store.digest()}")
        except Tampered as fault:
            yield Check("hash chains", "wrong", f"{fault}; restore the file from a copy, and find out who did it")
        if reached == last:
            yield Check("read models", "ok", f"they have read the log to its end, {last:,}")
        else:
            way = "they catch up with the next command, or `bonitet rebuild`"
            yield Check("read models", "wrong", f"they have read the log to {reached:,} of {last:,}; {way}")
    finally:
        store.close()


def _set_aside(system: System) -> Iterator[Check]:
    with system.store.reading() as c:
        rejects, parked = aside.rejects(c), aside.waiting(c)
    if rejects:
        yield Check("rejected", "look", f"{len(rejects):,} lines are open: bonitet rejects list")
    else:
        yield Check("rejected", "ok", "nothing is open")
    if not parked:
        yield Check("parked", "ok", "nothing waits")
        return
    since = min(datetime.fromisoformat(row.since) for row in parked)
    age = system.clock() - since
    companies = len({row.subject for row in parked})
    says = (
        f"{len(parked):,} facts of {companies:,} companies wait, the longest for {age.days} days: bonitet parked list"
    )
    yield Check("parked", "wrong" if age > ALARM else "look", says)


def _inbox(system: System) -> Check:
    with system.store.reading() as c:
        waiting = box.listed(c)
    if not waiting:
        return Check("inbox", "ok", "no message waits")
    late = sum(message.due_at <= system.clock() for message in waiting)
    says = f"{len(waiting):,} messages wait for somebody, {late:,} of them too long: bonitet inbox list"
    return Check("inbox", "look", says)


def _unread(system: System) -> Iterator[Check]:
    if unfinished := system.engine.unfinished():
        some = ", ".join(f"{name} (line {line:,})" for name, line in unfinished)
        way = "ingest them to their end, or `bonitet forget-source` one that is gone; until then nothing is enforced"
        yield Check("sources", "look", f"not read to their end: {some}; {way}")
    else:
        yield Check("sources", "ok", "all were read to their end")
    behind = system.engine.to_be_met() - system.engine.projections.swept()
    if behind > 0:
        yield Check("scheme facts", "look", f"{behind} have not reached all companies: bonitet enforce brings them")
    else:
        yield Check("scheme facts", "ok", "all companies have met them")
    with system.store.reading() as c:
        overdue = c.execute(
            select(func.count()).where(registers.holders.c.due_at <= micros(system.clock()))
        ).scalar_one()
    if overdue:
        says = f"something fell due for {overdue:,} companies and is not written; answers know it: bonitet enforce"
        yield Check("deadlines", "look", says)
    else:
        yield Check("deadlines", "ok", "all that fell due is written")


def _evidence(settings: Settings) -> Check:
    try:
        folder = documents.directory(settings)
    except Stopped as unsaid:
        return Check("evidence", "look", str(unsaid))
    kept = sorted(folder.iterdir()) if folder.is_dir() else []
    for document in kept:
        if not documents.is_unchanged(document):
            return Check("evidence", "wrong", f"{document} is not what its name says: restore it from a copy")
    return Check("evidence", "ok", f"{len(kept):,} documents, each as its name says")


def _room(path: Path) -> Check:
    free = shutil.disk_usage(path.resolve().parent).free
    state = "look" if free < max(_LITTLE_ROOM, path.stat().st_size // 2) else "ok"
    return Check("disk", state, f"{free / 1e9:,.1f} GB are free")


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    for name, function in (("enforce", enforce), ("rebuild", rebuild), ("doctor", doctor), ("digest", digest)):
        command(app, name, panel="Keeping")(function)
