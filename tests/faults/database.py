"""PostgreSQL without room, sessions that are cut off or hang about, and projectors that take each other's place."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic, sleep

import psycopg
from psycopg import sql

from adapters.store.projecting import NAME as READ_MODELS
from tests.components.missing import Failed, Missing
from tests.components.postgres import USER
from tests.faults.processes import Process, until_ready
from tests.faults.production import Production, Seen, Servers, chunks, counted
from tests.faults.undisturbed import kept_of
from tests.installation import registration

ROOM = "64m"
PROMPT = 5.0  # seconds, on a machine that does other things as well; without being told it would be one second more
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_LEADER = """
    SELECT a.pid, a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
    AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(%s, 1)
"""


# --- no room -----------------------------------------------------------------------------------------------------


def disk_full(servers: Servers, chance: Random, share: float) -> Seen:
    """The disk of the database is full for a while, amid the facts: all wait, and go on when there is room."""
    del share
    with _small_disk(servers) as (disk, url), servers.installation(url=url, batch=5) as production:
        production.send(servers.undisturbed.facts)
        whole = sum(production.ends().values())
        processes = [production.start(what) for what in ("project", "work", "work")]
        reached = whole * chance.randrange(2, 5) // 10
        production.until(lambda: sum(production.offsets().values()) >= reached, "it goes on", 60)
        filler = disk / "filler"
        _fill(filler)
        production.until(lambda: _failures(processes) > 0, "somebody meets the full disk", 60)
        sleep(chance.uniform(0.5, 1.5))
        filler.unlink()  # before anything is asked: a new session needs room as well
        at = sum(production.offsets().values())
        production.compare()
        return {"failures": _failures(processes), "facts left": whole - at}


def _failures(processes: list[Process]) -> int:
    return int(sum(p.figure("bonitet_failures_total", role=p.name.partition("-")[0]) for p in processes))


def _fill(path: Path) -> None:
    """Take all the room that there is."""
    with path.open("wb", buffering=0) as filler:
        for size in (1 << 20, 4096):
            with suppress(OSError):
                while True:
                    filler.write(b"\0" * size)


@contextmanager
def _small_disk(servers: Servers) -> Iterator[tuple[Path, str]]:
    """A disk that can be filled, and the URL of a database on it; raises Missing where none can be had."""
    disk = servers.folder / "small-disk"
    disk.mkdir()
    what, mend = "A disk that may be filled", "Start it as root on Linux, where a tmpfs can be mounted."
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        raise Missing(what, "only root can mount one", mend)
    command = [mount, "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(disk)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(what, done.stderr.strip(), mend)
    try:
        servers.folder.chmod(0o755)  # PostgreSQL's own user has to get there
        space = disk / "space"
        space.mkdir()
        shutil.chown(space, USER, USER)
        with psycopg.connect(servers.postgres.url(), autocommit=True) as c:
            c.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(space))))
            c.execute("CREATE DATABASE on_a_small_disk TABLESPACE small")
        try:
            yield disk, servers.postgres.url("on_a_small_disk")
        finally:
            (disk / "filler").unlink(missing_ok=True)
            servers.postgres.drop(servers.postgres.url("on_a_small_disk"))
            with psycopg.connect(servers.postgres.url(), autocommit=True) as c:
                c.execute("DROP TABLESPACE small")
    finally:
        subprocess.run([umount, "--lazy", str(disk)], check=True)


# --- sessions ----------------------------------------------------------------------------------------------------


def sessions_cut_off(servers: Servers, chance: Random, share: float) -> Seen:
    """All sessions of all processes are ended again and again; in the end it is listened again, and at once."""
    number = counted(10, share)
    ended = 0
    with servers.installation(batch=5) as production:
        processes = [production.start(what) for what in ("project", "work", "work")]
        until_ready(processes)
        for part in chunks(servers.undisturbed.facts, number):
            production.send(part)
            sleep(chance.uniform(0, 0.3))
            ended += _end_sessions(production)
        production.until_caught_up()
        slowest = _is_prompt(production)
        wanted = kept_of(production.folder, [*servers.undisturbed.facts, *_newcomers()], servers.began)
        production.compare(wanted=wanted)
        return {"cuts": number, "sessions ended": ended, "ms to be shown": round(1000 * slowest)}


def _end_sessions(production: Production, like: str = "%") -> int:
    with production.operator() as c:
        row = c.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid() "
            "AND query LIKE %s",
            (like,),
        ).fetchone()
    return int(row[0]) if row else 0


def _newcomers() -> list[bytes]:
    return [registration(f"EX-{number:08}") for number in range(700, 703)]


def _is_prompt(production: Production) -> float:
    """How long it takes at most until the read models show a fact, when the session that listens was ended before."""
    slowest = 0.0
    for fact in _newcomers():
        production.until(lambda: _end_sessions(production, "LISTEN%") > 0, "somebody listens", 10)
        production.send([fact])
        production.until_read()
        began = monotonic()
        production.until_shown(PROMPT)
        slowest = max(slowest, monotonic() - began)
    production.until(lambda: _listening(production) > 0, "somebody listens again", 10)
    return slowest


def _listening(production: Production) -> int:
    with production.operator() as c:
        row = c.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        ).fetchone()
    return int(row[0]) if row else 0


def idle_in_transaction(servers: Servers, chance: Random, share: float) -> Seen:
    """One session idles with a snapshot of all tables, another with a lock and a row of its own written."""
    del chance, share
    with servers.installation() as production:
        with psycopg.connect(production.url) as reader, psycopg.connect(production.url) as writer:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            tables = [row[0] for row in reader.execute(_TABLES).fetchall()]
            for table in tables:
                reader.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(table)))
            writer.execute("CREATE TABLE foreign_ledger (id int PRIMARY KEY, amount int)")
            writer.execute("INSERT INTO foreign_ledger VALUES (1, 1)")
            writer.commit()
            writer.execute("UPDATE foreign_ledger SET amount = 2")
            production.send(servers.undisturbed.facts)
            processes = [production.start(what) for what in ("project", "work", "work", "enforce --follow")]
            production.until_caught_up()
            processes[-1].end()
            production.compare(until=datetime.now(UTC))
            seen = reader.execute("SELECT count(*) FROM stored_events").fetchone()
            writer.commit()  # raises where the server has ended it
            reader.rollback()
        if seen != (0,):
            raise Failed(f"the reader's snapshot did not last: it sees {seen}")
        return {"tables in a snapshot": len(tables)}


# --- projectors --------------------------------------------------------------------------------------------------


def racing_projectors(servers: Servers, chance: Random, share: float) -> Seen:
    """Of two projectors the one that leads is killed, or loses its lead without knowing, while facts come in."""
    number = counted(12, share, least=3)
    killed = deposed = 0
    with servers.installation(batch=5) as production:
        projectors = [production.start("project"), production.start("project")]
        until_ready([*projectors, production.start("work")])
        for turn, part in enumerate(chunks(servers.undisturbed.facts, number)):
            production.send(part)
            production.until(lambda: _leader(production) is not None, "one of them leads", 20)
            sleep(chance.uniform(0, 0.2))
            leader = _leader(production)
            if leader is None:
                continue
            pid, name = leader
            if turn % 3 == 1:
                with production.operator() as c:
                    c.execute("SELECT pg_terminate_backend(%s)", (pid,))
                deposed += 1
            else:
                process = next(p for p in projectors if p.name == name)
                process.kill()
                projectors[projectors.index(process)] = production.start("project")
                killed += 1
        production.compare()
        return {"killed": killed, "deposed": deposed, "refused": production.refusals("projection")}


def _leader(production: Production) -> tuple[int, str] | None:
    with production.operator() as c:
        row = c.execute(_LEADER, (READ_MODELS,)).fetchone()
    return (row[0], row[1]) if row else None
