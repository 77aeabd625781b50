"""Amendments of the terms: each holder is told, and bound from a moment of his own (clause 14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain import events, facts
from domain.calendar import Term, days, days_before, midnight
from domain.certificate import Certificate, Ended
from domain.events import Event
from domain.matters import Decide, Due, Matter, Matters, Waits, known, put
from domain.rules import Rule
from domain.schemes.scheme import NOTICE_DAYS, Amendment

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentForHolder(Matter):
    """A later edition on its way to one holder, or in force for him.

    `takes_effect_at` is when it binds him, None where nobody knows: no notice reached him in time. Until the end of
    `withdraw_until`, the day on which it takes effect, he may declare to withdraw, though the matter is closed by then
    (DNB-14.3); None where the change isn't material, or the day isn't known.
    """

    edition: str
    takes_effect_at: datetime | None = None
    withdraw_until: Term | None = None

    @property
    def told(self) -> bool:
        """Whether nothing is in the way of its taking effect."""
        return self.waits_for is not Waits.ISSUER

    @property
    def in_force(self) -> bool:
        """Whether it took effect."""
        return self.closed and self.takes_effect_at is not None

    def binds(self, at: datetime) -> bool:
        """Whether it governs the contract at an instant."""
        return self.told and self.takes_effect_at is not None and self.takes_effect_at <= at


def key_of(edition: str, order: str | None) -> str:
    """The key of an edition for the holder of a certificate."""
    return f"amendment {edition} {order}"


def stamp(dossier: "Dossier", stream: str, at: datetime) -> str:
    """The editions under which something is decided at an instant: the terms as they bind the holder (GEN-11)."""
    scheme = dossier.scheme
    if not scheme.amendments:
        return scheme.editions
    order = stream.partition("/")[2]
    certificate = dossier.certificates.get(order)
    since = _concluded_at(certificate) if certificate is not None and certificate.phases else at
    for amendment in reversed(scheme.amendments):
        matter = known(dossier.matters, AmendmentForHolder, key_of(amendment.edition, order))
        if amendment.introduced_at <= since or (matter is not None and matter.binds(at)):
            return scheme.under(amendment.edition)
    return scheme.editions


def _concluded_at(certificate: Certificate) -> datetime:
    return certificate.phases[0].at


# --- evolve ------------------------------------------------------------------------------------------------------

_ENDS = (
    events.ContractExpired,
    events.ContractCancelledAtExpiry,
    events.ContractEndedWithSubject,
    events.RenewalUndone,
    events.ContractWithdrawn,
)

STATES: tuple[type[Matter], ...] = (AmendmentForHolder,)
READS: tuple[type, ...] = (
    events.AmendmentAnnounced,
    events.AmendmentNoticeOwed,
    events.AmendmentDeferred,
    events.AmendmentNoticeRecorded,
    events.AmendmentTookEffect,
    *_ENDS,
)


def evolve(matters: Matters, event: Event) -> Matters:
    """The amendments after an event about them, or the end of a contract; holds no rules."""
    data, order = event.data, event.order
    if isinstance(data, _ENDS):
        ahead = [m for m in matters.values() if isinstance(m, AmendmentForHolder) and m.order == order and not m.closed]
        return {**matters, **{m.key: _dropped(m) for m in ahead}} if ahead else matters
    return _evolve_amendment(matters, event, data)


def _evolve_amendment(matters: Matters, event: Event, data: Any) -> Matters:
    key = key_of(data.edition, event.order)
    matter = known(matters, AmendmentForHolder, key) or AmendmentForHolder(
        key=key, opened_at=event.effective_at, order=event.order, edition=data.edition
    )
    what = f"notice of the terms {data.edition}"
    match data:
        case events.AmendmentAnnounced(takes_effect_at=at):
            return put(matters, replace(_over(matter), closed=False, takes_effect_at=at, withdraw_until=None))
        case events.AmendmentNoticeOwed(due=due, takes_effect_at=at, withdraw_until=until):
            owed = replace(matter, clock=due, what=what, waits_for=Waits.ISSUER)
            return put(matters, replace(owed, takes_effect_at=at, withdraw_until=until))
        case events.AmendmentDeferred():
            deferred = replace(matter, clock=None, what=what, waits_for=Waits.ISSUER)
            return put(matters, replace(deferred, takes_effect_at=None, withdraw_until=None))
        case events.AmendmentNoticeRecorded(takes_effect_at=at, withdraw_until=until):
            what = f"last day to withdraw because of the terms {data.edition}"
            told = replace(matter, clock=until, what=what, waits_for=Waits.HOLDER)
            return put(matters, replace(told, takes_effect_at=at, withdraw_until=until))
        case _:
            past = (known(matters, AmendmentForHolder, key_of(older, event.order)) for older in data.supersedes)
            closed = {m.key: _dropped(m) for m in past if m is not None}
            return {**matters, **closed, key: replace(_over(matter), withdraw_until=matter.withdraw_until)}


def _over(matter: AmendmentForHolder) -> AmendmentForHolder:
    return replace(matter, closed=True, clock=None, what="", waits_for=Waits.NOTHING)


def _dropped(matter: AmendmentForHolder) -> AmendmentForHolder:
    return replace(_over(matter), takes_effect_at=None, withdraw_until=None)


# --- what falls due ----------------------------------------------------------------------------------------------


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Announced editions that a running contract has not met, notices that are owed, editions that take effect."""
    if not dossier.scheme.amendments:
        return
    for order, certificate in dossier.certificates.items():
        if certificate.contract is None or isinstance(certificate.contract, Ended):
            continue
        concluded_at = _concluded_at(certificate)
        for amendment in reversed(dossier.scheme.amendments):
            key = key_of(amendment.edition, order)
            matter = known(dossier.matters, AmendmentForHolder, key)
            if amendment.introduced_at <= concluded_at or (matter is not None and matter.in_force):
                break  # the older ones are part of it
            at = max(amendment.announced_at, concluded_at) if matter is None else _due(matter, amendment)
            if at is not None:
                yield at, key


