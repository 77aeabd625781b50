"""What comes with the contracts of the portfolio: packages, the terms and their amendments, persons, disputes."""

from adapters.demo import accounts, lines
from adapters.demo.lines import HOUR, SUPERVISORS, Log, Subject, by, date_of, day_of
from adapters.demo.lives import Company, Drawn, Year, draw
from adapters.demo.office import close, letter, take, two_people

# Of the conclusions.
_UNDERTAKES, _UNDERTAKES_AGAIN, _INFORMS, _ACCEPTS, _DEVIATES, _TOO_LATE = 0.93, 0.02, 0.92, 0.85, 0.015, 0.25
_PACKAGE, _PACKAGE_AGAIN, _VECTOR_ORDERED, _VECTOR_ASKED, _ONLINE = 0.4, 0.05, 0.05, 0.06, 0.25
_PACKAGES: Drawn = (("basic", 0.6), ("exclusive", 1.0))
_ARRIVES: Drawn = (("in time", 0.95), ("late", 0.975), ("postponed", 0.99), ("never", 1.0))
# Of the holders, a year.
_ASKS, _FINDS_DEFECT, _HELD, _DISCLOSED = 0.012, 0.012, 0.002, 0.004
# Of the contracts that ended; of those with something online.
_ERASED, _TAKEN_DOWN = 0.02, 0.85

# Of the losses; of the objections, of the questions, of the legal holds.
_TOLD_OF_LOSS, _REMOVED, _OBJECTS = 0.5, 0.6, 0.06
_RECTIFIED, _ANSWERED, _LIFTED = 0.2, 0.9, 0.6
_DEFECTS: Drawn = (
    ("out of scope", 0.25),
    ("agreed", 0.55),
    ("proposed", 0.7),
    ("overdue", 0.8),
    ("withdrawn", 0.86),
    ("settled", 0.94),
    ("court", 1.0),
)
_JUDGED, _JUDGMENTS = 0.5, ("holder", "issuer", "in_part")  # of what comes before the court
_BASES: Drawn = (("consent", 0.4), ("contract", 0.7), ("law", 0.9), ("authority", 1.0))

# Editions of the terms: in which year of the portfolio, on which days they were announced and take effect.
_FIRST_EDITION = "DNB-RS/1"
_EDITORIAL, _MATERIAL = "DNB-RS/1.1", "DNB-RS/2"
_EDITORIAL_YEAR, _MATERIAL_YEAR = 2, 5
_NOTIFIED, _NOTIFIED_LATE, _LEAVES, _NOTICE_BY_LETTER = 0.93, 0.97, 0.01, 0.2  # the first two are shares up to which


def deal(log: Log, company: Company, year: Year) -> None:
    """What one year brings besides the contract itself."""
    for order, day, first in company.begun:
        if first:
            _conclude(log, company, order, day)
        if log.chance(_PACKAGE if first else _PACKAGE_AGAIN):
            _package(log, company, order, day)
        if company.invoiced:
            accounts.charge(log, company, order, day)
    for order, day in company.named:
        if log.chance(_INFORMS):
            log.desk(company, lines.INFORMED, day + 1 + log.below(15), f'{{"order":"{order}"}}')
    for order, day in company.ended:
        _end(log, company, order, day)
    company.begun.clear()
    company.named.clear()
    company.ended.clear()
    if company.order:
        _hold(log, company, year)


# --- the scheme ----------------------------------------------------------------------------------------------------


def announce(log: Log, scheme: Subject, year: Year) -> None:
    """What the scheme says to all in this year: the next rate of default interest, and now and then amended terms."""
    index = year.number - log.first_year
    accounts.rate(log, scheme, index + 1, year.after)
    if index == 0:
        accounts.rate(log, scheme, index, year.first)
        # In the very first weeks, since it makes the story of every holder be told again.
        at = log.office(year.first + 12)
        days_off = f'"version":"RS/1.1","days_off":["{date_of(year.first + 2)}"]'
        log.add(scheme, lines.RECKONED, at, at + HOUR, f"{{{days_off}}}")
    if index in {_EDITORIAL_YEAR, _MATERIAL_YEAR}:
        edition, material = (_MATERIAL, "true") if index == _MATERIAL_YEAR else (_EDITORIAL, "false")
        one, other = two_people(log)
        at = log.office(_announced(year))
        data = (
            f'{{"edition":"{edition}","takes_effect_on":"{date_of(_effective(year))}","material":{material},'
            f'"decided_by":"{one}","approved_by":"{other}","document":"{log.digest()}"}}'
        )
        log.add(scheme, lines.AMENDED, at, at + HOUR, data)


