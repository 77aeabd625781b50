"""One company's life in memory, for tests that read given / when / then."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from domain import facts, recording
from domain.certificate import Certificate
from domain.dossier import Dossier, blank
from domain.events import Event, TaskOpened
from domain.facts import Fact
from domain.history import Entry
from domain.schemes.scheme import Scheme
from domain.standing import Standing, standing

BELGRADE = ZoneInfo("Europe/Belgrade")
SUBJECT = "EX-00000001"
HASH = "0" * 64


def moment(text: str) -> datetime:
    """`2026-03-28` or `2026-03-28 10:00`, local in Belgrade, as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BELGRADE).astimezone(UTC)


def day(text: str) -> date:
    """A day, from its ISO text."""
    return date.fromisoformat(text)


def midnight(on: date) -> datetime:
    """00:00 in Belgrade."""
    return datetime.combine(on, time(), tzinfo=BELGRADE).astimezone(UTC)


@dataclass
class Story:
    """Facts in the order in which they are learned; everything that was told is kept as entries."""

    scheme: Scheme = field(default_factory=Scheme)
    subject: str = SUBJECT
    order: str = "N-1"
    entries: list[Entry] = field(default_factory=list)
    late: int = 0

    def __post_init__(self) -> None:
        self.dossier: Dossier = blank(self.subject, self.scheme)
        self.number = 0

    def event(self, data: Fact, at: str | datetime, learned: str | datetime | None = None, name: str = "") -> Event:
        """The fact as an event, learned when it happened unless said otherwise."""
        self.number += 1
        at = moment(at) if isinstance(at, str) else at
        learned = moment(learned) if isinstance(learned, str) else learned
        stream = f"{self.subject}/{data.order}" if isinstance(data, facts.OrderFact) else self.subject
        fact = name or f"fact-{self.number:04}"
        return Event(
            stream=stream,
            effective_at=at,
            recorded_at=learned or at,
            data=data,
            fact=fact,
            source="urn:test",
            actor="ana",
        )

    def fact(
        self, data: Fact, at: str | datetime, learned: str | datetime | None = None, name: str = ""
    ) -> list[Event]:
        """Learn a fact; answers everything that was appended."""
        event = self.event(data, at, learned, name)
        done = recording.learn(self.dossier, event)
        if done is None:
            self.late += 1
            done = recording.relearn(self.dossier, self.entries, event)
        return self._append(done)

    def until(self, at: str | datetime) -> list[Event]:
        """Enforce all deadlines up to an instant."""
        return self._append(recording.enforce(self.dossier, moment(at) if isinstance(at, str) else at))

    def scheme_fact(self, data: Fact, at: str, learned: str | None = None) -> list[Event]:
        """A scheme-wide fact reaches the company."""
        event = self.event(data, at, learned)
        scheme = self.dossier.scheme.meets(event)
        done = recording.meet(self.dossier, scheme, event)
        if done is None:
            done = recording.remeet(self.dossier, self.entries, scheme, event)
        return self._append(done)

    def _append(self, done: recording.Learned) -> list[Event]:
        self.entries = list(recording.appended(self.entries, list(done.events)))
        self.dossier = done.dossier
        return list(done.events)

    # --- given ---

    def registered(self, at: str = "2015-01-05") -> "Story":
        """Given a company in its register."""
        self.fact(facts.CompanyRegistered(name="Textil", founded=date(2010, 1, 1)), at)
        return self

    def assessed(self, years: dict[int, str], learned: str = "") -> "Story":
        """Given classes by business year, each assessed on 15 May of the next year."""
        for year, attained in years.items():
            data = facts.ClassAssessed(
                business_year=year, attained=facts.Excellence(attained), model_version="m-1", inputs_hash=HASH
            )
            self.fact(data, f"{year + 1}-05-15", learned or None)
        return self

    def agreed(self, at: str) -> "Story":
        """Given a contract by consensus."""
        self.fact(facts.ConsensusRecorded(order=self.order, evidence=HASH), at)
        return self

    def noticed(self, at: str, **kwargs: object) -> "Story":
        """Given a complete renewal notice."""
        says = {"states_expiry": True, "states_class": True, "states_edition": True, **kwargs}
        self.fact(facts.RenewalNoticeDelivered.model_validate({"order": self.order, **says}), at)
        return self

    def represented(self, at: str, email: str = "ana@textil.rs") -> "Story":
        """Given a representative under the contract."""
        self.fact(facts.RepresentativeNamed(order=self.order, name="Ana", email=email), at)
        return self

    def cancelled(self, at: str, learned: str | None = None, **kwargs: object) -> list[Event]:
        """When the holder cancels, by a signed e-mail unless said otherwise."""
        data = facts.RenewalCancelled.model_validate({"order": self.order, "signed": True, **kwargs})
        return self.fact(data, at, learned)

    def blocked(self, at: str, learned: str | None = None, blockade: str = "B-1") -> "Story":
        """Given a blockade of an account."""
        self.fact(facts.AccountBlocked(blockade=blockade), at, learned, name=f"block-{blockade}")
        return self

    def unblocked(self, at: str, learned: str | None = None, blockade: str = "B-1") -> "Story":
        """Given the end of that blockade."""
        self.fact(facts.AccountUnblocked(blockade=blockade), at, learned)
        return self

    def retracted(self, name: str, at: str, *signed: str) -> list[Event]:
        """When a fact turns out to be wrong, signed by two people where it is a decision of two."""
        return self.fact(
            facts.FactRetracted(fact=name, **dict(zip(("decided_by", "approved_by"), signed, strict=False))), at
        )

    # --- then ---

    @property
    def certificate(self) -> Certificate:
        """The certificate as it is now."""
        return self.dossier.certificates[self.order]

    def shows(self, at: str) -> Standing | None:
        """What the register shows at an instant, by what is known now."""
        return standing(self.certificate, moment(at))

    def status(self, at: str) -> str | None:
        """The status the register shows at an instant."""
        shown = self.shows(at)
        return shown.status.value if shown else None

    def names(self) -> list[str]:
        """The names of everything told, in order."""
        return [e.event.name for e in self.entries]

    def told(self, name: str) -> list[Event]:
        """All events of a name, in order."""
        return [e.event for e in self.entries if e.event.name == name]

    def tasks(self) -> list[str]:
        """All tasks that were opened, in order."""
        return [e.data.task for e in self.told("TaskOpened") if isinstance(e.data, TaskOpened)]

    def last(self, name: str) -> Event:
        """The last event of a name."""
        return next(e.event for e in reversed(self.entries) if e.event.name == name)
