"""Real public files become facts: each row a fact or a rejection, each delivery the same, each known answer met."""

import csv
import gzip
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.convert import CONVERTERS, Converted, Rejection, WrongFile, fines, insolvency, ratings
from domain.calendar import days, midnight
from domain.facts import CompanyRegistered, Excellence, Insolvency, ObjectionRaised
from domain.identity import check_subject
from domain.rules import Rule
from domain.wire import ANY_CLOUD_EVENT, CloudEvent
from tests.real_data import FINES, GAZETTE, RATINGS, real

Convert = Callable[..., list[Converted]]


def facts(converted: Iterable[Converted]) -> list[CloudEvent]:
    return [c for c in converted if isinstance(c, CloudEvent)]


def rejections(converted: Iterable[Converted]) -> list[Rejection]:
    return [c for c in converted if isinstance(c, Rejection)]


def told(converted: Iterable[Converted]) -> list[tuple[str, str]]:
    return [(type(f.data).__name__, f"{f.time.astimezone(UTC):%Y-%m-%d %H:%M}") for f in facts(converted)]


def assert_readable(fact: CloudEvent) -> None:
    assert ANY_CLOUD_EVENT.validate_json(fact.model_dump_json()) == fact
    assert check_subject(fact.subject) == fact.partitionkey
    assert fact.time <= fact.recordedtime


