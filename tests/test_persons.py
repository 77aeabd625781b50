"""What is kept of a company's people, and its erasure: the texts are gone for good, and the events are as they were."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters import documents, persons
from adapters.cli import opening
from adapters.cli.app import app
from adapters.intake import aside
from adapters.main import System
from adapters.persons import NotKept
from adapters.settings import Settings
from adapters.store import postgres, private
from domain import facts
from domain.events import Event
from domain.identity import SCHEME_SUBJECT
from tests.installation import (
    COMPANY,
    KEY,
    NOW,
    OTHER,
    THIRD,
    installation,
    names,
    registration,
    rejects,
    rows,
    take_in,
    waiting,
    wire,
)

ANA, EMAIL, NOTE = "Ana Anić", "ana.anic@textil.example", "Seen on the van of Petar Petrović"
PRIVATE = (
    wire("RepresentativeNamed", "2024-01-11", data={"order": "N-1", "name": ANA, "email": EMAIL}),
    wire("RepresentativeNamed", "2024-02-11", data={"order": "N-2", "name": ANA, "email": EMAIL}),
    wire(
        "MisuseReported",
        "2024-03-04",
        data={"case": "C-1", "kind": "alteration", "evidence": ["0" * 64], "note": NOTE},
    ),
)
# Set aside: without a name, and of the same number without its register's code.
BROKEN = wire("RepresentativeNamed", "2024-01-12", name="broken", data={"order": "N-1", "email": EMAIL})
BARE = wire("RepresentativeNamed", "2024-01-13", name="bare", subject="00000001", data={"order": "N-1", "name": ANA})
OTHERS = wire("RepresentativeNamed", "2024-01-12", subject=OTHER, name="broken", data={"order": "N-1", "name": "Iva"})
RETRACTION = wire("FactRetracted", "2024-04-01", data={"fact": "unknown", "reason": f"{ANA} was wrong"})


@pytest.fixture(name="place", params=["file", "postgresql"])
def _place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where the installation is kept, in each of the databases."""
    where: Path | str = tmp_path / "a.sqlite3" if request.param == "file" else request.getfixturevalue("database")
    return where


@pytest.fixture(name="system")
def _system(place: Path | str, tmp_path: Path) -> Iterator[System]:
    with installation(place, evidence=tmp_path / "evidence") as system:
        take_in(system, registration(), registration(OTHER), *PRIVATE, BROKEN, BARE, OTHERS)
        take_in(system, wire("RepresentativeNamed", "2024-05-01", subject=OTHER, data={**IVA, "order": "N-1"}))
        assert len(rejects(system)) == 3
        yield system


IVA = {"name": "Iva", "email": "iva@other.example"}


def erase(system: System, subject: str = COMPANY, *references: str) -> tuple[dict[str, Any], Event | None]:
    erasure = persons.to_erase(system, subject, references)
    told = persons.receipt(system, erasure, "she asked for it", system.clock())
    return told, persons.erase(system, erasure, told)


def texts(system: System, subject: str = COMPANY) -> set[str]:
    with system.store.reading() as c:
        return set(private.texts(c, subject).values())


def payloads(system: System) -> bytes:
    with system.store.reading() as c:
        rejected, parked = aside.rejects(c, state=None), aside.waiting(c, state=None)
    return b"".join([*(row.payload for row in rejected), *(row.payload for row in parked)])


# --- what is kept --------------------------------------------------------------------------------------------------


def test_each_text_is_told_with_its_fact_its_field_and_since_when(system: System) -> None:
    kept = persons.texts_of(system, COMPANY)
    assert [(k.kind, k.field, k.since.date().isoformat(), k.text) for k in kept] == [
        ("RepresentativeNamed", "name", "2024-01-11", ANA),
        ("RepresentativeNamed", "email", "2024-01-11", EMAIL),
        ("RepresentativeNamed", "name", "2024-02-11", ANA),
        ("RepresentativeNamed", "email", "2024-02-11", EMAIL),
        ("MisuseReported", "note", "2024-03-04", NOTE),
    ]
    assert {k.fact for k in kept[:2]} == {"RepresentativeNamed-2024-01-11"}
    assert kept[0].reference == kept[2].reference
    assert {k.text for k in persons.texts_of(system, OTHER)} == {"Iva", "iva@other.example"}


