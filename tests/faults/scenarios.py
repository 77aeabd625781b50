"""What can break, each by the name under which it is asked for."""

from collections.abc import Callable
from random import Random

from tests.faults import deadlines, outages, workers
from tests.faults.production import Seen, Servers

SEED = 20260701
FACTS = 1_500

SCENARIOS: dict[str, Callable[[Servers, Random, float], Seen]] = {
    "kills": workers.kills,
    "postgres-gone": outages.postgres_gone,
    "kafka-gone": outages.kafka_gone,
    "rebalances": workers.rebalances,
    "everything-twice": workers.everything_twice,
    "unread-cessation": deadlines.unread_cessation,
}
