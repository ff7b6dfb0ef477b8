"""The command line from outside: what it answers when something is wrong, and what it never prints."""

import json
import os
import pwd
import re
import shutil
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from docs import generate
from tests.conftest import PROJECT
from tests.workflow.cli.office import ENGLISH, EXAMPLE, Answer, arende, done
from workflow import casework
from workflow.cli.main import COMMANDS, VERSION
from workflow.errors import (
    ArendeError,
    ChangedMeanwhileError,
    EnvironmentFaultError,
    Exit,
    NotFoundError,
    OutcomeUnknownError,
    UsageError,
    VerificationFailedError,
)
from workflow.harmless_text import HIDDEN
from workflow.log_files import segments

NOBODY = 65534


def assert_told(answer: Answer, code: Exit, *parts: str) -> None:
    """One line of Swedish on standard error and nothing else."""
    assert answer.code == code, answer
    assert answer.out == ""
    assert answer.err.endswith("\n")
    assert answer.err.count("\n") == 1
    assert not ENGLISH.search(answer.err), answer.err
    for part in parts:
        assert part in answer.err


# --- help -----------------------------------------------------------------------------------------

HELPS = [context.command_path.split()[1:] for context in generate.contexts()]


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_every_command_has_help_in_swedish(words: list[str]) -> None:
    text = done(*words, "--help")
    assert text.startswith(f"Användning: {' '.join(['arende', *words])} [FLAGGOR]")
    assert "Visa den här hjälpen." in text
    assert not ENGLISH.search(text), text


@pytest.mark.parametrize("context", list(generate.contexts()), ids=lambda context: context.command_path)
def test_every_command_and_flag_is_explained_in_a_sentence(context: click.Context) -> None:
    told = [context.command.help, *(p.help for p in context.command.params if isinstance(p, click.Option))]
    assert [text for text in told if not (text and re.match(r"[A-ZÅÄÖa-zåäö]", text) and text[-1] in ".…")] == []


def test_help_without_a_command_is_the_programs_own(office: Path) -> None:
    assert done() == done("--help")


def test_the_first_help_lists_every_command_and_each_exists() -> None:
    listed = re.findall(r"^  ([a-z-]+)  ", done("--help").partition("Kommandon:")[2], re.MULTILINE)
    assert listed == list(COMMANDS)
    assert {words[0] for words in HELPS if words} == COMMANDS.keys()


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (VERSION, done("--version")) == (project["version"], f"arende {VERSION}\n")


# --- usage ----------------------------------------------------------------------------------------

USAGE = [
    ("lst", "Kommandot lst finns inte. Menade du list? Se: arende --help"),
    ("it's", "Kommandot it's finns inte. Se: arende --help"),
    ("meeting take_down KS-2024-05-14", "Menade du take-down? Se: arende meeting --help"),
    (
        "meeting",
        "Ange vilket kommando: add, adjust, agenda, announce, appealable, attend, board-down, call, cancel, close, "
        "dispatch, hold, import, list, move, plan, post, show, take-down.",
    ),
    ("list --jsn", "Flaggan --jsn finns inte. Menade du --json? Se: arende list --help"),
    ("-x", "Flaggan -x finns inte. Se: arende --help"),
    ("list --state", "Flaggan --state behöver ett värde. Se: arende list --help"),
    ("list --json=ja", "Flaggan --json tar inget värde. Se: arende list --help"),
    ("--as", "Flaggan --as behöver ett värde. Se: arende --help"),
    ("show", "ÄRENDE saknas. Se: arende show --help"),
    ("book", "ÄRENDE SAMMANTRÄDE saknas. Se: arende book --help"),
    ("refer SON-2023-940 KS-2024-05-14", "Flaggan --to saknas. Se: arende refer --help"),
    ("list extra ord", "Det blev för många ord på raden: extra ord. Se: arende list --help"),
    ("advance SON-1 --to nämnd", "Flaggan --to: nämnd finns inte. Menade du namnd? Välj bland draft, mbl, namnd, ks,"),
    ("graph --format bild", "Flaggan --format: bild finns inte. Välj bland mermaid, dot, svg."),
    ("mbl SON-1 --forhandling 99", "Flaggan --forhandling: 99 finns inte. Välj bland 10, 11, 12, 13, 14, 21, 38."),
    ("meeting hold KS-2024-05-14 --first 0", "Flaggan --first: ”0” är inget tal från 1 till 9999."),
    ("meeting adjust KS-2024-05-14 --paragraf två", "Flaggan --paragraf: ”två” är inget tal från 1 till 9999."),
    ("show SON-1 --date 2024-05-14", "Flaggan --date finns inte."),
    ("why SON-1 --date 14/5", "Flaggan --date: ”14/5” är inget datum; skriv ÅÅÅÅ-MM-DD, till exempel 2024-05-14."),
    ("why SON-1 --date 2024-W20-2", "Flaggan --date: ”2024-W20-2” är inget datum"),
    ("why SON-1 --date 0224-05-14", "Flaggan --date: 0224-05-14 ligger utanför åren 1900–2999."),
    ("todo --dagar 99999999999999999999", "Flaggan --dagar: ”99999999999999999999” är inget tal från 1 till 9999."),
    ("why SON-1 --date 2024-02-30", "Flaggan --date: ”2024-02-30” är inget datum"),
    ("read finns-inte.txt", "finns-inte.txt: Filen kan inte läsas (den finns inte). Kontrollera namnet."),
    ("read .", ".: Det är en katalog, inte en fil. Ange en fil i den."),
]


