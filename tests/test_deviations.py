"""Clause 1: the terms as they were accepted, and departures from them that were agreed in writing and in advance."""

from typing import Any

import pytest

from domain import facts
from domain.deviations import Acceptance, departed
from domain.events import Event
from domain.facts import Channel, WrittenForm
from domain.policies import Policy
from domain.recording import learn, refusal
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.worklist import lines
from tests.story import HASH, Story, day, moment


def holder(**policy: Any) -> Story:
    """A certificate concluded on 30 June 2025; the last day to cancel is 31 May 2026."""
    return Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def accepted(story: Story, at: str, edition: str = "DNB-RS/1") -> list[Event]:
    return story.fact(facts.TermsAccepted(order="N-1", edition=edition, document=HASH), at)


def agreed(story: Story, at: str, applies_from: str, learned: str | None = None, **more: Any) -> list[Event]:
    data = {"deviation": "V-1", "rule": "DNB-4.7", "form": WrittenForm.SIGNED_PDF, "document": HASH, **more}
    told_of = {"order": "N-1", "applies_from": day(applies_from), **data}
    return story.fact(facts.DeviationAgreed.model_validate(told_of), at, learned, "deviation")


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries if e.fact is None]


def reason(entries: list[Event]) -> str:
    return str(getattr(entries[-1].data, "reason", ""))


# --- acceptance (DNB-1.1) ----------------------------------------------------------------------------------------


def test_the_contract_keeps_which_terms_were_accepted() -> None:
    story = holder()
    assert told(accepted(story, "2025-06-30")) == [("TermsAcceptanceRecorded", "DNB-1.1")]
    kept = story.dossier.matters["terms N-1"]
    assert isinstance(kept, Acceptance)
    assert (kept.edition, kept.order, lines(story.dossier)) == ("DNB-RS/1", "N-1", ())


def test_the_same_terms_are_accepted_once_and_later_ones_take_their_place() -> None:
    story = holder()
    accepted(story, "2025-06-30")
    assert told(accepted(story, "2025-07-01")) == [("FactHadNoEffect", "DNB-1.1")]
    assert told(accepted(story, "2025-08-01", "DNB-RS/2")) == [("TermsAcceptanceRecorded", "DNB-1.1")]
    kept = story.dossier.matters["terms N-1"]
    assert isinstance(kept, Acceptance)
    assert kept.edition == "DNB-RS/2"


def test_terms_may_be_accepted_before_the_contract() -> None:
    story = Story().registered()
    assert told(accepted(story, "2025-06-01")) == [("TermsAcceptanceRecorded", "DNB-1.1")]


# --- deviations (DNB-1.2) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [WrittenForm.SIGNED_PDF, WrittenForm.EMAIL_EXCHANGE])
def test_an_agreed_deviation_binds_from_its_day_on(form: WrittenForm) -> None:
    story = holder()
    assert told(agreed(story, "2026-01-10 09:00", "2026-02-01", form=form)) == [("DeviationAccepted", "DNB-1.2")]
    assert not departed(story.dossier, "N-1", Rule.DNB_4_7, moment("2026-01-31 23:59"))
    assert departed(story.dossier, "N-1", Rule.DNB_4_7, moment("2026-02-01"))
    assert not departed(story.dossier, "N-1", Rule.DNB_4_6, moment("2026-02-01"))
    assert not departed(story.dossier, "N-2", Rule.DNB_4_7, moment("2026-02-01"))
    assert lines(story.dossier) == ()


def test_on_the_day_of_the_agreement_it_binds_only_what_comes_after_it() -> None:
    story = holder()
    agreed(story, "2026-01-10 09:00", "2026-01-10")
    assert not departed(story.dossier, "N-1", Rule.DNB_4_7, moment("2026-01-10 08:59"))
    assert departed(story.dossier, "N-1", Rule.DNB_4_7, moment("2026-01-10 09:00"))


def test_nobody_agrees_on_a_deviation_afterwards() -> None:
    story = holder()
    answer = agreed(story, "2026-01-10 00:30", "2026-01-09")
    assert told(answer) == [("DeviationRefused", "DNB-1.2")]
    assert reason(answer) == "agreed on 2026-01-10, it can't hold from 2026-01-09: a deviation is agreed in advance"


