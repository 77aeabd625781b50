"""Sees to it that a server ends with whoever started it, however that one ends: `warden.py PLAN`.

It runs the server as its only child, says the server's process id in one line, and ends when the server does. It
imports nothing but the standard library, so that it costs little and starts at once.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from typing import Any

LOOKS_EVERY = 0.5
PATIENCE = 20.0
PR_SET_PDEATHSIG = 1


def run(plan: dict[str, Any]) -> int:
    """Run a server to its end.

    The plan: `command`; `owner`, the process that it may not outlive; `log`, the file of what it says; `last`, the
    signal that ends it and its children; `remove`, the folder that goes when the owner is gone; `user` to run it as,
    or None.
    """
    last = signal.Signals[plan["last"]]

    def end_with_warden() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(last), 0, 0, 0)

    as_user: dict[str, Any] = {}
    if plan["user"]:
        as_user = {"user": plan["user"], "group": plan["user"], "extra_groups": []}
    with open(plan["log"], "ab") as log:  # noqa: PTH123 - pathlib would be half of what this imports
        server = subprocess.Popen(
            plan["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=plan["remove"],
            preexec_fn=end_with_warden,  # noqa: PLW1509 - there is one thread
            **as_user,
        )
    print(server.pid, flush=True)
    while True:
        try:
            return server.wait(LOOKS_EVERY)
        except subprocess.TimeoutExpired:
            if os.getppid() == plan["owner"]:
                continue
        server.send_signal(last)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(plan["remove"], ignore_errors=True)
        return 0


if __name__ == "__main__":
    sys.exit(abs(run(json.loads(sys.argv[1]))))
