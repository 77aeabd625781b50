"""Lines into facts: what can be read becomes a CloudEvent, what cannot says what is wrong and how to mend it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json

from domain.facts import FACTS
from domain.identity import InvalidSubject, check_subject
from domain.wire import ANY_CLOUD_EVENT, PREFIX, CloudEvent

_KEPT = 2_000
_VALIDATOR = ANY_CLOUD_EVENT.validator


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source: its number from 1, its bytes (the beginning, if it was too long), and its hash if so."""

    position: int
    payload: bytes
    whole: bool = True
    length: int = 0
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Rejected: malformed, or impossible to attribute to a company."""

    reason: str


@dataclass(frozen=True, slots=True)
class Undecidable:
    """Parked: attributed to a company, but not decidable now; `awaits` is what would change that by itself."""

    subject: str
    reason: str
    awaits: str | None = None


def lines(stream: BinaryIO, longest: int, after: int = 0) -> Iterator[Line]:
    """The lines of a source that follow line `after`; of a line beyond `longest` bytes only the beginning is kept."""
    position = 0
    readline = stream.readline
    while payload := readline(longest + 1):
        position += 1
        if len(payload) > longest and not payload.endswith(b"\n"):
            line = _long(stream, position, payload, longest)
        else:
            line = Line(position, payload.rstrip(b"\r\n"))
        if position > after:
            yield line


def _long(stream: BinaryIO, position: int, payload: bytes, longest: int) -> Line:
    told, length = hashlib.sha256(payload), len(payload)
    while not payload.endswith(b"\n") and (payload := stream.readline(longest + 1)):
        told.update(payload)
        length += len(payload)
    return Line(position, b"", whole=False, length=length, hash=told.hexdigest())


def read(line: Line, longest: int) -> CloudEvent | Unreadable | Undecidable:
    """The fact of a line, or why it is rejected or parked."""
    if not line.whole:
        size = f"the line has {line.length:,} bytes, more than the {longest:,} allowed"
        return Unreadable(f"{size}: send one fact a line, or raise BONITET_LONGEST_LINE")
    try:
        return _VALIDATOR.validate_json(line.payload)  # type: ignore[no-any-return]
    except ValidationError as error:
        return _fault(line.payload, error)


def _fault(payload: bytes, error: ValidationError) -> Unreadable | Undecidable:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Unreadable(f"not JSON: {first['ctx']['error']}; send one JSON object a line, in UTF-8")
    if first["type"] == "union_tag_invalid":
        return _unknown_type(payload)
    if first["type"] == "union_tag_not_found":
        return Unreadable("type is missing: every fact names its type, for example rs.bonitet.AccountBlocked.v1")
    told = []
    for fault in error.errors(include_url=False, include_input=False)[:3]:
        where = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(PREFIX))
        told.append(f"{where or 'the line'}: {fault['msg'].removeprefix('Value error, ')}")
    return Unreadable(f"{'; '.join(told)}; correct it and send the fact again")


def _unknown_type(payload: bytes) -> Unreadable | Undecidable:
    envelope = from_json(payload)
    kind = str(envelope.get("type"))[:100]
    try:
        subject = check_subject(str(envelope.get("subject")))
    except InvalidSubject as fault:
        return Unreadable(f"type {kind!r} is unknown, and {fault}")
    name = kind.removeprefix(PREFIX).partition(".")[0]
    what = f"version of {name}" if name in FACTS and kind.startswith(PREFIX) else "type of fact"
    return Undecidable(
        subject, f"{kind!r} is a {what} that this program does not know: install a newer one, then release"
    )


def digest(payload: bytes) -> str:
    """The SHA-256 of a payload, by which a line is recognised."""
    return hashlib.sha256(payload).hexdigest()


def kept(line: Line) -> bytes:
    """What is kept of a rejected line: all of it, or its beginning."""
    return line.payload if line.whole else line.payload[:_KEPT]