def quoted(columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    return out.getvalue()


# --- ratings -----------------------------------------------------------------------------------------------------


def action(**other: str) -> list[str]:
    """A row of the ratings file, with other cells where named; blanks in a name are underscores."""
    cells = {
        **dict.fromkeys(ratings.COLUMNS, "0.5"),
        "Rating Agency": "Moody's Investors Service",
        "Corporation": "Acme Inc.",
        "Rating": "AA-",
        "Rating Date": "7/30/2010",
        "CIK": "8670",
        **{column.replace("_", " "): cell for column, cell in other.items()},
    }
    return list(cells.values())


@pytest.fixture(name="rate")
def _rate(tmp_path: Path) -> Convert:
    def convert(*rows: list[str]) -> list[Converted]:
        path = tmp_path / "ratings.csv"
        path.write_text(quoted(ratings.COLUMNS, rows), "utf-8")
        return list(ratings.convert(path))

    return convert


def test_an_action_is_a_class_assessed_for_the_year_of_its_day(rate: Convert) -> None:
    registered, assessed = facts(rate(action()))
    assert (registered.subject, registered.source) == ("US-CIK-8670", "urn:bonitet:convert:ratings")
    assert registered.data.model_dump(exclude_none=True) == {"name": "Acme Inc."}
    assert registered.time == registered.recordedtime == assessed.time == datetime(2010, 7, 30, tzinfo=UTC)
    assert assessed.recordedtime == assessed.time + timedelta(seconds=1)
    assert assessed.data.model_dump() == {
        "business_year": 2009,
        "attained": Excellence.AA,
        "model_version": "moodys-investors-service",
        "inputs_hash": hashlib.sha256(",".join(["0.5"] * 16).encode()).hexdigest(),
        "statements_from": None,
    }
    assert_readable(registered)
    assert_readable(assessed)


@pytest.mark.parametrize(
    ("letters", "attained"),
    [
        ("AAA", "AAA"),
        ("AA+", "AA"),
        ("AA", "AA"),
        ("AA-", "AA"),
        ("A+", "A"),
        ("A", "A"),
        ("A-", "A"),
        ("BBB+", "none"),
        ("B-", "none"),
        ("CCC+", "none"),
        ("D", "none"),
    ],
)
def test_the_letters_of_an_agency_become_a_class(rate: Convert, letters: str, attained: str) -> None:
    assert facts(rate(action(Rating=letters)))[1].data.model_dump()["attained"] == attained


@pytest.mark.parametrize(
    ("cells", "begins"),
    [
        ({"Rating": "Baa1"}, "no rating: 'Baa1'"),
        ({"Rating": "АА"}, "no rating: 'АА'"),
        ({"Rating": ""}, "no rating: ''"),
        ({"Rating_Date": "2/30/2010"}, "no date: Rating Date is '2/30/2010'"),
        ({"Rating_Date": "2010-07-30"}, "no date: Rating Date is '2010-07-30'"),
        ({"Rating_Date": "7/30/1980"}, "no fact: business_year '1979'"),
        ({"CIK": "12345678901"}, "no CIK: 'US-CIK-12345678901' is no number of the register US-CIK"),
        ({"CIK": "ACME"}, "no CIK: 'US-CIK-ACME' is no number of the register US-CIK"),
        ({"Corporation": "  "}, "no fact: name"),
        ({"Rating_Agency": "-"}, "no agency: Rating Agency is '-'"),
    ],
)
def test_a_row_that_says_nothing_is_rejected_and_the_others_stay(
    rate: Convert, cells: dict[str, str], begins: str
) -> None:
    converted = rate(action(), action(**cells), action(Rating="D"))
    (rejected,) = rejections(converted)
    assert rejected.position == 2
    assert rejected.reason.startswith(begins)
    assert ";" in rejected.reason, "a reason says how to mend"
    assert len(facts(converted)) == 3


def test_a_company_is_registered_once_before_its_others_under_its_first_name_by_day(rate: Convert) -> None:
    converted = rate(
        action(Corporation="Acme Corp", Rating_Date="1/2/2012"),
        action(Corporation="Other", CIK="1", Rating_Date="12/31/2011"),
        action(Corporation="ACME  Inc", CIK="0008670", Rating_Date="9/30/2010"),
    )
    assert [(f.subject, type(f.data).__name__, f.time.year) for f in facts(converted)] == [
        ("US-CIK-8670", "CompanyRegistered", 2010),
        ("US-CIK-8670", "ClassAssessed", 2010),
        ("US-CIK-1", "CompanyRegistered", 2011),
        ("US-CIK-1", "ClassAssessed", 2011),
        ("US-CIK-8670", "ClassAssessed", 2012),
    ]
    assert facts(converted)[0].data.model_dump()["name"] == "ACME Inc"


def test_actions_of_one_day_keep_the_order_of_the_file(rate: Convert) -> None:
    converted = facts(rate(action(Rating="A"), action(Rating="AAA")))
    assert [f.data.model_dump().get("attained") for f in converted] == [None, "A", "AAA"]
    assert [(f.recordedtime - f.time).seconds for f in converted] == [0, 1, 2]
    assert len({f.id for f in converted}) == 3


def test_the_same_row_again_is_the_same_fact_again(rate: Convert) -> None:
    _, once, again, other = facts(rate(action(), action(), action(Sector="Utils")))
    assert once.model_dump() == again.model_dump()
    assert other.id != once.id


@cache
def real_ratings() -> list[Converted]:
    return list(ratings.convert(real(RATINGS)))


@cache
def real_actions() -> list[dict[str, str]]:
    with real(RATINGS).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def american(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def test_all_real_actions_are_facts_in_order_of_time() -> None:
    converted = real_ratings()
    count = Counter(type(c.data if isinstance(c, CloudEvent) else c).__name__ for c in converted)
    assert count == {"CompanyRegistered": 658, "ClassAssessed": 4_926}
    assert len({f.id for f in facts(converted)}) == 658 + 4_926
    assert all(a.time <= b.time for a, b in pairwise(facts(converted)))
    known: set[str] = set()
    for fact in facts(converted):
        assert_readable(fact)
        assert isinstance(fact.data, CompanyRegistered) is (fact.subject not in known)
        known.add(fact.subject)


def test_the_real_classes_by_year_are_those_that_the_file_holds() -> None:
    expected: dict[tuple[str, int], str] = {}
    names: dict[str, str] = {}
    for row in sorted(real_actions(), key=lambda r: american(r["Rating Date"])):  # stable: of a day, in file order
        letters = row["Rating"].rstrip("+-")
        year = american(row["Rating Date"]).year - 1  # the last one that had closed
        expected[row["CIK"], year] = letters if letters in {"A", "AA", "AAA"} else "none"
        names.setdefault(row["CIK"], row["Corporation"])
    found: dict[tuple[str, int], str] = {}
    for fact in sorted(facts(real_ratings()), key=lambda f: (f.time, f.recordedtime)):
        data = fact.data.model_dump()
        cik = fact.subject.removeprefix("US-CIK-")
        if "name" in data:
            assert data["name"] == names.pop(cik)
        else:
            found[cik, data["business_year"]] = str(data["attained"])
    assert names == {}
    assert found == expected
    assert set(expected.values()) == {"A", "AA", "AAA", "none"}


# --- insolvency --------------------------------------------------------------------------------------------------

PETITION, ORDER = "Petitions to Wind Up (Companies)", "Winding-Up Orders"


def notice(
    kind: str = PETITION,
    description: str = "Notice timeline for ACME LTD (00226896)",
    name: str = "Actions",
    number: str = "226896",
    day: str = "2019-12-02",
) -> list[str]:
    return ["Corporate Insolvency", kind, description, name, number, day]


@pytest.fixture(name="gazette")
def _gazette(tmp_path: Path) -> Convert:
    def convert(*rows: list[str]) -> list[Converted]:
        path = tmp_path / "gazette.csv"
        path.write_bytes(quoted(insolvency.COLUMNS, rows).encode("cp1252"))
        return list(insolvency.convert(path))

    return convert


def test_a_notice_registers_its_company_and_then_tells_its_proceeding(gazette: Convert) -> None:
    registered, petition = facts(gazette(notice()))
    assert (registered.subject, registered.source) == ("GB-00226896", "urn:bonitet:convert:insolvency")
    assert registered.data.model_dump(exclude_none=True) == {"name": "ACME LTD"}
    assert registered.time == registered.recordedtime == datetime(1980, 1, 1, tzinfo=UTC)
    assert petition.data.model_dump() == {"kind": Insolvency.BANKRUPTCY, "proceeding": "00226896/bankruptcy"}
    assert (petition.time, petition.recordedtime.hour) == (datetime(2019, 12, 2, tzinfo=UTC), 9)
    assert_readable(registered)
    assert_readable(petition)


@pytest.mark.parametrize(
    ("kind", "fact", "proceeding"),
    [
        (ORDER, "InsolvencyOpened", "bankruptcy"),
        ("Appointment of Administrators", "InsolvencyOpened", "preventive_restructuring"),
        ("Appointment of Liquidators", "InsolvencyOpened", "liquidation"),
        ("Resolutions for Winding-up", "InsolvencyOpened", "liquidation"),
        ("Resolutions for Winding Up", "InsolvencyOpened", "liquidation"),
        (PETITION, "ProceedingRequested", "bankruptcy"),
        ("Dismissal of Winding Up Petition", "ProceedingDismissed", "bankruptcy"),
    ],
)
def test_each_kind_of_notice_that_moves_a_proceeding_is_a_fact(
    gazette: Convert, kind: str, fact: str, proceeding: str
) -> None:
    _, event = facts(gazette(notice(kind)))
    assert type(event.data).__name__ == fact
    assert event.data.model_dump() == {"kind": proceeding, "proceeding": f"00226896/{proceeding}"}


@pytest.mark.parametrize(
    "kind",
    [
        "Meetings of Creditors",
        "Notices to Creditors",
        "Final Meetings",
        "Deemed Consent",
        "Overseas Territories and Dependencies",  # filled up with zeros, their numbers are those of other companies
    ],
)
def test_a_notice_that_moves_no_proceeding_is_rejected_and_registers_nobody(gazette: Convert, kind: str) -> None:
    (rejected,) = gazette(notice(kind))
    assert isinstance(rejected, Rejection)
    assert rejected.reason.startswith("no proceeding: ")
    assert rejected.row.startswith(f"Corporate Insolvency,{kind},")


def test_a_day_of_summer_begins_an_hour_earlier_in_london(gazette: Convert) -> None:
    converted = gazette(notice(day="2019-10-26"), notice(day="2019-10-28"))
    assert told(converted)[1:] == [
        ("ProceedingRequested", "2019-10-25 23:00"),
        ("ProceedingRequested", "2019-10-28 00:00"),
    ]


@pytest.mark.parametrize(
    ("written", "shown", "subject"),
    [
        ("00226896", "226896", "GB-00226896"),  # zeros lost by Company_number
        ("8396006", "8396006", "GB-08396006"),  # and by the description as well
        ("04621385 ", "4621385", "GB-04621385"),
        ("\n      04621385\n   ", "4621385", "GB-04621385"),
        ("SC123456", "123456", "GB-SC123456"),  # letters lost by Company_number
        ("NI012345", "12345", "GB-NI012345"),
        ("IP14738R", "14738", "GB-IP14738R"),
        ("07986602", "NA", "GB-07986602"),
    ],
)
def test_the_true_number_stands_in_the_description(gazette: Convert, written: str, shown: str, subject: str) -> None:
    converted = gazette(notice(description=f"Notice timeline for ACME LTD ({written})", number=shown))
    assert {c.subject for c in facts(converted)} == {subject}
    assert rejections(converted) == []


@pytest.mark.parametrize(
    ("row", "begins"),
    [
        (notice(description="Notice timeline for ACME LTD (130CUS)", number="130"), "no company number: 'GB-130CUS'"),
        (notice(description="Notice timeline for ACME LTD (BC No. 1870385)"), "no company number: 'GB-BCNo.1870385'"),
        (notice(description="Notice timeline for ACME LTD (123456789)"), "no company number: 'GB-123456789'"),
        (notice(description="Notice timeline for ACME LTD ()"), "no company number: 'GB-'"),
        (notice(description="Notice timeline for ACME LTD (839600²)"), "no company number: 'GB-839600²'"),
        (notice(number="226897"), "two numbers: the description says 00226896, Company_number '226897'"),
        (notice(description="ACME LTD (00226896)"), "no company: the description 'ACME LTD (00226896)'"),
        (notice(description="Notice timeline for ACME LTD"), "no company: "),
        (notice(description="Notice timeline for (00226896)"), "no company: "),
        (notice(description=f"Notice timeline for {'A' * 501} (00226896)"), "no fact: name"),
        (notice("Abolitions"), "unknown kind: no mapping for 'Abolitions'"),
        (notice(day="2019-02-29"), "no date: Date is '2019-02-29'"),
        (notice(day=""), "no date: Date is ''"),
        (notice(day="1979-12-31"), "no date: Date is '1979-12-31', facts are about 1980 to 2200"),
    ],
)
def test_a_notice_of_nobody_or_of_no_day_is_rejected(gazette: Convert, row: list[str], begins: str) -> None:
    converted = gazette(notice(), row)
    (rejected,) = rejections(converted)
    assert (rejected.position, rejected.reason[: len(begins)]) == (2, begins)
    assert ";" in rejected.reason, "a reason says how to mend"
    assert len(facts(converted)) == 2


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ACME LTD", "ACME LTD"),
        ("\n                     ACME   LTD ", "ACME LTD"),
        ("Acme Ltd", "ACME LTD"),
        ("BROOKSON (5511E) LIMITED", "BROOKSON (5511E) LIMITED"),
        ("ACME (HOLLOWAY ROAD – UNIT 3) LTD", "ACME (HOLLOWAY ROAD – UNIT 3) LTD"),  # Windows-1252, byte 0x96
    ],
)
def test_the_name_stands_in_the_description(gazette: Convert, written: str, name: str) -> None:
    converted = gazette(notice(description=f"Notice timeline for {written} (00226896)", name="Actions"))
    assert facts(converted)[0].data.model_dump()["name"] == name


