"""The demonstration portfolio: what it holds can be read, is in order, and is the same each time."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from stdnum.rs import pib as tax_number

from adapters.demo.names import LATIN, company_brand, legal_form, person, to_ascii, to_latin, town
from adapters.demo.portfolio import MOST_COMPANIES, STORIES, companies_for_facts, pib, portfolio
from adapters.demo.stories import CANCELLED, EVENTFUL, PLATINUM, RESTORED, TOO_LATE
from domain.facts import ANNOUNCEMENTS, FACTS
from domain.identity import SCHEME_SUBJECT, check_subject
from domain.wire import ANY_CLOUD_EVENT


def digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


@cache
def large() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in portfolio(1_000, seed=7))


def name(fact: dict[str, Any]) -> str:
    return str(fact["type"]).split(".")[2]


def told(story: str) -> list[tuple[str, str]]:
    return [(name(fact), fact["time"][:16]) for fact in large() if fact["subject"] == STORIES[story]]


def test_the_same_arguments_give_the_same_lines_and_another_seed_gives_others() -> None:
    once = digest(list(portfolio(50, seed=1)))
    assert once == digest(list(portfolio(50, seed=1)))
    assert once != digest(list(portfolio(50, seed=2)))


def test_every_line_is_a_fact_that_the_intake_reads() -> None:
    for line in portfolio(200, seed=3):
        assert b"\n" not in line
        event = ANY_CLOUD_EVENT.validate_json(line)
        assert check_subject(event.subject) == event.partitionkey
        assert event.time <= event.recordedtime or isinstance(event.data, ANNOUNCEMENTS)


def test_lines_ascend_by_the_time_of_learning_and_stay_within_their_years() -> None:
    recorded = [datetime.fromisoformat(fact["recordedtime"]) for fact in large()]
    assert all(earlier <= later for earlier, later in pairwise(recorded))
    assert recorded[0] >= datetime.fromisoformat("2017-12-30T00:00:00+01:00")
    assert recorded[-1] < datetime.fromisoformat("2026-01-01T00:00:00+01:00")


def test_fewer_years_and_other_years_are_told_as_well() -> None:
    facts = [json.loads(line) for line in portfolio(20, seed=5, first_year=2030, years=1)]
    assert {fact["recordedtime"][:4] for fact in facts} == {"2029", "2030"}
    taken_over = {f["subject"] for f in facts if name(f) == "CertificateTakenOver"}  # these bring a class of before
    assert all(f["data"].get("business_year", 2029) == 2029 or f["subject"] in taken_over for f in facts)


def test_nothing_precedes_the_founding_or_comes_before_the_registration() -> None:
    seen = {SCHEME_SUBJECT}
    for fact in large():
        if name(fact) == "CompanyRegistered":
            assert fact["data"]["founded"] < fact["time"][:10]
            seen.add(fact["subject"])
        assert fact["subject"] in seen
    assert len(seen) == 1_000 + 1


def test_after_its_deletion_nothing_is_heard_of_a_company() -> None:
    deleted: dict[str, str] = {}
    for fact in large():
        if fact["subject"] in deleted:
            assert deleted[fact["subject"]] == fact["id"], "only the deletion itself may come twice"
        if name(fact) == "CompanyDeregistered":
            deleted[fact["subject"]] = fact["id"]
    assert len(deleted) > 10


def test_tax_numbers_have_their_check_digit_and_begin_with_what_no_office_gives_out() -> None:
    numbers = {fact["data"]["pib"] for fact in large() if name(fact) == "CompanyRegistered"}
    assert len(numbers) == 1_000
    assert all(tax_number.is_valid(number) and number.startswith("99") for number in numbers)
    assert pib("10113470") == "101134702"
    assert all(fact["subject"].startswith("RS-9") for fact in large() if fact["subject"] != SCHEME_SUBJECT)


@pytest.mark.parametrize("companies", [len(STORIES), 40, 1_000])
def test_every_kind_of_fact_is_in_the_smallest_portfolio(companies: int) -> None:
    assert {name(json.loads(line)) for line in portfolio(companies, seed=7)} == set(FACTS)


def test_every_kind_of_fact_but_the_rarest_befalls_companies_whose_lives_are_drawn() -> None:
    drawn = {name(fact) for fact in large() if fact["subject"] not in STORIES.values()}
    assert len(set(FACTS) - drawn) <= 3


def test_proportions_are_plausible() -> None:
    facts = large()
    kinds = Counter(name(fact) for fact in facts)
    company_years = 1_000 * 8
    assert 44 < len(facts) / 1_000 < 56
    assert 0.8 < kinds["EmployeesInformed"] / (kinds["OrderConfirmationSent"] + kinds["ConsensusRecorded"]) < 1.4
    assert 0.9 < kinds["PaymentReceived"] / kinds["InvoiceIssued"] < 1.1
    assert 0.9 < kinds["ParcelDelivered"] / kinds["PackageOrdered"] <= 1.01
    assert (
        0.03 < len({(f["subject"], f["time"][:4]) for f in facts if name(f) == "AccountBlocked"}) / company_years < 0.05
    )
    assert 0.004 < kinds["InsolvencyOpened"] / company_years < 0.010
    by_phone = kinds["PhoneOrderPlaced"] / (kinds["PhoneOrderPlaced"] + kinds["ConsensusRecorded"])
    assert 0.5 < by_phone < 0.7
    cancelled = kinds["RenewalCancelled"] / kinds["RenewalNoticeDelivered"]
    assert 0.03 < cancelled < 0.09
    cyrillic = sum(bool(re.search("[а-ш]", f["data"]["name"])) for f in facts if name(f) == "CompanyRegistered")
    assert 400 < cyrillic < 600
    editions = Counter(f["data"]["edition"] for f in facts if name(f) == "SpecialEditionAgreed")
    assert set(editions) == {"silver", "gold", "platinum"}


def test_some_lines_come_twice_and_some_months_late() -> None:
    facts = large()
    twice = len(facts) - len({fact["id"] for fact in facts})
    waits = (datetime.fromisoformat(f["recordedtime"]) - datetime.fromisoformat(f["time"]) for f in facts)
    late = sum(wait.days >= 24 for wait in waits)
    assert 0.001 < twice / len(facts) < 0.002
    assert 0.001 < late / len(facts) < 0.003
    assert 0.002 < (twice + late) / len(facts) < 0.005


def test_cases_of_misuse_end_in_every_way() -> None:
    cases: dict[str, list[str]] = defaultdict(list)
    for fact in {fact["id"]: fact for fact in large()}.values():
        if "case" in fact["data"]:
            cases[fact["data"]["case"]].append(name(fact))
    ends = {
        "ceased": ["MisuseReported", "WarningServed", "WarningDelivered", "CessationDeclared", "CessationVerified"],
        "undelivered": ["MisuseReported", "WarningServed"],
        "infringement": ["MisuseReported", "InfringementEnded"],
        "unfounded": ["MisuseReported", "CaseDismissed"],
        "withdrawn": [
            *("MisuseReported", "WarningServed", "WarningDelivered", "SecondDemandServed", "SecondDemandDelivered"),
            *("ViolationVerified", "PermanentWithdrawalProposed", "PermanentWithdrawalApproved"),
        ],
        "restored": [
            *("MisuseReported", "WarningServed", "WarningDelivered", "SecondDemandServed", "SecondDemandDelivered"),
            *("CessationDeclared", "CessationVerified"),
        ],
        "untrue": [
            *("MisuseReported", "WarningServed", "WarningDelivered", "CessationDeclared", "CessationFoundUntrue"),
            *("SecondDemandServed", "SecondDemandDelivered", "CessationDeclared", "CessationVerified"),
        ],
    }
    assert [end for end, steps in ends.items() if steps not in cases.values()] == []


def test_two_people_decide_and_those_who_act_have_a_role() -> None:
    proposed = {
        f["data"]["case"]: f["data"]["proposed_by"] for f in large() if name(f) == "PermanentWithdrawalProposed"
    }
    for fact in large():
        assert ("actor" in fact) == ("role" in fact)
        assert not fact["source"].endswith(":desk") or fact["role"] in {"back-office", "supervisor"}
        if name(fact) == "ReinstatementDecided":
            two = fact["data"]["decided_by"], fact["data"].get("approved_by", fact["actor"])
            assert two[0] != two[1] == fact["actor"]
        if name(fact) == "PermanentWithdrawalApproved":
            assert proposed[fact["data"]["case"]] != fact["data"]["approved_by"] == fact["actor"]


def test_no_address_is_anybodys() -> None:
    for fact in large():
        for field in ("email", "sender", "address"):
            assert fact["data"].get(field, "a@b.example").endswith(".example")


def test_a_retraction_names_a_fact_that_came_before_it() -> None:
    known: dict[str, str] = {}
    retracted: Counter[str] = Counter()
    for line in portfolio(3_000, seed=7):
        if b"AccountBlocked" in line or b"FactRetracted" in line:
            fact = json.loads(line)
            if name(fact) == "FactRetracted":
                retracted[known[fact["data"]["fact"]]] += 1
            known[fact["id"]] = name(fact)
    blockades = list(known.values()).count("AccountBlocked")
    assert 0.02 < retracted["AccountBlocked"] / blockades < 0.04
    assert retracted["FactRetracted"] > 0


def test_the_stories_are_told_under_their_names() -> None:
    registered = {f["data"]["name"]: f["subject"] for f in large() if name(f) == "CompanyRegistered"}
    assert STORIES.items() <= registered.items()
    assert set(STORIES) == {PLATINUM, RESTORED, CANCELLED, TOO_LATE, EVENTFUL}
    agreed = [
        f["data"]["edition"] for f in large() if name(f) == "SpecialEditionAgreed" and f["subject"] == STORIES[PLATINUM]
    ]
    assert list(dict.fromkeys(agreed)) == ["silver", "gold", "platinum"]


def test_the_stories_happen_on_their_days() -> None:
    assert ("OrderConfirmationSent", "2018-09-12T12:00") in told(PLATINUM)
    assert told(PLATINUM).index(("AccountBlocked", "2024-03-04T00:00")) < told(PLATINUM).index(
        ("FactRetracted", "2024-03-21T09:00")
    )
    assert ("WarningDelivered", "2023-11-07T10:20") in told(RESTORED)
    assert ("CessationVerified", "2023-11-16T11:00") in told(RESTORED)
    assert ("OrderConfirmationSent", "2020-08-31T12:00") in told(CANCELLED)
    assert ("RenewalCancelled", "2022-08-01T23:58") in told(CANCELLED)
    assert ("OrderConfirmationSent", "2020-08-31T12:00") in told(TOO_LATE)
    assert ("RenewalCancelled", "2022-08-02T00:02") in told(TOO_LATE)


@pytest.mark.parametrize("companies", [0, 1, len(STORIES)])
def test_the_stories_are_always_there(companies: int) -> None:
    subjects = {json.loads(line)["subject"] for line in portfolio(companies, seed=1, years=1)}
    assert subjects == {SCHEME_SUBJECT, *STORIES.values()}


def test_more_companies_than_there_are_numbers_for_are_refused() -> None:
    with pytest.raises(ValueError, match="900000"):
        next(portfolio(MOST_COMPANIES + 1, seed=1))


@pytest.mark.parametrize("years", [2, 8])
def test_the_number_of_companies_for_so_many_facts_is_about_right(years: int) -> None:
    lines = sum(1 for _ in portfolio(companies_for_facts(20_000, years), seed=11, years=years))
    assert lines == pytest.approx(20_000, rel=0.06)


def test_names_are_read_in_both_scripts_without_loss() -> None:
    back = {latin: letter for letter, latin in LATIN.items()}
    back |= {latin.capitalize(): letter.upper() for latin, letter in back.items()}
    digraph_first = re.compile("|".join(sorted(back, key=len, reverse=True)))
    rng = Random(1)
    made = {make(rng) for make in (company_brand, town, person) for _ in range(5_000)}
    made |= {form for _ in range(200) for form in legal_form(rng)}
    for text in sorted(made):
        latin = to_latin(text)
        assert not re.search("[Ѐ-ӿ]", latin)
        assert digraph_first.sub(lambda match: back[match[0]], latin) == text
        assert re.fullmatch("[a-z-]+", to_ascii(text))
        assert '"' not in text
    assert {letter for text in made for letter in text.lower()} >= set(LATIN)


def test_each_letter_has_its_own_in_latin() -> None:
    assert (
        to_latin("Љубав, Његош, Џеп, Ђак, жеља, чеп, ноћ, шума") == "Ljubav, Njegoš, Džep, Đak, želja, čep, noć, šuma"
    )
    assert len(set(LATIN.values())) == len(LATIN) == 30
