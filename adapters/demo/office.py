"""The back office at work in the portfolio: letters with what became of them, tasks taken and closed."""

from adapters.demo import lines
from adapters.demo.lines import BACK_OFFICE, DAY, MINUTE, SUPERVISORS, Log, day_of
from adapters.demo.lives import Company, Drawn, draw

_LANGUAGES: Drawn = (("sr-Cyrl", 0.6), ("sr-Latn", 0.9), ("en", 1.0))
_ROUTES: Drawn = (("email", 0.6), ("file", 0.95), ("notification", 1.0))

# Of the letters; of those that came back.
_DELIVERED, _BOUNCED, _SENT_AGAIN = 0.93, 0.97, 0.7  # the first two are shares up to which


def letter(log: Log, company: Company, kind: str, at: int, order: str, about: str = "") -> None:
    """A letter that left at an instant: mostly it is delivered, some come back, of some nothing is heard."""
    route = draw(log, _ROUTES)
    name = _sent(log, company, kind, at, order, about, route)
    fortune = log.random()
    if fortune < _DELIVERED:
        arrived = at + (10 * MINUTE if route == "email" else 2 * DAY)
        log.desk(company, lines.LETTER_DELIVERED, day_of(arrived), name)
    elif fortune < _BOUNCED:
        day = day_of(log.desk(company, lines.LETTER_BOUNCED, day_of(at) + 1 + log.below(9), name))
        if log.chance(_SENT_AGAIN):
            again = _sent(log, company, kind, log.office(day + 1), order, about, "file")
            log.desk(company, lines.LETTER_DELIVERED, day + 4 + log.below(4), again)
        else:
            log.desk(company, lines.LETTER_BOUNCED, day, '{"letter":"L-0"}')  # its number was misread


def _sent(log: Log, company: Company, kind: str, at: int, order: str, about: str, route: str) -> str:
    """The letter itself. The beginning of what becomes of it: its name."""
    name = f'"letter":"L-{log.serial():07}"'
    address = f',"address":"{company.sender}"' if route == "email" else ""
    subject = f',"about":"{about}"' if about else ""
    what = f'"kind":"{kind}","language":"{draw(log, _LANGUAGES)}","route":"{route}"'
    data = f'{{{name},{what},"order":"{order}"{subject}{address},"document":"{log.digest()}"}}'
    log.by_desk(company, lines.LETTER_SENT, at, data)
    return f"{{{name}}}"


def take(log: Log, company: Company, task: str, regarding: str, day: int) -> None:
    """Somebody of the staff takes a task."""
    to = BACK_OFFICE[log.below(len(BACK_OFFICE))]
    data = f'{{"task":"{task}","regarding":"{regarding}","to":"{to}"}}'
    log.desk(company, lines.TASK_ASSIGNED, day, data)


def close(log: Log, company: Company, task: str, regarding: str, day: int, outcome: str = "done") -> None:
    """A task is done, or there is nothing to do."""
    note = ',"note":"Договорено телефоном."' if log.chance(0.3) else ""
    data = f'{{"task":"{task}","regarding":"{regarding}","outcome":"{outcome}"{note}}}'
    log.desk(company, lines.TASK_CLOSED, day, data)


def two_people(log: Log) -> tuple[str, str]:
    """Who decides, and who approves it."""
    return BACK_OFFICE[log.below(len(BACK_OFFICE))], SUPERVISORS[log.below(len(SUPERVISORS))]
