"""Clause 6: what a package holds and when it comes, the vector form, and what stays online for a year."""

from typing import Any

import pytest

from domain import events, facts
from domain.deliveries import Ordered, Owed
from domain.events import Event
from domain.facts import Delivery, Element, Excellence, OnlineContent, Package
from domain.matters import Waits, known
from domain.moves import moves
from domain.outlook import items
from domain.rules import Rule
from domain.tasks import Task, settled
from domain.worklist import lines
from tests.story import HASH, Story, day, moment

E_MATERIALS, PARCEL = "delivery e_materials N-1", "delivery parcel N-1"
E_SIGN = "online e_sign N-1"


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def rated() -> Story:
    return Story().registered().assessed({2024: "AA"})


def ordered(story: Story, at: str, package: str = "silver", learned: str | None = None, name: str = "") -> list[Event]:
    return story.fact(facts.PackageOrdered(order="N-1", package=Package(package)), at, learned, name)


def did(story: Story, kind: type[facts.OrderFact], at: str, learned: str | None = None, **more: Any) -> list[Event]:
    return story.fact(kind.model_validate({"order": "N-1", **more}), at, learned)


def postponed(
    story: Story, at: str, to: str, delivery: Delivery = Delivery.PARCEL, learned: str | None = None
) -> list[Event]:
    return did(story, facts.DeliveryPostponed, at, learned, delivery=delivery, new_due=day(to), reason="customs")


def concluded(package: str = "silver") -> Story:
    """A certificate with a package and a representative, concluded on Wednesday, 29 April 2026."""
    story = Story().registered().assessed({2024: "AA"}).represented("2026-04-20")
    ordered(story, "2026-04-21", package)
    return story.agreed("2026-04-29")


def owed(story: Story, key: str = PARCEL) -> Owed:
    found = known(story.dossier.matters, Owed, key)
    assert found is not None
    return found


def until(story: Story, key: str = PARCEL) -> str:
    clock = owed(story, key).clock
    assert clock is not None
    return str(clock.last_day)


def reason(answer: list[Event]) -> tuple[str, Rule | None, str]:
    return answer[-1].name, answer[-1].rule, str(getattr(answer[-1].data, "reason", ""))


OURS = ("name-representative", "deliver", "take-down")


def unsettled(story: Story) -> list[str]:
    tasks = [m for m in story.dossier.matters.values() if isinstance(m, Task) and m.task in OURS]
    return [m.task for m in tasks if not settled(story.dossier, m)]


# --- what is owed (DNB-6.5, 6.6) ---------------------------------------------------------------------------------


def test_with_the_conclusion_both_parts_of_the_package_are_owed() -> None:
    story = concluded()
    assert (until(story, E_MATERIALS), until(story)) == ("2026-05-05", "2026-05-29")
    assert [(e.rule, e.cause) for e in story.told("DeliveryOwed")] == [
        (Rule.DNB_6_5, story.last("ContractConcluded").cause),
        (Rule.DNB_6_6, story.last("ContractConcluded").cause),
    ]
    assert {i.about: (i.whose, i.what) for i in items(story.dossier) if i.about.startswith("delivery")} == {
        E_MATERIALS: ("issuer", "e-mail the electronic materials to the representative"),
        PARCEL: ("issuer", "deliver the parcel to the company"),
    }
    assert unsettled(story) == []


def test_without_a_package_on_record_nothing_is_judged() -> None:
    story = Story().registered().assessed({2024: "AA"}).agreed("2026-04-29")
    did(story, facts.ElementOrdered, "2026-04-30", element=Element.VECTOR)
    assert story.until("2026-07-01") == []


def test_an_element_ordered_before_the_contract_is_no_package() -> None:
    story = Story().registered().assessed({2024: "AA"})
    did(story, facts.ElementOrdered, "2026-04-20", element=Element.VECTOR)
    assert "DeliveryOwed" not in story.agreed("2026-04-29").names()


