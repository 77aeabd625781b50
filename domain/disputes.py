"""Disputes over a certificate: questions, defects and their correction, objections to a loss (clauses 9 and 13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from domain import events, facts, withdrawal
from domain.calendar import Term, days, midnight
from domain.events import DisputeEnding, DisputeKind, Event
from domain.facts import CourtOutcome, ObjectionOutcome
from domain.matters import Decide, Due, Matter, Matters, Waits, clocks, known, of_kind, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

PROPOSED_DAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Matter):
    """What every step of a dispute holds; `loss` is the ground of the loss that an objection is about."""

    dispute: str
    over: DisputeKind
    loss: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarification(Dispute):
    """A question that waits for its answer (DNB-9.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect(Dispute):
    """A defect that was pointed out; whose error it is has to be established (DNB-9.1, 9.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Dispute):
    """An error of the issuer, for whose correction no period is set yet (DNB-9.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting(Dispute):
    """The period for the correction runs (DNB-9.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue(Dispute):
    """The period passed in vain: until the correction is issued, the holder may withdraw (DNB-9.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection(Dispute):
    """An objection to a loss of the licence, which two people decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Dispute):
    """It is over: by an `ending`, by a court's `verdict`, or else by a correction or a withdrawal.

    `revision` numbers the correction.
    """

    ending: DisputeEnding | None = None
    verdict: CourtOutcome | None = None
    revision: int | None = None


STATES: tuple[type[Matter], ...] = (Clarification, Defect, Confirmed, Correcting, Overdue, Objection, Closed)


def key_of(dispute: str) -> str:
    """The key of a dispute within its company."""
    return f"dispute {dispute}"


# --- evolve ------------------------------------------------------------------------------------------------------

READS: tuple[type, ...] = (
    events.DisputeOpened,
    events.DisputeClosed,
    events.DefectConfirmed,
    events.CorrectionPeriodStarted,
    events.CorrectionOverdue,
    events.CertificateCorrected,
    events.ContractWithdrawn,
    events.DisputeDecidedByCourt,
)

D = TypeVar("D", bound=Dispute)


def evolve(matters: Matters, event: Event) -> Matters:
    """The disputes after a decision about one of them."""
    data = event.data
    match data:
        case events.DisputeOpened():
            return put(matters, _opened(event, data))
        case events.ContractWithdrawn(dispute=None):
            return matters
        case _:
            return _step(matters, data)


def _opened(event: Event, data: events.DisputeOpened) -> Dispute:
    begun = Dispute(
        key=key_of(data.dispute),
        opened_at=event.effective_at,
        order=event.order,
        dispute=data.dispute,
        over=data.kind,
        loss=data.loss,
    )
    match data.kind:
        case DisputeKind.CLARIFICATION:
            return _as(Clarification, begun, what="clarify", waits_for=Waits.ISSUER)
        case DisputeKind.DEFECT:
            return _as(Defect, begun, what="establish whose error it is", waits_for=Waits.ISSUER)
        case DisputeKind.OBJECTION:
            what = "decide on the objection by two people"
            return _as(Objection, begun, what=what, waits_for=Waits.ISSUER)


def _step(matters: Matters, data: Any) -> Matters:
    before = _known(matters, key_of(data.dispute))
    match data:
        case events.DefectConfirmed():
            what = "agree on a period for the correction"
            return put(matters, _as(Confirmed, before, what=what, waits_for=Waits.ISSUER))
        case events.CorrectionPeriodStarted(due=due):
            what = "correct the certificate"
            return put(matters, _as(Correcting, before, what=what, waits_for=Waits.ISSUER, clock=due))
        case events.CorrectionOverdue():
            what = "correct the certificate, which is overdue"
            return put(matters, _as(Overdue, before, what=what, waits_for=Waits.ISSUER, breached=True))
        case events.CertificateCorrected(revision=revision):
            return put(matters, _as(Closed, before, closed=True, revision=revision))
        case events.DisputeClosed(ending=ending):
            return put(matters, _as(Closed, before, closed=True, ending=ending, revision=_revision(before)))
        case events.DisputeDecidedByCourt(outcome=outcome):
            return put(matters, _as(Closed, before, closed=True, verdict=outcome, revision=_revision(before)))
        case _:  # the contract ended by a withdrawal that rests on it
            return put(matters, _as(Closed, before, closed=True)) if isinstance(before, Overdue) else matters


def _revision(before: Dispute) -> int | None:
    return before.revision if isinstance(before, Closed) else None


def _as(kind: type[D], before: Dispute, **more: Any) -> D:
    kept = {name: getattr(before, name) for name in ("key", "opened_at", "order", "dispute", "over", "loss")}
    return kind(**kept, **more)


def _known(matters: Matters, key: str) -> Dispute:
    found = known(matters, Dispute, key)
    if found is None:
        msg = f"no {key} to go on with: it was never opened"
        raise ValueError(msg)
    return found


# --- what falls due ----------------------------------------------------------------------------------------------


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Periods for a correction."""
    return clocks(dossier, Dispute)


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """The correction is overdue (DNB-9.3)."""
    matter = _known(t.dossier.matters, key)
    stream, due = t.dossier.stream(matter.order), cast("Term", matter.clock)
    breach = events.IssuerObligationBreached(duty="correction of the certificate", due=due)
    t.tell(stream, at, breach, Rule.DNB_9_3, cause)
    t.tell(stream, at, events.CorrectionOverdue(dispute=matter.dispute), Rule.DNB_9_3, cause)


# --- opening -----------------------------------------------------------------------------------------------------


def _open(t: "Telling", event: Event, rule: Rule, opened: events.DisputeOpened, task: str, advice: str) -> None:
    certificate = t.dossier.certificates.get(event.order or "")
    if certificate is None or certificate.contract is None:
        t.no_effect(event, rule, "no certificate was issued on this order")
    elif key_of(opened.dispute) in t.dossier.matters:
        t.no_effect(event, rule, f"a dispute {opened.dispute} was opened before")
    else:
        at, cause = event.effective_at, t.cause(event)
        t.tell(event.stream, at, opened, rule, cause)
        t.task(event.stream, at, task, opened.dispute, advice, rule, cause)


def _defect_reported(t: "Telling", event: Event, data: facts.DefectReported) -> None:
    opened = events.DisputeOpened(dispute=data.dispute, kind=DisputeKind.DEFECT)
    _open(t, event, Rule.DNB_9_1, opened, "establish-defect", "see whether it is an error, and whether it is ours")


def _clarification_requested(t: "Telling", event: Event, data: facts.ClarificationRequested) -> None:
    opened = events.DisputeOpened(dispute=data.dispute, kind=DisputeKind.CLARIFICATION)
    _open(t, event, Rule.DNB_9_1, opened, "clarify", "answer what the holder asks about the certificate")


def _objection_raised(t: "Telling", event: Event, data: facts.ObjectionRaised) -> None:
    # Whether there is such a loss is what two people look at: a loss that turns out wrong must not undo its objection.
    opened = events.DisputeOpened(dispute=data.dispute, kind=DisputeKind.OBJECTION, loss=data.loss)
    _open(t, event, Rule.DNB_13_2, opened, "decide-objection", "two people decide on it; until then the loss stands")


# What a step is about; any dispute may be settled, or brought before a court.
_OVER: Mapping[type[facts.DisputeFact], DisputeKind] = {
    facts.ClarificationGiven: DisputeKind.CLARIFICATION,
    facts.DefectEstablished: DisputeKind.DEFECT,
    facts.CorrectionPeriodAgreed: DisputeKind.DEFECT,
    facts.CorrectionPeriodNotAgreed: DisputeKind.DEFECT,
    facts.CorrectionIssued: DisputeKind.DEFECT,
    facts.ObjectionDecided: DisputeKind.OBJECTION,
}
_WHAT = {
    DisputeKind.CLARIFICATION: "a question about ",
    DisputeKind.DEFECT: "a defect of ",
    DisputeKind.OBJECTION: "an objection to a loss of ",
}


def _expected(
    t: "Telling", event: Event, data: facts.DisputeFact, rule: Rule, kinds: tuple[type[Dispute], ...], otherwise: str
) -> bool:
    """Whether the dispute stands where the fact can do something; else the fact has no effect."""
    found = about(t, data)
    if not isinstance(found, kinds):
        t.no_effect(event, rule, unknown(data) if found is None else otherwise)
    return isinstance(found, kinds)


def about(t: "Telling", data: facts.DisputeFact) -> Dispute | None:
    """The dispute that a fact names, if it is one over this certificate, and over what the fact is about."""
    found, over = known(t.dossier.matters, Dispute, key_of(data.dispute)), _OVER.get(type(data))
    return found if found is not None and found.order == data.order and over in {None, found.over} else None


def unknown(data: facts.DisputeFact) -> str:
    """Why a fact can't do anything that names no such dispute."""
    what = _WHAT[_OVER[type(data)]] if type(data) in _OVER else ""
    return f"no dispute {data.dispute} over {what}this certificate was opened"


def close(t: "Telling", event: Event, data: facts.DisputeFact, ending: DisputeEnding, rule: Rule) -> None:
    """Tell that a dispute is over."""
    closed = events.DisputeClosed(dispute=data.dispute, ending=ending)
    t.tell(event.stream, event.effective_at, closed, rule, t.cause(event))


# --- clarification and correction --------------------------------------------------------------------------------


def _clarified(t: "Telling", event: Event, data: facts.ClarificationGiven) -> None:
    if _expected(t, event, data, Rule.DNB_9_1, (Clarification,), "no question of the holder is open in it"):
        close(t, event, data, DisputeEnding.CLARIFIED, Rule.DNB_9_1)


def _established(t: "Telling", event: Event, data: facts.DefectEstablished) -> None:
    found = about(t, data)
    conceded = data.in_scope and isinstance(found, Closed) and found.ending is DisputeEnding.OUT_OF_SCOPE
    if not conceded and not _expected(t, event, data, Rule.DNB_9_2, (Defect,), "whose error it is was settled before"):
        return
    if not data.in_scope:
        close(t, event, data, DisputeEnding.OUT_OF_SCOPE, Rule.DNB_9_2)
        return
    at, cause = event.effective_at, t.cause(event)
    t.tell(event.stream, at, events.DefectConfirmed(dispute=data.dispute), Rule.DNB_9_2, cause)
    advice = "agree with the holder on a reasonable period for the correction"
    t.task(event.stream, at, "agree-correction", data.dispute, advice, Rule.DNB_9_2, cause)


_NOT_CONFIRMED = "no error of the issuer is established in it, or it is over"


def _period_agreed(t: "Telling", event: Event, data: facts.CorrectionPeriodAgreed) -> None:
    """A period that is agreed on later takes the place of the one before, also of one that has passed (DNB-9.2).

    Since that takes the holder's right to withdraw from him, it has to be shown that he agreed to it.
    """
    if not _expected(t, event, data, Rule.DNB_9_2, (Confirmed, Correcting, Overdue), _NOT_CONFIRMED):
        return
    if data.document is None and not isinstance(about(t, data), Confirmed):
        t.no_effect(event, Rule.DNB_9_2, "a period is set: another needs the document that shows the holder's consent")
        return
    zone = t.scheme.zone
    due = days(Rule.DNB_9_2, midnight(data.correct_by, zone), 0, zone, None)
    if due.lapses_at <= event.effective_at:
        t.no_effect(event, Rule.DNB_9_2, f"{data.correct_by} has passed already")
        return
    started = events.CorrectionPeriodStarted(key=key_of(data.dispute), due=due, dispute=data.dispute, agreed=True)
    t.start(event.stream, event.effective_at, started, t.cause(event))


def _period_not_agreed(t: "Telling", event: Event, data: facts.CorrectionPeriodNotAgreed) -> None:
    """Fifteen days are proposed, and run; that there was no agreement stands in the event (DNB-9.2)."""
    otherwise = f"{_NOT_CONFIRMED}, or a period is set"
    if not _expected(t, event, data, Rule.DNB_9_2, (Confirmed,), otherwise):
        return
    at = event.effective_at
    due = days(Rule.DNB_9_2, at, PROPOSED_DAYS, t.scheme.zone, t.scheme.calendar)
    started = events.CorrectionPeriodStarted(key=key_of(data.dispute), due=due, dispute=data.dispute, agreed=False)
    t.start(event.stream, at, started, t.cause(event))


def _corrected(t: "Telling", event: Event, data: facts.CorrectionIssued) -> None:
    open_defect = (Defect, Confirmed, Correcting, Overdue)
    if not _expected(t, event, data, Rule.DNB_9_5, open_defect, "no defect is open in it"):
        return
    closed = of_kind(t.dossier.matters, Closed)
    revision = 1 + sum(c.order == data.order and c.revision is not None for c in closed)
    corrected = events.CertificateCorrected(dispute=data.dispute, document=data.document, revision=revision)
    t.tell(event.stream, event.effective_at, corrected, Rule.DNB_9_5, t.cause(event))


# --- objection to a loss -----------------------------------------------------------------------------------------

_ADVICE = {
    ObjectionOutcome.ANNULLED: (
        *("retract", DisputeEnding.ANNULLED, Rule.GEN_10),
        "retract the fact behind the loss, and it never was",
    ),
    ObjectionOutcome.REINSTATED: (
        *("reinstate", DisputeEnding.REINSTATED, Rule.DNB_6_14),
        "reinstate the licence: it takes the holder's request, two people and a written agreement",
    ),
}


def _objection_decided(t: "Telling", event: Event, data: facts.ObjectionDecided) -> None:
    objection = about(t, data)
    if not isinstance(objection, Objection):
        _expected(t, event, data, Rule.DNB_13_2, (Objection,), "no objection is open in it")
    elif data.decided_by == data.approved_by:
        t.no_effect(event, Rule.GEN_8, "two different people are needed")
    elif data.outcome is ObjectionOutcome.REJECTED:
        close(t, event, data, DisputeEnding.REJECTED, Rule.DNB_13_2)
    else:
        _, ending, rule, _ = _ADVICE[data.outcome]
        close(t, event, data, ending, rule)
        undo_loss(t, event, cast("str", objection.loss), data.outcome)


def undo_loss(t: "Telling", event: Event, loss: str, outcome: ObjectionOutcome) -> None:
    """Ask for what undoes a loss that was objected to: nothing of it happens by the decision on the objection alone."""
    task, _, rule, advice = _ADVICE[outcome]
    t.task(event.stream, event.effective_at, task, loss, advice, rule, t.cause(event))


# --- withdrawal ------------------------------------------------------------------------------------------------


def _withdrawal_declared(t: "Telling", event: Event, data: facts.ContractWithdrawalDeclared) -> None:
    """What is overdue here gives the right to withdraw from the contract (DNB-9.3)."""
    named = known(t.dossier.matters, Overdue, key_of(data.dispute or ""))
    withdrawal.declared(t, event, data, overdue=named is not None and named.order == data.order)


DECIDES: Mapping[type, Decide] = {
    facts.DefectReported: _defect_reported,
    facts.ClarificationRequested: _clarification_requested,
    facts.ClarificationGiven: _clarified,
    facts.DefectEstablished: _established,
    facts.CorrectionPeriodAgreed: _period_agreed,
    facts.CorrectionPeriodNotAgreed: _period_not_agreed,
    facts.CorrectionIssued: _corrected,
    facts.ObjectionRaised: _objection_raised,
    facts.ObjectionDecided: _objection_decided,
    facts.ContractWithdrawalDeclared: _withdrawal_declared,
}
REACTS: Mapping[type, Decide] = {events.ContractWithdrawn: withdrawal.ended}
