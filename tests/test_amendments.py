"""Clause 14: an amendment binds each holder from a moment of his own, and only after a notice where it is material."""

from typing import Any

import pytest

from domain import events, facts
from domain.amendments import AmendmentForHolder, stamp
from domain.events import Event
from domain.facts import TermsAmended
from domain.history import difference, retold
from domain.matters import Waits
from domain.outlook import items
from domain.rules import Rule
from domain.worklist import lines
from tests.story import HASH, Story, day, moment

OLD, NEW, NEXT = "DNB-RS/1", "DNB-RS/2", "DNB-RS/3"


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def holder(concluded: str = "2025-06-30") -> Story:
    """A certificate with a contract of twelve months."""
    return Story().registered().assessed({2024: "AA"}).agreed(concluded)


def amended(
    story: Story, on: str = "2026-03-31", at: str = "2026-02-01", learned: str | None = None, **more: Any
) -> list[Event]:
    """A material change, announced on 1 February 2026 for 31 March: the notice is owed by 1 March."""
    content = {
        "edition": NEW,
        "takes_effect_on": day(on),
        "material": True,
        "decided_by": "ana",
        "approved_by": "bo",
        "document": HASH,
        **more,
    }
    return story.scheme_fact(TermsAmended.model_validate(content), at, learned)


def noticed(story: Story, at: str, learned: str | None = None, **more: Any) -> list[Event]:
    data = facts.AmendmentNoticeDelivered.model_validate({"order": "N-1", "edition": NEW, **more})
    return story.fact(data, at, learned)


def matter(story: Story, edition: str = NEW, order: str = "N-1") -> AmendmentForHolder:
    found = story.dossier.matters[f"amendment {edition} {order}"]
    assert isinstance(found, AmendmentForHolder)
    return found


def terms(story: Story, at: str, order: str = "N-1") -> str:
    """The edition that a decision on a certificate would be stamped with."""
    return stamp(story.dossier, story.dossier.stream(order), moment(at)).partition(" ")[0]


def taken_effect(story: Story, edition: str = NEW) -> list[str]:
    return [
        f"{e.effective_at:%Y-%m-%d}"
        for e in story.told("AmendmentTookEffect")
        if getattr(e.data, "edition", "") == edition
    ]


# --- a change that isn't material (DNB-14.1) ---------------------------------------------------------------------


def test_a_change_that_is_not_material_binds_everybody_on_its_day() -> None:
    story = holder()
    assert told(amended(story, material=False)) == [("AmendmentAnnounced", "DNB-14.1")]
    assert (matter(story).waits_for, matter(story).clock, matter(story).withdraw_until) == (Waits.NOTHING, None, None)
    assert noticed(story, "2026-02-15")[1:] == []
    assert ("AmendmentTookEffect", "DNB-14.1") in told(story.until("2026-03-31"))
    assert story.last("AmendmentTookEffect").effective_at == moment("2026-03-31")
    assert (terms(story, "2026-03-30 23:59"), terms(story, "2026-03-31")) == (OLD, NEW)
    assert matter(story).in_force


def test_it_binds_nobody_before_it_is_announced() -> None:
    story = holder()
    amended(story, on="2026-01-15", material=False)
    assert story.last("AmendmentTookEffect").effective_at == moment("2026-02-01")
    assert terms(story, "2026-01-31") == OLD


# --- a material change: the notice (DNB-14.2) --------------------------------------------------------------------


def test_a_material_change_has_to_reach_the_holder_30_days_before() -> None:
    story = holder()
    assert told(amended(story)) == [("AmendmentNoticeOwed", "DNB-14.2")]
    owed = next(item for item in items(story.dossier) if item.about == f"amendment {NEW} N-1")
    assert (owed.what, owed.whose, owed.due_at) == (f"notice of the terms {NEW}", "issuer", moment("2026-03-02"))
    assert matter(story).takes_effect_at == moment("2026-03-31")
    assert matter(story).withdraw_until.lapses_at == moment("2026-04-01")  # type: ignore[union-attr]
    assert story.until("2026-03-01 23:59") == []


