"""The company of the demonstration to which everything happens, so that the smallest portfolio holds each kind of fact.

A certificate is taken over in the first year and cancelled; the next one runs from the second year to the last, and
what hardly anybody lives through in eight years befalls its holder: late deliveries, arrears, disputes, somebody else's
blockade, a liquidation that takes nothing away, a blockade, misuse up to the permanent withdrawal, and the end.
"""

from adapters.demo import lines
from adapters.demo.lines import DAY, Log
from adapters.demo.stories import EVENTFUL, OFFICE, SUPERVISOR, Life

_HASH = "6" * 64
_TWO = '"decided_by":"ana.k","approved_by":"vesna.t"'
_ADDRESS = "ljubisa.hadzic@usce.example"


def tell(log: Log) -> None:
    """The whole life into the log; what is learned after the log's end is left out by it."""
    life = Life(log, EVENTFUL, "д.о.о.", "990000051")
    life.classes("AA", "AA")
    _not_yet_a_holder(life)
    _taken_over(life)
    order = f'"order":"{life.number(1)}"'
    life.notices(order, 6, 28, range(2, 7))
    _concluded(life, order)
    _delivered(life, order)
    _owed(life, order)
    _disputed(life, order)
    _mistaken(life, order)
    _warned(life, order)
    _liquidated(life, order)
    _blocked(life, order)
    _withdrawn(life, order)


def _not_yet_a_holder(life: Life) -> None:
    """Two suspicions while it holds no licence: one unfounded, the other over when somebody looks (DNB-10.2)."""
    for day, name in ((1, "M-STORY-4"), (2, "M-STORY-5")):
        suspicion = f'"case":"{name}","kind":"foreign_purpose","evidence":["{_HASH}"]'
        life.add(lines.REPORTED, life.at(0, 1, day, 9), f"{{{suspicion}}}", OFFICE)
    reason = '"reason":"Снимак је са туђег сајта."'
    life.add(lines.CASE_DISMISSED, life.at(0, 1, 3, 9), f'{{"case":"M-STORY-4",{reason}}}', OFFICE)
    life.add(lines.INFRINGEMENT_ENDED, life.at(0, 1, 4, 9), '{"case":"M-STORY-5"}', OFFICE)


def _taken_over(life: Life) -> None:
    order = f'"order":"{life.number(-3)}"'
    history = f'"concluded_on":"{life.day(-3, 4, 10)}","term":3,"valid_until":"{life.day(0, 4, 10)}"'
    grade = f'"business_year":{life.year(-2)},"attained":"A"'
    life.add(lines.TAKEN_OVER, life.at(0, 1, 5, 9), f"{{{order},{history},{grade}}}", SUPERVISOR)
    life.add(lines.CANCELLED_OTHERWISE, life.at(0, 2, 5, 9), f'{{{order},"channel":"letter"}}', OFFICE)
    received = f'{{"message":"{_HASH}"}}'
    life.add(lines.MESSAGE, life.at(0, 2, 6, 9), f'{{"message":"{_HASH}","sender":"{_ADDRESS}",{order}}}')
    life.add(lines.ACKNOWLEDGED, life.at(0, 2, 6, 10), received)
    message = f'"sender":"{_ADDRESS}","message":"{_HASH}","signed":true'
    life.add(lines.CANCELLED_BY_MAIL, life.at(0, 2, 6, 9), f"{{{order},{message}}}")


