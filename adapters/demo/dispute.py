"""A dispute of the demonstration from its report to its end: a letter missing in a name, corrected in time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from adapters.demo.stories import PLATINUM, SUBJECTS
from domain import facts
from domain.facts import Fact
from domain.wire import cloud_event

SUBJECT, ORDER, DISPUTE = SUBJECTS[PLATINUM], "2018-012", "D-STORY-1"
_SOURCE = "urn:bonitet:desk"
_HASH = "6" * 64


def lines() -> Iterator[bytes]:
    """Its facts as they come in, after the portfolio's last day (DNB-9.1 to 9.5)."""
    about = {"order": ORDER, "dispute": DISPUTE}
    told: tuple[tuple[datetime, Fact], ...] = (
        (
            _at(12, 9),
            facts.DefectReported(**about, description="На сертификату недостаје једно слово.", evidence=(_HASH,)),
        ),
        (_at(14, 13), facts.DefectEstablished(**about, in_scope=True)),
        (_at(15, 10), facts.CorrectionPeriodAgreed(**about, correct_by=date(2026, 1, 30))),
        (_at(27, 11), facts.CorrectionIssued(**about, document=_HASH)),
    )
    for number, (at, fact) in enumerate(told, 1):
        envelope = cloud_event(
            SUBJECT,
            fact,
            id=f"dispute-story-{number}",
            source=_SOURCE,
            time=at,
            recordedtime=at + timedelta(minutes=3),
            actor="mira.p",
            role="back-office",
        )
        yield envelope.model_dump_json(exclude_none=True).encode()


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)
