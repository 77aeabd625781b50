"""Where a certificate stands: the registry's status, derived from the three ledgers for any instant.

First match: annulled; the end of the contract where it came before any loss; revoked; suspended; valid and extended;
valid. The public sees the status and the clause; the rule names the cause and is for staff and auditors (DNB-12.1).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.certificate import Attestation, Certificate, Phase, PhaseFrom
from domain.facts import Edition, Excellence
from domain.rules import Rule, public_clause


class Status(StrEnum):
    """What the register shows; a loss of the licence revokes the entry, class and contract stay (X-16)."""

    VALID = "valid"
    VALID_EXTENDED = "valid-extended"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CANCELLED_AT_EXPIRY = "cancelled-at-expiry"
    ANNULLED = "annulled"


class Standing(NamedTuple):
    """One row of the register: what holds from `since` on. `rule` and `flag` are not for the public.

    Where the certificate was corrected, `revision` is the number of the correction and `revised_at` since when it
    holds; why it was corrected is nobody else's affair (DNB-9.5, 12.1).
    """

    since: datetime
    status: Status
    attained: Excellence | None
    edition: Edition | None
    business_year: int | None
    period: int | None
    valid_from: date
    valid_until: date | None
    rule: Rule
    flag: str | None = None
    revision: int | None = None
    revised_at: datetime | None = None

    @property
    def clause(self) -> str:
        """The clause of the terms that the status rests on, which is what the public may know."""
        return public_clause(self.rule)


_OVER = {
    Phase.EXPIRED: Status.EXPIRED,
    Phase.CEASED: Status.EXPIRED,
    Phase.WITHDRAWN: Status.EXPIRED,
    Phase.CANCELLED: Status.CANCELLED_AT_EXPIRY,
}
_FLAGGED = {Phase.HELD: "renewal held", Phase.PROVISIONAL: "renewal provisional"}


def standing(certificate: Certificate, at: datetime) -> Standing | None:
    """Where the certificate stands at an instant; None before there was one."""
    c = certificate
    if c.issued_in_error is not None:
        return _row(c.issued_in_error, Status.ANNULLED, None, Rule.DNB_3_1) if c.issued_in_error.at <= at else None
    phase = c.phase_at(at)
    if phase is None:
        return None
    attested = c.attested_at(phase.term, at)
    status, rule = _status(c, phase, attested, at)
    row, revision = _row(phase, status, attested, rule), c.revision_at(at)
    return row if revision is None else row._replace(revision=revision.number, revised_at=revision.at)


def _status(c: Certificate, phase: PhaseFrom, attested: Attestation | None, at: datetime) -> tuple[Status, Rule]:
    losses = [(g.since, g.rule) for g in c.lost_at(at)]
    if c.revoked_at is not None and c.revoked_at <= at:
        losses.append((c.revoked_at, Rule.DNB_7_5))
    if attested is None:
        return Status.ANNULLED, Rule.DNB_4_9
    if phase.phase in _OVER and all(phase.at < since for since, _ in losses):
        return _OVER[phase.phase], phase.rule
    if losses:
        return Status.REVOKED, min(losses)[1]
    if c.suspended_at(at):
        return Status.SUSPENDED, Rule.DNB_7_3
    if phase.phase is Phase.EXTENDED:
        return Status.VALID_EXTENDED, Rule.DNB_4_4
    return Status.VALID, phase.rule


def _row(phase: PhaseFrom, status: Status, attested: Attestation | None, rule: Rule) -> Standing:
    return Standing(
        since=phase.at,
        status=status,
        attained=attested.attained if attested else None,
        edition=attested.edition if attested else None,
        business_year=attested.business_year if attested else None,
        period=attested.period if attested else None,
        valid_from=phase.valid_from,
        valid_until=phase.valid_until,
        rule=rule,
        flag=_FLAGGED.get(phase.phase),
    )


def history(certificate: Certificate) -> tuple[Standing, ...]:
    """All rows of the register for one certificate, oldest first, each from its own instant on."""
    c = certificate
    if c.issued_in_error is not None:
        instants = {c.issued_in_error.at}
    else:
        instants = {p.at for p in c.phases}
        instants.update(a.at for a in c.attestations)
        instants.update(r.at for r in c.revisions)
        instants.update(i for g in c.grounds for i in (g.since, g.reinstated_at) if i is not None)
        instants.update(i for s in c.suspensions for i in (s.since, s.until) if i is not None)
        if c.revoked_at is not None:
            instants.add(c.revoked_at)
    rows: list[Standing] = []
    for instant in sorted(instants):
        row = standing(c, instant)
        if row and not (rows and rows[-1]._replace(since=row.since) == row):
            rows.append(row._replace(since=instant))
    return tuple(rows)
