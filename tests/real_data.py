"""Public data that nobody here made: it lies beside the project, since most of its files state no licence."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.facts import Fact
from domain.wire import CloudEvent, cloud_event

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"

RATINGS = "ratings/us_corporate_ratings_2010_2016.csv"
GAZETTE = (
    "insolvency/2020-01-20_3431095to3433094_LondonGazette_Insolvencies.csv",
    "insolvency/2020-01-30_3431095to3444000_Gazette_Insolvencies.csv",
)
FINES = "process_log/road_traffic_fines_before_2007.csv.gz"

BELGRADE, LONDON, ROME = (ZoneInfo(f"Europe/{city}") for city in ("Belgrade", "London", "Rome"))


def real(path: str) -> Path:
    """A file of the real data by its path there; the test that asks for it is skipped where it is absent."""
    file = REAL_DATA / path
    if not file.is_file():
        pytest.skip(f"{path} is not there: put the public data of ../shared/data beside the project to run this test")
    return file


def local(day: date, hour: int = 0, zone: ZoneInfo = BELGRADE) -> datetime:
    """An hour of a day somewhere, as an instant in UTC."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def generated(subject: str, name: str, data: Fact, at: datetime) -> CloudEvent:
    """A fact that goes with the public ones, since nobody publishes it; learned when it happened."""
    return cloud_event(subject, data, id=name, source="urn:test:generated", time=at, recordedtime=at)
