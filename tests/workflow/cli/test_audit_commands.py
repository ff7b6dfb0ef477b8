"""`arende audit verify`, `tail` and `show`: what a revisor runs, and what they never need or print."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.cli.office import EXAMPLE, Answer, arende, done
from tests.workflow.cli.test_cold_start import HEAVY, modules
from workflow import log_exporter, log_reader
from workflow.audit_journal import sha256
from workflow.connection import connect
from workflow.errors import Exit
from workflow.log_files import PAYLOADS, segments

CASE, MEETING = "SON-2023-940", "SON-2024-04-18"
RUBRIK = "Svar på motion"


@pytest.fixture
def log(office: Path) -> Path:
    """The directory of a log of some records, in an office that knows them."""
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    done("book", CASE, MEETING, "--date", "2024-04-03", "--skal", "Svar i tid")
    done("edit", CASE, "--mottagare", "Föreningen Ett", "--date", "2024-04-03")
    return office / "logg"


@pytest.fixture
def segmented(log: Path, office: Path) -> Path:
    """The same log in a directory of its own, a line in each segment."""
    with contextlib.closing(connect(f"sqlite:///{office / 'arendegang.db'}")) as connection:
        with connection.writing():
            connection.run("DROP TRIGGER IF EXISTS log_line_keep_delete")
            for name in triggers(connection):
                connection.run(f"DROP TRIGGER {name}")
            connection.run("DELETE FROM log_line")
        shutil.rmtree(log)
        log_exporter.export(connection, log, 1)
    return log


def triggers(connection: Any) -> list[str]:
    rows = connection.run("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_line'")
    return [row["name"] for row in rows]


def lines_of(log: Path) -> list[bytes]:
    return b"".join(path.read_bytes() for path in segments(log)).splitlines()


def told(answer: Answer, code: Exit) -> str:
    """What a command said, on whichever side, with a certain exit code."""
    assert answer.code == code, answer
    return answer.out + answer.err


# --- verify -----------------------------------------------------------------------------------------


def test_a_log_that_holds_is_told_with_its_head_and_how_to_note_it(log: Path) -> None:
    lines = lines_of(log)
    head = f"{len(lines)} {sha256(lines[-1])}"
    text = done("audit", "verify")
    texts = len(list(log.rglob("*.json")))
    assert text.startswith(f"Loggen håller: {len(lines)} rader och {texts} texter i {log}.\nHuvud: {head}\n")
    assert "--save-head FIL" in text
    assert "--head FIL" in text


def test_a_head_is_saved_and_the_log_held_against_it(log: Path, office: Path) -> None:
    assert "Huvudet är antecknat i huvud;" in done("audit", "verify", "--save-head", "huvud")
    count = len(lines_of(log))
    assert (office / "huvud").read_text() == f"{count} {sha256(lines_of(log)[-1])}\n"
    done("edit", CASE, "--mottagare", "Föreningen Två", "--date", "2024-04-03")
    assert f"Rad {count}, som antecknades förut, står kvar som den var." in done("audit", "verify", "--head", "huvud")


def test_the_answer_in_json_serves_as_a_head(log: Path, office: Path) -> None:
    (office / "huvud.json").write_text(done("audit", "verify", "--json"), encoding="utf-8")
    assert json.loads(done("audit", "verify", "--head", "huvud.json", "--json"))["whole"]


def test_a_log_that_has_been_cut_since_its_head_was_noted_is_found(log: Path, office: Path) -> None:
    done("audit", "verify", "--save-head", "huvud")
    file = segments(log)[-1]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    for path in log.rglob("*.json"):
        if path.stem.encode() in lines[-1]:
            path.unlink()
    done("audit", "verify")
    text = told(arende("audit", "verify", "--head", "huvud"), Exit.VERIFICATION_FAILED)
    assert "Loggen är kortare än när huvudet antecknades" in text
    answer = arende("audit", "verify", "--head", "huvud", "--json")
    view = json.loads(told(answer, Exit.VERIFICATION_FAILED))
    assert (view["whole"], len(view["faults"])) == (False, 1)


def test_no_head_is_saved_of_a_log_that_does_not_hold(log: Path, office: Path) -> None:
    done("audit", "verify", "--save-head", "huvud")
    before = (office / "huvud").read_bytes()
    file = segments(log)[-1]
    file.write_bytes(file.read_bytes().replace(b"case.booked", b"case.bokked"))
    text = told(arende("audit", "verify", "--save-head", "huvud"), Exit.VERIFICATION_FAILED)
    assert "håller INTE" in text
    assert "Huvud" not in text
    assert (office / "huvud").read_bytes() == before


def test_a_head_that_cannot_be_saved_or_read_is_told(log: Path) -> None:
    where = "finns-inte/huvud"
    assert "kunde inte skrivas" in told(arende("audit", "verify", "--save-head", where), Exit.ENVIRONMENT)
    assert "kan inte läsas" in told(arende("audit", "verify", "--head", where), Exit.USAGE)
    assert "inget antecknat huvud" in told(arende("audit", "verify", "--head", "config.toml"), Exit.USAGE)


def test_a_fault_is_told_with_its_line_and_file(segmented: Path) -> None:
    file = segments(segmented)[2]
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b'"v":1', b'"v":2'))
    text = told(arende("audit", "verify"), Exit.VERIFICATION_FAILED)
    assert f"  ✗ Rad 3 ({file.name}, rad 1): innehållet stämmer inte med sin kontrollsumma." in text


def test_what_could_not_be_verified_is_told(segmented: Path, office: Path) -> None:
    shutil.copy(segments(segmented)[2], office / "utdrag.jsonl")
    text = " ".join(done("audit", "verify", "utdrag.jsonl").split())
    assert "Loggen börjar här på rad 3; det som kom före är inte kontrollerat." in text
    assert "Loggen håller: 1 rader och 0 texter i utdrag.jsonl. Huvud: 3 " in text
    count = len(list(segmented.rglob("*.json")))
    shutil.rmtree(segmented / PAYLOADS)
    assert f"Texterna följde inte med; {count} st. är inte kontrollerade.\n" in done("audit", "verify")


def test_texts_that_a_later_segment_may_have_purged_are_told_of(segmented: Path) -> None:
    file = next(path for path in segments(segmented) if json.loads(path.read_bytes())["body"]["payloads"])
    gone = json.loads(file.read_bytes())["body"]["payloads"]
    for digest in gone:
        (segmented / PAYLOADS / digest[:2] / f"{digest}.json").unlink()
    assert f"{len(gone)} texter finns inte. Är de gallrade" in done("audit", "verify", str(file))
    assert "finns inte, och ingen senare post" in " ".join(arende("audit", "verify").out.split())


def test_a_log_that_is_not_there_is_not_found(office: Path) -> None:
    for line in ("audit verify", "audit verify .", "audit verify finns-inte.jsonl", "audit tail", "audit show 1"):
        assert "Det finns ingen logg i " in told(arende(*line.split()), Exit.NOT_FOUND)


class Terminal(io.StringIO):
    """Where somebody looks."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_only_where_somebody_looks(log: Path) -> None:
    screen = Terminal()
    with contextlib.redirect_stdout(screen):
        from workflow.cli.main import run

        assert run(["audit", "verify"]) == Exit.DONE
    assert "\x1b[" in screen.getvalue()
    assert "Loggen håller" in screen.getvalue()
    assert "\x1b" not in done("audit", "verify")
    screen = Terminal()
    with contextlib.redirect_stdout(screen):
        run(["audit", "verify", "--json"])
    assert json.loads(screen.getvalue())["whole"]


