"""How events and the derivation of a status look: in lines for people, in dictionaries for programs."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adapters.asking import Told
from adapters.cli.showing import NARROW, STYLES, cell, iso, local, moment, plain, table, value
from adapters.explaining import Deadline, Holding, Why
from domain.calendar import Term, derivation
from domain.events import DecisionAnnulled, Event
from domain.outlook import NOBODY
from domain.rules import wording

_UUID = re.compile(r"\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")


def details(event: Event, texts: Mapping[str, str] | None = None) -> str:
    """What an event says, on one line; references to persons and free text are resolved for staff only."""
    told = []
    for name in type(event.data).model_fields:
        of = getattr(event.data, name)
        if isinstance(of, Term):
            told.append(f"{name}: until {local(of.lapses_at)}")
        elif isinstance(of, datetime):
            told.append(f"{name}: {local(of)}")
        elif name == "dates":
            told.append(f"term {of.term}: {of.valid_from} to {of.valid_until}")
        elif of not in (None, (), "", False) and name not in {"term", "order"}:
            text = value(of)
            known = (texts or {}).get(text) if isinstance(text, str) else None
            shown = ", ".join(map(_short, text)) if isinstance(text, list) else _short(text)
            shown = _said(text) if isinstance(text, dict) else shown
            told.append(name if of is True else f"{name}: {known or shown}")
    return "; ".join(told)


def _said(of: Mapping[str, Any]) -> str:
    """What a mapping says, without what it leaves open; of a refused command its type comes first."""
    rest = [f"{name} {_short(each)}" for name, each in of.items() if each and name not in {"type", "stream", "order"}]
    return ", ".join([*([str(of["type"])] if "type" in of else []), *rest])


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
    return short_id(told.event.cause)


def short_id(text: str | None) -> str:
    """A text with the ids of facts in it cut to what names them still."""
    return _UUID.sub(r"\1…", text or "")


def events(
    rows: Iterable[Told],
    texts: Mapping[str, str] | None = None,
    *,
    title: str | None = None,
    width: int = NARROW,
) -> RenderableType:
    """Events as they were written, the annulled ones struck through; `due` are those not written yet."""
    if width < NARROW:
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


def why(told: Why, known: datetime | None = None) -> RenderableType:
    """A derivation, read from top to bottom; `known` says as of when it was known."""
    s = told.standing
    head = Text.assemble((f"{told.certificate}  {plain(told.holder or '')}", "bold"), f"  at {moment(told.at)}")
    if known is not None:
        head.append(f", as known at {moment(known)}")
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
