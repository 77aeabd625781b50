"""Facts about one certificate: its order, contract, renewal, and the loss and return of its licence."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from domain.facts.vocabulary import (
    Channel,
    Day,
    Edition,
    Grade,
    Hash,
    LateReason,
    LicenceThen,
    OrderFact,
    Private,
    PrivateAddress,
    PrivateText,
    Staff,
    Year,
    no_forged_reference,
)


class CertificateTakenOver(OrderFact):
    """A running certificate, with its history, that began under another system; `time` is the day of taking over."""

    concluded_on: Day
    term: Annotated[int, Field(ge=1, le=100)]
    valid_until: Day
    business_year: Year
    attained: Grade
    edition: Edition = Edition.BASE
    history: dict[Year, Grade] = Field(default={})
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
    """The renewal notice reached the holder, and what it said (DNB-4.11, 4.12).

    `term` is the number of the term whose end it tells of; without it, it is the first one that may still be undone.
    """

    states_expiry: bool
    states_class: bool
    states_edition: bool
    late_reason: LateReason | None = None
    term: Annotated[int, Field(ge=1, le=100)] | None = None


class RenewalCancelled(OrderFact):
    """The holder declared that the contract shall not renew; `time` is when it was sent (GEN-7).

    `message` is the SHA-256 of the stored message (DNB-4.15), `signed` says that a signature proved the company as
    its sender.
    """

    channel: Channel = Channel.EMAIL
    sender: PrivateAddress | None = None
    recipient: Annotated[
        str,
        BeforeValidator(no_forged_reference),
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
    approved_by: Staff | None = None


class RenewalDecided(OrderFact):
    """Two people decided on a renewal that is held since the licence was taken away for good (X-17).

    `renewed` says whether the contract goes on; else it has ended with its last term.
    """

    renewed: bool
    decided_by: Staff
    approved_by: Staff | None = None