@pytest.mark.parametrize(
    ("received", "effect", "breached"),
    [
        ("2026-02-01", "2026-03-31", False),
        ("2026-03-01 23:59", "2026-03-31", False),
        ("2026-03-02 00:00", "2026-04-01", True),
        ("2026-03-20", "2026-04-19", True),
        ("2026-05-20", "2026-06-19", True),
    ],
)
def test_it_binds_the_holder_on_its_day_but_not_before_the_30th_day_after_the_notice(
    received: str, effect: str, *, breached: bool
) -> None:
    story = holder()
    amended(story)
    assert told(noticed(story, received))[-1] == ("AmendmentNoticeRecorded", "DNB-14.2")
    assert matter(story).takes_effect_at == moment(effect)
    story.until("2026-06-25")
    breaches = [e for e in story.told("IssuerObligationBreached") if e.rule is Rule.DNB_14_2]
    assert [e.effective_at for e in breaches] == ([moment("2026-03-02")] if breached else [])
    assert taken_effect(story) == [f"{moment(effect):%Y-%m-%d}"]
    assert (terms(story, effect), matter(story).in_force) == (NEW, True)


def test_without_any_notice_it_never_binds_the_holder() -> None:
    story = holder()
    amended(story)
    answer = story.until("2026-03-02")
    assert told(answer) == [("IssuerObligationBreached", "DNB-14.2"), ("AmendmentDeferred", "DNB-14.2")]
    assert getattr(answer[0].data, "duty", "") == f"notice of the terms {NEW}"
    waiting = matter(story)
    assert (waiting.waits_for, waiting.clock, waiting.takes_effect_at, waiting.withdraw_until) == (
        *(Waits.ISSUER, None, None),
        None,
    )
    story.until("2026-06-30")
    assert story.told("AmendmentTookEffect") == []
    assert terms(story, "2026-06-30") == OLD


def test_a_change_announced_too_late_is_a_breach_at_once() -> None:
    story = holder()
    answer = amended(story, at="2026-03-10")
    assert [(e.name, f"{e.effective_at:%Y-%m-%d}") for e in answer] == [
        ("AmendmentNoticeOwed", "2026-03-09"),
        ("IssuerObligationBreached", "2026-03-09"),
        ("AmendmentDeferred", "2026-03-09"),
    ]
    noticed(story, "2026-03-10 12:00")
    assert matter(story).takes_effect_at == moment("2026-04-09")


def test_a_change_announced_after_it_was_to_take_effect_binds_nobody_yet() -> None:
    story = holder()
    answer = amended(story, on="2026-03-05", at="2026-03-10")
    assert [(e.name, (e.editions or "").partition(" ")[0]) for e in answer] == [
        ("AmendmentNoticeOwed", OLD),
        ("IssuerObligationBreached", OLD),
        ("AmendmentDeferred", OLD),
    ]


def test_only_the_first_notice_counts() -> None:
    story = holder()
    amended(story)
    noticed(story, "2026-02-10")
    assert told(noticed(story, "2026-03-20"))[1:] == [("FactHadNoEffect", "DNB-14.2")]
    assert matter(story).takes_effect_at == moment("2026-03-31")


def test_a_notice_of_nothing_that_lies_ahead_has_no_effect() -> None:
    story = holder()
    assert told(noticed(story, "2026-01-10"))[1:] == [("FactHadNoEffect", "DNB-14.1")]
    amended(story)
    assert told(noticed(story, "2026-02-10", edition=NEXT))[1:] == [("FactHadNoEffect", "DNB-14.1")]
    noticed(story, "2026-02-10")
    story.until("2026-03-31")
    assert told(noticed(story, "2026-04-01"))[-1] == ("FactHadNoEffect", "DNB-14.1")


# --- withdrawal (DNB-14.3) ---------------------------------------------------------------------------------------