@pytest.mark.parametrize(("line", "told"), USAGE, ids=[line for line, _ in USAGE])
def test_what_cannot_be_used_is_told_in_one_swedish_line(line: str, told: str) -> None:
    assert_told(arende(*line.split()), Exit.USAGE, told)


def test_bytes_that_are_not_text_are_refused(office: Path) -> None:
    broken = os.fsdecode(b"Motion \xff")
    assert_told(arende("register", "--kind", "motion", "--rubrik", broken), Exit.USAGE, "Motion \\udcff", "UTF-8")


# --- settings and database ------------------------------------------------------------------------

NEEDS_AN_OFFICE = ["list", "show SON-2023-940", "why SON-2023-940", "history SON-2023-940", "close SON-2023-940"]


@pytest.mark.parametrize("line", [*NEEDS_AN_OFFICE, "doctor", "database upgrade", "audit verify"])
def test_without_settings_every_command_says_what_to_do(line: str, tmp_path: Path) -> None:
    assert_told(arende(*line.split()), Exit.ENVIRONMENT, "Inställningsfilen config.toml kan inte läsas", "--config FIL")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", NEEDS_AN_OFFICE)
def test_without_a_database_every_command_says_how_to_make_one(line: str, tmp_path: Path) -> None:
    shutil.copy(PROJECT / "config.toml", tmp_path)
    told = f"Databasen {tmp_path / 'arendegang.db'} finns inte. Skapa den med: arende database upgrade"
    assert_told(arende(*line.split()), Exit.ENVIRONMENT, told)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_an_upgrade_makes_all_that_is_needed(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "config.toml", tmp_path)
    assert done("database", "upgrade").startswith("Databasen är skapad")
    assert done("list") == "Inga ärenden. Läs in ett med: arende import FIL\n"
    assert "✗" not in done("doctor")


def test_settings_are_found_where_they_are_said_to_be(
    office: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert arende("list").code == Exit.ENVIRONMENT
    assert done("--config", str(office / "config.toml"), "list").startswith("Inga ärenden.")
    monkeypatch.setenv("ARENDE_CONFIG", str(office / "config.toml"))
    assert done("list").startswith("Inga ärenden.")


def test_settings_that_may_not_be_read_are_like_none(office: Path) -> None:
    (office / "config.toml").chmod(0)
    with without_privileges():
        answer = arende("list")
    assert_told(answer, Exit.ENVIRONMENT, "Inställningsfilen config.toml kan inte läsas")


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root reads everything, so be somebody else for a moment."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ("late_after_days", "late_after_dayz", "okänd inställning registration.late_after_dayz. Menade du late_after"),
        ("[law]", "[laws]", "okänd inställning laws. Menade du law?"),
        ('diary = "KS"', 'dairy = "KS"', "okänd inställning bodies.dairy. Menade du diary?"),
        ('url = "sqlite:///', 'url = "mysql:///', "Databasens adress i config.toml ska börja med sqlite:///"),
    ],
)
def test_a_setting_that_cannot_be_is_named(office: Path, ours: str, theirs: str, told: str) -> None:
    file = office / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(ours, theirs), encoding="utf-8")
    assert_told(arende("list"), Exit.ENVIRONMENT, told)


