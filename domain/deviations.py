"""Acceptance of the terms, and departures from them that both sides agreed on in writing (clause 1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain import facts
from domain.calendar import local_day, midnight
from domain.events import DeviationAccepted, DeviationRefused, Event, TermsAcceptanceRecorded
from domain.matters import Decide, Due, Matter, Matters, known, of_kind, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(Matter):
    """The edition of the terms that the holder accepted last (DNB-1.1); nothing is left to do about it."""

    edition: str
    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation(Matter):
    """A rule that doesn't bind the two sides for acts from `binds_from` on (DNB-1.2); nothing is left to do."""

    deviation: str
    departs_from: Rule
    binds_from: datetime
    closed: bool = True


STATES: tuple[type[Matter], ...] = (Acceptance, Deviation)
READS: tuple[type, ...] = (TermsAcceptanceRecorded, DeviationAccepted)
REACTS: Mapping[type, Decide] = {}

# The rules whose decisions look for a deviation by themselves; any other one is kept by people.
HEEDED = frozenset({Rule.DNB_4_7})


def departed(dossier: "Dossier", order: str, rule: Rule, at: datetime) -> bool:
    """Whether both sides had departed from a rule for a contract, in writing and beforehand (GEN-9)."""
    return any(
        (d.order, d.departs_from) == (order, rule) and d.binds_from <= at for d in of_kind(dossier.matters, Deviation)
    )


def _accepted_key(order: str | None) -> str:
    return f"terms {order}"


def _key(deviation: str) -> str:
    return f"deviation {deviation}"


def evolve(matters: Matters, event: Event) -> Matters:
    """The matters after an acceptance or a deviation."""
    at, order = event.effective_at, event.order
    data: Any = event.data
    match data:
        case DeviationAccepted(deviation=name, departs_from=rule, binds_from=since):
            about = _key(name)
            return put(
                matters,
                Deviation(key=about, opened_at=at, order=order, deviation=name, departs_from=rule, binds_from=since),
            )
        case _:
            edition = data.edition
            return put(matters, Acceptance(key=_accepted_key(order), opened_at=at, order=order, edition=edition))


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows from an agreement by itself."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


def _accepted(t: "Telling", event: Event, data: facts.TermsAccepted) -> None:
    before = known(t.dossier.matters, Acceptance, _accepted_key(data.order))
    if before is not None and before.edition == data.edition:
        t.no_effect(event, Rule.DNB_1_1, f"the terms {data.edition} are accepted already")
        return
    recorded = TermsAcceptanceRecorded(edition=data.edition, document=data.document)
    t.tell(event.stream, event.effective_at, recorded, Rule.DNB_1_1, t.cause(event))


def _agreed(t: "Telling", event: Event, data: facts.DeviationAgreed) -> None:
    at, stream, cause = event.effective_at, event.stream, t.cause(event)
    if _key(data.deviation) in t.dossier.matters:
        t.no_effect(event, Rule.DNB_1_2, f"the deviation {data.deviation} is agreed already")
        return
    fault = _fault(t, data, at)
    if fault:
        t.tell(stream, at, DeviationRefused(deviation=data.deviation, reason=fault), Rule.DNB_1_2, cause)
        return
    rule = Rule(data.rule)
    # On the day of the agreement itself it binds what comes after it.
    since = max(midnight(data.applies_from, t.scheme.zone), at)
    accepted = DeviationAccepted(deviation=data.deviation, departs_from=rule, binds_from=since)
    t.tell(stream, at, accepted, Rule.DNB_1_2, cause)
    if rule is Rule.DNB_13_1:
        advice = "another law was chosen: days off and rights by statute are read here by Serbian law, see what changes"
        t.task(stream, at, "check-law", data.deviation, advice, Rule.DNB_13_1, cause)
    elif rule not in HEEDED:
        advice = f"decisions go on by {rule} as it stands: see to it that the deviation from it is kept"
        t.task(stream, at, "keep-deviation", data.deviation, advice, Rule.DNB_1_2, cause)


def _fault(t: "Telling", data: facts.DeviationAgreed, at: datetime) -> str | None:
    day = local_day(at, t.scheme.zone)
    if data.form.value not in t.scheme.policy.written_forms:
        return f"{data.form.value} does not count as writing"
    if data.applies_from < day:
        return f"agreed on {day}, it can't hold from {data.applies_from}: a deviation is agreed in advance"
    if data.rule not in set(Rule):
        return f"there is no rule {data.rule} to depart from"
    return None


DECIDES: Mapping[type, Decide] = {facts.TermsAccepted: _accepted, facts.DeviationAgreed: _agreed}
