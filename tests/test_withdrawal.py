"""The holder withdraws from the contract: an overdue correction, a statute, an adverse amendment of the terms."""

from typing import Any

import pytest

from domain import facts
from domain.certificate import Ended, Phase
from domain.events import ContractWithdrawn, Event, WithdrawalAccepted
from domain.facts import WithdrawalBasis
from domain.outlook import items
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.withdrawal import may_withdraw_from_amendment
from tests.story import HASH, Story, day, moment


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025, which would be renewed on 1 July 2026."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def of_dispute(story: Story, kind: type[facts.DisputeFact], at: str, learned: str | None = None, **more: Any) -> None:
    story.fact(kind.model_validate({"order": "N-1", "dispute": "D-1", **more}), at, learned)


def overdue(**policy: Any) -> Story:
    """An error of the issuer that was to be corrected by 20 October 2025, and was not."""
    story = holder(**policy)
    of_dispute(story, facts.DefectReported, "2025-10-01", description="the date is wrong")
    of_dispute(story, facts.DefectEstablished, "2025-10-02", in_scope=True)
    of_dispute(story, facts.CorrectionPeriodAgreed, "2025-10-03", correct_by=day("2025-10-20"))
    return story


def declared(
    story: Story, basis: str, at: str, learned: str | None = None, name: str = "declared", **more: Any
) -> list[Event]:
    data = facts.ContractWithdrawalDeclared.model_validate({"order": "N-1", "basis": WithdrawalBasis(basis), **more})
    return story.fact(data, at, learned, name)


def by_statute(story: Story, at: str, learned: str | None = None, **more: Any) -> list[Event]:
    return declared(story, "statute", at, learned, law="ZOO 262", **more)


def for_delay(story: Story, at: str, learned: str | None = None, dispute: str = "D-1") -> list[Event]:
    return declared(story, "correction_overdue", at, learned, dispute=dispute)


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries if e.fact is None]


def refusal(entries: list[Event]) -> tuple[str, Rule | None, str]:
    last = entries[-1]
    return last.name, last.rule, str(getattr(last.data, "reason", ""))


WITHDRAWN = ["WithdrawalAccepted", "ContractWithdrawn", "TaskOpened"]


# --- an overdue correction (DNB-9.3) -----------------------------------------------------------------------------


def test_before_the_period_is_over_nobody_withdraws_for_it() -> None:
    story = overdue()
    assert refusal(for_delay(story, "2025-10-20 23:59"))[:2] == ("WithdrawalRefused", Rule.DNB_9_3)
    assert story.status("2025-10-21") == "valid"


def test_from_the_moment_it_is_overdue_the_contract_ends_on_receipt() -> None:
    story = overdue()
    assert told(for_delay(story, "2025-10-21"))[-3:] == [(name, "DNB-9.3") for name in WITHDRAWN]
    assert story.tasks()[-1] == "decide-refund"
    shown = story.shows("2025-10-21")
    assert shown is not None
    assert (shown.status.value, shown.rule, shown.clause) == ("expired", Rule.DNB_9_3, "9")
    assert (story.status("2025-10-20"), story.certificate.granted_at) == ("valid", moment("2025-06-30"))
    assert story.dossier.matters["dispute D-1"].closed
    assert story.until("2026-12-01") == []


def test_once_the_correction_is_issued_it_is_too_late_to_withdraw_for_it() -> None:
    story = overdue()
    of_dispute(story, facts.CorrectionIssued, "2025-10-25 10:00", document=HASH)
    assert refusal(for_delay(story, "2025-10-25 10:01"))[0] == "WithdrawalRefused"


def test_a_withdrawal_for_delay_names_an_overdue_dispute_of_the_same_certificate() -> None:
    story = overdue()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-10-04")
    story.until("2025-10-21")
    for more in ({}, {"dispute": "D-9"}, {"dispute": "D-1", "order": "N-2"}):
        answer = declared(story, "correction_overdue", "2025-10-22", name=f"declared-{len(more)}", **more)
        assert refusal(answer) == (
            *("WithdrawalRefused", Rule.DNB_9_3),
            "no correction of this certificate is overdue in the dispute that it names",
        )


def test_a_withdrawal_undoes_a_renewal_when_it_was_received_before_and_learned_late() -> None:
    story = overdue().noticed("2026-04-15").assessed({2025: "AA"})
    story.until("2026-07-05")
    assert story.told("ContractRenewed")
    answer = for_delay(story, "2026-06-29", "2026-07-06")
    assert "ContractRenewed" in [getattr(e.data, "event", "") for e in answer]
    assert (story.status("2026-06-28"), story.status("2026-06-29")) == ("valid", "expired")
    assert len(story.certificate.attestations) == 1


def test_a_correction_learned_late_leaves_a_withdrawal_in_force_and_asks_two_people() -> None:
    story = overdue()
    for_delay(story, "2025-10-22")
    of_dispute(story, facts.CorrectionIssued, "2025-10-20", "2025-11-01", document=HASH)
    assert (story.status("2025-10-22"), story.tasks()[-2:]) == ("expired", ["decide-refund", "review-contract"])
    restored = facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="bo")
    story.fact(restored, "2025-11-02")
    assert story.status("2025-11-02") == "valid"
    assert story.last("WithdrawalRefused").rule is Rule.DNB_9_3


