"""A server of our own: a process in a folder of its own, that can be stopped, killed and started again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

from tests.components import warden
from tests.components.missing import Failed, last_words

PATIENCE = 60.0


class Server:
    """The process of a component, kept by a warden; the folder stays from one start to the next."""

    def __init__(self, name: str, *, last: signal.Signals, user: str | None = None) -> None:
        self.name = name
        self._last = last
        self._user = user
        self.folder = Path(tempfile.mkdtemp(prefix=f"bonitet-{name.lower()}-"))
        if user:
            shutil.chown(self.folder, user, user)
        self._warden: subprocess.Popen[bytes] | None = None
        self._pid = 0

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "server.log"

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._warden is not None and self._warden.poll() is None

    def run(self, *command: str) -> None:
        """Start the process, and don't wait for it."""
        if self.running:
            raise Failed(f"{self.name} runs already")
        self.forget()
        plan = {
            "command": command,
            "owner": os.getpid(),
            "log": str(self.log),
            "last": self._last.name,
            "remove": str(self.folder),
            "user": self._user,
        }
        # In a session of its own: a Ctrl-C is for the person's program, which then ends its servers in order.
        self._warden = subprocess.Popen(
            [sys.executable, "-I", "-S", warden.__file__, json.dumps(plan)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._warden.stdout is not None
        with self._warden.stdout as said:
            self._pid = int(said.readline() or 0)
        if not self._pid:
            self._warden.wait()
            raise Failed(f"{self.name} could not be started: {command[0]} does not run")

    def wait_until(self, what: str, patience: float = PATIENCE) -> "Waiting":
        """Attempts until it is as wanted; raises Failed when its time is over or the process has ended."""
        return Waiting(self, what, patience)

    def end(self, sign: signal.Signals, patience: float = PATIENCE) -> None:
        """Send a signal and wait until the process is gone; nothing if it is gone already."""
        if self._warden is None:
            return
        if self._warden.poll() is None:
            os.kill(self._pid, sign)
        try:
            self._warden.wait(patience)
        except subprocess.TimeoutExpired:
            os.kill(self._pid, signal.SIGKILL)
            self._warden.wait()
            raise Failed(f"{self.name} did not end within {patience:.0f} s: {self.said()}") from None
        finally:
            self.forget()

    def forget(self) -> None:
        """A process that has ended is not asked again."""
        if self._warden is not None and self._warden.poll() is not None:
            self._warden = None

    def close(self) -> None:
        """End it at once, and remove all that it has kept."""
        try:
            self.end(self._last)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def said(self) -> str:
        """Its last words."""
        return last_words(self.log.read_text(errors="replace")) if self.log.exists() else last_words("")


class Waiting:
    """Attempts until a server is as wanted, each a little after the one before."""

    def __init__(self, server: Server, what: str, patience: float) -> None:
        self._server, self._what = server, what
        self._until = monotonic() + patience
        self.problem: Exception | None = None

    def __iter__(self) -> "Waiting":
        return self

    def __next__(self) -> None:
        name = self._server.name
        if not self._server.running:
            raise Failed(f"{name} ended before it was {self._what}: {self._server.said()}")
        if monotonic() > self._until:
            raise Failed(f"{name} was not {self._what} in time ({self.problem}): {self._server.said()}")
        sleep(0.05)
