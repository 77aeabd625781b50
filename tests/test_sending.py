"""Facts into Kafka: each stretch of them whole or not at all, the scheme's in every partition."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from random import Random
from time import monotonic

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from adapters.kafka import sending
from adapters.kafka.sending import STRETCH, Sender
from adapters.running import Stopped
from domain.identity import SCHEME_SUBJECT
from tests.components.install import program
from tests.components.kafka import Broker, Cluster
from tests.feeding import LONGEST, Topics, kafka_of, send
from tests.installation import numbered, registration, wire

PARTITIONS = 3
CHANCE = Random(1)
COMPANIES = tuple(f"EX-{number:08}" for number in range(1, 41))


def of_the_scheme(name: str) -> bytes:
    return wire("DataCollectionOpened", subject=SCHEME_SUBJECT, name=name, data={"business_year": 2025})


def reported(subject: str, length: int) -> bytes:
    """A fact with a text that cannot be compressed."""
    note = "".join(map(chr, CHANCE.choices(range(0x4E00, 0x9FFF), k=length)))
    data = {"case": "M-1", "kind": "alteration", "evidence": ["0" * 64], "note": note}
    return wire("MisuseReported", subject=subject, data=data)


@contextmanager
def sender(broker: Cluster, topic: str) -> Iterator[Sender]:
    with closing(Sender(kafka_of(broker, topic).connection(), topic, LONGEST)) as made:
        yield made


def kept(broker: Cluster, topic: str, *, level: str = "read_committed") -> dict[int, list[str]]:
    """The keys that each partition holds, in their order."""
    told: dict[int, list[str]] = {number: [] for number in range(PARTITIONS)}
    with closing(KafkaConsumer(bootstrap_servers=broker.servers, isolation_level=level)) as consumer:
        parts = [TopicPartition(topic, number) for number in told]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        while any(consumer.position(part) < end for part, end in ends.items()):
            for part, records in consumer.poll(timeout_ms=200).items():
                told[part.partition] += [record.key.decode() for record in records]
    return told


def test_a_company_is_in_one_partition_and_the_scheme_in_each_at_its_place(broker: Cluster, topics: Topics) -> None:
    topic = topics(PARTITIONS)
    companies = [registration(c) for c in COMPANIES]
    told = send(broker, topic, [*companies, of_the_scheme("once"), *companies])
    assert (told.facts, told.scheme_facts, told.unreadable) == (2 * len(COMPANIES), 1, 0)
    assert told.messages == 2 * len(COMPANIES) + PARTITIONS
    parts = kept(broker, topic)
    assert sorted({c for keys in parts.values() for c in keys}) == sorted({*COMPANIES, SCHEME_SUBJECT})
    for keys in parts.values():
        place = keys.index(SCHEME_SUBJECT)
        assert keys[:place]
        assert keys[:place] == keys[place + 1 :]
        assert set(keys[:place]).isdisjoint(c for other in parts.values() if other is not keys for c in other[:1])


def test_a_stretch_that_breaks_is_called_off_in_every_partition(broker: Cluster, topics: Topics) -> None:
    # One message is more than the topic takes, and a thousand are on their way by then, or have arrived.
    topic = topics(PARTITIONS, max_message_bytes=20_000)
    whole = [reported(COMPANIES[n % len(COMPANIES)], 400) for n in range(STRETCH)]
    large = reported(COMPANIES[0], 10_000)
    with sender(broker, topic) as to, pytest.raises(Stopped, match="more than topic"):
        to.send(numbered([*whole, of_the_scheme("called-off"), *whole[:-2], large]))
    parts = kept(broker, topic)
    assert sum(map(len, parts.values())) == STRETCH
    assert not any(SCHEME_SUBJECT in keys for keys in parts.values())
    assert any(SCHEME_SUBJECT in keys for keys in kept(broker, topic, level="read_uncommitted").values())
    # Sent again it is whole, and what had been sent is merely repeated.
    send(broker, topic, [of_the_scheme("called-off")])
    assert all(SCHEME_SUBJECT in keys for keys in kept(broker, topic).values())


@pytest.mark.usefixtures("outage")
def test_a_broker_that_goes_before_the_end_of_a_stretch_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 1.0)
    with Broker() as own:
        topic = own.fresh_topic(PARTITIONS)
        to = Sender(kafka_of(own, topic).connection(), topic, LONGEST)
        end = to._producer._transaction_manager.begin_commit  # noqa: SLF001

        def begin() -> object:
            own.kill()
            return end()

        monkeypatch.setattr(to._producer._transaction_manager, "begin_commit", begin)  # noqa: SLF001
        began = monotonic()
        with pytest.raises(KafkaTimeoutError, match="not confirmed in time"):
            to.send(numbered([registration(COMPANIES[0])]))
        to.close()
        assert monotonic() - began < 20


def test_of_two_that_publish_at_once_the_second_shuts_the_first_out(broker: Cluster, topics: Topics) -> None:
    topic = topics(PARTITIONS)
    with sender(broker, topic) as first:
        first.send(numbered([registration(COMPANIES[0])]))
        with sender(broker, topic) as second:
            second.send(numbered([of_the_scheme("second")]))
            with pytest.raises(Stopped, match="another process publishes"):
                first.send(numbered([of_the_scheme("first")]))
    parts = kept(broker, topic)
    assert [keys.count(SCHEME_SUBJECT) for keys in parts.values()] == [1] * PARTITIONS


def test_a_client_that_somebody_else_wrote_shares_companies_out_as_we_do_if_it_is_told_to(
    broker: Cluster, topics: Topics
) -> None:
    ours, theirs = topics(PARTITIONS), topics(PARTITIONS)
    send(broker, ours, map(registration, COMPANIES))
    command = [program("kcat"), "-b", broker.servers, "-P", "-t", theirs, "-K", "\t"]
    told = "".join(f"{company}\tcalm\n" for company in COMPANIES)
    # As docs/production.md says; by itself it shares them out otherwise.
    subprocess.run([*command, "-X", "topic.partitioner=murmur2_random"], input=told, text=True, check=True)
    assert kept(broker, theirs) == kept(broker, ours)
    subprocess.run(command, input=told, text=True, check=True)
    assert kept(broker, theirs) != {number: keys * 2 for number, keys in kept(broker, ours).items()}
