"""What all converters share: rows of a public file in, facts and rejections out, and nothing lost in between."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO
from uuid import NAMESPACE_URL, uuid5

from pydantic import ValidationError

from domain.facts import Fact
from domain.wire import CloudEvent, cloud_event

_SEPARATOR = "\x1f"
_STRANGE = "\ufffd"
_KEPT = 2_000
_SHOWN = 100
_YEARS = range(1980, 2201)  # as domain.facts.Year


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that became no fact: its number (1 = first data row), the reason, and the row as it came.

    What stands before the colon of a reason names it, so that reasons can be counted.
    """

    position: int
    reason: str
    row: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row with as many cells as its file has columns, by column; `position` 1 is the first data row."""

    position: int
    cells: dict[str, str]

    @property
    def text(self) -> str:
        """The row as text."""
        return text(list(self.cells.values()))


Converted = CloudEvent | Rejection
Converter = Callable[[Path], Iterator[Converted]]


class WrongFile(ValueError):
    """The file has other columns than those that the converter reads."""


class Faulty(ValueError):
    """Why a row becomes no fact: what, why, and how to mend it."""


def text(cells: list[str]) -> str:
    """Cells as one line of CSV, of a very long one the beginning."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()[:_KEPT]


def rows(stream: TextIO, columns: tuple[str, ...]) -> Iterator[Row | Rejection]:
    """The rows of a CSV file, blank lines passed over; a row that can't be told apart into cells is rejected.

    The stream is opened with `errors="replace"`, so that a byte that means nothing costs one row and not the file.
    Raises WrongFile where the first line does not name these columns.
    """
    reader = csv.reader(stream, strict=True)
    try:
        header = tuple(next(reader, []))
    except csv.Error as fault:
        header = (f"({fault})",)
    if header != columns:
        found = ", ".join(header)[:200] or "none"
        raise WrongFile(f"columns are {found}; this converter reads {', '.join(columns)}: name the file it is made for")
    position = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            position += 1
            yield Rejection(position, f"no row: {fault}; close each quote, double it inside a cell", "")
            continue
        if not cells:
            continue
        position += 1
        if len(cells) != len(columns):
            reason = f"no row: it has {len(cells)} cells, the file has {len(columns)} columns; quote cells with commas"
            yield Rejection(position, reason, text(cells))
        elif any(_STRANGE in cell for cell in cells):
            reason = "unreadable letter: a byte means nothing in the file's encoding; deliver the file as published"
            yield Rejection(position, reason, text(cells))
        else:
            yield Row(position, dict(zip(columns, cells, strict=True)))


def iso_day(cell: str, column: str) -> date:
    """The day in a cell; raises Faulty where it is none, or of a year that facts can't be about."""
    try:
        day = date.fromisoformat(cell.strip())
    except ValueError as fault:
        raise Faulty(f"no date: {column} is {cell!r}; write a day of the calendar as YYYY-MM-DD") from fault
    if day.year not in _YEARS:
        raise Faulty(f"no date: {column} is {cell!r}, facts are about {_YEARS[0]} to {_YEARS[-1]}; correct the year")
    return day


def rejection(row: Row, fault: ValueError) -> Rejection:
    """The row with what is wrong with it, in words for the person who has to mend it."""
    if isinstance(fault, ValidationError):
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"no fact: {where} {str(first['input'])[:_SHOWN]!r}: {first['msg']}; correct the row"
    else:
        reason = str(fault)
    return Rejection(row.position, reason, row.text)


def fact_id(source: str, *identity: str) -> str:
    """The id that the same thing bears in each delivery: UUIDv5 of the source and of what identifies the thing."""
    return str(uuid5(NAMESPACE_URL, _SEPARATOR.join((source, *identity))))


def fact(
    source: str, identity: tuple[str, ...], subject: str, data: Fact, time: datetime, said: datetime
) -> CloudEvent:
    """A fact in its envelope; `said` is its recorded time. Raises ValidationError where an attribute is not allowed."""
    event = cloud_event(subject, data, id=fact_id(source, *identity), source=source, time=time, recordedtime=said)
    return event.model_copy(update={"partitionkey": subject})
