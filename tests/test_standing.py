"""What the register shows for every combination of the three ledgers: contract, class attained, licence."""

from dataclasses import replace
from typing import Any

import pytest

from domain.certificate import Attestation, Certificate, Ground, Phase, PhaseFrom, Revision, Suspension
from domain.facts import Edition, Excellence
from domain.rules import Rule
from domain.standing import Status, history, standing
from tests.story import day, moment

BEGUN, BEFORE, ENDED, AFTER, NOW = (
    moment(text) for text in ("2025-06-30", "2026-03-01", "2026-07-01", "2026-08-01", "2026-09-01")
)


def begun(phase: Phase, rule: Rule, at: Any = ENDED, term: int = 1) -> PhaseFrom:
    return PhaseFrom(at, phase, term, day("2025-06-30"), day("2026-06-30"), rule)


FIRST = begun(Phase.RUNNING, Rule.DNB_4_3, BEGUN)
# What the contract is since 1 July 2026, and what the register shows if class and licence are in order.
CONTRACTS = {
    "running": (begun(Phase.RUNNING, Rule.DNB_4_5), Status.VALID),
    "provisional": (begun(Phase.PROVISIONAL, Rule.DNB_4_5), Status.VALID),
    "held": (begun(Phase.HELD, Rule.DNB_4_14), Status.VALID),
    "extended": (begun(Phase.EXTENDED, Rule.DNB_4_4), Status.VALID_EXTENDED),
    "expired": (begun(Phase.EXPIRED, Rule.DNB_4_8), Status.EXPIRED),
    "cancelled": (begun(Phase.CANCELLED, Rule.DNB_4_6), Status.CANCELLED_AT_EXPIRY),
    "ceased": (begun(Phase.CEASED, Rule.DNB_6_12), Status.EXPIRED),
    "withdrawn": (begun(Phase.WITHDRAWN, Rule.DNB_9_3), Status.EXPIRED),
}
OVER = {"expired", "cancelled", "ceased", "withdrawn"}


def ground(since: Any, rule: Rule = Rule.DNB_6_14, **ends: Any) -> Ground:
    return Ground("B-1", rule, since, **ends)


# How the licence stands, and what the register shows while the contract goes on and when it ended on 1 July 2026.
# None stands for what the contract alone makes of it.
LICENCES: dict[str, tuple[dict[str, Any], Status | None, Status | None]] = {
    "granted": ({}, None, None),
    "lost before": ({"grounds": (ground(BEFORE),)}, Status.REVOKED, Status.REVOKED),
    "lost with the end": ({"grounds": (ground(ENDED),)}, Status.REVOKED, Status.REVOKED),
    "lost after": ({"grounds": (ground(AFTER),)}, Status.REVOKED, None),
    "lost tomorrow": ({"grounds": (ground(moment("2026-09-02")),)}, None, None),
    "ground closed": ({"grounds": (ground(BEFORE, closed_at=AFTER),)}, Status.REVOKED, Status.REVOKED),
    "reinstated": ({"grounds": (ground(BEFORE, closed_at=BEFORE, reinstated_at=AFTER),)}, None, None),
    "reinstated now": ({"grounds": (ground(BEFORE, closed_at=BEFORE, reinstated_at=NOW),)}, None, None),
    "lost twice, one ground reinstated": (
        {"grounds": (ground(BEFORE, reinstated_at=AFTER), ground(BEFORE, Rule.DNB_6_13))},
        Status.REVOKED,
        Status.REVOKED,
    ),
    "taken for good before": ({"revoked_at": BEFORE}, Status.REVOKED, Status.REVOKED),
    "taken for good after": ({"revoked_at": AFTER}, Status.REVOKED, None),
    "taken for good tomorrow": ({"revoked_at": moment("2026-09-02")}, None, None),
    "suspended": ({"suspensions": (Suspension("C-1", BEFORE),)}, Status.SUSPENDED, None),
    "suspended and restored": ({"suspensions": (Suspension("C-1", BEFORE, AFTER),)}, None, None),
    "suspended and restored now": ({"suspensions": (Suspension("C-1", BEFORE, NOW),)}, None, None),
    "suspended and lost": (
        {"suspensions": (Suspension("C-1", BEFORE),), "grounds": (ground(AFTER),)},
        Status.REVOKED,
        None,
    ),
    "suspended and taken for good": (
        {"suspensions": (Suspension("C-1", BEFORE),), "revoked_at": AFTER},
        Status.REVOKED,
        None,
    ),
    "lost before and taken for good after": (
        {"grounds": (ground(BEFORE),), "revoked_at": AFTER},
        Status.REVOKED,
        Status.REVOKED,
    ),
}
CLASSES = ("attained", "fallen away", "issued in error")
ATTESTED = Attestation(BEGUN, 1, 2024, Excellence.AA, Edition.SILVER, 2025)


