"""The violation ladder of clause 7: warning and 48 hours, suspension and seven working days, withdrawal for good."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain import facts
from domain.calendar import Term, hours, working_days
from domain.events import (
    Event,
    MarkLicenceLost,
    MarkLicenceRestored,
    MarkLicenceRevoked,
    MarkLicenceSuspended,
    MisuseCaseClosed,
    MisuseCaseOpened,
    PermanentWithdrawalRefused,
    SecondClockStarted,
    TaskOpened,
    TermRecomputed,
    ViolationCeased,
    WarningClockStarted,
)
from domain.rules import Refused, Rule

if TYPE_CHECKING:
    from domain.telling import Telling

REMEDY_HOURS = 48
REMEDY_WORKING_DAYS = 7

_VIOLATED = {
    facts.Violation.ALTERATION: Rule.DNB_6_2,
    facts.Violation.REGISTRATION: Rule.DNB_6_3,
    facts.Violation.FOREIGN_PURPOSE: Rule.DNB_6_8,
    facts.Violation.MISSING_YEAR: Rule.DNB_6_9,
    facts.Violation.WRONG_GRADE_YEAR: Rule.DNB_6_10,
    facts.Violation.USE_AFTER_LOSS: Rule.DNB_6_16,
}
_WARN = "serve the written warning, which leaves 48 hours; or dismiss the case"
_WARN_AGAIN = "a repetition: a fresh warning is recommended; verified, it may also cost the licence for good (DNB-7.6)"
PROPOSE = "propose a permanent withdrawal"
SEE_AND_PROPOSE = "see whether the misuse goes on; if it does, propose a permanent withdrawal"
_PURSUE = "pursue the infringement by an outsider, and record when it is over"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What every case holds; `order` is the certificate concerned, None for somebody who holds none.

    `seen_at` is when staff saw the violation themselves for the last time, None for a mere suspicion.
    """

    case: str
    order: str | None
    opened_at: datetime
    repeats: bool
    proposed_by: str | None
    violation: facts.Violation | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Infringement(CaseFile):
    """Misuse by somebody who never held a licence: the ladder is not for him (DNB-7.9)."""


@dataclass(frozen=True, slots=True)
class Reported(CaseFile):
    """A suspicion on file; no clock runs. `served_at` is when the warning was sent."""

    declared_at: datetime | None = None
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Warned(CaseFile):
    """The 48 hours run, or ran out while a declaration or a person held the suspension (DNB-7.1)."""

    remedy_by: Term
    declared_at: datetime | None = None
    deferred_until: datetime | None = None
    passed: bool = False


@dataclass(frozen=True, slots=True)
class SuspendedFor(CaseFile):
    """The licence is taken away for a time; seven working days run from the second demand (DNB-7.3).

    `served_at` is when the second demand was sent.
    """

    since: datetime
    remedy_by: Term | None = None
    declared_at: datetime | None = None
    passed: bool = False
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ceased(CaseFile):
    """The misuse stopped; the case counts as a prior one (DNB-7.2, 7.6).

    `suspended_at` is since when the licence was taken away for a time before that, None where it never was.
    """

    ceased_at: datetime
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn(CaseFile):
    """The licence is taken away for good (DNB-7.5)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Closed(CaseFile):
    """Unfounded, or an outsider's infringement that ended; no prior case for anything later (DNB-7.0, 7.6, 10.2)."""

    at: datetime


Shut = Ceased | Withdrawn | Closed
Case = Infringement | Reported | Warned | SuspendedFor | Shut


def _file(case: Case) -> tuple[str, str | None, datetime, bool, str | None, facts.Violation | None, datetime | None]:
    return case.case, case.order, case.opened_at, case.repeats, case.proposed_by, case.violation, case.seen_at


