"""What was decided about personal data and secrecy (clauses 11 and 12)."""

from domain.events.envelope import Decision


class DisclosureRefused(Decision):
    """Nothing allows to tell this to a third party (DNB-12.2)."""

    reason: str


class ErasureRefused(Decision):
    """A legal hold kept what was to be erased."""

    hold: str
    reason: str
