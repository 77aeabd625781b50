"""The rule book at the terminal: what each rule says, who applies it, where it is told and where it is decided."""

from typing import Annotated

import typer

from adapters import rulebook
from adapters.cli import showing
from adapters.cli.opening import Failure, Terminal, command
from adapters.rulebook import Application, Kept


def rules(
    terminal: Terminal,
    which: Annotated[
        str | None, typer.Argument(help="A rule (DNB-7.3) or the beginning of several (DNB-7).", show_default=False)
    ] = None,
    *,
    application: Annotated[Application | None, typer.Option("--application", help="Only those applied so.")] = None,
) -> None:
    """Each rule with its wording, the features that tell it, the functions that cite it, and who applies it."""
    exact = [k for k in rulebook.kept() if which is None or which.upper() == k.rule.value.upper()]
    found = exact or [k for k in rulebook.kept() if k.rule.value.upper().startswith((which or "").upper())]
    if not found:
        raise Failure(f"{which!r} is no rule of the book: write for example DNB-6.14, or DNB-7", code=2)
    told = [k for k in found if application is None or k.application is application]
    for each in told:
        if terminal.json:
            terminal.line(_json(each))
            continue
        statement = each.statement
        where = ", ".join(filter(None, (statement.clause and f"clause {statement.clause}", statement.source)))
        terminal.out.print(showing.cell(f"{each.rule.value}  {statement.wording}", "bold"))
        terminal.out.print(showing.cell(f"      {statement.strength}, {each.application}; {where or 'a reading'}"))
        for what, places in (("told by", each.features), ("cited by", each.functions)):
            if places:
                terminal.out.print(showing.cell(f"      {what} {'; '.join(places)}", "dim"))


def _json(each: Kept) -> dict[str, object]:
    statement = each.statement
    return {
        "rule": each.rule.value,
        "wording": statement.wording,
        "strength": statement.strength,
        "application": each.application,
        "clause": statement.clause,
        "source": statement.source,
        "features": list(each.features),
        "functions": list(each.functions),
    }


def register(app: typer.Typer) -> None:
    """Put this command into the application."""
    command(app, "rules", panel="Questions")(rules)
