"""The renewal: extended, held, renewed or expired at the end of each term (clause 4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain import events, facts
from domain.calendar import days, local_day, midnight, working_days
from domain.calendar import months as months_term
from domain.cancellation import SILENT, cancelled_at_expiry, undoable
from domain.certificate import LATE_NOTICE, Certificate, Ended, Extended, Held, Leaving, Notice, Running
from domain.company import (
    EDITIONS,
    Assessment,
    awaited_class,
    collected_at,
    collected_on,
    collecting,
    current_class,
    ineligible,
)
from domain.contract import TERM_MONTHS, attest, dates_of, edition_of
from domain.events import Event
from domain.facts import Excellence
from domain.rules import Refused, Rule

if TYPE_CHECKING:
    from domain.telling import ExtensionTold, Telling

LATE_NOTICE_WORKING_DAYS = 2

DECISIONS_THAT_STAND = (events.ContractRenewed, events.ContractExpired, events.ContractCancelledAtExpiry)
ENDS_BY_A_FACT = (
    events.ContractEndedWithSubject,
    events.ContractCancelledAtExpiry,
    events.ContractExpired,
    events.RenewalUndone,
    events.ContractWithdrawn,
)
STEPS_TO_A_DECISION = (events.ContractExtendedPendingData, events.RenewalHeld)

_DAY = timedelta(days=1)


def waits_for_data(c: Certificate) -> bool:
    """Whether the collection of data moves what this contract waits for."""
    return isinstance(c.contract, Extended) or (isinstance(c.contract, Running) and c.contract.notice is Notice.EXCUSED)


def dues(t: "Telling", c: Certificate) -> Iterator[tuple[datetime, str]]:
    """What this contract waits for, as (instant, key) pairs; `fall_due` says what each brings about."""
    company, scheme = t.dossier.company, t.scheme
    match c.contract:
        case Running() as running:
            goes = running.cancelled or c.left_by(running.dates.expires.lapses_at)
            if running.notice is Notice.PENDING and not goes:
                yield max(running.dates.notice_by.lapses_at, running.since), "notice"
            else:
                yield max(running.dates.expires.lapses_at, running.since), "expiry"
            if running.notice is Notice.EXCUSED:
                # Data that came with the deadline itself was still awaited when it lapsed.
                year = collecting(company, scheme, running.dates.notice_by.lapses_at - datetime.resolution)
                collected = None if year is None else collected_at(company, scheme, year)
                if collected is not None and collected <= running.dates.expires.lapses_at:
                    yield collected, "data"
            if running.before is not None and running.before.late_cancel is not None:
                yield running.before.late_cancel.lapses_at, "late_cancel"
        case Extended(last=last, since=since, business_year=year, alarm=alarm, alarmed=alarmed):
            over = _extension_told(t, c.stream, last.dates.term, since)
            collected = over[0] if over else collected_at(company, scheme, year)
            if collected is not None:
                yield max(collected, since), "collected"
            if not alarmed:
                yield max(alarm.lapses_at, since), "alarm"
        case Held(last=last, since=since, for_notice=for_notice):
            stands = t.standing_decision(c.stream, last.dates.term, since) is not None
            told = t.pins.held_until.get((c.stream, last.dates.term)) if stands else None
            if told is not None:
                yield told, "late_cancel"
            elif last.late_cancel is not None and for_notice:
                yield max(last.late_cancel.lapses_at, since), "late_cancel"
        case _:
            pass
    yield from _notify(c)
    forced = t.forced_end(c.stream)
    goes_on = c.contract is not None and not isinstance(c.contract, Ended)
    if c.leaving is not None and goes_on:
        # Its name comes before that of an expiry: what ends with its term is not renewed first.
        yield max(c.leaving.ends_at, c.leaving.since), "ends"
    if forced is not None and goes_on and c.phases[0].at <= forced.effective_at:
        yield forced.effective_at, "forced"


def _notify(c: Certificate) -> Iterator[tuple[datetime, str]]:
    if c.contract is None or isinstance(c.contract, Ended):
        return
    last = c.contract if isinstance(c.contract, Running) else c.contract.last
    owing = None if c.left_by(last.dates.expires.lapses_at) else last.owing
    if owing is not None and owing.notify_by is not None and not owing.reminded:
        yield owing.notify_by.lapses_at, "notify"


def fall_due(t: "Telling", c: Certificate, key: str, at: datetime) -> None:
    """What the lapse of a term brings about if nobody acted, at its own legal moment."""
    cause = f"deadline {key}"
    match key, c.contract:
        case "ends", _ if c.leaving is not None:
            _leave(t, c, c.leaving, at)
        case "notice", Running() as running:
            _notice_missed(t, c, running, at, cause)
        case "data", Running() as running:
            _notice_owed(t, c, running.dates.term, at, cause)
        case "late_cancel", Running() as running:
            t.tell(c.stream, at, events.RenewalConfirmed(term=running.dates.term), Rule.DNB_4_13, cause)
        case "late_cancel", Held() as held:
            _window_over(t, c, held, at, cause)
        case "expiry", Running() as running:
            _expire(t, c, running, at, cause)
        case "collected", Extended() as extended:
            _extension_over(t, c, extended, at, cause)
        case "alarm", Extended():
            advice = f"collected data is missing for {t.scheme.policy.extension_alarm_days} days: ask for it"
            t.task(c.stream, at, "extension-alarm", c.order, advice, Rule.DNB_4_4, cause)
        case "notify", _:
            advice = "the data is there and the late renewal notice is not: send it"
            t.task(c.stream, at, LATE_NOTICE, c.order, advice, Rule.DNB_4_12, cause)
        case _:
            forced = t.pins.forced[c.stream]
            t.tell(c.stream, at, forced.data, forced.rule or Rule.DNB_6_12, forced.cause or cause)
            review(t, c, at, "it ended by a fact that has fallen away")


def _notice_missed(t: "Telling", c: Certificate, running: Running, at: datetime, cause: str) -> None:
    if collecting(t.dossier.company, t.scheme, at) is not None:
        t.tell(c.stream, at, events.NoticeDelayExcused(term=running.dates.term), Rule.DNB_4_12, cause)
    else:
        breach = events.IssuerObligationBreached(duty="renewal notice", due=running.dates.notice_by)
        t.tell(c.stream, at, breach, Rule.DNB_4_11, cause)


def _notice_owed(t: "Telling", c: Certificate, term: int, at: datetime, cause: str) -> None:
    by = working_days(Rule.DNB_4_12, at, LATE_NOTICE_WORKING_DAYS, t.scheme.zone, t.scheme.calendar)
    by = t.pinned_term(c.stream, f"notify/{term}", by)
    t.tell(c.stream, at, events.LateNoticeDue(term=term, notify_by=by), Rule.DNB_4_12, cause)


def _window_over(t: "Telling", c: Certificate, held: Held, at: datetime, cause: str) -> None:
    """The 15 days of a late notice are over: renewed, unless the mark is gone for good or no class was attained."""
    term = held.last.dates.term
    fault = None if held.cleared else _for_good(t, c)
    failed = _failed(t, held, at)
    stands = t.standing_decision(c.stream, term, at)
    if stands is not None and isinstance(stands.data, events.ContractRenewed | events.ContractExpired):
        now = events.RenewalHeld if fault else events.ContractExpired if failed else events.ContractRenewed
        if now is not type(stands.data):
            review(t, c, at, f"{stands.name} stands; by what is known now it would be {now.__name__}")
        renews, cause = isinstance(stands.data, events.ContractRenewed), stands.cause or cause
        reason = getattr(stands.data, "reason", "")
        provisional = getattr(stands.data, "provisional", False)
    else:
        renews, reason, provisional = fault is None and not failed, _FAILED, False
    if renews:
        _renew(t, c, held.last, at, held.since, cause, provisional=provisional)
    elif fault is not None and stands is None:
        _keep_held(t, c, held.last, at, cause, fault)
    else:
        expired = events.ContractExpired(term=term, ended_at=held.since, reason=reason)
        t.tell(c.stream, at, expired, Rule.DNB_4_8, cause)


_FAILED = f"{Rule.DNB_3_1}: the data that was awaited at expiry attains no class"


def _failed(t: "Telling", held: Held, at: datetime) -> bool:
    newest = _classcancelled_at_expiry(t, held.since, at)
    return newest is not None and newest.attained is Excellence.NONE


def decided(t: "Telling", event: Event, data: facts.RenewalDecided, certificate: Certificate) -> None:
    """Two people decide whether a contract goes on whose licence was taken away for good (X-17).

    What a renewal takes otherwise it takes then too: a class (DNB-4.8), and a notice (DNB-4.14).
    """
    at, stream, cause, held = event.effective_at, certificate.stream, t.cause(event), certificate.contract
    if not isinstance(held, Held) or held.for_notice:
        t.no_effect(event, Rule.X_17, "no renewal of this certificate waits for a decision")
        return
    if data.decided_by == data.approved_by:
        t.no_effect(event, Rule.GEN_8, "two different people are needed")
        return
    term = held.last.dates.term
    if not data.renewed:
        reason = "two people decided that the contract does not go on"
        t.tell(stream, at, events.ContractExpired(term=term, ended_at=held.since, reason=reason), Rule.X_17, cause)
    elif _failed(t, held, at):
        expired = events.ContractExpired(term=term, ended_at=held.since, reason=_FAILED)
        t.tell(stream, at, expired, Rule.DNB_4_8, cause)
    elif unnoticed := _unnoticed(t, held.last):
        _keep_held(t, certificate, held.last, at, cause, unnoticed)
    else:
        _renew(t, certificate, held.last, at, held.since, cause, provisional=undoable(held.last, at))


def _extension_told(t: "Telling", stream: str, term: int, since: datetime) -> "ExtensionTold | None":
    """When an extension that stands was over and how, as it was communicated."""
    stands = t.standing_decision(stream, term, since) is not None
    return t.pins.extensions.get((stream, term)) if stands else None


def _extension_over(t: "Telling", c: Certificate, extended: Extended, at: datetime, cause: str) -> None:
    """The contract ends with the day of the collection: where it closed as announced, that is the day before `at`."""
    last, zone = extended.last, t.scheme.zone
    term = last.dates.term
    told = _extension_told(t, c.stream, term, extended.since)
    if told is not None:
        dates = told[1].dates
    else:
        day = collected_on(t.dossier.company, t.scheme, extended.business_year) or local_day(at, zone)
        starts = min(at, midnight(day + _DAY, zone) - datetime.resolution)
        dates = dates_of(t, term, last.dates.valid_from, days(Rule.DNB_4_4, starts, 0, zone, None))
    t.tell(c.stream, at, events.ContractExtensionEnded(dates=dates), Rule.DNB_4_4, cause)
    if t.scheme.policy.extension_needs_new_notice and not last.cancelled:
        _notice_owed(t, c, term, at, cause)


def _expire(t: "Telling", c: Certificate, contract: Running, at: datetime, cause: str) -> None:
    """The end of a term: cancelled, extended, refused, held or renewed, in this order (DNB-4.4 to 4.14)."""
    if contract.cancelled:
        t.tell(c.stream, at, cancelled_at_expiry(contract, at), Rule.DNB_4_6, cause)
        return
    stands = t.standing_decision(c.stream, contract.dates.term, at)
    year = collecting(t.dossier.company, t.scheme, at)
    fault = ineligible(t.dossier.company, t.scheme, at, at_issue=False)
    hold = _hold(t, c, contract)
    if stands is not None:
        now = _kind_now(year, fault, hold)
        if now is not type(stands.data):
            review(t, c, at, f"{stands.name} stands; by what is known now it would be {now.__name__}")
        if isinstance(stands.data, events.ContractRenewed):
            _renew(t, c, contract, at, at, cause, provisional=undoable(contract, at))
        elif isinstance(stands.data, events.RenewalHeld):
            _keep_held(t, c, contract, at, cause, Refused(stands.rule or Rule.DNB_4_14, stands.data.reason))
        else:
            t.tell(c.stream, at, stands.data, stands.rule or Rule.DNB_4_8, cause)
    elif year is not None:
        last_day = midnight(contract.dates.valid_until, t.scheme.zone)
        alarm = days(Rule.DNB_4_4, last_day, t.scheme.policy.extension_alarm_days, t.scheme.zone, None)
        extended = events.ContractExtendedPendingData(term=contract.dates.term, business_year=year, alarm=alarm)
        t.tell(c.stream, at, extended, Rule.DNB_4_4, cause)
    elif fault is not None:
        expired = events.ContractExpired(term=contract.dates.term, ended_at=at, reason=f"{fault.rule}: {fault.reason}")
        t.tell(c.stream, at, expired, Rule.DNB_4_8, cause)
    elif hold is not None:
        _keep_held(t, c, contract, at, cause, hold)
    else:
        _renew(t, c, contract, at, at, cause, provisional=undoable(contract, at))


def _keep_held(t: "Telling", c: Certificate, last: Running, at: datetime, cause: str, hold: Refused) -> None:
    t.tell(c.stream, at, events.RenewalHeld(term=last.dates.term, reason=hold.reason), hold.rule, cause)
    if hold.rule is Rule.X_17:
        advice = "the licence was taken away for good: decide whether the contract goes on"
        t.task(c.stream, at, "decide-renewal", c.order, advice, Rule.X_17, cause)


def _kind_now(year: int | None, fault: Refused | None, hold: Refused | None) -> type[events.Decision]:
    if year is not None:
        return events.ContractExtendedPendingData
    if fault is not None:
        return events.ContractExpired
    return events.RenewalHeld if hold is not None else events.ContractRenewed


def _hold(t: "Telling", c: Certificate, contract: Running) -> Refused | None:
    return _for_good(t, c) or _unnoticed(t, contract)


def _unnoticed(t: "Telling", contract: Running) -> Refused | None:
    if contract.notice in SILENT and t.scheme.policy.hold_without_notice:
        return Refused(Rule.DNB_4_14, "no complete renewal notice was given")
    return None


def _for_good(t: "Telling", c: Certificate) -> Refused | None:
    if c.revoked_at is None or t.scheme.policy.renew_while_revoked:
        return None
    return Refused(Rule.X_17, "the licence was taken away for good")


def _renew(
    t: "Telling", c: Certificate, last: Running, at: datetime, expired_at: datetime, cause: str, *, provisional: bool
) -> None:
    """Twelve more months from the end of the last term, in the class attained then (DNB-4.5, 4.9, 4.10)."""
    term = last.dates.term + 1
    valid_from = last.dates.valid_until + _DAY
    months = TERM_MONTHS * (term - last.anchor_term)
    dates = dates_of(t, term, valid_from, months_term(Rule.DNB_4_3, last.anchor, months, t.scheme.zone))
    t.tell(c.stream, at, events.ContractRenewed(dates=dates, provisional=provisional), Rule.DNB_4_5, cause)
    newest = _classcancelled_at_expiry(t, expired_at, at)
    attained = edition_of(t, newest, max(expired_at, newest.at) if newest else expired_at)
    if t.scheme.policy.first_edition_by_agreement:
        attained = min(attained, c.edition, key=EDITIONS.index)
    attest(t, c, at, cause, Rule.DNB_4_9, dates, newest, attained)


def _classcancelled_at_expiry(t: "Telling", expired_at: datetime, at: datetime) -> Assessment | None:
    """The class that counted at expiry; where data waited to be assessed then, what it was assessed as since."""
    company, scheme = t.dossier.company, t.scheme
    awaited = awaited_class(company, scheme, expired_at)
    if awaited is None:
        return current_class(company, scheme, expired_at)
    return current_class(company, scheme, at) or awaited


def _leave(t: "Telling", c: Certificate, leaving: Leaving, at: datetime) -> None:
    """The contract ends as the holder declared by his withdrawal (DNB-9.3, 9.4, 14.3)."""
    ended = events.ContractWithdrawn(basis=leaving.basis, ended_at=leaving.ends_at, dispute=leaving.dispute)
    t.tell(c.stream, at, ended, leaving.rule, leaving.cause)


def review(t: "Telling", c: Certificate, at: datetime, what: str) -> None:
    """A contract decision stands though the facts have changed: two people may restore what is right."""
    advice = f"{what}; restore the contract by two people, or leave it"
    t.task(c.stream, at, "review-contract", c.order, advice, Rule.GEN_8, "late fact")
