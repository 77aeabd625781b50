"""The legal inbox: messages are kept, matched, acknowledged or queued, and tell what became of our letters."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from typer.testing import CliRunner, Result

from adapters import documents
from adapters.cli import opening
from adapters.cli.app import app
from adapters.inbox import box
from adapters.inbox.arriving import Arrived
from adapters.inbox.box import Kept, State
from adapters.inbox.matching import senders
from adapters.inbox.taking import take
from adapters.letters.naming import letter_named, message_id
from adapters.main import System
from adapters.settings import MailSettings
from domain.events import Event
from tests.components.ports import Port
from tests.installation import COMPANY, KEY, OTHER, installation, names, registration, take_in, wire
from tests.story import HASH
from tests.test_letters import Inbox

MAILS = Path(__file__).with_name("mails")
NOW = datetime(2026, 6, 2, 9, tzinfo=UTC)
ASSESSED = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": HASH}
ANA, IVA = "ana@textil.rs", "iva@gmail.com"


def represented(subject: str, order: str, email: str) -> bytes:
    data = {"order": order, "name": "Ana", "email": email}
    return wire("RepresentativeNamed", "2025-09-02", subject=subject, name=f"{order}-{email}", data=data)


def contracts() -> list[bytes]:
    told = []
    for subject, email in ((COMPANY, ANA), (OTHER, IVA)):
        agreed = {"order": "N-1", "evidence": HASH}
        told += [
            registration(subject, founded="2010-01-01"),
            wire("ClassAssessed", "2025-05-15", subject=subject, data=ASSESSED),
            wire("ConsensusRecorded", "2025-07-01", subject=subject, data=agreed),
            represented(subject, "N-1", email),
        ]
    return told


@pytest.fixture(name="place", params=["file", "postgresql"])
def _place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    where: Path | str = tmp_path / "a.sqlite3" if request.param == "file" else request.getfixturevalue("database")
    return where


@pytest.fixture(name="system")
def _system(place: Path | str, tmp_path: Path) -> Iterator[System]:
    with installation(place, evidence=tmp_path / "evidence") as system:
        take_in(system, *contracts())
        yield system


def mail(
    text: str = "x", *, sender: str = ANA, subject: str = "Otkaz", stamp: str = "Sun, 31 May 2026 23:59:00 +0200"
) -> bytes:
    lines = (
        f"Received: from mail by mx.dnb.com id 1; {stamp}",
        *(f"From: {sender}", "To: aaa.rs@dnb.com", f"Subject: {subject}", "Message-ID: <one@textil.rs>"),
    )
    return "\n".join((*lines, "Content-Type: text/plain; charset=utf-8", "", text)).encode()


def taken(system: System, raw: bytes, **settings: Any) -> Kept:
    message = Arrived(hashlib.sha256(raw).hexdigest(), raw)
    return take(system, message, senders(system), MailSettings(**settings)).kept


def where(system: System, raw: bytes) -> tuple[str, str | None, str | None]:
    kept = taken(system, raw)
    return kept.state.value, kept.subject, kept.order


# --- matched to its contract ---------------------------------------------------------------------------------------


def test_a_message_of_a_representative_is_told_of_his_company_and_kept_as_it_came(system: System) -> None:
    raw = mail()
    kept = taken(system, raw)
    assert (kept.state, kept.subject, kept.order, kept.reason) == (State.RECEIVED, COMPANY, "N-1", None)
    assert documents.read(system.settings, kept.message) == raw
    assert names(system)[-2:] == ["MessageReceived", "TaskOpened"]
    (event,) = [r.event for r in system.store.history(COMPANY) if r.event.name == "MessageReceived"]
    assert event.effective_at == datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
    assert ANA not in event.model_dump_json()


def test_the_same_message_twice_changes_nothing(system: System) -> None:
    first, digest = taken(system, mail()), system.store.digest()
    assert taken(system, mail()) == first
    assert taken(system, mail(sender="who@nowhere.rs")) == taken(system, mail(sender="who@nowhere.rs"))
    assert system.store.digest() == digest


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (mail(sender="legal@textil.rs"), ("received", COMPANY, "N-1")),
        (mail(sender=IVA), ("received", OTHER, "N-1")),
        (mail(sender="other@gmail.com"), ("open", None, None)),
        (mail(sender="other@gmail.com", subject=f"{COMPANY}/N-1"), ("received", COMPANY, "N-1")),
        (mail(f"we cancel {COMPANY}.", sender="x@y.rs"), ("received", COMPANY, "N-1")),
        (mail(f"({COMPANY}/N-9)", sender="x@y.rs"), ("received", COMPANY, "N-1")),
        (mail(f"EX-{COMPANY} and 00000001", sender="x@y.rs"), ("open", None, None)),
        (mail(f"{COMPANY} {OTHER}", sender="x@y.rs"), ("open", None, None)),
        (mail(f"{COMPANY} {OTHER}"), ("received", COMPANY, "N-1")),
        (mail(f"about {OTHER}"), ("open", None, None)),
        (mail("EX-00000009 SCHEME-DNB-RS RS-12345678", sender="x@y.rs"), ("open", None, None)),
        (mail(" ".join(f"EX-{n:08}" for n in range(1, 30)), sender="x@y.rs"), ("open", None, None)),
        (mail(sender="nobody"), ("open", None, None)),
    ],
)
def test_whom_a_message_concerns(system: System, raw: bytes, found: tuple[str, str | None, str | None]) -> None:
    assert where(system, raw) == found


def test_of_several_orders_the_one_that_is_named_or_represented_is_meant(system: System) -> None:
    take_in(
        system,
        wire("OfferMade", "2026-01-02", data={"order": "N-2"}),
        represented(COMPANY, "N-2", "bo@textil.rs"),
        source="more",
    )
    assert where(system, mail("1"))[2] == "N-1"
    assert where(system, mail("2", sender="bo@textil.rs"))[2] == "N-2"
    assert where(system, mail("3", sender="legal@textil.rs"))[2] is None
    assert where(system, mail(f"4 {COMPANY}/N-2"))[2] == "N-2"
    assert where(system, mail(f"5 {COMPANY}/N-2 {COMPANY}/N-1"))[2] is None


def test_a_serbian_number_counts_also_without_its_register(system: System) -> None:
    take_in(system, registration("RS-17012347"), source="more")
    assert where(system, mail("matični broj 17012347", sender="x@y.rs")) == ("received", "RS-17012347", None)


def test_what_leads_nowhere_waits_until_the_end_of_its_day(system: System) -> None:
    digest = system.store.digest()
    kept = taken(system, mail(sender="who@nowhere.rs"))
    assert kept.reason == "neither its sender nor a number in it leads to a company"
    assert kept.due_at == datetime(2026, 7, 1, 22, tzinfo=UTC)  # the clock of this installation stands at 1 July
    with system.store.reading() as c:
        assert box.listed(c) == [kept]
    assert system.store.digest() == digest


def test_a_broken_message_is_set_aside_and_stops_nobody(system: System) -> None:
    assert taken(system, b"Subject: " + b"x" * 5_000).state is State.BROKEN
    assert taken(system, mail("\0 NUL in it")).state is State.RECEIVED
    too_long = take(system, Arrived("f" * 64, None), senders(system), MailSettings()).kept
    assert (too_long.state, documents.read(system.settings, "f" * 64)) == (State.BROKEN, None)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (mail().replace(b"Received", b"X-Received"), "no server of ours has stamped it"),
        (mail(stamp="Sun, 31 May 2027 23:59:00 +0200"), "the stamp of our server lies ahead"),
    ],
)
def test_a_message_without_a_plausible_stamp_is_for_staff(system: System, raw: bytes, why: str) -> None:
    kept = taken(system, raw)
    assert kept.state is State.OPEN
    assert kept.reason is not None
    assert kept.reason.startswith(why)


def test_a_clock_that_is_a_little_fast_is_no_reason_to_wait(system: System) -> None:
    assert taken(system, mail(stamp="Wed, 1 Jul 2026 12:00:30 +0000")).state is State.RECEIVED


def test_a_company_with_parked_facts_gets_its_message_once_they_are_gone(system: System) -> None:
    take_in(system, wire("FactRetracted", "2026-04-01", name="r", data={"fact": "unknown"}), source="more")
    kept = taken(system, mail())
    assert (kept.state, "parked facts" in (kept.reason or "")) == (State.OPEN, True)
    take_in(system, wire("AccountBlocked", "2026-04-01", name="unknown", data={"blockade": "B-1"}), source="even more")
    assert taken(system, mail()).state is State.RECEIVED


# --- returned letters ----------------------------------------------------------------------------------------------

LETTER = {"letter": "L-1", "kind": "warning", "language": "en", "route": "email", "order": "N-1", "about": "M-1"}


def sent(system: System) -> str:
    take_in(
        system, wire("LetterSent", "2026-03-28T10:00:00.5+01:00", data={**LETTER, "document": HASH}), source="letter"
    )
    return message_id(system.store.key, COMPANY, "L-1", "aaa.rs@dnb.com")


def report(name: str, named: str) -> bytes:
    whole = (MAILS / f"{name}.eml").read_text("utf-8")
    return whole.replace("<L-1.EX-00000001.000000000000000000000000@dnb.com>", named).encode()


@pytest.mark.parametrize(
    ("name", "fact"),
    [("bounced", "LetterBounced"), ("delivered", "LetterDelivered"), ("delayed", None), ("relayed", None)],
)
def test_a_report_on_a_letter_tells_what_became_of_it(system: System, name: str, fact: str | None) -> None:
    raw = report(name, sent(system))
    before = names(system)
    kept = taken(system, raw)
    assert (kept.state, kept.subject) == (State.RETURNED, COMPANY)
    assert [name for name in names(system) if name.startswith("Letter") and name not in before] == [fact] * bool(fact)
    after, digest = names(system), system.store.digest()
    assert taken(system, raw) == kept
    assert (names(system), system.store.digest()) == (after, digest)


def test_a_report_in_the_second_of_the_letter_comes_after_it(system: System) -> None:
    raw = report("bounced", sent(system)).replace(b"28 Mar 2026 11:00:00 +0100", b"28 Mar 2026 10:00:00 +0100")
    assert taken(system, raw).state is State.RETURNED
    assert names(system)[-2:] == ["LetterBounced", "TaskOpened"]


@pytest.mark.parametrize("letter", ["L-2", "L-1"])
def test_a_forged_report_has_no_effect(system: System, letter: str) -> None:
    named = sent(system)
    forged = named.replace("L-1", letter) if letter != "L-1" else f"<L-1.{COMPANY}.{'0' * 24}@dnb.com>"
    digest = system.store.digest()
    kept = taken(system, report("bounced", forged))
    assert (kept.state, kept.reason) == (State.OPEN, "it reports on no letter that went out from here")
    unsent = message_id(system.store.key, COMPANY, "L-9", "aaa.rs@dnb.com")
    assert taken(system, report("delivered", unsent)).state is State.OPEN
    assert system.store.digest() == digest


def test_a_bounce_of_what_was_delivered_before_says_so(system: System) -> None:
    named = sent(system)
    taken(system, report("delivered", named))
    kept = taken(system, report("bounced", named))
    assert (kept.state, kept.reason) == (State.RETURNED, "letter L-1: LetterBounced; it was delivered before")


def test_only_a_message_id_of_ours_leads_to_a_letter() -> None:
    key = KEY.encode()
    for subject, letter in ((COMPANY, "L-1"), ("US-CIK-123", "L-0a1b2c3d4e5f"), ("GB-SC123456", "a.b/c:d-e")):
        named = message_id(key, subject, letter, "aaa.rs@dnb.com")
        assert letter_named(key, named) == (subject, letter)
        assert letter_named(b"another" * 8, named) is None
    for other in (None, "", "<one@textil.rs>", named.replace("SC1", "SC2"), f"{named} x"):
        assert letter_named(key, other) is None


# --- at the terminal -----------------------------------------------------------------------------------------------

Bonitet = Callable[..., Result]


@pytest.fixture
def bonitet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bonitet:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BONITET_KEY", KEY)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(opening, "clock", lambda: NOW)
    with installation(tmp_path / "bonitet.sqlite3") as system:
        take_in(system, *contracts())
    runner = CliRunner()
    return lambda *words: runner.invoke(app, words)


@pytest.fixture(name="posted")
def _posted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """What our mail server was given."""
    inbox, port = Envelopes(), Port()
    port.release()
    controller = Controller(inbox, hostname="127.0.0.1", port=port.number)
    controller.start()
    monkeypatch.setenv("BONITET_MAIL_SERVER", f"127.0.0.1:{port.number}")
    monkeypatch.setenv("BONITET_MAIL_STARTTLS", "false")
    try:
        yield inbox
    finally:
        controller.stop()


class Envelopes(Inbox):
    """Keeps the envelope's sender with each message."""

    def prepare_message(self, session: Any, envelope: Any) -> Message:
        message = super().prepare_message(session, envelope)
        message["X-Envelope"] = f"{envelope.mail_from or ''} to {','.join(envelope.rcpt_tos)}"
        return message


