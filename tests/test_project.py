"""The project as a whole: what lies where, and that its files speak of the project alone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TOP = {
    *("domain", "projections", "adapters", "features", "tests", "docs"),
    *("README.md", "Makefile", "compose.yaml", "pyproject.toml"),
}

# Each pattern has one letter in brackets, so that it does not find itself.
FOREIGN_WORDS = (
    # the tools somebody wrote with are his own business
    r"\bcl[a]ude",
    r"\bchat[g]pt\b",
    r"\bgithub c[o]pilot\b",
    r"\b(?:open[a]i|anthropi[c])\b",
    r"\bllm[s]?\b",
    r"\blanguage m[o]del",
    r"\b(?:a[i]|coding) (?:agent|assistant)s?\b",
    r"\b(?:system|user|the|this|my|your) p[r]ompts?\b",
    # a path of one machine means nothing on another
    r"(?<![\w.~-])/wor[k]/",
    r"(?<![\w.~-])/(?:hom[e]|User[s])/\w",
    r"(?<![\w.~-])/roo[t]/",
    r"\bshared/(?!data\b)[a-z]+\.m[d]\b",
    r"\bshared/(?:source[s]|hook[s])\b",
    # where packages come from is each machine's setting
    r"\bp[y]pi\.org\b",
    r"\bpythonh[o]sted\.org\b",
    r"\bregistry\.npm[j]s\b",
)
FOREIGN = re.compile("|".join(FOREIGN_WORDS), re.IGNORECASE)


def files() -> list[str]:
    """Paths of the files that are or would be committed, from the top of the project."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows which files belong to the project")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def test_nothing_lies_at_the_top_that_does_not_belong_there() -> None:
    top = {name.split("/")[0] for name in files()}
    assert {name for name in top - TOP if not name.startswith(".")} == set()
    assert {"pyproject.toml", "Makefile", "domain"} <= top


def test_the_project_speaks_of_itself_alone() -> None:
    found = [
        f"{name}:{number}: {match[0]}"
        for name in files()
        for number, line in enumerate((name, *(ROOT / name).read_text("utf-8", "replace").splitlines()))
        for match in FOREIGN.finditer(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "backwards",
    [
        "edualC htiw nettirw",
        "TPGtahC",
        "tnatsissa IA na",
        "tpmorp eht ni dias sa",
        "niam/krow/ dc",
        "avi/emoh/",
        "dm.koobelur/derahs ees",
        "secruos/derahs",
        "elpmis/gro.ipyp//:sptth",
    ],
)
def test_foreign_words_are_found(backwards: str) -> None:
    assert FOREIGN.search(backwards[::-1])


@pytest.mark.parametrize(
    "line",
    ["../shared/data/ratings", "the job is for promptness", "network/topic", "homework/", "typer.prompt()"],
)
def test_ordinary_words_are_not_foreign(line: str) -> None:
    assert not FOREIGN.search(line)
