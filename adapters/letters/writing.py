"""What a letter says: its template, and the days and hours that the domain computes for it.

Serbian is written in Cyrillic, its Latin is derived; English is for information (DNB-13.3). Terms that begin with the
receipt are told as if the letter came in today.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.asking import Unanswerable
from adapters.letters.script import latin
from adapters.main import System
from domain.amendments import AmendmentForHolder, key_of
from domain.calendar import Term, days, hours, local_day, working_days
from domain.cancellation import LATE_CANCEL_DAYS
from domain.certificate import Certificate, Ended, Running
from domain.company import current_class, ineligible
from domain.contract import cancellable_from, edition_now
from domain.disclaimers import disclaimer
from domain.dossier import Dossier, blank
from domain.facts import Edition, Language, LetterKind, Violation
from domain.matters import known
from domain.misuse import REMEDY_HOURS, REMEDY_WORKING_DAYS, Reported, SuspendedFor, Warned
from domain.removal import REMOVAL_DAYS
from domain.rules import Rule, wording
from domain.schemes.scheme import Scheme
from domain.telling import Telling

TEMPLATES = Path(__file__).with_name("templates")
_DAY = timedelta(days=1)

_ISSUER = {"sr": "Дан енд Бредстрит д.о.о.", "en": "Dun & Bradstreet d.o.o."}
_PLACE = {"sr": "Београд", "en": "Belgrade"}
_SOME = ("повреда правила", "a breach of the rules")
_VIOLATIONS: Mapping[Violation | None, tuple[str, str]] = {
    Violation.ALTERATION: ("знак је измењен или преобликован", "the mark was altered or redesigned"),
    Violation.REGISTRATION: ("знак је пријављен као сопствени жиг", "the mark was filed as one's own trademark"),
    Violation.FOREIGN_PURPOSE: ("знак служи туђој сврси", "the mark serves another's purpose"),
    Violation.MISSING_YEAR: ("уз знак нема године сертификације", "the year of certification is missing"),
    Violation.WRONG_GRADE_YEAR: ("оцена не одговара години", "the grade is not that of the year"),
    Violation.USE_AFTER_LOSS: ("знак се користи после губитка права", "the mark is used after the right was lost"),
}
_EDITIONS: Mapping[Edition, tuple[str, str]] = {
    Edition.SILVER: ("сребрно", "Silver"),
    Edition.GOLD: ("златно", "Gold"),
    Edition.PLATINUM: ("платинасто", "Platinum"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it will be sent; `about` is the case, term or edition that it concerns."""

    kind: LetterKind
    language: Language
    order: str
    about: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Asked:
    dossier: Dossier
    at: datetime
    certificate: Certificate
    about: str | None
    tongue: str

    def day(self, day: date) -> str:
        return f"{day:%d.%m.%Y}." if self.tongue == "sr" else f"{day.day} {day:%B %Y}"

    def moment(self, at: datetime) -> str:
        here = at.astimezone(ZoneInfo(self.dossier.scheme.zone))
        between = " у " if self.tongue == "sr" else ", "
        return f"{self.day(here.date())}{between}{here:%H:%M}"

    def local(self, at: datetime) -> str:
        return self.day(local_day(at, self.dossier.scheme.zone))

    def last_day(self, term: Term) -> str:
        return self.local(term.lapses_at - _DAY)

    @property
    def words(self) -> dict[str, Any]:
        """What every letter may say."""
        return {
            "issuer": _ISSUER[self.tongue],
            "place": _PLACE[self.tongue],
            "mailbox": self.dossier.scheme.mailbox,
            "disclaimer": disclaimer(self.tongue),
            "today": self.local(self.at),
            "now": self.moment(self.at),
        }

    def choice(self, told: tuple[str, str]) -> str:
        return told[0] if self.tongue == "sr" else told[1]


