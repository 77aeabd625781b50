"""No schema changes so that those who were built for it stumble: each kind of breakage is found, none is written."""

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters import references
from adapters.compatibility import Direction, incompatible
from adapters.references import DOCS, breaches
from adapters.schemas import direction, schemas, succeeds, where_its_version_stands
from domain.facts import FACTS

IN, OUT = Direction.IN, Direction.OUT

OLD: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["blockade", "kind"],
    "properties": {
        "blockade": {"type": "string", "pattern": "^[A-Z]+$", "minLength": 1, "maxLength": 80},
        "kind": {"$ref": "#/$defs/Kind"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "year": {"type": "integer", "minimum": 1980, "maximum": 2200},
        "day": {"type": "string", "format": "date"},
        "hashes": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 10},
        "history": {"type": "object", "additionalProperties": {"type": "string"}},
        "amount": {"type": "number"},
    },
    "$defs": {"Kind": {"type": "string", "enum": ["a", "b"]}},
}


YES, NO = True, False


def changed(where: str, value: Any) -> dict[str, Any]:
    """The schema with a value somewhere, by its path; None takes away what is there."""
    new = deepcopy(OLD)
    *path, last = where.split("/")
    part = new
    for name in path:
        part = part[name]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return new


# What a sender built for the old schema stumbles over, and what he doesn't.
NARROWER = {
    "a field that must be there now": changed("required", ["blockade", "kind", "year"]),
    "a member of a list is gone": changed("$defs/Kind/enum", ["a"]),
    "one value of a list is left": changed("properties/kind", {"const": "a"}),
    "another type": changed("properties/year", {"type": "string"}),
    "a narrower type": changed("properties/amount/type", "integer"),
    "no null any more": changed("properties/note", {"type": "string"}),
    "another pattern": changed("properties/blockade/pattern", "^[A-Z][0-9]+$"),
    "a pattern where there was none": changed(
        "properties/note/anyOf", [{"type": "string", "pattern": "x"}, {"type": "null"}]
    ),
    "a longer least length": changed("properties/blockade/minLength", 2),
    "a shorter greatest length": changed("properties/blockade/maxLength", 79),
    "a greatest length where there was none": changed("properties/day/maxLength", 9),
    "a greater minimum": changed("properties/year/minimum", 1990),
    "a smaller maximum": changed("properties/year/maximum", 2100),
    "an exclusive limit": changed("properties/year/exclusiveMaximum", 2200),
    "another format": changed("properties/day/format", "uuid"),
    "more items needed": changed("properties/hashes/minItems", 2),
    "fewer items allowed": changed("properties/hashes/maxItems", 9),
    "other items": changed("properties/hashes/items", {"type": "string", "maxLength": 64}),
    "a field that is not known any more": changed("properties/note", None),
    "values of a mapping that are narrower": changed("properties/history/additionalProperties", {"enum": ["x"]}),
    "a mapping that takes no names any more": changed("properties/history/additionalProperties", NO),
    "a word that nobody here knows": changed("properties/hashes/uniqueItems", YES),
}
WIDER = {
    "nothing": OLD,
    "another description": changed("properties/year/description", "The year."),
    "a new field that may be left out": changed("properties/more", {"type": "string"}),
    "a field need not be there any more": changed("required", ["blockade"]),
    "one more member of a list": changed("$defs/Kind/enum", ["a", "b", "c"]),
    "a list that became any text": changed("$defs/Kind", {"type": "string"}),
    "a wider type": changed("properties/year/type", "number"),
    "null as well": changed("properties/day", {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
    "no pattern any more": changed("properties/blockade/pattern", None),
    "a greater greatest length": changed("properties/blockade/maxLength", 100),
    "a smaller minimum": changed("properties/year/minimum", 1900),
    "no format any more": changed("properties/day/format", None),
    "names that were not known": changed("additionalProperties", YES),
    "anything at all": changed("properties/history", {}),
}


@pytest.mark.parametrize("case", NARROWER)
def test_a_schema_of_facts_that_takes_less_than_before_is_found(case: str) -> None:
    assert len(incompatible(OLD, NARROWER[case], IN)) == 1


@pytest.mark.parametrize("case", WIDER)
def test_a_schema_of_facts_that_takes_more_is_none_of_it(case: str) -> None:
    assert incompatible(OLD, WIDER[case], IN) == []


POOL: dict[str, list[Any]] = {
    "blockade": ["A", "ABC", "A" * 80, "A" * 79],
    "kind": ["a", "b"],
    "note": ["", "x", "y", None],
    "year": [1980, 1989, 2200, 2150, 2000],
    "day": ["2026-01-01"],
    "hashes": [["a"], ["a", "b"], ["a"] * 10, ["a" * 65]],
    "history": [{}, {"2021": "A"}],
    "amount": [1, 1.5, -2],
}


def sent() -> list[dict[str, Any]]:
    """Messages that the old schema describes, with fields at and within their limits, there or not."""
    told = []
    drawn = random.Random(7)
    for _ in range(300):
        fields = {name: drawn.choice(values) for name, values in POOL.items() if drawn.random() < 0.7}
        told.append({"blockade": "A", "kind": "a"} | fields)
    return told


def taken(schema: dict[str, Any], message: dict[str, Any]) -> bool:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker).is_valid(message)


def test_what_is_called_wider_takes_in_all_that_was_sent() -> None:
    for message in sent():
        assert taken(OLD, message)
        assert [case for case, schema in WIDER.items() if not taken(schema, message)] == []


@pytest.mark.parametrize("case", NARROWER)
def test_what_is_called_narrower_refuses_something_that_was_sent(case: str) -> None:
    assert not all(taken(NARROWER[case], message) for message in sent())


# For what goes out it is the other way about, but that new names are passed over and old ones have to stay.
STRANGE = {
    "a field that is gone": changed("properties/note", None),
    "a field that need not be there": changed("required", ["blockade"]),
    "one more member of a list": changed("$defs/Kind/enum", ["a", "b", "c"]),
    "a list that became any text": changed("$defs/Kind", {"type": "string"}),
    "another type": changed("properties/year", {"type": "string"}),
    "a wider type": changed("properties/year/type", "number"),
    "null as well": changed("properties/day", {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
    "another pattern": changed("properties/blockade/pattern", "^[A-Z][0-9]+$"),
    "no pattern any more": changed("properties/blockade/pattern", None),
    "a greater greatest length": changed("properties/blockade/maxLength", 100),
    "a smaller minimum": changed("properties/year/minimum", 1900),
    "another format": changed("properties/day/format", "date-time"),
    "more items": changed("properties/hashes/maxItems", 11),
    "other items": changed("properties/hashes/items", {"type": "integer"}),
    "values of a mapping that are wider": changed("properties/history/additionalProperties", {}),
    "anything at all": changed("properties/amount", {}),
}
UNDERSTOOD = {
    "nothing": OLD,
    "another description": changed("properties/year/description", "The year."),
    "a new field": changed("properties/more", {"type": "string"}),
    "a field that is always there now": changed("required", ["blockade", "kind", "year"]),
    "a member of a list is gone": changed("$defs/Kind/enum", ["a"]),
    "a narrower type": changed("properties/amount/type", "integer"),
    "no null any more": changed("properties/note", {"type": "string"}),
    "a shorter greatest length": changed("properties/blockade/maxLength", 79),
    "a greater minimum": changed("properties/year/minimum", 1990),
    "names that were not known": changed("additionalProperties", YES),
}


@pytest.mark.parametrize("case", STRANGE)
def test_a_message_that_its_readers_would_not_understand_is_found(case: str) -> None:
    assert len(incompatible(OLD, STRANGE[case], OUT)) == 1


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_a_message_that_its_readers_understand_is_none_of_it(case: str) -> None:
    assert incompatible(OLD, UNDERSTOOD[case], OUT) == []


def test_a_list_that_is_meant_to_grow_may_grow() -> None:
    old = {"type": "string", "x-extensible-enum": ["a"]}
    assert incompatible(old, {"type": "string", "x-extensible-enum": ["a", "b"]}, OUT) == []
    assert incompatible({"enum": ["a"]}, {"enum": ["a", "b"]}, OUT) == [
        "the whole: b goes out, and only a is understood"
    ]


def test_a_breach_says_where_it_is_and_what_each_side_has() -> None:
    new = changed("properties/hashes/items", {"type": "string", "maxLength": 64})
    assert incompatible(OLD, new, IN) == ["hashes[]: maxLength none is sent, and 64 is taken in"]
    assert incompatible(OLD, changed("required", ["blockade", "kind", "year"]), IN) == [
        "year: it need not be there where it is sent, and only what has it is taken in"
    ]


# --- the committed schemas ---------------------------------------------------------------------------------------

COMMITTED = sorted((DOCS / "schemas").glob("*.json"))


def test_the_committed_schemas_keep_what_they_promised() -> None:
    assert len(COMMITTED) == len(schemas())
    assert breaches(DOCS / "schemas") == []


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_committed_schema_is_valid_and_compatible_with_itself(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert incompatible(schema, schema, direction(path.stem)) == []


def test_facts_come_in_and_everything_else_goes_out() -> None:
    ways = {path.stem: direction(path.stem) for path in COMMITTED}
    assert ways["rs.bonitet.AccountBlocked.v1"] is IN
    assert {kind for kind, way in ways.items() if way is OUT} > {
        "rs.bonitet.event.AccountBlocked.v1",
        "rs.bonitet.notice.v1",
        "rs.bonitet.register.v1",
        "rs.bonitet.deadletter.v1",
    }
    assert len({kind for kind, way in ways.items() if way is IN}) == len(FACTS)


# --- writing them ------------------------------------------------------------------------------------------------


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the pages, which may be spoilt."""
    folder = tmp_path / "docs"
    monkeypatch.setattr(references, "DOCS", folder)
    assert references.write() == []
    return folder


def spoil(docs: Path, kind: str, change: Any) -> Path:
    path = docs / "schemas" / f"{kind}.json"
    schema = json.loads(path.read_text("utf-8"))
    change(schema)
    path.write_text(json.dumps(schema))
    return path


def test_a_schema_is_not_replaced_by_one_that_its_senders_stumble_over(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spoil(docs, "rs.bonitet.AccountBlocked.v1", lambda s: s["$defs"]["AccountBlocked"].pop("required"))
    before = {p: p.read_bytes() for p in docs.rglob("*") if p.is_file()}
    assert references.main() == 1
    assert {p: p.read_bytes() for p in docs.rglob("*") if p.is_file()} == before
    assert capsys.readouterr().err.splitlines() == [
        f"{path.stem}: data.blockade: it need not be there where it is sent, and only what has it is taken in",
        f"{path.stem}: leave it as it was, or raise VERSION in domain/wire.py",
    ]


def test_a_schema_is_not_replaced_by_one_that_its_readers_stumble_over(docs: Path) -> None:
    def more(schema: dict[str, Any]) -> None:
        schema["properties"]["colour"] = {"type": "string"}
        schema["required"].append("colour")

    path = spoil(docs, "rs.bonitet.event.ContractRenewed.v1", more)
    told = references.write()
    assert told[0].startswith(f"{path.stem}: colour: ")
    assert told[-1].endswith('or raise VERSIONS["ContractRenewed"] = 2 in adapters/kafka/messages.py')


def test_a_schema_that_has_no_successor_is_not_deleted(docs: Path) -> None:
    gone = docs / "schemas" / "rs.bonitet.CompanyPraised.v1.json"
    gone.write_text("{}")
    (told,) = references.write()
    assert told == f"{gone.stem}: nothing succeeds it; if nobody uses it any more, delete {gone.name} by hand"
    assert gone.exists()


def test_the_schema_of_an_older_version_makes_way(docs: Path) -> None:
    older = docs / "schemas" / "rs.bonitet.notice.v0.json"
    older.write_text("{}")
    assert references.write() == []
    assert not older.exists()


def test_a_version_succeeds_only_its_own_kind() -> None:
    assert succeeds("rs.bonitet.notice.v2", "rs.bonitet.notice.v1")
    assert not succeeds("rs.bonitet.notice.v1", "rs.bonitet.notice.v1")
    assert not succeeds("rs.bonitet.event.Notice.v2", "rs.bonitet.notice.v1")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("rs.bonitet.AccountBlocked.v1", "domain/wire.py"),
        ("rs.bonitet.event.AccountBlocked.v1", 'VERSIONS["AccountBlocked"] = 2'),
        ("rs.bonitet.register.v1", "'rs.bonitet.register.v1' in adapters/kafka/messages.py"),
    ],
)
def test_whoever_has_to_raise_a_version_is_told_where_it_stands(kind: str, place: str) -> None:
    assert place in where_its_version_stands(kind)
