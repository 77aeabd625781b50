"""What the register would show under another reading of the terms, told without writing anything."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters.cli import opening
from adapters.cli.app import app
from adapters.intake.engine import Part
from adapters.intake.work import Summary
from adapters.main import System
from adapters.replaying import Difference, UnknownReading, differences, policy_of
from domain.identity import SCHEME_SUBJECT
from domain.policies import Policy
from domain.standing import Status
from domain.wire import ANY_CLOUD_EVENT
from tests.installation import COMPANY, NOW, OTHER, installation, made_up, names, numbered, registration, waiting, wire
from tests.installation import take_in as ingest
from tests.story import HASH, moment

CLASS = {"attained": "AAA", "model_version": "m-1", "inputs_hash": HASH}
COMPLETE: dict[str, Any] = dict.fromkeys(("states_expiry", "states_class", "states_edition"), True)
USUAL = Policy()


def about(kind: str, at: str, /, *, subject: str = COMPANY, learned: str | None = None, **data: Any) -> bytes:
    """A fact that is learned in Belgrade when it happens."""
    instants = [moment(text).isoformat() for text in (at, learned or at)]
    return wire(kind, *instants, subject=subject, name=f"{kind}-{at[:10]}-{data.get('case', '')}", data=data)


def holder(subject: str = COMPANY) -> list[bytes]:
    """A certificate concluded on 1 July 2024 that runs until 1 July 2025."""
    return [
        registration(subject),
        about("ClassAssessed", "2024-05-15", subject=subject, business_year=2023, **CLASS),
        about("ConsensusRecorded", "2024-07-01", subject=subject, order="N-1", evidence=HASH),
    ]


def reported(case: str, at: str) -> bytes:
    return about("MisuseReported", at, case=case, kind="alteration", evidence=[HASH])


def take_in(system: System, *lines: bytes) -> None:
    """All of them are recorded or wait."""
    assert ingest(system, *lines).rejected == 0


def told(system: System, until: datetime = NOW, **reading: Any) -> list[Difference]:
    return list(differences(system, Policy(**reading), until))


def statuses(difference: Difference) -> tuple[Status | None, ...]:
    rows = (difference.then, difference.would_be, difference.now, difference.would_be_now)
    return tuple(row and row.status for row in rows)


@pytest.fixture(name="system")
def _system(tmp_path: Path) -> Iterator[System]:
    with installation(tmp_path / "a.sqlite3") as system:
        yield system


# --- one reading after the other -----------------------------------------------------------------------------------


def persisted(*, repeated: bool) -> list[bytes]:
    """Misuse that went on after the seven working days, or was ended and repeated; two people took the mark away."""
    first = [reported("C-1", "2024-09-02"), about("WarningDelivered", "2024-09-02 10:00", case="C-1")]
    if repeated:
        steps = [about("CessationVerified", "2024-09-03", case="C-1"), reported("C-2", "2024-11-04")]
    else:
        steps = [about("SecondDemandDelivered", "2024-09-05", case="C-1")]
    case = "C-2" if repeated else "C-1"
    end = [
        about("ViolationVerified", "2024-12-01", case=case),
        about("PermanentWithdrawalProposed", "2024-12-02", case=case, proposed_by="ana"),
        about("PermanentWithdrawalApproved", "2024-12-03", case=case, approved_by="boris"),
    ]
    return [*holder(), *first, *steps, *end]


@pytest.mark.parametrize("repeated", [True, False])
def test_a_withdrawal_for_good_may_take_persisting_and_repeating(system: System, *, repeated: bool) -> None:
    take_in(system, *persisted(repeated=repeated))
    (found,) = told(system, moment("2025-01-10"), permanent_requires_both=True)
    without = Status.VALID if repeated else Status.SUSPENDED
    assert (found.certificate, found.since) == (f"{COMPANY}/N-1", moment("2024-12-03"))
    assert statuses(found) == (Status.REVOKED, without, Status.REVOKED, without)


@pytest.mark.parametrize("repeated", [True, False])
def test_one_of_both_may_be_enough_for_a_withdrawal_for_good(tmp_path: Path, *, repeated: bool) -> None:
    strict = Policy(permanent_requires_both=True)
    with installation(tmp_path / "strict.sqlite3", policy=strict) as system:
        take_in(system, *persisted(repeated=repeated))
        (found,) = told(system, moment("2025-01-10"))
    with_both = Status.VALID if repeated else Status.SUSPENDED
    assert statuses(found)[:2] == (with_both, Status.REVOKED)


def test_a_command_that_was_refused_is_tried_again(tmp_path: Path) -> None:
    with installation(tmp_path / "strict.sqlite3", policy=Policy(permanent_requires_both=True)) as system:
        take_in(system, *persisted(repeated=True)[:-2])
        at = "2026-06-01"
        commands = (
            about("PermanentWithdrawalProposed", at, case="C-2", proposed_by="ana"),
            about("PermanentWithdrawalApproved", at, case="C-2", approved_by="boris"),
        )
        for line in commands:
            assert system.engine.submit(ANY_CLOUD_EVENT.validate_json(line))[1] is not None
        assert told(system, permanent_requires_both=True) == []
        (found,) = told(system, permanent_requires_both=False)
        assert found.since == moment(at)


def test_a_lapsed_warning_suspends_by_itself_or_by_a_person(tmp_path: Path) -> None:
    warned = [reported("C-1", "2024-09-02"), about("WarningDelivered", "2024-09-02 10:00", case="C-1")]
    until = moment("2025-01-10")
    for suspends in (True, False):
        with installation(tmp_path / f"{suspends}.sqlite3", policy=Policy(auto_suspend_on_lapse=suspends)) as system:
            take_in(system, *holder(), *warned)
            assert told(system, moment("2024-09-04 09:59"), auto_suspend_on_lapse=not suspends) == []
            (found,) = told(system, until, auto_suspend_on_lapse=not suspends)
            assert found.since == moment("2024-09-04 10:00"), "also where nobody has enforced it yet"
            here = [Status.SUSPENDED, Status.VALID]
            assert statuses(found) == tuple((here if suspends else here[::-1]) * 2)


def test_a_past_blockade_refuses_an_order_or_not(tmp_path: Path) -> None:
    blocked = [
        about("AccountBlocked", "2024-01-10", blockade="B-1"),
        about("AccountUnblocked", "2024-02-10", blockade="B-1"),
    ]
    registered, assessed, agreed = holder()
    for excludes in (True, False):
        with installation(tmp_path / f"{excludes}.sqlite3", policy=Policy(blocked_365d_excludes=excludes)) as system:
            take_in(system, registered, *blocked, assessed, agreed)
            (found,) = told(system, moment("2024-08-01"), blocked_365d_excludes=not excludes)
            assert (found.since, found.holder) == (moment("2024-07-01"), "Textil")
            here = [None, Status.VALID]
            assert statuses(found) == tuple((here if excludes else here[::-1]) * 2)


def test_what_was_decided_before_a_late_fact_stands_in_the_other_world_as_well(system: System) -> None:
    """A blockade learned after the renewal can't undo it, whichever reading would have refused it."""
    take_in(
        system,
        *holder(),
        about("RenewalNoticeDelivered", "2025-04-20", order="N-1", **COMPLETE),
        about("ClassAssessed", "2025-05-15", business_year=2024, **CLASS),
        about("AccountBlocked", "2024-09-10", learned="2025-08-01", blockade="B-1"),
    )
    assert told(system) == []
    assert told(system, blocked_365d_excludes=False) == []


