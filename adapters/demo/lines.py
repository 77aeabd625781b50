"""How the facts of a made-up portfolio become lines: how each kind begins, the days of Belgrade, the stream's order.

Lines are put together from texts, because that is several times cheaper than validating and dumping a model for each;
a test validates them all.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import inf
from random import Random
from zoneinfo import ZoneInfo

from domain import facts
from domain.schemes.days_off_serbia import SERBIA_1
from domain.wire import type_of

DAY, HOUR, MINUTE = 86_400, 3_600, 60

_ZONE = ZoneInfo("Europe/Belgrade")
_EPOCH = date(1970, 1, 1).toordinal()
_DUPLICATES = 0.0015  # of all lines
_LATE = 0.009  # of what is learned from outside; about 0.15 % of all lines


def _kind(fact: type[facts.Fact], source: str) -> str:
    return f'{{"specversion":"1.0","type":"{type_of(fact)}","source":"{source}","id":"'


_REGISTER, _STATEMENTS = "urn:apr:register", "urn:apr:statements"
_COURTS, _BANK = "urn:courts:proceedings", "urn:nbs:blockades"
_ACCOUNTS, _PARCELS = "urn:bonitet:accounts", "urn:courier:parcels"
_DESK, _MAIL, _MODEL, _SCHEME = "urn:bonitet:desk", "urn:bonitet:mail", "urn:dnb:model", "urn:dnb:scheme"

REGISTERED = _kind(facts.CompanyRegistered, _REGISTER)
RENAMED = _kind(facts.CompanyRenamed, _REGISTER)
DEREGISTERED = _kind(facts.CompanyDeregistered, _REGISTER)
FILED = _kind(facts.StatementFiled, _STATEMENTS)
RESTATED = _kind(facts.StatementRestated, _STATEMENTS)
ASSESSED = _kind(facts.ClassAssessed, _MODEL)
COLLECTING = _kind(facts.DataCollectionOpened, _SCHEME)
COLLECTED = _kind(facts.DataCollectionClosed, _SCHEME)
BLOCKED = _kind(facts.AccountBlocked, _BANK)
UNBLOCKED = _kind(facts.AccountUnblocked, _BANK)
RETRACTED_BY_BANK = _kind(facts.FactRetracted, _BANK)
RETRACTED_BY_DESK = _kind(facts.FactRetracted, _DESK)
PETITIONED = _kind(facts.ProceedingRequested, _COURTS)
DISMISSED = _kind(facts.ProceedingDismissed, _COURTS)
OPENED = _kind(facts.InsolvencyOpened, _COURTS)
CLOSED = _kind(facts.InsolvencyClosed, _COURTS)
OFFERED = _kind(facts.OfferMade, _DESK)
REPRESENTED = _kind(facts.RepresentativeNamed, _DESK)
CONFIRMED = _kind(facts.OfferConfirmed, _MAIL)
PHONED = _kind(facts.PhoneOrderPlaced, _DESK)
CONCLUDED = _kind(facts.OrderConfirmationSent, _MAIL)
CONSENTED = _kind(facts.ConsensusRecorded, _DESK)
NOTIFIED = _kind(facts.RenewalNoticeDelivered, _MAIL)
CANCELLED_BY_MAIL = _kind(facts.RenewalCancelled, _MAIL)
CANCELLED_OTHERWISE = _kind(facts.RenewalCancelled, _DESK)
EDITION_AGREED = _kind(facts.SpecialEditionAgreed, _DESK)
REPORTED = _kind(facts.MisuseReported, _DESK)
WARNED = _kind(facts.WarningServed, _DESK)
WARNING_DELIVERED = _kind(facts.WarningDelivered, _MAIL)
DEMANDED = _kind(facts.SecondDemandServed, _DESK)
DEMAND_DELIVERED = _kind(facts.SecondDemandDelivered, _MAIL)
DECLARED = _kind(facts.CessationDeclared, _MAIL)
VERIFIED = _kind(facts.CessationVerified, _DESK)
FOUND_UNTRUE = _kind(facts.CessationFoundUntrue, _DESK)
SEEN = _kind(facts.ViolationVerified, _DESK)
CASE_DISMISSED = _kind(facts.CaseDismissed, _DESK)
INFRINGEMENT_ENDED = _kind(facts.InfringementEnded, _DESK)
PROPOSED = _kind(facts.PermanentWithdrawalProposed, _DESK)
APPROVED = _kind(facts.PermanentWithdrawalApproved, _DESK)
REINSTATEMENT_ASKED = _kind(facts.ReinstatementRequested, _MAIL)
REINSTATEMENT_DECIDED = _kind(facts.ReinstatementDecided, _DESK)
PACKAGE_ORDERED = _kind(facts.PackageOrdered, _DESK)
ELEMENT_ORDERED = _kind(facts.ElementOrdered, _DESK)
VECTOR_ASKED = _kind(facts.VectorMaterialRequested, _MAIL)
E_MATERIALS = _kind(facts.EMaterialsDelivered, _MAIL)
DISPATCHED = _kind(facts.ParcelDispatched, _PARCELS)
PARCEL = _kind(facts.ParcelDelivered, _PARCELS)
POSTPONED = _kind(facts.DeliveryPostponed, _DESK)
PUBLISHED = _kind(facts.OnlineContentPublished, _DESK)
TAKEN_DOWN = _kind(facts.OnlineContentTakenDown, _DESK)
LOSS_NOTIFIED = _kind(facts.LossNoticeDelivered, _MAIL)
REMOVED = _kind(facts.MarkRemovalVerified, _DESK)
DEFECTIVE = _kind(facts.DefectReported, _DESK)
ESTABLISHED = _kind(facts.DefectEstablished, _DESK)
PERIOD_AGREED = _kind(facts.CorrectionPeriodAgreed, _DESK)
PERIOD_NOT_AGREED = _kind(facts.CorrectionPeriodNotAgreed, _DESK)
CORRECTED = _kind(facts.CorrectionIssued, _DESK)
CLARIFICATION_ASKED = _kind(facts.ClarificationRequested, _MAIL)
CLARIFIED = _kind(facts.ClarificationGiven, _DESK)
OBJECTED = _kind(facts.ObjectionRaised, _DESK)
OBJECTION_DECIDED = _kind(facts.ObjectionDecided, _DESK)
ATTEMPTED = _kind(facts.AmicableAttemptMade, _DESK)
SETTLED = _kind(facts.SettlementReached, _DESK)
SUED = _kind(facts.CourtSeized, _DESK)
WITHDRAWN = _kind(facts.ContractWithdrawalDeclared, _DESK)
BILLED_TO = _kind(facts.InvoiceAddressNamed, _DESK)
BILLED_BY_BANK = _kind(facts.BankInvoiceRequested, _DESK)
INVOICED = _kind(facts.InvoiceIssued, _ACCOUNTS)
INVOICE_SENT = _kind(facts.InvoiceSent, _ACCOUNTS)
PAID = _kind(facts.PaymentReceived, _ACCOUNTS)
REMINDED = _kind(facts.ReminderSent, _ACCOUNTS)
COST_INCURRED = _kind(facts.CollectionCostIncurred, _ACCOUNTS)
INTEREST_CLAIMED = _kind(facts.InterestClaimed, _ACCOUNTS)
CREDIT_ASKED = _kind(facts.InvoiceCreditRequested, _DESK)
DAMAGE_CLAIMED = _kind(facts.DamageClaimed, _DESK)
RECKONED = _kind(facts.CalendarCorrected, _SCHEME)
RATE_SET = _kind(facts.DefaultInterestRateSet, _SCHEME)
AMENDED = _kind(facts.TermsAmended, _SCHEME)
AMENDMENT_NOTIFIED = _kind(facts.AmendmentNoticeDelivered, _MAIL)
ACCEPTED = _kind(facts.TermsAccepted, _DESK)
DEVIATION_AGREED = _kind(facts.DeviationAgreed, _DESK)
UNDERTAKEN = _kind(facts.DataProtectionAcknowledged, _DESK)
INFORMED = _kind(facts.EmployeesInformed, _DESK)
HELD = _kind(facts.LegalHoldPlaced, _DESK)
RELEASED = _kind(facts.LegalHoldLifted, _DESK)
DISCLOSED = _kind(facts.InformationDisclosed, _DESK)
ERASED = _kind(facts.PersonErased, _DESK)
LETTER_SENT = _kind(facts.LetterSent, _DESK)
LETTER_DELIVERED = _kind(facts.LetterDelivered, _DESK)
LETTER_BOUNCED = _kind(facts.LetterBounced, _DESK)
TASK_ASSIGNED = _kind(facts.TaskAssigned, _DESK)
TASK_CLOSED = _kind(facts.TaskClosed, _DESK)
TAKEN_OVER = _kind(facts.CertificateTakenOver, _DESK)
SCORED = _kind(facts.DynamicScoreReported, _MODEL)
LOSS_DECIDED = _kind(facts.LossDecided, _DESK)
RENEWAL_DECIDED = _kind(facts.RenewalDecided, _DESK)
EVIDENCE_ADDED = _kind(facts.EvidenceAdded, _DESK)
CREDIT_DECIDED = _kind(facts.InvoiceCreditDecided, _DESK)
MADE_GOOD = _kind(facts.DamageMadeGood, _DESK)
DAMAGE_WAIVED = _kind(facts.DamageWaiverDecided, _DESK)
JUDGED = _kind(facts.CourtDecided, _DESK)
MESSAGE = _kind(facts.MessageReceived, _MAIL)
ACKNOWLEDGED = _kind(facts.MessageAcknowledged, _MAIL)
DROPPED = _kind(facts.ProposalDropped, _DESK)
RESTORATION_DECIDED = _kind(facts.ContractRestorationDecided, _DESK)
SUSPENSION_DEFERRED = _kind(facts.SuspensionDeferred, _DESK)
SUSPENSION_DECIDED = _kind(facts.SuspensionDecided, _DESK)

BACK_OFFICE = ("mira.p", "jovan.s", "ana.k", "dragan.m")
SUPERVISORS = ("vesna.t", "nikola.r")


def by(actor: str) -> str:
    """The attributes that say which member of the staff brought a fact in."""
    role = "supervisor" if actor in SUPERVISORS else "back-office"
    return f',"actor":"{actor}","role":"{role}"'


_BY_BACK_OFFICE = tuple(by(actor) for actor in BACK_OFFICE)


def number(day: date) -> int:
    """A day as days since 1970."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """The date of a day that is given as days since 1970."""
    return date.fromordinal(day + _EPOCH)


def day_of(instant: int) -> int:
    """The local day of an instant in office hours, or of a local midnight, as days since 1970."""
    return (instant + 2 * HOUR) // DAY


@dataclass(slots=True, eq=False)
class Subject:
    """Whom facts are about; from the instant `gone` (seconds since 1970) nothing more is heard of it."""

    subject: str
    gone: float = inf


class Almanac:
    """Local days of Belgrade as instants and texts, made once because every line needs several of them."""

    def __init__(self, first: date, last: date) -> None:
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        self._base = number(first)
        self._texts = [f"{day}T" for day in days]
        self._midnights = [int(datetime.combine(day, time(), _ZONE).timestamp()) for day in days]
        noons = [int(datetime.combine(day, time(12), _ZONE).timestamp()) for day in days]
        self._offsets = [12 * HOUR - noon % DAY for noon in noons]
        self._zones = {offset: f"+{offset // HOUR:02}:00" for offset in self._offsets}
        self._minutes = [f"{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60)]
        self._working = [number(day) for day in days if SERBIA_1.is_working_day(day)]
        self._next = [bisect_left(self._working, number(day)) for day in days]

    def midnight(self, day: int) -> int:
        """The instant at which a local day begins."""
        return self._midnights[day - self._base]

    def working(self, day: int, further: int = 0) -> int:
        """The day itself or else the next working day, and from there so many working days on."""
        return self._working[self._next[day - self._base] + further]

    def utc(self, instant: int) -> str:
        """The instant in UTC, to be compared as a text."""
        day, second = divmod(instant, DAY)
        minute, second = divmod(second, MINUTE)
        return f"{self._texts[day - self._base]}{self._minutes[minute]}{second:02}Z"

    def local(self, instant: int) -> str:
        """The instant with Belgrade's offset, as an office there writes it."""
        offset = self._offsets[instant // DAY - self._base]
        day, second = divmod(instant + offset, DAY)
        minute, second = divmod(second, MINUTE)
        return f"{self._texts[day - self._base]}{self._minutes[minute]}{second:02}{self._zones[offset]}"


class Log:
    """Facts as they are thought of, in any order, and taken out again year by year in order of learning."""

    def __init__(self, seed: int, first_year: int, years: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - the same seed shall give the same portfolio
        self.random, self.bits = self.rng.random, self.rng.getrandbits
        self.first_year, self.years = first_year, years
        # Stories and long proceedings are thought to their end, even where it is never heard of.
        self.days = Almanac(date(first_year - 1, 11, 1), date(first_year + max(years, 8) + 3, 12, 31))
        self._end = self.days.midnight(number(date(first_year + years, 1, 1)))
        self._rows: list[tuple[int, int, Subject, bytes]] = []
        self._count = self._serial = 0

    # --- chance ---

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.random() < share

    def below(self, limit: int) -> int:
        """A whole number from 0 up to `limit`, without it."""
        return int(self.random() * limit)

    def digest(self) -> str:
        """64 hexadecimal digits, as a SHA-256 has."""
        return f"{self.bits(256):064x}"

    def serial(self) -> int:
        """A number that was not given before."""
        self._serial += 1
        return self._serial

    # --- moments ---

    def office(self, day: int) -> int:
        """A moment between 8 and 16 local of the day, or of the next working day."""
        return self.days.midnight(self.days.working(day)) + 8 * HOUR + int(self.random() * 8 * HOUR)

    def learned(self, at: int, most: int) -> int:
        """When we hear of what happened outside: in the morning, 1 to `most` days later; rarely months later."""
        late = self.random() < _LATE
        wait = 25 + self.below(125) if late else 1 + self.below(most)
        return self.days.midnight(day_of(at) + wait) + 6 * HOUR + self.below(90 * MINUTE)

    # --- facts ---

    def add(self, about: Subject, kind: str, at: int, recorded: int, data: str, actor: str = "") -> str:
        """A fact with its data in JSON, `at` <= `recorded`; what is learned after the end is left out. Its id."""
        bits = f"{self.bits(128):032x}"
        ident = f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"
        if recorded < self._end:
            subject, days = about.subject, self.days
            line = (
                f'{kind}{ident}","subject":"{subject}","partitionkey":"{subject}","time":"{days.local(at)}",'
                f'"recordedtime":"{days.utc(recorded)}"{actor},"data":{data}}}'
            ).encode()
            for _ in range(2 if self.random() < _DUPLICATES else 1):
                self._count += 1
                self._rows.append((recorded, self._count, about, line))
        return ident

    def desk(self, about: Subject, kind: str, day: int, data: str) -> int:
        """A fact that the back office sees happen on this or the next working day, and enters. Its instant."""
        at = self.office(day)
        self.by_desk(about, kind, at, data)
        return at

    def by_desk(self, about: Subject, kind: str, at: int, data: str) -> None:
        """A fact of a known instant that the back office enters."""
        self.add(about, kind, at, at + 30 + self.below(1800), data, _BY_BACK_OFFICE[self.below(len(_BY_BACK_OFFICE))])

    def mail(self, about: Subject, kind: str, at: int, data: str) -> int:
        """A fact that the mail system reports within minutes. Its instant."""
        self.add(about, kind, at, at + 1 + self.below(300), data)
        return at

    def until(self, instant: int) -> Iterator[bytes]:
        """The lines of all facts learned before the instant, in order of learning; they are then forgotten."""
        self._rows.sort()
        due = bisect_left(self._rows, instant, key=lambda row: row[0])
        rows, self._rows = self._rows[:due], self._rows[due:]
        for recorded, _, about, line in rows:
            if recorded < about.gone:
                yield line
