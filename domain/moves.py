"""The legal moves of a case or a matter: what the engine itself says to each act, tried on the dossier as it is.

Nothing is written, and there is no second list of rules: a move is allowed if deciding it brings about no refusal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast, get_origin

from pydantic import AwareDatetime

from domain import docket, facts, signatures
from domain.amounts import Money
from domain.deciding import apply
from domain.dossier import Dossier
from domain.events import Event
from domain.facts import REFERENCE, CaseFact, Fact, OrderFact
from domain.matters import Matter
from domain.recording import REFUSALS
from domain.rules import Refused, Rule
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
    dossier = before.dossier
    what, _, name = key.partition(" ")
    matter = None if what == CASE else dossier.matters[key]
    if isinstance(matter, signatures.Proposal):
        return _of_proposal(dossier, matter, at, actor)
    about = {"case": dossier.cases[name].case} if matter is None else _named(matter)
    told = []
    for kind in _OF_CASES if matter is None else docket.FACTS:
        if about.keys() >= _identifying(kind):
            tried = [
                t for act in _examples(kind, about, at, actor) if (t := _speaking(dossier, matter, act, at, actor))
            ]
            told.extend(sorted(map(_move, tried), key=_refused)[:1])
    return tuple(sorted(told, key=_refused))


def _of_proposal(dossier: Dossier, proposal: signatures.Proposal, at: datetime, actor: str) -> tuple[Move, ...]:
    """To sign it, which has to be somebody else, and to drop it."""
    said: dict[str, Any] = {**proposal.content, "decided_by": actor, "approved_by": None}
    wanted = proposal.decision.model_construct(**said)
    signed = signatures.signed(dossier, _event(dossier, wanted, at, actor))
    dropped = _move(_tried(dossier, facts.ProposalDropped(proposal=proposal.proposal), at, actor))
    if isinstance(signed, Refused):
        return dropped, Move(proposal.decision, allowed=False, rule=signed.rule, reason=signed.reason)
    return _move(_tried(dossier, cast("Fact", signed.data), at, actor)), dropped


def _refused(move: Move) -> bool:
    return not move.allowed


def _named(matter: Matter) -> dict[str, Any]:
    names = [name for kind in type(matter).__mro__ for name in getattr(kind, "__slots__", ())]
    return {name: getattr(matter, name) for name in names}


def _identifying(kind: type[Fact]) -> set[str]:
    """What a fact names of what it is about, in the model that its own derives from."""
    return {name for base in kind.__mro__[1:] if issubclass(base, Fact) for name in base.model_fields}


def _speaking(dossier: Dossier, matter: Matter | None, act: Fact, at: datetime, actor: str) -> Telling | None:
    """What an act brings about; None if it does not speak of this matter.

    It does where it changes the matter, or would end otherwise if there were no such matter. What would then open it
    is no act on one that is open.
    """
    tried = _tried(dossier, act, at, actor)
    if matter is None or tried.dossier.matters.get(matter.key) != matter:
        return tried
    rest = {key: other for key, other in dossier.matters.items() if key != matter.key}
    without = _tried(dossier._replace(matters=rest), act, at, actor)
    same = [(e.data, e.rule) for e in tried.events] == [(e.data, e.rule) for e in without.events]
    return None if same or matter.key in without.dossier.matters else tried


def _examples(kind: type[Fact], about: Mapping[str, Any], at: datetime, actor: str) -> Iterator[Fact]:
    """A fact with what it has to say; where that is one of a few things, with each of them."""
    data = {
        name: about[name] if about.get(name) is not None else _example(field.annotation, name, at, actor)
        for name, field in kind.model_fields.items()
        if about.get(name) is not None or field.is_required()
    }
    if kind in signatures.BY_TWO:
        data["approved_by"] = signatures.ANOTHER  # whether it would be allowed once another person has signed it
    open_to = [name for name, said in data.items() if isinstance(said, Enum) and name not in about]
    choices = [{name: choice} for name in open_to for choice in type(data[name])] if len(open_to) == 1 else [{}]
    for choice in choices:
        yield kind.model_construct(**data | choice)  # examples need not hold what is asked of texts


def _event(dossier: Dossier, act: Fact, at: datetime, actor: str) -> Event:
    stream = dossier.stream(act.order if isinstance(act, OrderFact) else None)
    return Event(stream=stream, effective_at=at, recorded_at=at, data=act, fact="?", source="?", actor=actor)


def _tried(dossier: Dossier, act: Fact, at: datetime, actor: str) -> Telling:
    t = Telling(dossier)
    apply(t, _event(dossier, act, at, actor))
    return t


def _move(tried: Telling) -> Move:
    kind = type(cast("Fact", tried.events[0].data))
    told = tried.events[1:]
    against = next((e for e in told if isinstance(e.data, REFUSALS)), None)
    if against is not None:
        return Move(kind, allowed=False, rule=against.rule, reason=str(getattr(against.data, "reason", "")))
    return Move(kind, allowed=True, rule=next((e.rule for e in told), None))


def _example(kind: Any, name: str, at: datetime, actor: str) -> Any:
    """Something that a field may hold, where the outcome doesn't hang on what exactly."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if get_origin(kind) is tuple:
        return ()
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