def test_a_package_ordered_after_the_conclusion_is_owed_from_its_own_order() -> None:
    story = rated().represented("2025-06-29").agreed("2025-06-30")
    answer = ordered(story, "2026-04-29 12:00")
    assert told(answer)[1:] == [
        ("PackageAgreed", "DNB-6.6"),
        ("DeliveryOwed", "DNB-6.5"),
        ("DeliveryOwed", "DNB-6.6"),
    ]
    assert (until(story, E_MATERIALS), until(story)) == ("2026-05-05", "2026-05-29")


def test_nobody_to_send_the_materials_to_is_a_task_until_somebody_is_named() -> None:
    story = Story().registered().assessed({2024: "AA"})
    ordered(story, "2026-04-21")
    story.agreed("2026-04-29")
    assert unsettled(story) == ["name-representative"]
    story.represented("2026-04-30")
    assert unsettled(story) == []


def test_that_task_is_settled_also_by_the_delivery() -> None:
    story = Story().registered().assessed({2024: "AA"})
    ordered(story, "2026-04-21")
    did(story.agreed("2026-04-29"), facts.EMaterialsDelivered, "2026-04-30")
    assert unsettled(story) == []


def test_the_same_package_in_the_same_term_is_owed_once() -> None:
    story = concluded()
    assert reason(ordered(story, "2026-05-01")) == (
        *("FactHadNoEffect", Rule.DNB_6_6),
        "the silver package is on record for this term",
    )
    assert len(story.told("DeliveryOwed")) == 2


def test_another_package_keeps_the_terms_that_run_and_starts_those_that_were_over() -> None:
    story = concluded("basic")
    did(story, facts.EMaterialsDelivered, "2026-05-04")
    assert told(ordered(story, "2026-05-11", "gold"))[1:] == [
        ("PackageAgreed", "DNB-6.6"),
        ("DeliveryOwed", "DNB-6.5"),
    ]
    assert (until(story, E_MATERIALS), until(story)) == ("2026-05-14", "2026-05-29")
    package = known(story.dossier.matters, Ordered, "package N-1")
    assert package is not None
    assert (package.package, package.closed) == (Package.GOLD, True)


def test_the_same_package_in_a_later_term_is_owed_again() -> None:
    story = rated().represented("2025-06-29")
    ordered(story, "2025-06-29")
    story.agreed("2025-06-30")
    did(story, facts.EMaterialsDelivered, "2025-07-01")
    did(story, facts.ParcelDelivered, "2025-07-01")
    story.noticed("2026-04-15")
    story.until("2026-07-01")
    assert story.status("2026-07-01") == "valid"
    ordered(story, "2026-07-02")
    assert until(story) == "2026-08-03"


def test_a_package_for_a_contract_that_is_over_has_no_effect() -> None:
    story = rated().agreed("2025-06-30")
    story.fact(facts.CompanyDeregistered(), "2025-08-01")
    assert reason(ordered(story, "2025-08-02")) == ("FactHadNoEffect", Rule.DNB_4_3, "the contract is over")


def test_a_company_that_ceased_to_exist_is_owed_nothing_more() -> None:
    story = concluded()
    story.fact(facts.CompanyDeregistered(), "2026-05-04")
    assert owed(story).closed
    assert "IssuerObligationBreached" not in [e.name for e in story.until("2026-07-01")]


def withdrawn(story: Story, at: str, name: str = "") -> list[Event]:
    data = {"order": "N-1", "basis": facts.WithdrawalBasis.STATUTE, "law": "ZOO"}
    return story.fact(facts.ContractWithdrawalDeclared.model_validate(data), at, name=name)


