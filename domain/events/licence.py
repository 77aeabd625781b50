"""What was decided about class and edition, and about the licence to use the mark (clauses 2, 4 and 6)."""

from domain.events.envelope import Decision
from domain.facts import Edition, Excellence


class EditionAttained(Decision):
    """The classes of the last years meet a special edition's criteria (DNB-2.4 to 2.8); kept with the company."""

    business_year: int
    edition: Edition


class AssessmentDisregarded(Decision):
    """An assessment that rests on other statements than those of the business registers agency (DNB-M1)."""

    business_year: int
    reason: str


class ClassAttested(Decision):
    """The class and edition of one term; `period` is the certification year, a label (DNB-4.3, 4.5, 4.9)."""

    term: int
    business_year: int
    attained: Excellence
    edition: Edition
    period: int


class SpecialEditionOffered(Decision):
    """An edition is met for the first time; it needs an agreement (DNB-4.10)."""

    business_year: int
    edition: Edition


class SpecialEditionGranted(Decision):
    """An agreed edition, shown from now on with the class it rests on (DNB-4.10)."""

    term: int
    business_year: int
    attained: Excellence
    edition: Edition


class SpecialEditionRefused(Decision):
    """An agreed edition that the company does not attain (DNB-2.4 to 2.6)."""

    edition: Edition
    reason: str


class HolderRenamed(Decision):
    """The holder bears another name or form; the certificate is corrected (X-19)."""

    name: str


class MarkLicenceGranted(Decision):
    """The right to use the mark, acquired by the order (DNB-6.1)."""


class MarkLicenceLost(Decision):
    """The right is lost on this ground, from `effective_at` (DNB-6.12 to 6.14)."""

    ground: str


class MarkLicenceKept(Decision):
    """Two people decided that this ground, a liquidation, leaves the right as it is (DNB-6.13)."""

    ground: str


class LossGroundClosed(Decision):
    """The ground's own interval ended; nothing revives by that (DNB-6.14)."""

    ground: str


class MarkLicenceReinstated(Decision):
    """The right is given back from now on, by two people and a written agreement (DNB-6.14)."""


class ReinstatementRefused(Decision):
    """The licence could not be given back: a ground is open, or the signatures don't suffice (DNB-6.14)."""

    reason: str


class MarkLicenceSuspended(Decision):
    """The right is taken away for a time (DNB-7.3)."""

    case: str


class MarkLicenceRestored(Decision):
    """The violation stopped in time: the right is back (DNB-7.4)."""

    case: str


class MarkLicenceRevoked(Decision):
    """The right is taken away for good (DNB-7.5)."""

    case: str
