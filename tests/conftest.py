"""What every test may ask for: the real components, one of each for the whole run."""

import pytest

from tests.components import plugin


def pytest_configure(config: pytest.Config) -> None:
    """They are for the features as well, so they don't belong to this folder alone."""
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin)
