"""Questions at the terminal: the register, a certificate's history and why, the agenda, the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from adapters import asking, explaining
from adapters.asking import certificate_meant, company_meant, instant_asked
from adapters.cli import showing, telling
from adapters.cli.opening import OK, Failure, Terminal, command
from adapters.main import System
from adapters.store import private
from domain.disclaimers import disclaimer
from domain.events import EVENTS
from domain.rules import Rule
from domain.standing import Status
from projections import agenda as agendas
from projections import audit as trails

At = Annotated[str | None, typer.Option("--at", help="A day (its end) or '2026-03-30 10:59' local; without it now.")]
Known = Annotated[str | None, typer.Option("--known", help="As it was known at the end of that day.")]
Staff = Annotated[bool, typer.Option("--staff", help="With what is not for the public: causes, and private texts.")]
Company = Annotated[str | None, typer.Option("--company", help="Only this company.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many.")]
Certificate = Annotated[
    str, typer.Argument(help="RS-12345678/ORDER, an order, or a company with one certificate.", show_default=False)
]


def _caveats(terminal: Terminal, system: System) -> None:
    for caveat in asking.caveats(system):
        terminal.remark(f"note: {caveat}")


def _disclaimer(terminal: Terminal) -> None:
    for language in ("sr", "en"):
        terminal.remark(disclaimer(language))


def _texts(system: System, certificate: str, *, staff: bool) -> Mapping[str, str]:
    if not staff:
        return {}
    with system.store.reading() as c:
        return private.texts(c, certificate.partition("/")[0])


# --- register ------------------------------------------------------------------------------------------------------


def list_register(
    terminal: Terminal,
    *,
    at: At = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only those that stand so.")] = None,
    limit: Limit = 50,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    after: Annotated[str, typer.Option("--after", help="Those that follow this certificate's number.")] = "",
    staff: Staff = False,
) -> None:
    """The certificates as they stood on a day."""
    with terminal.system() as system:
        instant = instant_asked(system, at)
        rows = asking.register_at(system, instant, status=status, after=after)
        if terminal.json:
            for row in rows if everything else islice(rows, limit):
                terminal.line(showing.entry_json(row, staff=staff))
            return
        told = list(rows if everything else islice(rows, limit + 1))
        title = f"The register at {showing.moment(instant)}"
        if not told:
            what = f"no certificate was {status.value}" if status else "there was no certificate"
            terminal.out.print(f"{what} at {showing.moment(instant)}")
            _caveats(terminal, system)
            return
        terminal.out.print(
            showing.entries(told if everything else told[:limit], staff=staff, title=title, width=terminal.out.width)
        )
        if not everything and len(told) > limit:
            terminal.remark(f"there are more: --all, or --after {told[limit - 1].certificate}")
        _caveats(terminal, system)
    _disclaimer(terminal)


def show_register(
    terminal: Terminal,
    company_or_certificate: Annotated[str, typer.Argument(help="A company or a certificate.")],
    *,
    at: At = None,
    known: Known = None,
    history: Annotated[bool, typer.Option("--history", help="All rows up to then.")] = False,
    staff: Staff = False,
) -> None:
    """Where a company's certificates stood on a day; a day means its end."""
    with terminal.system() as system:
        instant = instant_asked(system, at)
        then = None if known is None else instant_asked(system, known)
        rows = asking.standing_of(system, company_or_certificate, instant, then, past=history)
        if terminal.json:
            for row in rows:
                terminal.line(showing.entry_json(row, staff=staff))
            return
        title = f"At {showing.moment(instant)}" + (f", as known at {showing.moment(then)}" if then else "")
        terminal.out.print(showing.entries(rows, staff=staff, title=title, width=terminal.out.width))
        _caveats(terminal, system)
    _disclaimer(terminal)


def find(terminal: Terminal, text: Annotated[list[str], typer.Argument(help="MB, PIB, number, order or name.")]) -> int:
    """Companies by number or name, in either script, with or without diacritics."""
    with terminal.system() as system:
        rows = asking.find(system, " ".join(text))
    if terminal.json:
        for subject, name in rows:
            terminal.line({"company": subject, "name": name})
        return OK
    if not rows:
        raise Failure(f"nothing here is called {' '.join(text)!r}: a name needs only some of its words")
    made = showing.table("company", "name")
    for subject, name in rows:
        made.add_row(showing.cell(subject), showing.cell(name))
    terminal.out.print(made)
    return OK


