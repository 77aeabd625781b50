"""What operators are told of a process: it is well while it works or waits out an outage, not where it hangs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from adapters.health import Health, health
from adapters.measures import Measures
from adapters.running import Stopped, run
from adapters.store.store import FileStore

LIMIT = 0.3  # seconds
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def measures() -> Measures:
    return Measures()


@pytest.fixture
def served(measures: Measures) -> Iterator[Health]:
    with Health("127.0.0.1:0", measures, LIMIT) as health:
        yield health


def answer(served: Health, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and text of an answer."""
    connection = HTTPConnection(served.address, timeout=5)
    connection.request(method, path)
    response = connection.getresponse()
    told = response.status, response.read().decode()
    connection.close()
    return told


def states(measures: Measures, later: float = 0.0) -> tuple[str, dict[str, str]]:
    """The state of a process, and those of its roles, so many seconds from now."""
    state, told = health(measures.pulse.signs(), monotonic() + later, LIMIT)
    return state, {name: role["state"] for name, role in told["roles"].items()}


def test_a_role_is_well_while_it_beats_and_degraded_while_it_waits_out_an_outage(measures: Measures) -> None:
    assert states(measures) == ("starting", {})
    measures.pulse.begin(["work", "project"])
    measures.beat("work")
    assert states(measures) == ("ok", {"work": "ok", "project": "ok"})
    measures.failed("project", "connection refused")
    assert states(measures) == ("degraded", {"work": "ok", "project": "degraded"})
    measures.pulse.worked("project")
    assert states(measures) == ("ok", {"work": "ok", "project": "ok"})


def test_the_role_whose_turn_lasts_too_long_hangs_and_not_those_that_wait_for_theirs(measures: Measures) -> None:
    measures.pulse.begin(["work", "project"])
    measures.pulse.turn("project")
    assert states(measures, LIMIT - 0.1) == ("ok", {"work": "ok", "project": "ok"})
    assert states(measures, LIMIT + 0.1) == ("hanging", {"work": "ok", "project": "hanging"})
    measures.pulse.end()
    assert states(measures) == ("ended", {"work": "ended", "project": "ended"})


class Held:
    """A role that hangs in its second step until it is let go."""

    name = "held"
    waits = False

    def __init__(self) -> None:
        self.let_go = Event()
        self.steps = 0

    def step(self) -> bool:
        self.steps += 1
        if self.steps == 2:
            self.let_go.wait(10)
        return self.steps < 2

    def close(self) -> None:
        pass


def test_health_is_red_while_a_role_hangs_and_green_again_after_it(
    served: Health, measures: Measures, tmp_path: Path
) -> None:
    assert answer(served, "/ready")[0] == 503
    with held(measures, tmp_path) as role:
        seen: list[int] = []
        while len(seen) < 100 and seen[-1:] != [503]:
            seen.append(answer(served, "/health")[0])
            sleep(0.02)
        assert (seen[0], seen[-1]) == (200, 503)
        assert json.loads(answer(served, "/health")[1])["roles"]["held"]["state"] == "hanging"
        assert answer(served, "/ready")[0] == 503
        role.let_go.set()
        while role.steps < 4:
            sleep(0.02)
        assert (answer(served, "/health")[0], answer(served, "/ready")[0]) == (200, 200)
    assert answer(served, "/health")[0] == 503


@contextmanager
def held(measures: Measures, folder: Path) -> Iterator[Held]:
    """A process whose only role hangs."""
    role, stop, store = Held(), Event(), FileStore(folder / "a.sqlite3")
    thread = Thread(target=run, args=([role], store), kwargs={"measures": measures, "stop": stop, "poll": 0.1})
    thread.start()
    try:
        yield role
    finally:
        stop.set()
        role.let_go.set()
        thread.join()
        store.close()


def test_nothing_else_is_served(served: Health) -> None:
    assert answer(served, "/")[0] == 404
    assert answer(served, "/metrics/x")[0] == 404
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
        assert answer(served, "/health", method)[0] == 405
    assert answer(served, "/health?x=1", "HEAD") == (200, "")


def test_an_address_that_is_taken_is_refused_with_a_way_out(served: Health, measures: Measures) -> None:
    with pytest.raises(Stopped, match="name another address in BONITET_METRICS"):
        Health(served.address, measures)
    with pytest.raises(Stopped):
        Health("127.0.0.1:99999", measures)


def test_figures_are_told_by_their_units(served: Health, measures: Measures) -> None:
    measures.beat("work")
    measures.batch("work", 0.2, 500)
    measures.lag("kafka:c/t/i/0", 7, NOW - timedelta(seconds=90), lambda: NOW)
    measures.lag("kafka:c/t/i/1", 9, None, lambda: NOW)
    measures.lag("kafka:c/t/i/2", 9, None, lambda: NOW)
    measures.hold({"kafka:c/t/i/0", "kafka:c/t/i/1", "kafka:c/t/i/3"})
    measures.behind("read models", 12)
    measures.refused("conflict")
    measures.parked(3, 3600)
    measures.rejected(2)
    measures.published("bonitet.events", 40)
    measures.unpublished("events", 7)
    measures.unpublished("register", 8)
    measures.unpublished("register", None)
    measures.unpublished("register", None)
    measures.failed("work", "connection refused")
    status, told = answer(served, "/metrics")
    lines = set(told.splitlines())
    assert status == 200
    assert lines >= {
        'bonitet_batch_facts_total{role="work"} 500.0',
        'bonitet_batch_seconds_count{role="work"} 1.0',
        'bonitet_lag_facts{source="kafka:c/t/i/0"} 7.0',
        'bonitet_lag_seconds{source="kafka:c/t/i/0"} 90.0',
        'bonitet_lag_seconds{source="kafka:c/t/i/1"} +Inf',
        'bonitet_projection_behind_events{projection="read models"} 12.0',
        'bonitet_refused_total{what="conflict"} 1.0',
        'bonitet_refused_total{what="position"} 0.0',
        "bonitet_parked_facts 3.0",
        "bonitet_parked_oldest_seconds 3600.0",
        "bonitet_rejected_facts_total 2.0",
        'bonitet_published_messages_total{topic="bonitet.events"} 40.0',
        'bonitet_publisher_behind{publisher="events"} 7.0',
        'bonitet_failures_total{role="work"} 1.0',
    }
    assert 'source="kafka:c/t/i/2"' not in told
    beat = next(line for line in lines if line.startswith('bonitet_heartbeat_timestamp_seconds{role="work"}'))
    assert float(beat.split()[1]) > 1.7e9
