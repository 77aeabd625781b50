"""The legal moves of a case or a matter: what the engine itself says to each act, tried on the dossier as it is.

Nothing is written, and there is no second list of rules: a move is allowed if deciding it brings about no refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import AwareDatetime

from domain import docket, facts
from domain.amounts import Money
from domain.deciding import apply
from domain.dossier import Dossier
from domain.events import Event
from domain.facts import REFERENCE, CaseFact, Fact, OrderFact
from domain.recording import REFUSALS
from domain.rules import Rule
from domain.telling import Telling
from domain.worklist import CASE

_OF_CASES = tuple(
    kind
    for kind in facts.FACTS.values()
    if issubclass(kind, CaseFact) and not issubclass(kind, facts.MisuseReported | facts.DamageFact)
)
_A_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Move:
    """An act that somebody may think of: whether it is allowed now, by which rule or against which, and why not."""

    fact: type[Fact]
    allowed: bool
    rule: Rule | None
    reason: str | None = None


def moves(dossier: Dossier, key: str, at: datetime, actor: str) -> tuple[Move, ...]:
    """What can be done about a case ("case M-1") or a matter at an instant by this person, and what can't and why.

    Raises KeyError where the company has no such case or matter.
    """
    before = Telling(dossier)
    before.fall_due(at)
    about, kinds = _about(before.dossier, key)
    told = [_tried(before.dossier, kind, about, at, actor) for kind in kinds]
    return tuple(sorted(told, key=lambda move: not move.allowed))


def _about(dossier: Dossier, key: str) -> tuple[Mapping[str, Any], tuple[type[Fact], ...]]:
    kind, _, name = key.partition(" ")
    if kind == CASE:
        return {"case": dossier.cases[name].case}, _OF_CASES
    matter = dossier.matters[key]
    given = {name: getattr(matter, name) for name in _names(matter)}
    return given, tuple(kind for kind in docket.facts_about(matter) if given.keys() >= _identifying(kind))


def _names(of: object) -> list[str]:
    return [name for kind in type(of).__mro__ for name in getattr(kind, "__slots__", ())]


def _identifying(kind: type[Fact]) -> set[str]:
    """What a fact names of what it is about, in the model that its own derives from."""
    return {name for base in kind.__mro__[1:] if issubclass(base, Fact) for name in base.model_fields}


def _tried(dossier: Dossier, kind: type[Fact], about: Mapping[str, Any], at: datetime, actor: str) -> Move:
    data = {
        name: about[name] if about.get(name) is not None else _example(field.annotation, name, at, actor)
        for name, field in kind.model_fields.items()
        if about.get(name) is not None or field.is_required()
    }
    fact = kind.model_construct(**data)  # examples need not hold what is asked of texts
    stream = dossier.stream(getattr(fact, "order", None) if issubclass(kind, OrderFact) else None)
    event = Event(stream=stream, effective_at=at, recorded_at=at, data=fact, fact="?", source="?", actor=actor)
    t = Telling(dossier)
    apply(t, event)
    told = [e for e in t.events if e.fact is None]
    against = next((e for e in told if isinstance(e.data, REFUSALS)), None)
    if against is not None:
        return Move(kind, allowed=False, rule=against.rule, reason=str(getattr(against.data, "reason", "")))
    return Move(kind, allowed=True, rule=next((e.rule for e in told), None))


def _example(kind: Any, name: str, at: datetime, actor: str) -> Any:
    """Something that a field may hold, where the outcome doesn't hang on what exactly."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if name == "to" or (name.endswith("_by") and kind is str):
        return actor
    examples: Mapping[Any, Any] = {
        bool: True,
        int: 1,
        AwareDatetime: at + timedelta(days=1),
        Money: Money(Decimal("1.00")),
        Decimal: Decimal(1),
        str: f"{REFERENCE}example",
    }
    return examples.get(kind, (at + _A_MONTH).date())
