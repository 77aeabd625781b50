"""What goes out: each message as its schema says, with ids that never change, and no word that was set apart."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import select

from adapters.intake.reading import Line, digest, read
from adapters.kafka.dead_letters import SetAside, dead_letter, place, set_aside, told
from adapters.kafka.messages import (
    EVENT_MESSAGES,
    FromFile,
    FromKafka,
    NoticeMessage,
    Reason,
    event_id,
    event_message,
    notice_id,
    notice_message,
    register_entry,
    type_of,
)
from adapters.main import System
from domain import events
from domain import facts as of
from domain.amounts import Money
from domain.events import DECISIONS, EVENTS, Event
from domain.interest import Rate
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.secrecy import PRIVATE_FIELDS
from domain.wire import ANY_CLOUD_EVENT, ENVELOPES, CloudEvent
from projections.batch import Recorded
from projections.notices import Kind, Notice, considered, notice
from projections.register import register
from tests.installation import COMPANY, NOW, OTHER, THIRD, installation, made_up, registration, take_in, wire
from tests.lives import CHECKED
from tests.outgoing import LOG, faults
from tests.story import HASH, Story, day, moment
from tests.test_codec import CANCELLATION, PERSONAL, PRIVATE, TRACES, decisions, envelopes, facts
from tests.test_intake import BAD, blocked, renamed

# --- events ------------------------------------------------------------------------------------------------------

# Their texts are set apart first, so a whole installation tells them (below).
REFERENCES = {model.__name__ for model in PRIVATE_FIELDS}


@pytest.mark.parametrize("name", sorted(EVENTS.keys() - REFERENCES))
def test_every_event_goes_out_as_its_schema_describes_it(name: str) -> None:
    @settings(CHECKED, max_examples=10)
    @given(envelopes(decisions(DECISIONS[name]) if name in DECISIONS else facts(name)))
    def sent(event: Event) -> None:
        message = event_message(LOG, Recorded(7, 3, event))
        assert faults(type_of(name), message.model_dump_json(exclude_none=True)) == []

    sent()


def notice_told(system: System, recorded: Recorded) -> NoticeMessage | None:
    return notice_message(LOG, recorded, lambda: system.store.history(recorded.event.subject))


def told_of(system: System) -> list[Recorded]:
    return system.store.log(0, 1_000_000)


def test_what_an_installation_tells_is_as_the_schemas_describe_it(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), *PRIVATE, *made_up(16))
        system.engine.submit(ANY_CLOUD_EVENT.validate_json(CANCELLATION))
        system.engine.enforce(NOW)
        names = {recorded.event.name for recorded in told_of(system)}
        assert names >= {*REFERENCES, "DecisionAnnulled", "CommandRefused"}
        for recorded in told_of(system):
            message = event_message(LOG, recorded)
            assert faults(message.type, message.model_dump_json(exclude_none=True)) == []
            notice_of = notice_told(system, recorded)
            if notice_of is not None:
                assert faults(notice_of.type, notice_of.model_dump_json(exclude_none=True)) == []
        with system.store.reading() as c:
            rows = c.execute(select(register)).all()
        for row in rows:
            entry = register_entry(row, "Textil")
            assert faults("rs.bonitet.register.v1", entry.model_dump_json(exclude_none=True)) == []


def test_a_message_that_differs_from_its_schema_is_noticed() -> None:
    (entry, *_) = Story().registered().entries
    sent = json.loads(event_message(LOG, Recorded(1, 1, entry.event)).model_dump_json(exclude_none=True))
    kind = sent["type"]
    assert faults(kind, json.dumps(sent)) == []
    changes: list[dict[str, Any]] = [{"rule": "none"}, {"sequence": "1"}, {"note": "x"}, {"data": {}}]
    for change in (*changes, {"data": {"name": "T", "x": 1}}):
        assert faults(kind, json.dumps(sent | change)), change


def test_the_id_of_an_event_names_its_stream_and_version_whoever_tells_it() -> None:
    (entry, *_) = Story().registered().entries
    ids = {event_message(log, Recorded(p, 1, entry.event)).id for log in (LOG, LOG[:-1] + "1") for p in (1, 2)}
    assert ids == {event_id(entry.event.stream, 1)}
    others = [event_id(COMPANY, 2), event_id(f"{COMPANY}/N-1", 1), event_id(OTHER, 1), notice_id(COMPANY, 1)]
    assert len({*ids, *others}) == 5


def test_the_ids_of_a_published_event_never_change() -> None:
    # Readers tell by the id what they have had already: another way to make it would deliver everything anew.
    assert str(event_id("RS-17012347/N-1", 3)) == "addc740d-b093-526e-8232-f8b7061d3b37"
    assert str(notice_id("RS-17012347/N-1", 3)) == "7928ec5d-a443-521a-b62e-7926c735ae24"


def test_the_sequence_grows_as_text_as_the_position_grows() -> None:
    (entry, *_) = Story().registered().entries
    told = [event_message(LOG, Recorded(position, 1, entry.event)).sequence for position in (2, 10, 99, 10**12)]
    assert told == sorted(told)


def test_no_outgoing_type_is_that_of_a_fact_and_intake_takes_none_of_them() -> None:
    outgoing = {type_of(name) for name in EVENT_MESSAGES}
    assert outgoing.isdisjoint(ENVELOPES)
    (entry, *_) = Story().registered().entries
    sent = event_message(LOG, Recorded(1, 1, entry.event)).model_dump_json(exclude_none=True).encode()
    assert not isinstance(read(Line(1, sent), 1_000_000), CloudEvent)


def test_every_rule_of_the_rule_book_can_be_told() -> None:
    (entry, *_) = Story().registered().entries
    for rule in Rule:
        sent = event_message(LOG, Recorded(1, 1, entry.event.model_copy(update={"rule": rule})))
        assert sent.rule == rule


# --- persons and free text ---------------------------------------------------------------------------------------


def everything_told(system: System) -> str:
    """All that goes out of an installation, as one text."""
    told_out: list[str] = []
    for recorded in told_of(system):
        told_out.append(event_message(LOG, recorded).model_dump_json())
        notice_of = notice_told(system, recorded)
        if notice_of is not None:
            told_out.append(notice_of.model_dump_json())
    with system.store.reading() as c:
        told_out.extend(register_entry(row, "Textil").model_dump_json() for row in c.execute(select(register)))
        for kind in ("rejected", "parked"):
            told_out.extend(dead_letter(LOG, b"a key", row).model_dump_json() for row in set_aside(c, kind, 0, 1_000))
    return "\n".join(told_out)


def test_no_text_that_was_set_apart_goes_out(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        unread = [line.replace(b'"case"', b'"Jelena Anic"') for line in PRIVATE if b'"case"' in line]
        waiting = [line.replace(COMPANY.encode(), OTHER.encode()) for line in PRIVATE]
        summary = take_in(system, registration(), *PRIVATE, *unread, *waiting)
        assert (summary.recorded, summary.rejected, summary.parked) == (1 + len(PRIVATE), len(unread), len(waiting))
        system.engine.submit(ANY_CLOUD_EVENT.validate_json(CANCELLATION))
        sent = everything_told(system)
    assert "ref:" in sent
    assert "CommandRefused" in sent
    assert sent.count("deadletter") == len(unread) + len(waiting)
    assert [word for word in (*TRACES, *PERSONAL) if word.lower() in sent.lower()] == []


# --- the register ------------------------------------------------------------------------------------------------


def test_the_public_sees_the_clause_and_never_the_rule_nor_a_flag(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(150))
        system.engine.enforce(NOW)
        with system.store.reading() as c:
            rows = c.execute(select(register)).all()
    assert any(row.flag for row in rows)
    shown = [register_entry(row, "Textil").model_dump_json() for row in rows]
    assert not any("DNB-" in entry or "rule" in entry or "flag" in entry for entry in shown)
    assert {json.loads(entry)["clause"] for entry in shown} <= {"3", "4", "6", "7"}


def corrected() -> tuple[bytes, ...]:
    """A certificate of 1 July 2025, with a defect that was corrected on 10 October at 9 in Belgrade."""
    grade = of.ClassAssessed(business_year=2024, attained=of.Excellence.AAA, model_version="m-1", inputs_hash=HASH)
    defect = of.DefectReported(order="N-1", dispute="D-1", description="the name is wrong")
    return (
        wire(grade, "2025-05-15"),
        wire(of.ConsensusRecorded(order="N-1", evidence=HASH), "2025-07-01"),
        wire(defect, "2025-10-01"),
        wire(of.CorrectionIssued(order="N-1", dispute="D-1", document=HASH), "2025-10-10T09:00:00+02:00"),
    )


def test_the_public_sees_the_revision_of_a_corrected_certificate_and_not_why(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        *before, correction = corrected()
        take_in(system, registration(), *before)
        take_in(system, correction, source="another")  # what was written before is remembered
        with system.store.reading() as c:
            rows = c.execute(select(register).order_by(register.c.since)).all()
    shown = [json.loads(register_entry(row, "Textil").model_dump_json(exclude_none=True)) for row in rows]
    assert [entry.get("revision") for entry in shown] == [None, 1]
    assert shown[-1]["revised_at"] == "2025-10-10T07:00:00Z"
    assert {entry["clause"] for entry in shown} == {"4"}
    assert "D-1" not in json.dumps(shown)
    assert faults("rs.bonitet.register.v1", json.dumps(shown[-1])) == []


# --- notices -----------------------------------------------------------------------------------------------------

at = datetime(2026, 3, 28, 9, tzinfo=UTC)


def event(data: Any, rule: Rule | None = None, **more: Any) -> Event:
    return Event(stream=f"{COMPANY}/N-1", effective_at=at, recorded_at=at, data=data, rule=rule, **more)


def owed(told_now: Event, *before: Event) -> Notice | None:
    return notice(told_now, lambda: [Recorded(n, n, e) for n, e in enumerate(before, 1)])


def test_somebody_has_said_of_every_event_whether_it_makes_a_notice_owed() -> None:
    assert considered() == set(EVENTS.values())


def notices_of(entries: Iterable[Any]) -> list[Notice]:
    history = [Recorded(position, e.version, e.event) for position, e in enumerate(entries, 1)]
    return [told_now for r in history if (told_now := notice(r.event, lambda: history))]


def test_a_warning_names_its_case_and_when_the_48_hours_are_over() -> None:
    story = Story().registered().assessed({2023: "AAA"}).agreed("2024-06-03")
    reported = of.MisuseReported(case="C-1", kind=of.Violation.ALTERATION, evidence=(HASH,))
    story.fact(reported, "2024-09-27 09:00")
    story.fact(of.WarningDelivered(case="C-1"), "2024-09-28 10:00")
    story.until("2024-10-02")
    told_now = {n.kind: n for n in notices_of(story.entries)}
    assert {Kind.CONTRACT_CONCLUDED, Kind.WARNING, Kind.LICENCE_SUSPENDED} <= told_now.keys()
    warning = told_now[Kind.WARNING]
    assert (warning.by, warning.rule, warning.case) == (moment("2024-09-30 10:00"), Rule.DNB_7_1, "C-1")
    assert told_now[Kind.LICENCE_SUSPENDED].effective_at == moment("2024-09-30 10:00")


def test_a_retracted_blockade_withdraws_the_notices_of_its_loss_and_of_the_removal() -> None:
    story = Story().registered().assessed({2023: "AAA"}).agreed("2024-06-03")
    story.blocked("2024-09-01")
    story.retracted(str(story.told("AccountBlocked")[0].fact), "2024-09-20")
    lost, removal = (
        next(e for e in story.entries if e.event.name == name) for name in ("MarkLicenceLost", "RemovalClockStarted")
    )
    withdrawn = [n for n in notices_of(story.entries) if n.kind is Kind.WITHDRAWN]
    assert [(n.withdraws, n.certificate, n.rule) for n in withdrawn] == [
        (lost.version, lost.event.stream, Rule.DNB_6_14),
        (removal.version, removal.event.stream, Rule.DNB_6_17),
    ]


def test_an_annulled_event_that_nobody_was_told_of_withdraws_nothing() -> None:
    before = event(events.MarkLicenceGranted(), Rule.DNB_6_1)
    annulment = events.DecisionAnnulled(version=1, event="MarkLicenceGranted", because="fact f-1")
    assert owed(event(annulment), before) is None


def test_what_a_certificate_brings_from_another_system_was_told_there() -> None:
    brought = of.CertificateTakenOver(
        order="N-1",
        concluded_on=at.date(),
        term=1,
        valid_until=at.date() + timedelta(365),
        business_year=2025,
        attained=of.Excellence.AAA,
        licence=of.LicenceThen.LOST,
    )
    fact = event(brought, fact="f-1", source="urn:test")
    lost = events.MarkLicenceLost(ground="taken-over")
    suspended = events.MarkLicenceSuspended(case="taken-over/N-1")
    for data in (lost, suspended):
        assert owed(event(data, Rule.DNB_6_14, cause="fact f-1"), fact) is None
        named_so = owed(event(data, Rule.DNB_6_14, cause="fact f-2"), fact)
        assert named_so is not None, "a blockade, or a case, may be called so by anybody"


def test_a_notice_that_came_too_late_is_not_overdue_as_well() -> None:
    concluded = Story().registered().assessed({2023: "AAA"}).agreed("2024-06-03").last("ContractConcluded").data
    assert isinstance(concluded, events.ContractConcluded)
    due = concluded.dates.notice_by
    breach = events.IssuerObligationBreached(duty="renewal notice", due=due)
    overdue = owed(event(breach, Rule.DNB_4_11))
    assert overdue is not None
    assert (overdue.kind, overdue.by) == (Kind.RENEWAL_NOTICE_OVERDUE, due.lapses_at)
    assert owed(event(breach, Rule.DNB_4_12)) is None


def test_every_kind_of_notice_is_told_by_some_story(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, *made_up(150))
        system.engine.enforce(NOW)
        told_of_all = {n.data.kind for r in told_of(system) if (n := notice_told(system, r))}
    rare = {Kind.RENEWAL_UNDONE, Kind.DEADLINE_MOVED, Kind.EDITION_REFUSED, Kind.VECTOR_REFUSED}
    assert told_of_all >= set(Kind) - rare - OF_MONEY - OF_TERMS - OF_DISPUTES
    assert owed(event(events.RenewalUndone(term=2, ended_at=at), Rule.DNB_4_13))
    assert owed(event(events.VectorMaterialRefused(reason="none"), Rule.DNB_6_4))
    assert owed(event(events.SpecialEditionRefused(edition=of.Edition.GOLD, reason="none"), Rule.DNB_2_5))


OF_MONEY = {
    *(Kind.INVOICE_OVERDUE, Kind.INTEREST_CLAIMED, Kind.CREDIT_REFUSED, Kind.DAMAGE_CLAIMED),
    *(Kind.CREDIT_GRANTED, Kind.DAMAGE_WAIVED, Kind.BANK_INVOICE_GRANTED, Kind.BANK_INVOICE_REFUSED),
}
OF_TERMS = {
    *(Kind.AMENDMENT_ANNOUNCED, Kind.AMENDMENT_NOTICE_DUE, Kind.AMENDMENT_WITHDRAWAL_OPEN, Kind.TERMS_AMENDED),
}


def test_a_holder_is_told_of_what_he_owes_and_what_becomes_of_it() -> None:
    rate = Rate(day("2025-01-01"), Decimal("10.95"))
    story = Story(Scheme(rates=(rate,))).registered().assessed({2024: "AAA"}).agreed("2025-06-30")
    about: dict[str, Any] = {"order": "N-1", "invoice": "I-7"}
    net, vat = Money.of("30000.00 RSD"), Money.of("6000.00 RSD")
    story.fact(of.InvoiceIssued(**about, net=net, vat=vat, due_on=day("2025-07-15")), "2025-07-01")
    story.fact(of.MisuseReported(case="C-1", kind=of.Violation.ALTERATION, evidence=(HASH,)), "2025-07-02")
    deeds: tuple[of.Fact, ...] = (
        of.InterestClaimed(**about),
        of.InvoiceCreditRequested(**about, because=of.CreditReason.MEASURE),
        of.BankInvoiceRequested(order="N-1", bank_offers_it=True, banks_online=True),
        of.BankInvoiceRequested(order="N-1", bank_offers_it=True, banks_online=False),
        of.DamageClaimed(case="C-1", amount=net),
        of.DamageWaiverDecided(case="C-1", decided_by="ana", approved_by="bo"),
        of.InvoiceCreditRequested(**about, because=of.CreditReason.ERROR),
        of.InvoiceCreditDecided(**about, granted=True, amount=vat, decided_by="ana", approved_by="bo"),
        of.InvoiceCreditRequested(**about, because=of.CreditReason.ERROR),
        of.InvoiceCreditDecided(**about, granted=False, decided_by="ana", approved_by="bo"),
    )
    for number, deed in enumerate(deeds, 14):
        story.fact(deed, f"2025-08-{number}")
    told_now = {n.kind: n for n in notices_of(story.entries)}
    assert told_now.keys() >= OF_MONEY
    assert told_now[Kind.INVOICE_OVERDUE].reason == "36000.00 RSD of invoice I-7"
    assert told_now[Kind.INTEREST_CLAIMED].reason == "324.00 RSD on invoice I-7"
    for kind in (Kind.DAMAGE_CLAIMED, Kind.DAMAGE_WAIVED):
        assert (told_now[kind].case, told_now[kind].reason) == ("C-1", str(net))
    assert told_now[Kind.CREDIT_GRANTED].reason == "6000.00 RSD of invoice I-7"
    assert told_now[Kind.CREDIT_REFUSED].reason == "invoice I-7 stays"


OF_DISPUTES = {
    *(Kind.DISPUTE_CLOSED, Kind.CORRECTION_DUE, Kind.CORRECTION_OVERDUE, Kind.CERTIFICATE_CORRECTED),
    *(Kind.WITHDRAWAL_ACCEPTED, Kind.WITHDRAWAL_REFUSED, Kind.CONTRACT_WITHDRAWN),
    *(Kind.DEVIATION_ACCEPTED, Kind.DEVIATION_REFUSED),
}


def test_a_holder_is_told_what_becomes_of_his_complaint_his_withdrawal_and_his_wishes() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-30")
    deviation = {"order": "N-1", "rule": "DNB-4.7", "form": of.WrittenForm.SIGNED_PDF, "document": HASH}
    one, other = ({"order": "N-1", "dispute": name} for name in ("D-1", "D-2"))
    statute = {"order": "N-1", "basis": of.WithdrawalBasis.STATUTE}
    deeds: tuple[of.Fact, ...] = (
        of.DeviationAgreed.model_validate({**deviation, "deviation": "V-1", "applies_from": day("2025-08-01")}),
        of.DeviationAgreed.model_validate({**deviation, "deviation": "V-2", "applies_from": day("2025-07-01")}),
        of.DefectReported.model_validate({**one, "description": "the date is wrong"}),
        of.DefectEstablished.model_validate({**one, "in_scope": True}),
        of.CorrectionPeriodAgreed.model_validate({**one, "correct_by": day("2025-07-15")}),
        of.CorrectionIssued.model_validate({**one, "document": HASH}),
        of.AmicableAttemptMade.model_validate(one),
        of.CourtSeized.model_validate(one),
        of.CourtDecided.model_validate({**one, "outcome": of.CourtOutcome.IN_PART, "document": HASH}),
        of.ClarificationRequested.model_validate({**other, "description": "why AAA?"}),
        of.ClarificationGiven.model_validate(other),
        of.ContractWithdrawalDeclared.model_validate(statute),
        of.ContractWithdrawalDeclared.model_validate({**statute, "law": "ZOO 262"}),
    )
    for number, deed in enumerate(deeds, 11):
        story.fact(deed, f"2025-07-{number}")
    told_now = {n.kind: n for n in notices_of(story.entries)}
    assert told_now.keys() >= OF_DISPUTES
    assert told_now[Kind.CORRECTION_DUE].by == moment("2025-07-16")
    closed = [n.reason for n in notices_of(story.entries) if n.kind is Kind.DISPUTE_CLOSED]
    assert closed == ["court: in_part", "clarified"]
    assert told_now[Kind.WITHDRAWAL_REFUSED].reason == "it does not say which law allows it"


def test_a_holder_is_owed_a_notice_of_every_amendment() -> None:
    story = Story().registered().assessed({2024: "AAA"}).agreed("2025-06-30")
    for number, material in ((2, False), (3, True)):
        amended = of.TermsAmended(
            edition=f"DNB-RS/{number}",
            takes_effect_on=day(f"2026-04-0{number}"),
            material=material,
            decided_by="ana",
            approved_by="bo",
            document=HASH,
        )
        story.scheme_fact(amended, "2026-02-01")
    told_now = {n.kind: n for n in notices_of(story.entries)}
    assert told_now[Kind.AMENDMENT_ANNOUNCED].reason == "DNB-RS/2"
    assert told_now[Kind.AMENDMENT_NOTICE_DUE].by == moment("2026-03-05")
    story.until("2026-03-10")
    due = [n.by for n in notices_of(story.entries) if n.kind is Kind.AMENDMENT_NOTICE_DUE]
    assert due == [moment("2026-03-05"), None]
    story.fact(of.AmendmentNoticeDelivered(order="N-1", edition="DNB-RS/3"), "2026-03-12")
    story.until("2026-04-15")
    told_now = {n.kind: n for n in notices_of(story.entries)}
    assert told_now.keys() >= OF_TERMS
    assert told_now[Kind.AMENDMENT_WITHDRAWAL_OPEN].by == moment("2026-04-12")


def test_a_notice_that_is_withdrawn_names_the_one_that_was_told() -> None:
    lost = event(events.MarkLicenceLost(ground="B-1"), Rule.DNB_6_14)
    annulment = event(events.DecisionAnnulled(version=4, event="MarkLicenceLost", because="fact f-2"), Rule.DNB_6_14)
    history = [Recorded(1, 4, lost), Recorded(2, 5, annulment)]
    first, second = (notice_message(LOG, recorded, lambda: history) for recorded in history)
    assert first is not None
    assert second is not None
    assert (second.data.kind, second.data.withdraws) == (Kind.WITHDRAWN, first.id)
    assert first.data.event == event_id(lost.stream, 4)
    assert first.data.clause == "6"


# --- dead letters ------------------------------------------------------------------------------------------------

REASONS = {
    "not JSON": Reason.NOT_JSON,
    "a list": Reason.NOT_AS_DESCRIBED,
    "no type": Reason.TYPE_MISSING,
    "extra field": Reason.NOT_AS_DESCRIBED,
    "time before all calendars": Reason.TIME_IMPOSSIBLE,
    "clock ahead": Reason.TIME_IMPOSSIBLE,
    "before the founding": Reason.BEFORE_THE_FOUNDING,
    "check digit": Reason.SUBJECT_UNKNOWN,
    "no register": Reason.SUBJECT_UNKNOWN,
    "unknown type of nobody": Reason.TYPE_UNKNOWN,
    "partition": Reason.KEY_DIFFERS,
    "company's fact for the scheme": Reason.OF_A_COMPANY,
    "scheme's fact for a company": Reason.OF_THE_SCHEME,
    "too long": Reason.TOO_LONG,
}


def dead_letters(system: System) -> list[Any]:
    with system.store.reading() as c:
        rows = [row for kind in ("rejected", "parked") for row in set_aside(c, kind, 0, 1_000)]
    return [dead_letter(LOG, b"a key", row) for row in rows]


def test_every_bad_line_is_told_by_a_reason_of_its_own_without_a_word_of_what_it_said(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(founded="2010-04-01"), *(payload for payload, _ in BAD.values()))
        letters = dead_letters(system)
    assert len(letters) == len(BAD)
    by_line = {letter.data.came.line - 2: letter for letter in letters}
    for number, case in enumerate(BAD):
        data = by_line[number].data
        assert data.reason != Reason.OTHER, case
        assert REASONS.get(case, data.reason) == data.reason, case
        assert faults("rs.bonitet.deadletter.v1", by_line[number].model_dump_json(exclude_none=True)) == []
        assert data.subject in {None, COMPANY, "SCHEME-DNB-RS"}, case
        assert data.type is None or data.type in ENVELOPES, case
    assert by_line[list(BAD).index("missing attribute")].data.fields == ("recordedtime",)
    assert by_line[list(BAD).index("Cyrillic grade")].data.fields == ("data.attained",)
    assert by_line[list(BAD).index("extra field")].data.fields is None, "its name is not one of ours"


def test_what_waits_is_told_with_its_company_and_since_when(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        unknown = wire("FactRetracted", "2024-01-10", data={"fact": "f-9"})
        take_in(system, renamed(subject=OTHER), renamed("2024-01-11", subject=OTHER), registration(), unknown)
        take_in(system, wire("rs.bonitet.AccountBlocked.v9", subject=THIRD), source="another")
        letters = [letter.data for letter in dead_letters(system)]
    assert [(d.kind, d.reason, d.subject) for d in letters] == [
        ("parked", Reason.NOT_REGISTERED, OTHER),
        ("parked", Reason.WAITS_BEHIND, OTHER),
        ("parked", Reason.RETRACTS_UNKNOWN, COMPANY),
        ("parked", Reason.VERSION_UNKNOWN, THIRD),
    ]
    assert {d.since for d in letters} == {NOW}
    assert letters[-1].type == "rs.bonitet.AccountBlocked.v9"


def test_an_id_that_came_again_with_other_content_is_told_so(tmp_path: Path) -> None:
    with installation(tmp_path / "a.sqlite3") as system:
        take_in(system, registration(), blocked(), blocked(at="2024-03-02"))
        (letter,) = dead_letters(system)
    assert letter.data.reason == Reason.ID_USED_BEFORE
    assert letter.data.subject == COMPANY


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("a defect of this program: ValueError: Jelena Anić", Reason.DEFECT),
        ("the message's key is 'jelena', its subject is 'RS-1': send it by its subject", Reason.KEY_DIFFERS),
        ("the message has no key: send each fact by its subject as key", Reason.KEY_DIFFERS),
        ("the message is empty (a tombstone): a fact is taken back by FactRetracted", Reason.EMPTY),
        ("it comes in the binary mode of CloudEvents: send", Reason.BINARY_MODE),
        ("offsets 3 to 7 were passed over (2026-01-01 10:00 UTC): Jelena said so", Reason.MOVED),
        ("Jelena Anić", Reason.OTHER),
        (
            "data.Jelena Anić: Extra inputs are not permitted; correct it and send the fact again",
            Reason.NOT_AS_DESCRIBED,
        ),
    ],
)
def test_of_a_reason_only_what_we_say_ourselves_goes_out(reason: str, code: Reason) -> None:
    may_be_told = told(reason)
    assert may_be_told.reason is code
    assert may_be_told.fields == ()
    assert "elena" not in may_be_told.says


def test_nobody_can_try_whether_what_was_set_aside_said_what_he_guesses() -> None:
    payload = b'{"name": "Jelena'
    row = SetAside("rejected", 1, "stdin", 1, "not JSON: x", payload, digest(payload), None, None)
    told = [dead_letter(LOG, key, row).data.sha256 for key in (b"a key", b"a key", b"another")]
    assert told[0] == told[1] != told[2]
    assert digest(payload) not in told


def test_a_field_is_named_only_if_every_part_of_its_name_is_ours() -> None:
    reason = (
        "data.attained: wrong; data.history.2021: wrong; data.jelena_anic: wrong; correct it and send the fact again"
    )
    assert told(reason).fields == ("data.attained", "data.history.2021")


def test_a_payload_names_its_type_and_company_only_where_they_are_known() -> None:
    def letter(payload: bytes) -> Any:
        return dead_letter(
            LOG, b"a key", SetAside("rejected", 1, "stdin", 1, "not JSON: x", payload, "0" * 64, None, None)
        ).data

    known = letter(b'{"subject": "EX-00000001", "type": "rs.bonitet.AccountBlocked.v2"}')
    assert (known.subject, known.type) == (COMPANY, "rs.bonitet.AccountBlocked.v2")
    for payload in (b'{"subject": "0101990710006", "type": "rs.bonitet.Jelena.v1"}', b"[]", b"7", b"{", b'{"type": 1}'):
        unknown = letter(payload)
        assert (unknown.subject, unknown.type) == (None, None)


def test_a_place_is_told_by_partition_and_offset_or_by_the_name_of_a_file() -> None:
    assert place("kafka:abc_D-1/bonitet.facts/xyz/3", 17) == FromKafka(
        cluster="abc_D-1", topic="bonitet.facts", topic_id="xyz", partition=3, offset=17
    )
    assert place("file:/srv/bonitet/facts #1.jsonl#0123456789ab", 4) == FromFile(file="facts #1.jsonl", line=4)
    assert place("rejects:12", 1) == FromFile(file="rejects:12", line=1)
