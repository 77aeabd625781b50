"""The readings that an issuer may choose: where the terms are ambiguous, a parameter with the default reading."""

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, slots=True)
class Policy:
    """Every ambiguity of the terms as a parameter; the rule each one belongs to stands beside it."""

    misuse_procedure: Literal["ladder", "automatic_loss"] = "ladder"  # X-1, DNB-6.15
    removal_while_suspended: Literal["seven_working_days", "three_days"] = "seven_working_days"  # X-2, DNB-6.17
    loss_ends_after_use: bool = True  # X-3, DNB-6.9, DNB-6.16
    first_edition_by_agreement: bool = True  # X-5, DNB-4.10
    cancel_reading: Literal["not_later_than", "within_last"] = "not_later_than"  # X-6, DNB-4.6
    notice_before: Literal["expiry", "renewal"] = "expiry"  # X-7, DNB-4.11
    extension_needs_new_notice: bool = True  # X-8, DNB-4.4
    permanent_requires_both: bool = False  # X-9, DNB-7.5
    auto_suspend_on_lapse: bool = True  # X-10, DNB-7.3, GEN-8
    gold_basis: Literal["aaa", "excellence"] = "aaa"  # X-11, DNB-2.5
    platinum_basis: Literal["attained", "six_years", "ordered"] = "attained"  # X-12, DNB-2.6
    renew_while_revoked: bool = False  # X-17, DNB-7.5
    blocked_365d_excludes: bool = True  # X-17, DNB-M8
    clock_from: Literal["receipt", "sending"] = "receipt"  # GEN-7, DNB-7.1
    insolvency_from: Literal["opening", "request"] = "opening"  # DNB-6.13
    removal_from: Literal["knowledge", "receipt"] = "knowledge"  # DNB-6.17
    hold_without_notice: bool = True  # DNB-4.14
    late_fact_reopens_renewal: bool = False  # late facts and the contract
    extension_alarm_days: int = 90  # DNB-4.4
    written_forms: tuple[str, ...] = ("signed_pdf", "email_exchange")  # DNB-1.2
    amicable_days: int = 30  # DNB-13.2
    saturday_is_working_day: bool = False  # GEN-3
    saturday_shifts_calendar_term: bool = True  # GEN-3, GEN-2

    @property
    def version(self) -> str:
        """`P/1`, with every parameter that differs from its default behind it."""
        other = [f"{f.name}={_text(value)}" for f in fields(self) if (value := getattr(self, f.name)) != f.default]
        return "+".join(["P/1", *other])


def _text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