def test_a_byte_that_means_nothing_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "gazette.csv"
    rows = [notice(), notice(description="Notice timeline for ACME ? LTD (00000001)", number="1"), notice(ORDER)]
    path.write_bytes(quoted(insolvency.COLUMNS, rows).encode().replace(b"?", b"\x81"))
    converted = list(insolvency.convert(path))
    assert [(r.position, r.reason.partition(":")[0]) for r in rejections(converted)] == [(2, "unreadable letter")]
    assert len(facts(converted)) == 3


def test_a_notice_delivered_again_is_the_very_same_fact(gazette: Convert) -> None:
    first = notice("Resolutions for Winding-up")
    second = notice(
        "Resolutions for Winding Up", "Notice timeline for \n  ACME LTD  (226896 )\n ", "RESOLUTION", "00226896"
    )
    _, once, again = facts(gazette(first, second))
    assert once.model_dump() == again.model_dump()
    (_, alone), (_, other_day) = facts(gazette(second)), facts(gazette(notice(first[1], day="2019-12-03")))
    assert alone.model_dump() == once.model_dump()
    assert other_day.id != once.id


def test_a_company_is_the_same_fact_whichever_notice_comes_first(gazette: Convert) -> None:
    early = notice(description="Notice timeline for ACME LTD (00226896)", day="2019-11-01")
    late = notice(ORDER, description="Notice timeline for ACME (IN LIQUIDATION) LTD (00226896)", day="2019-12-01")
    (one, *_), (other, *_) = facts(gazette(early, late)), facts(gazette(late, early))
    assert one.model_dump() == other.model_dump()
    assert one.data.model_dump()["name"] == "ACME LTD"
    assert [type(f.data).__name__ for f in facts(gazette(early, late))].count("CompanyRegistered") == 1


