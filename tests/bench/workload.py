"""What is measured: a generated portfolio, the process log as facts, and samples of whole companies of either."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

from adapters.convert.conversion import Rejection
from adapters.convert.fines import convert
from adapters.demo.portfolio import companies_for_facts, portfolio
from domain.identity import SCHEME_SUBJECT
from tests.bench.child import Progress

SEED = 20_26
_STEP = 20_000
_SUBJECT = b'"subject":"'


def write_portfolio(target: str, facts: int, progress: Progress) -> dict[str, Any]:
    """A portfolio of about so many facts over eight years."""
    return {"facts": _write(Path(target), portfolio(companies_for_facts(facts), SEED), facts, progress)}


def write_log(target: str, source: str, most: int, progress: Progress) -> dict[str, Any]:
    """The process log as facts, at most so many of them."""
    told = (c for c in convert(Path(source)) if not isinstance(c, Rejection))
    found = (event.model_dump_json(exclude_none=True).encode() for event in islice(told, most))
    return {"facts": _write(Path(target), found, most, progress)}


def write_sample(target: str, source: str, facts: int, whole: int, progress: Progress) -> dict[str, Any]:
    """Of the facts in a file about so many: whole lives of some of its companies, and what is told of the scheme."""
    one_in = max(1, round(whole / facts))
    with Path(source).open("rb") as stream:
        lines = (line.rstrip(b"\n") for line in stream if _sampled(line, one_in))
        return {"facts": _write(Path(target), lines, facts, progress)}


def _sampled(line: bytes, one_in: int) -> bool:
    subject = line.partition(_SUBJECT)[2].partition(b'"')[0]
    return subject == SCHEME_SUBJECT.encode() or crc32(subject) % one_in == 0


def _write(target: Path, lines: Iterator[bytes], whole: int, progress: Progress) -> int:
    count = 0
    with target.open("wb") as stream:
        for count, line in enumerate(lines, start=1):
            stream.write(line + b"\n")
            if count % _STEP == 0:
                progress(count, whole)
    return count
