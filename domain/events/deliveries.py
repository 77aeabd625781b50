"""What was decided about deliveries, and about the removal of the mark (clause 6)."""

from domain.events.envelope import ClockStarted, Decision
from domain.facts import Delivery, OnlineContent, Package


class PackageAgreed(Decision):
    """The package that the order is for, in this term of the contract (DNB-6.5, 6.6)."""

    package: Package
    term: int


class DeliveryOwed(ClockStarted):
    """A part of the package is owed until `due` (DNB-6.5, 6.6)."""

    delivery: Delivery


class DeliveryTermMoved(ClockStarted):
    """The holder was told of another day in time: the part is owed until then (DNB-6.7)."""

    delivery: Delivery


class DeliveryMade(Decision):
    """What was owed has reached the holder (DNB-6.5, 6.6)."""

    delivery: Delivery


class VectorMaterialReleased(Decision):
    """The holder gets the mark in vector form (DNB-6.4)."""


class VectorMaterialRefused(Decision):
    """Neither package nor order holds the vector form, or the licence is gone (DNB-6.4, 6.16)."""

    reason: str


class OnlinePeriodStarted(ClockStarted):
    """It may stay on the issuer's site for a year, or as long as the contract lasts (DNB-6.11)."""

    content: OnlineContent


class OnlinePeriodEnded(Decision):
    """It is gone from the issuer's site (DNB-6.11)."""

    content: OnlineContent


class MarkRemovalOwed(Decision):
    """Every use ends at once; the three days to remove the mark run from the notice of the loss (DNB-6.16, 6.17)."""


class RemovalClockStarted(ClockStarted):
    """The three days to remove the mark from everything run (DNB-6.17)."""


class MarkRemoved(Decision):
    """The mark is gone from all materials and communications (DNB-6.17)."""


class MarkRemovalLifted(Decision):
    """The right is back: nothing has to be removed any more (DNB-6.14, 7.4)."""
