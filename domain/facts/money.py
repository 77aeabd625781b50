"""Facts about invoices and what is owed on them (clause 5), and about damage done by misuse (DNB-7.8)."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.amounts import Money
from domain.facts.vocabulary import CaseFact, Day, Hash, OrderFact, PrivateAddress, Reference, SchemeFact, Staff


class InvoiceFact(OrderFact):
    """A fact about one invoice."""

    invoice: Reference


class CostKind(StrEnum):
    """What collecting a claim has cost, in its real amount (DNB-5.2, 5.3)."""

    INQUIRY = "inquiry"
    LAWYER = "lawyer"
    COURT = "court"
    OUT_OF_COURT = "out_of_court"


class CreditReason(StrEnum):
    """Why somebody wants an invoice to be void; a measure of clause 7 is never a reason (DNB-7.7)."""

    MEASURE = "measure"
    ERROR = "error"
    WITHDRAWAL = "withdrawal"


class InvoiceAddressNamed(OrderFact):
    """The holder named the electronic address for invoices (DNB-5.4)."""

    address: PrivateAddress


class BankInvoiceRequested(OrderFact):
    """The holder wants invoices in the internet bank; both conditions as established (DNB-5.5)."""

    bank_offers_it: bool
    banks_online: bool


class InvoiceIssued(InvoiceFact):
    """An invoice: net in dinars, the tax shown apart, and the last day to pay, which the terms don't name (DNB-5.1)."""

    net: Money
    vat: Money
    due_on: Day


class InvoiceSent(InvoiceFact):
    """It went out electronically (DNB-5.4)."""

    address: PrivateAddress


class PaymentReceived(InvoiceFact):
    """Money came in for it."""

    amount: Money


class ReminderSent(InvoiceFact):
    """A reminder, with its fee by the issuer's price list (DNB-5.2)."""

    fee: Money


class CollectionCostIncurred(InvoiceFact):
    """What collecting it has cost in its real amount; `document` is the SHA-256 of what proves it (DNB-5.2, 5.3)."""

    kind: CostKind
    amount: Money
    document: Hash | None = None


class InterestClaimed(InvoiceFact):
    """Default interest is claimed up to the day of `time` (DNB-5.2)."""


class InvoiceCreditRequested(InvoiceFact):
    """Somebody wants the invoice to be void (DNB-7.7)."""

    because: CreditReason
    amount: Money | None = None


class InvoiceCreditDecided(InvoiceFact):
    """Two people decided on a credit that was asked for; without `amount` all of the invoice is meant (GEN-8)."""

    granted: bool
    amount: Money | None = None
    decided_by: Staff
    approved_by: Staff | None = None


class DamageClaimed(CaseFact):
    """The holder is held liable for damage that a misuse did (DNB-7.8)."""

    amount: Money
    document: Hash | None = None


class DamageFact(CaseFact):
    """A fact about damage that was claimed in a case."""


class DamageMadeGood(DamageFact):
    """The holder made good what a misuse did, or a part of it (DNB-7.8)."""

    amount: Money
    document: Hash | None = None


class DamageWaiverDecided(DamageFact):
    """Two people waived what was left to be made good in a case (DNB-7.8, GEN-8)."""

    decided_by: Staff
    approved_by: Staff | None = None


class DefaultInterestRateSet(SchemeFact):
    """The yearly rate of statutory default interest, in per cent, from the day of `time` on (DNB-5.2)."""

    annual_percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=6, decimal_places=3)]
