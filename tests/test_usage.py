"""What may be shown on any day: the mark of each certified year as it is, with its year and grade, or not at all."""

from typing import Any

import pytest

from domain import facts
from domain.facts import Edition, Excellence, LicenceThen, Violation
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.usage import Form, may_show
from tests.story import HASH, Story, day, moment


def holder(**policy: Any) -> Story:
    """A certificate from 30 June 2025 in AAA, renewed on 1 July 2026 in AA."""
    story = Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AAA"}).agreed("2025-06-30")
    story.noticed("2026-04-15")
    data = facts.ClassAssessed(business_year=2025, attained=Excellence.AA, model_version="m-1", inputs_hash=HASH)
    story.fact(data, "2026-05-15")
    story.until("2026-07-01")
    return story


def shown(story: Story, at: str) -> list[tuple[int, str, Form]]:
    return [(u.year, u.attained.value, u.form) for u in may_show(story.certificate, moment(at), story.scheme.policy)]


def rules(story: Story, at: str) -> list[tuple[Rule, ...]]:
    return [u.rules for u in may_show(story.certificate, moment(at), story.scheme.policy)]


def test_nothing_is_shown_before_there_is_a_contract() -> None:
    assert shown(holder(), "2025-06-29 23:59") == []


def test_a_certified_year_is_shown_as_it_is_while_it_lasts() -> None:
    assert shown(holder(), "2025-06-30") == [(2025, "AAA", Form.CURRENT)]
    assert shown(holder(), "2026-06-30 23:59") == [(2025, "AAA", Form.CURRENT)]
    assert rules(holder(), "2025-06-30") == [(Rule.DNB_6_1,)]


def test_a_past_year_is_shown_with_its_year_and_its_own_grade() -> None:
    story = holder()
    assert shown(story, "2026-07-01") == [(2025, "AAA", Form.WITH_YEAR_AND_GRADE), (2026, "AA", Form.CURRENT)]
    assert rules(story, "2026-07-01")[0] == (Rule.DNB_6_9, Rule.DNB_6_10)
    past = may_show(story.certificate, moment("2026-07-01"), Policy())[0]
    assert past.reason == "the certified period is over: only with its year 2025 and its grade AAA"


def test_an_expiry_or_a_cancellation_leaves_the_use_of_past_years() -> None:
    story = holder()
    story.cancelled("2027-05-01")
    story.until("2027-07-01")
    assert shown(story, "2027-06-30 23:59")[1] == (2026, "AA", Form.CURRENT)
    assert shown(story, "2027-07-01") == [
        (2025, "AAA", Form.WITH_YEAR_AND_GRADE),
        (2026, "AA", Form.WITH_YEAR_AND_GRADE),
    ]


def test_an_edition_granted_in_the_course_of_a_term_is_shown_from_then_on() -> None:
    story = Story().registered().assessed({2022: "AAA", 2023: "AAA", 2024: "AAA"}).agreed("2025-06-30")
    story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.GOLD), "2025-09-01")
    at = [may_show(story.certificate, moment(t), Policy())[0].edition for t in ("2025-08-31", "2025-09-01")]
    assert at == [Edition.BASE, Edition.GOLD]


@pytest.mark.parametrize("ends", [True, False])
def test_a_loss_ends_the_current_year_and_past_ones_as_the_policy_reads_it(ends: bool) -> None:  # noqa: FBT001
    story = holder(loss_ends_after_use=ends).blocked("2026-09-01").unblocked("2026-09-02")
    after = Form.NOT_AT_ALL if ends else Form.WITH_YEAR_AND_GRADE
    assert shown(story, "2026-08-31")[1][2] is Form.CURRENT
    assert [form for _, _, form in shown(story, "2026-09-01")] == [after, Form.NOT_AT_ALL]
    assert rules(story, "2026-09-01")[1] == (Rule.DNB_6_14, Rule.DNB_6_16)
    if ends:
        assert rules(story, "2026-09-01")[0] == (Rule.DNB_6_14, Rule.DNB_6_16, Rule.X_3)


def test_a_loss_after_the_contract_takes_the_use_of_past_years() -> None:
    story = holder()
    story.cancelled("2027-05-01")
    story.until("2027-07-01")
    story.blocked("2027-08-02")
    assert {form for _, _, form in shown(story, "2027-08-01")} == {Form.WITH_YEAR_AND_GRADE}
    assert {form for _, _, form in shown(story, "2027-08-02")} == {Form.NOT_AT_ALL}


