"""The gate that every fact, every command and every deadline passes: first what fell due, then the new thing.

`learn` takes the short way and answers None where a look at the company's whole history is needed; `relearn` takes
the long one. Both give the same answer where both may be asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain import events, money
from domain.amendments import stamp
from domain.deciding import apply, in_order
from domain.dossier import Dossier, moment, with_scheme
from domain.events import CommandRefused, Event
from domain.facts import CalendarCorrected, DefaultInterestRateSet, TermsAmended
from domain.history import Entry, History, difference, fold, story
from domain.renewal import waits_for_data
from domain.rules import Refused, Rule
from domain.schemes.scheme import Scheme
from domain.signatures import as_if_signed, is_proposal, signed
from domain.telling import Telling

REFUSALS = (
    events.AssessmentDisregarded,
    events.OrderRefused,
    events.CancellationRefused,
    events.NonConformingCancellationReceived,
    events.SpecialEditionRefused,
    events.ReinstatementRefused,
    events.PermanentWithdrawalRefused,
    events.DisclosureRefused,
    events.ErasureRefused,
    events.InterestRefused,
    events.CreditRefused,
    events.BankInvoiceRefused,
    events.WithdrawalRefused,
    events.CourtStepRefused,
    events.DeviationRefused,
    events.VectorMaterialRefused,
    events.FactHadNoEffect,
)


@dataclass(frozen=True, slots=True)
class Learned:
    """A dossier after something was learned, and the events to append, in order."""

    dossier: Dossier
    events: tuple[Event, ...]


def lifted(dossier: Dossier, event: Event) -> Event:
    """The fact with its recorded time lifted so that it never runs backwards within a company."""
    if event.recorded_at >= dossier.recorded_at:
        return event
    return event.model_copy(update={"recorded_at": dossier.recorded_at, "said_at": event.recorded_at})


def learn(dossier: Dossier, event: Event) -> Learned | None:
    """The fact recorded with what fell due before it and what it brings about; None if it is late."""
    event = lifted(dossier, event)
    t = Telling(dossier)
    t.fall_due(event.recorded_at)
    if not in_order(t.dossier, event, moment(event)):
        return None
    before = t.dossier
    apply(t, event)
    t.watch(before)
    t.fall_due(event.recorded_at)
    return Learned(t.dossier, tuple(t.events))


def relearn(dossier: Dossier, history: History, event: Event) -> Learned:
    """The same for a fact that may be late: the story is told again, and its difference appended."""
    event = lifted(dossier, event)
    t = Telling(dossier)
    t.fall_due(event.recorded_at)
    known = appended(history, [*t.events, event])
    return _retold(t, known, event, [*t.events, event])


def _retold(t: Telling, known: History, because: Event, so_far: list[Event]) -> Learned:
    dossier, at = t.dossier, because.recorded_at
    told = story(dossier.subject, dossier.scheme, known, at)
    fresh = difference(known, told, at, f"fact {because.fact}")
    whole = appended(known, fresh)
    return Learned(fold(dossier.subject, dossier.scheme, whole), (*so_far, *fresh))


def appended(history: History, fresh: list[Event]) -> History:
    """The history with more events, each with the version it will have in its stream."""
    versions: dict[str, int] = {}
    for entry in history:
        versions[entry.event.stream] = max(entry.version, versions.get(entry.event.stream, 0))
    entries = list(history)
    for event in fresh:
        versions[event.stream] = versions.get(event.stream, 0) + 1
        entries.append(Entry(versions[event.stream], event))
    return entries


# --- commands ----------------------------------------------------------------------------------------------------


def refusal(learned: Learned, command: Event) -> Event | None:
    """The event that says why a command could not achieve what it wanted, if there is one."""
    cause = f"fact {command.fact}"
    return next((e for e in learned.events if e.cause == cause and isinstance(e.data, REFUSALS)), None)


def commanded(
    dossier: Dossier, command: Event, learned: Callable[[Event], Learned], *, undoes_two: bool = False
) -> Learned | Event:
    """What follows from a command as whoever gives it may sign it, or the event that says why it is refused.

    `learned` says what follows from a fact, and writes nothing. A proposal is refused where it would be refused once
    another person had signed it. `undoes_two` says that it retracts a decision of two people.
    """
    event = signed(dossier, command, undoes_two=undoes_two)
    if isinstance(event, Refused):
        return command.model_copy(update={"data": events.FactHadNoEffect(reason=event.reason), "rule": event.rule})
    told = learned(as_if_signed(event) if is_proposal(event.data) else event)
    if why := refusal(told, event):
        return why
    return learned(event) if is_proposal(event.data) else told


def refused(dossier: Dossier, command: Event, why: Event) -> Learned:
    """What fell due by the command's time, and the attempt with its actor; nothing of the command itself happens."""
    command = lifted(dossier, command)
    t = Telling(dossier)
    t.fall_due(command.recorded_at)
    told = why.data
    attempt = CommandRefused(
        command={"type": command.name, "stream": command.stream, **command.data.model_dump(mode="json")},
        reason=str(getattr(told, "reason", type(told).__name__)),
    )
    t.take(
        Event(
            stream=command.subject,
            effective_at=command.recorded_at,
            recorded_at=command.recorded_at,
            data=attempt,
            source=command.source,
            actor=command.actor,
            role=command.role,
            cause=f"command {command.fact}",
            rule=why.rule or Rule.GEN_8,
            editions=stamp(t.dossier, command.subject, command.recorded_at),
            scheme=dossier.scheme.seen or None,
        )
    )
    return Learned(t.dossier, tuple(t.events))


