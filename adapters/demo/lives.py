"""What the companies of the portfolio do in an ordinary year: file, be assessed, order, renew, cancel."""

from dataclasses import dataclass, field
from datetime import date
from math import sqrt

from adapters.demo import lines
from adapters.demo.lines import HOUR, MINUTE, Log, Subject, date_of, day_of, number
from adapters.demo.names import company_brand, legal_form, person, to_ascii, to_latin, town
from domain.calendar import months_after

Drawn = tuple[tuple[str, float], ...]  # what may be drawn, with the share up to which it is

GOOD = ("A", "AA", "AAA")
_AT_FIRST: Drawn = (("AAA", 0.32), ("AA", 0.62), ("A", 0.86), ("none", 1.0))
_NEXT: dict[str, Drawn] = {
    "AAA": (("AAA", 0.87), ("AA", 0.96), ("A", 0.98), ("none", 1.0)),
    "AA": (("AA", 0.76), ("AAA", 0.87), ("A", 0.96), ("none", 1.0)),
    "A": (("A", 0.74), ("AA", 0.89), ("AAA", 0.92), ("none", 1.0)),
    "none": (("none", 0.70), ("A", 0.90), ("AA", 0.98), ("AAA", 1.0)),
    "": _AT_FIRST,
}
_EDITIONS = ("base", "silver", "gold", "platinum")
_SILVER_YEARS = _GOLD_YEARS = 3  # DNB-2.4, 2.5
_PLATINUM_YEARS = 5  # DNB-2.6, X-12
_UNBLOCKED_DAYS = 365  # before an order or a renewal, DNB-M8
_HURRY_DAYS = 45  # after the collection: contracts that end before are assessed within it
_CANCEL_BEFORE = 30  # days before expiry, DNB-4.6

# Of the companies, a year.
_UNFILED, _RESTATED = 0.02, 0.02
_FIRST_ORDER, _ANOTHER_ORDER, _HOPELESS_ORDER, _FRUITLESS_OFFER = 0.75, 0.45, 0.04, 0.8
_BY_PHONE = 0.6
# Of the holders, a year.
_CHECKED_BEFORE_RENEWAL, _CHANGED_BY_CHECK, _AGREES_ON_EDITION = 0.95, 0.03, 0.6
_OTHER_REPRESENTATIVE = 0.12
_NEVER_NOTIFIED, _NOTIFIED_LATE, _NOTIFIED_IN_PART = 0.02, 0.05, 0.06  # shares up to which
_CANCELS, _CANCELS_LATE_NOTICE = 0.05, 0.08
_TAKEN_FROM_THE_INBOX = 0.4  # of the cancellations by e-mail
_CANCELLATIONS: Drawn = (("in time", 0.72), ("too late", 0.84), ("letter", 0.92), ("address", 0.96), ("sender", 1.0))


class Year:
    """A calendar year in local days and instants."""

    def __init__(self, log: Log, year: int) -> None:
        self.number = year
        self.first, self.half = number(date(year, 1, 1)), number(date(year, 6, 30))
        self.after = number(date(year + 1, 1, 1))
        self.ends = log.days.midnight(self.after)


@dataclass(slots=True, eq=False)
class Company(Subject):
    """What of a company's life decides what comes next; days are local, as days since 1970."""

    latin: bool = False  # whether it is registered with its Latin name
    domain: str = ""
    classes: list[str] = field(default_factory=list)  # one a year, the last of this year; "" where not assessed
    assessed: int = 0  # day of this year's assessment
    collected: int = 0  # day by which this year's data is collected
    asked: bool = False  # whether it ever ordered
    order: str = ""  # of the running contract, or ""
    sender: str = ""  # its representative's address
    edition: str = "base"
    anchor: date = date.min  # day of the conclusion, or the end of the last extension
    term: int = 0
    end: int = 0
    notice: int | None = None  # day of the next renewal notice
    waits: bool = False  # the notice waits for this year's data
    cancelled: bool = False
    barred_from: int = 0  # days of the last blockade or proceeding, which keeps from new contracts
    barred_until: int = 0
    since: int = 0  # day of the running contract's conclusion
    # What this year brought, to be dealt with besides: terms that began (with whether they are a contract's first),
    # representatives that were named in another's place, contracts that ended; each with its order and day.
    begun: list[tuple[str, int, bool]] = field(default_factory=list)
    named: list[tuple[str, int]] = field(default_factory=list)
    ended: list[tuple[str, int]] = field(default_factory=list)
    invoiced: bool = False  # whether its invoices are among what is told
    billed_to: str = ""  # the address it named for them
    online: str = ""  # what of it stands on the issuer's site

    def class_on(self, day: int) -> str:
        """The class known on a day of this year: this year's, or before its assessment last year's."""
        return self.classes[-1] if day >= self.assessed else self.classes[-2] if len(self.classes) > 1 else ""

    def welcome(self, day: int) -> bool:
        """Whether a contract may begin on a day of this year, as far as is known here (DNB-3.1, M8)."""
        barred = self.barred_from <= day < self.barred_until + _UNBLOCKED_DAYS
        return self.class_on(day) in GOOD and not barred

    def attained(self) -> str:
        """The highest special edition that the classes up to this year's attain (DNB-2.4 to 2.7)."""
        if self.classes[-_PLATINUM_YEARS:] == ["AAA"] * _PLATINUM_YEARS:
            return "platinum"
        if self.classes[-_GOLD_YEARS:] == ["AAA"] * _GOLD_YEARS:
            return "gold"
        last = self.classes[-_SILVER_YEARS:]
        return "silver" if len(last) == _SILVER_YEARS and all(grade in GOOD for grade in last) else "base"


