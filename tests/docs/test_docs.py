"""The pages tell the truth: those made from the code are current, and every command they show exists."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from docs import generate
from scheduler.notifiers.faults import Fault
from states import case_facts
from states.case_facts import (
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    Stage,
    StageRole,
)
from states.duties import DUTIES, ON_OTHER_GROUNDS
from states.guards import Remedy
from states.lifecycle import GUARDS
from states.reminders import Channel, ReminderStatus
from states.roles import Role
from states.swedish_text import NAMES
from tests.command_lines import commands_in, exists, mentions_in, parses
from tests.conftest import PROJECT
from tests.scenarios.reading import all_scenarios
from tests.workflow.cli.office import EXAMPLE, done, furnish
from workflow import case_queries
from workflow.cli.remedies import WRITERS, CommandLines
from workflow.connection import Connection, connect
from workflow.errors import Exit
from workflow.log_files import segments
from workflow.outboxwork import Standing

PAGES = [path for path in (PROJECT / "README.md", *sorted(PROJECT.glob("docs/**/*.md"))) if path.is_file()]
GLOSSARY = (PROJECT / "docs" / "ordlista.md").read_text(encoding="utf-8")
AUDIT_EVENTS = PROJECT / "docs" / "audit_events.md"
INDEPENDENTLY = PROJECT / "docs" / "verify_independently.md"

# --- the pages made from the code -----------------------------------------------------------------


def test_every_generated_page_is_current() -> None:
    assert generate.stale(PROJECT / "docs") == [], "run `make docs`"


def test_every_generated_page_says_that_it_is_generated_and_how() -> None:
    for page in (page for page in generate.PAGES if page.endswith(".md")):
        opening = (PROJECT / "docs" / page).read_text(encoding="utf-8").splitlines()[2]
        assert re.fullmatch(r"> Sidan är skapad ur .+ med `make docs`\. Ändra där, inte här\.", opening), page


def test_the_check_names_the_stale_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate.main([], tmp_path)
    assert generate.main(["--check"], tmp_path) == 0
    (tmp_path / "rules.md").write_text("någon har ändrat", encoding="utf-8")
    (tmp_path / "cli.md").unlink()
    assert generate.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == [
        "docs/cli.md is stale: run `make docs`",
        "docs/rules.md is stale: run `make docs`",
    ]


def test_what_the_rules_page_says_of_exceptions_is_so() -> None:
    known: dict[str, Any] = {guard.id: guard for guard in GUARDS}
    day = date(2024, 4, 18)
    meeting = MeetingFacts(ref="SON 2024-04-18", body="SON", kind=BodyKind.NAMND, on=day, state=MeetingState.PLANERAD)
    late = Attempt(verb="call", on=day)
    for guard in ("kallelse-in-time", "meeting-called"):
        lack = known[guard].check(meeting, late)
        assert (lack.warns, lack.basis.id) == (True, "R-KALLELSE")
    stage = Stage(id="s", ordinal=1, body="SON", kind=BodyKind.NAMND, role=StageRole.BESLUT)
    case = CaseFacts(ref="SON 2023-940", kind=CaseKind.FORVALTNINGSARENDE, state=None, stages=(stage,), current="s")
    forward = Attempt(verb="advance", on=day)
    assert known["proposal-for-next-body"].check(case, forward).warns
    booked = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=day, held=False)
    assert known["mbl-held"].check(case, forward).who is None
    assert known["mbl-held"].check(msgspec.structs.replace(case, mbl=(booked,)), forward).who is Role.HR
    election = msgspec.structs.replace(case, kind=CaseKind.VAL)
    council = MeetingFacts(ref="KF 2024-04-18", body="KF", kind=BodyKind.KF, on=day, state=MeetingState.HALLEN)
    at_council = Stage(id="s", ordinal=1, body="KF", kind=BodyKind.KF, role=StageRole.BESLUT)
    elects = msgspec.structs.replace(election, stages=(at_council,))
    decides = Attempt(verb="decide", on=day, meeting=council)
    assert known["prepared"].check(elects, decides) is None
    assert known["prepared"].check(msgspec.structs.replace(elects, kind=CaseKind.KS_ARENDE), decides) is not None
    asked = Attempt(verb="postpone", on=day, meeting=meeting, minority=True)
    assert known["minority"].check(case, asked).basis.id == "NA-09"
    assert generate.SOMETIMES.keys() == {
        "kallelse-in-time",
        "meeting-called",
        "proposal-for-next-body",
        "mbl-held",
        "prepared",
        "minority",
    }


# --- the commands in the pages --------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_in_a_page_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for check, found in ((parses, commands_in(text)), (exists, mentions_in(text))):
        for line in found:
            try:
                check(line)
            except click.UsageError as error:
                pytest.fail(f"{line}: {error.message}")


@pytest.mark.parametrize(
    "line",
    [
        "arende lst",
        "arende list extra",
        "arende meeting",
        "arende meeting foo",
        "arende show",
        "arende advance SON-2023-940 --to vidare",
        "arende advance SON-2023-940 --date igår",
        "arende list --jsn | head",
        "arende list && arende lst",
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        parses(line)


def test_nothing_is_run_or_printed_when_a_line_is_parsed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parses("arende --config /nowhere/config.toml database upgrade > fil")
    parses("arende meeting take-down KF-2024-05-28 --date 2024-06-25  # på dagen")
    parses("arende --help; arende meeting --help; arende --version")
    assert capsys.readouterr() == ("", "")


def test_commands_are_found_in_blocks_and_in_running_text() -> None:
    page = "Kör `arende show`, inte `arende …`.\n```sh\n$ arende show \\\n    KS-2023-710\nandra ord\n```\n"
    assert commands_in(page) == ["arende show KS-2023-710"]
    assert mentions_in(page) == ["arende show"]
    exists("arende show")
    with pytest.raises(click.UsageError):
        exists("arende sho")


# --- remedies -------------------------------------------------------------------------------------

CASE, MEETING = {"case": "KS 2023-710"}, {"meeting": "KF 2024-05-28"}
ARGS: dict[str, list[dict[str, str]]] = {
    "edit": [
        {**CASE, "Rubrik": "", "Beslutsunderlag": "", "Beslutet skickas till": "", "Diarienummer": ""},
        {**CASE, "Förslag till beslut": "SON"},
        {"case": "id:1a2b3c4d5e6f", "Förslag till beslut": "", "skrivelsen": "", "Ekonomiska konsekvenser": ""},
    ],
    "show": [CASE],
    "mbl.negotiate": [CASE, {**CASE, "paragraph": "38"}],
    "mbl.end": [{**CASE, "paragraph": "11"}],
    "mbl.attest": [CASE],
    "mbl.inform": [CASE],
    "remiss.answer": [{**CASE, "number": "1"}],
    "children.assessed": [CASE],
    "pause.end": [CASE],
    "party.told": [CASE],
    "mbl.not_called_for": [CASE],
    "advance": [CASE, *({**CASE, "to": state} for state in case_facts.State)],
    "close": [CASE],
    "motions.list": [CASE],
    "stage.add": [{**CASE, "body": "KS"}],
    "book": [{**CASE, "body": "KF"}, {**CASE, "body": "SON"}],
    "book.late": [{**CASE, **MEETING}],
    "decide": [{**CASE, **MEETING}],
    "book.council": [CASE],
    "book.report": [CASE],
    "dispatch": [
        CASE,
        {**CASE, "number": "KF 2024-05-28"},
        {**CASE, "to": "Motionärerna"},
        {**CASE, "to": "Region Öst & Väst; \"A\" 'B' $(C)"},
    ],
    "laga_kraft": [{**CASE, **MEETING}, {**CASE, "number": "KF 2024-05-28"}],
    "appeal.forward": [{**CASE, "number": "1"}],
    "meeting.add": [{"body": "KF"}],
    "meeting.announce": [MEETING],
    "meeting.call": [MEETING],
    "meeting.hold": [MEETING],
    "meeting.adjust": [MEETING, {**MEETING, "paragraph": "52"}],
    "meeting.post": [MEETING, {**MEETING, "paragraph": "52"}],
    "meeting.show": [MEETING],
    "meeting.attend": [MEETING],
    "minute.reservation": [{**CASE, **MEETING, "member": "Bo Ek (S)"}],
    "meeting.take_down": [MEETING, {**MEETING, "paragraph": "52"}, {**MEETING, "date": "2024-06-25"}],
    "why": [CASE],
    "watch.done": [{**CASE, "number": "2"}],
    "watch.list": [CASE],
    "mbl.book": [{**CASE, "date": "2024-03-01"}],
    "book.at": [
        {**CASE, "meeting": "KF 2024-05-28", "purpose": "beslut"},
        {**CASE, "meeting": "KF 2024-05-28", "purpose": "anmalan"},
    ],
    "mandate.report": [{**CASE, "number": "2"}],
}
"""What the law, or a deadline, puts into each remedy."""


@pytest.fixture
def lines(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLines]:
    """Writes remedies where fullmäktige has a meeting coming and nobody else has."""
    shutil.copy(migrated_sqlite, tmp_path / "arendegang.db")

    def coming(_: Connection, on: date) -> dict[str, str]:
        return {"KF": "2024-05-28"}

    monkeypatch.setattr(case_queries, "coming_meetings", coming)
    connection = connect(f"sqlite:///{tmp_path / 'arendegang.db'}")
    yield CommandLines(connection, date(2024, 5, 2))
    connection.close()


@pytest.mark.parametrize("code", sorted(ARGS))
def test_the_real_program_parses_every_remedy(code: str, lines: CommandLines) -> None:
    for args in ARGS[code]:
        parses(lines.line(Remedy(code, args)))


def test_every_rule_that_a_scenario_shows_stands_in_the_page_of_rules() -> None:
    page = (PROJECT / "docs" / "rules.md").read_text("utf-8")
    shown = page.partition("## Visas av scenarier")[2].partition("\n## ")[0]
    for scenario in all_scenarios():
        assert all(f"| `{rule}` |" in shown for rule in scenario.rules), scenario.rules
        assert not scenario.rules or scenario.title in shown


def test_every_remedy_of_the_law_has_a_writer_and_every_writer_a_remedy() -> None:
    given = {code for source in (PROJECT / "states").rglob("*.py") for code in _codes_given(source)}
    assert given | {duty.remedy for duty in (*DUTIES.values(), *ON_OTHER_GROUNDS.values())} == WRITERS.keys()
    assert ARGS.keys() == WRITERS.keys()


def _codes_given(source: Path) -> Iterator[str]:
    """The code of every `Remedy(code, …)` in a file; a name is followed to what it was set to."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        known = {
            node.targets[0].id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Remedy":
                yield from _strings(node.args[0], known)


