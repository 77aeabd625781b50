"""The generated pages say what the models say."""

import json

from pydantic_core import from_json

from adapters.references import DOCS, pages
from domain.facts import FACTS
from domain.wire import ANY_CLOUD_EVENT, ENVELOPES


def test_every_generated_page_is_the_one_the_models_give() -> None:
    stale = [path.name for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    assert not stale, f"run `make references`: {stale}"


def test_no_schema_is_left_over() -> None:
    assert {p.stem for p in (DOCS / "schemas").glob("*.json")} == set(ENVELOPES)


def test_every_fact_has_a_docstring_of_its_own() -> None:
    assert all(model.__doc__ and model.__doc__ != model.__mro__[1].__doc__ for model in FACTS.values())


def test_a_schema_names_the_type_and_forbids_unknown_data() -> None:
    schema = json.loads((DOCS / "schemas" / "rs.bonitet.AccountBlocked.v1.json").read_text("utf-8"))
    assert schema["properties"]["type"]["const"] == "rs.bonitet.AccountBlocked.v1"
    assert schema["$defs"]["AccountBlocked"]["additionalProperties"] is False


def test_the_union_reads_what_a_schema_describes() -> None:
    line = {
        "specversion": "1.0",
        "id": "1",
        "source": "urn:x",
        "type": "rs.bonitet.AccountBlocked.v1",
        "subject": "EX-00000001",
        "time": "2026-01-01T00:00:00Z",
        "recordedtime": "2026-01-01T00:00:00Z",
        "data": {"blockade": "B-1"},
    }
    assert from_json(ANY_CLOUD_EVENT.validate_json(json.dumps(line)).model_dump_json())["data"] == {"blockade": "B-1"}
