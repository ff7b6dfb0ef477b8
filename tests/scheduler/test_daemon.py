"""The daemon as a real process: it reminds, catches the log up, says what is wrong, and stops when told."""

import json
import re
import shutil
import signal
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scheduler import reminder_run
from scheduler.daemon import now
from scheduler.heart import Heart
from scheduler.ticks import Ticks, day_in_sweden
from tests.end_to_end.mail_server import Reply, mail_server
from tests.scheduler.background import arende, daemon, ended, eventually, found, operations, running, set_to, with_mail
from workflow import config
from workflow.log_files import segments

DONE = (
    "Klart: 0 mejl skickades och {noted} skrevs i driftloggen. 0 väntar på att skickas, 0 misslyckades. "
    "Revisionsloggen fick {lines}.\n"
)


def log_of(directory):
    """The log's only file."""
    (file,) = segments(directory / "logg")
    return file


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A directory with a database and one registered case whose log file has been lost."""
    directory = found(tmp_path_factory.mktemp("founded"))
    case = ("--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Ett ärende", "--dnr", "SON 2020-247")
    arende(directory, "register", *case)
    log_of(directory).unlink()
    return directory


@pytest.fixture
def town(founded, tmp_path):
    return Path(shutil.copytree(founded, tmp_path / "town"))


# --- one round ------------------------------------------------------------------------------------


def test_one_round_writes_the_lost_log_again(town):
    first = daemon(town, "--once")
    assert (first.returncode, first.stdout) == (
        0,
        DONE.format(noted="0 påminnelser", lines="2 rader"),
    )
    assert "Loggen håller" in arende(town, "audit", "verify")


def test_a_second_round_has_nothing_to_do(town):
    daemon(town, "--once")
    told = DONE.format(noted="0 påminnelser", lines="0 rader")
    assert daemon(town, "--once").stdout == told


def test_a_round_on_a_day_sends_what_had_come_by_then_and_no_round_sends_it_again(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    daemon(town, "--once", "--today", "2021-02-01")
    told = DONE.format(noted="1 påminnelse", lines="2 rader")
    assert daemon(town, "--once", "--today", "2021-03-03").stdout == told
    assert "0 påminnelser" in daemon(town, "--once", "--today", "2021-03-03").stdout
    assert "Loggen håller" in arende(town, "audit", "verify")


def test_a_round_without_a_mail_server_sends_the_rest_and_says_what_waits(town):
    with_mail(town, 1)
    arende(town, "meeting", "add", "SON", "2021-03-18")
    answer = daemon(town, "--once", "--today", "2021-03-10")
    assert answer.returncode == 0
    assert answer.stdout.startswith(
        "Klart: 0 mejl skickades och 2 påminnelser skrevs i driftloggen. 2 väntar på att skickas, "
        "0 misslyckades. Revisionsloggen fick "
    )


def test_a_round_whose_mails_are_refused_says_what_to_mend(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    with mail_server(town, lambda _id, _time: Reply(550)) as server:
        with_mail(town, server.port)
        answer = daemon(town, "--once", "--today", "2021-03-10")
    first, second = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert "0 väntar på att skickas, 2 misslyckades." in first
    assert second == (
        "Det som misslyckades ligger i utkorgen. Rätta config.toml och försök igen: "
        "arende-daemon outbox retry --all-failed"
    )


def test_a_round_in_the_quiet_hours_says_when_the_mails_leave(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    with mail_server(town) as server:
        with_mail(town, server.port)
        set_to(town, quiet=["00:00", "23:59"])
        answer = daemon(town, "--once", "--today", "2021-03-10")
        assert server.received == []
    first, second = answer.stdout.splitlines()
    assert "0 mejl skickades och 2 påminnelser skrevs i driftloggen. 2 väntar på att skickas" in first
    assert re.fullmatch(r"Nu är det tyst tid; det som väntar skickas från \w+dag \d.* kl\. 23\.59\.", second)


# --- in advance -----------------------------------------------------------------------------------


def test_a_preview_says_what_would_go_out_to_whom_and_why(town):
    with_mail(town, 1)
    arende(town, "meeting", "add", "SON", "2036-03-20")
    answer = daemon(town, "--preview", "45", "--today", "2036-02-01")
    assert answer.returncode == 0
    assert answer.stdout.splitlines()[-3:] == [
        "Fredag 14 mars 2036",
        "  Påminnelse: kallelse senast 15 mars 2036 – SON 2036-03-20",
        "    till nämndsekreteraren SON (driftloggen och e-post); regeln call, påminnelse 2 av 2",
    ]


def test_a_preview_writes_nothing(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    log = log_of(town)
    before = log.read_bytes()
    assert "kallelse" in daemon(town, "--preview", "1", "--today", "2021-03-12").stdout
    assert "2 påminnelser" in daemon(town, "--once", "--today", "2021-03-12").stdout
    assert log.read_bytes().startswith(before)


def test_a_preview_as_json(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    views = json.loads(daemon(town, "--preview", "1", "--today", "2021-03-12", "--json").stdout)
    assert {(view["rule"], view["recipient"], view["channel"]) for view in views} == {
        ("manusstopp", "namndsekreterare@SON", "logg"),
        ("call", "namndsekreterare@SON", "logg"),
    }


def test_a_preview_of_days_without_reminders_says_so(town):
    assert daemon(town, "--preview", "2", "--today", "2021-01-04").stdout == (
        "Inga påminnelser de 2 dagarna från måndag 4 januari 2021.\n"
    )


# --- in the background ----------------------------------------------------------------------------


def test_it_runs_until_it_is_told_to_stop(town):
    with running(town) as process:
        eventually(lambda: segments(town / "logg") and operations(town)[-1]["event"] == "command_finished")
        assert ended(process) == (0, "")
    assert log_of(town).read_text().count("\n") == 2
    assert operations(town)[-1]["outcome"] == "done"


def test_it_finishes_the_mail_it_is_sending_and_begins_no_other(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    with mail_server(town, lambda _id, _time: Reply(250, seconds=2)) as server:
        with_mail(town, server.port)
        with running(town) as process:
            eventually(lambda: server.received)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        assert len(server.received) == 1
        [sent] = [line for line in operations(town) if line.get("channel") == "e-post" and line["outcome"] != "merged"]
        assert (sent["outcome"], sent["recipient"]) == ("sent", "namndsekreterare@SON")
        assert daemon(town, "--once").returncode == 0
        assert len({received.message_id for received in server.received}) == len(server.received) == 3


def test_it_outlives_a_database_that_is_away_for_a_while(town):
    set_to(town, tick_seconds=1)
    with running(town) as process:
        eventually(lambda: operations(town)[-1]["command"] == "daemon tick")
        (town / "arendegang.db").rename(town / "borta.db")
        eventually(lambda: operations(town)[-1]["outcome"] == "failed")
        (town / "borta.db").rename(town / "arendegang.db")
        eventually(lambda: operations(town)[-1]["outcome"] == "done")
        code, told = ended(process, signal.SIGINT)
    assert code == 0
    assert "finns inte" in told


def test_whatever_goes_wrong_is_written_down_and_said_once_and_the_log_is_written_all_the_same(
    town, capsys, monkeypatch
):
    def broken(*_):
        raise KeyError("Anna Andersson")

    monkeypatch.setattr(reminder_run, "run", broken)
    settings = config.load(town / "config.toml")
    ticks = Ticks(settings, now, Heart(settings.config.daemon, time.monotonic, lambda: None), lambda _: None)
    ticks()
    ticks()
    assert log_of(town).read_text().count("\n") == 2
    failed = operations(town)[-2:]
    assert {(line["command"], line["outcome"], line["fault"]) for line in failed} == {
        ("daemon tick", "failed", "KeyError")
    }
    told = capsys.readouterr().err
    assert told.startswith("Ett fel i programmet (KeyError).")
    assert told.count("\n") == 1
    assert "Anna" not in told
    monkeypatch.undo()
    ticks()
    assert operations(town)[-1]["outcome"] == "done"


def with_calendars_nobody_can_write(town):
    """A file stands where their directory should."""
    path = town / "config.toml"
    path.write_text(path.read_text().replace('directory = ""', 'directory = "kalendrar"'))
    (town / "kalendrar").write_text("en fil")
    arende(town, "meeting", "add", "SON", "2021-03-18")


def test_calendars_that_cannot_be_written_are_said_once_and_the_round_and_its_figures_are_whole(town, capsys):
    with_calendars_nobody_can_write(town)
    with_mail(town, 1)
    settings = config.load(town / "config.toml")
    told: list[str] = []
    heart = Heart(settings.config.daemon, time.monotonic, lambda: None)
    ticks = Ticks(settings, lambda: datetime(2021, 3, 10, 9, tzinfo=UTC), heart, told.append)
    ticks()
    ticks()
    assert ticks.figures.rounds == {"done": 2, "failed": 0}
    assert ticks.figures.reminders["sent"] == 2
    assert [(one.outlet, one.waiting) for one in ticks.figures.outbox.waiting] == [("e-post", 2)]
    rounds = [line for line in operations(town) if line.get("command") == "daemon tick"]
    assert [(line["outcome"], line["fault"], line.get("sent", 0)) for line in rounds] == [
        ("done", "calendars", 2),
        ("done", "calendars", 0),
    ]
    assert told[0] == "Senaste rundan: 2 skickade, 2 väntar, 0 misslyckade. Kalendrarna kunde inte skrivas."
    said = capsys.readouterr().err
    assert said.startswith(f"Kalendrarna i {town / 'kalendrar'} går inte att skriva")
    assert said.count("\n") == 1
    (town / "kalendrar").unlink()
    ticks()
    assert "fault" not in operations(town)[-1]
    assert list((town / "kalendrar").glob("*.ics")) != []


def test_one_round_says_what_it_did_and_then_that_the_calendars_could_not_be_written(town):
    with_calendars_nobody_can_write(town)
    answer = daemon(town, "--once", "--today", "2021-03-10")
    assert answer.returncode == 6
    assert answer.stdout.startswith("Klart: 0 mejl skickades och 2 påminnelser skrevs i driftloggen.")
    assert answer.stderr.startswith(f"Kalendrarna i {town / 'kalendrar'} går inte att skriva")


# --- what it says ---------------------------------------------------------------------------------


def test_without_a_command_it_says_how_it_is_used(town):
    answer = daemon(town)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("Användning: arende-daemon")
    assert "--preview DAGAR" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "told"),
    [
        (("--config", "saknas.toml", "--once"), 6, "Inställningsfilen saknas.toml kan inte läsas."),
        (("--config", "saknas.toml", "run"), 6, "Inställningsfilen saknas.toml kan inte läsas."),
        (("--nonsens",), 2, "Flaggan --nonsens finns inte."),
        (("start",), 2, "Kommandot start finns inte."),
        (("--once", "--preview", "3"), 2, "Välj ett: run, --once eller --preview."),
        (("--once", "run"), 2, "Välj ett: run, --once eller --preview."),
        (("--today", "2021-03-12", "run"), 2, "--today hör ihop med --once eller --preview."),
        (("--once", "--json"), 2, "--json hör ihop med --preview."),
        (("--preview", "noll"), 2, "Flaggan --preview: ”noll” är inget tal"),
        (("--preview", "0"), 2, "Flaggan --preview: ”0” är inget tal från 1 till 366"),
        (("--preview", "400"), 2, "Flaggan --preview: ”400” är inget tal från 1 till 366"),
        (("--once", "--today", "2021-13-01"), 2, "Flaggan --today: ”2021-13-01” är inget datum"),
        (("--once", "--today", "2999-01-01"), 2, "2999-01-01 ligger i framtiden"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(town, arguments, exit_code, told):
    answer = daemon(town, *arguments)
    assert answer.stderr.startswith(told)
    assert answer.returncode == exit_code
    assert "Traceback" not in answer.stderr


def test_a_missing_database_is_told_of_before_it_goes_into_the_background(town):
    (town / "arendegang.db").unlink()
    answer = daemon(town, "run")
    assert answer.returncode == 6
    assert "Skapa den med: arende database upgrade" in answer.stderr


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2024-03-31T00:59:59+00:00", "2024-03-31"),
        ("2024-06-30T22:00:00+00:00", "2024-07-01"),
        ("2024-06-30T21:59:59+00:00", "2024-06-30"),
        ("2024-12-31T23:00:00+00:00", "2025-01-01"),
        ("2024-12-31T22:59:59+00:00", "2024-12-31"),
    ],
)
def test_the_day_is_swedens(instant, day):
    assert day_in_sweden(datetime.fromisoformat(instant).astimezone(UTC)) == date.fromisoformat(day)
