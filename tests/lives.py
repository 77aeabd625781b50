"""Made-up lives of one company for the laws: plausible facts in scenes, with their times, and how they are learned."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain import facts
from domain.amounts import Money
from domain.events import Event
from domain.facts import Edition, Excellence, Fact, Insolvency
from domain.policies import Policy
from domain.schemes.scheme import Scheme
from tests.life import is_scheme_wide
from tests.story import HASH, SUBJECT, midnight

CHECKED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
MORE = settings(CHECKED, max_examples=150)  # where it takes a rare life to tell
MOST = settings(CHECKED, max_examples=400)

FIRST_DAY = date(2022, 7, 1)  # most contracts begin here
ORDERS = ("N-1", "N-2")

POLICIES = (
    Policy(),
    Policy(hold_without_notice=False),
    Policy(misuse_procedure="automatic_loss", insolvency_from="request", permanent_requires_both=True),
    Policy(removal_from="receipt", removal_while_suspended="three_days", loss_ends_after_use=False),
    Policy(auto_suspend_on_lapse=False, cancel_reading="within_last", blocked_365d_excludes=False),
    Policy(first_edition_by_agreement=False, platinum_basis="ordered", renew_while_revoked=True, clock_from="sending"),
    Policy(late_fact_reopens_renewal=True, extension_needs_new_notice=False, notice_before="renewal", amicable_days=5),
)

# --- facts -------------------------------------------------------------------------------------------------------

T = TypeVar("T")
Scene = Callable[["Plan"], None]


@dataclass
class Plan:
    """A life on its way: what happened when, counted in days from the first day, and when it was learned.

    Every day is a multiple of `coarse`, so that many things may happen at one instant.
    """

    draw: st.DrawFn
    coarse: int = 1
    events: list[Event] = field(default_factory=list)

    def pick(self, *options: T) -> T:
        """One of these, the first being the simplest."""
        return self.draw(st.sampled_from(options))

    def some_day(self) -> int:
        """Any day on a coarse grid, so that days coincide; all of them lie after the first conclusion."""
        return 30 * self.draw(st.integers(0, 30))

    def maybe(self) -> bool:
        """Yes or no."""
        return self.draw(st.booleans())

    def often(self) -> bool:
        """Mostly yes."""
        return self.pick(0, 1, 2) < 2

    def add(self, day: int, data: Fact, *, ahead: int = 0, wide: bool = False) -> None:
        """A fact of this day; `ahead` days before it was it announced, else it is learned at once or later."""
        day = day // self.coarse * self.coarse
        hour = self.pick(0, 0, 10) if self.coarse == 1 else 0
        at = midnight(FIRST_DAY + timedelta(days=day)) + timedelta(hours=hour)
        delay = -ahead if ahead else self.pick(0, 0, 0, 1, 3, 30, 60, 500)
        number = len(self.events)
        stream = "SCHEME-DNB-RS" if wide else SUBJECT
        stream = f"{stream}/{data.order}" if isinstance(data, facts.OrderFact) else stream
        self.events.append(
            Event(
                stream=stream,
                effective_at=at,
                recorded_at=at + timedelta(days=delay),
                data=data,
                fact=f"f-{number * 17 % 101:03}",
                source=self.pick("urn:a", "urn:a", "urn:b"),
                actor="ana",
            )
        )


def classed(year: int, attained: object) -> facts.ClassAssessed:
    """A class of a business year."""
    return facts.ClassAssessed(
        business_year=year, attained=Excellence(str(attained)), model_version="m-1", inputs_hash=HASH
    )


def beginning(plan: Plan) -> None:
    """A company with classes and, mostly, a contract on the first day."""
    plan.add(-400, facts.CompanyRegistered(name="Textil", founded=date(2010, 1, 1)))
    for back in range(plan.pick(1, 3, 5)):
        plan.add(
            -47, classed(2021 - back, plan.pick("AAA", "AAA", "AAA", "AAA", "A") if back else plan.pick("AAA", "A"))
        )
    match plan.pick("consensus", "consensus", "consensus", "consensus", "phone", "taken over"):
        case "consensus":
            plan.add(0, facts.ConsensusRecorded(order="N-1", evidence=HASH))
        case "phone":
            for step in (facts.OfferMade, facts.OfferConfirmed, facts.PhoneOrderPlaced):
                plan.add(-plan.pick(2, 1), step(order="N-1"))
            plan.add(0, facts.OrderConfirmationSent(order="N-1"))
        case _:
            taken_over(plan)


def taken_over(plan: Plan) -> None:
    """A running certificate of another system."""
    term = plan.pick(1, 2)
    data = facts.CertificateTakenOver(
        order=plan.pick(*ORDERS),
        concluded_on=date(2022 - term, 11, 30),
        term=term,
        valid_until=date(2022, plan.pick(11, 12), 30),
        business_year=2021,
        attained=Excellence(plan.pick("AAA", "A")),
        edition=Edition(plan.pick("base", "gold")),
        history={2020: Excellence.AAA, 2019: Excellence.AAA},
        licence=facts.LicenceThen(plan.pick("granted", "suspended", "lost")),
    )
    plan.add(plan.pick(0, 30), data)


def assessed(plan: Plan) -> None:
    """A class in a later year, perhaps another one afterwards."""
    year = plan.pick(2022, 2023, 2024, 2021)
    day = 318 + 365 * (year - 2022)
    plan.add(day + plan.pick(0, 30, 47), classed(year, plan.pick("AAA", "AA", "none")))


def blocked(plan: Plan) -> None:
    """An account is blocked, perhaps unblocked, even on the same day."""
    day, name = plan.some_day() + plan.pick(0, -300), plan.pick("B-1", "B-2")
    plan.add(day, facts.AccountBlocked(blockade=name))
    if plan.maybe():
        plan.add(day + plan.pick(5, 0, 30), facts.AccountUnblocked(blockade=name))
        if plan.maybe():
            reinstated(plan, day + 30)


def reinstated(plan: Plan, day: int) -> None:
    """The holder asks for the licence, and two people decide."""
    order = plan.pick(*ORDERS)
    plan.add(day, facts.ReinstatementRequested(order=order))
    other = plan.pick("bo", "ana")
    agreement = plan.pick(HASH, HASH, None)
    plan.add(
        day + plan.pick(1, 0, 30),
        facts.ReinstatementDecided(
            order=order, granted=plan.maybe(), decided_by="ana", approved_by=other, agreement=agreement
        ),
    )


def insolvent(plan: Plan) -> None:
    """A proceeding is requested, opened, closed; a liquidation is decided by hand."""
    day, kind = plan.some_day(), Insolvency(plan.pick("bankruptcy", "liquidation"))
    name = f"P-{kind[0]}"
    if plan.maybe():
        plan.add(day, facts.ProceedingRequested(kind=kind, proceeding=name))
    if plan.maybe():
        plan.add(day + 10, facts.ProceedingDismissed(kind=kind, proceeding=name))
    else:
        plan.add(day + plan.pick(0, 30), facts.InsolvencyOpened(kind=kind, proceeding=name))
        if plan.maybe():
            other = plan.pick("bo", "ana")
            lost = facts.LossDecided(
                order="N-1", proceeding=name, lost=plan.maybe(), decided_by="ana", approved_by=other
            )
            plan.add(day + plan.pick(30, 40), lost)
        if plan.maybe():
            plan.add(day + plan.pick(60, 30), facts.InsolvencyClosed(kind=kind, proceeding=name))


def misused(plan: Plan) -> None:
    """A case of misuse and the steps of its ladder, mostly in their order, some left out and some out of place."""
    case, proper = plan.pick("C-1", "C-2"), plan.often()
    day = plan.some_day() + plan.pick(0, -90)
    plan.add(day, facts.MisuseReported(case=case, kind=facts.Violation.ALTERATION, evidence=(HASH,)))
    for number in range(plan.pick(1, 3, 5, 7)):
        day += plan.pick(1, 0, 2, 3, 14)
        steps = ladder(plan, case, day)
        plan.add(day, steps[number % 7] if proper else plan.pick(*steps))


def ladder(plan: Plan, case: str, day: int) -> tuple[Fact, ...]:
    """The ladder's steps on a day; the first seven are a plausible way down it."""
    until = midnight(FIRST_DAY + timedelta(days=day + plan.pick(5, 0, 30, -5)))
    warned = facts.WarningDelivered(case=case)
    demanded = facts.SecondDemandDelivered(case=case)
    declared = facts.CessationDeclared(case=case)
    verified, untrue = facts.CessationVerified(case=case), facts.CessationFoundUntrue(case=case)
    deferred = facts.SuspensionDeferred(case=case, until=until, reason="later")
    proposed = facts.PermanentWithdrawalProposed(case=case, proposed_by="ana")
    approved = facts.PermanentWithdrawalApproved(case=case, approved_by=plan.pick("bo", "bo", "ana"))
    decided = facts.SuspensionDecided(case=case)
    by_sending = facts.WarningServed(case=case), facts.SecondDemandServed(case=case)
    again = facts.MisuseReported(case=case, kind=facts.Violation.REGISTRATION, evidence=(HASH,))
    seen = facts.ViolationVerified(case=case)
    over = deferred, again, facts.CaseDismissed(case=case, reason="unfounded"), facts.InfringementEnded(case=case)
    ways = (
        (warned, declared, untrue, demanded, declared, verified, again),
        (warned, decided, demanded, seen, proposed, approved, verified),
        (warned, declared, verified, seen, proposed, approved, untrue),
        (by_sending[0], declared, decided, by_sending[1], declared, untrue, verified),
    )
    way = ways[int(case == "C-2") + 2 * plan.pick(0, 1)]
    return (*way, *(step for other in ways for step in other), *over)


