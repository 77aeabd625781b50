"""Clauses 11 and 12: who was informed, what is held, what may be told to others, and how secret each field is."""

from typing import Any

import pytest

from adapters.kafka.messages import RegisterEntry
from domain import events, facts
from domain.events import EVENTS, Event
from domain.facts import DisclosureBasis
from domain.rules import Rule
from domain.secrecy import PRIVATE_FIELDS, SECRECY, SHOWN, Hold, Secrecy, holds, protection_of
from domain.tasks import Task, settled
from domain.worklist import lines
from projections.register import register
from tests.story import HASH, Story, moment


def told(answer: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in answer]


def holder() -> Story:
    """A certificate concluded on 30 June 2025."""
    return Story().registered().assessed({2024: "AA"}).agreed("2025-06-30")


def named(story: Story, at: str, name: str = "ref:ana", **how: Any) -> list[Event]:
    data = facts.RepresentativeNamed.model_construct(order="N-1", name=name, email=f"{name}@ref")
    return story.fact(data, at, **how)


def informed(story: Story, at: str, **how: Any) -> list[Event]:
    return story.fact(facts.EmployeesInformed(order="N-1"), at, **how)


def acknowledged(story: Story, at: str) -> list[Event]:
    return story.fact(facts.DataProtectionAcknowledged(order="N-1"), at)


def to_inform(story: Story) -> bool:
    """Whether the worklist asks for it."""
    return any(line.key == "task inform-employees N-1" for line in lines(story.dossier))


ASKED = [("RepresentativeNamed", None), ("TaskOpened", "DNB-11.2")]


# --- DNB-11.2: the people whose data is processed are informed ----------------------------------------------------


def test_naming_a_representative_who_was_not_informed_asks_for_it() -> None:
    story = holder()
    assert told(named(story, "2025-07-01")) == ASKED
    task = story.last("TaskOpened").data
    assert isinstance(task, events.TaskOpened)
    assert (task.task, task.about, task.due) == ("inform-employees", "N-1", moment("2025-07-03"))
    assert to_inform(story)
    assert told(informed(story, "2025-07-02")) == [("EmployeesInformed", None)]
    assert not to_inform(story)


def test_who_was_informed_before_is_not_asked_about() -> None:
    story = holder()
    informed(story, "2025-06-30 12:00")
    assert told(named(story, "2025-07-01")) == [("RepresentativeNamed", None)]
    assert not to_inform(story)


def test_a_declaration_of_the_same_instant_settles_it() -> None:
    story = holder()
    named(story, "2025-07-01")
    informed(story, "2025-07-01")
    assert not to_inform(story)


def test_nobody_owes_it_before_there_is_a_holder_and_he_does_from_the_conclusion_on() -> None:
    story = Story().registered().assessed({2024: "AA"})
    assert told(named(story, "2025-06-01")) == [("RepresentativeNamed", None)]
    agreed = story.fact(facts.ConsensusRecorded(order="N-1", evidence=HASH), "2025-06-30", name="agreed")
    task = next(e for e in agreed if e.name == "TaskOpened")
    assert (task.rule, task.effective_at, task.cause) == (Rule.DNB_11_2, moment("2025-06-30"), "fact agreed")


def test_a_holder_who_had_informed_them_concludes_without_a_task() -> None:
    story = Story().registered().assessed({2024: "AA"})
    named(story, "2025-06-01")
    informed(story, "2025-06-02")
    story.agreed("2025-06-30")
    assert story.tasks() == []


def test_after_the_contract_nobody_is_asked() -> None:
    story = holder()
    named(story, "2025-07-01")
    story.fact(facts.CompanyDeregistered(), "2025-08-01")
    assert not to_inform(story)
    assert told(named(story, "2025-09-01", "ref:iva")) == [("RepresentativeNamed", None)]


def test_who_comes_in_another_s_place_has_to_be_informed_anew() -> None:
    story = holder()
    named(story, "2025-07-01")
    informed(story, "2025-07-02")
    assert told(named(story, "2025-08-01")) == [("RepresentativeNamed", None)], "the same person, perhaps moved"
    assert told(named(story, "2025-09-01", "ref:iva")) == ASKED


