"""The contract: concluded, noticed, cancelled, extended, held, renewed, expired; and what late facts do to it."""

from datetime import timedelta
from typing import Any

import pytest

from domain import events, facts
from domain.calendar import Term
from domain.certificate import Ended, Extended, Held, Notice, Running
from domain.events import Event, TaskOpened
from domain.facts import Edition, Excellence, Insolvency, LateReason
from domain.history import live
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.standing import Status
from tests.story import HASH, Story, day, moment


def assessed(story: Story, year: int, grade: str, at: str, learned: str | None = None) -> Story:
    data = facts.ClassAssessed(business_year=year, attained=Excellence(grade), model_version="m-1", inputs_hash=HASH)
    story.fact(data, at, learned, name=f"class-{year}-{grade}")
    return story


def eligible(**policy: Any) -> Story:
    """A company with class AA for 2024."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"})


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025: notice by 1 May, cancellation by 31 May, expiry on 30 June 2026."""
    return eligible(**policy).agreed("2025-06-30")


def noticed(**policy: Any) -> Story:
    """The same after the renewal notice of 20 April 2026 and class AA for 2025."""
    story = holder(**policy).noticed("2026-04-20")
    return assessed(story, 2025, "AA", "2026-05-15")


def running(story: Story) -> Running:
    assert isinstance(story.certificate.contract, Running)
    return story.certificate.contract


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def reason(event: Event) -> str:
    return str(getattr(event.data, "reason", ""))


# --- eligibility (DNB-3.1, M8) -----------------------------------------------------------------------------------


def test_a_contract_needs_a_class_of_the_last_closed_business_year() -> None:
    story = eligible()
    assert told(story.fact(facts.ConsensusRecorded(order="N-1", evidence=HASH), "2025-06-30")) == [
        ("ConsensusRecorded", None),
        ("ContractConcluded", "DNB-4.2"),
        ("MarkLicenceGranted", "DNB-6.1"),
        ("ClassAttested", "DNB-3.1"),
    ]
    refused = Story().registered().agreed("2025-06-30").last("OrderRefused")
    assert (refused.rule, reason(refused)) == (
        Rule.DNB_3_1,
        "no class is assessed for the last closed business year",
    )


def test_a_company_that_attained_no_class_gets_no_certificate() -> None:
    refused = Story().registered().assessed({2024: "none"}).agreed("2025-06-30").last("OrderRefused")
    assert (refused.rule, reason(refused)) == (Rule.DNB_3_1, "no class is attained for business year 2024")


@pytest.mark.parametrize(("year", "concluded"), [(2024, True), (2023, True), (2022, False)])
def test_the_class_of_the_year_before_counts_too_and_no_older_one(year: int, concluded: bool) -> None:  # noqa: FBT001 - a column of the table
    story = assessed(Story().registered(), year, "AA", "2025-05-15").agreed("2025-06-30")
    assert ("ContractConcluded" in story.names()) is concluded


@pytest.mark.parametrize(("collected", "concluded"), [("2025-07-01", True), ("2025-06-30", False)])
def test_the_year_before_no_longer_counts_once_the_last_year_is_collected(collected: str, concluded: bool) -> None:  # noqa: FBT001 - a column of the table
    story = Story().registered().assessed({2023: "AA"})
    story.fact(facts.DataCollectionOpened(business_year=2024), "2025-03-01")
    if not concluded:
        story.fact(facts.DataCollectionClosed(business_year=2024), collected)
    story.agreed("2025-06-30 10:00")
    assert ("ContractConcluded" in story.names()) is concluded


def test_the_newest_of_several_assessments_counts() -> None:
    story = assessed(eligible(), 2024, "none", "2025-06-01")
    assert story.agreed("2025-06-30").names()[-1] == "OrderRefused"
    story = assessed(eligible(), 2023, "none", "2025-06-01")
    assert "ContractConcluded" in story.agreed("2025-06-30").names()


@pytest.mark.parametrize(
    ("blocked", "unblocked", "rule"),
    [
        ("2025-06-01", None, Rule.DNB_6_14),
        ("2025-06-30", None, Rule.DNB_6_14),
        ("2025-06-01", "2025-06-30", Rule.DNB_M8),
        ("2024-01-01", "2024-07-01", Rule.DNB_M8),
        ("2024-01-01", "2024-06-30 12:00", Rule.DNB_M8),
        ("2024-06-30", "2024-06-30", Rule.DNB_M8),
        ("2024-01-01", "2024-06-30", None),
        ("2024-06-29", "2024-06-29", None),
        ("2025-07-01", None, None),
    ],
)
def test_a_blockade_in_the_365_days_before_excludes(blocked: str, unblocked: str | None, rule: Rule | None) -> None:
    story = Story().registered()
    if blocked < "2025-06-30 10:00":
        story.blocked(blocked)
    if unblocked:
        story.unblocked(unblocked)
    assessed(story, 2024, "AA", "2025-05-15").agreed("2025-06-30 10:00")
    refused = story.told("OrderRefused")
    assert [e.rule for e in refused] == ([rule] if rule else [])


def test_the_365_days_are_local_days_also_where_the_clocks_changed_in_between() -> None:
    """On 30 March 2026 the clocks have just changed, a year before they change on that day."""
    story = Story().registered().blocked("2025-01-01").unblocked("2025-03-30")
    assessed(story, 2024, "AA", "2025-05-15").agreed("2026-03-30")
    assert "ContractConcluded" in story.names()


def test_a_past_blockade_is_no_obstacle_where_the_policy_does_not_read_it_so() -> None:
    story = eligible(blocked_365d_excludes=False).blocked("2025-06-01").unblocked("2025-06-20").agreed("2025-06-30")
    assert "ContractConcluded" in story.names()
    story = eligible(blocked_365d_excludes=False).blocked("2025-06-01").agreed("2025-06-30")
    assert story.last("OrderRefused").rule is Rule.DNB_6_14


@pytest.mark.parametrize(("kind", "concluded"), [("bankruptcy", False), ("liquidation", True)])
def test_an_open_proceeding_excludes_but_a_liquidation_does_not(kind: str, concluded: bool) -> None:  # noqa: FBT001 - a column of the table
    story = eligible()
    story.fact(facts.InsolvencyOpened(kind=Insolvency(kind), proceeding="P-1"), "2025-06-01")
    story.agreed("2025-06-30")
    assert ("ContractConcluded" in story.names()) is concluded