def _announced(year: Year) -> int:
    return year.half + 30


def _effective(year: Year) -> int:
    return year.half + 93


def _amendment(log: Log, company: Company, year: Year) -> None:
    """The holder is told of the amended terms: mostly in time; few leave because of them (DNB-14.2, 14.3)."""
    notice = f'{{"order":"{company.order}","edition":"{_MATERIAL}"}}'
    fortune = log.random()
    if fortune >= _NOTIFIED_LATE:
        return
    day = _announced(year) + 2 + log.below(20) + 40 * (fortune >= _NOTIFIED)
    at = log.mail(company, lines.AMENDMENT_NOTIFIED, log.office(day), notice)
    if log.chance(_NOTICE_BY_LETTER):
        letter(log, company, "amendment", at, company.order, _MATERIAL)
    if log.chance(_LEAVES) and company.end >= year.after:
        _withdraw(log, company, _effective(year) - 4, f'"basis":"amendment","edition":"{_MATERIAL}"')


def _withdraw(log: Log, company: Company, day: int, why: str) -> None:
    """The holder withdraws from the contract; the price is a matter of its own (DNB-9.3, 9.4, 14.3)."""
    day = day_of(log.desk(company, lines.WITHDRAWN, day, f'{{"order":"{company.order}",{why}}}'))
    close(log, company, "decide-refund", company.order, day + 10 + log.below(10))
    company.order, company.edition = "", "base"


# --- conclusion and end --------------------------------------------------------------------------------------------


def _conclude(log: Log, company: Company, order: str, day: int) -> None:
    """The holder accepts the terms, undertakes what clause 11 asks for, and says where the invoices go."""
    about = f'{{"order":"{order}"}}'
    if log.chance(_ACCEPTS):
        data = f'{{"order":"{order}","edition":"{_terms(log, day)}","document":"{log.digest()}"}}'
        log.desk(company, lines.ACCEPTED, day + 1, data)
    if log.chance(_UNDERTAKES):
        done = day_of(log.desk(company, lines.UNDERTAKEN, day + 2 + log.below(10), about))
        if log.chance(_UNDERTAKES_AGAIN):
            log.desk(company, lines.UNDERTAKEN, done + 20, about)
    if log.chance(_INFORMS):
        log.desk(company, lines.INFORMED, day + 1 + log.below(20), about)
    if log.chance(_DEVIATES):
        applies_from = date_of(day - 30 if log.chance(_TOO_LATE) else day + 20)
        deviation = f'"deviation":"A-{log.serial():05}","rule":"DNB-4.7","form":"signed_pdf"'
        data = f'{{"order":"{order}",{deviation},"document":"{log.digest()}","applies_from":"{applies_from}"}}'
        log.desk(company, lines.DEVIATION_AGREED, day + 10, data)
    accounts.open_account(log, company, order, day)


def _terms(log: Log, day: int) -> str:
    """The edition that is in force on a day for a contract that begins then."""
    index, day_of_year = date_of(day).year - log.first_year, date_of(day).timetuple().tm_yday
    for year, edition in ((_MATERIAL_YEAR, _MATERIAL), (_EDITORIAL_YEAR, _EDITORIAL)):
        if index > year or (index == year and day_of_year > 280):  # noqa: PLR2004 - early October
            return edition
    return _FIRST_EDITION


def _end(log: Log, company: Company, order: str, day: int) -> None:
    """What is online is taken down; rarely are the persons of the contract erased some months later."""
    if company.online:
        if log.chance(_TAKEN_DOWN):
            data = f'{{"order":"{order}","content":"{company.online}"}}'
            log.desk(company, lines.TAKEN_DOWN, day + 1 + log.below(10), data)
        company.online = ""
    if log.chance(_ERASED):
        data = f'{{"receipt":"{log.digest()}","entries":{1 + log.below(4)}}}'
        log.desk(company, lines.ERASED, day + 200, data)


