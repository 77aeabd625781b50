"""Clause 7: suspicion, warning and 48 hours, suspension and seven working days, withdrawal for good."""

from typing import Any

import pytest

from domain import events, facts
from domain.events import Event, MisuseCaseOpened, ViolationCeased
from domain.facts import Violation
from domain.misuse import (
    PROPOSE,
    SEE_AND_PROPOSE,
    Ceased,
    Closed,
    Infringement,
    Reported,
    SuspendedFor,
    Warned,
    Withdrawn,
)
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from tests.story import HASH, Story, day, moment

WITHDRAWN = [("MarkLicenceRevoked", "DNB-7.5"), ("MarkRemovalOwed", "DNB-6.17")]


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def reported(story: Story, at: str, case: str = "C-1") -> list[Event]:
    return story.fact(facts.MisuseReported(case=case, kind=Violation.ALTERATION, evidence=(HASH,)), at)


def step(story: Story, kind: type[facts.CaseFact], at: str, case: str = "C-1", **more: Any) -> list[Event]:
    return story.fact(kind(case=case, **more), at)


def warned(**policy: Any) -> Story:
    """The holder received the warning on Saturday, 28 March 2026, at 10:00: the 48 hours end on Monday at 11:00."""
    story = holder(**policy)
    reported(story, "2026-03-27")
    step(story, facts.WarningServed, "2026-03-28 09:00")
    step(story, facts.WarningDelivered, "2026-03-28 10:00")
    return story


def suspended(**policy: Any) -> Story:
    """The 48 hours passed in vain, and the second demand was received on 7 April 2026: until Monday, 20 April."""
    story = warned(**policy)
    step(story, facts.SecondDemandServed, "2026-04-03")
    step(story, facts.SecondDemandDelivered, "2026-04-07 10:00")
    return story


def refusal(answer: list[Event]) -> tuple[str, Rule | None, str]:
    last = answer[-1]
    return last.name, last.rule, str(getattr(last.data, "reason", ""))


# --- step one (DNB-7.0 to 7.2) -----------------------------------------------------------------------------------


def test_a_suspicion_opens_a_case_and_no_clock() -> None:
    story = holder()
    assert told(reported(story, "2026-03-27"))[1:] == [("MisuseCaseOpened", "DNB-7.0"), ("TaskOpened", "DNB-6.2")]
    assert isinstance(story.dossier.cases["C-1"], Reported)
    assert story.until("2026-04-27") == []
    assert story.status("2026-04-27") == "valid"


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (Violation.ALTERATION, Rule.DNB_6_2),
        (Violation.REGISTRATION, Rule.DNB_6_3),
        (Violation.FOREIGN_PURPOSE, Rule.DNB_6_8),
        (Violation.MISSING_YEAR, Rule.DNB_6_9),
        (Violation.WRONG_GRADE_YEAR, Rule.DNB_6_10),
        (Violation.USE_AFTER_LOSS, Rule.DNB_6_16),
    ],
)
def test_a_warning_is_asked_for_by_the_rule_that_was_violated_until_the_next_day_is_over(
    kind: Violation, rule: Rule
) -> None:
    story = holder()
    story.fact(facts.MisuseReported(case="C-1", kind=kind, evidence=(HASH,)), "2026-03-27 10:00")
    asked = story.last("TaskOpened")
    assert isinstance(asked.data, events.TaskOpened)
    assert (asked.data.task, asked.rule, asked.data.due) == ("warn", rule, moment("2026-03-29"))


def test_more_evidence_opens_no_second_case() -> None:
    story = holder()
    reported(story, "2026-03-27")
    assert told(reported(story, "2026-03-28")) == [("MisuseReported", None)]


def test_evidence_is_added_to_any_case_and_brings_about_nothing() -> None:
    def added(story: Story, at: str) -> list[tuple[str, str | None]]:
        return told(step(story, facts.EvidenceAdded, at, evidence=(HASH,)))

    assert added(holder(), "2026-03-28")[1:] == [("FactHadNoEffect", "DNB-7.0")]
    story = suspended()
    assert added(story, "2026-04-08") == [("EvidenceAdded", None)]
    step(story, facts.CessationVerified, "2026-04-09")
    assert added(story, "2026-04-10") == [("EvidenceAdded", None)]
    outsider = Story().registered()
    reported(outsider, "2026-03-27")
    assert added(outsider, "2026-03-28") == [("EvidenceAdded", None)]


