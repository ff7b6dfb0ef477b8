"""A case's documents: in the store before a record refers to them, and there for as long as one does."""

import os
import signal
import subprocess
import sys

import msgspec
import pytest

from states.case_facts import CaseKind, DocumentKind, StageRole
from states.judgement import Refused
from states.roles import Office, Role
from tests.conftest import PROJECT, TODAY, make_command
from workflow import (
    audit_journal,
    casework,
    correction,
    document_standing,
    document_store,
    documents,
    documentwork,
    log_exporter,
    log_rebuild,
    purge,
    registration,
    schema,
)
from workflow.connection import EVERYTHING, seen_by
from workflow.document_store import Kept
from workflow.documents import File
from workflow.documentwork import NewDocument
from workflow.errors import AlreadyInError, HiddenError, NotFoundError, UsageError, VerificationFailedError
from workflow.registration import NewCase, Skrivelse
from workflow.use_case import Done

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MAP, LETTER = b"%PDF-1.7 kartan", "Brevet från grannen".encode()


def done(answer):
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def register(desk, number="SON 2026-1", basis=None):
    way = ((desk.bodies.find("SON", TODAY), StageRole.BESLUT),)
    skrivelse = Skrivelse(rubrik="Ett ärende", numbers=(number,))
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way, secrecy=basis)
    return done(registration.register(desk, make_command(reason="Nytt."), new))


def paper(data=MAP, kind=DocumentKind.BILAGA, **words):
    return NewDocument(kind=kind, name="karta.pdf", data=data, **words)


def add(desk, case, document=None, **more):
    return documentwork.add(desk, make_command(), case, document or paper(), **more)


def store(desk):
    return desk.settings.document_directory


def standing(desk, *, thorough=True):
    return document_standing.standing(desk.connection, store(desk), thorough=thorough)


def sha256(data):
    return audit_journal.sha256(data)


def test_a_document_is_kept_and_told_of_by_its_number(desk):
    case = register(desk)
    add(desk, case, paper(LETTER, DocumentKind.INKOMMEN, other="Grannen AB", about="Synpunkter"))
    add(desk, case)
    first, second = documents.view(desk.connection, case)
    assert (first["number"], first["kind"], first["other"], first["about"]) == (
        1,
        "inkommen",
        "Grannen AB",
        "Synpunkter",
    )
    assert (second["number"], second["name"], second["size"]) == (2, "karta.pdf", len(MAP))
    assert document_standing.one(desk, case, 1) == (first, LETTER)
    assert standing(desk) == documents.Standing(kept=2)


@sqlite
def test_the_log_names_no_file_and_nobody(desk):
    case = register(desk)
    add(desk, case, paper(other="Grannen AB", about="Synpunkter"))
    body = str(audit_journal.history(desk.connection, f"case:{case}")[-1])
    assert sha256(MAP) in body
    assert not [word for word in ("karta.pdf", "Grannen", "Synpunkter") if word in body]


def test_the_same_file_is_in_a_case_once_and_in_the_store_once_however_many_cases_have_it(desk):
    one, other = register(desk), register(desk, "SON 2026-2")
    add(desk, one)
    with pytest.raises(AlreadyInError, match="SON 2026-1 har redan handlingen, som nr 1; inget gjordes"):
        add(desk, one)
    add(desk, other)
    assert list(document_store.every(store(desk))) == [sha256(MAP)]
    assert standing(desk) == documents.Standing(kept=1)


@sqlite
def test_a_dry_run_keeps_nothing(desk):
    case = register(desk)
    told = add(desk, case, save=False)
    assert told.notes == ("Handlingen är nr 1 i ärendet (bilaga, 15 byte).",)
    assert documents.view(desk.connection, case) == []
    assert not store(desk).exists()


@sqlite
def test_a_skrivelse_is_for_import(desk):
    with pytest.raises(UsageError, match="arende import"):
        add(desk, register(desk), paper(kind=DocumentKind.SKRIVELSE))
    assert list(document_store.every(store(desk))) == []


@sqlite
def test_what_is_refused_leaves_no_file(desk):
    case = register(desk)
    reader = msgspec.structs.replace(make_command(), offices=(Office(Role.REVISOR),))
    assert isinstance(documentwork.add(desk, reader, case, paper()), Refused)
    assert list(document_store.every(store(desk))) == []


@sqlite
def test_what_is_refused_leaves_a_file_that_was_there_before(desk):
    one, other = register(desk), register(desk, "SON 2026-2")
    add(desk, one)
    reader = msgspec.structs.replace(make_command(), offices=(Office(Role.REVISOR),))
    assert isinstance(documentwork.add(desk, reader, other, paper()), Refused)
    assert standing(desk) == documents.Standing(kept=1)


def test_nobody_adds_to_or_reads_from_a_case_they_may_not_see(desk):
    case = register(desk, basis="OSL 26:1")
    desk.connection.cleared = EVERYTHING
    add(desk, case)
    desk.connection.cleared = seen_by(())
    with pytest.raises(HiddenError):
        add(desk, case, paper(LETTER))
    with pytest.raises(HiddenError):
        document_standing.one(desk, case, 1)
    assert list(document_store.every(store(desk))) == [sha256(MAP)]


