"""Documents: mails, letters, evidence; a fact cites them by their SHA-256, and they are kept outside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain.events import Event
from domain.facts import FACTS, Fact, MessageFact, StatementFiled, StatementRestated
from domain.matters import Decide, Due, Matter, Matters, known, put

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling

# The fields that hold the SHA-256 of a document, or of several.
FIELDS = frozenset({"evidence", "message", "agreement", "document"})
CITING: Mapping[type[Fact], frozenset[str]] = {
    model: named for model in FACTS.values() if (named := FIELDS & model.model_fields.keys())
}
_KEY = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited(Matter):
    """What the company's facts rest on, by its SHA-256, but for the messages that merely came in. Nothing falls due."""

    documents: frozenset[str]
    closed: bool = True


STATES: tuple[type[Matter], ...] = (Cited,)
# Statements are what a register published: none of them answers a message.
_NO_ANSWER = (MessageFact, StatementFiled, StatementRestated)
READS: tuple[type, ...] = tuple(model for model in CITING if not issubclass(model, _NO_ANSWER))
DECIDES: Mapping[type, Decide] = {}
REACTS: Mapping[type, Decide] = {}


def cited(data: object) -> frozenset[str]:
    """The documents that a fact names."""
    named = CITING.get(type(data), frozenset())  # type: ignore[arg-type]  # decisions name none
    told = (getattr(data, name) for name in named)
    return frozenset(each for one in told if one is not None for each in ((one,) if isinstance(one, str) else one))


def rests_on(matters: Matters, document: str) -> bool:
    """Whether a fact of the company names a document."""
    kept = known(matters, Cited, _KEY)
    return kept is not None and document in kept.documents


def evolve(matters: Matters, event: Event) -> Matters:
    """What the facts rest on after another one."""
    named = cited(event.data)
    kept = known(matters, Cited, _KEY) or Cited(key=_KEY, opened_at=event.effective_at, documents=frozenset())
    return matters if named <= kept.documents else put(matters, replace(kept, documents=kept.documents | named))


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows from a document by itself."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""