def _concluded(life: Life, order: str) -> None:
    """A contract by consensus, what clauses 1 and 11 ask for, the package, and where the invoices go."""
    about = f"{{{order}}}"
    named = f'"name":"Љубиша Хаџић","email":"{_ADDRESS}"'
    life.add(lines.REPRESENTED, life.at(1, 9, 2, 9), f"{{{order},{named}}}", OFFICE)
    life.add(lines.CONSENTED, life.at(1, 9, 4, 12), f'{{{order},"evidence":"{_HASH}"}}', OFFICE)
    life.add(lines.PACKAGE_ORDERED, life.at(1, 9, 3, 9), f'{{{order},"package":"basic"}}', OFFICE)
    life.add(lines.ELEMENT_ORDERED, life.at(1, 9, 3, 10), f'{{{order},"element":"vector"}}', OFFICE)
    life.add(lines.ACCEPTED, life.at(1, 9, 4, 13), f'{{{order},"edition":"DNB-RS/1","document":"{_HASH}"}}', OFFICE)
    life.add(lines.UNDERTAKEN, life.at(1, 9, 5, 9), about, OFFICE)
    life.add(lines.INFORMED, life.at(1, 9, 9, 9), about, OFFICE)
    deviation = '"deviation":"A-STORY-1","rule":"DNB-4.7","form":"email_exchange"'
    since = f'"document":"{_HASH}","applies_from":"{life.day(1, 9, 20)}"'
    life.add(lines.DEVIATION_AGREED, life.at(1, 9, 5, 12), f"{{{order},{deviation},{since}}}", OFFICE)
    life.add(lines.BILLED_TO, life.at(1, 9, 5, 13), f'{{{order},"address":"racuni@usce.example"}}', OFFICE)
    bank = '"bank_offers_it":true,"banks_online":false'
    life.add(lines.BILLED_BY_BANK, life.at(1, 9, 5, 14), f"{{{order},{bank}}}", OFFICE)


def _delivered(life: Life, order: str) -> None:
    """The electronic materials in time, the parcel put off; the mark in vector form, and on the portal (clause 6)."""
    about = f"{{{order}}}"
    life.add(lines.E_MATERIALS, life.at(1, 9, 6, 10), about)
    reason = f'"new_due":"{life.day(1, 10, 30)}","reason":"Папир за сертификате касни."'
    life.add(lines.POSTPONED, life.at(1, 9, 30, 9), f'{{{order},"delivery":"parcel",{reason}}}', OFFICE)
    life.add(lines.DISPATCHED, life.at(1, 10, 10, 15), about)
    life.add(lines.PARCEL, life.at(1, 10, 14, 12), about)
    life.add(lines.VECTOR_ASKED, life.at(1, 9, 23, 9), about)
    life.add(lines.PUBLISHED, life.at(1, 9, 23, 10), f'{{{order},"content":"e_sign"}}', OFFICE)
    life.add(lines.SCORED, life.at(1, 9, 24, 10), '{"score":"+"}')


def _owed(life: Life, order: str) -> None:
    """An invoice that is paid six weeks late, without its fee, costs and interest (clause 5)."""
    invoice = f'{order},"invoice":"R-STORY-1"'
    sums = f'"net":"24000.00 RSD","vat":"4800.00 RSD","due_on":"{life.day(1, 9, 24)}"'
    life.add(lines.INVOICED, life.at(1, 9, 9, 9), f"{{{invoice},{sums}}}")
    life.add(lines.INVOICE_SENT, life.at(1, 9, 9, 10), f'{{{invoice},"address":"racuni@usce.example"}}')
    task = '"task":"collect","regarding":"R-STORY-1"'
    life.add(lines.TASK_ASSIGNED, life.at(1, 9, 26, 9), f'{{{task},"to":"jovan.s"}}', OFFICE)
    life.add(lines.REMINDED, life.at(1, 10, 2, 9), f'{{{invoice},"fee":"500.00 RSD"}}')
    life.add(lines.CREDIT_ASKED, life.at(1, 10, 10, 9), f'{{{invoice},"because":"measure"}}', OFFICE)
    life.add(lines.CREDIT_ASKED, life.at(1, 10, 11, 9), f'{{{invoice},"because":"error"}}', OFFICE)
    credit = f'"granted":true,"amount":"1200.00 RSD",{_TWO}'
    life.add(lines.CREDIT_DECIDED, life.at(1, 10, 14, 9), f"{{{invoice},{credit}}}", SUPERVISOR)
    cost = f'"kind":"lawyer","amount":"9000.00 RSD","document":"{_HASH}"'
    life.add(lines.COST_INCURRED, life.at(1, 10, 21, 9), f"{{{invoice},{cost}}}")
    life.add(lines.INTEREST_CLAIMED, life.at(1, 11, 4, 9), f"{{{invoice}}}")
    life.add(lines.PAID, life.at(1, 11, 5, 9), f'{{{invoice},"amount":"28800.00 RSD"}}')
    note = '"outcome":"dismissed","note":"Остатак се не наплаћује."'
    life.add(lines.TASK_CLOSED, life.at(1, 11, 21, 9), f"{{{task},{note}}}", SUPERVISOR)


