"""How a story begins: a reading of the terms, companies with their classes, certificates that run."""

from datetime import datetime
from typing import Any

from pytest_bdd import given

from domain.calendar import local_day
from domain.facts import Edition, Excellence
from features.words import BELGRADE, moment, says
from features.world import World

READINGS: dict[str, dict[str, Any]] = {
    "the ladder of clause 7 comes before any loss for misuse": {"misuse_procedure": "ladder"},
    "misuse takes the licence at once": {"misuse_procedure": "automatic_loss"},
    "a suspended holder removes the mark within the seven working days": {
        "removal_while_suspended": "seven_working_days"
    },
    "a suspended holder removes the mark within three days": {"removal_while_suspended": "three_days"},
    "a loss ends the use of past years too": {"loss_ends_after_use": True},
    "a loss leaves the use of past years": {"loss_ends_after_use": False},
    "a first special edition needs an agreement": {"first_edition_by_agreement": True},
    "a first special edition comes with the renewal": {"first_edition_by_agreement": False},
    "one cancels not later than 30 days before the end": {"cancel_reading": "not_later_than"},
    "one cancels within the last 30 days": {"cancel_reading": "within_last"},
    "the notice is counted from the end of the contract": {"notice_before": "expiry"},
    "the notice is counted from the renewal": {"notice_before": "renewal"},
    "an extension needs a notice of its own": {"extension_needs_new_notice": True},
    "a notice survives an extension": {"extension_needs_new_notice": False},
    "persisting or repeating is enough": {"permanent_requires_both": False},
    "it takes persisting and repeating": {"permanent_requires_both": True},
    "a lapsed warning suspends by itself": {"auto_suspend_on_lapse": True},
    "a person decides on every suspension": {"auto_suspend_on_lapse": False},
    "Gold takes AAA": {"gold_basis": "aaa"},
    "Gold takes any excellence": {"gold_basis": "excellence"},
    "Platinum takes five years": {"platinum_basis": "attained"},
    "Platinum takes six years": {"platinum_basis": "six_years"},
    "Platinum takes three Gold certificates that were ordered": {"platinum_basis": "ordered"},
    "a licence withdrawn for good holds the renewal": {"renew_while_revoked": False},
    "a contract renews without a licence": {"renew_while_revoked": True},
    "a blockade in the last 365 days excludes": {"blocked_365d_excludes": True},
    "a past blockade excludes nobody": {"blocked_365d_excludes": False},
    "clocks start on sending": {"clock_from": "sending"},
    "a request for insolvency is enough": {"insolvency_from": "request"},
    "a renewal without a notice is held": {"hold_without_notice": True},
    "a contract renews without a notice": {"hold_without_notice": False},
    "a late fact reopens a renewal": {"late_fact_reopens_renewal": True},
    "an exchange of e-mails is writing": {"written_forms": ("signed_pdf", "email_exchange")},
    "only a signed document is writing": {"written_forms": ("signed_pdf",)},
    "Saturdays are no working days": {"saturday_is_working_day": False},
    "Saturdays are working days": {"saturday_is_working_day": True},
    "no term in calendar days ends on a Saturday": {"saturday_shifts_calendar_term": True},
    "a term in calendar days may end on a Saturday": {"saturday_shifts_calendar_term": False},
    "an amicable settlement is awaited for 30 days": {"amicable_days": 30},
    "an amicable settlement is awaited for 60 days": {"amicable_days": 60},
}


@given(says("the reading that {reading}"))
def _reading(world: World, reading: str) -> None:
    world.choose(**READINGS[reading])


@given(says('a company "{who}"'))
def _company(world: World, who: str) -> None:
    world.subject(who)


@given(says('"{who}" attained {grade:Class} for {first:Year} to {last:Year}'))
def _classes(world: World, who: str, grade: Excellence, first: int, last: int) -> None:
    for year in range(first, last + 1):
        world.assessed(who, year, grade)


@given(says('"{who}" attained {grade:Class} for {year:Year}'))
def _class(world: World, who: str, grade: Excellence, year: int) -> None:
    world.assessed(who, year, grade)


@given(says('"{who}" holds a certificate concluded on {at:Moment}'))
def _holds(world: World, who: str, at: datetime) -> None:
    world.holds(who, at, None)


@given(says('"{who}" holds an {grade:Class} certificate concluded on {at:Moment}'))
def _holds_class(world: World, who: str, grade: Excellence, at: datetime) -> None:
    world.holds(who, at, grade)


@given(says('"{who}" holds a {edition:Edition} certificate concluded on {at:Moment}'))
def _holds_edition(world: World, who: str, edition: Edition, at: datetime) -> None:
    world.holds(who, at, None, edition)


@given(says('"{who}" held a {edition:Edition} certificate from {at:Moment} and left it'))
def _held(world: World, who: str, edition: Edition, at: datetime) -> None:
    world.on_another_order(who)
    world.holds(who, at, None, edition)
    world.leaves(who, moment(f"{local_day(at, BELGRADE.key).year + 1}-04-15"))


@given(says('"{who}" holds another {edition:Edition} certificate concluded on {at:Moment}'))
def _holds_another(world: World, who: str, edition: Edition, at: datetime) -> None:
    world.on_another_order(who)
    world.holds(who, at, None, edition)


@given(says('"{who}" lost its licence for good on {day:Day}'))
def _withdrawn(world: World, who: str, day: Any) -> None:
    world.withdrawn(who, moment(day.isoformat()))
