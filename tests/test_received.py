"""What a letter says is received with it, whether its delivery is told alone, or what it says by a fact of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import facts
from domain.events import Event, RemovalClockStarted
from domain.facts import Fact, Insolvency, LetterKind, Violation
from domain.policies import Policy
from domain.schemes.scheme import Scheme
from tests.story import HASH, Story, day, moment

OTHER = "N-2"


def told(answer: list[Event]) -> list[tuple[str, str | None]]:
    return [(event.name, event.rule) for event in answer if event.fact is None]


def sent(story: Story, kind: LetterKind, about: str | None, order: str | None = "N-1", at: str = "2026-04-01") -> Story:
    letter = {"letter": "L-1", "kind": kind, "language": facts.Language.ENGLISH, "route": facts.LetterRoute.EMAIL}
    story.fact(facts.LetterSent.model_validate({**letter, "about": about, "order": order, "document": HASH}), at)
    return story


def arrives(story: Story, at: str = "2026-04-02 10:00", **more: Any) -> list[tuple[str, str | None]]:
    return told(story.fact(facts.LetterDelivered(letter="L-1", **more), at))


def holder() -> Story:
    """A contract until 30 June 2026, of whose end its holder was told in time."""
    return Story().registered().assessed({2024: "AA"}).agreed("2025-06-30")


def misused() -> Story:
    story = holder().noticed("2026-03-01")
    story.fact(facts.MisuseReported(case="C-1", kind=Violation.ALTERATION, evidence=(HASH,)), "2026-03-20")
    return story


def suspended() -> Story:
    story = misused()
    story.fact(facts.WarningDelivered(case="C-1"), "2026-03-24")
    return story


def lost() -> Story:
    story = holder().noticed("2026-03-01")
    story.fact(facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-1"), "2026-03-20")
    return story


def amended() -> Story:
    story = holder().noticed("2026-03-01")
    change = {"edition": "T-2", "takes_effect_on": day("2026-06-01"), "material": True, "document": HASH}
    by_two = {"decided_by": "ana", "approved_by": "bo"}
    story.scheme_fact(facts.TermsAmended.model_validate({**change, **by_two}), "2026-02-01")
    return story


WARNING = (misused, LetterKind.WARNING, "C-1", facts.WarningDelivered(case="C-1"), ("WarningClockStarted", "DNB-7.1"))
DEMAND = (
    *(suspended, LetterKind.SECOND_DEMAND, "C-1", facts.SecondDemandDelivered(case="C-1")),
    ("SecondClockStarted", "DNB-7.3"),
)
LOSS = (lost, LetterKind.LOSS, "P-1", facts.LossNoticeDelivered(order="N-1"), ("RemovalClockStarted", "DNB-6.17"))
SAYS: dict[str, Any] = {"states_expiry": True, "states_class": True, "states_edition": True}
NOTICE = (
    *(holder, LetterKind.RENEWAL_NOTICE, "1", facts.RenewalNoticeDelivered(order="N-1", **SAYS)),
    ("RenewalNoticeAccepted", "DNB-4.11"),
)
AMENDMENT = (
    *(amended, LetterKind.AMENDMENT, "T-2", facts.AmendmentNoticeDelivered(order="N-1", edition="T-2")),
    ("AmendmentNoticeRecorded", "DNB-14.2"),
)
LETTERS = pytest.mark.parametrize(
    ("given", "kind", "about", "receipt", "follows"),
    [WARNING, DEMAND, LOSS, NOTICE, AMENDMENT],
    ids=["warning", "second demand", "loss", "renewal notice", "amendment"],
)
Given = Callable[[], Story]
Follows = tuple[str, str]


@LETTERS
def test_what_it_says_is_received_with_a_letter(
    given: Given, kind: LetterKind, about: str, receipt: Fact, follows: Follows
) -> None:
    assert arrives(sent(given(), kind, about)) == [follows]
    assert told(sent(given(), kind, about).fact(receipt, "2026-04-02 10:00")) == [follows]


@LETTERS
def test_both_facts_together_start_no_second_clock(
    given: Given, kind: LetterKind, about: str, receipt: Fact, follows: Follows
) -> None:
    story = sent(given(), kind, about)
    assert arrives(story) == [follows]
    assert [name for name, _ in told(story.fact(receipt, "2026-04-02 11:00"))] == ["FactHadNoEffect"]
    assert arrives(story, "2026-04-03") == []
    story = sent(given(), kind, about)
    assert told(story.fact(receipt, "2026-04-02 09:00")) == [follows]
    assert arrives(story) == []


@LETTERS
def test_the_earlier_of_both_counts_in_whatever_order_they_are_learned(
    given: Given, kind: LetterKind, about: str, receipt: Fact, follows: Follows
) -> None:
    at = moment("2026-04-02 10:00")
    stories = sent(given(), kind, about), sent(given(), kind, about)
    stories[0].fact(receipt, "2026-04-03 10:00")
    stories[0].fact(facts.LetterDelivered(letter="L-1"), "2026-04-02 10:00", "2026-04-03 11:00")
    stories[1].fact(facts.LetterDelivered(letter="L-1"), "2026-04-02 10:00", "2026-04-03 10:00")
    stories[1].fact(receipt, "2026-04-03 10:00", "2026-04-03 11:00")
    for story in stories:
        assert [e.effective_at for e in story.told(follows[0])][-1] == at
    assert stories[0].dossier.matters == stories[1].dossier.matters
    assert stories[0].dossier.cases == stories[1].dossier.cases
    assert stories[0].dossier.certificates == stories[1].dossier.certificates


def test_the_three_days_of_a_removal_run_from_the_delivery_of_the_letter() -> None:
    story = sent(lost(), LetterKind.LOSS, "P-1")
    arrives(story, "2026-04-02 10:00")
    (started,) = [e.data for e in story.told("RemovalClockStarted") if isinstance(e.data, RemovalClockStarted)]
    assert started.due.last_day == day("2026-04-06")  # the third day, the 5th, is a Sunday


def test_a_letter_that_came_back_and_then_arrived_counts_from_its_arrival() -> None:
    story = sent(misused(), LetterKind.WARNING, "C-1")
    assert [name for name, _ in told(story.fact(facts.LetterBounced(letter="L-1"), "2026-04-02"))] == ["TaskOpened"]
    assert arrives(story, "2026-04-03") == [("WarningClockStarted", "DNB-7.1")]


def collecting(**policy: Any) -> Story:
    """Data was collected from March until 20 May 2026, so that the notice of 1 May could not be given."""
    story = Story(Scheme(policy=Policy(**policy))).registered().assessed({2024: "AA"}).agreed("2025-06-30")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-03-01")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-05-20")
    return story


def test_a_late_notice_is_excused_by_the_reason_that_its_delivery_names() -> None:
    for reason, breached in ((facts.LateReason.DATA_NOT_COLLECTED, False), (facts.LateReason.OTHER, True)):
        story = sent(collecting(), LetterKind.LATE_NOTICE, "1", at="2026-05-21")
        names = [name for name, _ in arrives(story, "2026-05-22", late_reason=reason)]
        assert names == [*(["IssuerObligationBreached"] if breached else []), "LateNoticeRecorded"]


def test_a_notice_of_a_term_that_is_over_is_none_of_the_next() -> None:
    story = sent(holder().noticed("2026-03-01"), LetterKind.RENEWAL_NOTICE, "1")
    story.until("2026-07-02")
    assert arrives(story, "2026-07-03") == []
    assert arrives(sent(holder(), LetterKind.RENEWAL_NOTICE, "2")) == []


@pytest.mark.parametrize("hold", [True, False], ids=["held", "provisional"])
def test_a_late_notice_of_a_term_that_waits_for_it_is_about_that_term(hold: bool) -> None:  # noqa: FBT001
    story = collecting(hold_without_notice=hold)
    story.until("2026-07-02")
    assert story.told("RenewalHeld" if hold else "ContractRenewed")
    answer = arrives(sent(story, LetterKind.LATE_NOTICE, "1", at="2026-07-02"), "2026-07-03")
    assert ("LateNoticeRecorded", "DNB-4.13") in answer


@pytest.mark.parametrize(
    ("kind", "about"),
    [(kind, None) for kind in (LetterKind.WARNING, LetterKind.SECOND_DEMAND, LetterKind.AMENDMENT)],
)
def test_a_letter_that_does_not_say_what_it_is_about_starts_nothing(kind: LetterKind, about: str | None) -> None:
    assert arrives(sent(misused(), kind, about)) == []


def test_a_letter_without_a_certificate_is_about_the_only_one() -> None:
    assert arrives(sent(lost(), LetterKind.LOSS, "P-1", None)) == [("RemovalClockStarted", "DNB-6.17")]
    assert arrives(sent(holder(), LetterKind.RENEWAL_NOTICE, None, None)) == [("RenewalNoticeAccepted", "DNB-4.11")]
    two = lost()
    two.fact(facts.OfferMade(order=OTHER), "2026-03-21")
    assert arrives(sent(two, LetterKind.LOSS, "P-1", None)) == []
    assert arrives(sent(two, LetterKind.RENEWAL_NOTICE, None, None)) == []


def test_a_letter_arrives_once() -> None:
    story = sent(holder(), LetterKind.RENEWAL_NOTICE, None)
    assert arrives(story) == [("RenewalNoticeAccepted", "DNB-4.11")]
    story.until("2026-07-02")
    assert arrives(story, "2026-07-03") == []  # the next term has a notice of its own


def test_a_notice_where_no_contract_runs_is_without_consequence() -> None:
    ended = holder()
    ended.fact(facts.CompanyDeregistered(), "2026-03-20")
    assert arrives(sent(ended, LetterKind.RENEWAL_NOTICE, "1")) == []
