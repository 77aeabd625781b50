"""The library's own way: one fact a transaction, and projections that take one event a transaction.

An `Application` with the stock SQLite recorder (chosen by environment, as its documentation shows), the default JSON
transcoder and UUIDs for ids. The aggregate is the company with its certificates, since that is the boundary of
consistency; an aggregate for each certificate would have to be loaded besides. It is loaded from the repository for
each fact, this project's domain decides, and `save` writes the events of that one fact. At the end every company meets
the scheme-wide facts, one save each, as the engine has it.

`ProjectionRunner` doesn't run on SQLite, so its loop is written out: notifications are selected in sections of ten,
and each event is projected in a transaction of its own together with the tracking record. The very same projections
write the very same tables. To be fair, and where in doubt generous: WAL and full synchronisation as in the engine;
what an aggregate and what a projection holds is evolved event by event and folded anew only where the story was told
again; projections keep all dossiers in memory; the statements that they send are compiled once; whether a fact is
plausible is not checked, and personal texts are not stored. Whether the read models come out equal is compared after
the run.

With `cached` the library's aggregate cache is switched on without its copies and queries: the fastest that its settings
allow, for one process that nobody else writes beside.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import JSONTranscoder, Tracking, Transcoding
from pydantic import create_model
from sqlalchemy import Connection, Dialect, Table, create_engine
from sqlalchemy import event as listening

from adapters.intake.gate import event_of
from adapters.intake.reading import lines, read
from adapters.store.projecting import models
from adapters.store.recorder import CACHE
from domain import facts
from domain.dossier import INERT, Dossier, blank, evolve, mark, moment, with_scheme
from domain.events import EVENTS, DecisionAnnulled, Event
from domain.facts import STORED
from domain.history import Entry, fold
from domain.identity import SCHEME_SUBJECT, check_subject
from domain.recording import appended, learn, meet, relearn, remeet
from domain.schemes.scheme import Scheme
from domain.telling import Telling
from domain.wire import CloudEvent
from projections import agenda, audit, batch, register, worklist
from projections.batch import Batch, Recorded
from tests.bench.child import Progress
from tests.bench.ours import KEY
from tests.bench.watch import Watch

_LONGEST = 1_000_000
_REPORT = 250
_SECTION = 10
_EVERYTHING = 1_000_000

# --- what is stored --------------------------------------------------------------------------------------------------

_TOLD = {name: create_model(f"Told{name}", __base__=Event, data=(model, ...)) for name, model in EVENTS.items()}


class EventAsDict(Transcoding):
    """How the library's JSON transcoder writes an event of this project, and reads it again."""

    type = Event
    name = "told"

    def encode(self, obj: Event) -> dict[str, Any]:
        """The event as values that JSON knows, with its name."""
        return {"event": obj.name, **obj.model_dump(mode="json", exclude_none=True)}

    def decode(self, data: dict[str, Any]) -> Event:
        """The event again."""
        return _TOLD[data.pop("event")].model_validate(data, context=STORED, strict=False)


class Story:
    """What was told of one company, with the dossier that follows from it."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.history: list[Entry] = []
        self._versions: dict[str, int] = {}
        self._dossier: Dossier | None = blank(subject, Scheme())

    def hold(self, told: Event) -> int:
        """Take in an event; answers its version in its stream."""
        version = self._versions[told.stream] = self._versions.get(told.stream, 0) + 1
        self.history.append(Entry(version, told))
        if self._dossier is not None:
            self._dossier = None if _retells(told, self._dossier) else evolve(self._dossier, told)
        return version

    def dossier(self, scheme: Scheme) -> Dossier:
        """The dossier as it stands under a scheme."""
        if self._dossier is None:
            self._dossier = fold(self.subject, scheme, self.history)
        dossier = with_scheme(self._dossier, scheme)
        if dossier.certificates or dossier.cases:
            telling = Telling(dossier)
            telling.watch()
            dossier = telling.dossier
        self._dossier = dossier
        return dossier


def _retells(told: Event, dossier: Dossier) -> bool:
    data = told.data
    if isinstance(data, DecisionAnnulled | facts.FactRetracted):
        return True
    return told.fact is not None and not isinstance(data, INERT) and moment(told) < dossier.tip


class Company(Aggregate):
    """A company with its certificates; `seen` counts the scheme-wide facts that it had met."""

    @event("Begun")
    def __init__(self, told: Event, seen: int) -> None:
        self.story = Story(told.subject)
        self.story.hold(told)
        self.seen = seen

    @staticmethod
    def create_id(told: Event) -> UUID:
        """The id that belongs to the subject."""
        return id_of(told.subject)

    @event("Told")
    def tell(self, told: Event, seen: int) -> None:
        """Something more is told of it."""
        self.story.hold(told)
        self.seen = seen


def id_of(subject: str) -> UUID:
    """The id of a company's aggregate."""
    return uuid5(NAMESPACE_URL, subject)


