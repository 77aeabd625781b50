"""Where messages lie: single files, a Maildir or an mbox; each is read in full, unless it is too long to be kept."""

import hashlib
import mailbox
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from adapters.inbox.reading import LONGEST
from adapters.running import Stopped

_PART = 1 << 20


class _Read(Protocol):
    def read(self, size: int, /) -> bytes:
        """The next bytes, empty at the end."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it lies somewhere; `content` is None where it is too long."""

    digest: str
    content: bytes | None


def arrived(path: Path) -> Iterator[Arrived]:
    """The messages of a file, a folder of .eml files, a Maildir, or an mbox; raises Stopped where there is none."""
    if path.is_dir() and (path / "cur").is_dir() and (path / "new").is_dir():
        yield from _of_box(mailbox.Maildir(path, create=False))
    elif path.is_dir():
        for file in sorted(path.glob("*.eml")):
            yield _of_file(file)
    elif not path.is_file():
        msg = f"there is no message at {path}: name a file, a folder of .eml files, a Maildir or an mbox"
        raise Stopped(msg)
    elif _begins_as_mbox(path):
        yield from _of_box(mailbox.mbox(path, create=False))
    else:
        yield _of_file(path)


def _begins_as_mbox(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(5) == b"From "


def _of_file(path: Path) -> Arrived:
    with path.open("rb") as stream:
        return _read(stream)


def _of_box(box: "mailbox.Mailbox[Any]") -> Iterator[Arrived]:
    with closing(box):
        for key in sorted(box.iterkeys()):
            with closing(box.get_file(key)) as stream:
                yield _read(stream)


def _read(stream: _Read) -> Arrived:
    content = stream.read(LONGEST + 1)
    whole = hashlib.sha256(content)
    if len(content) <= LONGEST:
        return Arrived(whole.hexdigest(), content)
    while part := stream.read(_PART):
        whole.update(part)
    return Arrived(whole.hexdigest(), None)
