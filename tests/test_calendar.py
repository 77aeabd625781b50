"""How terms are counted: every line of the table of deadlines, and what moves a day or doesn't."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from domain.calendar import (
    Term,
    Unit,
    days,
    days_before,
    derivation,
    hours,
    internal_target,
    local_day,
    midnight,
    months,
    months_after,
    recounted,
    working_days,
)
from domain.rules import Rule
from domain.schemes.days_off_serbia import SERBIA_1
from tests.story import moment

ZONE = "Europe/Belgrade"
SATURDAY_COUNTS = replace(SERBIA_1, saturday_is_working_day=True)
SATURDAY_ENDS_A_TERM = replace(SERBIA_1, saturday_shifts_calendar_term=False)


def on(text: str) -> date:
    return date.fromisoformat(text)


def last_day_of_seven(receipt: str) -> date | None:
    return working_days(Rule.DNB_7_3, moment(receipt), 7, ZONE, SERBIA_1).last_day


# --- the table of deadlines --------------------------------------------------------------------------------------


def test_48_hours_over_the_change_of_the_clocks_lapse_an_hour_later_on_the_wall() -> None:
    term = hours(Rule.DNB_7_1, moment("2026-03-28 10:00"), 48, ZONE)
    assert term.lapses_at == moment("2026-03-30 11:00")
    assert term.lapses_at - term.starts == timedelta(hours=48)


def test_48_hours_over_the_change_back_lapse_an_hour_earlier_on_the_wall() -> None:
    assert hours(Rule.DNB_7_1, moment("2026-10-24 10:00"), 48, ZONE).lapses_at == moment("2026-10-26 09:00")


def test_48_hours_run_over_nights_weekends_and_holidays() -> None:
    assert hours(Rule.DNB_7_1, moment("2026-04-10 16:30"), 48, ZONE).lapses_at == moment("2026-04-12 16:30")


@pytest.mark.parametrize(
    ("receipt", "last"),
    [
        ("2026-04-07", "2026-04-20"),  # Good Friday and Easter Monday
        ("2026-04-29", "2026-05-11"),  # 1 May; 2 May is a Saturday
        ("2026-12-29", "2027-01-11"),  # 1 and 7 January
        ("2026-02-11", "2026-02-24"),  # 15 February is a Sunday, 17 February its substitute
    ],
)
def test_seven_working_days_pass_over_days_off(receipt: str, last: str) -> None:
    assert last_day_of_seven(receipt) == on(last)
    assert last_day_of_seven(f"{receipt} 23:59") == on(last)


def test_seven_days_end_otherwise_where_saturdays_are_worked_or_days_are_calendar_days() -> None:
    receipt = moment("2026-04-07 10:00")
    assert working_days(Rule.DNB_7_3, receipt, 7, ZONE, SATURDAY_COUNTS).last_day == on("2026-04-18")
    assert days(Rule.DNB_7_3, receipt, 7, ZONE, SERBIA_1).last_day == on("2026-04-14")


def test_a_day_term_lapses_at_midnight_after_its_last_day() -> None:
    term = working_days(Rule.DNB_7_3, moment("2026-04-07 10:00"), 7, ZONE, SERBIA_1)
    assert term.lapses_at == moment("2026-04-21 00:00")


def test_three_days_after_a_loss_move_on_from_easter() -> None:
    term = days(Rule.DNB_6_17, moment("2026-04-09"), 3, ZONE, SERBIA_1)
    assert term.last_day == on("2026-04-14")
    assert term.skipped == (on("2026-04-12"), on("2026-04-13"))


def test_notice_and_cancellation_hang_on_the_expiry_and_no_day_off_moves_them() -> None:
    expiry = on("2026-06-30")
    notice = days_before(Rule.DNB_4_11, expiry, 60, ZONE)
    cancel = days_before(Rule.DNB_4_6, expiry, 30, ZONE)
    assert notice.last_day == on("2026-05-01")
    assert internal_target(notice, SERBIA_1) == on("2026-04-30")
    assert cancel.last_day == on("2026-05-31")
    assert cancel.lapses_at == moment("2026-06-01 00:00")


def test_the_internal_target_of_a_working_day_is_that_day() -> None:
    assert internal_target(days_before(Rule.DNB_4_11, on("2026-06-29"), 60, ZONE), SERBIA_1) == on("2026-04-30")


def test_fifteen_days_after_a_late_notice() -> None:
    assert days(Rule.DNB_4_13, moment("2026-06-10 15:00"), 15, ZONE, SERBIA_1).last_day == on("2026-06-25")


def test_materials_within_three_working_days_and_the_parcel_within_thirty_days() -> None:
    agreed = moment("2026-04-29 12:00")
    assert working_days(Rule.DNB_6_5, agreed, 3, ZONE, SERBIA_1).last_day == on("2026-05-05")
    assert days(Rule.DNB_6_6, agreed, 30, ZONE, SERBIA_1).last_day == on("2026-05-29")


def test_an_adverse_change_is_announced_thirty_days_before_it() -> None:
    assert days_before(Rule.DNB_14_2, on("2026-09-01"), 30, ZONE).last_day == on("2026-08-02")


def test_twelve_months_from_the_29th_of_february_end_on_the_28th() -> None:
    assert months(Rule.DNB_4_3, on("2028-02-29"), 12, ZONE).last_day == on("2029-02-28")


def test_the_29th_of_february_comes_back_in_a_leap_year() -> None:
    assert months(Rule.DNB_4_3, on("2028-02-29"), 48, ZONE).last_day == on("2032-02-29")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-01-15", 12, "2027-01-15"), ("2026-12-31", 12, "2027-12-31")],
)
def test_months_end_on_the_same_numbered_day_or_the_last(start: str, length: int, end: str) -> None:
    assert months_after(on(start), length) == on(end)


# --- what moves a day --------------------------------------------------------------------------------------------


def test_a_weekend_does_not_move_the_end_of_a_contract() -> None:
    term = months(Rule.DNB_4_3, on("2025-02-15"), 12, ZONE)
    assert term.last_day == on("2026-02-15")  # a Sunday and a holiday
    assert term.lapses_at == moment("2026-02-16 00:00")


@pytest.mark.parametrize(("calendar", "last"), [(SERBIA_1, "2026-06-08"), (SATURDAY_ENDS_A_TERM, "2026-06-06")])
def test_a_saturday_moves_a_term_in_calendar_days_if_the_policy_reads_so(calendar: object, last: str) -> None:
    assert isinstance(calendar, type(SERBIA_1))
    assert days(Rule.DNB_4_13, moment("2026-05-22"), 15, ZONE, calendar).last_day == on(last)


def test_a_sunday_always_moves_a_term_in_calendar_days() -> None:
    assert days(Rule.DNB_4_13, moment("2026-05-23"), 15, ZONE, SATURDAY_ENDS_A_TERM).last_day == on("2026-06-08")


def test_without_a_calendar_calendar_days_stay_where_they_are() -> None:
    term = days(Rule.DNB_4_4, moment("2026-05-22"), 15, ZONE, None)
    assert (term.unit, term.last_day, term.calendar) == (Unit.DAYS_UNSHIFTED, on("2026-06-06"), None)


def test_the_local_day_begins_at_local_midnight() -> None:
    assert local_day(datetime(2026, 6, 30, 21, 59, tzinfo=UTC), ZONE) == on("2026-06-30")
    assert local_day(datetime(2026, 6, 30, 22, 0, tzinfo=UTC), ZONE) == on("2026-07-01")
    assert midnight(on("2026-07-01"), ZONE) == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
    assert midnight(on("2026-01-01"), ZONE) == datetime(2025, 12, 31, 23, 0, tzinfo=UTC)


# --- corrected calendars -----------------------------------------------------------------------------------------

CORRECTED = SERBIA_1.corrected("RS/2", off=(on("2026-04-14"),), working=(on("2026-04-13"),))


def test_a_corrected_calendar_has_other_days_off_under_a_new_version() -> None:
    assert CORRECTED.version == "RS/2"
    assert not CORRECTED.is_working_day(on("2026-04-14"))
    assert CORRECTED.is_working_day(on("2026-04-13"))
    assert SERBIA_1.is_working_day(on("2026-04-14"))
    assert hash(CORRECTED) != hash(SERBIA_1)


def test_calendar_and_working_days_are_counted_again_with_a_corrected_calendar() -> None:
    seven = working_days(Rule.DNB_7_3, moment("2026-04-07"), 5, ZONE, SERBIA_1)
    three = days(Rule.DNB_6_17, moment("2026-04-09"), 3, ZONE, SERBIA_1)
    assert (seven.last_day, recounted(seven, CORRECTED).last_day) == (on("2026-04-16"), on("2026-04-16"))
    assert (three.last_day, recounted(three, CORRECTED).last_day) == (on("2026-04-14"), on("2026-04-13"))
    assert recounted(seven, CORRECTED).calendar == "RS/2"


@pytest.mark.parametrize(
    "term",
    [
        hours(Rule.DNB_7_1, moment("2026-04-09"), 48, ZONE),
        days(Rule.DNB_4_4, moment("2026-04-09"), 3, ZONE, None),
        months(Rule.DNB_4_3, on("2025-04-13"), 12, ZONE),
        days_before(Rule.DNB_4_6, on("2026-05-13"), 30, ZONE),
    ],
)
def test_other_terms_know_no_calendar(term: Term) -> None:
    assert recounted(term, CORRECTED) is term


def test_the_days_off_of_serbia_are_those_of_the_law() -> None:
    by_law = holidays.country_holidays("RS", years=range(2007, 2050))
    assert {day for day in SERBIA_1.days_off if 2007 <= day.year < 2050} == set(by_law)


# --- derivation --------------------------------------------------------------------------------------------------


def test_the_derivation_of_hours_tells_of_the_clocks_only_where_they_change() -> None:
    over = derivation(hours(Rule.DNB_7_1, moment("2026-03-28 10:00"), 48, ZONE))
    assert over == (
        "rule DNB-7.1: 48 elapsed hours (GEN-4)",
        "they start at Sat 2026-03-28 10:00 local, 2026-03-28 09:00 UTC",
        "the clocks change in between; elapsed hours are counted in UTC",
        "it lapses at 2026-03-30 11:00 local (Europe/Belgrade), 2026-03-30 09:00 UTC",
    )
    assert len(derivation(hours(Rule.DNB_7_1, moment("2026-03-30 10:00"), 48, ZONE))) == len(over) - 1


def test_the_derivation_of_calendar_days_names_the_days_passed_over() -> None:
    assert derivation(days(Rule.DNB_6_17, moment("2026-04-09"), 3, ZONE, SERBIA_1)) == (
        "rule DNB-6.17: 3 calendar days (GEN-2), counted from the day after Thu 2026-04-09",
        "day 3 is Sun 2026-04-12",
        "no term ends on Sun 2026-04-12, Mon 2026-04-13 by calendar RS/1, so it goes on to Tue 2026-04-14",
        "it lapses at 2026-04-15 00:00 local (Europe/Belgrade), 2026-04-14 22:00 UTC",
    )
    assert len(derivation(days(Rule.DNB_6_17, moment("2026-04-14"), 3, ZONE, SERBIA_1))) == 3


def test_the_derivation_of_working_days_names_the_days_not_counted() -> None:
    told = derivation(working_days(Rule.DNB_7_3, moment("2026-04-29"), 1, ZONE, SERBIA_1))
    assert told[1:3] == ("not counted by calendar RS/1: none", "working day 1 is Thu 2026-04-30")
    told = derivation(working_days(Rule.DNB_7_3, moment("2026-04-30"), 1, ZONE, SERBIA_1))
    assert told[1] == "not counted by calendar RS/1: Fri 2026-05-01, Sat 2026-05-02, Sun 2026-05-03"


def test_the_derivation_of_months_and_of_days_before_says_that_nothing_moves_them() -> None:
    assert "no weekend moves it" in derivation(months(Rule.DNB_4_3, on("2025-02-15"), 12, ZONE))[1]
    told = derivation(days_before(Rule.DNB_4_6, on("2026-06-30"), 30, ZONE))
    assert told[:2] == (
        "rule DNB-4.6: 30 days before Tue 2026-06-30; no day off moves it (GEN-5)",
        "the last admissible day is Sun 2026-05-31, until 24:00 local",
    )
