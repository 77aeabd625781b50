"""The generated pages say what the models say."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic_core import from_json

from adapters.kafka import topics
from adapters.kafka.messages import MESSAGES
from adapters.references import DOCS, pages
from adapters.settings import KafkaSettings
from domain.facts import FACTS, SchemeFact
from domain.wire import ANY_CLOUD_EVENT, ENVELOPES


def test_every_generated_page_is_the_one_the_models_give() -> None:
    stale = [path.name for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    assert not stale, f"run `make references`: {stale}"


def test_no_schema_is_left_over() -> None:
    assert {p.stem for p in (DOCS / "schemas").glob("*.json")} == {*ENVELOPES, *MESSAGES}


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


# --- the interface to Kafka --------------------------------------------------------------------------------------

DOCUMENT: dict[str, Any] = json.loads((DOCS / "asyncapi.json").read_text("utf-8"))
SPECIFICATION = Path(__file__).parent / "vendored" / "asyncapi-3.0.0.json"


@pytest.fixture(scope="module")
def specification() -> Draft7Validator:
    return Draft7Validator(json.loads(SPECIFICATION.read_text("utf-8")))


def test_the_interface_is_a_valid_asyncapi_document(specification: Draft7Validator) -> None:
    assert [f"{fault.json_path}: {fault.message}" for fault in specification.iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    "spoilt",
    [
        ("asyncapi", "3.1.0"),
        ("channels/events/bindings/kafka/topicConfiguration/retention.ms", "for ever"),
        ("channels/register/bindings/kafka/topicConfiguration/cleanup.policy", ["tidy"]),
        ("operations/tellEvents/action", "publish"),
        ("components/messages/rs.bonitet.notice.v1/correlationId", {"location": "$message.body#/id"}),
        ("components/securitySchemes/plain", {"type": "trust"}),
        ("servers/secured", {"host": "localhost"}),
    ],
    ids=lambda spoilt: spoilt[0],
)
def test_what_the_specification_does_not_allow_is_noticed(
    spoilt: tuple[str, Any], specification: Draft7Validator
) -> None:
    document = deepcopy(DOCUMENT)
    path, value = spoilt
    *way, last = path.split("/")
    part = document
    for name in way:
        part = part[name]
    part[last] = value
    assert not specification.is_valid(document)


def references(told: Any) -> list[str]:
    if isinstance(told, dict):
        own = [told["$ref"]] if isinstance(told.get("$ref"), str) else []
        return own + [ref for value in told.values() for ref in references(value)]
    return [ref for value in told for ref in references(value)] if isinstance(told, list) else []


def test_every_reference_of_the_interface_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert len(found) > len(MESSAGES) + len(ENVELOPES)
    for reference in found:
        file, _, inside = reference.partition("#")
        told = json.loads((DOCS / file).read_text("utf-8")) if file else DOCUMENT
        for name in filter(None, inside.split("/")):
            told = told[name]
        assert told


def test_every_message_has_a_topic_of_the_settings_a_key_and_its_schema() -> None:
    channels = {channel["address"]: channel for channel in DOCUMENT["channels"].values()}
    wanted = {topic.name: topic for topic in topics.wanted(KafkaSettings.model_construct(), 1)}
    assert channels.keys() == wanted.keys()
    for name, channel in channels.items():
        told = channel["bindings"]["kafka"]["topicConfiguration"]
        assert {key: str(v[0] if isinstance(v, list) else v) for key, v in told.items()} == wanted[name].configs
    spoken = [kind for channel in channels.values() for kind in channel["messages"]]
    assert sorted(spoken) == sorted([*ENVELOPES, *MESSAGES])
    for kind in spoken:
        message = DOCUMENT["components"]["messages"][kind]
        assert message["payload"]["schema"]["$ref"] == f"schemas/{kind}.json"
        assert message["bindings"]["kafka"]["key"]["type"] == "string"


def test_the_directions_are_those_of_the_application() -> None:
    ways = {(o["channel"]["$ref"].rpartition("/")[2], o["action"]) for o in DOCUMENT["operations"].values()}
    out = {(name, "send") for name in ("facts", "events", "register", "notifications", "deadLetters")}
    assert ways == {("facts", "receive"), *out}
    of_the_scheme = DOCUMENT["operations"]["publishSchemeFacts"]["messages"]
    assert len(of_the_scheme) == sum(issubclass(model, SchemeFact) for model in FACTS.values())
