"""Which edition the classes of the last years meet, under every reading, and how it is offered and agreed."""

from dataclasses import replace

import pytest

from domain import facts
from domain.company import Assessment, Company, edition_attained
from domain.events import ClassAttested, EditionAttained, SpecialEditionGranted, SpecialEditionOffered
from domain.facts import Edition, Excellence
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from tests.story import HASH, Story, moment

NOW = moment("2026-06-01")


def company(classes: str, newest: int = 2025) -> Company:
    """Classes by year, oldest first and ending with `newest`; `-` is a year without an assessment."""
    years = enumerate(reversed(classes.split()))
    told = tuple(Assessment(newest - back, NOW, Excellence(c)) for back, c in years if c != "-")
    return Company("EX-00000001", assessments=told)


def attained(classes: str, golds: tuple[int, ...] = (), **policy: object) -> Edition:
    return edition_attained(company(classes), 2025, NOW, replace(Policy(), **policy), golds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("classes", "edition"),
    [
        ("AAA", Edition.BASE),
        ("AAA AAA", Edition.BASE),
        ("A AA AAA", Edition.SILVER),
        ("A A A", Edition.SILVER),
        ("AAA AA AAA", Edition.SILVER),
        ("none AAA AAA", Edition.BASE),
        ("AAA AAA none", Edition.BASE),
        ("AAA AAA AAA - AAA AAA", Edition.BASE),
        ("AAA AAA AAA none AAA AAA", Edition.BASE),
        ("AAA AAA AAA", Edition.GOLD),
        ("AA AAA AAA AAA", Edition.GOLD),
        ("AA AAA AAA AAA AAA", Edition.GOLD),
        ("AAA - AAA AAA AAA", Edition.GOLD),
        ("AAA AAA AAA AAA AAA", Edition.PLATINUM),
        ("none AAA AAA AAA AAA AAA", Edition.PLATINUM),
        ("", Edition.BASE),
    ],
)
def test_the_highest_edition_that_the_years_in_a_row_meet_is_attained(classes: str, edition: Edition) -> None:
    assert attained(classes) is edition


def test_a_class_counts_from_the_day_it_was_assessed() -> None:
    assert edition_attained(company("AAA AAA AAA"), 2025, moment("2026-05-31 23:59"), Policy()) is Edition.BASE
    assert edition_attained(company("AAA AAA AAA"), 2025, NOW, Policy()) is Edition.GOLD


def test_gold_by_the_card_is_any_excellence_three_years_in_a_row() -> None:
    assert attained("A AA AAA", gold_basis="aaa") is Edition.SILVER
    assert attained("A AA AAA", gold_basis="excellence") is Edition.GOLD
    assert attained("A AA none", gold_basis="excellence") is Edition.BASE


def test_platinum_may_be_read_as_six_years() -> None:
    five, six = "AAA AAA AAA AAA AAA", "AAA AAA AAA AAA AAA AAA"
    assert attained(five, platinum_basis="six_years") is Edition.GOLD
    assert attained(six, platinum_basis="six_years") is Edition.PLATINUM


@pytest.mark.parametrize(
    ("golds", "edition"),
    [
        ((), Edition.GOLD),
        ((2024, 2025), Edition.GOLD),
        ((2023, 2024, 2025), Edition.PLATINUM),
        ((2022, 2023, 2024), Edition.PLATINUM),
        ((2022, 2024, 2025), Edition.GOLD),
        ((2021, 2022, 2023), Edition.GOLD),
    ],
)
def test_platinum_may_be_read_as_three_gold_certificates_ordered_in_a_row(
    golds: tuple[int, ...], edition: Edition
) -> None:
    assert attained("AAA AAA AAA AAA AAA AAA", golds, platinum_basis="ordered") is edition


# --- what is told ------------------------------------------------------------------------------------------------


def editions(story: Story) -> list[tuple[int, str, str]]:
    told = [(e.data, e.rule) for e in story.told("EditionAttained")]
    return [(d.business_year, d.edition.value, str(r)) for d, r in told if isinstance(d, EditionAttained)]


def test_each_change_of_the_edition_is_told_with_its_rule() -> None:
    story = Story().registered()
    story.assessed({2019: "AA", 2020: "AAA", 2021: "AAA", 2022: "AAA", 2023: "AAA", 2024: "AAA"})
    assert editions(story) == [
        (2021, "silver", "DNB-2.4"),
        (2022, "gold", "DNB-2.5"),
        (2023, "gold", "DNB-2.5"),
        (2024, "platinum", "DNB-2.6"),
    ]


