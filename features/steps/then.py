"""What is asked, and what the answer has to be: the register, the agenda, the tasks, the audit trail."""

from datetime import date, datetime, timedelta

from pytest_bdd import then

from adapters import asking, casefile
from adapters.intake import aside
from domain import events
from domain.calendar import derivation, internal_target
from domain.certificate import Ended
from domain.events import Decision
from domain.facts import Edition, Excellence, Reporter
from domain.policies import Policy
from domain.rules import Rule
from domain.standing import Standing, Status
from domain.worklist import CONTRACT
from features.words import BELGRADE, moment, says
from features.world import World
from projections import audit
from projections.worklist import Wanted


def shown(world: World, who: str, at: datetime | None = None) -> Standing:
    entry = world.entry(who, at or world.now)
    assert entry is not None, f"the register has no certificate of {who}"
    return entry.standing


def some(world: World, who: str, *kinds: type[Decision]) -> bool:
    return any(world.decided(who, kind) for kind in kinds)


def told(world: World, who: str) -> str:
    """What to show where an expectation fails."""
    return "; ".join(f"{e.effective_at:%Y-%m-%d %H:%M} {e.name} {e.rule or ''}" for e in world.fresh(who))


# --- the register ------------------------------------------------------------------------------------------------


@then(says('the register shows "{who}" as {status:Status}'))
def _status(world: World, who: str, status: Status) -> None:
    assert shown(world, who).status is status, f"{shown(world, who)}; {told(world, who)}"


@then(says('for {at:Asked} the register shows "{who}" as {status:Status}'))
def _status_then(world: World, at: datetime, who: str, status: Status) -> None:
    assert shown(world, who, at).status is status, f"{shown(world, who, at)}; {told(world, who)}"


@then(says('"{who}" has no certificate'))
def _no_certificate(world: World, who: str) -> None:
    assert world.entry(who, world.now) is None


@then(says('for {at:Asked} the register has no certificate of "{who}"'))
def _no_certificate_then(world: World, at: datetime, who: str) -> None:
    assert world.entry(who, at) is None


@then(says('the register shows "{who}" in class {grade:Class}'))
def _grade(world: World, who: str, grade: Excellence) -> None:
    assert shown(world, who).attained is grade


@then(says('the register shows "{who}" with the {edition:Edition} edition'))
def _edition(world: World, who: str, edition: Edition) -> None:
    assert shown(world, who).edition is edition


@then(says('the register shows "{who}" without a special edition'))
def _no_edition(world: World, who: str) -> None:
    assert shown(world, who).edition is Edition.BASE


@then(says('the register shows "{who}" with the certification year {year:Year}'))
def _period(world: World, who: str, year: int) -> None:
    assert shown(world, who).period == year


@then(says('the certificate of "{who}" runs from {first:Day} to {last:Day}'))
def _runs(world: World, who: str, first: date, last: date) -> None:
    row = shown(world, who)
    assert (row.valid_from, row.valid_until) == (first, last)


@then(says('the certificate of "{who}" has an open end'))
def _open_end(world: World, who: str) -> None:
    assert shown(world, who).valid_until is None


@then(says('the certificate of "{who}" ended on {at:Moment}'))
def _ended(world: World, who: str, at: datetime) -> None:
    contract = world.certificate(who).contract
    assert isinstance(contract, Ended), contract
    assert contract.at == at


@then(says('for {at:Asked} the register shows revision {number:Number} of "{who}" since {since:Moment}'))
def _revision(world: World, at: datetime, number: int, who: str, since: datetime) -> None:
    row = shown(world, who, at)
    assert (row.revision, row.revised_at) == (number, since), told(world, who)


@then(says('for {at:Asked} the register shows no revision of "{who}"'))
def _no_revision(world: World, at: datetime, who: str) -> None:
    row = shown(world, who, at)
    assert (row.revision, row.revised_at) == (None, None), told(world, who)


@then(says('the register bears the name "{name}" for "{who}"'))
def _name(world: World, name: str, who: str) -> None:
    entry = world.entry(who, world.now)
    assert entry is not None
    assert entry.holder == name


@then(says('the register shows "{who}" as {status:Status} since {at:Moment}'))
def _since(world: World, who: str, status: Status, at: datetime) -> None:
    row = shown(world, who)
    assert (row.status, row.since) == (status, at)


@then(says('the public learns clause {clause} about "{who}"'))
def _clause(world: World, clause: str, who: str) -> None:
    assert shown(world, who).clause == clause