def test_a_number_that_was_taken_back_is_not_given_again_and_its_file_stays(desk):
    case = register(desk)
    add(desk, case)
    seq = len(audit_journal.history(desk.connection, f"case:{case}"))
    done(correction.correct(desk, make_command(reason="Fel ärende."), f"case:{case}", seq))
    assert documents.view(desk.connection, case) == []
    assert standing(desk) == documents.Standing(kept=0)
    add(desk, case, paper(LETTER))
    assert [one["number"] for one in documents.view(desk.connection, case)] == [2]
    assert document_store.stands(store(desk), sha256(MAP)) is Kept.WHOLE


@sqlite
def test_a_file_that_is_gone_or_changed_is_found_and_not_handed_out(desk):
    case = register(desk)
    add(desk, case)
    add(desk, case, paper(LETTER))
    document_store.path(store(desk), sha256(MAP)).unlink()
    changed = document_store.path(store(desk), sha256(LETTER))
    changed.write_bytes(LETTER[:-1] + b"x")
    found = documents.Standing(kept=2, missing=(sha256(MAP),), changed=(sha256(LETTER),))
    assert standing(desk) == found
    assert standing(desk, thorough=False) == msgspec.structs.replace(found, changed=())
    changed.write_bytes(LETTER + b"x")
    assert standing(desk, thorough=False) == found
    with pytest.raises(NotFoundError, match="Handlingens fil saknas"):
        document_standing.one(desk, case, 1)
    with pytest.raises(VerificationFailedError, match="ändrad eller skadad"):
        document_standing.one(desk, case, 2)


def test_the_log_alone_tells_the_same_of_the_documents(desk, tmp_path):
    case = register(desk)
    add(desk, case, paper(other="Grannen AB"))
    log_exporter.export(desk.connection, desk.settings.log_directory)
    other = schema.create(f"sqlite:///{tmp_path / 'ur-loggen.db'}")
    log_rebuild.rebuild(desk.settings.log_directory, other)
    assert documents.view(other, case) == documents.view(desk.connection, case)
    other.close()


def test_a_document_from_before_documents_had_numbers_has_its_version_for_one(desk):
    case = register(desk)
    done(
        registration.attach(
            desk, make_command(), case, Skrivelse(rubrik="Nytt", document=File(sha256="a" * 64, name="äldre.docx"))
        )
    )
    desk.connection.run("UPDATE document SET number = NULL, kind = NULL, size = NULL")
    (old,) = documents.view(desk.connection, case)
    assert (old["number"], old["kind"], old["size"], old["name"]) == (1, "skrivelse", None, "äldre.docx")
    add(desk, case)
    assert [one["number"] for one in documents.view(desk.connection, case)] == [1, 2]


# --- gallring ---------------------------------------------------------------------------------------------


def destroyed(desk, case):
    done(casework.withdraw(desk, make_command(reason="Behövs inte."), case))
    done(purge.propose(desk, make_command(), case, "KS 2025-05-14 § 12"))
    other = msgspec.structs.replace(make_command(), actor="p-annan")
    return purge.approve(desk, other, case)


def test_gallring_takes_the_files_that_no_other_case_has(desk):
    case, other = register(desk), register(desk, "SON 2026-2")
    add(desk, case)
    add(desk, case, paper(LETTER))
    add(desk, other)
    approved = destroyed(desk, case)
    assert approved.notes[0].endswith("enligt KS 2025-05-14 § 12, och en handlings fil.")
    assert documentwork.remove_purged(desk) == 1
    assert documentwork.remove_purged(desk) == 0
    assert list(document_store.every(store(desk))) == [sha256(MAP)]
    assert standing(desk) == documents.Standing(kept=1)
    assert [(one["purged"], one["name"]) for one in documents.view(desk.connection, case)] == [(True, "[gallrad]")] * 2
    with pytest.raises(NotFoundError, match="är gallrad"):
        document_standing.one(desk, case, 2)
    (record,) = (
        body for body in audit_journal.history(desk.connection, f"case:{case}") if body["type"] == "case.purged"
    )
    assert record["data"]["documents"] == [sha256(LETTER)]


@sqlite
def test_gallring_takes_the_file_of_what_was_taken_back_too(desk):
    case = register(desk)
    add(desk, case)
    seq = len(audit_journal.history(desk.connection, f"case:{case}"))
    done(correction.correct(desk, make_command(reason="Fel."), f"case:{case}", seq))
    destroyed(desk, case)
    documentwork.remove_purged(desk)
    assert list(document_store.every(store(desk))) == []


@sqlite
def test_a_file_that_comes_in_again_after_gallring_stays(desk):
    case, other = register(desk), register(desk, "SON 2026-2")
    add(desk, case)
    destroyed(desk, case)
    documentwork.remove_purged(desk)
    add(desk, other)
    assert documentwork.remove_purged(desk) == 0
    assert standing(desk) == documents.Standing(kept=1)


# --- killed in the middle ---------------------------------------------------------------------------------

KILLED = (
    "import os, signal, sys\n"
    "from tests.conftest import settings_for\n"
    "from pathlib import Path\n"
    "from workflow import documentwork\n"
    "from workflow.connection import connect\n"
    "from workflow.desk import Desk\n"
    "settings = settings_for(sys.argv[1], Path(sys.argv[2]))\n"
    "with documentwork.kept(Desk(connect(settings.database_url), settings), sys.argv[3].encode()):\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
)


@sqlite
def test_whoever_is_killed_before_the_record_leaves_a_file_that_is_found_and_can_be_taken_in(desk):
    case = register(desk)
    words = [desk.settings.database_url, str(desk.settings.directory), MAP.decode()]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert standing(desk) == documents.Standing(kept=0, strays=(sha256(MAP),))
    add(desk, case)
    assert standing(desk) == documents.Standing(kept=1)
