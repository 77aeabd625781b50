"""How events are written down: every kind comes back as it was, chained by hashes, and without persons or free text."""

import hashlib
import sqlite3
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import chain
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import to_json

from adapters import persons
from adapters.store import codec, private
from adapters.store.codec import FORMAT, GENESIS, UnknownFormat, decode, encode, topic_of
from adapters.store.private import PUBLIC_MAIL, refer
from domain.amounts import Money
from domain.events import DECISIONS, EVENTS, Event
from domain.facts import FACTS, REFERENCE, STORED, RepresentativeNamed
from domain.rules import Rule
from domain.secrecy import PRIVATE_FIELDS, holds
from domain.wire import ANY_CLOUD_EVENT
from projections.batch import instant
from tests.installation import COMPANY, KEY, installation, made_up, registration, rejects, take_in, waiting, wire
from tests.lives import CHECKED
from tests.story import HASH, Story
from tests.test_facts import SMALLEST

# --- every kind --------------------------------------------------------------------------------------------------

instants = st.integers(-(2**51), 2**52).map(instant)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(0, 2**40),
    bool: st.booleans(),
    datetime: instants,
    date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    type(None): st.none(),
    Any: texts,
    Decimal: st.decimals(0, 100, places=3),
    Money: st.decimals(0, Decimal("9999999999999.99"), places=2).map(Money),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation that a decision uses."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return decisions(kind)
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin in {Union, UnionType}:
            return st.one_of(*(values(argument) for argument in arguments))
        case origin if origin is tuple:
            return st.lists(values(arguments[0]), max_size=3).map(tuple)
        case origin if origin is dict:
            return st.dictionaries(texts, values(arguments[1]), max_size=3)
    raise NotImplementedError(kind)


def decisions(kind: type[BaseModel]) -> st.SearchStrategy[BaseModel]:
    """Any decision of a kind."""
    return st.builds(kind, **{name: values(info.annotation) for name, info in kind.model_fields.items()})


def facts(name: str) -> st.SearchStrategy[BaseModel]:
    """A fact of a kind, as intake hands it on."""
    return st.just(FACTS[name].model_validate_json(to_json(SMALLEST[name]), context=STORED))


@st.composite
def envelopes(draw: st.DrawFn, data: st.SearchStrategy[BaseModel]) -> Event:
    return Event(
        stream=draw(st.sampled_from([COMPANY, f"{COMPANY}/N-1"])),
        effective_at=draw(instants),
        recorded_at=draw(instants),
        data=draw(data),
        fact=draw(st.none() | texts),
        source=draw(st.none() | texts),
        said_at=draw(st.none() | instants),
        actor=draw(st.none() | texts),
        role=draw(st.none() | texts),
        cause=draw(st.none() | texts),
        rule=draw(st.none() | st.sampled_from(Rule)),
        editions=draw(st.none() | texts),
    )


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_event_comes_back_as_it_was_written(name: str) -> None:
    @settings(CHECKED, max_examples=15)
    @given(envelopes(decisions(DECISIONS[name]) if name in DECISIONS else facts(name)))
    def written(event: Event) -> None:
        state, _ = encode(event, GENESIS)
        back = decode(topic_of(event), state)
        assert back == event
        assert type(back.data) is type(event.data)
        assert encode(back, GENESIS)[0] == state

    written()


def test_what_a_story_tells_comes_back_as_it_was_written() -> None:
    story = Story().registered().assessed({2019: "AAA", 2020: "AAA", 2021: "AA"}).represented("2022-03-01")
    story.agreed("2022-03-01")
    story.blocked("2022-09-01").unblocked("2022-10-01")
    story.until("2025-12-31")
    assert len(story.entries) > 15
    for entry in story.entries:
        assert decode(topic_of(entry.event), encode(entry.event, GENESIS)[0]) == entry.event


def test_the_topic_is_the_name_and_the_version_of_the_format() -> None:
    (entry, *_) = Story().registered().entries
    assert topic_of(entry.event) == f"CompanyRegistered:{FORMAT}"


# --- formats of other times --------------------------------------------------------------------------------------


def stored() -> bytes:
    return encode(Story().registered().entries[0].event, GENESIS)[0]