def test_a_closed_proceeding_does_not_exclude() -> None:
    story = eligible()
    story.fact(facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-06-01")
    story.fact(facts.InsolvencyClosed(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-06-29")
    assert "ContractConcluded" in story.agreed("2025-06-30").names()


@pytest.mark.parametrize(("insolvency_from", "concluded"), [("opening", True), ("request", False)])
def test_a_requested_proceeding_excludes_only_where_the_policy_counts_from_it(
    insolvency_from: str,
    concluded: bool,  # noqa: FBT001 - a column of the table
) -> None:
    story = eligible(insolvency_from=insolvency_from)
    story.fact(facts.ProceedingRequested(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-06-01")
    assert ("ContractConcluded" in story.agreed("2025-06-30").names()) is concluded


def test_a_request_that_was_dismissed_or_followed_by_a_proceeding_now_closed_does_not_exclude() -> None:
    story = eligible(insolvency_from="request")
    for proceeding in ("P-1", "P-2"):
        story.fact(facts.ProceedingRequested(kind=Insolvency.BANKRUPTCY, proceeding=proceeding), "2025-06-01")
    story.fact(facts.ProceedingDismissed(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-06-10")
    story.fact(facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-2"), "2025-06-11")
    story.fact(facts.InsolvencyClosed(kind=Insolvency.BANKRUPTCY, proceeding="P-2"), "2025-06-12")
    assert "ContractConcluded" in story.agreed("2025-06-30").names()


def test_a_company_that_has_ceased_to_exist_gets_no_certificate() -> None:
    story = eligible()
    story.fact(facts.CompanyDeregistered(), "2025-06-29")
    assert story.agreed("2025-06-30").last("OrderRefused").rule is Rule.DNB_6_12


# --- order (DNB-4.1, 4.2, 4.3) -----------------------------------------------------------------------------------


def test_a_telephone_order_concludes_the_contract_with_its_confirmation() -> None:
    story = eligible()
    for step in (facts.OfferMade, facts.OfferConfirmed, facts.PhoneOrderPlaced):
        assert told(story.fact(step(order="N-1"), "2025-06-29")) == [(step.__name__, None)]
    story.fact(facts.OrderConfirmationSent(order="N-1"), "2025-06-30 15:00")
    concluded = story.last("ContractConcluded")
    assert concluded.rule is Rule.DNB_4_1
    assert isinstance(concluded.data, events.ContractConcluded)
    assert concluded.data.dates.valid_until == day("2026-06-30")
    assert story.status("2025-06-30 15:00") == "valid"
    assert story.status("2025-06-30 14:59") is None


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        (facts.OfferMade, "the offer was not made"),
        (facts.OfferConfirmed, "the offer was not confirmed"),
        (facts.PhoneOrderPlaced, "no telephone order was placed"),
    ],
)
def test_no_step_of_a_telephone_order_may_be_left_out(left_out: type[facts.OrderFact], why: str) -> None:
    story = eligible()
    for step in (facts.OfferMade, facts.OfferConfirmed, facts.PhoneOrderPlaced):
        if step is not left_out:
            story.fact(step(order="N-1"), "2025-06-29")
    story.fact(facts.OrderConfirmationSent(order="N-1"), "2025-06-30")
    assert (story.names()[-1], reason(story.last("OrderRefused"))) == ("OrderRefused", why)
    assert story.certificate.contract is None


def test_every_missing_step_is_named() -> None:
    story = eligible()
    story.fact(facts.OrderConfirmationSent(order="N-1"), "2025-06-30")
    assert reason(story.last("OrderRefused")) == (
        "the offer was not made and the offer was not confirmed and no telephone order was placed"
    )


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((facts.OfferConfirmed, facts.OfferMade, facts.PhoneOrderPlaced), "not confirmed after it was made"),
        ((facts.OfferMade, facts.PhoneOrderPlaced, facts.OfferConfirmed), "placed after the offer was confirmed"),
        ((facts.PhoneOrderPlaced, facts.OfferConfirmed, facts.OfferMade), "not confirmed after it was made"),
    ],
)
def test_the_first_step_that_was_taken_too_early_is_named(steps: tuple[type[facts.OrderFact], ...], why: str) -> None:
    story = eligible()
    whole: tuple[type[facts.OrderFact], ...] = (*steps, facts.OrderConfirmationSent)
    for hour, step in enumerate(whole, 10):
        story.fact(step(order="N-1"), f"2025-06-29 {hour}:00")
    assert reason(story.last("OrderRefused")).endswith(why)


def test_a_contract_on_one_order_is_concluded_once() -> None:
    story = holder().agreed("2025-07-01")
    assert told([story.entries[-1].event]) == [("FactHadNoEffect", "DNB-4.3")]
    assert len(story.told("ContractConcluded")) == 1


def test_a_contract_begins_on_the_local_day_of_its_conclusion() -> None:
    assert running(eligible().agreed("2025-06-30 00:30")).dates.valid_from == day("2025-06-30")


def test_terms_that_begin_on_the_29th_of_february_do_not_drift() -> None:
    story = assessed(Story(Scheme(policy=Policy(hold_without_notice=False))), 2023, "AA", "2024-01-15")
    story.agreed("2024-02-29")
    ends = []
    for year in range(2024, 2028):
        assessed(story, year - 1, "AA", f"{year}-05-15")
        story.noticed(f"{year}-10-01")
        ends.append(running(story).dates.valid_until)
        story.until(f"{year + 1}-03-02")
    assert ends == [day("2025-02-28"), day("2026-02-28"), day("2027-02-28"), day("2028-02-29")]
    assert running(story).dates.valid_from == day("2028-03-01")


# --- notice (DNB-4.11, 4.12, 4.13) -------------------------------------------------------------------------------


def test_a_notice_on_the_last_day_is_in_time() -> None:
    story = holder().noticed("2026-05-01 23:59")
    assert told([story.entries[-1].event]) == [("RenewalNoticeAccepted", "DNB-4.11")]


def test_a_notice_a_minute_later_is_a_breach_and_gives_the_holder_fifteen_days() -> None:
    story = holder()
    assert told(story.until("2026-05-02")) == [("IssuerObligationBreached", "DNB-4.11")]
    story.noticed("2026-05-02 00:00")
    recorded = story.last("LateNoticeRecorded").data
    assert isinstance(recorded, events.LateNoticeRecorded)
    assert not recorded.excused
    assert recorded.cancel_by.last_day == day("2026-05-18")  # the 17th is a Sunday
    assert len(story.told("IssuerObligationBreached")) == 1


def test_nothing_falls_due_before_its_moment() -> None:
    assert holder().until("2026-05-01 23:59") == []


def test_where_the_notice_goes_before_the_renewal_it_has_a_day_more() -> None:
    story = holder(notice_before="renewal")
    assert running(story).dates.notice_by.last_day == day("2026-05-02")
    assert running(story).dates.cancel_by.last_day == day("2026-05-31")


@pytest.mark.parametrize(
    ("field", "missing"),
    [("states_expiry", "the expiry"), ("states_class", "the class"), ("states_edition", "the edition")],
)
def test_a_notice_that_lacks_something_counts_as_none(field: str, missing: str) -> None:
    story = holder().noticed("2026-04-20", **{field: False})
    found = story.last("RenewalNoticeFoundIncomplete").data
    assert isinstance(found, events.RenewalNoticeFoundIncomplete)
    assert found.missing == (missing,)
    assert told(story.until("2026-05-02")) == [("IssuerObligationBreached", "DNB-4.11")]


def test_a_second_notice_for_the_same_term_changes_nothing() -> None:
    for first in ("2026-04-20", "2026-05-02"):
        story = holder().noticed(first).noticed("2026-05-10")
        assert story.entries[-1].event.name == "FactHadNoEffect"


def test_a_notice_without_a_running_contract_has_no_effect() -> None:
    story = eligible().noticed("2026-04-20")
    assert told([story.entries[-1].event]) == [("FactHadNoEffect", "DNB-4.11")]
    story = noticed()
    story.cancelled("2026-05-20")
    story.until("2026-07-01")
    assert told([story.noticed("2026-07-02").entries[-1].event]) == [("FactHadNoEffect", "DNB-4.11")]


def test_no_notice_is_owed_for_a_renewal_that_is_cancelled() -> None:
    story = holder()
    story.cancelled("2026-04-01")
    assert told(story.until("2026-06-30")) == []
    assert told([story.noticed("2026-05-10").entries[-1].event]) == [("FactHadNoEffect", "DNB-4.11")]


def collecting(story: Story, opened: str = "2026-03-01", closed: str | None = None) -> Story:
    """Given the collection of the data of 2025."""
    story.fact(facts.DataCollectionOpened(business_year=2025), opened)
    if closed:
        story.fact(facts.DataCollectionClosed(business_year=2025), closed)
    return story


def test_data_that_is_not_collected_sixty_days_before_excuses_the_issuer() -> None:
    story = collecting(holder())
    assert told(story.until("2026-05-02")) == [("NoticeDelayExcused", "DNB-4.12")]
    story.noticed("2026-05-10", late_reason=LateReason.DATA_NOT_COLLECTED)
    recorded = story.last("LateNoticeRecorded").data
    assert isinstance(recorded, events.LateNoticeRecorded)
    assert recorded.excused
    assert "IssuerObligationBreached" not in story.names()


@pytest.mark.parametrize(("closed", "excused"), [("2026-05-02", True), ("2026-05-01", False)])
def test_a_collection_that_ended_on_the_last_day_for_the_notice_does_not_excuse_him(closed: str, excused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = collecting(holder(), closed=closed)
    story.until("2026-05-03")
    assert ("NoticeDelayExcused" in story.names()) is excused
    assert ("LateNoticeDue" in story.names()) is excused
    assert ("IssuerObligationBreached" in story.names()) is not excused


@pytest.mark.parametrize("late_reason", [None, LateReason.OTHER])
def test_another_reason_does_not_excuse_him_but_the_holder_has_his_fifteen_days(late_reason: LateReason | None) -> None:
    story = collecting(holder()).noticed("2026-05-10", late_reason=late_reason)
    assert told([e.event for e in story.entries[-2:]]) == [
        ("IssuerObligationBreached", "DNB-4.12"),
        ("LateNoticeRecorded", "DNB-4.13"),
    ]


def test_when_the_data_is_collected_the_notice_is_owed_within_two_working_days() -> None:
    story = collecting(holder(), closed="2026-06-12")
    story.until("2026-06-13")
    due = story.last("LateNoticeDue")
    assert isinstance(due.data, events.LateNoticeDue)
    assert (due.effective_at, due.data.notify_by.last_day) == (moment("2026-06-12"), day("2026-06-16"))
    story.noticed("2026-06-15", late_reason=LateReason.DATA_NOT_COLLECTED)
    assert "IssuerObligationBreached" not in story.names()


def test_a_collection_of_an_older_year_that_still_goes_on_excuses_him_until_it_ends() -> None:
    story = holder()
    story.fact(facts.DataCollectionOpened(business_year=2024), "2026-03-01")
    story.fact(facts.DataCollectionClosed(business_year=2024), "2026-06-12")
    story.until("2026-06-13")
    assert [e.name for e in story.told("NoticeDelayExcused") + story.told("LateNoticeDue")] == [
        "NoticeDelayExcused",
        "LateNoticeDue",
    ]


def test_a_notice_is_owed_as_well_when_the_collection_ends_with_the_term() -> None:
    story = assessed(holder(), 2025, "AA", "2026-02-15")
    story.fact(facts.DataCollectionOpened(business_year=2025, closes_on=day("2026-06-30")), "2026-03-01")
    story.until("2026-07-01")
    assert story.names()[-3:] == ["NoticeDelayExcused", "LateNoticeDue", "RenewalHeld"]


def test_a_collection_ends_on_its_announced_day_or_when_it_is_really_over() -> None:
    announced = facts.DataCollectionOpened(business_year=2025, closes_on=day("2026-06-11"))
    story = holder()
    story.fact(announced, "2026-03-01")
    story.until("2026-06-20")
    assert story.last("LateNoticeDue").effective_at == moment("2026-06-12")
    story = holder()
    story.fact(announced, "2026-03-01")
    story.fact(announced.model_copy(update={"closes_on": day("2026-06-18")}), "2026-06-01")
    story.until("2026-06-20")
    assert story.last("LateNoticeDue").effective_at == moment("2026-06-19")
    story = holder()
    story.fact(announced, "2026-03-01")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-06-05")
    story.until("2026-06-20")
    assert story.last("LateNoticeDue").effective_at == moment("2026-06-05")


# --- cancellation (DNB-4.6, 4.7, 4.13) ---------------------------------------------------------------------------


def test_a_cancellation_on_the_last_day_ends_the_contract_at_expiry() -> None:
    story = noticed()
    assert told(story.cancelled("2026-05-31 23:59"))[1:] == [("CancellationAccepted", "DNB-4.6")]
    assert story.status("2026-06-30 23:59") == "valid"
    assert told(story.until("2026-07-01")) == [("ContractCancelledAtExpiry", "DNB-4.6")]
    assert story.status("2026-07-01") == "cancelled-at-expiry"


def test_a_cancellation_a_minute_later_is_refused() -> None:
    story = noticed()
    refused = story.cancelled("2026-06-01 00:00")[-1]
    assert (refused.rule, reason(refused)) == (Rule.DNB_4_6, "the last day was 2026-05-31, 30 days before 2026-06-30")
    story.until("2026-07-01")
    assert story.names()[-2:] == ["ContractRenewed", "ClassAttested"]


@pytest.mark.parametrize(
    ("sent", "accepted"),
    [("2026-05-30 23:59", False), ("2026-05-31 00:00", True), ("2026-06-30 23:59", True), ("2026-07-01", False)],
)
def test_cancelling_may_be_read_as_within_the_last_thirty_days(sent: str, accepted: bool) -> None:  # noqa: FBT001 - a column of the table
    story = noticed(cancel_reading="within_last")
    answer = story.cancelled(sent)[-1]
    assert (answer.name, answer.rule) == ("CancellationAccepted" if accepted else "CancellationRefused", Rule.DNB_4_6)
    if sent == "2026-05-30 23:59":
        assert reason(answer) == "not within the last 30 days, from 2026-05-31 to 2026-06-30"


def test_a_late_notice_gives_the_later_of_thirty_days_before_and_fifteen_days() -> None:
    story = holder().noticed("2026-05-02")
    assert told(story.cancelled("2026-05-31 23:59"))[-1] == ("CancellationAccepted", "DNB-4.6")
    story = holder().noticed("2026-05-28")
    assert told(story.cancelled("2026-06-12 23:59"))[-1] == ("CancellationAccepted", "DNB-4.13")
    story = holder().noticed("2026-05-28")
    assert told(story.cancelled("2026-06-15"))[-1] == ("CancellationRefused", "DNB-4.6")


def test_without_a_notice_the_time_to_cancel_does_not_even_begin() -> None:
    for policy in ({}, {"hold_without_notice": False}):
        story = holder(**policy)
        assert told(story.cancelled("2026-06-20"))[-1] == ("CancellationAccepted", "DNB-4.13")
        story.until("2026-07-01")
        assert story.status("2026-07-01") == "cancelled-at-expiry"


def test_what_is_cancelled_can_not_be_cancelled_again() -> None:
    story = noticed()
    story.cancelled("2026-05-20")
    assert told(story.cancelled("2026-05-21"))[-1] == ("FactHadNoEffect", "DNB-4.6")


def test_without_a_running_contract_there_is_nothing_to_cancel() -> None:
    story = eligible()
    assert reason(story.cancelled("2025-06-01")[-1]) == "no contract is running under this order"
    story = noticed()
    story.cancelled("2026-05-20")
    story.until("2026-07-01")
    assert told(story.cancelled("2026-07-02"))[-1] == ("CancellationRefused", "DNB-4.6")


@pytest.mark.parametrize(
    "said",
    [
        {"signed": True},
        {"signed": False, "sender": "ana@textil.rs"},
        {"signed": False, "sender": "direktor@textil.rs"},
        {"signed": True, "sender": "ana@gmail.com"},
        {"recipient": " AAA.rs@dnb.com "},
    ],
)
def test_a_cancellation_in_the_agreed_form_is_accepted(said: dict[str, Any]) -> None:
    story = noticed().represented("2026-05-20")
    assert story.cancelled("2026-05-20", **said)[-1].name == "CancellationAccepted"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"channel": facts.Channel.LETTER}, "it came by letter, not by e-mail"),
        ({"channel": facts.Channel.PHONE}, "it came by phone, not by e-mail"),
        ({"recipient": "info@dnb.com"}, "it was not sent to aaa.rs@dnb.com"),
        ({"signed": False}, "nobody can tell whether the sender acts for the holder"),
        (
            {"signed": False, "sender": "ana@pekara.rs"},
            "the sender is neither the representative nor of the representative's domain",
        ),
    ],
)
def test_another_form_or_address_or_sender_is_answered_with_an_invitation(said: dict[str, Any], why: str) -> None:
    story = noticed().represented("2026-05-20")
    answer = story.cancelled("2026-05-20", **said)
    assert told(answer)[1:] == [("NonConformingCancellationReceived", "DNB-4.7"), ("TaskOpened", "DNB-4.7")]
    assert reason(answer[1]) == why
    story.until("2026-07-01")
    assert story.status("2026-07-01") == "valid"


def test_without_a_representative_a_sender_proves_nothing() -> None:
    answer = noticed().cancelled("2026-05-20", signed=False, sender="ana@textil.rs")
    assert answer[1].name == "NonConformingCancellationReceived"


# --- the end of a term (DNB-4.5, 4.8, 4.9) -----------------------------------------------------------------------


def test_a_contract_renews_by_itself_for_twelve_more_months() -> None:
    story = noticed()
    assert story.until("2026-06-30 23:59") == []
    assert told(story.until("2026-07-01")) == [("ContractRenewed", "DNB-4.5"), ("ClassAttested", "DNB-4.9")]
    dates = running(story).dates
    assert (dates.term, dates.valid_from, dates.valid_until) == (2, day("2026-07-01"), day("2027-06-30"))
    shown = story.shows("2026-07-01")
    assert shown is not None
    assert (shown.status, shown.business_year, shown.period, shown.clause) == (Status.VALID, 2025, 2026, "4")


def test_a_contract_renews_in_the_class_attained_now() -> None:
    story = assessed(noticed(), 2025, "A", "2026-06-01")
    story.until("2026-07-01")
    before, after = story.shows("2026-06-30"), story.shows("2026-07-01")
    assert before is not None
    assert after is not None
    assert (before.attained, after.attained) == (Excellence.AA, Excellence.A)


def test_a_contract_is_not_renewed_without_a_class() -> None:
    story = assessed(noticed(), 2025, "none", "2026-06-01")
    assert story.status("2026-06-30") == "valid"  # nothing ends it earlier
    told_ = story.until("2026-07-01")
    assert told(told_) == [("ContractExpired", "DNB-4.8")]
    assert reason(told_[0]) == "DNB-3.1: no class is attained for business year 2025"
    assert story.status("2026-07-01") == "expired"


@pytest.mark.parametrize(("excludes", "renewed"), [(True, False), (False, True)])
def test_a_blockade_at_renewal_is_weighed_by_the_policy_and_the_licence_stays_lost(
    excludes: bool,  # noqa: FBT001 - a column of the table
    renewed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    story = noticed(blocked_365d_excludes=excludes).blocked("2026-06-10").unblocked("2026-06-11")
    story.until("2026-07-01")
    assert ("ContractRenewed" in story.names()) is renewed
    assert story.status("2026-07-01") == "revoked"


def revoked(story: Story, at: str = "2026-05-20") -> Story:
    """The licence is taken away for good, for a repeated misuse."""
    earlier = moment(at) - timedelta(days=1)
    for case, reported in (("C-1", earlier), ("C-2", moment(at))):
        story.fact(facts.MisuseReported(case=case, kind=facts.Violation.ALTERATION, evidence=(HASH,)), reported)
        if case == "C-1":
            story.fact(facts.CessationVerified(case=case), reported)
    story.fact(facts.ViolationVerified(case="C-2"), at)
    story.fact(facts.PermanentWithdrawalProposed(case="C-2", proposed_by="ana"), at)
    story.fact(facts.PermanentWithdrawalApproved(case="C-2", approved_by="iva"), at)
    assert story.certificate.revoked_at == moment(at)
    return story


def test_a_licence_taken_away_for_good_holds_the_renewal_for_a_legal_decision() -> None:
    story = revoked(noticed())
    assert told(story.until("2026-07-01")) == [("RenewalHeld", "X-17"), ("TaskOpened", "X-17")]
    assert story.tasks()[-1] == "decide-renewal"
    assert story.until("2027-07-01") == []
    assert told(story.cancelled("2027-07-02"))[1:] == [
        ("CancellationAccepted", "X-17"),
        ("ContractCancelledAtExpiry", "X-17"),
    ]
    assert isinstance(story.certificate.contract, Ended)
    assert story.certificate.contract.at == moment("2026-07-01")


def decided(story: Story, at: str, other: str = "iva", *, renewed: bool) -> list[Event]:
    """Two people decide on a renewal that is held."""
    data = facts.RenewalDecided(order="N-1", renewed=renewed, decided_by="ana", approved_by=other)
    return story.fact(data, at, name=f"decided-{renewed}")


def held_for_good(story: Story) -> Story:
    """A renewal that is held since the licence was taken away for good."""
    revoked(story).until("2026-07-01")
    return story


def test_two_people_let_a_contract_go_on_without_its_licence_for_a_term() -> None:
    story = held_for_good(noticed())
    assert told(decided(story, "2026-08-01", renewed=True))[1:] == [
        ("ContractRenewed", "DNB-4.5"),
        ("ClassAttested", "DNB-4.9"),
    ]
    assert (running(story).dates.valid_from, running(story).dates.valid_until) == (day("2026-07-01"), day("2027-06-30"))
    assert not story.last("ContractRenewed").data.provisional  # type: ignore[attr-defined]
    assessed(story.noticed("2027-04-15"), 2026, "AA", "2027-05-15")
    assert told(story.until("2027-07-01"))[0] == ("RenewalHeld", "X-17")


def test_two_people_end_a_contract_with_its_last_term() -> None:
    story = held_for_good(noticed())
    assert told(decided(story, "2026-08-01", renewed=False))[1:] == [("ContractExpired", "X-17")]
    assert isinstance(story.certificate.contract, Ended)
    assert story.certificate.contract.at == moment("2026-07-01")


def test_one_person_alone_or_too_early_or_too_late_decides_nothing() -> None:
    story = revoked(noticed())
    assert told(decided(story, "2026-06-30", renewed=True))[1:] == [("FactHadNoEffect", "X-17")]
    story.until("2026-07-01")
    assert told(decided(story, "2026-08-01", "ana", renewed=True))[1:] == [("FactHadNoEffect", "GEN-8")]
    decided(story, "2026-08-02", renewed=False)
    assert told(decided(story, "2026-08-03", renewed=True))[1:] == [("FactHadNoEffect", "X-17")]


def test_a_renewal_held_for_its_notice_waits_for_nobodys_decision() -> None:
    story = unnoticed()
    story.until("2026-07-01")
    assert told(decided(story, "2026-07-02", renewed=True))[1:] == [("FactHadNoEffect", "X-17")]


def test_a_decision_for_the_renewal_takes_the_place_of_no_notice() -> None:
    story = held_for_good(unnoticed())
    assert told(decided(story, "2026-08-01", renewed=True))[1:] == [("RenewalHeld", "DNB-4.14")]
    story.noticed("2026-08-03")
    assert [e.name for e in story.until("2026-08-19")] == ["ContractRenewed", "ClassAttested"]


def test_a_decision_for_the_renewal_within_the_fifteen_days_makes_it_provisional() -> None:
    story = held_for_good(unnoticed()).noticed("2026-08-03")
    decided(story, "2026-08-10", renewed=True)
    assert story.last("ContractRenewed").data.provisional  # type: ignore[attr-defined]
    assert [e.name for e in story.until("2026-08-19")] == ["RenewalConfirmed"]


def test_a_decision_for_the_renewal_takes_the_place_of_no_class() -> None:
    story = assessed(holder(), 2024, "AA", "2025-12-01").noticed("2026-04-15")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-06-20")
    assessed(held_for_good(story), 2025, "none", "2026-07-05")
    assert told(decided(story, "2026-08-01", renewed=True))[1:] == [("ContractExpired", "DNB-4.8")]


def live_decisions(story: Story) -> list[Event]:
    kinds = (events.ContractRenewed, events.ContractExpired)
    return [e.event for e in live(story.entries) if isinstance(e.event.data, kinds)]


@pytest.mark.parametrize("renewed", [True, False])
def test_a_decision_that_is_retracted_leaves_what_was_decided(*, renewed: bool) -> None:
    story = held_for_good(noticed())
    decided(story, "2026-08-01", renewed=renewed)
    before = live_decisions(story)
    story.retracted(f"decided-{renewed}", "2026-08-10", "ana", "iva")
    assert live_decisions(story) == before
    assert story.tasks()[-1] == "review-contract"
    assert isinstance(story.certificate.contract, Running if renewed else Ended)


@pytest.mark.parametrize("renewed", [True, False])
def test_a_decision_stands_though_the_licence_was_taken_away_for_a_wrong_reason(*, renewed: bool) -> None:
    story = held_for_good(noticed())
    decided(story, "2026-08-01", renewed=renewed)
    before = live_decisions(story)
    approved = story.last("PermanentWithdrawalApproved").fact
    story.retracted(str(approved), "2026-08-10", "ana", "iva")
    assert story.certificate.revoked_at is None
    assert live_decisions(story) == before


def test_where_the_policy_renews_all_the_same_the_licence_stays_lost() -> None:
    story = revoked(noticed(renew_while_revoked=True))
    story.until("2026-07-01")
    assert story.names()[-2:] == ["ContractRenewed", "ClassAttested"]
    assert story.status("2026-07-01") == "revoked"


# --- held and provisional (DNB-4.13, 4.14) -----------------------------------------------------------------------


def unnoticed(**policy: Any) -> Story:
    return assessed(holder(**policy), 2025, "AA", "2026-05-15")


def test_without_a_notice_the_renewal_is_held() -> None:
    story = unnoticed()
    assert told(story.until("2026-07-01"))[-1] == ("RenewalHeld", "DNB-4.14")
    shown = story.shows("2026-08-01")
    assert shown is not None
    assert (shown.status, shown.flag, shown.valid_until) == (Status.VALID, "renewal held", None)
    assert story.until("2027-07-01") == []


def test_a_held_renewal_follows_when_the_fifteen_days_of_the_late_notice_are_over() -> None:
    story = unnoticed().noticed("2026-07-10")  # until Monday, 27 July
    assert story.until("2026-07-27 23:59") == []
    renewed = story.until("2026-07-28")
    assert told(renewed) == [("ContractRenewed", "DNB-4.5"), ("ClassAttested", "DNB-4.9")]
    assert isinstance(renewed[0].data, events.ContractRenewed)
    assert not renewed[0].data.provisional
    assert running(story).dates.valid_from == day("2026-07-01")
    shown = story.shows("2026-07-05")
    assert shown is not None
    assert shown.flag is None


def test_a_held_renewal_shows_the_class_attained_at_expiry() -> None:
    story = assessed(unnoticed().noticed("2026-07-10"), 2025, "none", "2026-07-15")
    story.until("2026-07-28")
    shown = story.shows("2026-07-28")
    assert shown is not None
    assert (shown.status, shown.attained) == (Status.VALID, Excellence.AA)


def test_a_held_renewal_can_be_cancelled_until_the_window_closes_and_then_ends_at_expiry() -> None:
    story = unnoticed().noticed("2026-07-10")
    answer = story.cancelled("2026-07-27 23:59")
    assert told(answer)[1:] == [("CancellationAccepted", "DNB-4.13"), ("ContractCancelledAtExpiry", "DNB-4.13")]
    assert story.status("2026-07-01") == "cancelled-at-expiry"
    assert story.status("2026-06-30 23:59") == "valid"


def test_a_licence_taken_away_for_good_while_the_renewal_is_held_keeps_it_held() -> None:
    story = revoked(unnoticed().noticed("2026-07-10"), "2026-07-15")
    assert told(story.until("2026-07-28")) == [("RenewalHeld", "X-17"), ("TaskOpened", "X-17")]
    assert isinstance(story.certificate.contract, Held)
    assert story.certificate.contract.since == moment("2026-07-01")
    assert story.until("2027-07-28") == []


def test_a_late_notice_that_runs_past_expiry_makes_the_renewal_provisional() -> None:
    story = unnoticed().noticed("2026-06-25")  # until Friday, 10 July
    renewed = story.until("2026-07-01")
    assert isinstance(renewed[0].data, events.ContractRenewed)
    assert renewed[0].data.provisional
    shown = story.shows("2026-07-10")
    assert shown is not None
    assert (shown.status, shown.flag) == (Status.VALID, "renewal provisional")
    assert story.until("2026-07-10 23:59") == []
    assert told(story.until("2026-07-11")) == [("RenewalConfirmed", "DNB-4.13")]
    shown = story.shows("2026-07-11")
    assert shown is not None
    assert (shown.flag, shown.rule) == (None, Rule.DNB_4_13)
    assert running(story).dates.valid_until == day("2027-06-30")


def test_a_window_that_closes_with_the_term_leaves_nothing_provisional() -> None:
    story = unnoticed().noticed("2026-06-15")  # until Tuesday, 30 June
    renewed = story.until("2026-07-01")
    assert isinstance(renewed[0].data, events.ContractRenewed)
    assert not renewed[0].data.provisional


def test_a_provisional_renewal_that_is_cancelled_is_undone_from_its_start() -> None:
    story = unnoticed().noticed("2026-06-25")
    answer = story.cancelled("2026-07-10 23:59")
    assert told(answer)[-2:] == [("CancellationAccepted", "DNB-4.13"), ("RenewalUndone", "DNB-4.13")]
    assert story.status("2026-06-30 23:59") == "valid"
    assert story.status("2026-07-01") == "cancelled-at-expiry"
    assert isinstance(story.certificate.contract, Ended)
    assert [a.term for a in story.certificate.attestations] == [1]


def test_after_the_window_a_cancellation_ends_the_new_term_at_its_own_expiry() -> None:
    story = unnoticed().noticed("2026-06-25")
    assert told(story.cancelled("2026-07-11"))[-1] == ("CancellationAccepted", "DNB-4.6")
    assert story.status("2026-07-11") == "valid"


def test_a_notice_given_before_is_not_taken_for_the_next_terms() -> None:
    story = unnoticed().noticed("2026-06-25").noticed("2026-07-05")
    assert told([story.entries[-1].event]) == [("FactHadNoEffect", "DNB-4.11")]


def test_where_nothing_is_held_a_renewal_without_notice_is_provisional_until_the_notice_and_fifteen_days() -> None:
    story = unnoticed(hold_without_notice=False)
    renewed = story.until("2026-07-01")[-2]
    assert isinstance(renewed.data, events.ContractRenewed)
    assert renewed.data.provisional
    story.noticed("2026-07-10")
    late = story.last("LateNoticeRecorded").data
    assert isinstance(late, events.LateNoticeRecorded)
    assert (late.term, late.cancel_by.last_day) == (1, day("2026-07-27"))
    assert told(story.until("2026-07-28")) == [("RenewalConfirmed", "DNB-4.13")]
    assert told(story.until("2027-05-02")) == [("IssuerObligationBreached", "DNB-4.11")]


def test_where_nothing_is_held_a_holder_without_notice_may_have_the_renewal_undone() -> None:
    for notice in (None, "2026-07-10"):
        story = unnoticed(hold_without_notice=False)
        story.until("2026-07-01")
        if notice:
            story.noticed(notice)
        assert told(story.cancelled("2026-07-20"))[-1] == ("RenewalUndone", "DNB-4.13")
        assert story.status("2026-07-01") == "cancelled-at-expiry"


def nothing_held() -> Story:
    """A renewal of which nobody was told, where that holds nothing."""
    story = unnoticed(hold_without_notice=False)
    story.until("2026-07-01")
    return story


def test_a_notice_may_say_of_which_term_it_is() -> None:
    story = nothing_held()
    story.noticed("2027-04-15", term=2)
    assert [e.data.term for e in story.told("RenewalNoticeAccepted")] == [2]  # type: ignore[attr-defined]
    assert "IssuerObligationBreached" not in [e.name for e in story.until("2027-05-02")]
    story.noticed("2027-05-03", term=1)  # the last term's notice is still owed
    assert [e.data.term for e in story.told("LateNoticeRecorded")] == [1]  # type: ignore[attr-defined]
    assert told(story.until("2027-05-19")) == [("RenewalConfirmed", "DNB-4.13")]
    assert running(story).notice is Notice.GIVEN  # which making the renewal final takes nothing from
    story.noticed("2027-05-20", term=1)
    assert reason(story.last("FactHadNoEffect")) == "no notice of the end of term 1 is owed"


def test_the_end_of_a_term_closes_what_could_undo_its_beginning() -> None:
    story = assessed(nothing_held(), 2026, "AA", "2027-05-15")
    story.until("2027-07-01")
    assert [e.data.provisional for e in story.told("ContractRenewed")] == [True, True]  # type: ignore[attr-defined]
    assert told(story.cancelled("2027-07-10"))[-1] == ("RenewalUndone", "DNB-4.13")
    assert (story.status("2027-06-30"), story.status("2027-07-01")) == ("valid", "cancelled-at-expiry")


def test_a_notice_of_the_term_leaves_its_renewal_final() -> None:
    story = assessed(nothing_held(), 2026, "AA", "2027-05-15").noticed("2027-04-15", term=2)
    story.until("2027-07-01")
    assert [e.data.provisional for e in story.told("ContractRenewed")] == [True, False]  # type: ignore[attr-defined]


# --- extension (DNB-4.4, X-8) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "closed", "extended"),
    [
        ("2026-03-01", None, True),
        ("2026-06-30", None, True),
        ("2026-07-01", None, False),
        ("2026-03-01", "2026-07-01", True),
        ("2026-03-01", "2026-06-30", False),
    ],
)
def test_a_contract_that_expires_while_data_is_collected_lasts_until_it_is(
    opened: str,
    closed: str | None,
    extended: bool,  # noqa: FBT001 - a column of the table
) -> None:
    story = holder().noticed("2026-02-20")
    collecting(story, opened, closed).until("2026-07-01")
    assert ("ContractExtendedPendingData" in story.names()) is extended


@pytest.mark.parametrize(("closes_on", "extended"), [("2026-07-01", True), ("2026-06-30", False)])
def test_a_collection_that_is_announced_to_end_by_the_expiry_does_not_extend_the_contract(
    closes_on: str,
    extended: bool,  # noqa: FBT001 - a column of the table
) -> None:
    story = holder().noticed("2026-02-20")
    story.fact(facts.DataCollectionOpened(business_year=2025, closes_on=day(closes_on)), "2026-03-01")
    story.until("2026-07-01")
    assert ("ContractExtendedPendingData" in story.names()) is extended


def test_an_extended_contract_is_shown_as_such_without_an_end() -> None:
    shown = extended().shows("2026-07-01")
    assert shown is not None
    assert (shown.status, shown.rule, shown.valid_until) == (Status.VALID_EXTENDED, Rule.DNB_4_4, None)


def extended(**policy: Any) -> Story:
    """A contract extended from 1 July 2026, after a notice in time."""
    story = collecting(holder(**policy).noticed("2026-02-20"))
    story.until("2026-07-01")
    assert isinstance(story.certificate.contract, Extended)
    return story


def test_an_extension_ends_with_the_day_of_collection_and_a_new_notice_is_owed() -> None:
    story = assessed(extended(), 2025, "AA", "2026-08-10")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10 12:00")
    assert told([e.event for e in story.entries[-2:]]) == [
        ("ContractExtensionEnded", "DNB-4.4"),
        ("LateNoticeDue", "DNB-4.12"),
    ]
    assert running(story).dates.valid_until == day("2026-08-10")
    assert told(story.until("2026-08-11")) == [("RenewalHeld", "DNB-4.14")]
    story.noticed("2026-08-12", late_reason=LateReason.DATA_NOT_COLLECTED)
    story.until("2026-08-28")
    assert (running(story).dates.valid_from, running(story).dates.valid_until) == (day("2026-08-11"), day("2027-08-10"))
    assert "IssuerObligationBreached" not in story.names()


def test_where_the_notice_sent_before_suffices_the_contract_renews_with_the_collection() -> None:
    story = assessed(extended(extension_needs_new_notice=False), 2025, "AA", "2026-08-10")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10")
    assert told(story.until("2026-08-11")) == [("ContractRenewed", "DNB-4.5"), ("ClassAttested", "DNB-4.9")]
    assert "LateNoticeDue" not in story.names()


def test_the_extended_end_is_the_new_anchor() -> None:
    story = assessed(extended(extension_needs_new_notice=False), 2025, "AA", "2026-08-10")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10")
    story.noticed("2027-05-01")
    assessed(story, 2026, "AA", "2027-05-15").until("2027-08-11")
    assert running(story).dates.valid_until == day("2028-08-10")


def test_the_schemes_end_of_collection_counts_where_the_companys_own_is_not_told() -> None:
    story = extended()
    story.scheme_fact(facts.DataCollectionOpened(business_year=2025), "2026-07-05")
    story.scheme_fact(facts.DataCollectionClosed(business_year=2025), "2026-09-01")
    assert story.last("ContractExtensionEnded").effective_at == moment("2026-09-01")


def test_the_schemes_collection_extends_too_and_the_companys_own_end_comes_first() -> None:
    story = holder().noticed("2026-02-20")
    story.scheme_fact(facts.DataCollectionOpened(business_year=2025, closes_on=day("2026-09-30")), "2026-03-01")
    story.until("2026-07-01")
    assert story.status("2026-07-01") == "valid-extended"
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-07-20")
    assert story.last("ContractExtensionEnded").effective_at == moment("2026-07-20")


def test_a_scheme_wide_fact_about_one_company_changes_only_the_count_of_what_the_scheme_has_met() -> None:
    scheme = Scheme()
    event = Story().event(facts.OfferMade(order="N-1"), "2026-01-01")
    met = scheme.meets(event)
    assert (met.windows, met.calendar, met.seen) == (scheme.windows, scheme.calendar, 1)


@pytest.mark.parametrize("alarm_days", [90, 30])
def test_an_extension_raises_an_alarm_once_after_its_days(alarm_days: int) -> None:
    story = extended(extension_alarm_days=alarm_days)
    lapses = {90: "2026-09-29", 30: "2026-07-31"}[alarm_days]
    assert "extension-alarm" not in story.tasks()
    assert told(story.until(moment(lapses))) == [("TaskOpened", "DNB-4.4")]
    assert story.last("TaskOpened").effective_at == moment(lapses)
    assert story.until("2028-01-01") == []


def test_another_task_does_not_silence_the_alarm() -> None:
    story = extended()
    story.cancelled("2026-07-15", channel=facts.Channel.LETTER)
    story.until("2026-09-29")
    assert story.tasks() == ["invite-cancellation", "extension-alarm"]


def test_the_alarm_counts_from_the_last_day_also_where_the_clocks_change_on_it() -> None:
    story = Story().registered()
    assessed(story, 2024, "AA", "2025-02-15").agreed("2025-03-29").noticed("2026-01-20")
    collecting(story, "2026-03-01").until("2026-03-30")  # the last day, 29 March 2026, has 23 hours
    data = story.last("ContractExtendedPendingData").data
    assert isinstance(data, events.ContractExtendedPendingData)
    assert data.alarm.last_day == day("2026-06-27")


def test_a_contract_cancelled_while_it_is_extended_ends_with_the_extension() -> None:
    for policy in ({}, {"hold_without_notice": False}, {"cancel_reading": "within_last"}):
        story = extended(**policy)
        assert told(story.cancelled("2026-07-15"))[1:] == [("CancellationAccepted", "DNB-4.6")]
        assert story.status("2026-07-15") == "valid-extended"
        story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10")
        assert "LateNoticeDue" not in story.names()
        assert told(story.until("2026-08-11")) == [("ContractCancelledAtExpiry", "DNB-4.6")]
        assert story.status("2026-08-11") == "cancelled-at-expiry"


def unassessed(**policy: Any) -> Story:
    """An extended contract whose company's data is collected, and not yet assessed at the end of that day."""
    story = extended(**policy)
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10")
    story.until("2026-08-11")
    return story


def test_collected_data_that_waits_to_be_assessed_ends_no_contract() -> None:
    story = unassessed()
    assert told([story.last("RenewalHeld")]) == [("RenewalHeld", "DNB-4.14")]
    assessed(story, 2025, "A", "2026-08-20").noticed("2026-08-21", late_reason=LateReason.DATA_NOT_COLLECTED)
    story.until("2026-09-10")
    assert running(story).dates.valid_from == day("2026-08-11")
    shown = story.shows("2026-09-10")
    assert shown is not None
    assert (shown.status, shown.attained, shown.business_year) == ("valid", "A", 2025)


def test_a_renewal_held_for_data_expires_from_its_end_if_the_data_attains_no_class() -> None:
    story = unassessed()
    assessed(story, 2025, "none", "2026-08-20").noticed("2026-08-21", late_reason=LateReason.DATA_NOT_COLLECTED)
    assert told(story.until("2026-09-10")) == [("ContractExpired", "DNB-4.8")]
    assert story.status("2026-08-10") == "valid-extended"
    assert story.status("2026-08-11") == "expired"


def test_such_an_expiry_stands_when_the_class_is_corrected_later() -> None:
    story = unassessed()
    assessed(story, 2025, "none", "2026-08-20").noticed("2026-08-21", late_reason=LateReason.DATA_NOT_COLLECTED)
    story.until("2026-09-10")
    assessed(story, 2025, "AA", "2026-08-22", "2026-10-01")
    assert story.status("2026-10-02") == "expired"
    assert "review-contract" in story.tasks()


def test_such_a_renewal_stands_when_the_class_is_found_to_be_none_later() -> None:
    story = unassessed()
    assessed(story, 2025, "AA", "2026-08-20").noticed("2026-08-21", late_reason=LateReason.DATA_NOT_COLLECTED)
    story.until("2026-09-10")
    assessed(story, 2025, "none", "2026-08-22", "2026-10-01")
    assert running(story).dates.valid_from == day("2026-08-11")
    assert "review-contract" in story.tasks()


def test_a_renewal_that_waits_for_nothing_goes_on_with_the_class_of_the_year_before() -> None:
    story = unassessed(extension_needs_new_notice=False)
    shown = story.shows("2026-08-11")
    assert shown is not None
    assert (shown.status, shown.business_year) == ("valid", 2024)


def test_an_extended_contract_expires_if_the_collection_ends_without_this_companys_data() -> None:
    story = extended()
    story.scheme_fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10")
    assert told(story.until("2026-08-11")) == [("ContractExpired", "DNB-4.8")]


def test_no_new_contract_begins_while_collected_data_waits_to_be_assessed() -> None:
    story = eligible()
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-01-01")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-06-01")
    answer = story.fact(facts.ConsensusRecorded(order="N-1", evidence=HASH), "2026-06-02")
    assert told(answer)[1:] == [("OrderRefused", "DNB-3.1")]


