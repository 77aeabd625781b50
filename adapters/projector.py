"""The projector: it keeps the read models up to date from the log, as one of any number of processes that stand by."""

from adapters.measures import Measures
from adapters.store.projecting import NAME, Projections
from adapters.store.store import Overtaken, Store


class Projector:
    """Follows the log, one stretch at each step, while it leads; the others look at each step whether they do now."""

    name = "project"
    waits = False

    def __init__(self, store: Store, projections: Projections, measures: Measures) -> None:
        self._store = store
        self._projections = projections
        self._measures = measures
        self._led = False

    def step(self) -> bool:
        """Take in the next stretch; True if there may be more."""
        led, self._led = self._led, self._projections.leads()
        if not self._led:
            self._projections.let_go()
            self._tell()
            return led  # a session that was cut off may lead again at once
        try:
            told = self._projections.follow()
        except Overtaken:
            self._measures.refused("projection")
            told = 0
        self._tell()
        return told is not None

    def close(self) -> None:
        """Nothing waits for it: who leads next is decided where the store is closed."""
        self._projections.let_go()

    def _tell(self) -> None:
        position = self._store.projected(NAME)  # first, so that it is never told to be ahead
        self._measures.behind(NAME, self._store.last_position() - position)
