"""The holder's withdrawal from a running contract: for an overdue correction, by statute, or before an amendment."""

from datetime import datetime
from typing import TYPE_CHECKING

from domain.amendments import AmendmentForHolder, key_of
from domain.certificate import Ended
from domain.events import ContractWithdrawn, Event, WithdrawalAccepted, WithdrawalRefused
from domain.facts import ContractWithdrawalDeclared, WithdrawalBasis
from domain.matters import known
from domain.renewal import review
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

_RULES = {
    WithdrawalBasis.CORRECTION_OVERDUE: Rule.DNB_9_3,
    WithdrawalBasis.STATUTE: Rule.DNB_9_4,
    WithdrawalBasis.AMENDMENT: Rule.DNB_14_3,
}


def declared(t: "Telling", event: Event, data: ContractWithdrawalDeclared, *, overdue: bool) -> None:
    """The contract ends on receipt, or with the day an amendment takes effect; else the reason why it doesn't.

    `overdue` says whether a correction is overdue in the dispute that the declaration names.
    """
    at, stream, cause, rule = event.effective_at, event.stream, t.cause(event), _RULES[data.basis]
    c = t.dossier.certificates.get(data.order)
    if c is None or c.contract is None or isinstance(c.contract, Ended):
        t.tell(stream, at, WithdrawalRefused(reason="no contract is running under this order"), rule, cause)
        return
    ends_at, fault = _right(t.dossier, data, at, overdue=overdue)
    stands = t.pins.accepted.get((stream, cause))
    if fault and stands is None:
        t.tell(stream, at, WithdrawalRefused(reason=fault), rule, cause)
        return
    accepted = WithdrawalAccepted(basis=data.basis, ends_at=ends_at, dispute=data.dispute)
    if stands is not None and isinstance(stands.data, WithdrawalAccepted):
        accepted = stands.data
    if c.leaving is not None and c.leaving.ends_at <= accepted.ends_at:
        t.no_effect(event, rule, "the holder has withdrawn already")
        return
    t.tell(stream, at, accepted, rule, cause)
    if fault:
        review(t, c, at, f"a withdrawal stands; by what is known now it would be refused: {fault}")


def _right(
    dossier: "Dossier", data: ContractWithdrawalDeclared, at: datetime, *, overdue: bool
) -> tuple[datetime, str]:
    """When the contract ends by the declaration, and why the holder may not make it; empty where he may."""
    match data.basis:
        case WithdrawalBasis.CORRECTION_OVERDUE:
            return at, "" if overdue else "no correction of this certificate is overdue in the dispute that it names"
        case WithdrawalBasis.STATUTE:
            return at, "" if data.law else "it does not say which law allows it"
        case WithdrawalBasis.AMENDMENT:
            effect = may_withdraw_from_amendment(dossier, data.order, data.edition, at)
            return effect or at, "" if effect else "no adverse change of the terms, or its day has passed"


def may_withdraw_from_amendment(dossier: "Dossier", order: str, edition: str | None, at: datetime) -> datetime | None:
    """When an amendment takes effect from which the holder may still withdraw; None if he may not (DNB-14.3)."""
    amendment = known(dossier.matters, AmendmentForHolder, key_of(edition or "", order))
    until = amendment.withdraw_until if amendment else None
    return amendment.takes_effect_at if amendment and until and at < until.lapses_at else None


def ended(t: "Telling", event: Event, _data: ContractWithdrawn) -> None:
    """The terms are silent on the price, so a person decides on it."""
    advice = "the terms do not say what becomes of the price: let legal decide on a refund"
    rule = event.rule or Rule.DNB_9_3
    t.task(event.stream, event.effective_at, "decide-refund", str(event.order), advice, rule, event.cause or "")
