"""What feeds an installation in production: the schema of its database, its topics, and how far each was read."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from adapters.cli import showing
from adapters.cli.facts import opened_lines
from adapters.cli.opening import LEFT_OVER, OK, USAGE, Failure, Terminal, command
from adapters.cli.progress import progress
from adapters.intake import sources
from adapters.intake.reading import Line, lines
from adapters.settings import KafkaSettings
from adapters.store import schema
from adapters.store.store import url_of

if TYPE_CHECKING:
    from adapters.kafka.sending import Sent

# What speaks with Kafka is imported where it is needed: it is installed for production only, and takes its time.

LATE = timedelta(minutes=5)


def kafka_settings() -> KafkaSettings:
    """The settings for Kafka; what can't be one is named."""
    try:
        return KafkaSettings()
    except ValidationError as fault:
        raise Failure("; ".join(_wrong(fault)), USAGE) from None  # the cause quotes what was given, passwords too
    except SettingsError:
        way = "write JSON, for example BONITET_KAFKA_FACTS='[\"bonitet.facts\"]'"
        raise Failure(f"BONITET_KAFKA_FACTS is no list of topics: {way}", USAGE) from None
    except UnicodeDecodeError as fault:
        raise Failure(f"the file that a BONITET_KAFKA_..._FILE names is no text in UTF-8 ({fault.reason})") from None
    except OSError as fault:
        named = f"{fault.filename}, which a BONITET_KAFKA_..._FILE names, can't be read"
        raise Failure(f"{named}: {fault.strerror}") from fault


_TOPICS = frozenset({"facts", "events", "register_changes", "notifications", "dead_letters"})


def _wrong(fault: ValidationError) -> Iterator[str]:
    for each in fault.errors(include_url=False, include_context=False, include_input=False)[:3]:
        says = each["msg"].removeprefix("Value error, ")
        if not each["loc"]:
            yield says  # it names the settings that don't fit together
            continue
        name = str(each["loc"][0])
        if name in _TOPICS and each["type"] == "string_pattern_mismatch":
            says = "a topic is called by letters, digits, dots, dashes and underscores"
        yield f"BONITET_KAFKA_{name.upper()}: {says}"


@contextmanager
def speaking(kafka: KafkaSettings) -> Iterator[None]:
    """While a command speaks with Kafka: a failure says what is missing."""
    try:
        from kafka.errors import KafkaError  # noqa: PLC0415

        from adapters.kafka.reaching import Unreachable  # noqa: PLC0415
    except ImportError as missing:
        raise Failure(f"{missing}: Kafka needs what `pip install 'bonitet[production]'` installs") from missing
    logger = logging.getLogger("kafka")
    before = logger.level
    logger.setLevel(logging.CRITICAL)  # it tells of whatever it mends by itself
    try:
        yield
    except Unreachable as fault:
        raise Failure(str(fault)) from fault
    except KafkaError as fault:
        said = str(fault) or type(fault).__name__
        way = "start it, or correct BONITET_KAFKA_SERVERS and what else is set for Kafka"
        raise Failure(f"Kafka at {kafka.servers} does not answer as it should ({said}): {way}") from fault
    finally:
        logger.setLevel(before)


# --- the database ------------------------------------------------------------------------------------------------


def migrate(terminal: Terminal) -> None:
    """Bring the database to the schema of this program; changes nothing where it has it already."""
    settings = terminal.settings()
    before, after = schema.migrate(url_of(settings.database)), schema.HEAD
    if terminal.json:
        terminal.document({"before": before, "after": after})
    else:
        what = f"from revision {before} to {after}" if before != after else f"revision {after}, as before"
        terminal.out.print(f"the database has the schema of this program: {what}", markup=False)


# --- facts into Kafka --------------------------------------------------------------------------------------------


def publish(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(help="Facts as JSON lines, also gzipped; - for standard input.")],
    *,
    topic: Annotated[str | None, typer.Option("--topic", help="The topic; the first of BONITET_KAFKA_FACTS.")] = None,
) -> int:
    """Send facts to Kafka in their order: a company's by its key, the scheme's to every partition.

    Sent again, a fact changes nothing. Ends with 3 if some lines were no facts; those are not sent.
    """
    kafka, settings = kafka_settings(), terminal.settings()

    def unreadable(line: Line, reason: str) -> None:
        terminal.err.print(f"line {line.position}: {reason}", markup=False, soft_wrap=True)

    path = None if file == "-" else Path(file)
    with (
        speaking(kafka),
        opened_lines(path) as (stream, raw, size),
        progress(terminal, "publishing", size, "messages") as step,
    ):
        from adapters.kafka.sending import Sender  # noqa: PLC0415

        def told(sent: "Sent") -> None:
            step(raw.tell() if size else 0, sent.messages)

        sender = Sender(kafka.connection(), topic or kafka.facts[0], settings.longest_line)
        try:
            sent = sender.send(lines(stream, settings.longest_line), told, unreadable)
        finally:
            sender.close()
    if terminal.json:
        names = ("facts", "scheme_facts", "messages", "unreadable")
        terminal.document({name: getattr(sent, name) for name in names})
    else:
        terminal.out.print(
            f"{sent.facts:,} facts of companies and {sent.scheme_facts:,} of the scheme sent, in {sent.messages:,} "
            f"messages; {sent.unreadable:,} lines were no facts"
        )
    return LEFT_OVER if sent.unreadable else OK


# --- topics ------------------------------------------------------------------------------------------------------


