"""Whatever an installation is kept in and whoever does its work: the same facts, and the same is told of them."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from kafka import KafkaProducer

from adapters import persons
from adapters.asking import agenda_of, caveats, counts_at, find, history_of, register_at, standing_of, worklist_of
from adapters.intake.work import Summary
from adapters.kafka import worker as working
from adapters.kafka.worker import Worker
from adapters.main import System
from adapters.store import private
from adapters.store.store import is_address
from domain.events import Event
from domain.identity import SCHEME_SUBJECT
from domain.standing import Status
from domain.wire import ANY_CLOUD_EVENT
from projections.worklist import Wanted
from tests.feeding import caught_up, kafka_of, step_until, worker
from tests.installation import (
    COMPANY,
    NOW,
    OTHER,
    THIRD,
    everything,
    installation,
    made_up,
    names,
    registration,
    rejects,
    rows,
    take_in,
    waiting,
    wire,
)

T = TypeVar("T")

COMPANIES = 60


@pytest.fixture(scope="module", autouse=True)
def _looks_at_each_step() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working, "LOOK", 0.0)
        yield


class Form:
    """An installation at work: `writer` decides, and `system` is what somebody sees who asks.

    In the plain form they are one process; where they are not, each thing done is over once it can be asked about.
    """

    def __init__(self, writer: System, system: System) -> None:
        self.writer, self.system = writer, system

    def take_in(self, *payloads: bytes, source: str = "a source") -> Summary:
        """Let facts come in, in this order."""
        return self._settled(partial(take_in, self.writer, *payloads, source=source))

    def submit(self, payload: bytes) -> tuple[list[Event], Event | None]:
        """A person's command."""
        return self._settled(partial(self.writer.engine.submit, ANY_CLOUD_EVENT.validate_json(payload)))

    def release(self, subject: str) -> Summary:
        """Decide the parked facts of a company again."""
        return self._settled(partial(self.writer.engine.release, subject))

    def drop(self, subject: str) -> None:
        """Give up the first parked fact of a company."""
        first = next(p for p in waiting(self.writer) if p.subject == subject)
        self.writer.engine.drop(subject, first.number, "not for us")

    def enforce(self, until: datetime = NOW) -> Summary:
        """Let everything fall due by then."""
        return self._settled(partial(self.writer.engine.enforce, until))

    def rebuild(self) -> None:
        """Make the read models anew from the log."""
        self.system.engine.projections.rebuild()

    def _settled(self, do: Callable[[], T]) -> T:
        try:
            return do()
        finally:
            if self.system is not self.writer:
                self.system.engine.projections.catch_up()


class ByKafka(Form):
    """Facts come in by a topic, and a worker takes them; the others follow."""

    def __init__(self, writer: System, system: System, producer: Any, worker: Worker, topic: tuple[str, int]) -> None:
        super().__init__(writer, system)
        self._producer, self._worker = producer, worker
        self._topic, self._partitions = topic

    def take_in(self, *payloads: bytes, source: str = "a source") -> Summary:
        """Let facts come in by the topic, whatever they are called where they come from."""
        del source
        before = replace(self._worker.total)
        sent = [future for payload in payloads for future in self._send(payload)]
        for future in sent:
            future.get(30)

        def read() -> bool:
            return self._worker.total.read == before.read + len(sent) and caught_up(self.writer)

        self._settled(partial(step_until, read, self._worker))
        done = Summary()
        for field in fields(Summary):
            now, was = getattr(self._worker.total, field.name), getattr(before, field.name)
            setattr(done, field.name, now[len(was) :] if isinstance(now, tuple) else now - was)
        return done

    def _send(self, payload: bytes) -> list[Any]:
        """As a sender does who keeps to the keys: the scheme's facts to every partition."""
        try:
            subject = json.loads(payload)["subject"]
        except (ValueError, TypeError, LookupError):
            subject = "nobody"
        everywhere = range(self._partitions) if subject == SCHEME_SUBJECT else (None,)
        return [self._producer.send(self._topic, payload, subject.encode(), partition=p) for p in everywhere]


# A fixture by its name: what a form is made of besides a folder of its own.
Asks = Callable[[str], Any]


@contextmanager
def on_a_file(folder: Path, _: Asks) -> Iterator[Form]:
    """Embedded: one process, one file."""
    with installation(folder / "a.sqlite3", batch=70, cache=100) as system:
        yield Form(system, system)