def draw(log: Log, drawn: Drawn) -> str:
    """One of what may be drawn, by its share."""
    point = log.random()
    for what, share in drawn:
        if point < share:
            return what
    raise ValueError(f"the last share has to be 1: {drawn}")


def named(log: Log, company: Company) -> str:
    """A new name and legal form as members of a JSON object, in the script of the company's registration."""
    brand = company_brand(log.rng)
    short, form = legal_form(log.rng)
    company.domain = f"{to_ascii(brand)}.example"
    text = f'"name":"{brand} {short} {town(log.rng)}","legal_form":"{form}"'
    return to_latin(text) if company.latin else text


# --- statements and classes ----------------------------------------------------------------------------------------


def be_assessed(log: Log, company: Company, year: Year) -> None:
    """A statement from February to June and some weeks later a class; sooner where a contract waits for it."""
    company.collected = year.half
    if company.classes and log.chance(_UNFILED):
        company.classes.append("")
        company.assessed = year.half
        return
    hurry = company.order and company.end < year.half + _HURRY_DAYS
    at = log.office(year.first + 45 + int((112 if hurry else 134) * sqrt(log.random())))
    learned = log.learned(at, 6)
    document = f',"document":"{log.digest()}"' if log.chance(0.7) else ""
    log.add(company, lines.FILED, at, learned, f'{{"business_year":{year.number - 1}{document}}}')
    company.assessed = log.days.working(day_of(learned) + (2 + log.below(8) if hurry else 12 + log.below(25)))
    company.classes.append(draw(log, _NEXT[company.classes[-1]] if company.classes else _AT_FIRST))
    _class(log, company, year.number - 1, company.assessed, company.classes[-1])
    if hurry and company.end <= year.half:
        collected = log.days.working(company.assessed, 1)
        at = log.office(collected)
        log.add(company, lines.COLLECTED, at, at + log.below(10 * MINUTE), f'{{"business_year":{year.number - 1}}}')
        company.collected = min(collected, year.half)
    if log.chance(_RESTATED):
        at = log.office(company.assessed + 10 + log.below(150))
        learned = log.learned(at, 6)
        log.add(company, lines.RESTATED, at, learned, f'{{"business_year":{year.number - 1}}}')
        company.classes[-1] = draw(log, _NEXT[company.classes[-1]])
        _class(log, company, year.number - 1, day_of(learned) + 5 + log.below(20), company.classes[-1])


def _class(log: Log, company: Company, business_year: int, day: int, grade: str) -> None:
    at = log.office(day)
    data = (
        f'{{"business_year":{business_year},"attained":"{grade}",'
        f'"model_version":"ecm-{(business_year - 2000) // 4}","inputs_hash":"{log.digest()}"}}'
    )
    log.add(company, lines.ASSESSED, at, at + 60 + log.below(2 * HOUR), data)


def _special_edition(log: Log, company: Company, day: int) -> None:
    """An edition that is lost is lost; one that is attained for the first time is a matter of agreement (DNB-4.10)."""
    attained = company.attained()
    if _EDITIONS.index(attained) <= _EDITIONS.index(company.edition):
        company.edition = attained
    elif log.chance(_AGREES_ON_EDITION):
        company.edition = attained
        data = f'{{"order":"{company.order}","edition":"{attained}"}}'
        log.desk(company, lines.EDITION_AGREED, day, data)


# --- orders --------------------------------------------------------------------------------------------------------