def rows(result: Result, code: int = 0) -> list[dict[str, Any]]:
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def put(name: str, raw: bytes) -> str:
    Path(name).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


def messages() -> list[Event]:
    """What is on record of messages to the company."""
    with installation(Path("bonitet.sqlite3")) as system:
        told = [recorded.event for recorded in system.store.history(COMPANY)]
    return [event for event in told if event.name.startswith("Message")]


def tasks(bonitet: Bonitet) -> list[str]:
    return [row["key"] for row in rows(bonitet("tasks", "--json"))]


def test_a_cancellation_is_recorded_from_its_message_and_settles_the_task(bonitet: Bonitet) -> None:
    digest = put("1.eml", (MAILS / "cancellation.eml").read_bytes())
    (row,) = rows(bonitet("inbox", "take", "1.eml", "--json"))
    assert (row["state"], row["company"], row["order"], row["first"]) == ("received", COMPANY, "N-1", True)
    assert f"task read-message {digest} N-1" in tasks(bonitet)
    assert bonitet("desk", "cancel", f"{COMPANY}/N-1", "--message", digest, "--dry-run").exit_code == 0
    assert bonitet("desk", "cancel", f"{COMPANY}/N-1", "--message", digest).exit_code == 0
    assert f"task read-message {digest} N-1" not in tasks(bonitet)
    history = rows(bonitet("certificate", "history", f"{COMPANY}/N-1", "--json"))
    (cancelled,) = [row for row in history if row["event"] == "RenewalCancelled"]
    assert cancelled["effective_at"] == "2026-06-01T00:00:12+02:00"  # one hop: the inner server's stamp
    assert any(row["event"] == "CancellationAccepted" for row in history)