def _disputed(life: Life, order: str) -> None:
    """A question; a defect without an agreed period, corrected too late, in court and settled (clauses 9 and 13).

    Another one is corrected in time, and over a third the court decides.
    """
    about = f'{order},"dispute":"D-STORY-2"'
    question = f'{order},"dispute":"D-STORY-3"'
    life.add(lines.CLARIFICATION_ASKED, life.at(1, 12, 2, 9), f'{{{question},"description":"Шта значи АА?"}}')
    life.add(lines.CLARIFIED, life.at(1, 12, 4, 9), f'{{{question},"document":"{_HASH}"}}', OFFICE)
    defect = f'"description":"Погрешан матични број.","evidence":["{_HASH}"]'
    life.add(lines.DEFECTIVE, life.at(1, 12, 10, 9), f"{{{about},{defect}}}", OFFICE)
    life.add(lines.ESTABLISHED, life.at(1, 12, 12, 9), f'{{{about},"in_scope":true}}', OFFICE)
    life.add(lines.PERIOD_NOT_AGREED, life.at(1, 12, 13, 9), f"{{{about}}}", OFFICE)
    life.add(lines.ATTEMPTED, life.at(2, 1, 10, 9), f'{{{about},"document":"{_HASH}"}}', OFFICE)
    recipient = f'"basis":"law","recipient":"Пореска управа","document":"{_HASH}"'
    life.add(lines.DISCLOSED, life.at(2, 1, 15, 9), f"{{{recipient}}}", OFFICE)
    life.add(lines.CORRECTED, life.at(2, 1, 20, 9), f'{{{about},"document":"{_HASH}"}}', OFFICE)
    life.add(lines.SUED, life.at(2, 2, 20, 9), f"{{{about}}}", OFFICE)
    hold = '"hold":"Z-STORY-1"'
    life.add(lines.HELD, life.at(2, 2, 21, 9), f'{{{hold},"reason":"Спор пред судом."}}', OFFICE)
    life.add(lines.SETTLED, life.at(2, 3, 16, 9), f'{{{about},"document":"{_HASH}"}}', OFFICE)
    life.add(lines.RELEASED, life.at(2, 4, 1, 9), f"{{{hold}}}", OFFICE)
    another = f'{order},"dispute":"D-STORY-4"'
    life.add(lines.DEFECTIVE, life.at(2, 4, 10, 9), f"{{{another},{defect}}}", OFFICE)
    life.add(lines.ESTABLISHED, life.at(2, 4, 14, 9), f'{{{another},"in_scope":true}}', OFFICE)
    period = f'"correct_by":"{life.day(2, 4, 30)}"'
    life.add(lines.PERIOD_AGREED, life.at(2, 4, 15, 9), f"{{{another},{period}}}", OFFICE)
    life.add(lines.CORRECTED, life.at(2, 4, 24, 9), f'{{{another},"document":"{_HASH}"}}', OFFICE)
    third = f'{order},"dispute":"D-STORY-6"'
    life.add(lines.DEFECTIVE, life.at(2, 4, 25, 9), f"{{{third},{defect}}}", OFFICE)
    life.add(lines.ATTEMPTED, life.at(2, 4, 26, 9), f"{{{third}}}", OFFICE)
    life.add(lines.SUED, life.at(2, 4, 27, 9), f"{{{third}}}", OFFICE)
    life.add(lines.JUDGED, life.at(2, 4, 28, 9), f'{{{third},"outcome":"issuer","document":"{_HASH}"}}', OFFICE)
    name = '"name":"Штампарија Ушће и синови д.о.о. Шабац","legal_form":"д.о.о."'
    life.add(lines.RENAMED, life.at(2, 5, 5), f"{{{name}}}", after=3 * DAY)