@contextmanager
def in_postgresql(_: Path, ask: Asks) -> Iterator[Form]:
    """One process that keeps the read models in step with what it writes."""
    with installation(ask("database"), batch=70, cache=100) as system:
        yield Form(system, system)


@contextmanager
def with_a_projector(_: Path, ask: Asks) -> Iterator[Form]:
    """One process writes, another follows the log and is asked."""
    place = ask("database")
    with (
        installation(place, projecting=False, batch=70, cache=100) as writer,
        installation(place, batch=70, cache=100) as projector,
    ):
        yield Form(writer, projector)


@contextmanager
def by_kafka(_: Path, ask: Asks, partitions: int = 1) -> Iterator[Form]:
    """In production: facts by Kafka, a worker that writes, a projector that follows the log."""
    place, broker = ask("database"), ask("broker")
    topic = broker.fresh_topic(partitions)
    with (
        installation(place, projecting=False, batch=70, cache=100) as writer,
        installation(place, batch=70, cache=100) as projector,
        worker(writer, kafka_of(broker, topic)) as one,
        closing(KafkaProducer(bootstrap_servers=broker.servers)) as producer,
    ):
        yield ByKafka(writer, projector, producer, one, (topic, partitions))
    broker.drop_topic(topic)


FORMS: dict[str, Callable[[Path, Asks], AbstractContextManager[Form]]] = {
    "file": on_a_file,
    "postgresql": in_postgresql,
    "projector": with_a_projector,
    "kafka": by_kafka,
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Form]:
    """A fresh installation in each of the forms."""
    with FORMS[request.param](tmp_path / "form", request.getfixturevalue) as fresh:
        yield fresh


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Form]:
    """What the others are compared with: one process on one file, in large batches."""
    with installation(tmp_path / "plain.sqlite3") as system:
        yield Form(system, system)


def assert_same(left: dict[str, Any], right: dict[str, Any]) -> None:
    """Equal, told apart so that a difference can be read."""
    assert left.keys() == right.keys()
    for name, told in left.items():
        assert told == right[name], name


def answers(system: System) -> dict[str, Any]:
    """What people are told who ask, as far as it doesn't speak of the place of an event in the log."""
    days = [
        datetime(year, month, 15, 12, tzinfo=UTC)
        for year, month in zip(range(2019, 2027), (1, 5, 8, 12) * 2, strict=True)
    ]
    days[-1] = NOW
    entries = {at: list(register_at(system, at)) for at in days}
    certificates = sorted({entry.certificate for told in entries.values() for entry in told})[::5]
    return {
        "register": entries,
        "narrowed": [list(register_at(system, NOW, status=status, limit=3)) for status in Status],
        "counts": [counts_at(system, at) for at in days],
        "standing": {c: standing_of(system, c, NOW, past=True) for c in certificates},
        "as known": [standing_of(system, e.certificate, days[-2], known=days[-2]) for e in entries[days[-2]][:4]],
        "history": {
            c: [(t.version, t.event, t.annulled_by, t.fact) for t in history_of(system, c, everything=True)]
            for c in certificates
        },
        "agenda": agenda_of(system, limit=10_000),
        "soon": agenda_of(system, until=NOW + timedelta(days=30), limit=7),
        "worklist": worklist_of(system, Wanted(), limit=10_000),
        "tasks": worklist_of(system, Wanted(tasks=True), limit=7),
        "found": [find(system, text) for text in ("Zlatna nit", "КЛАСЈЕ", "d.o.o", "2019-020", "990000027")],
        "caveats": caveats(system),
    }


# --- stories -----------------------------------------------------------------------------------------------------

YEAR = {"business_year": 2022}


def assessed(attained: str = "AAA", at: str = "2023-05-15", subject: str = COMPANY, **data: Any) -> bytes:
    told = {**YEAR, "attained": attained, "model_version": "m-1", "inputs_hash": "0" * 64, **data}
    return wire("ClassAssessed", at, subject=subject, name=f"class-{at}", data=told)


def agreed(order: str = "N-1", at: str = "2023-07-03", subject: str = COMPANY) -> bytes:
    return wire("ConsensusRecorded", at, subject=subject, data={"order": order, "evidence": "0" * 64})


def blocked(name: str = "B-1", at: str = "2024-03-01", learned: str | None = None, **envelope: Any) -> bytes:
    return wire("AccountBlocked", at, learned, data={"blockade": name}, name=f"block-{name}", **envelope)