def test_who_was_told_may_withdraw_until_the_end_of_the_day_on_which_it_takes_effect() -> None:
    story = holder()
    amended(story)
    noticed(story, "2026-03-20")
    ahead = next(item for item in items(story.dossier) if item.about == f"amendment {NEW} N-1")
    assert (ahead.what, ahead.whose) == (f"last day to withdraw because of the terms {NEW}", "holder")
    assert (ahead.term.rule, ahead.due_at) == (Rule.DNB_14_3, moment("2026-04-20"))
    story.until("2026-04-19")
    over = matter(story)
    assert (over.closed, over.clock, over.waits_for) == (True, None, Waits.NOTHING)
    assert over.withdraw_until is not None
    assert over.withdraw_until.lapses_at == moment("2026-04-20")


# --- who decides whether it is material (DNB-14.2) ---------------------------------------------------------------


def test_who_decides_alone_has_decided_nothing_so_the_change_is_material() -> None:
    story = holder()
    answer = amended(story, material=False, approved_by="ana")
    assert told(answer) == [("TaskOpened", "DNB-14.2"), ("AmendmentNoticeOwed", "DNB-14.2")]
    assert story.tasks() == ["decide-amendment"]


def test_two_decide_it_later_and_the_story_is_the_same_however_it_is_told() -> None:
    story = holder()
    amended(story, material=False, approved_by="ana")
    before = len(story.entries)
    assert told(amended(story, at="2026-02-15", material=False)) == [("AmendmentAnnounced", "DNB-14.1")]
    assert [line for line in lines(story.dossier) if line.state == "decide-amendment"] == []
    again = retold(story.subject, story.dossier.scheme, story.entries, story.dossier.recorded_at)
    assert difference(story.entries, [e for e in again.events if e.fact is None], moment("2026-03-01"), "?") == []
    assert len(story.entries) == before + 1


def test_who_says_it_again_changes_nothing_that_two_have_decided() -> None:
    story = holder()
    amended(story, material=True)
    scheme = story.dossier.scheme
    assert amended(story, at="2026-02-15", material=False) == []
    assert story.dossier.scheme.amendments == scheme.amendments


# --- which contracts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concluded", "first"),
    [
        ("2026-02-10", "AmendmentNoticeOwed"),
        ("2026-03-01 12:00", "AmendmentNoticeOwed"),
        ("2026-03-02 00:00", "AmendmentDeferred"),
        ("2026-03-30 23:59", "AmendmentDeferred"),
        ("2026-03-31 00:00", None),
    ],
)
def test_a_contract_concluded_before_the_change_takes_effect_is_told_one_from_after_it_is_under_it_at_once(
    concluded: str, first: str | None
) -> None:
    story = Story().registered().assessed({2024: "AA"})
    amended(story)
    story.agreed(concluded)
    amendments = [e for e in story.entries if e.event.name.startswith("Amendment")]
    assert [(e.event.name, e.event.effective_at) for e in amendments[:1]] == (
        [(first, moment(concluded))] if first else []
    )
    assert terms(story, concluded) == (OLD if first else NEW)
    edition = (story.last("ContractConcluded").editions or "").partition(" ")[0]
    assert edition == (OLD if first else NEW)
    assert not story.told("IssuerObligationBreached")
    if first == "AmendmentDeferred":  # nobody could have told it in time
        noticed(story, "2026-04-01")
        assert matter(story).takes_effect_at == moment("2026-05-01")


def test_an_order_that_is_no_contract_yet_is_decided_under_the_terms_of_the_day() -> None:
    story = Story().registered()
    amended(story)
    story.fact(facts.ConsensusRecorded(order="N-1", evidence=HASH), "2026-03-30")
    story.fact(facts.ConsensusRecorded(order="N-1", evidence=HASH), "2026-03-31")
    stamps = [(e.editions or "").partition(" ")[0] for e in story.told("OrderRefused")]
    assert stamps == [OLD, NEW]