def _mistaken(life: Life, order: str) -> None:
    """A blockade of somebody else: the holder objects, it is retracted, and two people restore what it did (GEN-10)."""
    about = f"{{{order}}}"
    mistaken = life.add(lines.BLOCKED, life.at(2, 11, 2), '{"blockade":"NBS-STORY-2"}', after=3 * DAY)
    objection = f'{order},"dispute":"D-STORY-5"'
    ground = '"ground":"wrong_company","loss":"NBS-STORY-2","description":"То није наш рачун."'
    life.add(lines.OBJECTED, life.at(2, 11, 9, 9), f"{{{objection},{ground}}}", OFFICE)
    decision = f'"outcome":"annulled",{_TWO}'
    life.add(lines.OBJECTION_DECIDED, life.at(2, 11, 18, 9), f"{{{objection},{decision}}}", SUPERVISOR)
    source = '"source":"urn:nbs:blockades","reason":"Решење се односило на друго правно лице."'
    life.add(lines.RETRACTED_BY_DESK, life.at(2, 11, 20, 9), f'{{"fact":"{mistaken}",{source}}}', SUPERVISOR)
    life.add(lines.RESTORATION_DECIDED, life.at(2, 11, 23, 9), f"{{{order},{_TWO}}}", SUPERVISOR)
    restated = f'{{"business_year":{life.year(1)}}}'
    life.add(lines.RESTATED, life.at(2, 12, 1), restated, after=4 * DAY)
    life.add(lines.VECTOR_ASKED, life.at(2, 12, 2, 9), about)


def _warned(life: Life, order: str) -> None:
    """A warning whose letter came back once; the suspension was put off, and came; then he stopped (clause 7)."""
    case = _reported(life, order, 3, "M-STORY-2")
    life.add(lines.SUSPENSION_DEFERRED, life.at(3, 3, 4, 9), _deferral(life), SUPERVISOR)
    page = f'"url":"https://usce.example/o-nama","evidence":["{_HASH}"],"reported_by":"outsider"'
    life.add(lines.EVIDENCE_ADDED, life.at(3, 3, 5, 9), f'{{"case":"M-STORY-2",{page}}}', OFFICE)
    life.add(lines.DECLARED, life.at(3, 3, 8, 9), case)
    life.add(lines.FOUND_UNTRUE, life.at(3, 3, 9, 9), case, OFFICE)
    life.add(lines.SUSPENSION_DECIDED, life.at(3, 3, 9, 10), case, SUPERVISOR)
    life.add(lines.DEMANDED, life.at(3, 3, 10, 9), case, OFFICE)
    life.add(lines.DEMAND_DELIVERED, life.at(3, 3, 10, 10), case)
    life.add(lines.DECLARED, life.at(3, 3, 15, 9), case)
    life.add(lines.VERIFIED, life.at(3, 3, 16, 9), case, OFFICE)
    damage = f'"case":"M-STORY-2","amount":"50000.00 RSD","document":"{_HASH}"'
    life.add(lines.DAMAGE_CLAIMED, life.at(3, 4, 20, 9), f"{{{damage}}}", OFFICE)
    life.add(lines.MADE_GOOD, life.at(3, 5, 20, 9), '{"case":"M-STORY-2","amount":"40000.00 RSD"}', OFFICE)
    life.add(lines.DAMAGE_WAIVED, life.at(3, 5, 27, 9), f'{{"case":"M-STORY-2",{_TWO}}}', SUPERVISOR)


def _reported(life: Life, order: str, year: int, name: str) -> str:
    """A case of misuse up to the delivery of its warning, in March of a year. What its further facts hold."""
    case = f'{{"case":"{name}"}}'
    suspicion = f'"case":"{name}","kind":"foreign_purpose","evidence":["{_HASH}"],"note":"Знак на туђем производу."'
    life.add(lines.REPORTED, life.at(year, 3, 1, 9), f"{{{suspicion}}}", OFFICE)
    life.add(lines.WARNED, life.at(year, 3, 1, 12), case, OFFICE)
    for number, (route, kind, hour) in enumerate(
        (("email", lines.LETTER_BOUNCED, 13), ("file", lines.LETTER_DELIVERED, 15))
    ):
        letter = f'"letter":"L-{name}-{number}"'
        what = f'"kind":"warning","language":"sr-Cyrl","route":"{route}","about":"{name}","document":"{_HASH}"'
        life.add(lines.LETTER_SENT, life.at(year, 3, 1, hour), f"{{{letter},{what},{order}}}", OFFICE)
        life.add(kind, life.at(year, 3, 1, hour + 1), f"{{{letter}}}", OFFICE)
    life.add(lines.WARNING_DELIVERED, life.at(year, 3, 3, 10), case)
    return case


def _deferral(life: Life) -> str:
    until = f"{life.day(3, 3, 9)}T12:00:00Z"
    return f'{{"case":"M-STORY-2","until":"{until}","reason":"Носилац је на годишњем одмору."}}'