def test_a_declaration_learned_late_takes_the_task_back() -> None:
    story = holder()
    named(story, "2025-07-01")
    assert [e.name for e in informed(story, "2025-06-30 12:00", learned="2025-07-10")] == [
        "EmployeesInformed",
        "DecisionAnnulled",
    ]
    assert not to_inform(story)


def test_a_declaration_that_is_retracted_brings_the_task_back() -> None:
    story = holder()
    informed(story, "2025-06-30 12:00", name="declared")
    named(story, "2025-07-01")
    assert [e.name for e in story.retracted("declared", "2025-07-10")] == ["FactRetracted", "TaskOpened"]
    assert to_inform(story)


def test_a_task_of_which_nothing_is_known_is_settled() -> None:
    at, about = moment("2025-07-01"), "N-1"
    task = Task(
        key="k",
        order=about,
        opened_at=at,
        task="inform-employees",
        regarding=about,
        recommendation="",
        rule=None,
        due_at=None,
    )
    assert settled(Story().dossier, task)
    assert settled(holder().dossier, task)


# --- DNB-11.1: the holder protects what it comes to know -----------------------------------------------------------


def test_the_undertaking_is_kept_once() -> None:
    story = holder()
    assert told(acknowledged(story, "2025-07-01")) == [("DataProtectionAcknowledged", None)]
    kept = protection_of(story.dossier.matters, "N-1")
    assert kept is not None
    assert kept.acknowledged_by == "urn:test fact-0004"
    again = acknowledged(story, "2025-07-01")
    assert told(again) == [("DataProtectionAcknowledged", None), ("FactHadNoEffect", "DNB-11.1")]


def test_it_may_come_with_the_order() -> None:
    story = Story().registered()
    assert told(acknowledged(story, "2025-06-01")) == [("DataProtectionAcknowledged", None)]
    assert lines(story.dossier) == ()


# --- DNB-12.2: what may be told to others --------------------------------------------------------------------------


def disclosed(story: Story, basis: DisclosureBasis) -> list[Event]:
    data = facts.InformationDisclosed.model_construct(basis=basis, recipient="ref:bank", document=HASH)
    return story.fact(data, "2025-07-01")


@pytest.mark.parametrize("basis", DisclosureBasis)
def test_consent_contract_law_and_authorities_allow_to_tell(basis: DisclosureBasis) -> None:
    assert told(disclosed(holder(), basis)) == [("InformationDisclosed", None)]


def test_a_contract_that_does_not_exist_allows_nothing() -> None:
    story = Story().registered()
    refused = disclosed(story, DisclosureBasis.CONTRACT)
    assert told(refused) == [("InformationDisclosed", None), ("DisclosureRefused", "DNB-12.2")]
    assert told(disclosed(story, DisclosureBasis.CONSENT)) == [("InformationDisclosed", None)]


@pytest.mark.parametrize("missing", ["basis", "document", "recipient"])
def test_nothing_is_told_without_a_basis_its_document_and_to_whom(missing: str) -> None:
    whole = {"basis": DisclosureBasis.LAW, "recipient": "bank", "document": HASH}
    facts.InformationDisclosed.model_validate(whole)
    with pytest.raises(ValueError, match=missing):
        facts.InformationDisclosed.model_validate({name: value for name, value in whole.items() if name != missing})


# --- legal holds and erasure ---------------------------------------------------------------------------------------


def place(story: Story, at: str, hold: str = "H-1", **how: Any) -> list[Event]:
    return story.fact(facts.LegalHoldPlaced.model_construct(hold=hold, reason="ref:why"), at, **how)


def lift(story: Story, at: str, hold: str = "H-1", **how: Any) -> list[Event]:
    return story.fact(facts.LegalHoldLifted(hold=hold), at, **how)


def erase(story: Story, at: str) -> list[Event]:
    return story.fact(facts.PersonErased(receipt=HASH, entries=2), at)


ERASED, REFUSED = [("PersonErased", None)], [("PersonErased", None), ("ErasureRefused", "X-18")]


def test_nothing_is_erased_while_a_legal_hold_is_open() -> None:
    story = Story().registered()
    assert told(erase(story, "2025-07-01 09:59")) == ERASED
    assert told(place(story, "2025-07-01 10:00")) == [("LegalHoldPlaced", None)]
    assert told(erase(story, "2025-07-01 10:00")) == REFUSED
    assert [line.key for line in lines(story.dossier)] == ["hold H-1"]
    lift(story, "2025-08-01")
    assert told(erase(story, "2025-08-01")) == ERASED
    assert lines(story.dossier) == ()


