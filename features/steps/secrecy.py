"""Personal data and secrecy: who is informed, what is told to others or erased, and what would be otherwise."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pytest_bdd import given, then, when

from adapters import persons
from adapters.kafka.messages import RegisterEntry, register_entry
from adapters.replaying import differences
from adapters.store import private
from domain import events, facts
from domain.facts import REFERENCE, DisclosureBasis
from domain.rules import Rule
from domain.secrecy import SECRECY, Secrecy, protection_of
from domain.standing import Status
from features.steps.given import READINGS
from features.steps.when import happens
from features.words import says
from features.world import HASH, World
from projections.register import register

# --- the people of a holder --------------------------------------------------------------------------------------


@given(says('the contract with "{who}" is concluded on {at:Moment}'))
def _concluded(world: World, who: str, at: datetime) -> None:
    world.concludes(who, at)


@when(says('"{name}" is named on {at:Moment} to represent "{who}"'))
def _named(world: World, name: str, at: datetime, who: str) -> None:
    named = facts.RepresentativeNamed(order=world.order(who), name=name, email=f"{name.lower()}@{who.lower()}.rs")
    world.report(who, named, at)


@happens('"{who}" declares on {at:Moment} that its people were informed')
def _informed(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.EmployeesInformed(order=world.order(who)), at)


@happens('"{who}" undertakes on {at:Moment} to protect personal data')
def _undertakes(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.DataProtectionAcknowledged(order=world.order(who)), at)


def _undertaken(world: World, who: str) -> bool:
    kept = protection_of(world.system.engine.memory.dossier(world.subject(who)).matters, world.order(who))
    return kept is not None and kept.acknowledged_by is not None


@then(says('"{who}" is known to protect personal data'))
def _known(world: World, who: str) -> None:
    assert _undertaken(world, who)


@then(says('"{who}" is not known to protect personal data'))
def _not_known(world: World, who: str) -> None:
    assert not _undertaken(world, who)


# --- secrets -----------------------------------------------------------------------------------------------------


@when(says('something secret of "{who}" is told to others on {at:Moment} by {basis}'))
def _told(world: World, who: str, at: datetime, basis: str) -> None:
    data = facts.InformationDisclosed(basis=DisclosureBasis(basis), recipient="a bank", document=HASH)
    world.report(who, data, at)


@when(says('something secret of "{who}" is told to others on {at:Moment} without a {what}'))
def _told_without(world: World, who: str, at: datetime, what: str) -> None:
    whole = {"basis": "law", "recipient": "a bank", "document": HASH}
    given_data = {name: value for name, value in whole.items() if name != what}
    world.raw(who, {"type": "rs.bonitet.InformationDisclosed.v1"}, given_data, at)


@then(says('it is on record that something of "{who}" was told by {basis}'))
def _on_record(world: World, who: str, basis: str) -> None:
    disclosed = [e.data for e in world.fresh(who) if isinstance(e.data, facts.InformationDisclosed)]
    assert [(d.basis, d.document) for d in disclosed] == [(DisclosureBasis(basis), HASH)]


@then(says('the disclosure of "{who}" is refused'))
def _refused(world: World, who: str) -> None:
    assert world.decided(who, events.DisclosureRefused)


@then(says('nothing secret of "{who}" is in what the public is told'))
def _nothing_secret(world: World, who: str) -> None:
    system = world.system
    system.engine.enforce(world.now)
    with system.store.reading() as c:
        entries = [register_entry(row, who) for row in c.execute(register.select())]
    assert entries
    public = {str(value) for entry in entries for value in _values(entry)}
    history = [r.event for r in system.store.history(world.subject(who))]
    secret = {
        text for e in history for field, value in e.data for text in _texts(value) if _is_secret(type(e.data), field)
    }
    assert secret, "there is something to keep"
    told = {text for text in secret if text in public}
    assert not told, told


def _values(entry: RegisterEntry) -> list[object]:
    return [value for _, value in entry]


def _is_secret(model: type, field: str) -> bool:
    return SECRECY[model][field] is not Secrecy.PUBLIC


def _texts(value: Any) -> list[str]:
    # Classes, years and days also stand in the register by its own right; references, cases and reasons never do.
    parts = value if isinstance(value, tuple) else (value,)
    return [part for part in parts if type(part) is str]


# --- erasure -----------------------------------------------------------------------------------------------------


@happens('a legal hold is placed on "{who}" on {at:Moment}')
def _held(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.LegalHoldPlaced(hold="H-1", reason="a dispute"), at)


@happens('the legal hold on "{who}" is lifted on {at:Moment}')
def _lifted(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.LegalHoldLifted(hold="H-1"), at)


@when(says('what is kept of the people of "{who}" is erased'))
def _erased(world: World, who: str) -> None:
    erasure = persons.to_erase(world.system, world.subject(who))
    receipt = persons.receipt(world.system, erasure, "asked for", world.now)
    world.refusal = persons.erase(world.system, erasure, receipt)


def _kept(world: World, who: str) -> dict[str, str]:
    with world.system.store.reading() as c:
        return private.texts(c, world.subject(who))


@then(says('nothing is kept of the people of "{who}"'))
def _nothing_kept(world: World, who: str) -> None:
    assert _kept(world, who) == {}


@then(says('something is kept of the people of "{who}"'))
def _something_kept(world: World, who: str) -> None:
    assert world.mailbox(who) in _kept(world, who).values()


@then(says('every event of "{who}" is as it was'))
def _as_it_was(world: World, who: str) -> None:
    system, before = world.system, sum(world.turned.values())
    told = [r.event for r in system.store.history(world.subject(who))]
    named = [e.data for e in told[:before] if isinstance(e.data, facts.RepresentativeNamed)]
    assert [n.email.startswith(REFERENCE) for n in named] == [True]
    assert [e.name for e in told[before:]] == ["PersonErased"]
    assert system.store.digest()


@then(says("the erasure is refused under rule {rule:Rule}"))
def _erasure_refused(world: World, rule: Rule) -> None:
    assert world.refusal is not None
    assert world.refusal.rule is rule


# --- another reading ---------------------------------------------------------------------------------------------


@then(says('with the reading that {reading} "{who}" would be {status:Status} since {at:Moment}'))
def _would_be(world: World, reading: str, who: str, status: Status, at: datetime) -> None:
    (found,) = _differences(world, reading, who)
    assert found.would_be is not None
    assert (found.since, found.would_be.status) == (at, status)


@then(says('with the reading that {reading} "{who}" would stand as it does'))
def _would_not(world: World, reading: str, who: str) -> None:
    assert _differences(world, reading, who) == []


def _differences(world: World, reading: str, who: str) -> list[Any]:
    policy = replace(world.policy, **READINGS[reading])
    return list(differences(world.system, policy, world.now, subject=world.subject(who)))
