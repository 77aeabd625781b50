"""Default interest: simple, by the day, at the rate of the day, on what is unpaid on it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import Money, none_of
from domain.interest import NoRate, Piece, Rate, interest
from tests.lives import CHECKED

CENT = Money.of("0.01 RSD")
DAY = timedelta(days=1)
FLAT = (Rate(date(2000, 1, 1), Decimal(10)),)

days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
principals = st.decimals(1, Decimal("5000000.00"), places=2).map(Money)
payments = st.lists(st.tuples(days, principals), max_size=4)
percents = st.decimals(0, 40, places=2)
rates = st.lists(st.builds(Rate, days, percents), max_size=4).map(
    lambda told: (*FLAT, *sorted(told, key=lambda rate: rate.since))
)


def total(pieces: tuple[Piece, ...]) -> Money:
    return sum((piece.amount for piece in pieces), none_of())


def of(text: str) -> Money:
    return Money.of(f"{text} RSD")


def test_a_year_at_ten_per_cent_is_a_tenth() -> None:
    assert interest(of("36500.00"), (), date(2023, 1, 1), date(2023, 12, 31), FLAT) == (
        Piece(date(2023, 1, 1), date(2023, 12, 31), of("36500.00"), Decimal(10), of("3650.00")),
    )


def test_a_day_of_a_leap_year_is_one_of_366() -> None:
    told = interest(of("366000.00"), (), date(2023, 12, 31), date(2024, 1, 1), FLAT)
    assert [(p.first, p.amount) for p in told] == [
        (date(2023, 12, 31), of("100.27")),
        (date(2024, 1, 1), of("100.00")),
    ]
    assert total(interest(of("366000.00"), (), date(2024, 1, 1), date(2024, 12, 31), FLAT)) == of("36600.00")


def test_another_rate_holds_from_its_own_day() -> None:
    told = interest(
        of("36500.00"), (), date(2023, 6, 1), date(2023, 6, 10), (*FLAT, Rate(date(2023, 6, 6), Decimal(20)))
    )
    assert [(p.first, p.last, p.annual_percent, p.amount) for p in told] == [
        (date(2023, 6, 1), date(2023, 6, 5), Decimal(10), of("50.00")),
        (date(2023, 6, 6), date(2023, 6, 10), Decimal(20), of("100.00")),
    ]


def test_of_two_rates_for_a_day_the_one_told_last_counts() -> None:
    told = interest(of("36500.00"), (), date(2023, 6, 1), date(2023, 6, 1), (*FLAT, Rate(FLAT[0].since, Decimal(20))))
    assert total(told) == of("20.00")


def test_a_payment_reduces_the_principal_from_its_own_day() -> None:
    told = interest(of("36500.00"), [(date(2023, 6, 3), of("18250.00"))], date(2023, 6, 1), date(2023, 6, 4), FLAT)
    assert [(p.first, p.last, p.principal, p.amount) for p in told] == [
        (date(2023, 6, 1), date(2023, 6, 2), of("36500.00"), of("20.00")),
        (date(2023, 6, 3), date(2023, 6, 4), of("18250.00"), of("10.00")),
    ]


def test_what_was_paid_before_the_first_day_bears_none() -> None:
    told = interest(of("36500.00"), [(date(2023, 5, 3), of("18250.00"))], date(2023, 6, 1), date(2023, 6, 2), FLAT)
    assert [(p.principal, p.amount) for p in told] == [(of("18250.00"), of("10.00"))]


def test_nothing_is_owed_where_nothing_was_overdue() -> None:
    first = date(2023, 6, 1)
    assert interest(of("100.00"), (), first, first - DAY, FLAT) == ()
    assert interest(of("100.00"), (), first, first - 400 * DAY, ()) == ()
    assert interest(of("100.00"), [(first, of("100.00"))], first, first + DAY, ()) == ()
    assert interest(of("100.00"), [(first, of("200.00"))], first, first + DAY, ()) == ()


@pytest.mark.parametrize("known", [(), (Rate(date(2023, 6, 2), Decimal(10)),)])
def test_a_day_without_a_rate_is_named(known: tuple[Rate, ...]) -> None:
    with pytest.raises(NoRate, match="no rate of default interest is known for 2023-06-01"):
        interest(of("100.00"), (), date(2023, 6, 1), date(2023, 6, 5), known)


def test_the_rate_of_a_day_on_which_all_was_paid_is_not_asked_for() -> None:
    known = (Rate(date(2023, 6, 2), Decimal(10)),)
    assert interest(of("100.00"), [(date(2023, 6, 1), of("100.00"))], date(2023, 6, 1), date(2023, 6, 5), known) == ()


@CHECKED
@given(principals, payments, days, days, rates)
def test_the_pieces_cover_every_unpaid_day_once(
    principal: Money, paid: list[tuple[date, Money]], first: date, last: date, known: tuple[Rate, ...]
) -> None:
    told = interest(principal, paid, first, last, known)
    covered = [piece.first + n * DAY for piece in told for n in range((piece.last - piece.first).days + 1)]
    unpaid = [
        day
        for day in (first + n * DAY for n in range((last - first).days + 1))
        if sum((amount for on, amount in paid if on <= day), none_of()) < principal
    ]
    assert covered == unpaid


@CHECKED
@given(principals, payments, days, days, days, rates)
def test_a_period_in_two_parts_bears_the_same_within_a_cent_a_piece(
    principal: Money, paid: list[tuple[date, Money]], first: date, middle: date, last: date, known: tuple[Rate, ...]
) -> None:
    first, middle, last = sorted((first, middle, last))
    whole = interest(principal, paid, first, last, known)
    parts = interest(principal, paid, first, middle, known) + interest(principal, paid, middle + DAY, last, known)
    difference = max(total(whole), total(parts)) - min(total(whole), total(parts))
    assert difference.amount <= CENT.amount * (len(whole) + len(parts))


@CHECKED
@given(principals, payments, days, days, rates)
def test_it_is_what_every_day_on_its_own_would_bear(
    principal: Money, paid: list[tuple[date, Money]], first: date, last: date, known: tuple[Rate, ...]
) -> None:
    exact = Decimal(0)
    for n in range((last - first).days + 1):
        day = first + n * DAY
        unpaid = principal.amount - sum((amount.amount for on, amount in paid if on <= day), Decimal(0))
        percent = [rate for rate in known if rate.since <= day][-1].annual_percent
        length = (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        exact += max(unpaid, Decimal(0)) * percent / 100 / length
    told = interest(principal, paid, first, last, known)
    assert abs(total(told).amount - exact) <= Decimal("0.005") * len(told) + Decimal("0.0001")


@CHECKED
@given(principals, payments, days, days, rates)
def test_no_payment_makes_it_more(
    principal: Money, paid: list[tuple[date, Money]], first: date, last: date, known: tuple[Rate, ...]
) -> None:
    told, unpaid = interest(principal, paid, first, last, known), interest(principal, (), first, last, known)
    assert total(told).amount <= total(unpaid).amount + CENT.amount * (len(told) + len(unpaid))
