"""How answers look: in tables for people, in dictionaries for programs."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adapters.asking import Told
from adapters.explaining import Deadline, Holding, Why
from domain.calendar import Term, derivation
from domain.events import DecisionAnnulled, Event
from domain.outlook import NOBODY
from domain.rules import wording
from domain.standing import Status
from projections.agenda import Due, Task
from projections.audit import Line
from projections.register import Entry

BELGRADE = ZoneInfo("Europe/Belgrade")
STYLES = {
    Status.VALID: "green",
    Status.VALID_EXTENDED: "cyan",
    Status.SUSPENDED: "yellow",
    Status.REVOKED: "red",
    Status.EXPIRED: "dim",
    Status.CANCELLED_AT_EXPIRY: "dim",
    Status.ANNULLED: "magenta",
}
_UUID = re.compile(r"\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_WHOLE = frozenset({"certificate", "status", "company", "since"})  # columns whose cells are not broken
_NARROW = 130
_HIDDEN = frozenset({"Cc", "Cf"})


def plain(text: object) -> str:
    """A text without control characters, which could rewrite what stands on a terminal."""
    told = str(text)
    if told.isprintable():
        return told
    return "".join("\ufffd" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in told)


def cell(text: object, style: str = "") -> Text:
    """A text as it is, no matter which brackets it holds."""
    return Text("" if text is None else plain(text), style=style)


def local(at: datetime | None) -> str:
    """An instant in Belgrade with its offset; to the minute where it is a whole one."""
    if at is None:
        return ""
    here = at.astimezone(BELGRADE)
    return here.isoformat(" ", "seconds" if here.second or here.microsecond else "minutes")


def day_or_local(at: datetime) -> str:
    """A day where it begins then, else the instant, in Belgrade."""
    here = at.astimezone(BELGRADE)
    return here.date().isoformat() if here.time() == time() else local(at)


def iso(at: datetime | None) -> str | None:
    """An instant in Belgrade with its offset, for programs."""
    return None if at is None else at.astimezone(BELGRADE).isoformat()


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table with these columns; those that end in `>` are aligned to the right."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(
            column.rstrip(">"),
            justify="right" if column.endswith(">") else "left",
            overflow="fold",
            no_wrap=column in _WHOLE,
        )
    return made


def value(of: Any) -> Any:
    """A value as JSON knows it."""
    match of:
        case datetime():
            return iso(of)
        case date():
            return of.isoformat()
        case Enum():
            return of.value
        case BaseModel():
            return {name: value(getattr(of, name)) for name in type(of).model_fields}
        case Mapping():
            return {str(value(k)): value(v) for k, v in of.items()}
        case tuple() | list():
            return [value(each) for each in of]
        case _:
            return of


# --- register ------------------------------------------------------------------------------------------------------


def entry_json(entry: Entry, *, staff: bool) -> dict[str, Any]:
    """A line of the register; the cause is for staff (DNB-12.1)."""
    s = entry.standing
    told = {
        "certificate": entry.certificate,
        "company": entry.subject,
        "order": entry.order,
        "holder": entry.holder,
        "status": s.status,
        "since": s.since,
        "class": s.attained,
        "edition": s.edition,
        "business_year": s.business_year,
        "period": s.period,
        "valid_from": s.valid_from,
        "valid_until": s.valid_until,
        "clause": s.clause,
    }
    if staff:
        told |= {"rule": s.rule, "cause": wording(s.rule), "flag": s.flag}
    return {name: value(of) for name, of in told.items()}


def entries(rows: Iterable[Entry], *, staff: bool, title: str | None = None) -> Table:
    """Lines of the register."""
    columns = ["certificate", "holder", "status", "since", "class", "period", "valid until", "clause"]
    made = table(*columns, *(["rule", "cause"] if staff else []), title=title)
    for entry in rows:
        s = entry.standing
        shown = " ".join(
            part
            for part in (s.attained and s.attained.value, s.edition and s.edition.value)
            if part not in {None, "base"}
        )
        line = [
            cell(entry.certificate),
            cell(entry.holder),
            cell(s.status.value, STYLES[s.status]),
            cell(day_or_local(s.since)),
            cell(shown),
            cell(s.period),
            cell(s.valid_until or "open"),
            cell(s.clause),
        ]
        if staff:
            line += [cell(s.rule.value), cell("; ".join(filter(None, (wording(s.rule), s.flag))))]
        made.add_row(*line)
    return made


def bars(counts: Mapping[Status, int], width: int = 40) -> Table:
    """How many certificates stand where, as a small picture."""
    made = table("status", "certificates>", "")
    most = max(counts.values(), default=0) or 1
    for status, count in counts.items():
        bar = "█" * (max(1, round(count * width / most)) if count else 0)
        made.add_row(cell(status.value), cell(f"{count:,}"), cell(bar, STYLES[status]))
    return made


# --- events --------------------------------------------------------------------------------------------------------


def details(event: Event, texts: Mapping[str, str] | None = None) -> str:
    """What an event says, on one line; references to persons and free text are resolved for staff only."""
    told = []
    for name in type(event.data).model_fields:
        of = getattr(event.data, name)
        if isinstance(of, Term):
            told.append(f"{name}: until {local(of.lapses_at)}")
        elif name == "dates":
            told.append(f"term {of.term}: {of.valid_from} to {of.valid_until}")
        elif of not in (None, (), "", False) and name not in {"term", "order"}:
            text = value(of)
            known = (texts or {}).get(text) if isinstance(text, str) else None
            shown = ", ".join(map(_short, text)) if isinstance(text, list) else _short(text)
            told.append(name if of is True else f"{name}: {known or shown}")
    return "; ".join(told)


def _short(text: Any) -> str:
    told = str(text)
    if told.startswith("ref:"):
        return "(kept apart)"
    return f"{told[:12]}…" if len(told) == 64 and told.isalnum() else short_id(told)  # noqa: PLR2004 - a SHA-256


def event_json(event: Event) -> dict[str, Any]:
    """An event as it is kept."""
    told = {name: value(getattr(event, name)) for name in Event.model_fields if name != "data"}
    return {"event": event.name, **told, "data": value(event.data)}


def told_json(told: Told) -> dict[str, Any]:
    """An event with what became of it."""
    return {
        "position": told.position or None,
        "version": told.version,
        **event_json(told.event),
        "caused_by": told.fact.name if told.fact else None,
        "annulled": told.annulled_by is not None,
        "annulled_because": _because(told),
    }


def _because(told: Told) -> str | None:
    data = told.annulled_by.data if told.annulled_by else None
    return data.because if isinstance(data, DecisionAnnulled) else None


def cause_of(told: Told) -> str:
    """What an event follows from: its own fact, another one, or a deadline; of an id the first eight letters."""
    if told.event.fact is not None:
        return f"{told.event.source} {short_id(told.event.fact)}"
    if told.fact is not None:
        return f"{told.fact.name} {short_id(told.fact.fact)}"
    return told.event.cause or ""


def short_id(text: str | None) -> str:
    """A text with the ids of facts in it cut to what names them still."""
    return _UUID.sub(r"\1…", text or "")


def events(
    rows: Iterable[Told],
    texts: Mapping[str, str] | None = None,
    *,
    title: str | None = None,
    width: int = _NARROW,
) -> RenderableType:
    """Events as they were written, the annulled ones struck through; `due` are those not written yet."""
    if width < _NARROW:
        return Group(Text(title or "", style="bold"), *(_event(told, texts) for told in rows))
    made = table("#>", "holds from", "recorded", "event", "says", "cause", "who", "rule", title=title)
    for t in rows:
        style, name = _name(t)
        made.add_row(
            cell(t.position or "due", style),
            cell(local(t.event.effective_at), style),
            cell(local(t.event.recorded_at), style),
            cell(name, style or ("bold" if t.event.fact is None else "")),
            cell(details(t.event, texts), style),
            cell(cause_of(t), style),
            cell(t.event.actor, style),
            cell(t.event.rule.value if t.event.rule else "", style),
        )
    return made


def _name(t: Told) -> tuple[str, str]:
    if t.annulled_by is None:
        return "", t.event.name
    return "strike dim", f"✗ {t.event.name} (annulled: {short_id(_because(t))})"


def _event(t: Told, texts: Mapping[str, str] | None) -> RenderableType:
    style, name = _name(t)
    head = Text.assemble(f"#{t.position or 'due'} {local(t.event.effective_at)} ", (plain(name), style or "bold"))
    if t.event.rule:
        head.append(f" {t.event.rule.value}", style)
    rest = (details(t.event, texts), f"from {cause_of(t)}", f"recorded {local(t.event.recorded_at)}", t.event.actor)
    more = cell(" · ".join(part for part in rest if part), style or "dim")
    return Group(head, Padding(more, (0, 0, 0, 6)))


# --- why -----------------------------------------------------------------------------------------------------------


def why_json(told: Why) -> dict[str, Any]:
    """A derivation for programs."""
    s = told.standing
    return {
        "certificate": told.certificate,
        "holder": told.holder,
        "at": iso(told.at),
        "status": value(s.status) if s else None,
        "rule": value(s.rule) if s else None,
        "clause": s.clause if s else None,
        "ledgers": [
            {
                "ledger": h.ledger,
                "says": h.says,
                "since": iso(h.since),
                "until": iso(h.until),
                "rule": h.rule.value,
                "wording": h.wording,
                "sources": [told_json(source) for source in h.sources],
            }
            for h in told.holdings
        ],
        "precedence": [
            {
                "line": line.number,
                "status": line.status.value,
                "says": line.says,
                "holds": line.holds,
                "decides": line.decides,
                "because": line.because,
            }
            for line in told.precedence
        ],
        "deadlines": [deadline_json(d) for d in told.deadlines],
    }


def deadline_json(d: Deadline) -> dict[str, Any]:
    """A term with its arithmetic."""
    return {
        "about": d.about,
        "what": d.what,
        "whose": d.whose,
        "lapses_at": iso(d.term.lapses_at),
        "lapsed": d.lapsed,
        "rule": d.term.rule.value,
        "derivation": list(d.steps),
    }


def why(told: Why) -> RenderableType:
    """A derivation, read from top to bottom."""
    s = told.standing
    head = Text.assemble((f"{told.certificate}  {plain(told.holder or '')}", "bold"), f"  at {local(told.at)}")
    if s is None:
        return Group(head, Text("No contract had been concluded by then, so the register shows nothing."))
    says = Text.assemble("The register shows ", (s.status.value, f"bold {STYLES[s.status]}"), f", clause {s.clause}")
    says.append(f", by rule {s.rule.value}: {wording(s.rule)}.")
    parts: list[RenderableType] = [head, says, Text("\nWhat the three ledgers hold", style="bold")]
    parts += [_holding(h) for h in told.holdings]
    parts.append(Text("\nThe first line that holds decides", style="bold"))
    lines = table("", "status", "where", "here")
    for line in told.precedence:
        mark = "→" if line.decides else ("·" if line.holds else "✗")
        style = "bold" if line.decides else ("" if line.holds else "dim")
        lines.add_row(mark, cell(line.status.value, style), cell(line.says, style), cell(line.because, style))
    parts.append(lines)
    if told.deadlines:
        parts.append(Text("\nDeadlines and how they were computed", style="bold"))
    for d in told.deadlines:
        state = "lapsed" if d.lapsed else "runs"
        parts.append(Text(f"  {plain(d.about)}: {d.what}, {turn(d.whose)} ({state})"))
        parts.append(steps(d.term))
    return Group(*parts)


def turn(whose: str) -> str:
    """Whose turn it is, in words."""
    return "by itself" if whose == NOBODY else f"for the {whose}"


def steps(term: Term) -> RenderableType:
    """The arithmetic of a term, a step a line."""
    return Padding(Text("\n".join(derivation(term)), style="dim"), (0, 0, 0, 6))


def _holding(h: Holding) -> RenderableType:
    until = f" until {local(h.until)}" if h.until else ""
    head = Text(f"  {h.ledger}: {plain(h.says)}, since {local(h.since)}{until}")
    told = [f"{h.rule.value}: {h.wording}"]
    for source in h.sources:
        number = f"#{source.position}" if source.position else "due, not yet written"
        says = f"{number} {source.event.name}, from {plain(cause_of(source))}"
        if source.fact is not None:
            says += f" of {local(source.fact.effective_at)}, known {local(source.fact.recorded_at)}"
        told.append(says)
    return Group(head, Padding(Text("\n".join(told), style="dim"), (0, 0, 0, 6)))


# --- agenda and audit ------------------------------------------------------------------------------------------------


def due_json(due: Due) -> dict[str, Any]:
    """An entry of the agenda with its arithmetic."""
    return {
        "due_at": iso(due.due_at),
        "company": due.subject,
        "about": due.about,
        "what": due.what,
        "whose": due.whose,
        "rule": due.rule,
        "derivation": list(derivation(due.term)),
    }


def task_json(task: Task) -> dict[str, Any]:
    """A task that waits for a person."""
    return {name: value(getattr(task, name)) for name in Task.__slots__}


def trail_json(line: Line) -> dict[str, Any]:
    """A line of the audit trail."""
    return {name: value(getattr(line, name)) for name in Line.__slots__}
