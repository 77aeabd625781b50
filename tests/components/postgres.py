"""PostgreSQL itself, as others run it: started on this machine, on a port and in a folder of its own.

    with Postgres() as postgres:
        postgres.database()  # the URL of a fresh one

A server can be stopped, also as if its power was cut, and started again on the same port with all that was committed.
It ends with the process that made it, whatever becomes of that.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.components.missing import Failed, Missing, last_words
from tests.components.ports import LOOPBACK, Port
from tests.components.server import Server

OLDEST = 15
USER = "postgres"
# Durable, as it is in earnest: fsync, full_page_writes and synchronous_commit are left as they are.
SETTINGS = {"max_connections": 100, "shared_buffers": "256MB", "timezone": "UTC", "log_min_messages": "warning"}
MODES = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Databases:
    """A PostgreSQL that runs, whoever has started it."""

    def __init__(self, server: str) -> None:
        """`server` is its host and port."""
        self.server = server

    def url(self, name: str = USER) -> str:
        """Where a database is to be found."""
        return f"postgresql://{USER}@{self.server}/{name}"

    def database(self, *, collation: str | None = None) -> str:
        """The URL of a fresh, empty database; it sorts by bytes, or by a collation of ICU such as "sr-Latn"."""
        name = f"t{uuid4().hex[:12]}"
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if collation:
            how = " TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE {}"
            made += sql.SQL(how).format(sql.Literal(collation))
        with self._operator() as c:
            c.execute(made)
        return self.url(name)

    def drop(self, url: str) -> None:
        """Take a database away, whoever is connected to it; nothing if there is none."""
        name = sql.Identifier(urlsplit(url).path.removeprefix("/"))
        with self._operator() as c:
            c.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    @contextmanager
    def _operator(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(), autocommit=True, options="-c client_min_messages=error") as connection:
            yield connection


class Postgres(Databases):
    """A PostgreSQL server; `settings` are added to its own (`max_wal_size="1GB"`)."""

    def __init__(self, **settings: object) -> None:
        """Raises Missing where there is none."""
        programs = folder_of_programs()
        self._program, self._initdb = str(programs / "postgres"), str(programs / "initdb")
        # It refuses to run as root.
        self._user = USER if os.geteuid() == 0 else None
        self._server = Server("PostgreSQL", last=signal.SIGQUIT, user=self._user)
        self._port = Port()
        super().__init__(str(self._port))
        self._settings = SETTINGS | settings

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._server.running

    @property
    def folder(self) -> Path:
        """Where it keeps its data, for what looks at them from below."""
        return self._server.folder / "data"

    @property
    def log(self) -> Path:
        """What it says."""
        return self._server.log

    def start(self) -> None:
        """Start it, for the first time or again, and wait until it answers."""
        if not self.folder.exists():
            self._format()
        told = self._settings | {
            "listen_addresses": LOOPBACK,
            "port": self._port.number,
            "unix_socket_directories": self._server.folder,
        }
        options = [word for key, value in told.items() for word in ("-c", f"{key}={value}")]
        self._server.run(self._program, "-D", str(self.folder), *options)
        waiting = self._server.wait_until("ready")
        for _ in waiting:
            try:
                with self._operator():
                    return
            except psycopg.OperationalError as problem:
                waiting.problem = problem

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Stop it as `pg_ctl stop -m` does: fast takes leave of nobody, immediate is as if its power was cut."""
        self._server.end(MODES[mode])

    def close(self) -> None:
        """End it and remove all that it has kept."""
        self._server.close()
        self._port.release()

    def _format(self) -> None:
        command = [self._initdb, "-D", str(self.folder), "-U", USER, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale=C.UTF-8", "--data-checksums"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._server.folder,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
        )
        if done.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise Failed(f"PostgreSQL's folder could not be made ready: {last_words(done.stdout + done.stderr)}")


def folder_of_programs() -> Path:
    """Where the newest PostgreSQL's own programs are; raises Missing."""
    # Debian keeps each version's programs in a folder of its own, off the PATH.
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/postgres") if (p.parent / "initdb").exists()]
    for name in ("postgres", "pg_config"):
        path = shutil.which(name)
        if path and (Path(path).resolve().parent / "initdb").exists():
            found.append(Path(path).resolve().parent)
    fitting = [(version, folder) for folder in found if (version := _version(folder)) >= OLDEST]
    if fitting:
        return max(fitting)[1]
    why = f"version {OLDEST} or newer is needed, and there is none in /usr/lib/postgresql or on the PATH"
    raise Missing("PostgreSQL", why, "On Debian: apt-get install postgresql")


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0
