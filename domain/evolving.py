"""What each event does to a certificate: its three ledgers are moved on here, without any rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain import events, facts
from domain.calendar import Unit, midnight
from domain.certificate import (
    LATE_CANCELLATION,
    LATE_NOTICE,
    Attestation,
    Certificate,
    Ended,
    Extended,
    Ground,
    Held,
    Leaving,
    Notice,
    OrderStep,
    Phase,
    PhaseFrom,
    Revision,
    Running,
    Suspension,
)
from domain.events import Event
from domain.rules import Rule

Evolution = Callable[[Certificate, Event, Any, str], Certificate]
_EVOLVE: dict[type, Evolution] = {}


def evolve(certificate: Certificate, event: Event, zone: str) -> Certificate:
    """The certificate after an event of its own stream; what changes nothing here leaves it as it is."""
    step = _EVOLVE.get(type(event.data))
    return step(certificate, event, event.data, zone) if step else certificate


def _on(*types: type) -> Callable[[Evolution], Evolution]:
    def register(step: Evolution) -> Evolution:
        _EVOLVE.update(dict.fromkeys(types, step))
        return step

    return register


def _phase(c: Certificate, phase: PhaseFrom) -> tuple[PhaseFrom, ...]:
    # What begins earlier than phases already written undoes them (a renewal undone from its start).
    return (*(p for p in c.phases if p.at < phase.at), phase)


# --- order -------------------------------------------------------------------------------------------------------


@_on(facts.OfferMade)
def _offered(c: Certificate, _e: Event, _d: object, _z: str) -> Certificate:
    return c._replace(ordering=(*c.ordering, OrderStep.OFFER))


@_on(facts.OfferConfirmed)
def _confirmed(c: Certificate, _e: Event, _d: object, _z: str) -> Certificate:
    return c._replace(ordering=(*c.ordering, OrderStep.CONFIRMATION))


@_on(facts.PhoneOrderPlaced)
def _phoned(c: Certificate, _e: Event, _d: object, _z: str) -> Certificate:
    return c._replace(ordering=(*c.ordering, OrderStep.PHONE_ORDER))


@_on(facts.RepresentativeNamed)
def _represented(c: Certificate, _e: Event, d: facts.RepresentativeNamed, _z: str) -> Certificate:
    return c._replace(representative=d.email)


@_on(facts.SpecialEditionAgreed)
def _agreed(c: Certificate, _e: Event, d: facts.SpecialEditionAgreed, _z: str) -> Certificate:
    return c._replace(agreed=d.edition)


# --- contract ----------------------------------------------------------------------------------------------------


@_on(events.ContractConcluded)
def _concluded(c: Certificate, e: Event, d: events.ContractConcluded, _z: str) -> Certificate:
    dates = d.dates
    regular = dates.expires.unit is Unit.MONTHS  # else its end was moved under another system, before it was taken over
    anchor, anchor_term = (d.concluded_on, 0) if regular else (dates.valid_until, dates.term)
    past = dates.notice_by.lapses_at <= e.effective_at
    running = Running(dates, anchor, anchor_term, e.effective_at, notice=Notice.GIVEN if past else Notice.PENDING)
    phase = PhaseFrom(e.effective_at, Phase.RUNNING, dates.term, dates.valid_from, dates.valid_until, Rule.DNB_4_3)
    return c._replace(contract=running, phases=_phase(c, phase), issued_in_error=None)


@_on(events.ContractExtendedPendingData)
def _extended(c: Certificate, e: Event, d: events.ContractExtendedPendingData, _z: str) -> Certificate:
    last = replace(_last(c), before=None)
    phase = PhaseFrom(e.effective_at, Phase.EXTENDED, d.term, last.dates.valid_from, None, Rule.DNB_4_4)
    contract = Extended(last, e.effective_at, d.business_year, d.alarm)
    return c._replace(contract=contract, phases=_phase(c, phase))


@_on(events.ContractExtensionEnded)
def _extension_ended(c: Certificate, _e: Event, d: events.ContractExtensionEnded, _z: str) -> Certificate:
    dates = d.dates
    return c._replace(contract=replace(_last(c), dates=dates, anchor=dates.valid_until, anchor_term=dates.term))


@_on(events.ContractRenewed)
def _renewed(c: Certificate, e: Event, d: events.ContractRenewed, zone: str) -> Certificate:
    last, dates = _last(c), d.dates
    running = Running(dates, last.anchor, last.anchor_term, e.effective_at)
    if d.provisional:  # the notice of the last term and its 15 days still matter
        running = replace(running, before=replace(last, before=None))
    start = midnight(dates.valid_from, zone)
    phase = Phase.PROVISIONAL if d.provisional else Phase.RUNNING
    row = PhaseFrom(start, phase, dates.term, dates.valid_from, dates.valid_until, Rule.DNB_4_5)
    return c._replace(contract=running, phases=_phase(c, row))


@_on(events.RenewalConfirmed)
def _confirmed_renewal(c: Certificate, e: Event, d: events.RenewalConfirmed, _z: str) -> Certificate:
    last = _last(c)
    dates = last.dates
    row = PhaseFrom(e.effective_at, Phase.RUNNING, d.term, dates.valid_from, dates.valid_until, Rule.DNB_4_13)
    return c._replace(contract=replace(last, before=None), phases=_phase(c, row))


@_on(events.RenewalHeld)
def _held(c: Certificate, e: Event, d: events.RenewalHeld, _z: str) -> Certificate:
    last = replace(_last(c), before=None)
    rule = e.rule or Rule.DNB_4_14
    row = PhaseFrom(e.effective_at, Phase.HELD, d.term, last.dates.valid_from, None, rule)
    since, cleared, for_notice = e.effective_at, False, rule is Rule.DNB_4_14
    if isinstance(c.contract, Held):
        since, cleared = c.contract.since, for_notice and not c.contract.for_notice
    held = Held(last, since, for_notice=for_notice, cleared=cleared)
    return c._replace(contract=held, phases=_phase(c, row))


@_on(events.RenewalUndone, events.ContractCancelledAtExpiry)
def _cancelled_at_expiry(c: Certificate, e: Event, d: events.RenewalUndone, _z: str) -> Certificate:
    return _end(c, e, d.ended_at, Phase.CANCELLED, Rule.DNB_4_6)


@_on(events.ContractExpired)
def _expired(c: Certificate, e: Event, d: events.ContractExpired, _z: str) -> Certificate:
    return _end(c, e, d.ended_at, Phase.EXPIRED, Rule.DNB_4_8)


@_on(events.ContractEndedWithSubject)
def _ceased(c: Certificate, e: Event, d: events.ContractEndedWithSubject, _z: str) -> Certificate:
    return _end(c, e, d.ended_at, Phase.CEASED, Rule.DNB_6_12)


@_on(events.WithdrawalAccepted)
def _leaving(c: Certificate, e: Event, d: events.WithdrawalAccepted, _z: str) -> Certificate:
    at, rule = e.effective_at, e.rule or Rule.DNB_9_3
    return c._replace(leaving=Leaving(d.basis, at, d.ends_at, d.dispute, e.cause or "", rule))


@_on(events.ContractWithdrawn)
def _withdrawn(c: Certificate, e: Event, d: events.ContractWithdrawn, _z: str) -> Certificate:
    return _end(c, e, d.ended_at, Phase.WITHDRAWN, Rule.DNB_9_3)


def _end(c: Certificate, e: Event, ended_at: datetime, how: Phase, rule: Rule) -> Certificate:
    last = _last(c)
    begun = next((p for p in reversed(c.phases) if p.at < ended_at), c.phases[0])
    row = PhaseFrom(ended_at, how, begun.term, begun.valid_from, begun.valid_until, e.rule or rule)
    kept = tuple(a for a in c.attestations if a.at < ended_at)
    return c._replace(contract=Ended(last, ended_at, how), phases=_phase(c, row), attestations=kept)


def _last(c: Certificate) -> Running:
    if isinstance(c.contract, Running):
        return c.contract
    if c.contract is None:
        msg = f"no contract of {c.stream} to go on with: its stream does not begin with ContractConcluded"
        raise ValueError(msg)
    return c.contract.last


@_on(events.CancellationAccepted)
def _cancellation_accepted(c: Certificate, _e: Event, _d: object, _z: str) -> Certificate:
    return _with_last(c, replace(_last(c), cancelled=True))


@_on(events.RenewalNoticeAccepted)
def _notice_accepted(c: Certificate, _e: Event, d: events.RenewalNoticeAccepted, _z: str) -> Certificate:
    return _with_term(c, d.term, notice=Notice.GIVEN)


@_on(events.LateNoticeRecorded)
def _late_notice(c: Certificate, _e: Event, d: events.LateNoticeRecorded, _z: str) -> Certificate:
    return _with_term(c, d.term, notice=Notice.LATE, late_cancel=d.cancel_by)


@_on(events.NoticeDelayExcused)
def _excused(c: Certificate, _e: Event, d: events.NoticeDelayExcused, _z: str) -> Certificate:
    return _with_term(c, d.term, notice=Notice.EXCUSED)


@_on(events.LateNoticeDue)
def _notice_owed(c: Certificate, _e: Event, d: events.LateNoticeDue, _z: str) -> Certificate:
    return _with_term(c, d.term, notice=Notice.OWED, late_cancel=None, notify_by=d.notify_by, reminded=False)


@_on(events.IssuerObligationBreached)
def _breached(c: Certificate, e: Event, _d: object, _z: str) -> Certificate:
    owed = e.rule is Rule.DNB_4_11 and _last(c).notice is Notice.PENDING
    return _with_last(c, replace(_last(c), notice=Notice.BREACHED)) if owed else c


@_on(events.TermRecomputed)
def _recomputed(c: Certificate, _e: Event, d: events.TermRecomputed, _z: str) -> Certificate:
    if d.key != LATE_CANCELLATION:
        return c
    before = _last(c).before
    meant = before if before is not None and before.late_cancel == d.old else _last(c)
    return _with_term(c, meant.dates.term, late_cancel=d.new)


@_on(events.TaskOpened)
def _task(c: Certificate, _e: Event, d: events.TaskOpened, _z: str) -> Certificate:
    if d.task == "extension-alarm" and isinstance(c.contract, Extended):
        return c._replace(contract=replace(c.contract, alarmed=True))
    if d.task == LATE_NOTICE and (owing := _last(c).owing):
        return _with_term(c, owing.dates.term, reminded=True)
    return c


def _with_term(c: Certificate, term: int, **changes: Any) -> Certificate:
    """The certificate with something else known of its last term, or of the one before that may still be undone."""
    last, before = _last(c), _last(c).before
    if before is not None and before.dates.term == term:
        return _with_last(c, replace(last, before=replace(before, **changes)))
    return _with_last(c, replace(last, **changes))


def _with_last(c: Certificate, last: Running) -> Certificate:
    contract = last if isinstance(c.contract, Running) else replace(c.contract, last=last)  # type: ignore[type-var]
    return c._replace(contract=contract)


# --- class and edition -------------------------------------------------------------------------------------------


@_on(events.ClassAttested)
def _attested(c: Certificate, e: Event, d: events.ClassAttested, _z: str) -> Certificate:
    at = next((p.at for p in c.phases if p.term == d.term), e.effective_at)
    row = Attestation(at, d.term, d.business_year, d.attained, d.edition, d.period)
    return c._replace(attestations=(*c.attestations, row), agreed=None)


@_on(events.SpecialEditionGranted)
def _granted_edition(c: Certificate, e: Event, d: events.SpecialEditionGranted, _z: str) -> Certificate:
    # The edition rests on the class of its own business year, which may be a later one than the term began with.
    last = c.attestations[-1]
    row = Attestation(e.effective_at, last.term, d.business_year, d.attained, d.edition, last.period)
    return c._replace(attestations=(*c.attestations, row))


@_on(events.CertificateCorrected)
def _corrected(c: Certificate, e: Event, d: events.CertificateCorrected, _z: str) -> Certificate:
    return c._replace(revisions=(*c.revisions, Revision(e.effective_at, d.revision)))


# --- mark licence ------------------------------------------------------------------------------------------------


@_on(events.MarkLicenceGranted)
def _licensed(c: Certificate, e: Event, _d: object, _z: str) -> Certificate:
    return c._replace(granted_at=e.effective_at)


@_on(events.MarkLicenceLost)
def _lost(c: Certificate, e: Event, d: events.MarkLicenceLost, _z: str) -> Certificate:
    ground = Ground(d.ground, e.rule or Rule.DNB_6_14, e.effective_at)
    return c._replace(grounds=(*c.grounds, ground), reinstatement_requested=False)  # it is asked for after its loss


@_on(events.LossGroundClosed)
def _ground_closed(c: Certificate, e: Event, d: events.LossGroundClosed, _z: str) -> Certificate:
    closed = tuple(
        replace(g, closed_at=e.effective_at) if (g.ground, g.rule) == (d.ground, e.rule) and g.closed_at is None else g
        for g in c.grounds
    )
    return c._replace(grounds=closed)


@_on(facts.ReinstatementRequested)
def _requested(c: Certificate, _e: Event, _d: object, _z: str) -> Certificate:
    return c._replace(reinstatement_requested=True)


@_on(facts.ReinstatementDecided)
def _answered(c: Certificate, _e: Event, d: facts.ReinstatementDecided, _z: str) -> Certificate:
    return c._replace(reinstatement_requested=c.reinstatement_requested and d.granted)


@_on(events.MarkLicenceReinstated)
def _reinstated(c: Certificate, e: Event, _d: object, _z: str) -> Certificate:
    at = e.effective_at
    grounds = tuple(replace(g, reinstated_at=g.reinstated_at or at) for g in c.grounds)
    return c._replace(grounds=grounds, reinstatement_requested=False)


@_on(events.MarkLicenceSuspended)
def _suspended(c: Certificate, e: Event, d: events.MarkLicenceSuspended, _z: str) -> Certificate:
    suspension = Suspension(d.case, e.effective_at)
    return c._replace(suspensions=(*c.suspensions, suspension), reinstatement_requested=False)


@_on(events.MarkLicenceRestored)
def _restored(c: Certificate, e: Event, d: events.MarkLicenceRestored, _z: str) -> Certificate:
    ended = tuple(
        replace(s, until=e.effective_at) if s.case == d.case and s.until is None else s for s in c.suspensions
    )
    return c._replace(suspensions=ended)


@_on(events.MarkLicenceRevoked)
def _revoked(c: Certificate, e: Event, _d: object, _z: str) -> Certificate:
    return c._replace(revoked_at=c.revoked_at or e.effective_at)
