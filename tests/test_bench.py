"""The benchmark runs and says what it has to say; how fast anything is belongs to `make bench`, never to a test."""

import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.bench.__main__ import PROCESS_LOG, write
from tests.bench.machine import NoRoom, disk, filesystem
from tests.bench.peers import quix
from tests.bench.plan import ROOT, Measured
from tests.bench.production import processes
from tests.bench.report import Section, markdown, sections
from tests.bench.watch import flatness
from tests.components import kafka, postgres


def bench(*arguments: str, patience: float = 300) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", "--quick", "--facts", "400", "--sample", "60", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False)


def test_a_quick_run_prints_machine_goals_figures_and_memory_and_writes_them_down(tmp_path: Path) -> None:
    docs = tmp_path / "performance.md"
    ran = bench("--only", "embedded", "--docs", str(docs), "--directory", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    told = docs.read_text(encoding="utf-8")
    for title in ("Machine", "Goals", "Side by side", "Memory of an ingest", "Where the library's time goes"):
        assert title in ran.stdout
        assert f"### {title}" in told
    for goal in (
        "at least 10 times the library's own way (sample of the portfolio)",
        "at least 40 % of the raw limit (portfolio)",
        "time per fact at most 1.2 times",
        "peak memory under 500 MB (portfolio",
        "memory flat",
        "rebuild of all projections at 40,000 events/s",
        "one certificate's history in under 10 ms",
        "one certificate's why in under 10 ms",
    ):
        assert f"| {goal}" in told
    assert "left the same read models, row by row (sample of the portfolio)" in told
    assert "other read models" not in told
    assert "0 rejected, 0 parked" in told
    assert ("process log: raw limit" in told) == PROCESS_LOG.is_file()
    assert not list(tmp_path.glob("bonitet-bench-*"))


def test_a_quick_run_on_kafka_and_postgresql_compares_with_peers_and_tells_what_bounds_it(tmp_path: Path) -> None:
    for needed in (kafka.java, kafka.jars, postgres.folder_of_programs, quix.python):
        needed()  # where it is missing the test is left out, and says why
    docs = tmp_path / "performance.md"
    ran = bench("--only", "production", "--docs", str(docs), "--directory", str(tmp_path), patience=900)
    assert ran.returncode == 0, ran.stderr
    told = docs.read_text(encoding="utf-8")
    for title in (
        "Machine and components",
        "Goals of the production form",
        "From Kafka to the read models",
        "What bounds it",
        "Append",
        "Reading the log",
        "Latency",
        "Sizing",
    ):
        assert title in ran.stdout
        assert f"### {title}\n" in told
    for goal in (
        "at least 8 times the library's own way (the same",
        "at least 8 times the library's own way (ours with",
        "times quixstreams, no goal",
        "at least 1.6 times with two workers",
        "42,000 events/s or more in a rebuild by 1 process",
    ):
        assert f"| {goal}" in told
    assert "row by row, were left by the library's own way and quixstreams." in told
    assert "Those of two workers are the same as those of one" in told
    assert "fsync=on, synchronous_commit=on, full_page_writes=on" in told
    for share in ("10%", "50%", "90%"):
        assert f"| {share} |" in told
    assert str(ROOT) not in told
    assert not list(tmp_path.glob("bonitet-bench-*"))


def test_a_process_is_charged_with_what_its_children_have_taken_living_or_not() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass\n"
    beside = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])\n"
    last = f"subprocess.Popen([sys.executable, '-c', {burn + 'input()'!r}])\nprint(flush=True)\nsys.stdin.read()"
    with processes.started("parent", [sys.executable, "-c", beside + last], processes.environment()) as parent:
        assert parent.process.stdout is not None
        parent.process.stdout.readline()
        until = monotonic() + 30
        while (used := processes.cpu({"parent": parent.pid})["parent"]) < 0.55 and monotonic() < until:
            sleep(0.05)
        assert used >= 0.55
        assert processes.highest(parent.pid) > 1
    assert processes.cpu({"parent": parent.pid}) == {"parent": 0.0}


def test_where_the_process_log_is_absent_the_report_says_so() -> None:
    told = sections(Measured(facts={"portfolio": 10, "tenth": 1}, no_log="The process log was not measured."), [])
    assert "The process log was not measured." in markdown(told)


def test_a_profile_names_stages_and_functions_without_naming_this_machine(tmp_path: Path) -> None:
    docs = tmp_path / "performance.md"
    ran = bench("--profile", "--docs", str(docs), "--directory", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    told = docs.read_text(encoding="utf-8")
    assert "### Stages" in told
    assert any(f"| {part}/" in told for part in ("adapters", "domain", "projections"))
    assert str(ROOT) not in told
    assert sys.prefix not in told


def test_what_is_written_by_hand_around_the_figures_stays(tmp_path: Path) -> None:
    docs = tmp_path / "docs" / "performance.md"
    write(docs, "figures", "one")
    docs.write_text(docs.read_text(encoding="utf-8").replace("# Performance", "# By hand") + "\nAfterwards.\n")
    write(docs, "figures", "two")
    write(docs, "profile", "three")
    told = docs.read_text(encoding="utf-8")
    assert told.startswith("# By hand\n")
    assert "one" not in told
    assert told.index("two") < told.index("Afterwards.") < told.index("three")


def test_it_works_on_a_disk_and_never_in_memory() -> None:
    if not Path("/dev/shm").is_dir() or filesystem(Path("/dev/shm")) != "tmpfs":  # noqa: S108 - it is only looked at
        pytest.skip("there is no tmpfs here to refuse")
    with pytest.raises(NoRoom, match="name one by --directory"):
        disk(1, Path("/dev/shm"))  # noqa: S108


def test_it_asks_for_room_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match="GB on a disk are needed"):
        disk(10**18, tmp_path)


def test_memory_is_told_when_a_quarter_a_half_and_all_is_done() -> None:
    assert flatness([(10, 1.0), (20, 2.0), (30, 3.0), (40, 4.0)]) == {"25": 1.0, "50": 2.0, "75": 3.0, "100": 4.0}
    assert flatness([(7, 5.0)]) == dict.fromkeys(("25", "50", "75", "100"), 5.0)
    assert flatness([]) == {}


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    told = markdown([Section("Title", "", ("A", "B"), [("a|b", "1")], frozenset({1}))])
    assert told == "### Title\n\n| A | B |\n| --- | ---: |\n| a\\|b | 1 |"
