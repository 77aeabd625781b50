"""The public register: which certificates exist, whose they are, where they stand and where they stood on any day."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, Row, Table, func, or_, select

from domain.certificate import Certificate
from domain.dossier import NEVER, Dossier
from domain.facts import Edition, Excellence
from domain.rules import Rule
from domain.standing import Standing, Status, history
from projections.batch import Batch, Text, delete_rows, insert_rows, instant, metadata, micros, of_company

register = Table(
    "register",
    metadata,
    Column("certificate", Text, primary_key=True),
    Column("since", BigInteger, primary_key=True),
    Column("status", Text, nullable=False),
    Column("attained", Text),
    Column("edition", Text),
    Column("business_year", Integer),
    Column("period", Integer),
    Column("valid_from", Text, nullable=False),
    Column("valid_until", Text),
    Column("clause", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("flag", Text),
    Column("revision", Integer),
    Column("revised_at", BigInteger),
    sqlite_with_rowid=False,
)

holders = Table(
    "holders",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("name", Text),
    Column("folded", Text),
    Column("pib", Text),
    Column("due_at", BigInteger),
    Column("certificates", Integer, nullable=False),
)
Index("holders_by_pib", holders.c.pib)
Index("holders_by_due", holders.c.due_at)

NAME = "register"
TABLES = (register, holders)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register: whose certificate, and where it stands."""

    certificate: str
    subject: str
    order: str
    holder: str | None
    standing: Standing


_Ledgers = tuple[object, ...]


class Register:
    """Keeps the register up to date; remembers what it wrote last, so that only what changed is written again."""

    def __init__(self, remember: int) -> None:
        self._remember = remember
        # For each certificate its ledgers, how many rows they gave, and their hash: the rows take ten times as much.
        self._written: dict[str, tuple[_Ledgers, int, int]] = {}
        self._holders: dict[str, tuple[str | None, str | None, datetime, dict[str, Certificate]]] = {}

    def project(self, batch: Batch, to: Connection) -> None:
        """Write the rows that differ after this batch."""
        gone: list[str] = []
        fresh: list[tuple[object, ...]] = []
        moved: list[tuple[object, ...]] = []
        for subject in batch.subjects:
            dossier = batch.dossier(subject)
            company, certificates = dossier.company, dossier.certificates
            told = (company.name, company.pib, dossier.due_at, certificates)
            known = self._holders.get(subject)
            if known is None or known[:3] != told[:3] or known[3] is not certificates:
                self._holders[subject] = told
                if known is None or known[:3] != told[:3] or len(known[3]) != len(certificates):
                    moved.append(_holder(dossier))
                for certificate in certificates.values():
                    self._certificate(certificate, gone, fresh)
        delete_rows(to, holders, "subject", [str(row[0]) for row in moved])
        insert_rows(to, holders, moved)
        delete_rows(to, register, "certificate", gone)
        insert_rows(to, register, fresh)
        for memory in (self._written, self._holders):
            while len(memory) > self._remember:
                memory.pop(next(iter(memory)))

    def _certificate(self, c: Certificate, gone: list[str], fresh: list[tuple[object, ...]]) -> None:
        ledgers = (c.phases, c.attestations, c.revisions, c.grounds, c.suspensions, c.revoked_at, c.issued_in_error)
        known = self._written.get(c.stream)
        if known is not None and all(a is b for a, b in zip(known[0], ledgers, strict=True)):
            return
        rows = history(c)
        if known is None:
            gone.append(c.stream)
            fresh.extend(_row(c.stream, row) for row in rows)
        elif known[1] <= len(rows) and hash(rows[: known[1]]) == known[2]:
            fresh.extend(_row(c.stream, row) for row in rows[known[1] :])
        else:
            gone.append(c.stream)
            fresh.extend(_row(c.stream, row) for row in rows)
        self._written[c.stream] = ledgers, len(rows), hash(rows)

    def forget(self) -> None:
        """Forget what was written: the tables are no longer what they were."""
        self._written.clear()
        self._holders.clear()


def _holder(dossier: Dossier) -> tuple[object, ...]:
    company = dossier.company
    due = micros(dossier.due_at) if dossier.due_at != NEVER else None
    return company.subject, company.name, fold_name(company.name or ""), company.pib, due, len(dossier.certificates)


def _row(certificate: str, row: Standing) -> tuple[object, ...]:
    return (
        certificate,
        micros(row.since),
        row.status.value,
        row.attained and row.attained.value,
        row.edition and row.edition.value,
        row.business_year,
        row.period,
        row.valid_from.isoformat(),
        row.valid_until and row.valid_until.isoformat(),
        row.clause,
        row.rule.value,
        row.flag,
        row.revision,
        row.revised_at and micros(row.revised_at),
    )


# --- questions ---------------------------------------------------------------------------------------------------


