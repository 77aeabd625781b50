"""Persons and free text, apart from the events: an event holds a reference, this store the text, and it can be erased.

A reference is an HMAC of the text under the installation's key and the company, so that equal addresses of one company
can be compared without being read. Of an address both sides of the @ are referred to on their own, but for the domains
of public mail providers, which say nothing about who somebody works for.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select

from domain.facts import REFERENCE, Fact
from domain.secrecy import PRIVATE_FIELDS
from projections.batch import Text, metadata

private = Table(
    "private",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("subject", Text, nullable=False, index=True),
    Column("fact", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("text", Text, nullable=False),
)

INSERT = "INSERT INTO private (reference, subject, fact, field, text) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING"
ERASE = "DELETE FROM private WHERE reference=?"

PUBLIC_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.net",
        "gmx.de",
        "zoho.com",
        "eunet.rs",
        "sbb.rs",
        "mts.rs",
        "ptt.rs",
        "beotel.net",
        "verat.net",
        "open.telekom.rs",
    }
)


def _digest(key: bytes, subject: str, text: str, length: int) -> str:
    return hmac.new(key, f"{subject}\0{text}".encode(), hashlib.sha256).hexdigest()[:length]


def refer(key: bytes, subject: str, text: str, *, address: bool) -> str:
    """The reference that stands for a text or an address of this company."""
    if not address:
        return f"{REFERENCE}{_digest(key, subject, text, 40)}"
    local, _, domain = text.strip().lower().rpartition("@")
    apart = text.strip().lower() if domain in PUBLIC_MAIL else domain
    return f"{REFERENCE}{_digest(key, subject, f'{local}@{domain}', 40)}@{_digest(key, subject, apart, 20)}"


def set_apart(key: bytes, subject: str, fact: str, data: Fact) -> tuple[Fact, list[tuple[Any, ...]]]:
    """The data with references in place of persons and free text, and the rows that keep these."""
    changes: dict[str, str] = {}
    rows: list[tuple[Any, ...]] = []
    for name, mark in PRIVATE_FIELDS[type(data)].items():
        text = getattr(data, name)
        if mark.nobodys is not None and text.strip().lower() == mark.nobodys:
            changes[name] = mark.nobodys
        elif text is not None:
            changes[name] = refer(key, subject, text, address=mark.address)
            rows.append((changes[name], subject, fact, name, text))
    return data.model_copy(update=changes), rows


def texts(of: Connection, subject: str) -> dict[str, str]:
    """The texts that are still kept for a company, by reference."""
    rows = of.execute(select(private.c.reference, private.c.text).where(private.c.subject == subject))
    return {row.reference: row.text for row in rows}


def kept(of: Connection, subject: str) -> Sequence[Row[Any]]:
    """All that is kept of a company's persons and free text."""
    return of.execute(select(private).where(private.c.subject == subject).order_by(private.c.reference)).all()
