"""What hangs on a certificate besides its ledgers: deliveries, disputes, invoices ... each with a clock of its own.

A kind of matter is a module with what `Kind` says; `domain.docket` knows them all. What `misuse` is to its cases,
such a module is to its matters: it decides facts, reacts to decisions, evolves, and tells what follows from a lapse.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from domain.calendar import Term
from domain.events import Event

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling


class Waits(StrEnum):
    """What a matter waits for, which is how the worklists sort it."""

    HOLDER = "holder"
    ISSUER = "issuer"
    DELIVERY_PROOF = "delivery proof"
    SECOND_SIGNATURE = "second signature"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What every matter holds: its key within the company ("invoice I-7"), the certificate it is about, its clock.

    `what` says in words what falls due, `waits_for` whose turn it is. A term that was told by an event stands in
    `clock`; TermRecomputed with the matter's key moves it. `breached` says that the issuer missed a duty of his own
    in it and has not mended that. A closed matter stays for what may be asked of it later.
    """

    key: str
    opened_at: datetime
    order: str | None = None
    clock: Term | None = None
    what: str = ""
    waits_for: Waits = Waits.NOTHING
    closed: bool = False
    breached: bool = False


Matters = Mapping[str, Matter]
Decide = Callable[["Telling", Event, Any], None]
Due = tuple[datetime, str]


class Kind(Protocol):
    """A module that knows one kind of matter.

    `STATES` are the classes of its matters, `READS` the events that change them. `DECIDES` leads from facts to what
    they bring about, `REACTS` from decisions to what they bring about here. Any of them may be empty.
    """

    @property
    def STATES(self) -> tuple[type[Matter], ...]:  # noqa: D102, N802
        ...

    @property
    def READS(self) -> tuple[type, ...]:  # noqa: D102, N802
        ...

    @property
    def DECIDES(self) -> Mapping[type, Decide]:  # noqa: D102, N802
        ...

    @property
    def REACTS(self) -> Mapping[type, Decide]:  # noqa: D102, N802
        ...

    def evolve(self, matters: Matters, event: Event) -> Matters:
        """The company's matters after one of these events; the same mapping where nothing changes. Holds no rules."""

    def dues(self, dossier: "Dossier") -> Iterable[Due]:
        """When something follows by itself, and the key of what."""

    def lapse(self, t: "Telling", key: str, at: datetime, cause: str) -> None:
        """Tell what follows: at least one event, after which the same is not due at that instant any more."""


Kept = TypeVar("Kept", bound=Matter)


def put(matters: Matters, matter: Matter) -> Matters:
    """The matters with this one in the place of an earlier of its key."""
    return {**matters, matter.key: matter}


def known(matters: Matters, kind: type[Kept], key: str) -> Kept | None:
    """The matter of this key, if it is of this kind."""
    matter = matters.get(key)
    return matter if isinstance(matter, kind) else None


def of_kind(matters: Matters, kind: type[Kept]) -> list[Kept]:
    """All matters of a kind, in the order in which they began."""
    return [matter for matter in matters.values() if isinstance(matter, kind)]


def clocks(dossier: "Dossier", kind: type[Matter]) -> Iterable[Due]:
    """The terms that run for matters of a kind."""
    for matter in dossier.matters.values():
        if isinstance(matter, kind) and matter.clock is not None:
            yield matter.clock.lapses_at, matter.key