# --- deadlines and scheme-wide facts -----------------------------------------------------------------------------


def enforce(dossier: Dossier, until: datetime) -> Learned:
    """Everything that falls due by then."""
    t = Telling(dossier)
    t.fall_due(until)
    return Learned(t.dossier, tuple(t.events))


def meet(dossier: Dossier, scheme: Scheme, fact: Event) -> Learned | None:
    """A scheme-wide fact reaches a company; None if its history is needed to tell what that changes."""
    if not dossier.certificates and not dossier.cases and not dossier.matters:
        return Learned(with_scheme(dossier, scheme), ())
    fact = lifted(dossier, fact)
    t = Telling(dossier)
    t.fall_due(fact.recorded_at)
    if isinstance(fact.data, CalendarCorrected):
        return None
    if moment(fact)[0] <= t.dossier.tip[0] and not _leaves_all_as_it_is(fact, t.dossier):
        return None  # what hangs on it comes before the facts of its own instant
    return _under(t, scheme, fact)


def _leaves_all_as_it_is(fact: Event, dossier: Dossier) -> bool:
    """Whether a late fact changes nothing that was told: a rate, where no invoice bears interest (DNB-5.2)."""
    return isinstance(fact.data, DefaultInterestRateSet) and not money.bears_interest(dossier.matters)


def remeet(dossier: Dossier, history: History, scheme: Scheme, fact: Event) -> Learned:
    """The same for a scheme-wide fact that changes what was told before."""
    fact = lifted(dossier, fact)
    t = Telling(dossier)
    t.fall_due(fact.recorded_at)
    known = appended(history, t.events)
    t.dossier = with_scheme(t.dossier, scheme)
    return _retold(t, known, fact, list(t.events))


def _under(t: Telling, scheme: Scheme, fact: Event) -> Learned:
    t.dossier = with_scheme(t.dossier, scheme)
    t.learned_at = fact.recorded_at
    if not isinstance(fact.data, TermsAmended) and not any(map(waits_for_data, t.dossier.certificates.values())):
        return Learned(t.dossier, tuple(t.events))
    t.watch()
    t.fall_due(fact.recorded_at)
    return Learned(t.dossier, tuple(t.events))
