"""Money is exact, has one currency, and is written in one way."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.amounts import Money, OtherCurrency, none_of
from tests.lives import CHECKED

MONEY: TypeAdapter[Money] = TypeAdapter(Money)

amounts = st.decimals(0, Decimal("9999999999999.99"), places=2).map(Money)


class Bill(BaseModel):
    """Something that holds money."""

    sum: Money


@CHECKED
@given(amounts)
def test_what_is_written_is_read_as_the_same_money(money: Money) -> None:
    assert Money.of(str(money)) == money
    assert MONEY.validate_json(MONEY.dump_json(money)) == money
    assert str(Money.of(str(money))) == str(money)


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("12500.00 RSD", Money(Decimal(12500))),
        ("0.5 RSD", Money(Decimal("0.50"))),
        ("7 EUR", Money(Decimal(7), "EUR")),
        ("9999999999999.99 RSD", Money(Decimal("9999999999999.99"))),
    ],
)
def test_money_is_an_amount_and_a_currency(text: str, money: Money) -> None:
    assert Money.of(text) == money


@pytest.mark.parametrize(
    "text",
    [
        *("12500", "12500.00", "RSD 12500.00", "12.500,00 RSD", "12,500.00 RSD", "-1.00 RSD", "+1.00 RSD", "1e3 RSD"),
        *("1.005 RSD", ".50 RSD", "1. RSD", "1.00  RSD", " 1.00 RSD", "1.00 RSD ", "1.00 rsd", "1.00 DIN.", "NaN RSD"),
        *("10000000000000.00 RSD", "١.00 RSD", ""),
    ],
)
def test_anything_else_is_no_money(text: str) -> None:
    with pytest.raises(ValueError, match=r"write for example 12500\.00 RSD"):
        Money.of(text)


@pytest.mark.parametrize("wrong", ["12500.00", 12500, 12500.0, None, {"amount": "1.00", "currency": "RSD"}])
def test_on_the_wire_it_is_a_text_and_nothing_else(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate_json(json.dumps({"sum": wrong}))


def test_it_is_written_to_the_cent_whatever_it_was_made_of() -> None:
    assert str(Money(Decimal(3))) == "3.00 RSD"
    assert Bill(sum=Money.of("0.5 EUR")).model_dump_json() == '{"sum":"0.50 EUR"}'


def test_its_schema_is_the_pattern_of_that_text() -> None:
    schema = MONEY.json_schema()
    assert (schema["type"], schema["examples"]) == ("string", ["12500.00 RSD"])
    assert schema["pattern"].startswith("^")
    assert schema["pattern"].endswith("$")


@CHECKED
@given(amounts, amounts, amounts)
def test_money_is_added_and_taken_away_exactly(one: Money, two: Money, three: Money) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + two - two == one
    assert one + none_of() == one


@CHECKED
@given(amounts, amounts)
def test_of_two_amounts_one_is_less_or_they_are_equal(one: Money, two: Money) -> None:
    assert [one < two, one == two, two < one].count(True) == 1
    assert (one <= two) == (one < two or one == two)
    assert max(one, two) - min(one, two) >= none_of()


def test_different_currencies_are_never_added_nor_compared() -> None:
    dinars, euros = Money.of("1.00 RSD"), Money.of("1.00 EUR")
    assert dinars != euros
    for together in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(OtherCurrency, match=r"1\.00 RSD and 1\.00 EUR are of different currencies"):
            together(dinars, euros)
    assert none_of("EUR") + euros == euros


@pytest.mark.parametrize(
    ("share", "part"),
    [("0.125", "0.12 RSD"), ("0.135", "0.14 RSD"), ("0.145", "0.14 RSD"), ("0", "0.00 RSD"), ("2", "2.00 RSD")],
)
def test_half_a_cent_goes_to_the_even_cent(share: str, part: str) -> None:
    assert Money.of("1.00 RSD").part(Decimal(share)) == Money.of(part)