def _strings(node: ast.expr, known: dict[str, ast.expr]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_strings(one, known), *_strings(other, known))
        case ast.Name(id=name) if name in known:
            yield from _strings(known[name], known)
        case _:
            pytest.fail(f"cannot tell which remedy this is: {ast.unparse(node)}")


# --- the log, checked by hand ---------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of several streams, in the directory the page tells to stand in."""
    monkeypatch.chdir(furnish(tmp_path, migrated_sqlite))
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    done("book", "SON-2023-940", "SON-2024-04-18", "--date", "2024-04-03", "--skal", "Svar i tid")
    *_, last = segments(tmp_path / "logg")
    return last


def snippet(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", AUDIT_EVENTS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def by_hand() -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", snippet("python")], capture_output=True, text=True, check=False)


def test_the_page_checks_a_log_by_hand_as_the_program_does(log: Path) -> None:
    head = json.loads(done("audit", "verify", "--json"))["head"]
    lines = sum(len(file.read_bytes().splitlines()) for file in segments(log.parent))
    assert lines > 3
    assert by_hand().stdout == f"{lines} rader håller. Huvud: {head}\n"


def test_the_check_by_hand_finds_a_changed_line(log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b'"case.booked"', b'"case.closed"'))
    answer = by_hand()
    assert answer.returncode != 0
    assert "AssertionError: rad " in answer.stderr


