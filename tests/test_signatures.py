"""Decisions of two people: whose signature counts, and who may take a decision back."""

from typing import Any

import pytest

from domain import facts
from domain.facts import Fact
from domain.matters import Waits
from domain.moves import moves
from domain.recording import commanded, learn, relearn
from domain.rules import Refused, Rule
from domain.signatures import Proposal, is_proposal, key_of, signed
from domain.worklist import lines
from projections.notices import notice
from tests.story import HASH, Story, moment

REINSTATED = "ReinstatementDecided/N-1"


def decision(**how: Any) -> facts.ReinstatementDecided:
    told = {"order": "N-1", "granted": True, "agreement": HASH, "decided_by": "ana", **how}
    return facts.ReinstatementDecided.model_validate(told)


@pytest.fixture
def story() -> Story:
    """A licence that was lost by a blockade which is over, and that the holder wants back."""
    made = (
        Story().registered().assessed({2024: "AAA"}).agreed("2025-06-01").blocked("2025-07-01").unblocked("2025-07-20")
    )
    made.fact(facts.ReinstatementRequested(order="N-1"), "2025-07-21")
    return made


def proposal(story: Story) -> Proposal:
    made = story.dossier.matters[key_of(REINSTATED)]
    assert isinstance(made, Proposal)
    return made


def reason(story: Story, data: Fact, actor: str | None, *, undoes_two: bool = False) -> tuple[Rule, str]:
    command = story.event(data, "2025-07-25").model_copy(update={"actor": actor})
    told = signed(story.dossier, command, undoes_two=undoes_two)
    assert isinstance(told, Refused)
    return told.rule, told.reason


# --- proposals ---------------------------------------------------------------------------------------------------


def test_a_proposal_brings_nothing_about_and_waits_for_a_second_signature(story: Story) -> None:
    (told,) = story.fact(decision(), "2025-07-25")
    assert is_proposal(told.data)
    assert story.status("2025-07-26") == "revoked"
    (line,) = (line for line in lines(story.dossier) if line.kind == "proposal")
    assert (line.waits_for, line.order, line.due_at) == (Waits.SECOND_SIGNATURE, "N-1", None)


def test_what_two_people_have_signed_elsewhere_is_decided_and_ends_the_proposal(story: Story) -> None:
    story.fact(decision(), "2025-07-25")
    story.fact(decision(approved_by="iva"), "2025-07-26")
    assert story.status("2025-07-26") == "valid"
    assert proposal(story).closed


@pytest.mark.parametrize(("approved_by", "told"), [(None, False), ("iva", True)])
def test_the_holder_is_told_of_a_refusal_once_two_people_have_signed_it(
    story: Story, approved_by: str | None, *, told: bool
) -> None:
    (refused, *_) = story.fact(decision(granted=False, approved_by=approved_by), "2025-07-25")
    assert (notice(refused, list) is not None) == told


def test_two_names_of_one_person_end_nothing(story: Story) -> None:
    story.fact(decision(), "2025-07-25")
    story.fact(decision(approved_by="ana"), "2025-07-26")
    assert story.status("2025-07-26") == "revoked"
    assert not proposal(story).closed


def test_a_later_proposal_about_the_same_takes_the_place_of_the_earlier(story: Story) -> None:
    story.fact(decision(), "2025-07-25")
    story.fact(decision(granted=False, decided_by="iva"), "2025-07-26")
    assert (proposal(story).by, proposal(story).content["granted"]) == ("iva", False)


def test_a_proposal_that_nobody_made_is_not_dropped(story: Story) -> None:
    told = story.fact(facts.ProposalDropped(proposal=REINSTATED), "2025-07-25")
    assert [(e.name, e.rule) for e in told[1:]] == [("FactHadNoEffect", Rule.GEN_8)]


# --- signatures --------------------------------------------------------------------------------------------------


def test_who_signs_something_else_is_told_in_what_it_differs(story: Story) -> None:
    story.fact(decision(), "2025-07-25")
    other = "ana has proposed it with another agreement and granted"
    told = reason(story, decision(granted=False, agreement=None, decided_by="iva"), "iva")
    assert told == (Rule.GEN_8, f"{other}: sign the very same, or drop that proposal first")


def test_who_proposed_something_may_propose_something_else_instead(story: Story) -> None:
    story.fact(decision(), "2025-07-25")
    command = story.event(decision(granted=False), "2025-07-26")
    told = signed(story.dossier, command)
    assert not isinstance(told, Refused)
    assert is_proposal(told.data)


def test_nobody_brings_the_signature_of_another_along(story: Story) -> None:
    told = reason(story, decision(approved_by="iva"), "ana")
    assert told == (Rule.GEN_8, "iva has not proposed it: each signs for himself")


