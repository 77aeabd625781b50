"""The composition root: the only place that knows how the parts are put together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.intake.engine import Engine
from adapters.settings import Settings
from adapters.store.store import Store, opened


@dataclass(frozen=True, slots=True)
class System:
    """An installation that is running."""

    settings: Settings
    store: Store
    engine: Engine
    clock: Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def build(
    settings: Settings | None = None,
    clock: Callable[[], datetime] = _now,
    *,
    projecting: bool = True,
    followed: bool = False,
) -> Iterator[System]:
    """The system by its settings, closed again at the end.

    Without `projecting` it leaves the read models to others; where they are `followed` by a projector, it leaves them
    to that as far as they are behind.
    """
    settings = settings or Settings()
    store = opened(settings.database, settings.key)
    try:
        yield System(settings, store, Engine(store, settings, clock, projecting=projecting, followed=followed), clock)
    finally:
        store.close()
