"""Companies of the demonstration portfolio whose lives are told, not drawn."""

from datetime import date

from adapters.demo.lines import (
    ASSESSED,
    BLOCKED,
    CANCELLED_BY_MAIL,
    CONCLUDED,
    CONFIRMED,
    DAY,
    DECLARED,
    DEMAND_DELIVERED,
    DEMANDED,
    EDITION_AGREED,
    FILED,
    HOUR,
    MINUTE,
    NOTIFIED,
    OFFERED,
    PHONED,
    REGISTERED,
    REPORTED,
    REPRESENTED,
    RETRACTED_BY_BANK,
    VERIFIED,
    WARNED,
    WARNING_DELIVERED,
    Log,
    Subject,
    by,
    number,
)

# Names as registered, and the subjects: numbers below those that the generated companies have.
PLATINUM, RESTORED = "Ткачница Златна нит д.о.о. Суботица", "Pekara Klasje d.o.o. Novi Sad"
CANCELLED, TOO_LATE = "Воћар Павловић а.д. Чачак", "Mlin Žitko d.o.o. Zrenjanin"
EVENTFUL = "Штампарија Ушће д.о.о. Шабац"
SUBJECTS = {
    PLATINUM: "RS-90000012",
    RESTORED: "RS-90000020",
    CANCELLED: "RS-90000039",
    TOO_LATE: "RS-90000047",
    EVENTFUL: "RS-90000055",
}

OFFICE, SUPERVISOR = by("mira.p"), by("vesna.t")


def tell(log: Log) -> None:
    """Four of these lives into the log; what is learned after the log's end is left out by it."""
    _platinum(Life(log, PLATINUM, "д.о.о.", "990000019"))
    _restored(Life(log, RESTORED, "d.o.o.", "990000027"))
    _cancelled(Life(log, CANCELLED, "а.д.", "990000035"))
    _too_late(Life(log, TOO_LATE, "d.o.o.", "990000043"))