# --- tail -------------------------------------------------------------------------------------------


def test_the_last_records_are_told_in_a_line_each_with_the_names_people_use(log: Path) -> None:
    lines = done("audit", "tail", "-n", "3").splitlines()
    assert [line.split()[0] for line in lines] == ["3", "4", "5"]
    assert "SON 2024-04-18: Ett sammanträde planerades, 2024-01-08" in lines[0]
    assert "SON 2023-940: Ärendet sattes på en föredragningslista, 2024-04-03" in lines[1]
    assert "SON 2023-940: Rubrik, diarienummer, handläggare, mottagare, underlag eller förslag ändrades" in lines[2]
    body = json.loads(lines_of(log)[-1])["body"]
    assert all(f"  {body['actor']} (" in line for line in lines)


def test_without_a_database_the_last_records_are_told_by_their_streams(log: Path, office: Path) -> None:
    (office / "arendegang.db").rename(office / "borta.db")
    streams = [json.loads(line)["body"]["stream"] for line in lines_of(log)]
    lines = done("audit", "tail").splitlines()
    assert [stream for stream, line in zip(streams, lines, strict=True) if f"  {stream}: " not in line] == []
    assert not (office / "arendegang.db").exists()


def test_the_last_records_in_json_are_their_bodies(segmented: Path) -> None:
    bodies = [json.loads(line)["body"] for line in lines_of(segmented)]
    assert json.loads(done("audit", "tail", "-n", "2", "--json")) == bodies[-2:]
    assert json.loads(done("audit", "tail", "-n", "99", "--json")) == bodies


