"""One batch on its way through the engine: what became of its facts, and what will be appended."""

from dataclasses import dataclass, field
from typing import Any

from eventsourcing.persistence import StoredEvent

from adapters.store.codec import GENESIS, encode, topic_of
from adapters.store.recorder import Appended
from domain.dossier import Dossier
from domain.events import Event
from domain.history import Entry
from domain.recording import Learned


@dataclass(slots=True)
class Summary:
    """What became of the facts of a run; `defects` names companies whose deadlines this program failed over."""

    read: int = 0
    recorded: int = 0
    repeated: int = 0
    rejected: int = 0
    parked: int = 0
    released: int = 0
    events: int = 0
    defects: tuple[str, ...] = ()

    def add(self, more: "Summary") -> None:
        """Count in what became of another batch."""
        for name in Summary.__slots__:
            setattr(self, name, getattr(self, name) + getattr(more, name))


@dataclass(slots=True)
class Known:
    """A dossier in memory with the heads (version, hash) of its streams."""

    dossier: Dossier
    heads: dict[str, tuple[int, str]]


@dataclass(slots=True)
class Work:
    """One batch on its way: what will be appended, and how everything was before it.

    `queues` are the parked facts as they were, `decided` names the companies on which anything was decided.
    """

    queues: dict[str, str | None] = field(default_factory=dict)
    stored: list[StoredEvent] = field(default_factory=list)
    told: list[Entry] = field(default_factory=list)
    before: dict[str, Known | None] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    fresh: dict[str, list[Entry]] = field(default_factory=dict)
    private: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[Any, ...]] = field(default_factory=list)
    parks: list[tuple[Any, ...]] = field(default_factory=list)
    unparks: list[tuple[Any, ...]] = field(default_factory=list)
    awaits: list[tuple[Any, ...]] = field(default_factory=list)
    also: list[Appended] = field(default_factory=list)
    seen: list[tuple[Any, ...]] = field(default_factory=list)
    brought: dict[str, int] = field(default_factory=dict)
    release: list[str] = field(default_factory=list)
    schemes: int = 0
    summary: Summary = field(default_factory=Summary)

    def take(self, known: Known, learned: Learned) -> None:
        """Let a company go on to what was learned, and write its events down."""
        subject = known.dossier.subject
        if subject not in self.before:
            self.before[subject] = Known(known.dossier, dict(known.heads))
        known.dossier = learned.dossier
        fresh = self.fresh.setdefault(subject, [])
        for event in learned.events:
            self._write(known.heads, fresh, event)

    def _write(self, heads: dict[str, tuple[int, str]], fresh: list[Entry], event: Event) -> None:
        version, head = heads.get(event.stream, (0, GENESIS))
        state, head = encode(event, head)
        version += 1
        heads[event.stream] = version, head
        self.stored.append(StoredEvent(event.stream, version, topic_of(event), state))
        entry = Entry(version, event)
        self.told.append(entry)
        fresh.append(entry)
        self.summary.events += 1
