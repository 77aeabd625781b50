"""Deliveries: what a package holds, by when the holder gets it, and who may have the mark in vector form (clause 6)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from domain import facts
from domain.calendar import Term, days, midnight, working_days
from domain.certificate import Ended
from domain.events import (
    Conclusion,
    ContractCancelledAtExpiry,
    ContractConcluded,
    ContractEndedWithSubject,
    ContractExpired,
    ContractWithdrawn,
    DeliveryMade,
    DeliveryOwed,
    DeliveryTermMoved,
    Event,
    IssuerObligationBreached,
    PackageAgreed,
    RenewalUndone,
    VectorMaterialRefused,
    VectorMaterialReleased,
)
from domain.facts import Delivery, Element, Package
from domain.matters import Decide, Due, Matter, Matters, Waits, clocks, known, put
from domain.rules import Refused, Rule

if TYPE_CHECKING:
    from datetime import datetime

    from domain.certificate import Certificate
    from domain.dossier import Dossier
    from domain.telling import Telling

E_MATERIALS_WORKING_DAYS = 3
PARCEL_DAYS = 30
WITH_VECTOR = frozenset({Package.EXCLUSIVE, Package.SILVER, Package.GOLD, Package.PLATINUM})

_RULES = {Delivery.E_MATERIALS: Rule.DNB_6_5, Delivery.PARCEL: Rule.DNB_6_6}
_DUTIES = {
    Delivery.E_MATERIALS: "e-mail the electronic materials to the representative",
    Delivery.PARCEL: "deliver the parcel to the company",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered(Matter):
    """What was ordered with a certificate: the package, in which term, and single elements. Nothing falls due here."""

    closed: bool = True
    package: Package | None = None
    term: int = 1
    elements: frozenset[Element] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed(Matter):
    """A part of a package that the issuer owes, or owed."""

    delivery: Delivery


# With the contract ends what is still owed under it; what was delivered stays the holder's (DNB-6.11).
_ENDS = (ContractCancelledAtExpiry, ContractEndedWithSubject, ContractExpired, ContractWithdrawn, RenewalUndone)

STATES: tuple[type[Matter], ...] = (Ordered, Owed)
READS: tuple[type, ...] = (
    facts.ElementOrdered,
    facts.ParcelDispatched,
    PackageAgreed,
    DeliveryOwed,
    DeliveryTermMoved,
    DeliveryMade,
    IssuerObligationBreached,
    *_ENDS,
)


def key_of(order: str | None, delivery: Delivery) -> str:
    """The key of a delivery."""
    return f"delivery {delivery} {order}"


def evolve(matters: Matters, event: Event) -> Matters:
    """What is ordered and owed after an event of these; holds no rules."""
    data, at, order = event.data, event.effective_at, event.order
    match data:
        case facts.ElementOrdered(element=element):
            before = _ordered(matters, order) or Ordered(key=_package_key(order), order=order, opened_at=at)
            return put(matters, replace(before, elements=before.elements | {element}))
        case PackageAgreed(package=package, term=term):
            before = _ordered(matters, order) or Ordered(key=_package_key(order), order=order, opened_at=at)
            return put(matters, replace(before, package=package, term=term))
        case DeliveryOwed(key=key, due=due, delivery=delivery):
            what, turn = _DUTIES[delivery], Waits.ISSUER
            owed = Owed(key=key, order=order, opened_at=at, clock=due, what=what, waits_for=turn, delivery=delivery)
            return put(matters, owed)
        case DeliveryTermMoved(delivery=delivery, due=due):
            return _changed(matters, order, delivery, clock=due)
        case facts.ParcelDispatched():
            return _changed(matters, order, Delivery.PARCEL, waits_for=Waits.DELIVERY_PROOF)
        case IssuerObligationBreached() if event.rule in _RULES.values():
            delivery = next(of for of, rule in _RULES.items() if rule is event.rule)
            return _changed(matters, order, delivery, clock=None, breached=True)
        case DeliveryMade(delivery=delivery):
            return _changed(matters, order, delivery, clock=None, breached=False, closed=True)
        case _ if isinstance(data, _ENDS):
            for delivery in Delivery:
                matters = _changed(matters, order, delivery, clock=None, closed=True)
            return matters
        case _:
            return matters


def _package_key(order: str | None) -> str:
    return f"package {order}"


def _ordered(matters: Matters, order: str | None) -> Ordered | None:
    return known(matters, Ordered, _package_key(order))


def _open(matters: Matters, order: str | None, delivery: Delivery) -> Owed | None:
    owed = known(matters, Owed, key_of(order, delivery))
    return None if owed is None or owed.closed else owed


def _changed(matters: Matters, order: str | None, delivery: Delivery, **how: Any) -> Matters:
    owed = _open(matters, order, delivery)
    return matters if owed is None else put(matters, replace(owed, **how))


# --- packages ----------------------------------------------------------------------------------------------------


def _package(t: "Telling", event: Event, data: facts.PackageOrdered) -> None:
    certificate = t.dossier.certificates[data.order]
    if isinstance(certificate.contract, Ended):
        t.no_effect(event, Rule.DNB_4_3, "the contract is over")
        return
    term = certificate.phases[-1].term if certificate.phases else 1
    before = _ordered(t.dossier.matters, data.order)
    if before is not None and (before.package, before.term) == (data.package, term):
        t.no_effect(event, Rule.DNB_6_6, f"the {data.package} package is on record for this term")
        return
    at, cause = event.effective_at, t.cause(event)
    t.tell(event.stream, at, PackageAgreed(package=data.package, term=term), Rule.DNB_6_6, cause)
    if certificate.contract is not None:
        _owe(t, certificate, at, cause)


def _concluded(t: "Telling", event: Event, data: ContractConcluded) -> None:
    # A certificate that was taken over owes nothing from before.
    ordered = _ordered(t.dossier.matters, event.order)
    if data.conclusion is not Conclusion.TAKEN_OVER and ordered is not None and ordered.package is not None:
        _owe(t, t.dossier.certificates[event.order or ""], event.effective_at, event.cause or "")


def _owe(t: "Telling", certificate: "Certificate", at: "datetime", cause: str) -> None:
    """Both parts of the package, from the conclusion on, or from the package's own order where that came later."""
    zone, calendar, order, stream = t.scheme.zone, t.scheme.calendar, certificate.order, certificate.stream
    terms = {
        Delivery.E_MATERIALS: working_days(Rule.DNB_6_5, at, E_MATERIALS_WORKING_DAYS, zone, calendar),
        Delivery.PARCEL: days(Rule.DNB_6_6, at, PARCEL_DAYS, zone, calendar),
    }
    for delivery, due in terms.items():
        if _open(t.dossier.matters, order, delivery) is None:
            t.start(stream, at, DeliveryOwed(key=key_of(order, delivery), due=due, delivery=delivery), cause)
    if certificate.representative is None:
        advice = "the electronic materials go to the contract's representative: ask the holder to name one"
        about = key_of(order, Delivery.E_MATERIALS)
        t.task(stream, at, "name-representative", about, advice, Rule.DNB_6_5, cause)


