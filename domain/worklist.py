"""The worklists: every open case, matter and task of a company, what it waits for, and by when.

Derived from the dossier alone, so that it is the same however the read models were kept.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain import online
from domain.certificate import Certificate, Ended, Notice, Running
from domain.dossier import Dossier
from domain.matters import Matter, Waits
from domain.misuse import (
    PROPOSE,
    SEE_AND_PROPOSE,
    Case,
    Ceased,
    Closed,
    Infringement,
    Reported,
    Shut,
    SuspendedFor,
    Warned,
    Withdrawn,
    grounded,
)
from domain.rules import Rule
from domain.tasks import Task, settled

CASE, CONTRACT, TASK = "case", "contract", "task"


class Line(NamedTuple):
    """Something open: its key within the company, of which kind, what it waits for and by when.

    `state` is how it stands, `what` what is to be done next, `to` whose task it is; `breached` says that the issuer
    has missed a duty of his own there, which is not yet mended.
    """

    key: str
    kind: str
    order: str | None
    state: str
    what: str
    waits_for: Waits
    opened_at: datetime
    due_at: datetime | None
    rule: Rule | None
    to: str | None = None
    breached: bool = False


def lines(dossier: Dossier) -> tuple[Line, ...]:
    """All that is open, the longest open first."""
    told = [of_case(case) for case in dossier.cases.values() if not isinstance(case, Shut)]
    told.extend(line for c in dossier.certificates.values() for line in _of_contract(c))
    told.extend(line for matter in dossier.matters.values() if (line := _of_matter(dossier, matter)) is not None)
    return tuple(sorted(told, key=lambda line: (line.opened_at, line.key)))


def of_case(case: Case) -> Line:
    """How a case of misuse stands: what is to be done next, or how it ended."""
    state, what, waits_for, due_at, rule = _step(case)
    if case.proposed_by is not None and waits_for is not Waits.NOTHING:
        what, waits_for, rule = "approve the permanent withdrawal", Waits.SECOND_SIGNATURE, Rule.DNB_7_5
    key = f"{CASE} {case.case}"
    return Line(key, CASE, case.order, state, what, waits_for, case.opened_at, due_at, rule)


def _step(case: Case) -> tuple[str, str, Waits, datetime | None, Rule]:
    match case:
        case Ceased(suspended_at=None):
            return "ceased", "nothing: it stopped, without a suspension", Waits.NOTHING, None, Rule.DNB_7_2
        case Ceased():
            return "ceased", "nothing: it stopped, and the suspension ended", Waits.NOTHING, None, Rule.DNB_7_4
        case Closed():
            return "closed", "nothing: it was unfounded, or the infringement is over", Waits.NOTHING, None, Rule.DNB_7_0
        case Withdrawn():
            return "withdrawn", "nothing: the mark was taken away for good", Waits.NOTHING, None, Rule.DNB_7_5
        case Infringement():
            return "infringement", "pursue the infringement", Waits.ISSUER, None, Rule.DNB_10_2
        case Reported(served_at=None, repeats=True):
            seen = f"warn, or {PROPOSE}" if grounded(case) else f"warn; to {PROPOSE}, verify the violation"
            return "reported", seen, Waits.ISSUER, None, Rule.DNB_7_6
        case Reported(served_at=None):
            return "reported", "warn, or dismiss the case", Waits.ISSUER, None, Rule.DNB_7_1
        case Reported():
            return "warned", "prove that the warning was delivered", Waits.DELIVERY_PROOF, None, Rule.DNB_7_1
        case Warned(declared_at=datetime(), remedy_by=term) | SuspendedFor(declared_at=datetime(), remedy_by=term):
            due_at = term.lapses_at if term else None
            return "declared", "see whether the misuse has stopped", Waits.ISSUER, due_at, Rule.DNB_7_2
        case Warned(passed=True, remedy_by=term):
            return "warned", "suspend the mark, or defer it", Waits.ISSUER, term.lapses_at, Rule.DNB_7_3
        case Warned(remedy_by=term):
            return "warned", "misuse has to stop (48 hours)", Waits.HOLDER, term.lapses_at, Rule.DNB_7_1
        case SuspendedFor(remedy_by=None, served_at=None):
            return "suspended", "serve the second demand", Waits.ISSUER, None, Rule.DNB_7_3
        case SuspendedFor(remedy_by=None):
            return "suspended", "prove that the second demand was delivered", Waits.DELIVERY_PROOF, None, Rule.DNB_7_3
        case SuspendedFor(passed=True):
            return "suspended", PROPOSE if grounded(case) else SEE_AND_PROPOSE, Waits.ISSUER, None, Rule.DNB_7_5
        case SuspendedFor(remedy_by=term):
            due_at = term.lapses_at if term else None
            return "suspended", "misuse has to stop (7 working days)", Waits.HOLDER, due_at, Rule.DNB_7_3


_OWED = {
    Notice.OWED: "send the late renewal notice",
    Notice.BREACHED: "send the renewal notice, which is overdue",
}


def _of_contract(c: Certificate) -> Iterator[Line]:
    contract = c.contract
    if contract is None or isinstance(contract, Ended):
        return
    last = contract if isinstance(contract, Running) else contract.last
    if last.before is not None and last.before.notice in _OWED:
        last = last.before
    owed = _OWED.get(last.notice)
    if owed is not None and not last.cancelled:
        key, state, missed = f"{CONTRACT} {c.order}", last.notice, last.dates.notice_by.lapses_at
        if last.notify_by is not None:  # the data came, and with it the day for the late notice
            since, due_at = last.notify_by.starts, last.notify_by.lapses_at
            yield Line(key, CONTRACT, c.order, state, owed, Waits.ISSUER, since, due_at, Rule.DNB_4_12)
        else:
            yield Line(
                *(key, CONTRACT, c.order, state, owed, Waits.ISSUER, missed, missed, Rule.DNB_4_11), breached=True
            )


def _of_matter(dossier: Dossier, matter: Matter) -> Line | None:
    if isinstance(matter, Task):
        if settled(dossier, matter):
            return None
        advice, rule = matter.recommendation, matter.rule
        waits_for, opened_at, due_at = matter.waits_for, matter.opened_at, matter.due_at
        return Line(
            matter.key, TASK, matter.order, matter.task, advice, waits_for, opened_at, due_at, rule, to=matter.to
        )
    if matter.closed:
        return None
    kind = matter.key.partition(" ")[0]
    due_at, rule = (matter.clock.lapses_at, matter.clock.rule) if matter.clock else (None, None)
    if isinstance(matter, online.Online):
        due_at = online.due_at(dossier, matter)
    state = type(matter).__name__.lower()
    return Line(
        *(matter.key, kind, matter.order, state, matter.what, matter.waits_for, matter.opened_at, due_at, rule),
        breached=matter.breached,
    )
