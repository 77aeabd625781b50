"""Messages in the legal inbox: each is read on the day on which it came in, and its receipt acknowledged (DNB-4.15).

What a message says is for a person to tell, by a fact that names it: no mail is taken for a declaration (GEN-8).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain import facts
from domain.calendar import days
from domain.events import Event, TaskOpened
from domain.matters import Decide, Due, Matter, Matters, Waits, known, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

TO_READ = "read-message"
_ADVICE = "read the message and record what it says, naming it; or close the task where it says nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Matter):
    """A message that came in; it is closed when its receipt is acknowledged, or where nobody waits for that."""

    message: str
    received_by: str


STATES: tuple[type[Matter], ...] = (Message,)
READS: tuple[type, ...] = (facts.MessageReceived, facts.MessageAcknowledged)
REACTS: Mapping[type, Decide] = {}


def key_of(message: str) -> str:
    """The key of a message."""
    return f"message {message}"


def _of(matters: Matters, data: facts.MessageFact) -> Message | None:
    return known(matters, Message, key_of(data.message))


def _by(event: Event) -> str:
    return f"{event.source} {event.fact}"


def evolve(matters: Matters, event: Event) -> Matters:
    """The messages after one came in, or its receipt was acknowledged."""
    data = event.data
    assert isinstance(data, facts.MessageFact)  # noqa: S101 - by what it reads
    message = _of(matters, data)
    if message is not None:
        done = isinstance(data, facts.MessageAcknowledged)
        return put(matters, replace(message, closed=True)) if done else matters
    if not isinstance(data, facts.MessageReceived):
        return matters
    return put(
        matters,
        Message(
            key=key_of(data.message),
            opened_at=event.effective_at,
            order=data.order,
            what="acknowledge its receipt",
            waits_for=Waits.ISSUER,
            closed=data.automatic,
            message=data.message,
            received_by=_by(event),
        ),
    )


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows from a message by itself: it is read by a person."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


def _received(t: "Telling", event: Event, data: facts.MessageReceived) -> None:
    """Somebody has to read it until the end of the day on which we have it, whenever it was sent."""
    message = _of(t.dossier.matters, data)
    if message is None or message.received_by != _by(event):
        t.no_effect(event, Rule.DNB_4_15, "the message came in before")
        return
    stream = t.dossier.stream(data.order if data.order in t.dossier.certificates else None)
    due = days(Rule.DNB_4_15, event.recorded_at, 0, t.scheme.zone, None).lapses_at
    opened = TaskOpened(task=TO_READ, about=data.message, recommendation=_ADVICE, due=due)
    t.tell(stream, event.effective_at, opened, Rule.DNB_4_15, t.cause(event))


def _acknowledged(t: "Telling", event: Event, data: facts.MessageAcknowledged) -> None:
    if _of(t.dossier.matters, data) is None:
        t.no_effect(event, Rule.DNB_4_15, "no such message came in")


DECIDES: Mapping[type, Decide] = {facts.MessageReceived: _received, facts.MessageAcknowledged: _acknowledged}
