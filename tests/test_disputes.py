"""Clauses 9 and 13: questions, defects and their correction, objections to a loss, settlement and court."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events, facts, tasks
from domain.disputes import (
    Clarification,
    Confirmed,
    Correcting,
    Defect,
    Dispute,
    Overdue,
    evolve,
)
from domain.events import DisputeEnding, Event
from domain.facts import ObjectionGround, ObjectionOutcome
from domain.matters import Waits
from domain.moves import moves
from domain.outlook import items
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.settlement import InCourt, Settlement
from domain.worklist import lines
from tests.life import Life, live_through
from tests.lives import CHECKED, blocked, disputed, lives, schemes
from tests.story import HASH, Story, day, moment

OTHER = "1" * 64


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def step(
    story: Story, kind: type[facts.DisputeFact], at: str, learned: str | None = None, name: str = "", **more: Any
) -> list[Event]:
    return story.fact(kind.model_validate({"order": "N-1", "dispute": "D-1", **more}), at, learned, name)


def reported(**policy: Any) -> Story:
    """On 1 October 2025 the holder pointed out a defect."""
    story = holder(**policy)
    step(story, facts.DefectReported, "2025-10-01", description="the date is wrong")
    return story


def confirmed(**policy: Any) -> Story:
    """It was established on 6 October that the error is the issuer's."""
    story = reported(**policy)
    step(story, facts.DefectEstablished, "2025-10-06", in_scope=True)
    return story


def correcting() -> Story:
    """On 7 October both sides agreed on 20 October as the last day for the correction."""
    story = confirmed()
    step(story, facts.CorrectionPeriodAgreed, "2025-10-07", correct_by=day("2025-10-20"))
    return story


def overdue() -> Story:
    story = correcting()
    story.until("2025-10-21")
    return story


def objected() -> Story:
    """The account was blocked on 1 October, and on 3 October the holder says that it is another company's."""
    story = holder().blocked("2025-10-01")
    more = {"ground": ObjectionGround.WRONG_COMPANY, "loss": "B-1", "description": "it was another one"}
    step(story, facts.ObjectionRaised, "2025-10-03", **more)
    return story


def decided(story: Story, outcome: str, *, approved_by: str = "bo", at: str = "2025-10-04") -> list[Event]:
    data = {"outcome": ObjectionOutcome(outcome), "decided_by": "ana", "approved_by": approved_by}
    return step(story, facts.ObjectionDecided, at, **data)


def attempted(**policy: Any) -> Story:
    """On 10 October an amicable settlement was tried."""
    story = confirmed(**policy)
    step(story, facts.AmicableAttemptMade, "2025-10-10")
    return story


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries if e.fact is None]


def nothing(entries: list[Event]) -> tuple[str, Rule | None, str]:
    last = entries[-1]
    return last.name, last.rule, str(getattr(last.data, "reason", ""))


def dispute(story: Story, name: str = "dispute D-1") -> Any:
    return story.dossier.matters[name]


def open_tasks(story: Story) -> list[str]:
    return [line.state for line in lines(story.dossier) if line.kind == "task"]


# --- clarification (DNB-9.1) -------------------------------------------------------------------------------------


def test_a_question_waits_for_its_answer() -> None:
    story = holder()
    answer = step(story, facts.ClarificationRequested, "2025-10-01", description="the date is wrong")
    assert told(answer) == [("DisputeOpened", "DNB-9.1"), ("TaskOpened", "DNB-9.1")]
    assert isinstance(dispute(story), Clarification)
    assert (dispute(story).waits_for, open_tasks(story)) == (Waits.ISSUER, ["clarify"])
    assert told(step(story, facts.ClarificationGiven, "2025-10-02", document=HASH)) == [("DisputeClosed", "DNB-9.1")]
    assert dispute(story).ending is DisputeEnding.CLARIFIED
    assert lines(story.dossier) == ()


def test_an_answer_without_an_open_question_achieves_nothing() -> None:
    story = holder()
    assert nothing(step(story, facts.ClarificationGiven, "2025-10-01")) == (
        *("FactHadNoEffect", Rule.DNB_9_1),
        "no dispute D-1 over a question about this certificate was opened",
    )
    step(story, facts.ClarificationRequested, "2025-10-02", description="why AA?")
    step(story, facts.ClarificationGiven, "2025-10-03")
    assert nothing(step(story, facts.ClarificationGiven, "2025-10-04"))[2] == "no question of the holder is open in it"


