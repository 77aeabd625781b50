"""Money: invoices, payments, what collecting costs, default interest, and what became of them (clause 5)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pytest_bdd import then

from adapters import asking
from domain import events, facts
from domain.amounts import Money
from domain.damage import Damage, key_of
from domain.facts import CostKind, CreditReason
from domain.matters import known
from domain.money import Invoice
from domain.worklist import Line, lines
from features.steps.then import told
from features.steps.when import happens
from features.words import BELGRADE, says
from features.world import World

NUMBER = "I-7"
COSTS = {"an inquiry": CostKind.INQUIRY, "a lawyer": CostKind.LAWYER, "the court": CostKind.COURT}
REASONS = {"a measure": CreditReason.MEASURE, "an error": CreditReason.ERROR, "a withdrawal": CreditReason.WITHDRAWAL}


# --- what happens ------------------------------------------------------------------------------------------------


@happens('D&B invoices "{who}" on {at:Moment} for {net:Money} and {vat:Money} of tax, to be paid by {due:Day}')
def _invoiced(world: World, who: str, at: datetime, net: Money, vat: Money, due: date) -> None:
    issued = facts.InvoiceIssued(order=world.order(who), invoice=NUMBER, net=net, vat=vat, due_on=due)
    world.report(who, issued, at)


@happens('"{who}" pays {amount:Money} on {at:Moment}{learned:Learned}')
def _paid(world: World, who: str, amount: Money, at: datetime, learned: datetime | None) -> None:
    paid = facts.PaymentReceived(order=world.order(who), invoice=NUMBER, amount=amount)
    world.report(who, paid, at, learned)


@happens('D&B reminds "{who}" on {at:Moment} for a fee of {fee:Money}')
def _reminded(world: World, who: str, at: datetime, fee: Money) -> None:
    world.report(who, facts.ReminderSent(order=world.order(who), invoice=NUMBER, fee=fee), at)


@happens('collecting from "{who}" costs {amount:Money} for {what} on {at:Moment}')
def _cost(world: World, who: str, amount: Money, what: str, at: datetime) -> None:
    order = world.order(who)
    cost = facts.CollectionCostIncurred(order=order, invoice=NUMBER, kind=COSTS[what], amount=amount)
    world.report(who, cost, at)


@happens("the rate of default interest is {percent:Percent} per cent from {at:Moment}{learned:Learned}")
def _rate(world: World, percent: Decimal, at: datetime, learned: datetime | None) -> None:
    world.publish(facts.DefaultInterestRateSet(annual_percent=percent), at, learned)


@happens('D&B claims default interest from "{who}" on {at:Moment}')
def _claimed(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.InterestClaimed(order=world.order(who), invoice=NUMBER), at)


@happens('"{who}" wants its invoices at "{address}" from {at:Moment} on')
def _address(world: World, who: str, address: str, at: datetime) -> None:
    world.report(who, facts.InvoiceAddressNamed(order=world.order(who), address=address), at)


@happens('the invoice of "{who}" goes to "{address}" on {at:Moment}')
def _sent(world: World, who: str, address: str, at: datetime) -> None:
    world.report(who, facts.InvoiceSent(order=world.order(who), invoice=NUMBER, address=address), at)


def _bank(world: World, who: str, at: datetime, *, offers: bool, online: bool) -> None:
    asked = facts.BankInvoiceRequested(order=world.order(who), bank_offers_it=offers, banks_online=online)
    world.report(who, asked, at)


@happens('"{who}", who banks online with a bank that offers them, asks for invoices there on {at:Moment}')
def _in_bank(world: World, who: str, at: datetime) -> None:
    _bank(world, who, at, offers=True, online=True)


@happens('"{who}", whose bank offers none, asks for invoices there on {at:Moment}')
def _in_poor_bank(world: World, who: str, at: datetime) -> None:
    _bank(world, who, at, offers=False, online=True)


@happens('"{who}", who does not bank online, asks for invoices there on {at:Moment}')
def _at_the_counter(world: World, who: str, at: datetime) -> None:
    _bank(world, who, at, offers=True, online=False)


@happens('somebody wants the invoice of "{who}" to be void on {at:Moment} because of {reason}')
def _void(world: World, who: str, at: datetime, reason: str) -> None:
    wanted = facts.InvoiceCreditRequested(order=world.order(who), invoice=NUMBER, because=REASONS[reason])
    world.report(who, wanted, at)


def _decide(world: World, one: str, other: str, who: str, at: datetime, **what: Any) -> None:
    data = {"order": world.order(who), "invoice": NUMBER, "decided_by": one.lower(), "approved_by": other.lower()}
    world.report(who, facts.InvoiceCreditDecided.model_validate(data | what), at)


@happens('{one} and {other} grant the credit of "{who}" on {at:Moment}')
def _grant(world: World, one: str, other: str, who: str, at: datetime) -> None:
    _decide(world, one, other, who, at, granted=True)


@happens('{one} and {other} grant "{who}" a credit of {amount:Money} on {at:Moment}')
def _grant_part(world: World, one: str, other: str, who: str, amount: Money, at: datetime) -> None:
    _decide(world, one, other, who, at, granted=True, amount=amount)


@happens('{one} and {other} refuse the credit of "{who}" on {at:Moment}')
def _refuse(world: World, one: str, other: str, who: str, at: datetime) -> None:
    _decide(world, one, other, who, at, granted=False)


@happens('D&B claims {amount:Money} of damage from "{who}" on {at:Moment}')
def _damage(world: World, amount: Money, who: str, at: datetime) -> None:
    world.report(who, facts.DamageClaimed(case=world.case, amount=amount), at)


@happens('"{who}" makes good {amount:Money} of the damage on {at:Moment}')
def _made_good(world: World, who: str, amount: Money, at: datetime) -> None:
    world.report(who, facts.DamageMadeGood(case=world.case, amount=amount), at)


@happens('{one} and {other} waive the damage of "{who}" on {at:Moment}')
def _waived(world: World, one: str, other: str, who: str, at: datetime) -> None:
    by = {"decided_by": one.lower(), "approved_by": other.lower()}
    world.report(who, facts.DamageWaiverDecided(case=world.case, **by), at)


# --- what became of it -------------------------------------------------------------------------------------------


def _invoice(world: World, who: str) -> Invoice | None:
    found = asking.life_of(world.system, world.subject(who)).dossier.matters.get(f"invoice {NUMBER}")
    return found if isinstance(found, Invoice) else None


@then(says('"{who}" owes {amount:Money}'))
def _owes(world: World, who: str, amount: Money) -> None:
    invoice = _invoice(world, who)
    assert invoice is not None, told(world, who)
    assert invoice.balance == amount, f"{invoice.balance}; {told(world, who)}"
    assert invoice.closed is (amount.amount == 0)


@then(says('"{who}" has no invoice'))
def _none(world: World, who: str) -> None:
    assert _invoice(world, who) is None


@then(says('the invoice of "{who}" shows {net:Money} and {vat:Money} of tax'))
def _shows(world: World, who: str, net: Money, vat: Money) -> None:
    invoice = _invoice(world, who)
    assert invoice is not None
    assert (invoice.net, invoice.vat) == (net, vat)


@then(says('"{who}" has to pay by {day:Day}'))
def _pay_by(world: World, who: str, day: date) -> None:
    term = world.due(who, "invoice has to be paid")
    assert term is not None
    assert term.last_day == day
    assert term.lapses_at.astimezone(BELGRADE).hour == 0


@then(says('the invoice of "{who}" is overdue since {at:Moment}'))
def _overdue(world: World, who: str, at: datetime) -> None:
    moments = [e.effective_at for e in world.fresh(who) if isinstance(e.data, events.InvoiceOverdue)]
    assert moments == [at], told(world, who)


@then(says('the invoice of "{who}" is not overdue'))
def _not_overdue(world: World, who: str) -> None:
    invoice = _invoice(world, who)
    assert invoice is not None
    assert not invoice.overdue


@then(says('the default interest of "{who}" is {amount:Money}'))
def _interest(world: World, who: str, amount: Money) -> None:
    assert [c.amount for c in world.decided(who, events.InterestComputed)][-1:] == [amount], told(world, who)


@then(says('default interest from "{who}" is refused for want of the rate of {day:Day}'))
def _no_rate(world: World, who: str, day: date) -> None:
    reasons = [r.reason for r in world.decided(who, events.InterestRefused)]
    assert reasons == [f"no rate of default interest is known for {day}"], told(world, who)


@then(says('default interest from "{who}" is refused'))
def _no_interest(world: World, who: str) -> None:
    assert world.decided(who, events.InterestRefused), told(world, who)


@then(says('"{who}" receives its invoices in the bank'))
def _granted(world: World, who: str) -> None:
    assert world.decided(who, events.BankInvoiceGranted), told(world, who)


@then(says('"{who}" receives no invoices in the bank'))
def _refused(world: World, who: str) -> None:
    assert world.decided(who, events.BankInvoiceRefused), told(world, who)


@then(says('the invoice of "{who}" stays'))
def _stays(world: World, who: str) -> None:
    assert world.decided(who, events.CreditRefused), told(world, who)


@then(says('"{who}" is held liable for {amount:Money}'))
def _liable(world: World, who: str, amount: Money) -> None:
    damage = _damage_of(world, who)
    assert damage is not None, told(world, who)
    assert damage.claims == (amount,)


def _damage_of(world: World, who: str) -> Damage | None:
    return known(asking.life_of(world.system, world.subject(who)).dossier.matters, Damage, key_of(world.case))


@then(says('{amount:Money} of the damage by "{who}" is left, and its matter is open'))
def _left(world: World, amount: Money, who: str) -> None:
    line = _damage_line(world, who)
    assert line is not None, told(world, who)
    assert line.what == f"damage has to be made good: {amount} left"


@then(says('nothing of the damage by "{who}" is left, and its matter is closed'))
def _none_left(world: World, who: str) -> None:
    damage = _damage_of(world, who)
    assert damage is not None
    assert damage.closed
    assert _damage_line(world, who) is None


def _damage_line(world: World, who: str) -> Line | None:
    open_lines = lines(asking.life_of(world.system, world.subject(who)).dossier)
    return next((line for line in open_lines if line.key == key_of(world.case)), None)


@then(says('"{who}" is held liable for nothing'))
def _not_liable(world: World, who: str) -> None:
    assert not world.decided(who, events.DamageClaimRegistered)


@then(says('what is told of "{who}" achieves nothing'))
def _nothing(world: World, who: str) -> None:
    assert world.decided(who, events.FactHadNoEffect), told(world, who)
