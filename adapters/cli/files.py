"""The file of a case of misuse at the terminal: its evidence, whether it is still as it came, and the other cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding

from adapters import documents
from adapters.casefile import CaseFile, Evidence, Filed, file_of
from adapters.cli import showing
from adapters.main import System
from adapters.running import Stopped
from adapters.settings import Settings
from adapters.store import private
from domain.rules import Rule, wording
from domain.worklist import CASE, Line

KEPT_APART = "(kept apart: --staff)"
ERASED = "(erased)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A case's file with the texts that may be told, by reference, and what became of each document.

    `texts` is None where none are told; `unsaid` is why nobody could look after the documents.
    """

    file: CaseFile
    texts: Mapping[str, str] | None
    states: Mapping[str, documents.State]
    unsaid: str | None


def told(system: System, subject: str, line: Line, *, staff: bool) -> Shown:
    """The file of the case that a worklist's line is about."""
    file = file_of(system, subject, line.key.removeprefix(f"{CASE} "))
    texts = None
    if staff:
        with system.store.reading() as c:
            texts = private.texts(c, subject)
    states, unsaid = _states(system.settings, file)
    return Shown(file, texts, states, unsaid)


def _states(settings: Settings, file: CaseFile) -> tuple[dict[str, documents.State], str | None]:
    try:
        folder = documents.directory(settings)
    except Stopped as unsaid:
        return {}, str(unsaid)
    return {piece.digest: documents.state_of(folder, piece.digest) for piece in file.evidence}, None


def as_json(shown: Shown) -> dict[str, Any]:
    """The file for programs; without texts the references are told."""
    case = shown.file.case
    return {
        "violation": case.violation,
        "repeats": case.repeats,
        "ended_at": showing.iso(case.ended_at),
        "evidence": [_evidence_json(shown, piece) for piece in shown.file.evidence],
        "other_cases": [_filed_json(other) for other in shown.file.others],
    }


def _evidence_json(shown: Shown, piece: Evidence) -> dict[str, Any]:
    texts = shown.texts or {}
    private_texts = {name: getattr(piece, name) for name in ("url", "reporter", "contact", "note")}
    return {
        "sha256": piece.digest,
        "document": shown.states.get(piece.digest),
        "seen_at": showing.iso(piece.seen_at),
        "reported_at": showing.iso(piece.reported_at),
        "recorded_at": showing.iso(piece.recorded_at),
        "reported_by": piece.reported_by,
        **{name: texts.get(of, of) if of else None for name, of in private_texts.items()},
        "actor": piece.actor,
        "retracted": piece.retracted,
    }


def _filed_json(filed: Filed) -> dict[str, Any]:
    line = filed.line
    return {
        "case": line.key.removeprefix(f"{CASE} "),
        "order": line.order,
        "violation": filed.violation,
        "opened_at": showing.iso(line.opened_at),
        "state": line.state,
        "outcome": line.what,
        "rule": line.rule,
        "ended_at": showing.iso(filed.ended_at),
    }


def rendered(shown: Shown, width: int) -> RenderableType:
    """The file for people."""
    file = shown.file
    parts: list[RenderableType] = []
    if file.case.repeats:
        parts.append(showing.cell(f"{Rule.DNB_7_6.value}: {wording(Rule.DNB_7_6)}", "yellow"))
    parts.append(_evidence(shown))
    if shown.unsaid:
        parts.append(showing.cell(f"nobody looked after the documents: {shown.unsaid}", "yellow"))
    parts.append(
        _others(file.others, width) if file.others else showing.cell("\nNo other case of this company", "bold")
    )
    return Group(*parts)


_STYLES = {documents.State.CHANGED: "bold red", documents.State.MISSING: "bold yellow"}


def _evidence(shown: Shown) -> RenderableType:
    # In lines at any width, for whoever compares a hash needs it whole.
    parts: list[RenderableType] = [showing.cell("\nEvidence, by its SHA-256 on arrival", "bold")]
    for piece in shown.file.evidence:
        state = shown.states.get(piece.digest)
        style = _STYLES.get(state, "bold") if state else "bold"
        parts.append(showing.cell(f"{piece.digest}: {state or 'not looked after'}", style))
        told = showing.cell("\n".join(filter(None, _about(shown, piece))), "dim")
        parts.append(Padding(told, (0, 0, 0, 6)))
    return Group(*parts)


def _about(shown: Shown, piece: Evidence) -> Iterator[str]:
    by = f"by {piece.reported_by.value}" if piece.reported_by else "not said by whom"
    back = ", retracted" if piece.retracted else ""
    yield f"seen {showing.local(piece.seen_at)} · reported {showing.local(piece.reported_at)}, {by}{back}"
    for reference in (piece.reporter, piece.contact, piece.url, piece.note):
        yield _text(shown, reference)


def _text(shown: Shown, reference: str | None) -> str:
    if reference is None:
        return ""
    return KEPT_APART if shown.texts is None else shown.texts.get(reference, ERASED)


def _others(others: tuple[Filed, ...], width: int) -> RenderableType:
    title = "\nOther cases of this company"
    told = [
        (
            filed.line.key,
            filed.violation.value if filed.violation else "",
            filed.line.order or "",
            showing.local(filed.line.opened_at),
            f"{filed.line.state}: {filed.line.what}",
            showing.local(filed.ended_at),
            filed.line.rule.value if filed.line.rule else "",
        )
        for filed in others
    ]
    if width < showing.NARROW:
        return Group(
            showing.cell(title, "bold"), *(showing.two_lines(f"{row[0]}: {row[4]}", *row[1:4]) for row in told)
        )
    made = showing.table("case", "violation", "certificate", "opened", "outcome", "ended", "rule", title=title)
    for row in told:
        made.add_row(*map(showing.cell, row))
    return made
