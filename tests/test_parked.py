"""What is attributed but can't be decided now waits, with all that comes behind it, until something releases it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from adapters.cli.facts import drop as give_up
from adapters.cli.opening import Failure, Terminal
from adapters.intake import aside, engine, gate
from adapters.intake.engine import UnfinishedSource
from adapters.intake.reading import Line
from adapters.intake.work import Summary
from adapters.main import System
from domain import recording
from domain.dossier import Dossier
from domain.events import Event
from domain.identity import SCHEME_SUBJECT
from domain.wire import ANY_CLOUD_EVENT
from tests.installation import (
    COMPANY,
    NOW,
    OTHER,
    THIRD,
    contents,
    installation,
    names,
    numbered,
    registration,
    take_in,
    waiting,
    wire,
)

UNKNOWN = wire("rs.bonitet.CompanyPraised.v1", "2024-02-01")
NEWER = wire("rs.bonitet.AccountBlocked.v2", "2024-02-01", data={"blockades": ["B-1"]})


def blocked(blockade: str = "B-1", at: str = "2024-03-01", **envelope: Any) -> bytes:
    return wire("AccountBlocked", at, data={"blockade": blockade}, name=f"block-{blockade}", **envelope)


def retracted(fact: str, at: str = "2024-04-01", name: str = "", **envelope: Any) -> bytes:
    return wire("FactRetracted", at, data={"fact": fact}, name=name or f"not-{fact}", **envelope)


def agreed(order: str = "N-1", at: str = "2024-02-01", **envelope: Any) -> bytes:
    return wire("ConsensusRecorded", at, data={"order": order, "evidence": "0" * 64}, **envelope)


def reasons(system: System) -> list[str]:
    return [p.reason for p in waiting(system)]


# --- what is parked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(UNKNOWN, "'rs.bonitet.CompanyPraised.v1' is a type of fact"), (NEWER, "v2' is a version of AccountBlocked")],
)
def test_what_a_newer_program_will_know_waits_for_it_and_others_go_on(
    payload: bytes, reason: str, tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        told = [registration(), registration(OTHER), payload, blocked(), blocked(subject=OTHER), blocked("B-2")]
        assert take_in(system, *told) == Summary(read=6, recorded=3, parked=3, events=3)
        assert reason in reasons(system)[0]
        assert reasons(system)[1:] == ["an earlier fact of this company is parked; this one waits behind it"] * 2
        assert [(p.subject, p.source, p.position, p.payload) for p in waiting(system)] == [
            (COMPANY, "a source", 3, payload),
            (COMPANY, "a source", 4, told[3]),
            (COMPANY, "a source", 6, told[5]),
        ]
        assert names(system) == ["CompanyRegistered"]
        assert names(system, OTHER) == ["CompanyRegistered", "AccountBlocked"]
        # Nothing has changed, so a release finds it as it was.
        assert system.engine.release(COMPANY) == Summary()
        assert len(waiting(system)) == 3
        assert take_in(system, blocked("B-3"), source="later").parked == 1
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, blocked("B-4"), source="even later").parked == 1


def test_what_was_given_up_keeps_its_reason_and_what_waited_behind_it_goes_on(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), UNKNOWN, blocked(), blocked("B-2"))
        system.engine.drop(COMPANY, waiting(system)[0].number, "sent by mistake")
        assert system.engine.release(COMPANY) == Summary(recorded=2, released=2, events=2)
        assert names(system) == ["CompanyRegistered", "AccountBlocked", "AccountBlocked"]
        with system.store.reading() as c:
            states = [(p.state, p.note) for p in aside.waiting(c, state=None)]
        assert states == [("dropped", "sent by mistake"), ("released", None), ("released", None)]
        assert take_in(system, blocked("B-3"), source="later").recorded == 1


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_a_company_that_nobody_has_registered_is_decided_in_order_once_it_is(batch: int, tmp_path: Path) -> None:
    rest = [blocked("B-2", "2024-03-02"), agreed(at="2024-03-03")]
    with installation(tmp_path / "in order.sqlite3") as system:
        take_in(system, blocked(subject=OTHER), registration(), blocked(), *rest)
        wanted = system.store.history(COMPANY)
    with installation(tmp_path / "late.sqlite3", batch=batch) as system:
        summary = take_in(system, blocked(), rest[0], registration(), rest[1])
        assert waiting(system) == []
        assert (summary.recorded, summary.parked) == (4, summary.released)
        told = system.store.history(COMPANY)
        assert names(system)[:4] == ["CompanyRegistered", "AccountBlocked", "AccountBlocked", "ConsensusRecorded"]
        assert [(r.event.name, r.event.effective_at) for r in told] == [
            (r.event.name, r.event.effective_at) for r in wanted
        ]
        assert COMPANY not in system.engine.memory.queues


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_retraction_of_nothing_yet_known_is_decided_once_it_is(batch: int, tmp_path: Path) -> None:
    told = [registration(), retracted("block-B-1"), blocked("B-2", "2024-04-02")]
    with installation(tmp_path / "a.sqlite3", batch=batch) as system:
        assert take_in(system, *told) == Summary(read=3, recorded=1, parked=2, events=1)
        assert "retracts 'block-B-1', which is not known yet" in reasons(system)[0]
    with installation(tmp_path / "a.sqlite3", batch=batch) as system:
        # The same id under another source is another fact and releases nothing.
        assert take_in(system, blocked(source="urn:elsewhere"), source="elsewhere").parked == 1
        summary = take_in(system, blocked(), blocked("B-9"), source="later")
        assert (summary.recorded, summary.released - summary.parked) == (5, 3)
        assert waiting(system) == []
        assert names(system)[:3] == ["CompanyRegistered", "AccountBlocked", "FactRetracted"]


def test_a_retraction_names_the_source_of_what_it_retracts(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        other = wire("FactRetracted", "2024-04-01", data={"fact": "block-B-1", "source": "urn:nbs"})
        assert take_in(system, registration(), blocked(), other).parked == 1
        assert take_in(system, blocked(source="urn:nbs"), source="later").released == 1


# --- defects of ours ---------------------------------------------------------------------------------------------


def defective(monkeypatch: pytest.MonkeyPatch, blockade: str) -> None:
    """A program that fails over one fact."""
    right = recording.learn

    def learn(dossier: Dossier, event: Event) -> Any:
        if event.fact == blockade:
            raise ZeroDivisionError("nobody thought of that")
        return right(dossier, event)

    monkeypatch.setattr(gate, "learn", learn)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_a_defect_of_ours_holds_up_that_company_only_and_loses_nothing(
    batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        *(registration(), registration(OTHER), agreed(at="2023-02-01"), agreed(at="2023-02-01", subject=OTHER)),
        *(blocked(), blocked("B-2"), blocked(subject=OTHER).replace(b"block-B-1", b"block-X"), retracted("block-B-1")),
    ]
    with installation(tmp_path / "well.sqlite3") as system:
        take_in(system, *told)
        wanted = contents(system)
    with installation(tmp_path / "a.sqlite3", batch=batch) as system:
        defective(monkeypatch, "block-B-1")
        assert take_in(system, *told).parked == 3
        assert reasons(system)[0] == "a defect of this program: ZeroDivisionError: nobody thought of that"
        assert names(system, OTHER)[-1] != "ConsensusRecorded"
        assert system.engine.release(COMPANY).released == 0
        monkeypatch.undo()
        assert system.engine.release(COMPANY).released == 3
        assert contents(system) == wanted


def test_a_deadline_that_we_fail_over_holds_up_its_company_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *(line for s in (COMPANY, OTHER) for line in (registration(s), assessed(s), agreed(subject=s))))
        right = recording.enforce

        def enforce(dossier: Dossier, until: datetime) -> Any:
            if dossier.subject == COMPANY:
                raise ZeroDivisionError("nobody thought of that")
            return right(dossier, until)

        before = names(system), names(system, OTHER)
        monkeypatch.setattr(engine, "enforce", enforce)
        summary = system.engine.enforce(NOW)
        assert names(system) == before[0]
        assert len(names(system, OTHER)) > len(before[1])
        assert summary.defects == (f"{COMPANY}: ZeroDivisionError: nobody thought of that",)
        monkeypatch.undo()
        assert system.engine.enforce(NOW).defects == ()
        assert names(system) == names(system, OTHER)


def assessed(subject: str = COMPANY) -> bytes:
    data = {"business_year": 2022, "attained": "AAA", "model_version": "m-1", "inputs_hash": "0" * 64}
    return wire("ClassAssessed", "2023-05-15", data=data, subject=subject)


def test_a_fact_of_the_scheme_that_we_fail_over_waits(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        data = {"business_year": 2023, "closes_on": "9999-12-31"}
        opened = wire("DataCollectionOpened", "2024-01-01", subject=SCHEME_SUBJECT, data=data)
        assert take_in(system, registration(), opened, blocked()) == Summary(read=3, recorded=2, parked=1, events=2)
        assert system.engine.memory.scheme_facts == []


class Narrow:
    """A database that refuses what is more than so many events."""

    def __init__(self, system: System, events: int, refusal: type[psycopg.Error]) -> None:
        self._append, self._events, self._refusal = system.store.append, events, refusal
        system.store.append = self  # type: ignore[method-assign]

    def __call__(self, events: Any, **more: Any) -> Any:
        if len(events) > self._events:
            raise OperationalError from self._refusal("too much")
        return self._append(events, **more)


@pytest.mark.parametrize("refusal", [psycopg.errors.OutOfMemory, psycopg.errors.ProgramLimitExceeded])
def test_a_batch_that_is_too_much_for_the_database_is_taken_in_by_halves(
    refusal: type[psycopg.Error], tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        Narrow(system, 2, refusal)
        told = [registration(), *(blocked(f"B-{number}") for number in range(1, 8))]
        assert take_in(system, *told) == Summary(read=8, recorded=8, events=8)


def test_a_fact_beyond_what_the_database_can_do_waits_and_others_go_on(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), assessed())
        Narrow(system, 1, psycopg.errors.ProgramLimitExceeded)
        summary = take_in(system, agreed(), registration(OTHER), source="later")
        assert (summary.parked, summary.recorded) == (1, 1)
        assert [(p.subject, p.reason) for p in waiting(system)] == [
            (COMPANY, "a defect of this program: OperationalError: ")
        ]


@pytest.mark.parametrize("refusal", [psycopg.errors.OutOfMemory, psycopg.errors.AdminShutdown])
def test_a_database_that_has_no_room_even_for_one_fact_or_goes_away_is_waited_for(
    refusal: type[psycopg.Error], tmp_path: Path
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        Narrow(system, 0, refusal)
        with pytest.raises(OperationalError):
            take_in(system, registration(), registration(OTHER))
        assert (waiting(system), system.store.last_position()) == ([], 0)


def test_long_facts_make_small_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [registration(f"EX-{number:08}") for number in range(1, 11)]
    monkeypatch.setattr(engine, "BYTES", 2 * len(told[0]))
    with installation(tmp_path / "a.sqlite3", batch=5) as system:
        sizes: list[int] = []
        real = system.engine.take_in

        def noted(parts: Sequence[engine.Part], total: Summary) -> None:
            sizes.append(len(parts[0].lines))
            real(parts, total)

        monkeypatch.setattr(system.engine, "take_in", noted)
        take_in(system, *told[:5])
        monkeypatch.setattr(engine, "BYTES", 1 << 20)
        take_in(system, *told[5:], registration("EX-00000011"), source="later")
        assert sizes == [2, 2, 1, 5, 1]


# --- deadlines, commands, crashes --------------------------------------------------------------------------------


def test_no_deadline_of_a_company_is_enforced_while_a_fact_of_it_waits(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        told = [line for s in (COMPANY, OTHER) for line in (registration(s), assessed(s), agreed(subject=s))]
        take_in(system, *told, wire("rs.bonitet.CompanyPraised.v1", "2024-03-01"))
        before = names(system)
        assert system.engine.enforce(NOW).events > 0
        assert names(system) == before
        assert len(names(system, OTHER)) > len(before)
        system.engine.drop(COMPANY, waiting(system)[0].number, "not for us")
        system.engine.enforce(NOW)
        assert names(system) == names(system, OTHER)


def test_no_deadline_at_all_is_enforced_while_a_fact_of_the_scheme_waits(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), assessed(), agreed())
        newer = wire("rs.bonitet.CalendarCorrected.v2", "2024-03-01", subject=SCHEME_SUBJECT)
        closed = wire("DataCollectionClosed", "2024-06-30", subject=SCHEME_SUBJECT, data={"business_year": 2023})
        summary = take_in(system, newer, closed, blocked(), source="later")
        assert (summary.parked, summary.recorded) == (2, 1)
        assert system.engine.memory.scheme_facts == []
        with pytest.raises(UnfinishedSource, match="SCHEME-DNB-RS has parked facts"):
            system.engine.enforce(NOW)
        system.engine.drop(SCHEME_SUBJECT, waiting(system)[0].number, "not for us")
        assert system.engine.release(SCHEME_SUBJECT).released == 1
        assert len(system.engine.memory.scheme_facts) == 1
        system.engine.enforce(NOW)


def test_what_is_parked_while_deadlines_are_enforced_is_heeded(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3", batch=1) as one, installation(tmp_path / "a.sqlite3") as two:
        companies = (COMPANY, OTHER, THIRD)
        take_in(one, *[line for s in companies for line in (registration(s), assessed(s), agreed(subject=s))])
        before = {subject: names(one, subject) for subject in companies}

        def park(_: Summary) -> None:
            if not waiting(two):
                praised = [wire("rs.bonitet.CompanyPraised.v1", "2024-03-01", subject=s) for s in companies]
                take_in(two, *praised, source="later")

        one.engine.enforce(NOW, park)
        assert [names(one, subject) != before[subject] for subject in companies] == [True, False, False]


def test_deadlines_are_left_where_a_fact_of_the_scheme_is_parked_meanwhile(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3", batch=1) as one, installation(tmp_path / "a.sqlite3") as two:
        take_in(one, *[line for s in (COMPANY, OTHER) for line in (registration(s), assessed(s), agreed(subject=s))])
        before = names(one, OTHER)

        def park(_: Summary) -> None:
            take_in(two, wire("rs.bonitet.CalendarCorrected.v2", subject=SCHEME_SUBJECT), source="later")

        with pytest.raises(UnfinishedSource, match="SCHEME-DNB-RS has parked facts"):
            one.engine.enforce(NOW, park)
        assert (names(one) != before, names(one, OTHER)) == (True, before)


def test_no_deadline_is_enforced_while_a_source_is_read_in_part(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3", batch=2) as system:
        told = [registration(), agreed(), blocked()]

        def cut_off() -> Any:
            yield from list(numbered(told))[:2]
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            system.engine.ingest("a source", cut_off())
        assert system.engine.unfinished() == [("a source", 2)]
        with pytest.raises(UnfinishedSource, match="a source was read only up to line 2"):
            system.engine.enforce(NOW)
        assert take_in(system, *told) == Summary(read=1, recorded=1, events=1)
        assert system.engine.unfinished() == []
        system.engine.enforce(NOW)


def test_a_command_waits_for_no_parked_fact_but_says_so(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), UNKNOWN)
        with pytest.raises(ValueError, match="has parked facts: release or drop them first"):
            system.engine.submit(ANY_CLOUD_EVENT.validate_json(agreed()))
        with pytest.raises(ValueError, match="is not registered here"):
            system.engine.submit(ANY_CLOUD_EVENT.validate_json(agreed(subject=OTHER)))
        assert names(system) == ["CompanyRegistered"]


def test_a_command_under_an_id_that_was_used_is_not_carried_out_again(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration())
        command = ANY_CLOUD_EVENT.validate_json(blocked())
        system.engine.submit(command)
        before = names(system)
        with pytest.raises(ValueError, match="was used before"):
            system.engine.submit(command)
        assert names(system) == before


def interrupted(system: System, monkeypatch: pytest.MonkeyPatch, *told: bytes) -> None:
    """The process ends after a batch was committed and before what it released was decided."""

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(system.engine, "release", ended)
    with pytest.raises(KeyboardInterrupt):
        take_in(system, *told)


@pytest.mark.parametrize("releases", [registration(), registration(name="Tekstil")])
def test_what_should_have_been_released_when_the_process_ended_is_released_by_the_next(
    releases: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [blocked(), retracted("block-B-1"), releases]
    with installation(tmp_path / "a.sqlite3") as system:
        interrupted(system, monkeypatch, *told)
        assert len(waiting(system)) == 2
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, *told).released == 2
        assert waiting(system) == []
        assert names(system)[:3] == ["CompanyRegistered", "AccountBlocked", "FactRetracted"]


def test_what_waits_for_a_fact_that_waits_behind_it_is_not_stuck(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, UNKNOWN, blocked(), retracted("block-B-2"), registration(), blocked("B-2"))
        assert len(waiting(system)) == 5
        system.engine.drop(COMPANY, waiting(system)[0].number, "not for us")
        assert system.engine.release(COMPANY).released == 4
        assert names(system)[:4] == ["CompanyRegistered", "AccountBlocked", "AccountBlocked", "FactRetracted"]


def test_two_retractions_of_each_other_wait_for_good_and_do_no_other_harm(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        ring = [retracted("two", name="one"), retracted("one", name="two")]
        assert take_in(system, registration(), *ring).parked == 2
        assert system.engine.release(COMPANY) == Summary()
        assert len(waiting(system)) == 2


def test_what_a_queue_awaits_after_a_release_in_part_is_known_to_the_next_process(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), UNKNOWN, blocked(), retracted("block-B-2"))
        system.engine.drop(COMPANY, waiting(system)[0].number, "not for us")
        assert system.engine.release(COMPANY).released == 1
        assert "retracts 'block-B-2'" in reasons(system)[0]
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, blocked("B-2"), source="later").released == 1
        assert waiting(system) == []


def test_what_was_released_meanwhile_is_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "a.sqlite3"
    with installation(place) as one:
        take_in(one, registration(), UNKNOWN, blocked())
        one.engine.drop(COMPANY, waiting(one)[0].number, "not for us")
        (waits,) = waiting(one)
        drop = engine.Engine.drop

        def late(self: engine.Engine, *told: Any) -> bool:
            one.engine.release(COMPANY)
            return drop(self, *told)

        monkeypatch.setattr(engine.Engine, "drop", late)
        with pytest.raises(Failure, match=rf"number {waits.number} of {COMPANY} was released meanwhile"):
            give_up(Terminal(json=True, database=str(place)), COMPANY, waits.number, reason="not for us")
        with one.store.reading() as c:
            states = {row.number: (row.state, row.note) for row in aside.waiting(c, state=None)}
        assert states[waits.number] == ("released", None)
    assert capsys.readouterr().out == ""


# --- two processes -----------------------------------------------------------------------------------------------


def test_a_fact_does_not_overtake_one_that_another_process_has_parked(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        take_in(one, registration())
        take_in(two, blocked(subject=OTHER), source="two")
        assert take_in(one, UNKNOWN, source="later").parked == 1
        assert take_in(two, blocked(), source="even later").parked == 1
        one.engine.drop(COMPANY, waiting(one)[0].number + 1, "not for us")
        one.engine.release(COMPANY)
        assert take_in(two, blocked("B-2"), source="at last").recorded == 1


def test_a_fact_is_not_parked_for_a_registration_that_another_process_records_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        append = one.store.append

        def overtaken(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.undo()
            take_in(two, registration(), source="two")
            return append(*args, **kwargs)

        monkeypatch.setattr(one.store, "append", overtaken)
        one.engine.ingest("one", iter([Line(1, blocked())]))
        assert waiting(one) == []
        assert names(one) == ["CompanyRegistered", "AccountBlocked"]


def test_what_another_process_gave_up_holds_up_no_longer_who_had_parked_it(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        take_in(one, registration())
        one.engine.take_in([engine.Part("a topic", 0, 1, [Line(0, UNKNOWN)])], Summary())
        two.engine.drop(COMPANY, waiting(two)[0].number, "not for us")
        assert take_in(one, blocked(), source="later").recorded == 1


def overtaken(one: System, patched: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> list[int]:
    """Before its first append a process is overtaken by another; answers how often it appends."""
    append, attempts = one.store.append, list[int]()

    def late(*args: Any, **kwargs: Any) -> Any:
        attempts.append(len(attempts))
        if len(attempts) == 1:
            meanwhile()
        return append(*args, **kwargs)

    patched.setattr(one.store, "append", late)
    return attempts


def test_what_others_park_of_other_companies_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        attempts = overtaken(one, monkeypatch, lambda: take_in(two, blocked(subject=OTHER), source="two"))
        take_in(one, registration())
        assert (len(attempts), names(one), waiting(one)[0].subject) == (1, ["CompanyRegistered"], OTHER)
        assert take_in(one, registration(OTHER), source="later").released == 1


@pytest.mark.parametrize("subject", [COMPANY, SCHEME_SUBJECT])
def test_what_others_park_of_the_company_or_the_scheme_has_it_decided_again(
    subject: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parked = wire("rs.bonitet.CompanyPraised.v1", "2024-02-01", subject=subject)
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        take_in(one, registration())
        attempts = overtaken(one, monkeypatch, lambda: take_in(two, parked, source="two"))
        summary = take_in(one, blocked(), source="one")
        assert (len(attempts), summary.parked) == (2, int(subject == COMPANY))


def test_what_is_parked_while_a_queue_is_released_is_released_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        take_in(one, registration(), UNKNOWN, blocked())
        one.engine.drop(COMPANY, waiting(one)[0].number, "not for us")
        attempts = overtaken(one, monkeypatch, lambda: take_in(two, blocked("B-2"), source="two"))
        assert one.engine.release(COMPANY).released == 2
        assert (len(attempts), waiting(one)) == (2, [])


@pytest.mark.parametrize("again", ["repeated", "rejected"])
def test_a_fact_that_changes_nothing_is_decided_again_where_its_company_was_changed_meanwhile(
    again: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as one, installation(tmp_path / "a.sqlite3") as two:
        take_in(one, registration(), blocked())
        attempts = overtaken(one, monkeypatch, lambda: take_in(two, blocked("B-2"), source="two"))
        fact = blocked() if again == "repeated" else blocked(at="2024-03-02")
        summary = take_in(one, fact, source="later")
        assert (len(attempts), getattr(summary, again)) == (2, 1)


def test_a_refused_command_comes_after_what_the_scheme_told_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), assessed(), agreed())
        # Another process has published it, and not yet brought it to every company.
        monkeypatch.setattr(system.engine, "sweep", lambda *_: None)
        year = {"business_year": 2024}
        opened = wire("DataCollectionOpened", "2025-01-01", subject=SCHEME_SUBJECT, data=year)
        take_in(system, opened, source="scheme")
        demand = wire("SecondDemandDelivered", "2025-03-01", data={"case": "C-1"})
        told, why = system.engine.submit(ANY_CLOUD_EVENT.validate_json(demand))
        assert why is not None
        assert [e.name for e in told][-1] == "CommandRefused"
        assert "ContractExtendedPendingData" in [e.name for e in told]
