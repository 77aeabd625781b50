"""Facts coming in: ingest and convert, and what was set aside on the way."""

import gzip
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, BinaryIO

import typer

from adapters.asking import company_meant
from adapters.cli import showing
from adapters.cli.opening import LEFT_OVER, OK, Failure, Terminal, command
from adapters.cli.progress import progress
from adapters.convert import CONVERTERS, Rejection
from adapters.intake import aside
from adapters.intake.reading import Line, Unreadable, lines, read
from adapters.intake.work import Summary
from adapters.main import System
from domain.identity import check_subject

_IDENTIFIES = 4_096
_GZIP = b"\x1f\x8b"
STDIN = "stdin"


# --- ingest --------------------------------------------------------------------------------------------------------


def ingest(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(help="Facts as JSON lines, also gzipped; - for standard input.")],
) -> int:
    """Take in facts, each a CloudEvent in one line of JSON.

    An interrupted run goes on where it stopped. A fact that comes again changes nothing. Ends with 3 if some were
    rejected (see `bonitet rejects`) or wait (see `bonitet parked`).
    """
    path = None if file == "-" else Path(file)
    with opened_lines(path) as (stream, raw, size), terminal.system(create=True) as system:
        source = STDIN if path is None else source_name(path)
        after = system.store.source_position(source)
        if after and path is None:
            terminal.remark(f"an earlier run from standard input stopped at line {after:,}: repeats change nothing")
            after = 0
        elif after:
            terminal.remark(f"going on after line {after:,}, where an earlier run stopped")
        began = perf_counter()
        with progress(terminal, "ingesting", size, "facts") as step:
            summary = system.engine.ingest(
                source,
                lines(stream, system.settings.longest_line, after),
                lambda total: step(raw.tell() if size else 0, total.read),
            )
        waiting = _waiting(system, source)
        tell_summary(terminal, source, summary, waiting, perf_counter() - began)
    return LEFT_OVER if summary.rejected or waiting else OK


def tell_summary(terminal: Terminal, source: str, summary: Summary, waiting: int, seconds: float) -> None:
    """What became of the facts of a run."""
    if terminal.json:
        counts = {name: getattr(summary, name) for name in Summary.__slots__}
        terminal.document({"source": source, **counts, "waiting": waiting, "seconds": round(seconds, 3)})
        return
    rate = f" ({summary.read / seconds:,.0f}/s)" if seconds else ""
    terminal.out.print(
        f"{summary.read:,} facts read in {seconds:,.1f} s{rate}: {summary.recorded:,} recorded, "
        f"{summary.repeated:,} repeated, {summary.rejected:,} rejected, {summary.parked:,} parked, "
        f"{summary.released:,} released; {summary.events:,} events written"
    )
    if summary.rejected:
        terminal.out.print("What was rejected, and why: bonitet rejects list")
    if waiting:
        terminal.out.print(f"{waiting:,} facts wait: bonitet parked list")


def source_name(path: Path) -> str:
    """The name under which a file's position is kept: its place, and the hash of how it begins."""
    with path.open("rb") as stream:
        head = stream.read(_IDENTIFIES)
    return f"file:{path.resolve()}#{hashlib.sha256(head).hexdigest()[:12]}"


def _waiting(system: System, source: str) -> int:
    with system.store.reading() as c:
        return sum(1 for row in aside.waiting(c) if row.source == source)


@contextmanager
def opened_lines(path: Path | None) -> Iterator[tuple[BinaryIO, BinaryIO, int | None]]:
    """The lines of a file or of standard input, what they are read from, and its size where it has one."""
    if path is None:
        yield sys.stdin.buffer, sys.stdin.buffer, None
        return
    if path.is_dir():
        raise Failure(f"{path} is a directory: name a file with one fact a line")
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        size = path.stat().st_size if path.is_file() else None
        if packed:
            with gzip.open(raw) as stream:
                yield stream, raw, size  # type: ignore[misc]
        else:
            yield raw, raw, size


def forget_source(
    terminal: Terminal, source: Annotated[str, typer.Argument(help="Its name, as `bonitet doctor` shows it.")]
) -> None:
    """Give up reading a source to its end, because it is gone; deadlines can be enforced again then."""
    with terminal.system() as system:
        known = dict(system.engine.unfinished())
        if source not in known:
            some = ", ".join(known) or "none"
            raise Failure(f"{source} is no source that was left unfinished; these are: {some}")
        system.store.forget_position(source)
    if terminal.json:
        terminal.document({"source": source, "line": known[source]})
    else:
        terminal.out.print(f"{source} was given up after line {known[source]:,}", markup=False)