def test_without_a_certificate_there_is_no_dispute_over_it() -> None:
    story = Story().registered()
    assert nothing(step(story, facts.DefectReported, "2025-10-01", description="the date is wrong")) == (
        *("FactHadNoEffect", Rule.DNB_9_1),
        "no certificate was issued on this order",
    )
    story.fact(facts.OfferMade(order="N-1"), "2025-10-02")
    assert (
        nothing(step(story, facts.DefectReported, "2025-10-03", description="the date is wrong"))[0]
        == "FactHadNoEffect"
    )


def test_a_dispute_is_opened_once_and_is_about_one_certificate() -> None:
    story = reported()
    assert nothing(step(story, facts.ClarificationRequested, "2025-10-02", description="the date is wrong"))[2] == (
        "a dispute D-1 was opened before"
    )
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-10-02")
    assert nothing(step(story, facts.DefectEstablished, "2025-10-03", in_scope=True, order="N-2"))[2] == (
        "no dispute D-1 over a defect of this certificate was opened"
    )
    assert isinstance(dispute(story), Defect)


# --- whose error (DNB-9.2) ---------------------------------------------------------------------------------------


def test_a_defect_has_to_be_looked_at() -> None:
    story = reported()
    assert (open_tasks(story), dispute(story).order) == (["establish-defect"], "N-1")
    assert "wrong" not in "".join(str(e.event.data) for e in story.entries if e.event.fact is None)


def test_an_error_that_is_not_ours_closes_the_dispute() -> None:
    story = reported()
    assert told(step(story, facts.DefectEstablished, "2025-10-06", in_scope=False)) == [("DisputeClosed", "DNB-9.2")]
    assert (dispute(story).ending, open_tasks(story)) == (DisputeEnding.OUT_OF_SCOPE, [])


def test_an_error_that_is_ours_calls_for_a_period() -> None:
    story = confirmed()
    assert told([e.event for e in story.entries][-3:]) == [("DefectConfirmed", "DNB-9.2"), ("TaskOpened", "DNB-9.2")]
    assert isinstance(dispute(story), Confirmed)
    assert open_tasks(story) == ["agree-correction"]


def test_the_issuer_may_concede_an_error_later_but_not_take_it_back() -> None:
    story = reported()
    step(story, facts.DefectEstablished, "2025-10-06", in_scope=False)
    assert nothing(step(story, facts.DefectEstablished, "2025-10-07", in_scope=False))[0] == "FactHadNoEffect"
    step(story, facts.DefectEstablished, "2025-10-08", in_scope=True)
    assert isinstance(dispute(story), Confirmed)
    for in_scope in (True, False):
        assert nothing(step(story, facts.DefectEstablished, "2025-10-09", in_scope=in_scope)) == (
            *("FactHadNoEffect", Rule.DNB_9_2),
            "whose error it is was settled before",
        )


def test_the_agreed_period_lasts_until_the_end_of_its_day() -> None:
    story = correcting()
    due = dispute(story).clock
    assert (due.rule, due.last_day, due.lapses_at) == (Rule.DNB_9_2, day("2025-10-20"), moment("2025-10-21"))
    assert isinstance(dispute(story), Correcting)
    assert [i.what for i in items(story.dossier) if i.about == "dispute D-1"] == ["correct the certificate"]
    assert story.until("2025-10-20 23:59") == []
    assert told(story.until("2025-10-21")) == [
        ("IssuerObligationBreached", "DNB-9.3"),
        ("CorrectionOverdue", "DNB-9.3"),
    ]
    assert isinstance(dispute(story), Overdue)
    assert dispute(story).breached


def test_the_day_on_which_both_sides_agree_may_be_the_last_one_but_none_before() -> None:
    story = confirmed()
    assert nothing(step(story, facts.CorrectionPeriodAgreed, "2025-10-07 10:00", correct_by=day("2025-10-06"))) == (
        *("FactHadNoEffect", Rule.DNB_9_2),
        "2025-10-06 has passed already",
    )
    step(story, facts.CorrectionPeriodAgreed, "2025-10-07 10:00", correct_by=day("2025-10-07"))
    assert dispute(story).clock.lapses_at == moment("2025-10-08")


