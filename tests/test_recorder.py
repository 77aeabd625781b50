"""The recorder of events: all that the library asks of one on both databases, and what we ask beyond it of SQLite's."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from unittest import TestCase
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.tests import persistence
from sqlalchemy import make_url

from adapters.store import postgres, schema
from adapters.store.recorder import Conflict, Datastore, Moved, PositionMoved, Recorder
from adapters.store.store import FileStore

IdType = Literal["uuid", "text"]

# --- what the library asks ---------------------------------------------------------------------------------------


class _WithIds(TestCase):
    """A database of its own for each of the library's cases."""

    id_type: IdType = "text"

    def new_originator_id(self) -> UUID | str:
        return uuid4() if self.id_type == "uuid" else f"EX-{uuid4()}"

    def leave_no_reader(self) -> None:
        """Some of the library's cases leave readers behind that have not yet noticed the end; a pool ends its own."""
        before = set(threading.enumerate())

        def wait() -> None:
            for thread in set(threading.enumerate()) - before:
                if not thread.daemon:
                    thread.join(30)

        self.addCleanup(wait)


class _OnAFile(_WithIds):
    id_type: IdType = "uuid"

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "events.sqlite3"
        schema.migrate(f"sqlite:///{self.path}")

    def create_recorder(self) -> Recorder:
        datastore = Datastore(str(self.path), pool_size=20, pool_timeout=60, originator_id_type=self.id_type)
        self.addCleanup(datastore.close)
        self.leave_no_reader()
        return Recorder(datastore)


class _OnPostgres(_WithIds):
    """Streams are named by texts there; the library's UUIDs would need a column and a function of another type."""

    @pytest.fixture(autouse=True)
    def _a_database_of_its_own(self, database: str) -> None:
        self.url = database
        schema.migrate(database)

    def create_recorder(self) -> postgres.Recorder:
        url = make_url(self.url)
        datastore = PostgresDatastore(
            *(str(url.database), str(url.host), str(url.port), str(url.username), ""),
            pool_size=4,
            max_overflow=16,
            originator_id_type="text",
        )
        self.addCleanup(datastore.close)
        self.leave_no_reader()
        return postgres.Recorder(datastore)


class _WithoutIds(Recorder):
    """An aggregate recorder in the library's sense answers no notification ids; everything else is the same."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class _PostgresWithoutIds(postgres.Recorder):
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class TestAggregates(_OnAFile, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> Recorder:
        return _WithoutIds(super().create_recorder().datastore)


class TestApplication(_OnAFile, persistence.ApplicationRecorderTestCase[Recorder]):
    pass


class TestTracking(_OnAFile, persistence.TrackingRecorderTestCase):
    pass


class TestProcess(_OnAFile, persistence.ProcessRecorderTestCase):
    pass


class TestNotificationIdsDoNotInterleave(_OnAFile, persistence.NonInterleavingNotificationIDsBaseCase):
    pass


class TestAggregatesByText(TestAggregates):
    id_type = "text"


class TestApplicationByText(TestApplication):
    id_type = "text"


class TestTrackingByText(TestTracking):
    id_type = "text"


class TestProcessByText(TestProcess):
    id_type = "text"


class TestNotificationIdsByTextDoNotInterleave(TestNotificationIdsDoNotInterleave):
    id_type = "text"


class TestAggregatesOnPostgres(_OnPostgres, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> postgres.Recorder:
        return _PostgresWithoutIds(super().create_recorder().datastore)


class TestApplicationOnPostgres(_OnPostgres, persistence.ApplicationRecorderTestCase[postgres.Recorder]):
    def test_insert_subscribe(self) -> None:
        """SQLite can't tell anybody that something was appended, so the library asks for this on PostgreSQL only."""
        self.optional_test_insert_subscribe()


class TestTrackingOnPostgres(_OnPostgres, persistence.TrackingRecorderTestCase):
    pass


class TestProcessOnPostgres(_OnPostgres, persistence.ProcessRecorderTestCase):
    pass


class TestNotificationIdsDoNotInterleaveOnPostgres(_OnPostgres, persistence.NonInterleavingNotificationIDsBaseCase):
    pass


# --- what we ask beyond it ---------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.sqlite3"


@pytest.fixture
def recorder(path: Path) -> Iterator[Recorder]:
    schema.migrate(f"sqlite:///{path}")
    datastore = Datastore(str(path), originator_id_type="text")
    yield Recorder(datastore)
    datastore.close()


def event(stream: str, version: int = 1) -> StoredEvent:
    return StoredEvent(stream, version, "Topic:1", b"{}")


