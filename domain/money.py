"""Invoices and what is owed on them: payments, credits, reminders, costs, default interest (clause 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from domain import events, facts
from domain.amounts import Money, none_of
from domain.calendar import Term, days, local_day, midnight
from domain.certificate import Contract, Held
from domain.events import Decision, Event
from domain.interest import NoRate, interest
from domain.matters import Decide, Due, Matter, Matters, Waits, clocks, known, of_kind, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

NOTHING = none_of()
CREDIT = "credit-invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Matter):
    """An invoice with everything that is owed on it, and what was paid or credited; closed while nothing is open.

    A payment or a credit goes to the invoice itself first. `interest` is what was computed last, for all days so far.
    `credit_asked` says that somebody wants it to be void, and two people have to decide.
    """

    invoice: str
    due: Term
    net: Money
    vat: Money
    payments: tuple[tuple[datetime, Money], ...] = ()
    credits: tuple[tuple[datetime, Money], ...] = ()
    credit_asked: bool = False
    fees: Money = NOTHING
    costs: Money = NOTHING
    interest: Money = NOTHING
    overdue: bool = False

    @property
    def gross(self) -> Money:
        """The invoice with its tax (DNB-5.1)."""
        return self.net + self.vat

    @property
    def paid(self) -> Money:
        """What came in for it."""
        return sum((amount for _, amount in self.payments), NOTHING)

    @property
    def charged(self) -> Money:
        """What of the invoice itself was not credited."""
        return sum((NOTHING - amount for _, amount in self.credits), self.gross)

    @property
    def unpaid(self) -> Money:
        """What is left of the invoice itself."""
        return max(self.charged - self.paid, NOTHING)

    @property
    def balance(self) -> Money:
        """What is left of everything that is owed on it; less than nothing where too much was paid."""
        return self.charged + self.fees + self.costs + self.interest - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAddress(Matter):
    """Where the holder wants the invoices of an order to go (DNB-5.4); `address` is a reference."""

    address: str


def key_of_invoice(number: str) -> str:
    """The key of an invoice."""
    return f"invoice {number}"


def _key_of_address(order: str | None) -> str:
    return f"invoice-address {order}"


def bears_interest(matters: Matters) -> bool:
    """Whether any invoice was not paid in full by its last day: only then does a rate matter, if interest is claimed.

    What was unpaid then, was overdue; what was not overdue, has nothing left that days could be counted for.
    """
    return any(invoice.overdue for invoice in of_kind(matters, Invoice))


# --- evolve ------------------------------------------------------------------------------------------------------

STATES: tuple[type[Matter], ...] = (Invoice, InvoiceAddress)
READS: tuple[type, ...] = (
    facts.InvoiceAddressNamed,
    events.PaymentTermStarted,
    events.InvoiceOverdue,
    events.PaymentCredited,
    events.ReminderFeeAdded,
    events.CollectionCostAdded,
    events.InterestComputed,
    events.InvoiceCredited,
    events.InvoiceCreditDeclined,
    events.TaskOpened,
)


def evolve(matters: Matters, event: Event) -> Matters:
    """Invoices and addresses after an event about them; holds no rules."""
    at, order, data = event.effective_at, event.order, event.data
    match data:
        case facts.InvoiceAddressNamed(address=address):
            key = _key_of_address(order)
            return put(matters, InvoiceAddress(key=key, opened_at=at, order=order, closed=True, address=address))
        case events.PaymentTermStarted(key=key, due=due, invoice=number, net=net, vat=vat):
            opened = Invoice(key=key, opened_at=at, order=order, invoice=number, due=due, net=net, vat=vat)
            return put(matters, _balanced(opened))
        case events.TaskOpened(task=task, about=number):
            asked = known(matters, Invoice, key_of_invoice(number)) if task == CREDIT else None
            return matters if asked is None else put(matters, replace(asked, credit_asked=True))
        case _:
            return _evolve_invoice(matters, event, data)


def _evolve_invoice(matters: Matters, event: Event, data: Any) -> Matters:
    invoice = cast("Invoice", matters[key_of_invoice(data.invoice)])
    match data:
        case events.InvoiceOverdue():
            invoice = replace(invoice, overdue=True)
        case events.PaymentCredited(amount=amount):
            invoice = replace(invoice, payments=(*invoice.payments, (event.effective_at, amount)))
        case events.InvoiceCredited(amount=amount):
            invoice = replace(invoice, credits=(*invoice.credits, (event.effective_at, amount)), credit_asked=False)
        case events.InvoiceCreditDeclined():
            invoice = replace(invoice, credit_asked=False)
        case events.ReminderFeeAdded(fee=fee):
            invoice = replace(invoice, fees=invoice.fees + fee)
        case events.CollectionCostAdded(amount=amount):
            invoice = replace(invoice, costs=invoice.costs + amount)
        case _:
            invoice = replace(invoice, interest=data.amount)
    return put(matters, _balanced(invoice))


def _balanced(invoice: Invoice) -> Invoice:
    settled = invoice.balance <= NOTHING
    return replace(
        invoice,
        closed=settled,
        clock=None if invoice.overdue or invoice.unpaid <= NOTHING else invoice.due,
        what="" if settled else "invoice has to be paid",
        waits_for=Waits.NOTHING if settled else Waits.HOLDER,
    )


# --- what falls due ----------------------------------------------------------------------------------------------


def dues(dossier: "Dossier") -> Iterable[Due]:
    """The last days of invoices that are not paid yet."""
    return clocks(dossier, Invoice)


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Arrears go to collection; they touch neither contract nor licence (DNB-5.6)."""
    invoice = cast("Invoice", t.dossier.matters[key])
    stream = t.dossier.stream(invoice.order)
    overdue = events.InvoiceOverdue(invoice=invoice.invoice, unpaid=invoice.unpaid)
    t.tell(stream, at, overdue, Rule.DNB_5_6, cause)
    advice = f"{invoice.unpaid} is overdue: remind, claim interest and costs; arrears alone suspend nothing"
    t.task(stream, at, "collect", invoice.invoice, advice, Rule.DNB_5_2, cause)


