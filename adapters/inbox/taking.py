"""Messages on their way in: kept raw, then told of a company, of a letter of ours, or put into the queue for staff.

What is done twice changes nothing: a message is known by its hash, and facts by the message.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.exc import IntegrityError

from adapters import documents
from adapters.inbox import box, reading
from adapters.inbox.arriving import Arrived
from adapters.inbox.box import Kept, State
from adapters.inbox.matching import Senders, Unmatched, match
from adapters.inbox.reading import Broken, Mail, Report
from adapters.intake.gate import CLOCK_SKEW, printable
from adapters.letters.naming import letter_named
from adapters.main import System
from adapters.settings import MailSettings
from adapters.store.private import refer
from adapters.store.recorder import Appended
from domain import facts
from domain.calendar import local_day, midnight
from domain.facts import Fact
from domain.letters import Letter
from domain.letters import key_of as letter_of
from domain.matters import known
from domain.wire import cloud_event

SOURCE = "urn:bonitet:inbox"

_DAY = timedelta(days=1)
_UNDATED = "no server of ours has stamped it, so nobody can tell when it was sent"
# What of a report is told of the letter; a delay is neither.
_BECAME: dict[str, type[facts.LetterFact]] = {"failed": facts.LetterBounced, "delivered": facts.LetterDelivered}


class Unassignable(ValueError):
    """A message that can't be assigned as it was asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message, and whether it came in now for the first time."""

    kept: Kept
    first: bool


def take(system: System, message: Arrived, speak: Senders, settings: MailSettings) -> Taken:
    """Take in a message; whatever is wrong with it stops nobody, and is said in its reason."""
    with system.store.reading() as c:
        before = box.of_hash(c, message.digest)
    if before is None or before.state is State.OPEN:
        _take(system, message, speak, settings)
    with system.store.reading() as c:
        kept = box.of_hash(c, message.digest)
    assert kept is not None  # noqa: S101 - it was put there, if not before
    return Taken(kept, before is None)


def _take(system: System, message: Arrived, speak: Senders, settings: MailSettings) -> None:
    system.engine.refresh()
    if message.content is None:
        _put(system, message.digest, State.BROKEN, f"it is longer than {reading.LONGEST:,} bytes, and was not kept")
        return
    documents.keep(system.settings, message.content)
    try:
        mail = reading.read(message.content, settings, system.engine.memory.scheme.mailbox)
    except Broken as fault:
        _put(system, message.digest, State.BROKEN, str(fault))
        return
    untimely = _untimely(system, mail)
    _put(system, message.digest, State.OPEN, untimely, mail)
    if untimely is not None:
        return
    if mail.report is not None:
        _returned(system, message.digest, mail, mail.report)
        return
    try:
        subject, order = match(system, mail, speak)
        receive(system, message.digest, mail, subject, order)
    except (Unmatched, Unassignable) as why:
        _change(system, message.digest, reason=printable(str(why)))


def _untimely(system: System, mail: Mail) -> str | None:
    if mail.sent_at is None:
        return _UNDATED
    return "the stamp of our server lies ahead" if mail.sent_at > system.clock() + CLOCK_SKEW else None


def _put(system: System, digest: str, state: State, reason: str | None, mail: Mail | None = None) -> None:
    now, zone = system.clock(), system.engine.memory.scheme.zone
    told = {
        "state": state.value,
        "reason": reason,
        "sender": None if mail is None or mail.answer_to is None else sender_of(system, mail.answer_to),
        "sent_at": None if mail is None or mail.sent_at is None else mail.sent_at.isoformat(),
        "taken_at": now.isoformat(),
        "due_at": midnight(local_day(now, zone) + _DAY, zone).isoformat(),
    }
    with suppress(IntegrityError), system.store.transaction() as c:  # somebody else takes in the same
        box.put(c, digest, **told)


def _change(system: System, digest: str, **told: str | None) -> None:
    with system.store.transaction() as c:
        box.change(c, digest, **told)


def sender_of(system: System, address: str) -> str:
    """What tells senders apart without saying who they are."""
    return refer(system.store.key, SOURCE, address, address=True)


# --- what it brings about ----------------------------------------------------------------------------------------


def receive(
    system: System, digest: str, mail: Mail, subject: str, order: str | None, *, sent_at: datetime | None = None
) -> None:
    """Tell of a company that a message concerns it, or of one of its certificates; raises Unassignable."""
    at = sent_at or mail.sent_at
    if at is None:
        raise Unassignable(_UNDATED)
    fact = facts.MessageReceived(message=digest, order=order, sender=mail.sender, automatic=mail.automatic)
    became = [(box.SETTLE, [(State.RECEIVED.value, None, subject, order, digest)])]
    if refused := _tell(system, subject, fact, at, digest, became):
        raise Unassignable(refused)


def acknowledged(system: System, kept: Kept, at: datetime) -> None:
    """Put on record that its sender was told that a message was received."""
    done = [(box.ACKNOWLEDGE, [(at.isoformat(), kept.message)])]
    if kept.state is State.RECEIVED and kept.subject is not None:
        _tell(system, kept.subject, facts.MessageAcknowledged(message=kept.message), at, kept.message, done)
    else:
        _change(system, kept.message, acknowledged_at=at.isoformat())


def _returned(system: System, digest: str, mail: Mail, report: Report) -> None:
    """Tell what became of a letter; a report about none that went out from here has no effect, and is for staff."""
    named = letter_named(system.store.key, report.message_id)
    letter = None
    if named is not None:
        letter = known(system.engine.memory.dossier(named[0]).matters, Letter, letter_of(named[1]))
    if named is None or letter is None or mail.sent_at is None:
        _change(system, digest, reason="it reports on no letter that went out from here")
        return
    subject, name = named
    kind = _BECAME.get(report.action)
    told = f"letter {name}: {kind.__name__ if kind else 'neither delivered nor returned'}"
    if kind is None:
        _change(system, digest, state=State.RETURNED.value, reason=told, subject=subject)
        return
    became = [(box.SETTLE, [(State.RETURNED.value, told, subject, letter.order, digest)])]
    try:
        # Our server counts whole seconds, so its answer may seem to come before the letter.
        at = max(mail.sent_at, letter.opened_at)
        if refused := _tell(system, subject, kind(letter=name), at, digest, became):
            _change(system, digest, state=State.RETURNED.value, reason=f"{told}; {refused}", subject=subject)
    except Unassignable as why:
        _change(system, digest, reason=printable(str(why)))


def _tell(system: System, subject: str, fact: Fact, at: datetime, digest: str, also: Sequence[Appended]) -> str | None:
    """Record a fact with what became of its message; answers why it had no effect, where it had none."""
    now = system.clock()
    envelope = cloud_event(
        subject,
        fact,
        id=str(uuid5(NAMESPACE_URL, f"{SOURCE} {type(fact).__name__} {subject} {digest}")),
        source=SOURCE,
        time=min(at, now),
        recordedtime=now,
        actor=system.settings.actor,
        role=system.settings.role,
    )
    try:
        _, refused = system.engine.submit(envelope, also=also)
    except ValueError as fault:
        raise Unassignable(str(fault)) from fault
    return None if refused is None else str(getattr(refused.data, "reason", refused.name))
