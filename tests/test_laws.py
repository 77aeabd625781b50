"""What holds for every life of a company: no order of arrival and no moment of enforcement changes its story."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain import recording
from domain.amendments import AmendmentForHolder
from domain.damage import Damage
from domain.dossier import Dossier
from domain.events import Event
from domain.facts import StatementFiled
from domain.history import retold
from domain.matters import Matter
from domain.money import Invoice
from domain.policies import Policy
from domain.schemes.scheme import Scheme
from tests.life import END, Life, answers, cold, is_scheme_wide, live_through, same
from tests.lives import (
    CHECKED,
    MORE,
    MOST,
    OF_MONEY_AND_TERMS,
    anything,
    invoiced,
    lives,
    misused,
    published,
    rated,
    renamed,
    retracted,
    schemes,
)
from tests.story import SUBJECT, moment

MICROSECOND = timedelta(microseconds=1)


# --- order of arrival --------------------------------------------------------------------------------------------


@CHECKED
@given(lives(retracted), schemes, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_class_and_licence_for_every_day(
    told: list[Event], scheme: Scheme, chance: Random
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
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


def owed(life: Life) -> dict[str, Matter]:
    """What is owed and which terms bind the holders."""
    kinds = (Invoice, Damage, AmendmentForHolder)
    return {key: matter for key, matter in life.dossier.matters.items() if isinstance(matter, kinds)}


@MORE
@given(
    lives(retracted, misused, only=OF_MONEY_AND_TERMS),
    st.randoms(use_true_random=False),
)
def test_any_order_of_arrival_gives_the_same_invoices_and_terms(told: list[Event], chance: Random) -> None:
    scheme = Scheme(policy=Policy(late_fact_reopens_renewal=True))  # else contracts depend on what was known when
    for event in filter(is_scheme_wide, told):
        scheme = scheme.meets(event)
    own = [event for event in told if not is_scheme_wide(event)]
    shuffled = list(own)
    chance.shuffle(shuffled)
    assert owed(live_through(shuffled, scheme)) == owed(live_through(own, scheme))


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
@given(anything, schemes, st.lists(instants, max_size=12))
def test_enforcing_late_or_early_or_never_tells_the_same_story(
    told: list[Event], scheme: Scheme, moments: list[datetime]
) -> None:
    assert enforced(told, scheme, moments).streams() == enforced(told, scheme, ()).streams()


@CHECKED
@given(anything, schemes)
def test_enforcing_right_before_and_at_each_fact_tells_the_same_story(told: list[Event], scheme: Scheme) -> None:
    moments = [at for e in told for at in (e.recorded_at - MICROSECOND, e.recorded_at, e.recorded_at)]
    assert enforced(told, scheme, moments).streams() == enforced(told, scheme, ()).streams()


@CHECKED
@given(anything, schemes, instants)
def test_enforcing_twice_changes_nothing(told: list[Event], scheme: Scheme, until: datetime) -> None:
    life = live_through(told, scheme, until)
    again = recording.enforce(life.dossier, max(until, life.dossier.recorded_at))
    assert not again.events
    assert again.dossier == life.dossier


@CHECKED
@given(anything, schemes)
def test_nothing_is_enforced_before_its_moment_and_everything_at_it(told: list[Event], scheme: Scheme) -> None:
    life = Life(scheme)
    for event in told:
        before = len(life.entries)
        (life.meet if is_scheme_wide(event) else life.learn)(event)
        read = max(event.recorded_at, life.dossier.recorded_at)
        assert all(e.event.effective_at <= read for e in life.entries[before:] if e.event.fact is None)
    while (due_at := life.dossier.due_at) <= END:
        assert due_at > life.dossier.recorded_at
        assert not recording.enforce(life.dossier, due_at - MICROSECOND).events
        before = len(life.entries)
        life.enforce(due_at)
        assert {e.event.effective_at for e in life.entries[before:]} == {due_at}


@CHECKED
@given(anything, schemes, st.randoms(use_true_random=False))
def test_what_was_recorded_never_runs_backwards_nor_before_its_own_day(
    told: list[Event], scheme: Scheme, chance: Random
) -> None:
    chance.shuffle(told)
    life = live_through(told, scheme)
    recorded = [e.event.recorded_at for e in life.entries]
    assert recorded == sorted(recorded)
    assert all(e.event.recorded_at >= e.event.effective_at for e in life.entries if e.event.fact is None)


# --- cold and warm, short and long -------------------------------------------------------------------------------


@MORE
@given(lives(retracted, retracted, published), schemes, instants)
def test_a_dossier_folded_from_its_streams_is_the_live_one(told: list[Event], scheme: Scheme, until: datetime) -> None:
    life = Life(scheme)
    for event in told:
        (life.meet if is_scheme_wide(event) else life.learn)(event)
        assert same(cold(life), life.dossier)
    life.enforce(max(until, life.dossier.recorded_at))
    assert same(cold(life), life.dossier)


@MORE
@given(
    st.one_of(lives(retracted, published, renamed, renamed), lives(retracted, only=(invoiced, invoiced, rated))),
    schemes,
)
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


@MOST
@given(anything, schemes)
def test_a_story_told_again_from_its_own_history_is_the_same(told: list[Event], scheme: Scheme) -> None:
    life = live_through(told, scheme)
    nothing_new = Event(
        stream=SUBJECT,
        effective_at=END,
        recorded_at=max(END, life.dossier.recorded_at),
        data=StatementFiled(business_year=2024),
        fact="last",
        source="urn:c",
    )
    assert recording.relearn(life.dossier, life.entries, nothing_new).events == (nothing_new,)


def shown(dossier: Dossier) -> object:
    """What a dossier says, but for what it knows; grounds and suspensions have no order of their own."""
    certificates = {
        order: (
            c._replace(issued_in_error=None, grounds=(), suspensions=()),
            frozenset(c.grounds),
            frozenset(c.suspensions),
        )
        for order, c in dossier.certificates.items()
        if c.granted_at is not None
    }
    return dossier.company, certificates, dossier.cases, dossier.matters, dossier.due_at


@MORE
@given(anything, schemes)
def test_a_folded_dossier_says_what_its_story_told_from_the_beginning_says(told: list[Event], scheme: Scheme) -> None:
    life = live_through(told, scheme)
    again = retold(SUBJECT, life.dossier.scheme, life.entries, max(END, life.dossier.recorded_at))
    again.watch()
    assert shown(cold(life)) == shown(again.dossier)


def agree(short: recording.Learned, long: recording.Learned) -> None:
    """Both ways append the same events and end in the same dossier."""
    assert short.events == long.events
    assert same(short.dossier, long.dossier)