# --- what a fact brings about ------------------------------------------------------------------------------------


def _issued(t: "Telling", event: Event, data: facts.InvoiceIssued) -> None:
    key = key_of_invoice(data.invoice)
    if key in t.dossier.matters:
        t.no_effect(event, Rule.DNB_5_1, f"an invoice {data.invoice} was issued before")
    elif (contract := _contract(t, event)) is None:
        t.no_effect(event, Rule.DNB_5_1, "there is no contract on this order that anything could be owed for")
    elif isinstance(contract, Held):
        t.no_effect(event, Rule.DNB_4_14, "the renewal is held: nothing is owed for it before it is decided")
    elif _in_dinars(t, event, data.net, data.vat):
        # Nobody can pay before there is an invoice.
        starts = max(midnight(data.due_on, t.scheme.zone), event.effective_at)
        due = days(Rule.DNB_5_6, starts, 0, t.scheme.zone, None)
        started = events.PaymentTermStarted(key=key, due=due, invoice=data.invoice, net=data.net, vat=data.vat)
        t.start(event.stream, event.effective_at, started, t.cause(event))


def _contract(t: "Telling", event: Event) -> Contract | None:
    certificate = t.dossier.certificates.get(event.order or "")
    return None if certificate is None else certificate.contract


def _sent(t: "Telling", event: Event, data: facts.InvoiceSent) -> None:
    named = known(t.dossier.matters, InvoiceAddress, _key_of_address(event.order))
    if _invoice(t, event, data) is not None and named is not None and named.address != data.address:
        advice = "it went to another address than the holder named: send it there"
        _task(t, event, "send-invoice", data.invoice, advice, Rule.DNB_5_4)


def _paid(t: "Telling", event: Event, data: facts.PaymentReceived) -> None:
    if _invoice(t, event, data) is None or not _in_dinars(t, event, data.amount):
        return
    credited = events.PaymentCredited(invoice=data.invoice, amount=data.amount)
    _tell(t, event, credited, Rule.DNB_5_1)
    _give_back(t, event, data)


def _give_back(t: "Telling", event: Event, data: facts.InvoiceFact) -> None:
    excess = NOTHING - cast("Invoice", t.dossier.matters[key_of_invoice(data.invoice)]).balance
    if excess > NOTHING:
        _task(t, event, "refund", data.invoice, f"{excess} too much was paid: give it back", Rule.GEN_8)


def _reminded(t: "Telling", event: Event, data: facts.ReminderSent) -> None:
    invoice = _invoice(t, event, data)
    if invoice is None or not _in_dinars(t, event, data.fee):
        return
    if _in_arrears(invoice):
        _tell(t, event, events.ReminderFeeAdded(invoice=data.invoice, fee=data.fee), Rule.DNB_5_2)
    else:
        t.no_effect(event, Rule.DNB_5_2, "the invoice is not overdue, so the reminder has no fee")


def _cost(t: "Telling", event: Event, data: facts.CollectionCostIncurred) -> None:
    invoice = _invoice(t, event, data)
    if invoice is None or not _in_dinars(t, event, data.amount):
        return
    in_court = data.kind is facts.CostKind.COURT
    if in_court or any(spell.covers(event.effective_at) for spell in t.dossier.company.proceedings):
        rule = Rule.DNB_5_3
    elif invoice.overdue:
        rule = Rule.DNB_5_2
    else:
        t.no_effect(event, Rule.DNB_5_2, "the invoice was never overdue, so there was nothing to collect")
        return
    _tell(t, event, events.CollectionCostAdded(invoice=data.invoice, kind=data.kind, amount=data.amount), rule)