def test_a_case_that_ceased_still_knows_since_when_it_was_suspended() -> None:
    story = suspended()
    step(story, facts.CessationVerified, "2026-04-09")
    case = story.dossier.cases["C-1"]
    assert isinstance(case, Ceased)
    assert case.suspended_at == moment("2026-03-30 11:00")
    story = warned()
    step(story, facts.CessationVerified, "2026-03-29")
    case = story.dossier.cases["C-1"]
    assert isinstance(case, Ceased)
    assert case.suspended_at is None


def test_a_violation_reported_under_the_name_of_a_closed_case_does_not_vanish() -> None:
    for story, case, closed in (withdrawn(), "C-2", Withdrawn), (ceased(), "C-1", Ceased):
        assert isinstance(story.dossier.cases[case], closed)
        answer = reported(story, "2026-05-01", case)
        assert refusal(answer) == (
            *("FactHadNoEffect", Rule.DNB_7_0),
            f"case {case} is closed; report it under a new case",
        )


def test_a_case_is_about_the_licence_granted_last() -> None:
    story = holder()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-07-01")
    reported(story, "2026-03-27")
    assert story.dossier.cases["C-1"].order == "N-2"


def test_the_48_hours_run_from_the_receipt_of_the_warning() -> None:
    story = warned()
    started = story.last("WarningClockStarted")
    assert isinstance(started.data, events.WarningClockStarted)
    assert (started.rule, started.data.remedy_by.lapses_at) == (Rule.DNB_7_1, moment("2026-03-30 11:00"))
    assert story.until("2026-03-30 10:59") == []
    assert told(story.until("2026-03-30 11:00")) == [("MarkLicenceSuspended", "DNB-7.3"), ("TaskOpened", "DNB-7.3")]
    assert (story.status("2026-03-30 10:59"), story.status("2026-03-30 11:00")) == ("valid", "suspended")
    assert story.tasks() == ["warn", "second-demand"]


def test_they_run_from_its_sending_where_the_policy_reads_it_so() -> None:
    story = warned(clock_from="sending")
    started = story.last("WarningClockStarted").data
    assert isinstance(started, events.WarningClockStarted)
    assert started.remedy_by.lapses_at == moment("2026-03-30 10:00")


def test_a_second_warning_starts_no_second_clock() -> None:
    story = warned()
    assert refusal(step(story, facts.WarningDelivered, "2026-03-29"))[:2] == ("FactHadNoEffect", Rule.DNB_7_1)


@pytest.mark.parametrize(("stopped", "status"), [("2026-03-30 10:59", "valid"), ("2026-03-30 11:00", "suspended")])
def test_misuse_that_stops_within_48_hours_has_no_sanction(stopped: str, status: str) -> None:
    story = warned()
    step(story, facts.CessationDeclared, stopped)
    story.until("2026-04-02")
    assert story.status("2026-04-02") == status


def test_verified_cessation_closes_the_case_at_any_step() -> None:
    story = holder()
    reported(story, "2026-03-27")
    assert told(step(story, facts.CessationVerified, "2026-03-28"))[1:] == [("ViolationCeased", "DNB-7.2")]
    assert isinstance(story.dossier.cases["C-1"], Ceased)
    story = warned()
    assert told(step(story, facts.CessationVerified, "2026-03-29"))[1:] == [("ViolationCeased", "DNB-7.2")]
    assert story.until("2026-06-01")[:1] == story.told("IssuerObligationBreached")


# --- a declaration of cessation (design of the clock of misuse) --------------------------------------------------


def test_a_declaration_before_the_lapse_holds_the_suspension() -> None:
    story = warned()
    assert told(step(story, facts.CessationDeclared, "2026-03-30 10:59"))[1:] == [("TaskOpened", "DNB-7.2")]
    assert story.tasks() == ["warn", "verify"]
    assert story.until("2026-04-10") == []


def test_verified_it_dates_the_cessation_at_the_declaration() -> None:
    story = warned()
    step(story, facts.CessationDeclared, "2026-03-29 12:00")
    step(story, facts.CessationVerified, "2026-04-05")
    ceased = story.last("ViolationCeased").data
    assert isinstance(ceased, ViolationCeased)
    assert ceased.ceased_at == moment("2026-03-29 12:00")
    assert story.status("2026-04-05") == "valid"


