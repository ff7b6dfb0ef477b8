"""What reads documents reaches no network, changes no file and starts no program but its own few."""

import ctypes
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workflow.document_intake import child as children
from workflow.document_intake import confinement
from workflow.document_intake.child import Child
from workflow.document_intake.confinement import Closed
from workflow.document_intake.interface import ReadText
from workflow.document_intake.tasks import Task, Work

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what denies it to other than Python")


@pytest.fixture(scope="module")
def attempt() -> Iterator[Callable[[str], str]]:
    """Tries something in a child, and tells what came of it."""
    with pytest.MonkeyPatch.context() as patch, Child() as child:
        work = Work("tests.workflow.document_intake.misbehaving:attempt", ReadText)
        patch.setattr(children, "WORK", {Task.TEXT: work})
        patch.setenv("ARENDE_HEMLIGHET", "x")
        yield lambda what: child.ask(Task.TEXT, what.encode()).text


@pytest.mark.parametrize(
    "what",
    ["socket", "name", "program /bin/true", "system true", "fork", "open {new}", "append {file}", "remove {file}"],
)
def test_python_is_denied(attempt: Callable[[str], str], tmp_path: Path, what: str) -> None:
    assert attempt(_with_paths(what, tmp_path)) == "PermissionError"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@ON_LINUX
@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("libc-socket", "Operation not permitted"),
        ("libc-io_uring", "Operation not permitted"),
        ("libc-open {new}", "Permission denied"),
        ("libc-open {file}", "Permission denied"),
        ("libc-remove {file}", "Permission denied"),
        ("libc-rename {file}", "Permission denied"),
        ("libc-truncate {file}", "Permission denied"),
    ],
)
def test_the_kernel_denies_it_to_what_is_not_python(
    attempt: Callable[[str], str], tmp_path: Path, what: str, answer: str
) -> None:
    assert attempt(_with_paths(what, tmp_path)) == answer
    assert [path.read_text() for path in tmp_path.iterdir()] == ["as it was"]


def test_what_is_thrown_away_may_be_written(attempt: Callable[[str], str]) -> None:
    assert attempt(f"append {os.devnull}") == "done"
    assert attempt(f"libc-open {os.devnull}") == "done"


def test_nothing_of_ours_is_in_its_environment(attempt: Callable[[str], str]) -> None:
    settings = {"LC_ALL", "LC_CTYPE", "MALLOC_TRIM_THRESHOLD_", "OMP_THREAD_LIMIT", "PATH", "TESSDATA_PREFIX"}
    assert set(attempt("environment").split()) <= settings


@ON_LINUX
def test_what_the_kernel_has_closed_is_told() -> None:
    with Child() as child:
        assert child.closed() == Closed(writing=True, network=True)


def test_a_machine_whose_calls_are_not_known_is_not_said_to_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert not confinement.closes_network(ctypes.CDLL(None))


def _with_paths(what: str, directory: Path) -> str:
    (directory / "file").write_text("as it was")
    return what.format(file=directory / "file", new=directory / "new")
