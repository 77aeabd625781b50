"""The questions that people ask of an installation, answered without writing anything, for every screen and terminal.

A question is about a day, which means its end, or about an instant. No answer depends on when deadlines were enforced:
where something fell due that is not written yet, it is told from the dossier as it stands in law.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from adapters.intake import aside
from adapters.main import System
from domain import events
from domain.calendar import local_day, midnight
from domain.dossier import BEGINNING, NEVER, Dossier
from domain.events import Event
from domain.history import Entry as Versioned
from domain.history import fold, met
from domain.identity import InvalidSubject, check_subject
from domain.moves import Move, moves
from domain.outlook import items
from domain.recording import appended, enforce, meet, remeet
from domain.standing import Status
from domain.usage import Use, may_show
from domain.worklist import CONTRACT, Line, lines, of_case
from projections import agenda, register
from projections.agenda import Due
from projections.batch import Recorded
from projections.register import Entry, entries_of, latest, on_day, rows_of, stale
from projections.worklist import Open, Wanted, open_lines

_PAGE = 500
_CANDIDATES = 5
BEHIND = timedelta(minutes=5)
_NUMBER = re.compile(r"RS-[0-9]+|[0-9]{8}")


class Unanswerable(Exception):
    """A question that can't be answered as it was put; the message says how to put it."""


class NotFound(Unanswerable):
    """Nothing here bears that number or name."""


class Ambiguous(Unanswerable):
    """Several companies or certificates could be meant."""


class LiesAhead(Unanswerable):
    """Nobody knows yet what will hold at that instant."""


# --- days and instants -------------------------------------------------------------------------------------------


def day_or_instant(text: str, zone: str) -> date | datetime:
    """`2026-03-30` as a day, `2026-03-30 10:59` as an instant, local where it names no offset."""
    text = text.strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is neither a day nor a time: write 2026-03-30, or '2026-03-30 10:59' for local time"
        raise Unanswerable(msg) from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def instant_asked(system: System, text: str | None) -> datetime:
    """The instant that a question is about: a day stands for its last instant, nothing and `now` for this moment."""
    now = system.clock()
    if text is None or text.strip() == "now":
        return now
    zone = system.engine.memory.scheme.zone
    asked = day_or_instant(text, zone)
    today = local_day(now, zone)
    if not isinstance(asked, datetime):
        if asked == today:
            return now
        if asked < today:
            return end_of(text, zone)
    elif asked <= now:
        return asked
    local = now.astimezone(ZoneInfo(zone))
    msg = f"{text} lies ahead, and it is {local:%Y-%m-%d %H:%M}: ask about a time up to now, or see `bonitet agenda`"
    raise LiesAhead(msg)


def end_of(text: str, zone: str) -> datetime:
    """The end of a day, or an instant, also one that lies ahead."""
    asked = day_or_instant(text, zone)
    if isinstance(asked, datetime):
        return asked
    if asked == date.max:
        return NEVER
    return midnight(asked + timedelta(days=1), zone) - timedelta(microseconds=1)


# --- who and what is meant -----------------------------------------------------------------------------------------


def find(system: System, text: str) -> list[tuple[str, str | None]]:
    """Companies by MB, subject, PIB, certificate number, or a name in either script: (subject, name) pairs."""
    with system.store.reading() as c:
        return register.search(c, text.rpartition("/")[2] if _named(text.partition("/")[0]) else text)


def _named(text: str) -> str | None:
    """The subject where the text is one, or is a matični broj without its register's code."""
    for candidate in (text, f"RS-{text}"):
        try:
            return check_subject(candidate)
        except InvalidSubject:
            continue
    return None


def _check_number(text: str) -> None:
    try:
        check_subject(text if text.startswith("RS-") else f"RS-{text}")
    except InvalidSubject as fault:
        raise NotFound(str(fault)) from fault