def test_by_another_reading_it_follows_what_is_known_now() -> None:
    story = overdue(late_fact_reopens_renewal=True)
    for_delay(story, "2025-10-22")
    of_dispute(story, facts.CorrectionIssued, "2025-10-20", "2025-11-01", document=HASH)
    assert story.status("2025-10-22") == "valid"


# --- a statute (DNB-9.4) -----------------------------------------------------------------------------------------


def test_a_statute_needs_no_period_but_has_to_be_named() -> None:
    story = holder()
    assert refusal(declared(story, "statute", "2025-10-01", name="unnamed")) == (
        *("WithdrawalRefused", Rule.DNB_9_4),
        "it does not say which law allows it",
    )
    assert told(by_statute(story, "2025-10-02 09:00")) == [(name, "DNB-9.4") for name in WITHDRAWN]
    assert (story.status("2025-10-02 08:59"), story.status("2025-10-02 09:00")) == ("valid", "expired")


def test_there_has_to_be_a_contract_that_runs() -> None:
    story = Story().registered()
    reason = "no contract is running under this order"
    assert refusal(by_statute(story, "2025-06-01")) == ("WithdrawalRefused", Rule.DNB_9_4, reason)
    story.fact(facts.OfferMade(order="N-1"), "2025-06-02")
    assert refusal(by_statute(story, "2025-06-03"))[0] == "WithdrawalRefused"
    story = holder()
    by_statute(story, "2025-10-02")
    assert refusal(declared(story, "statute", "2025-10-03", name="again", law="ZOO"))[2] == reason
    assert story.cancelled("2026-01-01")[-1].name == "CancellationRefused"


@pytest.mark.parametrize("state", ["extended", "held", "provisional", "cancelled"])
def test_a_contract_can_be_left_however_it_stands(state: str) -> None:
    story = holder(hold_without_notice=state == "held")
    if state == "extended":
        story.fact(facts.DataCollectionOpened(business_year=2025), "2026-06-01")
    if state == "cancelled":
        story.cancelled("2026-05-01")
    if state == "provisional":
        story.noticed("2026-06-25")
    at = "2026-06-20" if state == "cancelled" else "2026-07-02"
    by_statute(story, at)
    assert isinstance(story.certificate.contract, Ended)
    assert (story.certificate.contract.how, story.certificate.contract.at) == (Phase.WITHDRAWN, moment(at))
    assert story.until("2027-12-01") == []


def test_a_retracted_withdrawal_leaves_the_contract_ended_until_two_people_restore_it() -> None:
    story = holder()
    by_statute(story, "2025-10-02")
    story.retracted("declared", "2025-10-10")
    assert (story.status("2025-10-10"), story.tasks()[-1]) == ("expired", "review-contract")
    restored = facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="bo")
    story.fact(restored, "2025-10-11")
    assert story.status("2025-10-11") == "valid"


def test_a_withdrawal_declared_twice_ends_the_contract_with_the_first() -> None:
    story = holder()
    by_statute(story, "2025-10-05")
    answer = declared(story, "statute", "2025-10-02", "2025-10-06", name="first", law="ZOO")
    assert [e.name for e in answer if e.name == "DecisionAnnulled"] == ["DecisionAnnulled"] * 3
    assert (story.status("2025-10-01"), story.status("2025-10-02")) == ("valid", "expired")


def test_a_loss_after_the_withdrawal_does_not_change_what_the_register_shows() -> None:
    story = holder()
    by_statute(story, "2025-10-02")
    story.blocked("2025-10-03")
    assert story.status("2025-10-04") == "expired"


# --- an amendment of the terms (DNB-14.3) ------------------------------------------------------------------------


def amended(takes_effect_on: str = "2026-09-01", told_on: str = "2026-07-20", *, material: bool = True) -> Story:
    """A contract to which a change of the terms is on its way, of which the holder was told."""
    story = holder(hold_without_notice=False)
    by_two: dict[str, Any] = {"decided_by": "ana", "approved_by": "bo", "document": HASH}
    data = facts.TermsAmended(edition="E-2", takes_effect_on=day(takes_effect_on), material=material, **by_two)
    story.scheme_fact(data, "2026-05-15")
    if material:
        story.fact(facts.AmendmentNoticeDelivered(order="N-1", edition="E-2"), told_on)
    story.until(told_on)
    return story


def before_change(story: Story, at: str, name: str = "declared", edition: str | None = "E-2") -> list[Event]:
    return declared(story, "amendment", at, name=name, edition=edition)


def test_declared_ahead_the_contract_ends_as_the_change_takes_effect() -> None:
    story = amended()
    assert told(before_change(story, "2026-08-10")) == [("WithdrawalAccepted", "DNB-14.3")]
    assert story.until("2026-08-31 23:59") == []
    assert told(story.until("2026-09-01")) == [("ContractWithdrawn", "DNB-14.3"), ("TaskOpened", "DNB-14.3")]
    assert (story.status("2026-08-31"), story.status("2026-09-01")) == ("valid", "expired")
    shown = story.shows("2026-09-01")
    assert shown is not None
    assert (shown.rule, shown.clause) == (Rule.DNB_14_3, "14")