# --- convert -------------------------------------------------------------------------------------------------------


def convert(
    terminal: Terminal,
    kind: Annotated[str, typer.Argument(help=f"What the files hold: {', '.join(CONVERTERS)}.")],
    files: Annotated[list[Path], typer.Argument(help="The files, as published.")],
) -> int:
    """Turn real public files into facts: JSON lines on standard output, rejected rows on standard error.

    `bonitet convert ratings FILE | bonitet ingest -` takes them in. Ends with 3 if some rows were rejected.
    """
    converter = CONVERTERS.get(kind)
    if converter is None:
        raise Failure(f"nothing here converts {kind!r}: name one of {', '.join(CONVERTERS)}", code=2)
    written, reasons = 0, Counter[str]()
    for path in files:
        for each in converter(path):
            if isinstance(each, Rejection):
                reasons[each.reason.partition(":")[0]] += 1
                _tell_rejection(terminal, path, each)
            else:
                sys.stdout.write(each.model_dump_json(exclude_none=True) + "\n")
                written += 1
    rejected = reasons.total()
    if terminal.json:
        sys.stderr.write(f"{showing.dumped({'facts': written, 'rejected': rejected, 'reasons': dict(reasons)})}\n")
    else:
        told = "".join(f"\n  {count:,} {reason}" for reason, count in reasons.most_common())
        terminal.err.print(f"{written:,} facts written, {rejected:,} rows rejected{told}", markup=False)
    return LEFT_OVER if rejected else OK


def _tell_rejection(terminal: Terminal, path: Path, each: Rejection) -> None:
    if terminal.json:
        told = {"file": str(path), "position": each.position, "reason": each.reason, "row": each.row}
        sys.stderr.write(f"{showing.dumped(told)}\n")
    else:
        sys.stderr.write(f"{path}, row {each.position}: {showing.plain(each.reason)}\n")


# --- rejected ------------------------------------------------------------------------------------------------------

_Number = Annotated[int, typer.Argument(help="Its number, as `bonitet rejects list` shows it.")]


def list_rejects(
    terminal: Terminal,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were sent again.")] = False,
) -> None:
    """What was rejected, with its position and the reason."""
    with terminal.system() as system, system.store.reading() as c:
        rows = aside.rejects(c, state=None if everything else "open")
    if terminal.json:
        for row in rows:
            terminal.line(_reject_json(row))
        return
    made = showing.table("number>", "source", "line>", "reason", "state")
    for row in rows:
        made.add_row(
            *map(showing.cell, (row.number, row.source, f"{row.position:,}", row.reason, row.state)),
        )
    terminal.out.print(made if rows else "nothing is rejected")


def _reject_json(row: aside.Rejected) -> dict[str, Any]:
    return {
        "number": row.number,
        "source": row.source,
        "position": row.position,
        "reason": row.reason,
        "state": row.state,
        "whole": row.whole,
    }


def _reject(system: System, number: int) -> aside.Rejected:
    with system.store.reading() as c:
        row = next((r for r in aside.rejects(c, state=None) if r.number == number), None)
    if row is None:
        raise Failure(f"no rejected line has the number {number}: see `bonitet rejects list --all`")
    return row


def show_reject(terminal: Terminal, number: _Number) -> None:
    """One rejected line as it came, to be corrected and sent again."""
    with terminal.system() as system:
        row = _reject(system, number)
    text = row.payload.decode("utf-8", "replace")
    if terminal.json:
        terminal.document({**_reject_json(row), "payload": text})
        return
    terminal.err.print(f"{row.source}, line {row.position:,} ({row.state}): {row.reason}", markup=False)
    terminal.out.print(showing.plain(text), markup=False, soft_wrap=True)


def resubmit(
    terminal: Terminal,
    number: _Number,
    *,
    file: Annotated[
        str | None, typer.Option("--file", help="The corrected line, - for standard input; without it the same again.")
    ] = None,
) -> int:
    """Send a rejected line again, corrected or as it was."""
    with terminal.system() as system:
        row = _reject(system, number)
        if file is not None:
            with opened_lines(None if file == "-" else Path(file)) as (stream, _, _):
                again = [line for line in lines(stream, system.settings.longest_line) if line.payload or not line.whole]
        elif row.whole:
            again = [Line(1, row.payload)]
        else:
            raise Failure(f"of line {number} only its beginning was kept: send it corrected, with --file")
        if len(again) != 1:
            raise Failure(f"{file} has {len(again)} lines: send the one line that replaces rejected line {number}")
        outcome = read(again[0], system.settings.longest_line)
        if isinstance(outcome, Unreadable):
            raise Failure(f"rejected again, and nothing was changed: {outcome.reason}", code=LEFT_OVER)
        source = f"rejects:{number}"
        began = perf_counter()
        summary = system.engine.ingest(source, iter(again))
        waiting = _waiting(system, source)
        with system.store.transaction() as c:
            c.execute(aside.rejected.update().where(aside.rejected.c.number == number).values(state="resubmitted"))
        tell_summary(terminal, source, summary, waiting, perf_counter() - began)
    return LEFT_OVER if summary.rejected or waiting else OK