def noticed(plan: Plan) -> None:
    """A renewal notice, around one of the ends of the contract."""
    day = 365 * plan.pick(1, 2, 3) + plan.pick(-70, -62, -61, -60, -59, -20, -5, 0, 1, 20, 400)
    reason = plan.pick(None, facts.LateReason.DATA_NOT_COLLECTED, facts.LateReason.OTHER)
    complete = plan.often()
    data = {"states_expiry": True, "states_class": True, "states_edition": complete, "late_reason": reason}
    plan.add(day, facts.RenewalNoticeDelivered.model_validate({"order": plan.pick("N-1", *ORDERS), **data}))


def cancelled(plan: Plan) -> None:
    """A cancellation, around one of the ends of the contract."""
    day = 365 * plan.pick(1, 2) + plan.pick(-90, -31, -30, -29, -10, 0, 1, 14, 30)
    signed, channel = plan.often(), plan.pick("email", "email", "letter")
    data = facts.RenewalCancelled(order="N-1", channel=facts.Channel(str(channel)), signed=bool(signed))
    plan.add(day, data)


def collected(plan: Plan) -> None:
    """Collection of a business year's data, of this company."""
    year = plan.pick(2022, 2023, 2021)
    day = 365 * (year - 2021) + plan.pick(-70, -10, -65, -365, 20)
    closes = plan.pick(None, FIRST_DAY + timedelta(days=day + 60))
    if plan.often():
        data = facts.DataCollectionOpened.model_validate({"business_year": year, "closes_on": closes})
        plan.add(day, data, ahead=plan.pick(0, 10, 30))
    if plan.maybe():
        plan.add(day + plan.pick(60, 10, 61, 90), facts.DataCollectionClosed(business_year=year))


