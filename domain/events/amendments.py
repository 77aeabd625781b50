"""What was decided about the terms: their acceptance, deviations and amendments (clauses 1 and 14)."""

from datetime import datetime

from domain.events.envelope import Decision
from domain.rules import Rule


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
