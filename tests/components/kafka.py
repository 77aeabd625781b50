"""Apache Kafka itself, one broker of it, as others run it: fetched from Maven Central, started on this machine.

    with Broker() as broker:
        broker.topic("bonitet.facts", 4)
        KafkaProducer(bootstrap_servers=broker.servers)

A broker can be stopped or killed and started again on the same port with all that it had. It ends with the process that
made it, whatever becomes of that.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from kafka import KafkaAdminClient
from kafka.errors import UnknownTopicOrPartitionError

from tests.components.certificates import Certificates
from tests.components.lock import locked
from tests.components.missing import Failed, Missing, last_words
from tests.components.ports import LOOPBACK, Port
from tests.components.server import PATIENCE, Server

VERSION, SCALA = "4.3.1", "2.13"
OLDEST_JAVA = 17
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
# The broker writes its log through SLF4J and brings no implementation of it: without one it would be mute.
PROJECT = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>bonitet</groupId>
  <artifactId>kafka</artifactId>
  <version>{VERSION}</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_{SCALA}</artifactId>
      <version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
"""
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    # A topic that nobody made is a mistake, and retention may not take facts that are dated years ago.
    "auto.create.topics.enable": "false",
    "log.retention.ms": -1,
    # One node is a whole cluster.
    "default.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    # Groups form at once, a member that died is noticed soon, and a killed broker is soon let in again.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1_000,
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
}
USER, PASSWORD = "bonitet", "let-me-in"
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
SECURED = {"SASL": "SASL_PLAINTEXT", "TLS": "SSL", "MUTUAL": "SSL", "SASL_TLS": "SASL_SSL"}


@dataclass(frozen=True)
class Access:
    """How a client gets in at one of the listeners of a broker, in the words of kafka-python."""

    servers: str
    security_protocol: str
    sasl_mechanisms: tuple[str, ...] = ()
    asks_for_certificate: bool = False


class Cluster:
    """A Kafka that runs, whoever has started it."""

    def __init__(self, servers: str) -> None:
        self.servers = servers

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        """The client of an operator."""
        # The longest pause between two attempts is short: what is waited for is a broker that is just starting.
        client = KafkaAdminClient(bootstrap_servers=self.servers, reconnect_backoff_max_ms=200)
        try:
            yield client
        finally:
            client.close()

    def topic(self, name: str, partitions: int = 1, **configs: object) -> str:
        """Make a topic and wait until it can be used; `cleanup_policy="compact"` is its cleanup.policy."""
        told = {key.replace("_", "."): str(value) for key, value in configs.items()}
        wanted = {name: {"num_partitions": partitions, "replication_factor": 1, "configs": told}}
        with self.admin() as admin:
            admin.create_topics(wanted, wait_for_metadata=True)
        return name

    def fresh_topic(self, partitions: int = 1, **configs: object) -> str:
        """Make a topic under a name that nobody else has."""
        return self.topic(f"t-{uuid4().hex[:12]}", partitions, **configs)

    def drop_topic(self, name: str) -> None:
        """Take a topic away with all that it holds; nothing if there is none."""
        with self.admin() as admin, suppress(UnknownTopicOrPartitionError):
            admin.delete_topics([name])