def write(
    system: System, subject: str, kind: LetterKind, language: Language, *, order: str | None, about: str | None
) -> Written:
    """The letter by what is known now; raises Unanswerable where there is nothing that it could say."""
    system.engine.refresh()
    now = system.engine.horizon()
    dossier = system.engine.foreseen(subject, now)
    tongue = "en" if language is Language.ENGLISH else "sr"
    asked = _Asked(dossier, now, _certificate(dossier, order, about), about, tongue)
    about, told = _CONTENTS[kind](asked)
    about_holder = {"holder": dossier.company.name or subject, "certificate": asked.certificate.stream}
    head, text = _rendered(f"{tongue}/{kind.value}.txt", asked.words, about_holder | told)
    if language is Language.SERBIAN_LATIN:
        head, text = latin(head), latin(text)
    return Written(kind, language, asked.certificate.order, about, head, text)


def write_receipt(scheme: Scheme, sent_at: datetime, number: int) -> tuple[str, str]:
    """Subject and text by which the receipt of a message is acknowledged, in Serbian and in English (DNB-4.15)."""
    told = []
    for tongue in ("sr", "en"):
        asked = _Asked(blank("", scheme), sent_at, Certificate("", ""), None, tongue)
        told.append(_rendered(f"{tongue}/receipt.txt", asked.words, {"number": number}))
    (serbian, in_serbian), (english, in_english) = told
    return f"{serbian} / {english}", f"{in_serbian}\n{'-' * 40}\n\n{in_english}"


def _rendered(name: str, common: dict[str, Any], told: dict[str, Any]) -> tuple[str, str]:
    """The first line of a letter, and the rest of it."""
    text = _templates().get_template(name).render(common | told)
    head, _, rest = (
        text.replace("..", ".").strip().partition("\n")
    )  # a Serbian date ends with the point of its sentence
    return head, f"{rest.strip()}\n"


@cache
def _templates() -> Environment:
    # Plain text: there is nothing to escape, and what a template names must be there.
    return Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)  # noqa: S701


def _certificate(dossier: Dossier, order: str | None, about: str | None) -> Certificate:
    case = dossier.cases.get(about or "")
    wanted = order or (case.order if case else None)
    found = [c for c in dossier.certificates.values() if c.contract is not None and wanted in {None, c.order}]
    if len(found) != 1:
        some = ", ".join(c.order for c in found) or "none"
        msg = f"{dossier.subject}: which certificate? There are {some}; name one with --order"
        raise Unanswerable(msg)
    return found[0]


Contents = tuple[str, dict[str, Any]]


def _warning(asked: _Asked) -> Contents:
    case = asked.dossier.cases.get(asked.about or "")
    if not isinstance(case, Reported | Warned):
        msg = f"{asked.dossier.subject} has no case {asked.about!r} that waits for a warning: `bonitet cases list`"
        raise Unanswerable(msg)
    term = (
        case.remedy_by
        if isinstance(case, Warned)
        else hours(Rule.DNB_7_1, asked.at, REMEDY_HOURS, asked.dossier.scheme.zone)
    )
    told = {
        "case": case.case,
        "reported_on": asked.local(case.opened_at),
        "violation": asked.choice(_VIOLATIONS.get(case.violation, _SOME)),
        "remedy_by": asked.moment(term.lapses_at),
    }
    return case.case, told


def _second_demand(asked: _Asked) -> Contents:
    case, scheme = asked.dossier.cases.get(asked.about or ""), asked.dossier.scheme
    if not isinstance(case, SuspendedFor):
        msg = f"{asked.dossier.subject} has no case {asked.about!r} that waits for a second demand"
        raise Unanswerable(msg)
    term = case.remedy_by or working_days(Rule.DNB_7_3, asked.at, REMEDY_WORKING_DAYS, scheme.zone, scheme.calendar)
    told = {
        "case": case.case,
        "suspended_since": asked.moment(case.since),
        "remedy_by": asked.last_day(term),
    }
    return case.case, told


