"""The docket: every kind of matter, and the one place that leads from an event or a lapse to the kind it belongs to."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain import (
    amendments,
    damage,
    deliveries,
    deviations,
    disputes,
    documents,
    letters,
    messages,
    money,
    online,
    removal,
    secrecy,
    settlement,
    signatures,
    tasks,
)
from domain.events import Event, TermRecomputed
from domain.facts import Fact
from domain.matters import Decide, Kind, Matters, put

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

KINDS: tuple[Kind, ...] = (
    tasks,
    letters,
    secrecy,
    disputes,
    settlement,
    deviations,
    deliveries,
    online,
    removal,
    money,
    amendments,
    signatures,
    documents,
    messages,
    damage,
)


def _by(told: Iterable[tuple[type, Decide]]) -> dict[type, tuple[Decide, ...]]:
    found: dict[type, tuple[Decide, ...]] = {}
    for event, decide in told:
        found[event] = (*found.get(event, ()), decide)
    return found


DECIDES = _by(pair for kind in KINDS for pair in kind.DECIDES.items())
REACTS = _by(pair for kind in KINDS for pair in kind.REACTS.items())
_READING: dict[type, tuple[Kind, ...]] = {
    event: tuple(kind for kind in KINDS if event in kind.READS) for kind in KINDS for event in kind.READS
}
READ = frozenset({*_READING, TermRecomputed})
FACTS = tuple(event for event in dict.fromkeys((*DECIDES, *_READING)) if issubclass(event, Fact))


def evolve(matters: Matters, event: Event) -> Matters:
    """The matters after an event that one of the kinds reads."""
    data = event.data
    if isinstance(data, TermRecomputed):
        known = matters.get(data.key)
        return matters if known is None else put(matters, replace(known, clock=data.new))
    for kind in _READING[type(data)]:
        matters = kind.evolve(matters, event)
    return matters


def decide(t: "Telling", event: Event) -> None:
    """What a fact brings about in the matters."""
    for consequence in DECIDES.get(type(event.data), ()):
        consequence(t, event, event.data)


def react(t: "Telling", event: Event) -> None:
    """What a decision brings about in the matters."""
    for reaction in REACTS.get(type(event.data), ()):
        reaction(t, event, event.data)


def dues(dossier: "Dossier") -> Iterable[tuple[datetime, str, str, str]]:
    """When something follows by itself: (instant, "matter", number of its kind, key)."""
    for number, kind in enumerate(KINDS):
        for at, key in kind.dues(dossier):
            yield at, "matter", f"{number:02}", key  # in the order of the kinds, however many there are


def lapse(t: "Telling", number: str, key: str, at: datetime) -> None:
    """Tell what follows where its time has come."""
    KINDS[int(number)].lapse(t, key, at, f"deadline {key}")
