"""The operators' log can neither fail nor hold up a command, and says nothing of anybody."""

import fcntl
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workflow.cli.office import EXAMPLE, arende, done, furnish
from workflow import event_log
from workflow.errors import Exit

ARENDE = str(Path(sys.executable).with_name("arende"))
REGISTER = ("register", "--kind", "motion", "--rubrik", "Motion", "--dnr", "KS 2023-710")
FORK = multiprocessing.get_context("fork")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- places where nothing can be written ----------------------------------------------------------


def a_full_disk(place: Path) -> None:
    place.symlink_to("/dev/full")


def a_directory(place: Path) -> None:
    place.mkdir()


def a_link_to_itself(place: Path) -> None:
    place.symlink_to(place)


def a_file_where_its_directory_should_be(place: Path) -> None:
    place.parent.rmdir()
    place.parent.touch()


def a_directory_that_is_closed(place: Path) -> None:
    place.parent.chmod(0o500)


def a_pipe_that_nobody_reads(place: Path) -> None:
    os.mkfifo(place)


def a_pipe_that_is_full(place: Path) -> int:
    os.mkfifo(place)
    reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(place, os.O_WRONLY | os.O_NONBLOCK)
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    assert os.write(writer, b"x" * 4096) == 4096
    os.close(writer)
    return reader


PLACES: list[tuple[Callable[[Path], int | None], str]] = [
    (a_full_disk, "disken är full"),
    (a_directory, "det är en katalog"),
    (a_link_to_itself, "länken leder tillbaka till sig själv"),
    (a_file_where_its_directory_should_be, "det finns redan något annat med det namnet"),
    (a_directory_that_is_closed, "behörighet saknas"),
    (a_pipe_that_nobody_reads, "det är ett rör som ingen läser ur"),
    (a_pipe_that_is_full, "det är ett rör som är fullt"),
]


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, whose operators' log is to be `drift/drift.jsonl`."""
    monkeypatch.chdir(tmp_path)
    furnish(tmp_path, migrated_sqlite)
    settings = tmp_path / "config.toml"
    text = settings.read_text(encoding="utf-8").replace("logg/drift.jsonl", "drift/drift.jsonl")
    settings.write_text(text, encoding="utf-8")
    (tmp_path / "drift").mkdir(mode=0o700)
    return tmp_path


def as_a_process(*words: str, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """A real command. Root without what lets it pass by permissions; it would be killed if it waited."""
    powerless = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*powerless, ARENDE, *words],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=without_python_settings(),
        text=True,
        timeout=60,
        check=False,
    )