def test_found_untrue_after_the_lapse_it_suspends_from_the_finding() -> None:
    story = warned()
    step(story, facts.CessationDeclared, "2026-03-29 12:00")
    answer = step(story, facts.CessationFoundUntrue, "2026-04-05 09:00")
    assert told(answer)[1:] == [("MarkLicenceSuspended", "DNB-7.3"), ("TaskOpened", "DNB-7.3")]
    assert (story.status("2026-04-05 08:59"), story.status("2026-04-05 09:00")) == ("valid", "suspended")


def test_found_untrue_before_the_lapse_it_lets_the_48_hours_run_on() -> None:
    story = warned()
    step(story, facts.CessationDeclared, "2026-03-29 12:00")
    assert told(step(story, facts.CessationFoundUntrue, "2026-03-30 10:59")) == [("CessationFoundUntrue", None)]
    story.until("2026-03-30 11:00")
    assert story.status("2026-03-30 11:00") == "suspended"


def test_found_untrue_while_a_person_has_put_the_suspension_off_it_waits_for_that_day() -> None:
    story = warned()
    step(story, facts.SuspensionDeferred, "2026-03-29", until=moment("2026-04-10"), reason="holiday")
    step(story, facts.CessationDeclared, "2026-03-29 12:00")
    assert len(step(story, facts.CessationFoundUntrue, "2026-04-05")) == 1
    story.until("2026-04-10")
    assert (story.status("2026-04-09"), story.status("2026-04-10")) == ("valid", "suspended")


def test_found_untrue_before_any_warning_it_changes_nothing() -> None:
    story = holder()
    reported(story, "2026-03-27")
    step(story, facts.CessationDeclared, "2026-03-28")
    assert told(step(story, facts.CessationFoundUntrue, "2026-03-29")) == [("CessationFoundUntrue", None)]


def test_of_two_declarations_the_first_counts() -> None:
    story = warned()
    step(story, facts.CessationDeclared, "2026-03-29 12:00")
    step(story, facts.CessationDeclared, "2026-03-30 12:00")
    step(story, facts.CessationVerified, "2026-04-05")
    ceased = story.last("ViolationCeased").data
    assert isinstance(ceased, ViolationCeased)
    assert ceased.ceased_at == moment("2026-03-29 12:00")


def test_a_declaration_before_the_warning_holds_its_clock_too() -> None:
    story = holder()
    reported(story, "2026-03-27")
    step(story, facts.CessationDeclared, "2026-03-28")
    step(story, facts.WarningDelivered, "2026-03-28 10:00")
    assert story.until("2026-04-10") == []


def test_a_declaration_learned_late_takes_the_suspension_back() -> None:
    story = warned()
    story.until("2026-04-01")
    assert story.status("2026-04-01") == "suspended"
    story.fact(facts.CessationDeclared(case="C-1"), "2026-03-30 10:59", "2026-04-02")
    assert story.status("2026-04-01") == "valid"


# --- step two (DNB-7.3, 7.4, X-10, GEN-8) ------------------------------------------------------------------------


def test_where_nothing_is_suspended_by_itself_a_task_asks_a_person() -> None:
    story = warned(auto_suspend_on_lapse=False)
    assert story.until("2026-03-30 10:59") == []
    assert told(story.until("2026-03-30 11:00")) == [("TaskOpened", "DNB-7.3")]
    assert story.tasks() == ["warn", "suspend"]
    assert story.until("2026-04-30") == []
    step(story, facts.SuspensionDecided, "2026-04-30 10:00")
    assert (story.status("2026-04-30"), story.status("2026-04-30 10:00")) == ("valid", "suspended")


def test_where_nothing_is_suspended_by_itself_an_untrue_declaration_opens_the_task_at_its_finding() -> None:
    story = warned(auto_suspend_on_lapse=False)
    step(story, facts.CessationDeclared, "2026-03-29")
    step(story, facts.CessationFoundUntrue, "2026-04-05")
    assert story.tasks() == ["warn", "verify", "suspend"]
    assert story.last("TaskOpened").effective_at == moment("2026-04-05")


def test_a_person_can_not_suspend_before_the_48_hours_are_over() -> None:
    story = warned()
    assert refusal(step(story, facts.SuspensionDecided, "2026-03-30 10:59"))[:2] == ("FactHadNoEffect", Rule.DNB_7_10)
    story = holder()
    reported(story, "2026-03-27")
    assert refusal(step(story, facts.SuspensionDecided, "2026-04-27"))[:2] == ("FactHadNoEffect", Rule.DNB_7_10)


