"""The back office's commands: each is one fact that a person brings in, or is refused with the rule against it.

The commands are made from the facts' own models, so that what a command takes is what the fact knows.
"""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import NAMESPACE_URL, uuid5

import typer

from adapters import documents
from adapters.asking import certificate_meant, company_meant, day_or_instant, with_causes
from adapters.cli import showing, telling
from adapters.cli.opening import OK, REFUSED, Failure, Terminal, command
from adapters.inbox import reading
from adapters.main import System
from adapters.settings import MailSettings
from domain import facts
from domain.calendar import midnight
from domain.documents import FIELDS
from domain.events import Event
from domain.facts import FACTS, CaseFact, Fact, OrderFact
from domain.identity import SCHEME_SUBJECT
from domain.rules import Rule, wording
from domain.signatures import BY_TWO, is_proposal, proposal_of
from domain.wire import CloudEvent, cloud_event
from projections.batch import Recorded

SOURCE = "urn:bonitet:desk"

VERBS: dict[str, type[Fact]] = {
    "offer": facts.OfferMade,
    "confirm-offer": facts.OfferConfirmed,
    "phone-order": facts.PhoneOrderPlaced,
    "confirm": facts.OrderConfirmationSent,
    "agree": facts.ConsensusRecorded,
    "take-over": facts.CertificateTakenOver,
    "representative": facts.RepresentativeNamed,
    "notice": facts.RenewalNoticeDelivered,
    "cancel": facts.RenewalCancelled,
    "edition": facts.SpecialEditionAgreed,
    "report-misuse": facts.MisuseReported,
    "add-evidence": facts.EvidenceAdded,
    "warn": facts.WarningServed,
    "warning-delivered": facts.WarningDelivered,
    "defer": facts.SuspensionDeferred,
    "suspend": facts.SuspensionDecided,
    "demand": facts.SecondDemandServed,
    "demand-delivered": facts.SecondDemandDelivered,
    "declare-ceased": facts.CessationDeclared,
    "verify-ceased": facts.CessationVerified,
    "found-untrue": facts.CessationFoundUntrue,
    "verify-violation": facts.ViolationVerified,
    "dismiss-case": facts.CaseDismissed,
    "infringement-ended": facts.InfringementEnded,
    "propose-withdrawal": facts.PermanentWithdrawalProposed,
    "approve-withdrawal": facts.PermanentWithdrawalApproved,
    "decide-loss": facts.LossDecided,
    "request-reinstatement": facts.ReinstatementRequested,
    "reinstate": facts.ReinstatementDecided,
    "restore-contract": facts.ContractRestorationDecided,
    "decide-renewal": facts.RenewalDecided,
    "retract": facts.FactRetracted,
    # packages and deliveries
    "order-package": facts.PackageOrdered,
    "order-element": facts.ElementOrdered,
    "request-vector": facts.VectorMaterialRequested,
    "e-materials-delivered": facts.EMaterialsDelivered,
    "parcel-dispatched": facts.ParcelDispatched,
    "parcel-delivered": facts.ParcelDelivered,
    "postpone-delivery": facts.DeliveryPostponed,
    "publish-online": facts.OnlineContentPublished,
    "taken-down": facts.OnlineContentTakenDown,
    "loss-notice-delivered": facts.LossNoticeDelivered,
    "verify-removed": facts.MarkRemovalVerified,
    # disputes
    "report-defect": facts.DefectReported,
    "ask-clarification": facts.ClarificationRequested,
    "clarify": facts.ClarificationGiven,
    "establish-defect": facts.DefectEstablished,
    "agree-correction": facts.CorrectionPeriodAgreed,
    "no-agreement": facts.CorrectionPeriodNotAgreed,
    "correct": facts.CorrectionIssued,
    "object": facts.ObjectionRaised,
    "decide-objection": facts.ObjectionDecided,
    "attempt-settlement": facts.AmicableAttemptMade,
    "settle": facts.SettlementReached,
    "go-to-court": facts.CourtSeized,
    "court-decided": facts.CourtDecided,
    "withdraw": facts.ContractWithdrawalDeclared,
    # money
    "invoice-address": facts.InvoiceAddressNamed,
    "bank-invoice": facts.BankInvoiceRequested,
    "invoice": facts.InvoiceIssued,
    "invoice-sent": facts.InvoiceSent,
    "payment": facts.PaymentReceived,
    "remind": facts.ReminderSent,
    "collection-cost": facts.CollectionCostIncurred,
    "claim-interest": facts.InterestClaimed,
    "credit-invoice": facts.InvoiceCreditRequested,
    "decide-credit": facts.InvoiceCreditDecided,
    "claim-damage": facts.DamageClaimed,
    "damage-made-good": facts.DamageMadeGood,
    "waive-damage": facts.DamageWaiverDecided,
    # its own work
    "acknowledge-message": facts.MessageAcknowledged,
    "take-task": facts.TaskAssigned,
    "close-task": facts.TaskClosed,
    "drop-proposal": facts.ProposalDropped,
    # terms, personal data, secrecy
    "accept-terms": facts.TermsAccepted,
    "agree-deviation": facts.DeviationAgreed,
    "amendment-delivered": facts.AmendmentNoticeDelivered,
    "acknowledge-protection": facts.DataProtectionAcknowledged,
    "employees-informed": facts.EmployeesInformed,
    "place-hold": facts.LegalHoldPlaced,
    "lift-hold": facts.LegalHoldLifted,
    "disclose": facts.InformationDisclosed,
}

