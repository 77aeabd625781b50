"""Amendments of the terms: announced, told to a holder, and what binds him from when (clause 14)."""

from datetime import date, datetime, timedelta

from pytest_bdd import then

from adapters import asking
from domain import events, facts
from domain.amendments import stamp
from features.steps.then import told
from features.steps.when import happens
from features.words import BELGRADE, says
from features.world import HASH, World


def _announced(world: World, edition: str, on: date, at: datetime, *, material: bool, **how: str | None) -> None:
    approved_by = how.get("approved_by") or "bojan"
    amended = facts.TermsAmended(
        edition=edition,
        takes_effect_on=on,
        material=material,
        decided_by="ana",
        approved_by=approved_by,
        document=HASH,
    )
    world.publish(amended, at)


@happens('D&B announces on {at:Moment} the terms "{edition}" from {on:Day} on, a material change')
def _material(world: World, at: datetime, edition: str, on: date) -> None:
    _announced(world, edition, on, at, material=True)


@happens('D&B announces on {at:Moment} the terms "{edition}" from {on:Day} on, no material change')
def _immaterial(world: World, at: datetime, edition: str, on: date) -> None:
    _announced(world, edition, on, at, material=False)


@happens('Ana alone announces on {at:Moment} the terms "{edition}" from {on:Day} on as no material change')
def _alone(world: World, at: datetime, edition: str, on: date) -> None:
    _announced(world, edition, on, at, material=False, approved_by="ana")


@happens('"{who}" receives the notice of the terms "{edition}" on {at:Moment}{learned:Learned}')
def _noticed(world: World, who: str, edition: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.AmendmentNoticeDelivered(order=world.order(who), edition=edition), at, learned)


def _since(world: World, who: str, edition: str) -> list[datetime]:
    taken = [e for e in world.fresh(who) if isinstance(e.data, events.AmendmentTookEffect)]
    return [e.effective_at for e in taken if e.data.edition == edition]  # type: ignore[attr-defined]


@then(says('the terms "{edition}" bind "{who}" from {at:Moment} on'))
def _bind(world: World, edition: str, who: str, at: datetime) -> None:
    assert _since(world, who, edition) == [at], told(world, who)


@then(says('the terms "{edition}" have not come to bind "{who}"'))
def _bind_not(world: World, edition: str, who: str) -> None:
    assert _since(world, who, edition) == [], told(world, who)


@then(says('what is decided about "{who}" on {at:Moment} is under the terms "{edition}"'))
def _under(world: World, who: str, at: datetime, edition: str) -> None:
    dossier = asking.life_of(world.system, world.subject(who)).dossier
    assert stamp(dossier, dossier.stream(world.order(who)), at).startswith(f"{edition} "), told(world, who)


@then(says('the stamp on every decision about "{who}" names the terms "{edition}"'))
def _stamped(world: World, who: str, edition: str) -> None:
    decided = [e for e in world.fresh(who) if e.fact is None]
    assert decided
    assert all((e.editions or "").startswith(f"{edition} ") for e in decided), told(world, who)


def _last_day(world: World, who: str, what: str) -> date | None:
    term = world.due(who, what)
    return None if term is None else (term.lapses_at.astimezone(BELGRADE) - timedelta(days=1)).date()


@then(says('D&B owes "{who}" the notice of the terms "{edition}" by {day:Day}'))
def _owed(world: World, who: str, edition: str, day: date) -> None:
    assert _last_day(world, who, f"notice of the terms {edition}") == day


@then(says('D&B owes "{who}" no notice of the terms "{edition}"'))
def _not_owed(world: World, who: str, edition: str) -> None:
    assert _last_day(world, who, f"notice of the terms {edition}") is None


@then(says('"{who}" may withdraw because of the terms "{edition}" until {day:Day}'))
def _withdraw_until(world: World, who: str, edition: str, day: date) -> None:
    assert _last_day(world, who, f"last day to withdraw because of the terms {edition}") == day


@then(says('"{who}" has no day to withdraw because of the terms "{edition}"'))
def _no_withdrawal(world: World, who: str, edition: str) -> None:
    assert _last_day(world, who, f"last day to withdraw because of the terms {edition}") is None
