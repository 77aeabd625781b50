"""Facts about personal data and secrecy (clauses 11 and 12)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.facts.vocabulary import CompanyFact, Hash, OrderFact, PrivateText, Reference


class DisclosureBasis(StrEnum):
    """What allows to tell a third party what is secret (DNB-12.2)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LAW = "law"
    AUTHORITY = "authority"


class DataProtectionAcknowledged(OrderFact):
    """The holder undertook to process personal data lawfully (DNB-11.1)."""


class EmployeesInformed(OrderFact):
    """The holder declared to have informed the people whose data is processed (DNB-11.2)."""


class LegalHoldPlaced(CompanyFact):
    """Nothing of this company may be erased until the hold is lifted."""

    hold: Reference
    reason: PrivateText


class LegalHoldLifted(CompanyFact):
    """That hold is over."""

    hold: Reference


class InformationDisclosed(CompanyFact):
    """Something secret was told to a third party, and what allowed it; `document` proves the basis (DNB-12.2)."""

    basis: DisclosureBasis
    recipient: PrivateText
    document: Hash


class PersonErased(CompanyFact):
    """Personal data was erased from the store that the references lead to; `receipt` is the SHA-256 of the receipt.

    `documents` are those that were erased with it, by their SHA-256.
    """

    receipt: Hash
    entries: Annotated[int, Field(ge=0)]
    documents: tuple[Hash, ...] = ()
