"""Personal data and secrecy (clauses 11 and 12): who was informed, what is held, and how secret each field is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args, get_origin

from domain import events, facts
from domain.certificate import Ended
from domain.events import EVENTS, DisclosureRefused, ErasureRefused, Event
from domain.facts import FACTS, Fact, Private
from domain.matters import Decide, Due, Matter, Matters, Waits, known, of_kind, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

TO_INFORM = "inform-employees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection(Matter):
    """Whose data is processed under a certificate, and what the holder declared of that; a task asks for the rest.

    `acknowledged_by` is the fact by which the holder undertook to protect what it comes to know (DNB-11.1).
    """

    named: str | None = None
    informed: bool = False
    acknowledged_by: str | None = None

    @property
    def owed(self) -> bool:
        """Whether somebody was named who was not informed (DNB-11.2)."""
        return self.named is not None and not self.informed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Matter):
    """Nothing of the company may be erased while it is open; `placed_by` and `lifted_by` are the facts that say so."""

    hold: str
    placed_by: str
    lifted_by: str | None = None


STATES: tuple[type[Matter], ...] = (Protection, Hold)
READS: tuple[type, ...] = (
    facts.RepresentativeNamed,
    facts.EmployeesInformed,
    facts.DataProtectionAcknowledged,
    facts.LegalHoldPlaced,
    facts.LegalHoldLifted,
)


def protection_of(matters: Matters, order: str | None) -> Protection | None:
    """What the holder of a certificate owes to the people whose data is processed, if anybody was named."""
    return known(matters, Protection, f"persons {order}")


def holds(matters: Matters) -> list[str]:
    """The legal holds that are open."""
    return [hold.hold for hold in of_kind(matters, Hold) if not hold.closed]


def evolve(matters: Matters, event: Event) -> Matters:
    """The matters after an event; whoever is named in another's place has to be informed anew."""
    data, by = event.data, _by(event)
    match data:
        case facts.RepresentativeNamed(name=name):
            before = _protection(matters, event)
            informed = before.informed and before.named in {None, name}
            return put(matters, replace(before, named=name, informed=informed))
        case facts.EmployeesInformed():
            return put(matters, replace(_protection(matters, event), informed=True))
        case facts.DataProtectionAcknowledged():
            before = _protection(matters, event)
            return put(matters, replace(before, acknowledged_by=before.acknowledged_by or by))
        case facts.LegalHoldPlaced(hold=name) if name not in holds(matters):
            key, at = _hold_key(name), event.effective_at
            what = "lift the legal hold when its reason is gone"
            return put(matters, Hold(key=key, opened_at=at, what=what, waits_for=Waits.ISSUER, hold=name, placed_by=by))
        case facts.LegalHoldLifted(hold=name):
            held = known(matters, Hold, _hold_key(name))
            if held is None or held.closed:
                return matters
            return put(matters, replace(held, closed=True, lifted_by=by))
        case _:
            return matters


def _by(event: Event) -> str:
    return f"{event.source} {event.fact}"


def _hold_key(name: str) -> str:
    return f"hold {name}"


def _protection(matters: Matters, event: Event) -> Protection:
    key, at = f"persons {event.order}", event.effective_at
    return protection_of(matters, event.order) or Protection(key=key, order=event.order, opened_at=at, closed=True)


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows by itself: clauses 11 and 12 know no term."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


# --- personal data (clause 11) -----------------------------------------------------------------------------------


def _named(t: "Telling", event: Event, _data: facts.RepresentativeNamed) -> None:
    certificate = t.dossier.certificates.get(event.order or "")
    if certificate is not None and certificate.contract is not None and not isinstance(certificate.contract, Ended):
        _ask(t, event)


def _concluded(t: "Telling", event: Event, _data: events.ContractConcluded) -> None:
    _ask(t, event)  # somebody may have been named when there was no holder yet who could owe it


def _ask(t: "Telling", event: Event) -> None:
    protection = protection_of(t.dossier.matters, event.order)
    if protection is not None and protection.owed:
        advice = "have the holder inform the people whose data is processed, and declare it"
        about = event.stream.partition("/")[2]
        cause = event.cause or t.cause(event)
        t.task(event.stream, event.effective_at, TO_INFORM, about, advice, Rule.DNB_11_2, cause)


def _acknowledged(t: "Telling", event: Event, _data: facts.DataProtectionAcknowledged) -> None:
    protection = protection_of(t.dossier.matters, event.order)
    if protection is not None and protection.acknowledged_by != _by(event):
        t.no_effect(event, Rule.DNB_11_1, "the holder has undertaken it already")


# --- secrecy (clause 12) -----------------------------------------------------------------------------------------


