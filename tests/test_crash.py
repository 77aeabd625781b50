"""Whenever the process is killed, the next one goes on where it was, and in the end nobody can tell.

Run as a program this reads a file of facts to its end and says so: `python -m tests.test_crash DATABASE FACTS`.
"""

import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import select

from adapters.intake.aside import parked, rejected
from adapters.main import System
from adapters.store.private import private
from projections.audit import audit
from tests.installation import NOW, contents, installation, made_up, registration, rows, take_in, waiting, wire

KILLS = 20
BATCH = 50
SEED = 20260701
BEGINS, OPENED, ENDS = b"begins\n", b"opened\n", b"ends\n"
LATE, CYCLIC = "EX-00000007", "EX-00000008"


def say(what: bytes) -> None:
    """Tell the one who started us how far we are."""
    sys.stdout.buffer.write(what)
    sys.stdout.buffer.flush()


def read_to_the_end(path: Path, told: list[bytes]) -> None:
    """What a person does who starts the program (again)."""
    with installation(path, batch=BATCH) as system:
        say(OPENED)
        take_in(system, *told)
        system.engine.enforce(NOW)


def facts() -> list[bytes]:
    """A portfolio, and among it lines that are rejected, repeated, or parked and released again."""
    told = list(made_up(150))
    for number in range(300, 1_200, 30):
        told.insert(number, b"{no fact %d" % number)
        blocked = wire(
            "AccountBlocked", "2024-03-01", data={"blockade": f"B-{number}"}, subject=LATE, name=f"b-{number}"
        )
        told.insert(number + 7, blocked)
        retracted = wire("FactRetracted", "2024-04-01", data={"fact": f"b-{number}"}, subject=LATE, name=f"r-{number}")
        told.insert(number + 11, retracted)
    told.insert(1_400, registration(LATE))
    told.insert(1_500, registration(CYCLIC))
    told.insert(1_600, wire("CompanyPraised", "2024-03-01", subject=CYCLIC))
    told.insert(1_700, wire("CompanyRenamed", "2024-03-02", data={"name": "Tekstil"}, subject=CYCLIC))
    return told


def all_of(system: System) -> dict[str, Any]:
    """All that must not depend on what happened to the process; the audit trail without its place in the log."""
    digest, tables = contents(system)
    with system.store.reading() as c:
        wanted = (c for c in audit.columns if c.name != "position")
        trail = sorted((tuple(row) for row in c.execute(select(*wanted))), key=repr)
        states = sorted(tuple(row) for row in c.execute(select(parked.c.subject, parked.c.payload, parked.c.state)))
        refused = sorted(tuple(row) for row in c.execute(select(rejected.c.position, rejected.c.reason)))
    told = {"digest": digest, "audit": trail, "parked": states, "rejected": refused, **tables}
    return told | rows(system, [private])


def read_up_to(path: Path) -> int | None:
    """The position in the source after a kill, looked up without our program, which would mend what was left behind."""
    if not path.exists():
        return None
    c = sqlite3.connect(path)
    try:
        row = c.execute("SELECT notification_id FROM tracking WHERE application_name='a source'").fetchone()
    except sqlite3.OperationalError:
        row = None  # killed before there was a table
    c.close()
    return row and int(row[0])


def test_twenty_kills_at_any_moment_leave_no_trace(tmp_path: Path) -> None:
    told = facts()
    file = tmp_path / "facts.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in told))

    def start(name: str, until: bytes = BEGINS) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.test_crash", str(tmp_path / name), str(file)]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE)
        assert process.stdout is not None
        while (said := process.stdout.readline()) != until:
            assert said == BEGINS
        return process

    with start("undisturbed.sqlite3") as process:
        assert process.stdout is not None
        began = monotonic()
        assert process.stdout.readline() == OPENED
        opening = monotonic() - began
        assert process.communicate()[0] == ENDS
        reading = monotonic() - began - opening
    chance = Random(SEED)
    print(f"seed {SEED}, undisturbed: opens in {opening:.2f} s, reads in {reading:.2f} s")  # noqa: T201 - for a failure
    interrupted, positions = 0, set()
    for number in range(KILLS):
        # Every fourth is killed while it opens the file, else none would ever come to read on a machine slow to open.
        until, span = (OPENED, 1.6 * reading / KILLS) if number % 4 else (BEGINS, opening)
        with start("killed.sqlite3", until) as process:
            sleep(chance.uniform(0, span))
            process.kill()
            interrupted += ENDS not in process.communicate()[0]
        positions.add(read_up_to(tmp_path / "killed.sqlite3"))
    with start("killed.sqlite3", OPENED) as process:
        assert process.communicate()[0] == ENDS
    assert interrupted == KILLS
    assert len(positions) > KILLS / 4  # they were spread over the file
    with (
        installation(tmp_path / "undisturbed.sqlite3") as undisturbed,
        installation(tmp_path / "killed.sqlite3") as killed,
    ):
        wanted = all_of(undisturbed)
        assert (len(wanted["rejected"]), len(wanted["parked"]), len(waiting(killed))) == (30, 62, 2)
        assert all_of(killed) == wanted
        killed.engine.projections.rebuild()
        assert all_of(killed) == wanted


if __name__ == "__main__":
    say(BEGINS)
    read_to_the_end(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes().splitlines())
    say(ENDS)