# --- packages ------------------------------------------------------------------------------------------------------


def _package(log: Log, company: Company, order: str, day: int) -> None:
    """What is sold with the certificate, and when it reached the holder (DNB-6.4 to 6.7, 6.11)."""
    package = draw(log, _PACKAGES) if company.edition == "base" else company.edition
    about = f'{{"order":"{order}"}}'
    log.desk(company, lines.PACKAGE_ORDERED, day, f'{{"order":"{order}","package":"{package}"}}')
    if package == "basic" and log.chance(_VECTOR_ORDERED):
        log.desk(company, lines.ELEMENT_ORDERED, day + 1, f'{{"order":"{order}","element":"vector"}}')
    if log.chance(_VECTOR_ASKED):
        log.mail(company, lines.VECTOR_ASKED, log.office(day + 3 + log.below(60)), about)
    _deliver(log, company, order, lines.E_MATERIALS, log.days.working(day, 1 + log.below(2)), "e_materials")
    dispatched = day + 4 + log.below(10)
    log.mail(company, lines.DISPATCHED, log.office(dispatched), about)
    _deliver(log, company, order, lines.PARCEL, dispatched + 3 + log.below(8), "parcel")
    if not company.online and log.chance(_ONLINE):
        company.online = "portal_logo" if log.chance(0.2) else "e_sign"
        data = f'{{"order":"{order}","content":"{company.online}"}}'
        log.desk(company, lines.PUBLISHED, day + 2, data)


def _deliver(log: Log, company: Company, order: str, kind: str, day: int, delivery: str) -> None:
    how = draw(log, _ARRIVES)
    if how == "postponed":
        postponed = f'"delivery":"{delivery}","new_due":"{date_of(day + 45)}","reason":"Курир не ради због празника."'
        log.desk(company, lines.POSTPONED, day - 1, f'{{"order":"{order}",{postponed}}}')
    if how != "never":
        late = {"late": 25, "postponed": 30}.get(how, 0)
        log.mail(company, kind, log.office(day + late), f'{{"order":"{order}"}}')


# --- holders -------------------------------------------------------------------------------------------------------


def _hold(log: Log, company: Company, year: Year) -> None:
    """What a holder may ask for in a year: hardly anything."""
    if year.number - log.first_year == _MATERIAL_YEAR and company.since < _announced(year):
        _amendment(log, company, year)
    if log.chance(_ASKS) and company.order:
        _clarify(log, company, year)
    if log.chance(_FINDS_DEFECT) and company.order:
        _dispute(log, company, year, draw(log, _DEFECTS))
    if log.chance(_DISCLOSED):
        data = f'"basis":"{draw(log, _BASES)}","recipient":"Пореска управа","document":"{log.digest()}"'
        log.desk(company, lines.DISCLOSED, year.first + log.below(365), f"{{{data}}}")
    if log.chance(_HELD):
        _keep_everything(log, company, year.first + log.below(300))


def _keep_everything(log: Log, company: Company, day: int) -> None:
    """Nothing of the company may be erased for a time."""
    hold = f'"hold":"Z-{log.serial():05}"'
    reason = '"reason":"У току је судски поступак."'
    day = day_of(log.desk(company, lines.HELD, day, f"{{{hold},{reason}}}"))
    if log.chance(_LIFTED):
        log.desk(company, lines.RELEASED, day + 100 + log.below(400), f"{{{hold}}}")


def _clarify(log: Log, company: Company, year: Year) -> None:
    """A question about the certificate, and mostly its answer (DNB-9.1)."""
    name, about = _about(log, company)
    day = max(year.first, company.since) + log.below(200)
    asked = log.mail(company, lines.CLARIFICATION_ASKED, log.office(day), f'{{{about},"description":"Шта значи ААА?"}}')
    take(log, company, "clarify", name, day_of(asked) + 1)
    if log.chance(_ANSWERED):
        log.desk(company, lines.CLARIFIED, day_of(asked) + 2 + log.below(8), f"{{{about}}}")


def _about(log: Log, company: Company) -> tuple[str, str]:
    name = f"D-{log.serial():06}"
    return name, f'"order":"{company.order}","dispute":"{name}"'


