"""The contract: ordered, concluded or taken over, with class and edition, until its holder ceases (clauses 3, 4)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from domain import events, facts
from domain.calendar import Term, Unit, days, days_before, local_day, midnight, months_after
from domain.calendar import months as months_term
from domain.certificate import Certificate, Ended, OrderStep
from domain.company import EDITIONS, Assessment, current_class, edition_attained, has_closed, ineligible
from domain.events import Conclusion, ContractTerm, Event
from domain.facts import Edition, Excellence
from domain.rules import Rule

if TYPE_CHECKING:
    from domain.telling import Telling

TERM_MONTHS = 12
NOTICE_DAYS = 60
CANCEL_DAYS = 30

_DAY = timedelta(days=1)


def dates_of(t: "Telling", term: int, valid_from: date, expires: Term) -> ContractTerm:
    """A term's dates with the notice and the cancellation, which hang on its last day (DNB-4.6, 4.11, X-6, X-7)."""
    zone = t.scheme.zone
    last = local_day(expires.lapses_at, zone) - _DAY
    noticed_before = last if t.scheme.policy.notice_before == "expiry" else last + _DAY
    return ContractTerm(
        term=term,
        valid_from=valid_from,
        valid_until=last,
        expires=expires,
        notice_by=days_before(Rule.DNB_4_11, noticed_before, NOTICE_DAYS, zone),
        cancel_by=_days_to_cancel(t, last),
    )


def _days_to_cancel(t: "Telling", last: date) -> Term:
    """Any day until the thirtieth before the last one; or these thirty days, with the day they begin (X-6)."""
    zone = t.scheme.zone
    if t.scheme.policy.cancel_reading == "not_later_than":
        return days_before(Rule.DNB_4_6, last, CANCEL_DAYS, zone)
    return days(Rule.DNB_4_6, midnight(last - CANCEL_DAYS * _DAY, zone), CANCEL_DAYS, zone, None)


def cancellable_from(dates: ContractTerm) -> datetime | None:
    """When the days to cancel begin; None where any day before their end will do (X-6)."""
    return None if dates.cancel_by.unit is Unit.DAYS_BEFORE else dates.cancel_by.starts


# --- order -------------------------------------------------------------------------------------------------------


_LACKS = {
    OrderStep.OFFER: "the offer was not made",
    OrderStep.CONFIRMATION: "the offer was not confirmed",
    OrderStep.PHONE_ORDER: "no telephone order was placed",
}
_TOO_EARLY = {
    OrderStep.CONFIRMATION: "the offer was not confirmed after it was made",
    OrderStep.PHONE_ORDER: "no telephone order was placed after the offer was confirmed",
}


def confirmation_sent(t: "Telling", event: Event, certificate: Certificate) -> None:
    """Channel A: concluded with the confirmation, if every step before it was taken, each after the last (DNB-4.1)."""
    taken = certificate.ordering
    missing = [lack for step, lack in _LACKS.items() if step not in taken]
    if not missing:
        rest = iter(taken)  # each look goes on from the step that the last one found
        missing = [_TOO_EARLY[step] for step in OrderStep if step not in rest][:1]
    if missing:
        refused = events.OrderRefused(reason=" and ".join(missing))
        t.tell(certificate.stream, event.effective_at, refused, Rule.DNB_4_1, t.cause(event))
    else:
        conclude(t, event, certificate, Conclusion.PHONE)


