"""The Message-ID of a letter, which leads back to it, and which nobody can make up who never saw the letter."""

import hashlib
import hmac
import re

_NAMED = re.compile(r"<([A-Za-z0-9._:/-]{1,80}?)\.([A-Z]{2}[A-Z0-9-]{3,30})\.([0-9a-f]{24})@[^@<>\s]+>")


def message_id(key: bytes, subject: str, letter: str, sender: str) -> str:
    """The Message-ID of a letter to a company, sent from this address."""
    return f"<{letter}.{subject}.{_proof(key, subject, letter)}@{sender.partition('@')[2]}>"


def letter_named(key: bytes, named: str | None) -> tuple[str, str] | None:
    """The company and the letter that a Message-ID of ours leads to, None for any other."""
    told = _NAMED.fullmatch(named or "")
    if told is None or not hmac.compare_digest(_proof(key, told[2], told[1]), told[3]):
        return None
    return told[2], told[1]


def _proof(key: bytes, subject: str, letter: str) -> str:
    return hmac.new(key, f"letter\0{subject}\0{letter}".encode(), hashlib.sha256).hexdigest()[:24]