@cache
def scrape(number: int) -> list[Converted]:
    return list(insolvency.convert(real(GAZETTE[number])))


def delivered(number: int) -> list[dict[str, str]]:
    with real(GAZETTE[number]).open(encoding="cp1252", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("number", "accepted", "repeated", "reasons"),
    [
        (0, 452, 0, {"no proceeding": 146}),
        (1, 2_665, 6, {"no proceeding": 851, "no company number": 1}),
    ],
)
def test_every_real_notice_is_accepted_rejected_or_repeated(
    number: int, accepted: int, repeated: int, reasons: dict[str, int]
) -> None:
    notices = [f for f in facts(scrape(number)) if not isinstance(f.data, CompanyRegistered)]
    ids = {f.id for f in notices}
    rejected = rejections(scrape(number))
    assert (len(ids), len(notices) - len(ids)) == (accepted, repeated)
    assert Counter(r.reason.partition(":")[0] for r in rejected) == reasons
    assert len(ids) + len(rejected) + (len(notices) - len(ids)) == len(delivered(number))
    kinds = [row["Notice_type"] for row in delivered(number)]
    assert {kinds[r.position - 1] for r in rejected} >= {"Meetings of Creditors", "Notices to Creditors"}


@pytest.mark.parametrize("number", [0, 1])
def test_every_real_company_is_registered_once_and_first(number: int) -> None:
    known: set[str] = set()
    for fact in facts(scrape(number)):
        assert_readable(fact)
        assert isinstance(fact.data, CompanyRegistered) is (fact.subject not in known)
        known.add(fact.subject)
    assert len(known) == (278, 1_611)[number]


