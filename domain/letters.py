"""Letters: sent, and then delivered or come back; what a letter says counts as received with it (GEN-7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain import facts
from domain.events import Event
from domain.matters import Decide, Due, Matter, Matters, Waits, known, put
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.dossier import Dossier
    from domain.telling import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Matter):
    """One letter; it is closed when it was delivered."""

    letter: str
    kind: facts.LetterKind
    about: str | None = None
    bounced: bool = False


STATES: tuple[type[Matter], ...] = (Letter,)
READS: tuple[type, ...] = (facts.LetterSent, facts.LetterDelivered, facts.LetterBounced)
REACTS: Mapping[type, Decide] = {}


def key_of(letter: str) -> str:
    """The key of a letter."""
    return f"letter {letter}"


def evolve(matters: Matters, event: Event) -> Matters:
    """The letters after one was sent, delivered, or came back."""
    data = event.data
    letter = _of(matters, data)
    match data:
        case facts.LetterSent() if letter is None:
            return put(
                matters,
                Letter(
                    key=key_of(data.letter),
                    letter=data.letter,
                    kind=data.kind,
                    about=data.about,
                    opened_at=event.effective_at,
                    order=data.order,
                    what="prove that it was delivered",
                    waits_for=Waits.DELIVERY_PROOF,
                ),
            )
        case facts.LetterDelivered() if letter is not None:
            return put(matters, replace(letter, closed=True, bounced=False))
        case facts.LetterBounced() if letter is not None and not letter.closed:
            return put(matters, replace(letter, bounced=True, what="send it again", waits_for=Waits.ISSUER))
        case _:
            return matters


def dues(dossier: "Dossier") -> Iterable[Due]:
    """Nothing follows from a letter by itself."""
    del dossier
    return ()


def lapse(t: "Telling", key: str, at: datetime, cause: str) -> None:
    """Never called, since nothing falls due."""


def _returned(t: "Telling", event: Event, data: facts.LetterDelivered | facts.LetterBounced) -> None:
    letter = _of(t.dossier.matters, data)
    if letter is None:
        t.no_effect(event, Rule.GEN_7, f"no letter {data.letter} was sent")
    elif letter.closed and isinstance(data, facts.LetterBounced):
        t.no_effect(event, Rule.GEN_7, "it was delivered before")
    elif isinstance(data, facts.LetterBounced):
        advice = f"the letter ({letter.kind}) came back: find the right address and send it again"
        t.task(
            t.dossier.stream(letter.order),
            event.effective_at,
            "resend",
            letter.letter,
            advice,
            Rule.GEN_7,
            t.cause(event),
        )


def _sent(t: "Telling", event: Event, data: facts.LetterSent) -> None:
    letter = known(t.dossier.matters, Letter, key_of(data.letter))
    if letter is not None and letter.opened_at != event.effective_at:
        t.no_effect(event, Rule.GEN_7, f"a letter {data.letter} was sent before: give each a name of its own")


# --- what a letter says ------------------------------------------------------------------------------------------


def received(dossier: "Dossier", data: facts.LetterDelivered) -> Iterator[tuple[str, facts.Fact]]:
    """What the holder learned by a letter, as (stream, fact): nothing by one that was delivered before, or never sent.

    `dossier` is that of the moment before. A letter that names no certificate is about the company's only one.
    """
    letter = _of(dossier.matters, data)
    if letter is None or letter.closed:
        return
    orders = [c.order for c in dossier.certificates.values() if letter.order in {None, c.order}]
    about, order = letter.about, orders[0] if len(orders) == 1 else None
    stream = dossier.stream(order)
    match letter.kind:
        case facts.LetterKind.WARNING if about is not None:
            yield dossier.subject, facts.WarningDelivered(case=about)
        case facts.LetterKind.SECOND_DEMAND if about is not None:
            yield dossier.subject, facts.SecondDemandDelivered(case=about)
        case facts.LetterKind.LOSS if order is not None:
            yield stream, facts.LossNoticeDelivered(order=order)
        case facts.LetterKind.AMENDMENT if order is not None and about is not None:
            yield stream, facts.AmendmentNoticeDelivered(order=order, edition=about)
        case facts.LetterKind.RENEWAL_NOTICE | facts.LetterKind.LATE_NOTICE if order is not None:
            says = {"states_expiry": True, "states_class": True, "states_edition": True}
            term = int(about) if about is not None and about.isdecimal() else None
            told = facts.RenewalNoticeDelivered(order=order, late_reason=data.late_reason, term=term, **says)
            yield stream, told


DECIDES: Mapping[type, Decide] = {
    facts.LetterSent: _sent,
    facts.LetterDelivered: _returned,
    facts.LetterBounced: _returned,
}


def _of(matters: Matters, data: object) -> Letter | None:
    return known(matters, Letter, key_of(data.letter)) if isinstance(data, facts.LetterFact) else None
