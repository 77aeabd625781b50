"""What was decided about the contract: concluded, noticed, cancelled, extended, renewed, ended (clauses 3 and 4)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.calendar import Term
from domain.events.envelope import Decision


class Conclusion(StrEnum):
    """How a contract came about (DNB-4.1, 4.2; design decision on taking over)."""

    PHONE = "phone"
    CONSENSUS = "consensus"
    TAKEN_OVER = "taken_over"


class OrderRefused(Decision):
    """No contract: the company doesn't meet the conditions, or a step of the order is missing (DNB-3.1, 4.1)."""

    reason: str


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """The dates of one term of a contract; `valid_until` is its last day."""

    term: int
    valid_from: date
    valid_until: date
    expires: Term
    notice_by: Term
    cancel_by: Term


class ContractConcluded(Decision):
    """A contract began (DNB-4.3)."""

    conclusion: Conclusion
    concluded_on: date
    dates: ContractTerm


class ContractExtendedPendingData(Decision):
    """Expiry fell into the collection of a business year's data: the contract lasts until it is collected (DNB-4.4)."""

    term: int
    business_year: int
    alarm: Term


class ContractExtensionEnded(Decision):
    """The data is collected: the extended contract ends with this day, the anchor of what follows (DNB-4.4)."""

    dates: ContractTerm


class ContractRenewed(Decision):
    """The next term began (DNB-4.5); provisional while a late notice's 15 days still run (DNB-4.13)."""

    dates: ContractTerm
    provisional: bool = False


class RenewalConfirmed(Decision):
    """A provisional renewal became final: the 15 days passed without a cancellation (DNB-4.13)."""

    term: int


class RenewalHeld(Decision):
    """No final renewal yet: no notice was given, or the licence was taken away for good (DNB-4.14, X-17)."""

    term: int
    reason: str


class RenewalUndone(Decision):
    """A renewal that had begun was cancelled in time and is undone from its start (DNB-4.13, GEN-7)."""

    term: int
    ended_at: datetime


class ContractExpired(Decision):
    """The contract ended and was not renewed: the conditions were no longer met, or two people decided so (X-17)."""

    term: int
    ended_at: datetime
    reason: str


class ContractCancelledAtExpiry(Decision):
    """The contract ended as the holder had declared (DNB-4.6)."""

    term: int
    ended_at: datetime


class ContractEndedWithSubject(Decision):
    """The legal person ceased to exist, and the contract with it (DNB-6.12)."""

    ended_at: datetime


class CancellationAccepted(Decision):
    """The contract will end at expiry (DNB-4.6, 4.13)."""

    term: int


class CancellationRefused(Decision):
    """The holder's cancellation came too late, or nothing is left to cancel; it stays as evidence (DNB-4.6)."""

    reason: str


class NonConformingCancellationReceived(Decision):
    """Another form, address or sender than agreed (DNB-4.7); staff invite the proper form."""

    reason: str


class RenewalNoticeAccepted(Decision):
    """The renewal notice came in time and said all that it must (DNB-4.11)."""

    term: int


class RenewalNoticeFoundIncomplete(Decision):
    """A renewal notice lacked something that it must say; it counts as not given (DNB-4.11)."""

    missing: tuple[str, ...]


class LateNoticeRecorded(Decision):
    """The notice came late; the holder may cancel until `cancel_by` (DNB-4.12, 4.13)."""

    term: int
    cancel_by: Term
    excused: bool


class NoticeDelayExcused(Decision):
    """Sixty days before expiry the data was not collected: notice follows as soon as possible (DNB-4.12)."""

    term: int


class LateNoticeDue(Decision):
    """The data is there now, the notice is owed as soon as possible (DNB-4.12)."""

    term: int
    notify_by: Term
