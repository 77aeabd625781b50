"""Facts about what a holder gets with the certificate, and about removing the mark when it is lost (clause 6)."""

from enum import StrEnum

from domain.facts.vocabulary import Day, OrderFact, PrivateText


class Package(StrEnum):
    """What is sold with a certificate (001:248); BASIC is our name for the one that the terms do not name."""

    BASIC = "basic"
    EXCLUSIVE = "exclusive"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Element(StrEnum):
    """What can be ordered on its own, without the package that holds it (DNB-6.4)."""

    VECTOR = "vector"


class Delivery(StrEnum):
    """The two parts of a package, each with a term of its own (DNB-6.5, 6.6)."""

    E_MATERIALS = "e_materials"
    PARCEL = "parcel"


class OnlineContent(StrEnum):
    """What stays on the issuer's site for a year only (DNB-6.11)."""

    E_SIGN = "e_sign"
    PORTAL_LOGO = "portal_logo"


class PackageOrdered(OrderFact):
    """Which package the order is for; without one on record no delivery is judged."""

    package: Package


class ElementOrdered(OrderFact):
    """A single element was ordered in addition (DNB-6.4)."""

    element: Element


class VectorMaterialRequested(OrderFact):
    """The holder asks for the mark in vector form (DNB-6.4)."""


class EMaterialsDelivered(OrderFact):
    """The electronic materials reached the contract's representative (DNB-6.5)."""


class ParcelDispatched(OrderFact):
    """The courier took the parcel; it is not yet delivered (DNB-6.6)."""


class ParcelDelivered(OrderFact):
    """The parcel reached the company's address (DNB-6.6)."""


class DeliveryPostponed(OrderFact):
    """The holder was told that a delivery is late for objective reasons, and of its new day (DNB-6.7)."""

    delivery: Delivery
    new_due: Day
    reason: PrivateText


class OnlineContentPublished(OrderFact):
    """An e-sign or a logo went online on the issuer's site (DNB-6.11)."""

    content: OnlineContent


class OnlineContentTakenDown(OrderFact):
    """It was seen to be gone (DNB-6.11)."""

    content: OnlineContent


class LossNoticeDelivered(OrderFact):
    """The holder learned from us that the licence is lost (DNB-6.17)."""


class MarkRemovalVerified(OrderFact):
    """Staff saw that the mark is gone from all materials and communications (DNB-6.17)."""