def test_who_withdrew_is_owed_nothing_more_and_a_breach_of_before_stays() -> None:
    story = concluded()
    story.until("2026-05-06")
    withdrawn(story, "2026-05-07")
    assert [(owed(story, key).closed, owed(story, key).breached) for key in (E_MATERIALS, PARCEL)] == [
        (True, True),
        (True, False),
    ]
    assert [e.rule for e in story.told("IssuerObligationBreached")] == [Rule.DNB_6_5]
    assert unsettled(story) == []
    assert [line.state for line in lines(story.dossier)] == ["decide-refund"]
    assert "IssuerObligationBreached" not in [e.name for e in story.until("2026-07-01")]
    assert reason(did(story, facts.ParcelDelivered, "2026-07-02"))[::2] == (
        "FactHadNoEffect",
        "nothing of the kind is owed",
    )


def test_a_withdrawal_that_turns_out_wrong_leaves_everything_owed_as_before() -> None:
    story = concluded()
    withdrawn(story, "2026-05-04", name="gone")
    assert owed(story).closed
    story.fact(facts.FactRetracted(fact="gone"), "2026-05-05")
    story.fact(facts.ContractRestorationDecided(order="N-1", decided_by="ana", approved_by="bo"), "2026-05-05 12:00")
    assert (owed(story).closed, until(story)) == (False, "2026-05-29")


def test_what_was_owed_for_a_renewal_that_is_undone_is_no_longer_owed() -> None:
    story = Story().registered().assessed({2024: "AA", 2025: "AA"}).represented("2025-06-29").agreed("2025-06-30")
    story.noticed("2026-06-25")
    ordered(story, "2026-07-02")
    assert not owed(story).closed
    assert story.cancelled("2026-07-06")[-1].name == "RenewalUndone"
    assert owed(story).closed


def test_a_contract_that_expired_owes_nothing_more() -> None:
    story = Story().registered().assessed({2024: "AA"}).represented("2025-06-29").agreed("2025-06-30")
    ordered(story, "2025-06-30")
    story.noticed("2026-04-15").assessed({2025: "none"})
    story.until("2026-06-30 23:59")
    assert not owed(story).closed
    assert "ContractExpired" in [e.name for e in story.until("2026-07-01")]
    assert owed(story).closed


def taken_over(story: Story, at: str) -> None:
    data = facts.CertificateTakenOver(
        order="N-1",
        concluded_on=day("2025-06-30"),
        term=1,
        valid_until=day("2026-06-30"),
        business_year=2024,
        attained=Excellence.AA,
    )
    story.fact(data, at)


def test_a_certificate_that_was_taken_over_owes_nothing_from_before() -> None:
    story = Story().registered()
    ordered(story, "2025-06-29")
    taken_over(story, "2025-07-10")
    assert "DeliveryOwed" not in story.names()
    ordered(story, "2025-08-01", "gold")
    assert (len(story.told("DeliveryOwed")), until(story)) == (2, "2025-09-01")


def test_the_worklist_says_what_is_owed_and_what_can_be_done_about_it() -> None:
    story = concluded()
    did(story, facts.EMaterialsDelivered, "2026-05-04")
    told_open = [(line.key, line.what, line.rule) for line in lines(story.dossier) if line.kind == "delivery"]
    assert told_open == [(PARCEL, "deliver the parcel to the company", Rule.DNB_6_6)]
    allowed = {m.fact.__name__: m.allowed for m in moves(story.dossier, PARCEL, moment("2026-05-05"), "ana")}
    assert (allowed["ParcelDelivered"], allowed["DeliveryPostponed"]) == (True, True)
    assert set(allowed) == {"ParcelDispatched", "ParcelDelivered", "DeliveryPostponed"}


# --- delivered, or not -------------------------------------------------------------------------------------------


def test_what_is_delivered_on_the_last_day_is_in_time() -> None:
    story = concluded()
    assert told(did(story, facts.EMaterialsDelivered, "2026-05-05 23:59"))[1:] == [("DeliveryMade", "DNB-6.5")]
    assert told(did(story, facts.ParcelDelivered, "2026-05-29 23:59"))[1:] == [("DeliveryMade", "DNB-6.6")]
    assert story.until("2026-07-01") == []
    assert (owed(story).closed, owed(story).clock, owed(story).breached) == (True, None, False)


