"""What every scenario has: the sentences, and a world of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_bdd.parser import Feature, Scenario, Step
from pytest_bdd.steps import StepNamePrefix

from features.steps import (
    amendments,
    deliveries,
    disputes,
    given,
    inbox,
    methodology,
    money,
    secrecy,
    signatures,
    then,
    when,
)
from features.world import World

# A star import passes over what begins with an underscore, as the registered sentences do.
for _module in (amendments, deliveries, disputes, given, inbox, methodology, money, secrecy, signatures, then, when):
    _sentences = {k: v for k, v in vars(_module).items() if k.startswith(StepNamePrefix.step_def.value)}
    assert not _sentences.keys() & globals().keys(), "a sentence is defined twice"
    globals().update(_sentences)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An installation of its own."""
    built = World(tmp_path)
    with built.closing:
        yield built


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> object:
    """A tag names a rule, and rules have dots, which markers have not; the tags are checked by a test."""
    return bool(tag and function)


def pytest_bdd_before_step(
    request: pytest.FixtureRequest, feature: Feature, scenario: Scenario, step: Step, step_func: Callable[..., object]
) -> None:
    """What is told from the first When on is what the Thens ask about."""
    del feature, step_func
    whens = [s for s in scenario.steps if s.type == "when"]
    if whens and step is whens[0]:
        request.getfixturevalue("world").turn()