# --- facts in --------------------------------------------------------------------------------------------------------


class Certificates(Application[UUID]):
    """Takes in facts one by one."""

    def __init__(self, env: dict[str, str]) -> None:
        super().__init__(env)
        self.scheme_facts: list[Event] = []
        self.schemes = [Scheme()]
        self.holding: dict[str, None] = {}

    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        """How events are written."""
        super().register_transcodings(transcoder)
        transcoder.register(EventAsDict())

    def take(self, fact: CloudEvent) -> None:
        """Decide on a fact and save what follows from it."""
        check_subject(fact.subject)
        told, _ = event_of(fact, KEY.encode())
        company = self._company(fact.subject)
        if fact.subject == SCHEME_SUBJECT:
            if all(known.fact != told.fact for known in self.scheme_facts):
                self.scheme_facts.append(told)
                self.schemes.append(self.schemes[-1].meets(told))
                self._save(company, [told])
            return
        story, dossier = self._met(company, fact.subject)
        if mark(told) in dossier.known and any(e.event.fact == told.fact for e in story.history):
            return
        before = self._meet(story, dossier)
        learned = learn(before[0], told)
        if learned is None:
            learned = relearn(before[0], appended(story.history, before[1]), told)
        self._save(company, [*before[1], *learned.events])
        if learned.dossier.certificates:
            self.holding[fact.subject] = None

    def sweep(self) -> None:
        """Every company with certificates meets the scheme-wide facts that it has not met."""
        for subject in self.holding:
            company = self._company(subject)
            _, told = self._meet(*self._met(company, subject))
            if told:
                self._save(company, told)

    def _company(self, subject: str) -> Company | None:
        try:
            company: Company = self.repository.get(id_of(subject))
        except AggregateNotFoundError:
            return None
        return company

    def _met(self, company: Company | None, subject: str) -> tuple[Story, Dossier]:
        if company is None:
            story = Story(subject)
            return story, story.dossier(self.schemes[-1])
        return company.story, company.story.dossier(self.schemes[company.seen])

    def _meet(self, story: Story, dossier: Dossier) -> tuple[Dossier, list[Event]]:
        if not dossier.certificates and not dossier.cases:
            return with_scheme(dossier, self.schemes[-1]), []
        told: list[Event] = []
        for number in range(dossier.scheme.seen, len(self.scheme_facts)):
            fact, scheme = self.scheme_facts[number], self.schemes[number + 1]
            met = meet(dossier, scheme, fact) or remeet(dossier, appended(story.history, told), scheme, fact)
            dossier = met.dossier
            told.extend(met.events)
        return dossier, told

    def _save(self, company: Company | None, told: Sequence[Event]) -> None:
        seen = len(self.scheme_facts)
        for each in told:
            plain = each if type(each) is Event else Event.model_construct(**each.__dict__)
            if company is None:
                company = Company(told=plain, seen=seen)
            else:
                company.tell(told=plain, seen=seen)
        self.save(company)


# --- projections -----------------------------------------------------------------------------------------------------

_TRACKING = (
    "CREATE TABLE IF NOT EXISTS tracking (application_name TEXT, notification_id INTEGER, "
    "PRIMARY KEY (application_name)) WITHOUT ROWID"
)
_TRACK = (
    "INSERT INTO tracking VALUES (?,?) ON CONFLICT (application_name) DO UPDATE "
    "SET notification_id=excluded.notification_id WHERE tracking.notification_id<excluded.notification_id"
)


