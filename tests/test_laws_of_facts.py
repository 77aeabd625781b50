"""What every fact may rely on: none is too much, a retraction is as if never, and nothing is shown that is not true."""

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import company as companies
from domain import events, facts
from domain.company import EDITIONS, edition_attained
from domain.dossier import moment
from domain.events import EVENTS, Event
from domain.facts import STORED
from domain.history import fold, live, retracted
from domain.renewal import DECISIONS_THAT_STAND
from domain.schemes.scheme import Scheme
from domain.standing import Status, history, standing
from tests.life import END, Life, answers, cold, is_scheme_wide, live_through, same
from tests.lives import (
    CHECKED,
    FIRST_DAY,
    MORE,
    MOST,
    agreed,
    anything,
    assessed,
    blocked,
    collected,
    lives,
    misused,
    noticed,
    published,
    schemes,
    withdrawn,
)
from tests.lives import retracted as taken_back
from tests.story import HASH, SUBJECT, midnight

# --- retraction --------------------------------------------------------------------------------------------------


def taking_back(event: Event, days: int, fact: str) -> Event:
    """A retraction of this fact, learned some days after it."""
    at = event.recorded_at + timedelta(days=days)
    data = facts.FactRetracted(fact=str(event.fact), source=event.source)
    return Event(stream=SUBJECT, effective_at=at, recorded_at=at, data=data, fact=fact, source="urn:c", actor="bo")


days = st.sampled_from((0, 1, 30, 400, -3))


@CHECKED
@given(lives(taken_back), schemes, st.data(), days)
def test_a_retracted_fact_counts_as_if_it_had_never_been(
    told: list[Event], scheme: Scheme, data: st.DataObject, after: int
) -> None:
    wrong = data.draw(st.sampled_from(told))
    without = [e for e in told if e is not wrong]
    life = live_through(sorted([*told, taking_back(wrong, after, "r-1")], key=lambda e: e.recorded_at), scheme)
    assert answers(life) == answers(live_through(without, scheme))


@CHECKED
@given(lives(taken_back), schemes, st.data(), days, days)
def test_a_retraction_that_is_retracted_restores_the_fact(
    told: list[Event], scheme: Scheme, data: st.DataObject, after: int, later: int
) -> None:
    first = taking_back(data.draw(st.sampled_from(told)), after, "r-2")
    second = taking_back(first, later, "r-1")
    life = live_through(sorted([*told, first, second], key=lambda e: e.recorded_at), scheme)
    assert answers(life) == answers(live_through(told, scheme))
    third = taking_back(second, later, "r-3")
    life = live_through(sorted([*told, first, second, third], key=lambda e: e.recorded_at), scheme)
    assert answers(life) == answers(live_through([*told, first], scheme))


# --- facts about the scheme --------------------------------------------------------------------------------------


def lazily(told: list[Event], scheme: Scheme) -> Life:
    """Scheme-wide facts wait until something else touches the company, which may also be read cold by then."""
    life, waiting = Life(scheme), list[Event]()
    for event in told:
        if is_scheme_wide(event):
            waiting.append(event)
            continue
        while waiting:
            life.meet(waiting.pop(0))
        life.learn(event)
    while waiting:
        life.meet(waiting.pop(0))
    return life.enforce(END)


def at_once(told: list[Event], scheme: Scheme) -> Life:
    """Scheme-wide facts are met at once, deadlines are enforced right before and after, all from the store."""
    life = Life(scheme)
    for event in told:
        life.enforce(max(event.recorded_at, life.dossier.recorded_at))
        (life.meet if is_scheme_wide(event) else life.learn)(event)
        life.enforce(max(event.recorded_at, life.dossier.recorded_at))
        life.dossier = cold(life)
    return life.enforce(END)


@MOST
@given(lives(taken_back, only=(published, published, noticed, collected, assessed, misused)), schemes)
def test_a_fact_about_the_scheme_met_lazily_tells_the_same_as_met_at_once(told: list[Event], scheme: Scheme) -> None:
    assert lazily(told, scheme).streams() == at_once(told, scheme).streams()


@CHECKED
@given(lives(published, published, taken_back), schemes)
def test_facts_about_the_scheme_from_before_a_company_was_known_are_met_like_any(
    told: list[Event], scheme: Scheme
) -> None:
    wide = [e for e in told if is_scheme_wide(e)]
    later = scheme
    for event in wide:
        later = later.meets(event)
    own = [e for e in told if not is_scheme_wide(e)]
    assert live_through(own, later).streams() == live_through([*wide, *own], scheme).streams()


# --- late facts and the contract ---------------------------------------------------------------------------------


def decided(life: Life) -> set[tuple[str, str, int]]:
    """The renewals, refusals and expiries that stand."""
    told = (e.event for e in live(life.entries) if isinstance(e.event.data, DECISIONS_THAT_STAND))
    return {(e.stream, e.name, getattr(e.data, "term", 0) or e.data.dates.term) for e in told}  # type: ignore[attr-defined]


