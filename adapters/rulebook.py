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
# `Rule.DNB_6_14`, and in words "DNB-4.6", "DNB-4.5, 4.9", "DNB-2.4 to 2.8".
_AS_DATA = re.compile(r"\bRule\.([A-Z]+_[A-Z0-9_]+)")
_IN_WORDS = re.compile(r"\b(GEN-|X-|DNB-M?)(\d+(?:\.\d+)?)((?:(?:, | and | to )\d+(?:\.\d+)?)*)")
_MORE = re.compile(r"(, | and | to )(\d+(?:\.\d+)?)")
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
        return (
            of_ours
            and self.rule not in _ELSEWHERE
            and (self.statement.strength in _BINDING or self.rule is Rule.DNB_5_6)
        )


# Conflicts within the Bosnian terms, which are not in it yet.
_ELSEWHERE = {Rule.X_13, Rule.X_14, Rule.X_15}
_BINDING = {Strength.MANDATORY, Strength.DISCRETIONARY, Strength.READING}


def kept() -> list[Kept]:
    """Every rule, in the order of the book."""
    told, cited = _told(), _cited()
    return [
        Kept(rule, statement, _application(rule, statement, cited), tuple(told[rule.value]), tuple(cited[rule.value]))
        for rule, statement in RULES.items()
    ]


def _application(rule: Rule, statement: Statement, cited: dict[str, list[str]]) -> Application:
    if rule in STAFFS or statement.strength is Strength.DISCRETIONARY:
        return Application.STAFF
    return Application.AUTOMATIC if cited[rule.value] else Application.INFORMATIONAL


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
    """The functions and classes of the domain by the rules that they cite, as data or in words; else the module."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(DOMAIN.rglob("*.py")):
        if path.name == "rules.py":
            continue
        module = ".".join(path.relative_to(DOMAIN).with_suffix("").parts)
        text = path.read_text("utf-8")
        lines = text.splitlines()
        for node in ast.parse(text).body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            place = f"{module}.{node.name}" if named else module  # type: ignore[attr-defined]
            for rule in dict.fromkeys(_rules_in("\n".join(lines[node.lineno - 1 : node.end_lineno]))):
                if place not in found[rule]:
                    found[rule].append(place)
    return found


def first_in(text: str) -> Rule | None:
    """The first rule that a text cites, None if it cites none."""
    return next((Rule(each) for each in _rules_in(text) if each in set(Rule)), None)


def _rules_in(text: str) -> list[str]:
    told = [Rule[name].value for name in _AS_DATA.findall(text) if name in Rule.__members__]
    for series, first, more in _IN_WORDS.findall(text):
        told.append(f"{series}{first}")
        before = first
        for how, number in _MORE.findall(more):
            if how.strip() == "to":
                told.extend(_between(series, before, number))
            told.append(f"{series}{number}")
            before = number
    return told


def _between(series: str, first: str, last: str) -> list[str]:
    head, _, start = first.rpartition(".")
    _, _, end = last.rpartition(".")
    return [f"{series}{head}{'.' if head else ''}{number}" for number in range(int(start) + 1, int(end))]
