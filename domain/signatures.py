"""Decisions of two people: one proposes, and it is in force when another has signed the very same (GEN-8).

A fact that names who decided and who approved says by the names that two people did. While nobody has approved it, it
is a proposal, which waits for a second signature and brings nothing about. Whoever acts here signs for himself alone:
a command is never signed in somebody else's name, while a fact that comes from elsewhere was signed there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from domain import facts
from domain.events import Event
from domain.facts import FACTS, Fact, SchemeFact
from domain.matters import Decide, Due, Matter, Matters, Waits, known, put
from domain.rules import Refused, Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

# An amendment is announced with both signatures: it reaches every company, and is no act upon one.
BY_TWO: tuple[type[Fact], ...] = tuple(
    model
    for model in FACTS.values()
    if {"decided_by", "approved_by"} <= model.model_fields.keys() and not issubclass(model, SchemeFact)
)
ANOTHER = "another-person"
_SIGNATURES = frozenset({"decided_by", "approved_by"})
_NAMES = ("case", "dispute", "invoice", "proceeding", "fact")  # of what a decision is about, beside its certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Matter):
    """What one person proposes; `content` is all that the decision says but for its signatures."""

    proposal: str
    decision: type[Fact]
    by: str
    content: Mapping[str, Any]


STATES: tuple[type[Matter], ...] = (Proposal,)
READS: tuple[type, ...] = (*BY_TWO, facts.ProposalDropped)
REACTS: Mapping[type, Decide] = {}


def is_signed(data: object) -> bool:
    """Whether two different people stand behind a decision."""
    one, other = getattr(data, "decided_by", None), getattr(data, "approved_by", None)
    return one is not None and other is not None and one != other


def is_proposal(data: object) -> bool:
    """Whether a decision still lacks its second signature, and therefore is none yet."""
    return (
        isinstance(data, BY_TWO)
        and getattr(data, "decided_by", None) is not None
        and getattr(data, "approved_by", None) is None
    )


def proposal_of(data: BaseModel, order: str | None) -> str:
    """How a proposal is called within its company: by its decision, and what that is about."""
    about = (str(value) for name in _NAMES if (value := getattr(data, name, None)) is not None)
    return "/".join((type(data).__name__, *((order,) if order else ()), *about))


def key_of(proposal: str) -> str:
    """The key of a proposal."""
    return f"proposal {proposal}"


def _content(data: BaseModel) -> Mapping[str, Any]:
    return {name: value for name, value in data if name not in _SIGNATURES}


def evolve(matters: Matters, event: Event) -> Matters:
    """The proposals after one was made, signed or dropped; a later one about the same takes its place."""
    data = event.data
    if isinstance(data, facts.ProposalDropped):
        return _closed(matters, key_of(data.proposal))
    assert isinstance(data, BY_TWO)  # noqa: S101 - by what it reads
    name = proposal_of(data, event.order)
    if not is_proposal(data):
        return _closed(matters, key_of(name)) if is_signed(data) else matters
    made = Proposal(
        key=key_of(name),
        opened_at=event.effective_at,
        order=event.order,
        what="another person signs the same, or drops it",
        waits_for=Waits.SECOND_SIGNATURE,
        proposal=name,
        decision=type(data),
        by=str(data.decided_by),  # type: ignore[attr-defined]  # by what it reads
        content=_content(data),
    )
    return put(matters, made)


def _closed(matters: Matters, key: str) -> Matters:
    before = known(matters, Proposal, key)
    return matters if before is None else put(matters, replace(before, closed=True, waits_for=Waits.NOTHING))


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows by itself from what one person proposes."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


def _dropped(t: "Telling", event: Event, data: facts.ProposalDropped) -> None:
    if known(t.dossier.matters, Proposal, key_of(data.proposal)) is None:
        t.no_effect(event, Rule.GEN_8, f"nobody has proposed {data.proposal}")


DECIDES: Mapping[type, Decide] = {facts.ProposalDropped: _dropped}


# --- whose signature counts --------------------------------------------------------------------------------------


def takes_two(event: Event, others: Collection[Event]) -> bool:
    """Whether a fact is a decision of two people, among all facts of its company, which nobody can take back alone."""
    data = event.data
    if isinstance(data, facts.PermanentWithdrawalProposed):
        approved = (e.data for e in others if isinstance(e.data, facts.PermanentWithdrawalApproved))
        return any(approval.case == data.case for approval in approved)
    return isinstance(data, facts.PermanentWithdrawalApproved) or (isinstance(data, BY_TWO) and is_signed(data))


def signed(dossier: "Dossier", command: Event, *, undoes_two: bool = False) -> Event | Refused:
    """A command as whoever gives it may sign it: as his proposal, or as what another has proposed and he approves.

    `undoes_two` says that it retracts a decision of two people, which takes two as well. Refused is a signature in
    somebody else's name, a second one by the same person, and one under something else than was proposed.
    """
    data, actor = command.data, command.actor
    if isinstance(data, facts.PermanentWithdrawalProposed) and data.proposed_by != actor:
        return _not_his_own(data.proposed_by, actor, Rule.DNB_7_5)
    if isinstance(data, facts.PermanentWithdrawalApproved) and data.approved_by != actor:
        return _not_his_own(data.approved_by, actor, Rule.DNB_7_5)
    if not isinstance(data, BY_TWO) or (isinstance(data, facts.FactRetracted) and not undoes_two):
        return command
    signatures = _signatures(dossier, command, data)
    return signatures if isinstance(signatures, Refused) else _with(command, signatures)


def as_if_signed(proposal: Event) -> Event:
    """A proposal as it would be once another person has signed it, to see what would become of it."""
    return _with(proposal, {"approved_by": ANOTHER})


def _with(command: Event, signatures: Mapping[str, str | None]) -> Event:
    return command.model_copy(update={"data": command.data.model_copy(update=dict(signatures))})


def _not_his_own(signature: str, actor: str | None, rule: Rule) -> Refused:
    return Refused(rule, f"{signature} has to do it himself: {actor or 'nobody'} can't sign for anybody else")


def _signatures(dossier: "Dossier", command: Event, data: Any) -> Mapping[str, str | None] | Refused:
    actor = command.actor
    if actor is None:
        return Refused(Rule.GEN_8, "nobody is named who signs it")
    others = {name for name in (data.decided_by, data.approved_by) if name not in {None, actor}}
    made = known(dossier.matters, Proposal, key_of(proposal_of(data, command.order)))
    by = None if made is None or made.closed else made.by
    if strangers := sorted(others - {by}):
        return Refused(Rule.GEN_8, f"{strangers[0]} has not proposed it: each signs for himself")
    if made is None or by is None:
        return {"decided_by": actor, "approved_by": None}
    differs = sorted(name for name, value in _content(data).items() if made.content[name] != value)
    if by == actor:
        if differs:
            return {"decided_by": actor, "approved_by": None}
        return Refused(Rule.GEN_8, f"{actor} has proposed it already: another person has to sign it")
    if differs:
        other = f"{by} has proposed it with another {' and '.join(differs)}"
        return Refused(Rule.GEN_8, f"{other}: sign the very same, or drop that proposal first")
    return {"decided_by": by, "approved_by": actor}