# --- deliveries --------------------------------------------------------------------------------------------------


def _delivered(delivery: Delivery) -> Callable[["Telling", Event, facts.OrderFact], None]:
    def decide(t: "Telling", event: Event, data: facts.OrderFact) -> None:
        rule = _RULES[delivery]
        if _open(t.dossier.matters, data.order, delivery) is None:
            t.no_effect(event, rule, "nothing of the kind is owed")
        else:
            t.tell(event.stream, event.effective_at, DeliveryMade(delivery=delivery), rule, t.cause(event))

    return decide


def _dispatched(t: "Telling", event: Event, data: facts.ParcelDispatched) -> None:
    if _open(t.dossier.matters, data.order, Delivery.PARCEL) is None:
        t.no_effect(event, Rule.DNB_6_6, "nothing of the kind is owed")


def _postponed(t: "Telling", event: Event, data: facts.DeliveryPostponed) -> None:
    owed = _open(t.dossier.matters, data.order, data.delivery)
    if data.delivery is Delivery.E_MATERIALS:
        t.no_effect(
            event, Rule.DNB_6_5, "only what comes by courier can be put off: 3 working days are promised for this"
        )
        return
    if owed is None:
        t.no_effect(event, Rule.DNB_6_7, "nothing of the kind is owed")
        return
    if owed.clock is None:
        t.no_effect(event, Rule.DNB_6_7, "the day had passed before another was announced: the breach stands")
        return
    due = days(Rule.DNB_6_7, midnight(data.new_due, t.scheme.zone), 0, t.scheme.zone, None)
    if due.lapses_at <= owed.clock.lapses_at:
        t.no_effect(event, Rule.DNB_6_7, f"it is owed until {owed.clock.last_day} as it is")
        return
    moved = DeliveryTermMoved(key=owed.key, due=due, delivery=data.delivery)
    t.start(event.stream, event.effective_at, moved, t.cause(event))


def dues(dossier: "Dossier") -> Iterable[Due]:
    """The terms of what is owed."""
    return clocks(dossier, Owed)


def lapse(t: "Telling", key: str, at: "datetime", cause: str) -> None:
    """The issuer has missed his own promise; that it is still owed is a task (DNB-6.5 to 6.7)."""
    owed = cast("Owed", t.dossier.matters[key])
    stream, rule, due = t.dossier.stream(owed.order), _RULES[owed.delivery], cast("Term", owed.clock)
    t.tell(stream, at, IssuerObligationBreached(duty=owed.what, due=due), rule, cause)
    t.task(stream, at, "deliver", key, f"{owed.what}: it is overdue", rule, cause)


# --- the mark in vector form -------------------------------------------------------------------------------------


def _vector(t: "Telling", event: Event, data: facts.VectorMaterialRequested) -> None:
    fault = _no_vector(t.dossier.certificates[data.order], _ordered(t.dossier.matters, data.order))
    told = VectorMaterialRefused(reason=fault.reason) if fault else VectorMaterialReleased()
    rule = fault.rule if fault else Rule.DNB_6_4
    t.tell(event.stream, event.effective_at, told, rule, t.cause(event))


def _no_vector(certificate: "Certificate", ordered: Ordered | None) -> Refused | None:
    if certificate.granted_at is None:
        return Refused(Rule.DNB_6_1, "no contract is concluded")
    if not certificate.licensed:
        return Refused(Rule.DNB_6_16, "the right to use the mark is lost or suspended")
    if ordered is None or not (ordered.package in WITH_VECTOR or Element.VECTOR in ordered.elements):
        return Refused(Rule.DNB_6_4, "neither the package nor an order of its own holds the vector form")
    return None


DECIDES: Mapping[type, Decide] = {
    facts.PackageOrdered: _package,
    facts.VectorMaterialRequested: _vector,
    facts.EMaterialsDelivered: _delivered(Delivery.E_MATERIALS),
    facts.ParcelDispatched: _dispatched,
    facts.ParcelDelivered: _delivered(Delivery.PARCEL),
    facts.DeliveryPostponed: _postponed,
}
REACTS: Mapping[type, Decide] = {ContractConcluded: _concluded}
