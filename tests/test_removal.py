"""When the right is lost every use ends at once, and the mark is to be removed within three days (DNB-6.16, 6.17)."""

from typing import Any

import pytest

from domain import facts
from domain.events import Event, TaskOpened
from domain.facts import Insolvency, LicenceThen, Violation
from domain.matters import Waits, known
from domain.outlook import items
from domain.policies import Policy
from domain.removal import Removal
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.tasks import Task, settled
from tests.story import HASH, Story, day, moment

KEY = "removal N-1"


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def did(story: Story, kind: type[facts.OrderFact], at: str, learned: str | None = None, **more: Any) -> list[Event]:
    return story.fact(kind.model_validate({"order": "N-1", **more}), at, learned)


def noticed(story: Story, at: str, learned: str | None = None) -> list[Event]:
    return did(story, facts.LossNoticeDelivered, at, learned)


def removed(story: Story, at: str, learned: str | None = None) -> list[Event]:
    return did(story, facts.MarkRemovalVerified, at, learned)


def insolvent(story: Story, at: str = "2026-04-07") -> Story:
    story.fact(facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), at)
    return story


def reinstated(story: Story, at: str) -> list[Event]:
    did(story, facts.ReinstatementRequested, at)
    given: dict[str, Any] = {"granted": True, "decided_by": "ana", "approved_by": "iva", "agreement": HASH}
    return did(story, facts.ReinstatementDecided, at, **given)


def step(story: Story, of: type[facts.CaseFact], at: str, case: str = "C-1", **more: Any) -> list[Event]:
    return story.fact(of.model_validate({"case": case, **more}), at)


def reported(story: Story, at: str, case: str = "C-1") -> list[Event]:
    return step(story, facts.MisuseReported, at, case, kind=Violation.ALTERATION, evidence=(HASH,))


def suspended(**policy: Any) -> Story:
    """Suspended on 30 March 2026; the second demand was received on Tuesday, 7 April."""
    story = holder(**policy)
    reported(story, "2026-03-27")
    step(story, facts.WarningDelivered, "2026-03-28 10:00")
    story.until("2026-03-30 11:00")
    step(story, facts.SecondDemandDelivered, "2026-04-07 10:00")
    return story


def withdrawn(story: Story, at: str, case: str = "C-1") -> list[Event]:
    step(story, facts.ViolationVerified, at, case)
    step(story, facts.PermanentWithdrawalProposed, at, case, proposed_by="ana")
    return step(story, facts.PermanentWithdrawalApproved, at, case, approved_by="iva")


def removal(story: Story) -> Removal:
    found = known(story.dossier.matters, Removal, KEY)
    assert found is not None
    return found


def until(story: Story) -> str | None:
    clock = removal(story).clock
    return str(clock.last_day) if clock else None


def reason(answer: list[Event]) -> tuple[str, Rule | None, str]:
    return answer[-1].name, answer[-1].rule, str(getattr(answer[-1].data, "reason", ""))


def unsettled(story: Story) -> list[str]:
    return [m.task for m in story.dossier.matters.values() if isinstance(m, Task) and not settled(story.dossier, m)]


# --- from when ---------------------------------------------------------------------------------------------------


def test_a_blockade_is_known_to_the_holder_and_the_three_days_run_from_it() -> None:
    story = holder().blocked("2026-04-09")
    assert told([e.event for e in story.entries])[-3:] == [
        ("MarkLicenceLost", "DNB-6.14"),
        ("RemovalClockStarted", "DNB-6.17"),
        ("TaskOpened", "GEN-8"),
    ]
    assert until(story) == "2026-04-14"  # 12 April is Easter Sunday, 13 April a holiday
    assert [(i.whose, i.what) for i in items(story.dossier) if i.about == KEY] == [
        ("holder", "the mark is to be removed from everything")
    ]


def test_any_other_loss_waits_for_the_receipt_of_its_notice() -> None:
    story = insolvent(holder())
    assert (removal(story).waits_for, until(story)) == (Waits.DELIVERY_PROOF, None)
    assert told(noticed(story, "2026-04-14 15:00"))[1:] == [("RemovalClockStarted", "DNB-6.17")]
    assert (removal(story).waits_for, until(story)) == (Waits.HOLDER, "2026-04-17")
    assert removal(story).opened_at == moment("2026-04-07")


def test_every_loss_waits_for_its_notice_where_the_policy_reads_it_so() -> None:
    story = holder(removal_from="receipt").blocked("2026-04-07")
    assert until(story) is None
    noticed(story, "2026-04-14")
    assert until(story) == "2026-04-17"


