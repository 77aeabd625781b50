"""What tests ask for to work with real components, and what happens where one is missing.

Where CI is set nothing may be left out, and a test fails for want of a component. Elsewhere it is skipped, and
the end of the run says so.
"""

import os
from collections.abc import Callable, Generator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest

from tests.components.kafka import Cluster
from tests.components.missing import Missing, must_be_whole
from tests.components.postgres import Databases
from tests.components.shared import VARIABLE, Run, address

RUN = pytest.StashKey[Run]()
LEFT_OUT = "left-out-"
T = TypeVar("T")


@pytest.fixture(scope="session")
def broker() -> Cluster:
    """The Apache Kafka of this run, which tests share: who stops or kills one makes a Broker of his own."""
    return Cluster(address("kafka"))


@pytest.fixture(scope="session")
def postgres() -> Databases:
    """The PostgreSQL of this run, which tests share: who stops one makes a Postgres of his own."""
    return Databases(address("postgres"))


@pytest.fixture
def database(postgres: Databases) -> Iterator[str]:
    """The URL of a fresh database on PostgreSQL."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture
def topics(broker: Cluster) -> Iterator[Callable[..., str]]:
    """Makes fresh topics: `topics(partitions, cleanup_policy="compact")` is the name of one."""
    made: list[str] = []

    def topic(partitions: int = 1, **configs: object) -> str:
        made.append(broker.fresh_topic(partitions, **configs))
        return made[-1]

    yield topic
    for name in made:
        broker.drop_topic(name)


def pytest_configure(config: pytest.Config) -> None:
    """A run begins; the processes that share its tests out belong to it."""
    if not hasattr(config, "workerinput"):
        config.stash[RUN] = Run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """A run ends, and with it all that was started for it."""
    run = config.stash.get(RUN, None)
    if run is not None:
        run.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, T, T]:
    """A component may be missed by a fixture."""
    return (yield from _without())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, T, T]:
    """It may be missed by the test itself."""
    return (yield from _without())


def _without() -> Generator[None, T, T]:
    try:
        return (yield)
    except Missing as missing:
        if must_be_whole():
            raise
        said = str(missing)
        name = f"{LEFT_OUT}{sha256(said.encode()).hexdigest()[:16]}"
        (Path(os.environ[VARIABLE]) / name).write_text(said)
        pytest.skip(said)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was left out is said loudly, with what to do about it."""
    run = config.stash.get(RUN, None)
    told = sorted(path.read_text() for path in run.folder.glob(f"{LEFT_OUT}*")) if run else []
    if told:
        terminalreporter.section("LEFT OUT, AND NOT TESTED", sep="!", red=True, bold=True)
        for said in told:
            terminalreporter.line(said, red=True)
