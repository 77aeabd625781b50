"""The notices that somebody is owed: what a holder has to be told, by when, and on which event it rests."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from domain import events, facts
from domain.calendar import Term
from domain.events import Event
from domain.facts import Edition
from domain.rules import Rule
from domain.signatures import is_proposal
from projections.batch import Recorded


class Kind(StrEnum):
    """What a notice says; a new event may bring a new kind, so a reader passes over what it does not know."""

    # order and contract (clauses 3 and 4)
    ORDER_REFUSED = "order-refused"
    CONTRACT_CONCLUDED = "contract-concluded"
    CONTRACT_EXTENDED = "contract-extended"
    EXTENSION_ENDED = "extension-ended"
    CONTRACT_RENEWED = "contract-renewed"
    CONTRACT_RENEWED_PROVISIONALLY = "contract-renewed-provisionally"
    RENEWAL_CONFIRMED = "renewal-confirmed"
    RENEWAL_HELD = "renewal-held"
    RENEWAL_UNDONE = "renewal-undone"
    RENEWAL_REFUSED = "renewal-refused"
    CONTRACT_ENDED_AS_CANCELLED = "contract-ended-as-cancelled"
    CONTRACT_ENDED_WITH_SUBJECT = "contract-ended-with-subject"
    # notice and cancellation (clause 4)
    CANCELLATION_ACCEPTED = "cancellation-accepted"
    CANCELLATION_REFUSED = "cancellation-refused"
    CANCELLATION_IN_WRONG_FORM = "cancellation-in-wrong-form"
    RENEWAL_NOTICE_INCOMPLETE = "renewal-notice-incomplete"
    RENEWAL_NOTICE_OVERDUE = "renewal-notice-overdue"
    LATE_NOTICE_DUE = "late-notice-due"
    LATE_CANCELLATION_OPEN = "late-cancellation-open"
    DEADLINE_MOVED = "deadline-moved"
    # special editions (clause 4)
    EDITION_OFFERED = "edition-offered"
    EDITION_GRANTED = "edition-granted"
    EDITION_REFUSED = "edition-refused"
    # the licence to use the mark (clause 6)
    LICENCE_LOST = "licence-lost"
    MARK_REMOVAL = "mark-removal"
    LICENCE_REINSTATED = "licence-reinstated"
    REINSTATEMENT_REFUSED = "reinstatement-refused"
    # defects and their correction, withdrawal from the contract (clauses 9, 13 and 14)
    DISPUTE_CLOSED = "dispute-closed"
    CORRECTION_DUE = "correction-due"
    CORRECTION_OVERDUE = "correction-overdue"
    CERTIFICATE_CORRECTED = "certificate-corrected"
    WITHDRAWAL_ACCEPTED = "withdrawal-accepted"
    WITHDRAWAL_REFUSED = "withdrawal-refused"
    CONTRACT_WITHDRAWN = "contract-withdrawn"
    # deviations from the terms (clause 1)
    DEVIATION_ACCEPTED = "deviation-accepted"
    DEVIATION_REFUSED = "deviation-refused"
    VECTOR_REFUSED = "vector-refused"
    # misuse of the mark (clause 7)
    WARNING_SERVED = "warning-served"
    WARNING = "warning"
    LICENCE_SUSPENDED = "licence-suspended"
    SECOND_DEMAND_SERVED = "second-demand-served"
    SECOND_DEMAND = "second-demand"
    LICENCE_RESTORED = "licence-restored"
    LICENCE_REVOKED = "licence-revoked"
    CASE_CLOSED = "case-closed"
    DAMAGE_CLAIMED = "damage-claimed"
    DAMAGE_WAIVED = "damage-waived"
    # money (clause 5)
    INVOICE_OVERDUE = "invoice-overdue"
    INTEREST_CLAIMED = "interest-claimed"
    CREDIT_REFUSED = "credit-refused"
    CREDIT_GRANTED = "credit-granted"
    BANK_INVOICE_GRANTED = "bank-invoice-granted"
    BANK_INVOICE_REFUSED = "bank-invoice-refused"
    # the terms themselves (clause 14); the reason names the edition
    AMENDMENT_ANNOUNCED = "amendment-announced"
    AMENDMENT_NOTICE_DUE = "amendment-notice-due"
    AMENDMENT_WITHDRAWAL_OPEN = "amendment-withdrawal-open"
    TERMS_AMENDED = "terms-amended"
    # whatever was told before
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a company has to be told; `by` is when the term that it names is over.

    `rule` is the one that the event cites: the notice is the company's own affair, so it may know the cause. `edition`
    and `valid_until`, the last day of the term, are told where the notice is about them.
    `withdraws` is the version, in the event's own stream, of the event whose notice is taken back.
    """

    kind: Kind
    subject: str
    certificate: str | None
    effective_at: datetime
    rule: Rule | None
    by: datetime | None = None
    reason: str | None = None
    case: str | None = None
    edition: Edition | None = None
    valid_until: date | None = None
    withdraws: int | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    kind: Kind
    by: Term | None = None
    reason: str | None = None
    case: str | None = None
    edition: Edition | None = None
    valid_until: date | None = None
    rule: Rule | None = None