def test_the_second_scrape_delivers_all_of_the_first_again_unchanged() -> None:
    first, second = ({f.id: f.model_dump() for f in facts(scrape(n))} for n in (0, 1))
    assert first.items() <= second.items()
    assert len(first) == 452 + 278
    for number in (0, 1):
        for fact in facts(scrape(number)):
            assert (first, second)[number][fact.id] == fact.model_dump(), "one id, one content"


# --- fines -------------------------------------------------------------------------------------------------------

PENALTY = "Add penalty"
DEMANDED = 50_496  # not paid within 48 hours of the notice
OBJECTED = 2_560  # 2,234 appeals to the prefecture, 326 to a judge


def line(case: str, activity: str, day: str) -> list[str]:
    return [case, "0", activity, day, *[""] * 12]


def fine(case: str = "A1", *, paid: str | None = None, sent: str = "2006-12-05") -> list[list[str]]:
    rows = [
        line(case, "Create Fine", "2006-07-24"),
        line(case, "Send Fine", sent),
        line(case, "Insert Fine Notification", "2007-01-15"),
        line(case, "Add penalty", "2007-03-16"),
    ]
    payment = [line(case, "Payment", paid)] if paid else []
    return sorted(rows + payment, key=lambda r: r[3])


@pytest.fixture(name="log")
def _log(tmp_path: Path) -> Convert:
    def convert(*rows: list[str]) -> list[Converted]:
        path = tmp_path / "fines.csv.gz"
        path.write_bytes(gzip.compress(quoted(fines.COLUMNS, rows).encode()))
        return list(fines.convert(path))

    return convert