class Broker(Cluster):
    """An Apache Kafka of one node, in KRaft mode.

    With `secured` it can be reached in four more ways (`accesses`): "sasl" (PLAIN and SCRAM), "tls", "mutual" (TLS
    where the client shows its certificate) and "sasl_tls", with USER and PASSWORD and with `certificates`.
    """

    def __init__(self, *, secured: bool = False, heap: str = "512m") -> None:
        """Raises Missing where there is no Java, or Kafka can't be fetched."""
        self._command = (java(), f"-Xmx{heap}", "-Dlog4j2.level=WARN", "-cp", f"{jars()}/*")
        self._server = Server("Kafka", last=signal.SIGKILL)
        ways = ("PLAINTEXT", "CONTROLLER", *(SECURED if secured else ()))
        self._ports = {way: Port() for way in ways}
        super().__init__(str(self._ports["PLAINTEXT"]))
        self.accesses = {
            way.lower(): Access(
                str(self._ports[way]), protocol, MECHANISMS if way.startswith("SASL") else (), way == "MUTUAL"
            )
            for way, protocol in SECURED.items()
            if secured
        }
        self.certificates = Certificates(self._server.folder / "certificates") if secured else None
        self._settings = self._server.folder / "server.properties"
        self._settings.write_text("".join(f"{key}={value}\n" for key, value in self._configuration().items()))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._server.running

    def start(self) -> None:
        """Start it, for the first time or again, and wait until it and each of its topics can be used."""
        if not self._data.exists():
            self._format()
        self._server.run(*self._command, "kafka.Kafka", str(self._settings))
        # A client that is made too early would leave its threads behind.
        for _ in self._server.wait_until("ready"):
            with suppress(OSError), socket.create_connection((LOOPBACK, self._ports["PLAINTEXT"].number), 1):
                break
        with self.admin() as admin:
            admin.wait_for_topics(admin.list_topics(), PATIENCE * 1_000)

    def stop(self) -> None:
        """Stop it in order."""
        self._server.end(signal.SIGTERM)

    def kill(self) -> None:
        """End its process with no warning."""
        self._server.end(signal.SIGKILL)

    def close(self) -> None:
        """End it and remove all that it has kept."""
        self._server.close()
        for port in self._ports.values():
            port.release()

    @property
    def _data(self) -> Path:
        return self._server.folder / "data"

    def _format(self) -> None:
        # One that began with a hyphen would be read as an option.
        cluster = urlsafe_b64encode(uuid4().bytes).rstrip(b"=").replace(b"-", b"A").decode()
        command = [*self._command[:-2], "-XX:TieredStopAtLevel=1", *self._command[-2:], "kafka.tools.StorageTool"]
        command += ["format", "--cluster-id", cluster, "--config", str(self._settings)]
        if self.accesses:
            for mechanism in MECHANISMS[1:]:
                command += ["--add-scram", f"{mechanism}=[name={USER},password={PASSWORD}]"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            raise Failed(f"Kafka's folder could not be made ready: {last_words(done.stdout + done.stderr)}")

    def _configuration(self) -> dict[str, object]:
        listeners = {way: f"{way}://{port}" for way, port in self._ports.items()}
        protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", **SECURED}
        told = SETTINGS | {
            "log.dirs": self._data,
            "controller.quorum.voters": f"1@{self._ports['CONTROLLER']}",
            "listeners": ",".join(listeners.values()),
            "advertised.listeners": ",".join(listeners[way] for way in listeners if way != "CONTROLLER"),
            "listener.security.protocol.map": ",".join(f"{way}:{protocols[way]}" for way in listeners),
        }
        if self.certificates is not None:
            told |= {
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": self.certificates.server_store,
                "ssl.truststore.type": "PEM",
                "ssl.truststore.location": self.certificates.ca,
                "listener.name.mutual.ssl.client.auth": "required",
                "sasl.enabled.mechanisms": ",".join(MECHANISMS),
            }
            plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
            scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            for way in ("sasl", "sasl_tls"):
                key = f"listener.name.{way}."
                told[f"{key}plain.sasl.jaas.config"] = f'{plain} user_{USER}="{PASSWORD}";'
                for mechanism in MECHANISMS[1:]:
                    told[f"{key}{mechanism.lower()}.sasl.jaas.config"] = scram
        return told


def java() -> str:
    """The path of a Java that can run Kafka; raises Missing."""
    home = os.environ.get("JAVA_HOME")
    for program in ([f"{home}/bin/java"] if home else []) + ["java"]:
        path = shutil.which(program)
        if path is None:
            continue
        said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r'version "(\d+)', said)
        if version and int(version[1]) >= OLDEST_JAVA:
            return path
    why = f"Apache Kafka {VERSION} needs Java {OLDEST_JAVA} or newer, and there is none in JAVA_HOME or on the PATH"
    raise Missing("Java", why, "On Debian: apt-get install default-jre-headless")


def cache() -> Path:
    """The folder in which Kafka is kept from one run to the next."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "bonitet" / f"kafka-{VERSION}"


def jars() -> Path:
    """The folder of Kafka's jars, fetched if they aren't there; raises Missing."""
    there = cache()
    if there.is_dir():
        return there
    there.parent.mkdir(parents=True, exist_ok=True)
    with locked(there.with_name(f"{there.name}.lock")):
        if not there.is_dir():
            with tempfile.TemporaryDirectory(dir=there.parent, prefix="fetching-") as made:
                _fetch(Path(made))
                # What is under the final name is whole: it gets that name at the end, all at once.
                (Path(made) / "jars").rename(there)
    return there


def _fetch(folder: Path) -> None:
    mend = "On Debian: apt-get install maven"
    program = shutil.which("mvn")
    if program is None:
        raise Missing(f"Apache Kafka {VERSION}", "mvn, which fetches it, is not on the PATH", mend)
    (folder / "pom.xml").write_text(PROJECT)
    command = [program, "--batch-mode", "--no-transfer-progress", "--strict-checksums", "--file", "pom.xml", COPY]
    command += ["-DincludeScope=runtime", "-DoutputDirectory=jars"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = [line for line in done.stdout.splitlines() if line.startswith("[ERROR] ")]
        why = told[0].removeprefix("[ERROR] ").partition(" -> [Help")[0] if told else last_words(done.stderr)
        why = f"mvn could not fetch it: {why}"
        mend = "See that Maven Central, or the mirror named in ~/.m2/settings.xml, can be reached, and start again."
        raise Missing(f"Apache Kafka {VERSION}", why, mend)
