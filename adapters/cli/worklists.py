"""The worklists at the terminal: what is open, whose turn it is, and what may be done about it."""

from datetime import datetime
from typing import Annotated

import typer

from adapters import asking, rulebook
from adapters.asking import company_meant
from adapters.cli import files, showing
from adapters.cli.asking import Company, Limit, Staff
from adapters.cli.desk import VERBS
from adapters.cli.opening import Terminal, command
from adapters.main import System
from domain.matters import Waits
from domain.moves import Move
from domain.rules import Rule, wording
from domain.worklist import CASE, Line
from projections.worklist import Open, Wanted

Today = Annotated[bool, typer.Option("--today", help="Only what is due today or was due before.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only what should have been done by now.")]
Mine = Annotated[bool, typer.Option("--mine", help="Only what is assigned to the actor (BONITET_ACTOR).")]
Waiting = Annotated[Waits | None, typer.Option("--waiting-for", help="Only what waits for this.")]
Breach = Annotated[bool, typer.Option("--in-breach", help="Only where the issuer has missed a duty of his own.")]
Kind = Annotated[str | None, typer.Option("--kind", help="Only these: case, contract, dispute, invoice, delivery ...")]

_COMMAND = {fact: verb for verb, fact in VERBS.items()}


def list_cases(
    terminal: Terminal,
    *,
    company: Company = None,
    kind: Kind = None,
    waiting_for: Waiting = None,
    today: Today = False,
    overdue: Overdue = False,
    in_breach: Breach = False,
    limit: Limit = 100,
) -> None:
    """Open cases and matters: misuse, contracts, deliveries, disputes, invoices; the soonest due first."""
    with terminal.system() as system:
        wanted = Wanted(
            *(_company(system, company), kind, False, waiting_for),
            due_before=_before(system, today=today, overdue=overdue),
            breached=in_breach,
        )
        _tell(terminal, system, asking.worklist_of(system, wanted, limit))


def list_tasks(
    terminal: Terminal,
    *,
    company: Company = None,
    mine: Mine = False,
    today: Today = False,
    overdue: Overdue = False,
    limit: Limit = 100,
) -> None:
    """What a person has to decide or to do; take one with `desk take-task`, close it with `desk close-task`."""
    with terminal.system() as system:
        wanted = Wanted(
            subject=_company(system, company),
            tasks=True,
            due_before=_before(system, today=today, overdue=overdue),
            to=system.settings.actor if mine else None,
        )
        _tell(terminal, system, asking.worklist_of(system, wanted, limit))


def show_case(
    terminal: Terminal,
    company: Annotated[str, typer.Argument(help="The company.")],
    key: Annotated[str, typer.Argument(help="What it is called in the worklist, for example 'case M-1' or M-1.")],
    *,
    staff: Staff = False,
) -> None:
    """How something stands, what may be done by which rule, and why the rest would be refused.

    Of misuse, closed or not, also the evidence, whether each document is still the one that arrived, and the company's
    other cases with their outcome.
    """
    with terminal.system() as system:
        subject = company_meant(system, company)
        line, told = asking.moves_of(system, subject, key, system.settings.actor)
        misuse = files.told(system, subject, line, staff=staff) if line.kind == CASE else None
    if terminal.json:
        shown = {**showing.open_json(Open(subject, line)), "moves": [_move_json(move) for move in told]}
        terminal.document(shown | (files.as_json(misuse) if misuse else {}))
        return
    terminal.out.print(showing.cell(f"{subject} {line.key}: {line.state}", "bold"))
    terminal.out.print(showing.cell(_turn(line)))
    if line.rule is not None:
        terminal.out.print(showing.cell(f"{line.rule.value}: {wording(line.rule)}", "dim"))
    if misuse:
        terminal.out.print(files.rendered(misuse, terminal.out.width))
    made = showing.table("act", "rule", "why not", title="\nAllowed now, and below what would be refused")
    for move in told:
        rule = _rule_of(move)
        style = "" if move.allowed else "dim"
        made.add_row(*(showing.cell(text, style) for text in (_named(move), rule, _why_not(move))))
    if told:
        terminal.out.print(made)


def _company(system: System, text: str | None) -> str | None:
    return None if text is None else company_meant(system, text)


def _before(system: System, *, today: bool, overdue: bool) -> datetime | None:
    return system.clock() if overdue else asking.end_of_today(system) if today else None


def _tell(terminal: Terminal, system: System, rows: list[Open]) -> None:
    if terminal.json:
        for each in rows:
            terminal.line(showing.open_json(each))
        return
    if not rows:
        terminal.out.print("nothing like that is open")
    elif terminal.out.width < showing.NARROW:
        for each in rows:
            line = each.line
            rule = line.rule.value if line.rule else None
            terminal.out.print(
                showing.two_lines(f"{each.subject} {line.key}: {line.state}", _turn(line), rule, line.to)
            )
    else:
        made = showing.table("company", "due at", "what is open", "state", "what next", "waits for", "rule", "whose")
        for each in rows:
            line = each.line
            waits_for = f"{line.waits_for} (breached)" if line.breached else line.waits_for
            told = (each.subject, showing.local(line.due_at), line.key, line.state, line.what, waits_for)
            made.add_row(*map(showing.cell, (*told, line.rule, line.to)))
        terminal.out.print(made)
    for caveat in asking.caveats(system):
        terminal.remark(f"note: {caveat}")


def _turn(line: Line) -> str:
    due = f", by {showing.local(line.due_at)}" if line.due_at else ""
    breach = "; the issuer is in breach" if line.breached else ""
    return f"{line.what}{due} (waits for: {line.waits_for}){breach}"


def _named(move: Move) -> str:
    return f"desk {_COMMAND[move.fact]}" if move.fact in _COMMAND else f"desk record {move.fact.__name__}"


def _why_not(move: Move) -> str:
    return "" if move.allowed else move.reason or ""


def _rule_of(move: Move) -> Rule | None:
    """What the decision cites; an act that brings about nothing by itself rests on the rule that its fact cites."""
    return move.rule or rulebook.first_in(move.fact.__doc__ or "")


def _move_json(move: Move) -> dict[str, object]:
    rule = _rule_of(move)
    return {
        "command": _named(move),
        "fact": move.fact.__name__,
        "allowed": move.allowed,
        "rule": rule and rule.value,
        "wording": rule and wording(rule),
        "reason": move.reason,
    }


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    cases = typer.Typer(help="What is open: whose turn it is, and what may be done about it.", no_args_is_help=True)
    command(cases, "list")(list_cases)
    command(cases, "show")(show_case)
    app.add_typer(cases, name="cases", rich_help_panel="Back office")
    command(app, "tasks", panel="Back office")(list_tasks)
