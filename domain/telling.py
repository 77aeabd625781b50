"""Telling a company's story: every decision that follows from a fact or from the lapse of a term, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from domain import docket, misuse, renewal
from domain.amendments import stamp
from domain.calendar import Term, days
from domain.dossier import BEGINNING, NEVER, Dossier, FactName, evolve, with_due
from domain.events import ClockStarted, ContractExtensionEnded, Event, FactHadNoEffect, TaskOpened, TermRecomputed
from domain.rules import Rule
from domain.schemes.scheme import Scheme

TASK_DAYS = 1

TermKey = tuple[str, str, datetime]
DecisionKey = tuple[str, int, datetime]
ExtensionTold = tuple[datetime, ContractExtensionEnded]


@dataclass(frozen=True, slots=True)
class Pins:
    """What has been communicated and stands when a story is told again.

    `decisions` are contract decisions by (stream, term, instant), with the steps that led to them; `extensions`
    and `held_until` say when such a step was over, by (stream, term), the first also how; `accepted` are cancellations
    and withdrawals, by (stream, cause). `forced` are ends of a contract whose fact has fallen away, by stream; `terms`
    and `recomputed` are deadlines as they were told, by (stream, key, start). `unsigned` are retractions that lack a
    second signature.
    """

    decisions: Mapping[DecisionKey, Event] = field(default_factory=dict)
    extensions: Mapping[tuple[str, int], ExtensionTold] = field(default_factory=dict)
    held_until: Mapping[tuple[str, int], datetime] = field(default_factory=dict)
    accepted: Mapping[tuple[str, str], Event] = field(default_factory=dict)
    forced: Mapping[str, Event] = field(default_factory=dict)
    terms: Mapping[TermKey, Term] = field(default_factory=dict)
    unsigned: frozenset[FactName] = frozenset()
    recomputed: Mapping[TermKey, tuple[TermRecomputed, ...]] = field(default_factory=dict)


NOTHING_PINNED = Pins()


@dataclass(slots=True)
class Telling:
    """A dossier on its way from one moment to a later one, with the events told on the way.

    `learned_at` is when a premise from outside the company's own streams was learned.
    """

    dossier: Dossier
    pins: Pins = NOTHING_PINNED
    learned_at: datetime = BEGINNING
    events: list[Event] = field(default_factory=list)

    @property
    def scheme(self) -> Scheme:
        """The scheme under which this is told."""
        return self.dossier.scheme

    def take(self, event: Event) -> None:
        """Add an event and let the dossier know of it."""
        self.events.append(event)
        self.dossier = evolve(self.dossier, event)

    def tell(self, stream: str, at: datetime, data: BaseModel, rule: Rule, cause: str) -> None:
        """Add a decision; it is recorded at its own moment, or when its latest premise was (design decision 2)."""
        event = Event(
            stream=stream,
            effective_at=at,
            recorded_at=max(at, self.dossier.recorded_at, self.learned_at),
            data=data,
            cause=cause,
            rule=rule,
            editions=stamp(self.dossier, stream, at),
            scheme=self.scheme.seen or None,
        )
        self.take(event)
        docket.react(self, event)

    def task(self, stream: str, at: datetime, task: str, about: str, advice: str, rule: Rule, cause: str) -> None:
        """Ask a person to decide or to act, by the end of the following day (GEN-8)."""
        due = days(Rule.GEN_8, at, TASK_DAYS, self.scheme.zone, None).lapses_at
        opened = TaskOpened(task=task, about=about, recommendation=advice, due=due)
        self.tell(stream, at, opened, rule, cause)

    def cause(self, event: Event) -> str:
        """How a decision refers to the fact it follows from."""
        return f"fact {event.fact}"

    def no_effect(self, event: Event, rule: Rule, reason: str) -> None:
        """The fact stays on record, with the reason why it achieved nothing."""
        self.tell(event.stream, event.effective_at, FactHadNoEffect(reason=reason), rule, self.cause(event))

    def pinned_term(self, stream: str, key: str, told: Term) -> Term:
        """The term as it was communicated, if it was; else as counted now."""
        return self.pins.terms.get((stream, key, told.starts), told)

    def recompute(self, stream: str, at: datetime, key: str, kept: Term, told: Term, cause: str) -> None:
        """Tell again how corrected calendars moved a term, and move it if the calendar of now ends it later.

        A day that would be earlier changes nothing that was communicated (design decision 7).
        """
        for earlier in self.pins.recomputed.get((stream, key, kept.starts), ()):
            self.tell(stream, at, earlier, Rule.GEN_3, cause)
            kept = earlier.new
        if told.lapses_at > kept.lapses_at:
            why = f"calendar {told.calendar} corrects {kept.calendar}"
            self.tell(stream, at, TermRecomputed(key=key, old=kept, new=told, why=why), Rule.GEN_3, cause)

    def start(self, stream: str, at: datetime, started: ClockStarted, cause: str) -> None:
        """Tell that a term runs: as it was communicated, and moved where the calendar of now ends it later."""
        told = started.due
        kept = self.pinned_term(stream, started.key, told)
        self.tell(stream, at, started.model_copy(update={"due": kept}), told.rule, cause)
        self.recompute(stream, at, started.key, kept, told, cause)

    def standing_decision(self, stream: str, term: int, at: datetime) -> Event | None:
        """A contract decision about a term that was taken at this instant and stands whatever is known now."""
        return self.pins.decisions.get((stream, term, at))

    def forced_end(self, stream: str) -> Event | None:
        """An end of the contract that stands though its fact has fallen away."""
        return self.pins.forced.get(stream)

    def next_due(self) -> tuple[datetime, str, str, str] | None:
        """What falls due first if nobody acts: (instant, kind, order or case, key)."""
        pending: list[tuple[datetime, str, str, str]] = []
        for case_id, case in self.dossier.cases.items():
            at = misuse.due(case)
            if at is not None:
                pending.append((at, "case", case_id, ""))
        for order, certificate in self.dossier.certificates.items():
            if certificate.contract is not None:
                pending.extend((at, "contract", order, key) for at, key in renewal.dues(self, certificate))
        pending.extend(docket.dues(self.dossier))
        return min(pending) if pending else None

    def fall_due(self, until: datetime) -> None:
        """All that happens by then if nobody acts, each at its own legal moment."""
        if self.dossier.due_at > until:
            return
        while (due := self.next_due()) and due[0] <= until:
            before = len(self.events)
            at, kind, which, key = due
            if kind == "case":
                misuse.lapse(self, self.dossier.cases[which], at, f"deadline {which}")
            elif kind == "matter":
                docket.lapse(self, which, key, at)
            else:
                renewal.fall_due(self, self.dossier.certificates[which], key, at)
            if len(self.events) == before:
                msg = f"nothing follows from {key or kind} of {self.dossier.subject}/{which}, due {at:%Y-%m-%d %H:%M}"
                raise RuntimeError(msg)
        self.dossier = with_due(self.dossier, due[0] if due else NEVER)

    def watch(self, before: Dossier | None = None) -> None:
        """Note when the dossier falls due next, after something has changed since `before`."""
        now = self.dossier
        if (
            before is not None
            and now.certificates is before.certificates
            and now.cases is before.cases
            and now.matters is before.matters
            and now.company.windows is before.company.windows
        ):
            return
        due = self.next_due() if now.certificates or now.cases or now.matters else None
        at = due[0] if due else NEVER
        if at != self.dossier.due_at:
            self.dossier = with_due(self.dossier, at)
