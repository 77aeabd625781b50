"""The file of a case of misuse: what is on record of its evidence, whether it is still so, and the cases before."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters import documents
from adapters.cli import opening
from adapters.cli.app import app
from adapters.documents import State
from adapters.running import Stopped
from domain.facts import REFERENCE
from tests.installation import COMPANY, installation, registration, take_in, wire
from tests.story import HASH

Bonitet = Callable[..., Result]
ASSESSED = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": HASH}
LIFE = (
    registration(founded="2010-01-01"),
    wire("ClassAssessed", "2025-05-15", data=ASSESSED),
    wire("ConsensusRecorded", "2025-09-02", data={"order": "N-1", "evidence": HASH}),
)
URL = "https://sajam.example/izlagaci/jovan-jovanovic"
NAME, ADDRESS = "Јелена Петровић", "jelena@petrovic.example"
PAGE = b"<html>the mark, altered</html>"
PAGE_HASH = hashlib.sha256(PAGE).hexdigest()


@pytest.fixture
def bonitet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bonitet:
    """The command line on 28 March 2026, with a holder; the page that somebody saved lies beside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BONITET_KEY", "k" * 32)
    monkeypatch.setenv("COLUMNS", "220")
    monkeypatch.setattr(opening, "clock", lambda: datetime(2026, 3, 28, 9, tzinfo=UTC))
    with installation(tmp_path / "bonitet.sqlite3") as system:
        take_in(system, *LIFE)
    (tmp_path / "page.html").write_bytes(PAGE)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, words)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def reported(bonitet: Bonitet, case: str = "M-1", on: str = "2026-03-20", *more: str) -> None:
    report = ("desk", "report-misuse", COMPANY, case, "--kind", "alteration", "--evidence", "page.html", "--on", on)
    assert bonitet(*report, *more).exit_code == 0


WHO = ("--reported-by", "outsider", "--reporter", NAME, "--contact", ADDRESS)
WHERE = ("--url", URL, "--seen-at", "2026-03-18 17:30")


def test_a_report_says_where_when_and_by_whom_and_no_event_names_a_person(bonitet: Bonitet, tmp_path: Path) -> None:
    reported(bonitet, "M-1", "2026-03-20", *WHERE, *WHO)
    (piece,) = told(bonitet("cases", "show", COMPANY, "M-1", "--staff", "--json"))["evidence"]
    assert piece == {
        "sha256": PAGE_HASH,
        "document": "unchanged",
        "seen_at": "2026-03-18T17:30:00+01:00",
        "reported_at": "2026-03-20T00:00:00+01:00",
        "recorded_at": "2026-03-28T10:00:00+01:00",
        "reported_by": "outsider",
        "url": URL,
        "reporter": NAME,
        "contact": ADDRESS,
        "note": None,
        "actor": "desk",
        "retracted": False,
    }
    with installation(tmp_path / "bonitet.sqlite3") as system:
        stored = b"".join(bytes(row[0]) for row in system.store._rows("SELECT state FROM stored_events", ()))  # noqa: SLF001
    assert PAGE_HASH.encode() in stored
    assert not [text for text in (URL, "sajam.example", NAME, ADDRESS, "petrovic") if text.encode() in stored]
    public = bonitet("cases", "show", COMPANY, "M-1")
    assert PAGE_HASH in public.stdout
    assert "kept apart" in public.stdout
    assert NAME not in public.stdout
    assert URL in bonitet("cases", "show", COMPANY, "M-1", "--staff").stdout
    assert bonitet("person", "erase", COMPANY, "--reason", "asked for", "--yes").exit_code == 0
    erased = bonitet("cases", "show", COMPANY, "M-1", "--staff").stdout
    assert PAGE_HASH in erased
    assert "(erased)" in erased
    assert URL not in erased


def test_without_texts_programs_are_told_references(bonitet: Bonitet) -> None:
    reported(bonitet, "M-1", "2026-03-20", *WHERE)
    (piece,) = told(bonitet("cases", "show", COMPANY, "M-1", "--json"))["evidence"]
    assert piece["url"].startswith(REFERENCE)
    assert piece["reported_by"] is None


def test_what_was_seen_when_it_was_reported_needs_no_instant_of_its_own(bonitet: Bonitet) -> None:
    reported(bonitet)
    (piece,) = told(bonitet("cases", "show", COMPANY, "M-1", "--json"))["evidence"]
    assert piece["seen_at"] == piece["reported_at"] == "2026-03-20T00:00:00+01:00"


def test_nothing_is_reported_before_it_is_seen(bonitet: Bonitet) -> None:
    report = ("desk", "report-misuse", COMPANY, "M-1", "--kind", "alteration", "--evidence", "page.html")
    at = ("--on", "2026-03-20 12:00")
    late = bonitet(*report, *at, "--seen-at", "2026-03-20 12:01")
    assert late.exit_code == 1
    assert "nothing is reported before it is seen" in late.stderr
    assert bonitet(*report, *at, "--seen-at", "2026-03-20 12:00").exit_code == 0


