"""Dead letters: what was rejected or parked, told to those outside without a word of what it said.

The reason that is kept beside the payload quotes it: a subject may be somebody's personal number, a field's unknown
name anything at all. What goes out is one of our own sentences, and of the fields only names that the schemas know.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel
from pydantic_core import from_json
from sqlalchemy import Connection, Row, Table, select

from adapters.intake.aside import parked, rejected
from adapters.kafka.messages import (
    DeadLetterData,
    DeadLetterMessage,
    FromFile,
    FromKafka,
    Reason,
    dead_letter_id,
)
from domain.facts import FACTS
from domain.identity import InvalidSubject, check_subject
from domain.wire import ENVELOPES, PREFIX, CloudEvent

Kind = Literal["rejected", "parked"]
TABLES: dict[Kind, Table] = {"rejected": rejected, "parked": parked}


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of what was rejected or parked."""

    kind: Kind
    number: int
    source: str
    position: int
    reason: str
    payload: bytes
    hash: str
    subject: str | None
    since: str | None


class Told(NamedTuple):
    """What may be told of a reason: its code, our own sentence on it, and the known fields it names."""

    reason: Reason
    says: str
    fields: tuple[str, ...] = ()


_SAYS = {
    Reason.TOO_LONG: "it is longer than BONITET_LONGEST_LINE allows",
    Reason.NOT_JSON: "it is not JSON in UTF-8",
    Reason.TYPE_MISSING: "it names no type",
    Reason.TYPE_UNKNOWN: "its type is none that is known here",
    Reason.VERSION_UNKNOWN: "this program is too old for its type",
    Reason.NOT_AS_DESCRIBED: "it is not as the schema of its type describes it",
    Reason.SUBJECT_UNKNOWN: "its subject is no number of a known register",
    Reason.KEY_DIFFERS: "its key is not its subject, so its company's facts would not stay in order",
    Reason.TIME_IMPOSSIBLE: "its times contradict each other, the clock or the calendar",
    Reason.BEFORE_THE_FOUNDING: "it lies before the founding of its company",
    Reason.ID_USED_BEFORE: "its id was used before with other content",
    Reason.OF_THE_SCHEME: "it is the scheme's: it belongs under the scheme, and into every partition",
    Reason.OF_A_COMPANY: "it is one company's and was sent under the scheme",
    Reason.NOT_REGISTERED: "its company is not registered here: the registration releases it",
    Reason.RETRACTS_UNKNOWN: "it retracts a fact that is not known yet: that fact releases it",
    Reason.WAITS_BEHIND: "an earlier fact of its company is parked, and it waits behind that",
    Reason.DEFECT: "this program failed over it: see what its operators find",
    Reason.EMPTY: "it is empty, and a fact is taken back by FactRetracted only",
    Reason.BINARY_MODE: "it comes in the binary mode of CloudEvents, and only the structured mode is read",
    Reason.MOVED: "somebody has moved the place from which this partition is read",
    Reason.OTHER: "its reason is kept where it was set aside",
}

# The reasons as the intake words them, by what their beginning or their own words are.
_WORDED = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"the line has [0-9,]+ bytes, ", Reason.TOO_LONG),
        (r"not JSON: ", Reason.NOT_JSON),
        (r"type is missing: ", Reason.TYPE_MISSING),
        (r"type .* is unknown, and ", Reason.TYPE_UNKNOWN),
        (r".* is a type of fact that this program does not know", Reason.TYPE_UNKNOWN),
        (r".* is a version of \w+ that this program does not know", Reason.VERSION_UNKNOWN),
        (r"a defect of this program: ", Reason.DEFECT),
        (r"an earlier fact of this company is parked", Reason.WAITS_BEHIND),
        (r"[A-Z0-9-]+ is not registered here", Reason.NOT_REGISTERED),
        (r"it retracts ", Reason.RETRACTS_UNKNOWN),
        (r"partitionkey is not the subject", Reason.KEY_DIFFERS),
        (r"the message's key is ", Reason.KEY_DIFFERS),
        (r"the message has no key: ", Reason.KEY_DIFFERS),
        (r"the message is empty ", Reason.EMPTY),
        (r"it comes in the binary mode ", Reason.BINARY_MODE),
        (r"(offsets [0-9]+ to [0-9]+ were passed over|read again from [0-9]+) ", Reason.MOVED),
        (r"time [0-9].* lies before the founding ", Reason.BEFORE_THE_FOUNDING),
        (r"(recorded)?time [0-9].* lies ", Reason.TIME_IMPOSSIBLE),
        (r"id .* was used before with other content", Reason.ID_USED_BEFORE),
        (r"a calendar is the scheme's, ", Reason.OF_THE_SCHEME),
        (r"it is the scheme's and has to come by every partition", Reason.OF_THE_SCHEME),
        (r"\w+ is about one company: ", Reason.OF_A_COMPANY),
        (r".* names no known register; ", Reason.SUBJECT_UNKNOWN),
        (r".* is no number of the register ", Reason.SUBJECT_UNKNOWN),
        (r".*; correct it and send the fact again$", Reason.NOT_AS_DESCRIBED),
    )
)


