"""The enforcer: deadlines have their consequence soon after they have passed, and never before all was read till then.

It is for promptness only. What falls due is told the same by whoever next touches the company, so any number of
enforcers and workers do each other no harm.
"""

import logging
from datetime import datetime
from functools import partial
from time import monotonic

from sqlalchemy import func, select

from adapters.intake.aside import parked
from adapters.intake.engine import Contended, Engine, UnfinishedSource
from adapters.intake.work import Summary
from adapters.measures import Measures
from adapters.store.projecting import NAME as READ_MODELS
from domain.dossier import BEGINNING

EVERY = 1.0  # seconds between two looks at what is due
LATER = 60.0  # seconds until a company is tried again for which nothing followed

_log = logging.getLogger(__name__)


class Enforcer:
    """Looks every so many seconds what has fallen due, and enforces it."""

    name = "enforce"
    waits = False

    def __init__(self, engine: Engine, measures: Measures, every: float = EVERY) -> None:
        self._engine = engine
        self._measures = measures
        engine.on_conflict = partial(measures.refused, "conflict")
        self._every = every
        self._look_at = 0.0
        self._shown = 0
        # What the read models call due although it was enforced: until which position they have to read to know
        # better, and until when to leave alone what nothing followed from.
        self._awaited: dict[str, int] = {}
        self._left: dict[str, float] = {}
        self._waits_for: str | None = None
        self._defects: tuple[str, ...] = ()

    def step(self) -> bool:
        """Enforce what has fallen due; True if anything had."""
        if monotonic() < self._look_at:
            return False
        self._look_at = monotonic() + self._every
        self._engine.memory.refresh(self._engine.projections.forget)
        self._tell_parked()
        horizon = self._engine.horizon()
        if horizon <= BEGINNING:
            self._wait("the facts topics were read nowhere to their ends: let `bonitet work` catch up")
            return False
        due = self._due(horizon)
        if not due and not self._owes_sweep():
            return False
        try:
            self._enforce(horizon, due)
        except UnfinishedSource as unfinished:
            self._wait(str(unfinished))
            return False
        except Contended:
            return False
        return True

    def close(self) -> None:
        """Nothing waits for it."""

    def _due(self, horizon: datetime) -> list[str]:
        """The companies for which something has fallen due, as far as the read models know and it wasn't done yet."""
        store, projections, now = self._engine.store, self._engine.projections, monotonic()
        self._shown = store.projected(READ_MODELS)
        self._awaited = {s: position for s, position in self._awaited.items() if position > self._shown}
        self._left = {s: until for s, until in self._left.items() if until > now}
        with store.reading() as c:
            told = projections.register_stale(c, horizon)
        done = self._awaited.keys() | self._left.keys() | self._engine.memory.queues.keys()
        return [subject for subject in told if subject not in done]

    def _owes_sweep(self) -> bool:
        memory = self._engine.memory
        told, everywhere = len(memory.scheme_facts), memory.inputs.scheme_facts
        return self._engine.projections.swept() < (told if everywhere is None else min(told, everywhere))

    def _enforce(self, horizon: datetime, due: list[str]) -> None:
        store = self._engine.store
        before = store.last_position()
        self._engine.sweep(Summary(), self._alive)
        done = self._engine.enforce(horizon, self._alive)
        after = store.last_position()
        written = store.touched(before, after)
        for subject in due:
            if subject in written or self._shown < after:
                self._awaited[subject] = after
            else:
                self._left[subject] = monotonic() + LATER
        if self._waits_for is not None:
            self._waits_for = None
            _log.warning("%s: goes on", self.name)
        if done.defects and done.defects != self._defects:
            _log.warning("%s: failed over %d companies, the first is %s", self.name, len(done.defects), done.defects[0])
        self._defects = done.defects

    def _tell_parked(self) -> None:
        with self._engine.store.reading() as c:
            waiting = c.execute(select(func.count(), func.min(parked.c.since)).where(parked.c.state == "waiting")).one()
        count, since = waiting
        age = (self._engine.clock() - datetime.fromisoformat(since)).total_seconds() if count else 0.0
        self._measures.parked(count, max(0.0, age))

    def _alive(self, _: Summary) -> None:
        self._measures.beat(self.name)

    def _wait(self, why: str) -> None:
        if self._waits_for is None:
            _log.warning("%s: waits: %s", self.name, why)
        self._waits_for = why
