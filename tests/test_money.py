"""Clause 5: invoices in dinars, arrears that suspend nothing, and what collecting them costs."""

from decimal import Decimal
from typing import Any

import pytest

from domain import events, facts, recording
from domain.amounts import Money
from domain.events import Event
from domain.facts import CostKind, CreditReason
from domain.interest import Rate
from domain.matters import Waits
from domain.money import Invoice
from domain.moves import moves
from domain.outlook import items
from domain.rules import Rule
from domain.schemes.scheme import Scheme
from domain.tasks import Task, settled
from domain.worklist import lines
from tests.story import HASH, Story, day, moment


def rsd(text: str) -> Money:
    return Money.of(f"{text} RSD")


def told(entries: list[Event]) -> list[tuple[str, str | None]]:
    return [(e.name, e.rule.value if e.rule else None) for e in entries]


def holder(*rates: tuple[str, str]) -> Story:
    """A certificate concluded on 30 June 2025, under these rates of default interest."""
    scheme = Scheme(rates=tuple(Rate(day(since), Decimal(percent)) for since, percent in rates))
    return Story(scheme).registered().assessed({2024: "AA"}).agreed("2025-06-30")


def step(story: Story, of: type[facts.Fact], at: str, learned: str | None = None, **more: Any) -> list[Event]:
    named = {"invoice": "I-7"} if issubclass(of, facts.InvoiceFact) else {}
    return story.fact(of.model_validate({"order": "N-1", **named, **more}), at, learned)


def issued(story: Story, at: str = "2025-07-01", **more: Any) -> list[Event]:
    """An invoice of 30000.00 and 6000.00 tax, to be paid by 15 July 2025."""
    content = {"net": rsd("30000.00"), "vat": rsd("6000.00"), "due_on": day("2025-07-15"), **more}
    return step(story, facts.InvoiceIssued, at, **content)


def paid(story: Story, amount: str, at: str, learned: str | None = None, **more: Any) -> list[Event]:
    return step(story, facts.PaymentReceived, at, learned, amount=rsd(amount), **more)


def invoiced(*rates: tuple[str, str]) -> Story:
    story = holder(*rates)
    issued(story)
    return story


def overdue(*rates: tuple[str, str]) -> Story:
    story = invoiced(*rates)
    story.until("2025-08-01")
    return story


def invoice(story: Story, number: str = "I-7") -> Invoice:
    matter = story.dossier.matters[f"invoice {number}"]
    assert isinstance(matter, Invoice)
    return matter


def no_effect(answer: list[Event]) -> tuple[str, Rule | None, str]:
    last = answer[-1]
    return last.name, last.rule, str(getattr(last.data, "reason", ""))


# --- the invoice (DNB-5.1, 5.6) ----------------------------------------------------------------------------------


def test_an_invoice_is_owed_with_its_tax_until_its_own_last_day() -> None:
    story = holder()
    assert told(issued(story))[1:] == [("PaymentTermStarted", "DNB-5.6")]
    matter = invoice(story)
    assert (str(matter.net), str(matter.vat), str(matter.gross)) == ("30000.00 RSD", "6000.00 RSD", "36000.00 RSD")
    assert (matter.order, matter.balance, matter.closed) == ("N-1", rsd("36000.00"), False)
    assert (matter.what, matter.waits_for) == ("invoice has to be paid", Waits.HOLDER)
    due = next(item for item in items(story.dossier) if item.about == "invoice I-7")
    assert (due.whose, due.due_at, due.term.rule) == ("holder", moment("2025-07-16"), Rule.DNB_5_6)


def test_no_day_off_moves_the_last_day_of_an_invoice() -> None:
    story = holder()
    issued(story, due_on=day("2025-07-13"))  # a Sunday
    assert invoice(story).due.lapses_at == moment("2025-07-14")


