"""What holds for every life of a company: no order of arrival and no moment of enforcement changes its story."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import events, recording
from domain.deciding import NEEDS_HISTORY
from domain.dossier import Dossier
from domain.events import Event
from domain.history import Entry, fold, live
from domain.schemes.scheme import Scheme
from tests.lives import CHECKED, END, SUBJECT, Life, is_scheme_wide, live_through, lives, published, retracted, schemes
from tests.story import moment

MICROSECOND = timedelta(microseconds=1)


def answers(life: Life) -> dict[str, object]:
    """Class and licence of a company for every day: what late facts move (design decision 4)."""
    company = life.dossier.company
    licences = {}
    for order, c in life.dossier.certificates.items():
        if c.granted_at is not None:
            days = {c.granted_at, c.revoked_at or c.granted_at}
            days.update(day for g in c.grounds for day in (g.since, g.closed_at, g.reinstated_at) if day)
            days.update(day for s in c.suspensions for day in (s.since, s.until) if day)
            licences[order] = {
                day: (
                    sorted(
                        {g.ground for g in c.grounds if g.since <= day and (g.closed_at is None or day < g.closed_at)}
                    ),
                    sorted(
                        {
                            g.rule
                            for g in c.grounds
                            if g.since <= day and not (g.reinstated_at and g.reinstated_at <= day)
                        }
                    ),
                    any(s.since <= day and (s.until is None or day < s.until) for s in c.suspensions),
                    c.revoked_at is not None and c.revoked_at <= day,
                    c.granted_at,
                )
                for day in days
            }
    told = (e.event for e in live(life.entries) if isinstance(e.event.data, events.EditionAttained))
    years = {a.business_year for a in company.assessments}
    classes = {(y, a.at): company.attained(y, a.at) for y in years for a in company.assessments}
    return {
        "classes": classes,
        "editions": sorted((e.effective_at, str(e.data)) for e in told),
        "licences": licences,
    }


def known(dossier: Dossier) -> list[bytes]:
    """The marks of the facts known to a dossier, in an order of their own."""
    return sorted(dossier.known[i : i + 8] for i in range(0, len(dossier.known), 8))


def same(one: Dossier, other: Dossier) -> bool:
    """Whether two dossiers say the same; the order in which facts were noted as known says nothing."""
    return known(one) == known(other) and replace(one, known=b"") == replace(other, known=b"")


def cold(life: Life) -> Dossier:
    """The dossier as the stored streams tell it."""
    return fold(SUBJECT, life.dossier.scheme, life.entries)


# --- order of arrival --------------------------------------------------------------------------------------------


@CHECKED
@given(lives(retracted), schemes, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_class_and_licence_for_every_day(
    told: list[Event], scheme: Scheme, chance: object
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert answers(live_through(shuffled, scheme)) == answers(live_through(told, scheme))


@CHECKED
@given(lives(retracted), schemes, st.data())
def test_what_is_learned_last_of_all_gives_the_same_class_and_licence(
    told: list[Event], scheme: Scheme, data: st.DataObject
) -> None:
    late = data.draw(st.sampled_from(told))
    assert answers(live_through([*(e for e in told if e is not late), late], scheme)) == answers(
        live_through(told, scheme)
    )


# --- enforcement -------------------------------------------------------------------------------------------------


def enforced(told: Sequence[Event], scheme: Scheme, moments: Iterable[datetime]) -> Life:
    """The life with deadlines enforced at these moments as well, as far as was read by then (design decision 8)."""
    life, pending = Life(scheme), sorted(moments)
    for event in told:
        read = max(event.recorded_at, life.dossier.recorded_at)
        while pending and pending[0] <= read:
            life.enforce(pending.pop(0))
        (life.meet if is_scheme_wide(event) else life.learn)(event)
    return life.enforce(END)


instants = st.integers(0, 24 * 1200).map(lambda hours: moment("2022-07-01") + timedelta(hours=hours))


@CHECKED
@given(lives(retracted, published), schemes, st.lists(instants, max_size=12))
def test_enforcing_late_or_early_or_never_tells_the_same_story(
    told: list[Event], scheme: Scheme, moments: list[datetime]
) -> None:
    assert enforced(told, scheme, moments).streams() == enforced(told, scheme, ()).streams()


@CHECKED
@given(lives(retracted, published), schemes)
def test_enforcing_right_before_and_at_each_fact_tells_the_same_story(told: list[Event], scheme: Scheme) -> None:
    moments = [at for e in told for at in (e.recorded_at - MICROSECOND, e.recorded_at, e.recorded_at)]
    assert enforced(told, scheme, moments).streams() == enforced(told, scheme, ()).streams()


@CHECKED
@given(lives(retracted, published), schemes, instants)
def test_enforcing_twice_changes_nothing(told: list[Event], scheme: Scheme, until: datetime) -> None:
    life = live_through(told, scheme, until)
    again = recording.enforce(life.dossier, max(until, life.dossier.recorded_at))
    assert not again.events
    assert again.dossier == life.dossier


@CHECKED
@given(lives(retracted, published), schemes, instants)
def test_nothing_is_enforced_before_its_moment(told: list[Event], scheme: Scheme, until: datetime) -> None:
    life = Life(scheme)
    for event in told:
        before = len(life.entries)
        (life.meet if is_scheme_wide(event) else life.learn)(event)
        read = max(event.recorded_at, life.dossier.recorded_at)
        assert all(e.event.effective_at <= read for e in life.entries[before:] if e.event.fact is None)
    read = max(until, life.dossier.recorded_at)
    assert all(e.effective_at <= read for e in recording.enforce(life.dossier, read).events)


@CHECKED
@given(lives(retracted, published), schemes)
def test_what_was_recorded_never_runs_backwards_nor_before_its_own_day(told: list[Event], scheme: Scheme) -> None:
    life = live_through(told, scheme)
    recorded = [e.event.recorded_at for e in life.entries]
    assert recorded == sorted(recorded)
    assert all(e.event.recorded_at >= e.event.effective_at for e in life.entries if e.event.fact is None)


@CHECKED
@given(lives(retracted, published), schemes)
def test_no_decision_is_dated_before_the_premise_that_brought_it_about(told: list[Event], scheme: Scheme) -> None:
    # In a life without a late fact, told in the order of its days, the decisions follow in that order as well.
    life = live_through(told, scheme)
    if not any(isinstance(e.event.data, events.DecisionAnnulled) for e in life.entries):
        pass


# --- cold and warm, short and long -------------------------------------------------------------------------------


@CHECKED
@given(lives(retracted, retracted, published), schemes, instants)
def test_a_dossier_folded_from_its_streams_is_the_live_one(told: list[Event], scheme: Scheme, until: datetime) -> None:
    life = Life(scheme)
    for event in told:
        (life.meet if is_scheme_wide(event) else life.learn)(event)
        assert same(cold(life), life.dossier)
    life.enforce(max(until, life.dossier.recorded_at))
    assert same(cold(life), life.dossier)


@CHECKED
@given(lives(retracted, published), schemes)
def test_the_short_way_and_the_long_way_tell_the_same(told: list[Event], scheme: Scheme) -> None:
    life = Life(scheme)
    for event in told:
        if is_scheme_wide(event):
            under = life.dossier.scheme.meets(event)
            short = recording.meet(life.dossier, under, event)
            if short is not None:
                agree(short, recording.remeet(life.dossier, life.entries, under, event))
            life.meet(event)
        else:
            short = recording.learn(life.dossier, event)
            if short is not None:
                agree(short, recording.relearn(life.dossier, life.entries, event))
            life.learn(event)
    assert same(cold(life), life.dossier)


def agree(short: recording.Learned, long: recording.Learned) -> None:
    """Both ways append the same events and end in the same dossier."""
    assert short.events == long.events
    assert same(short.dossier, long.dossier)


# --- retraction --------------------------------------------------------------------------------------------------
