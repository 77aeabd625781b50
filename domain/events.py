"""What the engine itself decided or found, and the envelope in which facts and decisions are kept.

The name of an event is its stored format, independent of the module it lives in. Events carry dates, never
durations or "current" settings; a decision carries its rule and the editions it was taken under (GEN-11).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializeAsAny

from domain.calendar import Term
from domain.facts import FACTS, Edition, Excellence, Fact
from domain.rules import Rule


class Decision(BaseModel):
    """What every decided event's data has in common: closed and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(BaseModel):
    """One entry of a stream, a recorded fact or a decision.

    `stream` is the company's subject, or subject/order for a certificate. `effective_at` is when it holds in the
    world, `recorded_at` when we knew it, both UTC. `fact` and `source` identify a recorded fact, `said_at` keeps the
    sender's own recorded time where ours was lifted above it. `cause` is the fact, or the deadline, that a decision
    follows from; `editions` are those of terms, policy and calendar in force, `scheme` is how many scheme-wide facts
    its company had met (absent for none).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stream: str
    effective_at: datetime
    recorded_at: datetime
    data: SerializeAsAny[BaseModel]
    fact: str | None = None
    source: str | None = None
    said_at: datetime | None = None
    actor: str | None = None
    role: str | None = None
    cause: str | None = None
    rule: Rule | None = None
    editions: str | None = None
    scheme: int | None = None

    def __eq__(self, other: object) -> bool:
        """Equal content, whichever way the event was read or made."""
        return isinstance(other, Event) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """In accord with equality, by what tells most events apart."""
        return hash((self.stream, self.effective_at, self.fact, type(self.data)))

    @property
    def name(self) -> str:
        """The event's name, which is its stored format."""
        return type(self.data).__name__

    @property
    def subject(self) -> str:
        """The company."""
        return self.stream.partition("/")[0]

    @property
    def order(self) -> str | None:
        """The certificate's order number, None for the company's own stream."""
        return self.stream.partition("/")[2] or None


# --- contract ----------------------------------------------------------------------------------------------------


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
    """The contract ended and was not renewed, since the conditions were no longer met (DNB-4.8)."""

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


class IssuerObligationBreached(Decision):
    """The issuer missed a duty of its own."""

    duty: str
    due: Term


# --- class and edition -------------------------------------------------------------------------------------------


class EditionAttained(Decision):
    """The classes of the last years meet a special edition's criteria (DNB-2.4 to 2.8); kept with the company."""

    business_year: int
    edition: Edition


class ClassAttested(Decision):
    """The class and edition of one term; `period` is the certification year, a label (DNB-4.3, 4.5, 4.9)."""

    term: int
    business_year: int
    attained: Excellence
    edition: Edition
    period: int


class SpecialEditionOffered(Decision):
    """An edition is met for the first time; it needs an agreement (DNB-4.10)."""

    business_year: int
    edition: Edition


class SpecialEditionGranted(Decision):
    """An agreed edition, shown from now on with the class it rests on (DNB-4.10)."""

    term: int
    business_year: int
    attained: Excellence
    edition: Edition


class SpecialEditionRefused(Decision):
    """An agreed edition that the company does not attain (DNB-2.4 to 2.6)."""

    edition: Edition
    reason: str


class HolderRenamed(Decision):
    """The holder bears another name or form; the certificate is corrected (X-19)."""

    name: str


# --- mark licence ------------------------------------------------------------------------------------------------


class MarkLicenceGranted(Decision):
    """The right to use the mark, acquired by the order (DNB-6.1)."""


class MarkLicenceLost(Decision):
    """The right is lost on this ground, from `effective_at` (DNB-6.12 to 6.14)."""

    ground: str


class LossGroundClosed(Decision):
    """The ground's own interval ended; nothing revives by that (DNB-6.14)."""

    ground: str


