"""The log read: by a bare cursor, as events, by a projector from its beginning, and for tables beside the live ones."""

from typing import Any, cast

import psycopg

from adapters.main import build
from adapters.settings import Settings
from adapters.store.postgres import PostgresStore
from adapters.store.projecting import CATCH_UP
from adapters.store.rebuilding import Rebuild
from tests.bench.child import Progress
from tests.bench.ours import KEY
from tests.bench.peers import tables
from tests.bench.plan import Broken
from tests.bench.watch import Watch

Result = dict[str, Any]

_ROWS = "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events ORDER BY 1"


def cursor(database_url: str, progress: Progress) -> Result:
    """Every row of the log by the driver alone, in the order of the log."""
    count = 0
    watch = Watch()
    with (
        watch,
        psycopg.connect(**tables.parameters(database_url)) as connection,
        connection.cursor(binary=True) as rows,
    ):
        for _ in rows.execute(_ROWS):
            count += 1
    progress(count, count)
    return {"facts": count, **watch.seconds()}


def replay(database_url: str, progress: Progress) -> Result:
    """Every event of the log, decoded and checked, in stretches as whoever follows the log reads it."""
    store = PostgresStore(database_url, KEY)
    whole, position, count = store.last_position(), 0, 0
    watch = Watch()
    with watch:
        while told := store.stretch(position, CATCH_UP):
            position, count = told[-1].position, count + len(told)
            progress(count, whole)
    store.close()
    return {"facts": count, **watch.seconds()}


def follow(database_url: str, progress: Progress) -> Result:
    """The read models emptied and told again by what follows the log: as fast as a projector can go."""
    watch = Watch()
    with build(Settings(database=database_url, key=KEY)) as system:
        progress(0, system.store.last_position())
        with watch:
            count = system.engine.projections.rebuild()
    return {"facts": count, **watch.seconds()}


def rebuild(database_url: str, processes: int, progress: Progress) -> Result:
    """The read models told again beside the live ones, as `bonitet rebuild` does, and compared; then thrown away.

    `compared` is how many seconds more it takes to compare them row by row. Raises Broken where they differ.
    """
    settings = Settings(database=database_url, key=KEY)
    watch, comparing = Watch(), Watch()
    with build(settings, projecting=False) as system:
        whole = system.store.last_position()
        work = Rebuild(cast("PostgresStore", system.store), system.engine.memory, settings.cache)
        try:
            with watch:
                count = work.tell(processes, lambda _, done: progress(done, whole))
            with comparing:
                compared = work.compare()
            work.discard()
        finally:
            work.close()
    if differing := [name for name, model in compared.items() if model.differing]:
        raise Broken(f"told again, {', '.join(differing)} came out otherwise than the projector has kept them")
    return {"facts": count, **watch.seconds(), "compared": comparing.wall}