def _dispute(log: Log, company: Company, year: Year, how: str) -> None:
    """A defect of the certificate, with one of the ways in which that ends (DNB-9.1 to 9.5, 13.2)."""
    name, about = _about(log, company)
    document = f'"document":"{log.digest()}"'
    day = max(year.first, company.since + 10) + log.below(150)
    text = '"description":"На сертификату недостаје једно слово."'
    day = day_of(log.desk(company, lines.DEFECTIVE, day, f'{{{about},{text},"evidence":["{log.digest()}"]}}'))
    take(log, company, "establish-defect", name, day + 1)
    ours = "false" if how == "out of scope" else "true"
    day = day_of(log.desk(company, lines.ESTABLISHED, day + 2 + log.below(5), f'{{{about},"in_scope":{ours}}}'))
    if how == "out of scope":
        return
    if how == "proposed":
        log.desk(company, lines.PERIOD_NOT_AGREED, day + 2, f"{{{about}}}")
    else:
        log.desk(company, lines.PERIOD_AGREED, day + 2, f'{{{about},"correct_by":"{date_of(day + 20)}"}}')
    if how in {"agreed", "proposed"}:
        log.desk(company, lines.CORRECTED, day + 5 + log.below(6), f"{{{about},{document}}}")
    elif how == "overdue":
        log.desk(company, lines.CORRECTED, day + 25 + log.below(20), f"{{{about},{document}}}")
    elif how == "withdrawn":
        if company.end >= year.after:
            _withdraw(log, company, day + 30, f'"basis":"correction_overdue","dispute":"{name}"')
    else:
        _settle(log, company, about, day + 30, how)


def _settle(log: Log, company: Company, about: str, day: int, how: str) -> None:
    """Both sides try to settle it; else it comes before the court (DNB-13.2)."""
    day = day_of(log.desk(company, lines.ATTEMPTED, day, f'{{{about},"document":"{log.digest()}"}}'))
    if how == "settled":
        log.desk(company, lines.SETTLED, day + 5 + log.below(15), f'{{{about},"document":"{log.digest()}"}}')
        return
    at = log.office(day + 35)
    log.add(company, lines.SUED, at, at + HOUR, f"{{{about}}}", by(SUPERVISORS[0]))
    _keep_everything(log, company, day + 36)
    if log.chance(_JUDGED):
        outcome = _JUDGMENTS[log.below(len(_JUDGMENTS))]
        data = f'{{{about},"outcome":"{outcome}","document":"{log.digest()}"}}'
        log.desk(company, lines.JUDGED, day + 150 + log.below(200), data)


# --- losses --------------------------------------------------------------------------------------------------------


def notify_of_loss(log: Log, company: Company, loss: str, learned: int) -> None:
    """The holder hears from us that the right to the mark is lost, and removes it, or objects (DNB-6.17)."""
    about = f'{{"order":"{company.order}"}}'
    day = day_of(learned)
    if log.chance(_TOLD_OF_LOSS):
        day = day_of(log.mail(company, lines.LOSS_NOTIFIED, log.office(day + 1 + log.below(3)), about))
        if log.chance(_NOTICE_BY_LETTER):
            letter(log, company, "loss", log.office(day), company.order)
    if log.chance(_REMOVED):
        log.desk(company, lines.REMOVED, day + 3 + log.below(6), about)
    if log.chance(_OBJECTS):
        _object(log, company, loss, day + 2)


def _object(log: Log, company: Company, loss: str, day: int) -> None:
    """The holder thinks that the loss was wrong; two people decide."""
    name, about = _about(log, company)
    text = f'"ground":"wrong_fact","loss":"{loss}","description":"Блокада се односи на друго лице."'
    day = day_of(log.desk(company, lines.OBJECTED, day, f"{{{about},{text}}}"))
    take(log, company, "decide-objection", name, day)
    one, other = two_people(log)
    outcome = "reinstated" if log.chance(_RECTIFIED) else "rejected"
    decision = f'"outcome":"{outcome}","decided_by":"{one}","approved_by":"{other}"'
    at = log.office(day + 5 + log.below(10))
    log.add(company, lines.OBJECTION_DECIDED, at, at + HOUR, f"{{{about},{decision}}}", by(other))
