"""compose.yaml and docs/production.md as they stand: what services are told, what the page has in its fences."""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.components.install import program
from tests.guarantees import ROOT

COMPOSE = ROOT / "compose.yaml"
ONCE = {"migrate", "topics", "bonitet"}
OURS = {"work", "project", "enforce", "relay"}

Service = dict[str, Any]


@cache
def compose() -> dict[str, Any]:
    """The file as Compose reads it; what it would put in for the environment is doubled there."""
    told: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8").replace("$$", "$"))
    return told


def services() -> dict[str, Service]:
    """Each service by its name."""
    return dict(compose()["services"])


def environment(service: str, secrets: Path) -> dict[str, str]:
    """What a service is told, its secrets read from a folder of this machine."""
    told = services()[service].get("environment", {})
    return {name: str(value).replace("/run/secrets", str(secrets)) for name, value in told.items()}


@cache
def page() -> str:
    """The page on running it for real."""
    return (ROOT / "docs" / "production.md").read_text("utf-8")


def blocks(language: str, containing: str = "") -> list[str]:
    """What stands on the page in fences of a language."""
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```$", page(), re.MULTILINE | re.DOTALL)
    return [block for block in found if containing in block]


def shell(script: str, **more: Any) -> None:
    """Run a script that stands there; raises where any line of it fails."""
    command = [program("bash"), "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr


def make_secrets(folder: Path) -> Path:
    """Do what the page says; answers where they are."""
    (block,) = blocks("sh", "openssl rand")
    shell(block, cwd=folder)
    return folder / "secrets"
