"""How an event is written down: JSON that begins with the hash of the event before it in its stream.

The topic is the event's name and the version of its format, `AccountBlocked:1`; `UPCASTS` turns older formats into
the newest. The hash of an event is the SHA-256 of its stored bytes, so anyone can follow the chain with any tool.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import from_json, to_json

from domain.events import EVENTS, Event
from domain.facts import STORED

GENESIS = "0" * 64
FORMAT = 1

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

# (name, version) -> what makes the next version's dictionary of it; nothing has changed its format yet.
UPCASTS: dict[tuple[str, int], Upcast] = {}


class UnknownFormat(ValueError):
    """A stored event has a name, a version or a field that this program does not know: whoever meets it has to stop."""


class _StoredEvent(Event):
    model_config = ConfigDict(frozen=True, extra="ignore")


_DECODERS = {
    f"{name}:{FORMAT}": create_model(f"Stored{name}", __base__=_StoredEvent, data=(model, ...)).__pydantic_validator__
    for name, model in EVENTS.items()
}
_TOPICS: dict[type[BaseModel], str] = {model: f"{name}:{FORMAT}" for name, model in EVENTS.items()}
_SERIALIZER = Event.__pydantic_serializer__


def topic_of(event: Event) -> str:
    """The topic under which an event is stored."""
    return _TOPICS[type(event.data)]


def encode(event: Event, previous: str) -> tuple[bytes, str]:
    """The stored bytes of an event that follows the hash `previous`, and its own hash, 64 hex digits."""
    body = _SERIALIZER.to_json(event, exclude_none=True)
    state = b'{"prev":"%b","topic":"%b",%b' % (previous.encode(), _TOPICS[type(event.data)].encode(), body[1:])
    return state, hashlib.sha256(state).hexdigest()


def follows(stream: str, topic: str, state: bytes, previous: str) -> bool:
    """Whether stored bytes were written for this stream and topic, after the event with this hash."""
    written = (previous.encode(), topic.encode(), stream.encode())
    return isinstance(state, bytes) and state.startswith(b'{"prev":"%b","topic":"%b","stream":"%b",' % written)


def decode(topic: str, state: bytes) -> Event:
    """The event of stored bytes; raises UnknownFormat for what nothing here can read."""
    decoder = _DECODERS.get(topic)
    if decoder is None:
        topic, state = _upcast(topic, state)
        decoder = _DECODERS[topic]
    try:
        event: Event = decoder.validate_json(state, context=STORED)
    except ValidationError as fault:
        where = ", ".join(".".join(map(str, each["loc"])) for each in fault.errors(include_input=False))
        raise _unknown(topic, f" ({where})") from fault
    return event


def _unknown(topic: str, where: str = "") -> UnknownFormat:
    return UnknownFormat(
        f"stored event {topic!r}{where} is unknown here: it was written by a newer program. Stop this process and run "
        "the newest version in its place; nothing is lost or set aside, and it goes on from the same position. If that "
        "one doesn't know it either, `bonitet doctor` tells whether the log was changed"
    )


def _upcast(topic: str, state: bytes) -> tuple[str, bytes]:
    name, _, version = topic.rpartition(":")
    if name not in EVENTS or not version.isdigit() or int(version) >= FORMAT:
        raise _unknown(topic)
    stored = from_json(state)
    for step in range(int(version), FORMAT):
        stored = UPCASTS[name, step](stored)
    return f"{name}:{FORMAT}", to_json(stored)
