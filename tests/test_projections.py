"""Read models: built anew they are what they were, and whoever writes, and however many, they tell the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.main import System
from adapters.store import projecting
from adapters.store.store import FileStore, Store
from domain.events import Event
from domain.identity import SCHEME_SUBJECT
from domain.standing import Standing
from domain.wire import cloud_event
from projections.register import entries_of, latest, on_day, stale
from projections.worklist import worklist
from tests.installation import (
    COMPANY,
    NOW,
    OTHER,
    THIRD,
    contents,
    installation,
    made_up,
    numbered,
    registration,
    rows,
    take_in,
    wire,
)
from tests.life import is_scheme_wide
from tests.lives import CHECKED, lives, published, retracted

FEW = 16  # companies, most of them with a story of their own


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system that has read 150 companies over eight years, and enforced their deadlines up to now."""
    with installation(tmp_path_factory.mktemp("portfolio") / "a.sqlite3", batch=500) as system:
        take_in(system, *made_up(150))
        system.engine.enforce(NOW)
        told = {r.event.name for r in system.store.log(0, 100_000)}
        assert {"FactRetracted", "DecisionAnnulled", "ContractExtendedPendingData", "MarkLicenceRevoked"} <= told
        yield system


def the_same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Equal, told apart table by table so that a difference can be read."""
    for table, told in left.items():
        assert set(told) ^ set(right[table]) == set(), table
    return left == right


# --- rebuild equals live -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stretch", "remembered"), [(10_000, 60_000), (1_000, 60_000), (300, 5)])
def test_read_models_built_anew_are_those_kept_up_to_date(
    portfolio: System, stretch: int, remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projecting, "CATCH_UP", stretch)
    monkeypatch.setattr(portfolio.engine.projections, "_remember", remembered)
    before = rows(portfolio)
    assert len(before["register"]) > 500
    assert portfolio.engine.projections.rebuild() == portfolio.store.last_position()
    assert the_same(before, rows(portfolio))


@pytest.mark.parametrize("gone", [1, 1_500, 6_000])
def test_read_models_that_fell_behind_catch_up_from_any_position(
    gone: int, portfolio: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = rows(portfolio)
    path = tmp_path / "a.sqlite3"
    stop = portfolio.store.last_position() - gone
    copy(portfolio.store, path, stop)
    with installation(path) as system:
        assert system.store.projected(projecting.NAME) == stop
        copy(portfolio.store, path, portfolio.store.last_position(), after=stop)
    monkeypatch.setattr(projecting, "CATCH_UP", 1_000)
    with installation(path) as system:
        assert system.store.projected(projecting.NAME) == portfolio.store.last_position()
        assert the_same(wanted, rows(system))


def copy(store: Store, path: Path, until: int, after: int = 0) -> None:
    """The log between two positions, in another file whose read models know nothing of it."""
    other = FileStore(path)
    with store.reading() as c:
        told = c.exec_driver_sql(
            "SELECT * FROM stored_events WHERE notification_id>? AND notification_id<=?", (after, until)
        ).all()
    with other.transaction() as c:
        c.exec_driver_sql("INSERT INTO stored_events VALUES (?,?,?,?,?)", [tuple(row) for row in told])
    other.close()


def as_lines(told: list[Event], subject: str) -> list[bytes]:
    """A life of one company as the lines in which it would have come."""
    lines = [registration(subject, "2015-01-01")]
    for number, event in enumerate(e for e in told if e.recorded_at <= NOW):
        about = SCHEME_SUBJECT if is_scheme_wide(event) else subject
        fact = cloud_event(
            about,
            event.data,  # type: ignore[arg-type]
            id=event.fact or f"f-{number}",
            source=event.source or "urn:life",
            time=event.effective_at,
            recordedtime=event.recorded_at,
        )
        lines.append(fact.model_dump_json(exclude_none=True).encode())
    return lines


def interleaved(*sources: list[bytes]) -> list[bytes]:
    return [line for line in chain(*zip_longest(*sources)) if line is not None]


@settings(CHECKED, max_examples=25)
@given(
    lives(retracted, published), lives(retracted, published), st.sampled_from([1, 5, 100]), st.sampled_from([1, 7, 50])
)
def test_of_any_life_read_models_built_anew_are_those_kept_up_to_date(
    tmp_path_factory: pytest.TempPathFactory, one: list[Event], two: list[Event], batch: int, stretch: int
) -> None:
    told = interleaved(as_lines(one, COMPANY), as_lines([e for e in two if not is_scheme_wide(e)], OTHER))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(projecting, "CATCH_UP", stretch)
        with installation(tmp_path_factory.mktemp("life") / "a.sqlite3", batch=batch) as system:
            summary = take_in(system, *told)
            assert summary.rejected == 0
            before = rows(system)
            system.engine.projections.rebuild()
            assert the_same(before, rows(system))
            system.engine.enforce(NOW)
            before = rows(system)
            system.engine.projections.rebuild()
            assert the_same(before, rows(system))


def test_a_contract_that_is_retracted_leaves_no_entry_that_a_later_process_does_not_know_of(tmp_path: Path) -> None:
    data = {"business_year": 2025, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    agreed = wire("ConsensusRecorded", "2026-06-01", data={"order": "N-1", "evidence": "0" * 64}, name="agreed")
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), wire("ClassAssessed", "2026-05-15", data=data), agreed)
        assert rows(system)["agenda"]
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, wire("FactRetracted", "2026-06-30", data={"fact": "agreed"}))
        told = rows(system)
        assert (told["agenda"], [row[2] for row in told["register"]]) == ([], ["annulled"])


def test_an_outlook_that_the_scheme_changed_without_a_word_about_the_company_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = {"business_year": 2025}
    data = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(
            system,
            wire("DataCollectionOpened", "2026-01-01", data=opens, subject=SCHEME_SUBJECT, name="opens"),
            registration(),
            wire("ClassAssessed", "2025-04-15", data=data),
            wire("ConsensusRecorded", "2025-05-01", data={"order": "N-1", "evidence": "0" * 64}),
        )
        system.engine.enforce(datetime(2026, 6, 1, tzinfo=UTC))
        last = system.store.last_position()
        known = {"closes_on": "2026-07-10", **opens}
        take_in(system, wire("DataCollectionOpened", "2026-06-20", data=known, subject=SCHEME_SUBJECT, name="known"))
        assert system.store.last_position() == last + 1
        before = rows(system)
        with system.store.reading() as c:
            assert stale(c, datetime(2026, 7, 10, tzinfo=UTC)) == []
            assert stale(c, datetime(2026, 7, 11, tzinfo=UTC)) == [COMPANY]
        monkeypatch.setattr(projecting, "CATCH_UP", 1)
        system.engine.projections.rebuild()
        assert the_same(before, rows(system))
        assert not system.engine.projections.outlook_is_stale()


# --- several engines on one file ---------------------------------------------------------------------------------


def dealt(told: tuple[bytes, ...], *, by_company: bool) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Lines for two readers who take turns: by company, or so that each has some of every company.

    A fact of the scheme is a turn of its own, for it has its place among the facts of every company.
    """
    for scheme_wide, part in groupby(told, lambda line: SCHEME_SUBJECT.encode() in line):
        lines = list(part)
        for start in range(0, len(lines), 60):
            turn = lines[start : start + 60]
            if scheme_wide or not by_company:
                yield (turn, []) if start // 60 % 2 else ([], turn)
            else:
                yield [line for line in turn if _number(line) % 2], [line for line in turn if not _number(line) % 2]