def retracted(plan: Plan) -> None:
    """Any fact so far is taken back, a retraction too."""
    target: Event = plan.draw(st.sampled_from(plan.events))
    if is_scheme_wide(target):
        return
    day = (target.recorded_at - midnight(FIRST_DAY)).days + plan.pick(10, 0, 1, 60, -20)
    plan.add(day, facts.FactRetracted(fact=str(target.fact), source=target.source))


def agreed(plan: Plan) -> None:
    """An edition by agreement, before the contract or in its course, whether it is met or not."""
    edition = plan.pick(Edition.SILVER, Edition.GOLD, Edition.PLATINUM)
    data = facts.SpecialEditionAgreed.model_validate({"order": plan.pick("N-1", *ORDERS), "edition": edition})
    plan.add(plan.pick(-3, 0, 320, 330, 700), data)


def withdrawn(plan: Plan) -> None:
    """Two cases, the second of which costs the licence for good; then another loss, and a try to have it back."""
    day = plan.some_day()
    steps: tuple[Fact, ...] = (
        facts.MisuseReported(case="C-3", kind=facts.Violation.ALTERATION, evidence=(HASH,)),
        facts.CessationVerified(case="C-3"),
        facts.MisuseReported(case="C-4", kind=facts.Violation.ALTERATION, evidence=(HASH,)),
        facts.ViolationVerified(case="C-4"),
        facts.PermanentWithdrawalProposed(case="C-4", proposed_by="ana"),
        facts.PermanentWithdrawalApproved(case="C-4", approved_by="bo"),
        facts.AccountBlocked(blockade="B-3"),
        facts.AccountUnblocked(blockade="B-3"),
        facts.ReinstatementRequested(order="N-1"),
        facts.ReinstatementDecided(order="N-1", granted=True, decided_by="ana", approved_by="bo", agreement=HASH),
    )
    for number, step in enumerate(steps[: plan.pick(10, 6, 8)]):
        plan.add(day + 16 * number + plan.pick(0, 0, 0, -20), step)


