"""Whom a message concerns: by the sender's address as that of a representative, and by the numbers that it names."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from adapters.inbox.reading import Mail
from adapters.main import System
from adapters.store.private import PUBLIC_MAIL, private, refer
from domain.dossier import Dossier
from domain.identity import SCHEME_SUBJECT, InvalidSubject, check_subject

_SUBJECT = re.compile(
    r"(?<![0-9A-Za-z-])((?:RS|EX)-[0-9]{8}|GB-[0-9A-Z]{8}|US-CIK-[0-9]{1,10})(?![0-9A-Za-z])(?:/([A-Za-z0-9._-]{1,40}))?"
)
_BARE = re.compile(r"(?<![0-9A-Za-z/+-])[0-9]{8}(?![0-9A-Za-z])")
_MOST = 20  # numbers; who names more than these names a list


class Unmatched(ValueError):
    """Nobody can tell whom a message concerns; the text says why."""


@dataclass(frozen=True, slots=True)
class Senders:
    """Which companies have a representative with this address, or of this domain."""

    by_address: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_domain: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def companies(self, sender: str | None) -> set[str]:
        """The companies for which a sender may speak: by the whole address, else by its domain."""
        if sender is None:
            return set()
        return self.by_address.get(sender) or self.by_domain.get(sender.partition("@")[2]) or set()


def senders(system: System) -> Senders:
    """The representatives' addresses as they are kept; mailboxes that anybody may have count as a whole only."""
    told = Senders()
    with system.store.reading() as c:
        for row in c.execute(select(private.c.subject, private.c.text).where(private.c.field == "email")):
            address = row.text.strip().lower()
            told.by_address[address].add(row.subject)
            domain = address.rpartition("@")[2]
            if domain not in PUBLIC_MAIL:
                told.by_domain[domain].add(row.subject)
    return told


def match(system: System, mail: Mail, known: Senders) -> tuple[str, str | None]:
    """The company and, where it can be told, the order that a message concerns; raises Unmatched."""
    named = _named(system, f"{mail.subject}\n{mail.text}")
    speaks_for = known.companies(mail.sender)
    both = named.keys() & speaks_for
    found = both or named.keys() | speaks_for
    if len(found) != 1:
        some = ", ".join(sorted(found)[:5])
        msg = f"it may concern {some}" if found else "neither its sender nor a number in it leads to a company"
        raise Unmatched(msg)
    (subject,) = found
    dossier = system.engine.memory.dossier(subject)
    return subject, _order(system, dossier, mail.sender, named.get(subject, set()))


def _named(system: System, text: str) -> dict[str, set[str]]:
    """The companies known here whose numbers stand in a text, each with the orders named with it."""
    told: dict[str, set[str]] = defaultdict(set)
    for found in _SUBJECT.finditer(text):
        told[found[1]].add((found[2] or "").rstrip("._-"))
    for found in _BARE.finditer(text):
        told[f"RS-{found[0]}"].add("")
    if len(told) > _MOST:
        msg = f"it names more than {_MOST} numbers"
        raise Unmatched(msg)
    return {subject: orders - {""} for subject, orders in told.items() if _registered(system, subject)}


def _registered(system: System, subject: str) -> bool:
    try:
        check_subject(subject)
    except InvalidSubject:
        return False
    return subject != SCHEME_SUBJECT and system.engine.memory.dossier(subject).company.name is not None


def _order(system: System, dossier: Dossier, sender: str | None, named: set[str]) -> str | None:
    """The one order that is named, else the one that the sender represents, else the only one there is."""
    certificates = dossier.certificates
    represents = None if sender is None else refer(system.store.key, dossier.subject, sender, address=True)
    for among in (
        named & certificates.keys(),
        {c.order for c in certificates.values() if represents is not None and c.representative == represents},
        set(certificates),
    ):
        if among:
            return next(iter(among)) if len(among) == 1 else None
    return None
