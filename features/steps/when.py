"""What happens: each sentence is a fact that reaches the installation, a person's wish, or time that passes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from pytest_bdd import given, when

from domain import facts
from domain.calendar import Unit
from domain.facts import Channel, Edition, Excellence, Insolvency, LateReason, Violation
from domain.rules import Rule
from features.words import moment, says
from features.world import HASH, World

F = TypeVar("F", bound=Callable[..., Any])


def happens(sentence: str) -> Callable[[F], F]:
    """A sentence that may begin a story or go on with it."""

    def mark(step: F) -> F:
        given(says(sentence), stacklevel=2)(step)
        when(says(sentence), stacklevel=2)(step)
        return step

    return mark


# --- time --------------------------------------------------------------------------------------------------------


@happens("it is {at:Moment}")
def _it_is(world: World, at: datetime) -> None:
    world.reaches(at)


@when("deadlines are enforced")
def _enforced(world: World) -> None:
    world.system.engine.enforce(world.now)


# --- the company -------------------------------------------------------------------------------------------------


@happens('"{who}" is assessed {grade:Class} for {year:Year} on {at:Moment}{learned:Learned}')
def _assessed(world: World, who: str, grade: Excellence, year: int, at: datetime, learned: datetime | None) -> None:
    world.assessed(who, year, grade, at, learned=learned)


@when(says('somebody reports "{grade}" as the class of "{who}" for {year:Year} on {at:Moment}'))
def _strange_class(world: World, grade: str, who: str, year: int, at: datetime) -> None:
    data = {"business_year": year, "attained": grade, "model_version": "model-1", "inputs_hash": HASH}
    world.raw(who, {"type": "rs.bonitet.ClassAssessed.v1"}, data, at)


@happens('the account of "{who}" is blocked on {at:Moment}{learned:Learned}')
def _blocked(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.AccountBlocked(blockade="B-1"), at, learned, source="urn:nbs")


@happens('another account of "{who}" is blocked on {at:Moment}{learned:Learned}')
def _blocked_too(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.AccountBlocked(blockade="B-2"), at, learned, source="urn:nbs")


@happens('the account of "{who}" is unblocked on {at:Moment}{learned:Learned}')
def _unblocked(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.AccountUnblocked(blockade="B-1"), at, learned, source="urn:nbs")


@when(says('the blockade of "{who}" from "{offset}" time {time} reaches us'))
def _blocked_abroad(world: World, who: str, offset: str, time: str) -> None:
    at = datetime.fromisoformat(f"{time.replace(' ', 'T')}{offset}")
    world.report(who, facts.AccountBlocked(blockade="B-1"), at)


@when(says('the consensus with "{who}" from "{offset}" time {time} reaches us'))
def _consensus_abroad(world: World, who: str, offset: str, time: str) -> None:
    world.concludes(who, datetime.fromisoformat(f"{time.replace(' ', 'T')}{offset}"))


@when(says('the blockade of "{who}" on {at:Moment} is reported once more'))
def _blocked_again(world: World, who: str, at: datetime) -> None:
    source, number = world.told[world.subject(who), "AccountBlocked"]
    world.send(world.subject(who), facts.AccountBlocked(blockade="B-1"), at, id=number, source=source)


@when(says('a blockade of the impossible number "{number}" is reported on {at:Moment}'))
def _blocked_nobody(world: World, number: str, at: datetime) -> None:
    world.raw("somebody", {"type": "rs.bonitet.AccountBlocked.v1", "subject": number}, {"blockade": "B-1"}, at)


@when(says('a blockade of "{who}" from {at:Moment} is reported already on {learned:Moment}'))
def _blocked_ahead(world: World, who: str, at: datetime, learned: datetime) -> None:
    changes = {"type": "rs.bonitet.AccountBlocked.v1", "time": at.isoformat()}
    world.raw(who, changes, {"blockade": "B-1"}, learned)


@happens('{kind:Proceeding} of "{who}" is requested on {at:Moment}')
def _requested(world: World, kind: Insolvency, who: str, at: datetime) -> None:
    world.report(who, facts.ProceedingRequested(kind=kind, proceeding="P-1"), at, source="urn:court")


@happens('{kind:Proceeding} of "{who}" is opened on {at:Moment}{learned:Learned}')
def _opened(world: World, kind: Insolvency, who: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.InsolvencyOpened(kind=kind, proceeding="P-1"), at, learned, source="urn:court")


@happens('the request for {kind:Proceeding} of "{who}" is dismissed on {at:Moment}')
def _dismissed(world: World, kind: Insolvency, who: str, at: datetime) -> None:
    world.report(who, facts.ProceedingDismissed(kind=kind, proceeding="P-1"), at, source="urn:court")


@happens('"{who}" is deleted from the business register on {at:Moment}')
def _deleted(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.CompanyDeregistered(), at, source="urn:apr")


@happens('"{who}" is renamed "{name}" on {at:Moment}')
def _renamed(world: World, who: str, name: str, at: datetime) -> None:
    world.report(who, facts.CompanyRenamed(name=name), at, source="urn:apr")


RETRACTABLE = {
    "blockade": "AccountBlocked",
    "unblocking": "AccountUnblocked",
    "class": "ClassAssessed",
    "retraction": "FactRetracted",
    "order": "ConsensusRecorded",
}


@happens('the {what} of "{who}" turns out wrong on {at:Moment}')
def _retracted(world: World, what: str, who: str, at: datetime) -> None:
    source, number = world.told[world.subject(who), RETRACTABLE[what]]
    world.report(who, facts.FactRetracted(fact=number, source=source), at)


# --- collection of data, calendar --------------------------------------------------------------------------------


@happens("collection of the {year:Year} data opens on {at:Moment} and is to close on {last:Day}")
def _collection(world: World, year: int, at: datetime, last: date) -> None:
    world.publish(facts.DataCollectionOpened(business_year=year, closes_on=last), at)


@happens("collection of the {year:Year} data opens on {at:Moment}")
def _collection_open(world: World, year: int, at: datetime) -> None:
    world.publish(facts.DataCollectionOpened(business_year=year), at)


@happens("collection of the {year:Year} data closes on {at:Moment}")
def _collection_closed(world: World, year: int, at: datetime) -> None:
    world.publish(facts.DataCollectionClosed(business_year=year), at)


@happens('the {year:Year} data of "{who}" is collected on {at:Moment}')
def _collected(world: World, year: int, who: str, at: datetime) -> None:
    world.report(who, facts.DataCollectionClosed(business_year=year), at)


@happens("the calendar is corrected on {at:Moment}: {day:Day} is a day off")
def _day_off(world: World, at: datetime, day: date) -> None:
    world.publish(facts.CalendarCorrected(version="RS/2", days_off=(day,)), at)


@happens("the calendar is corrected on {at:Moment}: {day:Day} is a working day")
def _working_day(world: World, at: datetime, day: date) -> None:
    world.publish(facts.CalendarCorrected(version="RS/2", working=(day,)), at)


# --- order -------------------------------------------------------------------------------------------------------


@happens('D&B makes "{who}" an offer on {at:Moment}{learned:Learned}')
def _offered(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.OfferMade(order=world.order(who)), at, learned)


@happens('"{who}" confirms the offer on {at:Moment}{learned:Learned}')
def _confirmed(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    world.report(who, facts.OfferConfirmed(order=world.order(who)), at, learned)


@happens('"{who}" orders by telephone on {at:Moment}')
def _phoned(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.PhoneOrderPlaced(order=world.order(who)), at)


@happens('D&B sends "{who}" the order confirmation on {at:Moment}')
def _sent(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.OrderConfirmationSent(order=world.order(who)), at)


@happens('"{who}" and D&B reach consensus on {at:Moment}')
@happens('"{who}" orders a certificate on {at:Moment}')
def _consensus(world: World, who: str, at: datetime) -> None:
    world.concludes(who, at)


@happens('"{who}" orders a {edition:Edition} certificate on {at:Moment}')
def _consensus_edition(world: World, who: str, edition: Edition, at: datetime) -> None:
    world.concludes(who, at, edition)


@happens('"{who}" and D&B agree on {edition:Edition} on {at:Moment}')
def _agreed(world: World, who: str, edition: Edition, at: datetime) -> None:
    data = facts.SpecialEditionAgreed.model_validate({"order": world.order(who), "edition": edition})
    world.report(who, data, at)


# --- notice and cancellation -------------------------------------------------------------------------------------


def _notice(world: World, who: str, at: datetime, **says: Any) -> None:
    content = {"states_expiry": True, "states_class": True, "states_edition": True, **says}
    data = facts.RenewalNoticeDelivered.model_validate({"order": world.order(who), **content})
    world.report(who, data, at)


@happens('"{who}" receives the renewal notice on {at:Moment}')
def _noticed(world: World, who: str, at: datetime) -> None:
    _notice(world, who, at)


@happens('"{who}" receives the renewal notice of term {term:Number} on {at:Moment}')
def _noticed_of_a_term(world: World, who: str, term: int, at: datetime) -> None:
    _notice(world, who, at, term=term)


@happens('"{who}" receives a renewal notice without the {part} on {at:Moment}')
def _noticed_in_part(world: World, who: str, part: str, at: datetime) -> None:
    _notice(world, who, at, **{f"states_{part}": False})


@happens('"{who}" receives a late renewal notice on {at:Moment}, for want of data')
def _noticed_for_want_of_data(world: World, who: str, at: datetime) -> None:
    _notice(world, who, at, late_reason=LateReason.DATA_NOT_COLLECTED)


@happens('"{who}" receives a late renewal notice on {at:Moment}, for another reason')
def _noticed_for_another_reason(world: World, who: str, at: datetime) -> None:
    _notice(world, who, at, late_reason=LateReason.OTHER)


def _cancels(world: World, who: str, at: datetime, learned: datetime | None = None, **how: Any) -> None:
    content = {"sender": world.mailbox(who), "recipient": "aaa.rs@dnb.com", "message": HASH, **how}
    data = facts.RenewalCancelled.model_validate({"order": how.get("order", world.order(who)), **content})
    world.report(who, data, at, learned)


@happens('"{who}" cancels by e-mail on {at:Moment}{learned:Learned}')
def _cancelled(world: World, who: str, at: datetime, learned: datetime | None) -> None:
    _cancels(world, who, at, learned)


@when(says('"{who}" cancels by letter on {at:Moment}'))
def _cancelled_by_letter(world: World, who: str, at: datetime) -> None:
    _cancels(world, who, at, channel=Channel.LETTER)


@when(says('"{who}" cancels by telephone on {at:Moment}'))
def _cancelled_by_telephone(world: World, who: str, at: datetime) -> None:
    _cancels(world, who, at, channel=Channel.PHONE)


@when(says('"{who}" cancels on {at:Moment} by an e-mail to "{recipient}"'))
def _cancelled_to(world: World, who: str, at: datetime, recipient: str) -> None:
    _cancels(world, who, at, recipient=recipient)


@when(says('"{who}" cancels on {at:Moment} by an e-mail from "{sender}"'))
def _cancelled_from(world: World, who: str, at: datetime, sender: str) -> None:
    _cancels(world, who, at, sender=sender)


@when(says('"{who}" cancels on {at:Moment} by a signed e-mail from "{sender}"'))
def _cancelled_signed(world: World, who: str, at: datetime, sender: str) -> None:
    _cancels(world, who, at, sender=sender, signed=True)


@when(says('"{who}" cancels an order that it never made on {at:Moment}'))
def _cancelled_nothing(world: World, who: str, at: datetime) -> None:
    _cancels(world, who, at, order="N-99")


@when(says("an unregistered company cancels by e-mail on {at:Moment}"))
def _cancelled_by_nobody(world: World, at: datetime) -> None:
    data = facts.RenewalCancelled(order="N-1", sender="somebody@somewhere.rs")
    world.send("EX-99999999", data, at)


# --- misuse ------------------------------------------------------------------------------------------------------


@happens('{kind:Violation} by "{who}" is reported on {at:Moment} as case "{case}"')
def _reported(world: World, kind: Violation, who: str, at: datetime, case: str) -> None:
    world.case = case
    world.report(who, facts.MisuseReported(case=case, kind=kind, evidence=(HASH,)), at)


@when(says('misuse by "{who}" is reported on {at:Moment} without evidence'))
def _reported_without(world: World, who: str, at: datetime) -> None:
    data = {"case": "M-1", "kind": "alteration", "evidence": []}
    world.raw(who, {"type": "rs.bonitet.MisuseReported.v1"}, data, at)


@when(says('an outsider shows on {at:Moment} what "{who}" did on {seen:Moment}, in case "{case}"'))
def _shown(world: World, at: datetime, who: str, seen: datetime, case: str) -> None:
    more = facts.EvidenceAdded(case=case, evidence=("1" * 64,), seen_at=seen, reported_by=facts.Reporter.OUTSIDER)
    world.report(who, more, at)


def _case(step: type[facts.CaseFact]) -> Callable[..., None]:
    def tell(world: World, who: str, at: datetime) -> None:
        world.report(who, step.model_validate({"case": world.case}), at)

    return tell


_CASE_SENTENCES: dict[str, type[facts.CaseFact]] = {
    'the warning is sent to "{who}" on {at:Moment}': facts.WarningServed,
    '"{who}" receives the warning on {at:Moment}': facts.WarningDelivered,
    'the second demand is sent to "{who}" on {at:Moment}': facts.SecondDemandServed,
    '"{who}" receives the second demand on {at:Moment}': facts.SecondDemandDelivered,
    '"{who}" declares on {at:Moment} that it has stopped': facts.CessationDeclared,
    'staff see on {at:Moment} that "{who}" has stopped': facts.CessationVerified,
    'staff see on {at:Moment} that "{who}" goes on': facts.CessationFoundUntrue,
    'staff suspend "{who}" on {at:Moment}': facts.SuspensionDecided,
    'staff verify on {at:Moment} that "{who}" misuses the mark': facts.ViolationVerified,
    'the infringement by "{who}" is over on {at:Moment}': facts.InfringementEnded,
}
for _sentence, _step in _CASE_SENTENCES.items():
    happens(_sentence)(_case(_step))


@happens('staff dismiss the case of "{who}" on {at:Moment}')
def _dismissed_case(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.CaseDismissed(case=world.case, reason="the picture shows another mark"), at)


@happens('"{who}" was suspended on {at:Moment} for misuse')
@happens('"{who}" is suspended on {at:Moment} for misuse')
def _suspended(world: World, who: str, at: datetime) -> None:
    world.suspended(who, at)


@happens('staff put the suspension of "{who}" off on {at:Moment} until {until:Moment}')
def _deferred(world: World, who: str, at: datetime, until: datetime) -> None:
    world.report(who, facts.SuspensionDeferred(case=world.case, until=until, reason="the holder is ill"), at)


@happens('{one} proposes and {other} approves on {at:Moment} to take the licence of "{who}" for good in case "{case}"')
def _withdrawn(world: World, one: str, other: str, at: datetime, who: str, case: str) -> None:
    world.report(who, facts.PermanentWithdrawalProposed(case=case, proposed_by=one.lower()), at)
    approved = facts.PermanentWithdrawalApproved(case=case, approved_by=other.lower())
    world.report(who, approved, at + timedelta(minutes=5))


@when(says('{one} wants to approve her own proposal against "{who}"'))
def _own_proposal(world: World, one: str, who: str) -> None:
    actor = one.lower()
    world.command(who, facts.PermanentWithdrawalProposed(case=world.case, proposed_by=actor), actor)
    assert world.refusal is None
    world.command(who, facts.PermanentWithdrawalApproved(case=world.case, approved_by=actor), actor)


# --- loss and reinstatement --------------------------------------------------------------------------------------


@happens('{one} and {other} decide on {at:Moment} that the liquidation takes the licence of "{who}"')
def _liquidation_takes(world: World, one: str, other: str, at: datetime, who: str) -> None:
    _decide_loss(world, one, other, at, who, lost=True)


@happens('{one} and {other} decide on {at:Moment} that the liquidation leaves the licence of "{who}"')
def _liquidation_leaves(world: World, one: str, other: str, at: datetime, who: str) -> None:
    _decide_loss(world, one, other, at, who, lost=False)


def _decide_loss(world: World, one: str, other: str, at: datetime, who: str, *, lost: bool) -> None:
    order = world.order(who)
    decided = facts.LossDecided(
        order=order, proceeding="P-1", lost=lost, decided_by=one.lower(), approved_by=other.lower()
    )
    world.report(who, decided, at)


@happens('"{who}" asks for its licence back on {at:Moment}')
def _asked_back(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.ReinstatementRequested(order=world.order(who)), at)


@happens('{one} and {other} give "{who}" its licence back on {at:Moment}')
def _given_back(world: World, one: str, other: str, who: str, at: datetime) -> None:
    _reinstate(world, one, other, who, at, HASH)


@happens('{one} and {other} give "{who}" its licence back on {at:Moment} without a written agreement')
def _given_back_orally(world: World, one: str, other: str, who: str, at: datetime) -> None:
    _reinstate(world, one, other, who, at, None)


@happens('{one} and {other} refuse "{who}" its licence on {at:Moment}')
def _not_given_back(world: World, one: str, other: str, who: str, at: datetime) -> None:
    _reinstate(world, one, other, who, at, None, granted=False)


def _reinstate(
    world: World, one: str, other: str, who: str, at: datetime, agreement: str | None, *, granted: bool = True
) -> None:
    decided = facts.ReinstatementDecided(
        order=world.order(who),
        granted=granted,
        decided_by=one.lower(),
        approved_by=other.lower(),
        agreement=agreement,
    )
    world.report(who, decided, at)


@happens('{one} and {other} restore the contract of "{who}" on {at:Moment}')
def _restored(world: World, one: str, other: str, who: str, at: datetime) -> None:
    order = world.order(who)
    restored = facts.ContractRestorationDecided(order=order, decided_by=one.lower(), approved_by=other.lower())
    world.report(who, restored, at)


@happens('{one} and {other} decide on {at:Moment} that the contract of "{who}" goes on')
def _goes_on(world: World, one: str, other: str, at: datetime, who: str) -> None:
    _decide_renewal(world, one, other, at, who, renewed=True)


@happens('{one} and {other} decide on {at:Moment} that the contract of "{who}" ends')
def _goes_no_further(world: World, one: str, other: str, at: datetime, who: str) -> None:
    _decide_renewal(world, one, other, at, who, renewed=False)


def _decide_renewal(world: World, one: str, other: str, at: datetime, who: str, *, renewed: bool) -> None:
    decided = facts.RenewalDecided(
        order=world.order(who), renewed=renewed, decided_by=one.lower(), approved_by=other.lower()
    )
    world.report(who, decided, at)


# --- arithmetic of terms -----------------------------------------------------------------------------------------

UNITS = {
    "hours": Unit.HOURS,
    "calendar days": Unit.DAYS,
    "working days": Unit.WORKING_DAYS,
    "months": Unit.MONTHS,
    "days before": Unit.DAYS_BEFORE,
}


@when(says("{length:Number} {unit} of rule {rule:Rule} are counted from {at:Moment}"))
def _counted(world: World, length: int, unit: str, rule: Rule, at: datetime) -> None:
    world.counts(rule, UNITS[unit], length, at)


@when(says("{length:Number} days before {day:Day} are counted back for rule {rule:Rule}"))
def _counted_back(world: World, length: int, day: date, rule: Rule) -> None:
    world.counts(rule, Unit.DAYS_BEFORE, length, moment(day.isoformat()))