@pytest.mark.parametrize(
    ("key", "before", "at", "rule"),
    [
        (E_MATERIALS, "2026-05-05 23:59", "2026-05-06", Rule.DNB_6_5),
        (PARCEL, "2026-05-29 23:59", "2026-05-30", Rule.DNB_6_6),
    ],
)
def test_the_issuer_who_lets_the_day_pass_is_in_breach_and_still_owes_it(
    key: str, before: str, at: str, rule: Rule
) -> None:
    story = concluded()
    if key == PARCEL:
        did(story, facts.EMaterialsDelivered, "2026-05-04")
    assert story.until(before) == []
    assert told(story.until(at)) == [("IssuerObligationBreached", rule), ("TaskOpened", rule)]
    late = owed(story, key)
    assert (late.breached, late.closed, late.clock) == (True, False, None)
    breach = story.last("IssuerObligationBreached").data
    assert isinstance(breach, events.IssuerObligationBreached)
    assert (breach.duty, breach.due.rule) == (late.what, rule)
    assert unsettled(story) == ["deliver"]
    did(story, facts.EMaterialsDelivered if key == E_MATERIALS else facts.ParcelDelivered, f"{at} 12:00")
    assert (owed(story, key).closed, owed(story, key).breached, unsettled(story)) == (True, False, [])


def test_a_breach_of_another_duty_leaves_deliveries_alone() -> None:
    story = rated().represented("2025-06-29").agreed("2025-06-30")
    ordered(story, "2026-04-29")
    story.until("2026-05-02")
    assert story.last("IssuerObligationBreached").rule is Rule.DNB_4_11
    assert not owed(story).breached


def test_a_parcel_that_is_only_dispatched_waits_for_the_proof_of_its_delivery() -> None:
    story = concluded()
    did(story, facts.EMaterialsDelivered, "2026-05-04")
    assert told(did(story, facts.ParcelDispatched, "2026-05-20")) == [("ParcelDispatched", None)]
    assert owed(story).waits_for is Waits.DELIVERY_PROOF
    assert told(story.until("2026-05-30"))[0] == ("IssuerObligationBreached", "DNB-6.6")


@pytest.mark.parametrize(
    "kind", [facts.EMaterialsDelivered, facts.ParcelDispatched, facts.ParcelDelivered, facts.DeliveryPostponed]
)
def test_nothing_is_delivered_or_put_off_that_is_not_owed(kind: type[facts.OrderFact]) -> None:
    story = Story().registered().assessed({2024: "AA"}).agreed("2026-04-29")
    more: dict[str, Any] = {"delivery": Delivery.PARCEL, "new_due": day("2026-06-01"), "reason": "customs"}
    answer = did(story, kind, "2026-05-04", **(more if kind is facts.DeliveryPostponed else {}))
    assert reason(answer)[::2] == ("FactHadNoEffect", "nothing of the kind is owed")


def test_a_second_delivery_has_no_effect() -> None:
    story = concluded()
    did(story, facts.ParcelDelivered, "2026-05-20")
    assert reason(did(story, facts.ParcelDelivered, "2026-05-21"))[0] == "FactHadNoEffect"


# --- another day (DNB-6.7) ---------------------------------------------------------------------------------------


def test_a_day_announced_in_time_is_the_term_from_then_on() -> None:
    story = concluded()
    did(story, facts.EMaterialsDelivered, "2026-05-04")
    answer = postponed(story, "2026-05-29 23:59", "2026-06-14")  # a Sunday: an announced day is not shifted
    assert told(answer)[1:] == [("DeliveryTermMoved", "DNB-6.7")]
    assert until(story) == "2026-06-14"
    assert story.until("2026-06-14 23:59") == []
    assert told(story.until("2026-06-15"))[0] == ("IssuerObligationBreached", "DNB-6.6")


def test_a_delivery_may_be_put_off_several_times() -> None:
    story = concluded()
    postponed(story, "2026-05-04", "2026-06-11")
    postponed(story, "2026-06-11", "2026-06-18")
    assert until(story) == "2026-06-18"