def test_a_command_of_nobody_is_signed_by_nobody(story: Story) -> None:
    assert reason(story, decision(), None) == (Rule.GEN_8, "nobody is named who signs it")
    withdrawn = facts.PermanentWithdrawalProposed(case="M-1", proposed_by="ana")
    assert reason(story, withdrawn, None)[0] is Rule.DNB_7_5


@pytest.mark.parametrize(
    "data",
    [
        facts.PermanentWithdrawalProposed(case="M-1", proposed_by="ana"),
        facts.PermanentWithdrawalApproved(case="M-1", approved_by="ana"),
    ],
    ids=lambda data: type(data).__name__,
)
def test_the_steps_to_a_permanent_withdrawal_are_signed_in_person(story: Story, data: Fact) -> None:
    told = "ana has to do it himself: iva can't sign for anybody else"
    assert reason(story, data, "iva") == (Rule.DNB_7_5, told)
    command = story.event(data, "2025-07-25")
    assert signed(story.dossier, command) is command


def test_a_proposal_is_refused_where_it_would_be_once_it_is_signed(story: Story) -> None:
    command = story.event(decision(agreement=None), "2025-07-25")
    told = commanded(story.dossier, command, lambda e: learn(story.dossier, e) or pytest.fail("it is late"))
    assert getattr(told, "rule", None) is Rule.DNB_6_14


# --- moves -------------------------------------------------------------------------------------------------------


def test_the_moves_of_a_proposal_are_to_sign_it_and_to_drop_it(story: Story) -> None:
    story.fact(decision(), "2025-07-25")
    key, at = proposal(story).key, moment("2025-07-26")
    told = {
        actor: {m.fact.__name__: m.allowed for m in moves(story.dossier, key, at, actor)} for actor in ("ana", "iva")
    }
    assert told["iva"] == {"ReinstatementDecided": True, "ProposalDropped": True}
    assert told["ana"] == {"ReinstatementDecided": False, "ProposalDropped": True}


# --- what two people decided ---------------------------------------------------------------------------------------


def withdrawn(story: Story) -> None:
    for case, on in (("M-1", "2025-08-01"), ("M-2", "2025-08-03")):
        reported = facts.MisuseReported(case=case, kind=facts.Violation.ALTERATION, evidence=(HASH,))
        story.fact(reported, on)
        if case == "M-1":
            story.fact(facts.CessationVerified(case=case), "2025-08-02")
    story.fact(facts.ViolationVerified(case="M-2"), "2025-08-03 12:00")
    story.fact(facts.PermanentWithdrawalProposed(case="M-2", proposed_by="ana"), "2025-08-04", name="proposed")


@pytest.mark.parametrize("of", ["proposed", "approved"])
def test_nobody_alone_takes_back_a_permanent_withdrawal(story: Story, of: str) -> None:
    withdrawn(story)
    story.fact(facts.PermanentWithdrawalApproved(case="M-2", approved_by="iva"), "2025-08-05", name="approved")
    told = story.retracted(of, "2025-08-06")
    assert [e.rule for e in told if e.name == "FactHadNoEffect"] == [Rule.GEN_8]
    assert story.certificate.revoked_at is not None
    by_two = facts.FactRetracted(fact=of, decided_by="ana", approved_by="iva")
    story.fact(by_two, "2025-08-07")
    assert story.certificate.revoked_at is None


def test_a_proposal_that_nobody_has_approved_is_taken_back_by_one(story: Story) -> None:
    withdrawn(story)
    story.retracted("proposed", "2025-08-06")
    assert story.dossier.cases["M-2"].proposed_by is None


def test_a_retraction_that_is_only_proposed_takes_nothing_back(story: Story) -> None:
    story.fact(decision(approved_by="iva"), "2025-07-25", name="given-back")
    story.fact(facts.FactRetracted(fact="given-back", decided_by="ana"), "2025-07-26")
    assert story.status("2025-07-26") == "valid"
    assert [line.key for line in lines(story.dossier) if line.kind == "proposal"] == [
        "proposal FactRetracted/given-back"
    ]


def test_nobody_alone_takes_back_a_retraction_by_two(story: Story) -> None:
    story.fact(decision(approved_by="iva"), "2025-07-25", name="given-back")
    by_two = facts.FactRetracted(fact="given-back", decided_by="ana", approved_by="iva")
    story.fact(by_two, "2025-07-26", name="taken-back")
    story.retracted("taken-back", "2025-07-27")
    assert story.status("2025-07-27") == "revoked"


def test_it_does_not_matter_whether_the_retraction_or_the_decision_was_learned_first(story: Story) -> None:
    early = story.event(facts.FactRetracted(fact="given-back"), "2025-07-26", name="one-alone")
    told = relearn(story.dossier, story.entries, early)
    story._append(told)  # noqa: SLF001 - as the story itself does
    story.fact(decision(approved_by="iva"), "2025-07-25", "2025-07-27", name="given-back")
    assert story.status("2025-07-27") == "valid"
    assert [e.rule for e in story.told("FactHadNoEffect")] == [Rule.GEN_8]
