"""One company as the engine lives through it, and what two lives are compared by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain import events, recording
from domain.dossier import Dossier, blank
from domain.events import Event
from domain.history import Entry, fold, live
from domain.schemes.scheme import Scheme
from tests.story import SUBJECT, moment

END = moment("2026-01-01")  # everything is enforced up to here in the end


@dataclass
class Life:
    """One company as the engine lives through it, with everything that was told kept as entries."""

    scheme: Scheme = field(default_factory=Scheme)
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dossier: Dossier = blank(SUBJECT, self.scheme)

    def learn(self, event: Event) -> "Life":
        """Learn a fact, by the short way where that is open."""
        done = recording.learn(self.dossier, event)
        return self._append(done or recording.relearn(self.dossier, self.entries, event))

    def enforce(self, until: datetime) -> "Life":
        """Enforce every deadline up to an instant."""
        return self._append(recording.enforce(self.dossier, until))

    def meet(self, event: Event) -> "Life":
        """A scheme-wide fact reaches the company."""
        scheme = self.dossier.scheme.meets(event)
        done = recording.meet(self.dossier, scheme, event)
        return self._append(done or recording.remeet(self.dossier, self.entries, scheme, event))

    def _append(self, done: recording.Learned) -> "Life":
        self.entries = list(recording.appended(self.entries, list(done.events)))
        self.dossier = done.dossier
        return self

    def streams(self) -> dict[str, list[Event]]:
        """The events of each stream, which is what the digest is made of."""
        told: dict[str, list[Event]] = {}
        for entry in self.entries:
            told.setdefault(entry.event.stream, []).append(entry.event)
        return told


def is_scheme_wide(event: Event) -> bool:
    """Whether the fact goes to every company."""
    return event.stream.startswith("SCHEME")


def live_through(events: Sequence[Event], scheme: Scheme, until: datetime = END) -> Life:
    """The life of a company that learns these facts in this order."""
    life = Life(scheme)
    for event in events:
        (life.meet if is_scheme_wide(event) else life.learn)(event)
    return life.enforce(max(until, life.dossier.recorded_at))


def answers(life: Life) -> dict[str, object]:
    """Class and licence of a company for every day: what late facts move (design decision 4)."""
    company = life.dossier.company
    licences = {}
    for order, c in life.dossier.certificates.items():
        if c.granted_at is not None:
            days = {c.granted_at, c.revoked_at or c.granted_at}
            days.update(day for g in c.grounds for day in (g.since, g.closed_at, g.reinstated_at) if day)
            days.update(day for s in c.suspensions for day in (s.since, s.until) if day)
            licences[order] = {
                day: (
                    sorted(
                        {g.ground for g in c.grounds if g.since <= day and (g.closed_at is None or day < g.closed_at)}
                    ),
                    sorted(
                        {
                            g.rule
                            for g in c.grounds
                            if g.since <= day and not (g.reinstated_at and g.reinstated_at <= day)
                        }
                    ),
                    any(s.since <= day and (s.until is None or day < s.until) for s in c.suspensions),
                    c.revoked_at is not None and c.revoked_at <= day,
                    c.granted_at,
                )
                for day in days
            }
    told = (e.event for e in live(life.entries) if isinstance(e.event.data, events.EditionAttained))
    years = {a.business_year for a in company.assessments}
    classes = {(y, a.at): company.attained(y, a.at) for y in years for a in company.assessments}
    return {
        "classes": classes,
        "editions": sorted((e.effective_at, str(e.data)) for e in told),
        "licences": licences,
    }


def known(dossier: Dossier) -> list[bytes]:
    """The marks of the facts known to a dossier, in an order of their own."""
    return sorted(dossier.known[i : i + 8] for i in range(0, len(dossier.known), 8))


def same(one: Dossier, other: Dossier) -> bool:
    """Whether two dossiers say the same; the order in which facts were noted as known says nothing."""
    return known(one) == known(other) and one._replace(known=b"") == other._replace(known=b"")


def cold(life: Life) -> Dossier:
    """The dossier as the stored streams tell it."""
    return fold(SUBJECT, life.dossier.scheme, life.entries)
