"""DNB-7.8: damage that a misuse did is claimed in its case, made good in parts, or waived by two people."""

from typing import Any

import pytest

from domain import facts
from domain.amounts import Money
from domain.damage import Damage, key_of
from domain.events import Event
from domain.matters import Waits, known
from domain.misuse import Reported
from domain.moves import moves
from domain.outlook import items
from domain.rules import Rule
from domain.worklist import lines
from tests.story import HASH, Story, moment


def rsd(text: str) -> Money:
    return Money.of(f"{text} RSD")


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def misused(story: Story) -> Story:
    kind = facts.Violation.ALTERATION
    story.fact(facts.MisuseReported(case="C-1", kind=kind, evidence=(HASH,)), "2025-07-05")
    return story


def holder() -> Story:
    return misused(Story().registered().assessed({2024: "AA"}).agreed("2025-06-30"))


def claimed(story: Story, amount: str = "900000.00 RSD", at: str = "2025-07-06", **how: Any) -> list[Event]:
    return story.fact(facts.DamageClaimed(case="C-1", amount=Money.of(amount)), at, **how)


def made_good(story: Story, amount: str, at: str = "2025-07-10", **how: Any) -> list[Event]:
    return story.fact(facts.DamageMadeGood(case="C-1", amount=Money.of(amount)), at, **how)


def waived(story: Story, approved_by: str = "bo", at: str = "2025-07-11") -> list[Event]:
    return story.fact(facts.DamageWaiverDecided(case="C-1", decided_by="ana", approved_by=approved_by), at)


def damage(story: Story) -> Damage:
    found = known(story.dossier.matters, Damage, key_of("C-1"))
    assert found is not None
    return found


def listed(story: Story) -> list[str]:
    """What the worklist says of damage and refunds."""
    return [line.what for line in lines(story.dossier) if line.kind == "damage" or line.state == "refund"]


def nothing(answer: list[Event]) -> tuple[str, Rule | None, str]:
    last = answer[-1]
    return last.name, last.rule, str(getattr(last.data, "reason", ""))


# --- claimed -----------------------------------------------------------------------------------------------------


def test_damage_of_a_misuse_is_claimed_in_its_case() -> None:
    story = holder()
    assert told(claimed(story))[1:] == [("DamageClaimRegistered", "DNB-7.8")]
    claimed(story, "50.00 EUR", "2025-07-07")
    assert damage(story).claims == (rsd("900000.00"), Money.of("50.00 EUR"))
    assert (damage(story).order, damage(story).waits_for, damage(story).closed) == ("N-1", Waits.HOLDER, False)
    assert isinstance(story.dossier.cases["C-1"], Reported)
    assert listed(story) == ["damage has to be made good: 900000.00 RSD and 50.00 EUR left"]
    assert not [item for item in items(story.dossier) if item.about == key_of("C-1")]


def test_damage_needs_a_case() -> None:
    story = Story().registered().assessed({2024: "AA"}).agreed("2025-06-30")
    assert told(claimed(story))[1:] == [("FactHadNoEffect", "DNB-7.8")]


def test_an_outsider_answers_by_law_for_damage_also_when_the_infringement_is_over() -> None:
    story = misused(Story().registered())
    assert told(claimed(story))[1:] == [("FactHadNoEffect", "DNB-7.9")]
    story.fact(facts.InfringementEnded(case="C-1"), "2025-07-07")
    assert told(claimed(story, at="2025-07-08"))[1:] == [("FactHadNoEffect", "DNB-7.9")]


def test_a_case_that_was_unfounded_did_no_damage() -> None:
    story = holder()
    story.fact(facts.CaseDismissed(case="C-1", reason="another mark"), "2025-07-06")
    assert told(claimed(story, at="2025-07-07"))[1:] == [("FactHadNoEffect", "DNB-7.8")]


# --- made good ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "closed"), [("899999.99 RSD", False), ("900000.00 RSD", True)])
def test_a_claim_is_covered_to_the_last_para(amount: str, *, closed: bool) -> None:
    story = holder()
    claimed(story)
    assert told(made_good(story, amount))[1:] == [("DamageCredited", "DNB-7.8")]
    assert damage(story).closed is closed
    assert listed(story) == ([] if closed else ["damage has to be made good: 0.01 RSD left"])
    assert damage(story).waits_for is (Waits.NOTHING if closed else Waits.HOLDER)


