"""The licence to use the mark: granted with the contract, lost on grounds, given back by two people only."""

from datetime import timedelta
from typing import Any

import pytest

from domain import facts
from domain.events import Event, ReinstatementRefused, TaskOpened
from domain.facts import Excellence, Insolvency, Violation
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from tests.story import HASH, Story, moment

GIVEN_BACK = [("MarkLicenceReinstated", "DNB-6.14"), ("MarkRemovalLifted", "DNB-6.14")]


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025 for class AA of 2024."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def requested(story: Story, at: str) -> Story:
    story.fact(facts.ReinstatementRequested(order="N-1"), at)
    return story


def decided(story: Story, at: str, **changes: Any) -> list[Event]:
    """Two people decide on giving the licence back."""
    data = {"order": "N-1", "granted": True, "decided_by": "ana", "approved_by": "iva", "agreement": HASH, **changes}
    return story.fact(facts.ReinstatementDecided(**data), at)


def refusal(answer: list[Event]) -> tuple[Rule | None, str]:
    assert isinstance(answer[-1].data, ReinstatementRefused)
    return answer[-1].rule, answer[-1].data.reason


def test_the_licence_comes_with_the_contract() -> None:
    story = holder()
    granted = story.last("MarkLicenceGranted")
    assert (granted.rule, granted.effective_at) == (Rule.DNB_6_1, moment("2025-06-30"))


# --- blockade (DNB-6.14, X-4, X-16) ------------------------------------------------------------------------------


def test_a_blockade_takes_the_licence_from_its_first_day_and_the_contract_goes_on() -> None:
    story = holder()
    answer = story.fact(facts.AccountBlocked(blockade="B-1"), "2025-09-01")
    assert told(answer) == [
        ("AccountBlocked", None),
        ("MarkLicenceLost", "DNB-6.14"),
        ("RemovalClockStarted", "DNB-6.17"),
        ("TaskOpened", "GEN-8"),
    ]
    assert story.tasks() == ["confirm-loss"]
    assert story.status("2025-08-31 23:59") == "valid"
    shown = story.shows("2025-09-01")
    assert shown is not None
    assert (shown.status.value, shown.clause, shown.attained) == ("revoked", "6", Excellence.AA)
    story.noticed("2026-04-20").until("2026-06-30")
    assert "ContractExpired" not in story.names()


def test_a_blockade_of_one_day_is_enough_and_its_end_revives_nothing() -> None:
    story = holder().blocked("2025-09-01")
    answer = story.fact(facts.AccountUnblocked(blockade="B-1"), "2025-09-01")
    assert told(answer)[1:] == [("LossGroundClosed", "DNB-6.14")]
    assert story.status("2025-09-02") == "revoked"
    assert story.status("2026-06-30") == "revoked"


def test_a_blockade_learned_late_takes_the_licence_from_its_own_day() -> None:
    story = holder()
    story.until("2025-12-01")
    story.blocked("2025-09-01", "2025-12-01")
    assert (story.status("2025-08-31"), story.status("2025-09-01")) == ("valid", "revoked")
    lost = story.last("MarkLicenceLost")
    assert (lost.effective_at, lost.recorded_at) == (moment("2025-09-01"), moment("2025-12-01"))


def test_the_end_of_another_blockade_closes_no_ground() -> None:
    story = holder().blocked("2025-09-01")
    answer = story.fact(facts.AccountUnblocked(blockade="B-2"), "2025-09-02")
    assert told(answer) == [("AccountUnblocked", None)]
    story.unblocked("2025-09-03")
    assert told(story.fact(facts.AccountUnblocked(blockade="B-1"), "2025-09-04")) == [("AccountUnblocked", None)]


def test_a_company_without_a_licence_has_none_to_lose() -> None:
    story = Story().registered().assessed({2024: "AA"})
    story.fact(facts.OfferMade(order="N-1"), "2025-06-01")
    assert told(story.fact(facts.AccountBlocked(blockade="B-1"), "2025-06-02")) == [("AccountBlocked", None)]


def test_every_licence_of_the_company_is_lost() -> None:
    story = holder()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-07-01")
    assert len(story.blocked("2025-09-01").told("MarkLicenceLost")) == 2


