"""What the engine itself decided or found, and the envelope in which facts and decisions are kept.

The name of an event is its stored format, independent of the module it lives in. Events carry dates, never
durations or "current" settings; a decision carries its rule and the editions it was taken under (GEN-11).
"""

from types import ModuleType

from domain.events import amendments, contract, deliveries, disputes, general, licence, misuse, money, persons
from domain.events.amendments import (
    AmendmentAnnounced,
    AmendmentDeferred,
    AmendmentNoticeOwed,
    AmendmentNoticeRecorded,
    AmendmentTookEffect,
    DeviationAccepted,
    DeviationRefused,
    TermsAcceptanceRecorded,
)
from domain.events.contract import (
    CancellationAccepted,
    CancellationRefused,
    Conclusion,
    ContractCancelledAtExpiry,
    ContractConcluded,
    ContractEndedWithSubject,
    ContractExpired,
    ContractExtendedPendingData,
    ContractExtensionEnded,
    ContractRenewed,
    ContractTerm,
    LateNoticeDue,
    LateNoticeRecorded,
    NonConformingCancellationReceived,
    NoticeDelayExcused,
    OrderRefused,
    RenewalConfirmed,
    RenewalHeld,
    RenewalNoticeAccepted,
    RenewalNoticeFoundIncomplete,
    RenewalUndone,
)
from domain.events.deliveries import (
    DeliveryMade,
    DeliveryOwed,
    DeliveryTermMoved,
    MarkRemovalLifted,
    MarkRemovalOwed,
    MarkRemoved,
    OnlinePeriodEnded,
    OnlinePeriodStarted,
    PackageAgreed,
    RemovalClockStarted,
    VectorMaterialRefused,
    VectorMaterialReleased,
)
from domain.events.disputes import (
    CertificateCorrected,
    ContractWithdrawn,
    CorrectionOverdue,
    CorrectionPeriodStarted,
    CourtStepRefused,
    DefectConfirmed,
    DisputeBroughtToCourt,
    DisputeClosed,
    DisputeDecidedByCourt,
    DisputeEnding,
    DisputeKind,
    DisputeOpened,
    SettlementPeriodStarted,
    WithdrawalAccepted,
    WithdrawalRefused,
)
from domain.events.envelope import ClockStarted, Decision, Event
from domain.events.general import (
    CommandRefused,
    DecisionAnnulled,
    FactHadNoEffect,
    IssuerObligationBreached,
    TaskOpened,
    TermRecomputed,
)
from domain.events.licence import (
    AssessmentDisregarded,
    ClassAttested,
    EditionAttained,
    HolderRenamed,
    LossGroundClosed,
    MarkLicenceGranted,
    MarkLicenceKept,
    MarkLicenceLost,
    MarkLicenceReinstated,
    MarkLicenceRestored,
    MarkLicenceRevoked,
    MarkLicenceSuspended,
    ReinstatementRefused,
    SpecialEditionGranted,
    SpecialEditionOffered,
    SpecialEditionRefused,
)
from domain.events.misuse import (
    MisuseCaseClosed,
    MisuseCaseOpened,
    PermanentWithdrawalRefused,
    SecondClockStarted,
    ViolationCeased,
    WarningClockStarted,
)
from domain.events.money import (
    BankInvoiceGranted,
    BankInvoiceRefused,
    CollectionCostAdded,
    CreditRefused,
    DamageClaimRegistered,
    DamageCredited,
    DamageWaived,
    InterestComputed,
    InterestRefused,
    InvoiceCreditDeclined,
    InvoiceCredited,
    InvoiceOverdue,
    PaymentCredited,
    PaymentTermStarted,
    ReminderFeeAdded,
)
from domain.events.persons import DisclosureRefused, ErasureRefused
from domain.facts import FACTS, Fact

_MODULES: tuple[ModuleType, ...] = (
    contract,
    licence,
    misuse,
    deliveries,
    disputes,
    money,
    amendments,
    persons,
    general,
)

DECISIONS: dict[str, type[Decision]] = {
    name: model
    for module in _MODULES
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, Decision) and model not in (Decision, ClockStarted)
}

EVENTS: dict[str, type[Fact] | type[Decision]] = {**FACTS, **DECISIONS}
