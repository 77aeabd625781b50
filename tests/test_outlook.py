"""What lies ahead of a company: its open terms, and who has to act."""

from domain import facts
from domain.outlook import items
from tests.story import HASH, Story, moment


def holder() -> Story:
    return Story().registered().assessed({2024: "AA"}).agreed("2025-06-30")


def ahead(story: Story) -> list[tuple[str, str, str]]:
    return [(item.about, item.what, item.whose) for item in items(story.dossier)]


def test_a_running_contract_has_a_notice_a_last_day_to_cancel_and_an_end() -> None:
    story = holder()
    assert ahead(story) == [
        ("N-1", "renewal notice", "issuer"),
        ("N-1", "last day to cancel", "holder"),
        ("N-1", "contract term ends", "nobody"),
    ]
    assert [item.due_at for item in items(story.dossier)] == [
        *(moment("2026-05-02"), moment("2026-06-01"), moment("2026-07-01")),
    ]


def test_a_notice_given_or_a_renewal_cancelled_is_no_longer_awaited() -> None:
    assert len(ahead(holder().noticed("2026-04-01"))) == 2
    story = holder()
    story.cancelled("2026-04-01")
    assert ahead(story) == [("N-1", "contract term ends", "nobody")]
    story.until("2026-07-01")
    assert ahead(story) == []


def test_a_late_notice_opens_a_window_that_outlasts_a_held_renewal() -> None:
    story = holder().noticed("2026-06-25")
    assert ("N-1", "last day to cancel after a late notice", "holder") in ahead(story)
    story = holder()
    story.until("2026-07-01")
    assert ahead(story) == []
    assert ahead(story.noticed("2026-07-10")) == [("N-1", "last day to cancel after a late notice", "holder")]


def test_a_late_notice_is_owed_until_its_day_has_passed() -> None:
    story = holder()
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-03-01")
    story.fact(facts.DataCollectionClosed(business_year=2025), "2026-05-15 10:00")
    story.until("2026-05-19 23:59")
    assert ahead(story)[0] == ("N-1", "late renewal notice", "issuer")
    assert items(story.dossier)[0].due_at == moment("2026-05-20")
    story.until("2026-05-20")
    assert "late renewal notice" not in [what for _, what, _ in ahead(story)]


def test_an_extended_contract_awaits_its_data() -> None:
    story = holder().noticed("2026-02-20")
    story.fact(facts.DataCollectionOpened(business_year=2025), "2026-03-01")
    story.until("2026-07-01")
    assert ahead(story) == [("N-1", "data is still missing", "issuer")]


def test_a_case_has_the_clock_of_its_step() -> None:
    story = holder()
    story.fact(facts.MisuseReported(case="C-1", kind=facts.Violation.ALTERATION, evidence=(HASH,)), "2025-08-01")
    assert len(ahead(story)) == 3
    story.fact(facts.WarningDelivered(case="C-1"), "2025-08-01")
    assert ahead(story)[0] == ("C-1", "misuse has to stop (48 hours)", "holder")
    story.until("2025-08-03")
    assert len(ahead(story)) == 3
    story.fact(facts.SecondDemandDelivered(case="C-1"), "2025-08-04")
    assert ahead(story)[0] == ("C-1", "misuse has to stop (7 working days)", "holder")
