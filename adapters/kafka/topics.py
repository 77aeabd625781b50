"""The topics that an installation needs, and how each has to be set up."""

from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import InvalidReplicationFactorError

from adapters.kafka.reaching import answering, reach
from adapters.running import Stopped
from adapters.settings import KafkaSettings

FOR_EVER = {"retention.ms": "-1"}
A_MONTH = {"retention.ms": str(30 * 24 * 3600 * 1000)}
LARGE = {"max.message.bytes": str(2 << 20)}  # the longest line that is taken in, and an envelope around it


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic with its partitions and settings."""

    name: str
    partitions: int
    configs: dict[str, str] = field(default_factory=dict)

    def told(self, replication: int) -> dict[str, Any]:
        """As the client wants it."""
        return {"num_partitions": self.partitions, "replication_factor": replication, "configs": self.configs}


def wanted(kafka: KafkaSettings, partitions: int) -> list[Wanted]:
    """The topics by these settings; facts are kept for ever, for they can be read again then."""
    return [
        *(Wanted(name, partitions, FOR_EVER | LARGE) for name in kafka.facts),
        Wanted(kafka.events, partitions, FOR_EVER | LARGE),
        Wanted(kafka.register_changes, partitions, {"cleanup.policy": "compact"}),
        Wanted(kafka.notifications, partitions, A_MONTH),
        Wanted(kafka.dead_letters, 1, A_MONTH),
    ]


def create(kafka: KafkaSettings, partitions: int, replication: int) -> tuple[list[str], list[str]]:
    """Create what is missing; answers the names of those created and of those that were there."""
    connection = kafka.connection()
    every = wanted(kafka, partitions)
    admin: Any = reach(KafkaAdminClient, connection)
    try:
        with answering(connection, f"Create and Describe on {', '.join(topic.name for topic in every)}"):
            known = set(admin.list_topics())
            missing = [topic for topic in every if topic.name not in known]
            if missing:
                admin.create_topics({topic.name: topic.told(replication) for topic in missing}, wait_for_metadata=True)
        return [t.name for t in missing], [t.name for t in every if t.name in known]
    except InvalidReplicationFactorError as fault:
        raise Stopped(f"there are fewer than {replication} brokers: lower --replication, or start more") from fault
    finally:
        admin.close()