def test_an_invoice_that_was_due_before_it_was_issued_is_due_on_the_day_of_its_issue() -> None:
    story = holder()
    issued(story, at="2025-07-20 10:00")
    assert invoice(story).due.lapses_at == moment("2025-07-21")
    assert story.until("2025-07-20 23:59") == []
    assert told(story.until("2025-07-21")) == [("InvoiceOverdue", "DNB-5.6"), ("TaskOpened", "DNB-5.2")]


@pytest.mark.parametrize("foreign", [{"net": Money.of("1.00 EUR")}, {"vat": Money.of("1.00 EUR")}])
def test_prices_are_in_dinars(foreign: dict[str, Money]) -> None:
    story = holder()
    answer = issued(story, "2025-07-01", **foreign)
    assert no_effect(answer) == ("FactHadNoEffect", Rule.DNB_5_1, "prices are in dinars, not 1.00 EUR")
    assert "invoice I-7" not in story.dossier.matters
    assert recording.refusal(recording.Learned(story.dossier, tuple(answer)), answer[0]) == answer[-1]


@pytest.mark.parametrize("kind", [facts.PaymentReceived, facts.CollectionCostIncurred, facts.ReminderSent])
def test_nothing_else_is_counted_in_another_currency(kind: type[facts.Fact]) -> None:
    story = overdue()
    euros = Money.of("5.00 EUR")
    content: dict[str, Any] = {"fee": euros} if kind is facts.ReminderSent else {"amount": euros}
    if kind is facts.CollectionCostIncurred:
        content["kind"] = CostKind.COURT
    assert no_effect(step(story, kind, "2025-08-02", **content))[:2] == ("FactHadNoEffect", Rule.DNB_5_1)
    assert invoice(story).balance == rsd("36000.00")


def test_a_number_is_used_for_one_invoice_only() -> None:
    story = invoiced()
    assert no_effect(issued(story, at="2025-07-02", net=rsd("1.00"))) == (
        *("FactHadNoEffect", Rule.DNB_5_1),
        "an invoice I-7 was issued before",
    )
    assert invoice(story).net == rsd("30000.00")


@pytest.mark.parametrize("which", [{"invoice": "I-8"}, {"order": "N-2"}])
def test_what_is_about_no_invoice_of_this_order_has_no_effect(which: dict[str, str]) -> None:
    kinds: list[tuple[type[facts.Fact], dict[str, Any]]] = [
        (facts.InvoiceSent, {"address": "a@b.rs"}),
        (facts.PaymentReceived, {"amount": rsd("1.00")}),
        (facts.ReminderSent, {"fee": rsd("1.00")}),
        (facts.CollectionCostIncurred, {"amount": rsd("1.00"), "kind": CostKind.LAWYER}),
        (facts.InterestClaimed, {}),
        (facts.InvoiceCreditRequested, {"because": CreditReason.MEASURE}),
    ]
    for kind, content in kinds:
        story = overdue()
        assert no_effect(step(story, kind, "2025-08-02", **content, **which))[:2] == ("FactHadNoEffect", Rule.DNB_5_1)


# --- payments ----------------------------------------------------------------------------------------------------


def test_an_invoice_that_is_paid_in_parts_is_closed_by_the_last() -> None:
    story = invoiced()
    assert told(paid(story, "16000.00", "2025-07-05"))[1:] == [("PaymentCredited", "DNB-5.1")]
    assert (invoice(story).unpaid, invoice(story).closed) == (rsd("20000.00"), False)
    paid(story, "20000.00", "2025-07-15 23:59")
    matter = invoice(story)
    assert (matter.unpaid, matter.balance, matter.paid) == (rsd("0.00"), rsd("0.00"), rsd("36000.00"))
    assert (matter.closed, matter.clock, matter.what, matter.waits_for) == (True, None, "", Waits.NOTHING)
    assert "InvoiceOverdue" not in {e.name for e in story.until("2026-01-01")}


