"""What was decided about invoices and what is owed on them, and about damage that was done (clauses 5 and 7)."""

from datetime import date

from domain.amounts import Money
from domain.events.envelope import ClockStarted, Decision
from domain.facts import CostKind
from domain.interest import Piece


class PaymentTermStarted(ClockStarted):
    """An invoice has to be paid by its own last day: the terms name none (DNB-5.1, 5.6)."""

    invoice: str
    net: Money
    vat: Money


class InvoiceOverdue(Decision):
    """Its last day passed with this much unpaid; nothing but collection follows from it (DNB-5.6)."""

    invoice: str
    unpaid: Money


class PaymentCredited(Decision):
    """A payment reduces what is owed on the invoice."""

    invoice: str
    amount: Money


class ReminderFeeAdded(Decision):
    """The fee of a reminder is owed as well (DNB-5.2)."""

    invoice: str
    fee: Money


class CollectionCostAdded(Decision):
    """What collecting has cost is owed as well (DNB-5.2, 5.3)."""

    invoice: str
    kind: CostKind
    amount: Money


class InterestComputed(Decision):
    """Default interest from the first to the last day, in place of what was computed for fewer days (DNB-5.2)."""

    invoice: str
    first: date
    last: date
    amount: Money
    pieces: tuple[Piece, ...]


class InterestRefused(Decision):
    """No default interest: nothing was overdue, or the rate of a day is not known (DNB-5.2)."""

    invoice: str
    reason: str


class CreditRefused(Decision):
    """The invoice stays: no measure releases the holder from it (DNB-7.7)."""

    invoice: str
    reason: str


class InvoiceCredited(Decision):
    """Two people credited so much of the invoice: it is no longer owed, from this day on (GEN-8)."""

    invoice: str
    amount: Money


class InvoiceCreditDeclined(Decision):
    """Two people did not grant the credit that was asked for: the invoice stays (GEN-8)."""

    invoice: str


class BankInvoiceGranted(Decision):
    """Invoices go to the holder's internet bank (DNB-5.5)."""


class BankInvoiceRefused(Decision):
    """They don't: one of the conditions isn't met (DNB-5.5)."""

    reason: str


class DamageClaimRegistered(Decision):
    """The holder answers for damage that the misuse of this case did (DNB-7.8)."""

    case: str
    amount: Money


class DamageCredited(Decision):
    """So much of the damage was made good (DNB-7.8)."""

    case: str
    amount: Money


class DamageWaived(Decision):
    """Two people waived what was left of the damage, in each currency in which something was (DNB-7.8, GEN-8)."""

    case: str
    amounts: tuple[Money, ...]
