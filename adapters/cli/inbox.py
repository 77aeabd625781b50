"""The legal inbox at the terminal: messages are taken in, and those that lead to no contract are assigned by hand."""

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters import documents
from adapters.asking import NotFound, certificate_meant, company_meant
from adapters.cli import showing
from adapters.cli.desk import Actor, Role, instant
from adapters.cli.opening import LEFT_OVER, OK, Failure, Terminal, command
from adapters.inbox import acknowledging, box, reading, taking
from adapters.inbox.acknowledging import Unanswered
from adapters.inbox.arriving import arrived
from adapters.inbox.box import Kept, State
from adapters.inbox.matching import senders
from adapters.inbox.reading import Broken, Mail
from adapters.main import System
from adapters.settings import MailSettings

Number = Annotated[int, typer.Argument(help="The message, as `inbox list` numbers it.", metavar="NUMBER")]
_SHOWN = 2_000  # characters of a text


def take(
    terminal: Terminal,
    paths: Annotated[
        list[Path], typer.Argument(help="Files, folders of .eml files, Maildirs or mboxes.", metavar="PATH...")
    ],
    *,
    acknowledge: Annotated[
        bool | None,
        typer.Option("--acknowledge/--no-acknowledge", help="Tell the senders (BONITET_MAIL_ACKNOWLEDGE)."),
    ] = None,
    actor: Actor = None,
    role: Role = None,
) -> int:
    """Take in the messages of the legal inbox; one that came in before changes nothing.

    Each is kept raw. What leads to a company opens a task of the same day there; a returned letter of ours is told of
    it; all else waits in `inbox list`. Ends with 3 if something waits there, or a receipt could not be acknowledged.
    """
    settings = MailSettings() if acknowledge is None else MailSettings(acknowledge=acknowledge)
    left = False
    with terminal.system(settings=terminal.settings(**_who(actor, role))) as system:
        speak = senders(system)
        for path in paths:
            for message in arrived(path):
                taken = taking.take(system, message, speak, settings)
                why = _acknowledged(system, taken.kept, settings) if settings.acknowledge else None
                kept = _kept(system, taken.kept.number)
                left = left or (taken.first and kept.state in box.WAITS) or why is not None
                _tell(terminal, kept, first=taken.first, unanswered=why)
    return LEFT_OVER if left else OK


def _who(actor: str | None, role: str | None) -> dict[str, Any]:
    return {name: of for name, of in (("actor", actor), ("role", role)) if of is not None}


def _acknowledged(system: System, kept: Kept, settings: MailSettings) -> str | None:
    """Acknowledge the receipt of a message where somebody waits for that; answers why it could not be done."""
    mail = _mail(system, kept) if kept.state in {State.OPEN, State.RECEIVED} else None
    if kept.acknowledged_at is not None or mail is None or not acknowledging.waits(mail):
        return None
    try:
        acknowledging.acknowledge(system, kept, mail, settings)
    except Unanswered as why:
        return str(why)
    return None


def _mail(system: System, kept: Kept) -> Mail | None:
    raw = documents.read(system.settings, kept.message)
    try:
        return None if raw is None else reading.read(raw, MailSettings(), system.engine.memory.scheme.mailbox)
    except Broken:
        return None


def _kept(system: System, number: int) -> Kept:
    with system.store.reading() as c:
        kept = box.of_number(c, number)
    if kept is None:
        raise Failure(f"no message has the number {number}: see `bonitet inbox list --all`")
    return kept


def _tell(terminal: Terminal, kept: Kept, *, first: bool, unanswered: str | None) -> None:
    if terminal.json:
        terminal.line({**_json(kept), "first": first, "unanswered": unanswered})
        return
    place = f"{kept.subject}/{kept.order}" if kept.order else kept.subject or ""
    told = [f"{kept.number}", kept.state.value, place, kept.reason or "", "" if first else "(came in before)"]
    terminal.out.print("  ".join(part for part in told if part), markup=False)
    if unanswered is not None:
        terminal.remark(f"its receipt was not acknowledged: {unanswered}")


def _json(kept: Kept) -> dict[str, Any]:
    return {
        "number": kept.number,
        "message": kept.message,
        "state": kept.state.value,
        "reason": kept.reason,
        "company": kept.subject,
        "order": kept.order,
        "sent_at": kept.sent_at and showing.iso(kept.sent_at),
        "taken_at": showing.iso(kept.taken_at),
        "due_at": showing.iso(kept.due_at),
        "acknowledged_at": kept.acknowledged_at and showing.iso(kept.acknowledged_at),
    }


