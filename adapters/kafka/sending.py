"""Facts into Kafka: a company's under its own key, the scheme's into every partition, all of a stretch or none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from kafka import KafkaProducer
from kafka import errors as kafka_errors
from kafka.errors import KafkaError

from adapters.intake.reading import Line, Undecidable, Unreadable, read
from adapters.kafka.partitions import described
from adapters.kafka.reaching import answering, call_off, cause_of, commit, reach, take_leave
from adapters.running import Stopped
from domain.identity import SCHEME_SUBJECT
from domain.wire import CloudEvent

STRETCH = 1_000  # lines a transaction
PATIENCE = 30.0  # seconds for Kafka to take a stretch, and again to end it
_FENCED = (kafka_errors.ProducerFencedError, kafka_errors.InvalidProducerEpochError)
_TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)
CONTENT = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


@dataclass(slots=True)
class Sent:
    """What was sent so far; `unreadable` lines are no facts and were not."""

    facts: int = 0
    scheme_facts: int = 0
    messages: int = 0
    unreadable: int = 0


class Sender:
    """Sends lines of facts to one topic, in their order.

    A stretch of lines is one transaction of Kafka: a fact of the scheme reaches every partition or none, and two that
    send at once cannot mix theirs up, for the second takes the first one's right away.
    """

    def __init__(self, connection: Mapping[str, Any], topic: str, longest: int) -> None:
        self._topic = topic
        self._longest = longest
        self._connection = connection
        name = f"bonitet-publish-{topic}"
        self._rights = f"Write and Describe on {topic} and on transactional id {name}"
        # The producer would wait for a topic that isn't there until its time is up, and not say why.
        self._partitions = range(described(connection, [topic])[topic].partitions)
        self._producer: Any = reach(
            KafkaProducer,
            connection,
            client_id="bonitet-publish",
            acks="all",
            enable_idempotence=True,
            transactional_id=name,
            linger_ms=5,
            compression_type="gzip",
            max_request_size=max(longest + 10_000, 1 << 20),
        )
        try:
            with answering(connection, self._rights):
                self._producer.init_transactions()
        except BaseException:
            self.close()
            raise

    def send(
        self,
        lines: Iterable[Line],
        progress: Callable[[Sent], None] = lambda _: None,
        unreadable: Callable[[Line, str], None] = lambda _, __: None,
    ) -> Sent:
        """Send all lines in their order, but for those that are no facts: these are told, with the reason."""
        sent = Sent()
        stretch: list[tuple[Line, CloudEvent | Undecidable]] = []
        for line in lines:
            fact = read(line, self._longest)
            if isinstance(fact, Unreadable):
                sent.unreadable += 1
                unreadable(line, fact.reason)
                continue
            stretch.append((line, fact))
            if len(stretch) == STRETCH:
                self._stretch(stretch, sent)
                stretch = []
                progress(sent)
        self._stretch(stretch, sent)
        progress(sent)
        return sent

    def _stretch(self, stretch: list[tuple[Line, CloudEvent | Undecidable]], sent: Sent) -> None:
        if not stretch:
            return
        try:
            with answering(self._connection, self._rights):
                self._producer.begin_transaction()
                futures = [future for line, fact in stretch for future in self._put(line, fact, sent)]
                deadline = monotonic() + PATIENCE
                for future in futures:  # without flushing, which fails where a message does, and doesn't say why
                    future.get(timeout=max(0.0, deadline - monotonic()))
                commit(self._producer, PATIENCE)
        except KafkaError as fault:
            call_off(self._producer, PATIENCE)
            raise self._meaning(fault, stretch) from fault
        sent.messages += len(futures)

    def _meaning(self, fault: Exception, stretch: list[tuple[Line, CloudEvent | Undecidable]]) -> Exception:
        cause = cause_of(fault)
        if isinstance(cause, _FENCED):
            return Stopped(
                f"another process publishes to {self._topic} now, so this one stopped amid it: publish the file again, "
                "once the other has ended; what comes twice changes nothing"
            )
        if isinstance(cause, _TOO_LARGE):
            longest = max((line for line, _ in stretch), key=lambda line: len(line.payload))
            return Stopped(
                f"line {longest.position} has {len(longest.payload):,} bytes, more than topic {self._topic} takes: "
                "raise its max.message.bytes, or lower BONITET_LONGEST_LINE, and publish the file again"
            )
        return fault

    def _put(self, line: Line, fact: CloudEvent | Undecidable, sent: Sent) -> list[Any]:
        key = fact.subject.encode()
        if fact.subject == SCHEME_SUBJECT:
            sent.scheme_facts += 1
            return [
                self._producer.send(self._topic, line.payload, key, CONTENT, partition=partition)
                for partition in self._partitions
            ]
        sent.facts += 1
        return [self._producer.send(self._topic, line.payload, key, CONTENT)]

    def close(self) -> None:
        """Close the connection."""
        take_leave(self._producer, PATIENCE)