def test_a_class_assessed_again_can_take_an_edition_away() -> None:
    story = Story().registered().assessed({2020: "AAA", 2021: "AAA", 2022: "AAA"})
    story.fact(_class(2021, "none"), "2023-06-01")
    assert editions(story) == [(2022, "gold", "DNB-2.5"), (2022, "base", "DNB-2.8")]


def test_the_same_class_assessed_again_changes_nothing() -> None:
    story = Story().registered().assessed({2020: "AAA", 2021: "AAA", 2022: "AAA"})
    assert [e.name for e in story.fact(_class(2021, "AAA"), "2023-06-01")] == ["ClassAssessed"]


def test_a_missing_year_assessed_late_closes_the_row_of_the_years_after_it() -> None:
    story = Story().registered().assessed({2020: "AAA", 2022: "AAA", 2023: "AAA"})
    story.fact(_class(2021, "AAA"), "2024-06-01")
    assert editions(story) == [(2022, "gold", "DNB-2.5"), (2023, "gold", "DNB-2.5")]


# --- offer and agreement -----------------------------------------------------------------------------------------


def holder(scheme: Scheme | None = None, **classes: str) -> Story:
    """A certificate concluded on 1 June 2023, for the classes of 2020 to 2022."""
    years = {"y2020": "AAA", "y2021": "AAA", "y2022": "AA", **classes}
    story = Story(scheme or Scheme()).registered().assessed({int(y[1:]): c for y, c in years.items()})
    return story.agreed("2023-06-01")


def offers(story: Story) -> list[tuple[int, str]]:
    told = [e.data for e in story.told("SpecialEditionOffered")]
    return [(d.business_year, d.edition.value) for d in told if isinstance(d, SpecialEditionOffered)]


def test_a_special_edition_met_for_the_first_time_is_offered_and_not_given() -> None:
    story = holder(y2020="none").assessed({2023: "AAA"})
    assert offers(story) == [(2023, "silver")]
    assert story.certificate.edition is Edition.BASE


def test_an_edition_met_the_year_before_is_not_offered_again() -> None:
    story = holder(y2020="none").assessed({2023: "AAA"})
    story.noticed("2024-03-01").until("2024-06-10")
    assert offers(story.assessed({2024: "AA"})) == [(2023, "silver")]


def test_an_edition_that_was_lost_and_is_met_again_is_offered_again() -> None:
    story = holder(y2020="none").assessed({2023: "AAA"}).noticed("2024-03-01")
    story.fact(_class(2023, "none"), "2024-05-20")
    story.fact(_class(2023, "AA"), "2024-05-25")
    assert offers(story) == [(2023, "silver"), (2023, "silver")]


def test_an_older_year_assessed_late_is_no_reason_for_an_offer() -> None:
    story = holder()
    story.fact(_class(2019, "AAA"), "2023-07-01")
    assert editions(story)[-1] == (2021, "gold", "DNB-2.5")
    assert offers(story) == []


def test_nothing_is_offered_where_no_contract_runs() -> None:
    story = Story().registered().assessed({2020: "AAA", 2021: "AAA", 2022: "AAA"})
    story.fact(facts.OfferMade(order="N-1"), "2023-05-20")
    story.fact(_class(2022, "AA"), "2023-06-01")
    assert offers(story) == []
    ended = holder(y2020="none").noticed("2024-03-01")
    ended.cancelled("2024-04-01")
    ended.until("2024-06-10")
    ended.fact(_class(2023, "AAA"), "2024-06-15")
    assert editions(ended)[-1] == (2023, "silver", "DNB-2.4")
    assert offers(ended) == []


def test_nothing_is_offered_without_a_class_of_the_last_years() -> None:
    story = holder()
    story.noticed("2024-03-01")
    story.fact(_class(2019, "AAA"), "2025-02-01")
    assert editions(story)[-1] == (2021, "gold", "DNB-2.5")
    assert offers(story) == []


def test_an_agreed_edition_that_is_met_is_granted_from_then_on() -> None:
    story = holder()
    told = story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.SILVER), "2023-07-01")
    assert (told[-1].name, told[-1].rule) == ("SpecialEditionGranted", Rule.DNB_4_10)
    assert isinstance(told[-1].data, SpecialEditionGranted)
    assert told[-1].data.business_year == 2022
    before, after = story.shows("2023-06-30 23:59"), story.shows("2023-07-01")
    assert before is not None
    assert after is not None
    assert (before.edition, after.edition) == (Edition.BASE, Edition.SILVER)


