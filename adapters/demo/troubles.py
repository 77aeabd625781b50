"""What befalls the companies of the portfolio: blockades, proceedings, other names, deletion, misuse of the mark."""

from adapters.demo import lines
from adapters.demo.dealings import notify_of_loss
from adapters.demo.lines import DAY, HOUR, MINUTE, SUPERVISORS, Log, by, day_of
from adapters.demo.lives import Company, Drawn, Year, draw, named
from adapters.demo.names import company_brand, to_latin
from adapters.demo.office import letter, two_people
from domain.facts import Violation

# Of all companies, a year; about 4 % of them are blocked.
_BLOCKED = {"AAA": 0.015, "AA": 0.03, "A": 0.045, "none": 0.08, "": 0.08}
_PETITIONED, _RENAMED, _DELETED, _INFRINGES, _SCORED = 0.011, 0.01, 0.005, 0.001, 0.02
_MISUSES_MARK = 0.015  # of the holders, a year

# Of the blockades; of the petitions; of the proceedings that were opened.
_BLOCKED_AGAIN, _SAME_DAY, _RETRACTED, _RETRACTED_BY_STAFF, _RETRACTION_RETRACTED = 0.3, 0.15, 0.03, 0.4, 0.12
_ASKS_FOR_REINSTATEMENT, _REINSTATED = 0.4, 0.75
_CONTRACT_RESTORED, _LOST_BY_LIQUIDATION = 0.3, 0.6
_DISMISSED, _CLOSED = 0.35, 0.6

_PROCEEDINGS: Drawn = (
    ("bankruptcy", 0.6),
    ("preventive_restructuring", 0.8),
    ("forced_settlement", 0.9),
    ("liquidation", 1.0),
)
_MISUSES: Drawn = (
    ("unfounded", 0.06),
    ("undelivered", 0.16),
    ("ceased", 0.50),
    ("untrue", 0.62),
    ("restored", 0.84),
    ("withdrawn", 1.0),
)
_SCORES: Drawn = (("++", 0.3), ("+", 0.7), ("-", 0.9), ("--", 1.0))
_VIOLATIONS = tuple(violation.value for violation in Violation)
_BY_LETTER, _DEFERRED, _DECIDED_AS_WELL, _DAMAGED = 0.4, 0.15, 0.1, 0.15  # of the cases that come so far
_MORE_EVIDENCE, _WAIVED = 0.15, 0.5  # of the reports, of the damage
_LADDER_DAYS, _LADDER_HOURS = 7, 48  # DNB-7.1, 7.3


def suffer(log: Log, company: Company, year: Year) -> None:
    """A company's bad luck and bad acts of one year; most have none."""
    if log.chance(_BLOCKED[company.classes[-1]]):
        _blockades(log, company, year)
    if log.chance(_PETITIONED):
        _proceeding(log, company, year)
    if log.chance(_SCORED):
        at = log.office(_some_day(log, year))
        log.add(company, lines.SCORED, at, at + HOUR, f'{{"score":"{draw(log, _SCORES)}"}}')
    if log.chance(_RENAMED):
        at = log.days.midnight(log.days.working(_some_day(log, year)))
        log.add(company, lines.RENAMED, at, log.learned(at, 4), f"{{{named(log, company)}}}")
    if log.chance(_MISUSES_MARK if company.order else _INFRINGES):
        _misuse(log, company, year)
    if log.chance(_DELETED):
        _deletion(log, company, year)


def _some_day(log: Log, year: Year) -> int:
    return year.first + log.below(365)


# --- blockades -----------------------------------------------------------------------------------------------------


def _blockades(log: Log, company: Company, year: Year) -> None:
    """One blockade or several, that may overlap; when they are over, some holders ask for the mark (DNB-6.14)."""
    day = first = _some_day(log, year)
    blocked = 0
    again = True
    while again:
        blocked = max(blocked, _blockade(log, company, day))
        again = log.chance(_BLOCKED_AGAIN)
        day += log.below(60)
    if blocked:
        company.barred_from, company.barred_until = first, max(company.barred_until, blocked)
    if blocked and company.order and log.chance(_ASKS_FOR_REINSTATEMENT):
        _reinstatement(log, company, blocked + 15 + log.below(30))


def _blockade(log: Log, company: Company, day: int) -> int:
    """Holds from the start of a day, mostly for some weeks, is learned days later. Its last day; 0 if retracted."""
    blockade = f"NBS-{log.serial():08}"
    data = f'{{"blockade":"{blockade}"}}'
    at = log.days.midnight(day)
    learned = log.learned(at, 10)
    fact = log.add(company, lines.BLOCKED, at, learned, data)
    if company.order:
        notify_of_loss(log, company, blockade, learned)
    if log.chance(_RETRACTED):
        return day if _retraction(log, company, fact, day_of(learned) + 2 + log.below(50)) else 0
    last = day if log.chance(_SAME_DAY) else day + 1 + int(90 * log.random() ** 2)
    at = at + 9 * HOUR + log.below(6 * HOUR) if last == day else log.days.midnight(last)
    log.add(company, lines.UNBLOCKED, at, log.learned(at, 10), data)
    return last