@then(says('staff see rule {rule:Rule} about "{who}"'))
def _staff_see(world: World, rule: Rule, who: str) -> None:
    assert shown(world, who).rule is rule


@then(says('"{who}" may use the mark'))
def _licensed(world: World, who: str) -> None:
    assert _may_use(world, who)


@then(says('"{who}" may not use the mark'))
def _not_licensed(world: World, who: str) -> None:
    assert not _may_use(world, who)


def _may_use(world: World, who: str) -> bool:
    known = asking.life_of(world.system, world.subject(who)).dossier.certificates
    c = known.get(world.order(who))
    return c is not None and c.licensed


# --- decisions ---------------------------------------------------------------------------------------------------


@then(says("rule {rule:Rule} is cited"))
def _cited(world: World, rule: Rule) -> None:
    assert rule in world.cited(), sorted(world.cited())


@then(says("rule {rule:Rule} is not cited"))
def _not_cited(world: World, rule: Rule) -> None:
    assert rule not in world.cited(), sorted(world.cited())


@then("nothing new has been decided")
def _nothing(world: World) -> None:
    decided = [e.name for who in world.names for e in world.fresh(who) if e.fact is None]
    assert decided == []


# What a sentence may say of a company, and the decisions that it may mean.
OUTCOMES: dict[str, tuple[type[Decision], ...]] = {
    'the order of "{who}" is refused': (events.OrderRefused,),
    'the contract of "{who}" is concluded': (events.ContractConcluded,),
    'the contract of "{who}" is renewed': (events.ContractRenewed,),
    'the contract of "{who}" is not renewed': (events.ContractExpired, events.ContractCancelledAtExpiry),
    'the contract of "{who}" is extended': (events.ContractExtendedPendingData,),
    'the extension of "{who}" is over': (events.ContractExtensionEnded,),
    'the renewal of "{who}" is held': (events.RenewalHeld,),
    'the renewal of "{who}" becomes final': (events.RenewalConfirmed,),
    'the cancellation of "{who}" is accepted': (events.CancellationAccepted,),
    'the cancellation of "{who}" is refused': (events.CancellationRefused,),
    'the cancellation of "{who}" lacks the agreed form': (events.NonConformingCancellationReceived,),
    'the notice to "{who}" is in order': (events.RenewalNoticeAccepted,),
    'the notice to "{who}" is incomplete': (events.RenewalNoticeFoundIncomplete,),
    'the notice to "{who}" is late': (events.LateNoticeRecorded,),
    'the delay of the notice to "{who}" is excused': (events.NoticeDelayExcused,),
    'the special edition is refused to "{who}"': (events.SpecialEditionRefused,),
    'the licence of "{who}" is suspended': (events.MarkLicenceSuspended,),
    'the licence of "{who}" is restored': (events.MarkLicenceRestored,),
    'the licence of "{who}" is given back': (events.MarkLicenceReinstated,),
    'the licence of "{who}" is not given back': (events.ReinstatementRefused,),
    'the licence of "{who}" is withdrawn for good': (events.MarkLicenceRevoked,),
    'the withdrawal for good from "{who}" is refused': (events.PermanentWithdrawalRefused,),
    'the case of "{who}" is closed': (events.ViolationCeased, events.MisuseCaseClosed),
    'the step against "{who}" achieves nothing': (events.FactHadNoEffect,),
    'D&B has failed in its duty to "{who}"': (events.IssuerObligationBreached,),
}


def _outcome(kinds: tuple[type[Decision], ...]) -> object:
    def look(world: World, who: str) -> None:
        assert some(world, who, *kinds), told(world, who)

    return look


def _no_outcome(kinds: tuple[type[Decision], ...]) -> object:
    def look(world: World, who: str) -> None:
        assert not some(world, who, *kinds), told(world, who)

    return look


for _sentence, _kinds in OUTCOMES.items():
    then(says(_sentence))(_outcome(_kinds))  # type: ignore[arg-type]
for _sentence, _negated in {
    'nothing withdraws the licence of "{who}" for good': 'the licence of "{who}" is withdrawn for good',
    'D&B has not failed in its duty to "{who}"': 'D&B has failed in its duty to "{who}"',
    'the contract of "{who}" is not yet renewed': 'the contract of "{who}" is renewed',
}.items():
    then(says(_sentence))(_no_outcome(OUTCOMES[_negated]))  # type: ignore[arg-type]


@then(says('the renewal of "{who}" is undone'))
def _renewal_undone(world: World, who: str) -> None:
    # A provisional renewal is undone by a decision; one that should never have been is annulled.
    annulled = {a.event for a in world.decided(who, events.DecisionAnnulled)}
    assert some(world, who, events.RenewalUndone) or "ContractRenewed" in annulled, told(world, who)


