"""The demo is the proof: it goes through on both databases, and no rule can be lost without its failing."""

import contextlib
import importlib.util
import io
import os
from pathlib import Path

import msgspec
import pytest

from states.lifecycle import GUARDS
from workflow.cli import main

ROOT = Path(__file__).parents[2]
SAMPLES = os.environ.get("ARENDE_SAMPLES")


def _demo():
    spec = importlib.util.spec_from_file_location("demo", ROOT / "examples" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


demo = _demo()


@pytest.fixture
def run_here(tmp_path, monkeypatch):
    """`arende` in this process, standing in an empty directory with the demo's configuration."""
    demo.prepare(tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(arguments):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = main.run(arguments)
        return code, printed.getvalue()

    return run


def test_the_demo_goes_through_on_both_databases(run_here, tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("ARENDE_DATABASE_URL", database_url)
    demo.tell(run_here, tmp_path)


def test_the_demo_goes_through_with_the_installed_program_in_an_empty_directory(tmp_path, capsys):
    demo.prepare(tmp_path)
    demo.tell(demo.real_program(tmp_path), tmp_path)
    screen = (ROOT / "README.md").read_text("utf-8").split("```console\n")[1].split("```")[0]
    assert screen.rstrip() in capsys.readouterr().out


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.id)
def test_the_demo_fails_when_a_guard_is_disabled(guard, run_here, tmp_path, capsys):
    check = guard.check
    msgspec.structs.force_setattr(guard, "check", lambda facts, attempt: None)
    try:
        with pytest.raises(demo.UnexpectedError):
            demo.tell(run_here, tmp_path)
    finally:
        msgspec.structs.force_setattr(guard, "check", check)


if SAMPLES:

    def test_the_real_documents_go_the_same_way(run_here, tmp_path):
        samples = Path(SAMPLES or "")
        demo.tell(run_here, tmp_path, answer=samples / "seed-4.txt", skrivelse=samples / "seed-5.txt")