@pytest.mark.parametrize(("at", "late"), [("2025-07-15 23:59", False), ("2025-07-16 00:00", True)])
def test_the_last_day_to_pay_ends_at_midnight(at: str, *, late: bool) -> None:
    story = invoiced()
    paid(story, "36000.00", at)
    story.until("2025-08-01")
    assert bool(story.told("InvoiceOverdue")) is late


def test_only_what_is_left_is_overdue() -> None:
    story = invoiced()
    paid(story, "35999.99", "2025-07-15")
    story.until("2025-07-16")
    assert getattr(story.last("InvoiceOverdue").data, "unpaid", None) == rsd("0.01")


def test_arrears_go_to_collection_and_touch_nothing_else() -> None:
    story = invoiced()
    assert told(story.until("2025-08-01")) == [("InvoiceOverdue", "DNB-5.6"), ("TaskOpened", "DNB-5.2")]
    assert story.tasks() == ["collect"]
    assert (invoice(story).overdue, invoice(story).clock) == (True, None)
    assert story.status("2025-08-01") == "valid"
    quiet = {"IssuerObligationBreached", "RenewalHeld"}  # no renewal notice was given in this story
    assert {e.name for e in story.until("2026-07-02")} <= quiet


def test_the_task_to_collect_is_settled_by_the_payment() -> None:
    story = overdue()
    task = story.dossier.matters["task collect I-7 N-1"]
    assert isinstance(task, Task)
    assert not settled(story.dossier, task)
    paid(story, "36000.00", "2025-08-02")
    assert settled(story.dossier, task)


def test_the_task_to_collect_is_settled_where_the_invoice_falls_away() -> None:
    story = holder()
    issued(story)
    number = story.entries[-2].event.fact
    story.until("2025-08-01")
    task = story.dossier.matters["task collect I-7 N-1"]
    assert isinstance(task, Task)
    story.retracted(str(number), "2025-08-02")
    assert "invoice I-7" not in story.dossier.matters
    assert settled(story.dossier, task)


def test_who_paid_too_much_gets_it_back_by_hand() -> None:
    story = invoiced()
    assert told(paid(story, "36000.01", "2025-07-05"))[1:] == [
        ("PaymentCredited", "DNB-5.1"),
        ("TaskOpened", "GEN-8"),
    ]
    assert getattr(story.last("TaskOpened").data, "recommendation", "") == "0.01 RSD too much was paid: give it back"
    assert invoice(story).closed
    assert (invoice(story).unpaid, str(invoice(story).balance)) == (rsd("0.00"), "-0.01 RSD")


def test_a_payment_that_was_made_in_time_and_learned_late_takes_the_arrears_away() -> None:
    story = overdue()
    step(story, facts.ReminderSent, "2025-08-02", fee=rsd("250.00"))
    assert invoice(story).balance == rsd("36250.00")
    answer = paid(story, "36000.00", "2025-07-14", learned="2025-08-05")
    assert story.late == 1
    annulled = [e.data.event for e in answer if isinstance(e.data, events.DecisionAnnulled)]
    assert annulled == ["InvoiceOverdue", "TaskOpened", "ReminderFeeAdded"]
    assert (invoice(story).balance, invoice(story).closed) == (rsd("0.00"), True)


def test_a_payment_that_turns_out_wrong_is_none() -> None:
    story = invoiced()
    paid(story, "36000.00", "2025-07-05")
    number = story.entries[-2].event.fact
    story.until("2025-08-01")
    assert not story.told("InvoiceOverdue")
    story.retracted(str(number), "2025-08-02")
    assert invoice(story).unpaid == rsd("36000.00")
    assert story.last("InvoiceOverdue").effective_at == moment("2025-07-16")


def test_a_payment_learned_before_its_invoice_counts_once_that_is_known() -> None:
    story = holder()
    assert no_effect(paid(story, "36000.00", "2025-07-10"))[0] == "FactHadNoEffect"
    step(
        story,
        facts.InvoiceIssued,
        "2025-07-01",
        "2025-07-12",
        net=rsd("30000.00"),
        vat=rsd("6000.00"),
        due_on=day("2025-07-15"),
    )
    assert invoice(story).closed


