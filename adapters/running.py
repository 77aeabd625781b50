"""A process that keeps going: its roles take turns, outlast an outage, and end in order when they are told to."""

import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from threading import Event, Lock, current_thread, main_thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Protocol

from eventsourcing import persistence
from sqlalchemy import exc

from adapters.intake.engine import Contended
from adapters.store.collector import few_collections
from adapters.store.recorder import Conflict, PositionMoved
from adapters.store.store import Overtaken, Store

if TYPE_CHECKING:
    from adapters.measures import Measures

POLL = 1.0  # seconds; in case a database doesn't tell that something was appended
PAUSE = 0.5  # seconds; where not even waiting works
SOONEST, LATEST = 0.1, 5.0  # seconds between two attempts during an outage

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """It can't go on, and trying again won't help: the message says what, why, and how to mend it."""


class Role(Protocol):
    """Something that a process does again and again.

    One that deals with an outage itself has an attribute `trouble` as well: what it is, None while there is none.
    """

    @property
    def name(self) -> str:
        """How it is called where its health is told."""

    @property
    def waits(self) -> bool:
        """Whether a step without work waits a little for some by itself, so that nothing else has to."""

    def step(self) -> bool:
        """Do what there is to do, but not for long; True if there may be more to do at once."""

    def close(self) -> None:
        """Let go of all that others may be waiting for."""


# --- signs of life -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sign:
    """When a role last showed that it is alive, whether it ever did its work, and the outage it waits out."""

    beat_at: float
    ready: bool = False
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """All signs of life of a process: who is at work, and when anything was last heard. Times are monotonic."""

    roles: dict[str, Sign]
    at_work: str | None
    heard_at: float
    ended: bool


class Pulse:
    """The signs of life of a process, kept by the thread that works and read by the one that tells of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._signs = Signs({}, None, monotonic(), ended=False)

    def signs(self) -> Signs:
        """How things stand."""
        with self._lock:
            return self._signs

    def begin(self, roles: Sequence[str]) -> None:
        """A process begins with these roles."""
        with self._lock:
            now = monotonic()
            self._signs = Signs({role: Sign(now) for role in roles}, None, now, ended=False)

    def turn(self, role: str | None) -> None:
        """It is this role's turn now, or nobody's."""
        with self._lock:
            self._signs = replace(self._signs, at_work=role, heard_at=monotonic())

    def beat(self, role: str) -> None:
        """A role is alive."""
        self._note(role)

    def failed(self, role: str, why: str) -> None:
        """A role is alive, and waits for an outage to end."""
        self._note(role, why=why)

    def worked(self, role: str) -> None:
        """A role did what it is there for."""
        self._note(role, why=None, ready=True)

    def end(self) -> None:
        """The process doesn't work any more."""
        with self._lock:
            self._signs = replace(self._signs, at_work=None, ended=True)

    def _note(self, role: str, **changed: Any) -> None:
        with self._lock:
            now = monotonic()
            sign = replace(self._signs.roles.get(role) or Sign(now), beat_at=now, **changed)
            self._signs = replace(self._signs, roles={**self._signs.roles, role: sign}, heard_at=now)


# --- outages -------------------------------------------------------------------------------------------------------

_OVERTAKEN = (Conflict, Contended, Overtaken, PositionMoved)
_FAULTS: tuple[type[Exception], ...] = (
    *(OSError, persistence.PersistenceError, exc.DBAPIError, exc.TimeoutError, exc.PendingRollbackError),
)
_DEFECTS: tuple[type[Exception], ...] = (
    *(persistence.ProgrammingError, persistence.DataError, persistence.IntegrityError, persistence.NotSupportedError),
    *(exc.ProgrammingError, exc.DataError, exc.IntegrityError, exc.NotSupportedError),
)
try:
    import psycopg
except ImportError:  # an installation on one file does without
    pass
else:
    # Rows are copied by the driver itself, so that its errors come as they are.
    _FAULTS += (psycopg.Error,)
    _DEFECTS += (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError, psycopg.NotSupportedError)


def passes(problem: Exception) -> bool:
    """Whether a failure is no fault of ours and goes away by itself: a database or broker that is away, or a race lost.

    Kafka's errors say themselves whether it is worth trying again.
    """
    if isinstance(problem, _OVERTAKEN) or getattr(problem, "retriable", False) is True:
        return True
    return isinstance(problem, _FAULTS) and not isinstance(problem, _DEFECTS)