def test_the_electronic_materials_are_not_put_off() -> None:
    story = concluded()
    told_of = reason(postponed(story, "2026-05-04", "2026-05-11", Delivery.E_MATERIALS))
    assert told_of[:2] == ("FactHadNoEffect", Rule.DNB_6_5)
    assert until(story, E_MATERIALS) == "2026-05-05"


@pytest.mark.parametrize("to", ["2026-05-28", "2026-05-29"])
def test_a_day_that_is_not_later_has_no_effect(to: str) -> None:
    story = concluded()
    assert reason(postponed(story, "2026-05-04", to)) == (
        *("FactHadNoEffect", Rule.DNB_6_7),
        "it is owed until 2026-05-29 as it is",
    )
    assert until(story) == "2026-05-29"


def test_a_day_announced_too_late_leaves_the_breach() -> None:
    story = concluded()
    answer = postponed(story, "2026-05-30", "2026-06-14")
    assert reason(answer)[:2] == ("FactHadNoEffect", Rule.DNB_6_7)
    assert owed(story).breached


def test_a_day_announced_in_time_and_learned_late_annuls_the_breach() -> None:
    story = concluded()
    did(story, facts.EMaterialsDelivered, "2026-05-04")
    story.until("2026-06-01")
    answer = postponed(story, "2026-05-29", "2026-06-14", learned="2026-06-02")
    assert [e.name for e in answer[1:]] == ["DecisionAnnulled", "DecisionAnnulled", "DeliveryTermMoved"]
    assert (owed(story).breached, until(story), unsettled(story)) == (False, "2026-06-14", [])


def test_a_delivery_made_in_time_and_learned_late_annuls_the_breach() -> None:
    story = concluded()
    did(story, facts.EMaterialsDelivered, "2026-05-04")
    story.until("2026-06-01")
    did(story, facts.ParcelDelivered, "2026-05-29", "2026-06-02")
    assert (owed(story).closed, unsettled(story)) == (True, [])


def test_a_package_that_was_recorded_wrongly_was_never_owed() -> None:
    story = Story().registered().assessed({2024: "AA"}).represented("2026-04-20").agreed("2026-04-29")
    ordered(story, "2026-04-30", name="wrong")
    story.until("2026-07-01")
    story.retracted("wrong", "2026-07-02")
    assert not {E_MATERIALS, PARCEL, "package N-1"} & story.dossier.matters.keys()
    assert unsettled(story) == []


def test_a_package_learned_late_is_owed_from_the_conclusion() -> None:
    story = Story().registered().assessed({2024: "AA"}).represented("2026-04-20").agreed("2026-04-29")
    story.until("2026-06-01")
    answer = ordered(story, "2026-04-21", learned="2026-06-02")
    breach = [e for e in answer if e.name == "IssuerObligationBreached"]
    assert [(e.effective_at, e.recorded_at) for e in breach] == [
        (moment("2026-05-06"), moment("2026-06-02")),
        (moment("2026-05-30"), moment("2026-06-02")),
    ]


def test_a_corrected_calendar_moves_what_is_owed() -> None:
    story = concluded()
    off = facts.CalendarCorrected(version="RS/2", days_off=(day("2026-05-05"),))
    assert told(story.scheme_fact(off, "2026-05-03"))[-1] == ("TermRecomputed", "GEN-3")
    assert until(story, E_MATERIALS) == "2026-05-06"


# --- the vector form (DNB-6.4) -----------------------------------------------------------------------------------


@pytest.mark.parametrize("package", [p.value for p in Package])
def test_the_vector_form_comes_with_every_package_but_the_basic_one(package: str) -> None:
    answer = did(concluded(package), facts.VectorMaterialRequested, "2026-05-04")
    if package == "basic":
        assert reason(answer) == (
            *("VectorMaterialRefused", Rule.DNB_6_4),
            "neither the package nor an order of its own holds the vector form",
        )
    else:
        assert told(answer)[1:] == [("VectorMaterialReleased", "DNB-6.4")]