_PANELS = (
    (facts.DisputeFact, "Disputes"),
    (facts.InvoiceFact, "Money"),
    (OrderFact, "Order, contract, licence"),
    (CaseFact, "Misuse"),
    (Fact, "Facts"),
)
# These are instants: the command takes a day or local time.
_INSTANTS = frozenset({"until", "seen_at"})
# Each signs for himself: who does it is the actor, and nobody gives another's name.
_BY_ACTOR = frozenset(
    {
        (facts.PermanentWithdrawalProposed, "proposed_by"),
        (facts.PermanentWithdrawalApproved, "approved_by"),
        *((model, "decided_by") for model in BY_TWO if model.model_fields["decided_by"].is_required()),
        (facts.TaskAssigned, "to"),
    }
)
# What the fields are that don't say it by their name and their choices.
_WORDS = {
    "business_year": "The business year of its class.",
    "concluded_on": "The day on which the contract was concluded, as 2026-03-30.",
    "address": "An e-mail address, kept apart from the events.",
    "amount": "For example 12500.00 RSD.",
    "applies_from": "The first day it holds for, as 2026-03-30.",
    "bank_offers_it": "Whether the holder's bank can receive them.",
    "banks_online": "Whether the holder uses the internet bank.",
    "contact": "An e-mail address, kept apart from the events.",
    "correct_by": "The last day, as 2026-03-30.",
    "court": "Which; without it the one in Belgrade.",
    "description": "Free text, kept apart from the events.",
    "deviation": "What it is called from now on.",
    "due_on": "The last day to pay, as 2026-03-30.",
    "edition": "The edition of the terms, or the special edition.",
    "email": "Kept apart from the events.",
    "fee": "By the price list, for example 500.00 RSD.",
    "hold": "What it is called.",
    "in_scope": "Whether the error lies with the issuer.",
    "law": "The provision that allows it without a period.",
    "loss": "The ground of the loss, as `certificate why` names it.",
    "net": "Without tax, for example 12500.00 RSD.",
    "new_due": "The new last day, as 2026-03-30.",
    "recipient": "Who it was told to, or the address it went to.",
    "rule": "The rule departed from, for example DNB-4.7.",
    "vat": "The tax, for example 2500.00 RSD.",
    "granted": "Whether it is granted.",
    "lost": "Whether the licence is lost.",
    "name": "Kept apart from the events.",
    "note": "Free text, kept apart from the events.",
    "renewed": "Whether the contract goes on.",
    "proceeding": "The proceeding, as its opening named it.",
    "reason": "Why; kept apart from the events.",
    "reporter": "Who reported it, by name; kept apart from the events.",
    "seen_at": "When it was seen, a day or local time, where that is not the time of the report.",
    "sender": "The address it came from: that of the representative.",
    "signed": "Whether a signature proves the sender.",
    "source": "The fact's source, where its id alone does not tell.",
    "states_class": "Whether it says which class comes next.",
    "states_edition": "Whether it says which edition comes next.",
    "states_expiry": "Whether it says when the term ends.",
    "term": "The number of the term, from 1.",
    "until": "A day (its beginning) or local time.",
    "url": "Where on the web, its saved copy being the evidence; kept apart from the events.",
    "valid_until": "The last day of the running term, as 2026-03-30.",
}
# What a command is about is its argument; signatures are nobody's to give but the actor's.
_UNASKED = frozenset({"order", "case", "fact", "decided_by", "approved_by", "proposed_by"})
_ENOUGH = 8  # letters of an id

