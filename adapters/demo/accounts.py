"""What is owed in the portfolio: invoices, payments, reminders, interest and costs (clause 5)."""

from adapters.demo import lines
from adapters.demo.lines import HOUR, MINUTE, Log, by, date_of, day_of
from adapters.demo.lives import Company, Drawn, draw
from adapters.demo.office import close, take, two_people

_NETS = (18_000, 24_000, 36_000, 60_000)  # dinars
_VAT = 20  # per cent
_FEE, _CREDIT = 500, 1_200  # dinars

# Of the contracts; the others' accounts are kept elsewhere.
INVOICED = 0.25
_NAMES_ADDRESS, _WANTS_IT_BY_BANK, _BANK_REFUSED = 0.4, 0.05, 0.3
# Of the invoices.
_SENT_ELSEWHERE, _CREDIT_ASKED, _FOR_A_MEASURE, _IN_EUROS = 0.02, 0.012, 0.5, 0.004
_PAYMENTS: Drawn = (("in time", 0.84), ("late", 0.94), ("in parts", 0.97), ("too much", 0.98), ("never", 1.0))
_REMINDED, _INTEREST_CLAIMED, _WRITTEN_OFF = 0.7, 0.5, 0.5  # of what is overdue

# The yearly rate of default interest from 1 January of each year; one is only heard of weeks later.
_RATES = ("11.5", "11", "10.25", "9", "9", "13", "14.5", "13.75")
_HEARD_LATE, _WEEKS_LATE = 5, 5


def rate(log: Log, scheme: lines.Subject, index: int, first: int) -> None:
    """The scheme's rate of the year that begins on a day, announced two days before (DNB-5.2)."""
    at = log.days.midnight(first)
    heard = log.days.midnight(first + 7 * _WEEKS_LATE if index == _HEARD_LATE else first - 2) + 10 * HOUR
    log.add(scheme, lines.RATE_SET, at, heard, f'{{"annual_percent":"{_RATES[index % len(_RATES)]}"}}')


def open_account(log: Log, company: Company, order: str, day: int) -> None:
    """Where a new holder wants his invoices to go (DNB-5.4, 5.5)."""
    company.invoiced = log.chance(INVOICED)
    if company.invoiced and log.chance(_NAMES_ADDRESS):
        company.billed_to = f"racuni@{company.domain}"
        log.desk(company, lines.BILLED_TO, day, f'{{"order":"{order}","address":"{company.billed_to}"}}')
    if company.invoiced and log.chance(_WANTS_IT_BY_BANK):
        banks = "false" if log.chance(_BANK_REFUSED) else "true"
        data = f'{{"order":"{order}","bank_offers_it":true,"banks_online":{banks}}}'
        log.desk(company, lines.BILLED_BY_BANK, day, data)


def charge(log: Log, company: Company, order: str, day: int) -> None:
    """The invoice of one term, and what becomes of it."""
    net = _NETS[log.below(len(_NETS))]
    gross = net + net * _VAT // 100
    due = day + 16 + log.below(10)
    number = f"R-{log.serial():07}"
    invoice = f'"order":"{order}","invoice":"{number}"'
    currency = "EUR" if log.chance(_IN_EUROS) else "RSD"  # then it is none under these terms (DNB-5.1)
    sums = f'"net":"{net}.00 {currency}","vat":"{gross - net}.00 {currency}","due_on":"{date_of(due)}"'
    issued = log.office(log.days.working(day, 1 + log.below(4)))
    log.mail(company, lines.INVOICED, issued, f"{{{invoice},{sums}}}")
    address = company.sender if log.chance(_SENT_ELSEWHERE) else company.billed_to or company.sender
    log.mail(company, lines.INVOICE_SENT, issued + 10 * MINUTE, f'{{{invoice},"address":"{address}"}}')
    if log.chance(_CREDIT_ASKED):
        because = "measure" if log.chance(_FOR_A_MEASURE) else "error"
        log.desk(company, lines.CREDIT_ASKED, day + 8, f'{{{invoice},"because":"{because}"}}')
        if because == "error":
            one, other = two_people(log)
            at = log.office(day + 12)
            decided = f'"granted":true,"amount":"{_CREDIT}.00 RSD","decided_by":"{one}","approved_by":"{other}"'
            log.add(company, lines.CREDIT_DECIDED, at, at + HOUR, f"{{{invoice},{decided}}}", by(other))
    match draw(log, _PAYMENTS):
        case "in time":
            _pay(log, company, invoice, day_of(issued) + 1 + log.below(due - day_of(issued) - 1), gross)
        case "in parts":
            _pay(log, company, invoice, due - 3, gross // 2)
            _pay_late(log, company, invoice, number, due, gross - gross // 2)
        case "too much":
            _pay(log, company, invoice, due - 2, gross + 1_000)
            close(log, company, "refund", number, due + 5)
        case "late":
            _pay_late(log, company, invoice, number, due, gross)
        case _:
            _collect(log, company, invoice, number, due)


def _pay(log: Log, company: Company, invoice: str, day: int, dinars: int) -> None:
    """Banks move money on working days; what is due on a day off is paid on the one before or after."""
    at = log.office(day)
    log.mail(company, lines.PAID, at, f'{{{invoice},"amount":"{dinars}.00 RSD"}}')


def _pay_late(log: Log, company: Company, invoice: str, number: str, due: int, dinars: int) -> None:
    """Some days or weeks after the last day, with the fee of a reminder where there was one (DNB-5.2)."""
    day = log.days.working(due + 4 + log.below(60))
    reminded = log.chance(_REMINDED)
    if reminded:
        _remind(log, company, invoice, due + 2 + log.below(2))
    _pay(log, company, invoice, day, dinars + _FEE * reminded)
    if log.chance(_INTEREST_CLAIMED):
        _claim_interest(log, company, invoice, day)
        if log.chance(_WRITTEN_OFF):
            close(log, company, "collect", number, day + 5, "dismissed")


def _remind(log: Log, company: Company, invoice: str, day: int) -> None:
    log.mail(company, lines.REMINDED, log.office(day), f'{{{invoice},"fee":"{_FEE}.00 RSD"}}')


def _claim_interest(log: Log, company: Company, invoice: str, day: int) -> None:
    log.mail(company, lines.INTEREST_CLAIMED, log.office(day), f"{{{invoice}}}")


def _collect(log: Log, company: Company, invoice: str, number: str, due: int) -> None:
    """It is never paid: reminders, interest and a lawyer, until somebody gives it up or not (DNB-5.2, 5.3)."""
    take(log, company, "collect", number, due + 3)
    _remind(log, company, invoice, due + 5)
    _remind(log, company, invoice, due + 30)
    _claim_interest(log, company, invoice, due + 45)
    data = f'{{{invoice},"kind":"lawyer","amount":"18000.00 RSD","document":"{log.digest()}"}}'
    log.mail(company, lines.COST_INCURRED, log.office(due + 60), data)
    _claim_interest(log, company, invoice, due + 200)
    if log.chance(_WRITTEN_OFF):
        close(log, company, "collect", number, due + 230, "dismissed")