def test_each_certificate_of_a_company_has_terms_of_its_own() -> None:
    story = holder()
    amended(story)
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2026-02-10")
    noticed(story, "2026-02-20", order="N-2")
    story.until("2026-04-15")
    assert (terms(story, "2026-04-15"), terms(story, "2026-04-15", "N-2")) == (OLD, NEW)
    assert story.told("AmendmentTookEffect")[0].order == "N-2"


def test_a_contract_that_has_ended_is_told_nothing() -> None:
    story = holder()
    story.fact(facts.CompanyDeregistered(), "2026-01-15")
    assert amended(story) == []
    assert told(noticed(story, "2026-02-10"))[1:] == [("FactHadNoEffect", "DNB-14.1")]


@pytest.mark.parametrize("announced", ["2026-02-01", "2026-05-01"])
def test_what_lies_ahead_falls_away_with_the_contract(announced: str) -> None:
    story = holder()
    amended(story, at=announced, on="2026-08-01")
    story.fact(facts.CompanyDeregistered(), "2026-06-01")
    over = matter(story)
    assert (over.closed, over.takes_effect_at, over.withdraw_until, over.in_force) == (True, None, None, False)
    story.until("2026-12-01")
    assert not story.told("AmendmentTookEffect")
    assert not [e for e in story.told("IssuerObligationBreached") if e.rule is Rule.DNB_14_2]


def test_the_end_of_one_contract_leaves_what_lies_ahead_of_another() -> None:
    story = holder()
    amended(story, on="2026-08-01")
    story.fact(facts.ConsensusRecorded(order="N-2", evidence=HASH), "2026-02-10")
    story.cancelled("2026-03-01")
    story.until("2026-07-01")
    assert (matter(story).closed, matter(story, order="N-2").closed) == (True, False)


# --- several amendments ------------------------------------------------------------------------------------------


def test_a_newer_edition_takes_the_place_of_an_older_one_that_never_took_effect() -> None:
    story = holder()
    amended(story)
    amended(story, on="2026-05-01", at="2026-02-02", edition=NEXT)
    noticed(story, "2026-03-25", edition=NEXT)
    story.until("2026-05-01")
    assert getattr(story.last("AmendmentTookEffect").data, "supersedes", ()) == (NEW,)
    assert (matter(story).closed, matter(story).in_force, matter(story, NEXT).in_force) == (True, False, True)
    assert told(noticed(story, "2026-05-02"))[-1] == ("FactHadNoEffect", "DNB-14.1")
    story.until("2026-06-25")
    assert (taken_effect(story), terms(story, "2026-06-25")) == ([], NEXT)


def test_a_newer_edition_follows_one_that_took_effect() -> None:
    story = holder()
    amended(story)
    amended(story, on="2026-05-01", at="2026-02-02", edition=NEXT)
    noticed(story, "2026-02-10")
    noticed(story, "2026-02-11", edition=NEXT)
    story.until("2026-05-01")
    assert [terms(story, at) for at in ("2026-03-30 23:59", "2026-03-31", "2026-04-30 23:59", "2026-05-01")] == [
        *(OLD, NEW, NEW),
        NEXT,
    ]


def test_an_older_edition_announced_after_a_newer_one_is_in_force_is_part_of_it() -> None:
    story = holder()
    amended(story, material=False)
    story.until("2026-03-31")
    assert amended(story, on="2026-03-01", at="2026-04-10", edition=NEXT, material=False) == []
    assert terms(story, "2026-04-11") == NEW


def test_an_edition_that_was_announced_is_never_edited() -> None:
    story = holder()
    amended(story)
    assert amended(story, on="2026-08-01", at="2026-02-02") == []
    assert amended(story, at="2026-02-03", edition=OLD) == []
    assert [a.edition for a in story.dossier.scheme.amendments] == [NEW]
    assert matter(story).takes_effect_at == moment("2026-03-31")


# --- late facts --------------------------------------------------------------------------------------------------


