"""Facts about the terms themselves: what was accepted, agreed otherwise in writing, and amended (clauses 1 and 14)."""

from enum import StrEnum

from domain.facts.vocabulary import Day, Hash, OrderFact, Reference, SchemeFact, Staff


class WrittenForm(StrEnum):
    """What counts as writing (DNB-1.2)."""

    SIGNED_PDF = "signed_pdf"
    EMAIL_EXCHANGE = "email_exchange"


class TermsAccepted(OrderFact):
    """The holder accepted an edition of the terms; `document` is the SHA-256 of what shows it (DNB-1.1)."""

    edition: Reference
    document: Hash


class DeviationAgreed(OrderFact):
    """Both sides agreed in writing to depart from a rule (DNB-1.2).

    `rule` is the one departed from, for example DNB-4.7; the agreement holds for acts from `applies_from` on.
    """

    deviation: Reference
    rule: Reference
    form: WrittenForm
    document: Hash
    applies_from: Day


class TermsAmended(SchemeFact):
    """A new edition of the terms, announced; two people decided whether it is a material change (DNB-14.1, 14.2)."""

    edition: Reference
    takes_effect_on: Day
    material: bool
    decided_by: Staff
    approved_by: Staff
    document: Hash


class AmendmentNoticeDelivered(OrderFact):
    """The holder received the notice of an amendment (DNB-14.1, 14.2)."""

    edition: Reference