@MORE
@given(lives(), st.integers(0, 1200), st.sampled_from((0, 1, 2)))
def test_no_late_class_or_loss_undoes_a_renewal_or_an_expiry_already_decided(
    told: list[Event], day: int, kind: int
) -> None:
    life = live_through(told, Scheme())
    # A loss of the same instant stands before the conclusion, which was an error then.
    begun = [
        e.event.effective_at + timedelta(minutes=1)
        for e in life.entries
        if isinstance(e.event.data, events.ContractConcluded)
    ]
    late: facts.Fact = (
        facts.AccountBlocked(blockade="B-9"),
        facts.InsolvencyOpened(kind=facts.Insolvency.BANKRUPTCY, proceeding="P-9"),
        facts.ClassAssessed(business_year=2022, attained=facts.Excellence.NONE, model_version="m-1", inputs_hash=HASH),
    )[kind]
    # At the very instant of a conclusion a loss comes before it, and the certificate was issued in error.
    after = [conclusion + timedelta(microseconds=1) for conclusion in begun]
    at = min(max([midnight(FIRST_DAY) + timedelta(days=day), *after]), END)
    before = decided(life)
    life.learn(Event(stream=SUBJECT, effective_at=at, recorded_at=END, data=late, fact="late", source="urn:c"))
    assert before <= decided(life)


# --- what is never so --------------------------------------------------------------------------------------------


@MORE
@given(lives(taken_back, only=(assessed, noticed, agreed)), schemes)
def test_no_edition_is_shown_that_the_classes_known_by_then_do_not_attain(told: list[Event], scheme: Scheme) -> None:
    life = live_through(told, scheme)
    gone = retracted(life.entries)
    alive = sorted(
        (e.event for e in life.entries if e.event.fact and (e.event.source, e.event.fact) not in gone), key=moment
    )
    by_cause = {f"fact {e.fact}": moment(e) for e in alive}
    for event in (e.event for e in live(life.entries)):
        shown = event.data
        taken = by_cause.get(event.cause or "")
        if not isinstance(shown, events.ClassAttested | events.SpecialEditionGranted):
            continue
        if taken is not None and isinstance(
            next(e.data for e in alive if moment(e) == taken), facts.CertificateTakenOver
        ):
            continue  # as it stood under another system
        company = companies.Company(SUBJECT)
        for fact in alive:
            if moment(fact) < (taken or (event.effective_at, 0)):
                company = companies.evolve(company, fact, scheme.zone)
        golds = tuple(
            a.business_year
            for c in life.dossier.certificates.values()
            for a in c.attestations
            if a.edition in EDITIONS[2:]
        )
        attained = edition_attained(company, shown.business_year, event.effective_at, scheme.policy, golds)
        assert EDITIONS.index(shown.edition) <= EDITIONS.index(attained)


@CHECKED
@given(lives(taken_back, only=(withdrawn, blocked, misused)), schemes)
def test_a_licence_taken_away_for_good_never_becomes_valid_again(told: list[Event], scheme: Scheme) -> None:
    for certificate in live_through(told, scheme).dossier.certificates.values():
        taken_at = certificate.revoked_at
        if taken_at is not None:
            assert all(
                row.status not in {Status.VALID, Status.VALID_EXTENDED, Status.SUSPENDED}
                for row in history(certificate)
                if row.since >= taken_at
            )
            assert not any(g.reinstated_at and g.reinstated_at > taken_at for g in certificate.grounds)
            now = standing(certificate, taken_at)
            assert now is None or now.status not in {Status.VALID, Status.VALID_EXTENDED, Status.SUSPENDED}


@MORE
@given(lives(taken_back, only=(misused,)), schemes)
def test_a_declaration_made_in_time_holds_the_automatic_suspension(told: list[Event], scheme: Scheme) -> None:
    life = live_through(told, scheme)
    gone = retracted(life.entries)
    alive = [e.event for e in life.entries if e.event.fact and (e.event.source, e.event.fact) not in gone]
    for event in (e.event for e in live(life.entries) if isinstance(e.event.data, events.MarkLicenceSuspended)):
        if not (event.cause or "").startswith("deadline"):
            continue
        reported = declared = False  # nobody can declare anything about a case before it is reported
        for fact in sorted(alive, key=moment):
            if moment(fact) < (event.effective_at, 0) and getattr(fact.data, "case", "") == getattr(
                event.data, "case", None
            ):
                reported |= isinstance(fact.data, facts.MisuseReported)
                if isinstance(fact.data, facts.CessationDeclared):
                    declared = reported
                elif isinstance(fact.data, facts.CessationFoundUntrue | facts.CessationVerified):
                    declared = False
        assert not declared


# --- stored ------------------------------------------------------------------------------------------------------


def stored_and_read(event: Event) -> Event:
    """The event through JSON, its data read by its name."""
    raw = json.loads(event.model_dump_json())
    data = EVENTS[event.name].model_validate_json(json.dumps(raw.pop("data")), context=STORED)
    return Event.model_validate({**raw, "data": data})


@CHECKED
@given(anything, schemes)
def test_every_event_goes_through_json_unchanged(told: list[Event], scheme: Scheme) -> None:
    for entry in live_through(told, scheme).entries:
        read = stored_and_read(entry.event)
        assert read == entry.event
        assert type(read.data) is type(entry.event.data)
        assert read.model_dump_json() == entry.event.model_dump_json()


@CHECKED
@given(anything, schemes)
def test_a_dossier_read_from_json_is_the_live_one(told: list[Event], scheme: Scheme) -> None:
    life = live_through(told, scheme)
    entries = [e._replace(event=stored_and_read(e.event)) for e in life.entries]
    assert same(fold(SUBJECT, life.dossier.scheme, entries), life.dossier)
