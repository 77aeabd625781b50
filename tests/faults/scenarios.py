"""What can break, each by the name under which it is asked for."""

from collections.abc import Callable
from random import Random

from tests.faults import database, deadlines, outages, poison, positions, workers
from tests.faults.production import Seen, Servers

SEED = 20260701
FACTS = 3_000

SCENARIOS: dict[str, Callable[[Servers, Random, float], Seen]] = {
    "kills": workers.kills,
    "postgres-gone": outages.postgres_gone,
    "kafka-gone": outages.kafka_gone,
    "rebalances": workers.rebalances,
    "everything-twice": workers.everything_twice,
    "poison": poison.one_in_a_hundred,
    "disk-full": database.disk_full,
    "sessions-cut-off": database.sessions_cut_off,
    "idle-in-transaction": database.idle_in_transaction,
    "racing-projectors": database.racing_projectors,
    "unread-cessation": deadlines.unread_cessation,
    "another-topic": positions.another_topic,
    "lost-position": positions.lost_position,
    "retention": positions.retention,
}