# --- parked --------------------------------------------------------------------------------------------------------


def list_parked(
    terminal: Terminal,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were released or dropped.")] = False,
) -> None:
    """The facts that wait, and for what."""
    with terminal.system() as system, system.store.reading() as c:
        rows = aside.waiting(c, state=None if everything else "waiting")
    if terminal.json:
        for row in rows:
            names = ("number", "subject", "source", "position", "reason", "awaits", "since", "state", "note")
            terminal.line({name: getattr(row, name) for name in names})
        return
    made = showing.table("number>", "company", "source", "line>", "reason", "since", "state", "note")
    for row in rows:
        since = showing.local(datetime.fromisoformat(row.since))
        told = (row.number, row.subject, row.source, f"{row.position:,}", row.reason, since, row.state, row.note)
        made.add_row(*map(showing.cell, told))
    terminal.out.print(made if rows else "nothing is parked")


def release(terminal: Terminal, subject: Annotated[str, typer.Argument(help="The company.")]) -> int:
    """Decide a company's parked facts again, in order, until one has to wait again."""
    with terminal.system() as system:
        subject = _parked_company(system, subject)
        summary = system.engine.release(subject)
        with system.store.reading() as c:
            rest = aside.waiting(c, subject=subject)
    if terminal.json:
        first = rest[0].reason if rest else None
        terminal.document({"subject": subject, "released": summary.released, "waiting": len(rest), "reason": first})
    else:
        terminal.out.print(f"{subject}: {summary.released:,} released, {len(rest):,} wait", markup=False)
        if rest:
            terminal.out.print(f"the first that waits is {rest[0].number}: {rest[0].reason}", markup=False)
    return LEFT_OVER if rest or summary.rejected else OK


def drop(
    terminal: Terminal,
    subject: Annotated[str, typer.Argument(help="The company.")],
    number: Annotated[int, typer.Argument(help="The fact's number, as `bonitet parked list` shows it.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why it is given up.")],
) -> None:
    """Give up a parked fact for good; those behind it can be released then."""
    with terminal.system() as system:
        subject = _parked_company(system, subject)
        with system.store.reading() as c:
            waiting = [row.number for row in aside.waiting(c, subject=subject)]
        if number not in waiting:
            some = ", ".join(map(str, waiting)) or "none"
            raise Failure(f"no parked fact of {subject} has the number {number}; waiting are {some}")
        if not reason.strip():
            raise Failure("a fact is given up only with a reason: say it with --reason", code=2)
        if not system.engine.drop(subject, number, reason):
            raise Failure(f"number {number} of {subject} was released meanwhile, and nothing was changed")
    if terminal.json:
        terminal.document({"subject": subject, "dropped": number, "reason": reason, "waiting": len(waiting) - 1})
    else:
        terminal.out.print(f"{number} was dropped; then: bonitet parked release {subject}", markup=False)


def _parked_company(system: System, text: str) -> str:
    # A company that waits for its registration is not known by any other name than its number.
    with system.store.reading() as c:
        queues = aside.queues(c)
    for candidate in (text, f"RS-{text}"):
        if candidate in queues:
            return check_subject(candidate)
    return company_meant(system, text)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    command(app, "ingest", panel="Facts")(ingest)
    command(app, "convert", panel="Facts")(convert)
    command(app, "forget-source", panel="Facts")(forget_source)
    rejects = typer.Typer(help="Lines that were no facts: look at them, send them again.", no_args_is_help=True)
    command(rejects, "list")(list_rejects)
    command(rejects, "show")(show_reject)
    command(rejects, "resubmit")(resubmit)
    app.add_typer(rejects, name="rejects", rich_help_panel="Facts")
    parked = typer.Typer(help="Facts that can't be decided yet: release or drop them.", no_args_is_help=True)
    command(parked, "list")(list_parked)
    command(parked, "release")(release)
    command(parked, "drop")(drop)
    app.add_typer(parked, name="parked", rich_help_panel="Facts")
