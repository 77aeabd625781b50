"""The way from an amicable attempt to a settlement, or to the court and its decision (DNB-13.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from domain import events, facts
from domain.calendar import days
from domain.disputes import Closed, Dispute, about, close, undo_loss, unknown
from domain.events import DisputeEnding, Event
from domain.facts import CourtOutcome, ObjectionOutcome
from domain.matters import Decide, Due, Matter, Matters, Waits, clocks, known, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

TO_COURT = "go-to-court"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(Matter):
    """An attempt to settle a dispute amicably, beside the dispute itself."""

    dispute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InCourt(Settlement):
    """A court has the dispute; until it has decided, a settlement is still possible."""


STATES: tuple[type[Matter], ...] = (Settlement, InCourt)
READS: tuple[type, ...] = (
    events.SettlementPeriodStarted,
    events.DisputeBroughtToCourt,
    events.DisputeDecidedByCourt,
    events.DisputeClosed,
    events.TaskOpened,
)
REACTS: Mapping[type, Decide] = {}


def key_of(dispute: str) -> str:
    """The key of the attempt to settle a dispute."""
    return f"settlement {dispute}"


def evolve(matters: Matters, event: Event) -> Matters:
    """The attempt after it was made, brought no settlement, or was over; holds no rules."""
    match event.data:
        case events.SettlementPeriodStarted(key=key, dispute=dispute, due=due):
            what, at = "settle the dispute amicably", event.effective_at
            begun = Settlement(key=key, opened_at=at, order=event.order, dispute=dispute)
            return put(matters, replace(begun, what=what, waits_for=Waits.ISSUER, clock=due))
        case events.DisputeBroughtToCourt(dispute=dispute):
            key, what = key_of(dispute), "the court decides, or both sides settle"
            return put(
                matters,
                InCourt(key=key, opened_at=event.effective_at, order=event.order, dispute=dispute, what=what),
            )
        case events.TaskOpened(task=task, about=dispute) if task == TO_COURT:
            return _changed(matters, dispute, clock=None, what="settle the dispute, or go to court")
        case events.DisputeClosed(ending=DisputeEnding.SETTLED, dispute=dispute):
            return _changed(matters, dispute, clock=None, closed=True)
        case events.DisputeDecidedByCourt(dispute=dispute):
            return _changed(matters, dispute, clock=None, closed=True)
        case _:
            return matters


def _changed(matters: Matters, dispute: str, **how: Any) -> Matters:
    tried = known(matters, Settlement, key_of(dispute))
    return matters if tried is None else put(matters, replace(tried, **how))


# --- what falls due ----------------------------------------------------------------------------------------------


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Periods for an amicable settlement."""
    return clocks(dossier, Settlement)


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """It is time to think of the court."""
    tried = cast("Settlement", t.dossier.matters[key])
    advice = "no settlement was reached: settle, or bring it before the competent court in Belgrade"
    t.task(t.dossier.stream(tried.order), at, TO_COURT, tried.dispute, advice, Rule.DNB_13_2, cause)


# --- what a fact brings about ------------------------------------------------------------------------------------

_REMEDIES = {CourtOutcome.HOLDER: ObjectionOutcome.ANNULLED, CourtOutcome.IN_PART: ObjectionOutcome.REINSTATED}


def _attempted(t: "Telling", event: Event, data: facts.AmicableAttemptMade) -> None:
    found, key = about(t, data), key_of(data.dispute)
    over = _over(found, data)
    if over or key in t.dossier.matters:
        t.no_effect(event, Rule.DNB_13_2, over or "an attempt was made before")
    else:
        at, scheme = event.effective_at, t.scheme
        due = days(Rule.DNB_13_2, at, scheme.policy.amicable_days, scheme.zone, scheme.calendar)
        started = events.SettlementPeriodStarted(key=key, due=due, dispute=data.dispute)
        t.start(event.stream, at, started, t.cause(event))


def _settled(t: "Telling", event: Event, data: facts.SettlementReached) -> None:
    if over := _over(about(t, data), data):
        t.no_effect(event, Rule.DNB_13_2, over)
    else:
        close(t, event, data, DisputeEnding.SETTLED, Rule.DNB_13_2)


def _court_seized(t: "Telling", event: Event, data: facts.CourtSeized) -> None:
    at, stream, cause = event.effective_at, event.stream, t.cause(event)
    tried = t.dossier.matters.get(key_of(data.dispute))
    fault = _over(about(t, data), data)
    if not fault and tried is None:
        fault = "no attempt to settle it amicably is on record"
    if fault:
        t.tell(stream, at, events.CourtStepRefused(dispute=data.dispute, reason=fault), Rule.DNB_13_2, cause)
    elif isinstance(tried, InCourt):
        t.no_effect(event, Rule.DNB_13_2, "a court has it already")
    else:
        brought = events.DisputeBroughtToCourt(dispute=data.dispute, court=data.court)
        t.tell(stream, at, brought, Rule.DNB_13_2, cause)


def _court_decided(t: "Telling", event: Event, data: facts.CourtDecided) -> None:
    """It ends the dispute; what the holder has won is for people to carry out, a loss like an objection upheld."""
    found = about(t, data)
    over = _over(found, data)
    if over or not isinstance(t.dossier.matters.get(key_of(data.dispute)), InCourt):
        t.no_effect(event, Rule.DNB_13_2, over or "no court has it")
        return
    at, stream, cause = event.effective_at, event.stream, t.cause(event)
    decided = events.DisputeDecidedByCourt(dispute=data.dispute, outcome=data.outcome)
    t.tell(stream, at, decided, Rule.DNB_13_2, cause)
    if data.outcome is CourtOutcome.ISSUER:
        return
    if found is not None and found.loss is not None:
        undo_loss(t, event, found.loss, _REMEDIES[data.outcome])
    else:
        advice = "the court decided for the holder, at least in part: see what its decision asks for"
        t.task(stream, at, "carry-out-decision", data.dispute, advice, Rule.DNB_13_2, cause)


def _over(found: Dispute | None, data: facts.DisputeFact) -> str:
    """Why nothing more can become of the dispute; empty where something can."""
    if found is None:
        return unknown(data)
    if not isinstance(found, Closed):
        return ""
    if found.verdict is not None:
        return "a court has decided it"
    return "it is settled amicably" if found.ending is DisputeEnding.SETTLED else ""


DECIDES: Mapping[type, Decide] = {
    facts.AmicableAttemptMade: _attempted,
    facts.SettlementReached: _settled,
    facts.CourtSeized: _court_seized,
    facts.CourtDecided: _court_decided,
}
