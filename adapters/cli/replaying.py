"""Counterfactual replay: `bonitet replay --policy NAME=VALUE` shows who would stand otherwise under another reading."""

from typing import Annotated, Any

import typer

from adapters import replaying
from adapters.asking import company_meant, instant_asked
from adapters.cli import showing
from adapters.cli.opening import USAGE, Failure, Terminal, command
from adapters.cli.progress import progress
from adapters.replaying import Difference, UnknownReading
from domain.standing import Standing


def replay(
    terminal: Terminal,
    *,
    policy: Annotated[list[str], typer.Option("--policy", help="NAME=VALUE; may come several times.")],
    company: Annotated[str | None, typer.Option("--company", help="Only this company.")] = None,
    until: Annotated[str, typer.Option("--until", help="Up to the end of a day, or now.")] = "now",
) -> None:
    """Replay all history under another reading of the terms, and list the certificates that would stand otherwise.

    Writes nothing. What is compared with is the register as it is, with what has fallen due by then.
    """
    # Others may keep the read models up to date: nothing is written here.
    with terminal.system(projecting=False, followed=True) as system:
        try:
            other = replaying.policy_of(system.settings.policy, policy)
        except UnknownReading as fault:
            raise Failure(str(fault), USAGE) from fault
        subject = None if company is None else company_meant(system, company)
        instant = min(instant_asked(system, until), system.engine.horizon())
        made = showing.table("certificate", "holder", "from", "stands", "would stand", "now", "would now")
        count = 0
        with progress(terminal, "replaying", None, "events") as step:
            for found in replaying.differences(system, other, instant, subject=subject, progress=step):
                count += 1
                if terminal.json:
                    terminal.line(_json(found))
                else:
                    made.add_row(*map(showing.cell, _row(found)))
    if not terminal.json:
        readings = ", ".join(policy)
        terminal.out.print(made if count else f"with {readings} every certificate stands as it does", markup=False)
        terminal.remark(f"{count:,} certificates would stand otherwise with {readings}; nothing was written")


def _row(found: Difference) -> tuple[object, ...]:
    then = (showing.local(found.since), _said(found.then), _said(found.would_be))
    return (found.certificate, found.holder, *then, *(row and row.status for row in (found.now, found.would_be_now)))


def _said(row: Standing | None) -> str:
    if row is None:
        return "no certificate"
    told = (row.status, row.attained, None if row.edition in {None, "base"} else row.edition)
    until = f"until {row.valid_until}" if row.valid_until else "with an open end"
    return " ".join([*(str(word) for word in told if word is not None), until])


def _json(found: Difference) -> dict[str, Any]:
    return {
        "certificate": found.certificate,
        "holder": found.holder,
        "from": showing.iso(found.since),
        "then": _outcome(found.then),
        "would_be": _outcome(found.would_be),
        "now": _outcome(found.now),
        "would_be_now": _outcome(found.would_be_now),
    }


def _outcome(row: Standing | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "status": row.status,
        "clause": row.clause,
        "class": row.attained,
        "edition": row.edition,
        "business_year": row.business_year,
        "period": row.period,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "since": showing.iso(row.since),
        "rule": row.rule,
    }


def register(app: typer.Typer) -> None:
    """Put this command into the application."""
    command(app, "replay", panel="Questions")(replay)
