"""Facts are strict: what is missing, superfluous, of another kind or forged is rejected with the reason."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from domain import facts
from domain.facts import FACTS, REFERENCE, STORED, PrivateAddress
from domain.wire import ANY_CLOUD_EVENT, ENVELOPES, CloudEvent, cloud_event, type_of
from tests.story import HASH

SMALLEST: dict[str, dict[str, Any]] = {
    "CompanyRegistered": {"name": "Textil"},
    "CompanyRenamed": {"name": "Tekstil"},
    "CompanyDeregistered": {},
    "StatementFiled": {"business_year": 2024},
    "StatementRestated": {"business_year": 2024},
    "ClassAssessed": {"business_year": 2024, "attained": "AAA", "model_version": "m-1", "inputs_hash": HASH},
    "AccountBlocked": {"blockade": "B-1"},
    "AccountUnblocked": {"blockade": "B-1"},
    "ProceedingRequested": {"kind": "bankruptcy", "proceeding": "P-1"},
    "ProceedingDismissed": {"kind": "bankruptcy", "proceeding": "P-1"},
    "InsolvencyOpened": {"kind": "liquidation", "proceeding": "P-1"},
    "InsolvencyClosed": {"kind": "liquidation", "proceeding": "P-1"},
    "FactRetracted": {"fact": "f-1"},
    "DataCollectionOpened": {"business_year": 2024},
    "DataCollectionClosed": {"business_year": 2024},
    "CalendarCorrected": {"version": "RS/2"},
    "CertificateTakenOver": {
        "order": "N-1",
        "concluded_on": "2024-03-01",
        "term": 2,
        "valid_until": "2026-03-01",
        "business_year": 2024,
        "attained": "AA",
        "history": {"2022": "A", "2023": "none"},
    },
    "DynamicScoreReported": {"score": "++"},
    "TaskAssigned": {"task": "verify", "regarding": "M-1", "to": "ana"},
    "ProposalDropped": {"proposal": "ReinstatementDecided/N-1"},
    "TaskClosed": {"task": "verify", "regarding": "M-1", "outcome": "done"},
    "PackageOrdered": {"order": "N-1", "package": "gold"},
    "ElementOrdered": {"order": "N-1", "element": "vector"},
    "VectorMaterialRequested": {"order": "N-1"},
    "EMaterialsDelivered": {"order": "N-1"},
    "ParcelDispatched": {"order": "N-1"},
    "ParcelDelivered": {"order": "N-1"},
    "DeliveryPostponed": {"order": "N-1", "delivery": "parcel", "new_due": "2024-05-01", "reason": "Poplava"},
    "OnlineContentPublished": {"order": "N-1", "content": "e_sign"},
    "OnlineContentTakenDown": {"order": "N-1", "content": "portal_logo"},
    "LossNoticeDelivered": {"order": "N-1"},
    "MarkRemovalVerified": {"order": "N-1"},
    "DefectReported": {"order": "N-1", "dispute": "D-1", "description": "Pogrešno ime"},
    "ClarificationRequested": {"order": "N-1", "dispute": "D-1", "description": "Zašto AA?"},
    "ClarificationGiven": {"order": "N-1", "dispute": "D-1"},
    "DefectEstablished": {"order": "N-1", "dispute": "D-1", "in_scope": True},
    "CorrectionPeriodAgreed": {"order": "N-1", "dispute": "D-1", "correct_by": "2024-05-01"},
    "CorrectionPeriodNotAgreed": {"order": "N-1", "dispute": "D-1"},
    "CorrectionIssued": {"order": "N-1", "dispute": "D-1", "document": HASH},
    "ObjectionRaised": {
        "order": "N-1",
        "dispute": "D-1",
        "ground": "wrong_company",
        "loss": "B-1",
        "description": "To nismo mi",
    },
    "ObjectionDecided": {
        "order": "N-1",
        "dispute": "D-1",
        "outcome": "rejected",
        "decided_by": "ana",
        "approved_by": "boris",
    },
    "AmicableAttemptMade": {"order": "N-1", "dispute": "D-1"},
    "SettlementReached": {"order": "N-1", "dispute": "D-1", "document": HASH},
    "CourtSeized": {"order": "N-1", "dispute": "D-1"},
    "CourtDecided": {"order": "N-1", "dispute": "D-1", "outcome": "in_part", "document": HASH},
    "ContractWithdrawalDeclared": {"order": "N-1", "basis": "statute"},
    "InvoiceAddressNamed": {"order": "N-1", "address": "racuni@textil.example"},
    "BankInvoiceRequested": {"order": "N-1", "bank_offers_it": True, "banks_online": False},
    "InvoiceIssued": {
        "order": "N-1",
        "invoice": "I-1",
        "net": "12500.00 RSD",
        "vat": "2500.00 RSD",
        "due_on": "2024-05-01",
    },
    "InvoiceSent": {"order": "N-1", "invoice": "I-1", "address": "racuni@textil.example"},
    "PaymentReceived": {"order": "N-1", "invoice": "I-1", "amount": "15000.00 RSD"},
    "ReminderSent": {"order": "N-1", "invoice": "I-1", "fee": "500.00 RSD"},
    "CollectionCostIncurred": {"order": "N-1", "invoice": "I-1", "kind": "lawyer", "amount": "9000.00 RSD"},
    "InterestClaimed": {"order": "N-1", "invoice": "I-1"},
    "InvoiceCreditRequested": {"order": "N-1", "invoice": "I-1", "because": "measure"},
    "InvoiceCreditDecided": {
        "order": "N-1",
        "invoice": "I-1",
        "granted": True,
        "decided_by": "ana",
        "approved_by": "boris",
    },
    "DamageClaimed": {"case": "M-1", "amount": "100000.00 RSD"},
    "DamageMadeGood": {"case": "M-1", "amount": "100000.00 RSD"},
    "DamageWaiverDecided": {"case": "M-1", "decided_by": "ana", "approved_by": "boris"},
    "DefaultInterestRateSet": {"annual_percent": "14.25"},
    "TermsAccepted": {"order": "N-1", "edition": "DNB-RS/1", "document": HASH},
    "DeviationAgreed": {
        "order": "N-1",
        "deviation": "V-1",
        "rule": "DNB-4.7",
        "form": "signed_pdf",
        "document": HASH,
        "applies_from": "2024-05-01",
    },
    "TermsAmended": {
        "edition": "DNB-RS/2",
        "takes_effect_on": "2024-09-01",
        "material": True,
        "decided_by": "ana",
        "approved_by": "boris",
        "document": HASH,
    },
    "AmendmentNoticeDelivered": {"order": "N-1", "edition": "DNB-RS/2"},
    "DataProtectionAcknowledged": {"order": "N-1"},
    "EmployeesInformed": {"order": "N-1"},
    "LegalHoldPlaced": {"hold": "H-1", "reason": "Spor"},
    "LegalHoldLifted": {"hold": "H-1"},
    "InformationDisclosed": {"basis": "consent", "recipient": "Banka", "document": HASH},
    "PersonErased": {"receipt": HASH, "entries": 3},
    "LetterSent": {"letter": "L-1", "kind": "warning", "language": "sr-Cyrl", "route": "file", "document": HASH},
    "LetterDelivered": {"letter": "L-1"},
    "LetterBounced": {"letter": "L-1"},
    "MessageReceived": {"message": HASH},
    "MessageAcknowledged": {"message": HASH},
    "OfferMade": {"order": "N-1"},
    "OfferConfirmed": {"order": "N-1"},
    "PhoneOrderPlaced": {"order": "N-1"},
    "OrderConfirmationSent": {"order": "N-1"},
    "ConsensusRecorded": {"order": "N-1", "evidence": HASH},
    "RepresentativeNamed": {"order": "N-1", "name": "Ana", "email": "ana@textil.rs"},
    "RenewalNoticeDelivered": {"order": "N-1", "states_expiry": True, "states_class": True, "states_edition": False},
    "RenewalCancelled": {"order": "N-1"},
    "SpecialEditionAgreed": {"order": "N-1", "edition": "gold"},
    "RenewalDecided": {"order": "N-1", "renewed": True, "decided_by": "ana", "approved_by": "iva"},
    "ContractRestorationDecided": {"order": "N-1", "decided_by": "ana", "approved_by": "iva"},
    "MisuseReported": {"case": "C-1", "kind": "alteration", "evidence": [HASH]},
    "EvidenceAdded": {"case": "C-1", "evidence": [HASH]},
    "WarningServed": {"case": "C-1"},
    "WarningDelivered": {"case": "C-1"},
    "SuspensionDeferred": {"case": "C-1", "until": "2026-01-01T00:00:00Z", "reason": "holiday"},
    "SuspensionDecided": {"case": "C-1"},
    "SecondDemandServed": {"case": "C-1"},
    "SecondDemandDelivered": {"case": "C-1"},
    "CessationDeclared": {"case": "C-1"},
    "CessationVerified": {"case": "C-1"},
    "CessationFoundUntrue": {"case": "C-1"},
    "ViolationVerified": {"case": "C-1"},
    "CaseDismissed": {"case": "C-1", "reason": "another mark"},
    "InfringementEnded": {"case": "C-1"},
    "PermanentWithdrawalProposed": {"case": "C-1", "proposed_by": "ana"},
    "PermanentWithdrawalApproved": {"case": "C-1", "approved_by": "iva"},
    "LossDecided": {"order": "N-1", "proceeding": "P-1", "lost": True, "decided_by": "ana", "approved_by": "iva"},
    "ReinstatementRequested": {"order": "N-1"},
    "ReinstatementDecided": {"order": "N-1", "granted": True, "decided_by": "ana", "approved_by": "iva"},
}


def read(name: str, data: dict[str, Any]) -> BaseModel:
    return FACTS[name].model_validate_json(json.dumps(data))


def refused(name: str, data: dict[str, Any]) -> list[tuple[Any, ...]]:
    with pytest.raises(ValidationError) as fault:
        read(name, data)
    return [error["loc"] for error in fault.value.errors()]


def test_every_fact_has_an_example_here() -> None:
    assert set(SMALLEST) == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_the_smallest_form_of_a_fact_is_read_and_comes_back_the_same(name: str) -> None:
    fact = read(name, SMALLEST[name])
    assert type(fact).model_validate_json(fact.model_dump_json()) == fact


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, data in SMALLEST.items() for field in data])
def test_a_field_that_is_needed_can_not_be_left_out(name: str, field: str) -> None:
    rest = {key: value for key, value in SMALLEST[name].items() if key != field}
    if FACTS[name].model_fields[field].is_required():
        assert refused(name, rest) == [(field,)]
    else:
        assert read(name, rest)


@pytest.mark.parametrize("name", FACTS)
def test_a_field_that_nobody_knows_is_refused(name: str) -> None:
    assert refused(name, {**SMALLEST[name], "colour": "red"}) == [("colour",)]


@pytest.mark.parametrize(
    ("name", "field", "wrong"),
    [
        ("StatementFiled", "business_year", "2024"),
        ("StatementFiled", "business_year", 2024.0),
        ("StatementFiled", "business_year", True),
        ("StatementFiled", "business_year", 1979),
        ("StatementFiled", "business_year", 2201),
        ("StatementFiled", "document", HASH[1:]),
        ("StatementFiled", "document", HASH[1:] + "G"),
        ("ClassAssessed", "attained", "B"),
        ("ClassAssessed", "attained", "aaa"),
        ("ClassAssessed", "model_version", ""),
        ("CompanyRegistered", "name", ""),
        ("CompanyRegistered", "name", "   "),
        ("CompanyRegistered", "name", "x" * 501),
        ("CompanyRegistered", "pib", "12345678"),
        ("CompanyRegistered", "pib", "1234567٣٣"),
        ("CompanyRegistered", "founded", "2010-02-30"),
        ("AccountBlocked", "blockade", "-1"),
        ("AccountBlocked", "blockade", "B" * 81),
        ("AccountBlocked", "blockade", "B 1"),
        ("OfferMade", "order", "N/1"),
        ("OfferMade", "order", "N" * 41),
        ("OfferMade", "order", "N-1\n"),
        ("FactRetracted", "fact", "with space"),
        ("InsolvencyOpened", "kind", "bankrupt"),
        ("CertificateTakenOver", "term", 0),
        ("CertificateTakenOver", "term", 101),
        ("CertificateTakenOver", "licence", "revoked"),
        ("SpecialEditionAgreed", "edition", "base"),
        ("RenewalNoticeDelivered", "states_expiry", "yes"),
        ("RenewalNoticeDelivered", "states_expiry", 1),
        ("RenewalCancelled", "channel", "fax"),
        ("MisuseReported", "evidence", []),
        ("MisuseReported", "evidence", [HASH] * 101),
        ("MisuseReported", "reported_by", "neighbour"),
        ("MisuseReported", "seen_at", "2026-01-01T00:00:00"),
        ("MisuseReported", "contact", "by telephone"),
        ("EvidenceAdded", "evidence", []),
        ("SuspensionDeferred", "until", "2026-01-01T00:00:00"),
        ("SuspensionDeferred", "reason", ""),
        ("SuspensionDeferred", "reason", "x" * 10_001),
        ("PermanentWithdrawalApproved", "approved_by", "Ana"),
        ("PermanentWithdrawalApproved", "approved_by", "a" * 65),
    ],
)
def test_a_value_of_another_kind_or_beyond_its_bounds_is_refused(name: str, field: str, wrong: object) -> None:
    assert refused(name, {**SMALLEST[name], field: wrong})[0][0] == field


@pytest.mark.parametrize(
    ("name", "field", "right"),
    [
        ("StatementFiled", "business_year", 1980),
        ("StatementFiled", "business_year", 2200),
        ("CompanyRegistered", "name", "x" * 500),
        ("CompanyRegistered", "pib", "123456789"),
        ("AccountBlocked", "blockade", "B" * 80),
        ("OfferMade", "order", "N" * 40),
        ("CertificateTakenOver", "term", 100),
        ("MisuseReported", "evidence", [HASH] * 100),
        ("MisuseReported", "reported_by", "outsider"),
        ("MisuseReported", "seen_at", "2026-01-01T00:00:00+01:00"),
        ("SuspensionDeferred", "reason", "x" * 10_000),
        ("SuspensionDeferred", "until", "2026-01-01T00:00:00+01:00"),
        ("PermanentWithdrawalApproved", "approved_by", "a" * 64),
        ("ClassAssessed", "attained", "none"),
    ],
)
def test_a_value_at_its_bounds_is_read(name: str, field: str, right: object) -> None:
    assert read(name, {**SMALLEST[name], field: right})


@pytest.mark.parametrize("grade", ["АAA", "ААА", "ＡＡＡ"])
def test_a_grade_with_letters_of_another_alphabet_is_refused_by_their_names(grade: str) -> None:
    with pytest.raises(ValidationError, match=r"letters that are not Latin: .* \(U\+[0-9A-F]{4}\).*in Latin letters"):
        read("ClassAssessed", {**SMALLEST["ClassAssessed"], "attained": grade})


def test_a_grade_may_not_be_a_number() -> None:
    assert refused("ClassAssessed", {**SMALLEST["ClassAssessed"], "attained": 1}) == [("attained",)]


def test_the_history_of_a_certificate_taken_over_is_as_strict() -> None:
    assert refused("CertificateTakenOver", {**SMALLEST["CertificateTakenOver"], "history": {"2022": "А"}})
    assert refused("CertificateTakenOver", {**SMALLEST["CertificateTakenOver"], "history": {"1022": "A"}})


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("RepresentativeNamed", "name"),
        ("RepresentativeNamed", "email"),
        ("RenewalCancelled", "sender"),
        ("FactRetracted", "reason"),
        ("MisuseReported", "note"),
        ("MisuseReported", "url"),
        ("MisuseReported", "reporter"),
        ("EvidenceAdded", "contact"),
        ("SuspensionDeferred", "reason"),
    ],
)
def test_a_reference_to_the_erasable_store_can_not_be_forged(name: str, field: str) -> None:
    assert refused(name, {**SMALLEST[name], field: f"{REFERENCE}0@1"}) == [(field,)]


def test_a_reference_of_our_own_store_is_read() -> None:
    data = json.dumps({**SMALLEST["RenewalCancelled"], "sender": f"{REFERENCE}0@1"})
    fact = facts.RenewalCancelled.model_validate_json(data, context=STORED)
    assert fact.sender == f"{REFERENCE}0@1"


@pytest.mark.parametrize("address", ["ana@textil.rs", "a@b", f"{'a' * 64}@{'b' * 190}", "јелена@пример.срб"])
def test_an_address_has_two_sides(address: str) -> None:
    assert TypeAdapter(PrivateAddress).validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("ana", "@textil.rs", "ana@", "ana@@textil.rs", "a na@textil.rs", "Ana <ana@textil.rs>", '"ana"@textil.rs'),
        *(f"{'a' * 65}@b", f"a@{'b' * 191}", "ana@textil.rs\n", ""),
    ],
)
def test_anything_else_is_no_address(address: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PrivateAddress).validate_python(address)


# --- the envelope ------------------------------------------------------------------------------------------------


def line(**changes: Any) -> str:
    event = {
        "specversion": "1.0",
        "id": "f-1",
        "source": "urn:nbs",
        "type": "rs.bonitet.AccountBlocked.v1",
        "subject": "EX-00000001",
        "time": "2026-03-01T00:00:00+01:00",
        "recordedtime": "2026-03-02T08:00:00Z",
        "data": {"blockade": "B-1"},
        **changes,
    }
    return json.dumps({key: value for key, value in event.items() if value is not None})


def test_a_fact_is_read_by_its_type() -> None:
    event = ANY_CLOUD_EVENT.validate_json(line())
    assert event.data == facts.AccountBlocked(blockade="B-1")
    assert event.time == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert type(event) is ENVELOPES[type_of(facts.AccountBlocked)]


def test_an_attribute_that_we_do_not_know_is_passed_over() -> None:
    assert not hasattr(ANY_CLOUD_EVENT.validate_json(line(traceparent="00-1")), "traceparent")


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"type": "rs.bonitet.AccountBlocked.v2"},
        {"type": "rs.bonitet.AccountUnblocked"},
        {"id": ""},
        {"id": "f 1"},
        {"id": None},
        {"source": None},
        {"source": ""},
        {"source": "urn:\n"},
        {"subject": "E" * 61},
        {"time": "2026-03-01T00:00:00"},
        {"recordedtime": None},
        {"datacontenttype": "text/plain"},
        {"actor": "Ana P."},
        {"data": {"blockade": "B-1", "note": "x"}},
        {"data": None},
    ],
)
def test_an_envelope_with_a_fault_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ANY_CLOUD_EVENT.validate_json(line(**changes))


def test_an_envelope_made_here_is_read_again_as_it_was() -> None:
    made = cloud_event(
        "EX-00000001",
        facts.WarningServed(case="C-1"),
        id="f-1",
        source="urn:desk",
        time=datetime(2026, 3, 1, 10, tzinfo=timezone(timedelta(hours=1))),
        recordedtime=datetime(2026, 3, 1, 9, 5, tzinfo=UTC),
        actor="ana",
        role="desk",
    )
    assert isinstance(made, CloudEvent)
    assert made.type == "rs.bonitet.WarningServed.v1"
    assert ANY_CLOUD_EVENT.validate_json(made.model_dump_json()) == made
