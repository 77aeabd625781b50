"""Progress on standard error: how far, how fast, how long still; silent where nobody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from adapters.cli.opening import Terminal

Step = Callable[[int, int], None]


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        done, elapsed = int(task.fields["done"]), task.elapsed or 0.0
        rate = f"{done / elapsed:,.0f}/s" if elapsed and done else ""
        return Text(f"{done:,} {task.fields['unit']} {rate}")


@contextmanager
def progress(terminal: Terminal, what: str, total: int | None, unit: str) -> Iterator[Step]:
    """A bar; its step is told how far the work is, in the same measure as `total`, and how many units are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), _Rate(), TimeRemainingColumn())
    quiet = terminal.json or not sys.stderr.isatty()
    with Progress(*columns, console=terminal.err, disable=quiet, transient=True) as bar:
        task = bar.add_task(what, total=total, done=0, unit=unit)

        def step(completed: int, done: int) -> None:
            bar.update(task, completed=completed, done=done)

        yield step


@contextmanager
def watched(step: Step, reached: Callable[[], int]) -> Iterator[None]:
    """Ask now and then how far some work is that doesn't tell by itself."""
    if not sys.stderr.isatty():
        yield
        return
    over = Event()

    def watch() -> None:
        while not over.wait(0.3):
            now = reached()
            step(now, now)

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
