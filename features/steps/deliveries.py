"""Packages, deliveries, what stays online, what may be shown, and the removal of the mark (clause 6)."""

from collections.abc import Callable
from datetime import date, datetime

from pytest_bdd import then

from adapters import asking
from domain import deliveries, events, facts, online, removal
from domain.facts import Delivery, Element, Excellence, OnlineContent, OrderFact, Package
from domain.matters import Matter
from domain.usage import Form, Use
from features.steps.then import some, told
from features.steps.when import happens
from features.words import BELGRADE, says
from features.world import World

PARTS = {"electronic materials": Delivery.E_MATERIALS, "parcel": Delivery.PARCEL}
CONTENTS = {"e-sign": OnlineContent.E_SIGN, "logo": OnlineContent.PORTAL_LOGO}

# --- what happens ------------------------------------------------------------------------------------------------


@happens('"{who}" orders the {package:Package} package on {at:Moment}')
def _package(world: World, who: str, package: Package, at: datetime) -> None:
    world.report(who, facts.PackageOrdered(order=world.order(who), package=package), at)


@happens('"{who}" orders the vector form on {at:Moment}')
def _element(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.ElementOrdered(order=world.order(who), element=Element.VECTOR), at)


@happens('D&B tells "{who}" on {at:Moment} that the {part} will come by {day:Day}')
def _postponed(world: World, who: str, at: datetime, part: str, day: date) -> None:
    order = world.order(who)
    data = facts.DeliveryPostponed(order=order, delivery=PARTS[part], new_due=day, reason="held up at the customs")
    world.report(who, data, at)


@happens('the {what} of "{who}" goes online on {at:Moment}')
def _online(world: World, what: str, who: str, at: datetime) -> None:
    world.report(who, facts.OnlineContentPublished(order=world.order(who), content=CONTENTS[what]), at)


@happens('the {what} of "{who}" is gone from the site on {at:Moment}')
def _offline(world: World, what: str, who: str, at: datetime) -> None:
    world.report(who, facts.OnlineContentTakenDown(order=world.order(who), content=CONTENTS[what]), at)


def _plain(kind: type[OrderFact]) -> Callable[..., None]:
    def tell(world: World, who: str, at: datetime) -> None:
        world.report(who, kind(order=world.order(who)), at)

    return tell


for _sentence, _kind in {
    '"{who}" asks for the vector form on {at:Moment}': facts.VectorMaterialRequested,
    'the electronic materials reach "{who}" on {at:Moment}': facts.EMaterialsDelivered,
    'the courier takes the parcel for "{who}" on {at:Moment}': facts.ParcelDispatched,
    'the parcel reaches "{who}" on {at:Moment}': facts.ParcelDelivered,
    '"{who}" receives the notice of the loss on {at:Moment}': facts.LossNoticeDelivered,
    'staff see on {at:Moment} that the mark of "{who}" is gone': facts.MarkRemovalVerified,
}.items():
    happens(_sentence)(_plain(_kind))


@happens('a representative of "{who}" is named on {at:Moment}')
def _represented(world: World, who: str, at: datetime) -> None:
    named = facts.RepresentativeNamed(order=world.order(who), name="Ana", email=world.mailbox(who))
    world.report(who, named, at)


# --- what has to be so -------------------------------------------------------------------------------------------


def _matter(world: World, who: str, key: str) -> Matter | None:
    return asking.life_of(world.system, world.subject(who)).dossier.matters.get(key)


def _last_day(matter: Matter | None) -> date | None:
    assert matter is not None
    return matter.clock.last_day if matter.clock else None


@then(says('D&B owes "{who}" the {part} until the end of {day:Day}'))
def _owed(world: World, who: str, part: str, day: date) -> None:
    assert _last_day(_matter(world, who, deliveries.key_of(world.order(who), PARTS[part]))) == day, told(world, who)


@then(says('D&B owes "{who}" no delivery'))
def _nothing_owed(world: World, who: str) -> None:
    kept = (_matter(world, who, deliveries.key_of(world.order(who), part)) for part in Delivery)
    assert all(matter is None or matter.closed for matter in kept)


@then(says('"{who}" gets the vector form'))
def _vector(world: World, who: str) -> None:
    assert some(world, who, events.VectorMaterialReleased), told(world, who)


@then(says('"{who}" is refused the vector form'))
def _no_vector(world: World, who: str) -> None:
    assert some(world, who, events.VectorMaterialRefused), told(world, who)


@then(says('the {what} of "{who}" stays online at least until the end of {day:Day}'))
def _online_until(world: World, what: str, who: str, day: date) -> None:
    matter = _matter(world, who, online.key_of(world.order(who), CONTENTS[what]))
    assert matter is not None
    assert matter.clock is not None
    assert (matter.clock.lapses_at.astimezone(BELGRADE).date() - day).days == 1


@then(says('the mark of "{who}" has to be gone by the end of {day:Day}'))
def _gone_by(world: World, who: str, day: date) -> None:
    assert _last_day(_matter(world, who, removal.key_of(world.order(who)))) == day, told(world, who)


@then(says('no day is set by which the mark of "{who}" has to be gone'))
def _no_day(world: World, who: str) -> None:
    matter = _matter(world, who, removal.key_of(world.order(who)))
    assert matter is None or matter.clock is None


@then(says('nothing of "{who}" has to be removed'))
def _nothing_to_remove(world: World, who: str) -> None:
    matter = _matter(world, who, removal.key_of(world.order(who)))
    assert matter is None or matter.closed


def _use(world: World, who: str, year: int, at: datetime | None = None) -> Use:
    number = f"{world.subject(who)}/{world.order(who)}"
    rows = asking.use_of(world.system, number, at or world.now)
    return next(use for use in rows if use.year == year)


@then(says('"{who}" may show the mark of {year:Year} with {grade:Class} as it is'))
def _as_it_is(world: World, who: str, year: int, grade: Excellence) -> None:
    use = _use(world, who, year)
    assert (use.form, use.attained) == (Form.CURRENT, grade)


@then(says('"{who}" may show the mark of {year:Year} only with that year and {grade:Class}'))
def _with_year(world: World, who: str, year: int, grade: Excellence) -> None:
    use = _use(world, who, year)
    assert (use.form, use.attained) == (Form.WITH_YEAR_AND_GRADE, grade)


@then(says('"{who}" may not show the mark of {year:Year} at all'))
def _not_at_all(world: World, who: str, year: int) -> None:
    assert _use(world, who, year).form is Form.NOT_AT_ALL


@then(says('for {at:Asked} "{who}" might show the mark of {year:Year} as it is'))
def _as_it_was(world: World, at: datetime, who: str, year: int) -> None:
    assert _use(world, who, year, at).form is Form.CURRENT


@then(says('"{who}" has no mark to show'))
def _no_mark(world: World, who: str) -> None:
    assert asking.use_of(world.system, f"{world.subject(who)}/{world.order(who)}", world.now) == ()