def conclude(t: "Telling", event: Event, certificate: Certificate, conclusion: Conclusion) -> None:
    """A contract of twelve months, licence and class with it; or the reason why not (DNB-3.1, 4.3, 6.1)."""
    at, stream, cause = event.effective_at, certificate.stream, t.cause(event)
    if certificate.contract is not None:
        t.no_effect(event, Rule.DNB_4_3, "the contract on this order is concluded already")
        return
    company = t.dossier.company
    fault = ineligible(company, t.scheme, at, at_issue=True)
    if fault:
        t.tell(stream, at, events.OrderRefused(reason=fault.reason), fault.rule, cause)
        return
    day = local_day(at, t.scheme.zone)
    dates = dates_of(t, 1, day, months_term(Rule.DNB_4_3, day, TERM_MONTHS, t.scheme.zone))
    rule = Rule.DNB_4_1 if conclusion is Conclusion.PHONE else Rule.DNB_4_2
    concluded = events.ContractConcluded(conclusion=conclusion, concluded_on=day, dates=dates)
    t.tell(stream, at, concluded, rule, cause)
    t.tell(stream, at, events.MarkLicenceGranted(), Rule.DNB_6_1, cause)
    agreed = certificate.agreed
    attained = edition_now(t, at)
    edition = agreed if agreed and EDITIONS.index(agreed) <= EDITIONS.index(attained) else Edition.BASE
    if agreed and edition is Edition.BASE:
        _refuse_edition(t, certificate, at, cause, agreed, attained)
    newest = current_class(company, t.scheme, at)
    attest(t, certificate, at, cause, Rule.DNB_3_1, dates, newest, edition)


def taken_over(t: "Telling", event: Event, data: facts.CertificateTakenOver, certificate: Certificate) -> None:
    """A running certificate of another system goes on here; nothing from before that day is judged."""
    at, stream, cause, zone = event.effective_at, certificate.stream, t.cause(event), t.scheme.zone
    if certificate.contract is not None:
        t.no_effect(event, Rule.DNB_4_3, "the certificate is kept here already")
        return
    if midnight(data.valid_until + _DAY, zone) <= at:
        t.no_effect(event, Rule.DNB_4_3, "its contract had ended before it was taken over")
        return
    if data.attained is Excellence.NONE:
        t.no_effect(event, Rule.DNB_3_1, "no certificate shows that no class is attained")
        return
    if not has_closed(data.business_year, at, zone):
        t.no_effect(event, Rule.DNB_3_1, "the business year of its class has not closed")
        return
    regular = months_after(data.concluded_on, TERM_MONTHS * data.term) == data.valid_until
    expires = (
        months_term(Rule.DNB_4_3, data.concluded_on, TERM_MONTHS * data.term, zone)
        if regular
        else days(Rule.DNB_4_4, midnight(data.valid_until, zone), 0, zone, None)
    )
    valid_from = months_after(data.concluded_on, TERM_MONTHS * (data.term - 1)) + (data.term > 1) * _DAY
    dates = dates_of(t, data.term, valid_from, expires)
    concluded = events.ContractConcluded(conclusion=Conclusion.TAKEN_OVER, concluded_on=data.concluded_on, dates=dates)
    t.tell(stream, at, concluded, Rule.DNB_4_3, cause)
    t.tell(stream, at, events.MarkLicenceGranted(), Rule.DNB_6_1, cause)
    attested = events.ClassAttested(
        term=data.term,
        business_year=data.business_year,
        attained=data.attained,
        edition=data.edition,
        period=valid_from.year,
    )
    t.tell(stream, at, attested, Rule.DNB_3_1, cause)
    match data.licence:
        case facts.LicenceThen.GRANTED:
            pass
        case facts.LicenceThen.SUSPENDED:
            t.tell(stream, at, events.MarkLicenceSuspended(case=f"taken-over/{data.order}"), Rule.DNB_7_3, cause)
        case facts.LicenceThen.LOST:
            t.tell(stream, at, events.MarkLicenceLost(ground="taken-over"), Rule.DNB_6_14, cause)
            t.tell(stream, at, events.LossGroundClosed(ground="taken-over"), Rule.DNB_6_14, cause)


# --- editions ----------------------------------------------------------------------------------------------------


def edition_now(t: "Telling", at: datetime) -> Edition:
    """The highest edition that the company's classes meet now (DNB-2.4 to 2.7)."""
    return edition_of(t, current_class(t.dossier.company, t.scheme, at), at)


def edition_of(t: "Telling", newest: Assessment | None, at: datetime) -> Edition:
    """The highest edition that the classes up to this one meet, as they were told by an instant."""
    if newest is None:
        return Edition.BASE
    golds = golds_ordered(t.dossier.certificates.values())
    return edition_attained(t.dossier.company, newest.business_year, at, t.scheme.policy, golds)


