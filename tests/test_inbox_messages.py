"""Messages in the legal inbox: read by a person on the day on which they came in, and their receipt acknowledged."""

from typing import Any

from domain import facts
from domain.documents import CITING
from domain.events import Event, TaskOpened
from domain.facts import Violation
from domain.rules import Rule
from domain.worklist import Line, lines
from tests.story import Story, moment

MAIL = "a" * 64
OTHER = "b" * 64


def holder() -> Story:
    return Story().registered().assessed({2024: "AA"}).agreed("2025-06-30").noticed("2026-03-01")


def received(story: Story, at: str, learned: str | None = None, message: str = MAIL, **more: Any) -> list[Event]:
    return story.fact(facts.MessageReceived(message=message, sender="ana@textil.rs", **more), at, learned)


def refused(answer: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule) for e in answer if e.name == "FactHadNoEffect"]


def open_lines(story: Story) -> list[Line]:
    return list(lines(story.dossier))


def to_read(story: Story) -> list[str]:
    return [line.key for line in open_lines(story) if line.state == "read-message"]


def test_a_message_is_to_be_read_until_the_end_of_the_day_on_which_we_have_it() -> None:
    for learned, due in (("2026-04-03 09:00", "2026-04-04"), ("2026-04-03 23:59", "2026-04-04")):
        answer = received(holder(), "2026-04-01 23:50", learned, order="N-1")
        (opened,) = [e for e in answer if isinstance(e.data, TaskOpened)]
        assert (opened.stream, opened.rule, opened.effective_at) == (
            *("EX-00000001/N-1", Rule.DNB_4_15),
            moment("2026-04-01 23:50"),
        )
        assert isinstance(opened.data, TaskOpened)
        assert (opened.data.task, opened.data.about, opened.data.due) == ("read-message", MAIL, moment(due))


def test_a_message_about_no_certificate_or_an_unknown_one_is_a_task_of_the_company() -> None:
    for more in ({}, {"order": "N-9"}):
        story = holder()
        (opened,) = [e for e in received(story, "2026-04-01", **more) if e.name == "TaskOpened"]
        assert opened.stream == "EX-00000001"
        assert list(story.dossier.certificates) == ["N-1"]


def test_a_cancellation_that_names_the_message_settles_the_task_also_of_the_same_instant() -> None:
    for at in ("2026-04-01 10:00", "2026-04-02"):
        story = holder()
        received(story, "2026-04-01 10:00", "2026-04-03", order="N-1")
        assert to_read(story) == [f"task read-message {MAIL} N-1"]
        story.cancelled(at, "2026-04-03 12:00", message=OTHER)
        assert to_read(story)
        story.cancelled(at, "2026-04-03 13:00", message=MAIL)
        assert not to_read(story)
        assert story.late == 0  # what was declared in a message stands behind it


def test_any_fact_that_names_it_settles_it_whichever_is_known_first_or_dated_first() -> None:
    report = facts.MisuseReported(case="M-1", kind=Violation.ALTERATION, evidence=(OTHER, MAIL))
    for at, learned in (("2026-04-01", "2026-04-02"), ("2026-04-01", "2026-04-04"), ("2026-04-04", "2026-04-04")):
        story = holder()
        if learned < "2026-04-03":
            story.fact(report, at, learned)
        received(story, "2026-04-01 10:00", "2026-04-03")
        if learned > "2026-04-03":
            story.fact(report, at, learned)
        assert not to_read(story)


def test_what_is_retracted_settles_nothing() -> None:
    story = holder()
    received(story, "2026-04-01 10:00", "2026-04-03")
    report = facts.MisuseReported(case="M-1", kind=Violation.ALTERATION, evidence=(MAIL,))
    story.fact(report, "2026-04-03", name="report")
    assert not to_read(story)
    story.retracted("report", "2026-04-04")
    assert to_read(story)


def test_a_person_closes_the_task_where_the_message_says_nothing() -> None:
    story = holder()
    received(story, "2026-04-01 10:00")
    outcome = facts.TaskOutcome.DISMISSED
    story.fact(facts.TaskClosed(task="read-message", regarding=MAIL, outcome=outcome), "2026-04-01 11:00")
    assert not to_read(story)


def test_what_was_not_acknowledged_is_shown_until_it_is() -> None:
    story = holder()
    received(story, "2026-04-01 10:00", order="N-1")
    shown = [(line.key, line.what, line.order) for line in open_lines(story) if line.kind == "message"]
    assert shown == [(f"message {MAIL}", "acknowledge its receipt", "N-1")]
    assert refused(story.fact(facts.MessageAcknowledged(message=MAIL), "2026-04-01 10:05")) == []
    assert [line.key for line in open_lines(story)] == [f"task read-message {MAIL} N-1"]


def test_nobody_waits_for_the_acknowledgement_of_what_a_program_sent() -> None:
    story = holder()
    received(story, "2026-04-01 10:00", automatic=True)
    assert [line.key for line in open_lines(story)] == [f"task read-message {MAIL}"]


def test_a_message_comes_in_once_and_only_what_came_in_is_acknowledged() -> None:
    story = holder()
    answer = story.fact(facts.MessageAcknowledged(message=MAIL), "2026-04-01 10:05")
    assert refused(answer) == [("FactHadNoEffect", "DNB-4.15")]
    received(story, "2026-04-02 10:00")
    assert refused(received(story, "2026-04-02 11:00")) == [("FactHadNoEffect", "DNB-4.15")]
    assert story.tasks() == ["read-message"]


def test_every_field_that_holds_the_hash_of_a_document_is_known() -> None:
    others = {"inputs_hash", "receipt", "documents"}  # of a computation, and of what was erased
    for model in facts.FACTS.values():
        fields = model.model_json_schema()["properties"]
        hashes = {name for name, told in fields.items() if "[0-9a-f]{64}" in str(told)}
        assert hashes - others == CITING.get(model, frozenset()), model.__name__
