"""Real public files turned into facts, to drive and to measure the engine with what nobody here made up."""

from adapters.convert import fines, insolvency, ratings
from adapters.convert.conversion import Converted, Converter, Rejection, WrongFile

CONVERTERS: dict[str, Converter] = {
    "ratings": ratings.convert,
    "insolvency": insolvency.convert,
    "fines": fines.convert,
}

__all__ = ["CONVERTERS", "Converted", "Converter", "Rejection", "WrongFile"]
