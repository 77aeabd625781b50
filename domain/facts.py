"""What happened outside: the facts that reach the engine, each with a name, a version and a model.

A fact that can be read and attributed is recorded, always; no rule rejects it. On the wire it is a CloudEvent
(`domain.wire`), in the store an event whose data is one of these models. Fields marked as `PrivateText` or
`PrivateAddress` (persons and free text) hold a reference to an erasable store by the time the domain sees them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo


class Excellence(StrEnum):
    """The base classes of DNB-2.3; NONE says that a company was assessed and attained none of them."""

    A = "A"
    AA = "AA"
    AAA = "AAA"
    NONE = "none"


class Edition(StrEnum):
    """The special editions of DNB-2.4 to 2.6; BASE is the certificate without one."""

    BASE = "base"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Insolvency(StrEnum):
    """Kinds of proceedings (001:236, 001:422); a liquidation is solvent in law and decided by hand (DNB-6.13)."""

    BANKRUPTCY = "bankruptcy"
    FORCED_SETTLEMENT = "forced_settlement"
    PREVENTIVE_RESTRUCTURING = "preventive_restructuring"
    LIQUIDATION = "liquidation"


class Violation(StrEnum):
    """What a misuse consists of (DNB-6.2, 6.3, 6.8 to 6.10, 6.16)."""

    ALTERATION = "alteration"
    REGISTRATION = "registration"
    FOREIGN_PURPOSE = "foreign_purpose"
    MISSING_YEAR = "missing_year"
    WRONG_GRADE_YEAR = "wrong_grade_year"
    USE_AFTER_LOSS = "use_after_loss"


class LateReason(StrEnum):
    """Why a renewal notice came late; only data not yet collected excuses the issuer (DNB-4.12)."""

    DATA_NOT_COLLECTED = "data_not_collected"
    OTHER = "other"


class LicenceThen(StrEnum):
    """How the mark licence stood when a certificate was taken over."""

    GRANTED = "granted"
    SUSPENDED = "suspended"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Private:
    """Marks a field that holds a person's data or free text; `address` marks an e-mail address.

    `nobodys` is an address that is no person's, and stays as it is.
    """

    address: bool = False
    nobodys: str | None = None


REFERENCE = "ref:"
STORED = {"stored": True}  # the validation context of what our own store holds


def _no_forged_reference(value: Any, info: ValidationInfo) -> Any:
    # Only our own intake may write a reference; whoever sends one could claim another person's identity.
    if isinstance(value, str) and value.startswith(REFERENCE) and info.context is not STORED:
        msg = f"must not begin with {REFERENCE!r}, that is how the erasable store is referred to"
        raise ValueError(msg)
    return value


def _one_alphabet(value: Any) -> Any:
    if isinstance(value, str) and not value.isascii():
        strange = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in dict.fromkeys(value) if not c.isascii())
        msg = f"grade {value!r} holds letters that are not Latin: {strange}; write A, AA, AAA or none in Latin letters"
        raise ValueError(msg)
    return value


PrivateText = Annotated[
    str, BeforeValidator(_no_forged_reference), StringConstraints(min_length=1, max_length=10_000), Private()
]
PrivateAddress = Annotated[
    str,
    BeforeValidator(_no_forged_reference),
    StringConstraints(pattern=r"^[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}$"),
    Private(address=True),
]
Grade = Annotated[Excellence, BeforeValidator(_one_alphabet)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$")]
OrderNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
FactId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,100}$")]
Staff = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Year = Annotated[int, Field(ge=1980, le=2200)]
Day = Annotated[date, Field(ge=date(1980, 1, 1), le=date(2200, 12, 31))]  # terms are counted from it


class Fact(BaseModel):
    """What every fact's data has in common: strict, closed and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CompanyFact(Fact):
    """A fact kept in the company's stream."""


class OrderFact(Fact):
    """A fact kept in the stream of the certificate that was, or will be, issued on this order."""

    order: OrderNumber


class SchemeFact(Fact):
    """A fact about a whole scheme."""


# --- the company -------------------------------------------------------------------------------------------------


class CompanyRegistered(CompanyFact):
    """A company stands in its register; `founded` where the register tells it. Nothing may precede the founding."""

    name: Name
    legal_form: Name | None = None
    pib: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")] | None = None
    founded: date | None = None


class CompanyRenamed(CompanyFact):
    """Name or legal form changed; the registration number, and with it the holder, stays the same (X-19)."""

    name: Name
    legal_form: Name | None = None