# --- certificate ---------------------------------------------------------------------------------------------------


def show_certificate(terminal: Terminal, certificate: Certificate, *, at: At = None, staff: Staff = False) -> None:
    """One certificate: where it stands, and all the rows of its past."""
    with terminal.system() as system:
        instant = instant_asked(system, at)
        stream = certificate_meant(system, certificate)
        rows = asking.standing_of(system, stream, instant, past=True)
        if terminal.json:
            past = [showing.entry_json(row, staff=staff) for row in rows]
            terminal.document({**past[-1], "past": past, "disclaimer": disclaimer("en")})
            return
        terminal.out.print(
            showing.entries(rows[-1:], staff=staff, title=f"At {showing.moment(instant)}", width=terminal.out.width)
        )
        terminal.out.print()
        terminal.out.print(showing.entries(rows, staff=staff, title="Its past", width=terminal.out.width))
        _caveats(terminal, system)
    _disclaimer(terminal)


def history(
    terminal: Terminal,
    certificate: Certificate,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also what else happened to its company.")] = False,
    known: Known = None,
    staff: Staff = False,
) -> None:
    """Every event of a certificate with the facts that caused it; what was annulled is struck through."""
    with terminal.system() as system:
        stream = certificate_meant(system, certificate)
        then = None if known is None else instant_asked(system, known)
        rows = asking.history_of(system, stream, then, everything=everything)
        texts = _texts(system, stream, staff=staff)
    if terminal.json:
        for row in rows:
            told = telling.told_json(row)
            told["data"] = {name: texts.get(str(of), of) for name, of in told["data"].items()}
            terminal.line(told)
    else:
        terminal.out.print(telling.events(rows, texts, title=f"History of {stream}", width=terminal.out.width))


def why(terminal: Terminal, certificate: Certificate, *, at: At = None, known: Known = None) -> None:
    """Why a certificate stands where it stands, clause by clause, with the arithmetic of each deadline."""
    with terminal.system() as system:
        instant = instant_asked(system, at)
        then = None if known is None else instant_asked(system, known)
        told = explaining.why(system, certificate_meant(system, certificate), instant, then)
        if terminal.json:
            terminal.document(telling.why_json(told))
            return
        terminal.out.print(telling.why(told, then))
        _caveats(terminal, system)


def use(terminal: Terminal, certificate: Certificate, *, at: At = None) -> None:
    """What the holder may show: the mark of each certified year as it is, with its year and grade, or not at all."""
    with terminal.system() as system:
        instant = instant_asked(system, at)
        stream = certificate_meant(system, certificate)
        rows = asking.use_of(system, stream, instant)
        if terminal.json:
            for row in rows:
                terminal.line(showing.use_json(row))
            return
        title = f"The mark of {stream} at {showing.moment(instant)}"
        terminal.out.print(
            showing.uses(rows, title=title, width=terminal.out.width)
            if rows
            else f"{stream} had no certified year at {showing.moment(instant)}, so nothing may be shown"
        )
        _caveats(terminal, system)


# --- agenda --------------------------------------------------------------------------------------------------------


def agenda(
    terminal: Terminal,
    *,
    until: Annotated[str | None, typer.Option("--until", help="Up to the end of this day.")] = None,
    company: Company = None,
    explain: Annotated[bool, typer.Option("--explain", help="With how each date was computed.")] = False,
    limit: Limit = 100,
) -> None:
    """What falls due from now on, and whose turn it is."""
    with terminal.system() as system:
        subject = None if company is None else company_meant(system, company)
        end = None if until is None else asking.end_of(until, system.engine.memory.scheme.zone)
        if end is not None and end <= system.clock():
            raise Failure(f"{until} lies behind, and the agenda begins now: see `bonitet audit` for what fell due")
        rows = asking.agenda_of(system, until=end, subject=subject, limit=limit)
        _tell_agenda(terminal, rows, system.clock(), explain=explain)
        _caveats(terminal, system)


