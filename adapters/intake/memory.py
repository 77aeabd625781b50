"""What one process knows: dossiers in memory, the scheme as it stands, and which companies have parked facts."""

from collections.abc import Callable, Iterable
from itertools import islice

from adapters.intake import aside
from adapters.intake.work import Known, Work
from adapters.store.store import Store
from domain.dossier import Dossier, blank
from domain.history import Entry, fold
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

    def load_scheme(self) -> None:
        """Read the scheme-wide facts, and the scheme as it stood after each of them."""
        told = self.store.scheme_facts()
        self.scheme_facts = [r.event for r in told]
        self.scheme_positions = [r.position for r in told]
        self.schemes = [self.first_scheme]
        for event in self.scheme_facts:
            self.schemes.append(self.schemes[-1].meets(event))

    def load_queues(self) -> None:
        """Read which companies have parked facts."""
        with self.store.reading() as c:
            self.queued = aside.queued(c)  # first: what changes in between is then seen as a change
            self.queues = aside.queues(c)

    @property
    def scheme(self) -> Scheme:
        """The scheme as it stands now."""
        return self.schemes[-1]

    def scheme_at(self, position: int) -> Scheme:
        """The scheme as it stood when the log had reached a position."""
        return self.schemes[sum(1 for p in self.scheme_positions if p <= position)]

    def refresh(self, moved: Callable[[], None]) -> None:
        """Let go of every dossier that another process has written to since it was read; calls `moved` if any was."""
        last = self.store.last_position()
        while self.position < last:
            told = self.store.log(self.position, 5_000)
            for r in told:
                self.known.pop(r.event.subject, None)
                if r.event.subject == SCHEME_SUBJECT:
                    self.load_scheme()
            self.position = told[-1].position
            moved()
        with self.store.reading() as c:
            queued = aside.queued(c)
        if queued != self.queued:
            self.load_queues()

    def load(self, subjects: Iterable[str]) -> None:
        """Read the dossiers of these companies, as far as they are not known."""
        missing = [s for s in dict.fromkeys(subjects) if s not in self.known]
        for subject, told, heads in self.store.histories(missing):
            if told:
                scheme = self.scheme_at(told[-1].position)
                history = [Entry(r.version, r.event) for r in told]
                self.known[subject] = Known(fold(subject, scheme, history), heads.streams)
            else:
                self.known[subject] = Known(blank(subject, self.scheme), {})

    def dossier(self, subject: str) -> Dossier:
        """The dossier of a company as it stands."""
        if subject not in self.known:
            self.load([subject])
        return self.known[subject].dossier

    def foreign(self, until: int) -> None:
        """Others wrote between our reading and our writing, to other companies than ours: let those go."""
        for r in self.store.log(self.position, until - self.position):
            self.known.pop(r.event.subject, None)

    def undo(self, work: Work) -> None:
        """Go back to what was known before a batch that was not written."""
        for subject, known in work.before.items():
            if known is None:
                self.known.pop(subject, None)
            else:
                self.known[subject] = known
        if work.schemes:
            self.load_scheme()
        self.load_queues()

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