def test_a_person_who_is_not_in_the_settings_is_told_so(office: Path) -> None:
    file = office / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('user = "*"', 'user = "ingen-alls"'), encoding="utf-8")
    assert_told(arende("register", "--kind", "motion", "--rubrik", "X"), Exit.ENVIRONMENT, "[[people]]")


def test_whoever_called_sudo_is_the_person(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = office / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('user = "*"', 'user = "nobody"'), encoding="utf-8")
    words = ["register", "--kind", "motion", "--rubrik", "En motion"]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert_told(arende(*words), Exit.ENVIRONMENT, "Användaren root finns inte under [[people]]")
    monkeypatch.setenv("SUDO_UID", str(pwd.getpwnam("nobody").pw_uid))
    done(*words)
    monkeypatch.setenv("SUDO_UID", "nobody")
    assert_told(arende(*words), Exit.ENVIRONMENT, "SUDO_UID är nobody")


def test_an_operators_log_that_cannot_be_written_stops_nothing(office: Path) -> None:
    file = office / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("logg/drift.jsonl", "/dev/full"), encoding="utf-8")
    answer = arende("register", "--kind", "motion", "--rubrik", "Motion", "--dnr", "KS 2023-710")
    assert (answer.code, answer.out) == (Exit.DONE, "Klart: KS 2023-710: kommunfullmäktige.\n")
    assert answer.err.startswith("Driftloggen /dev/full kunde inte skrivas")
    assert "KS 2023-710" in done("list")


# --- dates, roles and names -----------------------------------------------------------------------


@pytest.fixture
def motion(office: Path) -> str:
    """A case just registered."""
    done(
        "register", "--kind", "motion", "--rubrik", "Motion om hembesök", "--dnr", "KS 2023-710", "--date", "2023-08-24"
    )
    return "KS-2023-710"


def test_a_motion_s_year_says_what_it_is_counted_from(motion: str) -> None:
    told = done("todo", "--date", "2024-08-20")
    assert "Väckt är den dag ärendet gavs in (motion_raised = ”ingiven” i config.toml)." in told
    found = json.loads(done("todo", "--date", "2024-08-20", "--json"))
    assert {one["kind"]: one["raised_reading"] for one in found} == {"motion_year": "ingiven", "silent": None}


def test_a_motion_is_remitted_to_several_bodies_with_one_day_to_answer_by(motion: str) -> None:
    for words in (
        ("meeting", "add", "KF", "2023-09-26", "--date", "2023-08-24"),
        ("book", motion, "KF-2023-09-26", "--date", "2023-08-24"),
        ("meeting", "announce", "KF-2023-09-26", "--date", "2023-09-15"),
        ("meeting", "call", "KF-2023-09-26", "--date", "2023-09-15"),
        ("meeting", "hold", "KF-2023-09-26", "--date", "2023-09-26"),
        ("refer", motion, "KF-2023-09-26", "--to", "KS", "--arbetsdagar", "10", "--date", "2023-09-26"),
        ("stage", "add", motion, "SON", "--before", "KF", "--arbetsdagar", "1", "--date", "2023-09-29"),
    ):
        done(*words)
    way = json.loads(done("show", motion, "--json"))["way"]
    assert [(one["body"], one["opportunity_until"]) for one in way if one["opportunity_until"]] == [
        ("KS", "2023-10-10"),
        ("SON", "2023-10-02"),
    ]


def test_nothing_can_have_happened_in_the_future(motion: str) -> None:
    assert_told(arende("advance", motion, "--date", "2999-01-01"), Exit.USAGE, "2999-01-01 ligger i framtiden.")


def test_an_old_day_asks_for_a_reason(motion: str, office: Path) -> None:
    shutil.copy(PROJECT / "config.toml", office)
    late = ["edit", motion, "--mottagare", "Akten", "--date", "2023-08-25"]
    assert_told(arende(*late), Exit.USAGE, "2023-08-25 är mer än 30 dagar sedan. Ange --skal")
    done(*late, "--skal", "Posten kom bort")
    assert "efterregistrerat" in done("history", motion)


def test_a_role_one_does_not_have_is_refused_with_those_one_has(motion: str) -> None:
    told = "Du har inte rollen revisor. Dina roller: registrator, handlaggare,"
    assert_told(arende("--as", "revisor", "edit", motion, "--rubrik", "Ny"), Exit.USAGE, told)
    done("--as", "forvaltningschef", "edit", motion, "--rubrik", "Ny")
    assert json.loads(done("history", motion, "--json"))[-1]["role"] == "forvaltningschef"


