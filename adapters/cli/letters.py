"""Letters at the terminal: written from what is known now, sent, and what became of them."""

import hashlib
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.asking import company_meant
from adapters.cli.asking import Company
from adapters.cli.desk import Actor, On, Role, execute
from adapters.cli.opening import OK, Failure, Terminal, command
from adapters.letters import sending
from adapters.letters.naming import message_id
from adapters.letters.writing import write
from adapters.main import System
from adapters.settings import MailSettings
from adapters.store import private
from domain import facts
from domain.calendar import local_day
from domain.facts import Fact, Language, LateReason, LetterKind, LetterRoute
from domain.letters import Letter, key_of
from domain.matters import of_kind

Who = Annotated[str, typer.Argument(help="The company.", metavar="COMPANY")]
What = Annotated[LetterKind, typer.Argument(help="What it is about.", metavar="KIND")]
Which = Annotated[str, typer.Argument(help="The letter, as `letters list` names it.", metavar="LETTER")]
About = Annotated[str | None, typer.Option("--about", help="The case, or the edition of the terms.")]
Order = Annotated[str | None, typer.Option("--order", help="The certificate, where the company has several.")]
Tongue = Annotated[Language, typer.Option("--language", help="Serbian in either script has priority.")]

_SERVED: dict[LetterKind, type[Fact]] = {
    LetterKind.WARNING: facts.WarningServed,
    LetterKind.SECOND_DEMAND: facts.SecondDemandServed,
}


def write_letter(
    terminal: Terminal,
    company: Who,
    kind: What,
    *,
    about: About = None,
    order: Order = None,
    language: Tongue = Language.SERBIAN_CYRILLIC,
) -> None:
    """The letter as it would go out now, with its deadlines computed; nothing is recorded."""
    with terminal.system() as system:
        letter = write(system, company_meant(system, company), kind, language, order=order, about=about)
    if terminal.json:
        terminal.document({"subject": letter.subject, "text": letter.text, "language": language, "about": letter.about})
    else:
        terminal.out.print(sending.document(letter), markup=False, end="")


def send_letter(  # noqa: PLR0913 - as many options as a letter has sides
    terminal: Terminal,
    company: Who,
    kind: What,
    *,
    about: About = None,
    order: Order = None,
    language: Tongue = Language.SERBIAN_CYRILLIC,
    route: Annotated[LetterRoute, typer.Option("--by", help="How it leaves.")] = LetterRoute.FILE,
    folder: Annotated[Path, typer.Option("--folder", help="Where a file is put.")] = Path("letters"),
    address: Annotated[
        str | None, typer.Option("--address", help="The e-mail address; without it the representative's.")
    ] = None,
    actor: Actor = None,
    role: Role = None,
) -> int:
    """Send a letter and record that it went out; by notification, whoever reads the topic fetches it by its hash."""
    with terminal.system() as system:
        subject = company_meant(system, company)
        letter = write(system, subject, kind, language, order=order, about=about)
        text = sending.document(letter)
        today = local_day(system.clock(), system.engine.memory.scheme.zone)
        named = f"{subject} {letter.order} {kind} {letter.about} {language} {route} {today}"
        name = f"L-{hashlib.sha256(named.encode()).hexdigest()[:12]}"
        if key_of(name) in system.engine.memory.dossier(subject).matters:
            raise Failure(f"it went out today already, as {name}: see `bonitet letters list --company {subject}`")
        to = None
        if route is LetterRoute.EMAIL:
            to = address or _representative(system, subject, letter.order)
        named_so = message_id(system.store.key, subject, name, MailSettings().sender)
    with tempfile.TemporaryDirectory() as place:
        kept = Path(place) / name
        kept.write_text(text, encoding="utf-8")
        if route is LetterRoute.FILE:
            terminal.remark(f"written to {sending.to_file(letter, name, folder)}")
        elif to is not None:
            sending.by_mail(letter, to, MailSettings(), named_so)
        told: dict[str, Any] = {
            "letter": name,
            "kind": kind.value,
            "language": language.value,
            "route": route.value,
            "order": letter.order,
            "about": letter.about,
            "address": to,
            "document": str(kept),
        }
        code = execute(terminal, facts.LetterSent, subject, told, on=None, actor=actor, role=role, dry_run=False)
    served = _SERVED.get(kind)
    if code == OK and served is not None:
        case = {"case": letter.about}
        return execute(terminal, served, subject, case, on=None, actor=actor, role=role, dry_run=False)
    return code


def _representative(system: System, subject: str, order: str) -> str:
    reference = system.engine.memory.dossier(subject).certificates[order].representative
    with system.store.reading() as c:
        address = private.texts(c, subject).get(reference or "")
    if address is None:
        raise Failure(f"{subject}/{order} has no representative with an address on file: name one with --address")
    return address


def delivered(
    terminal: Terminal,
    company: Who,
    letter: Which,
    *,
    on: On = None,
    late_reason: Annotated[
        LateReason | None, typer.Option("--late-reason", help="Why a renewal notice came late, where that excuses it.")
    ] = None,
    actor: Actor = None,
    role: Role = None,
) -> int:
    """A letter reached the holder: its delivery is recorded, and what it says counts as received then."""
    with terminal.system() as system:
        subject = company_meant(system, company)
        _letter(system, subject, letter)
    told = {"letter": letter, "late_reason": late_reason and late_reason.value}
    return execute(terminal, facts.LetterDelivered, subject, told, on=on, actor=actor, role=role, dry_run=False)


def bounced(
    terminal: Terminal, company: Who, letter: Which, *, on: On = None, actor: Actor = None, role: Role = None
) -> int:
    """A letter came back: it counts as not received, and somebody is asked to send it again."""
    with terminal.system() as system:
        subject = company_meant(system, company)
        _letter(system, subject, letter)
    told = {"letter": letter}
    return execute(terminal, facts.LetterBounced, subject, told, on=on, actor=actor, role=role, dry_run=False)


def list_letters(terminal: Terminal, *, company: Company = None) -> None:
    """The letters of a company, and what became of them."""
    if company is None:
        raise Failure("name the company with --company; `bonitet cases list --kind letter` shows all that wait", code=2)
    with terminal.system() as system:
        subject = company_meant(system, company)
        told = of_kind(system.engine.memory.dossier(subject).matters, Letter)
    for each in told:
        state = "came back" if each.bounced else "delivered" if each.closed else "sent"
        if terminal.json:
            terminal.line({"letter": each.letter, "kind": each.kind, "about": each.about, "state": state})
        else:
            terminal.out.print(f"{each.letter}  {each.kind}  {each.about or ''}  {state}", markup=False)
    if not told and not terminal.json:
        terminal.out.print("no letter went out")


def _letter(system: System, subject: str, name: str) -> Letter:
    matter = system.engine.memory.dossier(subject).matters.get(key_of(name))
    if not isinstance(matter, Letter):
        raise Failure(f"no letter {name} of {subject} is on record: see `bonitet letters list --company {subject}`")
    return matter


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    group = typer.Typer(help="Letters: written with deadlines, sent, and what became of them.", no_args_is_help=True)
    command(group, "write")(write_letter)
    command(group, "send")(send_letter)
    command(group, "delivered")(delivered)
    command(group, "bounced")(bounced)
    command(group, "list")(list_letters)
    app.add_typer(group, name="letters", rich_help_panel="Back office")
