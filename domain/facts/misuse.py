"""Facts about one case of misuse of the mark."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from domain.facts.vocabulary import CaseFact, Hash, PrivateAddress, PrivateText, Staff, Violation

_Evidence = Annotated[tuple[Hash, ...], Field(min_length=1, max_length=100)]


class Reporter(StrEnum):
    """Who came upon a misuse: our own staff, a holder, or anybody else."""

    STAFF = "staff"
    HOLDER = "holder"
    OUTSIDER = "outsider"


class MisuseReported(CaseFact):
    """A suspicion that the mark is used against the terms, with at least one piece of evidence (DNB-7.0).

    `evidence` are the SHA-256 of what was found, as it arrived: of a page at `url` that of its saved copy. `seen_at`
    is when it was seen there, where that is not `time`. `reporter` and `contact` say who reported it, by name and by
    e-mail. An address on the web may name people as well, and is kept apart like them.
    """

    kind: Violation
    evidence: _Evidence
    note: PrivateText | None = None
    url: PrivateText | None = None
    seen_at: AwareDatetime | None = None
    reported_by: Reporter | None = None
    reporter: PrivateText | None = None
    contact: PrivateAddress | None = None


class EvidenceAdded(CaseFact):
    """More evidence in a case on file, open or closed; its fields are those of a report (DNB-7.0)."""

    evidence: _Evidence
    note: PrivateText | None = None
    url: PrivateText | None = None
    seen_at: AwareDatetime | None = None
    reported_by: Reporter | None = None
    reporter: PrivateText | None = None
    contact: PrivateAddress | None = None


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


class ViolationVerified(CaseFact):
    """Staff saw the violation themselves, and may have kept evidence: it is no mere suspicion (DNB-7.0, 7.6)."""

    evidence: Annotated[tuple[Hash, ...], Field(max_length=100)] = ()


class CaseDismissed(CaseFact):
    """Staff found the suspicion unfounded; the case is closed and is no prior one (DNB-7.0, 7.6)."""

    reason: PrivateText


class InfringementEnded(CaseFact):
    """An outsider uses the mark no longer, or it was settled with him (DNB-10.2)."""


class PermanentWithdrawalProposed(CaseFact):
    """A person proposes to take the licence away for good (DNB-7.5)."""

    proposed_by: Staff


class PermanentWithdrawalApproved(CaseFact):
    """Another person approves it (DNB-7.5: two different people)."""

    approved_by: Staff