def golds_ordered(certificates: Iterable[Certificate]) -> tuple[int, ...]:
    """The business years of a company's Gold certificates, Platinum ones among them, whichever order each is on."""
    shown = (a for c in certificates for a in c.attestations)
    return tuple(a.business_year for a in shown if EDITIONS.index(a.edition) >= EDITIONS.index(Edition.GOLD))


def edition_agreed(t: "Telling", event: Event, data: facts.SpecialEditionAgreed, certificate: Certificate) -> None:
    """An edition by agreement, if the classes meet it; before the contract it waits for the conclusion (DNB-4.10)."""
    at, cause = event.effective_at, t.cause(event)
    contract = certificate.contract
    if contract is None:
        return
    if isinstance(contract, Ended) or not certificate.attestations:
        t.no_effect(event, Rule.DNB_4_10, "there is no running contract to upgrade")
        return
    attained = edition_now(t, at)
    newest = current_class(t.dossier.company, t.scheme, at)
    if newest is None or EDITIONS.index(data.edition) > EDITIONS.index(attained):
        _refuse_edition(t, certificate, at, cause, data.edition, attained)
        return
    granted = events.SpecialEditionGranted(
        term=certificate.attestations[-1].term,
        business_year=newest.business_year,
        attained=newest.attained,
        edition=data.edition,
    )
    t.tell(certificate.stream, at, granted, Rule.DNB_4_10, cause)


def _refuse_edition(
    t: "Telling", certificate: Certificate, at: datetime, cause: str, agreed: Edition, attained: Edition
) -> None:
    rules = {Edition.SILVER: Rule.DNB_2_4, Edition.GOLD: Rule.DNB_2_5, Edition.PLATINUM: Rule.DNB_2_6}
    refused = events.SpecialEditionRefused(edition=agreed, reason=f"the highest edition attained is {attained}")
    t.tell(certificate.stream, at, refused, rules[agreed], cause)


def offer_editions(t: "Telling", event: Event, year: int) -> None:
    """An edition that was not met the year before is offered; it is never given without an agreement (DNB-4.10)."""
    at, company = event.effective_at, t.dossier.company
    newest = current_class(company, t.scheme, at)
    if newest is None or newest.business_year != year:
        return
    attained = edition_now(t, at)
    golds = tuple(gold for gold in golds_ordered(t.dossier.certificates.values()) if gold < year - 1)
    before = edition_attained(company, year - 1, at, t.scheme.policy, golds)
    for c in tuple(t.dossier.certificates.values()):
        if c.contract is None or isinstance(c.contract, Ended):
            continue
        if EDITIONS.index(attained) > max(EDITIONS.index(c.edition), EDITIONS.index(before)):
            offered = events.SpecialEditionOffered(business_year=year, edition=attained)
            t.tell(c.stream, at, offered, Rule.DNB_4_10, t.cause(event))


def attest(
    t: "Telling",
    c: Certificate,
    at: datetime,
    cause: str,
    rule: Rule,
    dates: ContractTerm,
    newest: Assessment | None,
    edition: Edition,
) -> None:
    """The class of an assessment, with an edition, is shown for a term."""
    if newest is None or newest.attained is Excellence.NONE:
        return  # a renewal that stands though its class fell away: the register says annulled
    attested = events.ClassAttested(
        term=dates.term,
        business_year=newest.business_year,
        attained=newest.attained,
        edition=edition,
        period=dates.valid_from.year,
    )
    t.tell(c.stream, at, attested, rule, cause)


def subject_ceased(t: "Telling", event: Event) -> None:
    """The contract ends with the legal person (DNB-6.12)."""
    for c in tuple(t.dossier.certificates.values()):
        if c.contract is not None and not isinstance(c.contract, Ended):
            ended = events.ContractEndedWithSubject(ended_at=event.effective_at)
            t.tell(c.stream, event.effective_at, ended, Rule.DNB_6_12, t.cause(event))