def test_an_address_on_the_web_is_no_evidence_without_what_was_found_there(bonitet: Bonitet) -> None:
    result = bonitet("desk", "report-misuse", COMPANY, "M-1", "--kind", "alteration", "--url", URL)
    assert result.exit_code == 2
    assert "--evidence" in result.stderr


@pytest.mark.parametrize("columns", ["80", "220"])
def test_a_document_that_was_changed_or_is_missing_is_said_to_be_so(
    bonitet: Bonitet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    reported(bonitet)
    kept = tmp_path / "bonitet.sqlite3.evidence" / PAGE_HASH
    assert documents.state_of(kept.parent, PAGE_HASH) is State.UNCHANGED
    assert "unchanged" in bonitet("cases", "show", COMPANY, "M-1").stdout
    kept.chmod(0o644)
    kept.write_bytes(PAGE + b" ")
    assert documents.state_of(kept.parent, PAGE_HASH) is State.CHANGED
    assert "changed since" in bonitet("cases", "show", COMPANY, "M-1").stdout
    kept.unlink()
    assert documents.state_of(kept.parent, PAGE_HASH) is State.MISSING
    assert "not kept here" in bonitet("cases", "show", COMPANY, "M-1").stdout


def test_more_evidence_is_listed_in_the_order_in_which_it_came_and_says_if_it_was_taken_back(bonitet: Bonitet) -> None:
    reported(bonitet)
    add = ("desk", "add-evidence", COMPANY, "M-1", "--evidence", HASH, "--evidence", "1" * 64, "--reported-by", "staff")
    assert bonitet(*add, "--on", "2026-03-21", "--actor", "mira.p").exit_code == 0
    shown = told(bonitet("cases", "show", COMPANY, "M-1", "--json"))["evidence"]
    assert [(piece["sha256"], piece["document"], piece["actor"]) for piece in shown] == [
        (PAGE_HASH, "unchanged", "desk"),
        (HASH, "not kept here", "mira.p"),
        ("1" * 64, "not kept here", "mira.p"),
    ]
    history = bonitet("certificate", "history", COMPANY, "--all", "--json").stdout.splitlines()
    added = next(row["fact"] for row in map(json.loads, history) if row["event"] == "EvidenceAdded")
    assert bonitet("desk", "retract", COMPANY, added, "--reason", "another company").exit_code == 0
    shown = told(bonitet("cases", "show", COMPANY, "M-1", "--json"))["evidence"]
    assert [piece["retracted"] for piece in shown] == [False, True, True]
    assert ", retracted" in bonitet("cases", "show", COMPANY, "M-1").stdout


def test_where_nobody_said_where_documents_are_kept_nobody_looked(
    bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(bonitet)

    def unsaid(_: object) -> Path:
        raise Stopped("say where documents are kept with BONITET_EVIDENCE")

    monkeypatch.setattr(documents, "directory", unsaid)
    shown = bonitet("cases", "show", COMPANY, "M-1").stdout
    assert "not looked after" in shown
    assert "BONITET_EVIDENCE" in shown


@pytest.mark.parametrize("columns", ["80", "220"])
def test_a_new_case_shows_how_the_earlier_ones_ended_and_a_closed_one_is_still_found(
    bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    reported(bonitet, "M-1", "2026-03-02")
    assert "No other case" in bonitet("cases", "show", COMPANY, "M-1").stdout
    assert bonitet("desk", "warning-delivered", COMPANY, "M-1", "--on", "2026-03-02 10:00").exit_code == 0
    assert bonitet("desk", "verify-ceased", COMPANY, "M-1", "--on", "2026-03-03 12:00").exit_code == 0
    reported(bonitet, "M-2", "2026-03-20")
    shown = told(bonitet("cases", "show", COMPANY, "M-2", "--json"))
    assert (shown["state"], shown["repeats"], shown["ended_at"]) == ("reported", True, None)
    (other,) = shown["other_cases"]
    assert other == {
        "case": "M-1",
        "order": "N-1",
        "violation": "alteration",
        "opened_at": "2026-03-02T00:00:00+01:00",
        "state": "ceased",
        "outcome": "nothing: it stopped, without a suspension",
        "rule": "DNB-7.2",
        "ended_at": "2026-03-03T12:00:00+01:00",
    }
    page = bonitet("cases", "show", COMPANY, "M-2").stdout
    assert "DNB-7.6" in page
    assert "it stopped, without a suspension" in page
    closed = told(bonitet("cases", "show", COMPANY, "M-1", "--json"))
    assert (closed["state"], closed["ended_at"]) == ("ceased", "2026-03-03T12:00:00+01:00")
    assert {move["command"] for move in closed["moves"] if move["allowed"]} >= {"desk add-evidence"}
    assert bonitet("cases", "show", COMPANY, "M-9").exit_code == 1