def _number(line: bytes) -> int:
    return int(line.partition(b'"subject":"RS-')[2][:7] or b"0")


@pytest.mark.parametrize("by_company", [True, False], ids=["other companies", "the same companies"])
@pytest.mark.parametrize("idle", [0, 3])
def test_two_engines_in_turn_tell_what_one_alone_would_have_told(by_company: bool, idle: int, tmp_path: Path) -> None:  # noqa: FBT001
    told = made_up(FEW)
    with installation(tmp_path / "alone.sqlite3") as system:
        take_in(system, *told)
        system.engine.enforce(NOW)
        wanted = contents(system)
    path = tmp_path / "shared.sqlite3"
    with installation(path, batch=13) as one, installation(path, batch=17) as two:
        for number, (left, right) in enumerate(dealt(told, by_company=by_company)):
            take_in(one, *left, source=f"left {number}")
            if not idle or number % idle:
                take_in(two, *right, source=f"right {number}")
            else:
                take_in(one, *right, source=f"right {number}")
        two.engine.enforce(NOW)
        assert two.store.digest() == wanted[0]
        assert the_same(wanted[1], contents(one)[1])
        before = rows(one)
        assert len(before["audit"]) == one.store.last_position()
        one.engine.projections.rebuild()
        assert the_same(before, rows(one))


def test_a_batch_that_is_overtaken_between_reading_and_writing_is_decided_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = made_up(FEW)
    with installation(tmp_path / "alone.sqlite3") as system:
        take_in(system, *told)
        wanted = contents(system)
    path = tmp_path / "shared.sqlite3"
    with installation(path, batch=40) as one, installation(path) as two:
        append = one.store.append
        turns = set()

        def overtaken(*args: Any, **kwargs: Any) -> Any:
            # The other one reads the very lines that this one has decided and not written yet.
            if kwargs["moved"] and (start := kwargs["moved"][0].expected) not in turns and start % 3 == 0:
                turns.add(start)
                two.engine.ingest(f"other {start}", numbered(told[start : start + 40]))
            return append(*args, **kwargs)

        monkeypatch.setattr(one.store, "append", overtaken)
        summary = take_in(one, *told)
        assert summary.repeated > len(told) / 4
        assert contents(one)[0] == wanted[0]
        assert the_same(wanted[1], contents(two)[1])