# --- name, end of the company ------------------------------------------------------------------------------------


def test_a_new_name_corrects_the_certificate_and_the_holder_stays_the_same() -> None:
    story = holder()
    answer = story.fact(facts.CompanyRenamed(name="Tekstil plus"), "2025-08-01")
    assert told(answer) == [("CompanyRenamed", None), ("HolderRenamed", "X-19")]
    assert story.dossier.company.name == "Tekstil plus"


def test_a_new_name_corrects_no_certificate_that_is_over_or_was_never_concluded() -> None:
    story = eligible()
    story.fact(facts.OfferMade(order="N-1"), "2025-06-01")
    assert len(story.fact(facts.CompanyRenamed(name="Tekstil plus"), "2025-06-02")) == 1
    story = noticed()
    story.cancelled("2026-05-20")
    story.until("2026-07-01")
    assert len(story.fact(facts.CompanyRenamed(name="Tekstil plus"), "2026-07-02")) == 1


def test_a_contract_ends_with_the_legal_person() -> None:
    story = holder()
    answer = story.fact(facts.CompanyDeregistered(), "2025-09-01")
    assert told(answer)[1:] == [
        ("MarkLicenceLost", "DNB-6.12"),
        ("MarkRemovalOwed", "DNB-6.17"),
        ("TaskOpened", "GEN-8"),
        ("ContractEndedWithSubject", "DNB-6.12"),
    ]
    assert story.status("2025-08-31 23:59") == "valid"
    assert story.status("2025-09-01") == "revoked"


