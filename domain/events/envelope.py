"""The envelope in which facts and decisions are kept, and what every decision is."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, SerializeAsAny

from domain.calendar import Term
from domain.rules import Rule


class Decision(BaseModel):
    """What every decided event's data has in common: closed and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(BaseModel):
    """One entry of a stream, a recorded fact or a decision.

    `stream` is the company's subject, or subject/order for a certificate. `effective_at` is when it holds in the
    world, `recorded_at` when we knew it, both UTC. `fact` and `source` identify a recorded fact, `said_at` keeps the
    sender's own recorded time where ours was lifted above it. `cause` is the fact, or the deadline, that a decision
    follows from; `editions` are those of terms, policy and calendar in force (GEN-10, GEN-11), `scheme` is how many
    scheme-wide facts its company had met (absent for none).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stream: str
    effective_at: datetime
    recorded_at: datetime
    data: SerializeAsAny[BaseModel]
    fact: str | None = None
    source: str | None = None
    said_at: datetime | None = None
    actor: str | None = None
    role: str | None = None
    cause: str | None = None
    rule: Rule | None = None
    editions: str | None = None
    scheme: int | None = None

    def __eq__(self, other: object) -> bool:
        """Equal content, whichever way the event was read or made."""
        return isinstance(other, Event) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """In accord with equality, by what tells most events apart."""
        return hash((self.stream, self.effective_at, self.fact, type(self.data)))

    @property
    def name(self) -> str:
        """The event's name, which is its stored format."""
        return type(self.data).__name__

    @property
    def subject(self) -> str:
        """The company."""
        return self.stream.partition("/")[0]

    @property
    def order(self) -> str | None:
        """The certificate's order number, None for the company's own stream."""
        return self.stream.partition("/")[2] or None


class ClockStarted(Decision):
    """A term of a matter runs from now on; `key` names the matter within its company."""

    key: str
    due: Term
