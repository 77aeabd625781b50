"""A demonstration portfolio: what happens to some companies over some years, as the lines an intake would read.

It is chance from a seed, in proportions that seem plausible, and holds the cases that the terms speak about. It knows
the rules only roughly: where a generated company orders what it can't have or cancels too late, the engine has to
notice. No real company or person is meant: the registers give out no matični broj with a first digit of 9 and no PIB
that begins with 99, and all addresses of people end in `.example`.
"""

from collections.abc import Iterator
from datetime import date

from adapters.demo import eventful, lines, stories
from adapters.demo.dealings import announce, deal
from adapters.demo.lines import DAY, HOUR, Log, Subject, number
from adapters.demo.lives import Company, Year, be_assessed, named, take_over, trade
from adapters.demo.troubles import suffer
from domain.identity import SCHEME_SUBJECT, mb_check_digit

# The companies whose lives are told, not drawn: name as registered -> subject. `stories` says what happens to them.
STORIES: dict[str, str] = stories.SUBJECTS

# Numbers of generated companies are 91000000 to 99999999 with their check digit, those of the stories are lower.
MOST_COMPANIES = 900_000
_FIRST_SEVEN, _FIRST_SIX = 9_100_000, 100_000

# Measured over 6,000 companies and 2 to 8 years: what a company has at once, and what each year adds.
_FACTS_AT_ONCE, _FACTS_A_YEAR = 3.6, 5.8

_TAKEN_OVER = 0.01  # of the companies


def portfolio(companies: int, seed: int, first_year: int = 2018, years: int = 8) -> Iterator[bytes]:
    """The facts of a portfolio as CloudEvents in JSON, a line each without its end, by ascending `recordedtime`.

    The same arguments give the same lines. `companies` counts those of STORIES, which are always there. Nothing is
    recorded before 30 December of the year before `first_year`, nor after the last of its `years` (local time of
    Belgrade). About 0.15 % of the lines come twice, and about as many tell what was learned months later than it
    should have been. Memory goes with the facts of one year. Raises ValueError for more than MOST_COMPANIES.
    """
    if companies > MOST_COMPANIES:
        raise ValueError(f"there are numbers for {MOST_COMPANIES} companies, not for {companies}")
    log = Log(seed, first_year, years)
    scheme = Subject(SCHEME_SUBJECT)
    stories.tell(log)
    eventful.tell(log)
    alive = [_registered(log, index) for index in range(companies - len(STORIES))]
    for number_of in range(first_year, first_year + years):
        year = Year(log, number_of)
        _collection(log, scheme, year)
        announce(log, scheme, year)
        for company in alive:
            be_assessed(log, company, year)
            suffer(log, company, year)
            trade(log, company, year)
            deal(log, company, year)
        yield from log.until(year.ends)
        alive = [company for company in alive if company.gone > year.ends]


def companies_for_facts(n_facts: int, years: int = 8) -> int:
    """How many companies have about `n_facts` facts together in so many years, within some per cent."""
    return max(len(STORIES), round(n_facts / (_FACTS_AT_ONCE + _FACTS_A_YEAR * years)))


def pib(first_eight: str) -> str:
    """A tax number of nine digits from its first eight, with the check digit of ISO 7064 mod 11, 10."""
    check = 10
    for digit in first_eight:
        check = ((check + int(digit)) % 10 or 10) * 2 % 11
    return f"{first_eight}{(11 - check) % 10}"


def _registered(log: Log, index: int) -> Company:
    first_seven = f"{_FIRST_SEVEN + index}"
    company = Company(f"RS-{first_seven}{mb_check_digit(first_seven)}", latin=log.chance(0.5))
    founded = f"{log.first_year - 2 - log.below(24)}-{1 + log.below(12):02}-{1 + log.below(28):02}"
    data = f'{{{named(log, company)},"pib":"{pib(f"99{_FIRST_SIX + index}")}","founded":"{founded}"}}'
    at = log.days.midnight(number(date(log.first_year - 1, 12, 29)) + log.below(2))
    log.add(company, lines.REGISTERED, at, at + DAY + log.below(20 * HOUR), data)
    if log.chance(_TAKEN_OVER):
        take_over(log, company, number(date(log.first_year, 1, 1)))
    return company


def _collection(log: Log, scheme: Subject, year: Year) -> None:
    """The scheme's collection of the past business year's data: from 1 January to the evening of 30 June."""
    of_year = f'"business_year":{year.number - 1}'
    opens = log.days.midnight(year.first)
    log.add(scheme, lines.COLLECTING, opens, opens, f'{{{of_year},"closes_on":"{year.number}-06-30"}}')
    closes = log.days.midnight(year.half) + 18 * HOUR
    log.add(scheme, lines.COLLECTED, closes, closes, f"{{{of_year}}}")
