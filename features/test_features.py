"""Every promise in the features is kept, and none of them is lost on the way."""

import re
from collections import Counter
from pathlib import Path

import pytest
from pytest_bdd import scenarios
from pytest_bdd.feature import get_features
from pytest_bdd.parser import Feature

from domain.rules import Rule

HERE = Path(__file__).parent

# What these features promise; each rule that is added to them is added here.
TOLD = {
    *(f"GEN-{n}" for n in range(1, 12)),
    "DNB-1.1",
    "DNB-1.2",
    *(f"DNB-2.{n}" for n in range(3, 9)),
    *(f"DNB-2.{n}" for n in range(3, 10)),
    "DNB-3.1",
    *(f"DNB-4.{n}" for n in range(1, 16)),
    *(f"DNB-5.{n}" for n in range(1, 7)),
    *(f"DNB-6.{n}" for n in range(1, 18)),
    *(f"DNB-7.{n}" for n in (0, 1, 2, 3, 4, 5, 6, 9, 10)),
    "DNB-2.2",
    "DNB-8.1",
    "DNB-13.3",
    *(f"DNB-M{n}" for n in (1, 5, 7, 8, 9, 10)),
    *("DNB-11.1", "DNB-11.2", "DNB-12.1", "DNB-12.2"),
    *(f"DNB-7.{n}" for n in range(11)),
    *(f"DNB-14.{n}" for n in range(1, 4)),
    *(f"DNB-9.{n}" for n in range(1, 6)),
    "DNB-13.1",
    "DNB-13.2",
    "DNB-14.3",
    "DNB-M7",
    "DNB-M8",
    *(f"X-{n}" for n in range(1, 13)),
    "X-16",
    "X-17",
    "X-18",
    "X-19",
}
DEADLINES = {"DNB-7.1", "DNB-7.3", "DNB-6.17", "DNB-4.11", "DNB-4.6", "DNB-4.13", "DNB-6.5", "DNB-6.6", "DNB-14.2"}
DEADLINES |= {"DNB-4.3"}

scenarios(".")

FEATURES = get_features([str(HERE)])
A_FILE = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: Path(feature.filename).stem)


def lines(feature: Feature, pattern: str) -> list[str]:
    text = Path(feature.filename).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if re.match(rf"\s*(?:{pattern})", line)]


def tags(feature: Feature) -> set[str]:
    return {tag for scenario in feature.scenarios.values() if scenario.rule for tag in scenario.rule.tags}


@A_FILE
def test_no_sentence_is_read_as_a_mere_description(feature: Feature) -> None:
    """A keyword spelled wrong would make a step vanish."""
    backgrounds = {id(s.background): s.background for t in feature.scenarios.values() for s in t.all_background_steps}
    steps = sum(len(t._steps) for t in feature.scenarios.values())  # noqa: SLF001 - `steps` would count backgrounds again
    steps += sum(len(background.steps) for background in backgrounds.values() if background)
    assert steps == len(lines(feature, r"(?:Given|When|Then|And|But|\*) "))
    indented = [line for line in Path(feature.filename).read_text("utf-8").splitlines() if line.startswith(" " * 6)]
    assert [line for line in indented if not re.match(r"\s+(?:Given|When|Then|And|But|Examples:|\|)", line)] == []


@A_FILE
def test_no_scenario_hides_another_of_its_name(feature: Feature) -> None:
    assert len(feature.scenarios) == len(lines(feature, r"(?:Example|Scenario|Scenario Outline):"))


@A_FILE
def test_every_scenario_belongs_to_a_rule_of_the_rule_book(feature: Feature) -> None:
    assert all(scenario.rule and scenario.rule.tags for scenario in feature.scenarios.values())
    assert tags(feature) <= {rule.value for rule in Rule}


@A_FILE
def test_every_rule_is_told_by_more_than_one_example(feature: Feature) -> None:
    """Both sides of a boundary, so one example, or one row of examples, says too little."""
    count: Counter[str] = Counter()
    for scenario in feature.scenarios.values():
        rows = sum(len(examples.examples) for examples in scenario.examples)
        count.update(dict.fromkeys(scenario.rule.tags if scenario.rule else (), rows or 1))
    assert [tag for tag, told in count.items() if told < 2] == []


def test_every_rule_promised_is_told() -> None:
    assert {tag for feature in FEATURES for tag in tags(feature)} >= TOLD


def test_every_line_of_the_deadline_table_is_told() -> None:
    assert {tag for feature in FEATURES if feature.filename.endswith("deadlines.feature") for tag in tags(feature)} == (
        DEADLINES
    )
