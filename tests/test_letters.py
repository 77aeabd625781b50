"""Letters: what they say is computed, they leave in three ways, and what becomes of them is on record."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage
from typer.testing import CliRunner, Result

from adapters.cli import opening
from adapters.cli.app import app
from adapters.letters.script import latin
from domain import facts
from domain.facts import LetterKind
from domain.policies import Policy
from domain.worklist import lines
from tests.components.ports import Port
from tests.installation import COMPANY, installation, registration, take_in, wire
from tests.story import HASH, Story

Bonitet = Callable[..., Result]
ASSESSED = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": HASH}
LIFE = (
    registration(founded="2010-01-01"),
    wire("ClassAssessed", "2025-05-15", data=ASSESSED),
    wire("ConsensusRecorded", "2025-09-02", data={"order": "N-1", "evidence": HASH}),
    wire("RepresentativeNamed", "2025-09-02", data={"order": "N-1", "name": "Ana", "email": "ana@textil.example"}),
)
REPORTED = wire("MisuseReported", "2026-03-20", data={"case": "M-1", "kind": "alteration", "evidence": [HASH]})


@pytest.fixture
def bonitet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bonitet:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BONITET_KEY", "k" * 32)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(opening, "clock", lambda: datetime(2026, 3, 28, 9, tzinfo=UTC))
    with installation(tmp_path / "bonitet.sqlite3") as system:
        take_in(system, *LIFE, REPORTED)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, words)


def told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- what they say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cyrillic", "derived"),
    [
        ("Опомена због знака", "Opomena zbog znaka"),
        ("Љубав, љубав, ЉУБАВ, Љ.", "Ljubav, ljubav, LJUBAV, Lj."),
        ("Њ и Џ у ЊЕГОШЏ 7", "Nj i Dž u NJEGOŠDŽ 7"),
        ("Đak, čaša, AAA 2026", "Đak, čaša, AAA 2026"),
        ("", ""),
    ],
)
def test_latin_is_derived_from_cyrillic_letter_by_letter(cyrillic: str, derived: str) -> None:
    assert latin(cyrillic) == derived


def test_a_warning_names_the_case_and_when_its_48_hours_end(bonitet: Bonitet) -> None:
    english = bonitet("letters", "write", COMPANY, "warning", "--about", "M-1", "--language", "en").stdout
    assert "Our number for this case is M-1" in english
    assert "the mark was altered or redesigned" in english
    assert "If it reached you on 28 March 2026, 10:00, they end on 30 March 2026, 11:00." in english
    serbian = bonitet("letters", "write", COMPANY, "warning", "--about", "M-1").stdout
    assert "рок истиче 30.03.2026. у 11:00" in serbian
    assert ".." not in bonitet("letters", "write", COMPANY, "renewal_notice").stdout
    in_latin = bonitet("letters", "write", COMPANY, "warning", "--about", "M-1", "--language", "sr-Latn").stdout
    assert in_latin == latin(serbian)


def test_a_second_demand_names_the_last_working_day(bonitet: Bonitet) -> None:
    take_in_here(wire("WarningDelivered", "2026-03-24", data={"case": "M-1"}))
    text = bonitet("letters", "write", COMPANY, "second_demand", "--about", "M-1", "--language", "en").stdout
    assert "since 26 March 2026, 01:00" in text
    assert "the last of them is 7 April 2026" in text


def test_a_loss_names_its_ground_and_the_third_day(bonitet: Bonitet) -> None:
    take_in_here(wire("AccountBlocked", "2026-03-26", data={"blockade": "B-1"}))
    text = bonitet("letters", "write", COMPANY, "loss", "--language", "en").stdout
    assert "The ground: the account was blocked." in text
    assert "by 30 March 2026 at the latest" in text  # the third day is a Sunday
    assert "рачун је блокиран" in bonitet("letters", "write", COMPANY, "loss").stdout


def test_a_renewal_notice_says_all_that_it_must(bonitet: Bonitet) -> None:
    text = bonitet("letters", "write", COMPANY, "renewal_notice", "--language", "en").stdout
    assert "ends on 2 September 2026" in text
    assert "the conditions for class AAA are met, and those for a special edition are not" in text
    assert "unless you cancel it by 3 August 2026, by e-mail to aaa.rs@dnb.com" in text
    late = bonitet("letters", "write", COMPANY, "late_notice", "--language", "en").stdout
    assert "If it reached you on 28 March 2026, the last day is 14 April 2026." in late  # 12 and 13 April: Easter


def test_where_one_cancels_within_some_days_letter_and_agenda_tell_the_first_and_the_last(
    tmp_path: Path, bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "within.sqlite3"
    with installation(database, policy=Policy(cancel_reading="within_last")) as system:
        take_in(system, *LIFE)
    monkeypatch.setenv("BONITET_DATABASE", str(database))
    monkeypatch.setenv("BONITET_POLICY", '{"cancel_reading": "within_last"}')
    text = bonitet("letters", "write", COMPANY, "renewal_notice", "--language", "en").stdout
    assert "unless you cancel it between 3 August 2026 and 2 September 2026, by e-mail" in text
    assert "осим ако је откажете од 03.08.2026. до 02.09.2026." in (
        bonitet("letters", "write", COMPANY, "renewal_notice").stdout
    )
    row = next(row for row in told(bonitet("agenda", "--json")) if row["what"] == "last day to cancel")
    assert (row["begins"], row["due_at"]) == ("2026-08-03T00:00:00+02:00", "2026-09-03T00:00:00+02:00")
    assert "last day to cancel, from 2026-08-03 00:00" in bonitet("agenda").stdout
    assert "renewal notice, from" not in bonitet("agenda").stdout  # which is counted back from the end


def test_a_letter_that_has_nothing_to_say_is_not_written(bonitet: Bonitet) -> None:
    for kind, about, why in (
        ("warning", "M-2", "no case 'M-2' that waits for a warning"),
        ("second_demand", "M-1", "no case 'M-1' that waits for a second demand"),
        ("loss", "", "is not lost"),
        ("amendment", "DNB-RS/9", "no amendment 'DNB-RS/9' concerns"),
    ):
        result = bonitet("letters", "write", COMPANY, kind, "--about", about)
        assert result.exit_code == 1
        assert why in result.stderr


# --- how they leave ------------------------------------------------------------------------------------------------


def take_in_here(*payloads: bytes) -> None:
    with installation(Path("bonitet.sqlite3")) as system:
        take_in(system, *payloads, source=str(payloads))


def state(bonitet: Bonitet) -> list[tuple[str, str]]:
    return [(row["kind"], row["state"]) for row in told(bonitet("letters", "list", "--company", COMPANY, "--json"))]


def test_a_warning_goes_out_as_a_file_is_delivered_and_starts_the_clock(bonitet: Bonitet) -> None:
    assert bonitet("letters", "send", COMPANY, "warning", "--about", "M-1").exit_code == 0
    (file,) = Path("letters").iterdir()
    assert "Опомена" in file.read_text("utf-8")
    (name,) = [row["letter"] for row in told(bonitet("letters", "list", "--company", COMPANY, "--json"))]
    waiting = told(bonitet("cases", "list", "--waiting-for", "delivery proof", "--json"))
    assert {row["key"] for row in waiting} == {"case M-1", f"letter {name}"}
    again = bonitet("letters", "send", COMPANY, "warning", "--about", "M-1")
    assert again.exit_code == 1
    assert "it went out today already" in again.stderr
    assert bonitet("letters", "delivered", COMPANY, name, "--on", "2026-03-28 10:00").exit_code == 0
    assert state(bonitet) == [("warning", "delivered")]
    (case,) = told(bonitet("cases", "list", "--kind", "case", "--json"))
    assert (case["waits_for"], case["due_at"]) == ("holder", "2026-03-30T11:00:00+02:00")
    kept = {path.name for path in Path("bonitet.sqlite3.evidence").iterdir()}
    assert len(kept) == 1


class Inbox(AsyncMessage):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    async def handle_message(self, message: Message) -> None:
        await asyncio.sleep(0)
        self.messages.append(message)


def test_a_letter_goes_by_mail_to_the_representative(bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, port = Inbox(), Port()
    port.release()
    controller = Controller(inbox, hostname="127.0.0.1", port=port.number)
    controller.start()
    try:
        monkeypatch.setenv("BONITET_MAIL_SERVER", f"127.0.0.1:{port.number}")
        monkeypatch.setenv("BONITET_MAIL_STARTTLS", "false")
        sent = bonitet("letters", "send", COMPANY, "renewal_notice", "--by", "email", "--language", "sr-Latn")
        assert sent.exit_code == 0, sent.output
    finally:
        controller.stop()
    (message,) = inbox.messages
    assert (message["To"], message["From"], message["Content-Language"]) == (
        *("ana@textil.example", "aaa.rs@dnb.com"),
        "sr-Latn",
    )
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "ističe 02.09.2026." in payload.decode()
    assert state(bonitet) == [("renewal_notice", "sent")]


def test_a_mail_server_that_is_away_leaves_nothing_on_record(bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch) -> None:
    port = Port()
    monkeypatch.setenv("BONITET_MAIL_SERVER", str(port))
    result = bonitet("letters", "send", COMPANY, "renewal_notice", "--by", "email")
    assert result.exit_code == 1
    assert "did not take the letter" in result.stderr
    assert "nothing was recorded" in result.stderr
    assert state(bonitet) == []
    port.release()


def test_a_letter_for_the_notifications_is_recorded_for_whoever_reads_them(bonitet: Bonitet) -> None:
    assert bonitet("letters", "send", COMPANY, "renewal_notice", "--by", "notification").exit_code == 0
    assert state(bonitet) == [("renewal_notice", "sent")]
    (name,) = [row["letter"] for row in told(bonitet("letters", "list", "--company", COMPANY, "--json"))]
    assert bonitet("letters", "delivered", COMPANY, name).exit_code == 0
    history = told(bonitet("certificate", "history", f"{COMPANY}/N-1", "--json"))
    assert [row["event"] for row in history][-2:] == ["LetterDelivered", "RenewalNoticeAccepted"]


def test_a_letter_that_came_back_is_to_be_sent_again(bonitet: Bonitet) -> None:
    bonitet("letters", "send", COMPANY, "renewal_notice")
    (name,) = [row["letter"] for row in told(bonitet("letters", "list", "--company", COMPANY, "--json"))]
    assert bonitet("letters", "bounced", COMPANY, name).exit_code == 0
    assert state(bonitet) == [("renewal_notice", "came back")]
    tasks = told(bonitet("tasks", "--json"))
    assert [(task["company"], task["key"]) for task in tasks if task["state"] == "resend"] == [
        (COMPANY, f"task resend {name} N-1"),
    ]
    unknown = bonitet("letters", "bounced", COMPANY, "L-nobody")
    assert "no letter L-nobody" in unknown.stderr


# --- what becomes of them ------------------------------------------------------------------------------------------


def sent_letter() -> Story:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-01").noticed("2026-03-01")
    story.fact(letter("L-1"), "2026-03-28")
    return story


def letter(name: str, kind: LetterKind = LetterKind.WARNING, **more: Any) -> facts.LetterSent:
    return facts.LetterSent(
        letter=name,
        kind=kind,
        language=facts.Language.ENGLISH,
        route=facts.LetterRoute.FILE,
        document=HASH,
        **{"order": "N-1", "about": "M-1", **more},
    )


def names(story: Story) -> list[str]:
    return [line.key for line in lines(story.dossier)]


def test_a_letter_waits_for_its_proof_until_it_is_delivered() -> None:
    story = sent_letter()
    assert names(story) == ["letter L-1"]
    story.fact(facts.LetterDelivered(letter="L-1"), "2026-03-29")
    assert names(story) == []
    answer = story.fact(facts.LetterBounced(letter="L-1"), "2026-03-30")
    assert [(e.name, e.rule) for e in answer[1:]] == [("FactHadNoEffect", "GEN-7")]


def test_a_letter_is_sent_once_under_its_name() -> None:
    story = sent_letter()
    answer = story.fact(letter("L-1"), "2026-03-29")
    assert [(e.name, e.rule) for e in answer[1:]] == [("FactHadNoEffect", "GEN-7")]


def test_a_letter_that_was_never_sent_can_neither_arrive_nor_come_back() -> None:
    for fact in (facts.LetterDelivered(letter="L-9"), facts.LetterBounced(letter="L-9")):
        answer = sent_letter().fact(fact, "2026-03-29")
        assert [(e.name, e.rule) for e in answer[1:]] == [("FactHadNoEffect", "GEN-7")]


def test_sending_it_again_settles_the_task() -> None:
    story = sent_letter()
    story.fact(facts.LetterBounced(letter="L-1"), "2026-03-29")
    assert names(story) == ["letter L-1", "task resend L-1 N-1"]
    story.fact(letter("L-2"), "2026-03-30")
    assert names(story) == ["letter L-1", "letter L-2"]
    story.fact(facts.LetterDelivered(letter="L-1"), "2026-03-31")
    assert names(story) == ["letter L-2"]
