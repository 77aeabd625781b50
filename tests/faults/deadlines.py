"""A deadline passes while what would have kept it lies unread in Kafka: nobody is judged unheard."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from time import sleep

from domain import facts
from domain.facts import Excellence, Fact
from domain.wire import cloud_event
from tests.components.missing import Failed
from tests.faults.processes import bonitet, until_ready
from tests.faults.production import Production, Seen, Servers
from tests.faults.undisturbed import kept_of

HASH = "0" * 64
HOLDER = "EX-00000042"
TERM = timedelta(hours=48)
SOON = (timedelta(seconds=12), timedelta(seconds=24), timedelta(seconds=48))  # the next where a machine is too slow
PATIENCE = 30.0
NEVER = {"MarkLicenceSuspended", "MarkLicenceLost", "MarkLicenceRestored", "DecisionAnnulled"}


class _Story:
    """A holder who was warned, and has stopped in time."""

    def __init__(self, warned_at: datetime) -> None:
        self._number = 0
        self.due_at = warned_at + TERM
        year = warned_at.year if warned_at.month > 6 else warned_at.year - 1
        concluded = datetime(year, 6, 1, tzinfo=UTC)
        assessed = facts.ClassAssessed(
            business_year=year - 1, attained=Excellence.AAA, model_version="m", inputs_hash=HASH
        )
        evidence = facts.MisuseReported(case="M-1", kind=facts.Violation.ALTERATION, evidence=(HASH,))
        self.all: list[bytes] = []
        self.begins = [
            self.told(facts.CompanyRegistered(name="Textil"), datetime(2010, 1, 5, tzinfo=UTC)),
            self.told(assessed, datetime(year, 5, 15, tzinfo=UTC)),
            self.told(facts.ConsensusRecorded(order="N-1", evidence=HASH), concluded),
            self.told(facts.RepresentativeNamed(order="N-1", name="Ana", email="ana@textil.example"), concluded),
            self.told(evidence, warned_at - timedelta(hours=1)),
            self.told(facts.WarningDelivered(case="M-1"), warned_at),
        ]

    def stops(self, at: datetime) -> list[bytes]:
        """It says so, and staff have seen it."""
        return [self.told(kind(case="M-1"), at) for kind in (facts.CessationDeclared, facts.CessationVerified)]

    def told(self, data: Fact, at: datetime) -> bytes:
        """A fact, learned when it happened."""
        self._number += 1
        event = cloud_event(HOLDER, data, id=f"fact-{self._number}", source="urn:desk", time=at, recordedtime=at)
        self.all.append(event.model_dump_json(exclude_none=True).encode())
        return self.all[-1]


def unread_cessation(servers: Servers, chance: Random, share: float) -> Seen:
    """Once the partition was never read to its end, once it lags behind the others by some seconds."""
    del chance, share
    asked = _never_read_to_its_end(servers)
    for soon in SOON:
        with suppress(_TooSlow):
            return {"register asked": asked + _lagging(servers, soon)}
    raise Failed("this machine is too slow: the term was over before the scene was set")


class _TooSlow(Exception):
    """The term was over before the scene was set."""


def _never_read_to_its_end(servers: Servers) -> int:
    """The term has passed months ago, and the cessation stands behind much else in the topic."""
    story = _Story(datetime(2026, 3, 2, 10, tzinfo=UTC))
    before, after = story.begins, story.stops(story.due_at - timedelta(minutes=1))
    with servers.installation(batch=5) as production:
        production.send([*before, *servers.undisturbed.facts, *after])
        enforcer, worker = production.start("enforce --follow"), production.start("work")
        until_ready([production.start("project")])
        production.until(lambda: "WarningClockStarted" in _names(production), "the warning is read", PATIENCE)
        worker.pause()
        until_ready([enforcer])
        sleep(2.5)  # the enforcer looks each second
        asked = _answers(production, 1)
        if "ViolationCeased" in _names(production):
            raise Failed("the worker was too fast: the cessation was read before the scene was set")
        worker.go_on()
        _ceased(production, [*before, *servers.undisturbed.facts, *after])
        return asked


def _lagging(servers: Servers, soon: timedelta) -> int:
    """All is read up to now; then a worker falls silent, and is not missed yet when the term passes."""
    with servers.installation(session=33.0 + soon.total_seconds()) as production:
        workers = [production.start("work"), production.start("work")]
        until_ready([*workers, production.start("project"), production.start("enforce --follow")])
        story = _Story(datetime.now(UTC) - TERM + soon)
        production.send(story.begins)
        production.until_caught_up()
        silent, other = workers
        silent.pause()
        if _reads_on(production, story):  # the other one reads this holder's partition
            silent.go_on()
            silent, other = other, silent
            silent.pause()
        now = datetime.now(UTC)
        if now >= story.due_at:
            raise _TooSlow
        production.send(story.stops(now))
        asked = _answers(production, 1)
        while datetime.now(UTC) < story.due_at + timedelta(seconds=2.5):
            sleep(0.1)
        asked += _answers(production, 1)
        if production.watermark() > story.due_at.timestamp() * 1_000_000:
            raise Failed("the watermark has passed the end of the term, though a partition lies unread")
        if "ViolationCeased" in _names(production):
            raise Failed("somebody has read the cessation: it should lie unread")
        silent.go_on()
        _ceased(production, story.all)
        return asked


def _reads_on(production: Production, story: _Story) -> bool:
    """Whether somebody reads the holder's partition, by a fact without meaning here."""
    before = production.offsets()
    production.send([story.told(facts.CompanyRenamed(name="Tekstil"), datetime.now(UTC))])
    until = datetime.now(UTC) + timedelta(seconds=2)
    while datetime.now(UTC) < until:
        if production.offsets() != before:
            return True
        sleep(0.1)
    return False


def _names(production: Production) -> list[str]:
    """The events of the holder and of its certificate."""
    with production.operator() as c:
        rows = c.execute(
            "SELECT split_part(topic, ':', 1) FROM stored_events WHERE originator_id LIKE %s", (f"{HOLDER}%",)
        )
        return [row[0] for row in rows]


def _answers(production: Production, times: int) -> int:
    """Ask the register, and look at the history: nothing has befallen the holder."""
    for _ in range(times):
        done = bonitet(production.environment, "register", "show", HOLDER, "--json")
        if done.returncode or json.loads(done.stdout)["status"] != "valid":
            raise Failed(f"the register does not show the holder as valid: {done.stdout}{done.stderr}")
    if befell := NEVER & set(_names(production)):
        raise Failed(f"the holder was judged unheard: {', '.join(sorted(befell))}")
    return times


def _ceased(production: Production, sent: list[bytes]) -> None:
    """All is read and enforced: it has stopped in time, and its history knows of no sanction, nor of one annulled."""
    production.until(lambda: "ViolationCeased" in _names(production), "the cessation is read", PATIENCE)
    production.until_caught_up()
    sleep(1.5)  # the enforcer looks each second
    _answers(production, 1)
    next(p for p in production.processes if p.name.startswith("enforce")).end()
    until = datetime.now(UTC)
    production.compare(until=until, wanted=kept_of(production.folder, sent, until))