def create_topics(
    terminal: Terminal,
    *,
    partitions_wanted: Annotated[
        int, typer.Option("--partitions", min=1, max=1_000, help="Partitions of the facts topics: so many workers.")
    ] = 8,
    replication: Annotated[int, typer.Option("--replication", min=1, help="Copies of each partition.")] = 1,
) -> None:
    """Create the topics that are missing, with what each one needs; those that are there stay as they are."""
    kafka = kafka_settings()
    with speaking(kafka):
        from adapters.kafka import topics  # noqa: PLC0415

        made, there = topics.create(kafka, partitions_wanted, replication)
    if terminal.json:
        terminal.document({"created": made, "there": there})
        return
    for name in made:
        terminal.out.print(f"{name} created", markup=False)
    for name in there:
        terminal.out.print(f"{name} was there", markup=False)


# --- sources -----------------------------------------------------------------------------------------------------


def list_sources(terminal: Terminal) -> None:
    """How far each partition and each unfinished file was read."""
    with terminal.system() as system:
        with system.store.reading() as c:
            known = sources.known(c)
        offsets = system.store.source_positions()
        now = system.clock()
    if terminal.json:
        for s in known:
            offset = offsets.get(s.name, 0)
            told = {"source": s.name, "offset": offset, "end": s.end_offset, "read_until": showing.iso(s.read_until)}
            terminal.line({**told, "scheme_facts": s.scheme_facts})
        for name in offsets.keys() - {s.name for s in known}:
            terminal.line({"source": name, "line": offsets[name]})
        return
    made = showing.table("source", "read to>", "unread>", "scheme facts>", "everything read until", "")
    for s in known:
        offset = offsets.get(s.name, 0)
        unread = "" if s.end_offset is None else f"{max(0, s.end_offset - offset):,}"
        until = "never" if s.read_until is None else showing.local(s.read_until)
        look = "look" if s.read_until is None or now - s.read_until > LATE else ""
        made.add_row(*map(showing.cell, (s.name, f"{offset:,}", unread, s.scheme_facts, until, look)))
    for name in sorted(offsets.keys() - {s.name for s in known}):
        made.add_row(*map(showing.cell, (name, f"line {offsets[name]:,}", "", "", "not to its end", "look")))
    terminal.out.print(made if known or offsets else "nothing was left unread")


def accept(terminal: Terminal, topic: Annotated[str, typer.Argument(help="The topic.")]) -> None:
    """Take a topic as it is now: made again, it is read from its beginning; new partitions are taken up."""
    kafka = kafka_settings()
    with speaking(kafka), terminal.system() as system:
        from adapters.kafka import partitions  # noqa: PLC0415

        with system.store.reading() as c:
            read = {*kafka.facts, *(s.topic for s in sources.known(c))}
        if topic not in read:
            way = "name one of these, or the new one in BONITET_KAFKA_FACTS"
            raise Failure(f"no facts are read from {topic}, but from {', '.join(sorted(read))}: {way}")
        found = partitions.described(kafka.connection(), [topic])[topic]
        fresh = partitions.accept(system.store, found, system.settings.actor, system.clock)
    if terminal.json:
        terminal.document({"topic": topic, "taken_up": fresh})
    else:
        terminal.out.print(f"{topic}: {len(fresh)} partitions were taken up", markup=False)


def forget(
    terminal: Terminal,
    topic: Annotated[str, typer.Argument(help="The topic.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")],
) -> None:
    """Give up a topic from which no facts come any more, so that deadlines no longer wait for it."""
    kafka = kafka_settings()
    if not reason.strip():
        raise Failure("a topic is given up only with a reason: say it with --reason", USAGE)
    if topic in kafka.facts:
        raise Failure(f"facts are read from {topic}: take it out of BONITET_KAFKA_FACTS first, wherever work is done")
    with speaking(kafka), terminal.system() as system:
        from adapters.kafka import partitions  # noqa: PLC0415

        gone = partitions.forget(system.store, topic, f"{system.settings.actor}: {reason}", system.clock)
    if terminal.json:
        terminal.document({"topic": topic, "given_up": gone, "reason": reason})
    else:
        terminal.out.print(f"{topic}: {len(gone)} partitions were given up", markup=False)


def move(
    terminal: Terminal,
    source: Annotated[str, typer.Argument(help="Its name, as `bonitet sources list` shows it.")],
    offset: Annotated[int, typer.Argument(min=0, help="The offset of the next fact to read.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")],
) -> None:
    """Go on with a partition from another offset; what is passed over is kept on record."""
    if not reason.strip():
        raise Failure("a source is moved only with a reason: say it with --reason", USAGE)
    with speaking(kafka_settings()), terminal.system() as system:
        from adapters.kafka import partitions  # noqa: PLC0415

        before = partitions.move(system.store, source, offset, f"{system.settings.actor}: {reason}", system.clock)
    if terminal.json:
        terminal.document({"source": source, "before": before, "offset": offset, "reason": reason})
    else:
        terminal.out.print(f"{source} goes on at offset {offset:,}; it stood at {before:,}", markup=False)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    command(app, "publish", panel="Production")(publish)
    command(app, "migrate", panel="Production")(migrate)
    made = typer.Typer(help="The topics of Kafka.", no_args_is_help=True)
    command(made, "create")(create_topics)
    app.add_typer(made, name="topics", rich_help_panel="Production")
    read = typer.Typer(help="How far the facts were read, and from where to go on.", no_args_is_help=True)
    command(read, "list")(list_sources)
    command(read, "accept")(accept)
    command(read, "forget")(forget)
    command(read, "move")(move)
    app.add_typer(read, name="sources", rich_help_panel="Production")