def test_the_vector_form_can_be_ordered_on_its_own() -> None:
    story = Story().registered().assessed({2024: "AA"}).agreed("2026-04-29")
    assert reason(did(story, facts.VectorMaterialRequested, "2026-05-04"))[1] is Rule.DNB_6_4
    did(story, facts.ElementOrdered, "2026-05-05", element=Element.VECTOR)
    assert told(did(story, facts.VectorMaterialRequested, "2026-05-06"))[1:] == [("VectorMaterialReleased", "DNB-6.4")]


def test_an_element_ordered_before_the_package_is_not_lost_with_it() -> None:
    story = Story().registered().assessed({2024: "AA"})
    did(story, facts.ElementOrdered, "2026-04-20", element=Element.VECTOR)
    ordered(story, "2026-04-21", "basic")
    story.agreed("2026-04-29")
    assert story.fact(facts.VectorMaterialRequested(order="N-1"), "2026-05-04")[-1].name == "VectorMaterialReleased"


def test_before_the_contract_nobody_gets_the_vector_form() -> None:
    story = Story().registered().assessed({2024: "AA"})
    ordered(story, "2026-04-21")
    assert reason(did(story, facts.VectorMaterialRequested, "2026-04-22"))[1] is Rule.DNB_6_1


def test_who_lost_the_licence_gets_no_vector_form_until_it_comes_back() -> None:
    story = concluded().blocked("2026-05-04").unblocked("2026-05-05")
    assert reason(did(story, facts.VectorMaterialRequested, "2026-05-06"))[:2] == (
        "VectorMaterialRefused",
        Rule.DNB_6_16,
    )
    story.fact(facts.ReinstatementRequested(order="N-1"), "2026-05-07")
    given: dict[str, Any] = {"granted": True, "decided_by": "ana", "approved_by": "iva", "agreement": HASH}
    did(story, facts.ReinstatementDecided, "2026-05-08", **given)
    assert did(story, facts.VectorMaterialRequested, "2026-05-09")[-1].name == "VectorMaterialReleased"


def classed(year: int) -> facts.ClassAssessed:
    return facts.ClassAssessed(business_year=year, attained=Excellence.AA, model_version="m-1", inputs_hash=HASH)


def misused(story: Story, step: type[facts.CaseFact], at: str, case: str, **more: Any) -> None:
    story.fact(step.model_validate({"case": case, **more}), at)


def test_who_is_suspended_or_has_lost_it_for_good_gets_no_vector_form() -> None:
    story = concluded()
    report: dict[str, Any] = {"kind": facts.Violation.ALTERATION, "evidence": (HASH,)}
    misused(story, facts.MisuseReported, "2026-05-04", "C-1", **report)
    misused(story, facts.WarningDelivered, "2026-05-04 10:00", "C-1")
    assert reason(did(story, facts.VectorMaterialRequested, "2026-05-06 10:00"))[1] is Rule.DNB_6_16
    misused(story, facts.CessationVerified, "2026-05-07", "C-1")
    assert did(story, facts.VectorMaterialRequested, "2026-05-08")[-1].name == "VectorMaterialReleased"
    misused(story, facts.MisuseReported, "2026-05-11", "C-2", **report)
    misused(story, facts.ViolationVerified, "2026-05-11", "C-2")
    misused(story, facts.PermanentWithdrawalProposed, "2026-05-12", "C-2", proposed_by="ana")
    misused(story, facts.PermanentWithdrawalApproved, "2026-05-12", "C-2", approved_by="iva")
    assert reason(did(story, facts.VectorMaterialRequested, "2026-05-13"))[1] is Rule.DNB_6_16


# --- online for a year (DNB-6.11) --------------------------------------------------------------------------------


def online(published: str = "2025-07-10") -> Story:
    """A contract from 30 June 2025, with the e-sign on the issuer's site."""
    story = rated().agreed("2025-06-30")
    did(story, facts.OnlineContentPublished, published, content=OnlineContent.E_SIGN)
    return story


