"""The settings of an installation: the only reader of the environment.

A secret may be written into a file instead: BONITET_DATABASE_FILE, BONITET_KEY_FILE, BONITET_KAFKA_PASSWORD_FILE and
BONITET_MAIL_PASSWORD_FILE name files whose content is the setting.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from domain.policies import Policy

_TOPIC = r"^[A-Za-z0-9._-]{1,249}$"


class _FromFiles(PydanticBaseSettingsSource):
    """Settings whose value stands in a file that the environment names, as container platforms hand over secrets."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        del field
        named = os.environ.get(f"{self.config.get('env_prefix', '')}{field_name}_FILE".upper())
        return (Path(named).read_text(encoding="utf-8").strip() if named else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        told = {name: self.get_field_value(info, name)[0] for name, info in self.settings_cls.model_fields.items()}
        return {name: value for name, value in told.items() if value is not None}


class _Settings(BaseSettings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in the program, then in the environment, then in the files that it names."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _FromFiles(settings_cls)


class Settings(_Settings):
    """Every setting may come from the environment as BONITET_<NAME>, and has a default that needs no configuration.

    `database` is the path of a SQLite file or a postgresql:// address. `actor` and `role` stand for whoever uses the
    command line; until sign-in exists they are shown as not authenticated. `batch` is in facts, `cache` in companies,
    `longest_line` in bytes. `evidence` is where documents are kept, beside the file if nothing is said. `metrics` is
    the address, host:port, at which a process that keeps running answers /health and /metrics.
    """

    model_config = SettingsConfigDict(env_prefix="BONITET_", env_file=None, extra="ignore")

    database: str = Field(default="bonitet.sqlite3", min_length=1)
    actor: str = Field(default="desk", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    role: str = Field(default="back-office", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    batch: int = Field(default=5_000, ge=1, le=100_000)
    cache: int = Field(default=30_000, ge=100)
    longest_line: int = Field(default=1_000_000, ge=1_000)
    policy: Policy = Policy()
    key: str | None = Field(default=None, min_length=32, description="secret from which references to persons derive")
    evidence: Path | None = None
    metrics: str | None = Field(default=None, pattern=r"^[^:\s]*:[0-9]{1,5}$")

    @field_validator("database", mode="before")
    @classmethod
    def _of_a_path(cls, given: Any) -> Any:
        return str(given) if isinstance(given, Path) else given

    @field_validator("policy", mode="before")
    @classmethod
    def _known_readings(cls, given: Any) -> Any:
        """A reading that nobody knows is no reading: a slip of the pen would otherwise leave the default in force."""
        unknown = given.keys() - {f.name for f in fields(Policy)} if isinstance(given, Mapping) else ()
        if unknown:
            msg = f"no reading is called {', '.join(sorted(unknown))}; docs/policies.md names them"
            raise ValueError(msg)
        return given


class MailSettings(_Settings):
    """How letters leave by e-mail and messages come in; each as BONITET_MAIL_<NAME>.

    The password may also come from BONITET_MAIL_PASSWORD_FILE. `server` is host:port; with `starttls` nothing is said
    before the connection is encrypted. `hops` is how many servers of our own stamp a message on its way in; with
    `acknowledge` the receipt of each message is acknowledged.
    """

    model_config = SettingsConfigDict(env_prefix="BONITET_MAIL_", env_file=None, extra="ignore")

    server: str = Field(default="localhost:25", pattern=r"^[^:\s]+:[0-9]{1,5}$")
    sender: str = Field(default="aaa.rs@dnb.com", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    starttls: bool = True
    user: str | None = None
    password: SecretStr | None = None
    hops: int = Field(default=1, ge=1, le=20)
    acknowledge: bool = False


class KafkaSettings(_Settings):
    """How Kafka is reached, and the names of the topics; each as BONITET_KAFKA_<NAME>.

    `servers` are host:port, separated by commas; `facts` is a list in JSON. Times are in seconds.
    """

    model_config = SettingsConfigDict(env_prefix="BONITET_KAFKA_", env_file=None, extra="ignore")

    servers: str = Field(default="localhost:9092", min_length=3)
    group: str = Field(default="bonitet", min_length=1, max_length=200)
    facts: list[str] = Field(default=["bonitet.facts"], min_length=1)
    events: str = Field(default="bonitet.events", pattern=_TOPIC)
    register_changes: str = Field(default="bonitet.register", pattern=_TOPIC)
    notifications: str = Field(default="bonitet.notifications", pattern=_TOPIC)
    dead_letters: str = Field(default="bonitet.dead-letters", pattern=_TOPIC)
    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    private_key_file: Path | None = None
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    user: str | None = None
    password: SecretStr | None = None
    session_timeout: float = Field(default=15.0, gt=0.5, le=600)
    poll_timeout: float = Field(default=300.0, gt=1, description="a worker silent for so long has to give up its share")

    @field_validator("facts")
    @classmethod
    def _names(cls, given: list[str]) -> list[str]:
        if wrong := [name for name in given if not re.fullmatch(_TOPIC, name)]:
            msg = f"{wrong[0]!r} is no name of a topic: letters, digits, dots, dashes and underscores"
            raise ValueError(msg)
        return given

    @model_validator(mode="after")
    def _who(self) -> Self:
        if self.protocol.startswith("SASL") and (self.user is None or self.password is None):
            msg = "with SASL somebody has to sign in: set BONITET_KAFKA_USER and BONITET_KAFKA_PASSWORD"
            raise ValueError(msg)
        return self

    def connection(self) -> dict[str, Any]:
        """What every client of Kafka is made with."""
        told: dict[str, Any] = {
            "bootstrap_servers": [server.strip() for server in self.servers.split(",")],
            "security_protocol": self.protocol,
        }
        for name, path in (
            ("ssl_cafile", self.ca_file),
            ("ssl_certfile", self.certificate_file),
            ("ssl_keyfile", self.private_key_file),
        ):
            if path is not None:
                told[name] = str(path)
        if self.protocol.startswith("SASL") and self.password is not None:
            told["sasl_mechanism"] = self.mechanism
            told["sasl_plain_username"] = self.user
            told["sasl_plain_password"] = self.password.get_secret_value()
        return told