def evolve(case: Case | None, event: Event) -> Case | None:
    """The case after an event about it; holds no rules."""
    at = event.effective_at
    if isinstance(event.data, MisuseCaseOpened):
        data = event.data
        kind = Infringement if data.infringement else Reported
        return kind(data.case, data.order, at, data.repeats, None, data.kind, None)
    if case is None:
        if isinstance(event.data, MarkLicenceSuspended):  # taken over with a mark that was suspended elsewhere
            return SuspendedFor(
                *(event.data.case, event.order, at, False, None, None, None),
                since=at,
            )
        return None
    match event.data:
        case WarningClockStarted(remedy_by=remedy_by):
            return Warned(*_file(case), remedy_by, declared_at=getattr(case, "declared_at", None))
        case MarkLicenceSuspended():
            # A person may suspend while a declaration is unverified; found true, it still dates the cessation.
            return SuspendedFor(*_file(case), at, declared_at=getattr(case, "declared_at", None))
        case SecondClockStarted(remedy_by=remedy_by) if isinstance(case, SuspendedFor):
            return replace(case, remedy_by=remedy_by)
        case TermRecomputed(new=new) if isinstance(case, Warned | SuspendedFor):
            return replace(case, remedy_by=new)
        case facts.WarningServed() if isinstance(case, Reported):
            return replace(case, served_at=at)
        case facts.SecondDemandServed() if isinstance(case, SuspendedFor):
            return replace(case, served_at=at)
        case facts.CessationDeclared() if isinstance(case, Reported | Warned | SuspendedFor):
            return replace(case, declared_at=case.declared_at or at)
        case facts.CessationFoundUntrue() if isinstance(case, Reported | Warned | SuspendedFor):
            return replace(case, declared_at=None, seen_at=at)
        case facts.ViolationVerified() if isinstance(case, Reported | Warned | SuspendedFor):
            return replace(case, seen_at=at)
        case facts.SuspensionDeferred(until=until) if isinstance(case, Warned):
            return replace(case, deferred_until=until.astimezone(UTC), passed=case.passed and until <= at)
        case facts.PermanentWithdrawalProposed(proposed_by=proposed_by):
            return replace(case, proposed_by=proposed_by)
        case PermanentWithdrawalRefused() if event.rule is not Rule.DNB_7_5:
            return replace(case, proposed_by=None)  # a proposal without a ground is none
        case TaskOpened(task="suspend" | "withdraw") if isinstance(case, Warned | SuspendedFor):
            return replace(case, passed=True)
        case ViolationCeased(ceased_at=ceased_at):
            return Ceased(*_file(case), ceased_at, case.since if isinstance(case, SuspendedFor) else None)
        case MisuseCaseClosed():
            return Closed(*_file(case), at)
        case MarkLicenceRevoked():
            return Withdrawn(*_file(case), at)
        case _:
            return case


def due(case: Case) -> datetime | None:
    """When the ladder goes on if nobody acts: a declared cessation holds it until it is verified or found untrue."""
    match case:
        case Warned(declared_at=None, passed=False, remedy_by=term, deferred_until=deferred):
            return max(term.lapses_at, deferred) if deferred else term.lapses_at
        case SuspendedFor(declared_at=None, passed=False, remedy_by=Term() as term):
            return term.lapses_at
        case _:
            return None


def lapse(t: "Telling", case: Case, at: datetime, cause: str) -> None:
    """What follows when a clock of the ladder runs out in vain (DNB-7.3, 7.5, GEN-8)."""
    if isinstance(case, Warned):
        if t.scheme.policy.auto_suspend_on_lapse:
            _suspend(t, case, at, cause)
        else:
            _task(t, case, at, cause, "suspend", Rule.DNB_7_3, "48 hours passed: suspend the mark, or defer it")
    else:
        seen = isinstance(case, SuspendedFor) and _seen_since(case)
        advice = f"7 working days passed: {PROPOSE if seen else SEE_AND_PROPOSE}"
        _task(t, case, at, cause, "withdraw", Rule.DNB_7_5, advice)


Step = (
    facts.EvidenceAdded
    | facts.WarningServed
    | facts.WarningDelivered
    | facts.SuspensionDeferred
    | facts.SuspensionDecided
    | facts.SecondDemandServed
    | facts.SecondDemandDelivered
    | facts.CessationDeclared
    | facts.CessationVerified
    | facts.CessationFoundUntrue
    | facts.ViolationVerified
    | facts.CaseDismissed
    | facts.InfringementEnded
    | facts.PermanentWithdrawalProposed
    | facts.PermanentWithdrawalApproved
)