def trade(log: Log, company: Company, year: Year) -> None:
    """A company keeps or ends its contract, or is won for one."""
    if company.order:
        _special_edition(log, company, company.assessed + 7 + log.below(30))
        _contract(log, company, year)
    else:
        _sale(log, company, year)


def _sale(log: Log, company: Company, year: Year) -> None:
    """Companies with a class order within some months of it, a few others try, and some offers bear no fruit."""
    day = company.assessed + 3 + log.below(140)
    order = f"{year.number}-{log.serial():06}"
    if company.classes[-1] in GOOD:
        if log.chance(_ANOTHER_ORDER if company.asked else _FIRST_ORDER):
            company.asked = True
            day = _order(log, company, day, order)
            if company.welcome(day):
                company.order, company.edition, company.since = order, "base", day
                company.begun.append((order, day, True))
                _begin(log, company, day)
                _special_edition(log, company, day + 1)
        elif log.chance(_FRUITLESS_OFFER):
            log.desk(company, lines.OFFERED, day, f'{{"order":"{order}"}}')
    elif log.chance(_HOPELESS_ORDER):
        _order(log, company, day, order)


def _order(log: Log, company: Company, day: int, order: str) -> int:
    """An order by telephone after an offer, or by consensus (DNB-4.1, 4.2). The day of the contract's conclusion."""
    data = f'{{"order":"{order}"}}'
    representative = _representative(log, company, order)
    if not log.chance(_BY_PHONE):
        log.desk(company, lines.REPRESENTED, day, representative)
        agreed = f'{{"order":"{order}","evidence":"{log.digest()}"}}'
        return day_of(log.desk(company, lines.CONSENTED, day + 3 + log.below(5), agreed))
    log.desk(company, lines.OFFERED, day, data)
    day = log.days.working(day, 1 + log.below(4))
    log.desk(company, lines.REPRESENTED, day, representative)
    day = log.days.working(day, 1 + log.below(5))
    log.mail(company, lines.CONFIRMED, log.office(day), data)
    day = log.days.working(day, 1 + log.below(3))
    log.desk(company, lines.PHONED, day, data)
    day = log.days.working(day, 1)
    return day_of(log.mail(company, lines.CONCLUDED, log.office(day), data))


def _representative(log: Log, company: Company, order: str) -> str:
    """A person of the company, in the script of its registration; what they send comes from their address."""
    who = person(log.rng)
    company.sender = f"{to_ascii(who).replace('-', '.')}@{company.domain}"
    return f'{{"order":"{order}","name":"{to_latin(who) if company.latin else who}","email":"{company.sender}"}}'


def _name_another(log: Log, company: Company, day: int) -> None:
    log.desk(company, lines.REPRESENTED, day, _representative(log, company, company.order))
    company.named.append((company.order, day))


def _begin(log: Log, company: Company, day: int) -> None:
    """Terms of twelve months are counted from this day on (DNB-4.3), or anew after an extension (DNB-4.4)."""
    company.anchor, company.term = date_of(day), 0
    _next_term(log, company)


def _next_term(log: Log, company: Company) -> None:
    company.term += 1
    company.end = number(months_after(company.anchor, 12 * company.term))
    company.notice = company.end - 65 - log.below(11)
    company.cancelled = company.waits = False


def take_over(log: Log, company: Company, first: int) -> None:
    """A certificate that runs since some years under another system is taken over in the first days of a year."""
    order, age, began = f"{log.first_year - 3}-{log.serial():06}", 1 + log.below(3), first - 1 - log.below(300)
    company.order, company.since, company.asked = order, began, True
    company.classes.append(GOOD[log.below(3)])
    company.anchor, company.term = months_after(date_of(began), -12 * (age - 1)), age - 1
    _next_term(log, company)
    data = (
        f'{{"order":"{order}","concluded_on":"{company.anchor}","term":{age},"valid_until":"{date_of(company.end)}",'
        f'"business_year":{log.first_year - 2},"attained":"{company.classes[-1]}"}}'
    )
    log.desk(company, lines.TAKEN_OVER, first + 3 + log.below(5), data)
    log.desk(company, lines.REPRESENTED, first + 9 + log.below(5), _representative(log, company, order))


# --- renewal -------------------------------------------------------------------------------------------------------


def _contract(log: Log, company: Company, year: Year) -> None:
    """What falls due of the contract in this year: notices, and the ends of terms."""
    while company.order:
        if company.notice is not None:
            if company.notice >= year.after:
                return
            if log.chance(_OTHER_REPRESENTATIVE):
                _name_another(log, company, max(year.first, company.notice - 30))
            _check(log, company, max(year.first, company.notice - 4), year)
            _notice(log, company, company.notice)
            company.notice = None
        if company.end >= year.after:
            return
        _end(log, company)