class Life:
    """One company's life as it is told; a moment is local, its year counted from the log's first."""

    def __init__(self, log: Log, name: str, legal_form: str, pib: str) -> None:
        self._log = log
        self._about = Subject(SUBJECTS[name])
        founded = f"{log.first_year - 20}-05-11"
        data = f'{{"name":"{name}","legal_form":"{legal_form}","pib":"{pib}","founded":"{founded}"}}'
        self.add(REGISTERED, self.at(-1, 12, 29), data, after=DAY + 7 * HOUR)

    def at(self, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
        """An instant; the hour is local."""
        midnight = self._log.days.midnight(number(self.day(year, month, day)))
        return midnight + hour * HOUR + minute * MINUTE

    def year(self, year: int) -> int:
        """A year by its number among the log's."""
        return self._log.first_year + year

    def day(self, year: int, month: int, day: int) -> date:
        """A day of such a year."""
        return date(self.year(year), month, day)

    def number(self, year: int) -> str:
        """The number of its order of a year."""
        return f"{self.year(year)}-{self._about.subject[-3:]}"

    def add(self, kind: str, at: int, data: str, actor: str = "", *, after: int = 5 * MINUTE) -> str:
        """A fact that was learned so many seconds after it happened. Its id."""
        return self._log.add(self._about, kind, at, at + after, data, actor)

    def order(self, year: int, month: int, day: int, name: str, address: str) -> str:
        """A contract concluded on this day by telephone (DNB-4.1), after an offer 13 days before. Its order number."""
        order = f'"order":"{self.number(year)}"'
        data = f"{{{order}}}"
        ordered = self.at(year, month, day, 10)
        self.add(OFFERED, ordered - 13 * DAY, data, OFFICE)
        self.add(REPRESENTED, ordered - 7 * DAY, f'{{{order},"name":"{name}","email":"{address}"}}', OFFICE)
        self.add(CONFIRMED, ordered - 6 * DAY, data)
        self.add(PHONED, ordered, data, OFFICE)
        self.add(CONCLUDED, ordered + 2 * HOUR, data)
        return order

    def classes(self, first: str, then: str) -> None:
        """A statement each 20 March and a class each 24 April: the first year's, and all others'."""
        for year in range(self._log.years):
            of_year = f'"business_year":{self._log.first_year + year - 1}'
            digest, grade = self._log.digest(), then if year else first
            self.add(FILED, self.at(year, 3, 20, 12), f'{{{of_year},"document":"{digest}"}}', after=2 * DAY)
            data = f'{{{of_year},"attained":"{grade}","model_version":"ecm-4","inputs_hash":"{digest}"}}'
            self.add(ASSESSED, self.at(year, 4, 24, 11), data)

    def notices(self, order: str, month: int, day: int, years: range) -> None:
        """The renewal notice on this day of each of these years, as far as the log goes."""
        for year in years[: self._log.years]:
            contents = '"states_expiry":true,"states_class":true,"states_edition":true'
            self.add(NOTIFIED, self.at(year, month, day, 9), f"{{{order},{contents}}}")


def _platinum(life: Life) -> None:
    """AAA for years, Silver, Gold and Platinum by agreement; then a blockade that was somebody else's.

    The contract is of 12 September and renewed each year; in the seventh year the register of blockades learns on
    21 March that the account it reported as blocked since 4 March belongs to another company (DNB-6.14).
    """
    life.classes("AA", "AAA")
    order = life.order(0, 9, 12, "Љиљана Његован", "ljiljana.njegovan@zlatna-nit.example")
    life.notices(order, 7, 5, range(1, 99))
    for year, edition in ((2, "silver"), (3, "gold"), (5, "platinum")):
        life.add(EDITION_AGREED, life.at(year, 5, 26, 13), f'{{{order},"edition":"{edition}"}}', OFFICE)
    blockade = life.add(BLOCKED, life.at(6, 3, 4), '{"blockade":"NBS-STORY-1"}', after=3 * DAY + 7 * HOUR)
    reason = "Решење се односило на друго правно лице."
    life.add(RETRACTED_BY_BANK, life.at(6, 3, 21, 9), f'{{"fact":"{blockade}","reason":"{reason}"}}')


def _restored(life: Life) -> None:
    """The mark changed in a leaflet: warned, suspended after 48 hours, restored within seven working days.

    In 2023, if the first year is 2018: warned on Tuesday 7 November 10:20, suspended on Thursday 9 November 10:20,
    second demand at 14:30, seven working days until 20 November, cessation declared on the 15th and verified on
    the 16th (DNB-7.1 to 7.4).
    """
    life.classes("AA", "AA")
    order = life.order(1, 10, 3, "Đorđe Čolić", "djordje.colic@klasje.example")
    life.notices(order, 7, 26, range(2, 99))
    case = '{"case":"M-STORY-1"}'
    evidence = "5" * 64
    suspicion = f'{{"case":"M-STORY-1","kind":"alteration","evidence":["{evidence}"]}}'
    life.add(REPORTED, life.at(5, 11, 6, 15), suspicion, OFFICE)
    life.add(WARNED, life.at(5, 11, 7, 10), case, SUPERVISOR)
    life.add(WARNING_DELIVERED, life.at(5, 11, 7, 10, 20), case)
    life.add(DEMANDED, life.at(5, 11, 9, 14), case, SUPERVISOR)
    life.add(DEMAND_DELIVERED, life.at(5, 11, 9, 14, 30), case)
    life.add(DECLARED, life.at(5, 11, 15, 16), case)
    life.add(VERIFIED, life.at(5, 11, 16, 11), case, OFFICE)


def _cancelled(life: Life) -> None:
    """Cancels two minutes before the end of the last day, thirty days before expiry (DNB-4.6).

    The contract is of 31 August, so the last day is 1 August; in the fifth year the e-mail leaves at 23:58.
    """
    life.classes("AA", "A")
    order = life.order(2, 8, 31, "Чедомир Павловић", "cedomir@vocar-pavlovic.example")
    life.notices(order, 6, 24, range(3, 5))
    sender = "cedomir@vocar-pavlovic.example"
    life.add(CANCELLED_BY_MAIL, life.at(4, 8, 1, 23, 58), _cancellation(order, sender), after=7 * MINUTE)


def _too_late(life: Life) -> None:
    """Cancels two minutes after the last day, which renews the contract; a year later in time (DNB-4.6)."""
    life.classes("A", "A")
    order = life.order(2, 8, 31, "Živka Žižić", "zivka@mlin-zitko.example")
    life.notices(order, 6, 24, range(3, 6))
    sender = "zivka@mlin-zitko.example"
    life.add(CANCELLED_BY_MAIL, life.at(4, 8, 2, 0, 2), _cancellation(order, sender))
    life.add(CANCELLED_BY_MAIL, life.at(5, 7, 11, 12), _cancellation(order, sender))


def _cancellation(order: str, sender: str) -> str:
    return f'{{{order},"sender":"{sender}","message":"{"7" * 64}"}}'