def test_whether_an_exchange_of_emails_is_writing_is_a_reading() -> None:
    story = holder(written_forms=("signed_pdf",))
    answer = agreed(story, "2026-01-10", "2026-02-01", form=WrittenForm.EMAIL_EXCHANGE)
    assert (told(answer), reason(answer)) == (
        [("DeviationRefused", "DNB-1.2")],
        "email_exchange does not count as writing",
    )
    assert told(agreed(story, "2026-01-11", "2026-02-01")) == [("DeviationAccepted", "DNB-1.2")]


def test_one_departs_from_a_rule_that_there_is() -> None:
    answer = agreed(holder(), "2026-01-10", "2026-02-01", rule="DNB-99.9")
    assert (told(answer), reason(answer)) == (
        [("DeviationRefused", "DNB-1.2")],
        "there is no rule DNB-99.9 to depart from",
    )


def test_whoever_wants_to_enter_one_that_does_not_bind_is_refused() -> None:
    story = holder()
    told_of = {"deviation": "V-1", "rule": "DNB-4.7", "form": WrittenForm.SIGNED_PDF, "document": HASH}
    data = {"order": "N-1", "applies_from": day("2026-01-09"), **told_of}
    wanted = story.event(facts.DeviationAgreed.model_validate(data), "2026-01-10")
    done = learn(story.dossier, wanted)
    assert done is not None
    why = refusal(done, wanted)
    assert why is not None
    assert why.rule is Rule.DNB_1_2


def test_a_deviation_is_agreed_once() -> None:
    story = holder()
    agreed(story, "2026-01-10", "2026-02-01")
    assert told(agreed(story, "2026-01-11", "2026-03-01")) == [("FactHadNoEffect", "DNB-1.2")]


def test_a_deviation_that_no_decision_looks_for_is_kept_by_people() -> None:
    story = holder()
    assert told(agreed(story, "2026-01-10", "2026-02-01", rule="DNB-4.6"))[-1] == ("TaskOpened", "DNB-1.2")
    assert story.tasks() == ["keep-deviation"]


def test_another_law_is_looked_at_by_people() -> None:
    story = holder()
    assert told(agreed(story, "2026-01-10", "2026-02-01", rule="DNB-13.1"))[-1] == ("TaskOpened", "DNB-13.1")
    assert story.tasks() == ["check-law"]


# --- what a deviation from the form of a cancellation does (DNB-4.7) ---------------------------------------------


def by_letter(story: Story, at: str, learned: str | None = None) -> list[Event]:
    return story.cancelled(at, learned, channel=Channel.LETTER, signed=False)


def test_a_cancellation_in_another_form_is_accepted_where_that_was_agreed() -> None:
    story = holder()
    agreed(story, "2026-01-10", "2026-02-01")
    assert told(by_letter(story, "2026-01-31"))[0] == ("NonConformingCancellationReceived", "DNB-4.7")
    assert told(by_letter(story, "2026-02-01")) == [("CancellationAccepted", "DNB-4.6")]


def test_a_cancellation_that_comes_too_late_stays_refused() -> None:
    story = holder()
    agreed(story, "2026-01-10", "2026-02-01")
    story.until("2026-05-02")
    story.noticed("2026-05-02")
    assert told(by_letter(story, "2026-06-20"))[-1] == ("CancellationRefused", "DNB-4.6")


def test_a_deviation_learned_late_lets_in_what_was_turned_down_for_its_form() -> None:
    story = holder()
    by_letter(story, "2026-02-10")
    answer = agreed(story, "2026-02-01", "2026-02-05", "2026-02-20")
    assert ("CancellationAccepted", "DNB-4.6") in told(answer)


def test_what_was_accepted_under_a_deviation_stands_when_it_turns_out_wrong() -> None:
    story = holder()
    agreed(story, "2026-01-10", "2026-02-01")
    by_letter(story, "2026-02-10")
    story.retracted("deviation", "2026-02-20")
    assert not departed(story.dossier, "N-1", Rule.DNB_4_7, moment("2026-03-01"))
    story.until("2026-07-02")
    assert story.status("2026-07-01") == "cancelled-at-expiry"