def _disclosed(t: "Telling", event: Event, data: facts.InformationDisclosed) -> None:
    contracts = [c for c in t.dossier.certificates.values() if c.contract is not None]
    if data.basis is facts.DisclosureBasis.CONTRACT and not contracts:
        refused = DisclosureRefused(reason="there is no contract with this company that could allow it")
        t.tell(event.stream, event.effective_at, refused, Rule.DNB_12_2, t.cause(event))


def _placed(t: "Telling", event: Event, data: facts.LegalHoldPlaced) -> None:
    held = known(t.dossier.matters, Hold, _hold_key(data.hold))
    if held is not None and held.placed_by != _by(event):
        t.no_effect(event, Rule.X_18, f"hold {data.hold} is placed already")


def _lifted(t: "Telling", event: Event, data: facts.LegalHoldLifted) -> None:
    held = known(t.dossier.matters, Hold, _hold_key(data.hold))
    if held is None or held.lifted_by != _by(event):
        t.no_effect(event, Rule.X_18, f"no hold {data.hold} is placed")


def _erased(t: "Telling", event: Event, _data: facts.PersonErased) -> None:
    for hold in holds(t.dossier.matters)[:1]:
        refused = ErasureRefused(hold=hold, reason=f"legal hold {hold} keeps everything until it is lifted")
        t.tell(event.stream, event.effective_at, refused, Rule.X_18, t.cause(event))


DECIDES: Mapping[type, Decide] = {
    facts.RepresentativeNamed: _named,
    facts.DataProtectionAcknowledged: _acknowledged,
    facts.InformationDisclosed: _disclosed,
    facts.LegalHoldPlaced: _placed,
    facts.LegalHoldLifted: _lifted,
    facts.PersonErased: _erased,
}
REACTS: Mapping[type, Decide] = {events.ContractConcluded: _concluded}


# --- how secret each field is (DNB-12.1) -------------------------------------------------------------------------


class Secrecy(StrEnum):
    """Whom a field may be told to: everybody, the parties and their auditors, or whoever is in charge of persons."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"
    PERSONAL = "personal"


# What the public register shows, and where it comes from. Its status and clause are derived; the subject and the
# instants stand in the envelopes.
SHOWN: Mapping[str, Mapping[type, str]] = {
    "certificate": {model: "order" for model in FACTS.values() if issubclass(model, facts.OrderFact)},
    "holder": {facts.CompanyRegistered: "name", facts.CompanyRenamed: "name", events.HolderRenamed: "name"},
    "attained": {events.ClassAttested: "attained", events.SpecialEditionGranted: "attained"},
    "edition": {events.ClassAttested: "edition", events.SpecialEditionGranted: "edition"},
    "business_year": {events.ClassAttested: "business_year", events.SpecialEditionGranted: "business_year"},
    "period": {events.ClassAttested: "period"},
    "valid_from": {events.ContractTerm: "valid_from"},
    "valid_until": {events.ContractTerm: "valid_until"},
    "revision": {events.CertificateCorrected: "revision"},
}


def _private(model: type[Fact]) -> dict[str, Private]:
    found: dict[str, Private] = {}
    for name, info in model.model_fields.items():
        inner = [arg for part in get_args(info.annotation) for arg in (get_args(part) if get_origin(part) else ())]
        found.update((name, mark) for mark in (*info.metadata, *inner) if isinstance(mark, Private))
    return found


# Persons and free text: they never enter an event.
PRIVATE_FIELDS: Mapping[type[Fact], Mapping[str, Private]] = {
    model: marks for model in FACTS.values() if (marks := _private(model))
}


def _fields(model: type) -> dict[str, Any]:
    if is_dataclass(model):
        return {field.name: field.type for field in fields(model)}
    return {name: info.annotation for name, info in getattr(model, "model_fields", {}).items()}


def _parts(model: type) -> Iterator[type]:
    """A model with the values that its fields are made of, as far as these have fields of their own."""
    yield model
    for annotation in _fields(model).values():
        for kind in (annotation, *get_args(annotation)):
            if isinstance(kind, type) and _fields(kind):
                yield from _parts(kind)


def _secrecy(model: type, field: str) -> Secrecy:
    if issubclass(model, Fact) and field in PRIVATE_FIELDS.get(model, ()):
        return Secrecy.PERSONAL
    shown = any(sources.get(model) == field for sources in SHOWN.values())
    return Secrecy.PUBLIC if shown else Secrecy.CONFIDENTIAL


SECRECY: Mapping[type, Mapping[str, Secrecy]] = {
    part: {field: _secrecy(part, field) for field in _fields(part)}
    for model in EVENTS.values()
    for part in _parts(model)
}
