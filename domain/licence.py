"""The licence to use the mark: lost by the terms' own text on a set of grounds, given back only by two people."""

from typing import TYPE_CHECKING

from domain import facts
from domain.events import (
    Event,
    LossGroundClosed,
    MarkLicenceKept,
    MarkLicenceLost,
    MarkLicenceReinstated,
    MarkLicenceRestored,
    ReinstatementRefused,
    ViolationCeased,
)
from domain.facts import Insolvency
from domain.misuse import SuspendedFor
from domain.rules import Refused, Rule

if TYPE_CHECKING:
    from domain.certificate import Certificate
    from domain.telling import Telling


_CONFIRM = "the licence is lost by the text alone: confirm that the register is right, or retract the fact"
_BLOCKED = f"{_CONFIRM}; have legal look at the use of past years (DNB-6.16)"


def lose(t: "Telling", event: Event, ground: str, rule: Rule) -> None:
    """Every licence of the company is lost from the fact's own moment, and a person confirms it (DNB-6.12 to 6.14).

    Any blockade does that; sixty and ninety days are events of the model (X-4, DNB-M7).
    """
    for certificate in tuple(t.dossier.certificates.values()):
        if certificate.granted_at is not None:
            t.tell(certificate.stream, event.effective_at, MarkLicenceLost(ground=ground), rule, t.cause(event))
            advice = _BLOCKED if rule is Rule.DNB_6_14 else _CONFIRM
            t.task(certificate.stream, event.effective_at, "confirm-loss", ground, advice, Rule.GEN_8, t.cause(event))


def close_ground(t: "Telling", event: Event, ground: str, rule: Rule) -> None:
    """The ground's interval ends; the licence stays lost (DNB-6.14)."""
    for certificate in tuple(t.dossier.certificates.values()):
        for known in certificate.grounds:
            if (known.ground, known.rule) == (ground, rule) and known.closed_at is None:
                closed = LossGroundClosed(ground=ground)
                t.tell(certificate.stream, event.effective_at, closed, known.rule, t.cause(event))


def insolvency_opened(t: "Telling", event: Event, data: facts.InsolvencyOpened) -> None:
    """A loss by the text, but for a liquidation, which two people decide by hand (DNB-6.13)."""
    if data.kind is not Insolvency.LIQUIDATION:
        lose(t, event, data.proceeding, Rule.DNB_6_13)
        return
    liquidations = [p for p in t.dossier.company.proceedings if p.kind is Insolvency.LIQUIDATION and p.until is None]
    if len(liquidations) > 1:
        return  # several notices of one liquidation ask for one decision
    for certificate in tuple(t.dossier.certificates.values()):
        if certificate.granted_at is not None:
            advice = "a liquidation is solvent in law: two people decide whether the licence is lost"
            at, cause = event.effective_at, t.cause(event)
            t.task(certificate.stream, at, "decide-loss", data.proceeding, advice, Rule.DNB_6_13, cause)


def proceeding_requested(t: "Telling", event: Event, data: facts.ProceedingRequested) -> None:
    """A request alone has no consequence, unless the policy counts from it (DNB-6.13)."""
    if t.scheme.policy.insolvency_from == "request" and data.kind is not Insolvency.LIQUIDATION:
        lose(t, event, data.proceeding, Rule.DNB_6_13)


def loss_decided(t: "Telling", event: Event, data: facts.LossDecided, certificate: "Certificate") -> None:
    """What two people decided about a liquidation (DNB-6.13)."""
    liquidations = (s for s in t.dossier.company.proceedings if s.kind is Insolvency.LIQUIDATION)
    if not any(s.reference == data.proceeding and s.covers(event.effective_at) for s in liquidations):
        t.no_effect(event, Rule.DNB_6_13, f"no liquidation {data.proceeding} is open")
    elif data.decided_by == data.approved_by:
        t.no_effect(event, Rule.DNB_6_13, "two different people are needed")
    elif certificate.granted_at is None:
        t.no_effect(event, Rule.DNB_6_13, "there is no licence to lose")
    else:
        decided = (MarkLicenceLost if data.lost else MarkLicenceKept)(ground=data.proceeding)
        t.tell(certificate.stream, event.effective_at, decided, Rule.DNB_6_13, t.cause(event))


def reinstatement_decided(
    t: "Telling", event: Event, data: facts.ReinstatementDecided, certificate: "Certificate"
) -> None:
    """The licence comes back from now on, or the reason why it can't (DNB-6.14)."""
    if not data.granted:
        return  # a refusal changes nothing; the fact itself is on record
    at, stream, cause = event.effective_at, certificate.stream, t.cause(event)
    fault = _fault(t, data, certificate)
    if fault:
        t.tell(stream, at, ReinstatementRefused(reason=fault.reason), fault.rule, cause)
        return
    t.tell(stream, at, MarkLicenceReinstated(), Rule.DNB_6_14, cause)
    for case in _lapsed(t, certificate):
        t.tell(stream, at, MarkLicenceRestored(case=case.case), Rule.DNB_7_4, cause)
        ceased = ViolationCeased(case=case.case, ceased_at=case.declared_at or at)
        t.tell(stream, at, ceased, Rule.DNB_7_4, cause)


def _fault(t: "Telling", data: facts.ReinstatementDecided, certificate: "Certificate") -> Refused | None:
    if certificate.revoked_at is not None:
        return Refused(Rule.DNB_7_5, "the licence was taken away for good")
    standing = [g for g in certificate.grounds if g.reinstated_at is None]
    if not standing and not _lapsed(t, certificate):
        return Refused(Rule.DNB_6_14, "the licence is not lost")
    if any(g.closed_at is None for g in standing):
        open_grounds = ", ".join(g.ground for g in standing if g.closed_at is None)
        return Refused(Rule.DNB_6_14, f"a ground is still open: {open_grounds}")
    if data.decided_by == data.approved_by:
        return Refused(Rule.GEN_8, "two different people are needed")
    if data.agreement is None:
        return Refused(Rule.DNB_6_14, "a written agreement is needed")
    if not certificate.reinstatement_requested:
        return Refused(Rule.DNB_6_14, "the holder has not asked for it")
    return None


def _lapsed(t: "Telling", certificate: "Certificate") -> list[SuspendedFor]:
    # Suspended, and not stopped within the seven working days: only two people give this back.
    cases = (c for c in t.dossier.cases.values() if c.order == certificate.order)
    return [c for c in cases if isinstance(c, SuspendedFor) and c.passed]