def test_a_fine_is_a_case_of_misuse_by_a_holder(log: Convert) -> None:
    converted = log(*fine(paid="2007-04-01"), line("A1", "Payment", "2007-05-01"), line("A1", PENALTY, "x"))
    assert told(converted) == [
        ("CompanyRegistered", "2006-07-23 22:00"),
        ("ClassAssessed", "2006-07-23 22:00"),
        ("ConsensusRecorded", "2006-07-23 22:00"),
        ("MisuseReported", "2006-07-23 22:00"),
        ("WarningServed", "2006-12-04 23:00"),
        ("WarningDelivered", "2007-01-14 23:00"),
        ("SecondDemandDelivered", "2007-01-16 23:00"),
        ("CessationDeclared", "2007-03-31 22:00"),
        ("CessationVerified", "2007-03-31 22:00"),
    ]
    assert [(f.recordedtime - f.time).seconds for f in facts(converted)] == list(range(1, 10))
    assert {f.subject for f in facts(converted)} == {"EX-00000001"}
    for fact in facts(converted):
        assert_readable(fact)
    _, assessed, agreed, reported, *_ = (f.data.model_dump() for f in facts(converted))
    assert (assessed["business_year"], assessed["attained"]) == (2005, "AAA")
    assert (agreed["order"], reported["case"]) == ("F-1", "A1")


def test_a_payment_may_come_before_the_notice(log: Convert) -> None:
    names = [name for name, _ in told(log(*fine(paid="2006-09-12")))]
    assert names[3:] == [
        "MisuseReported",
        "CessationDeclared",
        "CessationVerified",
        "WarningServed",
        "WarningDelivered",
    ]


def test_an_appeal_is_an_objection_and_what_became_of_it_is_not_told(log: Convert) -> None:
    appeals = [
        line("A1", "Insert Date Appeal to Prefecture", "2007-02-05"),
        line("A1", "Send Appeal to Prefecture", "2007-03-01"),
        line("A1", "Receive Result Appeal from Prefecture", "2007-04-02"),
        line("A1", "Notify Result Appeal to Offender", "2007-04-10"),
        line("A1", "Appeal to Judge", "2007-04-20"),
    ]
    converted = log(*fine(), *appeals)
    assert told(converted)[-2:] == [("ObjectionRaised", "2007-02-04 23:00"), ("ObjectionRaised", "2007-04-19 22:00")]
    assert len(converted) == 9
    objections = [fact.data for fact in facts(converted) if isinstance(fact.data, ObjectionRaised)]
    assert [(o.order, o.dispute, o.loss) for o in objections] == [
        ("F-1", "A1-prefecture", "A1"),
        ("F-1", "A1-judge", "A1"),
    ]
    for fact in facts(converted):
        assert_readable(fact)


