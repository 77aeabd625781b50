"""What may follow from anything: tasks, refusals, annulments, breaches of the issuer, terms counted again."""

from datetime import datetime
from typing import Any

from domain.calendar import Term
from domain.events.envelope import Decision


class IssuerObligationBreached(Decision):
    """The issuer missed a duty of its own."""

    duty: str
    due: Term


class TaskOpened(Decision):
    """Something that a person has to decide or to do (GEN-8)."""

    task: str
    about: str
    recommendation: str
    due: datetime | None = None


class FactHadNoEffect(Decision):
    """A fact is on record, but could not achieve anything, and why."""

    reason: str


class DecisionAnnulled(Decision):
    """An event of the same stream is void as if it had never been, because of a late or retracted fact."""

    version: int
    event: str
    because: str


class TermRecomputed(Decision):
    """A corrected calendar moved a deadline: what it was, what it is, and why (GEN-3)."""

    key: str
    old: Term
    new: Term
    why: str


class CommandRefused(Decision):
    """A person's command was refused before anything happened; the attempt is kept (design decision 1)."""

    command: dict[str, Any]
    reason: str
