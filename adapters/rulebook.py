"""The rule book as it is kept: each rule with its wording, the features that tell it and the functions that cite it.

Read from the sources themselves, so that nothing has to be kept in step by hand. Where only the program is installed,
without its repository, there are no features to be named.
"""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import domain
from domain.rules import RULES, STAFFS, Rule, Statement, Strength

DOMAIN = Path(domain.__path__[0])
FEATURES = DOMAIN.parent / "features"

# The series that the engine enforces; the others belong to schemes and advice that are not in it yet.
SERIES = ("GEN-", "DNB-", "X-")
_TAGS = re.compile(r"\s*(@\S+(?:\s+@\S+)*)\s*")
_TITLE = re.compile(r"\s*Rule:\s*(.+?)\s*")


class Application(StrEnum):
    """Who applies a rule."""

    AUTOMATIC = "automatic"
    STAFF = "staff"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule, who applies it, what tells it ("misuse.feature: title") and what cites it ("misuse.lapse")."""

    rule: Rule
    statement: Statement
    application: Application
    features: tuple[str, ...]
    functions: tuple[str, ...]

    @property
    def binds(self) -> bool:
        """Whether it has to be told by a feature and cited by a function: it says what somebody must, may or is."""
        of_ours = self.rule.value.startswith(SERIES)
        return of_ours and (self.statement.strength in _BINDING or self.rule is Rule.DNB_5_6)


_BINDING = {Strength.MANDATORY, Strength.DISCRETIONARY, Strength.READING}


def kept() -> list[Kept]:
    """Every rule, in the order of the book."""
    told, cited = _told(), _cited()
    return [
        Kept(rule, statement, _application(rule, statement, cited), tuple(told[rule.value]), tuple(cited[rule.name]))
        for rule, statement in RULES.items()
    ]


def _application(rule: Rule, statement: Statement, cited: dict[str, list[str]]) -> Application:
    if rule in STAFFS or statement.strength is Strength.DISCRETIONARY:
        return Application.STAFF
    return Application.AUTOMATIC if cited[rule.name] else Application.INFORMATIONAL


@cache
def _told() -> dict[str, list[str]]:
    """The features by the tags of their rules."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(FEATURES.glob("*.feature")):
        tags: list[str] = []
        for line in path.read_text("utf-8").splitlines():
            if marked := _TAGS.fullmatch(line):
                tags += [tag.removeprefix("@") for tag in marked[1].split()]
            elif title := _TITLE.fullmatch(line):
                for tag in tags:
                    found[tag].append(f"{path.name}: {title[1]}")
                tags = []
            elif line.strip():
                tags = []
    return found


@cache
def _cited() -> dict[str, list[str]]:
    """The functions of the domain by the names of the rules that they cite, and the modules where no function does."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(DOMAIN.rglob("*.py")):
        if path.name == "rules.py":
            continue
        module = ".".join(path.relative_to(DOMAIN).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            place = f"{module}.{node.name}" if named else module  # type: ignore[attr-defined]
            for name in dict.fromkeys(_names(node)):
                if place not in found[name]:
                    found[name].append(place)
    return found


def _names(node: ast.AST) -> list[str]:
    return [
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Rule"
    ]