def test_with_two_servers_of_ours_the_outer_one_s_stamp_counts(
    bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONITET_MAIL_HOPS", "2")
    put("1.eml", (MAILS / "cancellation.eml").read_bytes())
    (row,) = rows(bonitet("inbox", "take", "1.eml", "--json"))
    assert row["sent_at"] == "2026-05-31T23:59:40+02:00"


def test_what_staff_says_goes_before_the_message_and_a_plain_file_says_nothing(bonitet: Bonitet) -> None:
    put("1.eml", (MAILS / "forged.eml").read_bytes())
    put("note.txt", b"he called, and then wrote")
    told = ("desk", "cancel", f"{COMPANY}/N-1", "--dry-run", "--json")
    (event,) = cancelled(bonitet(*told, "--message", "1.eml"))
    assert (event["effective_at"], event["data"]["sender"][:4]) == ("2026-06-02T10:15:00+02:00", "ref:")
    (event,) = cancelled(bonitet(*told, "--message", "1.eml", "--on", "2026-05-31 21:00"))
    assert event["effective_at"] == "2026-05-31T21:00:00+02:00"
    (event,) = cancelled(bonitet(*told, "--message", "note.txt", "--sender", ANA))
    assert event["effective_at"] == "2026-06-02T11:00:00+02:00"
    assert bonitet(*told, "--message", "1.eml", "--channel", "letter").exit_code == 4


def cancelled(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [event for event in json.loads(result.stdout)["events"] if event["event"] == "RenewalCancelled"]


def test_a_message_is_acknowledged_once_and_that_is_on_record(bonitet: Bonitet, posted: Inbox) -> None:
    digest = put("1.eml", mail(subject="Bcc: all@x.rs"))
    for _ in range(2):
        (row,) = rows(bonitet("inbox", "take", "1.eml", "--acknowledge", "--json"))
    assert row["acknowledged_at"] == "2026-06-02T11:00:00+02:00"
    (answer,) = posted.messages
    assert answer["X-Envelope"] == f"<> to {ANA}"
    assert (answer["To"], answer["From"], answer["Auto-Submitted"]) == (ANA, "aaa.rs@dnb.com", "auto-replied")
    assert (answer["In-Reply-To"], answer["References"]) == ("<one@textil.rs>", "<one@textil.rs>")
    payload = answer.get_payload(decode=True)
    assert isinstance(payload, bytes)
    text = payload.decode()
    assert "counts as sent on 31 May 2026, 23:59. It is kept under 1." in text
    assert "послата 31.05.2026. у 23:59. Чува се под бројем 1." in text
    assert "all@x.rs" not in answer.as_string()
    assert [(event.name, getattr(event.data, "message", None)) for event in messages()] == [
        ("MessageReceived", digest),
        ("MessageAcknowledged", digest),
    ]


def test_nothing_is_acknowledged_unless_wanted_and_it_is_shown_until_then(bonitet: Bonitet, posted: Inbox) -> None:
    digest = put("1.eml", mail())
    rows(bonitet("inbox", "take", "1.eml", "--json"))
    assert posted.messages == []
    assert f"message {digest}" in [row["key"] for row in rows(bonitet("cases", "list", "--json"))]
    assert bonitet("desk", "acknowledge-message", COMPANY, "--message", digest).exit_code == 0
    assert f"message {digest}" not in [row["key"] for row in rows(bonitet("cases", "list", "--json"))]


def test_an_acknowledgement_that_does_not_leave_is_tried_again(
    bonitet: Bonitet, posted: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("1.eml", mail())
    server = MailSettings().server
    away = Port()
    monkeypatch.setenv("BONITET_MAIL_SERVER", str(away))
    monkeypatch.setenv("BONITET_MAIL_ACKNOWLEDGE", "true")
    (row,) = rows(bonitet("inbox", "take", "1.eml", "--json"), code=3)
    assert (row["state"], row["acknowledged_at"]) == ("received", None)
    assert "did not take the acknowledgement" in row["unanswered"]
    away.release()
    monkeypatch.setenv("BONITET_MAIL_SERVER", server)
    (row,) = rows(bonitet("inbox", "take", "1.eml", "--json"))
    assert row["acknowledged_at"]
    assert len(posted.messages) == 1


def test_our_own_acknowledgement_is_never_acknowledged(bonitet: Bonitet, posted: Inbox) -> None:
    put("1.eml", mail())
    rows(bonitet("inbox", "take", "1.eml", "--acknowledge", "--json"))
    (answer,) = posted.messages
    back = b"Received: by mx.dnb.com; Sun, 31 May 2026 23:59:30 +0200\n" + answer.as_bytes()
    put("2.eml", back)
    rows(bonitet("inbox", "take", "2.eml", "--acknowledge", "--json"), code=3)
    assert len(posted.messages) == 1


def test_a_robot_that_does_not_say_so_gets_five_answers_a_day(bonitet: Bonitet, posted: Inbox) -> None:
    for number in range(7):
        put(f"{number}.eml", mail(f"answer {number}"))
    told = rows(bonitet("inbox", "take", ".", "--acknowledge", "--json"), code=3)
    assert [row["unanswered"] is None for row in told] == [True] * 5 + [False] * 2
    assert len(posted.messages) == 5


def test_what_leads_nowhere_is_assigned_or_dismissed_by_hand(bonitet: Bonitet, posted: Inbox) -> None:
    digest = put("1.eml", mail(sender="who@nowhere.rs", subject="Otkaz"))
    put("2.eml", mail("spam", sender="spam@nowhere.rs"))
    taken = bonitet("inbox", "take", "1.eml", "2.eml", "--acknowledge")
    assert taken.exit_code == 3
    assert len(posted.messages) == 2
    shown = bonitet("inbox", "list").stdout
    assert "who@nowhere.rs" in shown
    assert "neither its sender nor a number" in shown
    assert "2 messages wait for somebody" in bonitet("doctor").stdout
    assert bonitet("inbox", "assign", "1", f"{COMPANY}/N-1", "--on", "2026-05-01").exit_code == 1
    assert bonitet("inbox", "assign", "1", f"{COMPANY}/N-1").exit_code == 0
    assert f"task read-message {digest} N-1" in tasks(bonitet)
    assert [event.name for event in messages()] == ["MessageReceived", "MessageAcknowledged"]
    assert bonitet("inbox", "dismiss", "2", "--reason", "advertising").exit_code == 0
    assert rows(bonitet("inbox", "list", "--json")) == []
    assert "no message waits" in bonitet("inbox", "list").stdout
    assert [(r["state"], r["reason"]) for r in rows(bonitet("inbox", "list", "--all", "--json"))] == [
        ("received", None),
        ("dismissed", "desk: advertising"),
    ]
    for again in (("assign", "1", COMPANY), ("dismiss", "2", "--reason", "x")):
        result = bonitet("inbox", *again)
        assert (result.exit_code, "does not wait" in result.stderr) == (1, True)
    assert "no message has the number 9" in bonitet("inbox", "show", "9").stderr


def test_a_message_without_a_stamp_is_assigned_with_the_day_that_staff_names(bonitet: Bonitet) -> None:
    put("1.eml", mail().replace(b"Received", b"X-Received"))
    rows(bonitet("inbox", "take", "1.eml", "--json"), code=3)
    result = bonitet("inbox", "assign", "1", "N-1")
    assert (result.exit_code, "may be" in result.stderr or "stamped" in result.stderr) == (1, True)
    assert "no server of ours has stamped it" in bonitet("inbox", "assign", "1", COMPANY).stderr
    assert bonitet("inbox", "assign", "1", COMPANY, "--on", "2026-05-30").exit_code == 0
    assert [event.effective_at for event in messages()] == [datetime(2026, 5, 29, 22, tzinfo=UTC)]


def test_a_message_is_shown_with_what_it_claims_and_a_broken_one_with_the_reason(bonitet: Bonitet) -> None:
    put("1.eml", (MAILS / "forged.eml").read_bytes())
    put("2.eml", b"Subject: " + b"x" * 5_000)
    rows(bonitet("inbox", "take", "1.eml", "2.eml", "--json"), code=3)
    shown = bonitet("inbox", "show", "1").stdout
    assert "sent_at: 2026-06-02T10:15:00+02:00" in shown
    assert "claims: Received: from mail.textil.rs by mx.dnb.com" in shown
    assert "We cancel." in shown
    assert json.loads(bonitet("inbox", "show", "1", "--json").stdout)["from"] == ANA
    assert "header subject is longer" in bonitet("inbox", "show", "2").stdout
    assert "look at it where it lies" in bonitet("inbox", "assign", "2", COMPANY).stderr


def test_a_letter_by_mail_bears_the_name_by_which_its_return_is_known(bonitet: Bonitet, posted: Inbox) -> None:
    assert bonitet("letters", "send", COMPANY, "renewal_notice", "--by", "email").exit_code == 0
    (letter,) = posted.messages
    (row,) = rows(bonitet("letters", "list", "--company", COMPANY, "--json"))
    assert letter_named(KEY.encode(), letter["Message-ID"]) == (COMPANY, row["letter"])
    back = report("bounced", letter["Message-ID"])
    put("bounce.eml", back.replace(b"28 Mar 2026 11:00:00 +0100", b"02 Jun 2026 10:59:00 +0200"))
    rows(bonitet("inbox", "take", "bounce.eml", "--json"))
    assert [r["state"] for r in rows(bonitet("letters", "list", "--company", COMPANY, "--json"))] == ["came back"]
    assert any(key.startswith(f"task resend {row['letter']}") for key in tasks(bonitet))