def decide(t: "Telling", event: Event, data: facts.MisuseReported | Step) -> None:
    """What a fact about a case brings about."""
    case = t.dossier.cases.get(data.case)
    if isinstance(data, facts.MisuseReported):
        _reported(t, event, data, case)
        return
    if case is None:
        t.no_effect(event, Rule.DNB_7_0, f"no case {data.case} was reported")
        return
    if isinstance(data, facts.EvidenceAdded):
        return  # it is kept, whoever the case is against and however it stands
    if isinstance(case, Infringement) and not isinstance(data, facts.CaseDismissed | facts.InfringementEnded):
        t.no_effect(event, Rule.DNB_7_9, "the ladder is for holders; this case is an infringement by an outsider")
        return
    match data:
        case facts.WarningServed():
            if t.scheme.policy.clock_from == "sending" or not isinstance(case, Reported):
                _warned(t, event, case)
        case facts.WarningDelivered():
            if t.scheme.policy.clock_from == "receipt":
                _warned(t, event, case)
        case facts.SecondDemandServed():
            if t.scheme.policy.clock_from == "sending" or not _undemanded(case):
                _demanded(t, event, case)
        case facts.SecondDemandDelivered():
            if t.scheme.policy.clock_from == "receipt":
                _demanded(t, event, case)
        case facts.CessationDeclared():
            _declared(t, event, case)
        case facts.CessationVerified():
            _verified(t, event, case)
        case facts.CessationFoundUntrue():
            _found_untrue(t, event, case)
        case facts.ViolationVerified():
            if isinstance(case, Shut):
                t.no_effect(event, Rule.DNB_7_0, "the case is closed")
        case facts.CaseDismissed():
            _dismissed(t, event, case)
        case facts.InfringementEnded():
            _ended(t, event, case)
        case facts.SuspensionDeferred():
            if not isinstance(case, Warned):
                t.no_effect(event, Rule.X_10, "only a suspension that is due can be put off")
        case facts.SuspensionDecided():
            if isinstance(case, Warned) and case.remedy_by.lapses_at <= event.effective_at:
                _suspend(t, case, event.effective_at, t.cause(event))
            else:
                t.no_effect(event, Rule.DNB_7_10, "no suspension before the 48 hours of a warning have passed")
        case facts.PermanentWithdrawalProposed():
            if fault := _no_ground(t, case):
                t.tell(_stream(t, case), event.effective_at, _refusal(case, fault), fault.rule, t.cause(event))
        case facts.PermanentWithdrawalApproved(approved_by=approved_by):
            _approved(t, event, case, approved_by)


def _reported(t: "Telling", event: Event, data: facts.MisuseReported, known: Case | None) -> None:
    if isinstance(known, Shut):
        t.no_effect(event, Rule.DNB_7_0, f"case {data.case} is closed; report it under a new case")
        return
    if known is not None:
        return  # more evidence for a case on file
    at, cause = event.effective_at, t.cause(event)
    licensed = [c for c in t.dossier.certificates.values() if c.granted_at is not None]
    order = max(licensed, key=lambda c: (c.granted_at, c.order)).order if licensed else None
    repeats = any(isinstance(c, Ceased | Withdrawn) for c in t.dossier.cases.values())
    opened = MisuseCaseOpened(case=data.case, infringement=order is None, order=order, repeats=repeats, kind=data.kind)
    stream = t.dossier.stream(order)
    t.tell(stream, at, opened, Rule.DNB_7_0 if order else Rule.DNB_7_9, cause)
    if order:
        t.task(stream, at, "warn", data.case, _WARN_AGAIN if repeats else _WARN, _VIOLATED[data.kind], cause)
    else:
        t.task(stream, at, "pursue-infringement", data.case, _PURSUE, Rule.DNB_10_2, cause)
    if order and t.scheme.policy.misuse_procedure == "automatic_loss":
        t.tell(stream, at, MarkLicenceLost(ground=data.case), Rule.DNB_6_15, cause)


def _warned(t: "Telling", event: Event, case: Case) -> None:
    if not isinstance(case, Reported):
        t.no_effect(event, Rule.DNB_7_1, "the warning's clock runs already, or the case is closed")
        return
    term = hours(Rule.DNB_7_1, event.effective_at, REMEDY_HOURS, t.scheme.zone)
    started = WarningClockStarted(case=case.case, remedy_by=term)
    t.tell(_stream(t, case), event.effective_at, started, Rule.DNB_7_1, t.cause(event))


def _demanded(t: "Telling", event: Event, case: Case) -> None:
    if not _undemanded(case):
        t.no_effect(event, Rule.DNB_7_10, "a second demand follows a suspension, once")
        return
    at, stream, scheme = event.effective_at, _stream(t, case), t.scheme
    told = working_days(Rule.DNB_7_3, at, REMEDY_WORKING_DAYS, scheme.zone, scheme.calendar)
    kept = t.pinned_term(stream, f"{case.case}/second", told)
    t.tell(stream, at, SecondClockStarted(case=case.case, remedy_by=kept), Rule.DNB_7_3, t.cause(event))
    t.recompute(stream, at, case.case, kept, told, t.cause(event))


def _undemanded(case: Case) -> bool:
    return isinstance(case, SuspendedFor) and case.remedy_by is None


def _declared(t: "Telling", event: Event, case: Case) -> None:
    if isinstance(case, Reported | Warned | SuspendedFor):
        _task(t, case, event.effective_at, t.cause(event), "verify", Rule.DNB_7_2, "see whether the misuse has stopped")
    else:
        t.no_effect(event, Rule.DNB_7_2, "the case is closed")