def test_a_person_can_suspend_while_a_declaration_holds_the_suspension() -> None:
    story = warned()
    step(story, facts.CessationDeclared, "2026-03-29")
    step(story, facts.SuspensionDecided, "2026-03-30 11:00")
    assert story.status("2026-03-30 11:00") == "suspended"


def test_a_declaration_outlasts_a_persons_suspension_and_holds_the_seven_working_days_too() -> None:
    story = warned()
    step(story, facts.CessationDeclared, "2026-03-29")
    step(story, facts.SuspensionDecided, "2026-03-30 11:00")
    step(story, facts.SecondDemandDelivered, "2026-04-07 10:00")
    assert story.until("2026-04-24") == []
    answer = step(story, facts.CessationVerified, "2026-04-24")
    assert told(answer)[1:] == [("MarkLicenceRestored", "DNB-7.4"), ("ViolationCeased", "DNB-7.4")]
    ceased = story.last("ViolationCeased").data
    assert isinstance(ceased, ViolationCeased)
    assert ceased.ceased_at == moment("2026-03-29")


def test_a_person_can_put_the_suspension_off() -> None:
    story = warned()
    until = moment("2026-04-03 12:00")
    assert len(step(story, facts.SuspensionDeferred, "2026-03-30 10:59", until=until, reason="holiday")) == 1
    assert story.until("2026-04-03 11:59") == []
    story.until("2026-04-03 12:00")
    assert (story.status("2026-04-03 11:59"), story.status("2026-04-03 12:00")) == ("valid", "suspended")


def test_putting_it_off_to_a_day_before_the_lapse_changes_nothing() -> None:
    story = warned()
    step(story, facts.SuspensionDeferred, "2026-03-28 12:00", until=moment("2026-03-29"), reason="holiday")
    story.until("2026-03-30 11:00")
    assert story.status("2026-03-30 11:00") == "suspended"


def test_only_a_suspension_that_is_due_can_be_put_off() -> None:
    story = warned()
    story.until("2026-03-30 11:00")
    answer = step(story, facts.SuspensionDeferred, "2026-03-31", until=moment("2026-04-03"), reason="holiday")
    assert refusal(answer)[:2] == ("FactHadNoEffect", Rule.X_10)


def test_a_suspension_put_off_by_a_person_who_was_asked_is_asked_for_again() -> None:
    story = warned(auto_suspend_on_lapse=False)
    step(story, facts.SuspensionDeferred, "2026-03-31", until=moment("2026-03-31"), reason="no time at all")
    assert story.until("2026-04-01") == []
    step(story, facts.SuspensionDeferred, "2026-04-01", until=moment("2026-04-03"), reason="holiday")
    assert story.until("2026-04-02 23:59") == []
    story.until("2026-04-03")
    assert story.tasks() == ["warn", "suspend", "suspend"]


def test_the_seven_working_days_run_from_the_receipt_of_the_second_demand() -> None:
    story = suspended()
    started = story.last("SecondClockStarted").data
    assert isinstance(started, events.SecondClockStarted)
    assert started.remedy_by.last_day == day("2026-04-20")
    assert story.until("2026-04-20 23:59") == []
    assert told(story.until("2026-04-21")) == [("TaskOpened", "DNB-7.5")]
    assert story.tasks()[-1] == "withdraw"
    assert story.status("2026-04-21") == "suspended"
    assert story.until("2026-05-01") == []


def test_the_seven_days_run_from_its_sending_where_the_policy_reads_it_so() -> None:
    story = suspended(clock_from="sending")
    started = story.last("SecondClockStarted").data
    assert isinstance(started, events.SecondClockStarted)
    assert started.remedy_by.starts == moment("2026-04-03")


def test_a_second_demand_follows_a_suspension_and_only_once() -> None:
    story = warned()
    assert refusal(step(story, facts.SecondDemandDelivered, "2026-03-29"))[:2] == ("FactHadNoEffect", Rule.DNB_7_10)
    story = suspended()
    assert refusal(step(story, facts.SecondDemandDelivered, "2026-04-08"))[:2] == ("FactHadNoEffect", Rule.DNB_7_10)


def test_misuse_that_stops_within_the_seven_working_days_brings_the_licence_back() -> None:
    story = suspended()
    answer = step(story, facts.CessationVerified, "2026-04-20 23:59")
    assert told(answer)[1:] == [("MarkLicenceRestored", "DNB-7.4"), ("ViolationCeased", "DNB-7.4")]
    assert (story.status("2026-04-20 23:58"), story.status("2026-04-20 23:59")) == ("suspended", "valid")