@pytest.mark.parametrize(("paid", "demanded"), [("2007-01-16", False), ("2007-01-17", True), (None, True)])
def test_the_second_demand_is_received_when_the_48_hours_are_over_in_vain(
    log: Convert, paid: str | None, *, demanded: bool
) -> None:
    names = [name for name, _ in told(log(*fine(paid=paid)))]
    assert ("SecondDemandDelivered" in names) == demanded


def test_a_case_without_a_notice_or_a_penalty_is_taken_in(log: Convert) -> None:
    converted = log(*fine("A")[:3], *fine("B")[:2], *fine("C")[:1])
    assert rejections(converted) == []
    assert Counter(f.subject for f in facts(converted)) == {"EX-00000001": 7, "EX-00000002": 5, "EX-00000003": 4}


def test_a_case_that_was_never_created_is_one_rejection_and_keeps_its_number(log: Convert) -> None:
    converted = log(*fine("A"), *fine("B")[1:], *fine("C"))
    (rejected,) = rejections(converted)
    assert rejected.position == 5
    assert rejected.reason.startswith("no beginning: the case has no Create Fine")
    assert {f.subject for f in facts(converted)} == {"EX-00000001", "EX-00000003"}
    assert len({f.id for f in facts(converted)}) == 14


def test_a_case_with_a_day_that_is_none_is_rejected_whole(log: Convert) -> None:
    converted = log(*fine("A", sent="2006-12-32"), *fine("B"))
    assert [r.reason.partition(";")[0] for r in rejections(converted)] == ["no date: date is '2006-12-32'"]
    assert {f.subject for f in facts(converted)} == {"EX-00000002"}


def test_cases_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "fines.csv.gz"
    endless = quoted(fines.COLUMNS, [row for n in range(5_000) for row in fine(f"A{n}")])
    path.write_bytes(gzip.compress(endless.encode())[:-100])  # what was delivered before the break is there
    converted = fines.convert(path)
    assert len(list(islice(converted, 600))) == 600
    with pytest.raises(EOFError):
        list(converted)