def test_without_an_agreement_fifteen_days_are_proposed() -> None:
    """Fifteen days from 3 October end on Saturday the 18th, and so on Monday the 20th (GEN-2)."""
    story = reported()
    step(story, facts.DefectEstablished, "2025-10-02", in_scope=True)
    answer = step(story, facts.CorrectionPeriodNotAgreed, "2025-10-03 10:00")
    assert told(answer) == [("CorrectionPeriodStarted", "DNB-9.2")]
    started = answer[-1].data
    assert isinstance(started, events.CorrectionPeriodStarted)
    assert (started.agreed, started.due.last_day, len(started.due.skipped)) == (False, day("2025-10-20"), 2)
    assert nothing(step(story, facts.CorrectionPeriodNotAgreed, "2025-10-04"))[2].endswith("or a period is set")


def test_a_period_needs_an_established_error() -> None:
    story = reported()
    agreed = step(story, facts.CorrectionPeriodAgreed, "2025-10-02", correct_by=day("2025-10-20"))
    for answer in (agreed, step(story, facts.CorrectionPeriodNotAgreed, "2025-10-03")):
        assert nothing(answer)[:2] == ("FactHadNoEffect", Rule.DNB_9_2)


@pytest.mark.parametrize("beginning", [correcting, overdue])
def test_a_period_agreed_on_later_takes_the_place_of_the_first(beginning: Any) -> None:
    story = beginning()
    without = nothing(step(story, facts.CorrectionPeriodAgreed, "2025-10-21 12:00", correct_by=day("2025-11-05")))
    assert without[1] is Rule.DNB_9_2
    step(story, facts.CorrectionPeriodAgreed, "2025-10-22", correct_by=day("2025-11-05"), document=HASH)
    assert isinstance(dispute(story), Correcting)
    assert (dispute(story).clock.last_day, dispute(story).breached) == (day("2025-11-05"), False)


def test_a_corrected_calendar_moves_the_proposed_period() -> None:
    story = confirmed()
    step(story, facts.CorrectionPeriodNotAgreed, "2025-10-06 10:00")
    assert dispute(story).clock.last_day == day("2025-10-21")
    correction = facts.CalendarCorrected(version="RS/2", days_off=(day("2025-10-21"),))
    story.scheme_fact(correction, "2025-10-15")
    assert dispute(story).clock.last_day == day("2025-10-22")
    assert story.until("2025-10-22 23:59") == []
    assert told(story.until("2025-10-23"))[:1] == [("IssuerObligationBreached", "DNB-9.3")]


# --- correction (DNB-9.5) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("beginning", [reported, confirmed, correcting, overdue])
def test_a_correction_closes_the_dispute_at_any_step(beginning: Any) -> None:
    story = beginning()
    story.until("2025-10-21")
    answer = step(story, facts.CorrectionIssued, "2025-10-25", document=OTHER)
    assert told(answer) == [("CertificateCorrected", "DNB-9.5")]
    assert (dispute(story).closed, dispute(story).clock, dispute(story).breached) == (True, None, False)
    assert (open_tasks(story), story.until("2026-04-01")) == ([], [])
    assert story.status("2026-04-01") == "valid"


def test_each_correction_of_a_certificate_is_one_revision_on() -> None:
    story = correcting()
    step(story, facts.CorrectionIssued, "2025-10-15", document=OTHER)
    step(story, facts.DefectReported, "2025-10-16", description="the date is wrong", dispute="D-2")
    answer = step(story, facts.CorrectionIssued, "2025-10-17", document=HASH, dispute="D-2")
    assert answer[-1].data == events.CertificateCorrected(dispute="D-2", document=HASH, revision=2)
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-10-18")
    step(story, facts.DefectReported, "2025-10-18", description="the date is wrong", dispute="D-3", order="N-2")
    answer = step(story, facts.CorrectionIssued, "2025-10-19", document=HASH, dispute="D-3", order="N-2")
    assert answer[-1].data == events.CertificateCorrected(dispute="D-3", document=HASH, revision=1)


