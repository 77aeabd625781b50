"""What happened outside: the facts that reach the engine, each with a name, a version and a model.

A fact that can be read and attributed is recorded, always; no rule rejects it. On the wire it is a CloudEvent
(`domain.wire`), in the store an event whose data is one of these models. Fields marked as `PrivateText` or
`PrivateAddress` (persons and free text) hold a reference to an erasable store by the time the domain sees them.
"""

from types import ModuleType

from domain.facts import (
    amendments,
    company,
    deliveries,
    desk,
    disputes,
    letters,
    licence,
    messages,
    misuse,
    money,
    orders,
    persons,
)
from domain.facts.amendments import (
    AmendmentNoticeDelivered,
    DeviationAgreed,
    TermsAccepted,
    TermsAmended,
    WrittenForm,
)
from domain.facts.company import (
    AccountBlocked,
    AccountUnblocked,
    CalendarCorrected,
    ClassAssessed,
    CompanyDeregistered,
    CompanyRegistered,
    CompanyRenamed,
    DataCollectionClosed,
    DataCollectionOpened,
    DynamicScoreReported,
    FactRetracted,
    InsolvencyClosed,
    InsolvencyOpened,
    ProceedingDismissed,
    ProceedingRequested,
    StatementFiled,
    StatementRestated,
)
from domain.facts.deliveries import (
    Delivery,
    DeliveryPostponed,
    Element,
    ElementOrdered,
    EMaterialsDelivered,
    LossNoticeDelivered,
    MarkRemovalVerified,
    OnlineContent,
    OnlineContentPublished,
    OnlineContentTakenDown,
    Package,
    PackageOrdered,
    ParcelDelivered,
    ParcelDispatched,
    VectorMaterialRequested,
)
from domain.facts.desk import (
    ProposalDropped,
    TaskAssigned,
    TaskClosed,
    TaskFact,
    TaskOutcome,
)
from domain.facts.disputes import (
    AmicableAttemptMade,
    ClarificationGiven,
    ClarificationRequested,
    ContractWithdrawalDeclared,
    CorrectionIssued,
    CorrectionPeriodAgreed,
    CorrectionPeriodNotAgreed,
    CourtDecided,
    CourtOutcome,
    CourtSeized,
    DefectEstablished,
    DefectReported,
    DisputeFact,
    ObjectionDecided,
    ObjectionGround,
    ObjectionOutcome,
    ObjectionRaised,
    SettlementReached,
    WithdrawalBasis,
)
from domain.facts.letters import (
    Language,
    LetterBounced,
    LetterDelivered,
    LetterFact,
    LetterKind,
    LetterRoute,
    LetterSent,
)
from domain.facts.licence import (
    LossDecided,
    ReinstatementDecided,
    ReinstatementRequested,
)
from domain.facts.messages import (
    MessageAcknowledged,
    MessageFact,
    MessageReceived,
)
from domain.facts.misuse import (
    CaseDismissed,
    CessationDeclared,
    CessationFoundUntrue,
    CessationVerified,
    EvidenceAdded,
    InfringementEnded,
    MisuseReported,
    PermanentWithdrawalApproved,
    PermanentWithdrawalProposed,
    Reporter,
    SecondDemandDelivered,
    SecondDemandServed,
    SuspensionDecided,
    SuspensionDeferred,
    ViolationVerified,
    WarningDelivered,
    WarningServed,
)
from domain.facts.money import (
    BankInvoiceRequested,
    CollectionCostIncurred,
    CostKind,
    CreditReason,
    DamageClaimed,
    DamageFact,
    DamageMadeGood,
    DamageWaiverDecided,
    DefaultInterestRateSet,
    InterestClaimed,
    InvoiceAddressNamed,
    InvoiceCreditDecided,
    InvoiceCreditRequested,
    InvoiceFact,
    InvoiceIssued,
    InvoiceSent,
    PaymentReceived,
    ReminderSent,
)
from domain.facts.orders import (
    CertificateTakenOver,
    ConsensusRecorded,
    ContractRestorationDecided,
    OfferConfirmed,
    OfferMade,
    OrderConfirmationSent,
    PhoneOrderPlaced,
    RenewalCancelled,
    RenewalDecided,
    RenewalNoticeDelivered,
    RepresentativeNamed,
    SpecialEditionAgreed,
)
from domain.facts.persons import (
    DataProtectionAcknowledged,
    DisclosureBasis,
    EmployeesInformed,
    InformationDisclosed,
    LegalHoldLifted,
    LegalHoldPlaced,
    PersonErased,
)
from domain.facts.vocabulary import (
    REFERENCE,
    STORED,
    CaseFact,
    Channel,
    CompanyFact,
    Day,
    Dynamic,
    Edition,
    Excellence,
    Fact,
    FactId,
    Grade,
    Hash,
    Insolvency,
    LateReason,
    LicenceThen,
    Name,
    OrderFact,
    OrderNumber,
    Private,
    PrivateAddress,
    PrivateText,
    Reference,
    SchemeFact,
    Staff,
    Violation,
    Year,
)

# Facts of one instant stand in this order, and in that of their modules: an offer before its confirmation.
_MODULES: tuple[ModuleType, ...] = (
    company,
    orders,
    misuse,
    licence,
    deliveries,
    disputes,
    money,
    amendments,
    persons,
    letters,
    messages,
    desk,
)
_NO_FACTS = (
    *(Fact, CompanyFact, OrderFact, SchemeFact, CaseFact, DamageFact, DisputeFact, InvoiceFact),
    *(LetterFact, MessageFact, TaskFact),
)

FACTS: dict[str, type[Fact]] = {
    name: model
    for module in _MODULES
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, Fact) and model not in _NO_FACTS
}

# Announcements may lie ahead; everything else was observed and can't lie after the day it was learned.
ANNOUNCEMENTS = (DataCollectionOpened, CalendarCorrected, TermsAmended, DefaultInterestRateSet)
