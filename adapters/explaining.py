"""Why a certificate stands where it stands: its ledgers, the line of precedence that matched, and each deadline's sum.

Everything is told from the events in force, each with the fact that it follows from, as a holder's lawyer would ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.asking import Life, Told, life_of, with_causes
from adapters.main import System
from domain import events, facts
from domain.calendar import Term, derivation
from domain.certificate import Attestation, Certificate, Phase, PhaseFrom
from domain.events import Event
from domain.facts import Edition
from domain.history import Entry, fold
from domain.outlook import HOLDER, ISSUER, NOBODY, items
from domain.rules import Rule, wording
from domain.standing import Standing, Status, standing


@dataclass(frozen=True, slots=True)
class Holding:
    """What one of the three ledgers holds at the instant, since when, by which rule, and the events it rests on."""

    ledger: str
    says: str
    since: datetime
    until: datetime | None
    rule: Rule
    sources: tuple[Told, ...]

    @property
    def wording(self) -> str:
        """What the rule says."""
        return wording(self.rule)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the order of precedence; of those that hold, the first one decides."""

    number: int
    status: Status
    says: str
    holds: bool
    decides: bool
    because: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term that runs at the instant, or whose lapse led to what holds then, with its arithmetic."""

    about: str
    what: str
    whose: str
    term: Term
    lapsed: bool

    @property
    def steps(self) -> tuple[str, ...]:
        """How its end was computed, one step a line."""
        return derivation(self.term)


@dataclass(frozen=True, slots=True)
class Why:
    """The derivation of a status at an instant; `standing` is None before there was a contract."""

    certificate: str
    holder: str | None
    at: datetime
    standing: Standing | None
    holdings: tuple[Holding, ...]
    precedence: tuple[Line, ...]
    deadlines: tuple[Deadline, ...]


def why(system: System, certificate: str, at: datetime, known: datetime | None = None) -> Why:
    """The status of a certificate at an instant, clause by clause, as known now or as known then."""
    subject, _, order = certificate.partition("/")
    life = life_of(system, subject, known)
    told = [t for t in with_causes(life.told) if t.annulled_by is None]
    c = life.dossier.certificates.get(order) or Certificate(subject, order)
    shown = standing(c, at)
    holdings = tuple(_holdings(c, told, at, life.dossier.scheme.zone)) if shown else ()
    deadlines = tuple(_deadlines(c, life, told, at, holdings)) if shown else ()
    precedence = tuple(_precedence(c, at, life.dossier.scheme.zone)) if shown else ()
    return Why(certificate, life.dossier.company.name, at, shown, holdings, precedence, deadlines)


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(" ", "minutes")


# --- the three ledgers ---------------------------------------------------------------------------------------------

_PHASES = {
    Phase.RUNNING: "the contract runs",
    Phase.PROVISIONAL: "the contract is renewed, as long as a late notice's days run provisionally",
    Phase.EXTENDED: "the contract outlasts its term until the data is collected",
    Phase.HELD: "the term has ended, and its renewal is held",
    Phase.EXPIRED: "the contract has expired",
    Phase.CANCELLED: "the contract ended as the holder had declared",
    Phase.CEASED: "the contract ended with the legal person",
    Phase.WITHDRAWN: "the contract ended by the holder's withdrawal",
}


def _holdings(c: Certificate, told: list[Told], at: datetime, zone: str) -> Iterator[Holding]:
    own = [t for t in told if t.event.stream == c.stream]
    if (error := c.issued_in_error) is not None:
        # The conclusion itself is annulled: what annulled it tells which fact was wrong.
        sources = tuple(t for t in own if getattr(t.event.data, "event", None) == events.ContractConcluded.__name__)
        yield Holding("contract", "it was issued in error", error.at, None, Rule.DNB_3_1, sources[-1:])
        return
    phase = c.phase_at(at)
    if phase is not None:
        until = f" until {phase.valid_until}" if phase.valid_until else ", its end is open"
        says = f"{_PHASES[phase.phase]}: term {phase.term} from {phase.valid_from}{until}"
        yield Holding("contract", says, phase.at, None, phase.rule, _sources(own, phase))
        attested = c.attested_at(phase.term, at)
        if attested is not None:
            yield _of_class(attested, own, told)
    if c.granted_at is not None and c.granted_at <= at:
        granted = tuple(t for t in own if isinstance(t.event.data, events.MarkLicenceGranted))[-1:]
        yield Holding("licence", "the right to use the mark was granted", c.granted_at, None, Rule.DNB_6_1, granted)
    for ground in c.lost_at(at):
        over = ground.closed_at if ground.closed_at and ground.closed_at <= at else None
        ended = f", itself over since {_local(over, zone)}" if over else ""
        sources = tuple(
            t
            for t in own
            if isinstance(t.event.data, events.MarkLicenceLost | events.LossGroundClosed)
            and t.event.data.ground == ground.ground
            and t.event.effective_at <= at
        )
        says = f"the licence is lost on ground {ground.ground}{ended}"
        yield Holding("licence", says, ground.since, ground.reinstated_at, ground.rule, sources)
    for suspension in c.suspended_at(at):
        sources = tuple(
            t
            for t in own
            if isinstance(t.event.data, events.MarkLicenceSuspended) and t.event.data.case == suspension.case
        )
        says = f"the licence is taken away for a time in case {suspension.case}"
        yield Holding("licence", says, suspension.since, suspension.until, Rule.DNB_7_3, sources)
    if c.revoked_at is not None and c.revoked_at <= at:
        sources = tuple(t for t in own if isinstance(t.event.data, events.MarkLicenceRevoked))
        yield Holding("licence", "the licence is taken away for good", c.revoked_at, None, Rule.DNB_7_5, sources)


def _of_class(a: Attestation, own: list[Told], told: list[Told]) -> Holding:
    shown = tuple(
        t
        for t in own
        if (isinstance(t.event.data, events.ClassAttested) and t.event.data.term == a.term)
        or (isinstance(t.event.data, events.SpecialEditionGranted) and t.event.effective_at == a.at)
    )[-1:]
    assessed = tuple(
        t
        for t in told
        if isinstance(t.event.data, facts.ClassAssessed)
        and t.event.data.business_year == a.business_year
        and t.event.data.attained == a.attained
    )[-1:]
    edition = "" if a.edition is Edition.BASE else f" {a.edition.value}"
    says = f"class {a.attained.value}{edition} of business year {a.business_year} is shown for {a.period}"
    rule = shown[0].event.rule if shown and shown[0].event.rule else Rule.DNB_3_1
    return Holding("class", says, a.at, None, rule, shown + assessed)


# Each of these begins a phase of the contract; when it does so is told by `_start`.
_CONTRACT = (
    events.ContractConcluded,
    events.ContractExtendedPendingData,
    events.ContractRenewed,
    events.RenewalConfirmed,
    events.RenewalHeld,
    events.RenewalUndone,
    events.ContractExpired,
    events.ContractCancelledAtExpiry,
    events.ContractEndedWithSubject,
    events.ContractWithdrawn,
)


def _start(event: Event, phase: PhaseFrom) -> datetime | None:
    data = event.data
    if isinstance(data, events.ContractRenewed):
        begins = data.dates.valid_from == phase.valid_from and data.dates.term == phase.term
        return phase.at if begins else None
    ended_at: datetime = getattr(data, "ended_at", event.effective_at)
    return ended_at


def _sources(own: list[Told], phase: PhaseFrom) -> tuple[Told, ...]:
    found = [t for t in own if isinstance(t.event.data, _CONTRACT) and _start(t.event, phase) == phase.at]
    return tuple(found[-1:])


# --- precedence ------------------------------------------------------------------------------------------------------

_OVER = {
    Phase.EXPIRED: Status.EXPIRED,
    Phase.CEASED: Status.EXPIRED,
    Phase.WITHDRAWN: Status.EXPIRED,
    Phase.CANCELLED: Status.CANCELLED_AT_EXPIRY,
}


def _precedence(c: Certificate, at: datetime, zone: str) -> Iterator[Line]:
    decided = False
    for number, (status, says, holds, because) in enumerate(_lines(c, at, zone), 1):
        yield Line(number, status, says, holds, holds and not decided, because)
        decided = decided or holds


def _lines(c: Certificate, at: datetime, zone: str) -> Iterator[tuple[Status, str, bool, str]]:
    """The order of precedence with what each line meets here: (status, says, holds, because)."""
    phase = c.issued_in_error or c.phase_at(at)
    attested = None if phase is None or c.issued_in_error else c.attested_at(phase.term, at)
    if c.issued_in_error is not None:
        annulled = "it was issued in error: the facts it rested on were wrong"
    elif attested is None:
        annulled = "no class is attested for this term, or it was annulled"
    else:
        annulled = f"class {attested.attained.value} of {attested.business_year} is attested"
    yield Status.ANNULLED, "it was issued in error, or has no class", attested is None, annulled
    losses = [(g.since, f"ground {g.ground}") for g in c.lost_at(at)]
    if c.revoked_at is not None and c.revoked_at <= at:
        losses.append((c.revoked_at, "withdrawal for good"))
    over = _OVER.get(phase.phase) if phase else None
    before = phase is not None and over is not None and all(phase.at < since for since, _ in losses)
    if phase is None or over is None:
        ended = "the contract has not ended"
    else:
        ended = f"it ended at {_local(phase.at, zone)}, {'before any' if before else 'not before the'} loss"
    yield over or Status.EXPIRED, "the contract ended before any loss of the licence", before, ended
    lost = ", ".join(f"{what} since {_local(since, zone)}" for since, what in sorted(losses))
    yield Status.REVOKED, "the licence is lost on a ground, or for good", bool(losses), lost or "no ground stands"
    cases = ", ".join(f"case {s.case} since {_local(s.since, zone)}" for s in c.suspended_at(at))
    yield Status.SUSPENDED, "the licence is taken away for a time", bool(cases), cases or "no suspension lasts"
    extended = phase is not None and phase.phase is Phase.EXTENDED
    collecting = "a business year's data is being collected" if extended else "no extension runs"
    yield Status.VALID_EXTENDED, "the contract outlasts its term until data is collected", extended, collecting
    yield Status.VALID, "none of the lines above", True, "what is left where nothing stands against it"


# --- deadlines -------------------------------------------------------------------------------------------------------

_TERMS = {
    ("WarningClockStarted", "remedy_by"): ("misuse has to stop (48 hours)", HOLDER),
    ("SecondClockStarted", "remedy_by"): ("misuse has to stop (7 working days)", HOLDER),
    ("LateNoticeRecorded", "cancel_by"): ("last day to cancel after a late notice", HOLDER),
    ("LateNoticeDue", "notify_by"): ("late renewal notice", ISSUER),
    ("ContractExtendedPendingData", "alarm"): ("data is still missing", ISSUER),
    ("TermRecomputed", "new"): ("term as counted by the corrected calendar", NOBODY),
    ("ContractTerm", "expires"): ("contract term ends", NOBODY),
    ("ContractTerm", "cancel_by"): ("last day to cancel", HOLDER),
    ("ContractTerm", "notice_by"): ("renewal notice", ISSUER),
}


def terms_of(event: Event) -> Iterator[tuple[str, str, str, Term]]:
    """The terms that an event fixed: (about, what, whose, term)."""
    data = event.data
    about = str(getattr(data, "case", None) or event.order or event.subject)
    dates = getattr(data, "dates", None)
    for (kind, name), (what, whose) in _TERMS.items():
        for holder in (data, dates):
            value = getattr(holder, name, None) if type(holder).__name__ == kind else None
            if isinstance(value, Term):
                yield about, what, whose, value


def _deadlines(
    c: Certificate, life: Life, told: list[Told], at: datetime, holdings: tuple[Holding, ...]
) -> Iterator[Deadline]:
    by_then = [Entry(t.version, t.event) for t in told if t.event.effective_at <= at]
    then = life.dossier if at >= life.known else fold(c.subject, life.dossier.scheme, by_then)
    ours = {c.order, *(case.case for case in then.cases.values() if case.order == c.order)}
    ours.update(matter.key for matter in then.matters.values() if matter.order == c.order)
    fixed = [term for entry in by_then for term in terms_of(entry.event) if term[0] in ours]
    lapses = {
        source.event.effective_at
        for h in holdings
        for source in h.sources
        if (source.event.cause or "").startswith("deadline")
    }
    led = [term for term in fixed if term[3].lapses_at in lapses]
    runs = [(i.about, i.what, i.whose, i.term) for i in items(then) if i.about in ours]
    seen: set[tuple[str, str, datetime]] = set()
    for about, what, whose, term in sorted([*led, *runs], key=lambda row: row[3].lapses_at):
        if (about, what, term.lapses_at) not in seen:
            seen.add((about, what, term.lapses_at))
            yield Deadline(about, what, whose, term, lapsed=term.lapses_at <= at)