def test_what_another_engine_wrote_of_other_companies_meanwhile_is_not_taken_for_what_one_wrote_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(subject: str) -> list[bytes]:
        data = {"business_year": 2022, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
        agreed = wire("ConsensusRecorded", "2023-06-01", data={"order": "N-1", "evidence": "0" * 64}, subject=subject)
        return [registration(subject), wire("ClassAssessed", "2023-05-15", data=data, subject=subject), agreed]

    def blocked(blockade: str, at: str) -> bytes:
        return wire("AccountBlocked", at, data={"blockade": blockade}, name=blockade)

    path = tmp_path / "shared.sqlite3"
    with installation(path) as one, installation(path) as two:
        take_in(one, *told(COMPANY))
        append = one.store.append

        def meanwhile(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.undo()
            take_in(two, blocked("B-1", "2023-07-01"), source="two")
            return append(*args, **kwargs)

        monkeypatch.setattr(one.store, "append", meanwhile)
        take_in(one, *told(OTHER))
        take_in(one, wire("AccountUnblocked", "2023-08-01", data={"blockade": "B-1"}), blocked("B-2", "2023-09-01"))
        before = rows(one)
        one.engine.projections.rebuild()
        assert the_same(before, rows(one))


def test_read_models_overtaken_while_they_catch_up_go_on_behind_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.sqlite3"
    told = made_up(FEW)
    with installation(path) as one, installation(path) as two:
        take_in(one, *told)
        before = rows(one)
        moves = iter([True, False, True])
        follow = projecting.Follower.follow

        def slow(self: Any, batch: Any) -> Any:
            if next(moves, False):
                two.engine.projections.catch_up()
            return follow(self, batch)

        monkeypatch.setattr(projecting, "CATCH_UP", 300)
        monkeypatch.setattr(projecting.Follower, "follow", slow)
        one.engine.projections.rebuild()
        assert list(moves) == []
        assert the_same(before, rows(one))


def test_what_the_end_of_a_proceeding_settles_leaves_the_worklist_at_once(tmp_path: Path) -> None:
    assessed = {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    liquidation = {"kind": "liquidation", "proceeding": "P-1"}
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(
            system,
            registration(founded="2010-01-01"),
            wire("ClassAssessed", "2025-05-15", data=assessed),
            wire("ConsensusRecorded", "2025-06-01", data={"order": "N-1", "evidence": "0" * 64}),
            wire("InsolvencyOpened", "2025-07-01", data=liquidation),
        )
        assert "decide-loss" in {row[4] for row in rows(system, [worklist])["worklist"]}
        take_in(system, wire("InsolvencyClosed", "2025-08-01", data=liquidation), source="later")
        assert "decide-loss" not in {row[4] for row in rows(system, [worklist])["worklist"]}


# --- questions before and after enforcement ----------------------------------------------------------------------


@pytest.mark.parametrize("day", [datetime(2020, 9, 1, tzinfo=UTC), datetime(2025, 10, 31, tzinfo=UTC), NOW])
def test_what_fell_due_and_is_not_enforced_yet_is_told_as_it_will_be_written(day: datetime, tmp_path: Path) -> None:
    told = [line for line in made_up(60) if _recorded(line) <= day]
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *told)
        with system.store.reading() as c:
            subjects = stale(c, day)
            unchanged = {e.certificate: e.standing for e in on_day(c, day) if e.subject not in subjects}
        assert len(subjects) > 5
        foreseen: dict[str, Standing] = dict(unchanged)
        for subject in subjects:
            dossier = system.engine.foreseen(subject, day)
            for certificate in dossier.certificates.values():
                entry = latest(entries_of(certificate, dossier.company.name), day)
                if entry is not None:
                    foreseen[entry.certificate] = entry.standing
        before = system.store.digest()
        assert system.engine.enforce(day).events > 0
        assert system.store.digest() != before
        with system.store.reading() as c:
            assert {e.certificate: e.standing for e in on_day(c, day)} == foreseen
            assert stale(c, day) == []


def _recorded(line: bytes) -> datetime:
    return datetime.fromisoformat(line.partition(b'"recordedtime":"')[2].partition(b'"')[0].decode())


def test_asking_what_lies_ahead_writes_nothing(portfolio: System) -> None:
    before = portfolio.store.digest(), rows(portfolio)
    with portfolio.store.reading() as c:
        subjects = stale(c, NOW + timedelta(days=1_000))
    assert len(subjects) > 50
    for subject in subjects:
        portfolio.engine.foreseen(subject, NOW + timedelta(days=1_000))
    assert (portfolio.store.digest(), rows(portfolio)) == before
    assert THIRD not in subjects