def _claimed(t: "Telling", event: Event, data: facts.InterestClaimed) -> None:
    invoice = _invoice(t, event, data)
    if invoice is None:
        return
    zone = t.scheme.zone
    # A credit counts like a payment, from the day on which it was decided: the days before stay overdue.
    paid = [(local_day(at, zone), amount) for at, amount in (*invoice.payments, *invoice.credits)]
    first, last = local_day(invoice.due.lapses_at, zone), local_day(event.effective_at, zone)
    try:
        pieces = interest(invoice.gross, paid, first, last, t.scheme.rates)
    except NoRate as missing:
        _tell(t, event, events.InterestRefused(invoice=data.invoice, reason=str(missing)), Rule.DNB_5_2)
        return
    if not pieces:
        refused = events.InterestRefused(invoice=data.invoice, reason="nothing was overdue")
        _tell(t, event, refused, Rule.DNB_5_2)
        return
    amount = sum((piece.amount for piece in pieces), NOTHING)
    computed = events.InterestComputed(
        invoice=data.invoice, first=pieces[0].first, last=pieces[-1].last, amount=amount, pieces=pieces
    )
    _tell(t, event, computed, Rule.DNB_5_2)


def _credit(t: "Telling", event: Event, data: facts.InvoiceCreditRequested) -> None:
    if _invoice(t, event, data) is None:
        return
    if data.because is facts.CreditReason.MEASURE:
        reason = "a measure of clause 7 releases nobody from an invoice"
        _tell(t, event, events.CreditRefused(invoice=data.invoice, reason=reason), Rule.DNB_7_7)
    else:
        wanted = f"{data.amount} of it" if data.amount else "it"
        advice = f"somebody wants {wanted} to be void ({data.because}): let two people decide"
        _task(t, event, CREDIT, data.invoice, advice, Rule.GEN_8)


def _credit_decided(t: "Telling", event: Event, data: facts.InvoiceCreditDecided) -> None:
    """Two people decide on what was asked for; a measure never asks for anything, so it releases nobody (DNB-7.7)."""
    invoice = _invoice(t, event, data)
    if invoice is None:
        return
    amount = data.amount or invoice.charged
    if not invoice.credit_asked:
        t.no_effect(event, Rule.DNB_7_7, "no credit of it waits for a decision")
    elif data.decided_by == data.approved_by:
        t.no_effect(event, Rule.GEN_8, "two different people are needed")
    elif not data.granted:
        _tell(t, event, events.InvoiceCreditDeclined(invoice=data.invoice), Rule.GEN_8)
    elif not _in_dinars(t, event, amount):
        return
    elif amount > invoice.charged:
        t.no_effect(event, Rule.DNB_5_1, f"no more than {invoice.charged} of it can be credited")
    else:
        _tell(t, event, events.InvoiceCredited(invoice=data.invoice, amount=amount), Rule.GEN_8)
        _give_back(t, event, data)


def _bank(t: "Telling", event: Event, data: facts.BankInvoiceRequested) -> None:
    conditions = (
        ("its bank doesn't offer invoices", data.bank_offers_it),
        ("the holder doesn't use online banking", data.banks_online),
    )
    missing = " and ".join(what for what, met in conditions if not met)
    told = events.BankInvoiceRefused(reason=missing) if missing else events.BankInvoiceGranted()
    _tell(t, event, told, Rule.DNB_5_5)


DECIDES: Mapping[type, Decide] = {
    facts.InvoiceIssued: _issued,
    facts.InvoiceSent: _sent,
    facts.PaymentReceived: _paid,
    facts.ReminderSent: _reminded,
    facts.CollectionCostIncurred: _cost,
    facts.InterestClaimed: _claimed,
    facts.InvoiceCreditRequested: _credit,
    facts.InvoiceCreditDecided: _credit_decided,
    facts.BankInvoiceRequested: _bank,
}
REACTS: Mapping[type, Decide] = {}


def _invoice(t: "Telling", event: Event, data: facts.InvoiceFact) -> Invoice | None:
    invoice = known(t.dossier.matters, Invoice, key_of_invoice(data.invoice))
    if invoice is not None and invoice.order == event.order:
        return invoice
    t.no_effect(event, Rule.DNB_5_1, f"no invoice {data.invoice} was issued for this order")
    return None


def _in_dinars(t: "Telling", event: Event, *amounts: Money) -> bool:
    foreign = [str(amount) for amount in amounts if amount.currency != NOTHING.currency]
    if foreign:
        t.no_effect(event, Rule.DNB_5_1, f"prices are in dinars, not {' and '.join(foreign)}")
    return not foreign


def _in_arrears(invoice: Invoice) -> bool:
    return invoice.overdue and invoice.unpaid > NOTHING


def _tell(t: "Telling", event: Event, told: Decision, rule: Rule) -> None:
    t.tell(event.stream, event.effective_at, told, rule, t.cause(event))


def _task(t: "Telling", event: Event, task: str, about: str, advice: str, rule: Rule) -> None:
    t.task(event.stream, event.effective_at, task, about, advice, rule, t.cause(event))