def _tell_agenda(terminal: Terminal, rows: list[agendas.Due], now: datetime, *, explain: bool) -> None:
    def what(due: agendas.Due) -> str:
        ahead = due.begins is not None and due.begins > now
        return f"{due.what}, from {showing.local(due.begins)}" if ahead else due.what

    if terminal.json:
        for due in rows:
            told = showing.due_json(due)
            if not explain:
                del told["derivation"]
            terminal.line(told)
        return
    if not rows:
        terminal.out.print("nothing falls due")
        return
    if explain:
        for due in rows:
            terminal.out.print(
                showing.cell(f"{due.subject} {due.about}: {what(due)}, {telling.turn(due.whose)}", "bold")
            )
            terminal.out.print(telling.steps(due.term))
        return
    if terminal.out.width < showing.MIDDLE:
        for due in rows:
            head = f"{showing.local(due.due_at)} {what(due)}"
            terminal.out.print(showing.two_lines(head, due.subject, due.about, telling.turn(due.whose), due.rule))
        return
    made = showing.table("due at", "company", "about", "what", "whose turn", "rule")
    for due in rows:
        row = (showing.local(due.due_at), due.subject, due.about, what(due), due.whose, due.rule)
        made.add_row(*map(showing.cell, row))
    terminal.out.print(made)


# --- audit ---------------------------------------------------------------------------------------------------------


def audit(
    terminal: Terminal,
    *,
    company: Company = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Only what this person brought in.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Only what cites this rule.")] = None,
    event: Annotated[str | None, typer.Option("--event", help="Only events of this name.")] = None,
    after: Annotated[int, typer.Option("--after", min=0, help="Those that follow this position.")] = 0,
    limit: Limit = 100,
) -> None:
    """Every event in the order in which it was written: what, when, by whom or what, under which rule."""
    if rule is not None and rule not in set(Rule):
        raise Failure(f"{rule!r} is no rule of the book: write for example DNB-6.14", code=2)
    if event is not None and event not in EVENTS:
        raise Failure(f"{event!r} is no event: write for example AccountBlocked or MarkLicenceLost", code=2)
    with terminal.system() as system:
        subject = None if company is None else company_meant(system, company)
        with system.store.reading() as c:
            rows = trails.trail(c, subject=subject, actor=actor, rule=rule, name=event, after=after, limit=limit + 1)
    if terminal.json:
        for line in rows[:limit]:
            terminal.line(showing.trail_json(line))
        return
    if not rows:
        terminal.out.print("nothing like that was written")
        return
    _tell_trail(terminal, rows[:limit])
    if len(rows) > limit:
        terminal.remark(f"there are more: --after {rows[limit - 1].position}")


def _tell_trail(terminal: Terminal, rows: list[trails.Line]) -> None:
    made = showing.table("#>", "event", "of", "holds from", "recorded", "cause", "who (not authenticated)", "rule")
    for line in rows:
        who = line.actor and f"{line.actor}, {line.role}"
        cause = telling.short_id(" ".join(filter(None, (line.source, line.cause))))
        holds, recorded = showing.local(line.effective_at), showing.local(line.recorded_at)
        if terminal.out.width < showing.NARROW:
            head = f"#{line.position} {holds} {line.name} {line.stream}"
            more = (cause and f"from {cause}", f"recorded {recorded}", who, line.rule)
            terminal.out.print(showing.two_lines(head, *more))
        else:
            told = (line.position, line.name, line.stream, holds, recorded, cause, who, line.rule)
            made.add_row(*map(showing.cell, told))
    if made.row_count:
        terminal.out.print(made)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    registry = typer.Typer(help="Which certificates exist and where they stand, on any day.", no_args_is_help=True)
    command(registry, "list")(list_register)
    command(registry, "show")(show_register)
    app.add_typer(registry, name="register", rich_help_panel="Questions")
    command(app, "find", panel="Questions")(find)
    certificates = typer.Typer(help="One certificate: its status, history, why, and use.", no_args_is_help=True)
    command(certificates, "show")(show_certificate)
    command(certificates, "history")(history)
    command(certificates, "why")(why)
    command(certificates, "use")(use)
    app.add_typer(certificates, name="certificate", rich_help_panel="Questions")
    command(app, "agenda", panel="Questions")(agenda)
    command(app, "audit", panel="Questions")(audit)