# --- reminders and costs (DNB-5.2, 5.3) --------------------------------------------------------------------------


def test_a_reminder_has_a_fee_only_while_the_invoice_is_overdue() -> None:
    story = invoiced()
    early = step(story, facts.ReminderSent, "2025-07-15 23:59", fee=rsd("250.00"))
    assert no_effect(early)[:2] == ("FactHadNoEffect", Rule.DNB_5_2)
    late = step(story, facts.ReminderSent, "2025-07-16", fee=rsd("250.00"))
    assert told(late)[-1] == ("ReminderFeeAdded", "DNB-5.2")
    assert (invoice(story).fees, invoice(story).balance) == (rsd("250.00"), rsd("36250.00"))
    paid(story, "36000.00", "2025-07-20")
    assert (invoice(story).unpaid, invoice(story).closed) == (rsd("0.00"), False)
    again = step(story, facts.ReminderSent, "2025-07-21", fee=rsd("250.00"))
    assert no_effect(again)[:2] == ("FactHadNoEffect", Rule.DNB_5_2)
    paid(story, "250.00", "2025-07-22")
    assert invoice(story).closed


def test_collecting_costs_what_it_really_cost() -> None:
    story = overdue()
    for kind, amount in ((CostKind.INQUIRY, "99.90"), (CostKind.LAWYER, "12000.00"), (CostKind.OUT_OF_COURT, "0.10")):
        answer = step(story, facts.CollectionCostIncurred, "2025-08-02", kind=kind, amount=rsd(amount), document=HASH)
        assert told(answer)[1:] == [("CollectionCostAdded", "DNB-5.2")]
    assert (invoice(story).costs, invoice(story).balance) == (rsd("12100.00"), rsd("48100.00"))


def test_costs_of_collecting_are_owed_after_the_arrears_were_paid() -> None:
    story = overdue()
    paid(story, "36000.00", "2025-08-02")
    step(story, facts.CollectionCostIncurred, "2025-08-03", kind=CostKind.LAWYER, amount=rsd("500.00"))
    assert (invoice(story).closed, invoice(story).balance) == (False, rsd("500.00"))


def test_there_is_nothing_to_collect_before_the_invoice_is_overdue() -> None:
    story = invoiced()
    answer = step(story, facts.CollectionCostIncurred, "2025-07-15", kind=CostKind.LAWYER, amount=rsd("500.00"))
    assert no_effect(answer)[:2] == ("FactHadNoEffect", Rule.DNB_5_2)


def test_in_court_the_holder_bears_all_costs() -> None:
    story = invoiced()
    answer = step(story, facts.CollectionCostIncurred, "2025-07-15", kind=CostKind.COURT, amount=rsd("500.00"))
    assert told(answer)[1:] == [("CollectionCostAdded", "DNB-5.3")]


@pytest.mark.parametrize(("at", "rule"), [("2025-07-09 23:59", "DNB-5.2"), ("2025-07-10", "DNB-5.3")])
def test_in_insolvency_too_from_the_day_on_which_it_is_opened(at: str, rule: str) -> None:
    story = invoiced()
    opened = facts.InsolvencyOpened(kind=facts.Insolvency.FORCED_SETTLEMENT, proceeding="P-1")
    if rule == "DNB-5.3":
        story.fact(opened, "2025-07-10")
    answer = step(story, facts.CollectionCostIncurred, at, kind=CostKind.LAWYER, amount=rsd("500.00"))
    assert answer[-1].rule == rule
    assert (answer[-1].name == "CollectionCostAdded") is (rule == "DNB-5.3")


# --- default interest (DNB-5.2) ----------------------------------------------------------------------------------


