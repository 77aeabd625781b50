"""Decisions of two people: who proposes, who signs, and what is given up or taken back."""

from datetime import datetime

from pytest_bdd import then

from adapters import asking
from domain import facts
from domain.signatures import Proposal
from features.steps.when import happens
from features.words import says
from features.world import HASH, World
from projections.worklist import Wanted


def _wants(world: World, one: str, who: str, **how: object) -> None:
    actor = one.lower()
    told = {"order": world.order(who), "granted": True, "agreement": HASH, "decided_by": actor, **how}
    world.command(who, facts.ReinstatementDecided.model_validate(told), actor)


@happens('{one} wants to give "{who}" its licence back')
def _wants_back(world: World, one: str, who: str) -> None:
    _wants(world, one, who)


@happens('{one} wants to give "{who}" its licence back without a written agreement')
def _wants_back_orally(world: World, one: str, who: str) -> None:
    _wants(world, one, who, agreement=None)


@happens('{one} wants to refuse "{who}" its licence')
def _wants_to_refuse(world: World, one: str, who: str) -> None:
    _wants(world, one, who, granted=False)


@happens('{one} wants to give "{who}" its licence back, signed by {first} and {second}')
def _wants_signed(world: World, one: str, who: str, first: str, second: str) -> None:
    _wants(world, one, who, decided_by=first.lower(), approved_by=second.lower())


@happens('{one} drops what was proposed about "{who}"')
def _drops(world: World, one: str, who: str) -> None:
    (proposal,) = _awaited(world, who)
    world.command(who, facts.ProposalDropped(proposal=proposal.proposal), one.lower())


def _taken_back(world: World, who: str) -> dict[str, str]:
    source, fact = world.told[world.subject(who), "ReinstatementDecided"]
    return {"fact": fact, "source": source}


@happens('somebody retracts what two people decided about "{who}" on {at:Moment}')
def _retracted(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.FactRetracted(**_taken_back(world, who)), at)


@happens('{one} and {other} retract what two people decided about "{who}" on {at:Moment}')
def _retracted_by_two(world: World, one: str, other: str, who: str, at: datetime) -> None:
    by = {"decided_by": one.lower(), "approved_by": other.lower()}
    world.report(who, facts.FactRetracted(**_taken_back(world, who), **by), at)


@happens('{one} wants to retract what two people decided about "{who}"')
def _wants_to_retract(world: World, one: str, who: str) -> None:
    world.command(who, facts.FactRetracted(**_taken_back(world, who)), one.lower())


@then("the wish is not refused")
def _not_refused(world: World) -> None:
    assert world.refusal is None


def _awaited(world: World, who: str) -> list[Proposal]:
    matters = asking.life_of(world.system, world.subject(who)).dossier.matters.values()
    return [matter for matter in matters if isinstance(matter, Proposal) and not matter.closed]


def _listed(world: World, who: str) -> set[str]:
    told = asking.worklist_of(world.system, Wanted(subject=world.subject(who)))
    return {each.line.key for each in told if each.line.kind == "proposal"}


@then(says('a second signature is awaited from others than {one} about "{who}"'))
def _is_awaited(world: World, one: str, who: str) -> None:
    (proposal,) = _awaited(world, who)
    assert proposal.by == one.lower()
    assert _listed(world, who) == {proposal.key}


@then(says('no second signature is awaited about "{who}"'))
def _nothing_awaited(world: World, who: str) -> None:
    assert _awaited(world, who) == []
    assert _listed(world, who) == set()
