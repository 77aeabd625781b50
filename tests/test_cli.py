"""`bonitet` as a person and as a script meet it: answers, exit codes, and one clear sentence where it can't go on."""

import gzip
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from adapters import asking, explaining
from adapters.cli import opening, showing
from adapters.cli.app import app
from adapters.cli.desk import VERBS
from adapters.cli.facts import source_name
from adapters.demo.portfolio import STORIES, portfolio
from adapters.intake.reading import Line
from adapters.main import System, build
from adapters.settings import Settings
from domain.facts import FACTS, Edition, Excellence
from domain.rules import Rule
from domain.standing import Status
from domain.usage import Form, Use

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
PLATINUM, KLASJE = "RS-90000012", "RS-90000020"
CERTIFICATE = f"{KLASJE}/2019-020"
Bonitet = Callable[..., Result]


def fact(kind: str, number: str, at: str, data: dict[str, Any], learned: str = "") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "type": f"rs.bonitet.{kind}.v1",
        "source": "urn:test",
        "id": number,
        "subject": "EX-00000001",
        "time": at,
        "recordedtime": learned or at,
        "data": data,
    }


CLASS = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
REGISTERED = fact("CompanyRegistered", "f-1", "2020-01-05T10:00:00Z", {"name": "Čarapara Ђорђевић"})
ASSESSED = fact("ClassAssessed", "f-2", "2025-05-15T10:00:00Z", CLASS)
AGREED = fact("ConsensusRecorded", "f-3", "2025-07-01T10:00:00Z", {"order": "N-1", "evidence": "0" * 64})
BLOCKED = fact("AccountBlocked", "f-4", "2026-03-02T00:00:00Z", {"blockade": "B-1"}, "2026-03-10T09:00:00Z")
LIFE = (REGISTERED, ASSESSED, AGREED, BLOCKED)


@pytest.fixture
def bonitet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bonitet:
    """The command line in an empty directory, on 1 June 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(opening, "clock", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("BONITET_DATABASE", raising=False)

    def run(*arguments: str, given: str = "") -> Result:
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


def lines(*facts: dict[str, Any]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in facts)


def ingested(bonitet: Bonitet, *facts: dict[str, Any]) -> None:
    assert bonitet("ingest", "-", given=lines(*facts or LIFE)).exit_code == 0


def told(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small portfolio, no deadline enforced after its last fact."""
    path = tmp_path_factory.mktemp("lived") / "bonitet.sqlite3"
    with build(Settings(database=str(path)), lambda: NOW) as system:
        system.engine.ingest("portfolio", (Line(n, line) for n, line in enumerate(portfolio(60, seed=7), 1)))
    return path


@pytest.fixture
def portfolio_here(lived: Path, bonitet: Bonitet, tmp_path: Path) -> Bonitet:
    shutil.copy(lived, tmp_path / "bonitet.sqlite3")
    return bonitet


# --- facts in --------------------------------------------------------------------------------------------------------


