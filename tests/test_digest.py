"""The digest: equal however facts were batched and whenever deadlines were enforced, and a proof of what is stored."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copyfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.main import System, build
from adapters.settings import Settings
from adapters.store.store import Tampered
from domain.events import Event
from tests.installation import COMPANY, KEY, NOW, OTHER, contents, installation, made_up, registration, take_in, wire
from tests.lives import CHECKED, lives, published, retracted
from tests.test_projections import as_lines, interleaved, the_same

FEW = 16


# --- the first law -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, list[tuple[object, ...]]]]:
    """What one run in one batch tells of a small portfolio, with all deadlines up to now."""
    with installation(tmp_path_factory.mktemp("wanted") / "a.sqlite3") as system:
        take_in(system, *made_up(FEW))
        system.engine.enforce(NOW)
        return contents(system)


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_the_size_of_a_batch_changes_nothing(batch: int, wanted: tuple[str, dict[str, object]], tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3", batch=batch, cache=100) as system:
        take_in(system, *made_up(FEW))
        system.engine.enforce(NOW)
        digest, tables = contents(system)
    assert digest == wanted[0]
    assert the_same(wanted[1], tables)


def recorded(line: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(line)["recordedtime"])


def in_parts(system: System, told: list[bytes], cuts: list[int], chance: Random) -> None:
    """Each part is read to its end, and deadlines are enforced up to what was read by then or any time before."""
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(told)], strict=True)):
        take_in(system, *told[start:end], source=f"part {number}")
        if end < len(told) and start < end:
            unread = min(recorded(line) for line in told[end:])
            for back in sorted((chance.uniform(0, 400), chance.uniform(0, 3), 0), reverse=True):
                system.engine.enforce(unread - timedelta(days=back, microseconds=1))
    system.engine.enforce(NOW)


@pytest.mark.parametrize("seed", range(3))
def test_the_moments_of_enforcement_change_nothing(
    seed: int, wanted: tuple[str, dict[str, object]], tmp_path: Path
) -> None:
    told, chance = list(made_up(FEW)), Random(seed)
    cuts = sorted(chance.sample(range(len(told)), 25))
    with installation(tmp_path / "a.sqlite3", batch=chance.choice([3, 50, 500])) as system:
        in_parts(system, told, cuts, chance)
        digest, tables = contents(system)
    assert digest == wanted[0]
    assert the_same(wanted[1], tables)


@settings(CHECKED, max_examples=20)
@given(
    lives(retracted, published),
    lives(retracted),
    st.integers(1, 9),
    st.lists(st.integers(0, 40), max_size=3),
    st.integers(),
)
def test_of_any_life_neither_batches_nor_enforcement_change_anything(
    tmp_path_factory: pytest.TempPathFactory, one: list[Event], two: list[Event], batch: int, cuts: list[int], seed: int
) -> None:
    told = interleaved(as_lines(one, COMPANY), as_lines(two, OTHER))
    told = sorted(told, key=recorded)
    folder = tmp_path_factory.mktemp("life")
    with installation(folder / "a.sqlite3") as system:
        take_in(system, *told)
        system.engine.enforce(NOW)
        expected = contents(system)
    with installation(folder / "b.sqlite3", batch=batch) as system:
        in_parts(system, told, sorted({cut for cut in cuts if cut < len(told)}), Random(seed))
        digest, tables = contents(system)
    assert the_same(expected[1], tables)
    assert digest == expected[0]


def test_another_order_among_the_facts_of_a_company_is_another_history(tmp_path: Path) -> None:
    first, second = (wire("AccountBlocked", "2024-03-01", data={"blockade": b}, name=b) for b in ("B-1", "B-2"))
    digests = set()
    for name, told in (("a", [first, second]), ("b", [second, first])):
        with installation(tmp_path / f"{name}.sqlite3") as system:
            take_in(system, registration(), *told)
            digests.add(system.store.digest())
    assert len(digests) == 2


def test_the_order_among_companies_is_not_in_the_digest(tmp_path: Path) -> None:
    digests = set()
    for name, subjects in (("a", [COMPANY, OTHER]), ("b", [OTHER, COMPANY])):
        with installation(tmp_path / f"{name}.sqlite3") as system:
            take_in(system, *(registration(subject) for subject in subjects))
            digests.add(system.store.digest())
    assert len(digests) == 1


# --- what it proves ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("proof") / "a.sqlite3"
    with installation(path) as system:
        take_in(system, *made_up(FEW, years=3))
    return path


@contextmanager
def tampered(file: Path, tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, System]]:
    """A copy whose guards somebody has taken away, with a way to write to it and the system that reads it."""
    path = tmp_path / "copy.sqlite3"
    copyfile(file, path)
    with installation(path) as system:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("DROP TRIGGER stored_events_no_update")
        other.execute("DROP TRIGGER stored_events_no_delete")
        yield other, system
        other.close()


def streams(c: sqlite3.Connection) -> list[tuple[str, int]]:
    return c.execute("SELECT originator_id, MAX(originator_version) FROM stored_events GROUP BY 1").fetchall()


def test_any_changed_byte_but_the_last_event_s_breaks_the_chain(file: Path, tmp_path: Path) -> None:
    chance = Random(1)
    with tampered(file, tmp_path) as (c, system):
        long = [stream for stream, versions in streams(c) if versions > 2]
        for stream in chance.sample(long, 12):
            version = chance.randrange(1, dict(streams(c))[stream])
            where = (stream, version)
            (state,) = c.execute(
                "SELECT state FROM stored_events WHERE originator_id=? AND originator_version=?", where
            ).fetchone()
            at = chance.randrange(len(state))
            changed = state[:at] + bytes([state[at] ^ 1]) + state[at + 1 :]
            c.execute(
                "UPDATE stored_events SET state=? WHERE originator_id=? AND originator_version=?", (changed, *where)
            )
            with pytest.raises(Tampered, match=rf"{stream}, version ({version}|{version + 1}): it does not follow"):
                system.store.digest()
            c.execute(
                "UPDATE stored_events SET state=? WHERE originator_id=? AND originator_version=?", (state, *where)
            )
            assert len(system.store.digest()) == 64


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stored_events WHERE originator_id='{0}' AND originator_version=1",
        "DELETE FROM stored_events WHERE originator_id='{0}' AND originator_version=2",
        "UPDATE stored_events SET originator_version=99 WHERE originator_id='{0}' AND originator_version={1}",
        "UPDATE stored_events SET originator_id='{0}/X-1' WHERE originator_id='{0}' AND originator_version={1}",
        """INSERT INTO stored_events (originator_id, originator_version, topic, state)
           SELECT originator_id, 1 + originator_version, topic, state FROM stored_events
           WHERE originator_id='{0}' AND originator_version={1}""",
    ],
    ids=["first deleted", "one deleted", "renumbered", "moved to another stream", "copied to the end"],
)
def test_an_event_deleted_moved_or_added_breaks_the_chain(statement: str, file: Path, tmp_path: Path) -> None:
    with tampered(file, tmp_path) as (c, system):
        stream, last = next((s, n) for s, n in streams(c) if n > 3)
        c.execute(statement.format(stream, last))
        with pytest.raises(Tampered):
            system.store.digest()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stored_events WHERE originator_id='{0}' AND originator_version={1}",
        "DELETE FROM stored_events WHERE originator_id='{0}'",
        """UPDATE stored_events SET state=CAST(replace(CAST(state AS TEXT), 'recorded_at', 'recorded_ad') AS BLOB)
           WHERE originator_id='{0}' AND originator_version={1}""",
    ],
    ids=["last event deleted", "whole stream deleted", "last event changed"],
)
def test_what_no_chain_can_show_shows_in_a_digest_that_was_kept_elsewhere(
    statement: str, file: Path, tmp_path: Path
) -> None:
    # Nothing follows the end of a stream. Whoever wants to be sure of it keeps the digest where nobody can change it.
    with tampered(file, tmp_path) as (c, system):
        kept = system.store.digest()
        stream, last = next((s, n) for s, n in streams(c) if n > 3)
        c.execute(statement.format(stream, last))
        assert system.store.digest() != kept


def test_an_event_that_is_given_another_name_breaks_the_chain(file: Path, tmp_path: Path) -> None:
    # The data of some facts look alike: an offer made and an offer confirmed hold nothing but the order.
    with tampered(file, tmp_path) as (c, system):
        assert system.store.digest()
        c.execute("UPDATE stored_events SET topic='OfferConfirmed:1' WHERE topic='OfferMade:1'")
        with pytest.raises(Tampered):
            system.store.digest()


def test_a_stream_that_is_given_to_another_company_breaks_the_chain(file: Path, tmp_path: Path) -> None:
    with tampered(file, tmp_path) as (c, system):
        stream = next(s for s, n in streams(c) if n > 3)
        c.execute(f"UPDATE stored_events SET originator_id='RS-00000000' WHERE originator_id='{stream}'")  # noqa: S608
        with pytest.raises(Tampered):
            system.store.digest()


def test_another_key_gives_other_references_and_so_another_digest(tmp_path: Path) -> None:
    named = wire("RepresentativeNamed", data={"order": "N-1", "name": "Ana", "email": "ana@textil.rs"})
    digests = set()
    for number, key in enumerate((KEY, KEY, "z" * 32)):
        with build(Settings(database=str(tmp_path / f"{number}.sqlite3"), key=key), lambda: NOW) as system:
            take_in(system, registration(), named)
            digests.add(system.store.digest())
    assert len(digests) == 2