def test_lines_set_aside_that_mention_the_company_are_told_with_it(system: System) -> None:
    take_in(system, RETRACTION, source="another source")
    lines = persons.lines_of(system, COMPANY)
    assert [(line.table, line.state) for line in lines] == [
        ("rejected", "open"),
        ("rejected", "open"),
        ("parked", "waiting"),
    ]
    assert [json.loads(line.text)["id"] for line in lines] == ["broken", "bare", "FactRetracted-2024-04-01"]
    assert [line.number for line in persons.lines_of(system, OTHER)] == [3]
    assert persons.lines_of(system, "RS-90000012") == []


def test_a_short_number_stands_for_a_company_only_with_its_register() -> None:
    mentions = persons._mentions("US-CIK-123").search  # noqa: SLF001 - what counts as a mention
    assert mentions(b'"subject":"US-CIK-123"')
    assert not mentions(b'"amount":123')
    assert not mentions(b"US-CIK-1234")
    assert persons._mentions("RS-12345678").search(b"MB 12345678.")  # noqa: SLF001


# --- erasure -------------------------------------------------------------------------------------------------------


def test_what_is_erased_is_gone_and_every_event_is_as_it_was(system: System) -> None:
    before = system.store.history(COMPANY)
    others, models = system.store.history(OTHER), rows(system)
    told, refused = erase(system)
    assert refused is None
    assert (told["entries"], len(told["texts"]), len(told["lines"])) == (5, 3, 2)
    assert texts(system) == set()
    assert texts(system, OTHER) == {"Iva", "iva@other.example"}
    assert (persons.texts_of(system, COMPANY), persons.lines_of(system, COMPANY)) == ([], [])
    left = payloads(system).decode()
    assert ANA not in json.dumps(left, ensure_ascii=False)
    assert EMAIL not in left
    assert "Iva" in left
    after = system.store.history(COMPANY)
    assert after[:-1] == before
    assert system.store.history(OTHER) == others
    assert system.store.digest(), "every chain can still be followed"
    erased = after[-1].event
    assert (erased.data, erased.actor) == (facts.PersonErased(receipt=told["receipt"], entries=5), "desk")
    now = rows(system)
    assert [name for name in models if now[name] != models[name]] == ["audit"]
    system.engine.projections.rebuild()
    assert rows(system) == now


def test_without_the_event_that_tells_of_it_the_log_is_that_of_an_installation_that_erased_nothing(
    system: System, tmp_path: Path
) -> None:
    before = system.store.digest()
    erase(system)
    assert system.store.digest() != before
    with installation(tmp_path / "copy.sqlite3") as copy:
        for subject in (SCHEME_SUBJECT, COMPANY, OTHER):
            for recorded in system.store.history(subject):
                if not isinstance(recorded.event.data, facts.PersonErased):
                    _write(copy, recorded.event)
        assert copy.store.digest() == before


def _write(system: System, event: Event) -> None:
    from adapters.intake.work import Work  # noqa: PLC0415
    from domain.recording import Learned  # noqa: PLC0415

    work = Work()
    system.engine.memory.load([event.subject])
    known = system.engine.memory.known[event.subject]
    work.take(known, Learned(known.dossier, (event,)))
    system.store.append(
        work.stored,
        read=(system.store.last_position(), set()),
        moved=(),
        also=(),
        unless=(aside.QUEUED_OF, ()),
    )


def test_facts_come_in_as_before_after_an_erasure(system: System) -> None:
    erase(system)
    assert take_in(system, *PRIVATE, source="again").repeated == len(PRIVATE)
    assert texts(system) == set(), "a repeat brings nothing back"
    signed = wire("RenewalCancelled", "2024-06-01", data={"order": "N-1", "sender": EMAIL})
    assert take_in(system, signed, source="later").recorded == 1
    assert texts(system) == {EMAIL}, "a new fact does"


def test_what_came_in_twice_under_one_number_is_not_kept_again(system: System) -> None:
    erase(system)
    take_in(system, registration(), registration(OTHER), *PRIVATE, BROKEN, BARE, OTHERS)
    assert EMAIL not in payloads(system).decode()