def test_an_amendment_that_is_learned_late_was_announced_on_its_day() -> None:
    story = holder()
    story.blocked("2026-04-17")
    answer = amended(story, at="2026-02-01", learned="2026-04-20")
    assert [(e.name, f"{e.effective_at:%Y-%m-%d}", f"{e.recorded_at:%Y-%m-%d}") for e in answer] == [
        ("AmendmentNoticeOwed", "2026-01-31", "2026-04-19"),
        ("IssuerObligationBreached", "2026-03-01", "2026-04-19"),
        ("AmendmentDeferred", "2026-03-01", "2026-04-19"),
    ]


def test_a_notice_that_is_learned_late_was_received_on_its_day() -> None:
    story = holder()
    amended(story)
    story.until("2026-04-10")
    answer = noticed(story, "2026-02-20", learned="2026-04-12")
    assert story.late == 1
    annulled = [e.data.event for e in answer if isinstance(e.data, events.DecisionAnnulled)]
    assert annulled == ["IssuerObligationBreached", "AmendmentDeferred"]
    assert (taken_effect(story), terms(story, "2026-04-12")) == (["2026-03-30"], NEW)


def test_a_notice_that_is_learned_before_its_amendment_counts_once_that_is_known() -> None:
    story = holder()
    noticed(story, "2026-02-20")
    answer = amended(story, at="2026-02-01", learned="2026-02-25")
    assert told(answer) == [
        ("DecisionAnnulled", "DNB-14.1"),
        ("AmendmentNoticeOwed", "DNB-14.2"),
        ("AmendmentNoticeRecorded", "DNB-14.2"),
    ]


def test_a_notice_that_turns_out_wrong_is_none() -> None:
    story = holder()
    amended(story)
    noticed(story, "2026-02-20")
    number = str(story.entries[-2].event.fact)
    story.until("2026-04-10")
    assert taken_effect(story) == ["2026-03-30"]
    story.retracted(number, "2026-04-12")
    assert matter(story).takes_effect_at is None
    assert terms(story, "2026-04-12") == OLD


# --- the stamp (GEN-11) ------------------------------------------------------------------------------------------


def test_every_decision_names_the_terms_that_bind_the_holder_at_its_moment() -> None:
    story = holder()
    amended(story)
    noticed(story, "2026-02-20")
    story.blocked("2026-03-30")
    story.blocked("2026-04-01", blockade="B-2")
    stamps = [(e.editions or "").partition(" ")[0] for e in story.told("MarkLicenceLost")]
    assert stamps == [OLD, NEW]
    assert (story.last("AmendmentTookEffect").editions or "").startswith(NEW)


def test_a_decision_of_the_instant_at_which_it_takes_effect_is_under_it() -> None:
    story = Story().registered().assessed({2023: "AA"}).agreed("2025-03-30").assessed({2024: "AA"})
    story.noticed("2026-01-15")
    amended(story)
    noticed(story, "2026-02-20")
    story.until("2026-04-02")
    renewed = story.last("ContractRenewed")
    assert (renewed.effective_at, (renewed.editions or "").partition(" ")[0]) == (moment("2026-03-31"), NEW)


def test_a_decision_about_the_company_is_under_the_terms_of_the_day() -> None:
    story = holder()
    amended(story)
    for year, at in ((2025, "2026-03-30"), (2023, "2026-03-31"), (2022, "2026-03-31")):
        data = facts.ClassAssessed(
            business_year=year, attained=facts.Excellence.AAA, model_version="m-1", inputs_hash=HASH
        )
        story.fact(data, at)
    attained = story.last("EditionAttained")
    assert (attained.order, (attained.editions or "").partition(" ")[0]) == (None, NEW)


def test_without_an_amendment_the_stamp_is_the_scheme_s_own() -> None:
    story = holder()
    assert stamp(story.dossier, story.dossier.stream("N-1"), moment("2026-01-01")) is story.dossier.scheme.editions