def outage(problem: Exception) -> str:
    """What a failure says of itself in one line, without what was to be written when it happened."""
    cause: BaseException = problem
    while (deeper := getattr(cause, "orig", None) or cause.__cause__) is not None:
        cause = deeper
    says = str(cause).partition("\n")[0][:200]
    return f"{type(cause).__name__}: {says}" if says else type(cause).__name__


# --- taking turns --------------------------------------------------------------------------------------------------


class _Shift:
    """A role among the others: when it may work, and since when it can't."""

    def __init__(self, role: Role, measures: "Measures") -> None:
        self.role = role
        self.not_before = 0.0
        self.waited = False
        self._measures = measures
        self._kind: type[Exception] | None = None
        self._since = 0.0
        self._attempts = 0
        self._pause = SOONEST

    def turn(self) -> bool:
        """One step; whether there may be more to do at once. Raises what doesn't pass by itself."""
        self.waited = False
        if monotonic() < self.not_before:
            return False
        name, pulse = self.role.name, self._measures.pulse
        pulse.turn(name)
        try:
            more = self.role.step()
        except Exception as problem:
            if not passes(problem):
                raise
            self._put_off(problem)
            return False
        finally:
            pulse.turn(None)
        self._goes_on()
        self._measures.beat(name)
        trouble: str | None = getattr(self.role, "trouble", None)
        if trouble is None:
            pulse.worked(name)
        else:
            pulse.failed(name, trouble)
        self.waited = self.role.waits
        return more

    def _put_off(self, problem: Exception) -> None:
        why = outage(problem)
        self._measures.failed(self.role.name, why)
        if not self._attempts:
            self._since = monotonic()
        if type(problem) is not self._kind:
            _log.warning("%s: waits for an outage to end: %s", self.role.name, why)
        self._kind = type(problem)
        self._attempts += 1
        self.not_before = monotonic() + self._pause
        self._pause = min(2 * self._pause, LATEST)

    def _goes_on(self) -> None:
        if self._attempts:
            lasted = monotonic() - self._since
            _log.warning("%s: goes on after %.1f s, %d attempts failed", self.role.name, lasted, self._attempts)
        self._kind, self._attempts, self._pause = None, 0, SOONEST


def run(roles: Sequence[Role], store: Store, *, measures: "Measures", stop: Event, poll: float = POLL) -> None:
    """Let the roles take turns until `stop` is set, or a signal to end comes; all are closed in the end.

    An outage makes a role pause, and the others go on. Raises Stopped, or whatever else won't pass by itself.
    """
    shifts = [_Shift(role, measures) for role in roles]
    measures.pulse.begin([role.name for role in roles])
    with ExitStack() as closing:
        for role in roles:
            closing.callback(_close, role)
        closing.callback(measures.pulse.end)
        closing.enter_context(_ended_by_signals(stop))
        closing.enter_context(few_collections())
        while not stop.is_set():
            more = False
            for shift in shifts:
                if not stop.is_set():
                    more = shift.turn() or more
            if not more and not stop.is_set():
                _rest(shifts, store, poll)


def _rest(shifts: Sequence[_Shift], store: Store, poll: float) -> None:
    if any(shift.waited for shift in shifts):
        return
    now = monotonic()
    seconds = min((poll, *(s.not_before - now for s in shifts if s.not_before > now)))
    try:
        store.wait(seconds)
    except Exception as problem:
        if not passes(problem):
            raise
        sleep(min(seconds, PAUSE))


def _close(role: Role) -> None:
    try:
        role.close()
    except Exception as problem:
        if not passes(problem):
            raise
        _log.warning("%s: could not take its leave: %s", role.name, outage(problem))


@contextmanager
def _ended_by_signals(stop: Event) -> Iterator[None]:
    if current_thread() is not main_thread():  # nor do signals come to any other
        yield
        return
    ends = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) or signal.SIG_DFL for number in ends]

    def restore() -> None:
        for number, handler in zip(ends, before, strict=True):
            signal.signal(number, handler)

    def end(_number: int, _frame: object) -> None:
        stop.set()
        restore()  # whoever says it twice doesn't want to wait

    for number in ends:
        signal.signal(number, end)
    try:
        yield
    finally:
        restore()