def claimed(story: Story, at: str) -> Event:
    return step(story, facts.InterestClaimed, at)[-1]


def test_default_interest_runs_from_the_day_after_the_last_day() -> None:
    story = overdue(("2025-01-01", "10.95"))
    answer = claimed(story, "2025-08-14 12:00")
    assert isinstance(answer.data, events.InterestComputed)
    assert (answer.rule, answer.data.first, answer.data.last) == (Rule.DNB_5_2, day("2025-07-16"), day("2025-08-14"))
    assert answer.data.amount == rsd("324.00")  # 36000.00 at 10.95 per cent is 10.80 a day
    assert (invoice(story).interest, invoice(story).balance) == (rsd("324.00"), rsd("36324.00"))


def test_interest_that_is_claimed_again_takes_the_place_of_the_first() -> None:
    story = overdue(("2025-01-01", "10.95"))
    claimed(story, "2025-08-14")
    claimed(story, "2025-08-15")
    assert invoice(story).interest == rsd("334.80")


def test_interest_follows_rates_and_payments() -> None:
    story = overdue(("2025-01-01", "10.95"), ("2025-07-21", "21.90"))
    paid(story, "18000.00", "2025-08-02")
    answer = claimed(story, "2025-08-04").data
    assert isinstance(answer, events.InterestComputed)
    assert [(str(p.first), str(p.annual_percent), p.principal, p.amount) for p in answer.pieces] == [
        ("2025-07-16", "10.95", rsd("36000.00"), rsd("54.00")),
        ("2025-07-21", "21.90", rsd("36000.00"), rsd("259.20")),
        ("2025-08-02", "21.90", rsd("18000.00"), rsd("32.40")),
    ]
    assert answer.amount == rsd("345.60")


def test_there_is_no_interest_before_anything_is_overdue() -> None:
    story = invoiced()
    answer = claimed(story, "2025-07-15 23:59")
    assert no_effect([answer]) == ("InterestRefused", Rule.DNB_5_2, "nothing was overdue")


def test_there_is_no_interest_on_what_was_paid_in_time() -> None:
    story = invoiced()
    paid(story, "36000.00", "2025-07-15")
    assert no_effect([claimed(story, "2025-09-01")])[2] == "nothing was overdue"


def test_a_day_without_a_rate_refuses_the_interest_and_is_named() -> None:
    story = overdue(("2025-07-20", "10.95"))
    answer = step(story, facts.InterestClaimed, "2025-08-14")
    missing = "no rate of default interest is known for 2025-07-16"
    assert no_effect(answer) == ("InterestRefused", Rule.DNB_5_2, missing)
    assert recording.refusal(recording.Learned(story.dossier, tuple(answer)), answer[0]) == answer[-1]


def rate(percent: str) -> facts.DefaultInterestRateSet:
    return facts.DefaultInterestRateSet(annual_percent=Decimal(percent))


def test_a_rate_that_is_learned_after_the_claim_makes_it_right() -> None:
    story = overdue(("2025-07-20", "10.95"))
    claimed(story, "2025-08-14")
    answer = story.scheme_fact(rate("21.90"), "2025-07-01", "2025-09-01")
    assert told(answer) == [("DecisionAnnulled", "DNB-5.2"), ("InterestComputed", "DNB-5.2")]
    assert invoice(story).interest == rsd("367.20")  # 4 days at 21.60, 26 at 10.80


@pytest.mark.parametrize(("paid_on", "needed"), [("2025-07-15", False), ("2025-07-16", True), (None, True)])
def test_a_late_rate_has_a_story_told_again_only_where_an_invoice_was_not_paid_by_its_last_day(
    paid_on: str | None,
    needed: bool,  # noqa: FBT001
) -> None:
    story = invoiced(("2025-01-01", "10.95"))
    if paid_on:
        paid(story, "36000.00", paid_on)
    claimed(story, "2025-08-14")
    late = story.event(rate("21.90"), "2025-07-01", "2025-09-01")
    scheme = story.dossier.scheme.meets(late)
    short = recording.meet(story.dossier, scheme, late)
    assert (short is None) == needed
    long = recording.remeet(story.dossier, story.entries, scheme, late)
    if short is not None:
        assert short == long
    # Paid on the day after, it bore interest for no day, whatever the rate is.
    assert bool(long.events) == (paid_on is None)


