"""No sequence of commands, whoever gives them and whenever, reaches a state that the rule book forbids."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain import facts, recording
from domain.amounts import Money
from domain.events import CommandRefused, DecisionAnnulled, Event
from domain.facts import FACTS, STORED, CaseFact, Fact
from domain.history import fold, live
from domain.matters import of_kind
from domain.moves import moves
from domain.signatures import BY_TWO, Proposal, is_proposal, is_signed, proposal_of
from domain.standing import Status, standing
from domain.worklist import lines
from tests.lives import CHECKED
from tests.story import HASH, Story

PEOPLE = ("ana", "boris", "vesna")
CASES, DISPUTES, INVOICES = ("M-1", "M-2"), ("D-1", "D-2"), ("I-1", "I-2")
# Money that fell due long ago can be claimed only where a rate is known; these have tests of their own.
LEFT_OUT = (facts.InterestClaimed, facts.CertificateTakenOver, facts.FactRetracted, facts.PersonErased)
WANTED: tuple[type[Fact], ...] = tuple(
    model
    for model in FACTS.values()
    if not issubclass(model, facts.SchemeFact)
    and model not in LEFT_OUT
    and issubclass(model, facts.OrderFact | CaseFact | facts.TaskFact | facts.LetterFact)
)
OPENS: dict[str, type[Fact]] = {
    "case": facts.MisuseReported,
    "dispute": facts.DefectReported,
    "invoice": facts.InvoiceIssued,
    "delivery": facts.PackageOrdered,
}
KINDS = ("case", "case", "case", *OPENS)  # the ladder has the most steps
GIVEN: dict[str, tuple[Any, ...]] = {
    "order": ("N-1",),
    "case": CASES,
    "dispute": DISPUTES,
    "invoice": INVOICES,
    "letter": ("L-1", "L-2"),
    "task": ("second-demand", "withdraw", "verify"),
    "regarding": CASES,
    "deviation": ("V-1",),
    "rule": ("DNB-4.7", "DNB-13.1"),
    "edition": ("DNB-RS/1", "DNB-RS/2"),
    "loss": ("B-1",),
    "proceeding": ("P-1",),
}


def value(draw: Any, name: str, kind: Any, at: datetime) -> Any:
    """Something that a field may hold."""
    if kind is facts.Edition or (name == "edition" and "Literal" in str(kind)):
        return draw(st.sampled_from((facts.Edition.SILVER, facts.Edition.GOLD)))
    if name in GIVEN:
        return draw(st.sampled_from(GIVEN[name]))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return draw(st.sampled_from(list(kind)))
    if name == "to" or (name.endswith("_by") and kind is str):
        return draw(st.sampled_from(PEOPLE))
    if kind is bool:
        return draw(st.booleans())
    if kind is Money:
        return Money(Decimal(draw(st.integers(0, 20_000))))
    if kind is date:
        return (at + timedelta(days=draw(st.integers(-40, 80)))).date()
    if name == "until":
        return at + timedelta(days=draw(st.integers(1, 5)))
    if name in {"address", "email", "sender"}:
        return "ana@textil.example"
    if name == "evidence" and "tuple" in str(kind):
        return (HASH,)
    return HASH if name in {"evidence", "document", "message", "agreement"} else "ref:example"


class Desk(RuleBasedStateMachine):
    """A company with a certificate, and a back office that wants anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()
        self.at = datetime(2025, 6, 1, 8).astimezone()

    @initialize()
    def begins(self) -> None:
        self.story.registered().assessed({2022: "AAA", 2023: "AAA", 2024: "AAA"}).agreed("2025-06-01")
        self.story.represented("2025-06-01")
        self.at = self.story.dossier.recorded_at + timedelta(hours=1)

    @rule(data=st.data(), kind=st.sampled_from(WANTED), hours=st.integers(0, 300), actor=st.sampled_from(PEOPLE))
    def wants(self, data: Any, kind: type[Fact], hours: int, actor: str) -> None:
        """Somebody wants anything."""
        self.at += timedelta(hours=hours)
        self._wants(data, kind, actor)

    @rule(data=st.data(), kind=st.sampled_from(KINDS), hours=st.integers(0, 100), actor=st.sampled_from(PEOPLE))
    def goes_on(self, data: Any, kind: str, hours: int, actor: str) -> None:
        """Somebody opens a case or a matter of a kind, or goes on with one by an act that is allowed."""
        self.at += timedelta(hours=hours)
        begun = [line for line in lines(self.story.dossier) if line.kind == kind]
        if not begun:
            self._wants(data, OPENS[kind], actor)
            return
        told = moves(self.story.dossier, data.draw(st.sampled_from(begun)).key, self.at, actor)
        allowed: list[type[Fact]] = [move.fact for move in told if move.allowed and move.fact in WANTED]
        self._wants(data, data.draw(st.sampled_from(allowed or [OPENS[kind]])), actor)

    @rule(data=st.data(), hours=st.integers(1, 100), actor=st.sampled_from(PEOPLE))
    def signs(self, data: Any, hours: int, actor: str) -> None:
        """Somebody signs what somebody has proposed, be it he himself."""
        self.at += timedelta(hours=hours)
        if proposals := [p for p in of_kind(self.story.dossier.matters, Proposal) if not p.closed]:
            made = data.draw(st.sampled_from(proposals))
            self._command(made.decision, {**made.content, "decided_by": actor}, actor)

    def _wants(self, data: Any, kind: type[Fact], actor: str) -> None:
        told = {
            name: value(data.draw, name, field.annotation, self.at)
            for name, field in kind.model_fields.items()
            if field.is_required() or name in {"dispute", "agreement"}
        }
        if "decided_by" in told or "proposed_by" in told:
            told |= {name: actor for name in ("decided_by", "proposed_by") if name in told}
        self._command(kind, told, actor)

    def _command(self, kind: type[Fact], told: dict[str, Any], actor: str) -> None:
        """It is done, or refused and leaves nothing but the attempt."""
        event = self.story.event(kind.model_validate(told, context=STORED), self.at)
        command = event.model_copy(update={"actor": actor})
        before = self.story.dossier

        def learned_of(event: Event) -> recording.Learned:
            return recording.learn(before, event) or recording.relearn(before, self.story.entries, event)

        learned = recording.commanded(before, command, learned_of)
        if isinstance(learned, Event):
            learned = recording.refused(before, command, learned)
            assert [e.fact for e in learned.events if e.fact == command.fact] == []
            assert isinstance(learned.events[-1].data, CommandRefused)
        self.story._append(learned)  # noqa: SLF001 - as the story itself does

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        """Nobody does anything, and deadlines have their consequence."""
        self.at += timedelta(days=days)
        self.story.until(self.at)

    @rule()
    def blocked(self) -> None:
        """The account is blocked."""
        self.story.fact(facts.AccountBlocked(blockade="B-1"), self.at)

    @rule(actor=st.sampled_from(PEOPLE))
    def looks(self, actor: str) -> None:
        """Somebody looks what may be done: each act is allowed, or refused by a rule."""
        for line in lines(self.story.dossier)[:3]:
            if line.kind != "contract":
                told = moves(self.story.dossier, line.key, self.at, actor)
                assert all(move.allowed or (move.rule is not None and move.reason) for move in told), line.key

    # --- what must never be ------------------------------------------------------------------------------------------

    def _live(self, name: str) -> list[Event]:
        return [e.event for e in live(self.story.entries) if e.event.name == name]

    @invariant()
    def nobody_is_suspended_without_48_hours_of_a_warning(self) -> None:
        started = {e.data.case: e.data.remedy_by.lapses_at for e in self._live("WarningClockStarted")}  # type: ignore[attr-defined]
        for event in self._live("MarkLicenceSuspended"):
            assert started[event.data.case] <= event.effective_at  # type: ignore[attr-defined]

    @invariant()
    def nobody_loses_the_mark_for_good_by_one_person_or_without_a_ground(self) -> None:
        for event in self._live("MarkLicenceRevoked"):
            case = event.data.case  # type: ignore[attr-defined]
            proposed = {e.data.proposed_by for e in self._of(case, "PermanentWithdrawalProposed")}  # type: ignore[attr-defined]
            approved = {e.data.approved_by for e in self._of(case, "PermanentWithdrawalApproved")}  # type: ignore[attr-defined]
            assert any(one != other for one in proposed for other in approved)
            opened = self._of(case, "MisuseCaseOpened")[0]
            lapsed = [e for e in self._live("TaskOpened") if (e.data.task, e.data.about) == ("withdraw", case)]  # type: ignore[attr-defined]
            assert lapsed or opened.data.repeats  # type: ignore[attr-defined]
            assert self._of(case, "ViolationVerified") or self._of(case, "CessationFoundUntrue")

    @invariant()
    def nobody_signs_but_in_person_and_what_another_has_proposed(self) -> None:
        proposals: list[tuple[str, object]] = []
        for event in (e.event for e in self.story.entries):
            if is_proposal(event.data):
                assert event.data.decided_by == event.actor  # type: ignore[attr-defined]
                proposals.append((proposal_of(event.data, event.order), event.actor))
            elif isinstance(event.data, BY_TWO):
                assert is_signed(event.data)
                assert event.data.approved_by == event.actor != event.data.decided_by  # type: ignore[attr-defined]
                assert (proposal_of(event.data, event.order), event.data.decided_by) in proposals  # type: ignore[attr-defined]

    def _of(self, case: str, name: str) -> list[Event]:
        return [e for e in self._live(name) if e.data.case == case]  # type: ignore[attr-defined]

    @invariant()
    def who_lost_the_mark_for_good_is_never_shown_as_valid(self) -> None:
        certificate = self.story.dossier.certificates.get("N-1")
        if certificate is not None and certificate.revoked_at is not None:
            shown = standing(certificate, self.at)
            assert shown is None or shown.status not in {Status.VALID, Status.VALID_EXTENDED, Status.SUSPENDED}

    @invariant()
    def no_court_before_an_amicable_attempt(self) -> None:
        tried = {e.data.dispute: e.effective_at for e in reversed(self._live("AmicableAttemptMade"))}  # type: ignore[attr-defined]
        for event in self._live("DisputeBroughtToCourt"):
            assert tried[event.data.dispute] <= event.effective_at  # type: ignore[attr-defined]

    @invariant()
    def nobody_withdraws_for_an_error_that_is_not_overdue(self) -> None:
        overdue = {e.data.dispute for e in self._live("CorrectionOverdue")}  # type: ignore[attr-defined]
        for event in self._live("ContractWithdrawn"):
            if event.data.basis is facts.WithdrawalBasis.CORRECTION_OVERDUE:  # type: ignore[attr-defined]
                assert event.data.dispute in overdue  # type: ignore[attr-defined]

    @invariant()
    def every_decision_cites_a_rule_and_nothing_is_recorded_backwards(self) -> None:
        told = [e.event for e in self.story.entries]
        assert all(e.rule is not None for e in told if e.fact is None and not isinstance(e.data, DecisionAnnulled))
        recorded = [e.recorded_at for e in told]
        assert all(later >= earlier for earlier, later in pairwise(recorded))

    @invariant()
    def what_was_told_gives_the_dossier_again(self) -> None:
        dossier = self.story.dossier
        again = fold(dossier.subject, dossier.scheme, self.story.entries)
        assert (again.certificates, again.cases) == (dossier.certificates, dossier.cases)
        assert dict(again.matters) == dict(dossier.matters)

    @invariant()
    def refusals_of_facts_leave_no_trace_but_themselves(self) -> None:
        versions: dict[str, list[int]] = {}
        for entry in self.story.entries:
            versions.setdefault(entry.event.stream, []).append(entry.version)
        assert all(of == list(range(1, len(of) + 1)) for of in versions.values())


def test_no_sequence_of_commands_reaches_a_state_that_the_rule_book_forbids() -> None:
    run_state_machine_as_test(Desk, settings=settings(CHECKED, max_examples=200, stateful_step_count=50))