def streams(recorder: Recorder) -> list[UUID | str]:
    return [n.originator_id for n in recorder.select_notifications(None, 1000)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state=x'00'",
        "UPDATE stored_events SET notification_id=99",
        "DELETE FROM stored_events",
        "DELETE FROM stored_events WHERE notification_id=1",
        # All of these delete what they replace without asking the trigger that refuses to delete.
        "INSERT OR REPLACE INTO stored_events VALUES (1, 'c', 1, 'Other:1', x'00')",
        "INSERT OR REPLACE INTO stored_events VALUES (3, 'a', 1, 'Other:1', x'00')",
        "REPLACE INTO stored_events (originator_id, originator_version, topic, state) VALUES ('a', 1, 'c:1', x'00')",
        "REPLACE INTO stored_events (originator_id, originator_version, topic, state) VALUES ('b', 1, 'c:1', x'00')",
        "INSERT INTO stored_events VALUES (3, 'a', 1, 'Other:1', x'00') ON CONFLICT DO UPDATE SET state=excluded.state",
        # Nor is anything passed over in silence.
        "INSERT OR IGNORE INTO stored_events VALUES (2, 'c', 1, 'Other:1', x'00')",
    ],
)
def test_the_database_itself_refuses_to_change_history(recorder: Recorder, path: Path, statement: str) -> None:
    recorder.insert_events([event("a"), event("b")])
    with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="history is never rewritten"):
        other.execute(statement)
    other.close()
    assert streams(recorder) == ["a", "b"]


def test_an_id_is_never_used_again(recorder: Recorder, path: Path) -> None:
    recorder.insert_events([event("a"), event("b"), event("c")])
    with sqlite3.connect(path) as other:
        other.execute("DROP TRIGGER stored_events_no_delete")
        other.execute("DELETE FROM stored_events WHERE notification_id=3")
    other.close()
    assert recorder.insert_events([event("d"), event("e")]) == [4, 5]
    assert [n.id for n in recorder.select_notifications(None, 10)] == [1, 2, 4, 5]


def test_a_batch_is_answered_with_the_ids_that_were_given(recorder: Recorder) -> None:
    assert recorder.insert_events([event("a"), event("a", 2)]) == [1, 2]
    with pytest.raises(IntegrityError):
        recorder.insert_events([event("b"), event("a", 2)])
    assert recorder.insert_events([event("b")]) == [3]
    assert streams(recorder) == ["a", "a", "b"]


def test_history_and_positions_are_written_through_to_the_disk(recorder: Recorder) -> None:
    with recorder.datastore.transaction(commit=False) as c:
        c.execute("PRAGMA synchronous")
        assert c.fetchone()[0] == 2  # FULL
        c.execute("PRAGMA journal_mode")
        assert c.fetchone()[0] == "wal"


@pytest.mark.parametrize("start", [0, 7])
def test_of_two_readers_of_a_source_one_is_refused_and_writes_nothing(recorder: Recorder, start: int) -> None:
    if start:
        recorder.insert_events([], moved=[Moved("file", 0, start)])
    recorder.insert_events([event("a")], moved=[Moved("file", start, 10)])
    note = [("INSERT INTO tracking VALUES (?,?)", [("also", 1)])]
    with pytest.raises(PositionMoved):
        recorder.insert_events([event("b")], moved=[Moved("file", start, 12)], also=note)
    assert streams(recorder) == ["a"]
    assert recorder.max_tracking_id("file") == 10
    assert recorder.max_tracking_id("also") is None


def test_a_source_that_was_read_to_its_end_begins_anew(path: Path) -> None:
    store = FileStore(path)
    store.recorder.insert_events([], moved=[Moved("file", 0, 10)])
    store.forget_position("file")
    assert store.source_positions() == {}
    with pytest.raises(PositionMoved):
        store.recorder.insert_events([event("a")], moved=[Moved("file", 10, 20)])
    store.recorder.insert_events([event("a")], moved=[Moved("file", 0, 5)])
    assert store.source_position("file") == 5
    store.close()


def test_what_goes_along_with_a_batch_is_written_with_it_or_not_at_all(recorder: Recorder) -> None:
    note = [("INSERT INTO tracking VALUES (?,?)", [("also", 1)])]
    recorder.insert_events([event("a")])
    with pytest.raises(IntegrityError):
        recorder.insert_events([event("a")], also=note)
    assert recorder.max_tracking_id("also") is None
    recorder.insert_events([event("a", 2)], also=note)
    assert recorder.max_tracking_id("also") == 1


@pytest.mark.parametrize("touched", ["EX-1", "EX-1/N-1"])
def test_somebody_elses_event_of_a_company_that_was_read_is_a_conflict(recorder: Recorder, touched: str) -> None:
    recorder.insert_events([event("EX-2")])
    recorder.insert_events([event(touched)])
    with pytest.raises(Conflict) as refused:
        # EX-1 was read and isn't written: a decision about EX-2 may rest on it all the same.
        recorder.insert_events([event("EX-2", 2)], read=(1, {"EX-1", "EX-2"}), moved=[Moved("file", 0, 5)])
    assert refused.value.subjects == {"EX-1"}
    assert refused.value.position == 2
    assert streams(recorder) == ["EX-2", touched]
    assert recorder.max_tracking_id("file") is None


def test_somebody_elses_event_of_another_company_is_no_conflict(recorder: Recorder) -> None:
    recorder.insert_events([event("EX-2")])
    recorder.insert_events([event("EX-1"), event("EX-11"), event("EX-10/N-1")])
    assert recorder.insert_events([event("EX-2", 2), event("EX-3")], read=(1, {"EX-2", "EX-3"})) == [5, 6]


def test_an_event_that_was_known_when_reading_is_no_conflict(recorder: Recorder) -> None:
    recorder.insert_events([event("EX-1")])
    assert recorder.insert_events([event("EX-1", 2)], read=(1, {"EX-1"})) == [2]
