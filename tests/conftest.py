"""What every test may ask for: the real components, one of each for the whole run."""

import gc
import logging
import warnings
from collections.abc import Iterator

import pytest

from tests.components import plugin


def pytest_configure(config: pytest.Config) -> None:
    """They are for the features as well, so they don't belong to this folder alone."""
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin)


@pytest.fixture
def outage(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The client leaves the sockets of connections that were refused to the garbage collector, and talks of them."""
    caplog.set_level(logging.CRITICAL, "kafka")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()