def test_a_rate_from_a_day_after_the_claim_changes_nothing() -> None:
    story = overdue(("2025-01-01", "10.95"))
    claimed(story, "2025-08-14")
    assert story.scheme_fact(rate("21.90"), "2025-08-15") == []
    assert invoice(story).interest == rsd("324.00")
    claimed(story, "2025-08-15")
    assert invoice(story).interest == rsd("345.60")


def test_of_two_rates_for_one_day_the_one_learned_last_counts() -> None:
    story = overdue()
    story.scheme_fact(rate("99.00"), "2025-01-01", "2025-08-02")
    story.scheme_fact(rate("10.95"), "2025-01-01", "2025-08-03")
    claimed(story, "2025-08-14")
    assert invoice(story).interest == rsd("324.00")
    assert [(str(r.since), str(r.annual_percent)) for r in story.dossier.scheme.rates] == [
        ("2025-01-01", "99.00"),
        ("2025-01-01", "10.95"),
    ]


def test_a_payment_learned_after_the_claim_makes_the_interest_less() -> None:
    story = overdue(("2025-01-01", "10.95"))
    claimed(story, "2025-08-14")
    paid(story, "18000.00", "2025-07-31", learned="2025-08-20")
    assert invoice(story).interest == rsd("243.00")  # 15 days at 10.80, 15 at 5.40
    assert invoice(story).balance == rsd("18243.00")


# --- where invoices go (DNB-5.4, 5.5) ----------------------------------------------------------------------------


def test_an_invoice_goes_to_the_address_that_the_holder_named() -> None:
    story = invoiced()
    assert told(step(story, facts.InvoiceSent, "2025-07-01", address="x@textil.rs"))[1:] == []
    step(story, facts.InvoiceAddressNamed, "2025-07-02", address="racuni@textil.rs")
    assert told(step(story, facts.InvoiceSent, "2025-07-03", address="racuni@textil.rs"))[1:] == []
    assert told(step(story, facts.InvoiceSent, "2025-07-04", address="x@textil.rs"))[1:] == [("TaskOpened", "DNB-5.4")]
    assert story.tasks() == ["send-invoice"]


def test_the_address_named_last_counts_and_may_be_learned_late() -> None:
    story = invoiced()
    step(story, facts.InvoiceAddressNamed, "2025-07-02", address="racuni@textil.rs")
    step(story, facts.InvoiceSent, "2025-07-04", address="novi@textil.rs")
    assert story.tasks() == ["send-invoice"]
    answer = step(story, facts.InvoiceAddressNamed, "2025-07-03", learned="2025-07-05", address="novi@textil.rs")
    assert [e.data.event for e in answer if isinstance(e.data, events.DecisionAnnulled)] == ["TaskOpened"]


@pytest.mark.parametrize(
    ("offers", "online", "reason"),
    [
        (True, True, None),
        (False, True, "its bank doesn't offer invoices"),
        (True, False, "the holder doesn't use online banking"),
        (False, False, "its bank doesn't offer invoices and the holder doesn't use online banking"),
    ],
)
def test_invoices_in_the_bank_take_both_conditions(*, offers: bool, online: bool, reason: str | None) -> None:
    story = holder()
    answer = step(story, facts.BankInvoiceRequested, "2025-07-01", bank_offers_it=offers, banks_online=online)
    told_now = "BankInvoiceRefused" if reason else "BankInvoiceGranted"
    assert no_effect(answer) == (told_now, Rule.DNB_5_5, reason or "")
    refused = recording.refusal(recording.Learned(story.dossier, tuple(answer)), answer[0])
    assert (refused is None) is (reason is None)


