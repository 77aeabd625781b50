"""What can't be read or attributed is rejected with position and reason, and everything behind it goes on."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.intake.gate import CLOCK_SKEW
from adapters.intake.reading import lines
from adapters.intake.work import Summary
from adapters.store import private
from domain.facts import CompanyRenamed, FactRetracted
from tests.installation import (
    COMPANY,
    NOW,
    OTHER,
    SOURCE,
    THIRD,
    installation,
    names,
    registration,
    rejects,
    rows,
    take_in,
    waiting,
    wire,
)
from tests.lives import CHECKED

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def renamed(at: str = "2024-01-10", learned: str | None = None, **envelope: Any) -> bytes:
    return wire(CompanyRenamed(name="Tekstil"), at, learned, **envelope)


def blocked(blockade: str = "B-1", at: str = "2024-03-01", **envelope: Any) -> bytes:
    return wire("AccountBlocked", at, data={"blockade": blockade}, name=f"block-{blockade}", **envelope)


def assessed(attained: object, **data: Any) -> bytes:
    told = {"business_year": 2023, "attained": attained, "model_version": "m-1", "inputs_hash": "0" * 64, **data}
    return wire("ClassAssessed", "2024-05-15", data=told)


BAD: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{'id': 1}", r"not JSON: .*send one JSON object a line"),
    "cut off": (renamed()[:-5], "not JSON: EOF"),
    "empty line": (b"", "not JSON: EOF"),
    "invalid UTF-8": (renamed().replace(b"Tekstil", b"Te\xe9til"), "not JSON: .*in UTF-8"),
    "half a character": (renamed().replace(b"Tekstil", rb"\ud83d"), "not JSON"),
    "a list": (b"[1]", "the line: "),
    "a number": (b"7", "the line: "),
    "null": (b"null", "the line: "),
    "nested without end": (b'{"a":' * 10_000, "not JSON: recursion limit"),
    "no type": (renamed(type=None), "type is missing"),
    "a type that is no text": (renamed(type=7), "type: Input should be a valid string"),
    "missing attribute": (renamed(recordedtime=None), "recordedtime: Field required"),
    "missing field": (wire("CompanyRenamed", data={}), "data.name: Field required"),
    "extra field": (wire("CompanyRenamed", data={"name": "T", "nick": "t"}), "data.nick: Extra inputs"),
    "wrong field": (wire("CompanyRenamed", data={"name": 7}), "data.name: Input should be a valid string"),
    "data is a list": (wire("CompanyRenamed", data=[1]), "data: Input should be an object"),
    "time without a zone": (renamed("2024-01-10T10:00:00"), "time: Input should have timezone info"),
    "time as a bare number": (renamed(time=1_704_880_800), "time: Input should be a valid datetime"),
    "no time at all": (renamed("2024-02-30T00:00:00Z"), "time: "),
    "an unknown type in half an envelope": (wire("CompanyPraised", recordedtime=None), "recordedtime: Field required"),
    "recorded before all calendars": (
        renamed(time="0001-01-01T00:00:00+05:00", recordedtime="0001-01-01T00:00:00+05:00"),
        "lies outside",
    ),
    "announced behind all calendars": (
        wire("DataCollectionOpened", "9999-12-31T23:59:59-05:00", "2024-01-01", data={"business_year": 2023}),
        "lies outside",
    ),
    "time before all calendars": (renamed("0001-01-01T00:00:00+05:00", "2024-01-10"), "time .*lies outside"),
    "observed in the future": (renamed("2024-01-10T00:00:01Z", "2024-01-10"), r"lies after recordedtime"),
    "clock ahead": (renamed((NOW + HOUR).isoformat(), (NOW + HOUR).isoformat()), "lies in the future"),
    "clock a second ahead": (renamed("2024-01-10", (NOW + CLOCK_SKEW + SECOND).isoformat()), "lies in the future"),
    "before the founding": (renamed("2010-03-31T21:59:59Z"), "lies before the founding on 2010-04-01"),
    "Cyrillic grade": (assessed("АAA"), r"letters that are not Latin: 'А' \(U\+0410\)"),
    "grade that is none": (assessed("B"), "data.attained: Input should be"),
    "check digit": (renamed(subject="RS-17012346"), "its check digit is 6, by its first seven digits it would be 7"),
    "letters in a MB": (renamed(subject="RS-1701234A"), "a matični broj has eight digits"),
    "short company number": (renamed(subject="GB-123456"), "a company number has eight digits"),
    "no CIK": (renamed(subject="US-CIK-12A"), "a CIK has one to ten digits"),
    "no exercise": (renamed(subject="EX-1"), "has eight digits"),
    "no register": (renamed(subject="DE-HRB-1"), "names no known register"),
    "unknown type of nobody": (wire("rs.bonitet.CompanyPraised.v1", subject="DE-1"), "type .* is unknown, and 'DE-1'"),
    "unknown type without subject": (
        wire("rs.bonitet.CompanyPraised.v1", subject="", id="x"),
        "is unknown, and",
    ),
    "partition": (renamed(partitionkey=OTHER), "partitionkey is not the subject"),
    "company's fact for the scheme": (renamed(subject="SCHEME-DNB-RS"), "CompanyRenamed is about one company"),
    "scheme's fact for a company": (wire("CalendarCorrected", data={"version": "RS-2"}), "send it under SCHEME-DNB-RS"),
    "forged reference": (
        wire("RepresentativeNamed", data={"order": "N-1", "name": "Ana", "email": "ref:0@1"}),
        "data.email: must not begin with 'ref:'",
    ),
    "too long": (
        wire("CompanyRenamed", data={"name": "x" * 20_000_000}),
        r"the line has 20,000,\d+ bytes, more than the 1,000,000",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_rejected_with_position_and_reason_and_the_run_goes_on(case: str, tmp_path: Path) -> None:
    payload, reason = BAD[case]
    with installation(tmp_path / "a.sqlite3") as system:
        summary = take_in(system, registration(founded="2010-04-01"), payload, blocked(), blocked(subject=OTHER))
        (rejected,) = rejects(system)
        assert (rejected.source, rejected.position, rejected.state) == ("a source", 2, "open")
        assert summary == Summary(read=4, recorded=2, rejected=1, parked=1, events=2)
        assert names(system) == ["CompanyRegistered", "AccountBlocked"]
        if rejected.whole:
            assert rejected.payload == payload
        else:
            assert payload.startswith(rejected.payload)
            assert len(rejected.payload) == 2_000
    assert_matches(reason, rejected.reason)
    assert len(rejected.reason) < 1_000


def assert_matches(pattern: str, text: str) -> None:
    with pytest.raises(ValueError, match=pattern):
        raise ValueError(text)


@pytest.mark.parametrize(
    "payload",
    [
        renamed("2024-01-10", "2024-01-10"),
        renamed("2024-01-10", (NOW + CLOCK_SKEW).isoformat()),
        renamed("2010-03-31T22:00:00Z"),  # 00:00 in Belgrade on the day of the founding
        renamed(partitionkey=COMPANY),
        renamed("1900-01-01T00:00:00Z").replace(COMPANY.encode(), OTHER.encode()),  # whose founding nobody told
        assessed("AAA"),
        wire("FactRetracted", "2024-01-10", data={"fact": f"reg-{OTHER}"}, subject=OTHER),
    ],
)
def test_the_other_side_of_each_boundary_is_recorded(payload: bytes, tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, registration(founded="2010-04-01"), registration(OTHER), payload).recorded == 3


def test_an_announcement_may_lie_ahead(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        ahead = wire(
            "DataCollectionOpened", "2027-01-01", "2026-06-01", data={"business_year": 2026}, subject="SCHEME-DNB-RS"
        )
        assert take_in(system, ahead).recorded == 1


@pytest.mark.parametrize("length", [998, 999, 1_000, 1_001, 1_002, 1_003, 5_000])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
def test_a_line_may_be_as_long_as_allowed_and_no_longer(length: int, ending: bytes) -> None:
    behind = b"y\n" if ending else b""
    first, *others = lines(BytesIO(b"x" * length + ending + behind), 1_000)
    assert first.whole == (length <= 1_000)
    assert first.payload == b"x" * (length if first.whole else min(length, 1_000))
    assert [(line.position, line.payload) for line in others] == ([(2, b"y")] if ending else [])


# --- the same id -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        blocked(at="2024-03-02"),
        wire("AccountBlocked", "2024-03-01", data={"blockade": "B-9"}, name="block-B-1"),
        wire("AccountUnblocked", "2024-03-01", data={"blockade": "B-1"}, name="block-B-1"),
        wire("OfferMade", "2024-03-01", data={"order": "N-1"}, name="block-B-1"),
        blocked(learned="2024-03-02"),
    ],
)
@pytest.mark.parametrize("batch", [1, 100])
def test_an_id_that_comes_again_with_other_content_is_rejected(other: bytes, batch: int, tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3", batch=batch) as system:
        summary = take_in(system, registration(), blocked(), other, renamed("2024-04-01"))
        assert (summary.recorded, summary.repeated, summary.rejected) == (3, 0, 1)
        assert "was used before with other content" in rejects(system)[0].reason
        assert rejects(system)[0].position == 3


def test_the_same_id_of_another_source_or_company_is_another_fact(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        told = [registration(), registration(OTHER), blocked(), blocked(source="urn:other"), blocked(subject=OTHER)]
        assert take_in(system, *told).recorded == 5


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_what_is_repeated_is_counted_and_changes_nothing(batch: int, tmp_path: Path) -> None:
    # A recorded time that had to be lifted, an address and a scheme's fact are known again as well.
    told = [
        wire("DataCollectionOpened", "2023-01-01", data={"business_year": 2022}, subject="SCHEME-DNB-RS"),
        registration(),
        blocked(learned="2024-03-05"),
        wire("StatementFiled", "2024-02-01", data={"business_year": 2023}),
        wire("RepresentativeNamed", "2024-02-02", data={"order": "N-1", "name": "Ana", "email": "ana@textil.rs"}),
        wire("DataCollectionClosed", "2022-06-01", data={"business_year": 2021}, subject="SCHEME-DNB-RS"),
    ]
    with installation(tmp_path / "a.sqlite3", batch=batch) as system:
        take_in(system, *told)
        before = system.store.digest(), rows(system)
        again = take_in(system, *told, *told, source="again")
        assert again == Summary(read=12, repeated=12)
        assert (system.store.digest(), rows(system)) == before
    with installation(tmp_path / "a.sqlite3", batch=batch) as system:
        assert take_in(system, *told, source="later").repeated == len(told)
        assert (system.store.digest(), rows(system)) == before


def test_a_fact_of_the_scheme_with_other_content_under_its_id_is_rejected(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        envelope: dict[str, Any] = {"subject": "SCHEME-DNB-RS", "name": "opens"}
        take_in(system, wire("DataCollectionOpened", "2023-01-01", data={"business_year": 2022}, **envelope))
        summary = take_in(system, wire("DataCollectionOpened", "2023-01-01", data={"business_year": 2021}, **envelope))
        assert (summary.rejected, summary.recorded) == (1, 0)
        assert len(system.engine.memory.scheme_facts) == 1


def test_the_same_bad_line_of_a_source_is_listed_once_however_often_it_is_read(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        assert take_in(system, b"nonsense").rejected == 1
        assert take_in(system, b"nonsense").rejected == 1
        assert len(rejects(system)) == 1
        take_in(system, b"another")
        take_in(system, b"nonsense", source="elsewhere")
        assert [(r.source, r.payload) for r in rejects(system)] == [
            ("a source", b"nonsense"),
            ("a source", b"another"),
            ("elsewhere", b"nonsense"),
        ]


# --- nothing is lost ---------------------------------------------------------------------------------------------


GOOD = [
    *(registration(subject) for subject in (COMPANY, OTHER, THIRD)),
    *(blocked(f"B-{n}", subject=subject) for n in (1, 2) for subject in (COMPANY, OTHER, THIRD)),
    *(wire(FactRetracted(fact="block-B-2"), "2024-04-01", subject=subject) for subject in (COMPANY, THIRD)),
    *(renamed("2024-05-01", subject=subject) for subject in (OTHER, THIRD)),
]
MIXED = [
    *GOOD,
    *(payload for payload, _ in BAD.values() if len(payload) < 10_000),
    wire("rs.bonitet.CompanyPraised.v1"),
]


@settings(CHECKED, max_examples=40)
@given(st.lists(st.sampled_from(MIXED), max_size=40), st.sampled_from([1, 2, 7, 100]))
def test_recorded_rejected_repeated_and_parked_together_are_what_was_delivered(
    tmp_path_factory: pytest.TempPathFactory, told: list[bytes], batch: int
) -> None:
    with installation(tmp_path_factory.mktemp("mixed") / "a.sqlite3", batch=batch) as system:
        summary = take_in(system, *told)
        assert summary.read == len(told)
        assert (
            summary.recorded + summary.rejected + summary.repeated + summary.parked == summary.read + summary.released
        )
        assert summary.parked - summary.released == len(waiting(system))
        facts = [r.event for r in system.store.log(0, 1_000) if r.event.fact is not None]
        assert len(facts) == summary.recorded
        # Each was recorded once, and none that was set aside is there as well.
        marks = {(e.subject, e.source, e.fact) for e in facts}
        assert len(marks) == len(facts)
        lying = {(json.loads(p.payload)["subject"], SOURCE, json.loads(p.payload)["id"]) for p in waiting(system)}
        assert all(p.subject in {COMPANY, OTHER, THIRD} for p in waiting(system))
        assert lying == {mark for mark in lying if mark[0] in {p.subject for p in waiting(system)}}


def test_nobody_knows_today_what_will_be_recorded_tomorrow(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration())
        with pytest.raises(ValueError, match="lies ahead"):
            system.engine.enforce(NOW + SECOND)
        assert system.engine.enforce(NOW) == Summary()


@pytest.mark.parametrize(
    ("recipient", "is_kept"), [("aaa.rs@dnb.com", True), ("mira.petrovic@dnb.com", False), ("Mira Petrović", False)]
)
def test_of_where_a_cancellation_went_only_the_agreed_inbox_stands_in_the_event(
    recipient: str, *, is_kept: bool, tmp_path: Path
) -> None:
    cancelled = {"order": "N-1", "channel": "email", "recipient": recipient, "message": "0" * 64}
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), wire("RenewalCancelled", data=cancelled))
        states = [r.event.data.model_dump_json() for r in system.store.history(COMPANY) if r.event.fact is not None]
        assert sum(recipient in state for state in states) == is_kept
        with system.store.reading() as c:
            assert (recipient in private.texts(c, COMPANY).values()) != is_kept