# --- the same reading ----------------------------------------------------------------------------------------------


def test_under_the_same_reading_nothing_differs(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3", batch=70, cache=100) as system:
        take_in(system, *made_up(120))
        events = []
        assert list(differences(system, USUAL, NOW, progress=lambda done, _: events.append(done))) == []
        facts_about_all = len(system.store.history(SCHEME_SUBJECT))
        assert events[-1] == system.store.last_position() - facts_about_all
        assert len(told(system, blocked_365d_excludes=False)) > 2
        assert told(system, blocked_365d_excludes=False) == told(system, blocked_365d_excludes=False)


def test_a_fact_about_the_scheme_reaches_a_company_as_late_as_it_did(system: System) -> None:
    """Of several partitions one may be read ahead: the contract was renewed before its extension was known."""
    window = {"business_year": 2024, "closes_on": "2025-08-30"}
    take_in(system, wire("DataCollectionOpened", "2025-06-20", subject=SCHEME_SUBJECT, data=window))
    lines = [
        *holder(),
        about("RenewalNoticeDelivered", "2025-04-20", order="N-1", **COMPLETE),
        about("ClassAssessed", "2025-05-15", business_year=2024, **CLASS),
        about("StatementFiled", "2025-07-10", business_year=2024),
    ]
    part = Part("kafka:1", 0, len(lines), list(numbered(lines)), scheme_facts=0)
    system.engine.take_in([part], Summary())
    assert "ContractRenewed" in names(system)
    system.engine.enforce(NOW)
    assert told(system) == []


def test_nothing_differs_in_postgresql(database: str) -> None:
    with installation(database, batch=70, cache=100) as system:
        take_in(system, *made_up(40))
        assert told(system) == []
        of_one = told(system, blocked_365d_excludes=False)[:1]
        subject = of_one[0].certificate.partition("/")[0]
        assert list(differences(system, Policy(blocked_365d_excludes=False), NOW, subject=subject))[:1] == of_one


def test_companies_are_told_in_order_whatever_the_page(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(30))
        told_once = list(system.store.subjects())
        assert told_once == sorted(set(told_once))
        assert told_once == list(system.store.subjects(page=2))
        assert {COMPANY.partition("-")[0]} | {s.partition("-")[0] for s in told_once} >= {"RS", "SCHEME"}


def test_for_a_company_with_parked_facts_nothing_falls_due_in_either_world(system: System) -> None:
    warned = [reported("C-1", "2024-09-02"), about("WarningDelivered", "2024-09-02 10:00", case="C-1")]
    unknown = about("FactRetracted", "2024-09-03", fact="nobody-knows")
    take_in(system, *holder(), *warned, *holder(OTHER), unknown)
    assert [parked.subject for parked in waiting(system)] == [COMPANY]
    assert told(system, auto_suspend_on_lapse=False) == []


# --- readings ------------------------------------------------------------------------------------------------------


def test_readings_are_told_by_name_and_value() -> None:
    readings = ["permanent_requires_both=true", "gold_basis=excellence", "extension_alarm_days=30"]
    other = policy_of(Policy(clock_from="sending"), readings)
    assert other == Policy(
        clock_from="sending", permanent_requires_both=True, gold_basis="excellence", extension_alarm_days=30
    )


@pytest.mark.parametrize(
    "reading", ["nobody=1", "version=2", "gold_basis=silver", "clock_from", "extension_alarm_days=x"]
)
def test_a_reading_that_nobody_knows_is_refused(reading: str) -> None:
    with pytest.raises(UnknownReading, match=r"docs/policies.md|can't be"):
        policy_of(USUAL, [reading])


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture(name="place")
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in a file, on 1 July 2026, that nobody has open."""
    path = tmp_path / "bonitet.sqlite3"
    with installation(path) as system:
        registered, *ordered = holder(OTHER)
        blocked = [
            about("AccountBlocked", "2024-01-10", subject=OTHER, blockade="B-1"),
            about("AccountUnblocked", "2024-02-10", subject=OTHER, blockade="B-1"),
        ]
        take_in(system, *persisted(repeated=True), registered, *blocked, *ordered)
        system.engine.enforce(NOW)
    monkeypatch.setattr(opening, "clock", lambda: NOW)
    monkeypatch.setenv("BONITET_DATABASE", str(path))
    monkeypatch.setenv("BONITET_KEY", "k" * 32)
    monkeypatch.setenv("COLUMNS", "200")
    return path


def bonitet(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["replay", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_command_lists_who_would_stand_otherwise_and_writes_nothing(place: Path) -> None:
    def contents() -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in place.parent.iterdir()}

    before = contents()
    told_all = bonitet("--policy", "permanent_requires_both=true", "--until", "2025-01-10")
    assert told_all.exit_code == 0
    assert f"{COMPANY}/N-1" in told_all.stdout
    assert OTHER not in told_all.stdout
    assert "revoked AAA until 2025-07-01" in told_all.stdout
    assert "1 certificates would stand otherwise" in told_all.stderr
    line = bonitet("--policy", "permanent_requires_both=true", "--until", "2025-01-10", "--json")
    (found,) = [json.loads(each) for each in line.stdout.splitlines()]
    assert (found["certificate"], found["from"]) == (f"{COMPANY}/N-1", "2024-12-03T00:00:00+01:00")
    assert (found["then"]["status"], found["would_be"]["status"]) == ("revoked", "valid")
    assert found["would_be_now"]["valid_until"] == "2025-07-01"
    assert contents() == before


def test_a_company_on_its_own_is_compared(place: Path) -> None:
    assert place.exists()
    one = bonitet("--policy", "permanent_requires_both=true", "--company", OTHER)
    assert one.exit_code == 0
    assert "with permanent_requires_both=true every certificate stands as it does" in one.stdout
    gone = bonitet("--policy", "blocked_365d_excludes=true", "--company", COMPANY, "--json")
    assert gone.stdout == ""


def test_who_has_no_certificate_and_would_have_one_is_shown_as_well(place: Path) -> None:
    assert place.exists()
    shown = bonitet("--policy", "blocked_365d_excludes=false")
    assert f"{OTHER}/N-1" in shown.stdout
    assert "no certificate" in shown.stdout
    found = json.loads(bonitet("--policy", "blocked_365d_excludes=false", "--json").stdout)
    assert (found["certificate"], found["then"], found["would_be"]["status"]) == (f"{OTHER}/N-1", None, "valid")


def test_a_reading_that_is_none_is_wrong_usage(place: Path) -> None:
    assert place.exists()
    result = bonitet("--policy", "permanent_requires_both=perhaps")
    assert result.exit_code == 2
    assert "permanent_requires_both can't be 'perhaps'" in result.stderr