# --- measures (DNB-7.7) ------------------------------------------------------------------------------------


def test_no_measure_releases_from_an_invoice() -> None:
    story = invoiced()
    answer = step(story, facts.InvoiceCreditRequested, "2025-07-05", because=CreditReason.MEASURE)
    assert no_effect(answer)[:2] == ("CreditRefused", Rule.DNB_7_7)
    assert invoice(story).balance == rsd("36000.00")


@pytest.mark.parametrize("because", [CreditReason.ERROR, CreditReason.WITHDRAWAL])
def test_any_other_reason_to_void_an_invoice_is_for_two_people(because: CreditReason) -> None:
    story = invoiced()
    answer = step(story, facts.InvoiceCreditRequested, "2025-07-05", because=because, amount=rsd("100.00"))
    assert told(answer)[1:] == [("TaskOpened", "GEN-8")]
    assert invoice(story).balance == rsd("36000.00")


# --- credits (GEN-8) -----------------------------------------------------------------------------------------------


def asked(story: Story, at: str = "2025-07-05", because: CreditReason = CreditReason.ERROR, **more: Any) -> Story:
    step(story, facts.InvoiceCreditRequested, at, because=because, **more)
    return story


def credited(
    story: Story, amount: str | None = None, at: str = "2025-07-06", learned: str | None = None, **more: Any
) -> list[Event]:
    how = {"granted": True, "decided_by": "ana", "approved_by": "bo", **more}
    return step(story, facts.InvoiceCreditDecided, at, learned, amount=Money.of(amount) if amount else None, **how)


def waiting(story: Story) -> list[str]:
    """What the worklist says of credits and refunds."""
    return [line.what for line in lines(story.dossier) if line.state in {"credit-invoice", "refund"}]


def test_a_credit_lowers_what_is_owed_and_settles_its_task() -> None:
    story = asked(invoiced(), amount=rsd("100.00"))
    assert waiting(story) == ["somebody wants 100.00 RSD of it to be void (error): let two people decide"]
    assert told(credited(story, "100.00 RSD"))[1:] == [("InvoiceCredited", "GEN-8")]
    assert (invoice(story).charged, invoice(story).balance) == (rsd("35900.00"), rsd("35900.00"))
    assert (waiting(story), invoice(story).closed) == ([], False)


def test_a_credit_of_all_closes_the_invoice_and_its_term() -> None:
    story = asked(invoiced())
    credited(story)
    assert (invoice(story).balance, invoice(story).closed, invoice(story).clock) == (rsd("0.00"), True, None)
    assert story.until("2025-08-01") == []


def test_a_second_credit_is_asked_for_anew_and_meets_only_what_is_left() -> None:
    story = asked(invoiced())
    credited(story, "35999.99 RSD")
    assert no_effect(credited(story, at="2025-07-07"))[:2] == ("FactHadNoEffect", Rule.DNB_7_7)
    asked(story, "2025-07-08")
    reason = "no more than 0.01 RSD of it can be credited"
    assert no_effect(credited(story, "0.02 RSD", "2025-07-09")) == ("FactHadNoEffect", Rule.DNB_5_1, reason)
    credited(story, at="2025-07-10")
    assert invoice(story).closed


def test_who_had_paid_what_is_credited_gets_it_back() -> None:
    story = asked(invoiced())
    paid(story, "36000.00", "2025-07-05")
    assert told(credited(story, "0.01 RSD"))[1:] == [("InvoiceCredited", "GEN-8"), ("TaskOpened", "GEN-8")]
    assert waiting(story) == ["0.01 RSD too much was paid: give it back"]


