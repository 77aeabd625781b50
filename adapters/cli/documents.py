"""Documents, kept by their hash: what is on file is what arrived, and a look tells whether it still is."""

import hashlib
import os
import re
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Any

from adapters.cli.opening import Failure
from adapters.settings import Settings
from adapters.store.store import is_address
from domain.facts import Fact

# These fields hold the SHA-256 of a document: a command takes the document itself.
FIELDS = frozenset({"evidence", "message", "agreement", "document"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


class State(StrEnum):
    """What became of a document since it arrived."""

    UNCHANGED = "unchanged"
    CHANGED = "changed since"
    MISSING = "not kept here"


def state_of(folder: Path, digest: str) -> State:
    """Whether the document of a hash is still the one that arrived."""
    kept = folder / digest
    if not kept.is_file():
        return State.MISSING
    return State.UNCHANGED if is_unchanged(kept) else State.CHANGED


def is_unchanged(document: Path) -> bool:
    """Whether a document that is kept is what its name says."""
    with document.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == document.name


def put_hashes(model: type[Fact], data: dict[str, Any]) -> list[tuple[str, Path]]:
    """Put the SHA-256 of each document in the place of its path; answers (hash, path) of those to be kept."""
    kept: list[tuple[str, Path]] = []
    for name in FIELDS & data.keys() & model.model_fields.keys():
        many = isinstance(data[name], list)
        hashes = []
        for text in data[name] if many else [data[name]]:
            path = Path(text)
            if _SHA256.fullmatch(text) and not path.exists():
                hashes.append(text)  # a document that is kept elsewhere
                continue
            with path.open("rb") as stream:
                hashes.append(hashlib.file_digest(stream, "sha256").hexdigest())
            kept.append((hashes[-1], path))
        data[name] = hashes if many else hashes[0]
    return kept


def directory(settings: Settings) -> Path:
    """Where documents are kept by their hash."""
    if settings.evidence is not None:
        return settings.evidence
    if is_address(settings.database):
        msg = "nothing stands beside a database of PostgreSQL: say where documents are kept with BONITET_EVIDENCE"
        raise Failure(msg)
    database = Path(settings.database)
    return database.with_name(f"{database.name}.evidence")


def keep(settings: Settings, documents: list[tuple[str, Path]]) -> None:
    """Keep documents by their hash, so that they are found again as they came."""
    if not documents:
        return  # a database of PostgreSQL needs no place for what there isn't
    folder = directory(settings)
    for digest, path in documents:
        folder.mkdir(exist_ok=True)
        kept = folder / digest
        if kept.exists():
            continue  # written once, for the name says what is in it
        with path.open("rb") as stream, tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
            written = hashlib.sha256()
            while part := stream.read(1 << 20):
                written.update(part)
                copy.write(part)
            copy.flush()
            os.fsync(copy.fileno())
        if written.hexdigest() != digest:
            Path(copy.name).unlink()
            raise Failure(f"{path} was changed while it was read: try again")
        Path(copy.name).chmod(0o444)
        Path(copy.name).replace(kept)