def test_misuse_that_stops_before_the_second_demand_arrives_brings_it_back_too() -> None:
    story = warned()
    story.until("2026-03-30 11:00")
    step(story, facts.CessationVerified, "2026-04-01")
    assert story.status("2026-04-01") == "valid"


def test_of_two_suspensions_each_ends_with_its_own_case() -> None:
    story = holder()
    for case in ("C-1", "C-2"):
        reported(story, "2026-03-27", case)
        step(story, facts.WarningDelivered, "2026-03-28 10:00", case)
    story.until("2026-03-30 11:00")
    step(story, facts.CessationVerified, "2026-04-01", "C-1")
    assert story.status("2026-04-01") == "suspended"
    step(story, facts.CessationVerified, "2026-04-02", "C-2")
    assert (story.status("2026-04-01 23:59"), story.status("2026-04-02")) == ("suspended", "valid")


def test_misuse_that_stops_after_them_does_not() -> None:
    story = suspended()
    answer = step(story, facts.CessationVerified, "2026-04-21")
    assert (answer[-1].name, story.tasks()[-1]) == ("TaskOpened", "late-cessation")
    assert story.status("2026-04-21") == "suspended"


def test_a_cessation_declared_within_them_holds_the_clock_and_counts_when_it_is_verified() -> None:
    story = suspended()
    step(story, facts.CessationDeclared, "2026-04-20 23:59")
    assert story.until("2026-04-24") == []
    step(story, facts.CessationVerified, "2026-04-24")
    assert (story.status("2026-04-23"), story.status("2026-04-24")) == ("suspended", "valid")


def test_found_untrue_after_them_it_opens_the_way_to_a_withdrawal_at_its_finding() -> None:
    story = suspended()
    step(story, facts.CessationDeclared, "2026-04-20")
    step(story, facts.CessationFoundUntrue, "2026-04-24")
    assert (story.tasks()[-1], story.last("TaskOpened").effective_at) == ("withdraw", moment("2026-04-24"))
    proposed(story, "2026-04-25")
    assert story.certificate.revoked_at == moment("2026-04-25")


def test_a_corrected_calendar_gives_the_holder_his_days() -> None:
    story = suspended()
    story.scheme_fact(facts.CalendarCorrected(version="RS/2", days_off=(day("2026-04-20"),)), "2026-04-15")
    assert story.last("TermRecomputed").rule is Rule.GEN_3
    assert story.until("2026-04-21 23:59") == []
    assert told(story.until("2026-04-22")) == [("TaskOpened", "DNB-7.5")]


# --- step three (DNB-7.5, 7.6, 7.10, X-9) ------------------------------------------------------------------------


def seen(story: Story, at: str, case: str = "C-1") -> list[Event]:
    return step(story, facts.ViolationVerified, at, case)


def proposed(story: Story, at: str, case: str = "C-1", by: str = "ana", approved_by: str = "iva") -> list[Event]:
    answer = step(story, facts.PermanentWithdrawalProposed, at, case, proposed_by=by)
    return answer + step(story, facts.PermanentWithdrawalApproved, at, case, approved_by=approved_by)


def repeated(**policy: Any) -> Story:
    """A second case, after the first one was closed."""
    story = holder(**policy)
    reported(story, "2026-03-01")
    step(story, facts.CessationVerified, "2026-03-05")
    reported(story, "2026-03-27", "C-2")
    seen(story, "2026-03-27 10:00", "C-2")
    return story


def ceased() -> Story:
    """A case that was closed because the misuse had stopped."""
    story = warned()
    step(story, facts.CessationVerified, "2026-03-29")
    return story


def withdrawn() -> Story:
    """The licence is taken away for good in the second case."""
    story = repeated()
    proposed(story, "2026-03-28", "C-2")
    return story


def test_after_the_seven_working_days_two_people_take_the_licence_for_good() -> None:
    story = suspended()
    seen(story, "2026-04-20")
    answer = proposed(story, "2026-04-21")
    assert told(answer)[-2:] == WITHDRAWN
    assert (story.status("2026-04-20"), story.status("2026-04-21")) == ("suspended", "revoked")
    assert isinstance(story.dossier.cases["C-1"], Withdrawn)