def _liquidated(life: Life, order: str) -> None:
    """Two proceedings: one dismissed; a liquidation of which two people say that it takes nothing away (DNB-6.13)."""
    bankruptcy = '{"kind":"bankruptcy","proceeding":"St-STORY-1"}'
    life.add(lines.PETITIONED, life.at(4, 1, 17, 9), bankruptcy, after=DAY)
    life.add(lines.DISMISSED, life.at(4, 3, 7), bankruptcy, after=2 * DAY)
    liquidation = '{"kind":"liquidation","proceeding":"St-STORY-2"}'
    life.add(lines.PETITIONED, life.at(4, 4, 4, 9), liquidation, after=DAY)
    life.add(lines.OPENED, life.at(4, 5, 10), liquidation, after=DAY)
    decision = f'"proceeding":"St-STORY-2","lost":false,{_TWO}'
    life.add(lines.LOSS_DECIDED, life.at(4, 5, 20, 9), f"{{{order},{decision}}}", SUPERVISOR)
    life.add(lines.CLOSED, life.at(4, 7, 4), liquidation, after=DAY)
    life.add(lines.AMENDMENT_NOTIFIED, life.at(5, 8, 10, 9), f'{{{order},"edition":"DNB-RS/2"}}')


def _blocked(life: Life, order: str) -> None:
    """A blockade takes the mark away until it is over and two people give it back by agreement (DNB-6.14, 6.17)."""
    about, blockade = f"{{{order}}}", '{"blockade":"NBS-STORY-3"}'
    life.add(lines.BLOCKED, life.at(6, 1, 15), blockade, after=2 * DAY)
    life.add(lines.LOSS_NOTIFIED, life.at(6, 1, 18, 10), about)
    life.add(lines.REMOVED, life.at(6, 1, 19, 9), about, OFFICE)
    life.add(lines.UNBLOCKED, life.at(6, 1, 25), blockade, after=2 * DAY)
    life.add(lines.REINSTATEMENT_ASKED, life.at(6, 1, 29, 9), about)
    proposed = '"granted":true,"decided_by":"ana.k"'
    life.add(lines.REINSTATEMENT_DECIDED, life.at(6, 2, 9, 9), f"{{{order},{proposed}}}", OFFICE)
    dropped = f'"proposal":"ReinstatementDecided/{life.number(1)}","reason":"Споразум није приложен."'
    life.add(lines.DROPPED, life.at(6, 2, 10, 9), f"{{{dropped}}}", OFFICE)
    agreed = f'"granted":true,"agreement":"{_HASH}",{_TWO}'
    life.add(lines.REINSTATEMENT_DECIDED, life.at(6, 2, 12, 9), f"{{{order},{agreed}}}", SUPERVISOR)


def _withdrawn(life: Life, order: str) -> None:
    """Misuse again, and nobody heeds it: the mark is lost for good, and two people decide on the renewal (X-17).

    Then the holder leaves, and the company is deleted.
    """
    case = _reported(life, order, 6, "M-STORY-3")
    life.add(lines.DEMANDED, life.at(6, 3, 6, 9), case, OFFICE)
    life.add(lines.DEMAND_DELIVERED, life.at(6, 3, 6, 10), case)
    life.add(lines.SEEN, life.at(6, 3, 19, 9), case, OFFICE)
    life.add(lines.PROPOSED, life.at(6, 3, 20, 9), '{"case":"M-STORY-3","proposed_by":"mira.p"}', OFFICE)
    life.add(lines.APPROVED, life.at(6, 3, 21, 9), '{"case":"M-STORY-3","approved_by":"vesna.t"}', SUPERVISOR)
    life.add(lines.RENEWAL_DECIDED, life.at(6, 9, 20, 9), f'{{{order},"renewed":true,{_TWO}}}', SUPERVISOR)
    basis = '"basis":"statute","law":"Закон о облигационим односима, члан 132"'
    life.add(lines.WITHDRAWN, life.at(6, 10, 10, 9), f"{{{order},{basis}}}", OFFICE)
    life.add(lines.TAKEN_DOWN, life.at(6, 10, 12, 9), f'{{{order},"content":"e_sign"}}', OFFICE)
    life.add(lines.ERASED, life.at(7, 1, 20, 9), f'{{"receipt":"{_HASH}","entries":2}}', SUPERVISOR)
    life.add(lines.DEREGISTERED, life.at(7, 6, 2), '{"successor":"Папир плус д.о.о."}', after=DAY)