def _check(log: Log, company: Company, day: int, year: Year) -> None:
    """The model looks at the company once more before its renewal, and seldom changes its mind."""
    index = -1 if day >= company.assessed else -2
    grade = company.class_on(day)
    if grade and log.chance(_CHECKED_BEFORE_RENEWAL):
        if log.chance(_CHANGED_BY_CHECK):
            grade = company.classes[index] = draw(log, _NEXT[grade])
        _class(log, company, year.number + index, day, grade)


def _notice(log: Log, company: Company, day: int) -> None:
    """What comes is told 65 to 75 days before expiry; or not, or late, or not all of it (DNB-4.11, 4.12).

    Where expiry falls into the collection, half of the notices wait for the data.
    """
    company.waits = date_of(company.end).month <= 6 and log.chance(0.5)  # noqa: PLR2004 - collection ends in June
    fortune = log.random()
    if company.waits or fortune < _NEVER_NOTIFIED:
        return
    late, whole = fortune < _NOTIFIED_LATE, not _NOTIFIED_LATE <= fortune < _NOTIFIED_IN_PART
    if late:
        day = company.end - 55 + log.below(30)
    log.mail(company, lines.NOTIFIED, log.office(day), _contents(company, "other" if late else "", whole=whole))
    if log.chance(_CANCELS):
        _cancel(log, company, day, draw(log, _CANCELLATIONS))


def _contents(company: Company, late_reason: str, *, whole: bool = True) -> str:
    reason = f',"late_reason":"{late_reason}"' if late_reason else ""
    states = f'"states_expiry":true,"states_class":{"true" if whole else "false"},"states_edition":true'
    return f'{{"order":"{company.order}",{states}{reason}}}'


def _cancel(log: Log, company: Company, notified: int, how: str) -> None:
    """By e-mail at any hour, mostly in time; some too late, by letter, to another address or from another sender."""
    last = company.end - _CANCEL_BEFORE
    day = last + 1 + log.below(28) if how == "too late" else max(notified + 1, last - log.below(36))
    order = f'{{"order":"{company.order}"'
    if how == "letter":
        log.desk(company, lines.CANCELLED_OTHERWISE, day, f'{order},"channel":"letter"}}')
        return
    company.cancelled = how == "in time" and day <= last
    sender = "milan@posta.example" if how == "sender" else company.sender
    recipient = ',"recipient":"prodaja@bonitet.example"' if how == "address" else ""
    at = log.days.midnight(day) + 7 * HOUR + log.below(14 * HOUR)
    message = log.digest()
    data = f'{order},"sender":"{sender}"{recipient},"message":"{message}"}}'
    if not recipient and log.chance(_TAKEN_FROM_THE_INBOX):
        log.add(company, lines.MESSAGE, at, at + 60, f'{{"message":"{message}","sender":"{sender}"}}')
        log.add(company, lines.ACKNOWLEDGED, at + 60, at + 60, f'{{"message":"{message}"}}')
    # Some lie unread in the mailbox for days, and count from when they were sent (GEN-7).
    recorded = log.learned(at, 10) if log.chance(0.04) else at + 60 + log.below(10 * MINUTE)
    log.add(company, lines.CANCELLED_BY_MAIL, at, recorded, data)


def _end(log: Log, company: Company) -> None:
    """A term's end: extended until the data is collected (DNB-4.4), then renewed or not (DNB-4.5, 4.8)."""
    extended = company.end < company.collected
    if extended or company.waits:
        day = log.days.working(company.assessed, 1 + log.below(4))
        log.mail(company, lines.NOTIFIED, log.office(day), _contents(company, "data_not_collected"))
        if log.chance(_CANCELS_LATE_NOTICE):
            at = log.days.midnight(day + 1 + log.below(14)) + 7 * HOUR + log.below(14 * HOUR)
            data = f'{{"order":"{company.order}","sender":"{company.sender}","message":"{log.digest()}"}}'
            log.mail(company, lines.CANCELLED_BY_MAIL, at, data)
            company.cancelled = True
    end = company.collected if extended else company.end
    if company.cancelled or not company.welcome(end):
        company.ended.append((company.order, end))
        company.order, company.edition = "", "base"
        return
    company.begun.append((company.order, end, False))
    if extended:
        _begin(log, company, end)
    else:
        _next_term(log, company)