def _concluded(data: events.ContractConcluded, _event: Event) -> _Said | None:
    if data.conclusion is events.Conclusion.TAKEN_OVER:
        return None  # nothing new for its holder: it ran before, under another system
    return _Said(Kind.CONTRACT_CONCLUDED, data.dates.cancel_by, valid_until=data.dates.valid_until)


def _renewed(data: events.ContractRenewed, _event: Event) -> _Said:
    kind = Kind.CONTRACT_RENEWED_PROVISIONALLY if data.provisional else Kind.CONTRACT_RENEWED
    return _Said(kind, data.dates.cancel_by, valid_until=data.dates.valid_until)


def _breached(data: events.IssuerObligationBreached, event: Event) -> _Said | None:
    # By DNB-4.11 it is still owed; by any other rule what follows from the breach is told on its own.
    return _Said(Kind.RENEWAL_NOTICE_OVERDUE, data.due) if event.rule is Rule.DNB_4_11 else None


def _reinstatement(data: facts.ReinstatementDecided, _event: Event) -> _Said | None:
    return None if data.granted else _Said(Kind.REINSTATEMENT_REFUSED, rule=Rule.DNB_6_14)


def _nothing(_data: Any, _event: Event) -> None:
    return None


# What each event makes owed. Every event stands here, so a new one makes the test ask what it means to a holder.
_SAID: dict[type[BaseModel], Callable[[Any, Event], _Said | None]] = {
    # --- facts: most are evidence, and what follows from them is told by the decision
    facts.CompanyRegistered: _nothing,
    facts.CompanyRenamed: _nothing,
    facts.CompanyDeregistered: _nothing,
    facts.StatementFiled: _nothing,
    facts.StatementRestated: _nothing,
    facts.ClassAssessed: _nothing,
    facts.AccountBlocked: _nothing,
    facts.AccountUnblocked: _nothing,
    facts.ProceedingRequested: _nothing,
    facts.ProceedingDismissed: _nothing,
    facts.InsolvencyOpened: _nothing,
    facts.InsolvencyClosed: _nothing,
    facts.FactRetracted: _nothing,
    facts.DataCollectionOpened: _nothing,
    facts.DataCollectionClosed: _nothing,
    facts.CalendarCorrected: _nothing,
    facts.CertificateTakenOver: _nothing,
    facts.OfferMade: _nothing,
    facts.OfferConfirmed: _nothing,
    facts.PhoneOrderPlaced: _nothing,
    facts.OrderConfirmationSent: _nothing,
    facts.ConsensusRecorded: _nothing,
    facts.RepresentativeNamed: _nothing,
    facts.RenewalNoticeDelivered: _nothing,
    facts.RenewalCancelled: _nothing,
    facts.SpecialEditionAgreed: _nothing,
    facts.ContractRestorationDecided: _nothing,
    facts.RenewalDecided: _nothing,
    facts.MisuseReported: _nothing,  # a suspicion; the holder hears of it by the warning
    facts.EvidenceAdded: _nothing,
    facts.WarningServed: lambda d, _e: _Said(Kind.WARNING_SERVED, case=d.case, rule=Rule.DNB_7_1),
    facts.WarningDelivered: _nothing,  # the clock that starts says it, with its end
    facts.SuspensionDeferred: _nothing,
    facts.SuspensionDecided: _nothing,
    facts.SecondDemandServed: lambda d, _e: _Said(Kind.SECOND_DEMAND_SERVED, case=d.case, rule=Rule.DNB_7_3),
    facts.SecondDemandDelivered: _nothing,  # likewise
    facts.CessationDeclared: _nothing,
    facts.CessationVerified: _nothing,
    facts.CessationFoundUntrue: _nothing,
    facts.ViolationVerified: _nothing,
    facts.CaseDismissed: _nothing,
    facts.InfringementEnded: _nothing,
    facts.PermanentWithdrawalProposed: _nothing,
    facts.PermanentWithdrawalApproved: _nothing,
    facts.LossDecided: _nothing,
    facts.ReinstatementRequested: _nothing,
    facts.ReinstatementDecided: _reinstatement,  # a refusal changes nothing, so no decision tells it
    facts.InvoiceAddressNamed: _nothing,
    facts.BankInvoiceRequested: _nothing,
    facts.InvoiceIssued: _nothing,  # the invoice itself goes to its holder, as does a reminder
    facts.InvoiceSent: _nothing,
    facts.PaymentReceived: _nothing,
    facts.ReminderSent: _nothing,
    facts.CollectionCostIncurred: _nothing,
    facts.InterestClaimed: _nothing,
    facts.InvoiceCreditRequested: _nothing,
    facts.DamageClaimed: _nothing,
    facts.DefaultInterestRateSet: _nothing,
    facts.TermsAmended: _nothing,  # each holder is owed a notice of his own
    facts.AmendmentNoticeDelivered: _nothing,
    facts.DefectReported: _nothing,
    facts.ClarificationRequested: _nothing,
    facts.ClarificationGiven: _nothing,  # it is itself what the holder was told
    facts.DefectEstablished: _nothing,
    facts.CorrectionPeriodAgreed: _nothing,  # the clock that starts says it, with its end
    facts.CorrectionPeriodNotAgreed: _nothing,  # likewise
    facts.CorrectionIssued: _nothing,
    facts.ObjectionRaised: _nothing,
    facts.ObjectionDecided: _nothing,
    facts.AmicableAttemptMade: _nothing,
    facts.SettlementReached: _nothing,
    facts.CourtSeized: _nothing,
    facts.CourtDecided: _nothing,
    facts.ContractWithdrawalDeclared: _nothing,
    facts.TermsAccepted: _nothing,
    facts.DeviationAgreed: _nothing,
    # --- contract
    events.OrderRefused: lambda d, _e: _Said(Kind.ORDER_REFUSED, reason=d.reason),
    events.ContractConcluded: _concluded,
    events.ContractExtendedPendingData: lambda _d, _e: _Said(Kind.CONTRACT_EXTENDED),
    events.ContractExtensionEnded: lambda d, _e: _Said(
        Kind.EXTENSION_ENDED, d.dates.expires, valid_until=d.dates.valid_until
    ),
    events.ContractRenewed: _renewed,
    events.RenewalConfirmed: lambda _d, _e: _Said(Kind.RENEWAL_CONFIRMED),
    events.RenewalHeld: lambda d, _e: _Said(Kind.RENEWAL_HELD, reason=d.reason),
    events.RenewalUndone: lambda _d, _e: _Said(Kind.RENEWAL_UNDONE),
    events.ContractExpired: lambda d, _e: _Said(Kind.RENEWAL_REFUSED, reason=d.reason),
    events.ContractCancelledAtExpiry: lambda _d, _e: _Said(Kind.CONTRACT_ENDED_AS_CANCELLED),
    events.ContractEndedWithSubject: lambda _d, _e: _Said(Kind.CONTRACT_ENDED_WITH_SUBJECT),
    # --- notice and cancellation
    events.CancellationAccepted: lambda _d, _e: _Said(Kind.CANCELLATION_ACCEPTED),
    events.CancellationRefused: lambda d, _e: _Said(Kind.CANCELLATION_REFUSED, reason=d.reason),
    events.NonConformingCancellationReceived: lambda d, _e: _Said(Kind.CANCELLATION_IN_WRONG_FORM, reason=d.reason),
    events.RenewalNoticeAccepted: _nothing,
    events.RenewalNoticeFoundIncomplete: lambda _d, _e: _Said(Kind.RENEWAL_NOTICE_INCOMPLETE),
    events.LateNoticeRecorded: lambda d, _e: _Said(Kind.LATE_CANCELLATION_OPEN, d.cancel_by),
    events.NoticeDelayExcused: _nothing,
    events.LateNoticeDue: lambda d, _e: _Said(Kind.LATE_NOTICE_DUE, d.notify_by),
    events.IssuerObligationBreached: _breached,
    # --- class and edition
    events.AssessmentDisregarded: _nothing,
    events.EditionAttained: _nothing,
    events.ClassAttested: _nothing,  # the notice of the contract or the renewal goes with it
    events.SpecialEditionOffered: lambda d, _e: _Said(Kind.EDITION_OFFERED, edition=d.edition),
    events.SpecialEditionGranted: lambda d, _e: _Said(Kind.EDITION_GRANTED, edition=d.edition),
    events.SpecialEditionRefused: lambda d, _e: _Said(Kind.EDITION_REFUSED, reason=d.reason, edition=d.edition),
    events.HolderRenamed: _nothing,
    # --- mark licence
    events.MarkLicenceGranted: _nothing,
    events.MarkLicenceLost: lambda _d, _e: _Said(Kind.LICENCE_LOST),
    events.MarkLicenceKept: _nothing,
    events.LossGroundClosed: _nothing,
    events.MarkLicenceReinstated: lambda _d, _e: _Said(Kind.LICENCE_REINSTATED),
    events.ReinstatementRefused: lambda d, _e: _Said(Kind.REINSTATEMENT_REFUSED, reason=d.reason),
    events.MarkLicenceSuspended: lambda d, _e: _Said(Kind.LICENCE_SUSPENDED, case=d.case),
    events.MarkLicenceRestored: lambda d, _e: _Said(Kind.LICENCE_RESTORED, case=d.case),
    events.MarkLicenceRevoked: lambda d, _e: _Said(Kind.LICENCE_REVOKED, case=d.case),
    # --- deliveries and removal
    events.PackageAgreed: _nothing,
    events.DeliveryOwed: _nothing,  # the issuer's own terms
    events.DeliveryTermMoved: _nothing,
    events.DeliveryMade: _nothing,
    events.VectorMaterialReleased: _nothing,  # it goes to the holder itself
    events.VectorMaterialRefused: lambda d, _e: _Said(Kind.VECTOR_REFUSED, reason=d.reason),
    events.OnlinePeriodStarted: _nothing,
    events.OnlinePeriodEnded: _nothing,
    events.MarkRemovalOwed: _nothing,  # the notice of the loss goes with it
    events.RemovalClockStarted: lambda d, _e: _Said(Kind.MARK_REMOVAL, d.due),
    events.MarkRemoved: _nothing,
    events.MarkRemovalLifted: _nothing,  # told by the licence that came back
    # --- misuse
    events.MisuseCaseOpened: _nothing,
    events.WarningClockStarted: lambda d, _e: _Said(Kind.WARNING, d.remedy_by, case=d.case),
    events.SecondClockStarted: lambda d, _e: _Said(Kind.SECOND_DEMAND, d.remedy_by, case=d.case),
    events.ViolationCeased: lambda d, _e: _Said(Kind.CASE_CLOSED, case=d.case),
    events.MisuseCaseClosed: lambda d, e: _Said(Kind.CASE_CLOSED, case=d.case) if e.order else None,  # no outsider
    events.PermanentWithdrawalRefused: _nothing,  # between those who proposed it
    # --- personal data and secrecy: between the staff who wanted it and the rule
    events.DisclosureRefused: _nothing,
    events.ErasureRefused: _nothing,
    # --- what the holder does or was told on paper: nothing is owed by that alone
    **dict.fromkeys(
        (
            facts.DynamicScoreReported,
            facts.PackageOrdered,
            facts.ElementOrdered,
            facts.VectorMaterialRequested,
            facts.EMaterialsDelivered,
            facts.ParcelDispatched,
            facts.ParcelDelivered,
            facts.DeliveryPostponed,
            facts.OnlineContentPublished,
            facts.OnlineContentTakenDown,
            facts.LossNoticeDelivered,
            facts.MarkRemovalVerified,
            facts.DefectReported,
            facts.ClarificationRequested,
            facts.ClarificationGiven,
            facts.DefectEstablished,
            facts.CorrectionPeriodAgreed,
            facts.CorrectionPeriodNotAgreed,
            facts.CorrectionIssued,
            facts.ObjectionRaised,
            facts.ObjectionDecided,
            facts.AmicableAttemptMade,
            facts.SettlementReached,
            facts.CourtSeized,
            facts.CourtDecided,
            facts.ContractWithdrawalDeclared,
            facts.InvoiceAddressNamed,
            facts.BankInvoiceRequested,
            facts.InvoiceIssued,
            facts.InvoiceSent,
            facts.PaymentReceived,
            facts.ReminderSent,
            facts.CollectionCostIncurred,
            facts.InterestClaimed,
            facts.InvoiceCreditRequested,
            facts.InvoiceCreditDecided,
            facts.DamageClaimed,
            facts.DamageMadeGood,
            facts.DamageWaiverDecided,
            facts.DefaultInterestRateSet,
            facts.TermsAccepted,
            facts.DeviationAgreed,
            facts.TermsAmended,
            facts.AmendmentNoticeDelivered,
            facts.DataProtectionAcknowledged,
            facts.EmployeesInformed,
            facts.LegalHoldPlaced,
            facts.LegalHoldLifted,
            facts.InformationDisclosed,
            facts.PersonErased,
            facts.LetterSent,
            facts.LetterDelivered,
            facts.LetterBounced,
            facts.MessageReceived,
            facts.MessageAcknowledged,
            facts.TaskAssigned,
            facts.TaskClosed,
            facts.ProposalDropped,
        ),
        _nothing,
    ),
    events.DamageClaimRegistered: lambda d, _e: _Said(Kind.DAMAGE_CLAIMED, reason=str(d.amount), case=d.case),
    events.DamageCredited: _nothing,
    events.DamageWaived: lambda d, _e: _Said(Kind.DAMAGE_WAIVED, reason=" and ".join(map(str, d.amounts)), case=d.case),
    # --- money
    events.PaymentTermStarted: _nothing,
    events.InvoiceOverdue: lambda d, _e: _Said(Kind.INVOICE_OVERDUE, reason=f"{d.unpaid} of invoice {d.invoice}"),
    events.PaymentCredited: _nothing,
    events.ReminderFeeAdded: _nothing,  # the reminder says it
    events.CollectionCostAdded: _nothing,  # so does what claims it
    events.InterestComputed: lambda d, _e: _Said(Kind.INTEREST_CLAIMED, reason=f"{d.amount} on invoice {d.invoice}"),
    events.InterestRefused: _nothing,  # to the staff who claimed it
    events.CreditRefused: lambda d, _e: _Said(Kind.CREDIT_REFUSED, reason=d.reason),
    events.InvoiceCredited: lambda d, _e: _Said(Kind.CREDIT_GRANTED, reason=f"{d.amount} of invoice {d.invoice}"),
    events.InvoiceCreditDeclined: lambda d, _e: _Said(Kind.CREDIT_REFUSED, reason=f"invoice {d.invoice} stays"),
    events.BankInvoiceGranted: lambda _d, _e: _Said(Kind.BANK_INVOICE_GRANTED),
    events.BankInvoiceRefused: lambda d, _e: _Said(Kind.BANK_INVOICE_REFUSED, reason=d.reason),
    # --- the terms
    events.AmendmentAnnounced: lambda d, _e: _Said(Kind.AMENDMENT_ANNOUNCED, reason=d.edition),
    events.AmendmentNoticeOwed: lambda d, _e: _Said(Kind.AMENDMENT_NOTICE_DUE, d.due, reason=d.edition),
    events.AmendmentDeferred: lambda d, _e: _Said(Kind.AMENDMENT_NOTICE_DUE, reason=d.edition),
    events.AmendmentNoticeRecorded: lambda d, _e: _Said(
        Kind.AMENDMENT_WITHDRAWAL_OPEN, d.withdraw_until, reason=d.edition
    ),
    events.AmendmentTookEffect: lambda d, _e: _Said(Kind.TERMS_AMENDED, reason=d.edition),
    # --- disputes and withdrawal
    events.DisputeOpened: _nothing,  # the holder opened it
    events.DisputeClosed: lambda d, _e: _Said(Kind.DISPUTE_CLOSED, reason=d.ending.value),
    events.DefectConfirmed: _nothing,  # a period has to be agreed with the holder
    events.CorrectionPeriodStarted: lambda d, _e: _Said(Kind.CORRECTION_DUE, d.due),
    events.CorrectionOverdue: lambda _d, _e: _Said(Kind.CORRECTION_OVERDUE),
    events.CertificateCorrected: lambda _d, _e: _Said(Kind.CERTIFICATE_CORRECTED),
    events.SettlementPeriodStarted: _nothing,
    events.DisputeBroughtToCourt: _nothing,
    events.DisputeDecidedByCourt: lambda d, _e: _Said(Kind.DISPUTE_CLOSED, reason=f"court: {d.outcome}"),
    events.CourtStepRefused: _nothing,  # whoever wanted it was told at once
    events.WithdrawalAccepted: lambda _d, _e: _Said(Kind.WITHDRAWAL_ACCEPTED),
    events.WithdrawalRefused: lambda d, _e: _Said(Kind.WITHDRAWAL_REFUSED, reason=d.reason),
    events.ContractWithdrawn: lambda _d, _e: _Said(Kind.CONTRACT_WITHDRAWN),
    # --- terms
    events.TermsAcceptanceRecorded: _nothing,
    events.DeviationAccepted: lambda _d, _e: _Said(Kind.DEVIATION_ACCEPTED),
    events.DeviationRefused: lambda d, _e: _Said(Kind.DEVIATION_REFUSED, reason=d.reason),
    # --- everything
    events.TaskOpened: _nothing,  # staff's
    events.FactHadNoEffect: _nothing,
    events.DecisionAnnulled: _nothing,  # it withdraws the notice of the event that it annuls: see `withdrawal`
    events.TermRecomputed: lambda d, _e: _Said(Kind.DEADLINE_MOVED, d.new),
    events.CommandRefused: _nothing,  # its actor was told at once
}