def _names(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


_KNOWN_NAMES = _names(CloudEvent).union(*(_names(model) for model in FACTS.values()))
_FIELD = re.compile(r"(?:^|; )([a-z_]+(?:\.[a-z_0-9]+)*): ")
_KAFKA = re.compile(r"kafka:(?P<cluster>[^/]+)/(?P<topic>[^/]+)/(?P<topic_id>[^/]+)/(?P<partition>[0-9]+)")


def told(reason: str) -> Told:
    """What may be told of a reason."""
    code = next((code for pattern, code in _WORDED if pattern.match(reason)), Reason.OTHER)
    fields = tuple(dict.fromkeys(_fields(reason))) if code is Reason.NOT_AS_DESCRIBED else ()
    return Told(code, _SAYS[code], fields)


def _fields(reason: str) -> list[str]:
    named = _FIELD.findall(reason)
    return [name for name in named if all(part in _KNOWN_NAMES or part.isdigit() for part in name.split("."))]


def place(source: str, position: int) -> FromKafka | FromFile:
    """Where it came from; of a file its name, not the folders that lead to it."""
    if found := _KAFKA.fullmatch(source):
        return FromKafka(
            cluster=found["cluster"],
            topic=found["topic"],
            topic_id=found["topic_id"],
            partition=int(found["partition"]),
            offset=position,
        )
    name = source.removeprefix("file:").rpartition("#")[0] if source.startswith("file:") else source
    return FromFile(file=PurePath(name).name or name, line=position)


def _attributes(payload: bytes) -> dict[str, Any]:
    try:
        read = from_json(payload)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _subject(attributes: dict[str, Any]) -> str | None:
    subject = attributes.get("subject")
    try:
        return check_subject(subject) if isinstance(subject, str) else None
    except InvalidSubject:
        return None


def _type(attributes: dict[str, Any]) -> str | None:
    kind = attributes.get("type")
    if not isinstance(kind, str):
        return None
    name, _, version = kind.removeprefix(PREFIX).rpartition(".v")
    known = kind in ENVELOPES or (
        kind.startswith(PREFIX) and name in FACTS and version.isdecimal() and version.isascii()
    )
    return kind if known else None


def set_aside(of: Connection, kind: Kind, after: int, limit: int) -> list[SetAside]:
    """What was set aside after a number, in the order in which it was."""
    table = TABLES[kind]
    rows = of.execute(select(table).where(table.c.number > after).order_by(table.c.number).limit(limit)).all()
    return [_of_row(kind, row) for row in rows]


def _of_row(kind: Kind, row: Row[tuple[Any, ...]]) -> SetAside:
    subject, since = (row.subject, row.since) if kind == "parked" else (None, None)
    return SetAside(kind, row.number, row.source, row.position, row.reason, row.payload, row.hash, subject, since)


def dead_letter(log: str, key: bytes, row: SetAside) -> DeadLetterMessage:
    """The copy of what was set aside as it goes out.

    A hash of the payload alone would let anybody try whether it said what he guesses: it goes out under our key.
    """
    attributes = _attributes(row.payload)
    subject = row.subject or _subject(attributes)
    why = told(row.reason)
    return DeadLetterMessage(
        id=dead_letter_id(log, row.kind, row.number),
        source=log,
        subject=subject,
        data=DeadLetterData(
            kind=row.kind,
            number=row.number,
            reason=why.reason,
            says=why.says,
            fields=why.fields or None,
            came=place(row.source, row.position),
            subject=subject,
            type=_type(attributes),
            sha256=hmac.new(key, row.hash.encode(), hashlib.sha256).hexdigest(),
            since=datetime.fromisoformat(row.since) if row.since else None,
        ),
    )
