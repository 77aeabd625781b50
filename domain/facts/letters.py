"""Facts about letters: what was sent to a holder, and what became of it."""

from enum import StrEnum

from domain.facts.vocabulary import CompanyFact, Hash, LateReason, OrderNumber, PrivateAddress, Reference


class LetterKind(StrEnum):
    """What a letter is about."""

    WARNING = "warning"
    SECOND_DEMAND = "second_demand"
    LOSS = "loss"
    RENEWAL_NOTICE = "renewal_notice"
    LATE_NOTICE = "late_notice"
    AMENDMENT = "amendment"


class Language(StrEnum):
    """The languages of letters; the Serbian text has priority (DNB-13.3)."""

    SERBIAN_CYRILLIC = "sr-Cyrl"
    SERBIAN_LATIN = "sr-Latn"
    ENGLISH = "en"


class LetterRoute(StrEnum):
    """How a letter leaves: as a file that somebody prints, by e-mail, or by whoever reads the notifications."""

    FILE = "file"
    EMAIL = "email"
    NOTIFICATION = "notification"


class LetterFact(CompanyFact):
    """A fact about one letter."""

    letter: Reference


class LetterSent(LetterFact):
    """A letter went out; `about` is the case, term or edition, `document` the SHA-256 of what was sent."""

    kind: LetterKind
    language: Language
    route: LetterRoute
    order: OrderNumber | None = None
    about: Reference | None = None
    address: PrivateAddress | None = None
    document: Hash


class LetterDelivered(LetterFact):
    """It reached the holder, and what it says with it; `late_reason` excuses a renewal notice that came late."""

    late_reason: LateReason | None = None


class LetterBounced(LetterFact):
    """It came back: it counts as not sent, and is to be sent again."""
