"""The rule book as it is kept: no rule that binds is left untold or undecided, and none is made up."""

import json

import pytest
from typer.testing import CliRunner

from adapters import rulebook
from adapters.cli.app import app
from adapters.rulebook import Application, Kept
from domain.rules import Rule

KEPT = {each.rule: each for each in rulebook.kept()}
BINDING = [each for each in KEPT.values() if each.binds]
OF_A_RULE = pytest.mark.parametrize("each", BINDING, ids=lambda each: each.rule.value)


@OF_A_RULE
def test_a_rule_that_binds_is_told_by_a_feature(each: Kept) -> None:
    assert each.features


@OF_A_RULE
def test_a_rule_that_binds_is_cited_by_the_domain(each: Kept) -> None:
    assert each.functions


def test_what_binds_are_the_duties_the_options_and_the_readings_of_this_scheme() -> None:
    told = {each.rule for each in BINDING}
    assert {Rule.DNB_1_1, Rule.DNB_5_6, Rule.DNB_14_3, Rule.DNB_M1, Rule.GEN_8, Rule.X_19} <= told
    assert not told & {Rule.DNB_2_1, Rule.BIS_4, Rule.COF_1, Rule.APR_1, Rule.CRM_1, Rule.X_13}


@pytest.mark.parametrize(
    ("rule", "application"),
    [
        (Rule.DNB_6_2, Application.STAFF),
        (Rule.DNB_6_14, Application.AUTOMATIC),
        (Rule.DNB_7_5, Application.STAFF),
        (Rule.DNB_9_2, Application.STAFF),
        (Rule.COF_11, Application.INFORMATIONAL),
    ],
)
def test_it_is_said_who_applies_a_rule(rule: Rule, application: Application) -> None:
    assert KEPT[rule].application is application


def test_citations_are_found_as_data_and_in_words() -> None:
    assert "misuse.lapse" in KEPT[Rule.DNB_7_5].functions  # as data
    assert "facts.vocabulary.Edition" in KEPT[Rule.DNB_2_5].functions  # "DNB-2.4 to 2.6"
    assert "calendar.working_days" in KEPT[Rule.GEN_3].functions
    assert "misuse.feature: Who stops within the 48 hours is not sanctioned" in KEPT[Rule.DNB_7_2].features


def test_the_first_rule_that_a_text_cites_is_found() -> None:
    assert rulebook.first_in("The second demand was sent (DNB-7.3, GEN-7).") is Rule.DNB_7_3
    assert rulebook.first_in("Nothing is cited (DNB-99.9).") is None


def test_the_terminal_shows_one_rule_several_or_all() -> None:
    def run(*words: str) -> list[dict[str, object]]:
        result = CliRunner().invoke(app, ["rules", *words, "--json"])
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    assert [row["rule"] for row in run("DNB-7.1")] == ["DNB-7.1"]
    assert {row["rule"] for row in run("dnb-12")} == {"DNB-12.1", "DNB-12.2"}
    assert len(run()) == len(Rule)
    assert {row["application"] for row in run("--application", "staff")} == {"staff"}
    shown = CliRunner().invoke(app, ["rules", "DNB-7.3"]).stdout
    assert "misuse.feature" in shown
    unknown = CliRunner().invoke(app, ["rules", "DNB-99"])
    assert (unknown.exit_code, "is no rule of the book" in unknown.stderr) == (2, True)
