"""The words in which facts are told: classes, editions, persons kept apart, references, and what every fact is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo


class Excellence(StrEnum):
    """The base classes of DNB-2.3; NONE says that a company was assessed and attained none of them.

    Grades of other schemes, and other scores, are no classes: each shows a different view (DNB-M10).
    """

    A = "A"
    AA = "AA"
    AAA = "AAA"
    NONE = "none"


class Edition(StrEnum):
    """The special editions of DNB-2.4 to 2.6; BASE is the certificate without one."""

    BASE = "base"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Insolvency(StrEnum):
    """Kinds of proceedings (001:236, 001:422); a liquidation is solvent in law and decided by hand (DNB-6.13)."""

    BANKRUPTCY = "bankruptcy"
    FORCED_SETTLEMENT = "forced_settlement"
    PREVENTIVE_RESTRUCTURING = "preventive_restructuring"
    LIQUIDATION = "liquidation"


class Violation(StrEnum):
    """What a misuse consists of (DNB-6.2, 6.3, 6.8 to 6.10, 6.16)."""

    ALTERATION = "alteration"
    REGISTRATION = "registration"
    FOREIGN_PURPOSE = "foreign_purpose"
    MISSING_YEAR = "missing_year"
    WRONG_GRADE_YEAR = "wrong_grade_year"
    USE_AFTER_LOSS = "use_after_loss"


class LateReason(StrEnum):
    """Why a renewal notice came late; only data not yet collected excuses the issuer (DNB-4.12)."""

    DATA_NOT_COLLECTED = "data_not_collected"
    OTHER = "other"


class Dynamic(StrEnum):
    """The dynamic score, which changes daily (DNB-M5); the text's last symbol is evidently a double minus."""

    STRONG = "++"
    GOOD = "+"
    WEAK = "-"
    POOR = "--"


class LicenceThen(StrEnum):
    """How the mark licence stood when a certificate was taken over."""

    GRANTED = "granted"
    SUSPENDED = "suspended"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Private:
    """Marks a field that holds a person's data or free text, which never enters an event (X-18).

    `address` marks an e-mail address.

    `nobodys` is an address that is no person's, and stays as it is.
    """

    address: bool = False
    nobodys: str | None = None


REFERENCE = "ref:"
STORED = {"stored": True}  # the validation context of what our own store holds


def no_forged_reference(value: Any, info: ValidationInfo) -> Any:
    """Refuse text that looks like a reference to the erasable store, unless our own store says it."""
    # Only our own intake may write a reference; whoever sends one could claim another person's identity.
    if isinstance(value, str) and value.startswith(REFERENCE) and info.context is not STORED:
        msg = f"must not begin with {REFERENCE!r}, that is how the erasable store is referred to"
        raise ValueError(msg)
    return value


def _one_alphabet(value: Any) -> Any:
    if isinstance(value, str) and not value.isascii():
        strange = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in dict.fromkeys(value) if not c.isascii())
        msg = f"grade {value!r} holds letters that are not Latin: {strange}; write A, AA, AAA or none in Latin letters"
        raise ValueError(msg)
    return value


PrivateText = Annotated[
    str, BeforeValidator(no_forged_reference), StringConstraints(min_length=1, max_length=10_000), Private()
]
PrivateAddress = Annotated[
    str,
    BeforeValidator(no_forged_reference),
    StringConstraints(pattern=r"^[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}$"),
    Private(address=True),
]
Grade = Annotated[Excellence, BeforeValidator(_one_alphabet)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$")]
OrderNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
FactId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,100}$")]
Staff = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Year = Annotated[int, Field(ge=1980, le=2200)]
Day = Annotated[date, Field(ge=date(1980, 1, 1), le=date(2200, 12, 31))]  # terms are counted from it


class Fact(BaseModel):
    """What every fact's data has in common: strict, closed and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CompanyFact(Fact):
    """A fact kept in the company's stream."""


class OrderFact(Fact):
    """A fact kept in the stream of the certificate that was, or will be, issued on this order."""

    order: OrderNumber


class SchemeFact(Fact):
    """A fact about a whole scheme."""


class CaseFact(CompanyFact):
    """A fact about one case of misuse."""

    case: Reference


class Channel(StrEnum):
    """How a cancellation was declared; only e-mail is the agreed form (DNB-4.7)."""

    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