def packaged(plan: Plan) -> None:
    """Packages are ordered around the conclusion or later, delivered, put off, delivered again; vector material."""
    order, day = plan.pick("N-1", *ORDERS), plan.pick(-3, 0, 1, 200, 400)
    if plan.maybe():
        plan.add(day, facts.RepresentativeNamed(order=order, name="Ana", email="ana@textil.rs"))
    for _ in range(plan.pick(1, 2)):
        plan.add(day, facts.PackageOrdered(order=order, package=facts.Package(plan.pick("basic", "silver", "gold"))))
        part = plan.pick(*facts.Delivery)
        new_due = FIRST_DAY + timedelta(days=day + plan.pick(40, 20, 2, 60))
        steps: tuple[Fact, ...] = (
            facts.EMaterialsDelivered(order=order),
            facts.ParcelDispatched(order=order),
            facts.ParcelDelivered(order=order),
            facts.DeliveryPostponed(order=order, delivery=part, new_due=new_due, reason="customs"),
            facts.ElementOrdered(order=order, element=facts.Element.VECTOR),
            facts.VectorMaterialRequested(order=order),
        )
        for _ in range(plan.pick(3, 1, 5)):
            day += plan.pick(1, 0, 3, 14, 31)
            plan.add(day, plan.pick(*steps))


def put_online(plan: Plan) -> None:
    """An e-sign or a logo goes online, and is taken down, in time or not, or put online again."""
    order, day, content = plan.pick("N-1", *ORDERS), plan.pick(1, -20, 0, 300), plan.pick(*facts.OnlineContent)
    for _ in range(plan.pick(1, 2, 3)):
        plan.add(day, facts.OnlineContentPublished(order=order, content=content))
        day += plan.pick(365, 10, 366, 400)
        if plan.often():
            plan.add(day, facts.OnlineContentTakenDown(order=order, content=content))