def test_the_shell_alone_gives_the_head_and_checks_the_texts(log: Path) -> None:
    head = json.loads(done("audit", "verify", "--json"))["head"]
    command = ["sh", "-e", "-c", snippet("sh")]
    good = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (good.stdout, good.stderr) == (f"{head}  -\n", "")
    text = next((log.parent / "payloads").glob("*/*.json"))
    text.write_bytes(text.read_bytes() + b" ")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def independently(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the program that a stranger is given, as the page says."""
    (code,) = re.findall(r"```python\n(.*?)```", INDEPENDENTLY.read_text(encoding="utf-8"), re.DOTALL)
    Path("kontrollera.py").write_text(code, encoding="utf-8")
    # -I: nothing of ours is within reach of it.
    command = [sys.executable, "-I", "kontrollera.py", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_stranger_s_program_needs_nothing_of_ours_and_can_be_read_through() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", INDEPENDENTLY.read_text(encoding="utf-8"), re.DOTALL)
    assert code.count("\n") <= 60
    imported = {name.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= sys.stdlib_module_names
    assert "ImportFrom" not in ast.dump(ast.parse(code))


def test_the_stranger_s_program_says_what_ours_says(log: Path) -> None:
    done("audit", "verify", "--save-head", "huvud")
    head = Path("huvud").read_text(encoding="utf-8")
    assert independently("logg").stdout == independently("logg", "huvud").stdout == f"Loggen håller. Huvud: {head}"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))
    told = "ValueError: Loggen har inte kvar raden som antecknades\n"
    assert independently("logg", "huvud").stderr.endswith(told)


def test_the_stranger_s_program_names_the_changed_line(log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b'"case.booked"', b'"case.closed"'))
    answer = independently("logg")
    assert answer.returncode != 0
    assert re.search(rf"ValueError: Rad \d+ \({log.name}\): posten har en annan summa", answer.stderr)


def test_the_page_names_the_fields_of_a_real_line_and_record(log: Path) -> None:
    row = json.loads(log.read_bytes().splitlines()[-1])
    assert row.keys() == generate.ENVELOPE.keys()
    assert row["body"].keys() == generate.FIELDS.keys()


# --- words ----------------------------------------------------------------------------------------

ENUMS: list[type[StrEnum]] = [
    case_facts.State,
    case_facts.MeetingState,
    case_facts.BodyKind,
    case_facts.StageRole,
    case_facts.CaseKind,
    case_facts.MblKind,
    case_facts.Outcome,
    case_facts.MatterOutcome,
    case_facts.Target,
    case_facts.ItemKind,
    case_facts.DelegationKind,
    case_facts.WatchKind,
    case_facts.Purpose,
    case_facts.SendingChannel,
    case_facts.AppealRegime,
    case_facts.AppealCourt,
    case_facts.AppealOutcome,
    case_facts.Seat,
    case_facts.Ballot,
    case_facts.MinuteKind,
    case_facts.Children,
    case_facts.LinkKind,
    case_facts.DocumentKind,
    Channel,
    Fault,
    ReminderStatus,
    Standing,
    Role,
]


@pytest.mark.parametrize("codes", ENUMS, ids=lambda codes: codes.__name__)
def test_every_code_has_a_swedish_name(codes: type[StrEnum]) -> None:
    assert {code.value for code in codes} - NAMES.keys() == set()


def test_no_name_is_for_a_code_that_is_gone() -> None:
    assert NAMES.keys() - {code.value for codes in ENUMS for code in codes} == set()


def test_the_glossary_has_every_code_with_its_name() -> None:
    rows = {cells[1].strip(): cells[2].strip() for cells in _rows(GLOSSARY) if len(cells) == 4}
    assert {code: rows.get(f"`{code}`") for code in NAMES} == NAMES


def _rows(page: str) -> Iterator[list[str]]:
    yield from (line.split("|") for line in page.splitlines() if line.startswith("| `"))


def test_the_glossary_speaks_of_code_that_exists() -> None:
    """Every name in the third column of the terms stands somewhere in the source."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in _sources())
    terms = GLOSSARY.partition("## Codes")[0]
    missing = [name for name in re.findall(r"`([^`]+)`", terms) if name.rpartition(".")[2] not in source]
    assert missing == []


def _sources() -> list[Path]:
    return [path for folder in ("states", "workflow") for path in (PROJECT / folder).rglob("*.py")]


def test_every_exit_code_is_explained() -> None:
    explained: dict[Any, str] = generate.EXIT_TOLD
    page = (PROJECT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert all(f"| {int(code)} | `{code.name}` | {told} |" in page for code, told in explained.items())
    assert explained.keys() == set(Exit)
