"""Money: an exact decimal amount with its currency, never a binary fraction."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_WRITTEN = re.compile(r"([0-9]{1,13}(?:\.[0-9]{1,2})?) ([A-Z]{3})")
_CENT = Decimal("0.01")


class OtherCurrency(ValueError):
    """Two amounts of different currencies can't be added or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with two decimals in one currency (DNB-5.1: dinars); written "12500.00 RSD", on the wire too."""

    amount: Decimal
    currency: str = "RSD"

    @classmethod
    def of(cls, text: str) -> "Money":
        """The money that a text says; raises ValueError where it says none."""
        if not (found := _WRITTEN.fullmatch(text)):
            msg = f"{text!r} is no amount of money: write for example 12500.00 RSD"
            raise ValueError(msg)
        return cls(Decimal(found[1]).quantize(_CENT), found[2])

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.amount:.2f} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        """The sum; raises OtherCurrency."""
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """The difference; raises OtherCurrency."""
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Whether it is less; raises OtherCurrency."""
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        """Whether it is at most as much; raises OtherCurrency."""
        return self.amount <= self._same(other)

    def part(self, share: Decimal) -> "Money":
        """A share of it, rounded half to even to the cent."""
        return Money((self.amount * share).quantize(_CENT, ROUND_HALF_EVEN), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            msg = f"{self} and {other} are of different currencies"
            raise OtherCurrency(msg)
        return other.amount

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text on the wire and in the store."""
        del source, handler
        written = core_schema.no_info_after_validator_function(cls.of, core_schema.str_schema(strict=True))
        either = core_schema.union_schema([core_schema.is_instance_schema(cls), written])
        return core_schema.json_or_python_schema(
            json_schema=written, python_schema=either, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The pattern of that text."""
        del schema, handler
        return {"type": "string", "pattern": f"^{_WRITTEN.pattern}$", "examples": ["12500.00 RSD"]}


def none_of(currency: str = "RSD") -> Money:
    """Nothing, in a currency."""
    return Money(Decimal("0.00"), currency)
