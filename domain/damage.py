"""Damage that a misuse did: what the holder is held liable for, what was made good of it, and what waived (DNB-7.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from domain import facts
from domain.amounts import Money, none_of
from domain.events import DamageClaimRegistered, DamageCredited, DamageWaived, Event
from domain.matters import Decide, Due, Matter, Matters, Waits, known, put
from domain.misuse import Closed
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage(Matter):
    """What the holder is held liable for in a case of misuse; closed while nothing of it is left.

    `claims` may be of several currencies, `covered` is what was made good or waived of them.
    """

    case: str
    claims: tuple[Money, ...] = ()
    covered: tuple[Money, ...] = ()

    def left_in(self, currency: str) -> Money:
        """What is left of the claims in one currency."""
        return _sum(self.claims, currency) - _sum(self.covered, currency)

    @property
    def left(self) -> tuple[Money, ...]:
        """What is left of the claims, in each currency in which something is."""
        currencies = dict.fromkeys(claim.currency for claim in self.claims)
        return tuple(left for c in currencies if (left := self.left_in(c)) > none_of(c))


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum((amount for amount in amounts if amount.currency == currency), none_of(currency))


def key_of(case: str) -> str:
    """The key of the damage of a case."""
    return f"damage {case}"


STATES: tuple[type[Matter], ...] = (Damage,)
READS: tuple[type, ...] = (DamageClaimRegistered, DamageCredited, DamageWaived)
REACTS: Mapping[type, Decide] = {}


def evolve(matters: Matters, event: Event) -> Matters:
    """The damage after it was claimed, made good or waived; holds no rules."""
    data = cast("DamageClaimRegistered | DamageCredited | DamageWaived", event.data)
    key = key_of(data.case)
    damage = known(matters, Damage, key) or Damage(
        key=key, opened_at=event.effective_at, order=event.order, case=data.case
    )
    match data:
        case DamageClaimRegistered(amount=amount):
            damage = replace(damage, claims=(*damage.claims, amount))
        case DamageCredited(amount=amount):
            damage = replace(damage, covered=(*damage.covered, amount))
        case DamageWaived(amounts=amounts):
            damage = replace(damage, covered=(*damage.covered, *amounts))
    return put(matters, _balanced(damage))


def _balanced(damage: Damage) -> Damage:
    left = " and ".join(str(amount) for amount in damage.left)
    return replace(
        damage,
        closed=not left,
        what=f"damage has to be made good: {left} left" if left else "",
        waits_for=Waits.HOLDER if left else Waits.NOTHING,
    )


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing: the terms name no day by which damage has to be made good."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


# --- what a fact brings about ------------------------------------------------------------------------------------


def _claimed(t: "Telling", event: Event, data: facts.DamageClaimed) -> None:
    case = t.dossier.cases.get(data.case)
    if case is None:
        t.no_effect(event, Rule.DNB_7_8, f"no case {data.case} was reported")
    elif case.order is None:
        t.no_effect(event, Rule.DNB_7_9, "an outsider answers by law, not by these terms")
    elif isinstance(case, Closed):
        t.no_effect(event, Rule.DNB_7_8, "the case was dismissed as unfounded")
    else:
        claimed = DamageClaimRegistered(case=data.case, amount=data.amount)
        t.tell(t.dossier.stream(case.order), event.effective_at, claimed, Rule.DNB_7_8, t.cause(event))


def _made_good(t: "Telling", event: Event, data: facts.DamageMadeGood) -> None:
    """It covers what is left; what goes beyond is given back, and covers no claim of later."""
    damage, currency = known(t.dossier.matters, Damage, key_of(data.case)), data.amount.currency
    if damage is None or all(claim.currency != currency for claim in damage.claims):
        t.no_effect(event, Rule.DNB_7_8, f"no damage is claimed in case {data.case} in {currency}")
        return
    stream, at, cause, nothing = t.dossier.stream(damage.order), event.effective_at, t.cause(event), none_of(currency)
    credited = min(data.amount, damage.left_in(currency))
    if credited > nothing:
        t.tell(stream, at, DamageCredited(case=data.case, amount=credited), Rule.DNB_7_8, cause)
    excess = data.amount - credited
    if excess > nothing:
        t.task(stream, at, "refund", data.case, f"{excess} too much was paid: give it back", Rule.GEN_8, cause)


def _waived(t: "Telling", event: Event, data: facts.DamageWaiverDecided) -> None:
    damage = known(t.dossier.matters, Damage, key_of(data.case))
    if damage is None or damage.closed:
        t.no_effect(event, Rule.DNB_7_8, f"no damage is left to be made good in case {data.case}")
    elif data.decided_by == data.approved_by:
        t.no_effect(event, Rule.GEN_8, "two different people are needed")
    else:
        waived = DamageWaived(case=data.case, amounts=damage.left)
        t.tell(t.dossier.stream(damage.order), event.effective_at, waived, Rule.GEN_8, t.cause(event))


DECIDES: Mapping[type, Decide] = {
    facts.DamageClaimed: _claimed,
    facts.DamageMadeGood: _made_good,
    facts.DamageWaiverDecided: _waived,
}
