"""What goes out to Kafka: events, the public register, notices and dead letters, each a closed model with a version.

Events, notices and dead letters are CloudEvents 1.0 in JSON, structured mode. Their types begin with
`rs.bonitet.event.`, `rs.bonitet.notice.` and `rs.bonitet.deadletter.`, so none of them can be taken for a fact
(`rs.bonitet.AccountBlocked.v1`) on its way in. Persons and free text never go out: events hold references only.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, create_model
from sqlalchemy import Row

from domain.events import EVENTS
from domain.facts import Edition, Excellence
from domain.rules import public_clause
from domain.standing import Status
from projections.batch import Recorded, instant
from projections.notices import Kind, notice

EVENT = "rs.bonitet.event."
NOTICE, DEAD_LETTER, REGISTER = "rs.bonitet.notice.v1", "rs.bonitet.deadletter.v1", "rs.bonitet.register.v1"
CONTENT = ("content-type", b"application/cloudevents+json; charset=UTF-8")
PLAIN_CONTENT = ("content-type", b"application/json; charset=UTF-8")

# An event whose schema changed so that its readers would not understand it any more gets its next version here, by its
# name; what is not named is at 1. The other messages carry theirs in the constants above.
VERSIONS: Mapping[str, int] = {
    "LossDecided": 2,
    "ReinstatementDecided": 2,
    "ContractRestorationDecided": 2,
    "ObjectionDecided": 2,
}

_NAMES = uuid5(NAMESPACE_URL, "urn:rs.bonitet")

Text = Annotated[str, StringConstraints(min_length=1)]
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}-[A-Z0-9-]{1,50}$")]
Stream = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}-[A-Z0-9-]{1,50}(/[A-Za-z0-9][A-Za-z0-9._-]{0,39})?$")]
Certificate = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}-[A-Z0-9-]{1,50}/[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}-[A-Z0-9][A-Za-z0-9.]{0,7}$")]
Clause = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?$")]
Log = Annotated[str, StringConstraints(pattern=r"^urn:uuid:[0-9a-f-]{36}$")]


class Outgoing(BaseModel):
    """What every outgoing message has in common: closed and immutable; what is unknown is left out, never null."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Envelope(Outgoing):
    """What the CloudEvents have in common; `source` is the log of the installation that tells it."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Log
    type: Text
    datacontenttype: Literal["application/json"] = "application/json"


class EventMessage(Envelope):
    """An event of the log: a recorded fact, or a decision.

    `time` is when it holds in the world, `recordedtime` when it was known, `saidtime` what the sender of a fact said of
    that where it was lifted. `stream` and `streamversion` name the event, `sequence` is its place in the log: within a
    partition it only grows, so whoever remembers the last one can tell what is delivered twice.
    """

    subject: Subject
    partitionkey: Subject
    time: AwareDatetime
    recordedtime: AwareDatetime
    stream: Stream
    streamversion: Annotated[int, Field(ge=1)]
    sequence: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    fact: Text | None = None
    factsource: Text | None = None
    saidtime: AwareDatetime | None = None
    actor: Text | None = None
    role: Text | None = None
    cause: Text | None = None
    rule: RuleId | None = None
    editions: Text | None = None
    data: BaseModel


class NoticeData(Outgoing):
    """Something that the holder of a certificate has to be told.

    `by` is when the term named by the notice is over, `valid_until` the last day of the contract's term, `event` the
    event that the notice rests on, `withdraws` the notice that is taken back.
    """

    kind: Annotated[str, Field(json_schema_extra={"x-extensible-enum": [kind.value for kind in Kind]})]
    holder: Subject
    certificate: Certificate | None = None
    clause: Clause | None = None
    rule: RuleId | None = None
    effective_at: AwareDatetime
    by: AwareDatetime | None = None
    reason: Text | None = None
    case: Text | None = None
    edition: Edition | None = None
    valid_until: date | None = None
    event: UUID
    withdraws: UUID | None = None


class NoticeMessage(Envelope):
    """A notice that is owed to somebody."""

    type: Literal["rs.bonitet.notice.v1"] = "rs.bonitet.notice.v1"
    subject: Subject
    partitionkey: Subject
    time: AwareDatetime
    recordedtime: AwareDatetime
    data: NoticeData


class RegisterEntry(Outgoing):
    """What the public register shows of a certificate now: the status and the clause it rests on, never the rule.

    `revision` is the number of the correction that holds since `revised_at`, never why there was one.
    """

    certificate: Certificate
    subject: Subject
    holder: Text | None = None
    status: Status
    clause: Clause
    attained: Excellence | None = None
    edition: Edition | None = None
    business_year: int | None = None
    period: int | None = None
    valid_from: date
    valid_until: date | None = None
    since: AwareDatetime
    revision: Annotated[int, Field(ge=1)] | None = None
    revised_at: AwareDatetime | None = None


class Reason(StrEnum):
    """Why something was set aside, in one word."""

    TOO_LONG = "too-long"
    NOT_JSON = "not-json"
    TYPE_MISSING = "type-missing"
    TYPE_UNKNOWN = "type-unknown"
    VERSION_UNKNOWN = "version-unknown"
    NOT_AS_DESCRIBED = "not-as-described"
    SUBJECT_UNKNOWN = "subject-unknown"
    KEY_DIFFERS = "key-differs"
    TIME_IMPOSSIBLE = "time-impossible"
    BEFORE_THE_FOUNDING = "before-the-founding"
    ID_USED_BEFORE = "id-used-before"
    OF_THE_SCHEME = "of-the-scheme"
    OF_A_COMPANY = "of-a-company"
    NOT_REGISTERED = "not-registered"
    RETRACTS_UNKNOWN = "retracts-unknown"
    WAITS_BEHIND = "waits-behind"
    DEFECT = "defect"
    EMPTY = "empty"
    BINARY_MODE = "binary-mode"
    MOVED = "moved"
    OTHER = "other"


class FromKafka(Outgoing):
    """A message of a facts topic."""

    cluster: Text
    topic: Text
    topic_id: Text
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]


class FromFile(Outgoing):
    """A line of a file, or of another source that was read to its end."""

    file: Text
    line: Annotated[int, Field(ge=0)]


class DeadLetterData(Outgoing):
    """Something that came in and is no history: `rejected` for good, or `parked` until it can be decided.

    `number` is the one under which `bonitet rejects` or `bonitet parked` shows all of it. The payload and the words of
    the reason stay here, since both may hold personal data; `fields` names what is wrong by the schema's own names.
    """

    kind: Literal["rejected", "parked"]
    number: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(json_schema_extra={"x-extensible-enum": [reason.value for reason in Reason]})]
    says: Text
    fields: tuple[Text, ...] | None = None
    came: FromKafka | FromFile
    subject: Subject | None = None
    type: Text | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    since: AwareDatetime | None = None


class DeadLetterMessage(Envelope):
    """A copy of what was set aside, without what it said."""

    type: Literal["rs.bonitet.deadletter.v1"] = "rs.bonitet.deadletter.v1"
    subject: Subject | None = None
    data: DeadLetterData


@dataclass(frozen=True, slots=True)
class Record:
    """A message on its way: its key, its value (None takes what was told under the key away), and what it is called."""

    key: str
    value: bytes | None
    name: str
    headers: tuple[tuple[str, bytes], ...] = (CONTENT,)


def type_of(event: str) -> str:
    """The CloudEvents type of an event by its name."""
    return f"{EVENT}{event}.v{VERSIONS.get(event, 1)}"


def _of_event(name: str, data: type[BaseModel]) -> type[EventMessage]:
    fields: dict[str, Any] = {"type": (Literal[type_of(name)], ...), "data": (data, ...)}
    return create_model(f"{name}Message", __base__=EventMessage, __doc__=data.__doc__, **fields)


EVENT_MESSAGES: dict[str, type[EventMessage]] = {name: _of_event(name, data) for name, data in EVENTS.items()}

MESSAGES: dict[str, type[Outgoing]] = {
    **{type_of(name): model for name, model in EVENT_MESSAGES.items()},
    NOTICE: NoticeMessage,
    DEAD_LETTER: DeadLetterMessage,
    REGISTER: RegisterEntry,
}


def event_id(stream: str, version: int) -> UUID:
    """The id of an event: the same for whoever tells it, however often."""
    return uuid5(_NAMES, f"{stream}@{version}")


def notice_id(stream: str, version: int) -> UUID:
    """The id of the notice that an event makes owed."""
    return uuid5(_NAMES, f"{stream}@{version}/notice")


def dead_letter_id(log: str, kind: str, number: int) -> UUID:
    """The id of the copy of what was set aside; the numbers are each installation's own."""
    return uuid5(_NAMES, f"{log}/{kind}/{number}")


