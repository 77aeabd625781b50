"""Late facts: the story of one company told again, and the difference between it and the story told before.

What was decided about the contract and communicated stands; class and licence follow the facts. A decision that is no
longer right is annulled by an event, and the right one is added at its own legal moment, recorded now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain import events, facts
from domain.calendar import Term
from domain.certificate import Certificate
from domain.deciding import apply
from domain.dossier import Dossier, FactName, Moment, blank, evolve, moment, name
from domain.events import DecisionAnnulled, Event
from domain.renewal import DECISIONS_THAT_STAND, ENDS_BY_A_FACT, STEPS_TO_A_DECISION
from domain.schemes.scheme import Scheme
from domain.signatures import is_proposal, is_signed, takes_two
from domain.telling import DecisionKey, ExtensionTold, Pins, Telling, TermKey

# Evidence about what was tried or told, never part of a story that could be told in another way.
_EVIDENCE = (events.DecisionAnnulled, events.CommandRefused)

# A decision that stands keeps the steps that led to it.
_STANDING = (*DECISIONS_THAT_STAND, *STEPS_TO_A_DECISION)


class Entry(NamedTuple):
    """An event with its version in its stream."""

    version: int
    event: Event


History = Sequence[Entry]


def met(history: History) -> int:
    """How many scheme-wide facts a company has met at least: by what its decisions say, which may be too few."""
    return max((entry.event.scheme or 0 for entry in history), default=0)


def live(history: History) -> list[Entry]:
    """The events that no later event has annulled, in the order in which they were written."""
    annulled = {
        (entry.event.stream, entry.event.data.version)
        for entry in history
        if isinstance(entry.event.data, DecisionAnnulled)
    }
    return [e for e in history if (e.event.stream, e.version) not in annulled]


def retracted(history: Iterable[Entry]) -> set[FactName]:
    """The facts that a retraction in force has taken away; a retraction can be retracted itself.

    The order in which they were learned doesn't matter. Retractions that name each other in a ring achieve nothing.
    """
    return _gone(*_retractions(history))


def _retractions(history: Iterable[Entry]) -> tuple[dict[FactName, FactName], set[FactName]]:
    """What each retraction aims at, and those that don't count: one person's, of a decision of two (GEN-8)."""
    told = [entry.event for entry in history if entry.event.fact is not None]
    aims: dict[FactName, FactName] = {}
    signed: set[FactName] = set()
    for event in told:
        if isinstance(data := event.data, facts.FactRetracted) and not is_proposal(data):
            aims[name(event)] = (data.source or event.source, data.fact)
            signed |= {name(event)} if is_signed(data) else set()
    by_two = {name(e) for e in told if takes_two(e, told)} if aims else set()
    return aims, {retraction for retraction, aim in aims.items() if aim in by_two and retraction not in signed}


def _gone(aims: Mapping[FactName, FactName], unsigned: set[FactName]) -> set[FactName]:
    aims = {retraction: aim for retraction, aim in aims.items() if retraction not in unsigned}
    gone: set[FactName] = set()
    in_force: set[FactName] = set()
    while fresh := {
        retraction
        for retraction in aims.keys() - in_force - gone
        if all(other in gone for other, aim in aims.items() if aim == retraction)
    }:
        in_force |= fresh
        gone |= {aims[retraction] for retraction in fresh}
    return gone


def fold(subject: str, scheme: Scheme, history: History) -> Dossier:
    """The dossier as its streams tell it: their live events, in the order of their moments."""
    gone = retracted(history)
    moments = {f"fact {e.event.fact}": moment(e.event) for e in history if e.event.fact is not None}
    told: list[tuple[Moment, int, Event]] = []
    evidence: list[Event] = []
    for position, entry in enumerate(live(history)):
        event = entry.event
        if isinstance(event.data, _EVIDENCE):
            evidence.append(event)
        elif event.fact is not None:
            if (event.source, event.fact) in gone:
                evidence.append(event)
            else:
                told.append((moments[f"fact {event.fact}"], position, event))
        else:
            caused = moments.get(event.cause or "")
            own: Moment = (event.effective_at, 0, 0, event.effective_at, "")
            told.append((caused if caused is not None and caused[0] == event.effective_at else own, position, event))
    told.sort(key=lambda row: row[:2])
    dossier = blank(subject, scheme)
    for _, _, event in told:
        dossier = evolve(dossier, event)
    for event in evidence:
        dossier = _noted(dossier, event)
    dossier = _issued_in_error(dossier, history)
    void = frozenset(gone - {name(entry.event) for entry in history}) if gone else dossier.void
    telling = Telling(dossier._replace(void=void))
    telling.watch()
    return telling.dossier


def _noted(dossier: Dossier, event: Event) -> Dossier:
    # A retracted fact is still known, and what was learned was learned.
    known = evolve(blank(dossier.subject, dossier.scheme), event).known if event.fact else b""
    recorded_at = max(dossier.recorded_at, event.recorded_at)
    return dossier._replace(known=dossier.known + known, recorded_at=recorded_at)


def _issued_in_error(dossier: Dossier, history: History) -> Dossier:
    certificates = dict(dossier.certificates)
    for entry in history:
        order = entry.event.order
        if not isinstance(entry.event.data, events.ContractConcluded) or order is None:
            continue
        certificate = certificates.get(order) or Certificate(dossier.subject, order)
        if certificate.contract is None:
            alone = evolve(blank(dossier.subject, dossier.scheme), entry.event).certificates[order]
            certificates[order] = certificate._replace(issued_in_error=alone.phases[0])
    return dossier._replace(certificates=certificates)


def pins(history: History, scheme: Scheme) -> Pins:
    """What stands of a history when it is told again."""
    aims, unsigned = _retractions(history)
    gone = _gone(aims, unsigned)
    dead = {f"fact {fact}" for _, fact in gone}
    restored_at = _restorations(history, gone)
    decisions: dict[DecisionKey, Event] = {}
    decided: set[tuple[str, int]] = set()
    extensions: dict[tuple[str, int], ExtensionTold] = {}
    held_until: dict[tuple[str, int], datetime] = {}
    accepted: dict[tuple[str, str], Event] = {}
    forced: dict[str, Event] = {}
    terms: dict[TermKey, Term] = {}
    recomputed: dict[TermKey, tuple[events.TermRecomputed, ...]] = defaultdict(tuple)
    stand = not scheme.policy.late_fact_reopens_renewal
    for position, entry in enumerate(live(history)):
        event, data = entry.event, entry.event.data
        stands = stand and position >= restored_at.get(event.stream, 0)
        by_fact = (event.cause or "").startswith("fact ")
        if isinstance(data, ENDS_BY_A_FACT) and by_fact:
            if isinstance(data, events.ContractCancelledAtExpiry | events.ContractExpired):
                decided.add((event.stream, data.term))
            if stands and event.cause in dead:
                forced[event.stream] = event
        elif isinstance(data, _STANDING):
            if stands:
                term = data.dates.term - 1 if isinstance(data, events.ContractRenewed) else data.term
                decisions[event.stream, term, event.effective_at] = event
                if not isinstance(data, STEPS_TO_A_DECISION):
                    decided.add((event.stream, term))
                # What people decided is told again by their own fact, as long as that is not retracted.
                if isinstance(data, events.ContractRenewed) and (not by_fact or event.cause in dead):
                    held_until[event.stream, term] = event.effective_at
        elif isinstance(data, events.CancellationAccepted | events.WithdrawalAccepted):
            if stands and event.cause:
                accepted[event.stream, event.cause] = event
        elif isinstance(data, events.ContractExtensionEnded):
            extensions[event.stream, data.dates.term] = event.effective_at, data
        elif isinstance(data, events.SecondClockStarted):
            terms[event.stream, f"{data.case}/second", data.remedy_by.starts] = data.remedy_by
        elif isinstance(data, events.LateNoticeRecorded):
            terms[event.stream, f"late_cancel/{data.term}", data.cancel_by.starts] = data.cancel_by
        elif isinstance(data, events.LateNoticeDue):
            terms[event.stream, f"notify/{data.term}", data.notify_by.starts] = data.notify_by
        elif isinstance(data, events.ClockStarted):
            terms[event.stream, data.key, data.due.starts] = data.due
        elif isinstance(data, events.TermRecomputed):
            recomputed[event.stream, data.key, data.old.starts] += (data,)
    standing = {key: event for key, event in decisions.items() if key[:2] in decided}
    return Pins(standing, extensions, held_until, accepted, forced, terms, frozenset(unsigned), recomputed)


def _restorations(history: History, gone: set[FactName]) -> dict[str, int]:
    restored = {}
    for position, entry in enumerate(live(history)):
        event, data = entry.event, entry.event.data
        alive = (event.source, event.fact) not in gone
        if alive and isinstance(data, facts.ContractRestorationDecided) and is_signed(data):
            restored[event.stream] = position
    return restored


def story(subject: str, scheme: Scheme, history: History, until: datetime) -> list[Event]:
    """All decisions that follow from the facts of a history, by what is known now, up to an instant."""
    return [e for e in retold(subject, scheme, history, until).events if e.fact is None]


def retold(subject: str, scheme: Scheme, history: History, until: datetime) -> Telling:
    """The facts of a history told again with all that follows from them, by what is known now, up to an instant."""
    gone = retracted(history)
    alive = [e.event for e in history if e.event.fact is not None and (e.event.source, e.event.fact) not in gone]
    telling = Telling(blank(subject, scheme), pins(history, scheme))
    for fact in sorted(alive, key=moment):
        telling.watch()
        telling.fall_due(moment(fact)[0])
        apply(telling, fact)
    telling.watch()
    telling.fall_due(until)
    return telling


def difference(history: History, told: Sequence[Event], recorded_at: datetime, because: str) -> list[Event]:
    """What has to be appended so that the history tells this story: annulments first, then what is new."""
    wanted = Counter(_identity(e) for e in told)
    annulments = []
    for entry in live(history):
        event = entry.event
        if event.fact is not None or isinstance(event.data, _EVIDENCE):
            continue
        if wanted[_identity(event)] > 0:
            wanted[_identity(event)] -= 1
        else:
            annulments.append(
                Event(
                    stream=event.stream,
                    effective_at=event.effective_at,
                    recorded_at=recorded_at,
                    data=DecisionAnnulled(version=entry.version, event=event.name, because=because),
                    cause=because,
                    rule=event.rule,
                    editions=event.editions,
                )
            )
    fresh = []
    for event in reversed(told):
        if wanted[_identity(event)] > 0:
            wanted[_identity(event)] -= 1
            fresh.append(event.model_copy(update={"recorded_at": max(event.effective_at, recorded_at)}))
    return [*annulments, *reversed(fresh)]


def _identity(event: Event) -> tuple[object, ...]:
    return event.stream, event.effective_at, event.rule, event.cause, event.name, event.data
