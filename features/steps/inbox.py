"""The legal inbox: messages come in, are read, and tell what became of our letters (DNB-4.15, 4.7, GEN-7)."""

import hashlib
from datetime import datetime
from email.utils import format_datetime

from pytest_bdd import then, when

from adapters.inbox import reading, taking
from adapters.inbox.arriving import Arrived
from adapters.inbox.box import Kept, State
from adapters.inbox.matching import senders
from adapters.letters.naming import message_id
from adapters.settings import MailSettings
from domain import events, facts
from domain.facts import Language, LetterKind, LetterRoute
from domain.messages import TO_READ
from domain.worklist import Line, lines
from features.steps.when import happens
from features.words import says
from features.world import HASH, World

MAILBOX = "aaa.rs@dnb.com"

_REPORT = (
    "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: {}\n\n"
    "--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {}\n\n--B--\n"
)
_ACTIONS = {"returned": "failed"}  # as mail servers say it
_AS_REPORT = 'Content-Type: multipart/report; report-type=delivery-status; boundary="B"'


def _comes_in(world: World, sender: str, stamp: datetime, headers: str = "", text: str = "") -> Kept:
    lines_of_it = (f"Received: by mx.dnb.com; {format_datetime(stamp)}", f"From: {sender}", f"To: {MAILBOX}", headers)
    raw = "\n".join((*(line for line in lines_of_it if line), "", text)).encode()
    digest = hashlib.sha256(raw).hexdigest()
    kept = taking.take(world.system, Arrived(digest, raw), senders(world.system), MailSettings()).kept
    world.message = kept
    world.mail = reading.read(raw, MailSettings(), MAILBOX)
    return kept


# --- what happens ------------------------------------------------------------------------------------------------


@happens('a message from "{sender}", stamped on {stamp:Moment}, is taken in on {at:Moment}')
def _taken(world: World, sender: str, stamp: datetime, at: datetime) -> None:
    world.reaches(at)
    _comes_in(world, sender, stamp)


@happens('a message from "{sender}" that names the certificate of "{who}" is taken in on {at:Moment}')
def _taken_naming(world: World, sender: str, who: str, at: datetime) -> None:
    world.reaches(at)
    _comes_in(world, sender, at, text=f"about {world.subject(who)}/{world.order(who)}")


@happens('a message from "{sender}", dated on {dated:Moment} and stamped on {stamp:Moment}, is taken in on {at:Moment}')
def _taken_dated(world: World, sender: str, dated: datetime, stamp: datetime, at: datetime) -> None:
    world.reaches(at)
    forged = f"Received: by mx.dnb.com; {format_datetime(dated)}\nDate: {format_datetime(dated)}"
    _comes_in(world, sender, stamp, forged)


@happens('staff record the message as a cancellation by "{who}"')
def _recorded(world: World, who: str) -> None:
    mail, kept = world.mail, world.message
    assert mail is not None
    assert kept is not None
    assert mail.sent_at is not None
    told = {"order": world.order(who), "sender": mail.sender, "recipient": mail.recipient, "message": kept.message}
    world.report(who, facts.RenewalCancelled.model_validate(told), mail.sent_at, world.now)


@when("the receipt of the message is acknowledged")
def _acknowledged(world: World) -> None:
    assert world.message is not None
    taking.acknowledged(world.system, world.message, world.now)


def _mailed(world: World, who: str, at: datetime, kind: LetterKind, about: str | None) -> None:
    letter = facts.LetterSent(
        letter="L-1",
        kind=kind,
        language=Language.SERBIAN_CYRILLIC,
        route=LetterRoute.EMAIL,
        order=world.order(who),
        about=about,
        document=HASH,
    )
    world.report(who, letter, at)


@happens('the warning goes to "{who}" by mail on {at:Moment}')
def _warning_mailed(world: World, who: str, at: datetime) -> None:
    _mailed(world, who, at, LetterKind.WARNING, world.case)


@happens('the notice of the loss goes to "{who}" by mail on {at:Moment}')
def _loss_mailed(world: World, who: str, at: datetime) -> None:
    _mailed(world, who, at, LetterKind.LOSS, None)


@happens('the letter to "{who}" is delivered on {at:Moment}')
def _delivered(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.LetterDelivered(letter="L-1"), at)


@when(says('the mail server of "{who}" reports on {at:Moment} that the letter was {action}'))
def _reported(world: World, who: str, at: datetime, action: str) -> None:
    world.reaches(at)
    named = message_id(world.system.store.key, world.subject(who), "L-1", MAILBOX)
    _comes_in(world, "mailer-daemon@x.rs", at, _AS_REPORT, _REPORT.format(_ACTIONS.get(action, action), named))


@when(says('somebody forges on {at:Moment} a report that the letter to "{who}" was {action}'))
def _forged(world: World, at: datetime, who: str, action: str) -> None:
    world.reaches(at)
    named = message_id(b"somebody else's key", world.subject(who), "L-1", MAILBOX)
    _comes_in(world, "mailer-daemon@x.rs", at, _AS_REPORT, _REPORT.format(action, named))


# --- what is shown -----------------------------------------------------------------------------------------------


def _open(world: World, who: str, state: str) -> list[Line]:
    dossier = world.system.engine.memory.dossier(world.subject(who))
    return [line for line in lines(dossier) if line.state == state]


@then(says('staff have to read the message for "{who}" by {at:Moment}'))
def _to_read(world: World, who: str, at: datetime) -> None:
    assert [line.due_at for line in _open(world, who, TO_READ)] == [at]


@then(says('nobody has to read a message for "{who}"'))
def _read(world: World, who: str) -> None:
    assert _open(world, who, TO_READ) == []


@then(says("the message waits in the queue until {at:Moment}"))
def _queued(world: World, at: datetime) -> None:
    assert world.message is not None
    assert (world.message.state, world.message.due_at) == (State.OPEN, at)


@then(says('"{who}" has not cancelled'))
def _not_cancelled(world: World, who: str) -> None:
    assert world.decided(who, events.CancellationAccepted) == []
    assert world.decided(who, events.NonConformingCancellationReceived) == []


@then(says('the receipt of the message is to be acknowledged to "{who}"'))
def _owed(world: World, who: str) -> None:
    assert [line.what for line in _open(world, who, "message")] == ["acknowledge its receipt"]


@then(says('nothing is to be acknowledged to "{who}"'))
def _nothing_owed(world: World, who: str) -> None:
    assert _open(world, who, "message") == []


@then(says('the letter to "{who}" is to be sent again'))
def _again(world: World, who: str) -> None:
    assert len(_open(world, who, "resend")) == 1


@then(says('the letter to "{who}" still waits for the proof of its delivery'))
def _unproven(world: World, who: str) -> None:
    assert [line.what for line in _open(world, who, "letter")] == ["prove that it was delivered"]
