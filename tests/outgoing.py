"""What tests ask of outgoing messages: that each is as its committed schema describes it, and nothing beside."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from adapters.references import DOCS

LOG = "urn:uuid:00000000-0000-4000-8000-000000000000"


@cache
def schema(kind: str) -> dict[str, Any]:
    """The committed schema of a type."""
    told: dict[str, Any] = json.loads((DOCS / "schemas" / f"{kind}.json").read_text("utf-8"))
    return told


def closed(told: dict[str, Any]) -> dict[str, Any]:
    """The schema, so that names which it does not describe are no longer passed over."""
    told = deepcopy(told)
    for part in (told, *told.get("$defs", {}).values()):
        if "properties" in part:
            part.setdefault("additionalProperties", False)
    return told


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(closed(schema(kind)), format_checker=Draft202012Validator.FORMAT_CHECKER)


def faults(kind: str, value: bytes | str) -> list[str]:
    """What a message has that its schema does not describe, or lacks."""
    return [f"{fault.json_path}: {fault.message}" for fault in _validator(kind).iter_errors(json.loads(value))]
