"""`bonitet demo`: a made-up portfolio taken in, and what can be asked of it."""

import shlex
import shutil
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from sqlalchemy import insert, select

from adapters import asking, documents, explaining
from adapters.cli import showing, telling
from adapters.cli.facts import tell_summary
from adapters.cli.opening import Failure, Terminal, command
from adapters.cli.progress import progress
from adapters.demo import dispute
from adapters.demo.portfolio import STORIES, companies_for_facts, portfolio
from adapters.intake.reading import Line
from adapters.main import System
from adapters.settings import Settings
from adapters.store.store import FileStore
from adapters.store.tables import installation
from domain.standing import Status

DIRECTORY = Path("demo")
FILE = "bonitet.sqlite3"
DAY = "2025-12-31"
MINUTE = "2023-11-09 10:20"
_YEAR = 2023
_MARK = "demo"
_PAGE = 12
_FACTS = 1_000_000  # so many tell how many facts a company has


def demo(
    terminal: Terminal,
    *,
    companies: Annotated[int, typer.Option("--companies", min=10, max=100_000, help="How many companies.")] = 1_500,
    seed: Annotated[int, typer.Option("--seed", help="Another seed makes another portfolio.")] = 7,
    keep: Annotated[
        Path, typer.Option("--keep", help="The directory; a demonstration in it is made anew.")
    ] = DIRECTORY,
) -> None:
    """Eight years of a made-up portfolio: take it in, show the register, one certificate's history, and why."""
    database = keep / FILE
    _fresh(database, seed)
    with terminal.system(create=True, settings=terminal.settings(database=str(database))) as system:
        began = perf_counter()
        with progress(terminal, "ingesting", round(companies * _FACTS / companies_for_facts(_FACTS)), "facts") as step:
            lines = (Line(number, line) for number, line in enumerate(portfolio(companies, seed), 1))
            summary = system.engine.ingest(f"demo:{seed}", lines, lambda total: step(total.read, total.read))
            story = (Line(number, line) for number, line in enumerate(dispute.lines(), 1))
            system.engine.ingest(f"demo:{seed}:dispute", story)
        took = perf_counter() - began
        if not terminal.json:
            tell_summary(terminal, f"demo:{seed}", summary, 0, took)
        due = system.engine.enforce(system.clock())
        if terminal.json:
            at = asking.instant_asked(system, DAY)
            counts = {status.value: count for status, count in asking.counts_at(system, at).items()}
            facts = {"read": summary.read, "recorded": summary.recorded, "repeated": summary.repeated}
            told = {"rejected": summary.rejected, "parked": summary.parked, "seconds": round(took, 3)}
            terminal.document({"database": str(database), "facts": facts | told, "at": DAY, "register": counts})
            return
        terminal.out.print(f"{due.events:,} events followed by themselves, as deadlines passed")
        _tell(terminal, system, database)


def _fresh(database: Path, seed: int) -> None:
    """An empty database, in the place of an earlier demonstration only."""
    if database.exists():
        store = FileStore(database)
        with store.reading() as c:
            ours = c.execute(select(installation.c.value).where(installation.c.name == _MARK)).scalar()
        store.close()
        if ours is None:
            raise Failure(f"{database} is no demonstration: name another directory with --keep")
        for name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
            database.with_name(name).unlink(missing_ok=True)
        shutil.rmtree(documents.directory(Settings(database=str(database))), ignore_errors=True)
    store = FileStore(database)
    with store.transaction() as c:
        c.execute(insert(installation).values(name=_MARK, value=str(seed)))
    store.close()


def _tell(terminal: Terminal, system: System, database: Path) -> None:
    out = terminal.out
    at = asking.instant_asked(system, DAY)
    counts = asking.counts_at(system, at)
    out.print()
    out.rule(f"The register at the end of {DAY}: {sum(counts.values()):,} certificates", align="left")
    out.print(showing.bars(counts))
    out.print()
    rows = list(islice(asking.register_at(system, at), _PAGE))
    out.print(showing.entries(rows, staff=False, width=terminal.out.width))
    story = _story(system)
    out.print()
    out.rule(f"The history of {story} in 2023", align="left")
    told = [t for t in asking.history_of(system, story) if t.event.effective_at.year == _YEAR]
    out.print(telling.events(told, width=out.width))
    _tell_dispute(terminal, system)
    out.print()
    out.rule(f"Why {story} stood where it stood at {MINUTE}", align="left")
    out.print(telling.why(explaining.why(system, story, asking.instant_asked(system, MINUTE))))
    out.print()
    out.rule("What to try next", align="left")
    revoked = next(asking.register_at(system, at, status=Status.REVOKED), None)
    for line in _next(database, story, revoked.certificate if revoked else story):
        out.print(f"  {line}", markup=False, soft_wrap=True)


def _tell_dispute(terminal: Terminal, system: System) -> None:
    certificate = f"{dispute.SUBJECT}/{dispute.ORDER}"
    about = [
        told
        for told in asking.history_of(system, certificate)
        if getattr(told.event.data, "dispute", None) == dispute.DISPUTE
    ]
    terminal.out.print()
    terminal.out.rule(f"A dispute over {certificate}, from its report to its end", align="left")
    terminal.out.print(telling.events(about, width=terminal.out.width))


def _story(system: System) -> str:
    """The certificate whose holder was suspended, stopped, and got the mark back."""
    subject = next(subject for name, subject in STORIES.items() if "Klasje" in name)
    return f"{subject}/{next(iter(system.engine.memory.dossier(subject).certificates))}"


def _next(database: Path, story: str, revoked: str) -> list[str]:
    bonitet = f"bonitet --database {shlex.quote(str(database))}"
    suspended = f'"{MINUTE}"'
    return [
        f"{bonitet} register show {story} --at {suspended}    # suspended at that minute; ask for 10:19 as well",
        f"{bonitet} certificate history {story}",
        f"{bonitet} find tkacnica zlatna    # Ткачница Златна нит",
        f"{bonitet} certificate history RS-90000012    # a blockade that was somebody else's",
        f"{bonitet} register show RS-90000012 --at 2024-03-10 --known 2024-03-10 --staff    # as it was known then",
        f"{bonitet} certificate history RS-90000055/2019-055    # a holder to whom everything happens",
        f"{bonitet} certificate why {revoked} --at {DAY}",
        f"{bonitet} agenda --explain --limit 3",
        f"{bonitet} cases list --limit 5    # what is open, whose turn it is; then: cases show COMPANY KEY",
        f"{bonitet} letters write RS-90000012 renewal_notice --language sr-Latn",
        f"{bonitet} desk warn RS-90000012 M-1 --dry-run    # refused: nobody reported that case",
        f"{bonitet} doctor",
    ]


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    command(app, "demo", panel="Facts")(demo)
