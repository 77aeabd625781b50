"""What was decided about the terms: deviations and amendments (clauses 1 and 14)."""

from datetime import datetime

from domain.calendar import Term
from domain.events.envelope import ClockStarted, Decision
from domain.rules import Rule


class AmendmentAnnounced(Decision):
    """A change that isn't material takes effect on its day, told in the usual way (DNB-14.1)."""

    edition: str
    takes_effect_at: datetime


class AmendmentNoticeOwed(ClockStarted):
    """A material change has to reach the holder 30 days before it takes effect (DNB-14.2).

    If it does, he may declare to withdraw until `withdraw_until` (DNB-14.3).
    """

    edition: str
    takes_effect_at: datetime
    withdraw_until: Term


class AmendmentDeferred(Decision):
    """No notice reached the holder in time, so the change waits for the 30th day after he receives one (DNB-14.2)."""

    edition: str


class AmendmentNoticeRecorded(Decision):
    """The holder was told of a material change: when it takes effect for him, and until when he may withdraw."""

    edition: str
    takes_effect_at: datetime
    withdraw_until: Term


class AmendmentTookEffect(Decision):
    """The edition governs this contract from now on; older ones that were still to come never will (DNB-14.1, 14.2)."""

    edition: str
    supersedes: tuple[str, ...] = ()


class TermsAcceptanceRecorded(Decision):
    """The holder accepted an edition of the terms; `document` is the SHA-256 of what shows it (DNB-1.1)."""

    edition: str
    document: str


class DeviationAccepted(Decision):
    """Both sides depart from a rule, for acts from an instant on; they agreed on it before, in writing (DNB-1.2)."""

    deviation: str
    departs_from: Rule
    binds_from: datetime


class DeviationRefused(Decision):
    """What was agreed is no deviation that binds: not in writing, not in advance, or from no rule (DNB-1.2)."""

    deviation: str
    reason: str
