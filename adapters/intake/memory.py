"""What one process knows: dossiers in memory, the scheme as it stands, and which companies have parked facts."""

from collections.abc import Callable, Iterable
from itertools import islice

from adapters.intake import aside, sources
from adapters.intake.work import Known, Work
from adapters.store.store import Store
from domain.dossier import Dossier, blank
from domain.history import Entry, fold, met
from domain.identity import SCHEME_SUBJECT
from domain.schemes.scheme import Scheme


class Memory:
    """Dossiers of at most `size` companies, as they stand at `position` of the log."""

    def __init__(self, store: Store, first_scheme: Scheme, size: int) -> None:
        self.store = store
        self.first_scheme = first_scheme
        self.size = size
        self.known: dict[str, Known] = {}
        self.position = store.last_position()
        self.load_scheme()
        self.load_queues()
        self.load_inputs()

    def load_scheme(self) -> None:
        """Read the scheme-wide facts, and the scheme as it stood after each of them."""
        told = self.store.scheme_facts()
        self.scheme_facts = [r.event for r in told]
        self.schemes = [self.first_scheme]
        for event in self.scheme_facts:
            self.schemes.append(self.schemes[-1].meets(event))

    def load_queues(self) -> None:
        """Read which companies have parked facts."""
        self.queued = aside.State()
        self.queues: dict[str, str | None] = {}
        self.states: dict[str, aside.State] = {}
        with self.store.reading() as c:
            self._park(aside.parked_after(c, 0))

    def _park(self, more: Iterable[tuple[str, int, str | None]]) -> None:
        for subject, number, awaits in more:
            self.queues.setdefault(subject, awaits)
            self.states[subject] = self.states.get(subject, aside.State()).and_then(number, awaits)
            self.queued = self.queued.and_then(number, awaits)

    def follow_queues(self) -> None:
        """Read what was parked since; and all that waits only where something was released or dropped as well."""
        with self.store.reading() as c:
            self._park(aside.parked_after(c, self.queued.last))
            now = aside.queued(c)
        if self.queued[1:] != now[1:]:
            self.load_queues()

    def load_inputs(self) -> None:
        """Read how far the partitions of all topics were read."""
        with self.store.reading() as c:
            self.inputs = sources.reached(c)

    @property
    def scheme(self) -> Scheme:
        """The scheme as it stands now."""
        return self.schemes[-1]

    def refresh(self, moved: Callable[[], None]) -> None:
        """Let go of every dossier that another process has written to since it was read; calls `moved` if any was."""
        last = self.store.last_position()
        if self.position < last:
            self.foreign(last)
            self.position = last
            moved()
        with self.store.reading() as c:
            queued = aside.queued(c)
            self.inputs = sources.reached(c)
        if queued[1:] != self.queued[1:]:
            self.follow_queues()

    def load(self, subjects: Iterable[str]) -> None:
        """Read the dossiers of these companies, as far as they are not known."""
        missing = [s for s in dict.fromkeys(subjects) if s not in self.known]
        for subject, told, heads in self.store.histories(missing):
            if told:
                history = [Entry(r.version, r.event) for r in told]
                if met(history) >= len(self.schemes):
                    self.load_scheme()  # somebody else recorded it a moment ago
                scheme = self.schemes[met(history)]
                self.known[subject] = Known(fold(subject, scheme, history), heads.streams)
            else:
                self.known[subject] = Known(blank(subject, self.first_scheme), {})

    def dossier(self, subject: str) -> Dossier:
        """The dossier of a company as it stands."""
        if subject not in self.known:
            self.load([subject])
        return self.known[subject].dossier

    def foreign(self, until: int) -> None:
        """Others have written up to a position: let go of what they wrote to."""
        touched = self.store.touched(self.position, until)
        for subject in touched & self.known.keys():
            del self.known[subject]
        if SCHEME_SUBJECT in touched:
            self.load_scheme()

    def undo(self, work: Work) -> None:
        """Go back to what was known before a batch that was not written; asks nothing of a store that may be gone."""
        for subject, known in work.before.items():
            if known is None:
                self.known.pop(subject, None)
            else:
                self.known[subject] = known
        if work.schemes:
            del self.scheme_facts[-work.schemes :], self.schemes[-work.schemes :]
        self.queues = work.queues

    def trim(self) -> None:
        """Let go of the companies known longest, where there are too many."""
        excess = len(self.known) - self.size
        if excess > 0:
            for subject in list(islice(self.known, excess)):
                del self.known[subject]

    def history(self, work: Work, subject: str) -> list[Entry]:
        """A company's events, with those of the batch on its way."""
        stored = [Entry(r.version, r.event) for r in self.store.history(subject, self.position)]
        return stored + work.fresh.get(subject, [])
