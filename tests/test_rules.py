"""What we rely on when a decision cites a rule: it is stated, once, plainly, and can be found again."""

import re
from dataclasses import FrozenInstanceError

import pytest

from domain.rules import RULES, Refused, Rule, Statement, Strength, public_clause, wording

LONGEST_WORDING = 140
AN_ID = re.compile(r"(GEN|BIS|COF|APR|CRM|X)-\d+|CRM-A|DNB-\d+\.\d+|DNB-M\d+[a-f]?")
A_CLAUSE = re.compile(r"(\d+( ¶\d+)?)?")
A_SOURCE = re.compile(r"(00[0-4](:\d+(-\d+)?(, \d+(-\d+)?)*)?)?")


def test_every_rule_is_stated_and_nothing_else_is() -> None:
    """A rule that can be cited can also be read."""
    assert set(RULES) == set(Rule)
    assert list(RULES) == list(Rule)


def test_no_rule_of_a_numbered_series_is_missing() -> None:
    """Each series counts from its first id to its last without a hole."""
    last = {"GEN-": 11, "BIS-": 20, "COF-": 11, "APR-": 20, "CRM-": 11, "X-": 19, "DNB-M": 10}
    last |= {"DNB-1.": 2, "DNB-2.": 9, "DNB-3.": 1, "DNB-4.": 15, "DNB-5.": 6, "DNB-6.": 17, "DNB-7.": 10}
    last |= {"DNB-8.": 1, "DNB-9.": 5, "DNB-10.": 2, "DNB-11.": 2, "DNB-12.": 2, "DNB-13.": 3, "DNB-14.": 3}
    expected = {f"{series}{n}" for series, end in last.items() for n in range(1, end + 1)}
    expected |= {"DNB-7.0", "CRM-A"} | {f"DNB-M2{letter}" for letter in "abcdef"}
    assert set(Rule) == expected


@pytest.mark.parametrize("rule", Rule)
def test_an_id_is_well_formed_and_names_its_member(rule: Rule) -> None:
    """Code, scenario and audit entry spell a rule alike."""
    assert AN_ID.fullmatch(rule.value)
    assert rule.name == re.sub(r"[-.]", "_", rule.value).upper()
    assert Rule(rule.value) is rule


@pytest.mark.parametrize("rule", Rule)
def test_a_wording_is_one_short_line(rule: Rule) -> None:
    """Letters and lists show a wording as it is."""
    text = wording(rule)
    assert text
    assert text == " ".join(text.split())
    assert len(text) <= LONGEST_WORDING


def test_no_two_rules_say_the_same() -> None:
    """A wording identifies its rule."""
    assert len({wording(rule).casefold() for rule in Rule}) == len(Rule)


@pytest.mark.parametrize("rule", Rule)
def test_clause_and_source_can_be_looked_up(rule: Rule) -> None:
    """A clause is a number with an optional paragraph, a source a document with optional lines."""
    assert A_CLAUSE.fullmatch(RULES[rule].clause)
    assert A_SOURCE.fullmatch(RULES[rule].source)


@pytest.mark.parametrize("rule", [rule for rule in Rule if re.match(r"DNB-\d", rule)])
def test_a_rule_of_the_terms_rests_on_the_clause_in_its_id(rule: Rule) -> None:
    """DNB-6.14 is a rule of clause 6."""
    assert public_clause(rule) == rule.removeprefix("DNB-").split(".")[0]


@pytest.mark.parametrize("rule", [rule for rule in Rule if re.match(r"DNB-\d", rule)])
def test_a_rule_of_the_terms_without_a_line_is_not_mandatory(rule: Rule) -> None:
    """What the terms do not say they do not demand."""
    statement = RULES[rule]
    assert statement.source or statement.strength in {Strength.READING, Strength.FACT}


@pytest.mark.parametrize(
    ("rule", "clause"),
    [
        (Rule.DNB_4_6, "4"),
        (Rule.DNB_6_14, "6"),
        (Rule.DNB_7_3, "7"),
        (Rule.DNB_14_2, "14"),
        (Rule.X_9, "7"),
        (Rule.DNB_M2A, ""),
        (Rule.COF_5, ""),
    ],
)
def test_the_public_learns_the_clause_alone(rule: Rule, clause: str) -> None:
    """No paragraph, no id, no cause."""
    assert public_clause(rule) == clause


def test_the_strength_tells_duty_from_discretion() -> None:
    """A blockade takes the licence by itself, a low score only allows it to be taken."""
    assert RULES[Rule.DNB_6_14].strength is Strength.MANDATORY
    assert RULES[Rule.COF_5].strength is Strength.DISCRETIONARY
    assert RULES[Rule.DNB_7_4].strength is Strength.READING
    assert RULES[Rule.DNB_2_3].strength is Strength.FACT
    assert RULES[Rule.CRM_1].strength is Strength.INFORMATIONAL


def test_the_rules_cannot_be_changed_while_running() -> None:
    """Neither the table nor a statement nor a refusal gives way."""
    with pytest.raises(TypeError):
        RULES[Rule.DNB_4_6] = RULES[Rule.DNB_4_7]  # type: ignore[index]  # the point of the test
    with pytest.raises(FrozenInstanceError):
        RULES[Rule.DNB_4_6].wording = ""  # type: ignore[misc]  # the point of the test
    with pytest.raises(FrozenInstanceError):
        Refused(Rule.DNB_4_6, "too late").reason = ""  # type: ignore[misc]  # the point of the test


def test_statements_and_refusals_are_values() -> None:
    """Equal parts make equal wholes, and a refusal is nothing to raise."""
    assert Refused(Rule.DNB_4_6, "too late") == Refused(Rule.DNB_4_6, "too late")
    assert not issubclass(Refused, BaseException)
    assert Statement("w", Strength.FACT, "", "") == Statement("w", Strength.FACT, "", "")