@pytest.mark.parametrize("name", ["SON-1999-1", "hej", "SON 2020-247", "id:0123456789ab", "\x1b[31mKS 2023-710"])
def test_a_case_that_is_not_there_is_not_found(motion: str, name: str) -> None:
    assert_told(arende("show", name), Exit.NOT_FOUND, "finns inte. Se vilka som finns med: arende list")


@pytest.mark.parametrize("name", ["KS 2023-710", "KS-2023-710", "ks 2023/710", "2023-710", "KS/2023:710", "KS 710/23"])
def test_a_case_is_found_however_its_number_is_written(motion: str, name: str) -> None:
    assert done("show", *name.split()).startswith("KS 2023-710  Motion om hembesök\n")


def test_a_number_that_could_be_several_cases_lists_them(motion: str) -> None:
    done("register", "--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Annat", "--dnr", "SON 2023-710")
    told = "2023-710 kan vara flera ärenden: KS 2023-710, SON 2023-710. Skriv hela diarienumret."
    assert_told(arende("show", "2023-710"), Exit.USAGE, told)


NOT_FOUND = [
    ("meeting show KS-2024-05-14", "Sammanträdet KS 2024-05-14 finns inte. Planera det med: arende meeting add KS"),
    ("meeting add XX 2024-05-14", "Instansen ”XX” finns inte 2024-05-14."),
    ("book KS-2023-710 KS-2024-05-14", "Sammanträdet KS 2024-05-14 finns inte."),
    ("stage add KS-2023-710 XX", "Instansen ”XX” finns inte"),
    ("list --body XX", "Instansen ”XX” finns inte. De som finns: KF, KFP, KS, KSAU, ON, SON."),
    ("meeting list XX", "Instansen ”XX” finns inte. De som finns: KF, KFP, KS, KSAU, ON, SON."),
    ("audit verify finns-inte.jsonl", "Det finns ingen logg i finns-inte.jsonl."),
]


@pytest.mark.parametrize(("line", "told"), NOT_FOUND, ids=[line for line, _ in NOT_FOUND])
def test_what_is_not_there_is_not_found(motion: str, line: str, told: str) -> None:
    assert_told(arende(*line.split()), Exit.NOT_FOUND, told)


UNUSABLE = [
    ("meeting show KS", "”KS” är inget sammanträde. Skriv till exempel KS-2024-05-14."),
    ("book KS-2023-710", "ska vara ett ärende och ett sammanträde"),
    ("edit KS-2023-710", "Ange vad som ska ändras"),
    ("edit KS-2023-710 --dnr hej", "”hej” är inget diarienummer. Skriv till exempel SON 2024-17."),
    ("edit KS-2023-710 --att SON", "skriv instans=att-sats"),
    ("mbl KS-2023-710", "Ange en av --forhandling PARAGRAF, --information, --ej-pakallad, --begaran"),
    ("mbl KS-2023-710 --information --ej-pakallad", "Ange en av --forhandling PARAGRAF"),
    (
        "refer KS-2023-710 KF-2023-09-26 --to SON --svar-senast 2024-05-02 --arbetsdagar 3",
        "Ange svarsdagen med --svar-senast DATUM eller --arbetsdagar N, inte båda.",
    ),
    ("mbl KS-2023-710 --begaran 12 --central", "--central hör till en begäran enligt 10 §; ange --begaran 10."),
    ("withdraw KS-2023-710", "Ange --skal: varför ärendet återkallas."),
    ("join KS-2023-710 SON-2024-1", "Ange --skal: varför ärendena läggs samman."),
    ("link KS-2023-710", "ska vara två ärenden, till exempel SON-2024-17 SON-2024-18."),
    ("link KS 2023-710 KS-2023-710", "Det är samma ärende: KS 2023-710. Ange två olika."),
    ("split KS-2023-710 --rubrik X", "Ett ärende av slaget motion delas inte"),
    ("handlaggare --fran X --till Y", "X handlägger inget sådant ärende som är öppet."),
    ("handlaggare --fran X --till x", "Ange två olika namn"),
    ("reopen KS-2023-710", "Ange --skal: varför ärendet återupptas."),
    ("return KS-2023-710 KF-2024-05-28 --to KS", "En återremiss behöver ett skäl"),
    ("decide KS-2023-710 KF-2024-05-28 --att 1", "skriv numret på att-satsen, = och värdet"),
    ("decide KS-2023-710 KF-2024-05-28 --att 1=nej", "--att: nej finns inte. Välj bland bifall,"),
    ("stage add KS-2023-710", "Skriv ärendet och instansen"),
    ("show id:zz", "id:zz är inget ärende-id. Det ser ut så här: id:1a2b3c4d5e6f"),
]


