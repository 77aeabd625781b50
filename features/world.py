"""The whole system in one scenario: an installation with a clock that the sentences move, and what it was told."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from adapters import asking
from adapters.casefile import Evidence
from adapters.inbox.box import Kept
from adapters.inbox.reading import Mail
from adapters.intake.reading import Line
from adapters.intake.work import Summary
from adapters.main import System, build
from adapters.settings import Settings
from domain import facts
from domain.calendar import Calendar, Term, Unit, days, days_before, hours, local_day, months, working_days
from domain.certificate import Certificate
from domain.events import Decision, Event
from domain.facts import Edition, Excellence, Fact
from domain.identity import SCHEME_SUBJECT
from domain.policies import Policy
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.wire import cloud_event
from features.words import moment
from projections.register import Entry

HASH = "0" * 64
FOUNDED = "2010-01-05"
BEGINNING = moment(FOUNDED)
USUAL = Policy()


@dataclass
class World:
    """Built when it is first needed, so that a sentence may choose a reading before."""

    directory: Path
    now: datetime = BEGINNING
    policy: Policy = USUAL
    term: Term | None = None
    case: str = "M-1"
    evidence: tuple[Evidence, ...] = ()
    summary: Summary = field(default_factory=Summary)
    turned: Counter[tuple[str, int]] = field(default_factory=Counter)
    refusal: Event | None = None
    names: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    told: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    closing: ExitStack = field(default_factory=ExitStack)
    installed: System | None = None
    waiting: list[str] = field(default_factory=list)
    learned: dict[str, datetime] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)
    message: Kept | None = None
    mail: Mail | None = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def system(self) -> System:
        """The installation, with everything that was told so far."""
        if self.installed is None:
            settings = Settings(database=str(self.directory / "register.sqlite3"), key="k" * 32, policy=self.policy)
            self.installed = self.closing.enter_context(build(settings, lambda: self.now))
        self._take_in()
        return self.installed

    def _take_in(self) -> None:
        # What is told in a row goes in as one batch, which is many times faster; the outcome may not depend on it.
        if self.installed is None or not self.waiting:
            return
        told, self.waiting = self.waiting, []
        lines = iter([Line(number, text.encode()) for number, text in enumerate(told, 1)])
        self.summary = self.installed.engine.ingest("stream", lines)
        assert self.summary.recorded == len(told), f"not everything was recorded: {self.summary}"
        for name in self.holders:
            assert self.certificate(name).contract is not None, f"{name} got no certificate"
        self.holders.clear()

    def choose(self, **reading: Any) -> None:
        """Another reading of the terms, before anything else is told."""
        assert not self.names, "a reading is chosen before the story begins"
        self.policy = replace(self.policy, **reading)

    def reaches(self, at: datetime) -> None:
        """Time passes, and nobody does anything."""
        assert at >= self.now, f"time runs backwards in this story: it is {self.now} already"
        self.now = at

    # --- what is told --------------------------------------------------------------------------------------------

    def subject(self, name: str) -> str:
        """The number of a company; it is registered when it is first spoken of."""
        if name not in self.names:
            self.names[name] = f"EX-{len(self.names) + 1:08}"
            self.orders[name] = "N-1"
            registered = facts.CompanyRegistered(name=name, founded=date.fromisoformat(FOUNDED))
            self.record(self.names[name], registered, moment(FOUNDED), source="urn:apr")
        return self.names[name]

    def order(self, name: str) -> str:
        """The number of a company's order."""
        self.subject(name)
        return self.orders[name]

    def _envelope(self, subject: str, data: Fact, at: datetime, learned: datetime | None, how: dict[str, Any]) -> str:
        learned = learned or at
        before = self.learned.get(subject, BEGINNING)
        assert learned >= before, f"{data!r} comes after what was learned at {before}: say when it was learned"
        self.learned[subject] = learned
        self.now = max(self.now, learned)
        number = how.pop("id", None) or f"fact-{next(self.numbers):04}"
        source = how.pop("source", "urn:desk")
        self.told[subject, type(data).__name__] = source, number
        envelope = cloud_event(subject, data, id=number, source=source, time=at, recordedtime=learned, **how)
        return envelope.model_dump_json()

    def send(self, subject: str, data: Fact, at: datetime, **how: Any) -> None:
        """A fact that may be taken in or not; what became of it stands in the summary."""
        self.line(self._envelope(subject, data, at, None, how))

    def line(self, text: str) -> None:
        """One line as it comes in, on its own."""
        self.summary = self.system.engine.ingest("stream", iter([Line(1, text.encode())]))

    def record(self, subject: str, data: Fact, at: datetime, learned: datetime | None = None, **how: Any) -> None:
        """A fact that is taken in without ado."""
        self.waiting.append(self._envelope(subject, data, at, learned, how))

    def report(self, name: str, data: Fact, at: datetime, learned: datetime | None = None, **how: Any) -> None:
        """A fact about a company."""
        self.record(self.subject(name), data, at, learned, **how)

    def publish(self, data: Fact, at: datetime, learned: datetime | None = None) -> None:
        """A fact about the whole scheme."""
        self.record(SCHEME_SUBJECT, data, at, learned)

    def command(self, name: str, data: Fact, actor: str) -> None:
        """What a person of the staff wants done now; the refusal is kept if there is one."""
        at, subject = self.now, self.subject(name)
        number = f"command-{next(self.numbers):04}"
        wanted = cloud_event(
            subject, data, id=number, source="urn:desk", time=at, recordedtime=at, actor=actor, role="staff"
        )
        _, self.refusal = self.system.engine.submit(wanted)

    def raw(self, name: str, changes: dict[str, Any], data: dict[str, Any], at: datetime) -> None:
        """A line as somebody else's program may write it, right or wrong."""
        self.now = max(self.now, at)
        subject = self.subject(name)
        line = {
            "specversion": "1.0",
            "id": f"raw-{next(self.numbers):04}",
            "source": "urn:outside",
            "subject": subject,
            "time": at.isoformat(),
            "recordedtime": at.isoformat(),
            "data": data,
            **changes,
        }
        self.line(json.dumps(line))

    # --- helpers of the sentences --------------------------------------------------------------------------------

    def assessed(self, name: str, year: int, grade: Excellence, at: datetime | None = None, **how: Any) -> None:
        """A class for a business year, by default on 15 May of the year that follows."""
        data = facts.ClassAssessed(business_year=year, attained=grade, model_version="model-1", inputs_hash=HASH)
        self.report(name, data, at or moment(f"{year + 1}-05-15"), **how)

    def concludes(self, name: str, at: datetime, edition: Edition | None = None) -> None:
        """A contract by consensus."""
        order = self.order(name)
        if edition is not None:
            agreed = facts.SpecialEditionAgreed.model_validate({"order": order, "edition": edition})
            self.report(name, agreed, at)
        self.report(name, facts.ConsensusRecorded(order=order, evidence=HASH), at)

    def holds(self, name: str, at: datetime, grade: Excellence | None, edition: Edition | None = None) -> None:
        """A certificate with a representative; the class is assessed where a sentence names it."""
        if grade is not None:
            back = 1 if at >= moment(f"{at.year}-05-15") else 2
            self.assessed(name, at.year - back, grade)
        self.concludes(name, at, edition)
        representative = facts.RepresentativeNamed(order=self.order(name), name="Ana", email=self.mailbox(name))
        self.report(name, representative, at)
        self.holders.add(name)

    def on_another_order(self, name: str) -> None:
        """What is told from here on is about an order of its own."""
        self.subject(name)
        self.orders[name] = f"N-{next(self.numbers)}"

    def leaves(self, name: str, at: datetime) -> None:
        """A holder who was told of the renewal in time, and cancels it."""
        order = self.order(name)
        told = facts.RenewalNoticeDelivered(order=order, states_expiry=True, states_class=True, states_edition=True)
        self.report(name, told, at)
        self.report(name, facts.RenewalCancelled(order=order, sender=self.mailbox(name)), at)

    def mailbox(self, name: str) -> str:
        """The representative's address."""
        return f"ana@{name.lower()}.rs"

    # --- what is asked -------------------------------------------------------------------------------------------

    def entry(self, name: str, at: datetime) -> Entry | None:
        """The row of the register for a company's certificate at an instant, asked now."""
        assert at <= self.now, f"{at} lies ahead, it is only {self.now}"
        number = f"{self.subject(name)}/{self.order(name)}"
        return next((e for e in asking.register_at(self.system, at) if e.certificate == number), None)

    def certificate(self, name: str) -> Certificate:
        """The certificate with its ledgers, as it stands in law now."""
        return asking.life_of(self.system, self.subject(name)).dossier.certificates[self.order(name)]

    def turn(self) -> None:
        """From here on, what is told is new."""
        self.refusal = None
        self.turned = Counter((e.stream, v) for subject in self.names.values() for v, e in self._all(subject))

    def fresh(self, name: str) -> list[Event]:
        """Everything told of a company since the last turn, also what fell due and is not written yet."""
        return [e for v, e in self._all(self.subject(name)) if (e.stream, v) not in self.turned]

    def decided(self, name: str, kind: type[Decision]) -> list[Any]:
        """The fresh decisions of one kind."""
        return [e.data for e in self.fresh(name) if isinstance(e.data, kind)]

    def cited(self) -> set[Rule]:
        """The rules of everything fresh, and of where each certificate stands now."""
        rules = {e.rule for name in self.names for e in self.fresh(name) if e.rule is not None}
        rows = (self.entry(name, self.now) for name in self.names)
        return rules | {row.standing.rule for row in rows if row is not None}

    def _all(self, subject: str) -> list[tuple[int, Event]]:
        return [(r.version, r.event) for r in asking.life_of(self.system, subject).told]

    def due(self, name: str, what: str) -> Term | None:
        """The open term of a company that is called so on the agenda."""
        told = asking.agenda_of(self.system, subject=self.subject(name))
        self.term = next((due.term for due in told if due.what == what), None)
        return self.term

    # --- stories told in one sentence, and terms on their own ----------------------------------------------------

    def suspended(self, name: str, at: datetime) -> None:
        """A warning received 48 hours before, and nothing done."""
        self.case = "M-1"
        evidence = facts.MisuseReported(case="M-1", kind=facts.Violation.ALTERATION, evidence=(HASH,))
        received = at - timedelta(hours=48)
        self.report(name, evidence, received)
        self.report(name, facts.WarningDelivered(case="M-1"), received)
        self.reaches(at)

    def withdrawn(self, name: str, at: datetime) -> None:
        """A repeated violation, and two people who take the licence away on that day."""
        before, self.case = at - timedelta(days=10), "M-2"
        for case, when in (("M-1", before), ("M-2", at - timedelta(days=1))):
            evidence = facts.MisuseReported(case=case, kind=facts.Violation.ALTERATION, evidence=(HASH,))
            self.report(name, evidence, when)
            if case == "M-1":
                self.report(name, facts.CessationVerified(case=case), when)
        self.report(name, facts.ViolationVerified(case="M-2"), at)
        self.report(name, facts.PermanentWithdrawalProposed(case="M-2", proposed_by="ana"), at)
        self.report(name, facts.PermanentWithdrawalApproved(case="M-2", approved_by="bojan"), at)

    @property
    def calendar(self) -> Calendar:
        """The calendar under the reading that was chosen."""
        return Scheme(policy=self.policy).calendar

    def counts(self, rule: Rule, unit: Unit, length: int, at: datetime) -> None:
        """A term on its own, as any clause may set it."""
        zone = "Europe/Belgrade"
        match unit:
            case Unit.HOURS:
                self.term = hours(rule, at, length, zone)
            case Unit.DAYS:
                self.term = days(rule, at, length, zone, self.calendar)
            case Unit.DAYS_UNSHIFTED:
                self.term = days(rule, at, length, zone, None)
            case Unit.WORKING_DAYS:
                self.term = working_days(rule, at, length, zone, self.calendar)
            case Unit.MONTHS:
                self.term = months(rule, local_day(at, zone), length, zone)
            case Unit.DAYS_BEFORE:
                self.term = days_before(rule, local_day(at, zone), length, zone)