def test_a_second_correction_in_one_dispute_achieves_nothing() -> None:
    story = correcting()
    step(story, facts.CorrectionIssued, "2025-10-15", document=OTHER)
    assert nothing(step(story, facts.CorrectionIssued, "2025-10-16", document=HASH))[:2] == (
        *("FactHadNoEffect", Rule.DNB_9_5),
    )


def test_a_correction_issued_in_time_and_learned_late_takes_the_breach_back() -> None:
    story = overdue()
    answer = step(story, facts.CorrectionIssued, "2025-10-20 23:59", "2025-10-25", document=OTHER)
    assert [e.name for e in answer[1:]] == ["DecisionAnnulled", "DecisionAnnulled", "CertificateCorrected"]
    assert dispute(story).closed


def test_a_correction_learned_late_puts_the_revisions_in_their_order() -> None:
    story = correcting()
    step(story, facts.DefectReported, "2025-10-08", description="the date is wrong", dispute="D-2")
    step(story, facts.CorrectionIssued, "2025-10-15", document=OTHER, dispute="D-2")
    step(story, facts.CorrectionIssued, "2025-10-14", "2025-10-16", document=HASH)
    assert (dispute(story).revision, dispute(story, "dispute D-2").revision) == (1, 2)


def test_a_retracted_defect_was_never_disputed() -> None:
    story = holder()
    step(story, facts.DefectReported, "2025-10-01", name="wrong", description="the date is wrong")
    story.retracted("wrong", "2025-10-05")
    assert "dispute D-1" not in story.dossier.matters
    assert open_tasks(story) == []


# --- objection to a loss -----------------------------------------------------------------------------------------


def test_an_objection_stays_nothing_while_it_is_open() -> None:
    story = objected()
    assert told([e.event for e in story.entries][-2:]) == [("DisputeOpened", "DNB-13.2"), ("TaskOpened", "DNB-13.2")]
    assert open_tasks(story) == ["confirm-loss", "decide-objection"]
    assert story.status("2025-10-04") == "revoked"


def test_one_person_does_not_decide_on_an_objection() -> None:
    story = objected()
    assert nothing(decided(story, "rejected", approved_by="ana")) == (
        *("FactHadNoEffect", Rule.GEN_8),
        "two different people are needed",
    )
    assert not dispute(story).closed


def test_a_rejected_objection_is_over() -> None:
    story = objected()
    assert told(decided(story, "rejected")) == [("DisputeClosed", "DNB-13.2")]
    assert (dispute(story).ending, open_tasks(story)) == (DisputeEnding.REJECTED, ["confirm-loss"])
    assert nothing(decided(story, "annulled"))[2] == "no objection is open in it"


def test_a_loss_found_wrong_is_annulled_by_the_retraction_and_the_objection_remains() -> None:
    story = objected()
    assert told(decided(story, "annulled")) == [("DisputeClosed", "GEN-10"), ("TaskOpened", "GEN-10")]
    assert (open_tasks(story), story.status("2025-10-04")) == (["confirm-loss", "retract"], "revoked")
    story.retracted("block-B-1", "2025-10-05")
    assert (story.status("2025-10-02"), open_tasks(story)) == ("valid", [])
    assert dispute(story).ending is DisputeEnding.ANNULLED


def test_a_loss_forgiven_still_takes_its_own_signatures() -> None:
    story = objected().unblocked("2025-10-03")
    assert told(decided(story, "reinstated")) == [("DisputeClosed", "DNB-6.14"), ("TaskOpened", "DNB-6.14")]
    assert (open_tasks(story), story.status("2025-10-04")) == (["confirm-loss", "reinstate"], "revoked")
    story.fact(facts.ReinstatementRequested(order="N-1"), "2025-10-04 10:00")
    decision = {"granted": True, "decided_by": "ana", "approved_by": "bo", "agreement": HASH}
    story.fact(facts.ReinstatementDecided.model_validate({"order": "N-1", **decision}), "2025-10-05")
    assert (story.status("2025-10-05"), open_tasks(story)) == ("valid", [])


# --- settlement and court (DNB-13.2) -----------------------------------------------------------------------------


