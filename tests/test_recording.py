"""The gate: what a command that fails leaves behind, what never comes late, and what a broken story is told."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from pydantic import BaseModel

from domain import company, facts, recording
from domain.certificate import Certificate
from domain.company import Company, Spell, ineligible, precedes_founding
from domain.events import CommandRefused, ContractCancelledAtExpiry, Event
from domain.evolving import evolve
from domain.facts import Excellence
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.telling import Telling
from tests.story import HASH, Story, day, moment

ZONE = "Europe/Belgrade"


def holder() -> Story:
    return Story().registered().assessed({2024: "AA"}).agreed("2025-06-30")


# --- commands ----------------------------------------------------------------------------------------------------


def test_a_command_that_would_achieve_nothing_is_refused_with_its_rule_and_the_attempt_is_kept() -> None:
    story = holder()
    command = story.event(
        facts.ReinstatementDecided(order="N-1", granted=True, decided_by="ana", approved_by="iva"), "2025-09-01"
    )
    learned = recording.learn(story.dossier, command)
    assert learned is not None
    why = recording.refusal(learned, command)
    assert why is not None
    assert why.rule is Rule.DNB_6_14
    kept = recording.refused(story.dossier, command, why)
    attempt = kept.events[-1]
    assert isinstance(attempt.data, CommandRefused)
    assert (attempt.stream, attempt.actor, attempt.rule) == ("EX-00000001", "ana", Rule.DNB_6_14)
    assert attempt.data.reason == "the licence is not lost"
    assert attempt.data.command["type"] == "ReinstatementDecided"
    assert attempt.data.command["stream"] == "EX-00000001/N-1"
    assert kept.dossier.certificates == story.dossier.certificates


def test_a_command_that_achieves_something_is_not_refused() -> None:
    story = holder()
    command = story.event(facts.RenewalCancelled(order="N-1", signed=True), "2026-05-01")
    learned = recording.learn(story.dossier, command)
    assert learned is not None
    assert recording.refusal(learned, command) is None


def test_what_fell_due_before_a_refused_command_is_told_first() -> None:
    story = holder()
    command = story.event(facts.RenewalCancelled(order="N-9", signed=True), "2026-05-10")
    learned = recording.learn(story.dossier, command)
    assert learned is not None
    why = recording.refusal(learned, command)
    assert why is not None
    kept = recording.refused(story.dossier, command, why)
    assert [e.name for e in kept.events] == ["IssuerObligationBreached", "CommandRefused"]


# --- late, or never late -----------------------------------------------------------------------------------------


def test_a_statement_is_evidence_that_never_comes_late() -> None:
    story = holder()
    story.fact(facts.StatementFiled(business_year=2024), "2025-03-01", "2025-09-01")
    assert story.late == 0
    assert [e.name for e in story.fact(facts.CompanyRenamed(name="Tekstil"), "2025-03-01", "2025-09-02")] == [
        "CompanyRenamed"
    ]
    assert story.late == 1


def test_recorded_times_are_lifted_so_that_they_never_run_backwards() -> None:
    story = holder()
    story.fact(facts.StatementFiled(business_year=2024), "2025-03-01", "2025-05-01")
    lifted = story.entries[-1].event
    assert (lifted.recorded_at, lifted.said_at) == (moment("2025-06-30"), moment("2025-05-01"))


def test_a_fact_that_was_retracted_before_it_was_learned_achieves_nothing() -> None:
    story = holder()
    story.retracted("block-B-1", "2025-09-02")
    story.blocked("2025-09-01", "2025-09-03")
    assert story.status("2025-09-03") == "valid"
    story.blocked("2025-09-04", blockade="B-2")
    assert story.status("2025-09-04") == "revoked"


def test_a_scheme_wide_fact_tells_a_company_without_certificates_nothing() -> None:
    story = Story().registered()
    assert story.scheme_fact(facts.DataCollectionOpened(business_year=2024), "2025-03-01") == []
    assert story.dossier.scheme.seen == 1


def test_a_scheme_wide_fact_that_is_learned_late_is_told_in_its_place() -> None:
    story = holder()
    story.until("2026-05-10")
    assert "IssuerObligationBreached" in story.names()
    answer = story.scheme_fact(facts.DataCollectionOpened(business_year=2025), "2026-03-01", "2026-05-10")
    assert [e.name for e in answer] == ["DecisionAnnulled", "NoticeDelayExcused"]


# --- values ------------------------------------------------------------------------------------------------------


def test_events_are_equal_by_their_content() -> None:
    story = Story()
    one = story.event(facts.OfferMade(order="N-1"), "2025-06-01", name="f-1")
    same = story.event(facts.OfferMade(order="N-1"), "2025-06-01", name="f-1")
    other = story.event(facts.OfferMade(order="N-1"), "2025-06-01", name="f-2")
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != "an event"
    assert (one.name, one.subject, one.order) == ("OfferMade", "EX-00000001", "N-1")
    assert story.event(facts.AccountBlocked(blockade="B-1"), "2025-06-01").order is None


def test_what_is_no_fact_about_a_company_leaves_it_as_it_is() -> None:
    known = Company("EX-00000001")
    assert company.evolve(known, Story().event(facts.OfferMade(order="N-1"), "2025-06-01"), ZONE) is known


def test_a_year_that_was_not_assessed_has_no_class() -> None:
    known = holder().dossier.company
    assert known.attained(2024, moment("2025-06-01")) is Excellence.AA
    assert known.attained(2023, moment("2025-06-01")) is None
    assert known.attained(2024, moment("2025-05-14 23:59")) is None


def test_a_spell_lasts_from_its_first_instant_until_right_before_its_end() -> None:
    spell = Spell("B-1", moment("2025-06-01"), moment("2025-06-10"))
    lasts = [spell.covers(moment(at)) for at in ("2025-05-31 23:59", "2025-06-01", "2025-06-09 23:59", "2025-06-10")]
    assert lasts == [False, True, True, False]
    assert Spell("B-1", moment("2025-06-01")).covers(moment("2045-06-01"))


def test_a_company_is_ineligible_from_the_instant_in_which_it_ceased() -> None:
    known = holder().dossier.company._replace(deregistered_at=moment("2025-09-01"))
    assert ineligible(known, Scheme(), moment("2025-08-31 23:59"), at_issue=True) is None
    fault = ineligible(known, Scheme(), moment("2025-09-01"), at_issue=True)
    assert fault is not None
    assert fault.rule is Rule.DNB_6_12


def test_nothing_precedes_the_founding_where_the_register_tells_it() -> None:
    known = Company("EX-00000001", founded=day("2010-01-01"))
    assert precedes_founding(known, moment("2009-12-31 23:59"), ZONE)
    assert not precedes_founding(known, moment("2010-01-01"), ZONE)
    assert not precedes_founding(Company("EX-00000001"), moment("1900-01-01"), ZONE)


# --- broken stories ----------------------------------------------------------------------------------------------


def test_a_stream_that_does_not_begin_with_its_contract_can_not_be_read() -> None:
    ended = Event(
        stream="EX-00000001/N-1",
        effective_at=moment("2026-07-01"),
        recorded_at=moment("2026-07-01"),
        data=ContractCancelledAtExpiry(term=1, ended_at=moment("2026-07-01")),
    )
    with pytest.raises(ValueError, match="its stream does not begin with ContractConcluded"):
        evolve(Certificate("EX-00000001", "N-1"), ended, ZONE)


@dataclass(slots=True)
class Mute(Telling):
    """A telling in which nothing ever follows."""

    def tell(self, stream: str, at: datetime, data: BaseModel, rule: Rule, cause: str) -> None:
        """Say nothing."""


def test_a_deadline_from_which_nothing_follows_is_a_fault_and_no_endless_story() -> None:
    with pytest.raises(RuntimeError, match="nothing follows from notice of EX-00000001/N-1, due 2026-05-01 22:00"):
        Mute(holder().dossier).fall_due(moment("2026-06-01"))


def test_two_certificates_of_one_company_have_deadlines_of_their_own() -> None:
    story = holder()
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2025-07-01")
    told = story.until("2026-05-04")
    assert [(e.name, e.order, e.effective_at) for e in told] == [
        ("IssuerObligationBreached", "N-1", moment("2026-05-02")),
        ("IssuerObligationBreached", "N-2", moment("2026-05-03")),
    ]


def test_a_scheme_counts_what_it_has_met() -> None:
    event = Story().event(facts.CalendarCorrected(version="RS/2", days_off=(day("2026-04-14"),)), "2026-01-01")
    met = Scheme().meets(event)
    assert (met.seen, met.calendar.version, met.editions) == (1, "RS/2", "DNB-RS/1 P/1 RS/2")


def test_of_one_instant_a_step_stands_before_the_one_that_needs_it() -> None:
    # A file that knows days only, and ids that say nothing about the order.
    steps = [
        facts.OrderConfirmationSent(order="N-1"),
        facts.PhoneOrderPlaced(order="N-1"),
        facts.OfferConfirmed(order="N-1"),
        facts.OfferMade(order="N-1"),
    ]
    story = Story().registered().assessed({2024: "AA"})
    for step in steps:
        story.fact(step, "2025-06-01", "2025-06-02")
    assert story.status("2025-06-01") == "valid"
