"""What each fact brings about: the one place that leads from a fact to the rules of contract, licence and misuse."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain import cancellation, contract, docket, facts, letters, licence, misuse, renewal, signatures
from domain.certificate import Certificate, Ended
from domain.company import editions_moved, has_closed
from domain.dossier import INERT, Dossier, name
from domain.events import AssessmentDisregarded, Conclusion, EditionAttained, Event, FactHadNoEffect, HolderRenamed
from domain.facts import Edition
from domain.rules import Rule
from domain.telling import Telling

REGISTER = "APR"  # the business registers agency
_NOT_CLOSED = "its business year has not closed: only the classes of closed ones count"

_RULE_OF = {Edition.BASE: Rule.DNB_2_8, Edition.SILVER: Rule.DNB_2_4, Edition.GOLD: Rule.DNB_2_5}

Consequence = Callable[[Telling, Event, Any, Certificate, Dossier], None]


def apply(t: Telling, event: Event) -> None:
    """Record a fact that stands at the story's end, with everything it brings about."""
    before = t.dossier
    t.take(event)
    if not signatures.is_proposal(event.data):  # what is proposed waits until another person has signed it
        _bring_about(t, event, before)


def _bring_about(t: Telling, event: Event, before: Dossier) -> None:
    consequence = _CONSEQUENCES.get(type(event.data))
    if consequence is not None:
        certificate = t.dossier.certificates.get(event.order or "") or _NONE
        consequence(t, event, event.data, certificate, before)
    docket.decide(t, event)


_NONE = Certificate("", "")


def _class_assessed(t: Telling, event: Event, data: facts.ClassAssessed, c: Certificate, before: Dossier) -> None:
    if data.statements_from not in {None, REGISTER}:
        reason = f"it rests on statements from {data.statements_from}: only those filed with {REGISTER} count"
        _disregard(t, event, data.business_year, reason, Rule.DNB_M1)
    elif not has_closed(data.business_year, event.effective_at, t.scheme.zone):
        _disregard(t, event, data.business_year, _NOT_CLOSED, Rule.DNB_3_1)
    else:
        _assessed(t, event, data, c, before)


def _disregard(t: Telling, event: Event, year: int, reason: str, rule: Rule) -> None:
    told = AssessmentDisregarded(business_year=year, reason=reason)
    t.tell(t.dossier.subject, event.effective_at, told, rule, t.cause(event))


def _assessed(t: Telling, event: Event, _data: Any, _c: Certificate, before: Dossier) -> None:
    at = event.effective_at
    golds = contract.golds_ordered(t.dossier.certificates.values())
    for year, edition in editions_moved(before.company, t.dossier.company, at, t.scheme.policy, golds):
        told = EditionAttained(business_year=year, edition=edition)
        rule = _RULE_OF.get(edition, Rule.DNB_2_6)
        t.tell(t.dossier.subject, at, told, rule, t.cause(event))
        contract.offer_editions(t, event, year)


def _taken_over(t: Telling, event: Event, data: facts.CertificateTakenOver, c: Certificate, before: Dossier) -> None:
    for year in sorted({*data.history, data.business_year}):
        if not has_closed(year, event.effective_at, t.scheme.zone):
            _disregard(t, event, year, _NOT_CLOSED, Rule.DNB_3_1)
    contract.taken_over(t, event, data, c)
    _assessed(t, event, data, c, before)


def _deregistered(t: Telling, event: Event, _data: Any, _c: Certificate, _b: Dossier) -> None:
    licence.lose(t, event, "deregistered", Rule.DNB_6_12)
    contract.subject_ceased(t, event)


def _renamed(t: Telling, event: Event, data: facts.CompanyRenamed, _c: Certificate, _b: Dossier) -> None:
    for c in tuple(t.dossier.certificates.values()):
        if c.contract is not None and not isinstance(c.contract, Ended):
            t.tell(c.stream, event.effective_at, HolderRenamed(name=data.name), Rule.X_19, t.cause(event))


def _retracted(t: Telling, event: Event, _data: Any, _c: Certificate, _b: Dossier) -> None:
    if name(event) in t.pins.unsigned:  # what a retraction does is that its fact isn't told any more
        t.no_effect(event, Rule.GEN_8, "it takes back a decision of two people, which takes two people")


