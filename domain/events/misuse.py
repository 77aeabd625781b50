"""What was decided in a case of misuse (clause 7)."""

from datetime import datetime

from domain.calendar import Term
from domain.events.envelope import Decision
from domain.facts import Violation


class MisuseCaseOpened(Decision):
    """A case; the ladder of clause 7 is for holders only, `infringement` is anybody else's (DNB-7.0, 7.9)."""

    case: str
    infringement: bool
    order: str | None = None
    repeats: bool
    kind: Violation | None = None


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


class MisuseCaseClosed(Decision):
    """A case is over and is no prior one: it was unfounded, or an outsider's infringement ended (DNB-7.0, 10.2)."""

    case: str


class PermanentWithdrawalRefused(Decision):
    """No permanent withdrawal: no ground for it, or not two different people (DNB-7.5, 7.10)."""

    case: str
    reason: str
