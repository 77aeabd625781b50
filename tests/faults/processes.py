"""A process of an installation, `bonitet ...`, that can be killed, paused and asked how it is."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

from tests.components.missing import Failed, last_words
from tests.components.ports import LOOPBACK, Port

TOP = Path(__file__).parents[2]
# Whoever hangs shows where it does when it is told to abort.
BONITET = (sys.executable, "-X", "faulthandler", "-c", "from adapters.cli.app import main; main()")
PATIENCE = 60.0


class Process:
    """`bonitet COMMAND` in a process of its own, which says what it has to say into a file."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._port = Port()
        told = {"BONITET_METRICS": str(self._port), "PGAPPNAME": name, "PYTHONWARNINGS": "error::ResourceWarning"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*BONITET, *command.split()],
                env={**os.environ, **environment, **told},
                cwd=TOP,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for the program that breaks things, which ends this one itself
            )

    @property
    def running(self) -> bool:
        """Whether it is there, be it paused."""
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """With what it has ended."""
        return self._process.poll()

    def kill(self) -> None:
        """End it with no warning."""
        self._process.kill()
        self._process.wait()
        self._port.release()

    def pause(self) -> None:
        """Stop it amid whatever it does; it notices nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on as if no time had passed."""
        self._process.send_signal(signal.SIGCONT)

    def end(self, patience: float = PATIENCE) -> None:
        """Have it end in order; raises Failed where it doesn't, or ends as after a failure."""
        self._process.terminate()
        code = self.wait(patience)
        if code != 0:
            raise Failed(f"{self.name} was told to end and ended with {code}: {self.said()}")

    def wait(self, patience: float = PATIENCE) -> int:
        """The code with which it ends by itself; raises Failed where it doesn't."""
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} did not end within {patience:.0f} s: {self.said()}") from None
        self._port.release()
        return code

    def close(self) -> None:
        """End it, whatever state it is in."""
        if self.running:
            self._process.kill()
        self._process.wait()
        self._port.release()

    def abort(self) -> str:
        """End it, and have it say where it was."""
        self.go_on()
        self._process.send_signal(signal.SIGABRT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        return self.said(40)

    def said(self, lines: int = 8) -> str:
        """Its last words."""
        return last_words(self.log.read_text(errors="replace"), lines)

    def ready(self) -> bool:
        """Whether each of its roles has done its work at least once, and none waits for an outage to end."""
        return self._asked("/ready")[0] == 200 and '"degraded"' not in self._asked("/health")[1]

    def figure(self, name: str, **labels: str) -> float:
        """One of its figures, 0 where it doesn't tell it or is not there to be asked."""
        wanted = ",".join(f'{label}="{value}"' for label, value in labels.items())
        found = re.search(
            rf"^{re.escape(f'{name}{{{wanted}}}' if labels else name)} (\S+)$", self._asked("/metrics")[1], re.MULTILINE
        )
        return float(found[1]) if found else 0.0

    def _asked(self, path: str) -> tuple[int, str]:
        with suppress(OSError, HTTPException):
            connection = HTTPConnection(LOOPBACK, self._port.number, timeout=2)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            finally:
                connection.close()
        return 0, ""


def until_ready(processes: list[Process], patience: float = PATIENCE) -> None:
    """Wait until all are at work; raises Failed where one isn't in time, or has ended."""
    ends_at = monotonic() + patience
    for process in processes:
        while not process.ready():
            if not process.running:
                raise Failed(f"{process.name} ended with {process.code}: {process.said()}")
            if monotonic() > ends_at:
                raise Failed(f"{process.name} was not at work within {patience:.0f} s: {process.said()}")
            sleep(0.05)


def bonitet(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*BONITET, *arguments],
        env={**os.environ, **environment},
        cwd=TOP,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