def list_messages(
    terminal: Terminal,
    *,
    whole: Annotated[bool, typer.Option("--all", help="Also those that nobody waits for any more.")] = False,
) -> None:
    """The messages that lead to no contract, and wait for somebody until the end of their day."""
    with terminal.system() as system:
        with system.store.reading() as c:
            rows = box.listed(c, tuple(State) if whole else box.WAITS)
        told = [(kept, _mail(system, kept)) for kept in rows]
    if terminal.json:
        for kept, mail in told:
            terminal.line({**_json(kept), "from": mail and mail.sender, "subject": mail and mail.subject})
        return
    made = showing.table("number>", "due", "sent", "from", "subject", "state", "why", "acknowledged")
    for kept, mail in told:
        sent = showing.local(kept.sent_at) if kept.sent_at else ""
        done = showing.local(kept.acknowledged_at) if kept.acknowledged_at else "no"
        who, about = (mail.sender or "", mail.subject) if mail else ("", "")
        row = (showing.local(kept.due_at), sent, who, about, kept.state.value, kept.reason or "", done)
        made.add_row(*map(showing.cell, (str(kept.number), *row)))
    terminal.out.print(made if told else "no message waits")


def show(terminal: Terminal, number: Number) -> None:
    """A message as it is understood; what it claims of its way is shown, and believed nowhere."""
    with terminal.system() as system:
        kept = _kept(system, number)
        mail = _mail(system, kept)
    told = (
        {}
        if mail is None
        else {
            "from": mail.sender,
            "to": mail.recipient,
            "subject": mail.subject,
            "answer_to": mail.answer_to,
            "claims": list(mail.claims),
            "text": mail.text[:_SHOWN],
        }
    )
    if terminal.json:
        terminal.document({**_json(kept), **told})
        return
    for name, of in {**_json(kept), **told}.items():
        if isinstance(of, list):
            for each in of:
                terminal.out.print(f"{name}: {each}", markup=False)
        elif of is not None:
            terminal.out.print(f"{name}: {of}" if name != "text" else f"\n{of}", markup=False)


def assign(
    terminal: Terminal,
    number: Number,
    company: Annotated[str, typer.Argument(help="The company, or its certificate.", metavar="COMPANY[/ORDER]")],
    *,
    on: Annotated[
        str | None, typer.Option("--on", help="When it was sent, where no server of ours has stamped it.")
    ] = None,
    actor: Actor = None,
    role: Role = None,
) -> None:
    """A message from the queue concerns this company: it is on record there, with a task to read it today."""
    with terminal.system(settings=terminal.settings(**_who(actor, role))) as system:
        kept = _waiting(system, number)
        mail = _mail(system, kept)
        if mail is None:
            raise Failure(f"message {number} can't be read ({kept.reason}): look at it where it lies, then dismiss it")
        if on is not None and mail.sent_at is not None:
            raise Failure(f"our server stamped it at {showing.local(mail.sent_at)}: --on is for those without a stamp")
        subject, order = _meant(system, company)
        try:
            sent_at = None if on is None else instant(system, on)
            taking.receive(system, kept.message, mail, subject, order, sent_at=sent_at)
            if kept.acknowledged_at is not None:
                taking.acknowledged(system, _kept(system, number), kept.acknowledged_at)
        except taking.Unassignable as fault:
            raise Failure(f"message {number} was not assigned: {fault}") from fault
        kept = _kept(system, number)
    _tell(terminal, kept, first=True, unanswered=None)


def _waiting(system: System, number: int) -> Kept:
    kept = _kept(system, number)
    if kept.state not in box.WAITS:
        raise Failure(f"message {number} does not wait: it is {kept.state.value}")
    return kept


def _meant(system: System, text: str) -> tuple[str, str | None]:
    if "/" not in text:
        try:
            return company_meant(system, text), None
        except NotFound:
            pass  # an order without its company
    subject, _, order = certificate_meant(system, text).partition("/")
    return subject, order


def dismiss(
    terminal: Terminal,
    number: Number,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why nothing follows from it, without names.")],
    actor: Actor = None,
    role: Role = None,
) -> None:
    """A message from the queue concerns nobody; it stays kept, and who said so and why with it."""
    settings = terminal.settings(**_who(actor, role))
    with terminal.system(settings=settings) as system:
        kept = _waiting(system, number)
        with system.store.transaction() as c:
            box.change(c, kept.message, state=State.DISMISSED.value, reason=f"{settings.actor}: {reason}")
        kept = _kept(system, number)
    _tell(terminal, kept, first=True, unanswered=None)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    group = typer.Typer(help="The legal inbox: messages taken in, and those that lead nowhere.", no_args_is_help=True)
    command(group, "take")(take)
    command(group, "list")(list_messages)
    command(group, "show")(show)
    command(group, "assign")(assign)
    command(group, "dismiss")(dismiss)
    app.add_typer(group, name="inbox", rich_help_panel="Back office")