def test_the_licence_withdrawn_for_good_waits_for_its_notice() -> None:
    story = suspended()
    story.until("2026-04-21")
    assert told(withdrawn(story, "2026-04-22"))[1:] == [
        ("MarkLicenceRevoked", "DNB-7.5"),
        ("MarkRemovalOwed", "DNB-6.17"),
    ]
    noticed(story, "2026-04-23")
    assert until(story) == "2026-04-27"  # a Sunday yields to Monday


def test_misuse_that_takes_the_licence_at_once_waits_for_its_notice() -> None:
    story = holder(misuse_procedure="automatic_loss")
    assert told(reported(story, "2026-03-27"))[-2:] == [
        ("MarkLicenceLost", "DNB-6.15"),
        ("MarkRemovalOwed", "DNB-6.17"),
    ]


def test_every_certificate_of_the_company_has_its_own_removal() -> None:
    story = holder()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-07-01")
    story.blocked("2026-04-07")
    assert {"removal N-1", "removal N-2"} <= story.dossier.matters.keys()


def test_what_was_lost_under_another_system_is_not_judged() -> None:
    story = Story().registered()
    data = facts.CertificateTakenOver(
        order="N-1",
        concluded_on=day("2025-06-30"),
        term=1,
        valid_until=day("2026-06-30"),
        business_year=2024,
        attained=facts.Excellence.AA,
        licence=LicenceThen.LOST,
    )
    story.fact(data, "2026-01-10")
    assert KEY not in story.dossier.matters
    story.blocked("2026-02-02", blockade="taken-over")  # anybody may choose that name
    assert until(story) == "2026-02-05"


# --- the three days ----------------------------------------------------------------------------------------------


def test_after_the_three_days_staff_are_asked_to_look() -> None:
    story = holder().blocked("2026-04-07")
    assert story.until("2026-04-14 23:59") == []  # Friday to Monday are days off
    assert told(story.until("2026-04-15")) == [("TaskOpened", "DNB-6.17")]
    task = story.last("TaskOpened").data
    assert isinstance(task, TaskOpened)
    assert (task.task, task.about, Violation.USE_AFTER_LOSS in task.recommendation) == ("see-removal", KEY, True)
    assert (removal(story).waits_for, until(story)) == (Waits.ISSUER, None)
    assert told(removed(story, "2026-04-15"))[1:] == [("MarkRemoved", "DNB-6.17")]
    assert (removal(story).closed, unsettled(story)) == (True, ["confirm-loss"])


def test_a_mark_that_is_gone_in_time_needs_no_look() -> None:
    story = holder().blocked("2026-04-07")
    removed(story, "2026-04-08")
    assert story.until("2026-04-30") == []
    assert removal(story).closed


def test_a_mark_may_be_gone_before_the_notice_is_proved() -> None:
    story = insolvent(holder())
    removed(story, "2026-04-08")
    assert removal(story).closed
    assert reason(noticed(story, "2026-04-09"))[0] == "FactHadNoEffect"


@pytest.mark.parametrize("kind", [facts.LossNoticeDelivered, facts.MarkRemovalVerified])
def test_without_a_loss_neither_notice_nor_removal_means_anything(kind: type[facts.OrderFact]) -> None:
    assert reason(did(holder(), kind, "2026-04-07"))[:2] == ("FactHadNoEffect", Rule.DNB_6_17)


def test_a_mark_is_removed_once() -> None:
    story = holder().blocked("2026-04-07")
    removed(story, "2026-04-08")
    assert reason(removed(story, "2026-04-09")) == ("FactHadNoEffect", Rule.DNB_6_17, "nothing has to be removed")


def test_a_notice_moves_no_days_that_run() -> None:
    story = holder().blocked("2026-04-07")
    assert reason(noticed(story, "2026-04-08"))[2] == "the three days began before, or the mark is gone"
    assert until(story) == "2026-04-14"
    story.until("2026-04-15")
    assert reason(noticed(story, "2026-04-16"))[0] == "FactHadNoEffect"


# --- several losses, and the right that comes back ---------------------------------------------------------------


def test_a_second_loss_moves_no_days_that_run() -> None:
    story = insolvent(holder().blocked("2026-04-07"), "2026-04-08").blocked("2026-04-09", blockade="B-2")
    assert (until(story), len(story.told("RemovalClockStarted"))) == ("2026-04-14", 1)
    assert story.told("MarkRemovalOwed") == []


def test_a_blockade_starts_the_days_that_waited_for_a_notice() -> None:
    story = insolvent(holder(), "2026-04-07").blocked("2026-04-14")
    assert until(story) == "2026-04-17"


