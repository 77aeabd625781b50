"""A Kafka that lets in only whom it knows: who is let in works as ever, who is not is told what to mend."""

import gc
import json
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from time import sleep
from typing import Any

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType
from kafka.errors import UnknownBrokerIdError
from typer.testing import CliRunner, Result

from adapters.cli.app import app
from adapters.kafka import reaching
from adapters.kafka import worker as working
from adapters.kafka.publishing import publishers
from adapters.kafka.reaching import Unreachable
from adapters.kafka.sending import Sender
from adapters.main import build
from adapters.references import DOCS
from adapters.running import passes
from adapters.settings import KafkaSettings, Settings
from domain.identity import SCHEME_SUBJECT
from tests.components.certificates import Certificates
from tests.components.kafka import PASSWORD, USER, Broker
from tests.components.ports import Port
from tests.feeding import LONGEST, read_to_end, worker
from tests.installation import NOW, installation, made_up, names, numbered, registration

# The client leaves it to chance when the socket of an attempt that failed is closed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

ONLY_TLS = "speaks only TLS there: correct BONITET_KAFKA_PROTOCOL or BONITET_KAFKA_SERVERS"
WRONG = "geheim-und-falsch"
WORK, PUBLISH, TOPICS, RELAY, NOBODY = "work", "publish", "topics", "relay", "nobody"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


class Guarded(Broker):
    """A broker that asks who somebody is and what he may do; its operator comes in by its open listener."""

    def _configuration(self) -> dict[str, object]:
        users = " ".join(f'user_{user}="{PASSWORD}"' for user in (USER, WORK, PUBLISH, TOPICS, RELAY, NOBODY))
        return super()._configuration() | {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:ANONYMOUS;User:{USER};User:CN=client",
            "listener.name.sasl.plain.sasl.jaas.config": f"{PLAIN} {users};",
        }


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    with Guarded(secured=True) as broker:
        yield broker


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reaching, "PATIENCE", 1.2)
    monkeypatch.setattr(working, "LOOK", 0.0)
    yield
    gc.collect()  # now, while nobody minds what the client has left open


def pems_of(broker: Guarded) -> Certificates:
    assert broker.certificates is not None
    return broker.certificates


def access(broker: Guarded, way: str, **more: Any) -> dict[str, str]:
    """The settings with which somebody gets in at a listener, as the environment has them."""
    of, pems = broker.accesses[way], pems_of(broker)
    told: dict[str, Any] = {"servers": of.servers, "protocol": of.security_protocol}
    if of.sasl_mechanisms:
        told |= {"user": USER, "password": PASSWORD, "mechanism": "PLAIN"}
    if "SSL" in of.security_protocol:
        told |= {"ca_file": pems.ca}
    if of.asks_for_certificate:
        told |= {"certificate_file": pems.client, "private_key_file": pems.client_key}
    told |= more
    return {name: str(value) for name, value in told.items() if value is not None}


# --- who is let in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "mechanism"),
    [
        ("sasl", "PLAIN"),
        ("sasl", "SCRAM-SHA-256"),
        ("sasl", "SCRAM-SHA-512"),
        ("tls", None),
        ("mutual", None),
        ("sasl_tls", "SCRAM-SHA-512"),
    ],
)
def test_who_is_let_in_sends_and_reads_facts(way: str, mechanism: str | None, guarded: Guarded, tmp_path: Path) -> None:
    topic = guarded.fresh_topic(2)
    known = {"mechanism": mechanism} if mechanism else {}
    told = access(guarded, way, **known)
    kafka = KafkaSettings(facts=[topic], group=topic, **told)  # type: ignore[arg-type]
    sender = Sender(kafka.connection(), topic, LONGEST)
    try:
        sender.send(numbered(made_up(2)))
    finally:
        sender.close()
    with installation(tmp_path / "a.sqlite3") as system, worker(system, kafka) as one:
        read_to_end(system, one)
        scheme = sum(json.loads(line)["subject"] == SCHEME_SUBJECT for line in made_up(2))
        assert (one.total.read, one.total.rejected, one.total.parked) == (len(made_up(2)) + scheme, 0, 0)
        assert one.total.recorded == len(set(made_up(2)))


# --- who is not --------------------------------------------------------------------------------------------------

Bonitet = Callable[..., Result]


