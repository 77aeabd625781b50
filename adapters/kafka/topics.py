"""The topics that an installation needs, and how each has to be set up."""

from dataclasses import dataclass, field

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from adapters.settings import KafkaSettings

FOR_EVER = {"retention.ms": "-1"}
A_MONTH = {"retention.ms": str(30 * 24 * 3600 * 1000)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic with its partitions and settings."""

    name: str
    partitions: int
    configs: dict[str, str] = field(default_factory=dict)


def wanted(kafka: KafkaSettings, partitions: int) -> list[Wanted]:
    """The topics by these settings; facts are kept for ever, for they can be read again then."""
    return [
        *(Wanted(name, partitions, FOR_EVER) for name in kafka.facts),
        Wanted(kafka.events, partitions, FOR_EVER),
        Wanted(kafka.register_changes, partitions, {"cleanup.policy": "compact"}),
        Wanted(kafka.notifications, partitions, A_MONTH),
        Wanted(kafka.dead_letters, 1, A_MONTH),
    ]


def create(kafka: KafkaSettings, partitions: int, replication: int) -> tuple[list[str], list[str]]:
    """Create what is missing; answers the names of those created and of those that were there."""
    admin = KafkaAdminClient(**kafka.connection())
    try:
        known = set(admin.list_topics())
        every = wanted(kafka, partitions)
        missing = [topic for topic in every if topic.name not in known]
        if missing:
            admin.create_topics([NewTopic(t.name, t.partitions, replication, topic_configs=t.configs) for t in missing])
            admin.wait_for_topics([t.name for t in missing])
        return [t.name for t in missing], [t.name for t in every if t.name in known]
    finally:
        admin.close()