def company_meant(system: System, text: str) -> str:
    """The subject of the one company that a text names; raises NotFound or Ambiguous."""
    text = text.strip()
    subject = _named(text.partition("/")[0])
    system.engine.refresh()
    if subject is not None and system.engine.memory.dossier(subject).company.name:
        return subject
    if subject is not None and (text.startswith(subject) or "/" in text):
        raise NotFound(f"{subject} is not registered here: ingest its registration, or look with `bonitet find`")
    told = find(system, text)
    if not told:
        if _NUMBER.fullmatch(text):
            _check_number(text)
        raise NotFound(f"nothing here is called {text!r}: look with `bonitet find`, or give the number as RS-12345678")
    if len(told) > 1:
        some = ", ".join(f"{subject} {name or ''}".strip() for subject, name in told[:_CANDIDATES])
        more = f" and {len(told) - _CANDIDATES} more" if len(told) > _CANDIDATES else ""
        raise Ambiguous(f"{text!r} may be {some}{more}: give the number")
    return told[0][0]


def certificate_meant(system: System, text: str) -> str:
    """The stream of the one certificate that a text names: company/order, an order, or a company that has just one."""
    text = text.strip()
    subject = company_meant(system, text)
    known = system.engine.memory.dossier(subject).certificates
    order = text.partition("/")[2] if "/" in text else text
    if order in known:
        return f"{subject}/{order}"
    if "/" in text or not known:
        those = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise NotFound(f"{subject} has no certificate {text!r}; {those}")
    if len(known) > 1:
        raise Ambiguous(f"{subject} has several certificates: name one of {', '.join(f'{subject}/{o}' for o in known)}")
    return f"{subject}/{next(iter(known))}"


# --- one company's life ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Life:
    """A company as it stands in law; of what was told, position 0 has what fell due and is not written yet."""

    dossier: Dossier
    told: list[Recorded]
    known: datetime
    waiting: bool

    @property
    def history(self) -> list[Versioned]:
        """What was told, as the domain reads it."""
        return [Versioned(r.version, r.event) for r in self.told]


def life_of(system: System, subject: str, known: datetime | None = None) -> Life:
    """Everything told of a company by now, or as it was known at an instant."""
    system.engine.refresh()
    scheme_facts, schemes = system.store.scheme_facts(), system.engine.memory.schemes
    told = system.store.history(subject)
    if known is not None:
        told = [r for r in told if r.event.recorded_at <= known]
        scheme_facts = [r for r in scheme_facts if r.event.recorded_at <= known]
    history = [Versioned(r.version, r.event) for r in told]
    seen = met(history)
    dossier = fold(subject, schemes[seen], history)
    horizon = known or system.engine.horizon()
    waiting = known is None and subject in _waiting(system)
    due: list[Event] = []
    if not waiting:
        for number in range(seen, len(scheme_facts)):
            scheme, fact = schemes[number + 1], scheme_facts[number].event
            learned = meet(dossier, scheme, fact) or remeet(dossier, appended(history, due), scheme, fact)
            dossier = learned.dossier
            due.extend(learned.events)
        done = enforce(dossier, horizon)
        dossier = done.dossier
        due.extend(done.events)
    unwritten = list(appended(history, due))[len(history) :]
    return Life(dossier, [*told, *(Recorded(0, e.version, e.event) for e in unwritten)], horizon, waiting)


def _waiting(system: System) -> set[str]:
    with system.store.reading() as c:
        return set(aside.queues(c))


def _outdated(system: System, c: Connection) -> set[str]:
    """The companies whose rows don't tell yet what has fallen due by now; those with parked facts stay as they are."""
    told = set(stale(c, system.engine.horizon()))
    if system.engine.projections.swept() < system.engine.to_be_met():
        holding = select(register.holders.c.subject).where(register.holders.c.certificates > 0)
        told.update(c.execute(holding).scalars())
    return told - set(aside.queues(c))


