"""A hundred planted words in secret cases: whoever is not cleared sees none of them, whatever they ask for and how.

Every command is run as every role, as text and as JSON, about a secret case and about one that does not exist: the
answers are the same byte for byte. What leaves the house besides (mails, the operators' log) is searched too. The
revision log has ids and codes, and so the number; it has none of the words.
"""

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from docs.generate import contexts
from scheduler import calendar_feed, daemon
from states.deadlines import DeadlineKind
from states.roles import PERMISSIONS, Role
from tests.conftest import settings_for
from tests.end_to_end.mail_server import mail_server
from tests.scheduler.rounds import configured, reminded, with_mail
from tests.workflow.cli.office import EXAMPLE, Answer, arende, done, furnish
from workflow.cli.actor import ANYBODY, ASKED, READ
from workflow.config import Calendar, Mailbox, ReminderRule
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import Exit

SECRET, ENDED, OPEN = "SON-2024-7001", "KS-2024-7002", "SON-2024-5"
MEETING = "SON-2024-04-18"
MISSING = {"SON-2024-7001": "SON-2024-8888", "KS-2024-7002": "KS-2024-8888"}
CANARIES = [f"Kanariefågel{number:03}" for number in range(160)]
MEMBERS = "".join(
    f'[[members]]\nid = "{id_}"\nbody = "SON"\nname = "{name}"\nseat = "{seat}"\nvalid_from = 2023-01-01\n'
    for id_, name, seat in (
        ("m-alm", "Anna Alm (S)", "ordforande"),
        ("m-ek", "Bo Ek (S)", "ledamot"),
        ("m-dal", "Cia Dal (M)", "ledamot"),
    )
)
EVERYBODY = "alla"


class Town(NamedTuple):
    """An office with secret cases, in the current directory."""

    directory: Path
    ids: tuple[str, ...]
    planted: int


def become(directory: Path, roles: list[str], cleared: list[str]) -> None:
    """From now on whoever runs a command is a person with these roles and this clearance."""
    config = directory / "config.toml"
    before, _, _ = config.read_text(encoding="utf-8").partition("[[people]]")
    person = f'[[people]]\nid = "p-nu"\nuser = "*"\nroles = {json.dumps(roles)}\ncleared = {json.dumps(cleared)}\n'
    config.write_text(before + person, encoding="utf-8")
    others = before.replace("silent_days = 60", "silent_days = 20")
    (directory / "ny.toml").write_text(others + person, encoding="utf-8")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Town:
    """Made once, to be copied."""
    directory = furnish(tmp_path_factory.mktemp("planted"), migrated_sqlite)
    config = directory / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("[[people]]", f"{MEMBERS}[[people]]", 1), "utf-8")
    become(directory, [role.value for role in Role], ["*"])
    words = iter(CANARIES)
    with contextlib.chdir(directory):
        done("database", "upgrade")
        plant(words)
        left = len(list(words))
        done("backup", "kopia")
    connection = connect(f"sqlite:///{directory / 'arendegang.db'}")
    ids = tuple(row["id"] for row in connection.run("SELECT id FROM cases WHERE secrecy"))
    connection.close()
    assert len(ids) == 2
    return Town(directory, ids, len(CANARIES) - left)