def on_day(
    of: Connection, at: datetime, *, subject: str | None = None, after: str = "", limit: int | None = None
) -> list[Entry]:
    """The register as it stood at an instant, by certificate number; `subject` narrows it to one company."""
    newest = (
        select(register.c.certificate, func.max(register.c.since).label("since"))
        .where(register.c.since <= micros(at), register.c.certificate > after)
        .group_by(register.c.certificate)
        .order_by(register.c.certificate)
    )
    if subject is not None:
        newest = newest.where(of_company(register.c.certificate, subject))
    if limit is not None:
        newest = newest.limit(limit)
    part = newest.subquery()
    rows = of.execute(
        select(register)
        .join(part, (register.c.certificate == part.c.certificate) & (register.c.since == part.c.since))
        .order_by(register.c.certificate)
    ).all()
    names = _names(of, {row.certificate.partition("/")[0] for row in rows})
    return [_entry(row, names) for row in rows]


def rows_of(of: Connection, certificate: str) -> list[Entry]:
    """All rows of one certificate, oldest first."""
    rows = of.execute(select(register).where(register.c.certificate == certificate).order_by(register.c.since)).all()
    names = _names(of, {certificate.partition("/")[0]})
    return [_entry(row, names) for row in rows]


def stale(of: Connection, at: datetime) -> list[str]:
    """The companies whose rows can't answer for this instant yet, since something has fallen due before it."""
    due = select(holders.c.subject).where(holders.c.due_at <= micros(at)).order_by(holders.c.due_at, holders.c.subject)
    return list(of.execute(due).scalars())


def search(of: Connection, text: str, limit: int = 50) -> list[tuple[str, str | None]]:
    """Companies by MB, subject, PIB, certificate number, or a name in either script: (subject, name) pairs."""
    text = text.strip()
    words = [f"%{word}%" for word in fold_name(text).split()]
    by_name = [holders.c.folded.like(word) for word in words]
    by_order = select(register.c.certificate).where(
        or_(register.c.certificate == text, register.c.certificate.like(f"%/{text}"))
    )
    orders = {c.partition("/")[0] for c in of.execute(by_order).scalars()}
    exact = or_(
        holders.c.subject == text,
        holders.c.subject.in_([f"{code}{text}" for code in ("RS-", "GB-", "US-CIK-", "EX-")]),
        holders.c.pib == text,
        holders.c.subject.in_(orders),
    )
    rows = of.execute(select(holders.c.subject, holders.c.name).where(exact).order_by(holders.c.subject)).all()
    if not rows and by_name:
        wanted = select(holders.c.subject, holders.c.name).where(*by_name).order_by(holders.c.folded).limit(limit)
        rows = of.execute(wanted).all()
    return [(row.subject, row.name) for row in rows]


def counts(of: Connection, at: datetime) -> dict[Status, int]:
    """How many certificates stand where at an instant."""
    told: dict[Status, int] = dict.fromkeys(Status, 0)
    for entry in on_day(of, at):
        told[entry.standing.status] += 1
    return told


def _names(of: Connection, subjects: set[str]) -> dict[str, str | None]:
    told: dict[str, str | None] = {}
    wanted = sorted(subjects)
    for start in range(0, len(wanted), 500):
        rows = of.execute(
            select(holders.c.subject, holders.c.name).where(holders.c.subject.in_(wanted[start : start + 500]))
        )
        told.update({row.subject: row.name for row in rows})
    return told


def _entry(row: Row[tuple[object, ...]], names: dict[str, str | None]) -> Entry:
    subject, _, order = row.certificate.partition("/")
    standing = Standing(
        since=instant(row.since),
        status=Status(row.status),
        attained=Excellence(row.attained) if row.attained else None,
        edition=Edition(row.edition) if row.edition else None,
        business_year=row.business_year,
        period=row.period,
        valid_from=date.fromisoformat(row.valid_from),
        valid_until=date.fromisoformat(row.valid_until) if row.valid_until else None,
        rule=Rule(row.rule),
        flag=row.flag,
        revision=row.revision,
        revised_at=None if row.revised_at is None else instant(row.revised_at),
    )
    return Entry(row.certificate, subject, order, names.get(subject), standing)


def entries_of(certificate: Certificate, name: str | None) -> list[Entry]:
    """The rows that a certificate's ledgers give now, in the same shape as those of the table."""
    return [
        Entry(certificate.stream, certificate.subject, certificate.order, name, row) for row in history(certificate)
    ]


def latest(rows: Iterable[Entry], at: datetime) -> Entry | None:
    """The row that holds at an instant."""
    held = [row for row in rows if row.standing.since <= at]
    return held[-1] if held else None


# --- names -------------------------------------------------------------------------------------------------------

_CYRILLIC = {
    **dict(zip("абвгдезијклмнопрстуфхц", "abvgdezijklmnoprstufhc", strict=True)),
    "ђ": "dj",
    "ж": "z",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "ч": "c",
    "џ": "dz",
    "ш": "s",
    "đ": "dj",
}
_FOLD = str.maketrans(_CYRILLIC)


def fold_name(name: str) -> str:
    """A name for searching: Latin, lower case, đ as dj, no diacritics, no punctuation."""
    plain = name.lower().translate(_FOLD)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain.replace(".", "")))
