"""The command line `bonitet`: facts in, questions answered, the back office's commands, and upkeep."""

import json
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from adapters.cli import (
    asking,
    demo,
    desk,
    facts,
    inbox,
    inputs,
    keeping,
    letters,
    persons,
    replaying,
    rules,
    working,
    worklists,
)
from adapters.cli.opening import EXIT_CODES, FAILED, OK, Database, Json, given_before


class _Root(TyperGroup):
    """Says in JSON what is wrong with the usage as well, where JSON is asked for."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Run a command line."""
        given = list(sys.argv[1:] if args is None else args)
        if "--json" not in given:
            return super().main(args, *rest, **more)
        more["standalone_mode"] = False
        try:
            code = super().main(args, *rest, **more)
        except (typer.Abort, KeyboardInterrupt):
            sys.exit(FAILED)
        except Exception as fault:
            say = getattr(fault, "format_message", None)
            if say is None:
                raise
            sys.stderr.write(json.dumps({"error": say(), "code": getattr(fault, "exit_code", FAILED)}) + "\n")
            sys.exit(getattr(fault, "exit_code", FAILED))
        sys.exit(code if isinstance(code, int) else OK)


app = typer.Typer(
    name="bonitet",
    cls=_Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog=f"{EXIT_CODES} Lists answer --json with one object a line, all else with one document; "
    "errors are objects on standard error.",
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer gives it so
    if asked:
        try:
            told = installed("bonitet")
        except PackageNotFoundError:
            told = "(not installed)"
        sys.stdout.write(f"bonitet {told}\n")
        raise typer.Exit


@app.callback()
def root(
    *,
    database: Database = None,
    json: Json = False,
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Certificates of business credit excellence: who holds one, on any day, and why."""
    del version  # it has been said
    given_before(database=database, json=json)


for part in (facts, asking, rules, worklists, replaying, desk, letters, inbox, keeping, persons, working, inputs, demo):
    part.register(app)


def main() -> None:
    """The entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Cyrillic letters is no reason to fail
    app()