def real_cases() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    with gzip.open(real(FINES), "rt", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        for case, steps in groupby(reader, key=lambda r: r[0]):
            yield case, [(step[2], step[3]) for step in steps]


def test_the_real_penalties_fall_on_the_last_of_sixty_days_in_all_cases() -> None:
    checked = 0
    for case, steps in real_cases():
        on = {activity: date.fromisoformat(day) for activity, day in steps if activity in {fines.NOTIFIED, PENALTY}}
        if len(on) == 2:
            term = days(Rule.GEN_2, midnight(on[fines.NOTIFIED], fines.ZONE), 60, fines.ZONE, None)
            assert term.last_day == on[PENALTY], case
            checked += 1
    assert checked == 50_943


def test_the_real_fines_tell_when_each_holder_was_warned_and_when_he_stopped() -> None:
    subjects: dict[str, dict[str, str]] = {}
    expected: Counter[str] = Counter()
    for number, (_, steps) in enumerate(real_cases(), start=1):
        first = dict(reversed(steps))
        subjects[f"EX-{number:08}"] = first
        expected.update(("CompanyRegistered", "ClassAssessed", "ConsensusRecorded", "MisuseReported"))
        expected.update(("WarningServed",) if fines.SENT in first else ())
        expected.update(("WarningDelivered",) if fines.NOTIFIED in first else ())
        expected.update(("CessationDeclared", "CessationVerified") if "Payment" in first else ())
        expected["ObjectionRaised"] += len(fines.APPEALS.keys() & first.keys())
    steps_of = {
        "WarningServed": "Send Fine",
        "WarningDelivered": "Insert Fine Notification",
        "CessationDeclared": "Payment",
        "CessationVerified": "Payment",
    }
    found: Counter[str] = Counter()
    for converted in fines.convert(real(FINES)):
        assert not isinstance(converted, Rejection)
        name = type(converted.data).__name__
        found[name] += 1
        if isinstance(data := converted.data, ObjectionRaised):
            before = next(step for step, whom in fines.APPEALS.items() if data.dispute.endswith(f"-{whom}"))
            assert converted.time == midnight(date.fromisoformat(subjects[converted.subject][before]), fines.ZONE)
        elif name != "SecondDemandDelivered":
            step = steps_of.get(name, "Create Fine")
            day = date.fromisoformat(subjects[converted.subject][step])
            assert converted.time == midnight(day, fines.ZONE)
    assert found.pop("SecondDemandDelivered") == DEMANDED
    assert found == expected
    assert (len(subjects), found["WarningDelivered"], found["CessationVerified"]) == (89_991, 50_943, 41_179)
    assert found["ObjectionRaised"] == OBJECTED


# --- all of them -------------------------------------------------------------------------------------------------


def test_there_is_a_converter_for_each_kind_of_file() -> None:
    assert set(CONVERTERS) == {"ratings", "insolvency", "fines"}
    assert CONVERTERS["insolvency"] is insolvency.convert


@pytest.mark.parametrize("content", ["", "Company,Rating\nAcme,AAA\n", '"Company'])
@pytest.mark.parametrize("kind", ["ratings", "insolvency", "fines"])
def test_another_file_is_refused_before_its_first_row(tmp_path: Path, kind: str, content: str) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(gzip.compress(content.encode()) if kind == "fines" else content.encode())
    with pytest.raises(WrongFile, match=r"columns are .*; this converter reads .*: name the file it is made for"):
        list(CONVERTERS[kind](path))


def test_a_broken_row_is_rejected_and_a_blank_line_is_none(tmp_path: Path) -> None:
    path = tmp_path / "gazette.csv"
    good = quoted(insolvency.COLUMNS, [notice()])
    path.write_text(f'{good}\na,b\n"x"y,c\n' + quoted(insolvency.COLUMNS, [notice(ORDER)]).partition("\n")[2], "cp1252")
    converted = list(insolvency.convert(path))
    assert [(r.position, r.reason[:16]) for r in rejections(converted)] == [
        (2, "no row: it has 2"),
        (3, "no row: ',' expe"),
    ]
    assert [name for name, _ in told(converted)] == ["CompanyRegistered", "ProceedingRequested", "InsolvencyOpened"]


def test_a_quote_that_never_closes_is_rejected(gazette: Convert, tmp_path: Path) -> None:
    gazette(notice())
    path = tmp_path / "gazette.csv"
    path.write_bytes(path.read_bytes() + b'"Corporate Insolvency,')
    assert [type(c).__name__ for c in insolvency.convert(path)][2:] == ["Rejection"]


@settings(deadline=None)  # a file is written each time
@given(st.lists(st.lists(st.text(st.characters(codec="cp1252"), max_size=30), max_size=8), max_size=5))
def test_no_row_is_lost_whatever_it_holds(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("any") / "gazette.csv"
    path.write_bytes(quoted(insolvency.COLUMNS, rows).encode("cp1252"))
    notices = [c for c in insolvency.convert(path) if isinstance(c, Rejection)]
    assert [r.position for r in notices] == list(range(1, 1 + sum(1 for row in rows if row)))


def test_a_rejection_keeps_its_row_as_it_came(gazette: Convert) -> None:
    row = notice("Meetings of Creditors", name='SAID "ACME", LTD')
    (rejected,) = rejections(gazette(row))
    assert next(csv.reader([rejected.row])) == row


def as_json(converted: Iterable[Converted]) -> list[dict[str, Any]]:
    return [json.loads(f.model_dump_json()) for f in facts(converted)]


def test_two_runs_give_the_same_lines_and_no_two_files_share_an_id(
    rate: Convert, gazette: Convert, log: Convert
) -> None:
    once = [as_json(rate(action())), as_json(gazette(notice())), as_json(log(*fine()))]
    assert once == [as_json(rate(action())), as_json(gazette(notice())), as_json(log(*fine()))]
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for lines in once:
        for told_line in lines:
            sources[told_line["id"]].add(told_line["source"])
    assert len(sources) == 2 + 2 + 7