# --- several grounds ---------------------------------------------------------------------------------------------


def test_overlapping_grounds_are_kept_apart_and_a_retraction_takes_away_its_own_alone() -> None:
    story = holder().blocked("2025-09-01", blockade="B-1").blocked("2025-09-10", blockade="B-2")
    story.retracted("block-B-1", "2025-10-01")
    assert (story.status("2025-09-09"), story.status("2025-09-10")) == ("valid", "revoked")
    story.retracted("block-B-2", "2025-10-02")
    assert story.status("2025-09-10") == "valid"


def test_a_blockade_and_an_insolvency_overlap_without_harm() -> None:
    story = holder().blocked("2025-09-01")
    story.fact(facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-09-10")
    story.unblocked("2025-09-20")
    requested(story, "2025-10-01")
    assert refusal(decided(story, "2025-10-02")) == (Rule.DNB_6_14, "a ground is still open: P-1")
    story.fact(facts.InsolvencyClosed(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-10-03")
    assert told(decided(story, "2025-10-04"))[-2:] == GIVEN_BACK
    assert (story.status("2025-10-03"), story.status("2025-10-04")) == ("revoked", "valid")
    assert story.status("2025-09-05") == "revoked"


def test_after_a_retraction_a_later_end_of_that_blockade_means_nothing() -> None:
    story = holder().blocked("2025-09-01")
    story.retracted("block-B-1", "2025-09-05")
    story.unblocked("2025-09-06")
    assert story.status("2025-09-06") == "valid"


def test_a_retraction_that_is_retracted_brings_the_loss_back() -> None:
    story = holder().blocked("2025-09-01")
    story.fact(facts.FactRetracted(fact="block-B-1"), "2025-09-05", name="wrong")
    assert story.status("2025-09-02") == "valid"
    story.retracted("wrong", "2025-09-08")
    assert story.status("2025-09-02") == "revoked"


def test_a_second_loss_after_a_reinstatement_needs_a_reinstatement_of_its_own() -> None:
    story = holder().blocked("2025-09-01").unblocked("2025-09-03")
    decided(requested(story, "2025-09-04"), "2025-09-05")
    story.blocked("2025-10-01", blockade="B-2").unblocked("2025-10-03", blockade="B-2")
    assert refusal(decided(story, "2025-10-05")) == (Rule.DNB_6_14, "the holder has not asked for it")
    decided(requested(story, "2025-10-06"), "2025-10-07")
    assert [story.status(f"2025-{day}") for day in ("09-04", "09-05", "10-02", "10-06", "10-07")] == [
        *("revoked", "valid", "revoked", "revoked", "valid"),
    ]


# --- reinstatement (DNB-6.14) ------------------------------------------------------------------------------------


def lost() -> Story:
    return requested(holder().blocked("2025-09-01").unblocked("2025-09-03"), "2025-09-04")


def test_two_people_give_the_licence_back_from_then_on() -> None:
    story = lost()
    assert told(decided(story, "2025-09-05"))[-2:] == GIVEN_BACK
    assert (story.status("2025-09-04 23:59"), story.status("2025-09-05")) == ("revoked", "valid")


@pytest.mark.parametrize(
    ("changes", "rule", "why"),
    [
        ({"approved_by": "ana"}, Rule.GEN_8, "two different people are needed"),
        ({"agreement": None}, Rule.DNB_6_14, "a written agreement is needed"),
    ],
)
def test_a_reinstatement_needs_two_people_and_a_written_agreement(
    changes: dict[str, Any], rule: Rule, why: str
) -> None:
    story = lost()
    assert refusal(decided(story, "2025-09-05", **changes)) == (rule, why)
    assert story.status("2025-09-05") == "revoked"


def test_a_reinstatement_needs_a_request_and_a_loss() -> None:
    story = holder().blocked("2025-09-01").unblocked("2025-09-03")
    assert refusal(decided(story, "2025-09-05")) == (Rule.DNB_6_14, "the holder has not asked for it")
    assert refusal(decided(requested(holder(), "2025-09-04"), "2025-09-05")) == (
        Rule.DNB_6_14,
        "the licence is not lost",
    )


def test_a_decision_against_the_holder_changes_nothing() -> None:
    story = lost()
    assert told(decided(story, "2025-09-04 12:00", granted=False)) == [("ReinstatementDecided", None)]
    assert story.status("2025-09-05") == "revoked"


def test_a_licence_taken_away_for_good_is_never_given_back() -> None:
    story = holder()
    _reported(story, "C-1", "2025-07-31")
    story.fact(facts.CessationVerified(case="C-1"), "2025-07-31")
    _reported(story, "C-2", "2025-08-01")
    story.fact(facts.ViolationVerified(case="C-2"), "2025-08-01")
    story.fact(facts.PermanentWithdrawalProposed(case="C-2", proposed_by="ana"), "2025-08-02")
    story.fact(facts.PermanentWithdrawalApproved(case="C-2", approved_by="iva"), "2025-08-02")
    requested(story.blocked("2025-09-01").unblocked("2025-09-03"), "2025-09-04")
    assert refusal(decided(story, "2025-09-05")) == (Rule.DNB_7_5, "the licence was taken away for good")


def test_a_reinstatement_does_not_lift_a_suspension_whose_clock_still_runs() -> None:
    story = holder()
    _suspended(story, "2025-08-01")
    requested(story.blocked("2025-08-10").unblocked("2025-08-12"), "2025-08-13")
    decided(story, "2025-08-14")
    assert (story.status("2025-08-13"), story.status("2025-08-14")) == ("revoked", "suspended")
    story.fact(facts.CessationVerified(case="C-1"), "2025-08-15")
    assert story.status("2025-08-15") == "valid"


def test_a_licence_suspended_beyond_the_seven_days_comes_back_by_two_people_and_the_case_is_closed() -> None:
    story = holder()
    _suspended(story, "2025-08-01")
    story.fact(facts.SecondDemandDelivered(case="C-1"), "2025-08-04")
    story.until("2025-08-14")
    requested(story, "2025-08-20")
    assert told(decided(story, "2025-08-21"))[1:] == [
        ("MarkLicenceReinstated", "DNB-6.14"),
        ("MarkLicenceRestored", "DNB-7.4"),
        ("ViolationCeased", "DNB-7.4"),
    ]
    assert (story.status("2025-08-20"), story.status("2025-08-21")) == ("suspended", "valid")
    assert refusal(decided(requested(story, "2025-08-22"), "2025-08-23"))[1] == "the licence is not lost"


def test_what_was_asked_before_a_suspension_asks_for_nothing_after_it() -> None:
    story = requested(holder(), "2025-07-31")
    _suspended(story, "2025-08-01")
    story.fact(facts.SecondDemandDelivered(case="C-1"), "2025-08-04")
    story.until("2025-08-14")
    assert refusal(decided(story, "2025-08-21")) == (Rule.DNB_6_14, "the holder has not asked for it")


def test_a_refusal_answers_the_request_and_a_fault_in_a_grant_does_not() -> None:
    story = lost()
    decided(story, "2025-09-05", agreement=None)
    assert story.certificate.reinstatement_requested
    decided(story, "2025-09-06", granted=False)
    assert refusal(decided(story, "2025-09-07")) == (Rule.DNB_6_14, "the holder has not asked for it")
    assert told(decided(requested(story, "2025-09-08"), "2025-09-09"))[1][0] == "MarkLicenceReinstated"


def test_a_suspension_alone_is_no_loss_that_two_people_could_give_back() -> None:
    story = holder()
    _suspended(story, "2025-08-01")
    assert refusal(decided(requested(story, "2025-08-06"), "2025-08-07"))[1] == "the licence is not lost"


# --- insolvency (DNB-6.13) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in Insolvency if kind is not Insolvency.LIQUIDATION])
def test_the_opening_of_a_proceeding_takes_the_licence(kind: Insolvency) -> None:
    story = holder()
    assert told(story.fact(facts.ProceedingRequested(kind=kind, proceeding="P-1"), "2025-08-01"))[1:] == []
    answer = story.fact(facts.InsolvencyOpened(kind=kind, proceeding="P-1"), "2025-09-01")
    assert told(answer)[1:] == [
        ("MarkLicenceLost", "DNB-6.13"),
        ("MarkRemovalOwed", "DNB-6.17"),
        ("TaskOpened", "GEN-8"),
    ]
    assert story.tasks() == ["confirm-loss"]
    assert story.status("2025-08-31") == "valid"
    answer = story.fact(facts.InsolvencyClosed(kind=kind, proceeding="P-1"), "2025-10-01")
    assert told(answer)[1:] == [("LossGroundClosed", "DNB-6.13")]
    assert story.status("2025-10-01") == "revoked"


def test_a_request_takes_it_already_where_the_policy_counts_from_it() -> None:
    story = holder(insolvency_from="request")
    story.fact(facts.ProceedingRequested(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-08-01")
    assert story.status("2025-08-01") == "revoked"
    answer = story.fact(facts.ProceedingDismissed(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-09-01")
    assert told(answer)[1:] == [("LossGroundClosed", "DNB-6.13")]
    assert story.status("2025-09-01") == "revoked"


def test_a_requested_liquidation_takes_nothing_under_either_reading() -> None:
    for reading in ("opening", "request"):
        story = holder(insolvency_from=reading)
        story.fact(facts.ProceedingRequested(kind=Insolvency.LIQUIDATION, proceeding="P-1"), "2025-08-01")
        assert story.status("2025-08-01") == "valid"


def liquidated() -> Story:
    story = holder()
    story.fact(facts.InsolvencyOpened(kind=Insolvency.LIQUIDATION, proceeding="P-1"), "2025-08-01")
    return story


def loss_decided(story: Story, **changes: Any) -> list[Event]:
    data = {"order": "N-1", "proceeding": "P-1", "lost": True, "decided_by": "ana", "approved_by": "iva", **changes}
    return story.fact(facts.LossDecided(**data), "2025-08-10")


def test_a_liquidation_is_decided_by_hand() -> None:
    story = liquidated()
    assert story.status("2025-08-01") == "valid"
    task = story.last("TaskOpened").data
    assert isinstance(task, TaskOpened)
    assert (task.task, task.about) == ("decide-loss", "P-1")
    assert told(loss_decided(story))[1:] == [("MarkLicenceLost", "DNB-6.13"), ("MarkRemovalOwed", "DNB-6.17")]
    assert (story.status("2025-08-09"), story.status("2025-08-10")) == ("valid", "revoked")


def test_two_people_may_decide_that_a_liquidation_takes_nothing() -> None:
    story = liquidated()
    assert told(loss_decided(story, lost=False))[1:] == [("MarkLicenceKept", "DNB-6.13")]
    assert story.status("2025-08-10") == "valid"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"proceeding": "P-2"}, "no liquidation P-2 is open"),
        ({"approved_by": "ana"}, "two different people are needed"),
        ({"order": "N-9"}, "there is no licence to lose"),
    ],
)
def test_a_decision_about_a_liquidation_that_has_a_fault_has_no_effect(changes: dict[str, Any], why: str) -> None:
    answer = loss_decided(liquidated(), **changes)
    assert told(answer)[1:] == [("FactHadNoEffect", "DNB-6.13")]
    assert getattr(answer[1].data, "reason", "") == why


def test_a_liquidation_that_is_closed_is_no_longer_decided() -> None:
    story = liquidated()
    story.fact(facts.InsolvencyClosed(kind=Insolvency.LIQUIDATION, proceeding="P-1"), "2025-08-09")
    assert getattr(loss_decided(story)[1].data, "reason", "") == "no liquidation P-1 is open"


def test_a_bankruptcy_is_not_decided_by_hand() -> None:
    story = holder()
    story.fact(facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-08-01")
    assert loss_decided(story)[1].name == "FactHadNoEffect"


def test_a_liquidation_of_a_company_without_a_licence_opens_no_task() -> None:
    story = Story().registered()
    story.fact(facts.OfferMade(order="N-1"), "2025-06-01")
    assert len(story.fact(facts.InsolvencyOpened(kind=Insolvency.LIQUIDATION, proceeding="P-1"), "2025-08-01")) == 1


# --- the model is no licence (M5, M7, M8), misuse is no loss (X-1) -------------------------------------------------


def test_a_lower_class_or_none_takes_no_licence() -> None:
    story = holder()
    for grade in ("A", "none"):
        data = facts.ClassAssessed(
            business_year=2024, attained=Excellence(grade), model_version="m-2", inputs_hash=HASH
        )
        assert told(story.fact(data, "2025-08-01")) == [("ClassAssessed", None)]
    assert story.status("2025-08-01") == "valid"


def test_misuse_goes_through_the_ladder_and_takes_no_licence_by_itself() -> None:
    story = holder()
    _reported(story, "C-1", "2025-08-01")
    assert story.status("2025-08-02") == "valid"


def test_misuse_takes_the_licence_at_once_where_the_policy_reads_clause_6_alone() -> None:
    story = holder(misuse_procedure="automatic_loss")
    _reported(story, "C-1", "2025-08-01")
    assert story.last("MarkLicenceLost").rule is Rule.DNB_6_15
    assert story.status("2025-08-01") == "revoked"
    story.fact(facts.CessationVerified(case="C-1"), "2025-08-10")
    assert story.status("2025-08-10") == "revoked"
    assert told(decided(requested(story, "2025-08-11"), "2025-08-12"))[-2:] == GIVEN_BACK


def test_an_outsider_has_no_licence_to_lose_under_either_reading() -> None:
    story = Story(Scheme(policy=Policy(misuse_procedure="automatic_loss"))).registered()
    _reported(story, "C-1", "2025-08-01")
    assert "MarkLicenceLost" not in story.names()


# --- a loss after the end ----------------------------------------------------------------------------------------


def test_a_loss_after_the_end_of_the_contract_shows_in_the_licence_only() -> None:
    story = holder()
    story.cancelled("2026-05-01")
    story.until("2026-07-01")
    story.blocked("2026-08-01")
    assert story.certificate.lost
    assert story.status("2026-08-01") == "cancelled-at-expiry"


def _reported(story: Story, case: str, at: str) -> None:
    story.fact(facts.MisuseReported(case=case, kind=Violation.ALTERATION, evidence=(HASH,)), at)


def _suspended(story: Story, at: str) -> None:
    """A case whose 48 hours pass in vain."""
    _reported(story, "C-1", at)
    story.fact(facts.WarningDelivered(case="C-1"), at)
    story.until(moment(at) + timedelta(hours=48))
    assert story.certificate.suspended


def test_a_blockade_that_is_lifted_closes_no_insolvency_of_the_same_reference() -> None:
    story = holder()
    story.fact(facts.AccountBlocked(blockade="X-1"), "2025-08-01")
    story.fact(facts.InsolvencyOpened(kind=facts.Insolvency.BANKRUPTCY, proceeding="X-1"), "2025-08-02")
    story.fact(facts.AccountUnblocked(blockade="X-1"), "2025-08-03")
    closed = {ground.rule: ground.closed_at is not None for ground in story.certificate.grounds}
    assert closed == {Rule.DNB_6_14: True, Rule.DNB_6_13: False}


def test_a_licence_granted_during_a_liquidation_may_be_kept_though_nobody_was_asked() -> None:
    story = Story().registered().assessed({2024: "AA"})
    story.fact(facts.InsolvencyOpened(kind=Insolvency.LIQUIDATION, proceeding="P-1"), "2025-06-01")
    story.agreed("2025-06-30")
    assert told(loss_decided(story, lost=False))[1:] == [("MarkLicenceKept", "DNB-6.13")]
    assert story.tasks() == []


def test_several_notices_of_one_liquidation_ask_for_one_decision() -> None:
    story = holder()
    for number in (1, 2):
        opened = facts.InsolvencyOpened(kind=Insolvency.LIQUIDATION, proceeding=f"P-{number}")
        story.fact(opened, f"2025-08-0{number}")
    assert [task for task in story.tasks() if task == "decide-loss"] == ["decide-loss"]