def _due(matter: AmendmentForHolder, amendment: Amendment) -> datetime | None:
    if matter.told:
        return matter.takes_effect_at
    if matter.clock is None:
        return None
    if amendment.decided_at is not None and not amendment.material:
        return max(amendment.decided_at, matter.opened_at)
    return max(matter.clock.lapses_at, matter.opened_at)


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """An edition is announced to a contract, its notice was not given in time, or it takes effect."""
    _, edition, order = key.split(" ")
    certificate, amendment = t.dossier.certificates[order], _announced(t, edition)
    matter = known(t.dossier.matters, AmendmentForHolder, key)
    if matter is None:
        _announce(t, certificate, amendment, at, cause)
    elif matter.clock is not None and not matter.told and not amendment.is_material(at):
        _announce_immaterial(t, certificate, amendment, at, cause)
    elif matter.clock is not None and not matter.told:
        breach = events.IssuerObligationBreached(duty=matter.what, due=matter.clock)
        t.tell(certificate.stream, at, breach, Rule.DNB_14_2, cause)
        t.tell(certificate.stream, at, events.AmendmentDeferred(edition=edition), Rule.DNB_14_2, cause)
    else:
        older = t.scheme.amendments[: t.scheme.amendments.index(amendment)]
        past = (known(t.dossier.matters, AmendmentForHolder, key_of(o.edition, order)) for o in older)
        supersedes = tuple(m.edition for m in past if m is not None and not m.closed)
        effect = events.AmendmentTookEffect(edition=edition, supersedes=supersedes)
        rule = Rule.DNB_14_2 if amendment.is_material(at) else Rule.DNB_14_1
        t.tell(certificate.stream, at, effect, rule, cause)


def _announced(t: "Telling", edition: str) -> Amendment:
    return next(a for a in t.scheme.amendments if a.edition == edition)


def _announce(t: "Telling", c: Certificate, amendment: Amendment, at: datetime, cause: str) -> None:
    edition, zone = amendment.edition, t.scheme.zone
    if not amendment.is_decided(at):
        advice = "one person alone decided whether the change is material, so it counts as material: decide by two"
        t.task(c.stream, at, "decide-amendment", edition, advice, Rule.DNB_14_2, cause)
    if not amendment.is_material(at):
        _announce_immaterial(t, c, amendment, at, cause)
        return
    notice_by = days_before(Rule.DNB_14_2, amendment.introduced_on, NOTICE_DAYS, zone)
    if notice_by.lapses_at <= _concluded_at(c):  # no contract was there to give a notice for
        t.tell(c.stream, at, events.AmendmentDeferred(edition=edition), Rule.DNB_14_2, cause)
        return
    effect = midnight(amendment.introduced_on, zone)
    owed = events.AmendmentNoticeOwed(
        key=key_of(edition, c.order),
        due=notice_by,
        edition=edition,
        takes_effect_at=effect,
        withdraw_until=_withdraw_until(t, effect),
    )
    t.start(c.stream, at, owed, cause)


def _announce_immaterial(t: "Telling", c: Certificate, amendment: Amendment, at: datetime, cause: str) -> None:
    announced = events.AmendmentAnnounced(edition=amendment.edition, takes_effect_at=amendment.introduced_at)
    t.tell(c.stream, at, announced, Rule.DNB_14_1, cause)


def _withdraw_until(t: "Telling", effect: datetime) -> Term:
    return days(Rule.DNB_14_3, effect, 0, t.scheme.zone, None)


def _noticed(t: "Telling", event: Event, data: facts.AmendmentNoticeDelivered) -> None:
    """The change takes effect on its day, but not before the 30th day after the receipt (DNB-14.2)."""
    matter = known(t.dossier.matters, AmendmentForHolder, key_of(data.edition, event.order))
    if matter is None or matter.closed:
        t.no_effect(event, Rule.DNB_14_1, f"the terms {data.edition} are not ahead of a contract on this order")
    elif matter.waits_for is Waits.HOLDER:
        t.no_effect(event, Rule.DNB_14_2, "the holder was told before")
    elif matter.waits_for is Waits.ISSUER:
        at, zone = event.effective_at, t.scheme.zone
        # What is received on a day is received 30 days before the 30th day after it, which begins when 29 are over.
        earliest = days(Rule.DNB_14_2, at, NOTICE_DAYS - 1, zone, None).lapses_at
        effect = max(midnight(_announced(t, data.edition).introduced_on, zone), earliest)
        recorded = events.AmendmentNoticeRecorded(
            edition=data.edition, takes_effect_at=effect, withdraw_until=_withdraw_until(t, effect)
        )
        t.tell(event.stream, at, recorded, Rule.DNB_14_2, t.cause(event))


DECIDES: Mapping[type, Decide] = {facts.AmendmentNoticeDelivered: _noticed}
REACTS: Mapping[type, Decide] = {}