def _retraction(log: Log, company: Company, fact: str, day: int) -> bool:
    """The blockade was reported by mistake; seldom that is the mistake. Whether the blockade stands after all."""
    at = log.office(day)
    if log.chance(_RETRACTED_BY_STAFF):
        kind, actor, source = lines.RETRACTED_BY_DESK, by(SUPERVISORS[0]), ',"source":"urn:nbs:blockades"'
    else:
        kind, actor, source = lines.RETRACTED_BY_BANK, "", ""
    reason = ',"reason":"Решење се односило на друго правно лице."'
    retraction = log.add(company, kind, at, at + 30 + log.below(HOUR), f'{{"fact":"{fact}"{source}{reason}}}', actor)
    if not log.chance(_RETRACTION_RETRACTED):
        if company.order and log.chance(_CONTRACT_RESTORED):
            _two_decide(log, company, lines.RESTORATION_DECIDED, day + 5, f'"order":"{company.order}"')
        return False
    at = log.office(day + 2 + log.below(20))
    log.add(company, kind, at, at + 30 + log.below(HOUR), f'{{"fact":"{retraction}"}}', actor)
    return True


def _two_decide(log: Log, company: Company, kind: str, day: int, what: str) -> None:
    one, other = two_people(log)
    at = log.office(day)
    data = f'{{{what},"decided_by":"{one}","approved_by":"{other}"}}'
    log.add(company, kind, at, at + 60 + log.below(HOUR), data, by(other))


def _reinstatement(log: Log, company: Company, day: int) -> None:
    log.mail(company, lines.REINSTATEMENT_ASKED, log.office(day), f'{{"order":"{company.order}"}}')
    granted = log.chance(_REINSTATED)
    decision = f'"granted":true,"agreement":"{log.digest()}"' if granted else '"granted":false'
    day = log.days.working(day, 2 + log.below(10))
    _two_decide(log, company, lines.REINSTATEMENT_DECIDED, day, f'"order":"{company.order}",{decision}')


# --- register and courts -------------------------------------------------------------------------------------------


def _proceeding(log: Log, company: Company, year: Year) -> None:
    """A petition is dismissed, or the proceeding is opened and mostly closed within two years (DNB-6.13)."""
    day = log.days.working(_some_day(log, year))
    kind, proceeding = draw(log, _PROCEEDINGS), f"St-{log.serial()}/{year.number}"
    data = f'{{"kind":"{kind}","proceeding":"{proceeding}"}}'
    at = log.office(day)
    log.add(company, lines.PETITIONED, at, log.learned(at, 5), data)
    day = log.days.working(day + 20 + log.below(90))
    at = log.days.midnight(day)
    if log.chance(_DISMISSED):
        log.add(company, lines.DISMISSED, at, log.learned(at, 5), data)
        return
    learned = log.learned(at, 5)
    log.add(company, lines.OPENED, at, learned, data)
    if company.order and kind == "liquidation":
        lost = "true" if log.chance(_LOST_BY_LIQUIDATION) else "false"
        what = f'"order":"{company.order}","proceeding":"{proceeding}","lost":{lost}'
        _two_decide(log, company, lines.LOSS_DECIDED, day_of(learned) + 2 + log.below(5), what)
    elif company.order:
        notify_of_loss(log, company, proceeding, learned)
    company.barred_from, company.barred_until = day, year.after + 9_999
    if log.chance(_CLOSED):
        company.barred_until = log.days.working(day + 150 + log.below(500))
        at = log.days.midnight(company.barred_until)
        log.add(company, lines.CLOSED, at, log.learned(at, 5), data)


def _deletion(log: Log, company: Company, year: Year) -> None:
    """The company is deleted, mostly because another takes it over; from that day on nothing is heard of it."""
    at = log.days.midnight(log.days.working(_some_day(log, year)))
    successor = company_brand(log.rng) + " д.о.о."
    data = f'{{"successor":"{to_latin(successor) if company.latin else successor}"}}' if log.chance(0.8) else "{}"
    last_word = lines.Subject(company.subject)
    log.add(last_word, lines.DEREGISTERED, at, at + DAY + 6 * HOUR + log.below(2 * DAY), data)
    company.gone = at


# --- misuse of the mark --------------------------------------------------------------------------------------------


def _misuse(log: Log, company: Company, year: Year) -> None:
    """A case of clause 7 with one of its outcomes; somebody who is no holder is not warned by it (DNB-7.9)."""
    _Case(log, company, year).take(draw(log, _MISUSES) if company.order else "infringement")


