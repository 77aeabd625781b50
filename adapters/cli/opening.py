"""How every command begins and ends: settings, the installation, expected failures in one sentence, exit codes."""

import gzip
import inspect
import json
import re
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from eventsourcing.persistence import PersistenceError
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from adapters.asking import Unanswerable
from adapters.convert import WrongFile
from adapters.intake.engine import Contended, UnfinishedSource
from adapters.main import System, build
from adapters.running import Stopped
from adapters.settings import Settings
from adapters.store.codec import UnknownFormat
from adapters.store.recorder import PositionMoved
from adapters.store.schema import WrongSchema, shown
from adapters.store.store import Tampered, Unavailable, is_address, url_of
from domain.identity import InvalidSubject

OK, FAILED, USAGE, LEFT_OVER, REFUSED, INTERRUPTED = 0, 1, 2, 3, 4, 130
EXIT_CODES = (
    "Exit codes: 0 done; 1 it failed, or something is wrong; 2 wrong usage; "
    "3 done, but something was rejected or parked; 4 a rule refused the command; 130 interrupted."
)
WIDE = 160

_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")  # how pydantic prints a value of a closed list

# What may be expected to go wrong, and says itself what, why and how to mend it.
_EXPECTED = (
    Contended,
    InvalidSubject,
    PositionMoved,
    Stopped,
    Tampered,
    Unanswerable,
    Unavailable,
    UnfinishedSource,
    UnknownFormat,
    WrongFile,
    WrongSchema,
)


class Failure(Exception):
    """A command that can't go on: the message says what, why and how to mend it."""

    def __init__(self, message: str, code: int = FAILED, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.more = more


def clock() -> datetime:
    """The time of day; what a command does at one moment it asks for once."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a command's settings come from and its answer goes to."""

    json: bool
    database: str | None

    def settings(self, **changes: Any) -> Settings:
        """The installation's settings; options come before the environment."""
        if self.database is not None:
            changes["database"] = self.database
        return Settings(**changes)

    @contextmanager
    def system(
        self, *, create: bool = False, settings: Settings | None = None, projecting: bool = True, followed: bool = False
    ) -> Iterator[System]:
        """The installation, opened; one that does not exist yet is made only where `create` says so."""
        settings = settings or self.settings()
        if not create and not is_address(settings.database) and not Path(settings.database).exists():
            way = "ingest facts first (bonitet ingest FILE), or name another with --database or BONITET_DATABASE"
            raise Failure(f"there is no database {settings.database}: {way}")
        now = lambda: clock()  # noqa: E731, PLW0108 - looked up anew, so that a test can set it
        with build(settings, now, projecting=projecting, followed=followed) as system:
            yield system

    @property
    def out(self) -> Console:
        """Where answers are printed; wide where nobody looks at it."""
        return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE, soft_wrap=not sys.stdout.isatty())

    @property
    def err(self) -> Console:
        """Where progress, summaries of failures and caveats are printed."""
        return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else WIDE)

    def document(self, value: Any, *, pretty: bool = True) -> None:
        """One JSON document on standard output."""
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        text = json.dumps(value, ensure_ascii=plain, indent=2 if pretty else None, default=str)
        sys.stdout.write(text + "\n")

    def line(self, value: Any) -> None:
        """One line of JSON on standard output."""
        self.document(value, pretty=False)

    def remark(self, text: str) -> None:
        """Something beside the answer, on standard error; nothing where the answer is JSON."""
        if not self.json:
            self.err.print(text, markup=False)


Json = Annotated[bool, typer.Option("--json", help="Answer in JSON: one document, or one line for each row.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="The installation's file, or postgresql:// address (BONITET_DATABASE).",
        show_default="bonitet.sqlite3",
    ),
]


