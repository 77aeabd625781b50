"""Which company is meant: numbers that a register could have entered, and numbers that it couldn't."""

import pytest

from domain.identity import SCHEME_SUBJECT, InvalidSubject, check_subject, mb_check_digit


@pytest.mark.parametrize(
    "subject",
    [
        "RS-17162543",
        "RS-20084693",
        "RS-17012347",
        "GB-00445790",
        "GB-SC123456",
        "GB-IP12345R",
        "US-CIK-320193",
        "US-CIK-1",
        "US-CIK-1234567890",
        "EX-00000001",
        SCHEME_SUBJECT,
    ],
)
def test_a_number_that_its_register_could_have_entered_is_let_through(subject: str) -> None:
    assert check_subject(subject) == subject


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ("RS-17162544", "its check digit is 4, by its first seven digits it would be 3"),
        ("RS-1716254", "eight digits"),
        ("RS-171625433", "eight digits"),
        ("RS-1716254٣", "eight digits"),
        ("RS-", "eight digits"),
        ("GB-0044579", "a company number has"),
        ("GB-004457901", "a company number has"),
        ("GB-S1234567", "a company number has"),
        ("GB-sc123456", "a company number has"),
        ("GB-0044579٣", "a company number has"),
        ("US-CIK-", "one to ten digits"),
        ("US-CIK-12345678901", "one to ten digits"),
        ("US-CIK-12A", "one to ten digits"),
        ("EX-0000001", "eight digits"),
        ("EX-000000012", "eight digits"),
        ("17162543", "names no known register; write one of RS-, GB-, US-CIK-, EX- and the number"),
        ("rs-17162543", "names no known register"),
        ("SCHEME-DNB-BA", "names no known register"),
        ("", "names no known register"),
    ],
)
def test_another_number_is_refused_with_what_is_wrong_with_it(subject: str, why: str) -> None:
    with pytest.raises(InvalidSubject, match=why):
        check_subject(subject)


@pytest.mark.parametrize(
    ("first_seven", "digit"),
    [
        ("1716254", 3),
        ("2008469", 3),
        ("0000000", 0),  # the remainder is 0, so the result 11 counts as 0
        ("0000006", 0),  # the remainder is 1, so the result 10 counts as 0
        ("0000005", 1),
        ("0000001", 9),
    ],
)
def test_the_check_digit_of_a_maticni_broj_is_counted_modulo_eleven(first_seven: str, digit: int) -> None:
    assert mb_check_digit(first_seven) == digit


def test_one_wrong_digit_or_two_exchanged_ones_are_noticed() -> None:
    for wrong in ("RS-17162553", "RS-71162543", "RS-17126543"):
        with pytest.raises(InvalidSubject):
            check_subject(wrong)


def test_a_long_subject_is_quoted_in_part() -> None:
    with pytest.raises(InvalidSubject) as refused:
        check_subject("X" * 500)
    assert len(str(refused.value)) < 200
