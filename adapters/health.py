"""How operators and their tools ask a running process whether it is alive, and what it has measured.

Red is a role that hangs or has ended. One that lags, or waits for a database or broker to come back, is alive: to start
it anew would help nobody.
"""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import Any, Literal, Self

from adapters.measures import CONTENT_TYPE, Measures
from adapters.running import Sign, Signs, Stopped

LIMIT = 60.0  # seconds that a step may last without a sign of life
PATIENCE = 5  # seconds that a client has to say what it wants

State = Literal["starting", "ok", "degraded", "hanging", "ended"]


def state_of(name: str, sign: Sign, signs: Signs, *, silent: bool) -> State:
    """How a role is. They take turns, so a process without a sign of life hangs at the role whose turn it is."""
    if signs.ended:
        return "ended"
    if silent and signs.at_work in {None, name}:
        return "hanging"
    return "ok" if sign.why is None else "degraded"


def health(signs: Signs, now: float, limit: float = LIMIT) -> tuple[State, dict[str, Any]]:
    """How a process is, and each of its roles: its state, and the age of its last sign of life in seconds."""
    silent = now - signs.heard_at > limit
    states = {name: state_of(name, sign, signs, silent=silent) for name, sign in signs.roles.items()}
    state: State = "ok" if states else "starting"
    if signs.ended:
        state = "ended"
    elif silent:
        state = "hanging"
    elif "degraded" in states.values():
        state = "degraded"
    roles = {
        name: {"state": states[name], "heartbeat_age_seconds": round(now - sign.beat_at, 3), "why": sign.why}
        for name, sign in signs.roles.items()
    }
    return state, {"state": state, "roles": roles}


class Health:
    """Answers /health, /ready and /metrics at an address, host:port, until it is closed; 0 is any free port.

    Raises Stopped where the address can't be had.
    """

    def __init__(self, address: str, measures: Measures, limit: float = LIMIT) -> None:
        host, _, port = address.rpartition(":")
        try:
            self._server = _Server((host, int(port)), measures, limit)
        except (OSError, OverflowError) as fault:
            msg = f"nothing can be served at {address} ({fault}): name another address in BONITET_METRICS"
            raise Stopped(msg) from fault
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="health", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it answers."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], measures: Measures, limit: float) -> None:
        self.measures = measures
        self.limit = limit
        super().__init__(address, _Request)

    def server_bind(self) -> None:
        """Without asking who we are by name, which can take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]  # of an IPv4 address


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE
    server_version, sys_version = "bonitet", ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        measures = self.server.measures
        if path == "/metrics":
            self._answer(HTTPStatus.OK, CONTENT_TYPE, measures.text())
            return
        if path not in {"/health", "/ready"}:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"there are /health, /ready and /metrics\n")
            return
        signs = measures.pulse.signs()
        state, told = health(signs, monotonic(), self.server.limit)
        good = state not in {"hanging", "ended"}
        if path == "/ready":
            good = good and bool(signs.roles) and all(sign.ready for sign in signs.roles.values())
            told = {"ready": good}
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, "application/json", json.dumps(told).encode() + b"\n")

    def do_HEAD(self) -> None:
        self.do_GET()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Nothing can be done here but ask."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._answer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"only GET and HEAD\n")
        else:
            super().send_error(code, message, explain)

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Who asks, and how often, is nothing to keep."""
