"""How Kafka is reached, and what it means where it can't be: whether to wait for it, or what somebody has to mend.

The client says only that its time is up, or that somebody hung up. Why stands in what it logs meanwhile.
"""

import logging
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kafka import errors as kafka_errors
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from adapters.running import Stopped

PATIENCE = 5.0  # seconds for the first contact
_OFTEN = 2  # times that a broker hangs up on us, and does nothing else, before that is taken for its answer

Client = TypeVar("Client")


class Unreachable(Exception):
    """Kafka doesn't answer, and nothing else is wrong: it is tried again after a while."""

    retriable = True


def reach(client: Callable[..., Client], connection: Mapping[str, Any], **more: Any) -> Client:
    """A client of Kafka, made with this connection.

    Raises Unreachable where none answers, and Stopped where it never will by these settings.
    """
    _check_servers(connection)
    _check_files(connection)
    made: list[KafkaNetClient] = []

    def net(**configs: Any) -> KafkaNetClient:
        made.append(KafkaNetClient(**configs))
        return made[-1]

    with _overheard() as said:
        try:
            return client(**connection, kafka_client=net, bootstrap_timeout_ms=int(PATIENCE * 1000), **more)
        except KafkaError as fault:
            for each in made:
                each.close()  # a client that could not be made leaves its sockets open
            raise _why_not(connection, fault, said) from None


@contextmanager
def answering(connection: Mapping[str, Any], rights: str) -> Iterator[None]:
    """While Kafka is asked for something that needs these rights: raises Stopped for what won't mend by itself."""
    try:
        yield
    except KafkaError as fault:
        cause = cause_of(fault)
        if isinstance(cause, kafka_errors.UnknownBrokerIdError):
            # The client has just forgotten the broker, as while it restarts: it is asked for it again.
            msg = f"Kafka at {_place(connection)} is being looked for anew ({cause})"
            raise Unreachable(msg) from fault
        if (meaning := _meaning(connection, cause, rights)) is None:
            raise
        raise Stopped(meaning) from fault


def commit(producer: Any, patience: float) -> None:
    """End a producer's transaction; raises a KafkaError where that is refused, or not confirmed in so many seconds.

    As the client's own commit_transaction, which waits for ever where the broker has gone.
    """
    _end(producer, producer._transaction_manager.begin_commit, patience)  # noqa: SLF001


def call_off(producer: Any, patience: float) -> None:
    """Call a producer's transaction off, as far as the broker is still there."""
    with suppress(KafkaError):
        _end(producer, producer._transaction_manager.begin_abort, patience)  # noqa: SLF001


def _end(producer: Any, begin: Callable[[], Any], patience: float) -> None:
    result = begin()
    producer._sender.wakeup()  # noqa: SLF001
    if not result.wait(timeout_ms=patience * 1000):
        msg = "the end of the transaction was not confirmed in time"
        raise kafka_errors.KafkaTimeoutError(msg)


def take_leave(producer: Any, patience: float) -> None:
    """Close a producer, whatever it still has in its hands."""
    try:
        producer.close(timeout=1)
    except KafkaError:
        # It gives up where something is still to be sent, and would go on trying in its own thread for ever.
        producer._sender.force_close()  # noqa: SLF001
        producer._sender.join(patience)  # noqa: SLF001
        with suppress(KafkaError):
            producer.close(timeout=1)


def cause_of(fault: Any) -> Any:
    """What Kafka said, where the client has wrapped it in an error of its own."""
    return next((arg for arg in fault.args if isinstance(arg, KafkaError)), fault)


def _meaning(connection: Mapping[str, Any], fault: KafkaError, rights: str) -> str | None:
    """What a refusal asks of somebody, None where it is none."""
    place, kind = _place(connection), type(fault).__name__
    match fault:
        case kafka_errors.AuthorizationError():
            who = connection.get("sasl_plain_username") or "us"
            return f"Kafka at {place} refuses {who} ({kind}): grant {rights}"
        case kafka_errors.SaslAuthenticationFailedError():
            return _refused(connection, str(fault))
        case kafka_errors.UnsupportedVersionError() | kafka_errors.UnrecognizedBrokerVersion():
            return f"Kafka at {place} is of a version that this program can't speak with ({fault}): take 2.6 or newer"
        case kafka_errors.InvalidSessionTimeoutError():
            return (
                f"Kafka at {place} doesn't allow this BONITET_KAFKA_SESSION_TIMEOUT: keep within its "
                "group.min.session.timeout.ms and group.max.session.timeout.ms (6 s to 1,800 s if nobody changed them)"
            )
        case kafka_errors.InconsistentGroupProtocolError() | kafka_errors.InvalidGroupIdError():
            return (
                f"Kafka at {place} doesn't let us into the group ({kind}): others than workers of this program are in "
                "it; name one of our own in BONITET_KAFKA_GROUP"
            )
        case _:
            return None


# --- the first contact -------------------------------------------------------------------------------------------

_NO_TRUST = re.compile(r"CERTIFICATE_VERIFY_FAILED.*?: (?P<why>[^(:]*)")
_ASKS_FOR_OURS = re.compile(
    r"alert (certificate \w+|bad certificate|unsupported certificate|unknown ca|handshake failure|access denied)"
)
_NO_TLS = re.compile(r"WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|record layer failure|UNEXPECTED_EOF|_ssl\.c")
_HUNG_UP = "socket disconnected"
_NO_FRAME = re.compile(r"Invalid frame length: (\d+)")
_TLS_ALERT = 0x1503  # how TLS begins to complain, whatever its version; read as a frame's length