@pytest.fixture
def bonitet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bonitet:
    """The command line in a directory with an empty installation."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("BONITET_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    with build(Settings(database="bonitet.sqlite3"), lambda: NOW):
        pass

    def run(*arguments: str, **settings: str) -> Result:
        told = {f"BONITET_KAFKA_{name.upper()}": value for name, value in settings.items()}
        result = CliRunner().invoke(app, list(arguments), input=registration(), env=told)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def why_not(bonitet: Bonitet, settings: Mapping[str, str], *commands: str) -> str:
    """The one sentence with which commands that need Kafka fail, the same for each."""
    sentences = set()
    for command in commands:
        result = bonitet(*command.split(), **settings)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        for secret in (PASSWORD, WRONG):
            assert secret not in result.output
        last = result.stderr.splitlines()[-1]
        assert last.startswith("bonitet: ")
        sentences.add(last.removeprefix("bonitet: "))
    (sentence,) = sentences
    return sentence


def test_a_wrong_password_or_an_unknown_user_is_told_by_which_settings_to_mend_it(
    bonitet: Bonitet, guarded: Guarded
) -> None:
    servers = guarded.accesses["sasl"].servers
    for mechanism, user, command in (
        ("PLAIN", USER, "work"),
        ("SCRAM-SHA-256", USER, "publish -"),
        ("SCRAM-SHA-512", "somebody", "topics create"),
    ):
        said = why_not(bonitet, access(guarded, "sasl", mechanism=mechanism, user=user, password=WRONG), command)
        why = r"\((it hangs up on us|the user or the password is wrong)\)"
        mend = "correct BONITET_KAFKA_USER, BONITET_KAFKA_PASSWORD or BONITET_KAFKA_MECHANISM"
        assert re.fullmatch(f"Kafka at {servers} doesn't let {user} in by {mechanism} {why}: {mend}", said), said


def test_a_password_may_stand_in_a_file(bonitet: Bonitet, guarded: Guarded, tmp_path: Path) -> None:
    topic = guarded.fresh_topic()
    secret = tmp_path / "password"
    settings = access(guarded, "sasl_tls", password=None, password_file=secret)
    for text, code in ((f"{PASSWORD}\n", 0), (WRONG, 1)):
        secret.write_text(text)
        result = bonitet("publish", "-", "--topic", topic, **settings)
        assert result.exit_code == code, result.output


def test_certificates_that_are_not_trusted_or_can_t_be_used_are_named(
    bonitet: Bonitet, guarded: Guarded, tmp_path: Path
) -> None:
    pems = pems_of(guarded)
    tls, mutual = guarded.accesses["tls"].servers, guarded.accesses["mutual"].servers
    for wrong in (pems.stranger, None):
        said = why_not(bonitet, access(guarded, "tls", ca_file=wrong), "publish -" if wrong else "work")
        assert said.startswith(f"Kafka at {tls} shows a certificate that we don't trust (")
        assert "name the authority's in BONITET_KAFKA_CA_FILE" in said
    said = why_not(bonitet, access(guarded, "mutual", certificate_file=None, private_key_file=None), "work")
    assert said.startswith(f"Kafka at {mutual} doesn't accept us without a certificate that it trusts (")
    assert said.endswith("set BONITET_KAFKA_CERTIFICATE_FILE and BONITET_KAFKA_PRIVATE_KEY_FILE")
    strange = {"certificate_file": pems.stranger, "private_key_file": pems.stranger.with_suffix(".key")}
    said = why_not(bonitet, access(guarded, "mutual", **strange), "publish -")
    assert said.startswith(f"Kafka at {mutual} doesn't accept us without a certificate that it trusts (")
    for settings, named in (
        ({"ca_file": tmp_path / "none.pem"}, f"BONITET_KAFKA_CA_FILE can't be used ({tmp_path}/none.pem: No such file"),
        ({"ca_file": pems.ca.with_suffix(".key")}, "BONITET_KAFKA_CA_FILE can't be used ("),
        ({"private_key_file": None}, "BONITET_KAFKA_CERTIFICATE_FILE and BONITET_KAFKA_PRIVATE_KEY_FILE can't be used"),
        ({"private_key_file": pems.server_key}, "BONITET_KAFKA_CERTIFICATE_FILE and BONITET_KAFKA_PRIVATE_KEY_FILE"),
    ):
        assert why_not(bonitet, access(guarded, "mutual", **settings), "work", "publish -").startswith(named)


def test_the_wrong_protocol_is_told_as_far_as_a_broker_lets_us_know(bonitet: Bonitet, guarded: Guarded) -> None:
    said = why_not(bonitet, {"servers": guarded.accesses["sasl"].servers}, "work")
    assert "doesn't let us in without signing in" in said
    assert "correct BONITET_KAFKA_PROTOCOL, and set BONITET_KAFKA_USER and BONITET_KAFKA_PASSWORD" in said
    said = why_not(bonitet, access(guarded, "sasl", servers=guarded.servers), "publish -")
    assert said.endswith("wants nobody to sign in there: correct BONITET_KAFKA_PROTOCOL or BONITET_KAFKA_SERVERS")
    said = why_not(bonitet, access(guarded, "tls", servers=guarded.servers), "work")
    assert said.endswith("doesn't speak TLS there: correct BONITET_KAFKA_PROTOCOL or BONITET_KAFKA_SERVERS")
    said = why_not(bonitet, {"servers": guarded.accesses["tls"].servers}, "publish -")
    # Whether we come to read its complaint before it hangs up is a race.
    hung_up = "hangs up before it says anything: it is just starting, or correct BONITET_KAFKA_PROTOCOL"
    assert hung_up in said or said.endswith(ONLY_TLS)


@pytest.mark.parametrize(
    ("says", "meaning"),
    [(b"\x15\x03\x03\x00\x02\x02\x16", ONLY_TLS), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "can't be reached")],
)
def test_a_server_that_complains_in_another_tongue_is_understood(bonitet: Bonitet, says: bytes, meaning: str) -> None:
    class Complains(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(says)
            sleep(0.2)  # so that it is read before we hang up

    with ThreadingTCPServer(("127.0.0.1", 0), Complains) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        said = why_not(bonitet, {"servers": f"127.0.0.1:{server.server_address[1]}"}, "publish -")
        server.shutdown()
    assert meaning in said


def test_a_broker_that_the_client_has_forgotten_is_looked_for_again() -> None:
    connection = {"bootstrap_servers": "localhost:9092"}
    with pytest.raises(Unreachable) as told, reaching.answering(connection, "any"):
        raise UnknownBrokerIdError(-1)
    assert passes(told.value)
    assert not passes(UnknownBrokerIdError(-1))  # which is why


def test_where_nobody_answers_a_command_fails_and_a_worker_waits(
    bonitet: Bonitet, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = Port()
    for command in ("publish -", "sources accept bonitet.facts"):
        said = why_not(bonitet, {"servers": str(port)}, command)
        assert said.startswith(f"Kafka at {port} can't be reached (111 ECONNREFUSED)")
        assert said.endswith("start it, or correct BONITET_KAFKA_SERVERS")
    assert not [record for record in caplog.records if record.name.startswith("bonitet")]
    with (
        installation(tmp_path / "a.sqlite3") as system,
        worker(system, KafkaSettings(servers=str(port))) as one,
        pytest.raises(Unreachable, match=f"Kafka at {port} can't be reached"),
    ):
        one.step()
    port.release()


# --- what somebody may do ----------------------------------------------------------------------------------------


@pytest.fixture
def topics_of(guarded: Guarded) -> dict[str, str]:
    """Names of topics as an installation has them; only the facts topic is there."""
    name = guarded.fresh_topic(2)
    outgoing = ("events", "register_changes", "notifications", "dead_letters")
    return {"facts": name, **{each: f"{name}.{each}" for each in outgoing}}


def as_user(guarded: Guarded, user: str, topics: Mapping[str, str], **more: str) -> dict[str, str]:
    """The settings of a user of that installation."""
    facts = {"facts": f'["{topics["facts"]}"]', "group": f"g-{topics['facts']}"}
    return access(guarded, "sasl", user=user) | dict(topics) | facts | more


def grant(guarded: Guarded, user: str, kind: str, name: str, *operations: str, prefixed: bool = False) -> None:
    """What an operator does by kafka-acls.sh."""
    pattern = ResourcePattern(
        ResourceType[kind], name, ACLResourcePatternType.PREFIXED if prefixed else ACLResourcePatternType.LITERAL
    )
    rights = [ACL(f"User:{user}", "*", ACLOperation[o], ACLPermissionType.ALLOW, pattern) for o in operations]
    with guarded.admin() as admin:
        admin.create_acls(rights)


def test_who_lacks_a_right_is_told_which_one(bonitet: Bonitet, guarded: Guarded, topics_of: dict[str, str]) -> None:
    facts = topics_of["facts"]
    nobody = as_user(guarded, NOBODY, topics_of)
    said = why_not(bonitet, nobody, "work", "publish -")
    assert said.startswith(f"there is no topic {facts!r} that may be used: create it with `bonitet topics create`")
    assert said.endswith("or have the rights to it granted")
    grant(guarded, NOBODY, "TOPIC", facts, "DESCRIBE")
    servers = guarded.accesses["sasl"].servers
    said = why_not(bonitet, nobody, "publish -")
    assert said == (
        f"Kafka at {servers} refuses {NOBODY} (TransactionalIdAuthorizationFailedError): grant Write and Describe on "
        f"{facts} and on transactional id bonitet-publish-{facts}"
    )
    grant(guarded, NOBODY, "TRANSACTIONAL_ID", f"bonitet-publish-{facts}", "WRITE", "DESCRIBE")
    said = why_not(bonitet, nobody, "publish -")
    assert said.startswith(f"Kafka at {servers} refuses {NOBODY} (TopicAuthorizationFailedError): grant Write and")
    said = why_not(bonitet, nobody, "work")
    assert said == (
        f"Kafka at {servers} refuses {NOBODY} (GroupAuthorizationFailedError): grant Read and Describe on {facts}, and "
        f"Read on group g-{facts}"
    )
    grant(guarded, NOBODY, "GROUP", f"g-{facts}", "READ")
    said = why_not(bonitet, nobody, "work")
    assert said.startswith(f"Kafka at {servers} refuses {NOBODY} (TopicAuthorizationFailedError): grant Read and")
    said = why_not(bonitet, nobody, "topics create")
    assert said.startswith(f"Kafka at {servers} refuses {NOBODY} (")
    assert ": grant Create and Describe on " in said


def test_the_rights_that_are_written_down_are_enough(
    bonitet: Bonitet, guarded: Guarded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user, kind, name, operations, prefixed in written_down():
        grant(guarded, user, kind, name, *operations, prefixed=prefixed)

    def settings(user: str) -> dict[str, str]:
        return access(guarded, "sasl", user=user)

    made = bonitet("topics", "create", "--partitions", "2", **settings(TOPICS))
    assert len(made.stdout.splitlines()) == 5, made.output
    assert bonitet("publish", "-", **settings(PUBLISH)).exit_code == 0
    with installation(tmp_path / "bonitet.sqlite3") as system:
        for name, value in settings(WORK).items():
            monkeypatch.setenv(f"BONITET_KAFKA_{name.upper()}", value)
        with worker(system, KafkaSettings()) as one:
            read_to_end(system, one)
        assert names(system) == ["CompanyRegistered"]
    assert bonitet("sources", "accept", "bonitet.facts", **settings(WORK)).exit_code == 0
    with installation(tmp_path / "bonitet.sqlite3") as system:
        for name, value in settings(RELAY).items():
            monkeypatch.setenv(f"BONITET_KAFKA_{name.upper()}", value)
        roles = publishers(system.store, KafkaSettings(), system.clock)
        try:
            while sum(role.step() for role in roles):
                pass
            assert [role.trouble for role in roles if role.trouble] == []
            assert system.store.projected("events") == 1
        finally:
            for role in roles:
                role.close()


def written_down() -> Iterator[tuple[str, str, str, list[str], bool]]:
    """The rights as docs/production.md has them grant: user, kind, name, operations, and whether it is a prefix."""
    text = (DOCS / "production.md").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not line.startswith("kafka-acls.sh --add "):
            continue
        words = shlex.split(line)[2:]
        prefixed = "prefixed" in words
        given = [(words[n].removeprefix("--"), words[n + 1]) for n in range(0, len(words) - len(words) % 2, 2)]
        (user,) = (value.removeprefix("User:") for name, value in given if name == "allow-principal")
        operations = [value.upper() for name, value in given if name == "operation"]
        for name, value in given:
            if name in {"topic", "group", "transactional-id"}:
                kind = name.upper().replace("-", "_")
                # As the program does: of a group only reading can be granted.
                fitting = [o for o in operations if kind != "GROUP" or o in {"READ", "DESCRIBE"}]
                yield user, kind, value, fitting, prefixed