def certificate(contract: str, attained: str, licence: str) -> Certificate:
    phase, _ = CONTRACTS[contract]
    made = Certificate("EX-00000001", "N-1", phases=(FIRST, phase), granted_at=BEGUN, **LICENCES[licence][0])
    match attained:
        case "attained":
            return made._replace(attestations=(ATTESTED,))
        case "issued in error":
            return made._replace(phases=(), attestations=(ATTESTED,), issued_in_error=FIRST)
        case _:
            return made


@pytest.mark.parametrize("licence", LICENCES)
@pytest.mark.parametrize("attained", CLASSES)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_status_is_the_first_that_applies(contract: str, attained: str, licence: str) -> None:
    alone = CONTRACTS[contract][1]
    _, going_on, over = LICENCES[licence]
    expected = (over if contract in OVER else going_on) or alone
    if attained != "attained":
        expected = Status.ANNULLED
    shown = standing(certificate(contract, attained, licence), NOW)
    assert shown is not None
    assert shown.status is expected


@pytest.mark.parametrize(
    ("contract", "attained", "licence", "rule", "clause"),
    [
        ("running", "attained", "granted", Rule.DNB_4_5, "4"),
        ("extended", "attained", "granted", Rule.DNB_4_4, "4"),
        ("held", "attained", "granted", Rule.DNB_4_14, "4"),
        ("expired", "attained", "granted", Rule.DNB_4_8, "4"),
        ("cancelled", "attained", "granted", Rule.DNB_4_6, "4"),
        ("ceased", "attained", "granted", Rule.DNB_6_12, "6"),
        ("withdrawn", "attained", "granted", Rule.DNB_9_3, "9"),
        ("running", "attained", "lost before", Rule.DNB_6_14, "6"),
        ("running", "attained", "lost twice, one ground reinstated", Rule.DNB_6_13, "6"),
        ("running", "attained", "suspended", Rule.DNB_7_3, "7"),
        ("running", "attained", "taken for good after", Rule.DNB_7_5, "7"),
        ("running", "attained", "lost before and taken for good after", Rule.DNB_6_14, "6"),
        ("running", "fallen away", "granted", Rule.DNB_4_9, "4"),
        ("running", "issued in error", "granted", Rule.DNB_3_1, "3"),
    ],
)
def test_the_public_is_told_the_clause_and_staff_the_rule(
    contract: str, attained: str, licence: str, rule: Rule, clause: str
) -> None:
    shown = standing(certificate(contract, attained, licence), NOW)
    assert shown is not None
    assert (shown.rule, shown.clause) == (rule, clause)


@pytest.mark.parametrize(
    ("contract", "flag"),
    [("held", "renewal held"), ("provisional", "renewal provisional"), ("running", None), ("extended", None)],
)
def test_a_renewal_that_is_not_final_is_flagged(contract: str, flag: str | None) -> None:
    shown = standing(certificate(contract, "attained", "granted"), NOW)
    assert shown is not None
    assert shown.flag == flag


def test_before_there_was_a_certificate_nothing_is_shown() -> None:
    for attained in CLASSES:
        assert standing(certificate("running", attained, "granted"), moment("2025-06-29 23:59")) is None
    assert standing(Certificate("EX-00000001", "N-1"), NOW) is None
    assert history(Certificate("EX-00000001", "N-1")) == ()