def test_only_what_is_named_is_erased(system: System) -> None:
    (note,) = [kept.reference for kept in persons.texts_of(system, COMPANY) if kept.field == "note"]
    told, _ = erase(system, COMPANY, note)
    assert (told["entries"], texts(system)) == (1, {ANA, EMAIL})
    (email,) = {kept.reference for kept in persons.texts_of(system, COMPANY) if kept.field == "email"}
    told, _ = erase(system, COMPANY, email)
    assert told["lines"] == [{"kind": "rejected", "number": 1}], "the line that holds the address, and no other"
    assert texts(system) == {ANA}
    with pytest.raises(NotKept, match="nothing is kept under"):
        persons.to_erase(system, COMPANY, [email])


def test_a_text_is_found_in_a_line_that_is_no_json_and_behind_escapes(system: System) -> None:
    escaped = json.dumps({"subject": COMPANY, "who": [ANA, 5, None]}).encode()
    assert b"\\u0107" in escaped
    take_in(system, escaped, f"{COMPANY}: {ANA.upper()}".encode(), source="others")
    (name,) = {kept.reference for kept in persons.texts_of(system, COMPANY) if kept.field == "name"}
    told, _ = erase(system, COMPANY, name)
    assert {line["number"] for line in told["lines"]} == {2, 4, 5}


def test_a_legal_hold_refuses_it_and_nothing_is_erased(system: System) -> None:
    hold = wire("LegalHoldPlaced", "2024-06-01", data={"hold": "H-1", "reason": "a claim of Petar"})
    take_in(system, hold, source="hold")
    kept = texts(system), payloads(system)
    _, refused = erase(system)
    assert refused is not None
    assert (refused.name, refused.rule) == ("ErasureRefused", "X-18")
    assert names(system)[-1] == "CommandRefused"
    assert (texts(system), payloads(system)) == kept
    take_in(system, wire("LegalHoldLifted", "2024-07-01", data={"hold": "H-1"}), source="lifted")
    _, refused = erase(system)
    assert refused is None
    assert texts(system) == set()


def test_a_parked_fact_that_waits_is_not_taken_away_and_once_given_up_it_is(system: System) -> None:
    take_in(system, RETRACTION, source="another source")
    with pytest.raises(ValueError, match=r"parked facts: release or drop them first \(bonitet parked\)"):
        erase(system)
    assert EMAIL in texts(system)
    (parked,) = waiting(system)
    system.engine.drop(COMPANY, parked.number, f"{ANA} said so")
    told, _ = erase(system)
    assert {"kind": "parked", "number": parked.number} in told["lines"]
    with system.store.reading() as c:
        (gone,) = aside.waiting(c, state=None)
    assert (gone.payload, gone.reason, gone.note, gone.state) == (b"", "erased", None, "erased")


def test_what_was_set_aside_of_a_company_that_nobody_registered_is_erased_as_well(system: System) -> None:
    take_in(system, wire("MisuseReported", subject=THIRD, data={"case": "C"}), source="third")
    told, refused = erase(system, THIRD)
    assert refused is None
    assert (told["entries"], names(system, THIRD)) == (1, ["PersonErased"])
    assert take_in(system, registration(THIRD), source="registered at last").recorded == 1
    assert system.engine.memory.dossier(THIRD).company.name == "Textil"


