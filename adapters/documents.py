"""Documents – mails, letters, evidence – kept as they are in one directory, each under its SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from adapters.running import Stopped
from adapters.settings import Settings
from adapters.store.store import is_address

_PART = 1 << 20


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


def erase(settings: Settings, digests: Iterable[str]) -> None:
    """Take documents away for good; what is gone already is no fault."""
    for digest in digests:
        (directory(settings) / digest).unlink(missing_ok=True)
