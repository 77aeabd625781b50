"""What a raw message tells, whoever wrote it: nothing in it is trusted but what our own servers stamped.

A message counts when it was sent, by the first server that stamped it (GEN-7). Each server puts its `Received` on top,
and everything below that of our own outermost server was written by the other side, as its `Date` was; a cancellation
could be dated back at will. So the line that our servers' count of hops leads to is believed, and no other; the rest is
shown to staff, who may record an earlier instant where it is proven otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from pydantic import TypeAdapter, ValidationError

from adapters.settings import MailSettings
from domain.facts import PrivateAddress

LONGEST = 50_000_000  # bytes; mail servers take about half of it
_LONGEST_HEAD = 256_000
_LONGEST_HEADER = 4_000  # characters of one that is read; the parser takes its time for long ones
_MOST_BOUNDARIES, _MOST_LINES_LIKE_BOUNDARIES = 50, 2_000
_MOST_PARTS, _LONGEST_TEXT = 50, 200_000

_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|owner-.*|.*-request|.*-bounces?)(?:\+.*)?"
)
_IN_BULK = frozenset({"bulk", "junk", "list"})
_NO_REPLY = frozenset({"all", "autoreply", "oof", "dr", "rn", "nrn"})

_address: TypeAdapter[str] = TypeAdapter(PrivateAddress)


class Broken(ValueError):
    """A message that can't be read; the text says why, and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message of ours (RFC 3464): `action` is failed, delivered, delayed ..."""

    action: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it is understood.

    `sent_at` is the stamp that is believed, None where there is none; `claims` are what else it says of its way.
    `answer_to` is where an answer may go, None where no answer may (RFC 3834).
    """

    sent_at: datetime | None
    sender: str | None
    recipient: str | None
    subject: str
    text: str
    message_id: str | None
    answer_to: str | None
    claims: tuple[str, ...]
    report: Report | None

    @property
    def automatic(self) -> bool:
        """Whether nobody waits for an answer."""
        return self.answer_to is None


def read(raw: bytes, settings: MailSettings, mailbox: str) -> Mail:
    """The message in these bytes; raises Broken."""
    if len(raw) > LONGEST:
        msg = f"it is longer than {LONGEST:,} bytes"
        raise Broken(msg)
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if len(head) > _LONGEST_HEAD:
        msg = f"its headers are longer than {_LONGEST_HEAD:,} bytes"
        raise Broken(msg)
    try:
        return _read(_Headers(head), _parsed(head, body), settings, mailbox)
    except Broken:
        raise
    except Exception as fault:  # whatever the parser trips over on hostile input, it is that message's
        msg = f"it can't be read as a message ({type(fault).__name__})"
        raise Broken(msg) from fault


def _parsed(head: bytes, body: bytes) -> EmailMessage:
    """The message with its parts; without them where they are so many, or so deep, that they can be no letter."""
    many = (head + body).lower().count(b"boundary") > _MOST_BOUNDARIES
    told = head if many or body.count(b"\n--") > _MOST_LINES_LIKE_BOUNDARIES else head + b"\n\n" + body
    try:
        message = message_from_bytes(told, policy=policy.default)
    except RecursionError:
        message = message_from_bytes(head, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - by its policy
    return message


class _Headers:
    """The headers of a message, each read only when it is asked for, and none that is too long."""

    def __init__(self, head: bytes) -> None:
        self._items = list(message_from_bytes(head, policy=policy.compat32).raw_items())

    def all(self, name: str) -> list[str]:
        """Every header of a name as text, from the top, its encoded words decoded."""
        return [_plain(self._read(name, str(value))) for key, value in self._items if key.lower() == name]

    def one(self, name: str) -> str:
        """The first header of a name, empty where there is none."""
        return next(iter(self.all(name)), "")

    def names(self) -> Iterator[str]:
        """What headers there are."""
        return (key.lower() for key, _ in self._items)

    def addresses(self, name: str) -> list[str]:
        """The addresses in the headers of a name, in lower case; a group or a name without an address is none."""
        raw = [str(value) for key, value in self._items if key.lower() == name]
        found = [each.addr_spec for one in raw for each in getattr(self._parse(name, one), "addresses", ())]
        return [address for each in found if (address := _valid(each)) is not None]

    def _read(self, name: str, value: str) -> str:
        return str(self._parse(name, value))

    def _parse(self, name: str, value: str) -> str:
        if len(value) > _LONGEST_HEADER:
            msg = f"its header {name} is longer than {_LONGEST_HEADER:,} characters"
            raise Broken(msg)
        return policy.default.header_fetch_parse(name, value)  # type: ignore[no-any-return]  # a header is a text


def _plain(text: str) -> str:
    """One line without what a terminal or a database would take amiss."""
    return " ".join(_shown(text).split())


def _shown(text: str) -> str:
    told = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in told)


def _valid(address: str) -> str | None:
    try:
        return _address.validate_python(address.lower()) if address.isprintable() else None
    except ValidationError:
        return None


def _read(headers: _Headers, message: EmailMessage, settings: MailSettings, mailbox: str) -> Mail:
    sender = next(iter(headers.addresses("from")), None)
    stamps = headers.all("received")
    believed = min(settings.hops, len(stamps)) - 1
    claims = [f"Received: {line}" for number, line in enumerate(stamps) if number != believed]
    claims += [f"{name.title()}: {line}" for name in ("date", "authentication-results") for line in headers.all(name)]
    return Mail(
        sent_at=_stamped(stamps[believed]) if stamps else None,
        sender=sender,
        recipient=_recipient(headers, mailbox),
        subject=headers.one("subject"),
        text=_text(message),
        message_id=headers.one("message-id") or None,
        answer_to=_answer_to(headers, message, sender, mailbox),
        claims=tuple(claims),
        report=_report(message),
    )


def _stamped(line: str) -> datetime | None:
    """The instant that a server wrote behind the last semicolon of its line."""
    try:
        at = parsedate_to_datetime(line.rpartition(";")[2].strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _recipient(headers: _Headers, mailbox: str) -> str | None:
    """Our mailbox where the message went there, else whom it was addressed to first."""
    named = [*headers.addresses("to"), *headers.addresses("cc")]
    stamped = {line.strip("<> ").lower() for name in ("delivered-to", "x-original-to") for line in headers.all(name)}
    return mailbox if mailbox in stamped.union(named) else next(iter(named), None)


# --- what it says ------------------------------------------------------------------------------------------------


def _text(message: EmailMessage) -> str:
    told: list[str] = []
    length = 0
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS or length >= _LONGEST_TEXT:
            break
        if part.get_content_maintype() == "text" and not part.is_multipart():
            told.append(_shown(_decoded(part)[: _LONGEST_TEXT - length]))
            length += len(told[-1])
    return "\n".join(told)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # a character set that nobody knows
        return payload.decode("utf-8", "replace")


def _report(message: EmailMessage) -> Report | None:
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
        return None
    parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    blocks = [block for block in status.get_payload() if isinstance(block, Message)]
    actions = {_plain(str(block.get("action", ""))).lower() for block in blocks} - {""}
    if not actions:
        return None
    action = "failed" if "failed" in actions else next(iter(actions)) if len(actions) == 1 else "several"
    return Report(action, _returned(parts))


def _returned(parts: list[EmailMessage]) -> str | None:
    """The Message-ID of what was returned, whole or its headers only."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            original = inner[0] if isinstance(inner, list) and inner else None
        elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            original = message_from_bytes(_decoded(part).encode(), policy=policy.default)
        else:
            continue
        if isinstance(original, Message) and original["message-id"]:
            return _plain(str(original["message-id"]))
    return None


# --- whether it may be answered (RFC 3834) -----------------------------------------------------------------------


def _answer_to(headers: _Headers, message: EmailMessage, sender: str | None, mailbox: str) -> str | None:
    """Where an answer may go: to the envelope's sender, never to programs, lists, robots, or to ourselves."""
    returns = headers.all("return-path")
    if any(line.replace(" ", "") == "<>" for line in returns) or message.get_content_type() == "multipart/report":
        return None
    if headers.one("auto-submitted").partition(";")[0].strip().lower() not in {"", "no"}:
        return None
    if headers.one("precedence").lower() in _IN_BULK or any(name.startswith("list-") for name in headers.names()):
        return None
    if _NO_REPLY & {word.strip().lower() for word in headers.one("x-auto-response-suppress").split(",")}:
        return None
    envelope = next((a for line in returns if (a := _valid(line.strip("<> "))) is not None), None)
    for address in (sender, envelope):
        if address is not None and (address == mailbox or _NOBODY.fullmatch(address.partition("@")[0])):
            return None
    return (envelope or sender) if sender is not None else None