def test_each_hold_is_lifted_on_its_own() -> None:
    story = Story().registered()
    place(story, "2025-07-01")
    place(story, "2025-07-02", "H-2")
    lift(story, "2025-07-03")
    assert holds(story.dossier.matters) == ["H-2"]
    refused = erase(story, "2025-07-04")
    assert told(refused) == REFUSED
    assert isinstance(refused[-1].data, events.ErasureRefused)
    assert refused[-1].data.hold == "H-2"


def test_a_hold_is_placed_once_and_lifted_once_and_may_come_again() -> None:
    story = Story().registered()
    no_effect = ("FactHadNoEffect", "X-18")
    assert told(lift(story, "2025-06-01"))[1:] == [no_effect]
    place(story, "2025-07-01")
    assert told(place(story, "2025-07-02"))[1:] == [no_effect]
    assert told(lift(story, "2025-07-03"))[1:] == []
    assert told(lift(story, "2025-07-04"))[1:] == [no_effect]
    assert told(place(story, "2025-07-05"))[1:] == []
    held = story.dossier.matters["hold H-1"]
    assert isinstance(held, Hold)
    assert (held.closed, held.opened_at) == (False, moment("2025-07-05"))


def test_a_hold_learned_late_shows_which_erasure_it_should_have_stopped() -> None:
    story = Story().registered()
    erase(story, "2025-07-02")
    assert [e.name for e in place(story, "2025-07-01", learned="2025-07-03", name="held")] == [
        "LegalHoldPlaced",
        "ErasureRefused",
    ]
    assert [e.name for e in story.retracted("held", "2025-07-04")] == ["FactRetracted", "DecisionAnnulled"]
    assert holds(story.dossier.matters) == []


# --- DNB-12.1: how secret each field is ----------------------------------------------------------------------------

FIELDS = [(model, field) for model, fields in SECRECY.items() for field in fields]


def test_no_field_is_unclassified() -> None:
    assert SECRECY.keys() >= set(EVENTS.values())
    assert events.ContractTerm in SECRECY, "what an event is made of as well"
    for model in EVENTS.values():
        assert SECRECY[model].keys() == model.model_fields.keys()
    assert {secrecy for of in SECRECY.values() for secrecy in of.values()} == set(Secrecy)


def test_persons_and_free_text_are_personal_and_nothing_else_is() -> None:
    personal = {(model, field) for model, field in FIELDS if SECRECY[model][field] is Secrecy.PERSONAL}
    assert personal == {(model, field) for model, marks in PRIVATE_FIELDS.items() for field in marks}
    assert (facts.RepresentativeNamed, "email") in personal
    assert (facts.InformationDisclosed, "recipient") in personal


def test_what_the_register_does_not_show_is_confidential() -> None:
    assert SECRECY[facts.AccountBlocked]["blockade"] is Secrecy.CONFIDENTIAL
    assert SECRECY[facts.MisuseReported]["kind"] is Secrecy.CONFIDENTIAL
    assert SECRECY[facts.ClassAssessed]["attained"] is Secrecy.CONFIDENTIAL, "a class without a certificate"
    assert SECRECY[events.ContractTerm]["cancel_by"] is Secrecy.CONFIDENTIAL
    assert SECRECY[events.CertificateCorrected]["dispute"] is Secrecy.CONFIDENTIAL, "why there is a revision"
    assert SECRECY[events.ContractTerm]["valid_until"] is Secrecy.PUBLIC


# What the register derives from all ledgers, and what stands in the envelopes of events.
DERIVED = {"status", "clause", "since", "subject", "revised_at"}


def test_the_public_register_tells_only_what_is_public() -> None:
    assert RegisterEntry.model_fields.keys() == SHOWN.keys() | DERIVED
    for shown, sources in SHOWN.items():
        for model, field in sources.items():
            assert SECRECY[model][field] is Secrecy.PUBLIC, (shown, model)
    kept_back = register.columns.keys() - RegisterEntry.model_fields.keys()
    assert kept_back == {"rule", "flag"}, "for staff and auditors"