def removed(plan: Plan) -> None:
    """A loss by blockade or insolvency, its notice, and the mark that is seen to be gone, in whatever order."""
    order, day = plan.pick("N-1", *ORDERS), plan.some_day()
    losses: tuple[Fact, ...] = (
        facts.InsolvencyOpened(kind=Insolvency.BANKRUPTCY, proceeding="P-9"),
        facts.AccountBlocked(blockade="B-4"),
    )
    for _ in range(plan.pick(1, 2)):
        plan.add(day, plan.pick(*losses))
        plan.add(day + plan.pick(2, 0, 5), facts.LossNoticeDelivered(order=order))
        plan.add(day + plan.pick(4, 0, 6, 20), facts.MarkRemovalVerified(order=order))
        day += plan.pick(3, 0, 60)
    if plan.maybe():
        plan.add(day, facts.AccountUnblocked(blockade="B-4"))
        reinstated(plan, day)


def ordered(plan: Plan) -> None:
    """Something else about an order."""
    order = plan.pick(*ORDERS)
    deeds: tuple[Fact, ...] = (
        facts.ConsensusRecorded(order=order, evidence=HASH),
        facts.OrderConfirmationSent(order=order),
        facts.OfferMade(order=order),
        facts.RepresentativeNamed(order=order, name="Ana", email="ana@textil.rs"),
        facts.ContractRestorationDecided(order=order, decided_by="ana", approved_by=plan.pick("bo", "ana")),
        facts.RenewalDecided(
            order=order, renewed=plan.pick("on", "over") == "on", decided_by="ana", approved_by=plan.pick("bo", "ana")
        ),
    )
    plan.add(plan.some_day(), plan.pick(*deeds))


def protected(plan: Plan) -> None:
    """Whose data is kept, and who was told so; legal holds, disclosures, and an erasure."""
    day, order = plan.some_day() + plan.pick(0, -20), plan.pick(*ORDERS)
    hold = plan.pick("H-1", "H-2")
    deeds: tuple[Fact, ...] = (
        facts.RepresentativeNamed(order=order, name=plan.pick("Ana", "Iva"), email="ana@textil.rs"),
        facts.EmployeesInformed(order=order),
        facts.DataProtectionAcknowledged(order=order),
        facts.LegalHoldPlaced(hold=hold, reason="a dispute"),
        facts.LegalHoldLifted(hold=hold),
        facts.InformationDisclosed(
            basis=plan.pick(facts.DisclosureBasis.CONTRACT, facts.DisclosureBasis.LAW),
            recipient="a bank",
            document=HASH,
        ),
        facts.PersonErased(receipt=HASH, entries=1),
    )
    for number in range(plan.pick(2, 3, 4)):
        plan.add(day + plan.pick(1, 0, 30) * number, plan.pick(*deeds))


def renamed(plan: Plan) -> None:
    """The company bears another name and yet another, files a statement, or ceases to exist."""
    for number in range(plan.pick(2, 1, 0)):
        plan.add(plan.some_day(), facts.CompanyRenamed(name=f"Textil {number}"))
    deeds: tuple[Fact, ...] = (
        facts.StatementFiled(business_year=2022),
        facts.StatementRestated(business_year=2022),
        facts.CompanyDeregistered(),
    )
    if plan.maybe():
        plan.add(plan.some_day(), plan.pick(*deeds))