def test_a_repetition_is_a_ground_of_its_own_without_any_warning() -> None:
    story = repeated()
    opened = story.last("MisuseCaseOpened").data
    assert isinstance(opened, MisuseCaseOpened)
    assert opened.repeats
    assert told(proposed(story, "2026-03-28", "C-2"))[-2:] == WITHDRAWN


def test_nobody_takes_the_licence_for_good_who_has_not_seen_the_misuse_go_on_since_the_suspension() -> None:
    for since, name, rule in (
        ("2026-03-30 10:59", "PermanentWithdrawalRefused", Rule.DNB_7_0),
        ("2026-03-30 11:00", "PermanentWithdrawalRefused", Rule.DNB_7_0),
        ("2026-03-30 11:01", "MarkLicenceRevoked", Rule.DNB_7_5),
    ):
        story = warned()
        seen(story, since)
        step(story, facts.SecondDemandDelivered, "2026-04-07 10:00")
        answer = proposed(story, "2026-04-21")
        assert [(e.name, e.rule) for e in answer if e.name in {"PermanentWithdrawalRefused", name}][:1] == [
            (name, rule)
        ]


def test_what_is_missing_can_be_made_up_for_and_then_it_is_proposed_anew() -> None:
    story = suspended()
    answer = proposed(story, "2026-04-21")
    assert refusal(answer[:-2])[2] == "nobody has seen the misuse go on since the suspension"
    assert seen(story, "2026-04-22")[1:] == []
    assert told(proposed(story, "2026-04-23"))[-2:] == WITHDRAWN


def test_a_suspicion_is_no_repetition() -> None:
    story = holder()
    reported(story, "2026-03-01")
    step(story, facts.CessationVerified, "2026-03-05")
    reported(story, "2026-03-27", "C-2")
    assert refusal(step(story, facts.PermanentWithdrawalProposed, "2026-03-28", "C-2", proposed_by="ana"))[1:] == (
        *(Rule.DNB_7_6, "nobody has verified the new violation, and a suspicion is no repetition"),
    )
    seen(story, "2026-03-29", "C-2")
    assert told(proposed(story, "2026-03-30", "C-2"))[-2:] == WITHDRAWN


def test_a_repetition_that_was_verified_needs_no_other_look_when_the_seven_days_have_passed() -> None:
    story = repeated()
    step(story, facts.WarningDelivered, "2026-03-28 10:00", "C-2")
    step(story, facts.SecondDemandDelivered, "2026-04-07 10:00", "C-2")
    assert told(proposed(story, "2026-04-21", "C-2"))[-2:] == WITHDRAWN


def test_where_both_grounds_are_needed_the_misuse_has_to_be_seen_since_the_suspension() -> None:
    story = repeated(permanent_requires_both=True)
    step(story, facts.WarningDelivered, "2026-03-28 10:00", "C-2")
    step(story, facts.SecondDemandDelivered, "2026-04-07 10:00", "C-2")
    answer = step(story, facts.PermanentWithdrawalProposed, "2026-04-21", "C-2", proposed_by="ana")
    assert refusal(answer)[:2] == ("PermanentWithdrawalRefused", Rule.DNB_7_0)


def test_the_task_to_withdraw_says_whether_staff_have_to_look_first() -> None:
    for looked, what in ((False, SEE_AND_PROPOSE), (True, PROPOSE)):
        story = suspended()
        if looked:
            seen(story, "2026-04-20")
        story.until("2026-04-21")
        asked = story.last("TaskOpened").data
        assert isinstance(asked, events.TaskOpened)
        assert asked.recommendation == f"7 working days passed: {what}"


def test_there_is_nothing_to_verify_in_a_closed_case_or_an_infringement() -> None:
    assert refusal(seen(ceased(), "2026-03-30"))[1:] == (Rule.DNB_7_0, "the case is closed")
    story = Story().registered()
    reported(story, "2026-03-27")
    assert refusal(seen(story, "2026-03-28"))[1] is Rule.DNB_7_9


def test_a_second_case_while_the_first_is_open_is_no_repetition() -> None:
    story = holder()
    reported(story, "2026-03-01")
    reported(story, "2026-03-27", "C-2")
    assert proposed(story, "2026-03-28", "C-2")[-1].name == "PermanentWithdrawalRefused"


