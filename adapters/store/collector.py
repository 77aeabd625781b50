"""The collector of cyclic garbage, held back while many dossiers are in memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections() -> Iterator[None]:
    """Fewer passes of the cycle collector.

    Dossiers hold no cycles, and walking all of them again and again costs more than everything else together.
    """
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
