"""Personal data: what is kept of a company's people, and its erasure with a receipt."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters import documents, persons
from adapters.asking import NotFound, company_meant
from adapters.cli import showing
from adapters.cli.desk import Actor, Role, refusal
from adapters.cli.opening import USAGE, Failure, Terminal, command
from adapters.main import System
from adapters.persons import Kept
from domain.identity import InvalidSubject, check_subject

Company = Annotated[str, typer.Argument(help="The company.")]

_COPIES = (
    "backups and archives of the database and the documents, mailboxes, the senders' files and the facts topics may "
    "hold it as well, and are not touched"
)


def _meant(system: System, text: str) -> str:
    # Of a company that was never registered something may have been set aside all the same.
    try:
        return company_meant(system, text)
    except NotFound:
        for candidate in (text, f"RS-{text}"):
            try:
                subject = check_subject(candidate)
            except InvalidSubject:
                continue
            if persons.lines_of(system, subject):
                return subject
        raise


def export(terminal: Terminal, company: Company) -> None:
    """All that is kept of a company's people: texts and documents of its facts, lines set aside that mention it."""
    with terminal.system() as system:
        subject = _meant(system, company)
        texts, lines = persons.texts_of(system, subject), persons.lines_of(system, subject)
        files = persons.documents_of(system, subject)
    if terminal.json:
        for kept in texts:
            terminal.line(_text_json(kept))
        for line in lines:
            terminal.line({"kind": line.table, "number": line.number, "state": line.state, "text": line.text})
        for file in files:
            terminal.line(
                {"kind": "document", "facts": file.facts, "reference": file.digest, "of_others_too": file.shared}
            )
        return
    made = showing.table("of", "field", "since", "reference", "text")
    for kept in texts:
        since = showing.local(kept.since)
        made.add_row(*map(showing.cell, (f"{kept.kind} {kept.fact}", kept.field, since, kept.reference, kept.text)))
    for line in lines:
        made.add_row(*map(showing.cell, (f"{line.table} {line.number}", "the line", line.state, "", line.text)))
    for file in files:
        whose = "facts of others name it too: it stays" if file.shared else ""
        made.add_row(*map(showing.cell, (", ".join(file.facts), "document", "", file.digest, whose)))
    terminal.out.print(made if texts or lines or files else f"nothing is kept of the people of {subject}")


def _text_json(kept: Kept) -> dict[str, Any]:
    return {
        "kind": kept.kind,
        "fact": kept.fact,
        "field": kept.field,
        "since": showing.iso(kept.since),
        "reference": kept.reference,
        "text": kept.text,
    }


def erase(
    terminal: Terminal,
    company: Company,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the receipt.")],
    reference: Annotated[
        list[str] | None, typer.Option("--reference", help="Only this, as export shows it; may come several times.")
    ] = None,
    receipt: Annotated[Path | None, typer.Option("--receipt", help="A new file for the receipt.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    actor: Actor = None,
    role: Role = None,
) -> None:
    """Erase what is kept of a company's people, for good; the events stay, with references that lead nowhere.

    Documents that its facts rest on go too, unless those of another company do. The receipt says what was erased, and
    its hash stands in an event. A legal hold refuses it, and so do facts of the company that are parked and wait. Run
    it again if it was interrupted.
    """
    if not reason.strip():
        raise Failure("it is erased only with a reason: say it with --reason", USAGE)
    who = {name: of for name, of in (("actor", actor), ("role", role)) if of is not None}
    with terminal.system(settings=terminal.settings(**who)) as system:
        subject = _meant(system, company)
        try:
            erasure = persons.to_erase(system, subject, reference or ())
        except persons.NotKept as fault:
            raise Failure(str(fault)) from fault
        told: dict[str, Any] | None = None
        if erasure.entries:
            if not yes:
                _ask(terminal, erasure)
            told = persons.receipt(system, erasure, reason, system.clock())
            _carry_out(system, erasure, told, receipt)
        documents.erase(system.settings, persons.left_over(system, subject))
        hindered = system.store.scrub()  # also where an earlier run was interrupted before it
    if told is None:
        terminal.remark(f"nothing is kept of the people of {subject}")
    elif receipt is None:
        terminal.document(told)
    else:
        terminal.remark(f"{erasure.entries} entries erased; the receipt is {receipt}")
    terminal.remark(f"note: {_COPIES}")
    if told is not None and told["documents_of_others_too"]:
        terminal.remark(
            f"note: {len(told['documents_of_others_too'])} documents stay: facts of others rest on them too"
        )
    if hindered:
        raise Failure(f"erased, but freed pages of the database may still hold it: {hindered}; then run this again")


def _ask(terminal: Terminal, erasure: persons.Erasure) -> None:
    if terminal.json:
        raise Failure("nobody is asked where the answer is JSON: add --yes", USAGE)
    lines = erasure.lines
    still_open = sum(line.state == "open" for line in lines)
    open_ones = f", {still_open} of which could still be corrected and sent again" if still_open else ""
    files = f" and {len(erasure.documents)} documents" if erasure.documents else ""
    told = f"{len(erasure.rows)} texts and {len(lines)} lines set aside{open_ones}{files}"
    question = f"Erase {told} of {erasure.subject} for good?"
    typer.confirm(question, abort=True, err=True)


def _carry_out(system: System, erasure: persons.Erasure, told: dict[str, Any], receipt: Path | None) -> None:
    if receipt is not None:
        _write(receipt, told)  # first: afterwards nobody could write down any more what was erased
    try:
        refused = persons.erase(system, erasure, told)
    except ValueError as fault:
        _unwrite(receipt)
        raise Failure(str(fault)) from fault
    if refused is not None:
        _unwrite(receipt)
        raise refusal(refused, recorded=True)


def _write(path: Path, told: dict[str, Any]) -> None:
    with path.open("x", encoding="utf-8") as stream:
        json.dump(told, stream, ensure_ascii=False, indent=2)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())


def _unwrite(path: Path | None) -> None:
    if path is not None:
        path.unlink(missing_ok=True)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    group = typer.Typer(help="Personal data: what is kept of people, and its erasure.", no_args_is_help=True)
    command(group, "export")(export)
    command(group, "erase")(erase)
    app.add_typer(group, name="person", rich_help_panel="Keeping")
