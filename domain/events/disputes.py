"""What was decided in a dispute, and about withdrawals from the contract (clauses 9, 13 and 14)."""

from datetime import datetime
from enum import StrEnum

from domain.events.envelope import ClockStarted, Decision
from domain.facts import CourtOutcome, WithdrawalBasis


class DisputeKind(StrEnum):
    """What a dispute is about (DNB-9.1, 13.2)."""

    DEFECT = "defect"
    CLARIFICATION = "clarification"
    OBJECTION = "objection"


class DisputeEnding(StrEnum):
    """What became of a dispute that ended otherwise than by a correction or a withdrawal."""

    CLARIFIED = "clarified"
    OUT_OF_SCOPE = "out_of_scope"
    ANNULLED = "annulled"
    REINSTATED = "reinstated"
    REJECTED = "rejected"
    SETTLED = "settled"


class DisputeOpened(Decision):
    """A holder pointed out a defect, asked for a clarification, or objected to a loss, named by its ground."""

    dispute: str
    kind: DisputeKind
    loss: str | None = None


class DisputeClosed(Decision):
    """A dispute is over, and how it ended."""

    dispute: str
    ending: DisputeEnding


class DefectConfirmed(Decision):
    """The error lies with the issuer; both sides have to agree on a period to correct it (DNB-9.2)."""

    dispute: str


class CorrectionPeriodStarted(ClockStarted):
    """The period for the correction runs: as agreed, or as proposed where no agreement was reached (DNB-9.2)."""

    dispute: str
    agreed: bool


class CorrectionOverdue(Decision):
    """The period passed in vain: until the correction is issued, the holder may withdraw (DNB-9.3)."""

    dispute: str


class CertificateCorrected(Decision):
    """A corrected document supersedes the one before, under the same number and for the same period (DNB-9.5).

    `revision` counts the corrections of the certificate, `document` is the SHA-256 of the new document.
    """

    dispute: str
    document: str
    revision: int


class SettlementPeriodStarted(ClockStarted):
    """An amicable attempt was made; when the days have passed, staff are reminded of the court (DNB-13.2)."""

    dispute: str


class DisputeBroughtToCourt(Decision):
    """No amicable settlement was possible, and a court has the dispute (DNB-13.2)."""

    dispute: str
    court: str


class DisputeDecidedByCourt(Decision):
    """A court decided the dispute for good: it is over (DNB-13.2)."""

    dispute: str
    outcome: CourtOutcome


class CourtStepRefused(Decision):
    """No court without an amicable attempt before it; the attempt to go there stays as evidence (DNB-13.2)."""

    dispute: str
    reason: str


class WithdrawalAccepted(Decision):
    """The holder withdraws, and the contract ends at `ends_at`, which may lie ahead (DNB-9.3, 9.4, 14.3)."""

    basis: WithdrawalBasis
    ends_at: datetime
    dispute: str | None = None


class ContractWithdrawn(Decision):
    """The contract ended by the holder's withdrawal (DNB-9.3, 9.4, 14.3)."""

    basis: WithdrawalBasis
    ended_at: datetime
    dispute: str | None = None


class WithdrawalRefused(Decision):
    """No right to withdraw, or no contract; the declaration stays as evidence (DNB-9.3, 9.4, 14.3)."""

    reason: str