def unblocked(name: str = "B-1", at: str = "2024-04-01", **envelope: Any) -> bytes:
    return wire("AccountUnblocked", at, data={"blockade": name}, name=f"unblock-{name}", **envelope)


def retracted(fact: str, at: str = "2024-05-01", **envelope: Any) -> bytes:
    return wire("FactRetracted", at, data={"fact": fact, "reason": "It was Petar's."}, name=f"not-{fact}", **envelope)


def of_the_scheme(kind: str, at: str, name: str = "", **data: Any) -> bytes:
    return wire(kind, at, subject=SCHEME_SUBJECT, data=data, name=name)


def misuse(*days: str) -> tuple[bytes, ...]:
    """A case from its report to the receipt of the second demand."""
    report = {"case": "C-1", "kind": "alteration", "evidence": ["1" * 64], "note": "Seen by Jovan at the fair."}
    steps = ("MisuseReported", "WarningServed", "WarningDelivered", "SecondDemandServed", "SecondDemandDelivered")
    return tuple(
        wire(step, day, data=report if step == "MisuseReported" else {"case": "C-1"})
        for step, day in zip(steps, days, strict=True)
    )


HOLDER = (registration(name='Ђорђе & sinovi "Ž" \U0001f9f5'), assessed(), agreed())
PERSON = wire(
    "RepresentativeNamed", "2023-07-04", data={"order": "N-1", "name": "Ana Anić", "email": "ana@textil.example"}
)

STORIES: dict[str, tuple[bytes, ...]] = {
    "nothing": (),
    "a certificate": (*HOLDER, PERSON),
    "a loss and its retraction": (*HOLDER, blocked(), unblocked(), retracted("block-B-1")),
    "learned late": (
        *(*HOLDER, registration(OTHER), assessed(subject=OTHER), agreed(subject=OTHER)),
        blocked("B-2", "2024-09-01"),
        blocked("B-1", "2023-08-01", "2024-10-01"),
        wire("RenewalCancelled", "2024-05-20", "2024-11-01", data={"order": "N-1"}),
        assessed("A", "2023-06-01", OTHER, business_year=2021),
    ),
    "facts of the scheme": (
        *(of_the_scheme("DataCollectionOpened", "2024-01-01", business_year=2023, closes_on="2024-06-30"), *HOLDER),
        of_the_scheme("CalendarCorrected", "2024-02-01", version="RS-2", days_off=["2024-03-11"]),
        of_the_scheme("DataCollectionClosed", "2024-07-20", business_year=2023),
        *(registration(OTHER), assessed(subject=OTHER), agreed(at="2024-07-22", subject=OTHER)),
        of_the_scheme("DataCollectionOpened", "2025-01-01", business_year=2024),
    ),
    "a ladder of misuse": (*HOLDER, *misuse("2024-02-01", "2024-02-02", "2024-02-05", "2024-02-09", "2024-02-12")),
    "a correction of the calendar behind which nothing falls due": (
        *(registration(), assessed(at="2025-05-15", business_year=2024), agreed(at="2026-01-15")),
        *misuse("2026-04-01", "2026-04-02", "2026-04-06", "2026-04-09", "2026-04-14"),
        wire("CompanyRenamed", "2026-05-20", data={"name": "Tekstil"}),
        of_the_scheme("CalendarCorrected", "2026-06-01", version="RS-2", days_off=["2026-04-15", "2026-04-16"]),
    ),
    "some rejected": (
        *(registration(), b"", b"{not JSON", b"[1]", registration("RS-17012346"), registration(THIRD, "2999-01-01")),
        *(wire("CompanyRenamed", data={"name": "T", "nick": "t"}), registration(partitionkey=OTHER)),
        *(blocked(), blocked(at="2024-03-02"), unblocked()),
    ),
    "some parked": (
        *(blocked(subject=OTHER), unblocked(subject=OTHER), *HOLDER, retracted("block-B-1"), blocked("B-9")),
        *(registration(THIRD), wire("CompanyPraised", subject=THIRD), blocked(subject=THIRD)),
    ),
    "parked and released": (
        *(blocked(subject=OTHER), retracted("unblock-B-1", subject=OTHER), assessed(subject=OTHER)),
        *(registration(OTHER), agreed(subject=OTHER), unblocked(subject=OTHER)),
    ),
}


