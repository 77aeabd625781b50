"""Facts about disputes: defects, objections to a loss, withdrawal from the contract, the way to court."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.facts.vocabulary import Day, Hash, Name, OrderFact, PrivateText, Reference, Staff


class DisputeFact(OrderFact):
    """A fact about one dispute over a certificate."""

    dispute: Reference


class ObjectionGround(StrEnum):
    """Why a holder thinks that a loss was wrong."""

    WRONG_COMPANY = "wrong_company"
    WRONG_FACT = "wrong_fact"
    OTHER = "other"


class ObjectionOutcome(StrEnum):
    """What became of an objection: the loss never was, the licence is given back from now on, or neither."""

    ANNULLED = "annulled"
    REINSTATED = "reinstated"
    REJECTED = "rejected"


class CourtOutcome(StrEnum):
    """In whose favour a court decided a dispute for good (DNB-13.2)."""

    HOLDER = "holder"
    ISSUER = "issuer"
    IN_PART = "in_part"


class WithdrawalBasis(StrEnum):
    """On what a holder withdraws from the contract (DNB-9.3, 9.4, 14.3)."""

    CORRECTION_OVERDUE = "correction_overdue"
    STATUTE = "statute"
    AMENDMENT = "amendment"


_Documents = Annotated[tuple[Hash, ...], Field(max_length=100)]


class DefectReported(DisputeFact):
    """The holder points out an error or a defect of the certificate (DNB-9.1)."""

    description: PrivateText
    evidence: _Documents = ()


class ClarificationRequested(DisputeFact):
    """The holder asks for a clarification (DNB-9.1)."""

    description: PrivateText


class ClarificationGiven(DisputeFact):
    """The holder was given it; `document` is the answer's SHA-256."""

    document: Hash | None = None


class DefectEstablished(DisputeFact):
    """It was established whether there is an error that lies with the issuer (DNB-9.2)."""

    in_scope: bool


class CorrectionPeriodAgreed(DisputeFact):
    """Both sides agreed on the last day of a reasonable period to correct it (DNB-9.2).

    `document` is the SHA-256 of what shows that. What takes the place of a period that runs, or has passed, needs one.
    """

    correct_by: Day
    document: Hash | None = None


class CorrectionPeriodNotAgreed(DisputeFact):
    """They could not agree; fifteen days are proposed, and the disagreement is on record (DNB-9.2)."""


class CorrectionIssued(DisputeFact):
    """A corrected document supersedes the old one, for the same period; `document` is its SHA-256 (DNB-9.5)."""

    document: Hash


class ObjectionRaised(DisputeFact):
    """The holder objects to a loss that came by the terms' own text; `loss` names its ground."""

    ground: ObjectionGround
    loss: Reference
    description: PrivateText


class ObjectionDecided(DisputeFact):
    """Two people decided on an objection."""

    outcome: ObjectionOutcome
    decided_by: Staff
    approved_by: Staff | None = None


class AmicableAttemptMade(DisputeFact):
    """An attempt to settle amicably (DNB-13.2); `document` is its record's SHA-256."""

    document: Hash | None = None


class SettlementReached(DisputeFact):
    """The dispute is settled amicably (DNB-13.2); `document` is the agreement's SHA-256."""

    document: Hash


class CourtSeized(DisputeFact):
    """The dispute was brought before a court (DNB-13.2)."""

    court: Name = "Belgrade"


class CourtDecided(DisputeFact):
    """The court's final decision (DNB-13.2); `document` is its SHA-256."""

    outcome: CourtOutcome
    document: Hash


class ContractWithdrawalDeclared(OrderFact):
    """The holder declared to withdraw from the contract; `time` is when we received it.

    `dispute` names the defect that was not corrected, `law` the provision that allows it without a period, `edition`
    the amendment of the terms.
    """

    basis: WithdrawalBasis
    dispute: Reference | None = None
    law: Name | None = None
    edition: Reference | None = None