def test_a_contract_that_is_over_or_was_never_concluded_does_not_end_again() -> None:
    story = eligible()
    story.fact(facts.OfferMade(order="N-1"), "2025-06-01")
    assert len(story.fact(facts.CompanyDeregistered(), "2025-06-02")) == 1
    story = noticed()
    story.cancelled("2026-05-20")
    story.until("2026-07-01")
    assert "ContractEndedWithSubject" not in [e.name for e in story.fact(facts.CompanyDeregistered(), "2026-07-02")]
    assert story.status("2026-07-02") == "cancelled-at-expiry"


# --- taking over -------------------------------------------------------------------------------------------------


def taken_over(at: str = "2026-03-01", **changes: Any) -> Story:
    data = {
        "order": "N-1",
        "concluded_on": day("2022-06-30"),
        "term": 4,
        "valid_until": day("2026-06-30"),
        "business_year": 2024,
        "attained": Excellence.AAA,
        "edition": Edition.GOLD,
        "history": {2022: Excellence.AAA, 2023: Excellence.AAA},
        **changes,
    }
    story = Story().registered()
    story.fact(facts.CertificateTakenOver(**data), at, name="taken")
    return story


def test_a_running_certificate_goes_on_here_with_its_class_and_its_row_of_years() -> None:
    story = taken_over()
    assert told([e.event for e in story.entries[2:]]) == [
        ("ContractConcluded", "DNB-4.3"),
        ("MarkLicenceGranted", "DNB-6.1"),
        ("ClassAttested", "DNB-3.1"),
        ("EditionAttained", "DNB-2.5"),
    ]
    shown = story.shows("2026-03-01")
    assert shown is not None
    assert (shown.status, shown.attained, shown.edition) == (Status.VALID, Excellence.AAA, Edition.GOLD)
    assert (shown.valid_from, shown.valid_until, shown.period) == (day("2025-07-01"), day("2026-06-30"), 2025)
    assert story.status("2026-02-28 23:59") is None
    assert story.dossier.company.attained(2023, moment("2026-03-01")) is Excellence.AAA