def invoiced(plan: Plan) -> None:
    """An invoice, perhaps of a number used before, and what follows on it, in any order."""
    number, order = plan.pick("I-1", "I-1", "I-2"), plan.pick("N-1", "N-1", "N-2")
    day = plan.some_day()
    due = FIRST_DAY + timedelta(days=day + plan.pick(15, 0, 30, -5))
    about: dict[str, Any] = {"order": order, "invoice": number}
    net, vat = Money.of("1000.00 RSD"), Money.of(str(plan.pick("200.00 RSD", "200.00 RSD", "200.00 EUR")))
    plan.add(day, facts.InvoiceIssued(**about, net=net, vat=vat, due_on=due))
    for _ in range(plan.pick(2, 1, 4, 6)):
        day += plan.pick(10, 0, 5, 30)
        amount = Money.of(str(plan.pick("600.00 RSD", "1200.00 RSD", "0.01 RSD", "5.00 EUR")))
        deeds: tuple[Fact, ...] = (
            facts.PaymentReceived(**about, amount=amount),
            facts.InterestClaimed(**about),
            facts.ReminderSent(**about, fee=amount),
            facts.CollectionCostIncurred(**about, amount=amount, kind=plan.pick(*facts.CostKind)),
            facts.InvoiceCreditRequested(**about, because=plan.pick(*facts.CreditReason)),
            facts.InvoiceCreditDecided(
                **about, granted=plan.often(), amount=plan.pick(None, amount), decided_by="ana", approved_by="bo"
            ),
            facts.InvoiceAddressNamed(order=order, address="a@textil.rs"),
            facts.InvoiceSent(**about, address=str(plan.pick("a@textil.rs", "b@textil.rs"))),
            facts.BankInvoiceRequested(order=order, bank_offers_it=plan.maybe(), banks_online=True),
            facts.DamageClaimed(case=str(plan.pick("C-1", "C-2")), amount=amount),
            facts.DamageMadeGood(case=str(plan.pick("C-1", "C-2")), amount=amount),
            facts.DamageWaiverDecided(
                case=str(plan.pick("C-1", "C-2")), decided_by="ana", approved_by=plan.pick("bo", "ana")
            ),
        )
        plan.add(day, plan.pick(deeds[0], deeds[1], *deeds))


def told_of_amendment(plan: Plan) -> None:
    """A holder receives the notice of an amendment, whether there is one or not."""
    edition, order = plan.pick("DNB-RS/2", "DNB-RS/3"), plan.pick("N-1", *ORDERS)
    plan.add(plan.some_day() + plan.pick(0, 1, -1), facts.AmendmentNoticeDelivered(order=order, edition=edition))


def amended(plan: Plan) -> None:
    """An amendment of the terms, announced in time or not, or a rate of default interest, of the whole scheme."""
    if not plan.often():
        rated(plan)
        return
    day, ahead = plan.some_day() - plan.pick(0, 400), plan.pick(0, 0, 20)
    data = facts.TermsAmended(
        edition=plan.pick("DNB-RS/2", "DNB-RS/3", "DNB-RS/1"),
        takes_effect_on=FIRST_DAY + timedelta(days=day + plan.pick(60, 31, 30, 10, -10)),
        material=plan.often(),
        decided_by="ana",
        approved_by=plan.pick("bo", "bo", "ana"),
        document=HASH,
    )
    plan.add(day, data, ahead=ahead, wide=True)


def rated(plan: Plan) -> None:
    """A rate of default interest, announced in time or heard of late."""
    day, ahead = plan.some_day() - plan.pick(0, 400), plan.pick(0, 0, 20)
    plan.add(day, facts.DefaultInterestRateSet(annual_percent=plan.pick(*_PERCENTS)), ahead=ahead, wide=True)


_PERCENTS = (Decimal("10.95"), Decimal("7.5"), Decimal(0))


