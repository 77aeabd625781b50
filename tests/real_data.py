"""Public data that nobody here made: it lies beside the project, since most of its files state no licence."""

from pathlib import Path

import pytest

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"

RATINGS = "ratings/us_corporate_ratings_2010_2016.csv"
GAZETTE = (
    "insolvency/2020-01-20_3431095to3433094_LondonGazette_Insolvencies.csv",
    "insolvency/2020-01-30_3431095to3444000_Gazette_Insolvencies.csv",
)
FINES = "process_log/road_traffic_fines_before_2007.csv.gz"


def real(path: str) -> Path:
    """A file of the real data by its path there; the test that asks for it is skipped where it is absent."""
    file = REAL_DATA / path
    if not file.is_file():
        pytest.skip(f"{path} is not there: put the public data of ../shared/data beside the project to run this test")
    return file
