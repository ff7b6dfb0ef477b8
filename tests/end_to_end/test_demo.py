"""The demo is the proof: it goes through on both databases, and no rule can be lost without its failing."""

import contextlib
import io
import os
from pathlib import Path

import msgspec
import pytest

from examples import demo
from examples.demo.mail import mail_server
from scheduler import daemon
from states.guards import assembly, meetings, skrivelse
from states.judgement import ROLE_PERMITTED
from states.lifecycle import GUARDS
from workflow.cli import main

ROOT = Path(__file__).parents[2]
SAMPLES = os.environ.get("ARENDE_SAMPLES")
PROGRAMS = {"arende": main.run, "arende-daemon": daemon.answer}
REAL = {
    "hagadal": "seed-1.txt",
    "familjecentraler": "seed-2.txt",
    "barnhalsovard": "seed-3.txt",
    "svar-pa-motion": "seed-4.txt",
    "anhorigstod": "seed-5.txt",
}


def run_here(program, arguments):
    """A program in this process, standing in the demo's directory."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = PROGRAMS[program](arguments)
    return code, printed.getvalue()


@pytest.fixture
def mailbox(tmp_path, monkeypatch):
    """A mail server for the demo, and an empty directory made ready for it."""
    with mail_server() as (mailbox, port):
        demo.prepare(tmp_path, port)
        monkeypatch.chdir(tmp_path)
        yield mailbox


def test_the_demo_goes_through_on_both_databases_and_proves_every_guard(mailbox, tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("ARENDE_DATABASE_URL", database_url)
    story = demo.tell(run_here, tmp_path, mailbox)
    assert story.proved == {ROLE_PERMITTED, *(guard.id for guard in GUARDS)}


@pytest.mark.timeout(900)  # four hundred processes, one after the other
def test_the_demo_goes_through_with_the_installed_programs_in_an_empty_directory(mailbox, tmp_path, capsys):
    demo.tell(demo.real_programs(tmp_path), tmp_path, mailbox)
    screen = (ROOT / "README.md").read_text("utf-8").split("```console\n")[1].split("```")[0]
    assert screen.rstrip() in capsys.readouterr().out


@pytest.mark.parametrize(
    ("guard", "chapter"),
    [
        (skrivelse.PLACEHOLDERS, lambda story: demo.anhorigstod.tell(story, demo.DOCUMENTS)),
        (meetings.JUSTERING_IN_TIME, demo.refusals.tell),
        (assembly.TIE_SETTLED, lambda story: demo.sammantradet.tell(story, demo.YEAR)),
    ],
    ids=["anhorigstod", "refusals", "sammantradet"],
)
def test_the_demo_fails_when_a_guard_is_disabled(guard, chapter, mailbox, tmp_path):
    story = demo.opening(run_here, tmp_path, mailbox)
    check = guard.check
    msgspec.structs.force_setattr(guard, "check", lambda facts, attempt: None)
    try:
        with pytest.raises(demo.UnexpectedError, match="exit code: 0"):
            chapter(story)
    finally:
        msgspec.structs.force_setattr(guard, "check", check)


if SAMPLES:

    def test_the_real_documents_go_the_same_way(mailbox, tmp_path):
        real = {name: Path(SAMPLES or "") / file for name, file in REAL.items()}
        demo.tell(run_here, tmp_path, mailbox, {**demo.DOCUMENTS, **real})