@pytest.mark.parametrize(("line", "told"), UNUSABLE, ids=[line for line, _ in UNUSABLE])
def test_half_a_command_says_what_is_missing(motion: str, line: str, told: str) -> None:
    assert_told(arende(*line.split()), Exit.USAGE, told)


def test_a_list_can_be_narrowed_to_nothing(motion: str) -> None:
    assert done("list", "--state", "avslutad") == "Inga sådana ärenden.\n"
    assert "KS 2023-710" in done("list", "--state", "KF", "--body", "kf")


# --- documents ------------------------------------------------------------------------------------


def test_a_file_is_read_in_once(office: Path) -> None:
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    told = "Filen är redan inläst; inget gjordes. Sök ärendet med: arende list"
    assert_told(arende("import", str(EXAMPLE), "--date", "2024-04-03"), Exit.USAGE, told)


@pytest.mark.parametrize("command", ["read", "import"])
def test_a_file_that_holds_no_text_is_refused(office: Path, command: str) -> None:
    (office / "bild.bin").write_bytes(bytes(range(256)) * 20)
    assert_told(arende(command, "bild.bin"), Exit.USAGE, "bild.bin: Filen innehåller inte läsbar text.")
    (office / "tom.txt").write_bytes(b" \n\n")
    assert_told(arende(command, "tom.txt"), Exit.USAGE, "tom.txt: Filen är tom; det finns inget att läsa.")
    assert done("list").startswith("Inga ärenden.")


def test_a_skrivelse_without_proposals_needs_to_be_told_its_body(office: Path) -> None:
    (office / "information.txt").write_text(
        "Dnr SON 2025-4\n\nInformation om badplatser\n\nVattnet är gott.\n", encoding="utf-8"
    )
    assert_told(arende("import", "information.txt"), Exit.USAGE, "Ange --body, till exempel SON.")
    assert "utkast hos förvaltningen" in done("import", "information.txt", "--body", "SON")


# --- refusals, and how a command ends -------------------------------------------------------------


def test_a_refusal_is_an_answer_not_a_complaint(motion: str) -> None:
    answer = arende("advance", motion)
    assert (answer.code, answer.err) == (Exit.REFUSED, "")
    assert answer.out.startswith("Stopp: KS 2023-710 kan inte gå vidare")
    assert json.loads(arende("advance", motion, "--json").out)["done"] is False


FAULTS: list[type[ArendeError]] = [
    UsageError,
    NotFoundError,
    ChangedMeanwhileError,
    EnvironmentFaultError,
    OutcomeUnknownError,
    VerificationFailedError,
]


