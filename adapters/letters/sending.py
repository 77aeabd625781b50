"""How a letter leaves: as a file that somebody prints, or by e-mail."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from adapters.letters.writing import Written
from adapters.running import Stopped
from adapters.settings import MailSettings

_PATIENCE = 20.0  # seconds


def to_file(letter: Written, name: str, folder: Path) -> Path:
    """Write it into a folder, under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{letter.language.value}.txt"
    path.write_text(document(letter), encoding="utf-8")
    return path


def document(letter: Written) -> str:
    """The letter as it is kept: its subject, and its text."""
    return f"{letter.subject}\n\n{letter.text}"


def by_mail(letter: Written, address: str, mail: MailSettings, message_id: str) -> None:
    """Hand it to the mail server; raises Stopped with what to mend where that doesn't take it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, address, letter.subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = message_id
    message.set_content(letter.text)
    message["Content-Language"] = letter.language.value
    try:
        hand_over(message, mail)
    except (OSError, smtplib.SMTPException) as fault:
        way = "correct BONITET_MAIL_SERVER, BONITET_MAIL_STARTTLS, BONITET_MAIL_USER or BONITET_MAIL_PASSWORD"
        msg = f"the mail server {mail.server} did not take the letter ({fault}): nothing was recorded; {way}"
        raise Stopped(msg) from fault


def hand_over(message: EmailMessage, mail: MailSettings, *, returns_to: str | None = None) -> None:
    """Give a message to the mail server; what comes back of it goes to the sender, or to nobody where that is empty."""
    host, _, port = mail.server.rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=_PATIENCE) as server:
        if mail.starttls:
            server.starttls(context=ssl.create_default_context())
        if mail.user is not None and mail.password is not None:
            server.login(mail.user, mail.password.get_secret_value())
        server.send_message(message, from_addr=returns_to)
