"""Messages to Kafka so that it has all of them or none, in their order, from one process at a time.

Each delivery is one transaction of Kafka. That is more than an idempotent producer gives, and three things need it: a
message that fails leaves no gap before those that follow it; what one late fact changes is seen all at once; and a
process that was thought dead, and comes back with something older in its hands, is shut out by whoever took over, or
what it sends would stay the last word in a compacted topic. Readers have to ask for what is committed
(`isolation.level=read_committed`), or they see what was called off as well.
"""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka import errors as kafka_errors
from kafka.errors import KafkaError

from adapters.kafka.messages import Record
from adapters.kafka.reaching import Unreachable, cause_of, commit, reach, take_leave

# A broker that is away is noticed within seconds: other roles may share this thread, and the stretch is sent again.
TUNING: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    "batch_size": 128 * 1024,
    "linger_ms": 5,
    "max_request_size": 4 << 20,
    "retry_backoff_ms": 20,
    "reconnect_backoff_max_ms": 1_000,
    "max_block_ms": 5_000,
    "request_timeout_ms": 5_000,
    "delivery_timeout_ms": 10_000,
    "transaction_timeout_ms": 60_000,
}

_FENCED = (kafka_errors.ProducerFencedError, kafka_errors.InvalidProducerEpochError)
_TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)
_NO_SUCH_TOPIC = (kafka_errors.UnknownTopicOrPartitionError, kafka_errors.InvalidTopicError)
_NOT_ALLOWED = kafka_errors.AuthorizationError


class Undelivered(Exception):
    """Kafka has not taken it, and says why; it is sent again after a while.

    Also where somebody has to mend the topic first: what comes in must not wait for one that goes out.
    """


class Fenced(Exception):
    """Another process delivers under this name now."""


class Delivery:
    """Delivers to one topic under one name; opened when there is something, and anew after each failure."""

    def __init__(
        self, connection: Mapping[str, Any], topic: str, name: str, tuning: Mapping[str, Any] = TUNING
    ) -> None:
        self.topic = topic
        self.name = name
        self._connection = dict(connection)
        self._tuning = {**TUNING, **tuning}
        self._producer: Any = None

    def open(self) -> None:
        """Be the one who delivers under this name: whoever did so before is shut out, and what it left is called off.

        Raises Undelivered where Kafka can't be reached or won't let us, and Stopped where it never will.
        """
        if self._producer is not None:
            return
        try:
            self._producer = reach(
                KafkaProducer, self._connection, **self._tuning, client_id="bonitet-out", transactional_id=self.name
            )
        except Unreachable as fault:
            raise Undelivered(str(fault)) from fault
        try:
            self._look_at_topic()
            self._producer.init_transactions()
        except Unreachable as fault:
            self.close()
            raise Undelivered(str(fault)) from fault
        except KafkaError as fault:
            self.close()
            raise self._fault(fault) from fault
        except BaseException:
            self.close()
            raise

    def deliver(self, records: Sequence[Record]) -> None:
        """Deliver all of these in their order. Raises Undelivered, Fenced or Stopped; then nobody knows if it did."""
        self.open()
        try:
            self._producer.begin_transaction()
            futures = [self._producer.send(self.topic, r.value, r.key.encode(), list(r.headers)) for r in records]
            deadline = monotonic() + self._tuning["delivery_timeout_ms"] / 1000 + 1
            for future in futures:
                future.get(timeout=max(0.0, deadline - monotonic()))
            commit(self._producer, self._tuning["request_timeout_ms"] / 1000)
        except KafkaError as fault:
            self.close()
            raise self._fault(fault, records) from fault
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection; a transaction that is open is called off by whoever opens next."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        take_leave(producer, self._tuning["request_timeout_ms"] / 1000 + 1)

    def _look_at_topic(self) -> None:
        # The producer would ask for a topic that isn't there until its time is up, and not say why.
        admin: Any = reach(KafkaAdminClient, self._connection)
        try:
            (told,) = admin.describe_topics([self.topic])
        finally:
            admin.close()
        if told["error_code"]:
            raise kafka_errors.for_code(told["error_code"])

    def _fault(self, fault: KafkaError, records: Sequence[Record] = ()) -> Undelivered | Fenced:
        """What a failure means to whoever opens, or delivers these."""
        cause = cause_of(fault)
        if isinstance(cause, _FENCED):
            return Fenced(f"another process delivers to {self.topic} as {self.name}")
        if isinstance(cause, _TOO_LARGE) and records:
            largest = max(records, key=lambda record: len(record.value or b""))
            return Undelivered(
                f"{largest.name} has {len(largest.value or b''):,} bytes, more than topic {self.topic} takes: raise "
                f"its max.message.bytes (no more than {self._tuning['max_request_size']:,} bytes are sent); it is not "
                "passed over, and all that follows waits"
            )
        if isinstance(cause, _NO_SUCH_TOPIC) and not records:
            return Undelivered(
                f"there is no topic {self.topic!r} that may be written: create it with `bonitet topics create`, or "
                "have the rights granted"
            )
        if isinstance(cause, _NOT_ALLOWED):
            return Undelivered(
                f"Kafka refuses our writing to {self.topic} ({type(cause).__name__}): grant DESCRIBE and WRITE on the "
                f"topic and on the transactional id {self.name!r}"
            )
        return Undelivered(f"{self.topic}: {str(cause) or type(cause).__name__}")