def test_every_exit_code_but_three_belongs_to_a_broken_promise() -> None:
    assert {fault.exit for fault in FAULTS} == set(Exit) - {Exit.DONE, Exit.BUG, Exit.REFUSED}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_broken_promise_has_its_exit_code(
    motion: str, fault: type[ArendeError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise fault("Det gick inte.")

    monkeypatch.setattr(casework, "advance", fails)
    assert_told(arende("advance", motion), Exit(fault.exit), "Det gick inte.")


def test_an_unknown_outcome_gives_the_id_to_try_again_with(motion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OutcomeUnknownError("Avbrott.")

    monkeypatch.setattr(casework, "advance", fails)
    answer = arende("advance", motion)
    assert re.search(r"Kör samma kommando igen med --command-id [0-9a-f-]{36};", answer.err)


def test_the_same_command_id_does_nothing_twice(office: Path) -> None:
    words = ["register", "--kind", "motion", "--rubrik", "En motion", "--command-id", "samma"]
    done(*words)
    assert done(*words) == "Redan utfört med --command-id samma; inget gjordes en gång till.\n"
    assert len(json.loads(done("list", "--json"))) == 1


def test_a_fault_in_the_program_shows_no_traceback(motion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(casework, "advance", fails)
    assert_told(arende("advance", motion), Exit.BUG, "Ett fel i programmet (ZeroDivisionError).", "ARENDE_DEBUG=1")
    monkeypatch.setenv("ARENDE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        arende("advance", motion)


def test_an_interrupted_command_says_so(motion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(casework, "advance", interrupted)
    answer = arende("advance", motion)
    assert (answer.code, answer.out) == (Exit.OUTCOME_UNKNOWN, "")
    assert "--command-id" in answer.err


def test_a_log_that_does_not_hold_is_told_and_has_its_exit_code(motion: str, office: Path) -> None:
    *_, log = segments(office / "logg")
    log.write_bytes(log.read_bytes().replace(b"case.registered", b"case.registrered"))
    answer = arende("audit", "verify")
    assert answer.code == Exit.VERIFICATION_FAILED
    assert "håller INTE" in answer.out


# --- what is never printed ------------------------------------------------------------------------

PRINTABLE = "en helt vanlig rubrik"
HOSTILE = "".join(c for c in map(chr, range(1, 0x110000)) if unicodedata.category(c) in HIDDEN - {"Cs"})


def hidden(text: str) -> set[str]:
    """The characters of a text that a terminal must not get raw."""
    return {c for c in text if unicodedata.category(c) in HIDDEN and c != "\n"}


def test_no_control_or_direction_character_is_printed_raw(office: Path) -> None:
    title = f"{PRINTABLE}\n{HOSTILE}"
    done("register", "--kind", "motion", "--rubrik", title, "--dnr", "KS 2023-710", "--date", "2023-08-24")
    done("edit", "KS-2023-710", "--mottagare", title, "--underlag", title, "--att", f"KF={title}", "--skal", title)
    done("meeting", "add", "KF", "2024-05-28", "--date", "2024-01-08")
    done("book", "KS-2023-710", "KF-2024-05-28", "--date", "2024-05-02")
    case = "KS-2023-710"
    for line in (
        "list",
        f"show {case}",
        f"why {case}",
        f"history {case}",
        "meeting show KF-2024-05-28",
        f"graph {case}",
    ):
        plain, as_json = done(*line.split()), "" if line.startswith("graph") else done(*line.split(), "--json")
        assert hidden(plain) == hidden(as_json) == set(), line
    assert json.loads(done("list", "--json"))[0]["rubrik"] == title
    assert len(done("list").splitlines()) == 2
    assert done("show", case).splitlines()[0].startswith(f"KS 2023-710  {PRINTABLE}\\u000a\\u0001")


@pytest.mark.parametrize("line", ["show {}", "{}", "list --state {}", "list --{}", "read {}", "--config {} list"])
def test_what_was_typed_is_never_printed_raw_either(office: Path, line: str) -> None:
    answer = arende(*(word.format("\x1b[31m\u202eX") for word in line.split()))
    assert answer.code in (Exit.USAGE, Exit.NOT_FOUND, Exit.ENVIRONMENT)
    assert hidden(answer.err) == set()
    assert "\\u001b[31m\\u202eX" in answer.err


def test_a_title_cannot_add_a_line_of_its_own(office: Path) -> None:
    done("register", "--kind", "motion", "--rubrik", "Motion\nLäge: avslutat", "--dnr", "KS 2023-710")
    assert "\nLäge: avslutat" not in done("show", "KS-2023-710") + done("list")


def test_a_case_can_be_registered_with_its_whole_way(office: Path) -> None:
    way = ("--steg", "SON=beredning", "--steg", "KS=forslag", "--steg", "KF=beslut")
    done("register", "--kind", "forvaltningsarende", "--rubrik", "R", "--dnr", "SON 2026-1", *way)
    shown = json.loads(done("show", "SON-2026-1", "--json"))
    assert [(step["body"], step["role"]) for step in shown["way"]] == [
        ("SON", "beredning"),
        ("KS", "forslag"),
        ("KF", "beslut"),
    ]


@pytest.mark.parametrize("steps", [("--steg", "SON"), ("--steg", "SON=hej"), ("--steg", "SON=beslut", "--body", "SON")])
def test_a_way_that_cannot_be_read_is_told_of(office: Path, steps: tuple[str, ...]) -> None:
    assert_told(arende("register", "--kind", "forvaltningsarende", "--rubrik", "R", *steps), Exit.USAGE, "--steg")