def test_ingest_tells_what_became_of_the_facts_and_ends_with_0(bonitet: Bonitet, tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_text(lines(*LIFE, BLOCKED), "utf-8")
    result = bonitet("ingest", "facts.jsonl")
    assert result.exit_code == 0
    assert "4 recorded, 1 repeated, 0 rejected, 0 parked" in result.stdout
    again = bonitet("ingest", "facts.jsonl", "--json")
    assert json.loads(again.stdout)["repeated"] == 5


def test_ingest_ends_with_3_where_something_was_rejected_or_parked(bonitet: Bonitet) -> None:
    assert bonitet("ingest", "-", given="no JSON\n").exit_code == 3
    ingested(bonitet)
    assert bonitet("ingest", "-", given=lines({**BLOCKED, "subject": "EX-00000002"})).exit_code == 3


def test_gzipped_facts_are_read_as_they_are_and_damaged_ones_said_to_be_so(bonitet: Bonitet, tmp_path: Path) -> None:
    packed = gzip.compress(lines(*LIFE).encode())
    (tmp_path / "facts.gz").write_bytes(packed)
    assert bonitet("ingest", "facts.gz").exit_code == 0
    (tmp_path / "cut.gz").write_bytes(packed[:-20])
    result = bonitet("ingest", "cut.gz")
    assert result.exit_code == 1
    assert "damaged or cut off" in result.stderr


def test_an_interrupted_run_goes_on_where_it_stopped(bonitet: Bonitet, tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(lines(*LIFE), "utf-8")
    first = iter([Line(1, lines(REGISTERED).encode()), Line(2, lines(ASSESSED).encode())])

    def interrupted() -> Any:
        yield from first
        raise KeyboardInterrupt

    settings = Settings(database=str(tmp_path / "bonitet.sqlite3"), batch=1)
    with build(settings, lambda: NOW) as system, pytest.raises(KeyboardInterrupt):
        system.engine.ingest(source_name(path), interrupted())
    assert bonitet("enforce").exit_code == 1
    looks = {row["check"]: row["state"] for row in told(bonitet("doctor", "--json"))}
    assert looks["sources"] == "look"
    result = bonitet("ingest", "facts.jsonl")
    assert "going on after line 2" in result.stderr
    assert "2 facts read" in result.stdout
    assert bonitet("enforce").exit_code == 0


def test_a_source_that_is_gone_can_be_given_up(bonitet: Bonitet, tmp_path: Path) -> None:
    def interrupted() -> Any:
        yield Line(1, lines(REGISTERED).encode())
        raise KeyboardInterrupt

    with (
        build(Settings(database=str(tmp_path / "bonitet.sqlite3"), batch=1), lambda: NOW) as system,
        pytest.raises(KeyboardInterrupt),
    ):
        system.engine.ingest("stdin", interrupted())
    assert bonitet("forget-source", "other").exit_code == 1
    assert bonitet("forget-source", "stdin").exit_code == 0
    assert bonitet("enforce").exit_code == 0


def test_standard_input_is_read_from_its_start_whatever_stopped_before(bonitet: Bonitet, tmp_path: Path) -> None:
    def interrupted() -> Any:
        yield Line(1, lines(REGISTERED).encode())
        yield Line(2, lines(ASSESSED).encode())
        raise KeyboardInterrupt

    with (
        build(Settings(database=str(tmp_path / "bonitet.sqlite3"), batch=2), lambda: NOW) as system,
        pytest.raises(KeyboardInterrupt),
    ):
        system.engine.ingest("stdin", interrupted())
    result = bonitet("ingest", "-", "--json", given=lines(AGREED, BLOCKED))
    assert json.loads(result.stdout)["recorded"] == 2


@pytest.mark.parametrize("arguments", [("ingest", "nowhere.jsonl"), ("ingest", "."), ("register", "list"), ("doctor",)])
def test_what_is_not_there_is_said_in_one_sentence(bonitet: Bonitet, arguments: tuple[str, ...]) -> None:
    result = bonitet(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("bonitet: ")
    answer = bonitet(*arguments, "--json")
    assert set(json.loads(answer.stderr)) == {"error", "code"}
    assert answer.stdout == ""


def test_a_rejected_line_is_shown_corrected_and_sent_again(bonitet: Bonitet, tmp_path: Path) -> None:
    ingested(bonitet)
    wrong = {
        **fact("AccountUnblocked", "f-5", "2026-04-01T00:00:00Z", {"blockade": "B-1"}),
        "subject": "EX-1",
    }
    assert bonitet("ingest", "-", given=lines(wrong)).exit_code == 3
    (row,) = told(bonitet("rejects", "list", "--json"))
    assert row["position"] == 1
    assert "eight digits" in row["reason"]
    assert json.loads(bonitet("rejects", "show", "1").stdout) == wrong
    again = bonitet("rejects", "resubmit", "1")
    assert again.exit_code == 3
    numbers = [row["number"] for row in told(bonitet("rejects", "list", "--json"))]
    (tmp_path / "right.jsonl").write_text(lines({**wrong, "subject": "EX-00000001"}), "utf-8")
    for number in numbers:
        assert bonitet("rejects", "resubmit", str(number), "--file", "right.jsonl").exit_code == 0
    assert told(bonitet("rejects", "list", "--json")) == []
    assert {row["state"] for row in told(bonitet("rejects", "list", "--all", "--json"))} == {"resubmitted"}
    assert bonitet("rejects", "show", "99").exit_code == 1


def test_a_line_that_is_rejected_again_changes_nothing(bonitet: Bonitet) -> None:
    bonitet("ingest", "-", given="no JSON\n")
    result = bonitet("rejects", "resubmit", "1", "--file", "-", given="no JSON either\n")
    assert result.exit_code == 3
    assert "not JSON" in result.stderr
    assert bonitet("rejects", "resubmit", "1", "--file", "-", given="a\nb\n").exit_code == 1
    assert len(told(bonitet("rejects", "list", "--json"))) == 1


def test_parked_facts_are_released_or_dropped_with_a_reason(bonitet: Bonitet) -> None:
    ingested(bonitet)
    odd = {**BLOCKED, "type": "rs.bonitet.AccountFrozen.v1", "id": "f-6"}
    later = {**BLOCKED, "id": "f-7", "data": {"blockade": "B-2"}}
    assert bonitet("ingest", "-", given=lines(odd, later)).exit_code == 3
    assert "1 companies have parked facts" in bonitet("register", "show", "EX-00000001").stderr
    numbers = [row["number"] for row in told(bonitet("parked", "list", "--json"))]
    assert bonitet("parked", "release", "EX-00000001").exit_code == 3
    assert bonitet("parked", "drop", "EX-00000001", "77", "--reason", "x").exit_code == 1
    assert bonitet("parked", "drop", "EX-00000001", str(numbers[0])).exit_code == 2
    assert bonitet("parked", "drop", "EX-00000001", str(numbers[0]), "--reason", "no such fact").exit_code == 0
    assert bonitet("parked", "release", "EX-00000001").exit_code == 0
    assert told(bonitet("parked", "list", "--json")) == []


def test_convert_writes_facts_that_ingest_reads(bonitet: Bonitet, tmp_path: Path) -> None:
    columns = "case_id,seq,activity,date,amount,article,points,vehicleClass,dismissal,expense,notificationType,lastSent"
    columns += ",paymentAmount,totalPaymentAmount,resource,matricola"
    steps = ("Create Fine,2006-01-10", "Send Fine,2006-02-01", "Insert Fine Notification,2006-02-10")
    rows = [f"A1,{n},{step}{',' * 12}" for n, step in enumerate((*steps, "Add penalty,2006-04-11"))]
    complete, broken = "\n".join([columns, *rows]) + "\n", f"B1,0,{steps[1]}{',' * 12}\n"
    (tmp_path / "fines.gz").write_bytes(gzip.compress(complete.encode()))
    result = bonitet("convert", "fines", "fines.gz")
    assert result.exit_code == 0
    assert bonitet("ingest", "-", given=result.stdout).exit_code == 0
    (tmp_path / "fines.gz").write_bytes(gzip.compress((complete + broken).encode()))
    again = bonitet("convert", "fines", "fines.gz")
    assert again.exit_code == 3
    assert again.stdout == result.stdout
    assert "row 5: no beginning" in again.stderr
    counted = json.loads(bonitet("convert", "fines", "fines.gz", "--json").stderr.splitlines()[-1])
    assert (counted["facts"], counted["rejected"]) == (len(result.stdout.splitlines()), 1)
    assert bonitet("convert", "weather", "fines.gz").exit_code == 2
    assert bonitet("convert", "ratings", "fines.gz").exit_code == 1


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_day_means_its_end_and_a_minute_is_a_minute(bonitet: Bonitet) -> None:
    ingested(bonitet)
    for at, status in (
        ("2026-03-01", "valid"),
        ("2026-03-02", "revoked"),
        ("2026-03-02 00:59", "valid"),
        ("2026-03-02 01:00", "revoked"),
        ("2026-03-02T00:00:00+00:00", "revoked"),
    ):
        (row,) = told(bonitet("register", "show", "EX-00000001", "--at", at, "--json"))
        assert row["status"] == status, at


def test_nobody_knows_what_will_hold(bonitet: Bonitet) -> None:
    ingested(bonitet)
    assert bonitet("register", "show", "EX-00000001", "--at", "2026-06-01").exit_code == 0
    for ahead in ("2026-06-02", "2026-06-01 12:01"):
        result = bonitet("register", "show", "EX-00000001", "--at", ahead)
        assert result.exit_code == 1
        assert "lies ahead" in result.stderr
    assert "neither a day nor a time" in bonitet("register", "list", "--at", "soon").stderr
    assert bonitet("register", "show", "EX-00000001", "--at", "2025-06-30").exit_code == 1


def test_as_known_then_is_not_as_known_now(bonitet: Bonitet) -> None:
    ingested(bonitet)
    question = ("register", "show", "EX-00000001/N-1", "--at", "2026-03-05", "--json")
    assert told(bonitet(*question))[0]["status"] == "revoked"
    assert told(bonitet(*question, "--known", "2026-03-09"))[0]["status"] == "valid"
    assert told(bonitet(*question, "--known", "2026-03-10"))[0]["status"] == "revoked"


def test_a_corrected_certificate_shows_its_revision_and_since_when_to_everybody(bonitet: Bonitet) -> None:
    dispute = {"order": "N-1", "dispute": "D-1"}
    defect = fact("DefectReported", "f-4", "2025-10-01T10:00:00Z", {**dispute, "description": "Pogrešno ime"})
    corrected = fact("CorrectionIssued", "f-5", "2025-10-10T07:00:00Z", {**dispute, "document": "0" * 64})
    ingested(bonitet, REGISTERED, ASSESSED, AGREED, defect, corrected)
    question = ("register", "show", "EX-00000001", "--at")
    for at, revision, since in (
        ("2025-10-10 08:59", None, None),
        ("2025-10-10 09:00", 1, "2025-10-10T09:00:00+02:00"),
        ("2025-12-01", 1, "2025-10-10T09:00:00+02:00"),
    ):
        (shown,) = told(bonitet(*question, at, "--json"))
        assert (shown["status"], shown["revision"], shown["revised_at"]) == ("valid", revision, since)
    assert "revision" not in bonitet(*question, "2025-10-10 08:59").stdout
    table = bonitet(*question, "2025-12-01").stdout
    assert "revision" in table
    assert "1 since 2025-10-10 09:00+02:00" in table
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW) as system:
        rows = asking.register_at(system, NOW)
    Console(file=(narrow := StringIO()), width=80).print(showing.entries(rows, staff=False, width=80))
    assert "revision 1 since 2025-10-10 09:00+02:00" in " ".join(narrow.getvalue().split())
    assert "D-1" not in bonitet(*question, "2025-12-01", "--json").stdout


def test_the_cause_is_for_staff(bonitet: Bonitet) -> None:
    ingested(bonitet)
    (public,) = told(bonitet("register", "show", "EX-00000001", "--json"))
    assert public["clause"] == "6"
    assert not {"rule", "cause", "flag"} & public.keys()
    assert "DNB-6.14" not in bonitet("register", "show", "EX-00000001").stdout
    (staff,) = told(bonitet("register", "show", "EX-00000001", "--staff", "--json"))
    assert staff["rule"] == "DNB-6.14"


@pytest.mark.parametrize("text", ["carapara", "Čarapara Ђорђевић", "ЂОРЂЕВИЋ", "djordjevic", "N-1", "EX-00000001"])
def test_a_company_is_found_by_any_of_its_names(bonitet: Bonitet, text: str) -> None:
    ingested(bonitet)
    assert told(bonitet("find", text, "--json")) == [{"company": "EX-00000001", "name": "Čarapara Ђорђевић"}]
    assert "Čarapara Ђорђевић" in bonitet("find", text).stdout
    assert bonitet("certificate", "show", text).exit_code == 0


def test_who_is_meant_has_to_be_one(portfolio_here: Bonitet) -> None:
    assert told(portfolio_here("find", "nobody at all", "--json")) == []
    assert portfolio_here("find", "nobody at all").exit_code == 1
    assert "may be" in portfolio_here("register", "show", "d.o.o.").stderr
    assert "is not registered" in portfolio_here("register", "show", "RS-17012347").stderr
    assert "has no certificate" in portfolio_here("certificate", "why", f"{KLASJE}/nix").stderr
    assert portfolio_here("certificate", "why", KLASJE.removeprefix("RS-")).exit_code == 0


def test_no_answer_depends_on_when_deadlines_were_enforced(portfolio_here: Bonitet) -> None:
    questions = (
        ("register", "list", "--all", "--staff", "--json"),
        ("register", "list", "--all", "--at", "2026-02-01", "--staff", "--json"),
        ("register", "list", "--all", "--at", "2021-11-05", "--json"),
        ("agenda", "--explain", "--json"),
        ("tasks", "--json"),
        ("cases", "list", "--json"),
        ("certificate", "why", CERTIFICATE, "--at", "2026-05-31", "--json"),
    )
    before = [portfolio_here(*question).stdout for question in questions]
    overdue = {row["check"]: row["state"] for row in told(portfolio_here("doctor", "--json"))}["deadlines"]
    assert overdue == "look"
    assert json.loads(portfolio_here("enforce", "--json").stdout)["events"] > 0
    numbered = [portfolio_here(*question).stdout for question in questions]
    assert before[:-1] == numbered[:-1]
    assert [d["derivation"] for d in json.loads(before[-1])["deadlines"]] == [
        d["derivation"] for d in json.loads(numbered[-1])["deadlines"]
    ]


def test_the_register_is_paged_and_narrowed(portfolio_here: Bonitet) -> None:
    everything = told(portfolio_here("register", "list", "--all", "--at", "2025-12-31", "--json"))
    names = [row["certificate"] for row in everything]
    first = told(portfolio_here("register", "list", "--limit", "5", "--at", "2025-12-31", "--json"))
    after = ("--after", first[-1]["certificate"])
    rest = told(portfolio_here("register", "list", "--all", *after, "--at", "2025-12-31", "--json"))
    assert [row["certificate"] for row in first + rest] == names
    expired = told(portfolio_here("register", "list", "--all", "--status", "expired", "--at", "2025-12-31", "--json"))
    assert [r["certificate"] for r in expired] == [r["certificate"] for r in everything if r["status"] == "expired"]
    assert "there are more" in portfolio_here("register", "list", "--limit", "5").stderr
    assert "Ткачница Златна нит" in portfolio_here("register", "list").stdout


@pytest.fixture(scope="module")
def system(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("asked") / "bonitet.sqlite3"
    shutil.copy(lived, path)
    with build(Settings(database=str(path)), lambda: NOW) as made:
        yield made


def test_why_comes_to_the_status_that_the_register_shows_with_a_source_for_all_it_says(system: System) -> None:
    seen = set()
    for year in (2019, 2022, 2024, 2026):
        at = datetime(year, 5, 20, 12, tzinfo=UTC)
        for entry in asking.register_at(system, at):
            why = explaining.why(system, entry.certificate, at)
            (decides,) = [line for line in why.precedence if line.decides]
            assert why.standing is not None
            assert decides.status is why.standing.status is entry.standing.status
            assert all(holding.sources for holding in why.holdings)
            assert all(deadline.steps for deadline in why.deadlines)
            seen.add(decides.status)
    assert {Status.VALID, Status.REVOKED, Status.EXPIRED, Status.CANCELLED_AT_EXPIRY} <= seen


def test_known_then_is_what_an_installation_said_that_had_heard_no_more(system: System, tmp_path: Path) -> None:
    then = datetime(2023, 11, 10, 12, tzinfo=UTC)
    heard = [line for line in portfolio(60, seed=7) if datetime.fromisoformat(json.loads(line)["recordedtime"]) <= then]
    subjects = {e.subject for e in asking.register_at(system, NOW)}
    with build(Settings(database=str(tmp_path / "then.sqlite3")), lambda: then) as earlier:
        earlier.engine.ingest("heard", (Line(n, line) for n, line in enumerate(heard, 1)))
        for at in (then, datetime(2022, 3, 1, tzinfo=UTC)):
            said = {e.certificate: e.standing for e in asking.register_at(earlier, at)}
            now: dict[str, Any] = {}
            for subject in subjects:
                try:
                    now.update({e.certificate: e.standing for e in asking.standing_of(system, subject, at, then)})
                except asking.NotFound:
                    continue
            assert now == said


def test_the_story_of_a_suspension_is_told_to_the_minute(portfolio_here: Bonitet) -> None:
    for at, status in (("2023-11-09 10:19", "valid"), ("2023-11-09 10:20", "suspended"), ("2023-11-16 11:00", "valid")):
        why = json.loads(portfolio_here("certificate", "why", CERTIFICATE, "--at", at, "--json").stdout)
        assert why["status"] == status
    suspended = portfolio_here("certificate", "why", CERTIFICATE, "--at", "2023-11-09 10:20").stdout
    assert "48 elapsed hours (GEN-4)" in suspended
    assert "DNB-7.3" in suspended
    assert "Pekara Klasje" in suspended
    assert "no contract" in portfolio_here("certificate", "why", CERTIFICATE, "--at", "2019-01-01").stdout.lower()


def test_what_may_be_shown_is_told_for_each_certified_year(bonitet: Bonitet) -> None:
    renewal = {"order": "N-1", "states_expiry": True, "states_class": True, "states_edition": True}
    noticed = fact("RenewalNoticeDelivered", "f-5", "2026-04-15T10:00:00Z", renewal)
    earlier = {**CLASS, "business_year": 2023, "attained": "AA"}
    assessed = fact("ClassAssessed", "f-6", "2024-05-15T10:00:00Z", earlier)
    agreed = fact("ConsensusRecorded", "f-7", "2024-07-01T10:00:00Z", {"order": "N-1", "evidence": "0" * 64})
    told_early = fact("RenewalNoticeDelivered", "f-8", "2025-04-15T10:00:00Z", renewal)
    ingested(bonitet, REGISTERED, assessed, agreed, told_early, ASSESSED, noticed)
    question = ("certificate", "use", "N-1")
    before, now = told(bonitet(*question, "--at", "2025-07-01", "--json")), told(bonitet(*question, "--json"))
    assert [(row["year"], row["class"], row["form"]) for row in before] == [(2024, "AA", "as it is")]
    assert [(row["year"], row["class"], row["form"]) for row in now] == [
        (2024, "AA", "with year and grade"),
        (2025, "AAA", "as it is"),
    ]
    assert now[0]["rules"] == ["DNB-6.9", "DNB-6.10"]
    assert "only with its year 2024 and its grade AA" in bonitet(*question).stdout
    assert "no certified year" in bonitet(*question, "--at", "2024-06-30").stdout
    assert told(bonitet(*question, "--at", "2024-06-30", "--json")) == []


def test_nothing_may_be_shown_from_the_day_of_a_blockade(bonitet: Bonitet) -> None:
    ingested(bonitet)
    question = ("certificate", "use", "N-1", "--at")
    assert "as it is" in bonitet(*question, "2026-03-01").stdout
    lost = bonitet(*question, "2026-03-02").stdout
    assert "not at all" in lost
    assert "DNB-6.14, DNB-6.16" in lost
    why = json.loads(bonitet("certificate", "why", "N-1", "--at", "2026-03-02", "--json").stdout)
    assert [(d["what"], d["lapses_at"]) for d in why["deadlines"] if d["rule"] == "DNB-6.17"] == [
        ("the mark is to be removed from everything", "2026-03-06T00:00:00+01:00")
    ]


def test_on_a_narrow_terminal_each_year_takes_two_lines() -> None:
    use = Use(2025, Excellence.AAA, Edition.GOLD, Form.NOT_AT_ALL, (Rule.DNB_6_14, Rule.DNB_6_16), "it is lost")
    out = StringIO()
    Console(file=out, width=80).print(showing.uses([use], title="The mark", width=80))
    assert [line.strip() for line in out.getvalue().splitlines()] == [
        "The mark",
        "2025 AAA gold: not at all",
        "it is lost · DNB-6.14, DNB-6.16",
    ]


def test_the_history_shows_what_was_annulled_and_hides_persons_from_all_but_staff(portfolio_here: Bonitet) -> None:
    rows = told(portfolio_here("certificate", "history", PLATINUM, "--json"))
    void = [row["event"] for row in rows if row["annulled"]]
    assert void == ["MarkLicenceLost", "RemovalClockStarted", "TaskOpened", "TaskOpened"]  # to confirm, to see it gone
    assert "✗ MarkLicenceLost" in portfolio_here("certificate", "history", PLATINUM).stdout
    named = "ljiljana.njegovan@zlatna-nit.example"
    assert named not in portfolio_here("certificate", "history", PLATINUM, "--json").stdout
    assert named in portfolio_here("certificate", "history", PLATINUM, "--json", "--staff").stdout
    everything = told(portfolio_here("certificate", "history", PLATINUM, "--all", "--json"))
    assert {"CompanyRegistered", "StatementFiled"} <= {row["event"] for row in everything}
    then = told(portfolio_here("certificate", "history", PLATINUM, "--known", "2024-03-10", "--json"))
    assert not any(row["annulled"] for row in then)


def test_the_audit_trail_is_narrowed_and_paged(portfolio_here: Bonitet) -> None:
    lost = told(portfolio_here("audit", "--company", PLATINUM, "--event", "MarkLicenceLost", "--json"))
    assert [(row["name"], row["rule"]) for row in lost] == [("MarkLicenceLost", "DNB-6.14")]
    assert {row["actor"] for row in told(portfolio_here("audit", "--actor", "mira.p", "--json"))} == {"mira.p"}
    page = told(portfolio_here("audit", "--limit", "3", "--json"))
    assert [row["position"] for row in told(portfolio_here("audit", "--after", "3", "--limit", "2", "--json"))] == [
        4,
        5,
    ]
    assert [row["position"] for row in page] == [1, 2, 3]
    assert "not authenticated" in portfolio_here("audit", "--actor", "mira.p").stdout
    for wrong in (("--rule", "DNB-99"), ("--event", "Nothing")):
        assert portfolio_here("audit", *wrong).exit_code == 2


def test_the_agenda_says_whose_turn_it_is_and_how_the_day_was_found(portfolio_here: Bonitet) -> None:
    rows = told(portfolio_here("agenda", "--explain", "--json"))
    assert rows == sorted(rows, key=lambda row: datetime.fromisoformat(row["due_at"]))
    assert all(row["derivation"] for row in rows)
    until = told(portfolio_here("agenda", "--until", rows[0]["due_at"][:10], "--json"))
    assert 0 < len(until) < len(rows)
    company = rows[0]["company"]
    assert {row["company"] for row in told(portfolio_here("agenda", "--company", company, "--json"))} == {company}
    assert "it lapses at" in portfolio_here("agenda", "--explain", "--limit", "1").stdout
    assert portfolio_here("tasks").exit_code == 0


# --- back office -----------------------------------------------------------------------------------------------------


def digest_of(bonitet: Bonitet) -> str:
    return bonitet("digest").stdout.strip()


def test_a_case_of_misuse_is_led_from_the_desk(bonitet: Bonitet, tmp_path: Path) -> None:
    ingested(bonitet, *LIFE[:3])
    (tmp_path / "leaflet.pdf").write_bytes(b"a leaflet")
    report = ("desk", "report-misuse", "EX-00000001", "M-1", "--kind", "alteration", "--evidence", "leaflet.pdf")
    before = digest_of(bonitet)
    dry = json.loads(bonitet(*report, "--on", "2026-05-20", "--dry-run", "--json").stdout)
    assert [e["event"] for e in dry["events"]][-3:] == ["MisuseReported", "MisuseCaseOpened", "TaskOpened"]
    assert digest_of(bonitet) == before
    kept = tmp_path / "bonitet.sqlite3.evidence"
    assert not kept.exists()
    assert bonitet(*report, "--on", "2026-05-20", "--actor", "mira.p", "--role", "lawyer").exit_code == 0
    assert digest_of(bonitet) != before
    name = hashlib.sha256(b"a leaflet").hexdigest()
    assert (kept / name).read_bytes() == b"a leaflet"
    assert bonitet("desk", "warn", "EX-00000001", "M-1", "--on", "2026-05-20 09:00").exit_code == 0
    assert bonitet("desk", "warning-delivered", "EX-00000001", "M-1", "--on", "2026-05-20 10:00").exit_code == 0
    for at, status in (("2026-05-22 09:59", "valid"), ("2026-05-22 10:00", "suspended")):
        (row,) = told(bonitet("register", "show", "EX-00000001", "--at", at, "--json"))
        assert row["status"] == status
    seen = ("desk", "verify-violation", "EX-00000001", "M-1", "--evidence", "leaflet.pdf", "--on", "2026-05-22 11:00")
    assert bonitet(*seen).exit_code == 0
    why = ("--reason", "another mark", "--on", "2026-05-22 12:00")
    assert bonitet("desk", "dismiss-case", "EX-00000001", "M-1", *why).exit_code == 0
    (row,) = told(bonitet("register", "show", "EX-00000001", "--at", "2026-05-22 12:00", "--json"))
    assert row["status"] == "valid"
    trail = told(bonitet("audit", "--actor", "mira.p", "--json"))
    assert [(row["name"], row["role"]) for row in trail] == [("MisuseReported", "lawyer")]
    (kept / name).chmod(0o644)
    (kept / name).write_bytes(b"another leaflet")
    assert bonitet("doctor").exit_code == 1


def test_a_refused_command_names_its_rule_and_leaves_the_attempt(bonitet: Bonitet) -> None:
    ingested(bonitet, *LIFE[:3])
    before = digest_of(bonitet)
    dry = bonitet("desk", "warn", "EX-00000001", "M-1", "--dry-run")
    assert dry.exit_code == 4
    assert digest_of(bonitet) == before
    result = bonitet("desk", "warn", "EX-00000001", "M-1", "--json")
    assert result.exit_code == 4
    error = json.loads(result.stderr)
    assert error["rule"] == "DNB-7.0"
    assert error["wording"]
    assert "no case M-1" in error["reason"]
    assert [row["name"] for row in told(bonitet("audit", "--event", "CommandRefused", "--json"))] == ["CommandRefused"]


def test_an_order_by_telephone_needs_its_steps(bonitet: Bonitet) -> None:
    ingested(bonitet, *LIFE[:2])
    assert bonitet("desk", "confirm", "EX-00000001/N-2").exit_code == 4
    for step in ("offer", "confirm-offer", "phone-order", "confirm"):
        assert bonitet("desk", step, "EX-00000001/N-2", "--on", "2026-05-01").exit_code == 0
    (row,) = told(bonitet("register", "show", "EX-00000001", "--json"))
    assert row["status"] == "valid"
    told_cancel = bonitet("desk", "cancel", "N-2", "--channel", "phone")
    assert told_cancel.exit_code == 4
    assert "DNB-4.7" in told_cancel.stderr


def test_a_fact_is_retracted_by_the_beginning_of_its_id(bonitet: Bonitet) -> None:
    ingested(bonitet, *LIFE[:3], {**BLOCKED, "id": "blockade-of-march"})
    question = ("register", "show", "EX-00000001", "--json")
    assert told(bonitet(*question))[0]["status"] == "revoked"
    assert "is not known" in bonitet("desk", "retract", "EX-00000001", "nix").stderr
    assert bonitet("desk", "retract", "EX-00000001", "blockade", "--reason", "another company").exit_code == 0
    assert told(bonitet(*question))[0]["status"] == "valid"


def test_what_takes_two_people_is_proposed_by_one_and_signed_by_another(bonitet: Bonitet, tmp_path: Path) -> None:
    (tmp_path / "agreement.txt").write_text("we agree")
    over = fact("AccountUnblocked", "unblocked", "2026-05-10T00:00:00Z", {"blockade": BLOCKED["data"]["blockade"]})
    ingested(bonitet, *LIFE[:3], BLOCKED, over)
    assert bonitet("desk", "request-reinstatement", "EX-00000001", "--on", "2026-05-11").exit_code == 0
    wish = ("desk", "reinstate", "EX-00000001", "--granted", "--agreement", str(tmp_path / "agreement.txt"))
    question = ("register", "show", "EX-00000001", "--json")
    proposed = bonitet(*wish, "--actor", "ana")
    assert "ReinstatementDecided/N-1 waits for another person" in " ".join(proposed.stderr.split())
    assert told(bonitet(*question))[0]["status"] == "revoked"
    (waits,) = told(bonitet("cases", "list", "--waiting-for", "second signature", "--json"))
    assert waits["key"] == "proposal ReinstatementDecided/N-1"
    assert bonitet(*wish, "--actor", "bojan").exit_code == 0
    assert told(bonitet(*question))[0]["status"] == "valid"


def test_any_fact_can_be_recorded_with_its_data(bonitet: Bonitet) -> None:
    ingested(bonitet, *LIFE[:3])
    record = ("desk", "record", "AccountBlocked", "EX-00000001", "--data")
    assert bonitet(*record, '{"blockade": "B-9"}', "--on", "2026-05-01").exit_code == 0
    assert told(bonitet("register", "show", "EX-00000001", "--json"))[0]["status"] == "revoked"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("record", "Nothing", "EX-00000001"), 2, "is no fact"),
        (("record", "AccountBlocked", "EX-00000001", "--data", "{"), 2, "not JSON"),
        (("record", "AccountBlocked", "EX-00000001", "--data", "[]"), 2, "no JSON object"),
        (("record", "AccountBlocked", "EX-00000001"), 2, "blockade: Field required"),
        (("record", "DataCollectionClosed", "SCHEME-DNB-RS", "--data", '{"business_year": 2024}'), 1, "whole scheme"),
        (("edition", "EX-00000001/N-1", "--edition", "base"), 2, "'silver', 'gold' or 'platinum'"),
        (("warn", "EX-00000001", "M-1", "--actor", "Not Allowed"), 2, "actor"),
        (("warn", "EX-00000001", "M-1", "--on", "2026-06-02"), 1, "before it happens"),
        (("warn", "EX-00000009", "M-1"), 1, "is not registered here"),
        (("agree", "EX-00000001/N-9", "--evidence", "nowhere.pdf"), 1, "No such file"),
        (("warn", "EX-00000001"), 2, "Missing argument"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_at_once(
    bonitet: Bonitet, arguments: tuple[str, ...], code: int, says: str
) -> None:
    ingested(bonitet, *LIFE[:3])
    before = digest_of(bonitet)
    result = bonitet("desk", *arguments, "--json")
    assert result.exit_code == code
    assert says in json.loads(result.stderr)["error"]
    assert bonitet("desk", *arguments).exit_code == code
    assert digest_of(bonitet) == before


def test_every_fact_of_the_desk_has_its_verb_with_help(bonitet: Bonitet) -> None:
    for verb in VERBS:
        assert bonitet("desk", verb, "--help").exit_code == 0
    assert len(set(VERBS.values())) == len(VERBS)
    assert set(VERBS.values()) <= set(FACTS.values())


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_deadlines_are_enforced_up_to_a_day_that_has_passed(portfolio_here: Bonitet) -> None:
    first = json.loads(portfolio_here("enforce", "--until", "2026-02-01", "--json").stdout)
    assert json.loads(portfolio_here("enforce", "--until", "2026-02-01", "--json").stdout)["events"] == 0
    assert json.loads(portfolio_here("enforce", "--json").stdout)["events"] > 0
    assert first["until"] == "2026-02-01T23:59:59.999999+01:00"
    assert portfolio_here("enforce", "--until", "2026-06-02").exit_code == 1


def test_a_rebuild_gives_the_same_read_models(portfolio_here: Bonitet) -> None:
    before = digest_of(portfolio_here)
    result = json.loads(portfolio_here("rebuild", "--json").stdout)
    assert result["differs"] == []
    assert result["events"] > 1000
    assert result["digest"] == before
    assert "digest unchanged" in portfolio_here("rebuild").stdout


def test_a_rebuild_says_which_read_model_was_wrong(portfolio_here: Bonitet, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bonitet.sqlite3") as c:
        c.execute("DELETE FROM register WHERE status='revoked'")
    c.close()
    result = portfolio_here("rebuild")
    assert result.exit_code == 1
    assert "register came out otherwise" in result.stderr
    assert portfolio_here("rebuild").exit_code == 0


def test_doctor_finds_a_history_that_was_rewritten(portfolio_here: Bonitet, tmp_path: Path) -> None:
    portfolio_here("enforce")
    assert {row["state"] for row in told(portfolio_here("doctor", "--json"))} == {"ok"}
    with sqlite3.connect(tmp_path / "bonitet.sqlite3") as c:
        c.execute("DROP TRIGGER stored_events_no_update")
        c.execute("UPDATE stored_events SET state=replace(state, 'AAA', 'AA ') WHERE originator_id=?", (PLATINUM,))
    c.close()
    result = portfolio_here("doctor")
    assert result.exit_code == 1
    assert "does not follow" in result.stdout
    assert portfolio_here("digest").exit_code == 1


def test_a_file_that_is_no_database_is_said_to_be_none(bonitet: Bonitet, tmp_path: Path) -> None:
    (tmp_path / "bonitet.sqlite3").write_text("not a database at all " * 100)
    for arguments in (("doctor",), ("register", "list"), ("ingest", "-")):
        result = bonitet(*arguments, given="")
        assert result.exit_code == 1
        assert "not a database" in result.output


# --- the whole -------------------------------------------------------------------------------------------------------


def test_the_demonstration_ends_with_what_to_try_next(bonitet: Bonitet, tmp_path: Path) -> None:
    result = bonitet("demo", "--companies", "30")
    assert result.exit_code == 0
    for part in ("The register at the end of 2025-12-31", "MarkLicenceSuspended", "What to try next"):
        assert part in result.stdout
    assert all(name in result.stdout for name in ("Ткачница Златна нит", "Pekara Klasje"))
    again = json.loads(bonitet("demo", "--companies", "30", "--json").stdout)
    assert again["facts"]["rejected"] == again["facts"]["parked"] == 0
    (tmp_path / "real").mkdir()
    with build(Settings(database=str(tmp_path / "real" / "bonitet.sqlite3")), lambda: NOW):
        pass
    assert "is no demonstration" in bonitet("demo", "--keep", "real").stderr
    tried = [
        line.partition("    #")[0].split()[1:] for line in result.stdout.splitlines() if line.startswith("  bonitet ")
    ]
    assert len(tried) > 5
    for command in tried:
        arguments = " ".join(command).replace('"', "").replace("2023-11-09 10:20", "2023-11-09T10:20").split()
        assert bonitet(*arguments).exit_code in {0, 4}, arguments


def test_names_in_both_scripts_and_hostile_ones_are_printed_safely(bonitet: Bonitet) -> None:
    hostile = {**REGISTERED, "data": {"name": "Evil [red]Љубав\u001b[2J\u202e Ćirić"}}
    ingested(bonitet, hostile)
    shown = bonitet("find", "ljubav").stdout
    assert "Evil [red]Љубав" in shown
    assert "Ćirić" in shown
    assert "\u001b" not in shown
    assert "\u202e" not in shown


def test_help_and_version(bonitet: Bonitet) -> None:
    assert bonitet("--version").stdout.startswith("bonitet ")
    assert "Exit codes" in bonitet("--help").stdout
    assert bonitet("nonsense").exit_code == 2
    assert bonitet("register", "list", "--status", "blue").exit_code == 2
    assert json.loads(bonitet("--json", "register", "list", "--status", "blue").stderr)["code"] == 2


def test_options_may_stand_before_the_command(bonitet: Bonitet, tmp_path: Path) -> None:
    assert bonitet("--database", "other.sqlite3", "ingest", "-", given=lines(*LIFE)).exit_code == 0
    assert (tmp_path / "other.sqlite3").exists()
    assert told(bonitet("--json", "--database", "other.sqlite3", "find", "carapara"))
    assert STORIES
