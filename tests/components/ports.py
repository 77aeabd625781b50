"""Ports of the loopback address that stay a server's own, also while it is down."""

import socket
import sys
from pathlib import Path
from random import SystemRandom

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
TRIES = 1_000


class Port:
    """A port that nobody else gets from here before it is released.

    It lies below those that the system gives to outgoing connections: one of them could take it while the server is
    down, and a client that tries to reach it could even connect to itself.
    """

    def __init__(self) -> None:
        """Raises OSError where there is none."""
        chance = SystemRandom()
        for _ in range(TRIES):
            self.number = chance.randrange(LOWEST, _highest())
            self._claim = _claimed(self.number)
            if self._claim is not None:
                return
        raise OSError(f"no port between {LOWEST} and {_highest()} is free")

    def __str__(self) -> str:
        return f"{LOOPBACK}:{self.number}"

    def release(self) -> None:
        """Leave it to others."""
        if self._claim is not None:
            self._claim.close()
            self._claim = None


def _highest() -> int:
    range_of_system = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not range_of_system.exists():
        return HIGHEST
    return max(LOWEST + TRIES, min(HIGHEST, int(range_of_system.read_text().split()[0])))


def _claimed(port: int) -> socket.socket | None:
    """What holds the claim, which ends with this process at the latest; None if the port isn't free."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform == "linux":  # a name without a file, known to everybody who shares our ports
            claim.bind(f"\0bonitet-port-{port}")
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((LOOPBACK, port))
    except OSError:
        claim.close()
        return None
    return claim