def test_the_first_term_of_a_certificate_taken_over_began_with_its_conclusion() -> None:
    story = taken_over(concluded_on=day("2025-06-30"), term=1)
    assert running(story).dates.valid_from == day("2025-06-30")


def test_a_certificate_taken_over_keeps_the_day_on_which_it_was_concluded() -> None:
    story = taken_over("2026-01-10", concluded_on=day("2024-02-29"), term=2, valid_until=day("2026-02-28"))
    assert running(story).dates.valid_from == day("2025-03-01")
    story.until("2026-03-01")
    assert running(story).dates.valid_until == day("2027-02-28")
    assessed(story, 2025, "AAA", "2026-05-15").noticed("2026-12-01")
    story.until("2027-03-01")
    assert running(story).dates.valid_until == day("2028-02-29")


def test_a_certificate_taken_over_with_another_end_counts_from_that_end() -> None:
    story = taken_over(valid_until=day("2026-08-10")).noticed("2026-05-01")
    assessed(story, 2025, "AAA", "2026-05-15").until("2026-08-11")
    assert running(story).dates.valid_until == day("2027-08-10")


@pytest.mark.parametrize(("at", "judged"), [("2026-05-01 23:59", True), ("2026-05-02", False)])
def test_no_duty_from_before_the_day_of_taking_over_is_judged(at: str, judged: bool) -> None:  # noqa: FBT001 - a column of the table
    story = assessed(taken_over(at), 2025, "AAA", "2026-05-15")
    story.until("2026-07-01")
    assert ("IssuerObligationBreached" in story.names()) is judged
    assert ("ContractRenewed" in story.names()) is not judged