def caveats(system: System) -> list[str]:
    """What a reader of any answer has to know: sources that were not read to their end, companies that wait."""
    told = [
        f"{name} was read only up to line {line}: ingest it to its end" for name, line in system.engine.unfinished()
    ]
    if system.clock() - (horizon := system.engine.horizon()) > BEHIND:
        until = f"only up to {_local(horizon, system)}" if horizon > BEGINNING else "not to their end yet"
        told.append(f"the facts topics were read {until}: nothing that fell due since is told (bonitet sources list)")
    if waiting := len(_waiting(system)):
        told.append(f"{waiting} companies have parked facts, and nothing falls due for them: see `bonitet parked list`")
    return told


# --- the register ----------------------------------------------------------------------------------------------------


def register_at(
    system: System, at: datetime, *, status: Status | None = None, after: str = "", limit: int | None = None
) -> Iterator[Entry]:
    """The register as it stood at an instant, by certificate number, those after a number, narrowed by status."""
    system.engine.refresh()
    now, given = system.engine.horizon(), 0
    told: dict[str, Dossier] = {}
    with system.store.reading() as c:
        outdated = _outdated(system, c)
        while page := on_day(c, at, after=after, limit=_PAGE):
            after = page[-1].certificate
            for row in page:
                entry: Entry | None = row
                if row.subject in outdated:
                    if row.subject not in told:
                        told = {row.subject: system.engine.foreseen(row.subject, now)}
                    entry = latest(entries_of(told[row.subject].certificates[row.order], row.holder), at)
                if entry is not None and status in {None, entry.standing.status}:
                    yield entry
                    given += 1
                    if given == limit:
                        return


def counts_at(system: System, at: datetime) -> dict[Status, int]:
    """How many certificates stand where at an instant."""
    told = dict.fromkeys(Status, 0)
    for entry in register_at(system, at):
        told[entry.standing.status] += 1
    return told


def standing_of(
    system: System, company_or_certificate: str, at: datetime, known: datetime | None = None, *, past: bool = False
) -> list[Entry]:
    """Where the certificates of a company, or one certificate, stood at an instant, as known now or as known then.

    With `past` all rows up to that instant. Raises NotFound where nothing was concluded by then.
    """
    subject = company_meant(system, company_or_certificate)
    one = _certificate_in(system, subject, company_or_certificate)
    rows = [row for row in _rows(system, subject, known) if one in {None, row.certificate}]
    told = [row for row in rows if row.standing.since <= at]
    if not past:
        newest = {row.certificate: row for row in told}
        told = list(newest.values())
    if not told:
        raise NotFound(
            f"{one or subject} had no certificate at {_local(at, system)}: no contract was concluded by then"
        )
    return told


def _certificate_in(system: System, subject: str, text: str) -> str | None:
    text = text.strip()
    if "/" in text:
        return certificate_meant(system, text)
    return f"{subject}/{text}" if text in system.engine.memory.dossier(subject).certificates else None


def _rows(system: System, subject: str, known: datetime | None) -> list[Entry]:
    if known is None:
        with system.store.reading() as c:
            if subject not in _outdated(system, c):
                orders = system.engine.memory.dossier(subject).certificates
                return [row for order in sorted(orders) for row in rows_of(c, f"{subject}/{order}")]
    dossier = life_of(system, subject, known).dossier
    name = dossier.company.name
    return [row for _, c in sorted(dossier.certificates.items()) for row in entries_of(c, name)]


def _local(at: datetime, system: System) -> str:
    return f"{at.astimezone(ZoneInfo(system.engine.memory.scheme.zone)):%Y-%m-%d %H:%M}"


# --- use of the mark -------------------------------------------------------------------------------------------------


def use_of(system: System, certificate: str, at: datetime) -> tuple[Use, ...]:
    """What the holder of a certificate may show at an instant: the mark of each certified year, and in which form."""
    subject, _, order = certificate.partition("/")
    c = life_of(system, subject).dossier.certificates[order]
    return may_show(c, at, system.engine.memory.scheme.policy)


# --- history -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An event with what became of it: `annulled_by` made it void, `fact` is the recorded fact it follows from."""

    position: int
    version: int
    event: Event
    annulled_by: Event | None
    fact: Event | None