def test_a_last_line_that_is_none_of_ours_is_told_and_the_others_shown(log: Path) -> None:
    file = segments(log)[-1]
    file.write_bytes(file.read_bytes() + b"\x1b[31mhej\n")
    lines = done("audit", "tail", "-n", "2").splitlines()
    assert lines[0].startswith("5  ")
    assert lines[1] == "?  raden är inte läsbar JSON. Kör: arende audit verify"
    assert json.loads(done("audit", "tail", "-n", "1", "--json")) == [{"fault": "raden är inte läsbar JSON."}]


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
def test_lines_are_found_from_the_end_however_much_is_read_at_a_time(
    segmented: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(log_reader, "BLOCK", block)
    lines = lines_of(segmented)
    for count in range(1, len(lines) + 2):
        assert log_reader.last_lines(segmented, count) == lines[-count:]
    last = segments(segmented)[-1]
    last.write_bytes(last.read_bytes() + b'{"torn')
    assert log_reader.last_lines(segmented, 2) == lines[-2:]


# --- show -------------------------------------------------------------------------------------------


def test_everything_on_a_line_is_shown(log: Path) -> None:
    line = json.loads(lines_of(log)[3])
    text = done("audit", "show", "4")
    assert text.startswith(f"Rad 4 i {segments(log)[-1].name}: Ärendet sattes på en föredragningslista.\n")
    assert f"SON 2023-940 ({line['body']['stream']})" in text
    assert "onsdag 3 april 2024" in text
    assert "    SON 2024-04-18, version 1\n" in text
    for value in (line["sha256"], line["prev_line"], line["body"]["prev"], *line["body"]["payloads"]):
        assert value in text
    for _, table, row in line["body"]["changes"]:
        assert f"{table}, {row['id']}" in text.replace("\n      ", " ")


def test_a_line_in_json_is_the_line_itself(segmented: Path) -> None:
    for number, line in enumerate(lines_of(segmented), 1):
        assert json.loads(done("audit", "show", str(number), "--json")) == json.loads(line)


def test_a_line_that_is_not_there_is_not_found(log: Path) -> None:
    count = len(lines_of(log))
    assert f"har ingen rad {count + 1}." in told(arende("audit", "show", str(count + 1)), Exit.NOT_FOUND)
    assert "inget tal från 1" in told(arende("audit", "show", "0"), Exit.USAGE)


def test_a_line_is_found_although_others_have_been_harmed(segmented: Path) -> None:
    for place in (0, 3):
        file = segments(segmented)[place]
        file.chmod(0o600)
        file.write_bytes(b"hej\n" + file.read_bytes().replace(b'"v":1', b'"v": 1'))
    assert done("audit", "show", "2").startswith("Rad 2 ")
    assert "raden står inte i sin enda" in told(arende("audit", "show", "1"), Exit.VERIFICATION_FAILED)


def test_neither_names_nor_texts_are_printed(log: Path) -> None:
    texts = b"".join(path.read_bytes() for path in log.rglob("*.json")).decode()
    secrets = ("Föreningen Ett", "Svar i tid")
    assert all(secret in texts for secret in secrets)
    printed = done("audit", "tail", "-n", "99") + done("audit", "tail", "-n", "99", "--json")
    for number in range(1, len(lines_of(log)) + 1):
        printed += done("audit", "show", str(number)) + done("audit", "show", str(number), "--json")
    assert [secret for secret in secrets if secret in printed] == []


# --- cold start -------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["audit verify", "audit tail", "audit show 1"])
def test_a_revisor_s_command_loads_only_what_it_needs(log: Path, line: str) -> None:
    loaded = modules(*line.split())
    assert {name.partition(".")[0] for name in loaded} & (HEAVY | {"multiprocessing"}) == set()
    assert len(loaded) <= 240