def test_all_claims_have_to_be_covered_each_in_its_currency() -> None:
    story = holder()
    claimed(story)
    claimed(story, "50.00 EUR", "2025-07-07")
    made_good(story, "900000.00 RSD")
    assert listed(story) == ["damage has to be made good: 50.00 EUR left"]
    made_good(story, "50.00 EUR", "2025-07-11")
    assert listed(story) == []


def test_what_goes_beyond_is_given_back_and_covers_no_later_claim() -> None:
    story = holder()
    claimed(story)
    assert told(made_good(story, "900000.01 RSD"))[1:] == [("DamageCredited", "DNB-7.8"), ("TaskOpened", "GEN-8")]
    assert listed(story) == ["0.01 RSD too much was paid: give it back"]
    assert told(made_good(story, "5.00 RSD", "2025-07-11"))[1:] == [("TaskOpened", "GEN-8")]
    claimed(story, "1.00 RSD", "2025-07-12")
    assert damage(story).left == (rsd("1.00"),)


@pytest.mark.parametrize(("claims", "currency"), [((), "RSD"), (("1.00 RSD",), "EUR")])
def test_nothing_is_made_good_that_was_not_claimed(claims: tuple[str, ...], currency: str) -> None:
    story = holder()
    for claim in claims:
        claimed(story, claim)
    reason = f"no damage is claimed in case C-1 in {currency}"
    assert nothing(made_good(story, f"1.00 {currency}")) == ("FactHadNoEffect", Rule.DNB_7_8, reason)


def test_a_claim_that_falls_away_makes_what_was_paid_for_it_a_refund_no_more() -> None:
    story = holder()
    claimed(story, name="claim")
    made_good(story, "900000.01 RSD")
    story.retracted("claim", "2025-07-12")
    assert listed(story) == []
    assert nothing(story.told("FactHadNoEffect"))[2] == "no damage is claimed in case C-1 in RSD"


def test_a_claim_that_is_learned_late_is_covered_by_what_was_made_good_after_it() -> None:
    story = holder()
    claimed(story)
    made_good(story, "950000.00 RSD")
    assert listed(story) == ["50000.00 RSD too much was paid: give it back"]
    claimed(story, "60000.00 RSD", "2025-07-07", learned="2025-07-12")
    assert listed(story) == ["damage has to be made good: 10000.00 RSD left"]


# --- waived ------------------------------------------------------------------------------------------------------


def test_two_people_waive_what_is_left_in_every_currency() -> None:
    story = holder()
    claimed(story)
    claimed(story, "50.00 EUR", "2025-07-07")
    made_good(story, "300000.00 RSD")
    answer = waived(story)
    assert told(answer)[1:] == [("DamageWaived", "GEN-8")]
    assert getattr(answer[-1].data, "amounts", None) == (rsd("600000.00"), Money.of("50.00 EUR"))
    assert (damage(story).closed, listed(story)) == (True, [])


def test_one_person_alone_waives_nothing() -> None:
    story = holder()
    claimed(story)
    assert nothing(waived(story, "ana")) == ("FactHadNoEffect", Rule.GEN_8, "two different people are needed")
    assert damage(story).left == (rsd("900000.00"),)


@pytest.mark.parametrize("before", ["never claimed", "made good"])
def test_nothing_is_waived_where_nothing_is_left(before: str) -> None:
    story = holder()
    if before == "made good":
        claimed(story)
        made_good(story, "900000.00 RSD")
    reason = "no damage is left to be made good in case C-1"
    assert nothing(waived(story)) == ("FactHadNoEffect", Rule.DNB_7_8, reason)


def test_damage_offers_what_is_about_it_and_its_case_only_the_claim() -> None:
    story = holder()
    claimed(story)

    def offered(key: str) -> dict[str, bool]:
        return {m.fact.__name__: m.allowed for m in moves(story.dossier, key, moment("2025-07-12"), "ana")}

    assert offered("damage C-1") == {"DamageClaimed": True, "DamageMadeGood": True, "DamageWaiverDecided": True}
    assert {name for name in offered("case C-1") if name.startswith("Damage")} == {"DamageClaimed"}
