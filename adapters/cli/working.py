"""The processes that keep an installation going: facts in, read models, messages out, deadlines."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from adapters.cli.inputs import kafka_settings, speaking
from adapters.cli.opening import USAGE, Failure, Terminal, command
from adapters.main import System
from adapters.settings import KafkaSettings, Settings
from adapters.store.store import is_address

if TYPE_CHECKING:
    from adapters.measures import Measures
    from adapters.running import Role

# What runs for long is imported where it is needed: it is installed for production only, and takes its time.

Metrics = Annotated[
    str | None,
    typer.Option("--metrics", help="Answer /health, /ready and /metrics at this host:port (BONITET_METRICS)."),
]
Roles = Callable[[System, KafkaSettings, "Measures"], "list[Role]"]

OUTGOING = ("events", "notifications", "register", "dead-letters")


def work(terminal: Terminal, *, metrics: Metrics = None) -> None:
    """Take in facts from Kafka, as one worker of a group; start as many as there is load, up to one a partition."""
    with _installation(terminal, metrics, projecting=not _shared(terminal)) as process:
        process.run(_facts_in)


def project(terminal: Terminal, *, metrics: Metrics = None) -> None:
    """Keep the read models up to date; of several processes one does, and the next one takes over when it ends."""
    with _installation(terminal, metrics, followed=True) as process:
        process.run(_read_models)


def relay(
    terminal: Terminal,
    *,
    only: Annotated[
        list[str] | None, typer.Option("--only", help=f"One of {', '.join(OUTGOING)}; may be said more than once.")
    ] = None,
    metrics: Metrics = None,
) -> None:
    """Publish to Kafka what happened: events, notices, changes of the register, dead letters."""
    if wrong := set(only or ()) - set(OUTGOING):
        raise Failure(f"{min(wrong)} is nothing that is published: {', '.join(OUTGOING)} are", USAGE)
    with _installation(terminal, metrics, projecting=False) as process:
        process.run(lambda system, kafka, measures: _messages_out(system, kafka, measures, only))


def up(terminal: Terminal, *, metrics: Metrics = None) -> None:
    """Everything in one process, for a small installation: facts in, read models, deadlines, messages out."""

    def everything(system: System, kafka: KafkaSettings, measures: "Measures") -> "list[Role]":
        return [
            *_facts_in(system, kafka, measures),
            *_read_models(system, kafka, measures),
            *deadlines(system, kafka, measures),
            *_messages_out(system, kafka, measures, None),
        ]

    with _installation(terminal, metrics, followed=_shared(terminal), create=True) as process:
        process.run(everything)


# --- roles -------------------------------------------------------------------------------------------------------


def _facts_in(system: System, kafka: KafkaSettings, measures: "Measures") -> "list[Role]":
    from adapters.kafka.worker import Worker  # noqa: PLC0415

    return [Worker(system.engine, kafka, measures, system.clock)]


def _read_models(system: System, _kafka: KafkaSettings, measures: "Measures") -> "list[Role]":
    from adapters.projector import Projector  # noqa: PLC0415

    return [Projector(system.store, system.engine.projections, measures)]


def deadlines(system: System, _kafka: KafkaSettings, measures: "Measures") -> "list[Role]":
    """The role that enforces deadlines up to what has been read."""
    from adapters.enforcing import Enforcer  # noqa: PLC0415

    return [Enforcer(system.engine, measures)]


def _messages_out(system: System, kafka: KafkaSettings, measures: "Measures", only: list[str] | None) -> "list[Role]":
    from adapters.kafka.publishing import publishers  # noqa: PLC0415

    told = publishers(system.store, kafka, system.clock, measures)
    return [role for role in told if only is None or role.name.partition(":")[0].replace(" ", "-") in only]


# --- the process -------------------------------------------------------------------------------------------------


class _Process:
    """A process that keeps going until it is told to end."""

    def __init__(self, terminal: Terminal, system: System, measures: "Measures") -> None:
        self._terminal = terminal
        self._system = system
        self._measures = measures

    def run(self, roles: Roles) -> None:
        """Let the roles take turns."""
        from adapters.running import run  # noqa: PLC0415

        kafka = kafka_settings()
        with speaking(kafka):
            told = roles(self._system, kafka, self._measures)
            names = ", ".join(role.name for role in told)
            self._terminal.remark(f"{names}: at work on {self._system.store.place}; Ctrl-C ends it")
            run(told, self._system.store, measures=self._measures, stop=Event())


@contextmanager
def _installation(
    terminal: Terminal,
    metrics: str | None,
    *,
    projecting: bool = True,
    followed: bool = False,
    create: bool = False,
) -> Iterator[_Process]:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it tells of whatever it mends by itself
    settings = _with_metrics(terminal, metrics)
    try:
        from adapters.health import Health  # noqa: PLC0415
        from adapters.measures import Measures  # noqa: PLC0415
    except ImportError as missing:
        raise Failure(f"{missing}: this needs what `pip install 'bonitet[production]'` installs") from missing
    measures = Measures()
    with ExitStack() as open_:
        if settings.metrics is not None:
            open_.enter_context(Health(settings.metrics, measures))
        system = open_.enter_context(
            terminal.system(create=create, settings=settings, projecting=projecting, followed=followed)
        )
        yield _Process(terminal, system, measures)


def _with_metrics(terminal: Terminal, metrics: str | None) -> Settings:
    try:
        return terminal.settings(**({} if metrics is None else {"metrics": metrics}))
    except ValidationError as fault:
        if any(each["loc"] == ("metrics",) for each in fault.errors()):
            msg = "BONITET_METRICS or --metrics: the host:port to be asked at, for example 127.0.0.1:9464"
            raise Failure(msg, USAGE) from None
        raise


def keep_enforcing(terminal: Terminal, metrics: str | None) -> None:
    """Enforce deadlines for as long as the process runs."""
    with _installation(terminal, metrics, projecting=not _shared(terminal)) as process:
        process.run(deadlines)


def _shared(terminal: Terminal) -> bool:
    """Whether other processes keep the read models up to date."""
    return is_address(_with_metrics(terminal, None).database)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    for name, function in (("work", work), ("project", project), ("relay", relay), ("up", up)):
        command(app, name, panel="Production")(function)