On = Annotated[str | None, typer.Option("--on", help="When it holds: a day (from 00:00) or local time; else now.")]
Actor = Annotated[str | None, typer.Option("--actor", help="Who does it (BONITET_ACTOR); not authenticated.")]
Role = Annotated[str | None, typer.Option("--role", help="In which role (BONITET_ROLE); not authenticated.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the events it would write, and write nothing.")]


def execute(
    terminal: Terminal,
    model: type[Fact],
    about: str,
    given: Mapping[str, Any],
    *,
    on: str | None,
    actor: str | None,
    role: str | None,
    dry_run: bool,
) -> int:
    """Bring one fact in, or show what it would bring about; a refusal ends with its rule."""
    who = {name: of for name, of in (("actor", actor), ("role", role)) if of is not None}
    settings = terminal.settings(**who)
    with terminal.system(settings=settings) as system:
        now = system.clock()
        data = {name: of for name, of in given.items() if of is not None and of != []}
        if model is facts.RenewalCancelled:
            on = _as_sent(system, data, on)
        at = instant(system, on) if on else now
        if at > now:
            raise Failure(f"{on} lies ahead, and it is {showing.local(now)}: nothing is observed before it happens")
        subject, order = _whose(system, model, about, data)
        if order is not None:
            data["order"] = order
        if model is facts.FactRetracted:
            data["fact"], data["source"] = _meant(system, subject, data)
        for fact_type, name in _BY_ACTOR:
            if fact_type is model:
                data.setdefault(name, settings.actor)
        for name in _INSTANTS & data.keys():
            told_at = instant(system, data[name])
            if name == "seen_at" and told_at > at:
                raise Failure(f"--seen-at {data[name]} lies after the report: nothing is reported before it is seen")
            data[name] = told_at.isoformat()
        paths = documents.put_hashes(model, data)
        fact = model.model_validate_json(json.dumps(data))
        if not dry_run:
            documents.keep_files(settings, paths)
        names = f"{now.isoformat()} {model.__name__} {subject} {fact.model_dump_json()}"
        envelope = cloud_event(
            subject,
            fact,
            id=str(uuid5(NAMESPACE_URL, f"{SOURCE} {names}")),
            source=SOURCE,
            time=at,
            recordedtime=now,
            actor=settings.actor,
            role=settings.role,
        )
        told, refused = _submitted(system, envelope, dry_run=dry_run)
    _tell(terminal, told, refused, who=f"{settings.actor} ({settings.role}, not authenticated)", dry_run=dry_run)
    return REFUSED if refused else OK


def _submitted(system: System, envelope: CloudEvent, *, dry_run: bool) -> tuple[list[Event], Event | None]:
    if envelope.subject == SCHEME_SUBJECT:
        raise Failure(f"{SCHEME_SUBJECT} is no company: facts about the whole scheme come by `bonitet ingest`")
    try:
        return system.engine.submit(envelope, dry_run=dry_run)
    except ValueError as fault:
        raise Failure(str(fault)) from fault


def instant(system: System, text: str) -> datetime:
    """An instant as it is typed: a day stands for its beginning."""
    if text.strip() == "now":
        return system.clock()
    asked = day_or_instant(text, system.engine.memory.scheme.zone)
    return asked if isinstance(asked, datetime) else midnight(asked, system.engine.memory.scheme.zone)


