"""Facts about a company, whoever certifies it, and about the scheme: register, classes, blockades, proceedings."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from domain.facts.vocabulary import (
    CompanyFact,
    Dynamic,
    FactId,
    Grade,
    Hash,
    Insolvency,
    Name,
    PrivateText,
    Reference,
    SchemeFact,
    Staff,
    Year,
)


class CompanyRegistered(CompanyFact):
    """A company stands in its register; `founded` where the register tells it. Nothing may precede the founding."""

    name: Name
    legal_form: Name | None = None
    pib: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")] | None = None
    founded: date | None = None


class CompanyRenamed(CompanyFact):
    """Name or legal form changed; the registration number, and with it the holder, stays the same (X-19)."""

    name: Name
    legal_form: Name | None = None


class CompanyDeregistered(CompanyFact):
    """The legal person ceased to exist (DNB-6.12); a successor needs an order of its own."""

    successor: Name | None = None


class StatementFiled(CompanyFact):
    """The annual statement of a business year was filed; `document` is its SHA-256 where known."""

    business_year: Year
    document: Hash | None = None


class StatementRestated(CompanyFact):
    """A filed statement was corrected afterwards."""

    business_year: Year
    document: Hash | None = None


class ClassAssessed(CompanyFact):
    """The methodology attained a class for a business year (DNB-2.3, DNB-M9).

    `statements_from` names the register whose statements it rests on; only those of the business registers agency
    count, which is meant where it is not said (DNB-M1).
    """

    business_year: Year
    attained: Grade
    model_version: Reference
    inputs_hash: Hash
    statements_from: Reference | None = None


class DynamicScoreReported(CompanyFact):
    """The dynamic score of a day (DNB-M5); it changes neither class nor licence by itself."""

    score: Dynamic


class AccountBlocked(CompanyFact):
    """An account is blocked from this day on (DNB-6.14); `blockade` names it, since several may overlap."""

    blockade: Reference


class AccountUnblocked(CompanyFact):
    """That blockade ended. It closes the ground's interval and revives nothing (DNB-6.14)."""

    blockade: Reference


class ProceedingRequested(CompanyFact):
    """Somebody asked a court to open a proceeding; only the opening has consequences (DNB-6.13)."""

    kind: Insolvency
    proceeding: Reference


class ProceedingDismissed(CompanyFact):
    """The court dismissed the request."""

    kind: Insolvency
    proceeding: Reference


class InsolvencyOpened(CompanyFact):
    """A proceeding was opened (DNB-6.13)."""

    kind: Insolvency
    proceeding: Reference


class InsolvencyClosed(CompanyFact):
    """That proceeding was closed. It closes the ground's interval and revives nothing."""

    kind: Insolvency
    proceeding: Reference


class FactRetracted(CompanyFact):
    """A fact was wrong, and what followed from it is annulled as if it had never been; may name a retraction.

    `source` is the source of the retracted fact where it differs from the retraction's own. A decision of two people
    is retracted by two: `decided_by` proposes it, and `approved_by` signs it.
    """

    fact: FactId
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    reason: PrivateText | None = None
    decided_by: Staff | None = None
    approved_by: Staff | None = None


class DataCollectionOpened(CompanyFact, SchemeFact):
    """Collection of a business year's financial data began (DNB-4.4); `closes_on` announces its last day."""

    business_year: Year
    closes_on: date | None = None


class DataCollectionClosed(CompanyFact, SchemeFact):
    """The data of a business year is collected: the scheme's whole collection, or this company's."""

    business_year: Year


class CalendarCorrected(SchemeFact):
    """Some days were taken for working days or days off by mistake; open terms are counted again."""

    version: Reference
    days_off: tuple[date, ...] = ()
    working: tuple[date, ...] = ()
