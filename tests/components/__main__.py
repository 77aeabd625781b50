"""Makes ready what the tests work with, and says what is there: `python -m tests.components [--require]`."""

import argparse
import sys
from pathlib import Path

from tests.components import kafka
from tests.components.install import NEEDS, install
from tests.components.missing import Missing, must_be_whole


def say(line: str) -> None:
    """Tell whoever waits what takes so long."""
    print(line, file=sys.stderr, flush=True)


def make_ready() -> list[Missing]:
    """Install and fetch what can be had, show what is there, and return what is not."""
    install(say)
    missing = []
    for need in NEEDS:
        try:
            print(f"{need.name:12} {need.place()}", flush=True)
        except Missing as problem:
            missing.append(problem)
    if not missing and not kafka.cache().is_dir():
        say(f"Fetching Apache Kafka {kafka.VERSION} with mvn, about 45 MB, once ...")
    try:
        print(f"{'Apache Kafka':12} {shown(kafka.jars())}")
    except Missing as problem:
        missing.append(problem)
    return missing


def shown(path: Path) -> str:
    """A path as a person would write it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def main() -> int:
    """0, or 1 if something is missing that must not be."""
    arguments = argparse.ArgumentParser(prog="python -m tests.components", description=__doc__)
    arguments.add_argument("--require", action="store_true", help="fail if anything is missing, as where CI is set")
    required = arguments.parse_args().require or must_be_whole()
    missing = make_ready()
    for problem in missing:
        say(f"LEFT OUT     {problem}")
    if missing and not required:
        say("The tests that need it are skipped.")
    return int(bool(missing) and required)


if __name__ == "__main__":
    sys.exit(main())