def test_nobody_skips_the_48_hours_and_the_seven_working_days() -> None:
    for story, at in ((warned(), "2026-03-29"), (suspended(), "2026-04-20 23:59")):
        answer = proposed(story, at)
        assert [(e.name, e.rule) for e in answer if e.fact is None and "TaskOpened" not in e.name][-1] == (
            "PermanentWithdrawalRefused",
            Rule.DNB_7_10,
        )
        assert story.certificate.revoked_at is None


def test_a_proposal_without_a_ground_is_none_when_the_ground_comes() -> None:
    story = suspended()
    seen(story, "2026-04-19")
    step(story, facts.PermanentWithdrawalProposed, "2026-04-20", proposed_by="ana")
    answer = step(story, facts.PermanentWithdrawalApproved, "2026-04-21", approved_by="iva")
    assert refusal(answer) == ("PermanentWithdrawalRefused", Rule.DNB_7_5, "nobody has proposed it")
    assert told(proposed(story, "2026-04-22"))[-2:] == WITHDRAWN


def test_it_takes_two_different_people() -> None:
    story = suspended()
    seen(story, "2026-04-20")
    answer = proposed(story, "2026-04-21", approved_by="ana")
    assert refusal(answer)[:2] == ("PermanentWithdrawalRefused", Rule.DNB_7_5)
    answer = step(story, facts.PermanentWithdrawalApproved, "2026-04-22", approved_by="iva")
    assert told(answer)[-2:] == WITHDRAWN


@pytest.mark.parametrize("both", [False, True])
def test_the_two_grounds_are_alternatives_unless_the_policy_asks_for_both(both: bool) -> None:  # noqa: FBT001 - a column of the table
    names = {"PermanentWithdrawalRefused", "MarkLicenceRevoked"}
    for story, at, case in (
        (suspended(permanent_requires_both=both), "2026-04-21", "C-1"),
        (repeated(permanent_requires_both=both), "2026-03-28", "C-2"),
    ):
        if case == "C-1":
            seen(story, "2026-04-20")
        decided = [e for e in told(proposed(story, at, case)) if e[0] in names]
        assert decided[-1] == (("PermanentWithdrawalRefused", "X-9") if both else WITHDRAWN[0])


def test_both_grounds_together_suffice_under_either_reading() -> None:
    story = repeated(permanent_requires_both=True)
    step(story, facts.WarningDelivered, "2026-03-28 10:00", "C-2")
    step(story, facts.SecondDemandDelivered, "2026-04-07 10:00", "C-2")
    seen(story, "2026-04-20", "C-2")
    assert told(proposed(story, "2026-04-21", "C-2"))[-2:] == WITHDRAWN


def test_a_closed_case_takes_no_more_steps() -> None:
    story = warned()
    step(story, facts.CessationVerified, "2026-03-29")
    for kind in (facts.CessationDeclared, facts.CessationVerified, facts.CessationFoundUntrue):
        assert refusal(step(story, kind, "2026-03-30")) == ("FactHadNoEffect", Rule.DNB_7_2, "the case is closed")
    answer = proposed(story, "2026-03-31")
    assert refusal(answer) == ("PermanentWithdrawalRefused", Rule.DNB_7_5, "the case is closed")


# --- cases that are over without a sanction (DNB-7.0, 7.6, 10.2) --------------------------------------------------


def dismissed(story: Story, at: str, case: str = "C-1") -> list[Event]:
    return step(story, facts.CaseDismissed, at, case, reason="another mark")


def test_a_case_may_be_dismissed_before_any_suspension() -> None:
    for story, at in ((holder(), "2026-03-28"), (warned(), "2026-03-30 10:59")):
        if not story.dossier.cases:
            reported(story, "2026-03-27")
        assert told(dismissed(story, at))[1:] == [("MisuseCaseClosed", "DNB-7.0")]
        assert isinstance(story.dossier.cases["C-1"], Closed)
        assert story.until("2026-03-31") == []
        assert story.status("2026-03-31") == "valid"


def test_dismissed_while_it_is_suspended_the_licence_comes_back_from_then_on() -> None:
    for story, at in ((suspended(), "2026-04-10"), (suspended(), "2026-04-22")):
        answer = dismissed(story, at)
        assert told(answer)[-2:] == [("MarkLicenceRestored", "DNB-7.0"), ("MisuseCaseClosed", "DNB-7.0")]
        assert (story.status("2026-04-09"), story.status(at)) == ("suspended", "valid")
        assert story.until("2026-05-01") == []