class MarkLicenceReinstated(Decision):
    """The right is given back from now on, by two people and a written agreement (DNB-6.14)."""


class ReinstatementRefused(Decision):
    """The licence could not be given back: a ground is open, or the signatures don't suffice (DNB-6.14)."""

    reason: str


class MarkLicenceSuspended(Decision):
    """The right is taken away for a time (DNB-7.3)."""

    case: str


class MarkLicenceRestored(Decision):
    """The violation stopped in time: the right is back (DNB-7.4)."""

    case: str


class MarkLicenceRevoked(Decision):
    """The right is taken away for good (DNB-7.5)."""

    case: str


# --- misuse ------------------------------------------------------------------------------------------------------


class MisuseCaseOpened(Decision):
    """A case; the ladder of clause 7 is for holders only, `infringement` is anybody else's (DNB-7.0, 7.9)."""

    case: str
    infringement: bool
    order: str | None = None
    repeats: bool


class WarningClockStarted(Decision):
    """The 48 hours run (DNB-7.1)."""

    case: str
    remedy_by: Term


class SecondClockStarted(Decision):
    """The seven working days run (DNB-7.3)."""

    case: str
    remedy_by: Term


class ViolationCeased(Decision):
    """The misuse stopped at `ceased_at`; the case is closed and counts as a prior one (DNB-7.2, 7.6)."""

    case: str
    ceased_at: datetime


class PermanentWithdrawalRefused(Decision):
    """No permanent withdrawal: no ground for it, or not two different people (DNB-7.5, 7.10)."""

    case: str
    reason: str


# --- everything --------------------------------------------------------------------------------------------------


class TaskOpened(Decision):
    """Something that a person has to decide or to do (GEN-8)."""

    task: str
    about: str
    recommendation: str
    due: datetime | None = None


class FactHadNoEffect(Decision):
    """A fact is on record, but could not achieve anything, and why."""

    reason: str


class DecisionAnnulled(Decision):
    """An event of the same stream is void as if it had never been, because of a late or retracted fact."""

    version: int
    event: str
    because: str


class TermRecomputed(Decision):
    """A corrected calendar moved a deadline: what it was, what it is, and why (GEN-3)."""

    key: str
    old: Term
    new: Term
    why: str


class CommandRefused(Decision):
    """A person's command was refused before anything happened; the attempt is kept (design decision 1)."""

    command: dict[str, Any]
    reason: str


DECISIONS: dict[str, type[Decision]] = {
    model.__name__: model
    for model in (
        OrderRefused,
        ContractConcluded,
        ContractExtendedPendingData,
        ContractExtensionEnded,
        ContractRenewed,
        RenewalConfirmed,
        RenewalHeld,
        RenewalUndone,
        ContractExpired,
        ContractCancelledAtExpiry,
        ContractEndedWithSubject,
        CancellationAccepted,
        CancellationRefused,
        NonConformingCancellationReceived,
        RenewalNoticeAccepted,
        RenewalNoticeFoundIncomplete,
        LateNoticeRecorded,
        NoticeDelayExcused,
        LateNoticeDue,
        IssuerObligationBreached,
        EditionAttained,
        ClassAttested,
        SpecialEditionOffered,
        SpecialEditionGranted,
        SpecialEditionRefused,
        HolderRenamed,
        MarkLicenceGranted,
        MarkLicenceLost,
        LossGroundClosed,
        MarkLicenceReinstated,
        ReinstatementRefused,
        MarkLicenceSuspended,
        MarkLicenceRestored,
        MarkLicenceRevoked,
        MisuseCaseOpened,
        WarningClockStarted,
        SecondClockStarted,
        ViolationCeased,
        PermanentWithdrawalRefused,
        TaskOpened,
        FactHadNoEffect,
        DecisionAnnulled,
        TermRecomputed,
        CommandRefused,
    )
}

EVENTS: dict[str, type[Fact] | type[Decision]] = {**FACTS, **DECISIONS}