class CompanyDeregistered(CompanyFact):
    """The legal person ceased to exist (DNB-6.12); a successor needs an order of its own."""

    successor: Name | None = None


class StatementFiled(CompanyFact):
    """The annual statement of a business year was filed; `document` is its SHA-256 where known."""

    business_year: Year
    document: Hash | None = None


class StatementRestated(CompanyFact):
    """A filed statement was corrected afterwards."""

    business_year: Year
    document: Hash | None = None


class ClassAssessed(CompanyFact):
    """The methodology attained a class for a business year (DNB-2.3, M9)."""

    business_year: Year
    attained: Grade
    model_version: Reference
    inputs_hash: Hash


class AccountBlocked(CompanyFact):
    """An account is blocked from this day on (DNB-6.14); `blockade` names it, since several may overlap."""

    blockade: Reference


class AccountUnblocked(CompanyFact):
    """That blockade ended. It closes the ground's interval and revives nothing (DNB-6.14)."""

    blockade: Reference


class ProceedingRequested(CompanyFact):
    """Somebody asked a court to open a proceeding; only the opening has consequences (DNB-6.13)."""

    kind: Insolvency
    proceeding: Reference


class ProceedingDismissed(CompanyFact):
    """The court dismissed the request."""

    kind: Insolvency
    proceeding: Reference


class InsolvencyOpened(CompanyFact):
    """A proceeding was opened (DNB-6.13)."""

    kind: Insolvency
    proceeding: Reference


class InsolvencyClosed(CompanyFact):
    """That proceeding was closed. It closes the ground's interval and revives nothing."""

    kind: Insolvency
    proceeding: Reference


class FactRetracted(CompanyFact):
    """A fact was wrong, and what followed from it is annulled as if it had never been; may name a retraction.

    `source` is the source of the retracted fact where it differs from the retraction's own.
    """

    fact: FactId
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    reason: PrivateText | None = None


# --- the scheme, or one company under it ---------------------------------------------------------------------------


class DataCollectionOpened(CompanyFact, SchemeFact):
    """Collection of a business year's financial data began (DNB-4.4); `closes_on` announces its last day."""

    business_year: Year
    closes_on: date | None = None


class DataCollectionClosed(CompanyFact, SchemeFact):
    """The data of a business year is collected: the scheme's whole collection, or this company's."""

    business_year: Year


class CalendarCorrected(SchemeFact):
    """Some days were taken for working days or days off by mistake; open terms are counted again."""

    version: Reference
    days_off: tuple[date, ...] = ()
    working: tuple[date, ...] = ()


# --- order, contract and renewal -----------------------------------------------------------------------------------


class CertificateTakenOver(OrderFact):
    """A running certificate, with its history, that began under another system; `time` is the day of taking over."""

    concluded_on: Day
    term: Annotated[int, Field(ge=1, le=100)]
    valid_until: Day
    business_year: Year
    attained: Grade
    edition: Edition = Edition.BASE
    history: dict[Year, Grade] = {}
    licence: LicenceThen = LicenceThen.GRANTED


class OfferMade(OrderFact):
    """An offer went to the company (DNB-4.1)."""


class OfferConfirmed(OrderFact):
    """The company confirmed the offer (DNB-4.1)."""


class PhoneOrderPlaced(OrderFact):
    """The company ordered by telephone (DNB-4.1)."""


class OrderConfirmationSent(OrderFact):
    """The issuer confirmed the telephone order; with it the contract is concluded (DNB-4.1, 4.3)."""


class ConsensusRecorded(OrderFact):
    """Both sides agreed in another way; `evidence` is the document's SHA-256 (DNB-4.2)."""

    evidence: Hash


class RepresentativeNamed(OrderFact):
    """The person who acts for the holder under the contract (DNB-4.7, 6.5)."""

    name: PrivateText
    email: PrivateAddress


class RenewalNoticeDelivered(OrderFact):
    """The renewal notice reached the holder, and what it said (DNB-4.11, 4.12)."""

    states_expiry: bool
    states_class: bool
    states_edition: bool
    late_reason: LateReason | None = None


class Channel(StrEnum):
    """How a cancellation was declared; only e-mail is the agreed form (DNB-4.7)."""

    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"


class RenewalCancelled(OrderFact):
    """The holder declared that the contract shall not renew; `time` is when it was sent (GEN-7).

    `message` is the SHA-256 of the stored message, `signed` says that a signature proved the company as its sender.
    """

    channel: Channel = Channel.EMAIL
    sender: PrivateAddress | None = None
    recipient: Annotated[
        str,
        BeforeValidator(_no_forged_reference),
        StringConstraints(max_length=254),
        Private(address=True, nobodys="aaa.rs@dnb.com"),
    ] = "aaa.rs@dnb.com"
    message: Hash | None = None
    signed: bool = False