@then(says('the contract of "{who}" is renewed provisionally'))
def _provisional(world: World, who: str) -> None:
    assert [r.provisional for r in world.decided(who, events.ContractRenewed)] == [True], told(world, who)
    assert shown(world, who).flag == "renewal provisional"


@then(says('"{who}" has attained {edition:Edition} for {year:Year}'))
def _attained(world: World, who: str, edition: Edition, year: int) -> None:
    assert _edition_of(world, who, year) is edition


@then(says('"{who}" has attained no special edition for {year:Year}'))
def _attained_none(world: World, who: str, year: int) -> None:
    assert _edition_of(world, who, year) is Edition.BASE


def _edition_of(world: World, who: str, year: int) -> Edition:
    life = asking.life_of(world.system, world.subject(who))
    told_of = [
        t.event.data.edition
        for t in asking.with_causes(life.told)
        if t.annulled_by is None
        and isinstance(t.event.data, events.EditionAttained)
        and t.event.data.business_year == year
    ]
    return told_of[-1] if told_of else Edition.BASE


@then(says('"{who}" is offered {edition:Edition}'))
def _offered(world: World, who: str, edition: Edition) -> None:
    assert [o.edition for o in world.decided(who, events.SpecialEditionOffered)][-1:] == [edition], told(world, who)


@then(says('"{who}" is offered no special edition'))
def _not_offered(world: World, who: str) -> None:
    assert not world.decided(who, events.SpecialEditionOffered)


@then(says('the case of "{who}" is opened under the ladder'))
def _ladder(world: World, who: str) -> None:
    assert [o.infringement for o in world.decided(who, events.MisuseCaseOpened)] == [False]


@then(says('the case of "{who}" is an infringement by an outsider'))
def _infringement(world: World, who: str) -> None:
    assert [o.infringement for o in world.decided(who, events.MisuseCaseOpened)] == [True]


@then(says('the case of "{who}" counts as a repetition'))
def _repetition(world: World, who: str) -> None:
    assert [o.repeats for o in world.decided(who, events.MisuseCaseOpened)][-1:] == [True]


@then(says('the case of "{who}" counts as a first one'))
def _first_case(world: World, who: str) -> None:
    assert [o.repeats for o in world.decided(who, events.MisuseCaseOpened)][-1:] == [False]


@then(says('the case of "{who}" is still the only one'))
def _only_case(world: World, who: str) -> None:
    assert casefile.file_of(world.system, world.subject(who), world.case).others == ()


@then(says('the file of "{who}" in case "{case}" holds {count:Number} documents'))
def _documents(world: World, who: str, case: str, count: int) -> None:
    world.evidence = casefile.file_of(world.system, world.subject(who), case).evidence
    assert len(world.evidence) == count


@then(says("the last of them was seen on {at:Moment}, and reported by an outsider"))
def _evidence_of(world: World, at: datetime) -> None:
    assert (world.evidence[-1].seen_at, world.evidence[-1].reported_by) == (at, Reporter.OUTSIDER)


@then(says('the file of "{who}" shows case "{case}" as {state:w} by rule {rule:Rule}'))
def _filed(world: World, who: str, case: str, state: str, rule: Rule) -> None:
    file = casefile.file_of(world.system, world.subject(who), world.case)
    lines = {filed.line.key: filed.line for filed in (file.case, *file.others)}
    assert (lines[f"case {case}"].state, lines[f"case {case}"].rule) == (state, rule)


@then(says('the misuse of "{who}" is held to have stopped on {at:Moment}'))
def _stopped(world: World, who: str, at: datetime) -> None:
    assert [c.ceased_at for c in world.decided(who, events.ViolationCeased)] == [at]


# --- tasks and the agenda ----------------------------------------------------------------------------------------