@pytest.fixture
def town(planted: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    for name in ("ARENDE_CONFIG", "ARENDE_DEBUG", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(planted.directory, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return planted._replace(directory=tmp_path)


def plant(words: Iterator[str]) -> None:
    """Two secret cases, one decided with an open one at a meeting and one that is to be purged, full of words."""

    def several(flag: str, count: int, form: str = "{}") -> list[str]:
        return [part for _ in range(count) for part in (flag, form.format(next(words)))]

    day, skal = ("--date", "2024-01-08"), lambda: ["--skal", next(words)]
    document = Path("handling.txt")
    text = EXAMPLE.read_text(encoding="utf-8").replace("SON 2023-940", "SON 2024-7001").replace("KS 2023-710", "")
    document.write_text(text, encoding="utf-8")
    registered = ("--kind", "forvaltningsarende", "--body", "SON", *day)
    done("register", *registered, "--dnr", OPEN, "--rubrik", "Ett öppet ärende")
    done("register", *registered, "--dnr", SECRET, "--rubrik", next(words), "--sekretess", "OSL 26:1", *skal())
    done("import", str(document), *day, *skal())
    appendix = Path(f"{next(words)}.pdf")
    appendix.write_bytes(next(words).encode())
    whose = ("--slag", "inkommen", "--fran", next(words), "--om", next(words))
    done("document", "add", SECRET, str(appendix), *whose, *day, *skal())
    recipient = next(words)
    named = ("--rubrik", next(words), "--mottagare", recipient, *several("--mottagare", 11))
    done("edit", SECRET, *named, *several("--underlag", 12), *day, *skal())
    done("edit", SECRET, *several("--att", 20, "SON={}"), *day, *skal())
    for _ in range(5):
        done("mbl", SECRET, "--ej-pakallad", "--vem", next(words), *day, *skal())
    for number in range(8):
        later = ("--senast", f"2024-0{number + 1}-28") if number % 2 else ("--handelse", next(words), "--manader", "2")
        done("watch", "add", SECRET, "--text", next(words), *later, "--body", "SON", *day, *skal())
    done("watch", "add", SECRET, "--kind", "uppdrag", "--text", next(words), "--senast", "2024-05-01", *day)
    done("watch", "snooze", SECRET, "2", "--till", "2024-03-01", *day, *skal())
    for case, number in ((OPEN, 1), (SECRET, 2)):
        if case == OPEN:
            done("edit", case, "--att", "SON=Antas.", "--mottagare", "Akten", *day)
            done("mbl", case, "--ej-pakallad", *day)
        else:
            done("edit", case, *several("--ifyllt", 1), "--rubrik", next(words), *day)
        for _ in range(2):
            arende("advance", case, *day, *skal())
        if number == 1:
            done("meeting", "add", "SON", MEETING[4:], *day)
        late = ("--late", next(words)) if case == SECRET else skal()
        done("book", case, MEETING, *day, *late)
    delegated = ("--punkt", "2.1", "--vad", next(words), "--av", next(words), "--arende", SECRET)
    done("delegation", "add", "SON", *delegated, *day, *skal())
    done("meeting", "agenda", MEETING, "--foredragande", f"{SECRET}={next(words)}", *day, *skal())
    done("meeting", "call", MEETING, "--date", "2024-04-08")
    done("meeting", "hold", MEETING, "--first", "1")
    done("meeting", "attend", MEETING, "--alla")
    done("decide", OPEN, MEETING)
    done("decide", SECRET, MEETING, *several("--text", 3, "1={}")[:2], "--arendet", "bifallen", *skal())
    done("jav", SECRET, MEETING, "--ledamot", "bo", "--grund", next(words))
    done("minute", SECRET, MEETING, "--yrkande", f"anna: {next(words)}", "--propositionsordning", next(words))
    ballots = ("--ja", "anna", "--nej", "cia", "--utslag", "ja")
    done("vote", SECRET, MEETING, "--huvud", next(words), "--mot", next(words), *ballots)
    done("minute", SECRET, MEETING, "--reservation", "cia", "--anmald", "15.30", "--text", next(words))
    done("minute", SECRET, MEETING, "--anteckning", f"cia: {next(words)}")
    done("meeting", "close", MEETING, "--kl", "15.42")
    done("meeting", "adjust", MEETING, "--paragraf", "2", "--date", "2024-04-19")
    done("meeting", "post", MEETING, "--paragraf", "2", "--date", "2024-04-19")
    done("meeting", "appealable", MEETING, "ja", "--paragraf", "2", "--skal", next(words), "--date", "2024-04-19")
    done("advance", SECRET, "--date", "2024-04-22", *skal())
    done("dispatch", SECRET, "--date", "2024-04-22", *skal())
    done("receipt", SECRET, recipient, "--date", "2024-04-23", *skal())
    appeal = ("--hos", "kommunen", "--vem", next(words), "--malnummer", next(words))
    done("appeal", "add", SECRET, *appeal, "--date", "2024-05-02", *skal())
    done("appeal", "forward", SECRET, "1", "--date", "2024-05-03", *skal())
    done("appeal", "settle", SECRET, "1", "--utfall", "avslag", "--date", "2024-06-03", *skal())
    done("laga-kraft", SECRET, "--uppgift", next(words), "--date", "2024-06-04")
    done("appeal", "add", SECRET, *appeal, "--date", "2024-06-05")
    done("register", "--kind", "ks_arende", "--dnr", ENDED, "--rubrik", next(words), *day, "--sekretess", "OSL 25:1")
    done("edit", ENDED, *several("--mottagare", 10), *day, *skal())
    done("withdraw", ENDED, *day, *skal())
    done("gallra", ENDED, "--beslut", "KS 2023-05-14 § 12", *skal())


def operators_log() -> str:
    return Path("logg", "drift.jsonl").read_text(encoding="utf-8")


# --- every command --------------------------------------------------------------------------------------

LEAVES = {
    context.command_path.removeprefix("arende").strip(): context.command
    for context in contexts("arende")
    if not hasattr(context.command, "commands")
}
MORE: dict[str, tuple[str, ...]] = {
    "withdraw": ("--skal", "Fel."),
    "join": ("--skal", "Fel."),
    "reopen": ("--skal", "Fel."),
    "return": ("--skal", "Fel."),
    "correct": ("--skal", "Fel."),
    "edit": ("--rubrik", "Ny"),
    "mbl": ("--ej-pakallad",),
    "watch add": ("--text", "Ring", "--senast", "2030-01-01"),
    "secrecy": ("--paragraf", "OSL 26:1"),
    "minute": ("--propositionsordning", "Bifall mot avslag."),
    "vote": ("--ja", "1", "--nej", "0"),
    "meeting attend": ("--alla",),
    "remiss add": ("--senast", "2030-01-01"),
    "party": ("--underrattad",),
    "meeting cancel": ("--skal", "Fel."),
    "meeting appealable": ("--skal", "Fel."),
    "gallra": ("--avbryt", "--skal", "Fel."),
    "todo": ("--dagar", "900"),
    "watch list": ("--alla",),
    "uppdrag list": ("--alla",),
    "import": ("--body", "SON"),
    "register": ("--body", "SON", "--dnr", "SON-2024-7001"),
}
"""What a command wants besides what its arguments and required options say."""


def line(name: str, case: str, *, with_case: bool = True, directory: str = "kopia") -> list[str]:
    """A command line that the command's own parameters ask for."""
    command, words = LEAVES[name], name.split()
    known = {
        "ÄRENDE": case if with_case else None,
        "ANNAT": OPEN,
        "SAMMANTRÄDE": MEETING,
        "NUMMER": "1",
        "NR": "1",
        "N": "1",
        "INSTANS": "SON",
        "FIL": {"config check": "ny.toml", "config activate": "config.toml"}.get(name, "handling.txt"),
        "DATUM": "2030-01-01",
        "NYTT-DATUM": "2030-01-01",
        "MOTTAGARE": "Akten",
        "KATALOG": directory,
        "ja": "ja",
    }
    for param in command.params:
        if isinstance(param, click.Argument):
            for slot in str(param.metavar or "").split():
                of = slot.strip("[]").partition("|")
                word = known.get(of[0] if with_case else of[2] or of[0], "1")
                if name != "audit verify" and word is not None:
                    words.append(word)
        elif param.required:
            choices = getattr(param.type, "choices", None)
            value = choices[0] if choices else known.get(str(param.metavar), "SON")
            words += [param.opts[0], str(value)]
    return [*words, *(() if name == "gallra" and not with_case else MORE.get(name, ()))]


def takes_a_case(name: str) -> bool:
    return any("ÄRENDE" in str(param.metavar) for param in LEAVES[name].params if isinstance(param, click.Argument))


OTHERWISE = (
    ("delegation", "list", MEETING),
    ("meeting", "agenda", MEETING, "--utgar", "2"),
    ("meeting", "dispatch", MEETING, "--to", "Akten"),
    ("meeting", "dispatch", MEETING, "--alla"),
    ("decide", "--meeting", MEETING, "--all", "bifall"),
    ("meeting", "appealable", MEETING, "nej", "--paragraf", "2", "--skal", "Fel."),
    ("meeting", "adjust", MEETING),
    ("meeting", "board-down", MEETING, "--fran", "2024-04-20", "--till", "2024-04-21"),
    ("history", MEETING),
)
"""Other things that a command can be asked to do with a meeting."""
NAMING = (
    ("delegation", "add", "SON", "--punkt", "1", "--vad", "Annat", "--av", "Ann", "--arende"),
    ("meeting", "agenda", MEETING, "--utgar"),
    ("graph",),
    ("link", OPEN),
    ("link", "--bort", OPEN),
    ("join", "--skal", "Fel.", OPEN),
)
"""What names a case last."""


def outputs(words: list[str]) -> Iterator[tuple[list[str], Answer]]:
    for more in ([], ["--json"]):
        yield [*words, *more], arende(*words, *more)


CHANGED_LAST = ("restore", "audit rebuild")
UNCLEARED = [*([role.value] for role in Role), [role.value for role in Role], []]


@pytest.mark.parametrize("roles", UNCLEARED, ids=lambda roles: ",".join(roles) if len(roles) < 2 else EVERYBODY)
def test_nobody_who_is_not_cleared_sees_a_word(town: Town, roles: list[str]) -> None:
    assert town.planted >= 100
    (copy,) = Path("kopia").iterdir()
    become(town.directory, roles, ["KF"])
    secret = ["Kanariefågel", *(one[-12:] for one in town.ids), "2024-7001", "2024-7002"]
    not_found = 0
    for name in sorted(LEAVES, key=lambda name: name in CHANGED_LAST):
        if takes_a_case(name):
            # The other ways to name one are the same to all roles.
            for case in (SECRET, ENDED, f"id:{town.ids[0][-12:]}") if len(roles) > 1 else (SECRET,):
                missing = MISSING.get(case, "id:0123456789ab")
                for (words, answer), (_, other) in zip(
                    outputs(line(name, case)), outputs(line(name, missing)), strict=True
                ):
                    same = [part.replace(case, "X").replace(missing, "X") for part in (*answer[1:], *other[1:])]
                    assert (answer.code, *same[:2]) == (other.code, *same[2:]), words
                    not_found += answer.code == Exit.NOT_FOUND
                    assert not any(word in "".join(same) for word in secret), words
        of_its_own = line(name, "", with_case=False, directory=str(copy) if name == "restore" else "kopia")
        for words, answer in () if name in ANYBODY else outputs(of_its_own):
            told = answer.out + answer.err
            own = secret[:1] if name.startswith("audit") else secret
            found = [word for word in own if word in told]
            assert found == [], (words, answer)
            assert answer.code not in (Exit.BUG, Exit.ENVIRONMENT), (words, answer)
            if name in ("list", "meeting show", "history"):
                assert answer.code == (Exit.DONE if set(roles) - {"systemforvaltare"} else Exit.REFUSED), (
                    words,
                    answer,
                )
    for asked in OTHERWISE:
        for words, answer in outputs(list(asked)):
            told = answer.out + answer.err
            assert [word for word in secret if word in told] == [], (words, answer)
            assert answer.code not in (Exit.BUG, Exit.ENVIRONMENT), (words, answer)
    for named in NAMING:
        for more in ((), ("--json",)):
            one, other = (arende(*named, case, *more) for case in (SECRET, MISSING[SECRET]))
            assert one == other._replace(
                out=other.out.replace(MISSING[SECRET], SECRET), err=other.err.replace(MISSING[SECRET], SECRET)
            )
    assert not_found > 30
    assert not any(word in operators_log() for word in secret)


def test_those_who_are_cleared_see_all_of_it_and_it_is_written_down_that_they_did(town: Town) -> None:
    become(town.directory, ["handlaggare"], ["SON"])
    listed = done("list")
    assert "SON 2024-7001" in listed
    assert "KS 2024-7002" not in listed
    assert "sekretessmarkerat" in listed
    lists = ("todo --dagar 900", "watch list", "uppdrag list", "silent", "balans", "motioner")
    assert "Kanariefågel" not in listed + "".join(done(*words.split()) for words in lists)
    one_case = ("show", "history", "diff", "why", "graph", "watch list", "document list")
    for words in ((*name.split(), SECRET) for name in one_case):
        before = reads(town)
        done(*words)
        (new,) = reads(town)[len(before) :]
        assert (new["type"], new["data"]) == ("case.read", {"command": " ".join(words[:-1])})
        assert new["changes"] == []
    assert "Kanariefågel" in done("show", SECRET)
    before = reads(town)
    for number, words in enumerate((("meeting", "show"), ("meeting", "agenda"), ("meeting", "dispatch")), 1):
        assert "SON 2024-7001" in done(*words, MEETING)
        (*_, new) = reads(town)
        assert (len(reads(town)), new["data"]) == (len(before) + number, {"command": " ".join(words)})
    assert len(json.loads(done("meeting", "list", "--json"))) == 1
    done("audit", "verify", "logg")


def test_every_refused_reading_is_written_down_and_shown_to_the_cleared_alone(town: Town) -> None:
    become(town.directory, ["handlaggare"], [])
    for words in (("show", SECRET), ("history", SECRET), ("edit", SECRET, "--rubrik", "X")):
        before = reads(town)
        assert arende(*words).code == Exit.NOT_FOUND
        (new,) = reads(town)[len(before) :]
        assert (new["type"], new["role"]) == ("case.read_refused", "handlaggare")
    become(town.directory, ["handlaggare"], ["*"])
    assert "case.read_refused" in done("history", SECRET)
    done("secrecy", SECRET, "--havd", "Behövs inte längre.")
    become(town.directory, ["handlaggare"], [])
    assert "case.read" not in done("history", SECRET)
    assert "case.secrecy_lifted" in done("history", SECRET)


def last_day(town: Town) -> str:
    """The day the last record was written."""
    connection = connect(f"sqlite:///{town.directory / 'arendegang.db'}")
    (row,) = connection.run("SELECT body FROM journal ORDER BY id DESC LIMIT 1")
    connection.close()
    return str(json.loads(row["body"])["recorded_at"][:10])


def reads(town: Town) -> list[dict[str, object]]:
    connection = connect(f"sqlite:///{town.directory / 'arendegang.db'}")
    try:
        found = [json.loads(row["body"]) for row in connection.run("SELECT body FROM journal ORDER BY id")]
    finally:
        connection.close()
    return [body for body in found if body["type"] in ("case.read", "case.read_refused")]


def test_what_cannot_be_written_down_is_not_shown(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    become(town.directory, ["handlaggare"], ["*"])
    connection = connect(f"sqlite:///{town.directory / 'arendegang.db'}")
    connection.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disken är full'); END")
    connection.close()
    for words in (("show", SECRET), ("history", SECRET), ("meeting", "show", MEETING)):
        answer = arende(*words)
        assert (answer.code in (Exit.ENVIRONMENT, Exit.CHANGED_MEANWHILE), answer.out) == (True, ""), answer
    become(town.directory, ["handlaggare"], [])
    assert arende("show", SECRET).code == arende("show", MISSING[SECRET]).code == Exit.NOT_FOUND


def test_a_meeting_is_shown_without_the_secret_case_its_paragraph_and_its_notice(town: Town) -> None:
    become(town.directory, ["handlaggare"], [])
    view = json.loads(done("meeting", "show", MEETING, "--json"))
    assert [(item["place"], item["case"]) for item in view["items"]] == [(1, "SON 2024-5"), (2, None)]
    assert view["delegated"] == []
    assert view["protocol"] == []
    assert {one["kind"] for one in view["deadlines"]} == {"adjust"}
    (listed,) = json.loads(done("meeting", "list", "--json"))
    assert listed["items"] == 2
    assert DeadlineKind.TAKE_DOWN.value not in {
        one["kind"] for one in json.loads(done("todo", "--dagar", "900", "--json"))
    }


def test_it_was_as_secret_then_as_it_is_today(town: Town) -> None:
    done("secrecy", SECRET, "--havd", "Behövs inte längre.")
    today = last_day(town)
    become(town.directory, ["handlaggare"], [])
    assert "Kanariefågel" in done("list", "--as-of", today)
    assert "SON 2024-7001" in done("show", SECRET, "--as-of", today)
    assert arende("show", ENDED, "--as-of", today).code == Exit.NOT_FOUND


def test_a_number_and_a_file_are_taken_without_a_word_of_whose_they_are(town: Town) -> None:
    become(town.directory, ["registrator"], [])
    new = ("register", "--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Nytt", "--dnr", SECRET)
    told = "Diarienumret är upptaget; ge ärendet ett annat nummer.\n"
    assert [arende(*new[:-1], number).err for number in (SECRET, OPEN)] == [told, told]
    assert arende("edit", OPEN, "--dnr", SECRET).err == told
    assert arende("split", OPEN, "--rubrik", "En del", "--dnr", SECRET).err.startswith(("SON 2024-5", told))
    assert (
        arende("import", "handling.txt", "--body", "SON").err
        == "Filen är redan inläst; inget gjordes. Sök ärendet med: arende list\n"
    )


def test_what_is_built_on_is_not_said_to_be_in_the_secret_case(town: Town) -> None:
    become(town.directory, ["namndsekreterare"], [])
    (adjusted,) = [one["seq"] for one in json.loads(done("history", MEETING, "--json")) if "adjusted" in one["type"]]
    answer = arende("correct", MEETING, str(adjusted), "--skal", "Fel dag.")
    assert (answer.code, answer.out) == (Exit.USAGE, "")
    assert re.search(r"Ta först tillbaka post .* och \d+ i ett annat ärende", answer.err), answer
    assert "7001" not in answer.err


def test_a_mail_says_the_number_and_no_word(town: Town) -> None:
    """Who reads a mailbox is not known; that a number may be said follows from OSL 5 kap. 2 §."""
    settings = settings_for(f"sqlite:///{town.directory / 'arendegang.db'}", town.directory)
    connection = connect(settings.database_url)
    watched = ("bevakning", "uppdrag", "invantad", "dispatch", "silent", "adjust", "post", "overklagande", "report")
    roles = [Mailbox(role.value, f"{role.value}@exempel.se") for role in Role]
    with mail_server(town.directory) as server:
        desk = with_mail(Desk(connection, settings), server.port, roles)
        desk = configured(desk, reminders=[ReminderRule(about, days_before=[0], days_after=[1]) for about in watched])
        for days in range(0, 400, 20):
            reminded(desk, (date(2024, 3, 1) + timedelta(days=days)).isoformat())
        mails = server.accepted
    connection.close()
    about_it = [mail for mail in mails if "7001" in str(mail.mail["Subject"])]
    assert len(about_it) > 3
    assert not any(word in f"{mail.mail['Subject']} {mail.text} {mail.html}" for mail in mails for word in CANARIES)
    assert "reminder_handled" in operators_log()
    assert not any(word in operators_log() for word in (*CANARIES, *town.ids, "2024-7001", "2024-7002"))


def test_a_calendar_says_the_number_and_no_word(town: Town) -> None:
    """Whoever has its address reads it."""
    settings = settings_for(f"sqlite:///{town.directory / 'arendegang.db'}", town.directory)
    connection = connect(settings.database_url)
    desk = configured(Desk(connection, settings), calendar=Calendar("kalendrar"))
    calendar_feed.export(desk, date(2024, 4, 25), datetime(2024, 4, 25, 8, tzinfo=UTC))
    connection.close()
    written = [path.read_text("utf-8").replace("\n ", "") for path in (town.directory / "kalendrar").glob("*.ics")]
    entries = [entry for text in written for entry in text.split("BEGIN:VEVENT")[1:]]
    about_it = [entry for entry in entries if "2024-7001" in entry]
    assert len(about_it) > 3
    assert all("CLASS:CONFIDENTIAL" in entry and "DESCRIPTION" not in entry for entry in about_it)
    lines = {line for entry in about_it for line in entry.splitlines() if "2024-7001" in line}
    assert lines == {"SUMMARY:SON 2024-7001"}
    assert not any(word in entry for entry in entries for word in (*CANARIES, *town.ids, "2024-7002"))


@pytest.mark.parametrize("roles", UNCLEARED, ids=lambda roles: ",".join(roles) if len(roles) < 2 else EVERYBODY)
def test_the_outbox_tells_whoever_is_not_cleared_nothing_of_a_secret_case(town: Town, roles: list[str]) -> None:
    """That there is something to send is for whoever keeps the machine to see, and not what it is about."""
    settings = settings_for(f"sqlite:///{town.directory / 'arendegang.db'}", town.directory)
    connection = connect(settings.database_url)
    everywhere = [Mailbox(role.value, f"{role.value}@exempel.se") for role in Role]
    desk = with_mail(Desk(connection, settings), 1, everywhere)
    for days in range(0, 400, 40):
        reminded(desk, (date(2024, 3, 1) + timedelta(days=days)).isoformat())
    secret = "stream IN (SELECT id FROM cases WHERE secrecy)"
    rows = connection.run(f"SELECT id FROM reminder WHERE status = 'planned' AND {secret}")
    connection.close()
    assert rows
    become(town.directory, roles, ["KF"])
    keeps = "systemforvaltare" in roles
    for words in (("list",), ("show", rows[0]["id"]), ("retry", rows[0]["id"]), ("retry", "--outlet", "e-post")):
        for more in ((), ("--json",)):
            answer = arende_daemon("outbox", *words, *more)
            told = answer.out + answer.err
            assert not any(word in told for word in ("Kanariefågel", *town.ids, "2024-7001", "2024-7002")), answer
            assert answer.code not in (Exit.BUG, Exit.ENVIRONMENT), answer
            if words[0] == "list":
                assert (rows[0]["id"][:12] in told) == keeps, answer
            if words[0] == "show" and not keeps:
                assert answer.code == (Exit.NOT_FOUND if roles else Exit.REFUSED), answer


def reminding(town: Town) -> None:
    """From now on everything that is planned in the town has passed, or comes within the year, and is spoken of."""
    config = town.directory / "config.toml"
    kinds = ("bevakning", "uppdrag", "dispatch", "adjust", "post", "overklagande", "report", "laga_kraft", "hold")
    rules = "".join(
        f'[[reminders]]\nabout = "{kind}"\nname = "regel-{kind}"\ndays_after = [0, 9]\nto = ["handlaggare"]\n'
        for kind in kinds
    )
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[[people]]", f"{rules}[[people]]", 1), encoding="utf-8")


PREVIEW = ("--preview", "366", "--today", "2024-03-01")
ABOUT = ("subject", "ref", "about", "due", "command")
SECRET_WORDS = ("Kanariefågel", "2024-7001", "2024-7002")


@pytest.mark.parametrize("roles", UNCLEARED, ids=lambda roles: ",".join(roles) if len(roles) < 2 else EVERYBODY)
def test_a_preview_tells_whoever_is_not_cleared_nothing_of_a_secret_case(town: Town, roles: list[str]) -> None:
    """Whoever keeps the machine is told that something goes out and to whom; whoever does neither, nothing."""
    reminding(town)
    everything = len(preview(town, ["registrator"], ["*"]))
    become(town.directory, roles, ["KF"])
    denied = not roles
    plain, views = arende_daemon(*PREVIEW), arende_daemon(*PREVIEW, "--json")
    for answer in (plain, views):
        told = answer.out + answer.err
        assert not any(word in told for word in (*SECRET_WORDS, *(one[-12:] for one in town.ids))), answer
        assert answer.code == (Exit.REFUSED if denied else Exit.DONE), answer
    log = "".join(file.read_text(encoding="utf-8") for file in Path("logg").glob("arende*.jsonl"))
    assert log.count('"system.denied"') == 2 * denied
    if denied:
        assert plain.out == views.out == ""
        return
    found = json.loads(views.out)
    unnamed = [view for view in found if view["ref"] is None]
    assert all(view[key] is None for view in unnamed for key in ABOUT)
    assert all(view["recipient"] and view["rule"] for view in found)
    reads, keeps = set(roles) - {"systemforvaltare"}, "systemforvaltare" in roles
    assert ("SON 2024-5" in plain.out, "du inte får se" in plain.out) == (bool(reads), keeps)
    assert (len(found) == everything, len(unnamed) > 3) == (keeps, keeps)
    assert (len(unnamed) == everything) == (not reads)


def test_a_preview_names_a_secret_case_to_whoever_is_cleared(town: Town) -> None:
    reminding(town)
    found = preview(town, ["handlaggare"], ["SON"])
    about_it = [view for view in found if view["ref"] == "SON 2024-7001"]
    assert len(about_it) > 3
    assert all("2024-7001" in view["subject"] and view["about"] and view["due"] for view in about_it)
    assert not any(word in json.dumps(found, ensure_ascii=False) for word in ("Kanariefågel", "2024-7002"))


def preview(town: Town, roles: list[str], cleared: list[str]) -> list[dict[str, Any]]:
    become(town.directory, roles, cleared)
    answer = arende_daemon(*PREVIEW, "--json")
    assert (answer.code, answer.err) == (Exit.DONE, ""), answer
    views: list[dict[str, Any]] = json.loads(answer.out)
    return views


def arende_daemon(*words: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = daemon.answer(words)
    return Answer(code, out.getvalue(), err.getvalue())


def test_what_of_it_is_escalated_stands_on_the_list_of_those_who_are_cleared_alone(town: Town) -> None:
    settings = settings_for(f"sqlite:///{town.directory / 'arendegang.db'}", town.directory)
    connection = connect(settings.database_url)
    kinds = ("bevakning", "uppdrag", "dispatch", "adjust", "post", "overklagande", "report")
    rules = [ReminderRule(kind, escalate_days=[1], escalate_to=["forvaltningschef"]) for kind in kinds]
    reminded(configured(Desk(connection, settings), reminders=rules), "2026-01-20")
    connection.close()
    own = ("todo", "--dagar", "900", "--roll", "forvaltningschef")
    become(town.directory, ["forvaltningschef"], [])
    assert [one["ref"] for one in json.loads(done(*own, "--json")) if one["escalated"]] == [
        MEETING.replace("-", " ", 1)
    ]
    for words in (own, (*own, "--json")):
        assert not any(word in done(*words) for word in ("Kanariefågel", "2024-7001", *(one[-12:] for one in town.ids)))
    become(town.directory, ["forvaltningschef"], ["SON"])
    seen = [one for one in json.loads(done(*own, "--json")) if one["ref"] == "SON 2024-7001"]
    assert {told["to"] for one in seen for told in one["escalated"]} == {"forvaltningschef"}
    assert len(seen) > 3


def test_a_process_of_its_own_says_as_little(town: Town) -> None:
    become(town.directory, ["registrator", "systemforvaltare"], [])
    command = [sys.executable, "-m", "workflow.cli.main"]
    for words in (["list"], ["show", SECRET], ["doctor"], ["audit", "tail", "-n", "500"], ["audit", "diff", "--json"]):
        answer = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
        assert answer.returncode in (0, 4, 8), answer
        assert "Kanariefågel" not in answer.stdout + answer.stderr


def test_whoever_keeps_the_machine_is_told_nothing_of_a_case_by_what_it_cannot_do(town: Town) -> None:
    """Nor of a meeting: every command that changes something is refused, and says no more than who may."""
    become(town.directory, ["systemforvaltare"], [])
    asked = [
        line(name, OPEN) for name, command in LEAVES.items() if any(p.name == "command_id" for p in command.params)
    ]
    asked += [["decide", OPEN, MEETING, "--att", "5=bifall"], ["watch", "add", OPEN, "--forslag", "1"]]
    asked += [
        ["minute", OPEN, MEETING, "--reservation", "Okänd"],
        ["split", OPEN, "--rubrik", "En del", "--dnr", SECRET],
    ]
    for words in asked:
        answer = arende(*words)
        if words[:2] not in (["database", "upgrade"], ["meeting", "import"]):
            told = " ".join((answer.out + answer.err).split())
            assert (answer.code, told.count("✗") > 1) == (Exit.REFUSED, False), (words, answer)
            assert "ina roller: systemförvaltaren" in told, (words, answer)


ABOUT_THE_MACHINE = (
    "audit", "database", "backup", "restore", "doctor", "workflow", "config", "graph", "document verify"
)  # fmt: skip


def test_the_roles_that_read_are_those_the_table_names(town: Town) -> None:
    """A denial is exit code 3, one sentence that names who may, and a record."""
    for role in Role:
        become(town.directory, [role.value], [])
        for name, acts in {**ASKED, "meeting agenda": READ, "meeting dispatch": READ}.items():
            if name.startswith(ABOUT_THE_MACHINE):
                continue
            answer = arende(*line(name, OPEN))
            may = any(role in PERMISSIONS[act].by for act in acts)
            assert (answer.code != Exit.REFUSED) == may, (role, name, answer)
            if not may:
                assert (answer.out, answer.err.count("\n")) == ("", 1)
                assert answer.err.startswith("Att läsa ärenden och sammanträden gör registratorn, handläggaren, ")
    become(town.directory, [role.value for role in Role], ["*"])
    assert "system.denied" in "".join(file.read_text(encoding="utf-8") for file in Path("logg").glob("arende*.jsonl"))