def test_thirty_days_after_an_attempt_staff_are_reminded_of_the_court() -> None:
    """Thirty days from 10 October 2025 end on Sunday, 9 November, and so on Monday the 10th (GEN-2)."""
    story = attempted()
    tried = dispute(story, "settlement D-1")
    assert (tried.clock.rule, tried.clock.last_day) == (Rule.DNB_13_2, day("2025-11-10"))
    assert story.until("2025-11-10 23:59") == []
    assert told(story.until("2025-11-11")) == [("TaskOpened", "DNB-13.2")]
    assert open_tasks(story) == ["agree-correction", "go-to-court"]
    assert isinstance(dispute(story, "settlement D-1"), Settlement)
    assert story.until("2026-03-01") == []


def test_how_long_an_attempt_may_take_is_a_reading() -> None:
    story = attempted(amicable_days=60)
    assert dispute(story, "settlement D-1").clock.last_day == day("2025-12-09")


def test_a_court_needs_an_attempt_before() -> None:
    story = confirmed()
    assert nothing(step(story, facts.CourtSeized, "2025-10-09")) == (
        *("CourtStepRefused", Rule.DNB_13_2),
        "no attempt to settle it amicably is on record",
    )
    step(story, facts.AmicableAttemptMade, "2025-10-10")
    answer = step(story, facts.CourtSeized, "2025-10-11")
    assert answer[-1].data == events.DisputeBroughtToCourt(dispute="D-1", court="Belgrade")
    assert isinstance(dispute(story, "settlement D-1"), InCourt)
    assert story.until("2026-03-01") == []
    assert nothing(step(story, facts.CourtSeized, "2026-03-02"))[:2] == ("FactHadNoEffect", Rule.DNB_13_2)


def test_an_attempt_learned_late_opens_the_way_to_court() -> None:
    story = confirmed()
    step(story, facts.CourtSeized, "2025-10-09")
    answer = step(story, facts.AmicableAttemptMade, "2025-10-08", "2025-10-10")
    assert [e.name for e in answer[1:]] == ["DecisionAnnulled", "SettlementPeriodStarted", "DisputeBroughtToCourt"]


def test_nobody_goes_to_court_over_an_unknown_dispute_or_settles_it() -> None:
    story = holder()
    reason = "no dispute D-1 over this certificate was opened"
    assert nothing(step(story, facts.CourtSeized, "2025-10-01")) == ("CourtStepRefused", Rule.DNB_13_2, reason)
    for kind in (facts.AmicableAttemptMade, facts.SettlementReached):
        assert nothing(step(story, kind, "2025-10-02", document=HASH)) == ("FactHadNoEffect", Rule.DNB_13_2, reason)


def test_the_days_run_from_the_first_attempt() -> None:
    story = attempted()
    assert nothing(step(story, facts.AmicableAttemptMade, "2025-10-20"))[:2] == ("FactHadNoEffect", Rule.DNB_13_2)
    assert dispute(story, "settlement D-1").clock.last_day == day("2025-11-10")


@pytest.mark.parametrize("way", ["at once", "after an attempt", "in court", "corrected before"])
def test_a_settlement_ends_the_dispute_wherever_it_stands(way: str) -> None:
    story = correcting()
    if way == "corrected before":
        step(story, facts.CorrectionIssued, "2025-10-09", document=HASH)
    if way in {"after an attempt", "in court"}:
        step(story, facts.AmicableAttemptMade, "2025-10-10")
    if way == "in court":
        step(story, facts.CourtSeized, "2025-10-11")
    assert told(step(story, facts.SettlementReached, "2025-10-12", document=HASH)) == [("DisputeClosed", "DNB-13.2")]
    assert dispute(story).ending is DisputeEnding.SETTLED
    assert dispute(story).revision == (1 if way == "corrected before" else None)
    assert (lines(story.dossier), story.until("2026-03-01")) == ((), [])
    assert nothing(step(story, facts.SettlementReached, "2026-03-02", document=HASH))[0] == "FactHadNoEffect"
    assert nothing(step(story, facts.AmicableAttemptMade, "2026-03-03"))[0] == "FactHadNoEffect"
    assert nothing(step(story, facts.CourtSeized, "2026-03-04")) == (
        *("CourtStepRefused", Rule.DNB_13_2),
        "it is settled amicably",
    )


