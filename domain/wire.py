"""The envelope in which facts travel: CloudEvents 1.0 in JSON, one object a line or one a Kafka message.

`subject` and `partitionkey` are the company, `time` says when the fact holds in the world, `recordedtime` when it was
learned. The type is `rs.bonitet.<name>.v<version>`, for example `rs.bonitet.AccountBlocked.v1`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Union

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Strict, StringConstraints, TypeAdapter, create_model

from domain.facts import FACTS, Fact, FactId, Staff

PREFIX = "rs.bonitet."
VERSION = 1


def type_of(fact: type[Fact]) -> str:
    """The CloudEvents type of a fact's model."""
    return f"{PREFIX}{fact.__name__}.v{VERSION}"


Instant = Annotated[AwareDatetime, Strict()]  # RFC 3339 with its offset; a bare number could be anything


class CloudEvent(BaseModel):
    """What all facts' envelopes have in common; extension attributes that we don't know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: FactId
    source: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
    type: str
    subject: Annotated[str, StringConstraints(max_length=60)]
    time: Instant
    recordedtime: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    partitionkey: str | None = None
    actor: Staff | None = None
    role: Staff | None = None
    data: Fact


def _envelope(name: str, model: type[Fact]) -> type[CloudEvent]:
    fields: dict[str, Any] = {"type": (Literal[type_of(model)], ...), "data": (model, ...)}
    return create_model(f"{name}V{VERSION}", __base__=CloudEvent, __doc__=model.__doc__, **fields)


ENVELOPES: dict[str, type[CloudEvent]] = {type_of(model): _envelope(name, model) for name, model in FACTS.items()}

_ANY: Any = Annotated[Union[tuple(ENVELOPES.values())], Field(discriminator="type")]  # noqa: UP007 - it is computed
ANY_CLOUD_EVENT: TypeAdapter[CloudEvent] = TypeAdapter(_ANY)


def cloud_event(
    subject: str,
    data: Fact,
    *,
    id: str,  # noqa: A002 - CloudEvents calls it so
    source: str,
    time: datetime,
    recordedtime: datetime,
    actor: str | None = None,
    role: str | None = None,
) -> CloudEvent:
    """A fact in its envelope; raises pydantic's ValidationError where an attribute is not allowed."""
    kind = type_of(type(data))
    return ENVELOPES[kind](
        specversion="1.0",
        id=id,
        source=source,
        type=kind,
        subject=subject,
        time=time,
        recordedtime=recordedtime,
        actor=actor,
        role=role,
        data=data,
    )