TASKS = {
    "invite a cancellation in the agreed form": "invite-cancellation",
    "ask for the missing data": "extension-alarm",
    "send the late renewal notice": "late-notice",
    "decide on the loss": "decide-loss",
    "confirm the loss": "confirm-loss",
    "decide on the renewal": "decide-renewal",
    "decide on the suspension": "suspend",
    "serve the warning": "warn",
    "pursue the infringement": "pursue-infringement",
    "serve the second demand": "second-demand",
    "propose the withdrawal for good": "withdraw",
    "verify that the misuse has stopped": "verify",
    "decide on a cessation that came late": "late-cessation",
    "review the contract": "review-contract",
    "have the people informed": "inform-employees",
    "collect the invoice": "collect",
    "give back what was paid too much": "refund",
    "give back what was made good too much": "refund",
    "send the invoice to the address named": "send-invoice",
    "decide on the credit": "credit-invoice",
    "decide by two on the terms": "decide-amendment",
    "answer the question": "clarify",
    "look at the defect": "establish-defect",
    "agree on a period for the correction": "agree-correction",
    "decide on the objection": "decide-objection",
    "retract the fact behind the loss": "retract",
    "reinstate the licence": "reinstate",
    "think of the court in the dispute": "go-to-court",
    "carry out the court's decision": "carry-out-decision",
    "decide on a refund": "decide-refund",
    "keep the deviation": "keep-deviation",
    "look at the law": "check-law",
    "deliver what is overdue": "deliver",
    "have a representative named": "name-representative",
    "take down what is online": "take-down",
    "see whether the mark is gone": "see-removal",
}


def _tasks(world: World, who: str) -> set[str]:
    wanted = Wanted(subject=world.subject(who), tasks=True)
    return {each.line.state for each in asking.worklist_of(world.system, wanted)}


@then(says('staff are asked to {task} of "{who}"'))
@then(says('staff are asked to {task} by "{who}"'))
@then(says('staff are asked to {task} to "{who}"'))
def _task(world: World, task: str, who: str) -> None:
    assert TASKS[task] in _tasks(world, who), _tasks(world, who)


@then(says('staff are advised that "{who}" does it for the first time'))
def _first_time(world: World, who: str) -> None:
    assert "a repetition" not in _advice(world, who, "warn")


@then(says('staff are advised that "{who}" repeats it'))
def _repeats(world: World, who: str) -> None:
    assert "a repetition" in _advice(world, who, "warn")


def _advice(world: World, who: str, task: str) -> str:
    wanted = Wanted(subject=world.subject(who), tasks=True)
    told = asking.worklist_of(world.system, wanted)
    return next(each.line.what for each in told if each.line.key.startswith(f"task {task} {world.case}"))


@then(says('the audit trail finds the case of "{who}" by rule {rule:Rule}'))
def _trail_by_rule(world: World, who: str, rule: Rule) -> None:
    with world.system.store.reading() as c:
        lines = audit.trail(c, subject=world.subject(who), rule=rule)
    assert [(line.name, line.rule) for line in lines] == [("TaskOpened", rule)]


@then(says('nobody is asked to {task} of "{who}"'))
@then(says('nobody is asked to {task} by "{who}"'))
@then(says('nobody is asked to {task} to "{who}"'))
def _no_task(world: World, task: str, who: str) -> None:
    assert TASKS[task] not in _tasks(world, who)


def _last_day(world: World, who: str, what: str) -> date | None:
    term = world.due(who, what)
    return None if term is None else (term.lapses_at.astimezone(BELGRADE) - timedelta(days=1)).date()


@then(says('"{who}" can cancel until {day:Day}'))
def _cancel_until(world: World, who: str, day: date) -> None:
    last = _last_day(world, who, "last day to cancel after a late notice") or _last_day(
        world, who, "last day to cancel"
    )
    assert last == day


@then(says('"{who}" can cancel from {first:Day} until {last:Day}'))
def _cancel_from(world: World, who: str, first: date, last: date) -> None:
    assert _last_day(world, who, "last day to cancel") == last
    assert world.term is not None
    assert world.term.starts == moment(str(first))


@then(says('the renewal notice to "{who}" is due by {day:Day}'))
def _notice_by(world: World, who: str, day: date) -> None:
    assert _last_day(world, who, "renewal notice") == day


@then(says('D&B owes "{who}" a late notice by {day:Day}'))
def _late_notice_by(world: World, who: str, day: date) -> None:
    assert _last_day(world, who, "late renewal notice") == day
    owed = asking.worklist_of(world.system, Wanted(subject=world.subject(who), kind=CONTRACT))
    assert [each.line.due_at for each in owed] == [moment(f"{day + timedelta(days=1)}")]


@then(says('the contract of "{who}" ends on {day:Day}'))
def _ends(world: World, who: str, day: date) -> None:
    assert _last_day(world, who, "contract term ends") == day


@then(says('the extension of "{who}" is over, with {day:Day} as the last day of its term'))
def _extended_to(world: World, who: str, day: date) -> None:
    over = world.decided(who, events.ContractExtensionEnded)
    assert [o.dates.valid_until for o in over] == [day], told(world, who)


