"""The domain has no outside, and nothing below the adapters reads a clock, draws an id or rolls dice.

The import contracts see which modules are imported; this sees what is done with the modules that are allowed.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# pydantic, and of the standard library what makes values out of values.
ALLOWED_IN_DOMAIN = {
    *("__future__", "abc", "bisect", "calendar", "collections", "contextlib", "copy", "dataclasses"),
    *("datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "json"),
    *("math", "operator", "re", "string", "textwrap", "types", "typing", "unicodedata", "uuid", "zoneinfo"),
    *("pydantic", "pydantic_core", "domain"),
}

# A name stands for all that is reached through it.
IMPURE = {
    # clocks; pydantic's four compare with today
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("pydantic.FutureDate", "pydantic.FutureDatetime", "pydantic.PastDate", "pydantic.PastDatetime", "time"),
    # ids and chance; uuid3 and uuid5 are made from what they name
    *("uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7", "uuid.uuid8", "uuid.getnode"),
    *("random", "secrets"),
    # the outside, and ways around this test
    *("os", "io", "builtins.open", "builtins.input", "builtins.print", "builtins.breakpoint"),
    *("importlib", "builtins.__import__", "builtins.eval", "builtins.exec", "builtins.compile"),
}
_INSIDE = tuple(f"{name}." for name in sorted(IMPURE))


def modules(package: str) -> list[Path]:
    """All Python files of a package."""
    return sorted((ROOT / package).rglob("*.py"))


def imports(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, local name and full name of all that a module imports; a relative import stays at home."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.split(".")[0]
                yield node.lineno, local, alias.name if alias.asname else local
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name, f"{node.module}.{alias.name}"


def full_name(node: ast.expr, bound: dict[str, str]) -> str | None:
    """What a name or a chain of attributes refers to by the imports of its module."""
    match node:
        case ast.Name(id=name):
            return bound.get(name, f"builtins.{name}")
        case ast.Attribute(value=value, attr=attr):
            return f"{base}.{attr}" if (base := full_name(value, bound)) else None
        case _:
            return None


def impurities(source: str) -> list[tuple[int, str]]:
    """Line and full name of each impure thing that the source imports or mentions."""
    tree = ast.parse(source)
    bound = {local: full for _, local, full in imports(tree)}
    names = {(line, full) for line, _, full in imports(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := full_name(node, bound)):
            names.add((node.lineno, name))
    return sorted((line, name) for line, name in names if name in IMPURE or name.startswith(_INSIDE))


def test_the_domain_imports_only_what_makes_values_out_of_values() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}:{line}: {full}"
        for path in modules("domain")
        for line, _, full in imports(ast.parse(path.read_text("utf-8")))
        if full.split(".")[0] not in ALLOWED_IN_DOMAIN
    ]
    assert foreign == []


@pytest.mark.parametrize("package", ["domain", "projections"])
def test_nothing_below_the_adapters_is_impure(package: str) -> None:
    assert modules(package)
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(package)
        for line, name in impurities(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from datetime import datetime\nx = datetime.now(UTC)", "datetime.datetime.now"),
        ("import datetime as dt\nx = Field(default_factory=dt.datetime.utcnow)", "datetime.datetime.utcnow"),
        ("from datetime import date\ndef f(): return date.today()", "datetime.date.today"),
        ("import uuid\nuuid.uuid4()", "uuid.uuid4"),
        ("from uuid import uuid4 as new", "uuid.uuid4"),
        ("from pydantic import PastDate", "pydantic.PastDate"),
        ("def f():\n    import time", "time"),
        ("from random import choice", "random.choice"),
        ("import os.path", "os"),
        ("with open('x') as f: pass", "builtins.open"),
    ],
)
def test_an_impurity_is_found(source: str, name: str) -> None:
    assert name in {found for _, found in impurities(source)}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, time\nx = datetime.combine(day, time(0))",
        "def f(dossier, today): return dossier.today or today.now",
        "from uuid import uuid5\nuuid5(NAMESPACE, 'RS-17012347')",
        "case.open(); times = [1]; import operator",
        "class Envelope:\n    time: datetime\nkey = lambda e: time",
    ],
)
def test_what_is_pure_is_let_through(source: str) -> None:
    assert impurities(source) == []


def test_the_allowed_modules_exist() -> None:
    ours = {"pydantic", "pydantic_core", "domain"}
    assert ALLOWED_IN_DOMAIN - ours - sys.stdlib_module_names == set()
