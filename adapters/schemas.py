"""The JSON Schemas of all that comes in and goes out, as the models give them."""

import re
from collections.abc import Mapping
from typing import Any

from adapters.compatibility import Direction
from adapters.kafka.messages import EVENT, EVENT_MESSAGES, MESSAGES, VERSIONS
from domain.facts import FACTS, REFERENCE, Private
from domain.secrecy import PRIVATE_FIELDS
from domain.wire import ENVELOPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# A rule of the rule book by its form: which ones there are grows with it, and is no reader's concern.
_RULE = {
    "description": "A rule of the rule book.",
    "pattern": "^[A-Z]{1,4}-[A-Z0-9][A-Za-z0-9.]{0,7}$",
    "type": "string",
}
_TEXT = {"description": "What stands for a text that is kept apart.", "pattern": f"^{REFERENCE}[0-9a-f]{{40}}$"}
_ADDRESS = {
    "description": "What stands for an address that is kept apart: the whole, and its domain.",
    "pattern": f"^{REFERENCE}[0-9a-f]{{40}}@[0-9a-f]{{20}}$",
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of every type of message, facts first."""
    return {
        **{kind: _headed(kind, model.model_json_schema(mode="validation")) for kind, model in ENVELOPES.items()},
        **{kind: _headed(kind, _going_out(kind)) for kind in MESSAGES},
    }


def direction(kind: str) -> Direction:
    """Which way the messages of a type go."""
    return Direction.OUT if _base(kind) in {_base(out) for out in MESSAGES} else Direction.IN


def succeeds(kind: str, other: str) -> bool:
    """Whether a type is a later version of another one."""
    return _base(kind) == _base(other) and _version(kind) > _version(other)


def where_its_version_stands(kind: str) -> str:
    """What to raise where the schema of a type has changed too much."""
    if direction(kind) is Direction.IN:
        return "VERSION in domain/wire.py"
    name = kind.removeprefix(EVENT).rpartition(".v")[0]
    if name in EVENT_MESSAGES:
        return f'VERSIONS["{name}"] = {VERSIONS.get(name, 1) + 1} in adapters/kafka/messages.py'
    return f"{kind!r} in adapters/kafka/messages.py"


def _base(kind: str) -> str:
    return kind.rpartition(".v")[0]


def _version(kind: str) -> int:
    return int(kind.rpartition(".v")[2])


def _headed(kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"urn:{kind}", **schema}


def _going_out(kind: str) -> dict[str, Any]:
    schema = MESSAGES[kind].model_json_schema(mode="serialization")
    definitions = schema.get("$defs", {})
    if "Rule" in definitions:
        definitions["Rule"] = _RULE
    for model, marks in PRIVATE_FIELDS.items():
        described = definitions.get(model.__name__)
        if described and model is FACTS[model.__name__]:
            for name, mark in marks.items():
                described["properties"][name] = {"type": "string", **_apart(mark)} | {
                    word: value for word, value in described["properties"][name].items() if word in {"title", "anyOf"}
                }
    for part in (schema, *definitions.values()):
        _as_sent(part)
    return schema


def _apart(mark: Private) -> dict[str, str]:
    if mark.nobodys is None:
        return _ADDRESS if mark.address else _TEXT
    either = f"^(?:{_ADDRESS['pattern'].strip('^$')}|{re.escape(mark.nobodys)})$"
    return {"description": f"{mark.nobodys}, or what stands for another address.", "pattern": either}


def _as_sent(schema: dict[str, Any]) -> None:
    """What is unknown is left out, everything else is there; more may come, and is passed over by readers."""
    properties: dict[str, dict[str, Any]] | None = schema.get("properties")
    if properties is None:
        return
    schema.pop("additionalProperties", None)
    required = []
    for name, described in properties.items():
        described.pop("default", None)
        branches = described.get("anyOf", [])
        if {"type": "null"} not in branches:
            required.append(name)
            continue
        kept = [branch for branch in branches if branch != {"type": "null"}]
        del described["anyOf"]
        if "pattern" not in described:  # else it is a reference, whatever it stands for
            described.update(kept[0] if len(kept) == 1 else {"anyOf": kept})
    if required:
        schema["required"] = required
