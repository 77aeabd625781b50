"""A certificate with its three ledgers: the contract, the class attained for a period, the licence to use the mark.

The three end differently, so each is kept with its own intervals; the registry's status is derived from them
(`domain.standing`) and never stored. What an event does to them stands in `domain.evolving`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import Term
from domain.events import ContractTerm
from domain.facts import Edition, Excellence, WithdrawalBasis
from domain.rules import Rule

# The key of a recomputed term; no case can be named so, since a reference holds no blank.
LATE_CANCELLATION = "late cancellation"
# The task that asks for a late notice when the issuer's own day for it has passed.
LATE_NOTICE = "late-notice"


class Notice(StrEnum):
    """How the issuer stands with the renewal notice of the running term (DNB-4.11, 4.12)."""

    PENDING = "pending"
    GIVEN = "given"
    EXCUSED = "excused"
    OWED = "owed"
    BREACHED = "breached"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Running:
    """A contract in its term. The next terms are counted from `anchor`, the day that closed `anchor_term`.

    Nothing falls due before `since`, when the term was decided: a renewal held for long may begin after its own days.
    `before` is the last term while this renewal of it is provisional: what is owed to the holder about that term, and
    his days to undo it (DNB-4.13). What is owed about this one stands here: a late notice by `notify_by`, of which
    somebody was `reminded` when that had passed (DNB-4.12).
    """

    dates: ContractTerm
    anchor: date
    anchor_term: int
    since: datetime
    notice: Notice = Notice.PENDING
    late_cancel: Term | None = None
    notify_by: Term | None = None
    reminded: bool = False
    cancelled: bool = False
    before: "Running | None" = None

    @property
    def owing(self) -> "Running | None":
        """The term of which a late notice is owed, this one or the one before (DNB-4.12)."""
        if self.cancelled:
            return None
        terms = (term for term in (self.before, self) if term is not None)
        return next((term for term in terms if term.notice is Notice.OWED), None)


@dataclass(frozen=True, slots=True)
class Extended:
    """A contract that outlasts its term until a business year's data is collected (DNB-4.4)."""

    last: Running
    since: datetime
    business_year: int
    alarm: Term
    alarmed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A contract past its term whose renewal waits for a notice or a legal decision (DNB-4.14, X-17).

    `cleared` says that two people have decided for the renewal, which still waits for its notice.
    """

    last: Running
    since: datetime
    for_notice: bool
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A contract that is over."""

    last: Running
    at: datetime
    how: "Phase"


Contract = Running | Extended | Held | Ended


@dataclass(frozen=True, slots=True)
class Leaving:
    """The holder's withdrawal, declared at `since`, from a contract that ends at `ends_at`, by its rule and cause."""

    basis: WithdrawalBasis
    since: datetime
    ends_at: datetime
    dispute: str | None
    cause: str
    rule: Rule


class Phase(StrEnum):
    """What the contract was from an instant on, for the register's past."""

    RUNNING = "running"
    PROVISIONAL = "provisional"
    EXTENDED = "extended"
    HELD = "held"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    CEASED = "ceased"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PhaseFrom:
    """A phase from an instant on, in a term with its last day (None where the end is open), under a rule."""

    at: datetime
    phase: Phase
    term: int
    valid_from: date
    valid_until: date | None
    rule: Rule


@dataclass(frozen=True, slots=True)
class Attestation:
    """Class and edition shown from an instant on, for one term."""

    at: datetime
    term: int
    business_year: int
    attained: Excellence
    edition: Edition
    period: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which the licence is lost, [since, reinstated_at); `closed_at` ends only the cause itself."""

    ground: str
    rule: Rule
    since: datetime
    closed_at: datetime | None = None
    reinstated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """The licence was taken away for a time, [since, until), in this case (DNB-7.3)."""

    case: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A corrected document supersedes the one before, under the same number, from an instant on (DNB-9.5)."""

    at: datetime
    number: int


class OrderStep(StrEnum):
    """A step of an order by telephone, in the order in which they have to be taken (DNB-4.1)."""

    OFFER = "offer"
    CONFIRMATION = "confirmation"
    PHONE_ORDER = "phone order"


class Certificate(NamedTuple):
    """Everything that is known of one certificate; tuples are in order of effective time."""

    subject: str
    order: str
    ordering: tuple[OrderStep, ...] = ()
    contract: Contract | None = None
    leaving: Leaving | None = None
    phases: tuple[PhaseFrom, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    granted_at: datetime | None = None
    grounds: tuple[Ground, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    revoked_at: datetime | None = None
    representative: str | None = None
    agreed: Edition | None = None
    reinstatement_requested: bool = False
    issued_in_error: PhaseFrom | None = None
    revisions: tuple[Revision, ...] = ()

    @property
    def stream(self) -> str:
        """The certificate's stream."""
        return f"{self.subject}/{self.order}"

    @property
    def edition(self) -> Edition:
        """The edition shown last."""
        return self.attestations[-1].edition if self.attestations else Edition.BASE

    @property
    def lost(self) -> bool:
        """Whether a ground stands that nobody has reinstated."""
        return any(g.reinstated_at is None for g in self.grounds)

    def left_by(self, at: datetime) -> bool:
        """Whether a withdrawal ends the contract by then, so that no renewal follows."""
        return self.leaving is not None and self.leaving.ends_at <= at

    @property
    def suspended(self) -> bool:
        """Whether a suspension lasts."""
        return any(s.until is None for s in self.suspensions)

    @property
    def licensed(self) -> bool:
        """Whether the right to use the mark was granted and stands."""
        return self.granted_at is not None and self.revoked_at is None and not (self.lost or self.suspended)

    def phase_at(self, at: datetime) -> PhaseFrom | None:
        """The phase of the contract at an instant, None before it was concluded."""
        return next((p for p in reversed(self.phases) if p.at <= at), None)

    def attested_at(self, term: int, at: datetime) -> Attestation | None:
        """Class and edition shown for a term at an instant."""
        return next((a for a in reversed(self.attestations) if a.term == term and a.at <= at), None)

    def revision_at(self, at: datetime) -> Revision | None:
        """The last correction by an instant of the document for that instant's term; each term has one of its own."""
        phase, last = self.phase_at(at), next((r for r in reversed(self.revisions) if r.at <= at), None)
        then = None if last is None else self.phase_at(last.at)
        return last if phase is not None and then is not None and then.term == phase.term else None

    def lost_at(self, at: datetime) -> list[Ground]:
        """The grounds that stood at an instant."""
        return [g for g in self.grounds if g.since <= at and (g.reinstated_at is None or at < g.reinstated_at)]

    def suspended_at(self, at: datetime) -> list[Suspension]:
        """The suspensions that lasted at an instant."""
        return [s for s in self.suspensions if s.since <= at and (s.until is None or at < s.until)]
