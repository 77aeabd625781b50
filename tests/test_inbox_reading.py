"""Messages as they come from anybody: what our server stamped is believed, and nothing that is hostile does harm."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pytest

from adapters.inbox import reading
from adapters.inbox.arriving import arrived
from adapters.inbox.reading import Broken, Mail, read
from adapters.running import Stopped
from adapters.settings import MailSettings

MAILS = Path(__file__).with_name("mails")
MAILBOX = "aaa.rs@dnb.com"
STAMPED = "Received: from mail.textil.rs by mx.dnb.com id 1; Sun, 31 May 2026 23:59:00 +0200"
HEAD = f"{STAMPED}\nFrom: Ana <ana@textil.rs>\nTo: {MAILBOX}\nSubject: Otkaz\n"


def told(text: str | bytes, hops: int = 1) -> Mail:
    raw = text if isinstance(text, bytes) else text.encode()
    return read(raw, MailSettings(hops=hops), MAILBOX)


def sample(name: str, hops: int = 1) -> Mail:
    return told((MAILS / name).read_bytes(), hops)


# --- when it was sent ----------------------------------------------------------------------------------------------


def test_a_message_counts_as_sent_by_the_stamp_of_our_outermost_server() -> None:
    mail = sample("cancellation.eml", hops=2)
    assert mail.sent_at == datetime(2026, 5, 31, 21, 59, 40, tzinfo=UTC)  # not when the inner server got it
    assert (mail.sender, mail.recipient) == ("ana@textil.rs", MAILBOX)
    assert mail.subject == "Отказ уговора EX-00000001/N-1"
    assert "не желимо обнову" in mail.text


def test_what_the_sender_says_of_the_way_is_shown_and_not_believed() -> None:
    mail = sample("forged.eml")
    assert mail.sent_at == datetime(2026, 6, 2, 8, 15, tzinfo=UTC)
    assert [claim.partition(":")[0] for claim in mail.claims] == ["Received", "Received", "Date"]
    assert "31 May 2026" in mail.claims[0]
    assert "by mx.dnb.com" in mail.claims[0]  # it claims to be ours


def test_more_hops_than_there_are_stamps_lead_to_the_lowest() -> None:
    assert told(f"{HEAD}\nx", hops=5).sent_at == datetime(2026, 5, 31, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        "Received: by mx.dnb.com\n",
        "Received: by mx; not a day\n",
        "Received: by mx; Sun, 31 May 99999 25:99 +9999\n",
    ],
)
def test_without_a_stamp_nobody_can_tell_when_it_was_sent(stamp: str) -> None:
    mail = told(f"{stamp}Date: Sun, 31 May 2026 10:00:00 +0200\nFrom: ana@textil.rs\n\nx")
    assert mail.sent_at is None


def test_a_stamp_without_a_zone_is_in_utc() -> None:
    at = told("Received: by mx; Sun, 31 May 2026 10:00:00 -0000\n\nx").sent_at
    assert at == datetime(2026, 5, 31, 10, tzinfo=UTC)


# --- whoever wrote it ----------------------------------------------------------------------------------------------


def test_it_went_to_our_mailbox_if_any_server_or_line_says_so() -> None:
    for line in (f"Cc: x@y.rs, {MAILBOX.upper()}", f"Delivered-To: {MAILBOX}", f"To: Excellence <{MAILBOX}>"):
        assert told(f"{STAMPED}\nTo: sales@dnb.com\n{line}\n\nx").recipient == MAILBOX
    assert told(f"{STAMPED}\nTo: sales@dnb.com\n\nx").recipient == "sales@dnb.com"
    assert told(f"{STAMPED}\nTo: undisclosed-recipients:;\n\nx").recipient is None


@pytest.mark.parametrize("sender", ["", "ana", "<>", '"a b"@x', "<ref:1@2.rs>", "a@b@c", "ana@textil.rs\0"])
def test_a_sender_without_an_address_is_nobody(sender: str) -> None:
    mail = told(f"{STAMPED}\nFrom: {sender}\n\nx")
    assert (mail.sender, mail.answer_to) == (None, None)


def test_headers_folded_or_with_line_ends_inside_are_one_line() -> None:
    mail = told(f"{STAMPED}\nFrom: ana@textil.rs\nSubject: =?utf-8?q?one=0D=0ABcc:_all@x.rs?=\n\ttwo\x1b[31m\n\nx")
    assert mail.subject.startswith("one Bcc: all@x.rs")
    assert "\n" not in mail.subject
    assert "\x1b" not in mail.subject


@pytest.mark.parametrize("charset", ["klingon", "utf-8", "windows-1250", "\xff", "base64", "idna"])
def test_a_wrong_character_set_leaves_the_numbers_readable(charset: str) -> None:
    body = b"za\xb9\xe8 EX-00000001/N-1 \xff\x00\x1b"
    mail = told(HEAD.encode() + b"Content-Type: text/plain; charset=" + charset.encode("latin-1") + b"\n\n" + body)
    assert "EX-00000001/N-1" in mail.text
    assert "\0" not in mail.text
    assert "\x1b" not in mail.text


def test_a_text_is_found_among_attachments_and_in_html() -> None:
    body = (
        "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/html\n\n<p>EX-00000001</p>\n"
        "--B\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nQUFB\n--B--\n"
    )
    assert told(HEAD + body).text == "<p>EX-00000001</p>"


# --- hostile -------------------------------------------------------------------------------------------------------


def nested(depth: int) -> str:
    inner = "Content-Type: text/plain\n\nEX-00000001\n"
    for level in range(depth):
        inner = f"Content-Type: multipart/mixed; boundary=B{level}\n\n--B{level}\n{inner}\n--B{level}--\n"
    return HEAD + inner


def forwarded(depth: int) -> str:
    return HEAD + "Content-Type: message/rfc822\n\n" * depth + "Subject: x\n\nEX-00000001\n"


HOSTILE = {
    "deep": nested(5_000),
    "forwarded without end": forwarded(20_000),
    "a million parts": HEAD + "Content-Type: multipart/mixed; boundary=B\n\n" + "--B\n\nx\n" * 300_000,
    "a part that never ends": HEAD + "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx",
    "no body": HEAD,
    "comments in comments": HEAD.replace("Subject: Otkaz", f"Reply-To: {'(' * 3_000}"),
    "long header": HEAD.replace("Otkaz", "x" * 200_000),
    "groups": HEAD.replace("Ana <ana@textil.rs>", "a:" * 1_500),
    "long address": HEAD.replace("ana@textil.rs", "a" * 3_000 + "@textil.rs"),
    "quotes": HEAD.replace("Ana", '"' * 3_000),
    "encoded words": HEAD.replace("Otkaz", "=?utf-8?b?" * 300),
    "broken base64": HEAD + "Content-Transfer-Encoding: base64\n\n====EX-00000001",
    "parameters": HEAD + f"Content-Type: text/plain; {'a*0=b; ' * 500}\n\nx",
    "nothing": "",
    "bytes": "\x00\x01\x02",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_message_is_read_or_set_aside_within_a_moment(text: str) -> None:
    began = perf_counter()
    with suppress(Broken):
        told(text)
    assert perf_counter() - began < 10


def test_what_is_too_long_is_set_aside_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST", 1_000)
    assert told(HEAD + "\n" + "x" * (999 - len(HEAD))).text
    with pytest.raises(Broken, match="longer than 1,000 bytes"):
        told(HEAD + "\n" + "x" * (1_000 - len(HEAD)))
    monkeypatch.setattr(reading, "LONGEST", 10_000_000)
    with pytest.raises(Broken, match="headers are longer"):
        told("X: y\n" * 60_000)

    with pytest.raises(Broken, match="its header subject is longer than 4,000 characters"):
        told(HEAD.replace("Otkaz", "x" * 5_000) + "\n")


# --- where they lie ------------------------------------------------------------------------------------------------


def test_messages_are_found_in_files_folders_maildirs_and_mboxes(tmp_path: Path) -> None:
    one, two = HEAD.encode() + b"\none", HEAD.encode() + b"\ntwo"
    (tmp_path / "1.eml").write_bytes(one)
    (tmp_path / "2.eml").write_bytes(two)
    (tmp_path / "notes.txt").write_bytes(b"not a message")
    (tmp_path / "box").write_bytes(b"From ana@textil.rs Sun May 31 23:59:00 2026\n" + one + b"\n\nFrom x\n" + two)
    for part in ("cur", "new", "tmp"):
        (tmp_path / "maildir" / part).mkdir(parents=True)
    (tmp_path / "maildir" / "new" / "2").write_bytes(two)
    (tmp_path / "maildir" / "cur" / "1:2,S").write_bytes(one)
    for name in (".", "box", "maildir"):
        assert [m.content.strip() for m in arrived(tmp_path / name) if m.content] == [one, two], name
    assert [m.content for m in arrived(tmp_path / "1.eml")] == [one]
    with pytest.raises(Stopped, match="there is no message at"):
        list(arrived(tmp_path / "nothing"))


def test_of_what_is_too_long_only_the_hash_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"x" * 3_000_000
    (tmp_path / "1.eml").write_bytes(content)
    monkeypatch.setattr("adapters.inbox.arriving.LONGEST", 1_000)
    (message,) = arrived(tmp_path / "1.eml")
    assert (message.content, message.digest) == (None, hashlib.sha256(content).hexdigest())


# --- what may be answered (RFC 3834) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        *(
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated; x=y",
            "Precedence: bulk",
            "Precedence: List",
        ),
        *("List-Id: <news.textil.rs>", "List-Unsubscribe: <mailto:x@y.rs>", "Return-Path: <>", "Return-Path: < >"),
        *("X-Auto-Response-Suppress: DR, OOF, AutoReply", "Return-Path: <mailer-daemon@textil.rs>"),
        *("Return-Path: <news-bounces+ana=x.rs@list.rs>", "Content-Type: multipart/report; report-type=x; boundary=B"),
    ],
)
def test_programs_lists_and_robots_get_no_answer(line: str) -> None:
    assert told(f"{line}\n{HEAD}\nx").automatic


@pytest.mark.parametrize(
    "sender", ["noreply@x.rs", "no-reply@x.rs", "MAILER-DAEMON@x.rs", "postmaster@x.rs", "news-request@x.rs", MAILBOX]
)
def test_nobody_is_answered_at_an_address_that_nobody_reads_or_at_our_own(sender: str) -> None:
    assert told(f"{STAMPED}\nFrom: {sender}\n\nx").automatic


def test_a_person_is_answered_where_the_envelope_came_from() -> None:
    assert told(f"{HEAD}\nx").answer_to == "ana@textil.rs"
    assert told(f"Return-Path: <ana.anic@mail.rs>\n{HEAD}\nx").answer_to == "ana.anic@mail.rs"
    assert told(f"Auto-Submitted: no\nReturn-Path: broken\n{HEAD}\nx").answer_to == "ana@textil.rs"


# --- what became of our letters (RFC 3464) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "action"),
    [("bounced.eml", "failed"), ("delayed.eml", "delayed"), ("delivered.eml", "delivered"), ("relayed.eml", "relayed")],
)
def test_a_report_tells_what_became_of_which_message(name: str, action: str) -> None:
    report = sample(name).report
    assert report is not None
    assert report.action == action
    assert report.message_id == "<L-1.EX-00000001.000000000000000000000000@dnb.com>"
    assert sample(name).automatic


def test_what_only_looks_like_a_report_is_none() -> None:
    whole = (MAILS / "bounced.eml").read_text("utf-8")
    for old, new in (
        ("report-type=delivery-status", "report-type=disposition-notification"),
        ("multipart/report", "multipart/mixed"),
        ("Content-Type: message/delivery-status", "Content-Type: text/plain"),
        ("Action: failed", "Remark: failed"),
    ):
        assert old in whole
        assert told(whole.replace(old, new)).report is None


def test_of_several_recipients_a_failure_counts_and_else_only_what_became_of_all() -> None:
    whole = (MAILS / "delivered.eml").read_text("utf-8")
    other = "\n\nFinal-Recipient: rfc822; iva@textil.rs\nAction: {}\nStatus: 2.0.0\n"
    for second, action in (("failed", "failed"), ("delayed", "several"), ("Delivered", "delivered")):
        report = told(whole.replace("\nStatus: 2.0.0\n", "\nStatus: 2.0.0" + other.format(second))).report
        assert report is not None
        assert report.action == action


def test_a_report_that_returns_nothing_leads_to_no_message() -> None:
    whole = (MAILS / "bounced.eml").read_text("utf-8")
    for old, new in (("Message-ID: <L-1", "X-ID: <L-1"), ("text/rfc822-headers", "text/plain")):
        report = told(whole.replace(old, new)).report
        assert report is not None
        assert report.message_id is None