def _as_sent(system: System, data: dict[str, Any], on: str | None) -> str | None:
    """Take from its message who sent a cancellation, where to and when, unless somebody says (DNB-4.7, GEN-7)."""
    named = str(data.get("message", ""))
    path = Path(named) if named else None
    if data.get("channel", "email") != "email" or path is None:
        return on
    if path.is_file():
        raw = path.read_bytes() if path.stat().st_size <= reading.LONGEST else None
    else:
        known = documents.HASH.fullmatch(named) and documents.kept(system.settings, [named])
        raw = documents.read(system.settings, named) if known else None
    try:
        mail = reading.read(raw or b"", MailSettings(), system.engine.memory.scheme.mailbox)
    except reading.Broken:
        return on
    if mail.sent_at is None:
        return on  # no message as it came in
    for name, of in (("sender", mail.sender), ("recipient", mail.recipient)):
        if of is not None:
            data.setdefault(name, of)
    return on or mail.sent_at.isoformat()


def _whose(system: System, model: type[Fact], about: str, data: Mapping[str, Any]) -> tuple[str, str | None]:
    if not issubclass(model, OrderFact) or "order" in data:
        return (about if about == SCHEME_SUBJECT else company_meant(system, about)), None
    company, slash, order = about.partition("/")
    if not slash:
        company, _, order = certificate_meant(system, about).partition("/")
    return company_meant(system, company), order


