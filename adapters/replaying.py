"""Counterfactual replay: what the register would show had a parameter been another one all along; writes nothing.

Every fact is learned again in the order in which it was learned, so that what was decided, and stands whatever came
late, is what would have been decided then. A command that was refused is tried again, for it might have passed.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import accumulate
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from adapters.intake import aside
from adapters.main import System
from domain.certificate import Certificate
from domain.dossier import Dossier, blank
from domain.events import CommandRefused, DecisionAnnulled, Event
from domain.facts import FACTS, STORED
from domain.history import Entry, fold, met
from domain.identity import SCHEME_SUBJECT
from domain.policies import Policy
from domain.recording import Learned, appended, enforce, learn, meet, refusal, refused, relearn, remeet
from domain.schemes.scheme import Scheme
from domain.standing import Standing, standing
from domain.standing import history as rows_of
from projections.batch import Recorded

Progress = Callable[[int, int], None]


class UnknownReading(ValueError):
    """No parameter is called so, or it knows no such reading."""


def policy_of(policy: Policy, readings: Sequence[str]) -> Policy:
    """A policy with other readings, each told as NAME=VALUE; raises UnknownReading."""
    kinds = get_type_hints(Policy)
    told: dict[str, Any] = {}
    for reading in readings:
        name, _, value = reading.partition("=")
        if name not in {field.name for field in fields(Policy)}:
            msg = f"no reading is called {name!r}; docs/policies.md names them"
            raise UnknownReading(msg)
        try:
            told[name] = TypeAdapter(kinds[name]).validate_strings(value)
        except ValidationError as fault:
            msg = f"{name} can't be {value!r}: {fault.errors()[0]['msg']}; write NAME=VALUE"
            raise UnknownReading(msg) from fault
    return replace(policy, **told)


@dataclass(frozen=True, slots=True)
class Difference:
    """A certificate that would stand otherwise from `since` on: how it stands in fact, and how it would.

    `now` and `would_be_now` are the same for the last instant asked about. None where there is no certificate.
    """

    certificate: str
    holder: str | None
    since: datetime
    then: Standing | None
    would_be: Standing | None
    now: Standing | None
    would_be_now: Standing | None


def differences(
    system: System, policy: Policy, until: datetime, *, subject: str | None = None, progress: Progress | None = None
) -> Iterator[Difference]:
    """The certificates that would stand otherwise under this policy up to an instant, by their numbers.

    One company at a time is held in memory. `progress` is told how many events have been replayed.
    """
    replay = _Replay(system, policy, until)
    done = 0
    for each in system.store.subjects() if subject is None else (subject,):
        if each != SCHEME_SUBJECT:
            told = system.store.history(each, replay.position)
            yield from replay.compared(each, told)
            done += len(told)
            if progress:
                progress(done, done)


class _Life:
    """A company as it goes on from what was told of it."""

    def __init__(self, dossier: Dossier, entries: Sequence[Entry]) -> None:
        self.dossier = dossier
        self.entries = entries

    def learn(self, event: Event) -> None:
        """Learn a fact, late or not."""
        self._take(self._learned(event))

    def attempt(self, command: Event) -> None:
        """Try a command again that was refused."""
        learned = self._learned(command)
        why = refusal(learned, command)
        self._take(learned if why is None else refused(self.dossier, command, why))

    def meet(self, scheme: Scheme, fact: Event) -> None:
        """A fact about the scheme reaches the company."""
        self._take(meet(self.dossier, scheme, fact) or remeet(self.dossier, self.entries, scheme, fact))

    def enforce(self, until: datetime) -> None:
        """Let everything fall due by then."""
        self._take(enforce(self.dossier, max(until, self.dossier.recorded_at)))

    def _learned(self, event: Event) -> Learned:
        return learn(self.dossier, event) or relearn(self.dossier, self.entries, event)

    def _take(self, learned: Learned) -> None:
        self.entries = appended(self.entries, list(learned.events))
        self.dossier = learned.dossier


class _Replay:
    """The facts about the scheme under two policies, up to one position of the log."""

    def __init__(self, system: System, policy: Policy, until: datetime) -> None:
        self.position = system.store.last_position()
        self._until = until
        told = [r for r in system.store.scheme_facts() if r.position <= self.position]
        self._facts = [r.event for r in told]
        self._positions = [r.position for r in told]
        self._real = self._schemes(system.settings.policy)
        self._other = self._schemes(policy)
        with system.store.reading() as c:
            self._waiting = aside.queues(c)

    def _schemes(self, policy: Policy) -> list[Scheme]:
        return list(accumulate(self._facts, Scheme.meets, initial=Scheme(policy=policy)))

    def compared(self, subject: str, told: Sequence[Recorded]) -> Iterator[Difference]:
        """The company's certificates that would stand otherwise."""
        history = [Entry(r.version, r.event) for r in told]
        real = _Life(fold(subject, self._real[met(history)], history), history)
        other = _Life(blank(subject, self._other[0]), ())
        for recorded, count in zip(told, self._met(told), strict=True):
            self._again(other, recorded.event, count)
        if subject not in self._waiting:  # nothing falls due for a company with parked facts
            for life, schemes in ((real, self._real), (other, self._other)):
                self._meet(life, schemes, len(self._facts))
                life.enforce(self._until)
        names = real.dossier.company.name
        one, two = real.dossier.certificates, other.dossier.certificates
        for order in sorted(one.keys() | two.keys()):
            found = self._difference(f"{subject}/{order}", names, one.get(order), two.get(order))
            if found is not None:
                yield found

    def _met(self, told: Sequence[Recorded]) -> list[int]:
        """How many facts about the scheme the company had met when each of its events was written.

        Those that came before; but where several partitions are read, some reach a company later, which is seen in
        its next decision.
        """
        counts = []
        most = len(self._facts)
        for recorded in reversed(told):
            event = recorded.event
            if event.fact is None and not isinstance(event.data, DecisionAnnulled):
                most = min(most, event.scheme or 0)
            counts.append(min(most, bisect_left(self._positions, recorded.position)))
        return counts[::-1]

    def _meet(self, life: _Life, schemes: Sequence[Scheme], count: int) -> None:
        for number in range(life.dossier.scheme.seen, count):
            life.meet(schemes[number + 1], self._facts[number])

    def _again(self, life: _Life, event: Event, count: int) -> None:
        self._meet(life, self._other, count)
        if event.fact is not None:
            said = {} if event.said_at is None else {"recorded_at": event.said_at, "said_at": None}
            life.learn(event.model_copy(update=said))  # lifted anew, above what is told here
        elif isinstance(event.data, CommandRefused):
            life.attempt(_command(event, event.data.command))
        else:
            life.enforce(event.recorded_at)  # by then all that was due had fallen due

    def _difference(
        self, certificate: str, holder: str | None, one: Certificate | None, other: Certificate | None
    ) -> Difference | None:
        instants = sorted({row.since for c in (one, other) if c is not None for row in rows_of(c)})
        for since in instants:
            then, would_be = _at(one, since), _at(other, since)
            if since <= self._until and _shown(then) != _shown(would_be):
                now = _at(one, self._until), _at(other, self._until)
                return Difference(certificate, holder, since, then, would_be, *now)
        return None


def _command(event: Event, command: dict[str, Any]) -> Event:
    """The command as it was before it was refused."""
    data = {name: value for name, value in command.items() if name not in {"type", "stream"}}
    return Event(
        stream=command["stream"],
        effective_at=event.effective_at,
        recorded_at=event.recorded_at,
        data=FACTS[command["type"]].model_validate_json(json.dumps(data), context=STORED),
        fact=(event.cause or "").removeprefix("command "),
        source=event.source,
        actor=event.actor,
        role=event.role,
    )


def _at(certificate: Certificate | None, at: datetime) -> Standing | None:
    return None if certificate is None else standing(certificate, at)


def _shown(row: Standing | None) -> tuple[object, ...] | None:
    """What the register shows of a row, but since when."""
    return None if row is None else (*row[1:8], row.clause)
