"""compose.yaml and docs/production.md name only what there is: settings, commands, figures, topics, files."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft201909Validator

from adapters.cli.app import app
from adapters.kafka import topics
from adapters.measures import Measures
from adapters.settings import KafkaSettings, MailSettings, Settings
from tests.components.ports import LOOPBACK
from tests.composed import COMPOSE, ONCE, OURS, blocks, compose, environment, make_secrets, page, services
from tests.guarantees import ROOT

# --- the file ------------------------------------------------------------------------------------------------------


def test_compose_is_as_its_specification_wants_it() -> None:
    schema = json.loads((ROOT / "tests" / "vendored" / "compose-spec.json").read_text("utf-8"))
    assert not [error.message for error in Draft201909Validator(schema).iter_errors(compose())]


def test_compose_leaves_nothing_to_the_environment_of_whoever_starts_it() -> None:
    # A variable that nobody set would be an empty text, and no error.
    assert not re.findall(r"(?<!\$)(?:\$\$)*\$[^$]", COMPOSE.read_text("utf-8"))


def test_every_service_that_goes_on_is_watched_and_started_again() -> None:
    going_on = {name: service for name, service in services().items() if name not in ONCE}
    assert going_on.keys() == OURS | {"postgres", "kafka", "kafka-ui"}
    for name, service in going_on.items():
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"][0] == "CMD", name


def test_nothing_is_reached_from_outside_of_the_machine() -> None:
    ports = [port for service in services().values() for port in service.get("ports", ())]
    assert len(ports) == 2
    assert all(port.startswith(f"{LOOPBACK}:") for port in ports)


def test_what_is_ours_has_no_rights_that_it_does_not_need() -> None:
    for name in OURS | ONCE:
        service = services()[name]
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["image"] == "bonitet:local", name
    assert "\nUSER bonitet\n" in services()["migrate"]["build"]["dockerfile_inline"]


def test_the_image_is_made_of_all_packages_and_only_of_what_is_there() -> None:
    build = services()["migrate"]["build"]
    copied = set(re.findall(r"^COPY (\S+) ", build["dockerfile_inline"], re.MULTILINE))
    assert build["context"] == "."
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert copied == {"pyproject.toml", *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert "production" in project["project"]["optional-dependencies"]


def test_every_secret_is_one_that_the_page_makes_and_somebody_uses(tmp_path: Path) -> None:
    secrets = {name: Path(told["file"]) for name, told in compose()["secrets"].items()}
    used = {name for service in services().values() for name in service.get("secrets", ())}
    assert used == secrets.keys()
    make_secrets(tmp_path)
    assert {path.relative_to(tmp_path) for path in (tmp_path / "secrets").iterdir()} == set(secrets.values())


# --- settings and commands -------------------------------------------------------------------------------------------


def known_settings() -> set[str]:
    told = set()
    for settings in (Settings, KafkaSettings, MailSettings):
        prefix = str(settings.model_config["env_prefix"])
        names = {f"{prefix}{name}".upper() for name in settings.model_fields}
        told |= names | {f"{name}_FILE" for name in names}
    return told


def test_every_setting_that_compose_makes_is_one() -> None:
    named = {name for service in services().values() for name in service.get("environment", ())}
    assert {name for name in named if name.startswith("BONITET_")} <= known_settings()


def test_every_setting_that_the_page_names_is_one() -> None:
    named = set(re.findall(r"\bBONITET_[A-Z_]+\b", page()))
    assert len(named) > 10
    assert named <= known_settings()


def test_the_settings_of_compose_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment("work", make_secrets(tmp_path)).items():
        monkeypatch.setenv(name, value)
    assert Settings().database.startswith("postgresql://bonitet:")
    assert KafkaSettings().servers == "kafka:9092"


def parsed(words: list[str], *, named_only: bool = False) -> None:
    """Read a command line of bonitet as the program does, and do nothing; raises where it is none.

    A text may name a command without what it has to be given.
    """
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands") and rest != ["--help"] and (rest or not named_only):
        command = command.commands[rest.pop(0)]
    if rest != ["--help"] and (rest or not named_only):
        command.make_context(command.name, rest)


def commands(lines: list[str]) -> list[list[str]]:
    """The command lines of bonitet among lines for a shell, each without what is around it there."""
    found = []
    for line in lines:
        command = re.sub(r"^docker compose run (?:-\S+(?: [A-Z_]+=\S+)? )*(?=bonitet|migrate)", "", line.strip())
        command = re.sub(r"^migrate (?=\w)", "bonitet ", command)
        if command.startswith("bonitet "):
            found.append(shlex.split(re.split(r" [|<>] ", command)[0], comments=True)[1:])
    return [[re.sub(r"^[A-Z]+$", "1", word) for word in command] for command in found]  # NUMBER and the like


@pytest.mark.parametrize("name", sorted(OURS | ONCE - {"bonitet"}))
def test_the_command_of_each_service_is_one(name: str) -> None:
    parsed(services()[name]["command"])


def test_every_command_on_the_page_is_one() -> None:
    in_fences = commands([line for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()])
    in_text = commands(re.findall(r"`((?:bonitet |docker compose run )[^`]*)`", page()))
    assert len(in_fences) > 10
    assert len(in_text) > 10
    for command in in_fences:
        parsed(command)
    for command in in_text:
        parsed(command, named_only=True)


def test_every_figure_on_the_page_is_one_that_processes_tell() -> None:
    told: set[str] = set()
    for metric in Measures().registry.collect():
        told |= {metric.name, *(f"{metric.name}_{end}" for end in ("total", "bucket", "count", "sum"))}
    named = set(re.findall(r"\bbonitet_[a-z_]+\b", page())) - {"bonitet_owner", "bonitet_reader", "bonitet_append"}
    assert len(named) > 10
    assert named <= told


def test_the_topics_on_the_page_are_those_that_are_created() -> None:
    rows = re.findall(r"^\| `(bonitet\.[a-z-]+)` \| [^|]* \| ([^|]*) \|", page(), re.MULTILINE)
    wanted = topics.wanted(KafkaSettings(), 8)
    settings = {topic.name: ", ".join(f"`{key}={value}`" for key, value in topic.configs.items()) for topic in wanted}
    assert dict(rows) == settings
