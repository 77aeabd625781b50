"""Break what can break while facts come in: `python -m tests.faults [--only NAME] [--share 0.1] [--seed N]`."""

import argparse
import sys
import traceback
from random import Random
from time import monotonic

from rich.console import Console
from rich.table import Table

from tests.faults.production import Servers
from tests.faults.scenarios import FACTS, SCENARIOS, SEED

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Run the scenarios; 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="how much of it is done, 1 is all")
    parser.add_argument("--fewer", type=float, default=1.0, help="how many of the facts")
    parser.add_argument("--seed", type=int, default=SEED, help="which moments are chosen, and which facts")
    parser.add_argument("--only", action="append", choices=sorted(SCENARIOS), help="may be said more than once")
    given = parser.parse_args()
    table = Table("what breaks", "how it went", "counted", "seconds", title=f"seed {given.seed}, share {given.share:g}")
    failed = 0
    console.print(f"seed {given.seed}, share {given.share:g}")
    with Servers(given.seed, round(FACTS * given.fewer)) as servers:
        console.print(f"{len(servers.undisturbed.facts):,} facts; Kafka and PostgreSQL are up")
        for name in given.only or SCENARIOS:
            console.print(f"{name} ... ", end="")
            began = monotonic()
            try:
                seen = SCENARIOS[name](servers, Random(f"{given.seed} {name}"), given.share)
            except Exception:  # noqa: BLE001 - the others are tried all the same
                failed += 1
                seconds = monotonic() - began
                console.print(f"FAILED after {seconds:.1f} s\n{traceback.format_exc()}", markup=False)
                table.add_row(name, "FAILED", "", f"{seconds:.1f}")
                continue
            seconds = monotonic() - began
            counts = ", ".join(f"{count} {what}" for what, count in seen.items())
            console.print(f"{counts}; {seconds:.1f} s")
            table.add_row(name, "nobody can tell", counts, f"{seconds:.1f}")
    console.print(table)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