def command(
    group: typer.Typer,
    name: str,
    *,
    signature: inspect.Signature | None = None,
    doc: str | None = None,
    panel: str | None = None,
) -> Callable[[Callable[..., int | None]], Callable[..., int | None]]:
    """Register a function of (Terminal, arguments...) as a command; it answers its exit code, None for 0."""

    def register(function: Callable[..., int | None]) -> Callable[..., int | None]:
        asked = signature or inspect.signature(function)
        keyword = inspect.Parameter.KEYWORD_ONLY
        common = [
            inspect.Parameter("database", keyword, default=None, annotation=Database),
            inspect.Parameter("json", keyword, default=False, annotation=Json),
        ]

        @wraps(function)
        def run(*, database: str | None, json: bool, **arguments: Any) -> None:
            # Also before the command: bonitet --database X register list
            before = _before.get()
            terminal = Terminal(json or before.json, database or before.database)
            with _answering(terminal):
                code = function(terminal, **arguments)
            raise typer.Exit(code or OK)

        own = [p.replace(kind=keyword) for p in list(asked.parameters.values())[1:]]
        run.__signature__ = asked.replace(parameters=[*own, *common], return_annotation=None)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in (*own, *common)}
        if hasattr(run, "__wrapped__"):
            del run.__wrapped__
        group.command(name, help=doc or inspect.getdoc(function), rich_help_panel=panel, epilog=EXIT_CODES)(run)
        return function

    return register


_NOTHING = Terminal(json=False, database=None)
_before: ContextVar[Terminal] = ContextVar("before", default=_NOTHING)


def given_before(*, database: str | None, json: bool) -> None:
    """Remember the options that stand before the command."""
    _before.set(Terminal(json, database))


@contextmanager
def _answering(terminal: Terminal) -> Iterator[None]:
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        fail(terminal, "interrupted; what was written stays, and the same command goes on from there", INTERRUPTED)
    except BrokenPipeError:
        raise
    except Failure as fault:
        fail(terminal, str(fault), fault.code, **fault.more)
    except _EXPECTED as fault:
        fail(terminal, str(fault))
    except ValidationError as fault:
        fail(terminal, faults(fault), USAGE)
    except SettingsError as fault:
        fail(terminal, f'{fault}: write JSON, for example BONITET_POLICY=\'{{"clock_from":"sending"}}\'', USAGE)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        fail(terminal, f"the compressed file is damaged or cut off ({fault}): deliver it again, and run this again")
    except (DBAPIError, sqlite3.Error, PersistenceError) as fault:
        fail(terminal, _of_database(fault, terminal))
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        fail(terminal, f"{where}{fault.strerror or fault}; check the path and the rights to it")


def _of_database(fault: Exception, terminal: Terminal) -> str:
    # What follows in other lines may quote what was to be written.
    why = str(getattr(fault, "orig", None) or fault).partition("\n")[0]
    settings = terminal.settings()
    if is_address(settings.database):
        place = shown(url_of(settings.database))
        return f"{place} failed ({why}): nothing of this was written; see that PostgreSQL runs, and try again"
    path = settings.database
    if "locked" in why:
        return f"{path} is being written by another process ({why}): wait for it to end, and try again"
    return f"{path} can't be used as a database ({why}): check the file with `bonitet doctor`, or name another"


def faults(fault: ValidationError) -> str:
    """What is wrong with data or a setting, in one sentence."""
    told = []
    for each in fault.errors(include_url=False, include_context=False, include_input=False)[:3]:
        where = ".".join(str(part) for part in each["loc"] if not str(part).startswith("rs.bonitet."))
        says = _MEMBER.sub(r"\1", each["msg"].removeprefix("Value error, "))
        if fault.title == "Settings" and each["type"] == "string_pattern_mismatch":
            says = "small letters, digits, dots, dashes and underscores, beginning with a letter or digit"
        told.append(f"{where or 'the data'}: {says}")
    if fault.title != "Settings":
        return f"{'; '.join(told)}; correct it and try again"
    name = str(fault.errors()[0]["loc"][0])
    option = f" or --{name}" if name in {"actor", "role"} else ""
    return f"{'; '.join(told)}; correct BONITET_{name.upper()}{option}"


def fail(terminal: Terminal, message: str, code: int = FAILED, **more: Any) -> NoReturn:
    """End with one message on standard error."""
    if terminal.json:
        sys.stderr.write(json.dumps({"error": message, "code": code, **more}, ensure_ascii=False, default=str) + "\n")
    else:
        terminal.err.print(f"bonitet: {message}", markup=False, soft_wrap=True)
    raise typer.Exit(code) from None