def considered() -> frozenset[type[BaseModel]]:
    """The events of which somebody has said what they mean to a holder."""
    return frozenset(_SAID)


def notice(event: Event, history: Callable[[], Iterable[Recorded]]) -> Notice | None:
    """The notice that an event makes owed, or takes back; None where nobody has to be told.

    `history` gives the events of the same company, where the event alone does not tell.
    """
    if isinstance(event.data, events.DecisionAnnulled):
        return _withdrawal(event, event.data, history)
    if is_proposal(event.data):
        return None  # the holder is told what was decided
    said = _SAID[type(event.data)](event.data, event)
    if said is None or _brought(event, history):
        return None
    return Notice(
        kind=said.kind,
        subject=event.subject,
        certificate=event.stream if event.order else None,
        effective_at=event.effective_at,
        rule=event.rule or said.rule,
        by=said.by.lapses_at if said.by else None,
        reason=said.reason,
        case=said.case,
        edition=said.edition,
        valid_until=said.valid_until,
    )


def _withdrawal(
    event: Event, data: events.DecisionAnnulled, history: Callable[[], Iterable[Recorded]]
) -> Notice | None:
    annulled = next(r.event for r in history() if (r.event.stream, r.version) == (event.stream, data.version))
    told = notice(annulled, history)
    if told is None:
        return None
    return Notice(
        kind=Kind.WITHDRAWN,
        subject=told.subject,
        certificate=told.certificate,
        effective_at=told.effective_at,
        rule=told.rule,
        case=told.case,
        withdraws=data.version,
    )


def _brought(event: Event, history: Callable[[], Iterable[Recorded]]) -> bool:
    """Whether it came with a certificate that was taken over: it happened, and was told, under another system."""
    match event.data:
        case events.MarkLicenceLost(ground=name) | events.MarkLicenceSuspended(case=name):
            pass
        case _:
            return False
    if not name.startswith("taken-over"):
        return False  # so that a history is read only where it may matter; anybody may choose such a name
    taken_over = (r.event for r in history() if isinstance(r.event.data, facts.CertificateTakenOver))
    return any((event.stream, event.cause) == (fact.stream, f"fact {fact.fact}") for fact in taken_over)