def without_python_settings() -> dict[str, str]:
    """What is written is kept for a while before it goes out, as everywhere but here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.mark.parametrize(("spoil", "reason"), PLACES, ids=[spoil.__name__ for spoil, _ in PLACES])
def test_a_command_is_done_wherever_the_operators_log_is(
    office: Path, spoil: Callable[[Path], int | None], reason: str
) -> None:
    place = office / "drift" / "drift.jsonl"
    reader = spoil(place)
    answer = as_a_process(*REGISTER)
    assert (answer.returncode, answer.stdout) == (Exit.DONE, "Klart: KS 2023-710: kommunfullmäktige.\n")
    assert answer.stderr == f"Driftloggen {place} kunde inte skrivas ({reason}). Kommandot är utfört ändå.\n"
    assert "KS 2023-710" in as_a_process("list").stdout
    if reader is not None:
        os.close(reader)


def closed() -> Iterator[int]:
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def full() -> Iterator[int]:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("standard_error", [closed, full])
def test_a_complaint_that_reaches_nobody_keeps_its_exit_code(
    tmp_path: Path, standard_error: Callable[[], Iterator[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for descriptor in standard_error():
        assert as_a_process("list", stderr=descriptor).returncode == Exit.ENVIRONMENT


@pytest.mark.parametrize("standard_error", [closed, full])
def test_a_command_is_done_though_nobody_can_be_told(office: Path, standard_error: Callable[[], Iterator[int]]) -> None:
    a_full_disk(office / "drift" / "drift.jsonl")
    for descriptor in standard_error():
        assert as_a_process(*REGISTER, stderr=descriptor).returncode == Exit.DONE
    assert "KS 2023-710" in as_a_process("list").stdout


def test_a_command_is_done_without_a_standard_error(office: Path) -> None:
    a_full_disk(office / "drift" / "drift.jsonl")
    answer = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", ARENDE, *REGISTER],
        env=without_python_settings(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (Exit.DONE, b"")
    assert "KS 2023-710" in as_a_process("list").stdout


def test_a_value_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event_log.command_finished(tmp_path / "drift.jsonl", event="said twice")
    assert "drift.jsonl kunde inte skrivas (TypeError)." in capsys.readouterr().err


# --- files that are moved away or emptied ---------------------------------------------------------


def test_a_log_that_is_moved_away_goes_on_in_a_new_file(tmp_path: Path) -> None:
    log, old = tmp_path / "drift.jsonl", tmp_path / "drift.jsonl.1"
    event_log.command_finished(log, command="before")
    log.rename(old)
    event_log.command_finished(log, command="after")
    assert [[line["command"] for line in lines(path)] for path in (old, log)] == [["before"], ["after"]]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_log_that_is_copied_and_emptied_goes_on_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "drift.jsonl"
    event_log.command_finished(log, command="before")
    shutil.copy(log, tmp_path / "drift.jsonl.1")
    os.truncate(log, 0)
    event_log.command_finished(log, command="after")
    assert [line["command"] for line in lines(log)] == ["after"]


def test_a_file_that_was_made_for_it_keeps_its_rights(tmp_path: Path) -> None:
    log = tmp_path / "drift.jsonl"
    log.touch()
    log.chmod(0o640)
    event_log.reminders_handled(log, [{"outcome": "sent"}])
    assert log.stat().st_mode & 0o777 == 0o640
    assert lines(log) == [{"event": "reminder_handled", "level": "info", "outcome": "sent"}]


def test_a_pipe_that_is_read_gets_the_line(tmp_path: Path) -> None:
    pipe = tmp_path / "drift.fifo"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    event_log.command_finished(pipe, command="list")
    assert json.loads(os.read(reader, 4096))["command"] == "list"
    os.close(reader)


# --- whole lines ----------------------------------------------------------------------------------


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    log, writers, each = tmp_path / "drift.jsonl", 4, 200

    def write(writer: int) -> None:
        for number in range(each):
            event_log.command_finished(log, writer=writer, number=number, words="å" * (number * 37 % 3000))

    processes = [FORK.Process(target=write, args=(writer,)) for writer in range(writers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = [(line["writer"], line["number"]) for line in lines(log)]
    assert sorted(found) == [(writer, number) for writer in range(writers) for number in range(each)]


UP_TO_A_LIMIT = """
import resource, sys
from pathlib import Path
from workflow import event_log
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
for number in range(20):
    event_log.command_finished(Path(sys.argv[1]), number=number)
"""


def test_a_line_that_there_is_half_room_for_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "drift.jsonl"
    answer = subprocess.run([sys.executable, "-c", UP_TO_A_LIMIT, str(log)], capture_output=True, text=True, check=True)
    written = lines(log)
    assert log.read_bytes().endswith(b"}\n")
    assert [line["number"] for line in written] == list(range(len(written)))
    assert len(answer.stderr.splitlines()) == 20 - len(written) > 0
    event_log.command_finished(log, number=20)
    assert lines(log) == [*written, {"event": "command_finished", "level": "info", "number": 20}]


# --- ids and codes only ---------------------------------------------------------------------------

CANARY = "Kanarie"
WRITTEN = (
    "register --kind motion --dnr KS_2030-1 --rubrik X",
    "edit KS-2030-1 --mottagare X --underlag X --att KF=X",
    "edit KS-2030-1 --rubrik X --skal X",
    "mbl KS-2030-1 --ej-pakallad --vem X --skal X",
    "watch add KS-2030-1 --senast 2040-01-31 --text X",
    "watch snooze KS-2030-1 1 --till 2039-01-31 --skal X",
    "advance SON-2023-940 --skal X",
    "close KS-2030-1 --skal X",
    "meeting add KS 2041-01-31 --skal X",
    "withdraw KS-2030-1 --skal X",
)
"""Commands with somebody's own words, X; those that are refused are written down too."""
FIELDS = {"event", "level", "command", "command_id", "actor", "role", "event_date", "recorded_at", "outcome"}
MORE = {"done": {"stream", "state"}, "refused": {"guards"}}


def test_nobodys_words_are_in_it(office: Path) -> None:
    skrivelse = office / "skrivelse.txt"
    skrivelse.write_text(EXAMPLE.read_text(encoding="utf-8").replace("hembesök", CANARY), encoding="utf-8")
    assert CANARY in done("import", str(skrivelse), "--date", "2024-04-03") + done("show", "SON-2023-940")
    for line in WRITTEN:
        answer = arende(*(word.replace("_", " ").replace("X", CANARY) for word in line.split()))
        assert answer.code in (Exit.DONE, Exit.REFUSED), (line, answer)
    log = office / "drift" / "drift.jsonl"
    assert len(lines(log)) == len(WRITTEN) + 1
    assert {line["outcome"] for line in lines(log)} == MORE.keys()
    assert [line for line in lines(log) if line.keys() != FIELDS | MORE[str(line["outcome"])]] == []
    assert CANARY not in log.read_text(encoding="utf-8")
