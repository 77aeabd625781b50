"""What a holder may show: the mark of each certified year, as it is, with its year and grade, or not at all (clause 6).

The mark of each year is one of its own, with the grade and the edition of that year (DNB-2.9).
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.certificate import Attestation, Certificate, Phase
from domain.facts import Edition, Excellence
from domain.policies import Policy
from domain.rules import Rule

_GOES_ON = frozenset({Phase.RUNNING, Phase.PROVISIONAL, Phase.EXTENDED, Phase.HELD})


class Form(StrEnum):
    """In which form a mark may be shown."""

    CURRENT = "as it is"
    WITH_YEAR_AND_GRADE = "with year and grade"
    NOT_AT_ALL = "not at all"


class Use(NamedTuple):
    """One certified year with its grade and edition, how its mark may be shown, and why."""

    year: int
    attained: Excellence
    edition: Edition
    form: Form
    rules: tuple[Rule, ...]
    reason: str


def may_show(certificate: Certificate, at: datetime, policy: Policy) -> tuple[Use, ...]:
    """What may be shown at an instant, the oldest year first; nothing where no year was certified by then."""
    phase = certificate.phase_at(at)
    running = phase.term if phase is not None and phase.phase in _GOES_ON else None
    shown = {a.term: a for a in certificate.attestations if a.at <= at}
    against = _against(certificate, at)
    return tuple(_use(a, against, policy, current=a.term == running) for a in shown.values())


def _against(certificate: Certificate, at: datetime) -> Rule | None:
    """The rule by which the right was gone at an instant."""
    lost = [(ground.since, ground.rule) for ground in certificate.lost_at(at)]
    if certificate.revoked_at is not None and certificate.revoked_at <= at:
        lost.append((certificate.revoked_at, Rule.DNB_7_5))
    if lost:
        return min(lost)[1]
    return Rule.DNB_7_3 if certificate.suspended_at(at) else None


def _use(a: Attestation, against: Rule | None, policy: Policy, *, current: bool) -> Use:
    def told(form: Form, reason: str, *rules: Rule) -> Use:
        return Use(a.period, a.attained, a.edition, form, rules, reason)

    if against is not None and current:
        return told(Form.NOT_AT_ALL, "the right is lost or suspended: every use ends", against, Rule.DNB_6_16)
    if against is not None and policy.loss_ends_after_use:
        reason = "the right is lost or suspended, and with it the use of past years"
        return told(Form.NOT_AT_ALL, reason, against, Rule.DNB_6_16, Rule.X_3)
    if current:
        return told(Form.CURRENT, "the certified period lasts", Rule.DNB_6_1)
    reason = f"the certified period is over: only with its year {a.period} and its grade {a.attained}"
    return told(Form.WITH_YEAR_AND_GRADE, reason, Rule.DNB_6_9, Rule.DNB_6_10)