def test_a_dismissed_case_is_no_prior_one() -> None:
    story = holder()
    reported(story, "2026-03-01")
    dismissed(story, "2026-03-05")
    reported(story, "2026-03-27", "C-2")
    opened = story.last("MisuseCaseOpened").data
    assert isinstance(opened, MisuseCaseOpened)
    assert not opened.repeats


def test_what_is_closed_is_not_dismissed() -> None:
    once = holder()
    reported(once, "2026-03-27")
    dismissed(once, "2026-03-28")
    for story, case in ((once, "C-1"), (ceased(), "C-1"), (withdrawn(), "C-2")):
        answer = dismissed(story, "2026-04-28", case)
        assert refusal(answer) == ("FactHadNoEffect", Rule.DNB_7_0, "the case is closed")


def test_a_dismissal_closes_the_ground_that_the_other_reading_made_of_the_suspicion() -> None:
    story = holder(misuse_procedure="automatic_loss")
    reported(story, "2026-03-27")
    assert told(dismissed(story, "2026-03-28"))[1:] == [
        ("MisuseCaseClosed", "DNB-7.0"),
        ("LossGroundClosed", "DNB-6.15"),
    ]
    assert story.status("2026-03-28") == "revoked"  # what a ground took, two people give back


def test_an_infringement_is_over_when_it_ended_or_was_dismissed() -> None:
    for kind, rule in ((facts.InfringementEnded, "DNB-10.2"), (facts.CaseDismissed, "DNB-7.0")):
        story = Story().registered()
        reported(story, "2026-03-27")
        more = {"reason": "another mark"} if kind is facts.CaseDismissed else {}
        assert told(step(story, kind, "2026-03-28", **more))[1:] == [("MisuseCaseClosed", rule)]
        assert isinstance(story.dossier.cases["C-1"], Closed)
        answer = step(story, facts.InfringementEnded, "2026-03-29")
        assert refusal(answer)[:2] == ("FactHadNoEffect", Rule.DNB_10_2)


def test_a_case_of_a_holder_does_not_end_as_an_infringement() -> None:
    story = warned()
    assert refusal(step(story, facts.InfringementEnded, "2026-03-29"))[:2] == ("FactHadNoEffect", Rule.DNB_10_2)
    assert isinstance(story.dossier.cases["C-1"], Warned)


# --- outsiders (DNB-7.9) -----------------------------------------------------------------------------------------


def test_the_ladder_is_for_holders_only() -> None:
    story = Story().registered()
    assert told(reported(story, "2026-03-27"))[1:] == [("MisuseCaseOpened", "DNB-7.9"), ("TaskOpened", "DNB-10.2")]
    assert isinstance(story.dossier.cases["C-1"], Infringement)
    answer = step(story, facts.WarningDelivered, "2026-03-28")
    assert refusal(answer)[:2] == ("FactHadNoEffect", Rule.DNB_7_9)
    assert story.until("2026-04-28") == []


def test_a_former_holder_is_still_a_holder() -> None:
    story = holder()
    story.cancelled("2026-05-01")
    story.until("2026-07-01")
    assert told(reported(story, "2026-08-01"))[1:] == [("MisuseCaseOpened", "DNB-7.0"), ("TaskOpened", "DNB-6.2")]


def test_a_step_of_a_case_that_nobody_reported_has_no_effect() -> None:
    answer = step(holder(), facts.WarningDelivered, "2026-03-28", "C-9")
    assert refusal(answer) == ("FactHadNoEffect", Rule.DNB_7_0, "no case C-9 was reported")


def test_a_case_that_becomes_known_before_its_first_step_was_learned_takes_that_step() -> None:
    story = holder()
    step(story, facts.WarningDelivered, "2026-03-28 10:00")
    story.fact(
        facts.MisuseReported(case="C-1", kind=Violation.ALTERATION, evidence=(HASH,)), "2026-03-27", "2026-03-29"
    )
    assert isinstance(story.dossier.cases["C-1"], Warned)


def test_a_suspension_taken_over_is_a_case_of_its_own() -> None:
    data = facts.CertificateTakenOver(
        order="N-1",
        concluded_on=day("2025-06-30"),
        term=1,
        valid_until=day("2026-06-30"),
        business_year=2024,
        attained=facts.Excellence.AA,
        licence=facts.LicenceThen.SUSPENDED,
    )
    story = Story().registered()
    story.fact(data, "2026-01-10")
    assert isinstance(story.dossier.cases["taken-over/N-1"], SuspendedFor)