def disputed(plan: Plan) -> None:
    """A defect, a question or an objection, with its steps mostly in order, and sometimes a withdrawal for it."""
    order, dispute = plan.pick("N-1", "N-1", "N-1", "N-2"), plan.pick("D-1", "D-2")
    name = {"order": order, "dispute": dispute}
    day, proper = plan.pick(30, 60, 300, 360, plan.some_day()), plan.often()
    text = "the date is wrong"
    last = FIRST_DAY + timedelta(days=day + plan.pick(20, 4, 60))
    by = {"decided_by": "ana", "approved_by": plan.pick("bo", "bo", "ana")}
    objection = {"ground": facts.ObjectionGround.WRONG_FACT, "loss": plan.pick("B-1", "B-2"), "description": text}
    outcome = plan.pick(*facts.ObjectionOutcome)
    withdrawal = {"order": order, "basis": facts.WithdrawalBasis.CORRECTION_OVERDUE, "dispute": dispute}
    settling: tuple[Fact, ...] = (
        facts.AmicableAttemptMade.model_validate(name),
        facts.CourtSeized.model_validate(name),
        facts.CourtDecided.model_validate({**name, "outcome": plan.pick(*facts.CourtOutcome), "document": HASH}),
        facts.SettlementReached.model_validate({**name, "document": HASH}),
    )
    corrected = facts.CorrectionIssued.model_validate({**name, "document": HASH})
    ways: tuple[tuple[Fact, ...], ...] = (
        (
            facts.DefectReported.model_validate({**name, "description": text}),
            facts.DefectEstablished.model_validate({**name, "in_scope": plan.often()}),
            facts.CorrectionPeriodAgreed.model_validate({**name, "correct_by": last}),
            facts.ContractWithdrawalDeclared.model_validate(withdrawal),
            corrected,
        ),
        (
            facts.DefectReported.model_validate({**name, "description": text}),
            facts.DefectEstablished.model_validate({**name, "in_scope": True}),
            facts.CorrectionPeriodNotAgreed.model_validate(name),
            corrected,
            *settling,
        ),
        (
            facts.ObjectionRaised.model_validate({**name, **objection}),
            facts.ObjectionDecided.model_validate({**name, **by, "outcome": outcome}),
            *settling,
        ),
        (
            facts.ClarificationRequested.model_validate({**name, "description": text}),
            facts.ClarificationGiven.model_validate(name),
            *settling,
        ),
    )
    way = plan.pick(*ways)
    steps = [step for other in ways for step in other]
    for step in way[: plan.pick(len(way), len(way), 3)]:
        plan.add(day, step if proper else plan.pick(*steps))
        day += plan.pick(8, 0, 1, 30)


def left(plan: Plan) -> None:
    """A withdrawal by statute, perhaps declared again, perhaps without the law that allows it."""
    for _ in range(plan.pick(1, 1, 2)):
        basis = plan.pick(facts.WithdrawalBasis.STATUTE, facts.WithdrawalBasis.STATUTE, facts.WithdrawalBasis.AMENDMENT)
        data = {"order": plan.pick("N-1", *ORDERS), "basis": basis, "law": plan.pick("ZOO", "ZOO", None)}
        day = plan.some_day() + plan.pick(0, 365, 366, -10)
        plan.add(
            day, facts.ContractWithdrawalDeclared.model_validate({**data, "edition": plan.pick("DNB-RS/2", "DNB-RS/3")})
        )


def departed(plan: Plan) -> None:
    """The terms are accepted, and one of their rules is departed from, mostly that on the form of a cancellation."""
    order = plan.pick("N-1", *ORDERS)
    if plan.maybe():
        edition = plan.pick("DNB-RS/1", "DNB-RS/2")
        plan.add(plan.some_day(), facts.TermsAccepted(order=order, edition=edition, document=HASH))
    day = plan.pick(330, 30, 695)
    agreement = facts.DeviationAgreed(
        order=order,
        deviation=plan.pick("V-1", "V-2"),
        rule=plan.pick("DNB-4.7", "DNB-4.7", "DNB-4.6", "DNB-13.1", "DNB-99"),
        form=plan.pick(*facts.WrittenForm),
        document=HASH,
        applies_from=FIRST_DAY + timedelta(days=day + plan.pick(0, 5, -5)),
    )
    plan.add(day, agreement)