@pytest.fixture(scope="module")
def told_plainly(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[dict[str, Any], dict[str, Any]]]:
    """All that is kept of a story, and all that is answered, in the plain form."""

    @cache
    def tell(story: str) -> tuple[dict[str, Any], dict[str, Any]]:
        with installation(tmp_path_factory.mktemp("story") / "a.sqlite3") as system:
            take_in(system, *STORIES[story])
            system.engine.enforce(NOW)
            return everything(system), answers(system)

    return tell


@pytest.mark.parametrize("story", STORIES)
def test_the_same_story_is_told_the_same(
    story: str,
    form: Form,
    told_plainly: Callable[[str], tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    wanted, answered = told_plainly(story)
    form.take_in(*STORIES[story])
    form.enforce()
    assert_same(everything(form.system), wanted)
    assert_same(answers(form.system), answered)
    form.rebuild()
    assert_same(everything(form.system), wanted)


# --- a portfolio -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of a portfolio by one process on one file in large batches."""
    with installation(tmp_path_factory.mktemp("wanted") / "a.sqlite3") as system:
        take_in(system, *made_up(COMPANIES))
        system.engine.enforce(NOW)
        return everything(system) | {"answers": answers(system)}


ON_THE_WHOLE = FORMS | {"kafka": partial(by_kafka, partitions=3)}


@pytest.fixture(scope="module", params=ON_THE_WHOLE)
def portfolio(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Form]:
    """Each form with the portfolio taken in; deadlines were enforced in between, and up to now in the end."""
    databases: list[str] = []

    def ask(name: str) -> Any:
        if name != "database":
            return request.getfixturevalue(name)
        databases.append(request.getfixturevalue("postgres").database())
        return databases[-1]

    told = made_up(COMPANIES)
    with ON_THE_WHOLE[request.param](tmp_path_factory.mktemp("portfolio"), ask) as form:
        for number, cut in enumerate(range(0, len(told), 700)):
            part = told[cut : cut + 700]
            form.take_in(*part, source=f"part {number}")
            unread = told[cut + 700 :]
            if unread:
                form.enforce(min(map(recorded, unread)) - timedelta(microseconds=1))
        form.enforce()
        yield form
    for url in databases:
        request.getfixturevalue("postgres").drop(url)


def recorded(line: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(line)["recordedtime"])


def test_a_portfolio_is_told_the_same(portfolio: Form, wanted: dict[str, Any]) -> None:
    told = everything(portfolio.system) | {"answers": answers(portfolio.system)}
    assert_same(told, wanted)
    assert {"register", "holders", "agenda", "worklist", "private", "audit"} <= {
        name for name, kept in told.items() if kept
    }


def test_what_comes_again_changes_nothing(portfolio: Form, wanted: dict[str, Any]) -> None:
    part = made_up(COMPANIES)[:200]
    assert portfolio.take_in(*part, source="again").recorded == 0
    assert portfolio.enforce().events == 0
    assert_same(everything(portfolio.system), {k: v for k, v in wanted.items() if k != "answers"})


def test_read_models_built_anew_are_those_kept_up_to_date_whatever_became_of_them(portfolio: Form) -> None:
    before = rows(portfolio.system)
    with portfolio.system.store.transaction() as c:
        c.exec_driver_sql("UPDATE register SET certificate=certificate || '-X' WHERE status='valid'")
        c.exec_driver_sql("UPDATE holders SET name='nobody', subject='RS-1' WHERE subject='RS-90000012'")
        c.exec_driver_sql("UPDATE audit SET position=1000000000 WHERE position=7")
        c.exec_driver_sql("UPDATE agenda SET subject=subject || '-X', due_at=0")
        c.exec_driver_sql("UPDATE worklist SET opened_at=opened_at+1000")
    portfolio.rebuild()
    assert_same(rows(portfolio.system), before)


def test_whoever_opens_it_next_is_told_the_same(portfolio: Form, wanted: dict[str, Any]) -> None:
    place = portfolio.system.settings.database
    with installation(place if is_address(place) else Path(place), projecting=False) as another:
        assert_same(answers(another), wanted["answers"])


# --- what is set aside -------------------------------------------------------------------------------------------


def test_what_is_rejected_keeps_its_bytes_and_its_reason_and_the_rest_goes_on(form: Form) -> None:
    form.take_in(*STORIES["some rejected"])
    told = rejects(form.system)
    assert [r.payload for r in told] == [STORIES["some rejected"][n] for n in (1, 2, 3, 4, 5, 6, 7, 9)]
    assert all(r.reason for r in told)
    assert names(form.system) == ["CompanyRegistered", "AccountBlocked", "AccountUnblocked"]


def test_what_waits_is_released_in_order_once_it_can_be_decided(form: Form) -> None:
    form.take_in(blocked(), unblocked(), registration(OTHER))
    assert [p.payload for p in waiting(form.system)] == [blocked(), unblocked()]
    assert names(form.system) == []
    form.take_in(registration(), source="later")
    assert waiting(form.system) == []
    assert names(form.system) == ["CompanyRegistered", "AccountBlocked", "AccountUnblocked"]


def test_what_is_given_up_lets_the_rest_go_on(form: Form) -> None:
    form.take_in(*HOLDER, wire("CompanyPraised", "2024-02-01"), blocked())
    form.enforce()
    assert "MarkLicenceRevoked" not in names(form.system)
    form.drop(COMPANY)
    assert form.release(COMPANY).released == 1
    form.enforce()
    (now,) = standing_of(form.system, COMPANY, NOW)
    assert now.standing.status is Status.REVOKED


# --- commands ----------------------------------------------------------------------------------------------------


def test_a_command_is_carried_out_or_refused_with_its_rule(form: Form, plain: Form) -> None:
    opening = wire(
        "MisuseReported",
        "2026-06-01",
        data={"case": "C-1", "kind": "alteration", "evidence": ["1" * 64]},
        actor="mira.p",
        role="back-office",
    )
    demand = wire("SecondDemandDelivered", "2026-06-02", data={"case": "C-1"}, actor="mira.p", role="back-office")
    told = []
    for one in (plain, form):
        one.take_in(*HOLDER)
        carried_out, nothing = one.submit(opening)
        refused, why = one.submit(demand)
        assert nothing is None
        assert why is not None
        assert [event.name for event in refused][-1] == "CommandRefused"
        with pytest.raises(ValueError, match="was used before"):
            one.submit(opening)
        with pytest.raises(ValueError, match="is not registered here"):
            one.submit(wire("CompanyDeregistered", subject=OTHER))
        told.append((carried_out, refused, why))
        one.enforce()
    assert told[0] == told[1]
    assert_same(everything(form.system), everything(plain.system))


# --- persons -----------------------------------------------------------------------------------------------------


def test_persons_and_free_text_are_kept_apart_and_can_be_erased(form: Form) -> None:
    form.take_in(*STORIES["a certificate"])
    store = form.system.store
    with store.reading() as c:
        states = c.exec_driver_sql("SELECT state FROM stored_events").scalars().all()
        assert sorted(private.texts(c, COMPANY).values()) == ["Ana Anić", "ana@textil.example"]
    told = repr(rows(form.system)) + repr([bytes(state) for state in states])
    assert "ref:" in told
    assert not [word for word in ("Ana", "Ani\\u0107", "textil.example") if word in told]
    before = store.history(COMPANY)
    erasure = persons.to_erase(form.writer, COMPANY)
    assert erasure.entries == 2
    receipt = persons.receipt(form.writer, erasure, "asked for", NOW)
    assert persons.erase(form.writer, erasure, receipt) is None
    assert form.writer.store.scrub() is None
    form.rebuild()
    assert store.history(COMPANY)[: len(before)] == before
    with store.reading() as c:
        assert private.texts(c, COMPANY) == {}


# --- what somebody sends who means harm --------------------------------------------------------------------------

NULL = b"\\u0000"


def named(name: bytes, subject: str = COMPANY) -> bytes:
    return registration(subject, name="@").replace(b"@", name)


WITH_NULL = (
    named(b"Tex" + NULL + b"til"),
    named(NULL),
    named(rb"one backslash \\" + NULL),
    named(rb"two backslashes \\\\" + NULL),
    named(b"Tex\0til"),
    named(b"Textil").replace(b'"data"', b'"da' + NULL + b'ta": 1, "data"'),
    named(b"Textil").replace(b'"name"', b'"n' + NULL + b'ame"'),
    named(b"Textil").replace(b"CompanyRegistered", b"CompanyPraised" + NULL),
    named(b"Textil").replace(b'"source": "', b'"source": "' + NULL),
    retracted("block-B-1").replace(b"It was", NULL),
    PERSON.replace(b"ana@", b"ana" + NULL + b"@"),
    "{}".encode("utf-16"),
)


def test_the_character_that_no_text_may_hold_is_rejected_and_stops_nothing(form: Form) -> None:
    form.take_in(registration(OTHER), *WITH_NULL, *HOLDER)
    form.enforce()
    told = rejects(form.system)
    assert tuple(r.payload for r in told) == WITH_NULL
    assert all("U+0000" in r.reason or "is 0, as in UTF-16" in r.reason for r in told)
    assert waiting(form.system) == []
    assert [entry.subject for entry in register_at(form.system, NOW)] == [COMPANY]


ODD = (
    rb"not \\u0000 but that",
    rb"\\\\u0000",
    b"u0000",
    rb"\u0001",
    rb"\uffff\ufffe",
    rb"\ud83e\uddf5",
    b"%s ? :x {} $1 '; --",
)


def test_what_only_looks_harmful_is_a_name_like_any_other(form: Form) -> None:
    form.take_in(*(named(name, f"EX-{number:08}") for number, name in enumerate(ODD)))
    assert rejects(form.system) == []
    for number, name in enumerate(ODD):
        told = json.loads(b'"' + name + b'"')
        assert form.system.engine.memory.dossier(f"EX-{number:08}").company.name == told
        assert (f"EX-{number:08}", told) in [tuple(row[:2]) for row in rows(form.system)["holders"]]


def test_half_a_character_is_rejected_and_stops_nothing(form: Form) -> None:
    form.take_in(registration(OTHER), named(rb"Tex\ud83dtil"), named(rb"\udc00"), named(b"Tex\xedtil"), *HOLDER)
    assert len(rejects(form.system)) == 3
    assert len(names(form.system)) > 2


def noise(length: int) -> str:
    """Text that no database can make shorter."""
    letters, state = [], 1
    for _ in range(length):
        state = state * 48_271 % 2_147_483_647
        letters.append(chr(0x4E00 + state % 20_000))
    return "".join(letters)


def test_texts_as_long_as_they_may_be_go_through_whole(form: Form, plain: Form) -> None:
    reference = ("Z" + noise(100).encode().hex().upper())[:80]
    for one in (plain, form):
        one.take_in(
            *(registration(name=noise(500), legal_form=noise(500)), assessed()),
            wire(
                "ConsensusRecorded", "2023-07-03", data={"order": reference[:40], "evidence": "0" * 64}, name="f" * 100
            ),
            wire(
                "MisuseReported",
                "2024-02-01",
                name="m" * 100,
                data={
                    "case": reference,
                    "kind": "alteration",
                    "evidence": [f"{n:064x}" for n in range(100)],
                    "note": noise(10_000),
                },
            ),
            blocked(reference, name_of=None)
            if False
            else wire("AccountBlocked", "2024-03-01", name="b" * 100, data={"blockade": reference}),
            wire("CompanyDeregistered", "2025-03-01", data={"successor": noise(500)}),
            wire(
                "FactRetracted",
                "2025-04-01",
                name="~" * 100,
                data={"fact": "!" * 100, "source": noise(200), "reason": noise(10_000)},
            ),
            wire("CompanyRenamed", data={"name": noise(330_000)}),
        )
        one.enforce()
        assert (len(waiting(one.system)), len(rejects(one.system))) == (1, 1)
    assert_same(everything(form.system), everything(plain.system))
    assert_same(answers(form.system), answers(plain.system))


# --- several processes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "postgresql"])
def test_two_processes_that_share_out_the_companies_tell_what_one_tells(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, plain: Form
) -> None:
    told = [line for line in made_up(16) if SCHEME_SUBJECT.encode() not in line]
    plain.take_in(*told)
    plain.enforce()
    shares = [[line for line in told if json.loads(line)["subject"][-2] in digits] for digits in ("02468", "13579")]
    assert all(shares)
    place: Path | str = tmp_path / "a.sqlite3" if kind == "file" else request.getfixturevalue("database")
    with ExitStack() as opened:
        both = [opened.enter_context(installation(place, batch=20)) for _ in shares]
        with ThreadPoolExecutor(2) as threads:
            for done in [
                threads.submit(take_in, system, *share, source=f"share {number}")
                for number, (system, share) in enumerate(zip(both, shares, strict=True))
            ]:
                done.result()
        both[0].engine.projections.catch_up()
        both[0].engine.enforce(NOW)
        both[1].engine.projections.catch_up()
        both[0].engine.projections.catch_up()
        assert_same(everything(both[1]), everything(plain.system))
