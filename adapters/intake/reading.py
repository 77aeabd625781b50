"""Lines into facts: what can be read becomes a CloudEvent, what cannot says what is wrong and how to mend it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydantic import ValidationError, create_model

from domain.facts import FACTS
from domain.identity import InvalidSubject, check_subject
from domain.wire import ANY_CLOUD_EVENT, PREFIX, CloudEvent

_KEPT = 2_000
_VALIDATOR = ANY_CLOUD_EVENT.validator
_OF_ANY_TYPE: Any = create_model("OfAnyType", __base__=CloudEvent, data=(Any, ...)).__pydantic_validator__

# The escape of U+0000, unless its backslash is itself escaped. PostgreSQL's texts can't hold that character, so nothing
# that has it goes in, whichever database is used.
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

_KEY = (
    "the message's key is {!r}, its subject is {!r}: send it by its subject, for a company's facts stay in order by key"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source: its number from 1, its bytes (the beginning, if it was too long), and its hash if so.

    A message of Kafka is a line as well: its number is its offset, `key` its key, `fault` what is wrong with it beside
    its bytes.
    """

    position: int
    payload: bytes
    whole: bool = True
    length: int = 0
    hash: str | None = None
    key: bytes | None = None
    fault: str | None = None


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
    whole = longest + 2  # with both bytes of an end of line
    while payload := readline(whole):
        position += 1
        text = payload.rstrip(b"\r\n")
        if len(text) > longest or (len(payload) == whole and not payload.endswith(b"\n")):
            line = _long(stream, position, payload, longest)
        else:
            line = Line(position, text)
        if position > after:
            yield line


def _long(stream: BinaryIO, position: int, payload: bytes, longest: int) -> Line:
    told, length, beginning = hashlib.sha256(payload), len(payload), payload[: min(_KEPT, longest)]
    while not payload.endswith(b"\n") and (payload := stream.readline(longest + 1)):
        told.update(payload)
        length += len(payload)
    return Line(position, beginning, whole=False, length=length, hash=told.hexdigest())


def read(line: Line, longest: int) -> CloudEvent | Unreadable | Undecidable:
    """The fact of a line, or why it is rejected or parked."""
    if not line.whole:
        size = f"the line has {line.length:,} bytes, more than the {longest:,} allowed"
        return Unreadable(f"{size}: send one fact a line, or raise BONITET_LONGEST_LINE")
    if line.fault is not None:
        return Unreadable(line.fault)
    if fault := null_in(line.payload):
        return fault
    try:
        fact: CloudEvent = _VALIDATOR.validate_json(line.payload)
    except ValidationError as error:
        return _fault(line.payload, error)
    if line.key is not None and line.key != fact.subject.encode():
        return Unreadable(_KEY.format(line.key.decode(errors="replace")[:60], fact.subject))
    return fact


def null_in(payload: bytes) -> Unreadable | None:
    """What is wrong with a payload that holds the one character which PostgreSQL's texts can't."""
    if (at := payload.find(b"\0")) >= 0:
        why = f"its byte {at + 1} is 0, as in UTF-16 or where a file was not written to its end"
        return Unreadable(f"not JSON: {why}; send one JSON object a line, in UTF-8")
    if b"\\u0000" in payload and (found := _NULL.search(payload)):
        where = f"ending at byte {found.end()}"
        return Unreadable(f"it holds the character U+0000 ({where}), which no text may; take it out and send it again")
    return None


def _fault(payload: bytes, error: ValidationError) -> Unreadable | Undecidable:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Unreadable(f"not JSON: {first['ctx']['error']}; send one JSON object a line, in UTF-8")
    if first["type"] == "union_tag_invalid":
        return _unknown_type(payload)
    if first["type"] == "union_tag_not_found":
        return Unreadable("type is missing: every fact names its type, for example rs.bonitet.AccountBlocked.v1")
    return _told(error)


def _told(error: ValidationError) -> Unreadable:
    told = []
    for fault in error.errors(include_url=False, include_input=False)[:3]:
        where = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(PREFIX))
        told.append(f"{where or 'the line'}: {fault['msg'].removeprefix('Value error, ')}")
    return Unreadable(f"{'; '.join(told)}; correct it and send the fact again")


def _unknown_type(payload: bytes) -> Unreadable | Undecidable:
    try:
        envelope = _OF_ANY_TYPE.validate_json(payload)
    except ValidationError as error:
        return _told(error)
    kind = envelope.type[:100]
    try:
        subject = check_subject(envelope.subject)
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