def _loss(asked: _Asked) -> Contents:
    standing = [g for g in asked.certificate.grounds if g.reinstated_at is None]
    if not standing:
        msg = f"the licence of {asked.certificate.stream} is not lost"
        raise Unanswerable(msg)
    ground, scheme = standing[-1], asked.dossier.scheme
    # The holder knows of a blockade of his own account; of anything else he learns by this letter (DNB-6.17).
    starts = ground.since if ground.rule is Rule.DNB_6_14 else asked.at
    term = days(Rule.DNB_6_17, starts, REMOVAL_DAYS, scheme.zone, scheme.calendar)
    told = {
        "lost_on": asked.local(ground.since),
        "ground": asked.choice(_GROUNDS.get(ground.rule, (wording(ground.rule), wording(ground.rule)))),
        "remove_by": asked.last_day(term),
    }
    return ground.ground, told


_GROUNDS: Mapping[Rule, tuple[str, str]] = {
    Rule.DNB_6_12: ("правно лице је престало да постоји", "the legal person ceased to exist"),
    Rule.DNB_6_13: ("отворен је поступак због несолвентности", "insolvency proceedings were opened"),
    Rule.DNB_6_14: ("рачун је блокиран", "the account was blocked"),
    Rule.DNB_6_15: ("знак је коришћен противно условима", "the mark was used against the terms"),
}


def _running(asked: _Asked) -> Running:
    contract = asked.certificate.contract
    if contract is None or isinstance(contract, Ended):
        msg = f"no contract of {asked.certificate.stream} is running"
        raise Unanswerable(msg)
    return contract if isinstance(contract, Running) else contract.last


def _renewal(asked: _Asked, last: Running, cancel_by: Term) -> Contents:
    dossier = asked.dossier
    company, scheme, at = dossier.company, dossier.scheme, asked.at
    newest = current_class(company, scheme, at)
    met = newest is not None and ineligible(company, scheme, at, at_issue=False) is None
    edition, begins = edition_now(Telling(dossier), at), cancellable_from(last.dates)
    told = {
        "expires_on": asked.last_day(last.dates.expires),
        "attained": newest.attained.value if met and newest else None,
        "edition": asked.choice(_EDITIONS[edition]) if met and edition in _EDITIONS else None,
        "cancel_from": None if begins is None else asked.local(begins),
        "cancel_by": asked.last_day(cancel_by),
    }
    return str(last.dates.term), told


def _renewal_notice(asked: _Asked) -> Contents:
    last = _running(asked)
    return _renewal(asked, last, last.dates.cancel_by)


def _late_notice(asked: _Asked) -> Contents:
    scheme = asked.dossier.scheme
    late = days(Rule.DNB_4_13, asked.at, LATE_CANCEL_DAYS, scheme.zone, scheme.calendar)
    last = _running(asked).before or _running(asked)  # a renewal that may be undone awaits the notice of its last term
    return _renewal(asked, last, last.late_cancel or late)


def _amendment(asked: _Asked) -> Contents:
    edition = asked.about or ""
    matter = known(asked.dossier.matters, AmendmentForHolder, key_of(edition, asked.certificate.order))
    if matter is None:
        msg = f"no amendment {asked.about!r} concerns {asked.certificate.stream}: `bonitet cases list --kind amendment`"
        raise Unanswerable(msg)
    if matter.takes_effect_at is None:
        msg = f"when {edition} binds {asked.certificate.stream} hangs on the receipt of a notice: write it by hand"
        raise Unanswerable(msg)
    until = matter.withdraw_until
    told = {
        "edition": edition,
        "takes_effect_on": asked.local(matter.takes_effect_at),
        "withdraw_until": asked.last_day(until) if until else None,
    }
    return edition, told


_CONTENTS: Mapping[LetterKind, Callable[[_Asked], Contents]] = {
    LetterKind.WARNING: _warning,
    LetterKind.SECOND_DEMAND: _second_demand,
    LetterKind.LOSS: _loss,
    LetterKind.RENEWAL_NOTICE: _renewal_notice,
    LetterKind.LATE_NOTICE: _late_notice,
    LetterKind.AMENDMENT: _amendment,
}
