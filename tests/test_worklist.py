"""What is open: whose turn it is, by when, and which acts the rules allow now."""

from datetime import date

import pytest

from domain import facts
from domain.matters import Waits
from domain.misuse import PROPOSE, SEE_AND_PROPOSE
from domain.moves import Move, moves
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.worklist import Line, lines, of_case
from tests.story import HASH, Story, moment


def holder() -> Story:
    return Story().registered().assessed({2024: "AAA"}).agreed("2025-06-01").noticed("2026-03-01")


def reported() -> Story:
    story = holder()
    story.fact(facts.MisuseReported(case="M-1", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-03-20")
    return story


def warned() -> Story:
    story = reported()
    story.fact(facts.WarningDelivered(case="M-1"), "2026-03-28 10:00")
    return story


def suspended() -> Story:
    story = warned()
    story.until("2026-03-30 11:00")
    return story


def demanded() -> Story:
    story = suspended()
    story.fact(facts.SecondDemandDelivered(case="M-1"), "2026-04-07 10:00")
    return story


def case(story: Story) -> Line:
    return next(line for line in lines(story.dossier) if line.key == "case M-1")


def tasks(story: Story) -> list[str]:
    return [line.state for line in lines(story.dossier) if line.kind == "task"]


def tried(story: Story, at: str, key: str = "case M-1", actor: str = "ana") -> dict[str, Move]:
    return {move.fact.__name__: move for move in moves(story.dossier, key, moment(at), actor)}


def test_a_case_waits_for_the_issuer_the_proof_of_delivery_and_the_holder_in_turn() -> None:
    story = reported()
    assert (case(story).waits_for, case(story).what, case(story).due_at) == (
        Waits.ISSUER,
        "warn, or dismiss the case",
        None,
    )
    story.fact(facts.WarningServed(case="M-1"), "2026-03-27")
    assert case(story).waits_for is Waits.DELIVERY_PROOF
    story.fact(facts.WarningDelivered(case="M-1"), "2026-03-28 10:00")
    assert (case(story).waits_for, case(story).due_at) == (Waits.HOLDER, moment("2026-03-30 11:00"))
    story.until("2026-03-30 11:00")
    assert (case(story).waits_for, case(story).what) == (Waits.ISSUER, "serve the second demand")
    story.fact(facts.SecondDemandServed(case="M-1"), "2026-04-06")
    assert case(story).waits_for is Waits.DELIVERY_PROOF
    story.fact(facts.SecondDemandDelivered(case="M-1"), "2026-04-07 10:00")
    assert (case(story).waits_for, case(story).due_at) == (Waits.HOLDER, moment("2026-04-21"))
    story.until("2026-04-21")
    assert (case(story).waits_for, case(story).what) == (Waits.ISSUER, SEE_AND_PROPOSE)
    story.fact(facts.ViolationVerified(case="M-1"), "2026-04-21")
    assert (case(story).waits_for, case(story).what) == (Waits.ISSUER, PROPOSE)
    story.fact(facts.PermanentWithdrawalProposed(case="M-1", proposed_by="ana"), "2026-04-22")
    assert case(story).waits_for is Waits.SECOND_SIGNATURE
    story.fact(facts.PermanentWithdrawalApproved(case="M-1", approved_by="boris"), "2026-04-23")
    assert "case M-1" not in [line.key for line in lines(story.dossier)]


@pytest.mark.parametrize(
    ("steps", "state", "rule"),
    [
        ([(facts.CessationVerified(case="M-1"), "2026-03-29")], "ceased", Rule.DNB_7_2),
        ([(facts.CessationVerified(case="M-1"), "2026-04-08")], "ceased", Rule.DNB_7_4),
        ([(facts.CaseDismissed(case="M-1", reason="unfounded"), "2026-03-29")], "closed", Rule.DNB_7_0),
        (
            [
                (facts.ViolationVerified(case="M-1"), "2026-04-21"),
                (facts.PermanentWithdrawalProposed(case="M-1", proposed_by="ana"), "2026-04-22"),
                (facts.PermanentWithdrawalApproved(case="M-1", approved_by="boris"), "2026-04-23"),
            ],
            *("withdrawn", Rule.DNB_7_5),
        ),
    ],
)
def test_a_closed_case_is_on_no_list_and_tells_how_it_ended(
    steps: list[tuple[facts.CaseFact, str]], state: str, rule: Rule
) -> None:
    story = warned() if rule in {Rule.DNB_7_0, Rule.DNB_7_2} else demanded()
    for fact, at in steps:
        story.fact(fact, at)
    assert "case M-1" not in [line.key for line in lines(story.dossier)]
    line = of_case(story.dossier.cases["M-1"])
    assert (line.state, line.rule, line.waits_for, line.due_at) == (state, rule, Waits.NOTHING, None)


def test_a_repetition_says_that_it_has_to_be_verified_before_it_costs_the_licence() -> None:
    story = reported()
    story.fact(facts.CessationVerified(case="M-1"), "2026-03-21")
    story.fact(facts.MisuseReported(case="M-2", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-03-22")

    def again() -> tuple[str, str | None]:
        line = next(line for line in lines(story.dossier) if line.key == "case M-2")
        return line.what, line.rule

    assert again() == (f"warn; to {PROPOSE}, verify the violation", "DNB-7.6")
    story.fact(facts.ViolationVerified(case="M-2"), "2026-03-23")
    assert again() == (f"warn, or {PROPOSE}", "DNB-7.6")


def test_a_declaration_is_the_issuers_turn_until_it_was_verified() -> None:
    story = warned()
    story.fact(facts.CessationDeclared(case="M-1"), "2026-03-29")
    assert (case(story).state, case(story).waits_for, case(story).due_at) == (
        *("declared", Waits.ISSUER),
        moment("2026-03-30 11:00"),
    )
    assert tasks(story) == ["verify"]
    story.fact(facts.CessationVerified(case="M-1"), "2026-04-01")
    assert [line.key for line in lines(story.dossier)] == []
    story = suspended()
    story.fact(facts.CessationDeclared(case="M-1"), "2026-04-01")
    assert (case(story).state, case(story).due_at) == ("declared", None)


def test_a_suspension_left_to_a_person_waits_for_the_issuer() -> None:
    story = Story(Scheme(policy=Policy(auto_suspend_on_lapse=False))).registered().assessed({2024: "AAA"})
    story.agreed("2025-06-01").noticed("2026-03-01")
    story.fact(facts.MisuseReported(case="M-1", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-03-20")
    story.fact(facts.WarningDelivered(case="M-1"), "2026-03-28 10:00")
    story.until("2026-03-30 11:00")
    assert (case(story).what, case(story).waits_for) == ("suspend the mark, or defer it", Waits.ISSUER)
    assert tasks(story) == ["suspend"]
    story.fact(facts.SuspensionDecided(case="M-1"), "2026-03-30 12:00")
    assert tasks(story) == ["second-demand"]


def test_an_infringement_by_an_outsider_stays_open_for_the_issuer() -> None:
    story = Story().registered()
    story.fact(facts.MisuseReported(case="M-1", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-03-20")
    assert (case(story).state, case(story).order, case(story).waits_for) == ("infringement", None, Waits.ISSUER)


def test_an_overdue_renewal_notice_shows_the_issuer_in_breach_until_it_is_given() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-01")
    assert lines(story.dossier) == ()
    story.until("2026-04-03")
    owed = lines(story.dossier)[0]
    assert (owed.key, owed.waits_for, owed.breached, owed.due_at) == (
        *("contract N-1", Waits.ISSUER, True),
        moment("2026-04-03"),
    )
    story.noticed("2026-04-10")
    assert lines(story.dossier) == ()


def collected(at: str, **policy: object) -> Story:
    """Data that was still awaited on the sixtieth day before the end, and came at this instant."""
    story = Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AAA"})  # type: ignore[arg-type]
    story.agreed("2025-06-01")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-02-01")
    story.fact(facts.DataCollectionClosed(business_year=2025), at)
    return story.assessed({2025: "AAA"})


def test_a_late_notice_is_owed_by_a_day_of_its_own_and_asked_for_when_that_has_passed() -> None:
    story = collected("2026-05-15 10:00")
    owed = lines(story.dossier)[0]
    assert (owed.key, owed.opened_at, owed.due_at, owed.rule, owed.breached) == (
        *("contract N-1", moment("2026-05-15 10:00"), moment("2026-05-20")),
        *(Rule.DNB_4_12, False),
    )
    assert [e.name for e in story.until("2026-05-19 23:59")] == []
    story.until("2026-05-20")
    assert tasks(story) == ["late-notice"]
    story.until("2026-05-31")
    assert story.tasks() == ["late-notice"]  # once
    story.cancelled("2026-05-31")
    assert tasks(story) == []


def test_a_late_notice_is_asked_for_while_the_renewal_is_held_for_it() -> None:
    story = collected("2026-06-01 10:00")
    story.until("2026-06-04")
    assert (tasks(story), lines(story.dossier)[0].state) == (["late-notice"], "owed")
    story.noticed("2026-06-05", late_reason=facts.LateReason.DATA_NOT_COLLECTED)
    assert lines(story.dossier) == ()


def test_a_late_notice_of_the_last_term_is_asked_for_while_its_renewal_may_be_undone() -> None:
    story = collected("2026-06-01 10:00", hold_without_notice=False)
    assert [(w.key, w.due_at) for w in lines(story.dossier)] == [("contract N-1", moment("2026-06-04"))]
    story.until("2026-06-04")
    assert tasks(story) == ["late-notice"]


def test_who_withdraws_as_of_a_day_before_the_end_is_sent_no_late_notice() -> None:
    story = collected("2026-05-15 10:00")
    amended = facts.TermsAmended(
        edition="DNB-RS/2",
        takes_effect_on=date(2026, 5, 28),
        material=True,
        decided_by="ana",
        approved_by="boris",
        document=HASH,
    )
    story.scheme_fact(amended, "2026-04-01", "2026-05-15 11:00")
    story.fact(facts.AmendmentNoticeDelivered(order="N-1", edition="DNB-RS/2"), "2026-04-20", "2026-05-15 12:00")
    leaves = {"order": "N-1", "basis": facts.WithdrawalBasis.AMENDMENT, "edition": "DNB-RS/2"}
    story.fact(facts.ContractWithdrawalDeclared.model_validate(leaves), "2026-05-18")
    story.until("2026-05-27")
    assert "late-notice" not in story.tasks()


def test_a_cancelled_or_ended_contract_owes_no_notice() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-01")
    story.cancelled("2026-03-01")
    story.until("2026-04-10")
    assert lines(story.dossier) == ()
    story.until("2026-06-10")
    assert lines(story.dossier) == ()


# --- tasks ---------------------------------------------------------------------------------------------------------


def task_fact(kind: type[facts.TaskAssigned | facts.TaskClosed], **more: object) -> facts.Fact:
    return kind.model_validate({"task": "second-demand", "regarding": "M-1", **more})


def test_a_task_is_settled_by_what_happened_since() -> None:
    story = suspended()
    assert tasks(story) == ["second-demand"]
    story.fact(facts.SecondDemandDelivered(case="M-1"), "2026-04-07 10:00")
    assert tasks(story) == []
    story.until("2026-04-21")
    assert tasks(story) == ["withdraw"]


def test_nobody_is_asked_to_warn_who_was_warned_or_whose_case_is_closed() -> None:
    steps: tuple[facts.CaseFact, ...] = (
        *(facts.WarningServed(case="M-1"), facts.WarningDelivered(case="M-1"), facts.CessationVerified(case="M-1")),
        facts.CaseDismissed(case="M-1", reason="another mark"),
    )
    for step in steps:
        story = reported()
        assert tasks(story) == ["warn"]
        story.fact(step, "2026-03-21")
        assert tasks(story) == []


def test_an_infringement_is_pursued_until_it_is_over() -> None:
    for step in (facts.InfringementEnded(case="M-1"), facts.CaseDismissed(case="M-1", reason="another mark")):
        story = Story().registered()
        story.fact(facts.MisuseReported(case="M-1", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-03-20")
        assert tasks(story) == ["pursue-infringement"]
        story.fact(step, "2026-03-21")
        assert lines(story.dossier) == ()


def test_a_task_is_taken_and_closed_by_people_and_opened_anew_by_its_next_reason() -> None:
    story = suspended()
    story.fact(task_fact(facts.TaskAssigned, to="ana"), "2026-04-01")
    assert [line.to for line in lines(story.dossier) if line.kind == "task"] == ["ana"]
    story.fact(task_fact(facts.TaskClosed, outcome=facts.TaskOutcome.DISMISSED), "2026-04-02")
    assert tasks(story) == []


def test_the_same_task_for_two_certificates_is_two_and_either_can_be_closed_alone() -> None:
    story = holder()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2026-03-02")
    story.fact(facts.CompanyDeregistered(), "2026-03-20")
    asked = {line.key for line in lines(story.dossier) if line.state == "confirm-loss"}
    assert asked == {"task confirm-loss deregistered N-1", "task confirm-loss deregistered N-2"}
    closed = {"task": "confirm-loss", "regarding": "deregistered", "outcome": facts.TaskOutcome.DONE}
    story.fact(facts.TaskClosed.model_validate({**closed, "order": "N-2"}), "2026-03-21")
    assert tasks(story).count("confirm-loss") == 1
    story.fact(facts.TaskClosed.model_validate(closed), "2026-03-22")
    assert tasks(story).count("confirm-loss") == 0


def test_a_liquidation_is_decided_for_each_certificate_whatever_the_answer() -> None:
    story = holder()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2026-03-02")
    story.fact(facts.InsolvencyOpened(kind=facts.Insolvency.LIQUIDATION, proceeding="P-1"), "2026-03-20")
    for order, lost, left in (("N-1", True, 1), ("N-2", False, 0)):
        decided = {"order": order, "proceeding": "P-1", "lost": lost, "decided_by": "ana", "approved_by": "boris"}
        story.fact(facts.LossDecided.model_validate(decided), "2026-03-21")
        assert tasks(story).count("decide-loss") == left


def test_an_invitation_to_cancel_properly_is_settled_by_a_cancellation_or_the_contracts_end() -> None:
    story = holder()
    story.fact(facts.RenewalCancelled(order="N-1", channel=facts.Channel.PHONE), "2026-03-10")
    assert "invite-cancellation" in tasks(story)
    story.until("2026-06-02")
    assert "invite-cancellation" in tasks(story)  # renewed, and not cancelled yet
    story.fact(facts.CompanyDeregistered(), "2026-07-01")
    assert "invite-cancellation" not in tasks(story)
    story = holder()
    story.fact(facts.RenewalCancelled(order="N-1", channel=facts.Channel.PHONE), "2026-03-10")
    story.cancelled("2026-03-11")
    assert "invite-cancellation" not in tasks(story)


def test_a_task_that_was_never_opened_can_neither_be_taken_nor_closed() -> None:
    story = reported()
    for fact in (
        task_fact(facts.TaskAssigned, to="ana"),
        task_fact(facts.TaskClosed, outcome=facts.TaskOutcome.DONE),
    ):
        answer = story.fact(fact, "2026-04-01")
        assert [(e.name, e.rule) for e in answer[1:]] == [("FactHadNoEffect", "GEN-8")]


def test_the_last_cessation_that_came_late_stays_a_task_until_the_mark_is_back_or_gone() -> None:
    story = demanded()
    story.until("2026-04-21")
    story.fact(facts.ViolationVerified(case="M-1"), "2026-04-21 09:00")
    story.fact(facts.CessationVerified(case="M-1"), "2026-04-22")
    assert tasks(story) == ["withdraw", "late-cessation"]
    story.fact(facts.PermanentWithdrawalProposed(case="M-1", proposed_by="ana"), "2026-04-22")
    story.fact(facts.PermanentWithdrawalApproved(case="M-1", approved_by="boris"), "2026-04-23")
    assert tasks(story) == []


# --- moves ---------------------------------------------------------------------------------------------------------


def test_each_act_is_allowed_by_a_rule_or_refused_by_one_with_the_reason() -> None:
    told = tried(reported(), "2026-03-27")
    assert [name for name, move in told.items() if move.allowed] == [
        *("EvidenceAdded", "WarningServed", "WarningDelivered"),
        *("CessationDeclared", "CessationVerified", "CessationFoundUntrue"),
        *("ViolationVerified", "CaseDismissed", "DamageClaimed"),
    ]
    assert (told["WarningDelivered"].rule, told["WarningServed"].rule) == ("DNB-7.1", None)
    refused = told["SuspensionDecided"]
    assert (refused.rule, refused.reason) == ("DNB-7.10", "no suspension before the 48 hours of a warning have passed")
    assert told["PermanentWithdrawalProposed"].rule == "DNB-7.10"


@pytest.mark.parametrize(("actor", "allowed"), [("ana", False), ("boris", True)])
def test_who_proposed_a_withdrawal_is_told_that_he_cannot_approve_it(actor: str, *, allowed: bool) -> None:
    story = demanded()
    story.until("2026-04-21")
    story.fact(facts.ViolationVerified(case="M-1"), "2026-04-21 09:00")
    story.fact(facts.PermanentWithdrawalProposed(case="M-1", proposed_by="ana"), "2026-04-22")
    move = tried(story, "2026-04-22 12:00", actor=actor)["PermanentWithdrawalApproved"]
    assert (move.allowed, move.rule) == (allowed, "DNB-7.5")


def test_what_falls_due_until_then_counts_as_fallen_due() -> None:
    story = warned()
    assert not tried(story, "2026-03-30 10:59")["SecondDemandDelivered"].allowed
    assert tried(story, "2026-03-30 11:00")["SecondDemandDelivered"].allowed
    assert tasks(story) == []  # nothing was written


def test_a_task_can_be_taken_and_closed() -> None:
    told = tried(suspended(), "2026-04-01", "task second-demand M-1 N-1")
    assert {name: move.allowed for name, move in told.items()} == {"TaskAssigned": True, "TaskClosed": True}


def test_nothing_can_be_tried_on_what_is_not_there() -> None:
    for key in ("case M-2", "task second-demand M-1 N-1"):
        with pytest.raises(KeyError):
            moves(reported().dossier, key, moment("2026-03-27"), "ana")


@pytest.mark.parametrize(("cancelled", "due"), [(False, None), (True, "2026-07-11")])
def test_what_is_online_has_a_day_to_go_only_once_the_contract_is_over(
    cancelled: bool,  # noqa: FBT001
    due: str | None,
) -> None:
    story = holder().represented("2025-06-02")
    story.fact(facts.OnlineContentPublished(order="N-1", content=facts.OnlineContent.E_SIGN), "2025-07-10")
    if cancelled:
        story.cancelled("2026-04-01", sender="ana@textil.rs")
    story.until("2026-07-01")
    (line,) = (line for line in lines(story.dossier) if line.kind == "online")
    assert line.due_at == (moment(due) if due else None)
    assert line.waits_for is Waits.NOTHING
