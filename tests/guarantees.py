"""Shows each guarantee of docs/guarantees.md with the tests that hold it, by running them: `make guarantees`."""

import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
_LINE = re.compile(r"^- (?P<promise>.+?) — (?P<tests>`.+`)$", re.MULTILINE)
_TEST = re.compile(r"`([^`]+)`")


def guarantees() -> dict[str, list[str]]:
    """Each promise with the node ids of its tests, in the order of the page."""
    text = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
    return {m["promise"]: _TEST.findall(m["tests"]) for m in _LINE.finditer(text)}


def _outcomes(tests: list[str]) -> dict[str, str]:
    command = [sys.executable, "-m", "pytest", "-n", "auto", "-rA", "-q", "--no-header", "--color=no", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED)\s+(\S+)", done.stdout, re.MULTILINE)
    told = {test: kind for kind, test in found}
    if not told:
        sys.stderr.write(done.stdout + done.stderr)
    return told


def _held(test: str, outcomes: dict[str, str]) -> str:
    own = [kind for name, kind in outcomes.items() if name == test or name.startswith((f"{test}[", f"{test}::"))]
    if not own:
        return "did not run"
    return "holds" if set(own) == {"PASSED"} else "BROKEN"


def main() -> int:
    """Run the tests of all guarantees once, and print what holds; 1 if something does not."""
    promises = guarantees()
    outcomes = _outcomes(sorted({test for tests in promises.values() for test in tests}))
    table = Table("Guarantee", "Test", "", title="What bonitet guarantees", show_lines=True)
    broken = 0
    for promise, tests in promises.items():
        held = [_held(test, outcomes) for test in tests]
        broken += sum(h != "holds" for h in held)
        table.add_row(promise, "\n".join(tests), "\n".join(held))
    Console(width=160 if not sys.stdout.isatty() else None).print(table)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