class Runner:
    """Follows the application's notification log as the library's runner does, without its thread."""

    def __init__(self, app: Certificates, database: str) -> None:
        self.app = app
        self.projections = models(_EVERYTHING)
        self.engine = create_engine(f"sqlite:///{database}")
        listening.listen(self.engine, "connect", _durable)
        with self.engine.begin() as to:
            batch.metadata.create_all(to)
            to.exec_driver_sql(_TRACKING)
        self.stories: dict[str, Story] = {}
        self.schemes = [Scheme()]

    def run(self, progress: Progress, whole: int) -> int:
        """Project everything that is in the log; answers how many events that were."""
        position = 0
        while section := self.app.notification_log.select(position + 1, _SECTION):
            for notification in section:
                told: Any = self.app.mapper.to_domain_event(notification)
                position = notification.id
                self._process(told.told, Tracking(self.app.name, position))
                if position % _REPORT == 0:
                    progress(position, whole)
        return position

    def _process(self, told: Event, tracking: Tracking) -> None:
        subject = told.subject
        story = self.stories.setdefault(subject, Story(subject))
        version = story.hold(told)
        subjects = [subject]
        if subject == SCHEME_SUBJECT:
            self.schemes.append(self.schemes[-1].meets(told))
            subjects = []
        one = Batch(
            [Recorded(tracking.notification_id, version, told)],
            lambda subject: self.stories[subject].dossier(self.schemes[-1]),
            subjects,
        )
        with self.engine.begin() as to:
            to.exec_driver_sql(_TRACK, (tracking.application_name, tracking.notification_id))
            for projection in self.projections:
                projection.project(one, to)


def _durable(connection: Any, _entry: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(CACHE)


@lru_cache
def _inserting(table: Table, dialect: Dialect) -> str:
    return str(table.insert().compile(dialect=dialect, column_keys=[c.name for c in table.columns]))


@lru_cache
def _deleting(table: Table, column: str, dialect: Dialect) -> str:
    return str(table.delete().where(table.c[column] == "").compile(dialect=dialect))


def _insert_rows(to: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    if told := list(rows):
        to.exec_driver_sql(_inserting(table, to.dialect), told)


def _delete_rows(to: Connection, table: Table, column: str, keys: Iterable[str]) -> None:
    if told := [(key,) for key in keys]:
        to.exec_driver_sql(_deleting(table, column, to.dialect), told)


def _compile_once() -> None:
    """Written for batches, the projections compile a statement each time; with one event a time that would weigh."""
    for module in (register, audit, agenda, worklist):
        for name, function in (("insert_rows", _insert_rows), ("delete_rows", _delete_rows)):
            if hasattr(module, name):
                setattr(module, name, function)


# --- the measurement -------------------------------------------------------------------------------------------------


def ingest(facts: str, whole: int, database: str, *, cached: bool, progress: Progress) -> dict[str, Any]:
    """A new database, every fact of the file taken, projections up to date, the database closed again."""
    environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": database}
    if cached:
        environment |= {
            "AGGREGATE_CACHE_MAXSIZE": str(_EVERYTHING),
            "AGGREGATE_CACHE_FASTFORWARD": "n",
            "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
        }
    _compile_once()
    taking, projecting = Watch(), Watch()
    with taking:
        app = Certificates(environment)
        count = 0
        for count, fact in enumerate(_facts(Path(facts)), start=1):
            app.take(fact)
            if count % _REPORT == 0:
                progress(count, 2 * whole)
        app.sweep()
    with projecting:
        runner = Runner(app, database)
        events = runner.run(lambda done, of: progress(whole + done * whole // of, 2 * whole), 2 * whole)
        runner.engine.dispose()
        app.close()
    return {
        "facts": count,
        **{name: value + projecting.seconds()[name] for name, value in taking.seconds().items()},
        "taking": taking.seconds(),
        "projecting": projecting.seconds(),
        "events": events,
        "bytes": Path(database).stat().st_size,
    }


def _facts(path: Path) -> Iterator[CloudEvent]:
    with path.open("rb") as stream:
        for line in lines(stream, _LONGEST):
            fact = read(line, _LONGEST)
            if not isinstance(fact, CloudEvent):
                raise TypeError(f"line {line.position} is no fact: {fact.reason}")
            yield fact