@pytest.mark.parametrize(
    ("at", "changes", "rule"),
    [
        ("2026-07-01", {}, Rule.DNB_4_3),
        ("2026-03-01", {"attained": Excellence.NONE}, Rule.DNB_3_1),
        ("2026-03-01", {"business_year": 2026}, Rule.DNB_3_1),
    ],
)
def test_what_is_over_or_shows_no_class_can_not_be_taken_over(at: str, changes: dict[str, Any], rule: Rule) -> None:
    story = taken_over(at, **changes)
    assert story.last("FactHadNoEffect").rule is rule
    assert "ContractConcluded" not in story.names()


def test_a_year_that_has_not_closed_is_no_part_of_the_history_brought() -> None:
    story = taken_over(history={2025: Excellence.AAA, 2026: Excellence.AAA, 2027: Excellence.A})
    years = [e.data.business_year for e in story.told("AssessmentDisregarded")]  # type: ignore[attr-defined]
    assert years == [2026, 2027]
    assert [a.business_year for a in story.dossier.company.assessments] == [2024, 2025]


def test_a_certificate_on_its_last_day_can_be_taken_over() -> None:
    assert "ContractConcluded" in taken_over("2026-06-30 23:59").names()


def test_a_certificate_that_is_kept_here_is_not_taken_over_again() -> None:
    story = taken_over()
    story.fact(story.entries[1].event.data, "2026-03-02")  # type: ignore[arg-type]  # the same fact once more
    assert story.entries[-1].event.name == "FactHadNoEffect"


