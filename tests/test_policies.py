"""The readings an issuer may choose are named, so that a decision can be told again under the reading of its day."""

from dataclasses import FrozenInstanceError, fields

import pytest

from domain.policies import Policy
from domain.schemes.scheme import Scheme
from tests.story import Story

# A reading other than the default, for each parameter.
OTHER = {
    "misuse_procedure": "automatic_loss",
    "removal_while_suspended": "three_days",
    "loss_ends_after_use": False,
    "first_edition_by_agreement": False,
    "cancel_reading": "within_last",
    "notice_before": "renewal",
    "extension_needs_new_notice": False,
    "permanent_requires_both": True,
    "auto_suspend_on_lapse": False,
    "gold_basis": "excellence",
    "platinum_basis": "ordered",
    "renew_while_revoked": True,
    "blocked_365d_excludes": False,
    "clock_from": "sending",
    "insolvency_from": "request",
    "removal_from": "receipt",
    "hold_without_notice": False,
    "late_fact_reopens_renewal": True,
    "extension_alarm_days": 30,
    "written_forms": ("signed_pdf",),
    "amicable_days": 60,
    "saturday_is_working_day": True,
    "saturday_shifts_calendar_term": False,
}


def test_every_parameter_has_another_reading_here() -> None:
    assert set(OTHER) == {field.name for field in fields(Policy)}


def test_the_default_readings_are_the_first_version() -> None:
    assert Policy().version == "P/1"


@pytest.mark.parametrize("name", OTHER)
def test_another_reading_is_named_in_the_version(name: str) -> None:
    told = ",".join(value) if isinstance(value := OTHER[name], tuple) else value
    assert Policy(**{name: value}).version == f"P/1+{name}={told}"  # type: ignore[arg-type]  # by name


def test_several_readings_are_named_in_the_order_of_the_parameters() -> None:
    policy = Policy(clock_from="sending", cancel_reading="within_last")
    assert policy.version == "P/1+cancel_reading=within_last+clock_from=sending"


def test_a_policy_does_not_change_while_it_is_in_force() -> None:
    with pytest.raises(FrozenInstanceError):
        Policy().clock_from = "sending"  # type: ignore[misc]  # the point of the test


def test_every_decision_carries_the_editions_it_was_taken_under() -> None:
    scheme = Scheme(policy=Policy(clock_from="sending"))
    story = Story(scheme).registered().assessed({2024: "AA"}).agreed("2025-06-30")
    assert scheme.editions == "DNB-RS/1 P/1+clock_from=sending RS/1"
    assert {e.event.editions for e in story.entries if e.event.fact is None} == {scheme.editions}
    assert {e.event.editions for e in story.entries if e.event.fact is not None} == {None}