def _why_not(connection: Mapping[str, Any], fault: KafkaError, said: list[str]) -> Exception:
    for line in said:
        if meaning := _of_attempt(connection, line):
            return Stopped(meaning)
    told = [line for line in said if "RequestTimedOut" not in line]  # as the last one, when the time is up
    if len(told) >= _OFTEN and set(told) == {f"known: {_HUNG_UP}"}:
        # A broker says why it refuses, and hangs up: the client rarely comes to read it.
        return Stopped(_refused(connection, "it hangs up on us"))
    place = _place(connection)
    why = (told[-1] if told else str(fault)).partition(": ")[2]
    if why == _HUNG_UP:
        way = "it is just starting, or correct BONITET_KAFKA_PROTOCOL and BONITET_KAFKA_SERVERS"
        return Unreachable(f"Kafka at {place} hangs up before it says anything: {way}")
    return Unreachable(f"Kafka at {place} can't be reached ({why}): start it, or correct BONITET_KAFKA_SERVERS")


def _of_attempt(connection: Mapping[str, Any], line: str) -> str | None:
    """What an attempt that failed for good means."""
    place = _place(connection)
    if found := _NO_TRUST.search(line):
        return (
            f"Kafka at {place} shows a certificate that we don't trust ({found['why'].strip()}): name the authority's "
            "in BONITET_KAFKA_CA_FILE, or ask the servers by the names that stand in it"
        )
    if found := _ASKS_FOR_OURS.search(line):
        return (
            f"Kafka at {place} doesn't accept us without a certificate that it trusts ({found[1]}): set "
            "BONITET_KAFKA_CERTIFICATE_FILE and BONITET_KAFKA_PRIVATE_KEY_FILE"
        )
    if "UnsupportedSaslMechanism" in line:
        return f"Kafka at {place} doesn't know this BONITET_KAFKA_MECHANISM: {line.rpartition(': ')[2]}"
    if "IllegalSaslState" in line:
        return (
            f"Kafka at {place} wants nobody to sign in there: correct BONITET_KAFKA_PROTOCOL or BONITET_KAFKA_SERVERS"
        )
    if "SaslAuthenticationFailed" in line:
        return _refused(connection, "the user or the password is wrong")
    if (found := _NO_FRAME.search(line)) and int(found[1]) >> 16 == _TLS_ALERT:
        return f"Kafka at {place} speaks only TLS there: correct BONITET_KAFKA_PROTOCOL or BONITET_KAFKA_SERVERS"
    if _NO_TLS.search(line):
        return f"Kafka at {place} doesn't speak TLS there: correct BONITET_KAFKA_PROTOCOL or BONITET_KAFKA_SERVERS"
    return None


def _refused(connection: Mapping[str, Any], why: str) -> str:
    place = _place(connection)
    if not connection.get("security_protocol", "PLAINTEXT").startswith("SASL"):
        return (
            f"Kafka at {place} doesn't let us in without signing in ({why}): correct BONITET_KAFKA_PROTOCOL, and set "
            "BONITET_KAFKA_USER and BONITET_KAFKA_PASSWORD"
        )
    return (
        f"Kafka at {place} doesn't let {connection['sasl_plain_username']} in by {connection['sasl_mechanism']} "
        f"({why}): correct BONITET_KAFKA_USER, BONITET_KAFKA_PASSWORD or BONITET_KAFKA_MECHANISM"
    )


def _place(connection: Mapping[str, Any]) -> str:
    servers = connection["bootstrap_servers"]
    return servers if isinstance(servers, str) else ",".join(servers)


_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:/\s]+)(:[0-9]{1,5})?")


def _check_servers(connection: Mapping[str, Any]) -> None:
    servers = _place(connection)
    if wrong := [server for server in servers.split(",") if not _SERVER.fullmatch(server)]:
        raise Stopped(f"{wrong[0]!r} is no server: BONITET_KAFKA_SERVERS names each as host:port, separated by commas")


def _check_files(connection: Mapping[str, Any]) -> None:
    """Say which file can't be used; the client would only say that none answers."""
    if not connection.get("security_protocol", "PLAINTEXT").endswith("SSL"):
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ca, certificate, key = (connection.get(name) for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"))
    if ca is not None:
        with _usable("BONITET_KAFKA_CA_FILE", ca, "the authority's certificate"):
            context.load_verify_locations(ca)
    if certificate is not None:
        named = "BONITET_KAFKA_CERTIFICATE_FILE and BONITET_KAFKA_PRIVATE_KEY_FILE"
        with _usable(named, f"{certificate}, {key or 'no key'}", "a certificate and its key"):
            context.load_cert_chain(certificate, key)


@contextmanager
def _usable(named: str, files: str, wanted: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:  # those of TLS among them
        why = fault.strerror or str(fault)
        raise Stopped(f"{named} can't be used ({files}: {why}): name {wanted}, in PEM, that we may read") from None


class _Overheard(logging.Handler):
    """What the client says of its attempts; `known` are those that the broker has answered before they failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if found := re.search(r"broker_version=(\S+).*Connection lost: (?:\w+: )?(.*)", message):
            self.said.append(f"{'unknown' if found[1] == 'unknown' else 'known'}: {found[2]}")


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What the client says meanwhile, for us alone, however silent it was made."""
    logger, handler = logging.getLogger("kafka.net.connection"), _Overheard()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    if not logger.isEnabledFor(logging.WARNING):
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    try:
        yield handler.said
    finally:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.removeHandler(handler)
