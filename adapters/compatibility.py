"""Whether a changed schema still fits those who were built for the old one: senders of facts, readers of what goes out.

A schema of facts has to take in whatever the old one took in. What goes out has to be something that the old schema
described; what is merely new beside it is passed over by its readers. Both are one question: does everything that one
schema gives pass through another? It is answered for the words of JSON Schema that pydantic writes; a word it does not
know counts as a breach if it differs, so that a person has to look.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]

_ANNOTATIONS = {
    *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "discriminator"),
    *("$schema", "$id", "$defs", "$comment", "x-extensible-enum"),
}
_KNOWN = {
    *("$ref", "anyOf", "oneOf", "type", "enum", "const", "format", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "items"),
    *("properties", "required", "additionalProperties"),
}
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


class Direction(StrEnum):
    """Which way the messages of a schema go."""

    IN = "in"
    OUT = "out"


def incompatible(old: Schema, new: Schema, direction: Direction) -> list[str]:
    """What those who were built for the old schema would stumble over, each as a sentence; empty if nothing.

    A new member of a closed list (`enum`) is one of these things on the way out: whoever tells the members apart has no
    case for it. A list that is meant to grow is written as `x-extensible-enum` and its readers pass over the unknown.
    """
    if direction is Direction.IN:
        found = _Passing(old, new, "is sent", "is taken in").problems()
    else:
        found = _Passing(new, old, "goes out", "is understood", passes_over=True).problems()
    return sorted({problem.removeprefix(".") for problem in found})


class _Passing:
    """What of a giving schema would not pass through a taking one."""

    def __init__(self, giving: Schema, taking: Schema, gives: str, takes: str, *, passes_over: bool = False) -> None:
        self._giving, self._taking = giving, taking
        self._gives, self._takes = gives, takes
        self._passes_over = passes_over

    def problems(self) -> Iterator[str]:
        yield from self._pass(self._giving, self._taking, "")

    def _pass(self, given: Any, taken: Any, where: str) -> Iterator[str]:
        given, taken = _plain(given, self._giving), _plain(taken, self._taking)
        if not taken.keys() - _ANNOTATIONS:
            return
        here = where or "the whole"
        if not given.keys() - _ANNOTATIONS:
            yield f"{here}: anything {self._gives}, and not everything {self._takes}"
        elif (branches := _branches(given)) is not None:
            for branch in branches:
                yield from self._pass(branch, taken, where)
        elif (branches := _branches(taken)) is not None:
            yield from min((list(self._pass(given, branch, where)) for branch in branches), key=len)
        else:
            if faults := list(self._values(given, taken, here)):
                yield from faults  # of another kind altogether: its limits say nothing
                return
            yield from self._limits(given, taken, here)
            yield from self._object(given, taken, where)
            if "items" in taken:
                yield from self._pass(given.get("items", {}), taken["items"], f"{where}[]")

    def _values(self, given: Schema, taken: Schema, here: str) -> Iterator[str]:
        listed, allowed = _listed(given), _listed(taken)
        if allowed is not None:
            if listed is None:
                yield f"{here}: more than {_several(allowed)} {self._gives}, and nothing else {self._takes}"
            elif strange := [value for value in listed if value not in allowed]:
                yield f"{here}: {_several(strange)} {self._gives}, and only {_several(allowed)} {self._takes}"
            return
        if listed is not None:
            pattern = taken.get("pattern")
            for value in listed:
                if pattern is not None and isinstance(value, str) and not re.search(pattern, value):
                    yield f"{here}: {value!r} {self._gives}, and only what matches {pattern} {self._takes}"
        kinds, wanted = _types(given), _types(taken)
        if wanted and not (kinds and all(k in wanted or (k == "integer" and "number" in wanted) for k in kinds)):
            told = f"{_several(sorted(kinds)) if kinds else 'anything'} {self._gives}"
            yield f"{here}: {told}, and only {_several(sorted(wanted))} {self._takes}"

    def _limits(self, given: Schema, taken: Schema, here: str) -> Iterator[str]:
        if _listed(given) is None:
            for word in ("pattern", "format"):
                if word in taken and given.get(word) != taken[word]:
                    told = f"{word} {given[word]}" if word in given else f"no {word}"
                    yield f"{here}: {told} {self._gives}, and {word} {taken[word]} {self._takes}"
            for word in _LEAST:
                if word in taken and given.get(word, float("-inf")) < taken[word]:
                    yield f"{here}: {word} {given.get(word, 'none')} {self._gives}, and {taken[word]} {self._takes}"
            for word in _MOST:
                if word in taken and given.get(word, float("inf")) > taken[word]:
                    yield f"{here}: {word} {given.get(word, 'none')} {self._gives}, and {taken[word]} {self._takes}"
        for word in sorted((given.keys() | taken.keys()) - _KNOWN - _ANNOTATIONS):
            if given.get(word) != taken.get(word):
                yield f"{here}: {word} differs, and nobody has said here what that means"

    def _object(self, given: Schema, taken: Schema, where: str) -> Iterator[str]:
        if "object" not in _types(given):
            return
        properties, known = given.get("properties", {}), taken.get("properties", {})
        for name in taken.get("required", ()):
            if name not in given.get("required", ()):
                yield f"{where}.{name}: it need not be there where it {self._gives}, and only what has it {self._takes}"
        for name, schema in properties.items():
            path = f"{where}.{name}"
            if name in known:
                yield from self._pass(schema, known[name], path)
            elif not self._passes_over:
                yield from self._unknown(schema, taken, path)
        if self._passes_over:
            gone = known.keys() - properties.keys() - set(taken.get("required", ()))
            yield from (f"{where}.{name}: it no longer {self._gives}" for name in gone)
        # A name that the giver does not describe was always passed over, so a new optional one breaks nothing.
        if isinstance(more := given.get("additionalProperties"), dict) and not self._passes_over:
            yield from self._unknown(more, taken, f"{where}.*")
        elif isinstance(more, dict) and isinstance(taken.get("additionalProperties"), dict):
            yield from self._pass(more, taken["additionalProperties"], f"{where}.*")
        elif not self._passes_over and more is not False and taken.get("additionalProperties") is False:
            here = where or "the whole"
            yield f"{here}: what is not described may be there where it {self._gives}, and nothing of it {self._takes}"

    def _unknown(self, schema: Any, taken: Schema, path: str) -> Iterator[str]:
        more = taken.get("additionalProperties", True)
        if more is False:
            yield f"{path}: it {self._gives}, and without it only {self._takes}"
        elif isinstance(more, dict):
            yield from self._pass(schema, more, path)


def _plain(schema: Any, root: Schema) -> Schema:
    """The schema itself in place of a reference; the two schemas that are no objects as what they mean."""
    if schema is True:
        return {}
    if schema is False:
        return {"enum": []}
    if "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _plain({**target, **{k: v for k, v in schema.items() if k != "$ref"}}, root)
    return dict(schema)


def _branches(schema: Schema) -> list[Any] | None:
    return schema.get("anyOf") or schema.get("oneOf")


def _listed(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum")


def _types(schema: Schema) -> set[str]:
    kind = schema.get("type")
    if kind is None:
        listed = _listed(schema)
        return {_TYPES[type(value)] for value in listed} if listed else set()
    return {kind} if isinstance(kind, str) else set(kind)


def _several(values: list[Any]) -> str:
    return ", ".join(str(value) for value in values) if values else "nothing"
