"""Facts about the loss of the licence to use the mark, and its return."""

from domain.facts.vocabulary import Hash, OrderFact, Reference, Staff


class LossDecided(OrderFact):
    """Two people decided by hand whether a liquidation takes the licence away (DNB-6.13).

    Without `approved_by` it is a proposal, here and in every other decision of two people.
    """

    proceeding: Reference
    lost: bool
    decided_by: Staff
    approved_by: Staff | None = None


class ReinstatementRequested(OrderFact):
    """The holder asks for the licence that was lost (DNB-6.14)."""


class ReinstatementDecided(OrderFact):
    """Two people decided on it; a grant needs a written agreement, `agreement` is its SHA-256."""

    granted: bool
    decided_by: Staff
    approved_by: Staff | None = None
    agreement: Hash | None = None
