"""Sentences about disputes, withdrawals from the contract, and agreements on the terms."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pytest_bdd import then

from adapters import asking
from domain import events, facts
from domain.disputes import key_of
from domain.events import Decision
from domain.facts import CourtOutcome, ObjectionGround, ObjectionOutcome, WithdrawalBasis, WrittenForm
from domain.matters import Matter
from domain.rules import Rule
from domain.settlement import key_of as settlement_of
from features.steps.then import some, told
from features.steps.when import happens
from features.words import BELGRADE, says
from features.world import HASH, World

D = "D-1"  # each story here has one dispute, unless it says "another"
FORMS = {"in a signed document": WrittenForm.SIGNED_PDF, "by an exchange of e-mails": WrittenForm.EMAIL_EXCHANGE}
OUTCOMES = {
    "uphold the objection of": ObjectionOutcome.ANNULLED,
    "forgive the loss that was objected to by": ObjectionOutcome.REINSTATED,
    "reject the objection of": ObjectionOutcome.REJECTED,
}

VERDICTS = {"for": CourtOutcome.HOLDER, "in part for": CourtOutcome.IN_PART, "against": CourtOutcome.ISSUER}


def _tell(world: World, who: str, kind: type[facts.OrderFact], at: datetime, **more: Any) -> None:
    data = {"order": world.order(who), **more}
    learned = data.pop("learned", None)
    world.report(who, kind.model_validate(data), at, learned)


# --- defects, questions, corrections -----------------------------------------------------------------------------


@happens('"{who}" points out a defect on {at:Moment}')
def _defect(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.DefectReported, at, dispute=D, description="the date is wrong")


@happens('"{who}" points out another defect on {at:Moment}')
def _another_defect(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.DefectReported, at, dispute="D-2", description="the name is wrong")


@happens('"{who}" asks for a clarification on {at:Moment}')
def _asked(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.ClarificationRequested, at, dispute=D, description="why AA?")


@happens('D&B answers "{who}" on {at:Moment}')
def _answered(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.ClarificationGiven, at, dispute=D, document=HASH)


@happens('it is established on {at:Moment} that the error of "{who}" is D&B\'s')
def _ours(world: World, at: datetime, who: str) -> None:
    _tell(world, who, facts.DefectEstablished, at, dispute=D, in_scope=True)


@happens('it is established on {at:Moment} that the error of "{who}" is not D&B\'s')
def _not_ours(world: World, at: datetime, who: str) -> None:
    _tell(world, who, facts.DefectEstablished, at, dispute=D, in_scope=False)


@happens('"{who}" and D&B agree on {at:Moment} on a correction by {last:Day}')
def _period(world: World, who: str, at: datetime, last: date) -> None:
    _tell(world, who, facts.CorrectionPeriodAgreed, at, dispute=D, correct_by=last)


@happens('"{who}" and D&B agree in writing on {at:Moment} on a correction by {last:Day}')
def _period_in_writing(world: World, who: str, at: datetime, last: date) -> None:
    _tell(world, who, facts.CorrectionPeriodAgreed, at, dispute=D, correct_by=last, document=HASH)


@happens('"{who}" and D&B do not agree on a period on {at:Moment}')
def _no_period(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.CorrectionPeriodNotAgreed, at, dispute=D)


@happens('D&B issues "{who}" a corrected certificate on {at:Moment}{learned:Learned}')
def _corrected(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    _tell(world, who, facts.CorrectionIssued, at, dispute=D, document=HASH, learned=learned)


@happens('D&B issues "{who}" another corrected certificate on {at:Moment}')
def _corrected_again(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.CorrectionIssued, at, dispute="D-2", document=HASH)


# --- objections, settlement, court -------------------------------------------------------------------------------


@happens('"{who}" objects on {at:Moment} that the blockade is another company\'s')
def _objects(world: World, who: str, at: datetime) -> None:
    wrong = {"ground": ObjectionGround.WRONG_COMPANY, "loss": "B-1", "description": "it is not our account"}
    _tell(world, who, facts.ObjectionRaised, at, dispute=D, **wrong)


def _objection(outcome: ObjectionOutcome) -> Callable[..., None]:
    def decide(world: World, one: str, other: str, who: str, at: datetime) -> None:
        by = {"decided_by": one.lower(), "approved_by": other.lower()}
        _tell(world, who, facts.ObjectionDecided, at, dispute=D, outcome=outcome, **by)

    return decide


for _words, _decision in OUTCOMES.items():
    happens(f'{{one}} and {{other}} {_words} "{{who}}" on {{at:Moment}}')(_objection(_decision))


@happens('D&B tries on {at:Moment} to settle amicably with "{who}"')
def _tries(world: World, at: datetime, who: str) -> None:
    _tell(world, who, facts.AmicableAttemptMade, at, dispute=D, document=HASH)


@happens('"{who}" and D&B settle amicably on {at:Moment}')
def _settles(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.SettlementReached, at, dispute=D, document=HASH)


@happens('the dispute with "{who}" is brought before the court in Belgrade on {at:Moment}')
def _court(world: World, who: str, at: datetime) -> None:
    _tell(world, who, facts.CourtSeized, at, dispute=D)


def _verdict(outcome: CourtOutcome) -> Callable[..., None]:
    def decide(world: World, who: str, at: datetime) -> None:
        _tell(world, who, facts.CourtDecided, at, dispute=D, outcome=outcome, document=HASH)

    return decide


for _words, _verdict_of in VERDICTS.items():
    happens(f'the court decides on {{at:Moment}} {_words} "{{who}}"')(_verdict(_verdict_of))


# --- withdrawal --------------------------------------------------------------------------------------------------


def _withdraws(world: World, who: str, at: datetime, basis: WithdrawalBasis, **more: Any) -> None:
    _tell(world, who, facts.ContractWithdrawalDeclared, at, basis=basis, **more)


@happens('"{who}" withdraws on {at:Moment} for want of the correction{learned:Learned}')
def _for_delay(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    _withdraws(world, who, at, WithdrawalBasis.CORRECTION_OVERDUE, dispute=D, learned=learned)


@happens('"{who}" withdraws on {at:Moment} by "{law}"')
def _by_law(world: World, who: str, at: datetime, law: str) -> None:
    _withdraws(world, who, at, WithdrawalBasis.STATUTE, law=law)


@happens('"{who}" withdraws on {at:Moment} by a law that it does not name')
def _by_some_law(world: World, who: str, at: datetime) -> None:
    _withdraws(world, who, at, WithdrawalBasis.STATUTE)


@happens('"{who}" withdraws on {at:Moment} because of the terms "{edition}"')
def _because_of(world: World, who: str, at: datetime, edition: str) -> None:
    _withdraws(world, who, at, WithdrawalBasis.AMENDMENT, edition=edition)


# --- terms and deviations ----------------------------------------------------------------------------------------


@happens('"{who}" accepts the terms "{edition}" on {at:Moment}')
def _accepts(world: World, who: str, edition: str, at: datetime) -> None:
    _tell(world, who, facts.TermsAccepted, at, edition=edition, document=HASH)


def _departs(form: WrittenForm) -> Callable[..., None]:
    def agree(world: World, who: str, at: datetime, rule: Rule, day: date) -> None:
        more = {"deviation": "V-1", "rule": rule.value, "form": form, "document": HASH, "applies_from": day}
        _tell(world, who, facts.DeviationAgreed, at, **more)

    return agree


for _words, _form in FORMS.items():
    happens(f'"{{who}}" and D&B agree on {{at:Moment}} {_words} to depart from {{rule:Rule}} from {{day:Day}} on')(
        _departs(_form)
    )


# --- what comes of it --------------------------------------------------------------------------------------------

TOLD: dict[str, type[Decision]] = {
    'a dispute with "{who}" is open': events.DisputeOpened,
    'the certificate of "{who}" is corrected': events.CertificateCorrected,
    'the correction for "{who}" is overdue': events.CorrectionOverdue,
    'the withdrawal of "{who}" is accepted': events.WithdrawalAccepted,
    'the withdrawal of "{who}" is refused': events.WithdrawalRefused,
    'the way to court against "{who}" is refused': events.CourtStepRefused,
    'the court has the dispute with "{who}"': events.DisputeBroughtToCourt,
    'the deviation agreed with "{who}" binds': events.DeviationAccepted,
    'the deviation agreed with "{who}" does not bind': events.DeviationRefused,
}


def _outcome(kind: type[Decision]) -> Callable[[World, str], None]:
    def look(world: World, who: str) -> None:
        assert some(world, who, kind), told(world, who)

    return look


for _sentence, _kind in TOLD.items():
    then(says(_sentence))(_outcome(_kind))


def _matter(world: World, who: str, key: str) -> Matter | None:
    return asking.life_of(world.system, world.subject(who)).dossier.matters.get(key)


@then(says('the correction for "{who}" is due until the end of {day:Day}'))
def _due(world: World, who: str, day: date) -> None:
    assert _last_day(world, who, key_of(D)) == day, told(world, who)


@then(says('an amicable settlement with "{who}" is awaited until the end of {day:Day}'))
def _awaited(world: World, who: str, day: date) -> None:
    assert _last_day(world, who, settlement_of(D)) == day, told(world, who)


def _last_day(world: World, who: str, key: str) -> date | None:
    matter = _matter(world, who, key)
    return None if matter is None or matter.clock is None else matter.clock.last_day


@then(says('the dispute with "{who}" is over'))
def _over(world: World, who: str) -> None:
    matter = _matter(world, who, key_of(D))
    assert matter is not None
    assert matter.closed


@then(says('the way to court with "{who}" is over'))
def _no_court(world: World, who: str) -> None:
    matter = _matter(world, who, settlement_of(D))
    assert matter is not None
    assert matter.closed


@then(says('the corrected certificate of "{who}" is revision {number:Number}'))
def _revision(world: World, who: str, number: int) -> None:
    assert [c.revision for c in world.decided(who, events.CertificateCorrected)] == [number]


@then(says('the contract of "{who}" will end on {at:Moment}'))
def _will_end(world: World, who: str, at: datetime) -> None:
    assert [a.ends_at.astimezone(BELGRADE) for a in world.decided(who, events.WithdrawalAccepted)] == [at]


@then(says('the terms on record for "{who}" are "{edition}"'))
def _edition(world: World, who: str, edition: str) -> None:
    kept = _matter(world, who, f"terms {world.order(who)}")
    assert getattr(kept, "edition", None) == edition
