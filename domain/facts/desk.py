"""Facts about the back office's own work: who takes a task, and what became of it."""

from enum import StrEnum

from domain.facts.vocabulary import CompanyFact, Name, OrderNumber, PrivateText, Reference, Staff


class TaskFact(CompanyFact):
    """A fact about one task; `task` is its kind and `regarding` what it is about, as the worklist shows them.

    `order` names the certificate where the same is asked for several.
    """

    task: Reference
    regarding: Name
    order: OrderNumber | None = None


class ProposalDropped(CompanyFact):
    """A proposal that waits for a second signature is given up: by who made it, or by who would not sign it.

    `proposal` is what the worklist calls it.
    """

    proposal: Name
    reason: PrivateText | None = None


class TaskOutcome(StrEnum):
    """What became of a task."""

    DONE = "done"
    DISMISSED = "dismissed"


class TaskAssigned(TaskFact):
    """A task is somebody's from now on."""

    to: Staff


class TaskClosed(TaskFact):
    """A person closed a task: it was done, or there is nothing to do."""

    outcome: TaskOutcome
    note: PrivateText | None = None
