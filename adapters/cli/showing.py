"""How answers look: in tables for people, in dictionaries for programs."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.calendar import derivation
from domain.facts import Edition, Excellence
from domain.rules import wording
from domain.standing import Standing, Status
from domain.usage import Form, Use
from projections.agenda import Due
from projections.audit import Line
from projections.register import Entry
from projections.worklist import Open

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
_WHOLE = frozenset({"certificate", "status", "company", "since"})  # columns whose cells are not broken
NARROW = 130  # columns of a terminal, below which rows are told in two lines
MIDDLE = 100  # the same for shorter rows
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


def moment(at: datetime) -> str:
    """An instant in words: the end of a day where it is the last one of that day."""
    here = at.astimezone(BELGRADE)
    last = (here + timedelta(microseconds=1)).time() == time()
    return f"the end of {here.date().isoformat()}" if last else local(at)


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


def two_lines(head: str, *more: str | None) -> RenderableType:
    """A row where a table has no room: its head, and below it the rest."""
    return Group(cell(head, "bold"), Padding(cell(" · ".join(filter(None, more)), "dim"), (0, 0, 0, 6)))


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
        "revision": s.revision,
        "revised_at": s.revised_at,
    }
    if staff:
        told |= {"rule": s.rule, "cause": wording(s.rule), "flag": s.flag}
    return {name: value(of) for name, of in told.items()}


def entries(rows: Iterable[Entry], *, staff: bool, title: str | None = None, width: int = NARROW) -> RenderableType:
    """Lines of the register."""
    if width < NARROW:
        return Group(*([Text(title, style="bold")] if title else []), *(_entry(row, staff=staff) for row in rows))
    rows = list(rows)
    corrected = any(row.standing.revision for row in rows)
    columns = ["certificate", "holder", "status", "since", "class", "period", "valid until", "clause"]
    columns += ["revision"] if corrected else []
    made = table(*columns, *(["rule", "cause"] if staff else []), title=title)
    for entry in rows:
        s = entry.standing
        line = [
            cell(entry.certificate),
            cell(entry.holder),
            cell(s.status.value, STYLES[s.status]),
            cell(day_or_local(s.since)),
            cell(_class(s.attained, s.edition)),
            cell(s.period),
            cell(s.valid_until or "open"),
            cell(s.clause),
        ]
        if corrected:
            line.append(cell(_revision(s)))
        if staff:
            line += [cell(s.rule.value), cell(_cause(entry))]
        made.add_row(*line)
    return made


def _class(attained: Excellence | None, edition: Edition | None) -> str:
    parts = (attained.value if attained else None, edition.value if edition else None)
    return " ".join(part for part in parts if part and part != Edition.BASE)


def _revision(s: Standing) -> str:
    return f"{s.revision} since {day_or_local(s.revised_at)}" if s.revised_at else ""


def _cause(entry: Entry) -> str:
    s = entry.standing
    return "; ".join(filter(None, (wording(s.rule), s.flag)))


def _entry(entry: Entry, *, staff: bool) -> RenderableType:
    s = entry.standing
    until = f"until {s.valid_until}" if s.valid_until else "its end open"
    head = Text.assemble(f"{entry.certificate}  ", (s.status.value, STYLES[s.status]))
    head.append(f" since {day_or_local(s.since)}, clause {s.clause}")
    more = [plain(entry.holder or ""), f"{_class(s.attained, s.edition)} {s.period or ''}".strip(), until]
    if s.revision:
        more.append(f"revision {_revision(s)}")
    if staff:
        more.append(f"{s.rule.value}: {_cause(entry)}")
    return Group(head, Padding(Text(" · ".join(part for part in more if part), style="dim"), (0, 0, 0, 6)))


def bars(counts: Mapping[Status, int], width: int = 40) -> Table:
    """How many certificates stand where, as a small picture."""
    made = table("status", "certificates>", "")
    most = max(counts.values(), default=0) or 1
    for status, count in counts.items():
        bar = "█" * (max(1, round(count * width / most)) if count else 0)
        made.add_row(cell(status.value), cell(f"{count:,}"), cell(bar, STYLES[status]))
    return made


# --- use of the mark -------------------------------------------------------------------------------------------------

_FORMS = {Form.CURRENT: "green", Form.WITH_YEAR_AND_GRADE: "cyan", Form.NOT_AT_ALL: "red"}


def use_json(use: Use) -> dict[str, Any]:
    """What may be shown of one certified year."""
    told = use._asdict() | {"class": use.attained}
    return {name: value(told[name]) for name in ("year", "class", "edition", "form", "rules", "reason")}


def uses(rows: Iterable[Use], *, title: str, width: int = NARROW) -> RenderableType:
    """What may be shown of each certified year, and why."""
    told = [(u.year, _class(u.attained, u.edition), u.form, u.reason, ", ".join(u.rules)) for u in rows]
    if width < MIDDLE:
        lines = [two_lines(f"{year} {grade}: {form}", why, rules) for year, grade, form, why, rules in told]
        return Group(Text(title, style="bold"), *lines)
    made = table("year", "class", "may be shown", "because", "rules", title=title)
    for year, grade, form, why, rules in told:
        made.add_row(cell(year), cell(grade), cell(form, _FORMS[form]), cell(why), cell(rules))
    return made


# --- agenda and audit ------------------------------------------------------------------------------------------------


def due_json(due: Due) -> dict[str, Any]:
    """An entry of the agenda with its arithmetic."""
    return {
        "due_at": iso(due.due_at),
        "begins": None if due.begins is None else iso(due.begins),
        "company": due.subject,
        "about": due.about,
        "what": due.what,
        "whose": due.whose,
        "rule": due.rule,
        "derivation": list(derivation(due.term)),
    }


def open_json(each: Open) -> dict[str, Any]:
    """A line of a worklist."""
    return {"company": each.subject, **{name: value(of) for name, of in each.line._asdict().items()}}


def trail_json(line: Line) -> dict[str, Any]:
    """A line of the audit trail."""
    return {name: value(getattr(line, name)) for name in Line.__slots__}


def dumped(told: Any) -> str:
    """One line of JSON."""
    return json.dumps(told, ensure_ascii=False, default=str)