@pytest.mark.parametrize(
    ("edition", "y2022", "rule"),
    [
        (Edition.SILVER, "none", Rule.DNB_2_4),
        (Edition.GOLD, "AA", Rule.DNB_2_5),
        (Edition.PLATINUM, "AAA", Rule.DNB_2_6),
    ],
)
def test_an_agreed_edition_that_is_not_met_is_refused_by_its_rule(edition: Edition, y2022: str, rule: Rule) -> None:
    story = holder()
    story.fact(_class(2022, y2022), "2023-06-15")
    told = story.fact(facts.SpecialEditionAgreed.model_validate({"order": "N-1", "edition": edition}), "2023-07-01")
    assert (told[-1].name, told[-1].rule) == ("SpecialEditionRefused", rule)
    assert story.certificate.edition is Edition.BASE


def test_an_edition_agreed_without_a_class_of_the_last_years_is_refused() -> None:
    story = holder()
    story.noticed("2024-03-01")
    told = story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.SILVER), "2025-02-01")
    assert (told[-1].name, told[-1].rule) == ("SpecialEditionRefused", Rule.DNB_2_4)


@pytest.mark.parametrize(("agreed", "shown"), [(Edition.SILVER, Edition.SILVER), (Edition.GOLD, Edition.BASE)])
def test_an_edition_agreed_before_the_contract_waits_for_its_conclusion(agreed: Edition, shown: Edition) -> None:
    story = Story().registered().assessed({2020: "AAA", 2021: "AAA", 2022: "AA"})
    told = story.fact(facts.SpecialEditionAgreed.model_validate({"order": "N-1", "edition": agreed}), "2023-05-31")
    assert [e.name for e in told] == ["SpecialEditionAgreed"]
    story.agreed("2023-06-01")
    assert story.certificate.edition is shown
    assert ("SpecialEditionRefused" in story.names()) is (shown is Edition.BASE)


def test_an_edition_agreed_after_the_contract_has_no_effect() -> None:
    story = holder()
    story.cancelled("2024-03-01")
    story.until("2024-06-10")
    told = story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.SILVER), "2024-06-10")
    assert (told[-1].name, told[-1].rule) == ("FactHadNoEffect", Rule.DNB_4_10)


# --- renewal -----------------------------------------------------------------------------------------------------


def renewed(story: Story, classes: str) -> Edition:
    """The edition shown after the renewal of June 2024."""
    story.assessed({2023: classes}).noticed("2024-03-01")
    story.until("2024-06-02")
    data = story.last("ClassAttested").data
    assert isinstance(data, ClassAttested)
    assert data.term == 2
    return data.edition


def test_an_edition_that_was_shown_before_renews_by_itself() -> None:
    story = holder()
    story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.SILVER), "2023-07-01")
    assert renewed(story, "AA") is Edition.SILVER


def test_an_edition_that_is_no_longer_met_renews_as_the_base_class() -> None:
    story = holder()
    story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.SILVER), "2023-07-01")
    story.fact(_class(2022, "none"), "2023-08-01")
    assert renewed(story, "AA") is Edition.BASE


def test_a_first_special_edition_renews_as_the_edition_held_unless_the_policy_gives_it_without_agreement() -> None:
    assert renewed(holder(y2020="none"), "AAA") is Edition.BASE
    scheme = Scheme(policy=Policy(first_edition_by_agreement=False))
    assert renewed(holder(scheme, y2020="none"), "AAA") is Edition.SILVER


def test_gold_that_first_meets_platinum_renews_as_gold_and_platinum_is_offered() -> None:
    story = Story().registered().assessed(dict.fromkeys(range(2019, 2023), "AAA")).agreed("2023-06-01")
    story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.GOLD), "2023-07-01")
    assert renewed(story, "AAA") is Edition.GOLD
    assert offers(story) == [(2023, "platinum")]


def test_three_gold_certificates_in_a_row_are_offered_platinum_where_ordered_ones_count() -> None:
    scheme = Scheme(policy=Policy(platinum_basis="ordered"))
    story = Story(scheme).registered().assessed({2018: "AAA", 2019: "AAA", 2020: "AAA"})
    story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.GOLD), "2021-05-31")
    story.agreed("2021-06-01")
    for year in (2021, 2022):
        story.assessed({year: "AAA"}).noticed(f"{year + 1}-03-01")
        story.until(f"{year + 1}-06-02")
    assert offers(story) == []
    story.assessed({2023: "AAA"})
    assert offers(story) == [(2023, "platinum")]
    story.noticed("2024-05-20").until("2025-03-01")
    assert offers(story.assessed({2024: "AAA"})) == [(2023, "platinum")]  # met the year before, and not agreed
    story.fact(facts.SpecialEditionAgreed(order="N-1", edition=Edition.PLATINUM), "2025-05-20")
    assert story.certificate.edition is Edition.PLATINUM


def _class(year: int, grade: str) -> facts.ClassAssessed:
    return facts.ClassAssessed(business_year=year, attained=Excellence(grade), model_version="m-1", inputs_hash=HASH)