def posted(plan: Plan) -> None:
    """A letter and what becomes of it, and a message that is read, acknowledged and perhaps answered by a fact."""
    day, name = plan.some_day() + plan.pick(0, 300, 30), plan.pick("L-1", "L-1", "L-2")
    kind, about = plan.pick(
        (facts.LetterKind.LOSS, None),
        (facts.LetterKind.WARNING, "C-1"),
        (facts.LetterKind.SECOND_DEMAND, "C-1"),
        (facts.LetterKind.RENEWAL_NOTICE, "1"),
        (facts.LetterKind.RENEWAL_NOTICE, None),
        (facts.LetterKind.AMENDMENT, "DNB-RS/2"),
    )
    letter = facts.LetterSent(
        letter=name,
        kind=kind,
        language=facts.Language.SERBIAN_CYRILLIC,
        route=facts.LetterRoute.EMAIL,
        order=plan.pick("N-1", None, *ORDERS),
        about=about,
        document=HASH,
    )
    plan.add(day, letter)
    for _ in range(plan.pick(1, 2)):
        delivered, returned = facts.LetterDelivered(letter=name), facts.LetterBounced(letter=name)
        plan.add(day + plan.pick(1, 0, 3), delivered if plan.often() else returned)
    if plan.maybe():
        message = plan.pick(HASH, "1" * 64)
        plan.add(day, facts.MessageReceived(message=message, order=plan.pick(None, *ORDERS), automatic=plan.maybe()))
        plan.add(day + plan.pick(0, 1), facts.MessageAcknowledged(message=message))
        plan.add(day + plan.pick(0, -1, 1), facts.RenewalCancelled(order="N-1", signed=True, message=message))


def published(plan: Plan) -> None:
    """Facts about the whole scheme: collection around an end of the contract, a wrong calendar, other terms."""
    if not plan.often():
        amended(plan)
        return
    if not plan.often():
        day = plan.some_day()
        off = tuple(FIRST_DAY + timedelta(days=day + n) for n in range(plan.pick(8, 1, 16)))
        plan.add(day, facts.CalendarCorrected(version=f"RS/{len(plan.events) + 2}", days_off=off), wide=True)
        return
    year = plan.pick(2022, 2022, 2023)
    day = 365 * (year - 2021) + plan.pick(-70, -65, -10, 20)
    closes = plan.pick(None, FIRST_DAY + timedelta(days=day + 60))
    if plan.often():
        data = facts.DataCollectionOpened.model_validate({"business_year": year, "closes_on": closes})
        plan.add(day, data, ahead=plan.pick(0, 10, 30), wide=True)
    if plan.often():
        plan.add(day + plan.pick(60, 10, 61, 90), facts.DataCollectionClosed(business_year=year), wide=True)


SCENES: tuple[Scene, ...] = (
    assessed,
    assessed,
    blocked,
    misused,
    misused,
    noticed,
    noticed,
    noticed,
    cancelled,
    collected,
    insolvent,
    ordered,
    agreed,
    renamed,
    withdrawn,
    protected,
    invoiced,
    told_of_amendment,
    disputed,
    disputed,
    left,
    departed,
    packaged,
    put_online,
    removed,
    posted,
)


@st.composite
def lives(draw: st.DrawFn, *extra: Scene, only: tuple[Scene, ...] = SCENES) -> list[Event]:
    """Facts of one company over three years, in the order in which they were learned."""
    plan = Plan(draw, coarse=draw(st.sampled_from((1, 1, 15))))
    beginning(plan)
    for scene in draw(st.lists(st.sampled_from((*only, *extra)), min_size=1, max_size=6)):
        scene(plan)
    return sorted(plan.events, key=lambda e: e.recorded_at)


# Scenes that are rare among all others, together, so that something comes of them.
OF_MONEY_AND_TERMS: tuple[Scene, ...] = (invoiced, invoiced, told_of_amendment, amended, amended)

anything: st.SearchStrategy[list[Event]] = st.one_of(
    lives(retracted, published), lives(retracted, only=OF_MONEY_AND_TERMS)
)
schemes: st.SearchStrategy[Scheme] = st.sampled_from(POLICIES).map(Scheme)
