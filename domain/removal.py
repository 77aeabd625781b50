"""The removal of the mark from everything when the right to it is lost: three days, at the holder's cost (DNB-6.17)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from domain import facts
from domain.calendar import days
from domain.certificate import Ended
from domain.events import (
    Event,
    MarkLicenceLost,
    MarkLicenceReinstated,
    MarkLicenceRestored,
    MarkLicenceRevoked,
    MarkRemovalLifted,
    MarkRemovalOwed,
    MarkRemoved,
    RemovalClockStarted,
    SecondClockStarted,
    TaskOpened,
)
from domain.facts import Violation
from domain.matters import Decide, Due, Matter, Matters, Waits, clocks, known, put
from domain.rules import Rule

if TYPE_CHECKING:
    from datetime import datetime

    from domain.dossier import Dossier
    from domain.telling import Telling

REMOVAL_DAYS = 3
SEE = "see-removal"
TAKEN_OVER = "taken-over"

_OWED = "the mark is to be removed from everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(Matter):
    """A mark that has to go: the notice of the loss is awaited, the three days run, or staff have to look.

    `lifted` says that the right came back afterwards; another loss begins anew.
    """

    lifted: bool = False


STATES: tuple[type[Matter], ...] = (Removal,)
READS: tuple[type, ...] = (MarkRemovalOwed, RemovalClockStarted, TaskOpened, MarkRemoved, MarkRemovalLifted)


def key_of(order: str | None) -> str:
    """The key of a certificate's removal."""
    return f"removal {order}"


def evolve(matters: Matters, event: Event) -> Matters:
    """The removal after it was owed, its days began or passed, it was seen, or the right came back; holds no rules."""
    key, order, at = key_of(event.order), event.order, event.effective_at
    match event.data:
        case MarkRemovalOwed():
            what, turn = "prove that the notice of the loss was delivered", Waits.DELIVERY_PROOF
            return put(matters, Removal(key=key, order=order, opened_at=at, what=what, waits_for=turn))
        case RemovalClockStarted(due=due):
            before = _standing(matters, key) or Removal(key=key, order=order, opened_at=at)
            return put(matters, replace(before, clock=due, what=_OWED, waits_for=Waits.HOLDER))
        case TaskOpened(task=task, recommendation=advice) if task == SEE:
            return _changed(matters, key, clock=None, what=advice, waits_for=Waits.ISSUER)
        case MarkRemoved():
            return _changed(matters, key, clock=None, closed=True)
        case MarkRemovalLifted():
            return _changed(matters, key, clock=None, closed=True, lifted=True)
        case _:
            return matters


def _standing(matters: Matters, key: str) -> Removal | None:
    """The removal that is owed, or was done, for a loss that stands."""
    removal = known(matters, Removal, key)
    return None if removal is None or removal.lifted else removal


def _awaits_notice(removal: Removal) -> bool:
    return removal.waits_for is Waits.DELIVERY_PROOF and not removal.closed


def _changed(matters: Matters, key: str, **how: Any) -> Matters:
    removal = known(matters, Removal, key)
    return matters if removal is None else put(matters, replace(removal, **how))


# --- loss --------------------------------------------------------------------------------------------------------


def _lost(t: "Telling", event: Event, data: MarkLicenceLost | MarkLicenceRevoked) -> None:
    certificate, policy = t.dossier.certificates[event.order or ""], t.scheme.policy
    taken_over = getattr(data, "ground", None) == TAKEN_OVER and certificate.granted_at == event.effective_at
    keeps = isinstance(certificate.contract, Ended) and not policy.loss_ends_after_use
    if taken_over or keeps:
        return  # it was lost under another system; or what is left is the use of past years, which stays
    if event.rule is Rule.DNB_6_14 and policy.removal_from == "knowledge":
        _start(t, event)  # a blockade of his own account is known to the holder
    elif _standing(t.dossier.matters, key_of(event.order)) is None:
        t.tell(event.stream, event.effective_at, MarkRemovalOwed(), Rule.DNB_6_17, event.cause or "")


def _start(t: "Telling", event: Event) -> None:
    """The three days begin, unless they did before for a loss that stands."""
    removal = _standing(t.dossier.matters, key_of(event.order))
    if removal is None or _awaits_notice(removal):
        due = days(Rule.DNB_6_17, event.effective_at, REMOVAL_DAYS, t.scheme.zone, t.scheme.calendar)
        started = RemovalClockStarted(key=key_of(event.order), due=due)
        t.start(event.stream, event.effective_at, started, event.cause or t.cause(event))


def _demanded(t: "Telling", event: Event, _data: SecondClockStarted) -> None:
    if t.scheme.policy.removal_while_suspended == "three_days":
        _start(t, event)  # else the seven working days of the second demand are the term of the removal too


def _regained(t: "Telling", event: Event, _data: MarkLicenceReinstated | MarkLicenceRestored) -> None:
    licensed = t.dossier.certificates[event.order or ""].licensed
    if licensed and _standing(t.dossier.matters, key_of(event.order)) is not None:
        t.tell(event.stream, event.effective_at, MarkRemovalLifted(), event.rule or Rule.DNB_6_14, event.cause or "")


REACTS: Mapping[type, Decide] = {
    MarkLicenceLost: _lost,
    MarkLicenceRevoked: _lost,
    SecondClockStarted: _demanded,
    MarkLicenceReinstated: _regained,
    MarkLicenceRestored: _regained,
}


# --- notice and removal ------------------------------------------------------------------------------------------


def _noticed(t: "Telling", event: Event, data: facts.LossNoticeDelivered) -> None:
    removal = _standing(t.dossier.matters, key_of(data.order))
    if removal is None:
        t.no_effect(event, Rule.DNB_6_17, "no licence is lost")
    elif _awaits_notice(removal):
        _start(t, event)
    else:
        t.no_effect(event, Rule.DNB_6_17, "the three days began before, or the mark is gone")


def _verified(t: "Telling", event: Event, data: facts.MarkRemovalVerified) -> None:
    removal = _standing(t.dossier.matters, key_of(data.order))
    if removal is None or removal.closed:
        t.no_effect(event, Rule.DNB_6_17, "nothing has to be removed")
    else:
        t.tell(event.stream, event.effective_at, MarkRemoved(), Rule.DNB_6_17, t.cause(event))


DECIDES: Mapping[type, Decide] = {
    facts.LossNoticeDelivered: _noticed,
    facts.MarkRemovalVerified: _verified,
}


def dues(dossier: "Dossier") -> Iterable[Due]:
    """The three days, where they run."""
    return clocks(dossier, Removal)


def lapse(t: "Telling", key: str, at: "datetime", cause: str) -> None:
    """Staff have to look whether the mark is gone; using it further is a case of misuse."""
    advice = f"see whether the mark is gone from everything; if not, report it as {Violation.USE_AFTER_LOSS}"
    stream = t.dossier.stream(t.dossier.matters[key].order)
    t.task(stream, at, SEE, key, advice, Rule.DNB_6_17, cause)
