"""Documents – mails, letters, evidence – kept as they are in one directory, each under its SHA-256."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from adapters.running import Stopped
from adapters.settings import Settings
from adapters.store.store import is_address
from domain.documents import FIELDS
from domain.facts import Fact

_PART = 1 << 20
HASH = re.compile(r"[0-9a-f]{64}")


def directory(settings: Settings) -> Path:
    """Where documents are kept by their hash; raises Stopped where nobody has said so."""
    if settings.evidence is not None:
        return settings.evidence
    if is_address(settings.database):
        msg = "nothing stands beside a database of PostgreSQL: say where documents are kept with BONITET_EVIDENCE"
        raise Stopped(msg)
    database = Path(settings.database)
    return database.with_name(f"{database.name}.evidence")


def keep_files(settings: Settings, documents: Sequence[tuple[str, Path]]) -> None:
    """Keep files whose SHA-256 is told with them; raises Stopped where one has changed since."""
    for digest, path in documents:
        with path.open("rb") as stream:
            if _keep(directory(settings), digest, stream) != digest:
                msg = f"{path} was changed while it was read: try again"
                raise Stopped(msg)


def keep(settings: Settings, content: bytes) -> str:
    """Keep what was read already; answers its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    return _keep(directory(settings), digest, BytesIO(content))


def _keep(folder: Path, digest: str, stream: BinaryIO) -> str:
    folder.mkdir(exist_ok=True)
    kept = folder / digest
    if kept.exists():
        return digest  # written once, for the name says what is in it
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        written = hashlib.sha256()
        while part := stream.read(_PART):
            written.update(part)
            copy.write(part)
        copy.flush()
        os.fsync(copy.fileno())
    if written.hexdigest() == digest:
        Path(copy.name).chmod(0o444)
        Path(copy.name).replace(kept)
    else:
        Path(copy.name).unlink()
    return written.hexdigest()


def read(settings: Settings, digest: str) -> bytes | None:
    """A document; None where it isn't kept here, or not any more."""
    try:
        return (directory(settings) / digest).read_bytes()
    except FileNotFoundError:
        return None


def kept(settings: Settings, digests: Iterable[str]) -> list[str]:
    """Those of some documents that are kept here; none where nobody has said where that is."""
    try:
        folder = directory(settings)
    except Stopped:
        return []
    return [digest for digest in digests if (folder / digest).exists()]


class State(StrEnum):
    """What became of a document since it arrived."""

    UNCHANGED = "unchanged"
    CHANGED = "changed since"
    MISSING = "not kept here"


def state_of(folder: Path, digest: str) -> State:
    """Whether the document of a hash is still the one that arrived."""
    found = folder / digest
    if not found.is_file():
        return State.MISSING
    return State.UNCHANGED if is_unchanged(found) else State.CHANGED


def is_unchanged(document: Path) -> bool:
    """Whether a document that is kept is what its name says."""
    with document.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == document.name


def put_hashes(model: type[Fact], data: dict[str, Any]) -> list[tuple[str, Path]]:
    """Put the SHA-256 of each document in the place of its path; answers (hash, path) of those to be kept."""
    told: list[tuple[str, Path]] = []
    for name in FIELDS & data.keys() & model.model_fields.keys():
        many = isinstance(data[name], list)
        hashes = []
        for text in data[name] if many else [data[name]]:
            path = Path(text)
            if HASH.fullmatch(text) and not path.exists():
                hashes.append(text)  # a document that is kept elsewhere
                continue
            with path.open("rb") as stream:
                hashes.append(hashlib.file_digest(stream, "sha256").hexdigest())
            told.append((hashes[-1], path))
        data[name] = hashes if many else hashes[0]
    return told


def erase(settings: Settings, digests: Iterable[str]) -> None:
    """Take documents away for good; what is gone already is no fault."""
    for digest in digests:
        (directory(settings) / digest).unlink(missing_ok=True)