def test_a_class_of_another_term_is_not_shown_for_this_one() -> None:
    second = begun(Phase.RUNNING, Rule.DNB_4_5, term=2)
    made = Certificate("EX-00000001", "N-1", phases=(FIRST, second), attestations=(ATTESTED,))
    before, after = standing(made, moment("2026-06-30 23:59")), standing(made, ENDED)
    assert before is not None
    assert after is not None
    assert (before.status, before.attained) == (Status.VALID, Excellence.AA)
    assert (after.status, after.attained, after.edition) == (Status.ANNULLED, None, None)


def test_the_history_has_a_row_for_each_change_and_none_for_what_changes_nothing() -> None:
    made = certificate("expired", "attained", "suspended and restored")._replace(
        grounds=(ground(moment("2026-04-01"), closed_at=moment("2026-04-05"), reinstated_at=moment("2026-05-01")),),
        attestations=(ATTESTED, replace(ATTESTED, at=moment("2026-05-15"), edition=Edition.GOLD)),
    )
    rows = [(row.since, row.status, row.edition) for row in history(made)]
    assert rows == [
        (BEGUN, Status.VALID, Edition.SILVER),
        (BEFORE, Status.SUSPENDED, Edition.SILVER),
        (moment("2026-04-01"), Status.REVOKED, Edition.SILVER),
        (moment("2026-05-01"), Status.SUSPENDED, Edition.SILVER),
        (moment("2026-05-15"), Status.SUSPENDED, Edition.GOLD),
        (ENDED, Status.EXPIRED, Edition.GOLD),
    ]


def test_the_history_shows_a_licence_taken_for_good_and_nothing_but_the_error_of_a_certificate_issued_in_error() -> (
    None
):
    rows = history(certificate("running", "attained", "taken for good before"))
    assert [(row.since, row.status) for row in rows][:2] == [(BEGUN, Status.VALID), (BEFORE, Status.REVOKED)]
    rows = history(certificate("running", "issued in error", "lost before"))
    assert [(row.since, row.status) for row in rows] == [(BEGUN, Status.ANNULLED)]


# --- revisions (DNB-9.5) -----------------------------------------------------------------------------------------


def revised(*revisions: tuple[str, int], term: int = 1) -> Certificate:
    """A certificate of 30 June 2025 whose second half, from 1 July 2026 on, belongs to a term."""
    phases = (FIRST, begun(Phase.RUNNING, Rule.DNB_4_5, term=term))
    attested = (ATTESTED, replace(ATTESTED, at=ENDED, term=term)) if term > 1 else (ATTESTED,)
    kept = tuple(Revision(moment(at), number) for at, number in revisions)
    return Certificate("EX-00000001", "N-1", phases=phases, granted_at=BEGUN, attestations=attested, revisions=kept)


@pytest.mark.parametrize(
    ("at", "number", "since"),
    [("2026-02-28 23:59", None, None), ("2026-03-01", 1, "2026-03-01"), ("2026-04-01", 2, "2026-04-01")],
)
def test_the_last_revision_by_an_instant_is_shown(at: str, number: int | None, since: str | None) -> None:
    shown = standing(revised(("2026-03-01", 1), ("2026-04-01", 2)), moment(at))
    assert shown is not None
    assert (shown.revision, shown.revised_at) == (number, moment(since) if since else None)


@pytest.mark.parametrize(("term", "number"), [(1, 1), (2, None)])
def test_a_revision_is_of_its_term_and_another_term_has_its_own_document(term: int, number: int | None) -> None:
    shown = standing(revised(("2026-03-01", 1), term=term), ENDED)
    assert shown is not None
    assert shown.revision == number


def test_each_revision_begins_a_row_of_the_past() -> None:
    rows = history(revised(("2026-03-01", 1), ("2026-04-01", 2)))
    assert [(row.since, row.revision) for row in rows][:3] == [
        (BEGUN, None),
        (moment("2026-03-01"), 1),
        (moment("2026-04-01"), 2),
    ]


def test_what_was_issued_in_error_has_no_revision() -> None:
    shown = standing(revised(("2026-03-01", 1))._replace(issued_in_error=FIRST), NOW)
    assert shown is not None
    assert (shown.status, shown.revision) == (Status.ANNULLED, None)