def test_a_dispute_that_one_side_closed_may_still_be_settled_amicably_or_in_court() -> None:
    story = reported()
    step(story, facts.DefectEstablished, "2025-10-06", in_scope=False)
    step(story, facts.AmicableAttemptMade, "2025-10-10")
    story.until("2025-11-11")
    assert [line.state for line in lines(story.dossier)] == ["settlement", "go-to-court"]
    assert told(step(story, facts.CourtSeized, "2025-11-12")) == [("DisputeBroughtToCourt", "DNB-13.2")]
    assert [line.state for line in lines(story.dossier)] == ["incourt"]


# --- the court's decision (DNB-13.2) -----------------------------------------------------------------------------


def decided_in_court(story: Story, outcome: str, at: str = "2026-02-02", learned: str | None = None) -> list[Event]:
    return step(story, facts.CourtDecided, at, learned, outcome=facts.CourtOutcome(outcome), document=HASH)


def in_court(story: Story) -> Story:
    """An amicable attempt of 10 October, and the court on the 20th."""
    step(story, facts.AmicableAttemptMade, "2025-10-10")
    step(story, facts.CourtSeized, "2025-10-20")
    return story


@pytest.mark.parametrize(
    ("outcome", "task"), [("holder", ["retract"]), ("in_part", ["reinstate"]), ("issuer", [])], ids=str
)
@pytest.mark.parametrize("before", ["undecided", "rejected"])
def test_a_court_that_decides_on_an_objection_leads_to_what_the_objection_would(
    before: str, outcome: str, task: list[str]
) -> None:
    story = objected()
    if before == "rejected":
        decided(story, "rejected")
    in_court(story)
    answer = decided_in_court(story, outcome)
    assert told(answer)[0] == ("DisputeDecidedByCourt", "DNB-13.2")
    assert (dispute(story).verdict, dispute(story).loss) == (facts.CourtOutcome(outcome), "B-1")
    assert (dispute(story).closed, dispute(story, "settlement D-1").closed) == (True, True)
    of_the_loss = {"see-removal", "confirm-loss"}  # whoever objects to it
    asked = [line for line in lines(story.dossier) if line.kind == "task" and line.state not in of_the_loss]
    assert [line.key for line in asked] == [f"task {name} B-1 N-1" for name in task]


@pytest.mark.parametrize(("outcome", "asked"), [("holder", True), ("in_part", True), ("issuer", False)])
def test_what_a_holder_wins_of_a_defect_is_for_people_to_carry_out(outcome: str, *, asked: bool) -> None:
    story = in_court(correcting())
    decided_in_court(story, outcome, "2025-10-20 12:00")
    assert open_tasks(story) == (["carry-out-decision"] if asked else [])
    assert story.until("2026-03-01") == []  # no correction is overdue any more


def test_a_court_decides_only_what_it_has_and_once() -> None:
    story = correcting()
    unknown = step(
        story, facts.CourtDecided, "2025-10-08", dispute="D-2", outcome=facts.CourtOutcome.HOLDER, document=HASH
    )
    assert nothing(unknown)[2] == "no dispute D-2 over this certificate was opened"
    assert nothing(decided_in_court(story, "holder", "2025-10-08"))[2] == "no court has it"
    step(story, facts.AmicableAttemptMade, "2025-10-10")
    assert nothing(decided_in_court(story, "holder", "2025-10-11"))[2] == "no court has it"
    step(story, facts.CourtSeized, "2025-10-12")
    decided_in_court(story, "issuer")
    for again in (
        decided_in_court(story, "holder", "2026-02-03"),
        step(story, facts.SettlementReached, "2026-02-04", document=HASH),
        step(story, facts.AmicableAttemptMade, "2026-02-05"),
    ):
        assert nothing(again) == ("FactHadNoEffect", Rule.DNB_13_2, "a court has decided it")
    assert nothing(step(story, facts.CourtSeized, "2026-02-06"))[::2] == ("CourtStepRefused", "a court has decided it")
    assert nothing(step(story, facts.DefectEstablished, "2026-02-07", in_scope=True))[0] == "FactHadNoEffect"


def test_a_court_keeps_the_number_of_a_correction() -> None:
    story = correcting()
    step(story, facts.CorrectionIssued, "2025-10-09", document=HASH)
    decided_in_court(in_court(story), "issuer")
    assert (dispute(story).verdict, dispute(story).revision) == (facts.CourtOutcome.ISSUER, 1)