@pytest.mark.parametrize(
    "topic",
    ["CompanyRegistered:2", "CompanyRegistered:99", "CompanyFounded:1", "CompanyRegistered", "CompanyRegistered:x", ""],
)
def test_a_format_that_nobody_knows_yet_is_named_and_not_guessed(topic: str) -> None:
    with pytest.raises(UnknownFormat, match=r"unknown here.*newer program"):
        decode(topic, stored())


def test_an_older_format_is_brought_up_to_date_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(told: dict[str, Any]) -> dict[str, Any]:
        told["data"]["name"] = told["data"].pop("title")
        return told

    monkeypatch.setitem(codec.UPCASTS, ("CompanyRegistered", 0), renamed)
    old = stored().replace(b'"name"', b'"title"')
    assert decode("CompanyRegistered:0", old) == decode("CompanyRegistered:1", stored())


# --- the chain ---------------------------------------------------------------------------------------------------


def test_anyone_can_follow_the_chain_of_a_stream_with_any_tool(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite3"
    with installation(path) as system:
        take_in(system, *made_up(16))
    streams = 0
    with sqlite3.connect(path) as c:
        head, last = "", ""
        for stream, version, state in c.execute(
            "SELECT originator_id, originator_version, state FROM stored_events ORDER BY 1, 2"
        ):
            if stream != last:
                assert version == 1
                head, last, streams = "0" * 64, stream, streams + 1
            assert state.startswith(b'{"prev":"%b",' % head.encode())
            head = hashlib.sha256(state).hexdigest()
    c.close()
    assert streams > 20


def test_the_same_event_after_another_one_has_another_hash() -> None:
    event = Story().registered().entries[0].event
    assert encode(event, GENESIS)[1] != encode(event, "1" * 64)[1]


# --- persons and free text ---------------------------------------------------------------------------------------

PERSONAL = ("Jelena Anić", "Jelena.Anic@textil-privat.rs", "viđeno na sajmu", "na odmoru je", "greškom uneto")
TRACES = (*PERSONAL, "jelena", "anic", "textil-privat", "gmail")
PRIVATE = [
    wire("RepresentativeNamed", "2024-01-10", data={"order": "N-1", "name": PERSONAL[0], "email": PERSONAL[1]}),
    wire("RenewalCancelled", "2024-02-10", data={"order": "N-1", "sender": "jelena.anic@gmail.com"}),
    wire(
        "MisuseReported",
        "2024-03-01",
        data={"case": "C-1", "kind": "alteration", "evidence": [HASH], "note": PERSONAL[2]},
    ),
    wire(
        "SuspensionDeferred", "2024-03-03", data={"case": "C-1", "until": "2024-05-01T00:00:00Z", "reason": PERSONAL[3]}
    ),
    wire("FactRetracted", "2024-03-04", data={"fact": "RepresentativeNamed-2024-01-10", "reason": PERSONAL[4]}),
    wire("InvoiceAddressNamed", "2024-03-05", data={"order": "N-1", "address": PERSONAL[1]}),
    wire("InvoiceSent", "2024-03-06", data={"order": "N-1", "invoice": "I-1", "address": PERSONAL[1]}),
]
_TOLD = {ANY_CLOUD_EVENT.validate_json(line).data.__class__ for line in PRIVATE}
PRIVATE += [
    wire(name, "2024-03-05", data=SMALLEST[name] | {f: PERSONAL[mark.address] for f, mark in marks.items()})
    for name, model in FACTS.items()
    if model not in _TOLD and (marks := PRIVATE_FIELDS.get(model))
]
CANCELLATION = wire("RenewalCancelled", "2024-04-01", data={"order": "N-1", "sender": PERSONAL[1]})


def everything(path: Path) -> dict[str, list[bytes]]:
    """All that is stored in each table, as bytes."""
    with sqlite3.connect(path) as c:
        tables = [row[0] for row in c.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = {}
        for table in tables:
            cells = chain.from_iterable(c.execute(f"SELECT * FROM {table}"))  # noqa: S608 - our own names
            found[table] = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
    c.close()
    return found


def test_no_person_and_no_free_text_is_anywhere_but_in_the_store_that_can_be_erased(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite3"
    with installation(path) as system:
        summary = take_in(system, registration(), *PRIVATE)
        assert summary.recorded == 1 + len(PRIVATE)
        assert not rejects(system)
        assert not waiting(system)
        told, why = system.engine.submit(ANY_CLOUD_EVENT.validate_json(CANCELLATION))
        assert (why is not None, [e.name for e in told][-1]) == (True, "CommandRefused")
    found = everything(path)
    assert {"stored_events", "audit", "register", "holders", "agenda", "worklist"} <= found.keys()
    assert len(found["stored_events"]) >= 5 * (1 + len(PRIVATE) + 1)
    leaks = {
        table: word
        for table, cells in found.items()
        for word in TRACES
        if table != "private" and any(word.lower() in cell.decode().lower() for cell in cells)
    }
    assert leaks == {}
    assert {text.encode() for text in PERSONAL} <= set(found["private"])


def test_what_was_erased_is_gone_and_history_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite3"
    with installation(path) as system:
        take_in(system, registration(), *PRIVATE)
        for hold in holds(system.engine.memory.dossier(COMPANY).matters):
            take_in(system, wire("LegalHoldLifted", "2024-12-01", data={"hold": hold}), source="lifted")
        before = system.store.history(COMPANY)
        erasure = persons.to_erase(system, COMPANY)
        assert len(erasure.rows) >= len(PERSONAL)
        assert persons.erase(system, erasure, persons.receipt(system, erasure, "asked for", system.clock())) is None
        with system.store.reading() as c:
            assert private.texts(c, COMPANY) == {}
        assert [r.event.name for r in system.store.history(COMPANY)][len(before) :] == ["PersonErased"]
        assert system.store.history(COMPANY)[: len(before)] == before
        assert take_in(system, *PRIVATE, source="again").repeated == len(PRIVATE)


def test_the_texts_of_a_company_are_found_by_the_references_in_its_events(tmp_path: Path) -> None:
    with installation(tmp_path / "events.sqlite3") as system:
        take_in(system, registration(), *PRIVATE)
        named = next(
            r.event.data for r in system.store.history(COMPANY) if isinstance(r.event.data, RepresentativeNamed)
        )
        with system.store.reading() as c:
            texts = private.texts(c, COMPANY)
        assert (texts[named.name], texts[named.email]) == PERSONAL[:2]


# --- references --------------------------------------------------------------------------------------------------


def address(text: str, subject: str = COMPANY, key: str = KEY) -> str:
    return refer(key.encode(), subject, text, address=True)


def domain_of(reference: str) -> str:
    return reference.rpartition("@")[2]


def test_equal_addresses_of_one_company_have_equal_references() -> None:
    assert address("ana@textil.rs") == address(" Ana@Textil.RS ")
    assert address("ana@textil.rs") != address("iva@textil.rs")


def test_an_address_of_another_company_or_under_another_key_has_another_reference() -> None:
    assert address("ana@textil.rs") != address("ana@textil.rs", subject="EX-00000002")
    assert address("ana@textil.rs") != address("ana@textil.rs", key="z" * 32)
    assert domain_of(address("ana@textil.rs")) != domain_of(address("ana@textil.rs", subject="EX-00000002"))


def test_two_people_of_one_firm_share_the_reference_of_its_domain() -> None:
    assert domain_of(address("ana@textil.rs")) == domain_of(address("iva@textil.rs"))
    assert domain_of(address("ana@textil.rs")) != domain_of(address("ana@tekstil.rs"))


@pytest.mark.parametrize("public", sorted(PUBLIC_MAIL))
def test_two_people_at_a_public_provider_share_nothing(public: str) -> None:
    assert domain_of(address(f"ana@{public}")) != domain_of(address(f"iva@{public}"))
    assert address(f"ana@{public}") == address(f"ANA@{public}")


def test_a_reference_shows_nothing_of_its_text() -> None:
    reference = address("ana@textil.rs")
    assert reference.startswith(REFERENCE)
    assert "ana" not in reference.removeprefix(REFERENCE)
    assert "textil" not in reference
    assert refer(KEY.encode(), COMPANY, "Ana", address=False) != refer(KEY.encode(), COMPANY, "ana", address=False)


def test_instants_are_kept_to_the_microsecond() -> None:
    event = Story().registered().entries[0].event
    for micros in (0, 1, 10, 999_999, 120_000):
        at = event.effective_at + timedelta(microseconds=micros)
        told = event.model_copy(update={"effective_at": at})
        assert decode(topic_of(told), encode(told, GENESIS)[0]).effective_at == at
