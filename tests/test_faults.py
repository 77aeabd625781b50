"""Whatever breaks while facts come in, in the end nobody can tell: a tenth of `make faults`, and moments of its own."""

import pytest

from adapters.intake.engine import Engine
from adapters.intake.work import Summary
from adapters.kafka.worker import Worker
from adapters.measures import Measures
from tests.components.kafka import Cluster
from tests.feeding import Topics, kafka_of, read_to_end, send, worker
from tests.installation import installation, names, registration, waiting, wire


class _Killed(BaseException):
    """The end of a process, at a place where no handler would catch it."""


class _Dies(Engine):
    """An engine whose process is killed when a batch is written, before what waits for it is released."""

    def release(self, subject: str, total: Summary | None = None) -> Summary:
        raise _Killed(subject, total)


def test_what_a_killed_worker_left_to_be_released_is_released_by_whoever_takes_over(
    database: str, broker: Cluster, topics: Topics
) -> None:
    kafka = kafka_of(broker, topics(1))
    renamed = wire("CompanyRenamed", "2024-03-02", data={"name": "Tekstil"})
    send(broker, kafka.facts[0], [renamed, registration()])
    with installation(database) as system:
        dies = Worker(_Dies(system.store, system.settings, system.clock), kafka, Measures(), system.clock)
        with pytest.raises(_Killed):
            read_to_end(system, dies)
        dies.close()
        assert len(waiting(system)) == 1
        with worker(system, kafka) as another:
            read_to_end(system, another)
        assert waiting(system) == []
        assert names(system) == ["CompanyRegistered", "CompanyRenamed"]