def _restoration(t: Telling, event: Event, data: facts.ContractRestorationDecided, c: Certificate, _b: Dossier) -> None:
    if data.decided_by == data.approved_by:
        t.no_effect(event, Rule.GEN_8, "two different people are needed")
    elif c.contract is None:
        t.no_effect(event, Rule.GEN_8, "there is no contract to restore")


def _over(
    t: Telling, event: Event, data: facts.CessationVerified | facts.CaseDismissed, _c: Certificate, _b: Dossier
) -> None:
    misuse.decide(t, event, data)
    licence.close_ground(t, event, data.case, Rule.DNB_6_15)  # a loss by misuse, where the policy has one


def _letter_delivered(t: Telling, event: Event, data: facts.LetterDelivered, _c: Certificate, before: Dossier) -> None:
    # As if the receipt of what it says were told by a fact of its own. Where that came before, this is no news, and no
    # fact without effect either: the letter itself has arrived.
    for stream, receipt in letters.received(before, data):
        alone = replace(t, events=[])
        _bring_about(alone, event.model_copy(update={"stream": stream, "data": receipt}), before)
        if not any(isinstance(told.data, FactHadNoEffect) for told in alone.events):
            t.events.extend(alone.events)
            t.dossier = alone.dossier


def _misuse(t: Telling, event: Event, data: misuse.Step, _c: Certificate, _b: Dossier) -> None:
    misuse.decide(t, event, data)


# Damage is a claim, no step of the ladder; `domain.damage` has it.
_NO_STEPS = (
    *(facts.CessationVerified, facts.CaseDismissed),
    *(facts.DamageClaimed, facts.DamageMadeGood, facts.DamageWaiverDecided),
)

_CONSEQUENCES: dict[type, Consequence] = {
    facts.ClassAssessed: _class_assessed,
    facts.CompanyRenamed: _renamed,
    facts.CompanyDeregistered: _deregistered,
    facts.AccountBlocked: lambda t, e, d, _c, _b: licence.lose(t, e, d.blockade, Rule.DNB_6_14),
    facts.AccountUnblocked: lambda t, e, d, _c, _b: licence.close_ground(t, e, d.blockade, Rule.DNB_6_14),
    facts.InsolvencyOpened: lambda t, e, d, _c, _b: licence.insolvency_opened(t, e, d),
    facts.InsolvencyClosed: lambda t, e, d, _c, _b: licence.close_ground(t, e, d.proceeding, Rule.DNB_6_13),
    facts.ProceedingRequested: lambda t, e, d, _c, _b: licence.proceeding_requested(t, e, d),
    facts.ProceedingDismissed: lambda t, e, d, _c, _b: licence.close_ground(t, e, d.proceeding, Rule.DNB_6_13),
    facts.CertificateTakenOver: _taken_over,
    facts.OrderConfirmationSent: lambda t, e, _d, c, _b: contract.confirmation_sent(t, e, c),
    facts.ConsensusRecorded: lambda t, e, _d, c, _b: contract.conclude(t, e, c, Conclusion.CONSENSUS),
    facts.RenewalNoticeDelivered: lambda t, e, d, c, _b: cancellation.notice_delivered(t, e, d, c),
    facts.RenewalCancelled: lambda t, e, d, c, _b: cancellation.cancelled(t, e, d, c),
    facts.SpecialEditionAgreed: lambda t, e, d, c, _b: contract.edition_agreed(t, e, d, c),
    facts.ContractRestorationDecided: _restoration,
    facts.FactRetracted: _retracted,
    facts.RenewalDecided: lambda t, e, d, c, _b: renewal.decided(t, e, d, c),
    facts.LetterDelivered: _letter_delivered,
    facts.CessationVerified: _over,
    facts.CaseDismissed: _over,
    facts.LossDecided: lambda t, e, d, c, _b: licence.loss_decided(t, e, d, c),
    facts.ReinstatementDecided: lambda t, e, d, c, _b: licence.reinstatement_decided(t, e, d, c),
    **{kind: _misuse for kind in facts.FACTS.values() if issubclass(kind, facts.CaseFact) and kind not in _NO_STEPS},
}

NEEDS_HISTORY = (facts.FactRetracted, facts.ContractRestorationDecided)


def in_order(dossier: Dossier, event: Event, at: tuple[object, ...]) -> bool:
    """Whether a fact stands at the story's end, so that it needs no look at what was told before."""
    if dossier.void and name(event) in dossier.void:
        return False
    kind = type(event.data)
    return kind in INERT or (kind not in NEEDS_HISTORY and at > dossier.tip)