@then(says('the misuse by "{who}" has to stop by {at:Moment}'))
def _stop_by(world: World, who: str, at: datetime) -> None:
    term = world.due(who, "misuse has to stop (48 hours)")
    assert term is not None
    assert term.lapses_at == at


@then(says('the misuse by "{who}" has to stop until the end of {day:Day}'))
def _stop_until(world: World, who: str, day: date) -> None:
    assert _last_day(world, who, "misuse has to stop (7 working days)") == day


@then(says("its last day is {day:Day}"))
def _term_ends(world: World, day: date) -> None:
    assert world.term is not None
    assert world.term.last_day == day


@then(says("it lapses at {at:Moment}"))
def _term_lapses(world: World, at: datetime) -> None:
    assert world.term is not None
    assert world.term.lapses_at == at


@then(says("the internal target is {day:Day}"))
def _target(world: World, day: date) -> None:
    assert world.term is not None
    assert internal_target(world.term, world.calendar) == day


@then(says("its reckoning cites rule {rule:Rule}"))
def _reckoning(world: World, rule: Rule) -> None:
    assert world.term is not None
    assert f"{rule})" in " ".join(derivation(world.term))


@then(says("its reckoning leaves out {day:Day}"))
def _left_out(world: World, day: date) -> None:
    assert world.term is not None
    assert day in world.term.skipped


@then(says('the deadline of "{who}" moves from {old:Day} to {new:Day}'))
def _moved(world: World, who: str, old: date, new: date) -> None:
    moved = world.decided(who, events.TermRecomputed)
    assert [(m.old.last_day, m.new.last_day) for m in moved] == [(old, new)], told(world, who)
    assert all(m.why for m in moved)


# --- facts and their trail ---------------------------------------------------------------------------------------


@then("the report is rejected")
def _rejected(world: World) -> None:
    assert (world.summary.rejected, world.summary.recorded) == (1, 0)
    with world.system.store.reading() as c:
        assert aside.rejects(c)[-1].reason


@then("the message is set aside until somebody knows its company")
def _parked(world: World) -> None:
    assert (world.summary.parked, world.summary.recorded) == (1, 0)
    with world.system.store.reading() as c:
        assert "is not registered here" in aside.waiting(c)[-1].reason


@then("the report is known already and changes nothing")
def _repeated(world: World) -> None:
    assert (world.summary.repeated, world.summary.recorded, world.summary.events) == (1, 0, 0)


@then(says('the audit trail has the {what} of "{who}" from "{source}", from {at:Moment}, learned {known:Moment}'))
def _trail(world: World, what: str, who: str, source: str, at: datetime, known: datetime) -> None:
    name = {"blockade": "AccountBlocked", "cancellation": "RenewalCancelled"}[what]
    with world.system.store.reading() as c:
        lines = audit.trail(c, subject=world.subject(who), name=name)
    assert [(line.source, line.effective_at, line.recorded_at) for line in lines] == [(source, at, known)]


def _stamps(world: World, who: str) -> set[str | None]:
    decided = [e for e in world.fresh(who) if e.fact is None]
    assert decided, "nothing was decided"
    return {e.editions for e in decided}


@then(says('every decision about "{who}" is stamped with the terms, the readings and the calendar in force'))
def _stamped(world: World, who: str) -> None:
    scheme = world.system.engine.memory.scheme
    assert _stamps(world, who) == {f"{scheme.terms} {scheme.policy.version} {scheme.calendar.version}"}


@then(says('the stamp on every decision about "{who}" tells that another reading was chosen'))
def _stamped_reading(world: World, who: str) -> None:
    usual = Policy().version
    assert all(stamp and f" {usual}+" in stamp for stamp in _stamps(world, who))


@then(says('the stamp on every decision about "{who}" names the calendar "{version}"'))
def _stamped_calendar(world: World, who: str, version: str) -> None:
    assert all(stamp and stamp.endswith(f" {version}") for stamp in _stamps(world, who))


@then(says('every decision about "{who}" names its rule and what it follows from'))
def _founded(world: World, who: str) -> None:
    decided = [e for e in world.fresh(who) if e.fact is None]
    assert decided
    assert all(e.rule and e.cause for e in decided)


@then(says("the wish is refused by rule {rule:Rule}, and the attempt of {one} is kept"))
def _refused(world: World, rule: Rule, one: str) -> None:
    assert world.refusal is not None
    assert world.refusal.rule is rule
    with world.system.store.reading() as c:
        lines = audit.trail(c, name="CommandRefused")
    assert [(line.actor, line.rule) for line in lines] == [(one.lower(), rule)]
