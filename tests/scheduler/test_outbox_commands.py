"""`arende-daemon outbox`, as it is typed: what is printed, how it ends, and who may."""

import contextlib
import io
import json
import re
import shutil

import pytest

from docs.generate import contexts
from scheduler import daemon, outbox_commands
from states.records import RECORD_TYPES
from tests.conftest import settings_for
from tests.end_to_end.mail_server import Reply, mail_server
from tests.scheduler.rounds import by_hand, change, reminded, rows, with_mail, with_rules
from tests.workflow.cli.office import ENGLISH, Answer, furnish
from tests.workflow.test_outboxwork import failed, on_its_way, put_off, taken
from workflow import audit_journal
from workflow.cli.actor import ASKED_OF_DAEMON
from workflow.config import ReminderRule
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import Exit


def ask(*words: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = daemon.answer(words)
    return Answer(code, out.getvalue(), err.getvalue())


def outbox(*words: str) -> str:
    """A command that goes through; what it printed."""
    answer = ask("outbox", *words)
    assert (answer.code, answer.err) == (0, ""), answer
    return answer.out


def become(office, *roles):
    config = office.settings.directory / "config.toml"
    before, _, _ = config.read_text("utf-8").partition("[[people]]")
    config.write_text(f'{before}[[people]]\nid = "p-nu"\nuser = "*"\nroles = {json.dumps(roles)}\n', "utf-8")


@pytest.fixture
def office(tmp_path, migrated_sqlite, monkeypatch):
    """A desk in the current directory, whose config.toml lets whoever it is do everything."""
    for name in ("ARENDE_CONFIG", "ARENDE_DEBUG", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    furnish(tmp_path, migrated_sqlite)
    monkeypatch.chdir(tmp_path)
    settings = settings_for(f"sqlite:///{tmp_path / 'arendegang.db'}", tmp_path)
    connection = connect(settings.database_url)
    yield Desk(connection, settings)
    connection.close()


# --- what is printed ------------------------------------------------------------------------------------


def test_an_empty_outbox_says_so(office):
    assert outbox("list") == "Utkorgen är tom.\n"
    assert json.loads(outbox("list", "--json")) == {"counts": {}, "reminders": []}


def test_a_list_says_in_a_row_each_what_stands_there_and_counts_it(office):
    own, later = failed(office, "ett"), put_off(office, "två")
    on_its_way(office, "tre")
    heading, *lines = outbox("list").splitlines()
    assert heading.split() == ["Id", "Läge", "För", "Till", "Genom", "Om", "Försök", "Svar", "Nästa", "försök"]
    told = {line.split()[0]: line.split()[1:] for line in lines if "2026-02-10" in line}
    assert told[own[:12]] == [
        "misslyckad",
        "2026-02-10",
        "handlaggare@SON",
        "e-post",
        "bevakning",
        "id:ett",
        "1",
        "550",
    ]
    assert told[later[:12]][:8] == [
        "uppskjuten",
        "2026-02-10",
        "handlaggare@SON",
        "e-post",
        "bevakning",
        "id:två",
        "1",
        "451",
    ]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d\.\d\d", " ".join(told[later[:12]][8:]))
    assert lines[-1].startswith(
        "Väntar på sin tur: 1, uppskjuten: 1, misslyckad: 1. Visa en: arende-daemon outbox show "
    )
    assert outbox("list", "--status", "misslyckad").count("handlaggare@SON") == 1
    view = json.loads(outbox("list", "--json"))
    assert view["counts"] == {"vantar": 1, "uppskjuten": 1, "misslyckad": 1}
    assert {one["id"] for one in view["reminders"]} >= {own, later}


def test_a_long_list_is_cut_on_a_screen_and_whole_as_json(office, monkeypatch):
    for number in range(4):
        failed(office, str(number))
    monkeypatch.setattr(outbox_commands, "MOST_ROWS", 3)
    assert "… och 1 till; se dem med --json." in outbox("list")
    assert len(json.loads(outbox("list", "--json"))["reminders"]) == 4


def test_show_tells_the_whole_story(office):
    own = failed(office)
    outbox("retry", own[:10])
    outbox("cancel", own[:10], "--skal", "Nämnden vet.")
    told = outbox("show", own[:10])
    assert told.splitlines()[:4] == [
        f"Påminnelse {own}: makulerad.",
        "  Om: bevakning, id:ett",
        "  Regel: bevakning, påminnelse, för tisdag 10 februari 2026",
        "  Till: handlaggare@SON genom e-post",
    ]
    happened = told.partition("Vad som har hänt\n")[2].splitlines()
    assert [line.split(" ", 4)[4] for line in happened] == [
        "Skrevs ned för att skickas av daemon",
        "Gavs upp av daemon (försök 1, svar 550)",
        f"Skulle försökas igen av {actor(office)} (försök 1, svar 550, var misslyckad)",
        f"Makulerades av {actor(office)} (försök 0, var på väg); skäl: Nämnden vet.",
    ]
    assert json.loads(outbox("show", own, "--json"))["story"][3]["reason"] == "Nämnden vet."


@pytest.mark.parametrize(("day", "late"), [("2026-03-04", "1 dag sen"), ("2026-03-06", "3 dagar sen")])
def test_show_says_how_late_it_was_and_why_it_was_not_sent(office, day, late):
    deadline = by_hand(office, "bevakning", "2026-03-10", "SON")
    rules = with_rules(with_mail(office, 1, retry_seconds=0), ReminderRule("bevakning", days_before=[7]))
    reminded(rules, day)
    change(office, deadline, is_open=False)
    reminded(rules, day)
    [own] = [row["id"] for row in rows(office) if row["channel"] == "e-post"]
    happened = outbox("show", own).partition("Vad som har hänt\n")[2].splitlines()
    assert [line.split(" ", 4)[4] for line in happened] == [
        f"Skrevs ned för att skickas av daemon ({late})",
        "Blev inaktuell av daemon (försök 1, eftersom det är gjort)",
    ]


def actor(office):
    [body] = [
        json.loads(row["body"]) for row in office.connection.run("SELECT body FROM journal ORDER BY id DESC LIMIT 1")
    ]
    return body["actor"]


def test_show_says_who_is_sending_it_and_until_when(office):
    own = on_its_way(office)
    taken(office)
    assert "  Skickas av dator:1, som har den till 20" in outbox("show", own)
    assert ask("outbox", "cancel", own, "--skal", "Fel.").code == Exit.CHANGED_MEANWHILE


def test_every_kind_of_record_of_a_reminder_has_words():
    assert outbox_commands.HAPPENED.keys() == {kind for kind in RECORD_TYPES if kind.startswith("reminder.")}


# --- how it ends ----------------------------------------------------------------------------------------


def test_what_is_asked_twice_with_one_id_is_done_once(office):
    own = failed(office)
    assert outbox("retry", own, "--command-id", "mitt") == (
        "Klart: id:ett: misslyckad → på väg.\n"
        "  Till handlaggare@SON, e-post, tisdag 10 februari 2026. Den försöks så snart något får lämna huset.\n"
    )
    assert outbox("retry", own, "--command-id", "mitt") == (
        "Redan utfört med --command-id mitt; inget gjordes en gång till.\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("retry",), Exit.USAGE, "Ange ett av ID, --all-failed och --outlet UTVÄG."),
        (("retry", "abcdef", "--all-failed"), Exit.USAGE, "Ange ett av ID, --all-failed och --outlet UTVÄG."),
        (("retry", "--all-failed"), Exit.USAGE, "Det finns inget att försöka igen."),
        (("retry", "abcdef"), Exit.NOT_FOUND, "Ingen påminnelse har ett id som börjar på abcdef."),
        (("show", "abcdef"), Exit.NOT_FOUND, "Ingen påminnelse har ett id som börjar på abcdef."),
        (("cancel", "ÅÄÖ", "--skal", "x"), Exit.USAGE, "”ÅÄÖ” är inget id på en påminnelse"),
        (("cancel",), Exit.USAGE, "ID"),
        (("list", "--status", "skickad"), Exit.USAGE, "skickad finns inte. Menade du skickas?"),
        (("lista",), Exit.USAGE, "Kommandot lista finns inte."),
    ],
)
def test_what_cannot_be_done_is_said_in_swedish(office, words, code, told):
    answer = ask("outbox", *words)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert not ENGLISH.search(answer.err), answer.err


def test_what_a_mail_server_refused_goes_out_when_somebody_has_mended_it(office, tmp_path):
    by_hand(office, "bevakning", "2026-02-10", "SON")
    office.connection.run("UPDATE watch SET number = 1")
    with mail_server(tmp_path, lambda _id, nth: Reply(550 if nth == 1 else 250)) as server:
        config = tmp_path / "config.toml"
        text = config.read_text("utf-8")
        for old, new in (
            ('host = ""', 'host = "127.0.0.1"'),
            ("port = 25\n", f"port = {server.port}\n"),
            ('sender = ""', 'sender = "a@exempel.se"'),
            ('quiet = ["18:00", "07:00"]', "quiet = []"),
            ("weekends = false", "weekends = true"),
        ):
            assert old in text
            text = text.replace(old, new, 1)
        box = '\n[[mailboxes]]\nrole = "handlaggare"\naddress = "h@exempel.se"\n'
        config.write_text(text + box, "utf-8")
        assert ask("--once", "--today", "2026-02-10").code == 0
        assert outbox("list").lower().count("misslyckad") == 2
        outbox("retry", "--all-failed")
        assert ask("--once", "--today", "2026-02-10").code == 0
        assert outbox("list") == "Utkorgen är tom.\n"
        assert len(server.accepted) == 1
    lines = "".join(path.read_text("utf-8") for path in (tmp_path / "logg").glob("arende*.jsonl"))
    assert lines.count('"reminder.retried"') == 1


# --- who may --------------------------------------------------------------------------------------------

LEAVES = {
    context.command_path.removeprefix("arende-daemon").strip(): context.command
    for context in contexts("arende-daemon")
    if "outbox " in context.command_path
}


def test_every_command_asks_who_may():
    assert LEAVES.keys() == {"outbox list", "outbox show", "outbox retry", "outbox cancel"}
    for name, command in LEAVES.items():
        is_use_case = any(param.name == "command_id" for param in command.params)
        assert is_use_case != (name in ASKED_OF_DAEMON), name


@pytest.mark.parametrize(
    ("role", "changes", "reads"),
    [
        ("systemforvaltare", True, True),
        ("registrator", True, True),
        ("handlaggare", False, True),
        ("revisor", False, True),
        (None, False, False),
    ],
)
def test_those_who_may_may_and_the_others_are_written_down(office, role, changes, reads):
    own = failed(office)
    become(office, *([role] if role else []))
    for words, may in ((("list",), reads), (("show", own), reads), (("retry", own), changes)):
        before = denials(office)
        answer = ask("outbox", *words)
        assert answer.code == (Exit.DONE if may else Exit.REFUSED), answer
        assert denials(office) == before + (not may)
        assert ("id:ett" in answer.out) == (may and role != "systemforvaltare")


def denials(office):
    return sum(body["type"] == "system.denied" for body in audit_journal.history(office.connection, "system"))


def test_one_acts_in_one_of_ones_own_roles(office):
    failed(office)
    assert "id:ett" not in outbox("--as", "systemforvaltare", "list")
    become(office, "handlaggare")
    answer = ask("outbox", "--as", "registrator", "list")
    assert (answer.code, "Du har inte rollen registrator." in answer.err) == (Exit.USAGE, True)


def test_the_database_is_found_beside_the_configuration(office, tmp_path, monkeypatch):
    failed(office)
    elsewhere = tmp_path / "annat"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    answer = ask("--config", str(tmp_path / "config.toml"), "outbox", "list")
    assert (answer.code, "misslyckad" in answer.out) == (0, True)
    shutil.rmtree(elsewhere)
