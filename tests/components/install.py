"""Installs what the components need, where it may: as root, on Debian."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.components import kafka, postgres
from tests.components.lock import locked
from tests.components.missing import Failed, Missing, last_words

CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")
OPTIONS = ("-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold")


def program(name: str, package: str | None = None) -> str:
    """The path of a program; raises Missing."""
    path = shutil.which(name)
    if path is None:
        raise Missing(name, "it is not on the PATH", f"On Debian: apt-get install {package or name}")
    return path


def fetcher() -> str:
    """What Kafka is fetched with, unless it is there; raises Missing."""
    return "not needed any more" if kafka.cache().is_dir() else program("mvn", "maven")


@dataclass(frozen=True)
class Need:
    """Something that has to be on the machine, and the Debian package that brings it."""

    name: str
    package: str
    place: Callable[[], object]

    def missing(self) -> Missing | None:
        """Why it can't be used; None if it can."""
        try:
            self.place()
        except Missing as missing:
            return missing
        return None


NEEDS = (
    Need("PostgreSQL", "postgresql", postgres.folder_of_programs),
    Need("Java", "default-jre-headless", kafka.java),
    Need("Maven", "maven", fetcher),
    Need("kcat", "kcat", lambda: program("kcat")),
    Need("openssl", "openssl", lambda: program("openssl")),
)


def install(say: Callable[[str], None]) -> None:
    """Install what is missing, where that is possible; several processes may do so at once.

    Whether it worked is seen by what is missing afterwards; what went wrong is said.
    """
    if not _packages() or not may_install():
        return
    folder = kafka.cache().parent
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "install.lock"):
        packages = _packages()
        if not packages:
            return
        say(f"Installing {', '.join(packages)} with apt-get ...")
        tasks = [["update"], ["install", *packages]]
        if "postgresql" in packages:
            tasks.insert(1, ["install", "postgresql-common"])  # it brings the file that says what the next one starts
        for task in tasks:
            try:
                with _no_cluster_of_its_own():
                    _apt(*task)
            except Failed as problem:
                say(str(problem))  # a source that nobody needs may be all that is amiss: go on


def may_install() -> bool:
    """Whether this is ours to install on: a Debian, or one of its kin, and we are root."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _packages() -> list[str]:
    return [need.package for need in NEEDS if need.missing()]


def _apt(task: str, *packages: str) -> None:
    told = ["-y", "--no-install-recommends"] if packages else []
    command = ["apt-get", *OPTIONS, "-q", task, *told, *packages]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)} failed:\n{last_words(done.stdout)}")


@contextmanager
def _no_cluster_of_its_own() -> Iterator[None]:
    """While it lasts, Debian's package of PostgreSQL brings the programs only, and starts nothing."""
    if not CLUSTERS.exists():
        yield
        return
    before = CLUSTERS.read_text()
    CLUSTERS.write_text(f"{before}\ncreate_main_cluster = false\n")
    try:
        yield
    finally:
        CLUSTERS.write_text(before)
