"""The interface to Kafka, for whoever sends or reads there: an AsyncAPI 3.0 document of topics, keys and messages."""

from typing import Any

from adapters.kafka import topics
from adapters.kafka.messages import DEAD_LETTER, EVENT, MESSAGES, NOTICE, REGISTER
from adapters.settings import KafkaSettings
from domain.facts import FACTS, SchemeFact
from domain.identity import SCHEME_SUBJECT
from domain.wire import ENVELOPES, type_of

_BINDING = "0.5.0"
_FORMAT = "application/schema+json;version=draft-2020-12"
_CLOUD_EVENT = "application/cloudevents+json"

_COMPANY = {
    "type": "string",
    "description": "The company, so that all of a company stays in one partition, in order.",
    "examples": ["RS-17012347"],
}
_COMPANY_OR_SCHEME = {
    "type": "string",
    "description": f"The subject: a company, so that its facts stay in order. A fact of the scheme is sent to every "
    f"partition under {SCHEME_SUBJECT} (`bonitet publish` does it).",
    "examples": ["RS-17012347", SCHEME_SUBJECT],
}
_CERTIFICATE = {"type": "string", "description": "The certificate.", "examples": ["RS-17012347/2026-000001"]}
_ANY_KEY = {"type": "string", "description": "The company where it is known, else the SHA-256 of the payload."}

_READ_COMMITTED = (
    "Each stretch is one transaction: read with `isolation.level=read_committed`. Delivery is at least once, under the "
    "same ids. Names that you do not know may be added: pass over them."
)


def document(version: str) -> dict[str, Any]:
    """The document, which refers to the schemas beside it."""
    kafka = KafkaSettings.model_construct()  # as it is where nobody has set anything, whatever stands here
    configs = {topic.name: topic.configs for topic in topics.wanted(kafka, 1)}
    events = [kind for kind in MESSAGES if kind.startswith(EVENT)]
    channels = {
        "facts": _channel(kafka.facts[0], configs, list(ENVELOPES), "What is learned of companies and of the scheme."),
        "events": _channel(kafka.events, configs, events, "Every recorded fact and every decision."),
        "register": _channel(
            kafka.register_changes,
            configs,
            [REGISTER],
            "The public register as it stands: the last value under a key holds, an empty one takes it away.",
        ),
        "notifications": _channel(kafka.notifications, configs, [NOTICE], "Notices that are owed to a holder."),
        "deadLetters": _channel(
            kafka.dead_letters, configs, [DEAD_LETTER], "Copies of what was rejected or parked, without what it said."
        ),
    }
    return {
        "asyncapi": "3.0.0",
        "id": "urn:rs.bonitet:kafka",
        "info": {
            "title": "bonitet",
            "version": version,
            "description": "Certificates of business credit excellence: facts in; events, register and notices out. "
            "The names of topics are the defaults of the settings.",
        },
        "defaultContentType": _CLOUD_EVENT,
        "servers": _servers(kafka),
        "channels": channels,
        "operations": {
            "takeInFacts": {
                **_operation("receive", "facts", "Each fact is recorded once, however often it comes."),
                "bindings": {
                    "kafka": {"groupId": {"type": "string", "enum": [kafka.group]}, "bindingVersion": _BINDING}
                },
            },
            "publishSchemeFacts": {
                **_operation("send", "facts", "A fact of the scheme reaches every partition."),
                "messages": [{"$ref": f"#/channels/facts/messages/{kind}"} for kind in _of_the_scheme()],
            },
            "tellEvents": _operation("send", "events", "In order per company."),
            "tellRegister": _operation("send", "register", "In order per certificate."),
            "tellNotices": _operation("send", "notifications", "In order per company."),
            "tellDeadLetters": _operation("send", "deadLetters", "In the order in which they were set aside."),
        },
        "components": {
            "messages": {kind: _message(kind) for kind in [*ENVELOPES, *MESSAGES]},
            "securitySchemes": _SECURITY,
        },
    }


_SECURITY = {
    "plain": {"type": "plain", "description": "SASL/PLAIN"},
    "scramSha256": {"type": "scramSha256", "description": "SASL/SCRAM-SHA-256"},
    "scramSha512": {"type": "scramSha512", "description": "SASL/SCRAM-SHA-512"},
    "certificate": {"type": "X509", "description": "A client's certificate, by TLS"},
}


def _servers(kafka: KafkaSettings) -> dict[str, Any]:
    host = {
        "host": "{server}",
        "variables": {"server": {"default": kafka.servers, "description": "One of BONITET_KAFKA_SERVERS."}},
    }
    security = [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SECURITY]
    return {
        "plain": {**host, "protocol": "kafka", "description": "Without TLS, for trying things out."},
        "secured": {**host, "protocol": "kafka-secure", "description": "With TLS.", "security": security},
    }


def _of_the_scheme() -> list[str]:
    return [type_of(model) for model in FACTS.values() if issubclass(model, SchemeFact)]


def _channel(topic: str, configs: dict[str, dict[str, str]], kinds: list[str], says: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in configs[topic].items():
        told[name] = [value] if name == "cleanup.policy" else int(value)
    return {
        "address": topic,
        "description": says,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in kinds},
        "bindings": {"kafka": {"topic": topic, "topicConfiguration": told, "bindingVersion": _BINDING}},
    }


def _operation(action: str, channel: str, says: str) -> dict[str, Any]:
    out = f" {_READ_COMMITTED}" if channel != "facts" else ""
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": f"{says}{out}"}


def _message(kind: str) -> dict[str, Any]:
    model = {**ENVELOPES, **MESSAGES}[kind]
    told: dict[str, Any] = {
        "name": kind,
        "summary": " ".join((model.__doc__ or "").split("\n\n")[0].split()),
        "contentType": "application/json" if kind == REGISTER else _CLOUD_EVENT,
        "payload": {"schemaFormat": _FORMAT, "schema": {"$ref": f"schemas/{kind}.json"}},
        "bindings": {"kafka": {"key": _key(kind), "bindingVersion": _BINDING}},
    }
    if (where := _correlation(kind)) is not None:
        told["correlationId"] = {"location": f"$message.payload#/{where[0]}", "description": where[1]}
    return told


def _key(kind: str) -> dict[str, Any]:
    if kind in ENVELOPES:
        return _COMPANY_OR_SCHEME
    keys: dict[str, dict[str, Any]] = {REGISTER: _CERTIFICATE, DEAD_LETTER: _ANY_KEY}
    return keys.get(kind, _COMPANY)


def _correlation(kind: str) -> tuple[str, str] | None:
    if kind in ENVELOPES:
        return "id", "The fact's id, which `fact` and `cause` of events name."
    told = {
        NOTICE: ("data/event", "The id of the event that the notice rests on."),
        DEAD_LETTER: (
            "data/sha256",
            "An HMAC-SHA-256 of what was set aside, under the installation's key: the same for the same.",
        ),
        REGISTER: None,
    }
    return told.get(kind, ("cause", "The fact, or the deadline, that a decision follows from."))
