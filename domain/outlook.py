"""What lies ahead of a company: every open term, whose it is, and when it lapses."""

from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Term
from domain.certificate import Certificate, Extended, Held, Notice, Running
from domain.dossier import Dossier
from domain.matters import Waits
from domain.misuse import Case, SuspendedFor, Warned

ISSUER, HOLDER, NOBODY = "issuer", "holder", "nobody"

_TURN = {
    Waits.HOLDER: HOLDER,
    Waits.ISSUER: ISSUER,
    Waits.DELIVERY_PROOF: ISSUER,
    Waits.SECOND_SIGNATURE: ISSUER,
    Waits.NOTHING: NOBODY,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One open term: the certificate or case it is about, what falls due, and who has to act."""

    about: str
    what: str
    whose: str
    term: Term

    @property
    def due_at(self) -> datetime:
        """When it lapses."""
        return self.term.lapses_at


def items(dossier: Dossier) -> tuple[Item, ...]:
    """All open terms of a company's certificates and cases, the soonest first."""
    told = [item for c in dossier.certificates.values() for item in _of_contract(c)]
    told.extend(item for case in dossier.cases.values() for item in _of_case(case))
    told.extend(
        Item(m.key, m.what, _TURN[m.waits_for], m.clock) for m in dossier.matters.values() if m.clock is not None
    )
    return tuple(sorted(told, key=lambda item: (item.due_at, item.about, item.what)))


def _of_contract(c: Certificate) -> list[Item]:
    match c.contract:
        case Running() as running:
            told = _of_running(c, running)
        case Extended(alarm=alarm, last=last):
            told = [Item(c.order, "data is still missing", ISSUER, alarm), *_window(c, last)]
        case Held(last=last):
            told = _window(c, last)
        case _:
            told = []
    return told


def _of_running(c: Certificate, running: Running) -> list[Item]:
    told = [Item(c.order, "contract term ends", NOBODY, running.dates.expires)]
    if not (running.cancelled or c.left_by(running.dates.expires.lapses_at)):
        told.append(Item(c.order, "last day to cancel", HOLDER, running.dates.cancel_by))
        if running.notice is Notice.PENDING:
            told.append(Item(c.order, "renewal notice", ISSUER, running.dates.notice_by))
    return told + _window(c, running)


def _window(c: Certificate, last: Running) -> list[Item]:
    window, owing = (last.before and last.before.late_cancel) or last.late_cancel, last.owing
    told = [Item(c.order, "last day to cancel after a late notice", HOLDER, window)] if window else []
    if owing is not None and owing.notify_by is not None and not owing.reminded:
        told.append(Item(c.order, "late renewal notice", ISSUER, owing.notify_by))
    return told


def _of_case(case: Case) -> list[Item]:
    match case:
        case Warned(remedy_by=term, passed=False):
            return [Item(case.case, "misuse has to stop (48 hours)", HOLDER, term)]
        case SuspendedFor(remedy_by=Term() as term, passed=False):
            return [Item(case.case, "misuse has to stop (7 working days)", HOLDER, term)]
        case _:
            return []
