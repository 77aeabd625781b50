"""Acknowledgements: the sender of a message is told that it was received, and in no way that could go in circles.

They follow RFC 3834: marked as automatic, from nobody to whom anything could come back, and only where a person waits.
"""

import re
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate

from adapters.inbox import box, taking
from adapters.inbox.box import Kept
from adapters.inbox.reading import Mail
from adapters.letters.sending import hand_over
from adapters.letters.writing import write_receipt
from adapters.main import System
from adapters.settings import MailSettings

# So many to one sender within a day: a robot that doesn't say that it is one would go on for ever.
MOST, WITHIN = 5, timedelta(days=1)

_NAME = re.compile(r"<[^<>\s]{1,300}>")


class Unanswered(ValueError):
    """A message whose receipt was not acknowledged; the text says why."""


def waits(mail: Mail) -> bool:
    """Whether the sender of a message waits to be told that it was received, and when it counts as sent."""
    return mail.answer_to is not None and mail.sent_at is not None


def acknowledge(system: System, kept: Kept, mail: Mail, settings: MailSettings) -> None:
    """Tell a sender who waits for it, and put it on record; raises Unanswered where that can't be."""
    assert mail.answer_to is not None  # noqa: S101 - he waits
    now, sender = system.clock(), taking.sender_of(system, mail.answer_to)
    with system.store.reading() as c:
        often = box.acknowledged_since(c, sender, now - WITHIN)
    if often >= MOST:
        msg = f"{MOST} messages of its sender were acknowledged within a day already"
        raise Unanswered(msg)
    try:
        hand_over(_written(system, kept, mail, settings, mail.answer_to), settings, returns_to="")
        taking.acknowledged(system, kept, now)
    except (OSError, smtplib.SMTPException) as fault:
        msg = f"the mail server {settings.server} did not take the acknowledgement ({fault})"
        raise Unanswered(msg) from fault
    except taking.Unassignable as fault:
        msg = f"it was sent, and could not be recorded: {fault}"
        raise Unanswered(msg) from fault


def _written(system: System, kept: Kept, mail: Mail, settings: MailSettings, to: str) -> EmailMessage:
    message = EmailMessage()
    subject, text = write_receipt(system.engine.memory.scheme, mail.sent_at or kept.taken_at, kept.number)
    message["From"], message["To"], message["Subject"] = settings.sender, to, subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = f"<acknowledged.{kept.message[:32]}@{settings.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.message_id is not None and _NAME.fullmatch(mail.message_id):
        message["In-Reply-To"] = message["References"] = mail.message_id
    message.set_content(text)
    return message