def _meant(system: System, subject: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Id and source of the one recorded fact that is to be retracted; of the id its beginning is enough."""
    wanted, source = str(data.get("fact", "")), data.get("source")
    facts_known = {(str(e.fact), str(e.source)) for r in system.store.history(subject) if (e := r.event).fact}
    known = {(fact, its) for fact, its in facts_known if source in {None, its}}
    found = sorted(k for k in known if k[0] == wanted)
    if not found and len(wanted) >= _ENOUGH:
        found = sorted(k for k in known if k[0].startswith(wanted.rstrip("…")))
    if len(found) != 1:
        some = f"may be {', '.join(f'{fact} of {its}' for fact, its in found)}" if found else "is not known"
        raise Failure(f"{subject}: fact {wanted!r} {some}; `bonitet certificate history --json` shows ids and sources")
    return found[0]


def _tell(terminal: Terminal, told: list[Event], refused: Event | None, *, who: str, dry_run: bool) -> None:
    if refused is not None:
        raise refusal(refused, recorded=not dry_run)
    if terminal.json:
        terminal.document({"dry_run": dry_run, "by": who, "events": [telling.event_json(e) for e in told]})
        return
    for event in told:
        if is_proposal(event.data):
            name = proposal_of(event.data, event.order)
            terminal.remark(f"{name} waits for another person, who says the same, or drops it (desk drop-proposal)")
    rows = with_causes([Recorded(number, 0, event) for number, event in enumerate(told, 1)])
    title = "It would write, and wrote nothing" if dry_run else f"Written, by {who}"
    terminal.out.print(telling.events(rows, title=title, width=terminal.out.width))


def refusal(refused: Event, *, recorded: bool) -> Failure:
    """How a command ends that a rule refuses."""
    rule = refused.rule or Rule.GEN_8
    reason = str(getattr(refused.data, "reason", refused.name))
    return Failure(
        f"refused by {rule.value} ({wording(rule)}): {reason}",
        code=REFUSED,
        rule=rule.value,
        wording=wording(rule),
        reason=reason,
        recorded=recorded,
    )


# --- the commands --------------------------------------------------------------------------------------------------


def _verb(model: type[Fact]) -> Callable[..., int]:
    def run(terminal: Terminal, **arguments: Any) -> int:
        about = arguments.pop("about")
        common = {name: arguments.pop(name) for name in ("on", "actor", "role", "dry_run")}
        return execute(terminal, model, about, arguments, **common)

    return run


def _doc(model: type[Fact]) -> str:
    """What the fact is, with the options in the place of its fields."""
    told = (inspect.getdoc(model) or "").replace("`time`", "`on`")
    return re.sub(r"`(\w+)`", lambda field: f"--{field[1].replace('_', '-')}", told)


def _signature(model: type[Fact]) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    about = "RS-12345678/ORDER" if issubclass(model, OrderFact) else "The company."
    metavar = "CERTIFICATE" if issubclass(model, OrderFact) else "COMPANY"
    told = [
        inspect.Parameter("terminal", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        _argument("about", about, metavar),
    ]
    if issubclass(model, CaseFact):
        told.append(_argument("case", "The case.", "CASE"))
    if model is facts.FactRetracted:
        told.append(_argument("fact", "The fact's id, as `certificate history` shows it.", "FACT"))
    told += [_option(model, name) for name in model.model_fields if name not in _UNASKED]
    told += [
        inspect.Parameter(name, keyword, default=default, annotation=annotation)
        for name, default, annotation in (
            ("on", None, On),
            ("actor", None, Actor),
            ("role", None, Role),
            ("dry_run", False, DryRun),
        )
    ]
    return inspect.Signature(told)


def _argument(name: str, says: str, metavar: str) -> inspect.Parameter:
    annotation = Annotated[str, typer.Argument(help=says, metavar=metavar, show_default=False)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)


def _option(model: type[Fact], name: str) -> inspect.Parameter:
    field = model.model_fields[name]
    kind: Any = field.annotation
    if NoneType in get_args(kind):
        kind = next(arg for arg in get_args(kind) if arg is not NoneType)
    flag = f"--{name.replace('_', '-')}"
    required = field.is_required() and (model, name) not in _BY_ACTOR
    says = _WORDS.get(name, "")
    shown: Any = str
    if kind is bool:
        shown, flag = bool, f"{flag}/--no-{name.replace('_', '-')}"
        required = required and model is not facts.RenewalNoticeDelivered
    elif kind is int:
        shown = int
    elif get_origin(kind) is tuple:
        shown, says = list[str], "A document (it is kept by its hash), or a SHA-256; may come several times."
    elif name in FIELDS:
        says = "The document (it is kept by its hash), or its SHA-256."
    elif get_origin(kind) is dict:
        says = 'As JSON, for example {"2023":"AA"}.'
    elif choices := get_args(kind) if get_origin(kind) is Literal else getattr(kind, "__members__", {}).values():
        says = f"One of {', '.join(str(getattr(choice, 'value', choice)) for choice in choices)}."
    elif (model, name) in _BY_ACTOR:
        says = "Who; without it the actor."
    default: Any = None
    if kind is bool:
        default = True if field.is_required() else field.default
    if required:
        default = inspect.Parameter.empty
    if shown is list[str] and not required:
        default = []
    annotated = shown if required or shown in {bool, list[str]} else shown | None
    option = typer.Option(flag, help=says, show_default=False)
    annotation = Annotated[annotated, option]  # type: ignore[valid-type]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def record(
    terminal: Terminal,
    kind: Annotated[str, typer.Argument(help="The fact's name, for example AccountBlocked.", metavar="TYPE")],
    subject: Annotated[str, typer.Argument(help="The company.")],
    *,
    data: Annotated[str, typer.Option("--data", help="What the fact says, as a JSON object.")] = "{}",
    on: On = None,
    actor: Actor = None,
    role: Role = None,
    dry_run: DryRun = False,
) -> int:
    """Bring in any fact, with its data as JSON."""
    model = FACTS.get(kind)
    if model is None:
        raise Failure(f"{kind!r} is no fact; the facts are {', '.join(FACTS)}", code=2)
    try:
        told = json.loads(data)
    except json.JSONDecodeError as fault:
        raise Failure(
            f'--data is not JSON: {fault}; write an object in quotes, \'{{"blockade": "N-1"}}\'', code=2
        ) from None
    if not isinstance(told, dict):
        raise Failure('--data is no JSON object: write \'{"blockade": "N-1"}\'', code=2)
    return execute(terminal, model, subject, told, on=on, actor=actor, role=role, dry_run=dry_run)


def register(app: typer.Typer) -> None:
    """Put these commands into the application."""
    desk = typer.Typer(
        help="What the back office does: orders, notices, misuse, decisions by two people.", no_args_is_help=True
    )
    for name, model in VERBS.items():
        panel = next(title for kind, title in _PANELS if issubclass(model, kind))
        command(desk, name, signature=_signature(model), doc=_doc(model), panel=panel)(_verb(model))
    command(desk, "record", panel="Facts")(record)
    app.add_typer(desk, name="desk", rich_help_panel="Back office")