def test_a_mark_that_is_gone_is_not_removed_again_for_another_loss() -> None:
    story = holder().blocked("2026-04-07")
    removed(story, "2026-04-08")
    insolvent(story, "2026-04-14").blocked("2026-04-15", blockade="B-2")
    assert removal(story).closed
    assert reason(noticed(story, "2026-04-16"))[0] == "FactHadNoEffect"


@pytest.mark.parametrize("gone", [True, False])
def test_a_licence_given_back_lifts_the_removal_and_another_loss_begins_anew(gone: bool) -> None:  # noqa: FBT001
    story = holder().blocked("2026-04-07").unblocked("2026-04-08")
    if gone:
        removed(story, "2026-04-08")
    assert told(reinstated(story, "2026-04-09"))[1:] == [
        ("MarkLicenceReinstated", "DNB-6.14"),
        ("MarkRemovalLifted", "DNB-6.14"),
    ]
    assert (removal(story).closed, until(story)) == (True, None)
    assert reason(removed(story, "2026-04-09"))[0] == "FactHadNoEffect"
    story.blocked("2026-05-11", blockade="B-2")
    assert (removal(story).closed, until(story)) == (False, "2026-05-14")


def test_a_retracted_blockade_asks_for_no_removal() -> None:
    story = holder().blocked("2026-04-07")
    story.until("2026-04-20")
    assert unsettled(story) == ["confirm-loss", "see-removal"]
    story.retracted("block-B-1", "2026-04-21")
    assert (KEY in story.dossier.matters, unsettled(story)) == (False, [])
    assert {e.data.event for e in story.told("DecisionAnnulled")} == {  # type: ignore[attr-defined]
        *("MarkLicenceLost", "RemovalClockStarted", "TaskOpened")
    }


def test_a_blockade_learned_late_has_its_three_days_behind_it() -> None:
    story = holder()
    story.until("2026-06-01")
    story.blocked("2026-04-07", learned="2026-06-01")
    task = story.last("TaskOpened")
    assert (task.effective_at, task.recorded_at) == (moment("2026-04-15"), moment("2026-06-01"))


def test_a_removal_learned_late_was_in_time() -> None:
    story = holder().blocked("2026-04-07")
    story.until("2026-04-20")
    removed(story, "2026-04-14 23:00", "2026-04-20")
    assert (removal(story).closed, unsettled(story)) == (True, ["confirm-loss"])


def test_a_corrected_calendar_moves_the_three_days() -> None:
    story = holder().blocked("2026-04-20")
    story.scheme_fact(facts.CalendarCorrected(version="RS/2", days_off=(day("2026-04-23"),)), "2026-04-21")
    assert until(story) == "2026-04-24"


# --- while suspended (X-2) ---------------------------------------------------------------------------------------


def test_while_suspended_the_seven_working_days_are_the_term_of_the_removal() -> None:
    story = suspended()
    assert KEY not in story.dossier.matters
    step(story, facts.CessationVerified, "2026-04-16")
    assert KEY not in story.dossier.matters


def test_while_suspended_three_days_run_beside_them_where_the_policy_reads_it_so() -> None:
    story = suspended(removal_while_suspended="three_days")
    assert until(story) == "2026-04-14"
    story.until("2026-04-15")
    assert unsettled(story)[-1] == "see-removal"
    answer = step(story, facts.CessationVerified, "2026-04-16")
    assert ("MarkRemovalLifted", "DNB-7.4") in told(answer)
    assert unsettled(story) == []


def test_a_mark_removed_while_suspended_is_not_removed_again_when_it_is_withdrawn() -> None:
    story = suspended(removal_while_suspended="three_days")
    removed(story, "2026-04-10")
    story.until("2026-04-21")
    withdrawn(story, "2026-04-22")
    assert removal(story).closed


def test_a_suspension_that_ends_leaves_the_removal_for_a_blockade() -> None:
    story = suspended().blocked("2026-04-08")
    step(story, facts.CessationVerified, "2026-04-09")
    assert until(story) == "2026-04-14"


def test_a_licence_given_back_while_it_is_suspended_leaves_the_removal_to_the_suspension() -> None:
    story = suspended().blocked("2026-04-08").unblocked("2026-04-09")
    reinstated(story, "2026-04-10")
    assert until(story) == "2026-04-14"
    assert ("MarkRemovalLifted", "DNB-7.4") in told(step(story, facts.CessationVerified, "2026-04-14"))


# --- after the contract (X-3) ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [True, False])
def test_a_loss_after_the_contract_takes_the_use_of_past_years_or_nothing(ends: bool) -> None:  # noqa: FBT001
    story = holder(loss_ends_after_use=ends)
    story.cancelled("2026-05-01")
    story.until("2026-07-01")
    story.blocked("2026-08-03")
    assert (KEY in story.dossier.matters) is ends