class _Case:
    """One case of misuse, step by step, each on the day that the one before allows."""

    def __init__(self, log: Log, company: Company, year: Year) -> None:
        self.log, self.company = log, company
        self.day = log.days.working(_some_day(log, year))
        self.case = f"M-{year.number}-{log.serial():06}"
        self.name = f'"case":"{self.case}"'
        self.data = f"{{{self.name}}}"

    def take(self, outcome: str) -> None:
        """The whole case, from the report to its outcome."""
        log = self.log
        kind = _VIOLATIONS[log.below(len(_VIOLATIONS))]
        note = ',"note":"Знак на сајту није онакав какав је послат."' if log.chance(0.4) else ""
        evidence = f'"evidence":["{log.digest()}"]'
        log.desk(self.company, lines.REPORTED, self.day, f'{{{self.name},"kind":"{kind}",{evidence}{note}}}')
        if log.chance(_MORE_EVIDENCE):
            seen = f'{{{self.name},"evidence":["{log.digest()}"],"reported_by":"outsider"}}'
            log.desk(self.company, lines.EVIDENCE_ADDED, self.day + 1, seen)
        if outcome == "infringement":
            log.desk(self.company, lines.INFRINGEMENT_ENDED, self.day + 5 + log.below(60), self.data)
            return
        self.day = log.days.working(self.day, 1 + log.below(3))
        if outcome == "unfounded":
            reason = '"reason":"Слика показује знак другог издаваоца."'
            log.desk(self.company, lines.CASE_DISMISSED, self.day, f"{{{self.name},{reason}}}")
            return
        served = log.desk(self.company, lines.WARNED, self.day, self.data)
        if log.chance(_BY_LETTER):
            letter(log, self.company, "warning", served, self.company.order, self.case)
        if outcome == "undelivered":
            return
        delivered = log.mail(
            self.company, lines.WARNING_DELIVERED, served + 5 * MINUTE + log.below(20 * HOUR), self.data
        )
        lapse = delivered + _LADDER_HOURS * HOUR
        if outcome in {"ceased", "untrue"}:
            declared = delivered + HOUR + log.below(45 * HOUR)
            log.mail(self.company, lines.DECLARED, declared, self.data)
            self.day = log.days.working(day_of(declared) + 1)
            found = lines.VERIFIED if outcome == "ceased" else lines.FOUND_UNTRUE
            log.desk(self.company, found, self.day, self.data)
            if outcome == "ceased":
                return
        self.second_demand(max(day_of(self.suspended(delivered, lapse)), self.day) + 1, outcome)
        if log.chance(_DAMAGED):
            data = f'{{{self.name},"amount":"{10_000 + 5_000 * log.below(20)}.00 RSD","document":"{log.digest()}"}}'
            log.desk(self.company, lines.DAMAGE_CLAIMED, self.day + 30, data)
            self.damage(self.day + 30)

    def damage(self, claimed: int) -> None:
        """A part of it is made good; sometimes two people waive the rest (DNB-7.8)."""
        log = self.log
        log.desk(self.company, lines.MADE_GOOD, claimed + 20 + log.below(40), f'{{{self.name},"amount":"8000.00 RSD"}}')
        if log.chance(_WAIVED):
            one, other = two_people(log)
            at = log.office(claimed + 70 + log.below(20))
            decided = f'{{{self.name},"decided_by":"{one}","approved_by":"{other}"}}'
            log.add(self.company, lines.DAMAGE_WAIVED, at, at + HOUR, decided, by(other))

    def suspended(self, delivered: int, lapse: int) -> int:
        """By itself after the 48 hours, unless somebody puts it off; a few decide what has happened. Its instant."""
        log = self.log
        if log.chance(_DEFERRED):
            until = lapse + 3 * DAY
            at = delivered + HOUR + log.below(20 * HOUR)
            data = f'{{{self.name},"until":"{log.days.utc(until)}","reason":"Носилац је на годишњем одмору."}}'
            log.add(self.company, lines.SUSPENSION_DEFERRED, at, at + 60 + log.below(HOUR), data, by(SUPERVISORS[1]))
            return until
        if log.chance(_DECIDED_AS_WELL):
            log.desk(self.company, lines.SUSPENSION_DECIDED, day_of(lapse) + 1, self.data)
        return lapse

    def second_demand(self, day: int, outcome: str) -> None:
        """Seven working days more; then the licence comes back, or two people take it away for good."""
        log = self.log
        served = log.desk(self.company, lines.DEMANDED, day, self.data)
        delivered = log.mail(self.company, lines.DEMAND_DELIVERED, served + 5 * MINUTE + log.below(HOUR), self.data)
        day = day_of(delivered)
        if outcome != "withdrawn":
            day = log.days.working(day, 1 + log.below(_LADDER_DAYS - 1))
            log.mail(self.company, lines.DECLARED, log.office(day), self.data)
            log.desk(self.company, lines.VERIFIED, log.days.working(day, 1), self.data)
            return
        proposer, approver = two_people(log)
        day = log.days.working(day, _LADDER_DAYS + 1)
        log.desk(self.company, lines.SEEN, day, self.data)
        at = log.office(log.days.working(day, 1 + log.below(3)))
        proposed = f'{{{self.name},"proposed_by":"{proposer}"}}'
        log.add(self.company, lines.PROPOSED, at, at + 60 + log.below(HOUR), proposed, by(proposer))
        at = log.office(log.days.working(day_of(at), 1 + log.below(4)))
        approved = f'{{{self.name},"approved_by":"{approver}"}}'
        log.add(self.company, lines.APPROVED, at, at + 60 + log.below(HOUR), approved, by(approver))
