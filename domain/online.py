"""What stays on the issuer's own site for a year only: the e-sign and the logo (DNB-6.11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from domain import facts
from domain.calendar import local_day, months
from domain.certificate import Ended
from domain.events import Event, OnlinePeriodEnded, OnlinePeriodStarted, TaskOpened
from domain.facts import OnlineContent
from domain.matters import Decide, Due, Matter, Matters, Waits, known, of_kind, put
from domain.rules import Rule

if TYPE_CHECKING:
    from datetime import datetime

    from domain.dossier import Dossier
    from domain.telling import Telling

ONLINE_MONTHS = 12
TAKE_DOWN = "take-down"

_NAMES = {OnlineContent.E_SIGN: "the e-sign", OnlineContent.PORTAL_LOGO: "the logo on the portal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Online(Matter):
    """Something of a holder on the issuer's site; without a clock it is to be taken down."""

    content: OnlineContent


STATES: tuple[type[Matter], ...] = (Online,)
READS: tuple[type, ...] = (OnlinePeriodStarted, OnlinePeriodEnded, TaskOpened)
REACTS: Mapping[type, Decide] = {}


def key_of(order: str | None, content: OnlineContent) -> str:
    """The key of what is online."""
    return f"online {content} {order}"


def evolve(matters: Matters, event: Event) -> Matters:
    """What is online after it was published, was to be taken down, or was; holds no rules."""
    data, order = event.data, event.order
    match data:
        case OnlinePeriodStarted(key=key, due=due, content=content):
            what = f"{_NAMES[content]} stays for a year, or as long as the contract lasts"
            at = event.effective_at
            return put(matters, Online(key=key, order=order, opened_at=at, clock=due, what=what, content=content))
        case OnlinePeriodEnded(content=content):
            return _changed(matters, key_of(order, content), clock=None, waits_for=Waits.NOTHING, closed=True)
        case TaskOpened(task=task, about=key, recommendation=advice) if task == TAKE_DOWN:
            return _changed(matters, key, clock=None, what=advice, waits_for=Waits.ISSUER)
        case _:
            return matters


def _changed(matters: Matters, key: str, **how: Any) -> Matters:
    online = known(matters, Online, key)
    return matters if online is None else put(matters, replace(online, **how))


def _published(t: "Telling", event: Event, data: facts.OnlineContentPublished) -> None:
    key = key_of(data.order, data.content)
    if _is_online(t, key):
        t.no_effect(event, Rule.DNB_6_11, f"{_NAMES[data.content]} is online already")
        return
    zone = t.scheme.zone
    due = months(Rule.DNB_6_11, local_day(event.effective_at, zone), ONLINE_MONTHS, zone)
    started = OnlinePeriodStarted(key=key, due=due, content=data.content)
    t.start(event.stream, event.effective_at, started, t.cause(event))


def _taken_down(t: "Telling", event: Event, data: facts.OnlineContentTakenDown) -> None:
    if _is_online(t, key_of(data.order, data.content)):
        ended = OnlinePeriodEnded(content=data.content)
        t.tell(event.stream, event.effective_at, ended, Rule.DNB_6_11, t.cause(event))
    else:
        t.no_effect(event, Rule.DNB_6_11, f"{_NAMES[data.content]} is not online")


def _is_online(t: "Telling", key: str) -> bool:
    online = known(t.dossier.matters, Online, key)
    return online is not None and not online.closed


DECIDES: Mapping[type, Decide] = {
    facts.OnlineContentPublished: _published,
    facts.OnlineContentTakenDown: _taken_down,
}


def dues(dossier: "Dossier") -> Iterable[Due]:
    """When what is online has to go, as far as that is known."""
    for online in of_kind(dossier.matters, Online):
        if (at := due_at(dossier, online)) is not None:
            yield at, online.key


def due_at(dossier: "Dossier", online: Online) -> "datetime | None":
    """A year after it was published, but not before the contract is over: a renewal and an extension count.

    None while the contract runs, or where it has to go already.
    """
    contract = dossier.certificates[online.order or ""].contract
    if online.clock is None or not (contract is None or isinstance(contract, Ended)):
        return None
    return max(online.clock.lapses_at, contract.at) if contract else online.clock.lapses_at


def lapse(t: "Telling", key: str, at: "datetime", cause: str) -> None:
    """Its time is over: somebody has to take it down, and to say when it is gone."""
    online = cast("Online", t.dossier.matters[key])
    advice = f"its year and the contract are over: take {_NAMES[online.content]} down"
    t.task(t.dossier.stream(online.order), at, TAKE_DOWN, key, advice, Rule.DNB_6_11, cause)
