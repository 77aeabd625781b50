"""The settings of an installation: the only reader of the environment."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.policies import Policy


class Settings(BaseSettings):
    """Every setting may come from the environment as BONITET_<NAME>, and has a default that needs no configuration.

    `actor` and `role` stand for whoever uses the command line; until sign-in exists they are shown as not
    authenticated. `batch` is in facts, `cache` in companies, `longest_line` in bytes.
    """

    model_config = SettingsConfigDict(env_prefix="BONITET_", env_file=None, extra="ignore")

    database: Path = Path("bonitet.sqlite3")
    actor: str = Field(default="desk", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    role: str = Field(default="back-office", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    batch: int = Field(default=5_000, ge=1, le=100_000)
    cache: int = Field(default=30_000, ge=100)
    longest_line: int = Field(default=1_000_000, ge=1_000)
    policy: Policy = Policy()
    key: str | None = Field(default=None, min_length=32, description="secret from which references to persons derive")

    @field_validator("policy", mode="before")
    @classmethod
    def _known_readings(cls, given: Any) -> Any:
        """A reading that nobody knows is no reading: a slip of the pen would otherwise leave the default in force."""
        unknown = given.keys() - {f.name for f in fields(Policy)} if isinstance(given, Mapping) else ()
        if unknown:
            msg = f"no reading is called {', '.join(sorted(unknown))}; docs/policies.md names them"
            raise ValueError(msg)
        return given
