"""Deadlines of many companies at once: in batches, what is in memory first, and no more of it than was allowed."""

import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.intake.work import Summary
from tests.installation import NOW, installation, registration, take_in, wire

COMPANIES, REMEMBERED, BATCH = 250, 100, 30


def life(number: int) -> tuple[bytes, ...]:
    """A certificate of 2024, whose end nobody has told yet."""
    subject = f"EX-{number:08}"
    assessed = {"business_year": 2023, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    return (
        registration(subject),
        wire("ClassAssessed", "2024-05-15", subject=subject, name=f"c-{number}", data=assessed),
        wire(
            "ConsensusRecorded",
            "2024-06-01",
            subject=subject,
            name=f"o-{number}",
            data={"order": "N-1", "evidence": "0" * 64},
        ),
    )


def test_what_is_in_memory_is_enforced_before_others_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    held: list[int] = []
    thresholds: set[int] = set()
    with installation(tmp_path / "a.sqlite3", cache=REMEMBERED, batch=BATCH) as system:
        take_in(system, *(line for number in range(COMPANIES) for line in life(number)))
        known, histories, usual = set(system.engine.memory.known), system.store.histories, gc.get_threshold()

        def counted(subjects: Iterable[str], until: int | None = None) -> Iterator[Any]:
            wanted = list(subjects)
            read.extend(wanted)
            return histories(wanted, until)

        def look(_: Summary) -> None:
            held.append(len(system.engine.memory.known))
            thresholds.add(gc.get_threshold()[0])

        monkeypatch.setattr(system.store, "histories", counted)
        done = system.engine.enforce(NOW, look)
        assert done.events >= COMPANIES
        assert len(known) == REMEMBERED
        assert sorted(read) == sorted({f"EX-{n:08}" for n in range(COMPANIES)} - known)
        assert len(held) == -(-COMPANIES // BATCH)
        assert max(held) <= REMEMBERED
        assert usual[0] not in thresholds
        assert gc.get_threshold() == usual
        assert system.engine.enforce(NOW).events == 0