def history_of(
    system: System, certificate: str, known: datetime | None = None, *, everything: bool = False
) -> list[Told]:
    """All events of a certificate and the facts that caused them, or all of its company, as they were written."""
    life = life_of(system, certificate.partition("/")[0], known)
    told = with_causes(life.told)
    if everything:
        return told
    causes = {t.event.cause for t in told if t.event.stream == certificate}
    return [t for t in told if t.event.stream == certificate or f"fact {t.event.fact}" in causes]


def with_causes(told: list[Recorded]) -> list[Told]:
    """Each event with what annulled it and the fact it follows from."""
    annulled: dict[tuple[str, int], Event] = {}
    facts: dict[str, Event] = {}
    for r in told:
        if isinstance(r.event.data, events.DecisionAnnulled):
            annulled[r.event.stream, r.event.data.version] = r.event
        if r.event.fact is not None:
            facts[f"fact {r.event.fact}"] = r.event
    return [
        Told(r.position, r.version, r.event, annulled.get((r.event.stream, r.version)), facts.get(r.event.cause or ""))
        for r in told
    ]


# --- agenda --------------------------------------------------------------------------------------------------------


def agenda_of(
    system: System, *, until: datetime | None = None, subject: str | None = None, limit: int = 100
) -> list[Due]:
    """What falls due from now on, the soonest first; from when all facts were last read, where that is longer ago."""
    system.engine.refresh()
    now = system.engine.horizon()
    with system.store.reading() as c:
        outdated = _outdated(system, c)
        if subject is not None:
            outdated &= {subject}
        room = limit + 8 * len(outdated)
        told = agenda.due(c, after=now, until=until, subject=subject, limit=room)
    told = [due for due in told if due.subject not in outdated]
    for company in outdated:
        told.extend(
            Due(company, item.about, item.what, item.due_at, item.term.rule.value, item.whose, item.term)
            for item in items(system.engine.foreseen(company, now))
            if now < item.due_at <= (until or NEVER)
        )
    return sorted(told, key=lambda due: (due.due_at, due.subject, due.what))[:limit]


# --- worklists -----------------------------------------------------------------------------------------------------


def worklist_of(system: System, wanted: Wanted, limit: int = 100) -> list[Open]:
    """What is open, the soonest due first; what deadlines that have passed brought about is told as if enforced."""
    system.engine.refresh()
    now = system.engine.horizon()
    with system.store.reading() as c:
        outdated = _outdated(system, c)
        if wanted.subject is not None:
            outdated &= {wanted.subject}
        told = open_lines(c, wanted, limit + 20 * len(outdated))
    told = [each for each in told if each.subject not in outdated]
    for company in outdated:
        of = lines(system.engine.foreseen(company, now))
        told.extend(Open(company, line) for line in of if wanted.fits(company, line))
    return sorted(told, key=lambda each: (each.line.due_at or NEVER, each.line.opened_at, each.subject))[:limit]


def end_of_today(system: System) -> datetime:
    """When the local day is over: what is due today is due before."""
    zone = system.engine.memory.scheme.zone
    return midnight(local_day(system.clock(), zone) + timedelta(days=1), zone)


def moves_of(system: System, subject: str, key: str, actor: str) -> tuple[Line, tuple[Move, ...]]:
    """Something open, and what this person may do about it now, and what not and why; raises NotFound.

    A case of misuse that is closed is found as well, for its file is still asked for.
    """
    system.engine.refresh()
    now = system.engine.horizon()
    dossier = system.engine.foreseen(subject, now)
    open_now = {line.key: line for line in lines(dossier)}
    known = open_now | {line.key: line for line in map(of_case, dossier.cases.values())}
    wanted = key if key in known else next((k for k in known if k.partition(" ")[2] == key), None)
    if wanted is None:
        some = ", ".join(open_now) or "nothing"
        raise NotFound(f"{subject} has nothing open that is called {key!r}; open is: {some}")
    line = known[wanted]
    return line, () if line.kind == CONTRACT else moves(dossier, wanted, now, actor)