def test_the_receipt_tells_what_was_erased_but_not_its_text(system: System) -> None:
    told, _ = erase(system)
    assert told["receipt"] == persons.receipt_hash(told)
    assert {text["field"] for text in told["texts"]} == {"name", "email", "note"}
    assert (told["by"], told["role"], told["authenticated"]) == ("desk", "back-office", False)
    written = json.dumps(told, ensure_ascii=False)
    assert not [text for text in (ANA, EMAIL, NOTE) if text in written]
    anybody = json.dumps(
        {name: value for name, value in told.items() if name != "receipt"},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert hashlib.sha256(anybody.encode()).hexdigest() == told["receipt"]


# --- documents -----------------------------------------------------------------------------------------------------


def agreed(subject: str, order: str, evidence: str, at: str = "2024-06-01") -> bytes:
    name = f"{order}-{evidence[:8]}"
    return wire("ConsensusRecorded", at, subject=subject, name=name, data={"order": order, "evidence": evidence})


@pytest.fixture(name="kept")
def _kept(system: System) -> tuple[str, str]:
    """A document of this company alone, and one that another company's fact names too."""
    own, common = (documents.keep(system.settings, content) for content in (b"a mail of Ana", b"the terms"))
    told = (agreed(COMPANY, "N-7", own), agreed(COMPANY, "N-8", common), agreed(OTHER, "N-7", common))
    take_in(system, *told, source="documents")
    return own, common


def test_documents_go_unless_another_company_s_facts_rest_on_them(system: System, kept: tuple[str, str]) -> None:
    own, common = kept
    named = f"ConsensusRecorded N-7-{own[:8]}"
    assert [(d.digest, d.shared) for d in persons.documents_of(system, COMPANY)] == [(own, False), (common, True)]
    assert persons.documents_of(system, COMPANY)[0].facts == (named,)
    before = system.store.history(COMPANY)
    told, refused = erase(system)
    assert refused is None
    assert (told["documents"], told["documents_of_others_too"], told["entries"]) == ([own], [common], 6)
    assert documents.read(system.settings, own) is None
    assert documents.read(system.settings, common) == b"the terms"
    after = system.store.history(COMPANY)
    assert after[:-1] == before
    assert getattr(after[-1].event.data, "documents", None) == (own,)
    assert [d.digest for d in persons.documents_of(system, COMPANY)] == [common]
    assert documents.read(system.settings, common) is not None


def test_a_legal_hold_keeps_documents_too(system: System, kept: tuple[str, str]) -> None:
    hold = {"hold": "H-1", "reason": "a claim"}
    take_in(system, wire("LegalHoldPlaced", "2024-07-01", data=hold), source="hold")
    _, refused = erase(system)
    assert refused is not None
    assert documents.read(system.settings, kept[0]) is not None


def test_of_documents_only_those_named_are_erased(system: System, kept: tuple[str, str]) -> None:
    with system.store.reading() as c:
        reference = next(r for r, text in private.texts(c, COMPANY).items() if text == NOTE)
    told, _ = erase(system, COMPANY, reference)
    assert (told["documents"], documents.read(system.settings, kept[0])) == ([], b"a mail of Ana")
    told, _ = erase(system, COMPANY, kept[0])
    assert (told["documents"], told["texts"], told["entries"]) == ([kept[0]], [], 1)


def test_a_document_that_comes_again_after_its_erasure_is_kept_and_erased_again(
    system: System, kept: tuple[str, str]
) -> None:
    own, _ = kept
    erase(system)
    documents.keep(system.settings, b"a mail of Ana")
    assert persons.left_over(system, COMPANY) == [own]  # nothing names it since
    take_in(system, agreed(COMPANY, "N-9", own, "2024-08-01"), source="again")
    assert persons.left_over(system, COMPANY) == []
    assert erase(system)[0]["documents"] == [own]


def test_what_is_left_by_an_interruption_is_taken_away_unless_others_need_it(
    system: System, kept: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, _ = kept
    with monkeypatch.context() as interrupted:
        interrupted.setattr(documents, "erase", lambda _settings, _digests: None)
        erase(system)
    assert persons.left_over(system, COMPANY) == [own]
    assert persons.to_erase(system, COMPANY).documents == []
    take_in(system, agreed(OTHER, "N-9", own, "2024-08-01"), source="others")
    assert persons.left_over(system, COMPANY) == []


def test_two_erasures_at_once_do_not_both_claim_the_same(
    place: Path | str, system: System, kept: tuple[str, str]
) -> None:
    with installation(place, evidence=system.settings.evidence) as other:
        both = [persons.to_erase(each, COMPANY) for each in (system, other)]
        told = [persons.receipt(system, erasure, f"run {n}", NOW) for n, erasure in enumerate(both)]
        assert told[0]["documents"] == told[1]["documents"] == [kept[0]]
        assert persons.erase(other, both[1], told[1]) is None
        with pytest.raises(NotKept, match="somebody else has erased some of it meanwhile"):
            persons.erase(system, both[0], told[0])
    assert names(system).count("PersonErased") == 1
    left = persons.to_erase(system, COMPANY)
    assert left.entries == 0


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("only", ["texts", "lines", "documents"])
def test_whatever_is_gone_meanwhile_is_not_claimed_again(system: System, only: str) -> None:
    erasure = persons.to_erase(system, COMPANY)
    erase(system)
    nothing: dict[str, Any] = {"rows": (), "lines": (), "documents": ()}
    part = {"texts": "rows", "lines": "lines", "documents": "documents"}[only]
    again = replace(erasure, **{**nothing, part: getattr(erasure, part)})
    assert again.entries
    with pytest.raises(NotKept, match="somebody else"):
        persons.erase(system, again, persons.receipt(system, again, "again", NOW))


def test_a_line_that_mentions_two_companies_is_claimed_by_one_receipt(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(system, wire("MisuseReported", name="both", data={"case": f"of {OTHER}"}), source="both")
    one, two = (persons.to_erase(system, subject) for subject in (COMPANY, OTHER))
    assert {line.number for line in one.lines} & {line.number for line in two.lines}
    persons.erase(system, one, persons.receipt(system, one, "one", NOW))
    monkeypatch.setattr(persons, "_check", lambda _system, _erasure: None)  # it looked before the other had written
    with pytest.raises(NotKept, match="somebody else"):
        persons.erase(system, two, persons.receipt(system, two, "two", NOW))
    assert "PersonErased" not in names(system, OTHER)
    assert "iva@other.example" in texts(system, OTHER)


# --- nothing is left in what the database has freed ------------------------------------------------------------------


def test_neither_the_file_nor_its_log_holds_what_was_erased(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    files = (path, path.with_name("a.sqlite3-wal"))

    def anywhere(*texts: str) -> set[str]:
        held = b"".join(file.read_bytes() for file in files if file.exists())
        return {text for text in texts if text.encode() in held or json.dumps(text)[1:-1].encode() in held}

    long = "A long note. " * 500
    many = [
        wire(
            "MisuseReported",
            name=f"f-{n}",
            data={"case": f"C-{n}", "kind": "alteration", "evidence": ["0" * 64]} | note,
        )
        for n in range(300)
        for note in [{"note": f"{long}{n}"}]
    ]
    secrets = (ANA, EMAIL, NOTE, long[:30])
    with installation(path) as system:
        take_in(system, registration(), registration(OTHER), *PRIVATE, *many, BROKEN)
    assert anywhere(*secrets) == set(secrets)
    size = path.stat().st_size
    with installation(path) as system:
        erase(system)
    with closing(sqlite3.connect(path)) as careless:  # some builds clean the pages that they free by themselves
        careless.execute("PRAGMA secure_delete=OFF")
        careless.execute("INSERT INTO private VALUES ('ref:1', '', '', '', ?)", (NOTE,))
        careless.execute("DELETE FROM private")
        careless.commit()
    assert anywhere(*secrets) == {NOTE}
    with installation(path) as system:
        assert system.store.scrub() is None
        assert anywhere(*secrets) == set()
        assert path.stat().st_size < size
        assert system.store.digest()


def test_a_reader_in_another_process_is_named_who_keeps_the_log_from_being_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with installation(path) as system, installation(path) as other:
        take_in(system, registration(), *PRIVATE)
        with other.store.reading() as reader:
            reader.exec_driver_sql("BEGIN")
            reader.exec_driver_sql("SELECT count(*) FROM private").one()
            erase(system)
            with system.store.reading() as c:
                c.exec_driver_sql("PRAGMA busy_timeout=50")
            assert "in use by another process" in str(system.store.scrub())
            reader.exec_driver_sql("ROLLBACK")
        assert system.store.scrub() is None


def test_in_postgresql_no_page_of_the_table_holds_what_was_erased(database: str) -> None:
    def pages() -> str:
        with system.store.transaction() as c:
            c.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pageinspect")
            size = c.exec_driver_sql("SELECT pg_relation_size('private') / 8192").scalar_one()
            told = "SELECT encode(get_raw_page('private', %s), 'escape')"
            return "".join(c.exec_driver_sql(told, (n,)).scalar_one() for n in range(size))

    with installation(database) as system:
        take_in(system, registration(), registration(OTHER))
        take_in(system, wire("RepresentativeNamed", subject=OTHER, data={**IVA, "order": "N-1"}), source="other")
        take_in(system, *PRIVATE, BROKEN, source="last")
        erase(system)
        assert EMAIL in pages(), "deleted alone, the page still holds it"
        assert system.store.scrub() is None
        assert EMAIL not in pages()
        assert IVA["email"] in pages()


def test_in_postgresql_who_hinders_it_is_named(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_FOR", 1)
    with installation(database) as system:
        with system.store.transaction() as reader:
            reader.exec_driver_sql("SELECT count(*) FROM private").one()
            assert "another session uses the tables" in str(system.store.scrub())
        stranger = f"stranger_{database.rpartition('/')[2]}"
        with system.store.transaction() as c:
            c.exec_driver_sql(f"CREATE ROLE {stranger}")
        system.store._conninfo["options"] = f"-c role={stranger}"  # type: ignore[attr-defined]  # noqa: SLF001
        assert "do it as the tables' owner" in str(system.store.scrub())


# --- the commands --------------------------------------------------------------------------------------------------

Bonitet = Callable[..., Result]


@pytest.fixture(name="bonitet")
def _bonitet(place: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bonitet:
    """The command line on an installation with people, on 1 July 2026."""
    with installation(place) as system:
        take_in(system, registration(), registration(OTHER), *PRIVATE, BROKEN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(opening, "clock", lambda: NOW)
    monkeypatch.setenv("BONITET_DATABASE", Settings(database=str(place)).database)
    monkeypatch.setenv("BONITET_KEY", KEY)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, given: str = "") -> Result:
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_export_shows_all_of_it_to_people_and_to_programs(bonitet: Bonitet) -> None:
    shown = bonitet("person", "export", COMPANY)
    assert shown.exit_code == 0
    assert EMAIL in shown.stdout
    assert "rejected 1" in shown.stdout
    told = [json.loads(line) for line in bonitet("person", "export", COMPANY, "--json").stdout.splitlines()]
    assert [row["kind"] for row in told] == [*["RepresentativeNamed"] * 4, "MisuseReported", "rejected"]
    assert told[1]["text"] == EMAIL
    assert told[1]["since"] == "2024-01-11T01:00:00+01:00"
    assert bonitet("person", "export", OTHER).stdout == f"nothing is kept of the people of {OTHER}\n"


def test_erase_asks_first_and_leaves_a_receipt_whose_hash_is_in_the_history(bonitet: Bonitet, tmp_path: Path) -> None:
    arguments = ("person", "erase", COMPANY, "--reason", "she asked", "--receipt", "receipt.json", "--actor", "ana")
    declined = bonitet(*arguments, given="n\n")
    assert declined.exit_code == 1
    assert "3 texts and 1 lines set aside, 1 of which could still be corrected" in declined.stderr
    assert not (tmp_path / "receipt.json").exists()
    done = bonitet(*arguments, given="y\n")
    assert done.exit_code == 0, done.output
    assert "4 entries erased; the receipt is receipt.json" in done.stderr
    assert "backups" in done.stderr
    receipt = json.loads((tmp_path / "receipt.json").read_text("utf-8"))
    assert (receipt["entries"], receipt["by"], receipt["reason"]) == (4, "ana", "she asked")
    with installation(Settings().database if "://" in Settings().database else Path(Settings().database)) as system:
        (event,) = [r.event for r in system.store.history(COMPANY) if r.event.name == "PersonErased"]
    assert event.data == facts.PersonErased(receipt=receipt["receipt"], entries=4)
    again = bonitet(*arguments)
    assert again.exit_code == 0
    assert f"nothing is kept of the people of {COMPANY}" in again.stderr
    assert bonitet("doctor").exit_code == 0


@pytest.mark.parametrize("place", ["file"], indirect=True)
def test_documents_are_exported_and_erased_with_a_word_on_those_that_stay(bonitet: Bonitet, place: Path) -> None:
    for name, content in (("mail.eml", b"a mail of Ana"), ("terms.pdf", b"the terms")):
        Path(name).write_bytes(content)
    for subject, case, name in (
        (COMPANY, "M-7", "mail.eml"),
        (COMPANY, "M-8", "terms.pdf"),
        (OTHER, "M-7", "terms.pdf"),
    ):
        told = ("desk", "report-misuse", subject, case, "--kind", "alteration", "--evidence", name)
        assert bonitet(*told).exit_code == 0
    rows_told = [json.loads(line) for line in bonitet("person", "export", COMPANY, "--json").stdout.splitlines()]
    assert [row["of_others_too"] for row in rows_told if row["kind"] == "document"] == [False, True]
    assert "facts of others name it too: it stays" in bonitet("person", "export", COMPANY).stdout
    erased = bonitet("person", "erase", COMPANY, "--reason", "she asked", "--receipt", "receipt.json", given="y\n")
    assert "and 1 documents of" in erased.stderr
    assert "1 documents stay: facts of others rest on them too" in erased.stderr
    assert len(list(place.with_name(f"{place.name}.evidence").iterdir())) == 1
    assert bonitet("doctor").exit_code == 0


def test_a_program_says_yes_and_gets_the_receipt_as_the_answer(bonitet: Bonitet) -> None:
    arguments = ("person", "erase", COMPANY, "--reason", "she asked", "--json")
    unsure = bonitet(*arguments)
    assert (unsure.exit_code, json.loads(unsure.stderr)["code"]) == (2, 2)
    receipt = json.loads(bonitet(*arguments, "--yes").stdout)
    assert receipt["receipt"] == persons.receipt_hash(receipt)


def test_a_refused_erasure_ends_with_4_names_its_rule_and_leaves_no_receipt(bonitet: Bonitet, tmp_path: Path) -> None:
    assert bonitet("desk", "place-hold", COMPANY, "--hold", "H-1", "--reason", "a claim").exit_code == 0
    arguments = ("person", "erase", COMPANY, "--reason", "she asked", "--receipt", "receipt.json", "--yes")
    refused = bonitet(*arguments)
    assert refused.exit_code == 4
    assert "refused by X-18" in refused.stderr
    assert "legal hold H-1" in refused.stderr
    assert not (tmp_path / "receipt.json").exists()
    assert EMAIL in bonitet("person", "export", COMPANY).stdout


def test_what_waits_names_the_way_out(bonitet: Bonitet, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_bytes(RETRACTION + b"\n")
    assert bonitet("ingest", "more.jsonl").exit_code == 3
    arguments = ("person", "erase", COMPANY, "--reason", "she asked", "--yes")
    assert bonitet(*arguments).exit_code == 1
    held = bonitet(*arguments, "--receipt", "receipt.json")
    assert held.exit_code == 1
    assert "release or drop them first (bonitet parked)" in held.stderr
    assert not (tmp_path / "receipt.json").exists()
    assert bonitet("parked", "drop", COMPANY, "1", "--reason", "not for us").exit_code == 0
    assert bonitet(*arguments).exit_code == 0


def test_wrong_usage_of_erase_is_told(bonitet: Bonitet, tmp_path: Path) -> None:
    assert bonitet("person", "erase", COMPANY, "--reason", " ").exit_code == 2
    unknown = bonitet("person", "erase", COMPANY, "--reason", "x", "--yes", "--reference", "ref:0")
    assert (unknown.exit_code, "nothing is kept under 'ref:0'" in unknown.stderr) == (1, True)
    (tmp_path / "receipt.json").write_text("mine")
    taken = bonitet("person", "erase", COMPANY, "--reason", "x", "--yes", "--receipt", "receipt.json")
    assert (taken.exit_code, (tmp_path / "receipt.json").read_text()) == (1, "mine")
    assert EMAIL in bonitet("person", "export", COMPANY).stdout


def test_of_a_company_that_nobody_registered_lines_are_exported_and_erased(bonitet: Bonitet, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_bytes(wire("MisuseReported", subject=THIRD, data={"case": "C"}) + b"\n")
    assert bonitet("ingest", "more.jsonl").exit_code == 3
    assert THIRD in bonitet("person", "export", THIRD, "--json").stdout
    assert bonitet("person", "erase", THIRD, "--reason", "x", "--yes").exit_code == 0
    assert bonitet("person", "export", THIRD).exit_code == 1
    assert bonitet("person", "export", "nobody").exit_code == 1


@pytest.mark.parametrize("place", ["file"], indirect=True)
def test_where_freed_pages_could_not_be_cleaned_it_says_so(bonitet: Bonitet, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.store.store import FileStore  # noqa: PLC0415

    monkeypatch.setattr(FileStore, "scrub", lambda _: "somebody reads")
    result = bonitet("person", "erase", COMPANY, "--reason", "x", "--yes")
    assert result.exit_code == 1
    assert "freed pages of the database may still hold it: somebody reads; then run this again" in result.stderr
