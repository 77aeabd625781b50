"""Each guarantee names tests that exist."""

import ast
from pathlib import Path

from tests.guarantees import ROOT, guarantees


def _functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_guarantee_names_tests_that_exist() -> None:
    named = {test for tests in guarantees().values() for test in tests}
    missing = [t for t in sorted(named) if t.partition("::")[2] not in _functions(ROOT / t.partition("::")[0])]
    assert len(named) > 40
    assert not missing


def test_no_line_of_the_page_is_passed_over() -> None:
    lines = [line for line in (ROOT / "docs" / "guarantees.md").read_text("utf-8").splitlines() if line[:2] == "- "]
    assert len(lines) == len(guarantees())