def test_a_licence_that_was_suspended_elsewhere_is_suspended_here_and_comes_back_with_the_cessation() -> None:
    story = taken_over(licence=facts.LicenceThen.SUSPENDED)
    assert story.status("2026-03-01") == "suspended"
    story.fact(facts.CessationVerified(case="taken-over/N-1"), "2026-03-05")
    assert story.status("2026-03-05") == "valid"


def test_the_seven_days_of_a_suspension_elsewhere_run_from_a_second_demand_received_here() -> None:
    story = taken_over(licence=facts.LicenceThen.SUSPENDED)
    story.fact(facts.SecondDemandDelivered(case="taken-over/N-1"), "2026-04-07")
    story.until("2026-04-21")
    assert story.tasks()[-1] == "withdraw"


def test_a_licence_that_was_lost_elsewhere_is_lost_here_until_two_people_give_it_back() -> None:
    story = taken_over(licence=facts.LicenceThen.LOST)
    assert story.status("2026-03-01") == "revoked"
    story.fact(facts.ReinstatementRequested(order="N-1"), "2026-03-05")
    granted = facts.ReinstatementDecided(order="N-1", granted=True, decided_by="ana", approved_by="iva", agreement=HASH)
    story.fact(granted, "2026-03-06")
    assert story.status("2026-03-06") == "valid"


# --- late facts --------------------------------------------------------------------------------------------------


def test_a_renewal_that_was_decided_stands_when_a_fact_against_it_is_learned_late() -> None:
    story = noticed()
    story.until("2026-07-01")
    story.blocked("2026-06-10", "2026-08-01")
    assert story.status("2026-06-10") == "revoked"
    assert running(story).dates.term == 2
    task = story.last("TaskOpened")
    assert isinstance(task.data, TaskOpened)
    assert (task.data.task, task.rule, task.effective_at) == ("review-contract", Rule.GEN_8, moment("2026-07-01"))
    assert "by what is known now it would be ContractExpired" in task.data.recommendation


def test_a_renewal_that_was_decided_is_undone_where_the_policy_lets_late_facts_reopen_it() -> None:
    story = noticed(late_fact_reopens_renewal=True)
    story.until("2026-07-01")
    story.blocked("2026-06-10", "2026-08-01")
    assert isinstance(story.certificate.contract, Ended)
    assert "review-contract" not in story.tasks()


@pytest.mark.parametrize("learned", ["2026-08-01", "2027-08-01"])
def test_a_cancellation_sent_in_time_and_learned_late_undoes_the_renewal_from_its_start(learned: str) -> None:
    story = noticed()
    story.until("2026-07-01")
    story.cancelled("2026-05-31 23:59", learned)
    assert story.status("2026-06-30 23:59") == "valid"
    assert story.status("2026-07-01") == "cancelled-at-expiry"
    assert story.status("2027-07-15") == "cancelled-at-expiry"


def test_a_cancellation_sent_too_late_and_learned_later_changes_nothing() -> None:
    story = noticed()
    story.until("2026-07-01")
    story.cancelled("2026-06-01", "2026-08-01")
    assert story.status("2026-08-01") == "valid"
    assert "CancellationRefused" in story.names()


def test_an_expiry_that_was_decided_stands_when_the_class_is_learned_late() -> None:
    story = holder().noticed("2026-04-20")
    assessed(story, 2025, "none", "2026-05-15")
    story.until("2026-07-01")
    assessed(story, 2025, "AA", "2026-05-20", "2026-07-10")
    assert story.status("2026-07-10") == "expired"
    assert story.tasks()[-1] == "review-contract"


def test_two_people_can_restore_a_contract_whose_expiry_was_decided_on_wrong_facts() -> None:
    story = holder().noticed("2026-04-20")
    assessed(story, 2025, "none", "2026-05-15").until("2026-07-01")
    assessed(story, 2025, "AA", "2026-05-20", "2026-07-10")
    one = facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="ana")
    assert story.fact(one, "2026-07-11")[1].rule is Rule.GEN_8
    assert story.status("2026-07-11") == "expired"
    story.fact(facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="iva"), "2026-07-12")
    assert story.status("2026-07-12") == "valid"
    assert running(story).dates.term == 2


def test_without_a_contract_there_is_nothing_to_restore() -> None:
    story = eligible()
    told_ = story.fact(facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="iva"), "2026-07-12")
    assert reason(told_[-1]) == "there is no contract to restore"


