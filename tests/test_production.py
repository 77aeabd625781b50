"""What compose.yaml starts does its work here without containers, with the rights that docs/production.md grants."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

from adapters.main import build
from adapters.settings import Settings
from adapters.store.store import Store, opened
from tests.components.kafka import Broker
from tests.components.ports import LOOPBACK, Port
from tests.components.postgres import Postgres, folder_of_programs
from tests.composed import blocks, compose, environment, make_secrets, services, shell
from tests.installation import made_up, numbered

BONITET = str(Path(sys.executable).with_name("bonitet"))
COMPANIES = 20
PATIENCE = 120.0
TOLD = ("read models", "events", "notifications", "register")


class Guarded(Broker):
    """A broker that lets nobody do what was not granted, but for the operators at its plain listener."""

    users: tuple[str, ...] = ()

    def _configuration(self) -> dict[str, object]:
        told = super()._configuration()
        key = "listener.name.sasl.plain.sasl.jaas.config"
        users = " ".join(f'user_{user}="{user}-secret"' for user in self.users)
        return told | {
            key: f"org.apache.kafka.common.security.plain.PlainLoginModule required {users};",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }

    def grant(self, rights: list[ACL]) -> None:
        with self.admin() as admin:
            admin.create_acls(rights)


def rights_on_the_page() -> list[ACL]:
    """What the page's lines of kafka-acls.sh grant."""
    kinds = {
        "--topic": ResourceType.TOPIC,
        "--group": ResourceType.GROUP,
        "--transactional-id": ResourceType.TRANSACTIONAL_ID,
    }
    found = []
    for block in blocks("sh", "kafka-acls.sh"):
        for line in block.replace("\\\n", " ").splitlines():
            if " --add " not in line:
                continue
            words = shlex.split(line, comments=True)
            given = [(words[i], words[i + 1]) for i in range(len(words) - 1) if words[i].startswith("--")]
            principal = next(value for name, value in given if name == "--allow-principal")
            pattern = ACLResourcePatternType.LITERAL
            if ("--resource-pattern-type", "prefixed") in given:
                pattern = ACLResourcePatternType.PREFIXED
            resources = [(kinds[name], value) for name, value in given if name in kinds]
            operations = [ACLOperation[value.upper()] for name, value in given if name == "--operation"]
            assert resources, line
            assert operations, line
            found += [
                ACL(principal, "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name, pattern))
                for kind, name in resources
                for operation in operations
            ]
    return found


@dataclass
class Installation:
    """What compose.yaml starts, on servers of this machine."""

    folder: Path
    secrets: Path
    broker: Guarded
    postgres: Postgres

    def told(self, service: str, user: str, port: int = 0) -> dict[str, str]:
        """The environment of a service that signs in as a user of Kafka."""
        password = self.folder / f"{user}-password"
        password.write_text(f"{user}-secret\n")
        told = environment(service, self.secrets) | {
            "BONITET_KAFKA_SERVERS": self.broker.accesses["sasl"].servers,
            "BONITET_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
            "BONITET_KAFKA_MECHANISM": "PLAIN",
            "BONITET_KAFKA_USER": user,
            "BONITET_KAFKA_PASSWORD_FILE": str(password),
            "BONITET_METRICS": f"{LOOPBACK}:{port}",
            "BONITET_EVIDENCE": str(self.folder / "evidence"),
        }
        return {**{k: v for k, v in os.environ.items() if not k.startswith("BONITET_")}, **told}

    def run(self, service: str, user: str, *command: str) -> str:
        """Run a command of bonitet as in a service, to its end."""
        words = command or services()[service]["command"]
        env = self.told(service, user)
        done = subprocess.run([BONITET, *words], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    @contextmanager
    def started(self, service: str) -> Iterator[subprocess.Popen[str]]:
        """A service as it goes on, and ends when it is told to."""
        with (self.folder / f"{service}.log").open("w+") as log:
            port = Port()
            command = [BONITET, *services()[service]["command"]]
            env = self.told(service, service, port.number)
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log, text=True)
            try:
                _, *probe = services()[service]["healthcheck"]["test"]
                probe = [word.replace("9464", str(port.number)) for word in probe]
                until = monotonic() + PATIENCE
                while subprocess.run(probe, capture_output=True, check=False).returncode:
                    log.seek(0)
                    assert process.poll() is None, log.read()
                    assert monotonic() < until, service
                    sleep(0.1)
                yield process
                log.seek(0)
                assert process.poll() is None, log.read()
            finally:
                process.terminate()
                assert process.wait(PATIENCE) == 0
                port.release()

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text().strip()

    @property
    def key(self) -> str:
        return self.secret("key")

    def connect(self, secret: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.secret(secret), autocommit=True)

    @cached_property
    def store(self) -> Store:
        return opened(self.secret("database-url"), self.key)

    def published(self, topic: str) -> int:
        """How many messages whoever reads a topic gets."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.broker.servers, isolation_level="read_committed", auto_offset_reset="earliest"
        )
        try:
            parts = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
            consumer.assign(parts)
            ends = consumer.end_offsets(parts)
            count = 0
            while any(consumer.position(part) < end for part, end in ends.items()):
                count += sum(map(len, consumer.poll(timeout_ms=200, max_records=10_000).values()))
            return count
        finally:
            consumer.close()

    def wait_until_all_are_told(self, digest: str) -> None:
        """Wait until the log is as it is wanted, and the read models and topics have all of it."""
        until = monotonic() + PATIENCE
        while self.store.digest() != digest or self.behind():
            logs = "".join(path.read_text() for path in self.folder.glob("*.log"))
            assert monotonic() < until, (self.behind(), logs)
            sleep(0.3)

    def behind(self) -> list[str]:
        """The projections and topics that have not been told all of the log."""
        last = self.store.last_position()
        return [name for name in TOLD if self.store.projected(name) < last]


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Installation]:
    """Servers, secrets, roles and rights, as compose.yaml and the page make them."""
    users = {acl.principal.removeprefix("User:") for acl in rights_on_the_page()}
    secrets = make_secrets(tmp_path)
    Guarded.users = tuple(sorted(users | {"topics"}))
    with Postgres() as postgres, Guarded(secured=True) as broker:
        for name in ("owner-url", "database-url"):
            url = (secrets / name).read_text()
            (secrets / name).write_text(url.replace("@postgres/", f"@{postgres.server}/"))
        with psycopg.connect(postgres.url(), autocommit=True) as c:
            c.execute(f"CREATE DATABASE {services()['postgres']['environment']['POSTGRES_DB']}")
        host, port = postgres.server.split(":")
        script = compose()["configs"]["roles"]["content"].replace("/run/secrets", str(secrets))
        env = os.environ | {"PGHOST": host, "PGPORT": port, "POSTGRES_USER": "postgres", "POSTGRES_DB": "bonitet"}
        env |= {"PATH": f"{folder_of_programs()}:{os.environ['PATH']}"}
        shell(script, env=env)
        # As the image sets it up: nobody comes in without the password that was given.
        (postgres.folder / "pg_hba.conf").write_text(
            f"host all postgres {LOOPBACK}/32 trust\nhost all all {LOOPBACK}/32 scram-sha-256\n"
        )
        with psycopg.connect(postgres.url(), autocommit=True) as c:
            c.execute("SELECT pg_reload_conf()")
        broker.grant(rights_on_the_page())
        installation = Installation(tmp_path, secrets, broker, postgres)
        yield installation
        if "store" in vars(installation):
            installation.store.close()


def test_what_compose_starts_works_with_the_rights_that_the_page_grants(prepared: Installation) -> None:
    told = made_up(COMPANIES)
    facts = prepared.folder / "facts.jsonl"
    facts.write_bytes(b"\n".join(told) + b"\n")
    with build(Settings(database=str(prepared.folder / "alone.sqlite3"), key=prepared.key)) as alone:
        alone.engine.ingest("facts", numbered(told))
        alone.engine.enforce(alone.clock())
        wanted = alone.store.digest()
    prepared.run("migrate", "topics")
    prepared.run("topics", "topics")
    prepared.run("bonitet", "publish", "publish", str(facts))
    with ExitStack() as running:
        for service in ("work", "project", "enforce"):
            running.enter_context(prepared.started(service))
        with prepared.started("relay"):
            prepared.wait_until_all_are_told(wanted)
        assert prepared.published("bonitet.events") == prepared.store.last_position()
        _the_roles_have_the_rights_that_they_need_and_no_others(prepared)
        # What the page says of an empty Kafka.
        (again,) = blocks("sql", "DELETE FROM projection_positions")
        with prepared.connect("owner-url") as c:
            c.execute(again)
        with prepared.started("relay"):
            prepared.wait_until_all_are_told(wanted)
        assert prepared.published("bonitet.events") == 2 * prepared.store.last_position()
    _a_backup_comes_back_with_its_rights(prepared)


def _a_backup_comes_back_with_its_rights(prepared: Installation) -> None:
    dump, server = prepared.folder / "bonitet.dump", prepared.postgres
    env = os.environ | {"PATH": f"{folder_of_programs()}:{os.environ['PATH']}"}
    shell(f"pg_dump --format=custom --file={dump} {prepared.secret('owner-url')}", env=env)
    with psycopg.connect(server.url(), autocommit=True) as c:
        c.execute("CREATE DATABASE restored OWNER bonitet_owner")
    shell(f"pg_restore --exit-on-error --dbname={server.url('restored')} {dump}", env=env)
    restored = prepared.secret("database-url").rpartition("/")[0] + "/restored"
    (prepared.secrets / "database-url").write_text(restored)
    checks = [json.loads(line) for line in prepared.run("bonitet", "work", "doctor", "--json").splitlines()]
    assert [check for check in checks if check["state"] == "wrong"] == []
    assert any(prepared.store.digest() in check["says"] for check in checks)
    prepared.run("bonitet", "work", "enforce")


def _the_roles_have_the_rights_that_they_need_and_no_others(prepared: Installation) -> None:
    (reader,) = blocks("sql", "CREATE FUNCTION public_register")
    (leads,) = blocks("sql", "pg_locks")
    with psycopg.connect(prepared.postgres.url("bonitet"), autocommit=True) as operator:
        operator.execute(reader.replace("choose one", "a-secret"))
        assert "leads: read models" in {row[-1] for row in operator.execute(leads)}
    shown = [json.loads(line) for line in prepared.run("bonitet", "work", "register", "list", "--json").splitlines()]
    assert shown
    for rebuilt in (False, True):
        if rebuilt:
            prepared.run("migrate", "topics", "rebuild")
        with psycopg.connect(f"postgresql://bonitet_reader:a-secret@{prepared.postgres.server}/bonitet") as c:
            rows = c.execute("SELECT certificate, status, clause FROM public_register()").fetchall()
            assert sorted(rows) == sorted((row["certificate"], row["status"], row["clause"]) for row in shown)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute("SELECT rule FROM register")
        with prepared.connect("database-url") as c:
            for statement in (
                "ALTER TABLE stored_events DISABLE TRIGGER ALL",
                "DROP TRIGGER stored_events_stay ON stored_events",
                "TRUNCATE stored_events",
                "CREATE TABLE of_mine ()",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    c.execute(statement)
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                c.execute("DELETE FROM stored_events")
            rights = c.execute(_RIGHTS)
            assert rights.fetchone() == (True,)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://bonitet:another@{prepared.postgres.server}/bonitet")


_RIGHTS = (
    "SELECT bool_and(has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