def test_a_credit_that_is_declined_leaves_the_invoice_and_settles_its_task() -> None:
    story = asked(invoiced())
    answer = credited(story, granted=False)
    assert told(answer)[1:] == [("InvoiceCreditDeclined", "GEN-8")]
    assert recording.refusal(recording.Learned(story.dossier, tuple(answer)), answer[0]) is None
    assert (invoice(story).balance, waiting(story)) == (rsd("36000.00"), [])


@pytest.mark.parametrize(
    ("amount", "more", "rule", "reason"),
    [
        ("1.00 RSD", {"approved_by": "ana"}, Rule.GEN_8, "two different people are needed"),
        ("1.00 EUR", {}, Rule.DNB_5_1, "prices are in dinars, not 1.00 EUR"),
        ("1.00 RSD", {"invoice": "I-8"}, Rule.DNB_5_1, "no invoice I-8 was issued for this order"),
    ],
)
def test_a_credit_that_has_no_effect_still_waits(amount: str, more: dict[str, str], rule: Rule, reason: str) -> None:
    story = asked(invoiced())
    assert no_effect(credited(story, amount, **more)) == ("FactHadNoEffect", rule, reason)
    assert (invoice(story).balance, len(waiting(story))) == (rsd("36000.00"), 1)


@pytest.mark.parametrize("because", [None, CreditReason.MEASURE])
def test_nobody_decides_on_a_credit_that_was_not_asked_for_or_only_for_a_measure(because: CreditReason | None) -> None:
    story = invoiced()
    if because:
        asked(story, because=because)
    assert no_effect(credited(story)) == ("FactHadNoEffect", Rule.DNB_7_7, "no credit of it waits for a decision")


def test_a_credit_that_is_learned_after_the_interest_makes_it_less() -> None:
    story = overdue(("2025-01-01", "10.95"))
    step(story, facts.InterestClaimed, "2025-08-14")
    assert invoice(story).interest == rsd("324.00")
    asked(story, "2025-08-14 12:00")
    credited(story, "18000.00 RSD", "2025-07-31", "2025-08-15")
    assert no_effect(story.told("FactHadNoEffect"))[1] is Rule.DNB_7_7  # it was not asked for by then
    credited(story, "18000.00 RSD", "2025-08-15")
    step(story, facts.InterestClaimed, "2025-08-16")
    assert str(invoice(story).interest) == "334.80 RSD"


def test_a_credit_whose_request_turns_out_wrong_is_none() -> None:
    story = invoiced()
    asked(story)
    request = str(story.told("InvoiceCreditRequested")[0].fact)
    credited(story)
    story.retracted(request, "2025-07-07")
    assert invoice(story).balance == rsd("36000.00")


def test_an_invoice_offers_what_is_about_it_and_asks_for_another_person_where_two_decide() -> None:
    story = asked(overdue())
    told_of = {m.fact.__name__: m.allowed for m in moves(story.dossier, "invoice I-7", moment("2025-08-02"), "ana")}
    assert told_of == {
        "InvoiceSent": True,
        "PaymentReceived": True,
        "ReminderSent": True,
        "CollectionCostIncurred": True,
        "InvoiceCreditRequested": True,
        "InvoiceCreditDecided": True,
        "InterestClaimed": False,  # no rate is known
    }
    credited(story, at="2025-08-02")
    told_of = {m.fact.__name__: m.allowed for m in moves(story.dossier, "invoice I-7", moment("2025-08-03"), "ana")}
    assert not told_of["InvoiceCreditDecided"]


def test_a_fee_for_an_invoice_that_fell_away_is_no_longer_owed_nor_in_the_way() -> None:
    story = holder()
    issued(story)
    number = story.entries[-2].event.fact
    story.until("2025-08-01")
    step(story, facts.ReminderSent, "2025-08-02", fee=rsd("250.00"))
    story.retracted(str(number), "2025-08-03")
    assert "invoice I-7" not in story.dossier.matters
    assert no_effect(story.told("FactHadNoEffect"))[2] == "no invoice I-7 was issued for this order"