def test_a_settlement_that_is_learned_after_the_decision_and_came_before_it_counts() -> None:
    story = in_court(correcting())
    decided_in_court(story, "holder")
    step(story, facts.SettlementReached, "2026-02-01", "2026-02-03", document=HASH)
    assert (dispute(story).ending, dispute(story).verdict) == (DisputeEnding.SETTLED, None)
    assert lines(story.dossier) == ()


# --- what may be done, and what can't be -------------------------------------------------------------------------


def shown(story: Story, key: str = "dispute D-1") -> dict[str, bool]:
    return {m.fact.__name__: m.allowed for m in moves(story.dossier, key, moment("2025-10-22"), "ana")}


def test_a_dispute_shows_which_acts_the_rules_allow_now() -> None:
    allowed = {name for name, may in shown(overdue()).items() if may}
    assert allowed >= {"ContractWithdrawalDeclared", "CorrectionIssued", "AmicableAttemptMade"}
    assert "ContractWithdrawalDeclared" not in shown(confirmed())
    assert shown(overdue())["CourtSeized"] is False


_ANY = ("AmicableAttemptMade", "SettlementReached", "CourtSeized", "CourtDecided")
_OF_A_DEFECT = ("DefectEstablished", "CorrectionPeriodAgreed", "CorrectionPeriodNotAgreed", "CorrectionIssued")


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("question", {"ClarificationGiven"}),
        ("defect", set(_OF_A_DEFECT)),
        ("objection", {"ObjectionDecided"}),
        ("objection that is over", {"ObjectionDecided"}),
    ],
)
def test_a_dispute_offers_what_its_kind_can_meet_whether_allowed_or_not(kind: str, own: set[str]) -> None:
    story = reported() if kind == "defect" else objected() if kind != "question" else holder()
    if kind == "question":
        step(story, facts.ClarificationRequested, "2025-10-01", description="why AA?")
    if kind == "objection that is over":
        decided(story, "rejected")
    assert set(shown(story)) == {*own, *_ANY}


def test_an_attempt_to_settle_offers_a_settlement_and_the_court() -> None:
    assert shown(attempted(), "settlement D-1") == {"SettlementReached": True, "CourtSeized": True}
    story = in_court(confirmed())
    offered = {"SettlementReached": True, "CourtDecided": True, "CourtSeized": False}
    assert shown(story, "settlement D-1") == offered


def test_a_step_is_about_a_dispute_of_its_kind_only() -> None:
    assert nothing(step(objected(), facts.DefectEstablished, "2025-10-04", in_scope=True))[2] == (
        "no dispute D-1 over a defect of this certificate was opened"
    )
    assert nothing(decided(reported(), "rejected"))[2] == (
        "no dispute D-1 over an objection to a loss of this certificate was opened"
    )


def test_a_step_of_a_dispute_that_was_never_opened_is_a_fault_in_the_stream() -> None:
    closed = Event(
        stream="EX-00000001/N-1",
        effective_at=moment("2025-10-01"),
        recorded_at=moment("2025-10-01"),
        data=events.DefectConfirmed(dispute="D-9"),
    )
    with pytest.raises(ValueError, match="no dispute D-9 to go on with"):
        evolve({}, closed)


def test_a_task_about_a_certificate_that_fell_away_is_settled() -> None:
    story = objected()
    decided(story, "annulled")
    task = next(m for m in story.dossier.matters.values() if isinstance(m, tasks.Task) and m.task == "retract")
    assert not tasks.settled(story.dossier, task)
    assert tasks.settled(story.dossier._replace(certificates={}), task)


# --- any order of arrival ----------------------------------------------------------------------------------------


def disputes(life: Life) -> dict[str, Dispute]:
    return {key: matter for key, matter in life.dossier.matters.items() if isinstance(matter, Dispute)}


@CHECKED
@given(lives(only=(disputed, disputed, blocked)), schemes, st.randoms(use_true_random=False))
def test_any_order_of_arrival_leads_every_dispute_to_the_same_end(
    told_of: list[Event], scheme: Scheme, chance: Random
) -> None:
    """But for a withdrawal, which stands when it was accepted once."""
    alike = [e for e in told_of if not isinstance(e.data, facts.ContractWithdrawalDeclared)]
    shuffled = list(alike)
    chance.shuffle(shuffled)
    assert disputes(live_through(shuffled, scheme)) == disputes(live_through(alike, scheme))
