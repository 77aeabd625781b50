"""The renewal: noticed, cancelled, extended, held, renewed or expired at the end of each term (clause 4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain import events, facts
from domain.calendar import Term, days, local_day, midnight, working_days
from domain.calendar import months as months_term
from domain.certificate import Certificate, Ended, Extended, Held, Notice, Running
from domain.company import EDITIONS, collected_at, collecting, ineligible
from domain.contract import CANCEL_DAYS, TERM_MONTHS, attest, dates_of, edition_now
from domain.events import Event
from domain.rules import Refused, Rule

if TYPE_CHECKING:
    from domain.telling import Telling

LATE_CANCEL_DAYS = 15
LATE_NOTICE_WORKING_DAYS = 2

DECISIONS_THAT_STAND = (
    events.ContractRenewed,
    events.ContractExpired,
    events.ContractCancelledAtExpiry,
    events.ContractEndedWithSubject,
)

_DAY = timedelta(days=1)


# --- notice and cancellation -------------------------------------------------------------------------------------


def notice_delivered(t: "Telling", event: Event, data: facts.RenewalNoticeDelivered, certificate: Certificate) -> None:
    """In time, late, or lacking something (DNB-4.11 to 4.13)."""
    at, stream, cause = event.effective_at, certificate.stream, t.cause(event)
    contract = certificate.contract
    if contract is None or isinstance(contract, Ended):
        t.no_effect(event, Rule.DNB_4_11, "no contract is running")
        return
    parts = (("the expiry", data.states_expiry), ("the class", data.states_class), ("the edition", data.states_edition))
    missing = tuple(name for name, said in parts if not said)
    if missing:
        t.tell(stream, at, events.RenewalNoticeFoundIncomplete(missing=missing), Rule.DNB_4_11, cause)
        return
    last = contract if isinstance(contract, Running) else contract.last
    if last.notice in {Notice.GIVEN, Notice.LATE}:
        t.no_effect(event, Rule.DNB_4_11, "a notice for this term was given before")
        return
    term = last.dates.term
    if last.notice is Notice.PENDING and at < last.dates.notice_by.lapses_at:
        t.tell(stream, at, events.RenewalNoticeAccepted(term=term), Rule.DNB_4_11, cause)
        return
    excused = last.notice in {Notice.EXCUSED, Notice.OWED} and data.late_reason is facts.LateReason.DATA_NOT_COLLECTED
    if not excused and last.notice is not Notice.BREACHED:
        breach = events.IssuerObligationBreached(duty="renewal notice", due=last.dates.notice_by)
        t.tell(stream, at, breach, Rule.DNB_4_12, cause)
    told = days(Rule.DNB_4_13, at, LATE_CANCEL_DAYS, t.scheme.zone, t.scheme.calendar)
    kept = t.pinned_term(stream, f"late_cancel/{term}", told)
    t.tell(stream, at, events.LateNoticeRecorded(term=term, cancel_by=kept, excused=excused), Rule.DNB_4_13, cause)
    t.recompute(stream, at, "late_cancel", kept, told)


def cancelled(t: "Telling", event: Event, data: facts.RenewalCancelled, certificate: Certificate) -> None:
    """The holder's cancellation: accepted, refused as too late, or in a form that wasn't agreed (DNB-4.6, 4.7)."""
    at, stream, cause = event.effective_at, certificate.stream, t.cause(event)
    contract = certificate.contract
    if contract is None or isinstance(contract, Ended):
        over = events.CancellationRefused(reason="no contract is running under this order")
        t.tell(stream, at, over, Rule.DNB_4_6, cause)
        return
    if fault := _nonconforming(t, data, certificate):
        t.tell(stream, at, events.NonConformingCancellationReceived(reason=fault), Rule.DNB_4_7, cause)
        advice = "invite the holder to cancel in the agreed form, by e-mail of the representative"
        t.tell(stream, at, _task("invite-cancellation", certificate, advice, None), Rule.DNB_4_7, cause)
        return
    last = contract if isinstance(contract, Running) else contract.last
    if last.cancelled:
        t.no_effect(event, Rule.DNB_4_6, "it is cancelled already")
        return
    if fault := _too_late(t, contract, last, at):
        t.tell(stream, at, events.CancellationRefused(reason=fault), Rule.DNB_4_6, cause)
        return
    late = at >= last.dates.cancel_by.lapses_at
    rule = Rule.DNB_4_13 if late else Rule.DNB_4_6
    t.tell(stream, at, events.CancellationAccepted(term=last.dates.term), rule, cause)
    if isinstance(contract, Held):
        t.tell(stream, at, _at_expiry(last, contract.since), rule, cause)
    elif isinstance(contract, Running) and contract.provisional:
        started = midnight(contract.dates.valid_from, t.scheme.zone)
        undone = events.RenewalUndone(term=contract.dates.term, ended_at=started)
        t.tell(stream, at, undone, Rule.DNB_4_13, cause)


def _nonconforming(t: "Telling", data: facts.RenewalCancelled, certificate: Certificate) -> str | None:
    if data.channel is not facts.Channel.EMAIL:
        return f"it came by {data.channel}, not by e-mail"
    if data.recipient.strip().lower() != t.scheme.mailbox:
        return f"it was not sent to {t.scheme.mailbox}"
    if data.signed:
        return None
    known = certificate.representative
    if data.sender is None or known is None:
        return "nobody can tell whether the sender acts for the holder"
    if data.sender != known and data.sender.partition("@")[2] != known.partition("@")[2]:
        return "the sender is neither the representative nor of the representative's domain"
    return None


def _too_late(t: "Telling", contract: Running | Extended | Held, last: Running, at: datetime) -> str | None:
    opens, lapses = last.dates.cancel_by.starts, last.dates.cancel_by.lapses_at
    if last.late_cancel is not None and at < last.late_cancel.lapses_at:
        return None
    waits = last.notice in {Notice.EXCUSED, Notice.OWED, Notice.BREACHED} or isinstance(contract, Extended)
    if waits and t.scheme.policy.hold_without_notice:
        return None  # the 15 days of a notice that was never given have not even begun (DNB-4.13, 4.14)
    if t.scheme.policy.cancel_reading == "within_last":
        first = midnight(local_day(opens, t.scheme.zone) - CANCEL_DAYS * _DAY, t.scheme.zone)
        inside = first <= at < last.dates.expires.lapses_at
        return None if inside else f"not within the last {CANCEL_DAYS} days, from {local_day(first, t.scheme.zone)}"
    day = last.dates.cancel_by.last_day
    return None if at < lapses else f"the last day was {day}, {CANCEL_DAYS} days before {last.dates.valid_until}"


# --- what falls due ----------------------------------------------------------------------------------------------


def dues(t: "Telling", c: Certificate) -> Iterator[tuple[datetime, str]]:
    """What this contract waits for, as (instant, key) pairs; `fall_due` says what each brings about."""
    company, scheme = t.dossier.company, t.scheme
    match c.contract:
        case Running() as running:
            if running.notice is Notice.PENDING and not running.cancelled:
                yield running.dates.notice_by.lapses_at, "notice"
            if running.notice is Notice.EXCUSED:
                collected = collected_at(company, scheme, running.dates.valid_until.year - 1)
                if collected is not None and collected < running.dates.expires.lapses_at:
                    yield max(collected, running.dates.notice_by.lapses_at), "data"
            if running.provisional and running.late_cancel is not None:
                yield running.late_cancel.lapses_at, "late_cancel"
            yield running.dates.expires.lapses_at, "expiry"
        case Extended(since=since, business_year=year, alarm=alarm, alarmed=alarmed):
            collected = collected_at(company, scheme, year)
            if collected is not None:
                yield max(collected, since), "collected"
            if not alarmed:
                yield alarm.lapses_at, "alarm"
        case Held(last=Running(late_cancel=Term() as late_cancel), since=since, for_notice=True):
            yield max(late_cancel.lapses_at, since), "late_cancel"
        case _:
            pass
    forced = t.forced_end(c.stream)
    if forced is not None and c.contract is not None and not isinstance(c.contract, Ended):
        yield forced.effective_at, "forced"


def fall_due(t: "Telling", c: Certificate, key: str, at: datetime) -> None:
    """What the lapse of a term brings about if nobody acted, at its own legal moment."""
    cause = f"deadline {key}"
    match key:
        case "notice":
            _notice_missed(t, c, at, cause)
        case "data":
            _notice_owed(t, c, at, cause)
        case "late_cancel":
            _late_window_over(t, c, at, cause)
        case "expiry":
            _expire(t, c, at, cause)
        case "collected":
            _extension_over(t, c, at, cause)
        case "alarm":
            advice = f"collected data is missing for {t.scheme.policy.extension_alarm_days} days: ask for it"
            t.tell(c.stream, at, _task("extension-alarm", c, advice, None), Rule.DNB_4_4, cause)
        case _:
            forced = t.forced_end(c.stream)
            if forced is not None:
                t.tell(c.stream, at, forced.data, Rule.DNB_6_12, forced.cause or cause)
                review(t, c, at, "it ended with its subject, by a fact that has fallen away")


def _notice_missed(t: "Telling", c: Certificate, at: datetime, cause: str) -> None:
    contract = c.contract
    if isinstance(contract, Running):
        if collecting(t.dossier.company, t.scheme, at) is not None:
            t.tell(c.stream, at, events.NoticeDelayExcused(term=contract.dates.term), Rule.DNB_4_12, cause)
        else:
            breach = events.IssuerObligationBreached(duty="renewal notice", due=contract.dates.notice_by)
            t.tell(c.stream, at, breach, Rule.DNB_4_11, cause)


def _notice_owed(t: "Telling", c: Certificate, at: datetime, cause: str) -> None:
    contract = c.contract
    if isinstance(contract, Running):
        by = working_days(Rule.DNB_4_12, at, LATE_NOTICE_WORKING_DAYS, t.scheme.zone, t.scheme.calendar)
        by = t.pinned_term(c.stream, f"notify/{contract.dates.term}", by)
        t.tell(c.stream, at, events.LateNoticeDue(term=contract.dates.term, notify_by=by), Rule.DNB_4_12, cause)


def _late_window_over(t: "Telling", c: Certificate, at: datetime, cause: str) -> None:
    match c.contract:
        case Running() as running:
            t.tell(c.stream, at, events.RenewalConfirmed(term=running.dates.term), Rule.DNB_4_13, cause)
        case Held(last=last, since=since):
            _renew(t, c, at, cause, last, since)
        case _:
            pass


def _extension_over(t: "Telling", c: Certificate, at: datetime, cause: str) -> None:
    contract = c.contract
    if isinstance(contract, Extended):
        zone, last = t.scheme.zone, contract.last
        day = local_day(at, zone)
        dates = dates_of(t, last.dates.term, last.dates.valid_from, days(Rule.DNB_4_4, at, 0, zone, None))
        t.tell(c.stream, at, events.ContractExtensionEnded(dates=dates), Rule.DNB_4_4, cause)
        if t.scheme.policy.extension_needs_new_notice and not last.cancelled and day == dates.valid_until:
            _notice_owed(t, t.dossier.certificates[c.order], at, cause)


def _expire(t: "Telling", c: Certificate, at: datetime, cause: str) -> None:
    """The end of a term: cancelled, extended, refused, held or renewed, in this order (DNB-4.4 to 4.14)."""
    contract = c.contract
    if not isinstance(contract, Running):
        return
    if contract.cancelled:
        t.tell(c.stream, at, _at_expiry(contract, at), Rule.DNB_4_6, cause)
        return
    stands = t.standing_decision(c.stream, at)
    year = collecting(t.dossier.company, t.scheme, at)
    fault = ineligible(t.dossier.company, t.scheme, at, at_issue=False)
    hold = _hold(t, c, contract)
    if stands is not None:
        now = _kind_now(year, fault, hold)
        if now is not type(stands.data):
            review(t, c, at, f"{stands.name} stands; by what is known now it would be {now.__name__}")
        if isinstance(stands.data, events.ContractRenewed):
            _renew(t, c, at, cause, contract, at)
        else:
            t.tell(c.stream, at, stands.data, stands.rule or Rule.DNB_4_8, cause)
    elif year is not None:
        alarm = days(Rule.DNB_4_4, at - _DAY, t.scheme.policy.extension_alarm_days, t.scheme.zone, None)
        extended = events.ContractExtendedPendingData(term=contract.dates.term, business_year=year, alarm=alarm)
        t.tell(c.stream, at, extended, Rule.DNB_4_4, cause)
    elif fault is not None:
        expired = events.ContractExpired(term=contract.dates.term, ended_at=at, reason=f"{fault.rule}: {fault.reason}")
        t.tell(c.stream, at, expired, Rule.DNB_4_8, cause)
    elif hold is not None:
        t.tell(c.stream, at, events.RenewalHeld(term=contract.dates.term, reason=hold.reason), hold.rule, cause)
        if hold.rule is Rule.X_17:
            advice = "the licence was taken away for good: decide whether the contract goes on"
            t.tell(c.stream, at, _task("decide-renewal", c, advice, None), Rule.X_17, cause)
    else:
        _renew(t, c, at, cause, contract, at)


def _kind_now(year: int | None, fault: Refused | None, hold: Refused | None) -> type[events.Decision]:
    if year is not None:
        return events.ContractExtendedPendingData
    if fault is not None:
        return events.ContractExpired
    return events.RenewalHeld if hold is not None else events.ContractRenewed


def _hold(t: "Telling", c: Certificate, contract: Running) -> Refused | None:
    if c.revoked_at is not None and not t.scheme.policy.renew_while_revoked:
        return Refused(Rule.X_17, "the licence was taken away for good")
    silent = contract.notice in {Notice.PENDING, Notice.EXCUSED, Notice.OWED, Notice.BREACHED}
    if silent and t.scheme.policy.hold_without_notice:
        return Refused(Rule.DNB_4_14, "no complete renewal notice was given")
    return None


def _renew(t: "Telling", c: Certificate, at: datetime, cause: str, last: Running, since: datetime) -> None:
    """Twelve more months from the end of the last term, in the class attained now (DNB-4.5, 4.9, 4.10)."""
    term = last.dates.term + 1
    valid_from = last.dates.valid_until + _DAY
    months = TERM_MONTHS * (term - last.anchor_term)
    dates = dates_of(t, term, valid_from, months_term(Rule.DNB_4_3, last.anchor, months, t.scheme.zone))
    provisional = at == since and last.late_cancel is not None and last.late_cancel.lapses_at > at
    t.tell(c.stream, at, events.ContractRenewed(dates=dates, provisional=provisional), Rule.DNB_4_5, cause)
    attained = edition_now(t, c, at)
    if t.scheme.policy.first_edition_by_agreement:
        attained = min(attained, c.edition, key=EDITIONS.index)
    attest(t, t.dossier.certificates[c.order], at, cause, Rule.DNB_4_9, dates, attained)


def _at_expiry(last: Running, ended_at: datetime) -> events.ContractCancelledAtExpiry:
    return events.ContractCancelledAtExpiry(term=last.dates.term, ended_at=ended_at)


def review(t: "Telling", c: Certificate, at: datetime, what: str) -> None:
    """A contract decision stands though the facts have changed: two people may restore what is right."""
    advice = f"{what}; restore the contract by two people, or leave it"
    t.tell(c.stream, at, _task("review-contract", c, advice, None), Rule.GEN_8, "late fact")


def _task(task: str, c: Certificate, advice: str, due: datetime | None) -> events.TaskOpened:
    return events.TaskOpened(task=task, about=c.order, recommendation=advice, due=due)