def test_a_licence_given_back_gives_the_use_back() -> None:
    story = holder().blocked("2026-09-01").unblocked("2026-09-02")
    story.fact(facts.ReinstatementRequested(order="N-1"), "2026-09-03")
    given = facts.ReinstatementDecided(order="N-1", granted=True, decided_by="ana", approved_by="iva", agreement=HASH)
    story.fact(given, "2026-09-04")
    assert [form for _, _, form in shown(story, "2026-09-04")] == [Form.WITH_YEAR_AND_GRADE, Form.CURRENT]


def _reported(story: Story, case: str, at: str) -> None:
    story.fact(facts.MisuseReported(case=case, kind=Violation.MISSING_YEAR, evidence=(HASH,)), at)


def test_a_suspension_ends_every_use_for_its_time() -> None:
    story = holder()
    _reported(story, "C-1", "2026-09-01")
    story.fact(facts.WarningDelivered(case="C-1"), "2026-09-01 10:00")
    story.until("2026-09-03 10:00")
    story.fact(facts.CessationVerified(case="C-1"), "2026-09-04")
    assert [form for _, _, form in shown(story, "2026-09-03 09:59")] == [Form.WITH_YEAR_AND_GRADE, Form.CURRENT]
    assert [form for _, _, form in shown(story, "2026-09-03 10:00")] == [Form.NOT_AT_ALL, Form.NOT_AT_ALL]
    assert rules(story, "2026-09-03 10:00")[1] == (Rule.DNB_7_3, Rule.DNB_6_16)
    assert [form for _, _, form in shown(story, "2026-09-04")] == [Form.WITH_YEAR_AND_GRADE, Form.CURRENT]


def test_a_licence_withdrawn_for_good_ends_every_use() -> None:
    story = holder()
    _reported(story, "C-1", "2026-09-01")
    story.fact(facts.CessationVerified(case="C-1"), "2026-09-01")
    _reported(story, "C-2", "2026-09-02")
    story.fact(facts.ViolationVerified(case="C-2"), "2026-09-02")
    story.fact(facts.PermanentWithdrawalProposed(case="C-2", proposed_by="ana"), "2026-09-03")
    story.fact(facts.PermanentWithdrawalApproved(case="C-2", approved_by="iva"), "2026-09-03")
    assert rules(story, "2026-09-02")[1] == (Rule.DNB_6_1,)
    assert rules(story, "2026-09-03")[1] == (Rule.DNB_7_5, Rule.DNB_6_16)


def test_a_contract_that_waits_for_a_notice_goes_on_with_its_year() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-30")
    story.until("2026-07-01")
    assert story.names()[-1] == "RenewalHeld"
    assert shown(story, "2026-07-01") == [(2025, "AAA", Form.CURRENT)]


def test_a_contract_that_waits_for_data_goes_on_with_its_year() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-30")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-06-01")
    story.until("2026-07-01")
    assert story.status("2026-07-01") == "valid-extended"
    assert shown(story, "2026-07-01") == [(2025, "AAA", Form.CURRENT)]


def test_a_provisional_renewal_begins_its_year() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-30").noticed("2026-06-25")
    story.until("2026-07-01")
    assert story.last("ContractRenewed").data.provisional  # type: ignore[attr-defined]
    assert shown(story, "2026-07-01")[1] == (2026, "AAA", Form.CURRENT)


def test_the_first_of_several_losses_is_the_one_that_is_named() -> None:
    story = holder().blocked("2026-09-01")
    story.fact(facts.InsolvencyOpened(kind=facts.Insolvency.BANKRUPTCY, proceeding="P-1"), "2026-09-02")
    assert rules(story, "2026-09-02")[1] == (Rule.DNB_6_14, Rule.DNB_6_16)


def test_a_certificate_lost_under_another_system_shows_nothing() -> None:
    story = Story().registered()
    data = facts.CertificateTakenOver(
        order="N-1",
        concluded_on=day("2025-06-30"),
        term=1,
        valid_until=day("2026-06-30"),
        business_year=2024,
        attained=Excellence.AA,
        licence=LicenceThen.LOST,
    )
    story.fact(data, "2026-01-10")
    assert shown(story, "2026-01-10") == [(2025, "AA", Form.NOT_AT_ALL)]


def test_what_was_issued_in_error_was_never_certified() -> None:
    story = Story().registered().assessed({2024: "AAA"})
    story.fact(facts.ConsensusRecorded(order="N-1", evidence=HASH), "2025-06-30", name="wrong")
    story.retracted("wrong", "2025-08-01")
    assert shown(story, "2025-07-01") == []