def test_declared_on_the_day_itself_it_ends_as_that_day_began() -> None:
    story = amended()
    answer = before_change(story, "2026-09-01 23:59")
    assert [e.effective_at for e in answer if isinstance(e.data, ContractWithdrawn)] == [moment("2026-09-01 23:59")]
    assert (story.status("2026-08-31"), story.status("2026-09-01")) == ("valid", "expired")


def test_when_the_day_has_passed_it_is_too_late() -> None:
    story = amended()
    assert refusal(before_change(story, "2026-09-02")) == (
        *("WithdrawalRefused", Rule.DNB_14_3),
        "no adverse change of the terms, or its day has passed",
    )


@pytest.mark.parametrize("edition", [None, "E-3"])
def test_a_withdrawal_before_a_change_names_one_that_is_announced(edition: str | None) -> None:
    story = amended()
    assert refusal(before_change(story, "2026-08-10", edition=edition))[:2] == ("WithdrawalRefused", Rule.DNB_14_3)
    assert [e.name for e in story.until("2026-10-01")] == ["AmendmentTookEffect"]


def test_a_change_that_is_not_material_gives_no_right() -> None:
    story = amended(material=False)
    assert may_withdraw_from_amendment(story.dossier, "N-1", "E-2", moment("2026-08-10")) is None
    assert may_withdraw_from_amendment(amended().dossier, "N-1", "E-2", moment("2026-08-10")) == moment("2026-09-01")


def test_a_contract_that_ends_with_its_term_as_the_change_begins_is_not_renewed_first() -> None:
    story = amended("2026-07-01", "2026-05-20")
    before_change(story, "2026-06-10")
    assert [e.name for e in story.until("2026-08-01")] == ["ContractWithdrawn", "TaskOpened"]


def test_a_notice_that_moves_the_change_moves_the_end_with_it() -> None:
    story = amended(told_on="2026-08-12")
    before_change(story, "2026-08-20")
    accepted = story.last("WithdrawalAccepted").data
    assert isinstance(accepted, WithdrawalAccepted)
    assert accepted.ends_at == moment("2026-09-11")


@pytest.mark.parametrize(("takes_effect_on", "owed"), [("2026-07-01", False), ("2026-07-02", True)])
def test_no_renewal_notice_is_owed_where_the_contract_ends_before_a_renewal(
    takes_effect_on: str, *, owed: bool
) -> None:
    story = holder()
    by_two: dict[str, Any] = {"decided_by": "ana", "approved_by": "bo", "document": HASH}
    data = facts.TermsAmended(edition="E-2", takes_effect_on=day(takes_effect_on), material=True, **by_two)
    story.scheme_fact(data, "2026-03-01")
    story.fact(facts.AmendmentNoticeDelivered(order="N-1", edition="E-2"), "2026-04-01")
    before_change(story, "2026-04-10")
    assert ("renewal notice" in [i.what for i in items(story.dossier)]) is owed
    story.until("2026-06-01")
    assert bool(story.told("IssuerObligationBreached")) is owed


def test_an_earlier_end_comes_first_and_a_later_one_adds_nothing() -> None:
    story = amended()
    before_change(story, "2026-08-10")
    assert refusal(before_change(story, "2026-08-11", name="again")) == (
        *("FactHadNoEffect", Rule.DNB_14_3),
        "the holder has withdrawn already",
    )
    declared(story, "statute", "2026-08-12", name="statute", law="ZOO 262")
    assert story.status("2026-08-12") == "expired"
    assert story.until("2026-10-01") == []


def test_a_contract_that_ended_otherwise_meanwhile_does_not_end_again() -> None:
    story = amended()
    before_change(story, "2026-08-10")
    story.fact(facts.CompanyDeregistered(), "2026-08-20")
    assert story.until("2026-10-01") == []


def test_a_notice_that_turns_out_wrong_leaves_an_accepted_withdrawal_in_force() -> None:
    story = amended()
    data = facts.AmendmentNoticeDelivered(order="N-1", edition="E-2")
    wrong = next(e.event for e in story.entries if e.event.data == data)
    before_change(story, "2026-08-10")
    story.retracted(str(wrong.fact), "2026-08-11")
    assert story.tasks()[-1] == "review-contract"
    assert [e.name for e in story.until("2026-09-01")] == ["ContractWithdrawn", "TaskOpened"]
    assert [e.data for e in story.told("WithdrawalAccepted")] == [
        WithdrawalAccepted(basis=WithdrawalBasis.AMENDMENT, ends_at=moment("2026-09-01"))
    ]


def test_a_retracted_declaration_whose_end_lay_ahead_ends_nothing() -> None:
    story = amended()
    before_change(story, "2026-08-10")
    story.retracted("declared", "2026-08-20")
    assert [e.name for e in story.until("2026-10-01")] == ["AmendmentTookEffect"]
    assert story.status("2026-10-01") == "valid"
