"""An older program that meets what a newer one has stored: it stops, says what to do, and sets nothing aside for it."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from typer.testing import CliRunner

from adapters.cli.app import app
from adapters.kafka.publishing import Events, Notices
from adapters.main import System
from adapters.measures import Measures
from adapters.projector import Projector
from adapters.running import run
from adapters.store.codec import UnknownFormat
from adapters.store.projecting import Projections
from domain.identity import SCHEME_SUBJECT
from tests.installation import (
    COMPANY,
    KEY,
    NOW,
    OTHER,
    installation,
    names,
    registration,
    rejects,
    take_in,
    waiting,
    wire,
)

ASK = "run the newest version in its place"
REGISTERED = (
    '"stream":"{stream}","effective_at":"2024-05-01T00:00:00Z","recorded_at":"2024-05-01T00:00:00Z","data":{data}'
)
FOUNDED = '{"name":"Textil","founders":3}'
NEWER = {
    "another name": ("CompanyMerged:1", '{"into":"EX-00000009"}'),
    "a newer version": ("AccountBlocked:2", '{"blockades":["B-1"]}'),
    "one more field": ("CompanyRegistered:1", FOUNDED),
}


def store_newer(system: System, kind: str, stream: str = COMPANY) -> None:
    """Append to a stream as a newer program does."""
    topic, data = NEWER[kind]
    with system.store.transaction() as c:
        version, state = c.exec_driver_sql(
            "SELECT originator_version, state FROM stored_events WHERE originator_id=? ORDER BY 1 DESC", (stream,)
        ).one()
        before = hashlib.sha256(state).hexdigest()
        body = REGISTERED.format(stream=stream, data=data)
        written = f'{{"prev":"{before}","topic":"{topic}",{body}}}'.encode()
        c.exec_driver_sql(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
            (stream, version + 1, topic, written),
        )


@pytest.fixture(params=NEWER)
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    """An installation in which a newer program has written to a company; another process keeps the read models."""
    with installation(tmp_path / "bonitet.sqlite3", projecting=False) as system:
        take_in(system, registration(), registration(OTHER))
        store_newer(system, request.param)
        yield system


def test_facts_are_neither_decided_nor_parked_by_a_program_that_cannot_read_their_company(system: System) -> None:
    others = wire("AccountBlocked", "2024-06-01", subject=OTHER, name="o", data={"blockade": "B-2"})
    theirs = wire("AccountBlocked", "2024-06-02", name="t", data={"blockade": "B-3"})
    with pytest.raises(UnknownFormat, match=ASK):
        take_in(system, others, theirs, source="later")
    assert waiting(system) == []
    assert rejects(system) == []
    assert names(system, OTHER) == ["CompanyRegistered"]
    assert system.store.source_position("later") == 0
    # What concerns other companies alone goes on.
    assert take_in(system, others, source="another").recorded == 1


def test_deadlines_read_models_and_messages_stop_as_well(system: System) -> None:
    projections = Projections(system.store, system.engine.memory, 100)
    system.engine.refresh()
    steps: list[Callable[[], object]] = [
        lambda: system.engine.foreseen(COMPANY, NOW),
        projections.catch_up,
        lambda: Events(system.store, "log").take(0),
        lambda: Notices(system.store, "log").take(0),
    ]
    for step in steps:
        with pytest.raises(UnknownFormat, match=ASK):
            step()


def test_a_process_that_keeps_running_ends_and_does_not_try_again(system: System) -> None:
    measures = Measures()
    role = Projector(system.store, Projections(system.store, system.engine.memory, 100), measures)
    with pytest.raises(UnknownFormat, match=ASK):
        run([role], system.store, measures=measures, stop=Event(), poll=0.01)


def test_a_scheme_wide_fact_of_a_newer_program_is_met_by_nobody(tmp_path: Path) -> None:
    with installation(tmp_path / "bonitet.sqlite3") as system:
        opened = wire("DataCollectionOpened", "2024-01-01", subject=SCHEME_SUBJECT, data={"business_year": 2023})
        take_in(system, registration(), opened)
        store_newer(system, "a newer version", SCHEME_SUBJECT)
        with pytest.raises(UnknownFormat, match=ASK):
            take_in(system, wire("AccountBlocked", "2024-06-02", data={"blockade": "B-3"}), source="later")
        assert waiting(system) == []


@pytest.mark.parametrize("asked", [("ingest", "-"), ("enforce",), ("register", "list")])
def test_a_command_says_what_to_do(asked: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / "bonitet.sqlite3"
    with installation(place) as system:
        take_in(system, registration())
        store_newer(system, "a newer version")
    environment = {"BONITET_DATABASE": str(place), "BONITET_KEY": KEY}
    done = CliRunner().invoke(app, asked, env=environment, input="")
    assert done.exit_code == 1
    assert "AccountBlocked:2" in done.output
    assert ASK in " ".join(done.output.split())