def taken_down(story: Story, at: str) -> list[Event]:
    return did(story, facts.OnlineContentTakenDown, at, content=OnlineContent.E_SIGN)


def test_it_is_to_be_taken_down_a_year_after_it_was_published() -> None:
    story = online()
    story.cancelled("2026-05-01")
    story.until("2026-07-10 23:59")
    assert "take-down" not in story.tasks()
    assert told(story.until("2026-07-11")) == [("TaskOpened", "DNB-6.11")]
    assert story.dossier.matters[E_SIGN].waits_for is Waits.ISSUER
    assert unsettled(story)[-1] == "take-down"
    assert told(taken_down(story, "2026-07-13"))[1:] == [("OnlinePeriodEnded", "DNB-6.11")]
    assert "take-down" not in unsettled(story)


def test_it_is_not_to_be_taken_down_before_the_contract_is_over() -> None:
    story = online("2025-05-20")
    story.cancelled("2026-05-01")
    story.until("2026-06-30 23:59")
    assert "take-down" not in story.tasks()
    assert told(story.until("2026-07-01")) == [("ContractCancelledAtExpiry", "DNB-4.6"), ("TaskOpened", "DNB-6.11")]


def test_a_renewal_keeps_it_online_until_the_next_end() -> None:
    story = online()
    story.noticed("2026-04-15").until("2027-06-30 23:59")
    assert "take-down" not in story.tasks()
    assert [e.name for e in story.until("2027-07-01")] == ["ContractExpired", "TaskOpened"]
    assert story.tasks()[-1] == "take-down"


def test_an_extension_and_a_held_renewal_keep_it_online() -> None:
    story = online("2025-06-30")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-06-01")
    story.until("2026-08-01")
    assert (story.status("2026-08-01"), "take-down" in story.tasks()) == ("valid-extended", False)
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-08-03")
    story.fact(classed(2025), "2026-08-03")
    story.until("2026-09-01")
    assert ("RenewalHeld" in story.names(), "take-down" in story.tasks()) == (True, False)
    story.cancelled("2026-09-02")
    assert story.tasks()[-1] == "take-down"
    assert story.last("TaskOpened").effective_at == moment("2026-08-04")  # when the contract ended


def test_without_a_contract_it_is_a_year() -> None:
    story = Story().registered()
    did(story, facts.OnlineContentPublished, "2025-07-10", content=OnlineContent.PORTAL_LOGO)
    assert told(story.until("2026-07-11")) == [("TaskOpened", "DNB-6.11")]


def test_what_is_taken_down_before_its_time_needs_no_task() -> None:
    story = online()
    story.cancelled("2026-05-01")
    taken_down(story, "2026-05-02")
    story.until("2026-08-01")
    assert "take-down" not in story.tasks()
    assert story.dossier.matters[E_SIGN].closed


def test_what_is_online_is_not_published_again_nor_taken_down_twice() -> None:
    story = online()
    again = did(story, facts.OnlineContentPublished, "2025-07-11", content=OnlineContent.E_SIGN)
    assert reason(again) == ("FactHadNoEffect", Rule.DNB_6_11, "the e-sign is online already")
    taken_down(story, "2025-07-12")
    assert reason(taken_down(story, "2025-07-13"))[::2] == ("FactHadNoEffect", "the e-sign is not online")
    did(story, facts.OnlineContentPublished, "2025-07-14", content=OnlineContent.E_SIGN)
    assert story.dossier.matters[E_SIGN].opened_at == moment("2025-07-14")


def test_a_task_of_another_kind_about_it_changes_nothing() -> None:
    story = online()
    before = story.dossier.matters[E_SIGN]
    story.fact(facts.InsolvencyOpened(kind=facts.Insolvency.BANKRUPTCY, proceeding="P-1"), "2025-08-01")
    assert story.dossier.matters[E_SIGN] == before
