"""The renewal notice, and the holder's cancellation of the renewal (DNB-4.6, 4.7, 4.11 to 4.13)."""

from datetime import datetime
from typing import TYPE_CHECKING

from domain import events, facts
from domain.calendar import days, local_day, midnight
from domain.certificate import LATE_CANCELLATION, Certificate, Ended, Extended, Held, Notice, Running
from domain.contract import CANCEL_DAYS, cancellable_from
from domain.deviations import departed
from domain.events import Event
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.telling import Telling

LATE_CANCEL_DAYS = 15

SILENT = frozenset({Notice.EXCUSED, Notice.OWED, Notice.BREACHED})


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
    if last.cancelled:
        t.no_effect(event, Rule.DNB_4_11, "the renewal is cancelled, no notice is owed")
        return
    meant = _announced(last, data.term)
    if meant is None:
        t.no_effect(event, Rule.DNB_4_11, f"no notice of the end of term {data.term} is owed")
    elif meant.notice in {Notice.GIVEN, Notice.LATE}:
        t.no_effect(event, Rule.DNB_4_11, "a notice for this term was given before")
    elif meant.notice is Notice.PENDING:  # its lapse would have made it something else
        t.tell(stream, at, events.RenewalNoticeAccepted(term=meant.dates.term), Rule.DNB_4_11, cause)
    else:
        _late(t, event, data, stream, meant)


def _announced(last: Running, term: int | None) -> Running | None:
    """The term whose end a notice tells of: the one it names, else the first that may still be undone (DNB-4.13)."""
    terms = [running for running in (last.before, last) if running is not None]
    return next((running for running in terms if term in {None, running.dates.term}), None)


def _late(t: "Telling", event: Event, data: facts.RenewalNoticeDelivered, stream: str, last: Running) -> None:
    """Fifteen days for the holder, whyever it is late; a breach unless data was awaited (DNB-4.12, 4.13)."""
    at, cause, term = event.effective_at, t.cause(event), last.dates.term
    excused = last.notice in {Notice.EXCUSED, Notice.OWED} and data.late_reason is facts.LateReason.DATA_NOT_COLLECTED
    if not excused and last.notice is not Notice.BREACHED:
        breach = events.IssuerObligationBreached(duty="renewal notice", due=last.dates.notice_by)
        t.tell(stream, at, breach, Rule.DNB_4_12, cause)
    told = days(Rule.DNB_4_13, at, LATE_CANCEL_DAYS, t.scheme.zone, t.scheme.calendar)
    kept = t.pinned_term(stream, f"late_cancel/{term}", told)
    t.tell(stream, at, events.LateNoticeRecorded(term=term, cancel_by=kept, excused=excused), Rule.DNB_4_13, cause)
    t.recompute(stream, at, LATE_CANCELLATION, kept, told, cause)


def cancelled(t: "Telling", event: Event, data: facts.RenewalCancelled, certificate: Certificate) -> None:
    """The holder's cancellation: accepted, refused as too late, or in a form that wasn't agreed (DNB-4.6, 4.7)."""
    at, stream, cause = event.effective_at, certificate.stream, t.cause(event)
    contract = certificate.contract
    if contract is None or isinstance(contract, Ended):
        over = events.CancellationRefused(reason="no contract is running under this order")
        t.tell(stream, at, over, Rule.DNB_4_6, cause)
        return
    accepted = t.pins.accepted.get((stream, cause))
    if accepted is None and (fault := _nonconforming(t, data, certificate, at)):
        t.tell(stream, at, events.NonConformingCancellationReceived(reason=fault), Rule.DNB_4_7, cause)
        advice = "invite the holder to cancel in the agreed form, by e-mail of the representative"
        t.task(stream, at, "invite-cancellation", certificate.order, advice, Rule.DNB_4_7, cause)
        return
    last = contract if isinstance(contract, Running) else contract.last
    if last.cancelled:
        t.no_effect(event, Rule.DNB_4_6, "it is cancelled already")
        return
    rule = accepted.rule if accepted else _may_cancel(contract, last, at)
    if rule is None:
        t.tell(stream, at, events.CancellationRefused(reason=_outside(t, last)), Rule.DNB_4_6, cause)
        return
    t.tell(stream, at, events.CancellationAccepted(term=last.dates.term), rule, cause)
    if isinstance(contract, Held):
        t.tell(stream, at, cancelled_at_expiry(last, contract.since), rule, cause)
    elif isinstance(contract, Running) and contract.before is not None:
        started = midnight(contract.dates.valid_from, t.scheme.zone)
        undone = events.RenewalUndone(term=contract.dates.term, ended_at=started)
        t.tell(stream, at, undone, Rule.DNB_4_13, cause)


def _nonconforming(t: "Telling", data: facts.RenewalCancelled, certificate: Certificate, at: datetime) -> str | None:
    if departed(t.dossier, certificate.order, Rule.DNB_4_7, at):
        return None
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


def _may_cancel(contract: Running | Extended | Held, last: Running, at: datetime) -> Rule | None:
    """The rule by which the holder may cancel at this instant, None if he may not."""
    if isinstance(contract, Extended):
        return Rule.DNB_4_6  # its end, and with it the last day to cancel, is not known yet
    if isinstance(contract, Held) and not contract.for_notice:
        return Rule.X_17  # nobody is kept in a contract whose renewal waits for the issuer's own decision
    renewed = last.before or last
    if renewed is last:
        begins = cancellable_from(last.dates)
        if (begins is None or begins <= at) and at < last.dates.cancel_by.lapses_at:
            return Rule.DNB_4_6
    if renewed.late_cancel is not None:
        return Rule.DNB_4_13 if at < renewed.late_cancel.lapses_at else None
    # The 15 days of a notice that was never given have not even begun.
    return Rule.DNB_4_13 if renewed.notice in SILENT else None


def _outside(t: "Telling", last: Running) -> str:
    until, begins = last.dates.cancel_by.last_day, cancellable_from(last.dates)
    if begins is not None:
        return f"not within the last {CANCEL_DAYS} days, from {local_day(begins, t.scheme.zone)} to {until}"
    return f"the last day was {until}, {CANCEL_DAYS} days before {last.dates.valid_until}"


def cancelled_at_expiry(last: Running, ended_at: datetime) -> events.ContractCancelledAtExpiry:
    """The contract ends as the holder wished, with its last term (DNB-4.6)."""
    return events.ContractCancelledAtExpiry(term=last.dates.term, ended_at=ended_at)


def undoable(last: Running, at: datetime) -> bool:
    """Whether the holder may still undo a renewal: the 15 days of a late notice run, or have not even begun (DNB-4.13).

    If they don't begin in the whole new term either, its end closes the matter: only the newest renewal can be undone.
    """
    return last.notice in SILENT if last.late_cancel is None else last.late_cancel.lapses_at > at
