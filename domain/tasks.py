"""Tasks: what waits for a person, until it is done, dismissed, or settled by what happened since (GEN-8).

A task is settled by itself when its reason is gone: the second demand was served, the case was closed. Nothing is
written then; whoever asks is told how things stand (`settled`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain import facts
from domain.amendments import AmendmentForHolder
from domain.amendments import key_of as amendment_of
from domain.certificate import LATE_NOTICE, Ended, Extended, Held, Running
from domain.disputes import Clarification, Confirmed, Defect, Dispute, Objection
from domain.disputes import key_of as dispute_of
from domain.documents import rests_on
from domain.events import Event, MarkLicenceKept, TaskOpened
from domain.letters import Letter
from domain.letters import key_of as letter_of
from domain.matters import Decide, Due, Matter, Matters, Waits, known, of_kind, put
from domain.messages import TO_READ
from domain.misuse import Infringement, Reported, SuspendedFor, Warned
from domain.money import CREDIT, Invoice, key_of_invoice
from domain.rules import Rule
from domain.secrecy import TO_INFORM, protection_of
from domain.settlement import TO_COURT, InCourt
from domain.settlement import key_of as settlement_of

if TYPE_CHECKING:
    from domain.certificate import Certificate
    from domain.dossier import Dossier
    from domain.misuse import Case
    from domain.telling import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Matter):
    """Something that a person has to decide or to do, with the engine's recommendation.

    `since` is when it was opened last, `due_at` by when it should be done; `to` is whose it is, None for anybody's.
    """

    task: str
    regarding: str
    recommendation: str
    rule: Rule | None
    due_at: datetime | None
    to: str | None = None


DECIDE_LOSS = "decide-loss"
STATES: tuple[type[Matter], ...] = (Task,)
READS: tuple[type, ...] = (TaskOpened, MarkLicenceKept, facts.TaskAssigned, facts.TaskClosed)
REACTS: Mapping[type, Decide] = {}


def key_of(task: str, about: str, order: str | None) -> str:
    """The key of a task: its kind, what it is about, and for which certificate."""
    return " ".join(("task", task, about, *((order,) if order not in {None, about} else ())))


def evolve(matters: Matters, event: Event) -> Matters:
    """The tasks after one was opened, assigned, answered or closed; one that is opened again is a new one."""
    data = event.data
    if isinstance(data, MarkLicenceKept):
        answered = known(matters, Task, key_of(DECIDE_LOSS, data.ground, event.order))
        return matters if answered is None else put(matters, replace(answered, closed=True))
    if isinstance(data, TaskOpened):
        return put(
            matters,
            Task(
                key=key_of(data.task, data.about, event.order),
                order=event.order,
                opened_at=event.effective_at,
                waits_for=Waits.ISSUER,
                task=data.task,
                regarding=data.about,
                recommendation=data.recommendation,
                rule=event.rule,
                due_at=data.due,
            ),
        )
    assert isinstance(data, facts.TaskFact)  # noqa: S101 - by what it reads
    for task in _meant(matters, data):
        done = replace(task, to=data.to) if isinstance(data, facts.TaskAssigned) else replace(task, closed=True)
        matters = put(matters, done)
    return matters


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows from a task by itself: it stays until a person has done it."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


def _decided(t: "Telling", event: Event, data: facts.TaskFact) -> None:
    if not _meant(t.dossier.matters, data):
        t.no_effect(event, Rule.GEN_8, f"no task {data.task} was opened about {data.regarding}")


DECIDES: Mapping[type, Decide] = {facts.TaskAssigned: _decided, facts.TaskClosed: _decided}


def _meant(matters: Matters, data: facts.TaskFact) -> list[Task]:
    same = (task for task in of_kind(matters, Task) if (task.task, task.regarding) == (data.task, data.regarding))
    return [task for task in same if data.order in {None, task.order}]


# --- what settles a task by itself -------------------------------------------------------------------------------

Settles = Callable[["Dossier", Task], bool]


def settled(dossier: "Dossier", task: Task) -> bool:
    """Whether nothing is left to do: it was closed, or what it asks for has happened."""
    settles = _SETTLES.get(task.task)
    return task.closed or (settles is not None and settles(dossier, task))


def _case(dossier: "Dossier", task: Task) -> "Case | None":
    return dossier.cases.get(task.regarding)


def _certificate(dossier: "Dossier", task: Task) -> "Certificate | None":
    return dossier.certificates.get(task.order or "")


def _warned(dossier: "Dossier", task: Task) -> bool:
    case = _case(dossier, task)
    return not (isinstance(case, Reported) and case.served_at is None)


def _infringement_over(dossier: "Dossier", task: Task) -> bool:
    return not isinstance(_case(dossier, task), Infringement)


def _verified(dossier: "Dossier", task: Task) -> bool:
    case = _case(dossier, task)
    return not isinstance(case, Reported | Warned | SuspendedFor) or case.declared_at is None


def _suspended(dossier: "Dossier", task: Task) -> bool:
    case = _case(dossier, task)
    return not (isinstance(case, Warned) and case.passed)


def _demanded(dossier: "Dossier", task: Task) -> bool:
    case = _case(dossier, task)
    return not (isinstance(case, SuspendedFor) and case.remedy_by is None)


def _no_longer_suspended(dossier: "Dossier", task: Task) -> bool:
    return not isinstance(_case(dossier, task), SuspendedFor)


def _collected(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    return certificate is None or not isinstance(certificate.contract, Extended)


def _renewal_decided(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    contract = None if certificate is None else certificate.contract
    return not isinstance(contract, Held) or contract.for_notice


def _loss_decided(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    grounds = () if certificate is None else certificate.grounds
    return all(p.until is not None for p in dossier.company.proceedings if p.reference == task.regarding) or any(
        ground.ground == task.regarding for ground in grounds
    )


def _cancelled(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    contract = None if certificate is None else certificate.contract
    if contract is None or isinstance(contract, Ended):
        return True
    return contract.cancelled if isinstance(contract, Running) else contract.last.cancelled


def _notified(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    contract = None if certificate is None else certificate.contract
    if contract is None or isinstance(contract, Ended):
        return True
    return (contract if isinstance(contract, Running) else contract.last).owing is None


def _sent_again(dossier: "Dossier", task: Task) -> bool:
    letter = known(dossier.matters, Letter, letter_of(task.regarding))
    again = (other for other in of_kind(dossier.matters, Letter) if letter is not None and other.kind is letter.kind)
    return letter is None or letter.closed or any(other.opened_at > task.opened_at for other in again)


def _informed(dossier: "Dossier", task: Task) -> bool:
    protection, certificate = protection_of(dossier.matters, task.order), _certificate(dossier, task)
    ended = certificate is None or isinstance(certificate.contract, Ended)
    return ended or protection is None or not protection.owed


def _paid(dossier: "Dossier", task: Task) -> bool:
    invoice = known(dossier.matters, Invoice, key_of_invoice(task.regarding))
    return invoice is None or invoice.closed


def _credit_decided(dossier: "Dossier", task: Task) -> bool:
    invoice = known(dossier.matters, Invoice, key_of_invoice(task.regarding))
    return invoice is None or not invoice.credit_asked


def _dispute_past(step: type[Dispute]) -> Settles:
    return lambda dossier, task: not isinstance(dossier.matters.get(dispute_of(task.regarding)), step)


def _in_court_or_settled(dossier: "Dossier", task: Task) -> bool:
    tried = dossier.matters.get(settlement_of(task.regarding))
    return tried is None or tried.closed or isinstance(tried, InCourt)


def _no_longer_lost(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    grounds = () if certificate is None else certificate.grounds
    return all(ground.reinstated_at is not None for ground in grounds if ground.ground == task.regarding)


def _read(dossier: "Dossier", task: Task) -> bool:
    return rests_on(dossier.matters, task.regarding)


def _matter_closed(dossier: "Dossier", task: Task) -> bool:
    matter = dossier.matters.get(task.regarding)
    return matter is None or matter.closed


def _representative_named(dossier: "Dossier", task: Task) -> bool:
    certificate = _certificate(dossier, task)
    return _matter_closed(dossier, task) or (certificate is not None and certificate.representative is not None)


def _amendment_decided(dossier: "Dossier", task: Task) -> bool:
    # Known from what was told to this company: of the scheme it may not have heard yet.
    amendment = known(dossier.matters, AmendmentForHolder, amendment_of(task.regarding, task.order))
    return amendment is not None and amendment.told


_SETTLES: Mapping[str, Settles] = {
    "warn": _warned,
    "pursue-infringement": _infringement_over,
    "verify": _verified,
    "suspend": _suspended,
    "second-demand": _demanded,
    "withdraw": _no_longer_suspended,
    "late-cessation": _no_longer_suspended,
    "extension-alarm": _collected,
    "decide-renewal": _renewal_decided,
    DECIDE_LOSS: _loss_decided,
    "confirm-loss": _no_longer_lost,
    "invite-cancellation": _cancelled,
    LATE_NOTICE: _notified,
    "resend": _sent_again,
    TO_INFORM: _informed,
    "collect": _paid,
    CREDIT: _credit_decided,
    "clarify": _dispute_past(Clarification),
    "establish-defect": _dispute_past(Defect),
    "agree-correction": _dispute_past(Confirmed),
    "decide-objection": _dispute_past(Objection),
    TO_COURT: _in_court_or_settled,
    "retract": _no_longer_lost,
    "reinstate": _no_longer_lost,
    "name-representative": _representative_named,
    "deliver": _matter_closed,
    "take-down": _matter_closed,
    "decide-amendment": _amendment_decided,
    "see-removal": _matter_closed,
    TO_READ: _read,
}