def _verified(t: "Telling", event: Event, case: Case) -> None:
    at, stream, cause = event.effective_at, _stream(t, case), t.cause(event)
    if not isinstance(case, Reported | Warned | SuspendedFor):
        t.no_effect(event, Rule.DNB_7_2, "the case is closed")
        return
    ceased_at = case.declared_at or at
    if isinstance(case, SuspendedFor):
        if case.remedy_by is not None and ceased_at >= case.remedy_by.lapses_at:
            advice = "it stopped, but after the 7 working days: reinstate by two people, or withdraw for good"
            _task(t, case, at, cause, "late-cessation", Rule.DNB_7_5, advice)
            return
        t.tell(stream, at, MarkLicenceRestored(case=case.case), Rule.DNB_7_4, cause)
    rule = Rule.DNB_7_4 if isinstance(case, SuspendedFor) else Rule.DNB_7_2
    t.tell(stream, at, ViolationCeased(case=case.case, ceased_at=ceased_at), rule, cause)


def _found_untrue(t: "Telling", event: Event, case: Case) -> None:
    lapsed_at = due(case)
    if isinstance(case, Shut):
        t.no_effect(event, Rule.DNB_7_2, "the case is closed")
    elif lapsed_at is not None and lapsed_at <= event.effective_at:
        lapse(t, case, event.effective_at, t.cause(event))  # what the declaration held


def _dismissed(t: "Telling", event: Event, case: Case) -> None:
    """The case is closed and what it took comes back; it is in the holder's favour, so one person is enough."""
    at, stream, cause = event.effective_at, _stream(t, case), t.cause(event)
    if isinstance(case, Shut):
        t.no_effect(event, Rule.DNB_7_0, "the case is closed")
        return
    if isinstance(case, SuspendedFor):
        t.tell(stream, at, MarkLicenceRestored(case=case.case), Rule.DNB_7_0, cause)
    t.tell(stream, at, MisuseCaseClosed(case=case.case), Rule.DNB_7_0, cause)


def _ended(t: "Telling", event: Event, case: Case) -> None:
    if isinstance(case, Infringement):
        closed = MisuseCaseClosed(case=case.case)
        t.tell(_stream(t, case), event.effective_at, closed, Rule.DNB_10_2, t.cause(event))
    else:
        t.no_effect(event, Rule.DNB_10_2, "no infringement by an outsider is open under this name")


def _approved(t: "Telling", event: Event, case: Case, approved_by: str) -> None:
    fault = _no_ground(t, case)
    if fault is None and case.proposed_by is None:
        fault = Refused(Rule.DNB_7_5, "nobody has proposed it")
    if fault is None and case.proposed_by == approved_by:
        fault = Refused(Rule.DNB_7_5, "who proposed it can't approve it: two different people are needed")
    data = _refusal(case, fault) if fault else MarkLicenceRevoked(case=case.case)
    t.tell(_stream(t, case), event.effective_at, data, fault.rule if fault else Rule.DNB_7_5, t.cause(event))


def _no_ground(t: "Telling", case: Case) -> Refused | None:
    if isinstance(case, Shut):
        return Refused(Rule.DNB_7_5, "the case is closed")
    lapsed = isinstance(case, SuspendedFor) and case.passed
    both = t.scheme.policy.permanent_requires_both
    if both and not (lapsed and case.repeats):
        return Refused(Rule.X_9, "it needs both: the seven working days in vain, and a repetition")
    if not (lapsed or case.repeats):
        return Refused(Rule.DNB_7_10, "neither have the seven working days passed in vain, nor is it a repetition")
    if _persists(case) or (_repeated(case) and not both):
        return None
    if lapsed:
        return Refused(Rule.DNB_7_0, "nobody has seen the misuse go on since the suspension")
    return Refused(Rule.DNB_7_6, "nobody has verified the new violation, and a suspicion is no repetition")


def grounded(case: Case) -> bool:
    """Whether staff have seen that a violation repeats itself, or goes on beyond the seven days (DNB-7.5, 7.6)."""
    return _persists(case) or _repeated(case)


def _persists(case: Case) -> bool:
    return isinstance(case, SuspendedFor) and case.passed and _seen_since(case)


def _repeated(case: Case) -> bool:
    return case.repeats and case.seen_at is not None


def _seen_since(case: SuspendedFor) -> bool:
    return case.seen_at is not None and case.seen_at > case.since


def _refusal(case: Case, fault: Refused) -> PermanentWithdrawalRefused:
    return PermanentWithdrawalRefused(case=case.case, reason=fault.reason)


def _suspend(t: "Telling", case: Case, at: datetime, cause: str) -> None:
    t.tell(_stream(t, case), at, MarkLicenceSuspended(case=case.case), Rule.DNB_7_3, cause)
    _task(t, case, at, cause, "second-demand", Rule.DNB_7_3, "serve the second demand: 7 working days from receipt")


def _task(t: "Telling", case: Case, at: datetime, cause: str, task: str, rule: Rule, advice: str) -> None:
    t.task(_stream(t, case), at, task, case.case, advice, rule, cause)


def _stream(t: "Telling", case: Case) -> str:
    return t.dossier.stream(case.order)