def event_message(log: str, recorded: Recorded) -> EventMessage:
    """An event of a log as it goes out."""
    event = recorded.event
    return EVENT_MESSAGES[event.name](
        id=event_id(event.stream, recorded.version),
        source=log,
        type=type_of(event.name),
        subject=event.subject,
        partitionkey=event.subject,
        time=event.effective_at,
        recordedtime=event.recorded_at,
        stream=event.stream,
        streamversion=recorded.version,
        sequence=f"{recorded.position:020}",
        fact=event.fact,
        factsource=event.source,
        saidtime=event.said_at,
        actor=event.actor,
        role=event.role,
        cause=event.cause,
        rule=event.rule,
        editions=event.editions,
        data=event.data,
    )


def notice_message(log: str, recorded: Recorded, history: Callable[[], Iterable[Recorded]]) -> NoticeMessage | None:
    """The notice that an event makes owed as it goes out, None where there is none; `history` is its company's."""
    event = recorded.event
    told = notice(event, history)
    if told is None:
        return None
    return NoticeMessage(
        id=notice_id(event.stream, recorded.version),
        source=log,
        subject=told.subject,
        partitionkey=told.subject,
        time=event.effective_at,
        recordedtime=event.recorded_at,
        data=NoticeData(
            kind=told.kind,
            holder=told.subject,
            certificate=told.certificate,
            clause=(public_clause(told.rule) or None) if told.rule else None,
            rule=told.rule,
            effective_at=told.effective_at,
            by=told.by,
            reason=told.reason,
            case=told.case,
            edition=told.edition,
            valid_until=told.valid_until,
            event=event_id(event.stream, recorded.version),
            withdraws=None if told.withdraws is None else notice_id(event.stream, told.withdraws),
        ),
    )


def register_entry(row: Row[Any], holder: str | None) -> RegisterEntry:
    """A row of the register as everybody may see it (DNB-12.1)."""
    return RegisterEntry(
        certificate=row.certificate,
        subject=row.certificate.partition("/")[0],
        holder=holder,
        status=Status(row.status),
        clause=row.clause,
        attained=row.attained and Excellence(row.attained),
        edition=row.edition and Edition(row.edition),
        business_year=row.business_year,
        period=row.period,
        valid_from=date.fromisoformat(row.valid_from),
        valid_until=row.valid_until and date.fromisoformat(row.valid_until),
        since=instant(row.since),
        revision=row.revision,
        revised_at=None if row.revised_at is None else instant(row.revised_at),
    )