class SpecialEditionAgreed(OrderFact):
    """Holder and issuer agreed on a special edition (DNB-4.10)."""

    edition: Literal[Edition.SILVER, Edition.GOLD, Edition.PLATINUM]


class ContractRestorationDecided(OrderFact):
    """Two people decided that what a wrong or late fact did to the contract shall be undone."""

    decided_by: Staff
    approved_by: Staff


# --- misuse of the mark --------------------------------------------------------------------------------------------


class CaseFact(CompanyFact):
    """A fact about one case of misuse."""

    case: Reference


class MisuseReported(CaseFact):
    """A suspicion that the mark is used against the terms, with at least one piece of evidence (DNB-7.0)."""

    kind: Violation
    evidence: Annotated[tuple[Hash, ...], Field(min_length=1, max_length=100)]
    note: PrivateText | None = None


class WarningServed(CaseFact):
    """The written warning was sent (DNB-7.1)."""


class WarningDelivered(CaseFact):
    """The holder received the warning; the 48 hours run from here (DNB-7.1, GEN-7)."""


class SuspensionDeferred(CaseFact):
    """A person put the automatic suspension off, with a reason (X-10)."""

    until: AwareDatetime
    reason: PrivateText


class SuspensionDecided(CaseFact):
    """A person took the licence away for a time after the 48 hours had passed in vain (DNB-7.3)."""


class SecondDemandServed(CaseFact):
    """The second demand was sent (DNB-7.3)."""


class SecondDemandDelivered(CaseFact):
    """The holder received the second demand; seven working days run from here (DNB-7.3)."""


class CessationDeclared(CaseFact):
    """The holder says that the misuse has stopped; it holds the automatic suspension until verified."""


class CessationVerified(CaseFact):
    """Staff saw that the misuse has stopped (DNB-7.2, 7.4)."""


class CessationFoundUntrue(CaseFact):
    """Staff saw that the misuse goes on in spite of the declaration."""


class PermanentWithdrawalProposed(CaseFact):
    """A person proposes to take the licence away for good (DNB-7.5)."""

    proposed_by: Staff


class PermanentWithdrawalApproved(CaseFact):
    """Another person approves it (DNB-7.5: two different people)."""

    approved_by: Staff


# --- loss and reinstatement ----------------------------------------------------------------------------------------


class LossDecided(OrderFact):
    """Two people decided by hand whether a liquidation takes the licence away (DNB-6.13)."""

    proceeding: Reference
    lost: bool
    decided_by: Staff
    approved_by: Staff


class ReinstatementRequested(OrderFact):
    """The holder asks for the licence that was lost (DNB-6.14)."""


class ReinstatementDecided(OrderFact):
    """Two people decided on it; a grant needs a written agreement, `agreement` is its SHA-256."""

    granted: bool
    decided_by: Staff
    approved_by: Staff
    agreement: Hash | None = None


FACTS: dict[str, type[Fact]] = {
    model.__name__: model
    for model in (
        CompanyRegistered,
        CompanyRenamed,
        CompanyDeregistered,
        StatementFiled,
        StatementRestated,
        ClassAssessed,
        AccountBlocked,
        AccountUnblocked,
        ProceedingRequested,
        ProceedingDismissed,
        InsolvencyOpened,
        InsolvencyClosed,
        FactRetracted,
        DataCollectionOpened,
        DataCollectionClosed,
        CalendarCorrected,
        CertificateTakenOver,
        OfferMade,
        OfferConfirmed,
        PhoneOrderPlaced,
        OrderConfirmationSent,
        ConsensusRecorded,
        RepresentativeNamed,
        RenewalNoticeDelivered,
        RenewalCancelled,
        SpecialEditionAgreed,
        ContractRestorationDecided,
        MisuseReported,
        WarningServed,
        WarningDelivered,
        SuspensionDeferred,
        SuspensionDecided,
        SecondDemandServed,
        SecondDemandDelivered,
        CessationDeclared,
        CessationVerified,
        CessationFoundUntrue,
        PermanentWithdrawalProposed,
        PermanentWithdrawalApproved,
        LossDecided,
        ReinstatementRequested,
        ReinstatementDecided,
    )
}

# Announcements may lie ahead; everything else was observed and can't lie after the day it was learned.
ANNOUNCEMENTS = (DataCollectionOpened, CalendarCorrected)