def test_an_expiry_by_a_wrong_blockade_stands_until_two_people_restore_the_contract() -> None:
    story = noticed().blocked("2026-06-10")
    story.until("2026-07-01")
    assert story.status("2026-07-01") == "revoked"
    story.retracted("block-B-1", "2026-07-10")
    assert story.status("2026-06-15") == "valid"
    assert story.status("2026-07-10") == "expired"
    story.fact(facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="iva"), "2026-07-12")
    assert story.status("2026-07-12") == "valid"


def test_a_contract_that_ended_by_a_wrong_deregistration_stays_ended_until_two_people_restore_it() -> None:
    story = holder()
    story.fact(facts.CompanyDeregistered(), "2025-09-01", name="gone")
    story.retracted("gone", "2025-10-01")
    assert story.status("2025-10-01") == "expired"
    assert story.tasks()[-1] == "review-contract"
    story.fact(facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="iva"), "2025-10-02")
    assert story.status("2025-10-02") == "valid"


def test_a_cancellation_that_is_retracted_leaves_the_end_that_was_decided() -> None:
    story = noticed()
    data = facts.RenewalCancelled(order="N-1", signed=True)
    story.fact(data, "2026-05-20", name="cancel")
    story.until("2026-07-01")
    story.retracted("cancel", "2026-07-10")
    assert story.status("2026-07-10") == "cancelled-at-expiry"
    assert story.tasks() == ["review-contract"]


def test_a_cancellation_that_is_retracted_leaves_a_renewal_undone() -> None:
    story = unnoticed().noticed("2026-06-25")
    story.fact(facts.RenewalCancelled(order="N-1", signed=True), "2026-07-05", name="cancel")
    story.retracted("cancel", "2026-07-20")
    shown = story.shows("2026-07-20")
    assert shown is not None
    assert (shown.status, shown.rule) == (Status.CANCELLED_AT_EXPIRY, Rule.DNB_4_13)
    assert story.tasks()[-1] == "review-contract"


def test_a_held_renewal_that_was_cancelled_stays_so_when_another_fact_is_learned_late() -> None:
    story = unnoticed().noticed("2026-07-10")
    story.cancelled("2026-07-20")
    story.fact(facts.CompanyRenamed(name="Tekstil"), "2026-06-20", "2026-08-01")
    assert story.status("2026-07-01") == "cancelled-at-expiry"
    assert story.tasks() == []


def test_a_class_that_falls_away_annuls_the_certificate_it_renewed() -> None:
    story = noticed()
    story.until("2026-07-01")
    assessed(story, 2025, "none", "2026-06-20", "2026-08-01")
    assert story.status("2026-06-30") == "valid"
    assert story.status("2026-07-01") == "annulled"


def test_a_certificate_issued_on_a_class_that_was_wrong_is_annulled() -> None:
    story = assessed(Story().registered(), 2024, "AA", "2025-05-15").agreed("2025-06-30")
    story.retracted("class-2024-AA", "2025-08-01")
    assert story.status("2025-06-30") == "annulled"
    assert story.status("2025-06-29 23:59") is None


def test_a_renewal_that_was_held_first_stands_as_well() -> None:
    story = unnoticed().noticed("2026-07-10")
    story.until("2026-07-28")
    story.blocked("2026-06-10", "2026-09-01")
    assert running(story).dates.term == 2
    assert story.tasks()[-1] == "review-contract"


def test_a_renewal_that_was_held_first_stands_when_the_licence_had_been_taken_for_good_before() -> None:
    story = unnoticed()
    story.fact(facts.MisuseReported(case="C-1", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-05-20")
    story.fact(facts.CessationVerified(case="C-1"), "2026-05-21")
    story.fact(facts.MisuseReported(case="C-2", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2026-05-22")
    story.fact(facts.ViolationVerified(case="C-2"), "2026-05-22")
    story.fact(facts.PermanentWithdrawalProposed(case="C-2", proposed_by="ana"), "2026-05-23")
    story.noticed("2026-07-10").until("2026-07-28")
    story.fact(facts.PermanentWithdrawalApproved(case="C-2", approved_by="iva"), "2026-07-15", "2026-09-01")
    assert running(story).dates.term == 2
    assert story.status("2026-09-01") == "revoked"
    assert story.tasks()[-1] == "review-contract"


def test_a_renewal_that_was_extended_first_stands_when_the_collection_is_retracted() -> None:
    story = holder(extension_needs_new_notice=False).noticed("2026-02-20")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-03-01", name="open")
    assessed(story, 2025, "AA", "2026-08-10")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-10")
    story.until("2026-08-11")
    assert running(story).dates.valid_until == day("2027-08-10")
    story.retracted("open", "2026-09-01")
    assert running(story).dates.valid_until == day("2027-08-10")


def test_a_renewal_stands_though_a_collection_that_was_open_is_learned_late() -> None:
    story = noticed()
    story.until("2026-07-01")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-03-01", "2026-07-05")
    assert running(story).dates.term == 2
    task = story.last("TaskOpened").data
    assert isinstance(task, TaskOpened)
    assert "it would be ContractExtendedPendingData" in task.recommendation


def test_a_renewal_stands_though_the_notice_it_rested_on_is_retracted() -> None:
    data = facts.RenewalNoticeDelivered(order="N-1", states_expiry=True, states_class=True, states_edition=True)
    story = holder()
    story.fact(data, "2026-04-20", name="notice")
    assessed(story, 2025, "AA", "2026-05-15").until("2026-07-01")
    story.retracted("notice", "2026-08-01")
    assert running(story).dates.term == 2
    task = story.last("TaskOpened").data
    assert isinstance(task, TaskOpened)
    assert "it would be RenewalHeld" in task.recommendation


def test_an_unrelated_fact_learned_late_leaves_the_dates_that_were_told_as_they_are() -> None:
    story = collecting(holder(), closed="2026-06-12").noticed("2026-06-25", late_reason=LateReason.DATA_NOT_COLLECTED)
    story.until("2026-07-02")
    before = story.certificate
    answer = story.fact(facts.CompanyRenamed(name="Tekstil"), "2026-06-20", "2026-07-02")
    assert [e.name for e in answer] == ["CompanyRenamed", "HolderRenamed"]
    assert story.certificate == before


# --- corrected calendars -----------------------------------------------------------------------------------------


def window(story: Story) -> Term:
    """The days in which the holder may still undo a renewal."""
    before = running(story).before
    assert before is not None
    assert before.late_cancel is not None
    return before.late_cancel


def test_a_corrected_calendar_moves_an_open_window_to_a_later_day() -> None:
    story = unnoticed().noticed("2026-06-25")  # until Friday, 10 July
    story.scheme_fact(facts.CalendarCorrected(version="RS/2", days_off=(day("2026-07-10"),)), "2026-07-05")
    assert window(story).last_day == day("2026-07-13")
    assert story.last("TermRecomputed").rule is Rule.GEN_3
    assert story.until("2026-07-13 23:59") == []
    assert [e.name for e in story.until("2026-07-14")] == ["RenewalConfirmed"]


def test_a_window_that_lapsed_on_a_wrong_day_is_opened_again_until_the_right_one() -> None:
    story = unnoticed().noticed("2026-06-25")
    story.until("2026-07-11")
    assert "RenewalConfirmed" in story.names()
    story.scheme_fact(facts.CalendarCorrected(version="RS/2", days_off=(day("2026-07-10"),)), "2026-07-12")
    shown = story.shows("2026-07-12")
    assert shown is not None
    assert shown.flag == "renewal provisional"
    assert story.cancelled("2026-07-13")[-1].name == "RenewalUndone"


def test_a_day_that_would_be_earlier_changes_nothing_that_was_communicated() -> None:
    story = unnoticed().noticed("2026-06-19")  # 4 July is a Saturday: until Monday, 6 July
    story.scheme_fact(facts.CalendarCorrected(version="RS/2", working=(day("2026-07-04"),)), "2026-06-20")
    assert "TermRecomputed" not in story.names()
    moved = running(story).late_cancel
    assert moved is not None
    assert moved.last_day == day("2026-07-06")


def test_a_second_correction_is_told_after_the_first() -> None:
    story = unnoticed().noticed("2026-06-25")
    for version, off in (("RS/2", "2026-07-10"), ("RS/3", "2026-07-13")):
        story.scheme_fact(facts.CalendarCorrected(version=version, days_off=(day(off),)), "2026-07-05")
    assert (window(story).last_day, window(story).calendar) == (day("2026-07-14"), "RS/3")
    whys = [getattr(e.data, "why", "") for e in story.told("TermRecomputed")]
    assert whys[-2:] == ["calendar RS/2 corrects RS/1", "calendar RS/3 corrects RS/2"]
