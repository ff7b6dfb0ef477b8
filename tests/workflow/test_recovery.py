"""A database that is older than its log, or has another history, is not written to; and how it is brought back.

What was acknowledged is there again afterwards, and what was sent is not sent again.
"""

import contextlib
import io
import json
import os
import random
import shutil
import time
from pathlib import Path

import pytest

from scheduler import daemon
from tests.conftest import PROJECT, make_command, settings_for
from tests.end_to_end.mail_server import mail_server
from tests.end_to_end.workers import FORK
from tests.workflow import witness
from workflow import config, durable_files, log_exporter, log_files, log_verifier, recovery, schema
from workflow.cli import main
from workflow.connection import connect
from workflow.errors import ChangedMeanwhileError, Exit, VerificationFailedError

SEED = int(os.environ.get("ARENDE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
ROLLBACKS = FORKS = 100
STEPS = 30


class Office:
    """A directory with a config.toml, where commands are given and the database is a file to be copied."""

    def __init__(self, directory):
        self.directory, self.database, self.log = directory, directory / "arendegang.db", directory / "logg"
        shutil.copy(PROJECT / "config.toml", directory)

    def arende(self, *words):
        """Give a command; its exit code and what was printed."""
        return self._give(main.run, *words)

    def daemon(self, *words):
        return self._give(daemon.answer, *words)

    def done(self, *words):
        code, printed = self.arende(*words)
        assert code == 0, printed
        return printed

    def _give(self, program, *words):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = program(["--config", str(self.directory / "config.toml"), *words])
        return code, printed.getvalue()

    def work(self, number):
        """One command of a long day's work."""
        if number % 3:
            self.done("edit", "SON-2020-1", "--rubrik", f"Rubrik {number}")
        else:
            case = ("--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Ett ärende")
            self.done("register", *case, "--dnr", f"SON 2020-{1 + number // 3}")

    def roll_back(self, snapshot):
        """Put an older copy of the database in place, as somebody who knows nothing of logs would."""
        for end in ("-wal", "-shm", "-journal"):
            Path(f"{self.database}{end}").unlink(missing_ok=True)
        shutil.copy(snapshot, self.database)

    def logged(self):
        """The log's files, byte for byte."""
        return {path: path.read_bytes() for path in self.log.rglob("*.json*")}

    def told(self):
        """All that the database says."""
        with contextlib.closing(connect(f"sqlite:///{self.database}")) as connection:
            return witness.live(connection)

    def last_record(self):
        return json.loads(log_files.last_line(self.log) or b"")["body"]

    def lose_the_log(self):
        shutil.rmtree(self.log)


@pytest.fixture
def office(tmp_path):
    home = Office(tmp_path)
    home.done("database", "upgrade")
    return home


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """An office after a day's work, with a copy of its database after each command; nobody may change it."""
    directory = tmp_path_factory.mktemp("worked")
    home = Office(directory)
    home.done("database", "upgrade")
    for number in range(STEPS):
        home.work(number)
        shutil.copy(home.database, directory / f"snapshot-{number}.db")
    return home


@pytest.fixture
def after_work(worked, tmp_path):
    """A copy of that office to do harm to."""
    shutil.copytree(worked.directory, tmp_path / "office", ignore=shutil.ignore_patterns("*.lock"))
    return Office(tmp_path / "office")


def snapshots(office):
    return sorted(office.directory.glob("snapshot-*.db"), key=lambda path: int(path.stem.partition("-")[2]))


def refuses_to_write(office, *expected):
    """Nothing that writes does; each says why, and what to do."""
    before = office.told(), office.logged()
    for program, words in (
        (office.arende, ("edit", "SON-2020-1", "--rubrik", "Ny")),
        (office.arende, ("meeting", "add", "KS", "2027-01-12")),
        (office.arende, ("database", "upgrade")),
        (office.arende, ("backup", str(office.directory / "kopior"))),
        (office.daemon, ("--once",)),
    ):
        code, printed = program(*words)
        assert code == Exit.VERIFICATION_FAILED, (words, printed)
        assert "arende audit rebuild" in printed
        for text in expected:
            assert text in printed
    assert (office.told(), office.logged()) == before


def agrees(office):
    """None, or what a command that wants to write would be told."""
    with contextlib.closing(connect(f"sqlite:///{office.database}")) as connection:
        try:
            log_exporter.require_agreement(connection, office.log)
        except VerificationFailedError as error:
            return str(error)
    return None


# --- found ------------------------------------------------------------------------------------------


def test_a_database_older_than_its_log_is_not_written_to_but_can_be_read(after_work):
    after_work.roll_back(snapshots(after_work)[10])
    refuses_to_write(after_work, "Databasen är äldre än sin logg")
    assert "SON 2020-1 " in after_work.done("list")


def test_a_database_with_another_history_is_not_written_to(after_work):
    after_work.roll_back(snapshots(after_work)[10])
    fork(after_work, STEPS)
    refuses_to_write(after_work, "har gått skilda vägar")


def test_a_log_somebody_has_written_in_is_not_added_to(after_work):
    with log_files.segments(after_work.log)[-1].open("ab") as file:
        file.write(b'{"event":"hello"}\n')
    code, printed = after_work.arende("edit", "SON-2020-1", "--rubrik", "Ny")
    assert (code, "är ingen av våra" in printed) == (Exit.VERIFICATION_FAILED, True)


def fork(office, commands):
    """Let the database go its own way for some commands, with its log somewhere else."""
    path = office.directory / "config.toml"
    ours = path.read_text()
    elsewhere = office.directory / "annan"
    shutil.rmtree(elsewhere, ignore_errors=True)
    path.write_text(ours.replace('directory = "logg"', 'directory = "annan"'))
    for number in range(commands):
        office.done("edit", "SON-2020-1", "--rubrik", f"Annan {number}")
    path.write_text(ours)


def test_every_rollback_and_every_fork_is_found(after_work):
    dice, kept = random.Random(SEED), snapshots(after_work)
    print(f"ARENDE_SEED={SEED}")
    for _ in range(ROLLBACKS):
        after_work.roll_back(dice.choice(kept[:-1]))
        assert "äldre än sin logg" in (agrees(after_work) or "")
    for _ in range(FORKS):
        place = dice.randrange(len(kept) - 1)
        after_work.roll_back(kept[place])
        fork(after_work, dice.choice((1, len(kept) - 1 - place, len(kept) - place)) if place > 20 else 1)
        assert agrees(after_work) is not None
    after_work.roll_back(kept[-1])
    assert agrees(after_work) is None, "a database in step with its log is found as well"
    print(f"{ROLLBACKS} rollbacks and {FORKS} forks, all found")


def test_a_rollback_on_postgresql_is_found(postgres_server, tmp_path):
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    with contextlib.closing(connect(settings.database_url)) as connection:
        log_exporter.export(connection, tmp_path / "logg")
        connection.run("SET session_replication_role = replica")
        connection.run("DELETE FROM log_line")
        with pytest.raises(VerificationFailedError, match="känner till 0 rader, men loggen"):
            log_exporter.require_agreement(connection, tmp_path / "logg")


def test_an_older_copy_of_the_log_is_brought_up_to_date(after_work):
    *_, last = log_files.segments(after_work.log)
    whole = last.read_bytes()
    last.write_bytes(b"".join(whole.splitlines(keepends=True)[:5]))
    after_work.done("edit", "SON-2020-1", "--rubrik", "Ny")
    assert last.read_bytes().startswith(whole)


# --- rebuilt ----------------------------------------------------------------------------------------


def test_a_rebuilt_database_is_the_one_that_was_lost_and_the_old_one_is_kept(after_work):
    lost = after_work.told()
    after_work.roll_back(snapshots(after_work)[3])
    older = after_work.told()
    assert "arendegang.db.undanlagd-1" in after_work.done("audit", "rebuild")
    assert after_work.told() == lost
    assert "detsamma som loggen" in after_work.done("audit", "diff")
    after_work.done("edit", "SON-2020-1", "--rubrik", "Vi går vidare")
    assert log_verifier.verify(after_work.log).faults == []
    aside = after_work.directory / "arendegang.db.undanlagd-1"
    after_work.roll_back(aside)
    assert after_work.told() == older


def test_a_rebuild_is_itself_a_record(after_work):
    after_work.done("audit", "rebuild")
    last = after_work.last_record()
    assert (last["type"], last["data"]) == ("system.restored", {"from": "log", "lines": STEPS + 1})


def test_a_database_that_is_gone_is_rebuilt(after_work):
    lost = after_work.told()
    after_work.database.unlink()
    after_work.done("audit", "rebuild")
    assert after_work.told() == lost


def test_a_database_that_is_damaged_is_rebuilt_and_the_damaged_one_kept(after_work):
    lost = after_work.told()
    after_work.database.write_bytes(b"SQLite format 3\0" + b"?" * 5000)
    after_work.done("audit", "rebuild")
    assert after_work.told() == lost
    assert (after_work.directory / "arendegang.db.undanlagd-1").read_bytes().endswith(b"?" * 5000)


def test_a_line_torn_by_a_killed_exporter_does_not_stand_in_the_way(after_work):
    lost = after_work.told()
    with log_files.segments(after_work.log)[-1].open("ab") as file:
        file.write(b'{"body":{"actor":')
    after_work.database.unlink()
    after_work.done("audit", "rebuild")
    assert after_work.told() == lost


def test_what_was_committed_but_not_exported_is_there_after_a_rebuild(after_work, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(log_exporter, "export", lambda *_: 0)
        after_work.done("edit", "SON-2020-1", "--rubrik", "Bara i databasen")
    after_work.done("audit", "rebuild")
    assert "Bara i databasen" in after_work.done("show", "SON-2020-1")


def test_nothing_is_rebuilt_from_a_log_that_does_not_hold(after_work):
    segment = log_files.segments(after_work.log)[0]
    segment.write_bytes(segment.read_bytes().replace(b'"verb":"', b'"verb": "', 1).replace(b"edited", b"edIted", 1))
    before = after_work.database.read_bytes()
    code, printed = after_work.arende("audit", "rebuild")
    assert (code, "håller inte" in printed) == (Exit.VERIFICATION_FAILED, True)
    assert after_work.database.read_bytes() == before
    assert not list(after_work.directory.glob("*undanlagd*"))


def test_a_rebuild_that_is_killed_leaves_the_old_database_and_can_be_done_again(after_work, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(recovery, "_note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        code, _ = after_work.arende("audit", "rebuild")
    assert code == Exit.OUTCOME_UNKNOWN
    before = after_work.told()
    after_work.done("edit", "SON-2020-1", "--rubrik", "Som förut")
    after_work.done("audit", "rebuild")
    assert after_work.told().keys() == before.keys()
    assert "Som förut" in after_work.done("show", "SON-2020-1")


def test_another_database_can_be_built_beside_the_one_in_use(after_work):
    target = after_work.directory / "annan.db"
    after_work.done("audit", "rebuild", "--to", f"sqlite:///{target}")
    with contextlib.closing(connect(f"sqlite:///{target}")) as connection:
        assert witness.live(connection) == after_work.told()
    assert "finns redan" in after_work.arende("audit", "rebuild", "--to", f"sqlite:///{target}")[1]


def test_whoever_waited_while_the_database_was_replaced_writes_nothing_into_the_old_one(after_work):
    settings = config.load(after_work.directory / "config.toml")
    with contextlib.closing(connect(settings.database_url)) as waiting:
        recovery.rebuild(settings, make_command())
        with pytest.raises(ChangedMeanwhileError, match="byttes ut"), waiting.writing():
            pytest.fail("it was let in")


def test_on_postgresql_the_database_is_built_in_an_empty_one(after_work, postgres_server, monkeypatch):
    lost = after_work.told()
    monkeypatch.setenv("ARENDE_DATABASE_URL", postgres_server.new_schema())
    after_work.done("audit", "rebuild")
    with contextlib.closing(connect(os.environ["ARENDE_DATABASE_URL"])) as connection:
        assert witness.live(connection) == lost
        assert not witness.faults(connection)
    after_work.done("edit", "SON-2020-1", "--rubrik", "På PostgreSQL")
    code, printed = after_work.arende("audit", "rebuild")
    assert (code, "en tom" in printed) == (Exit.USAGE, True)


# --- backups ----------------------------------------------------------------------------------------


def backup(office):
    return json.loads(office.done("backup", str(office.directory / "kopior"), "--json"))


def test_a_backup_brings_everything_back_where_all_else_is_lost(after_work):
    lost, copy = after_work.told(), backup(after_work)
    after_work.database.unlink()
    after_work.lose_the_log()
    printed = after_work.done("restore", copy["path"])
    assert "kan saknas" in printed
    assert after_work.told() == lost
    assert log_verifier.verify(after_work.log).faults == []
    last = after_work.last_record()
    assert last["type"] == "system.restored"
    assert (last["data"]["from"], last["data"]["log_index"]) == ("backup", copy["log_index"])
    after_work.done("edit", "SON-2020-1", "--rubrik", "Vi går vidare")
    assert "detsamma som loggen" in after_work.done("audit", "diff")


def test_what_was_done_after_the_backup_is_brought_back_from_the_log(after_work):
    copy = backup(after_work)
    after_work.done("edit", "SON-2020-1", "--rubrik", "Efter kopian")
    after_work.database.unlink()
    printed = after_work.done("restore", copy["path"])
    assert "kan saknas" not in printed
    assert "Efter kopian" in after_work.done("show", "SON-2020-1")


def test_what_was_done_after_the_backup_is_brought_back_from_the_database_where_only_the_log_is_lost(after_work):
    copy = backup(after_work)
    after_work.done("edit", "SON-2020-1", "--rubrik", "Efter kopian")
    after_work.lose_the_log()
    assert "kan saknas" not in after_work.done("restore", copy["path"])
    assert "Efter kopian" in after_work.done("show", "SON-2020-1")


def test_a_backup_of_another_history_is_not_restored(after_work):
    after_work.roll_back(snapshots(after_work)[10])
    fork(after_work, STEPS)
    path = after_work.directory / "config.toml"
    ours = path.read_text()
    path.write_text(ours.replace('directory = "logg"', 'directory = "annan"'))
    copy = backup(after_work)
    path.write_text(ours)
    before = after_work.database.read_bytes()
    code, printed = after_work.arende("restore", copy["path"])
    assert (code, "olika historia" in printed) == (Exit.VERIFICATION_FAILED, True)
    assert after_work.database.read_bytes() == before


@pytest.mark.parametrize("pattern", ["arendegang-*.jsonl", "payloads/**/*.json", "sakerhetskopia.json"])
def test_a_changed_backup_is_not_restored(after_work, pattern):
    copy = Path(backup(after_work)["path"])
    file = next(path for path in copy.glob(pattern) if path.is_file())
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    code, printed = after_work.arende("restore", str(copy))
    assert code in (Exit.VERIFICATION_FAILED, Exit.NOT_FOUND), printed
    assert not list(after_work.directory.glob("*undanlagd*"))


def test_something_that_is_no_backup_is_said_not_to_be(office, tmp_path):
    code, printed = office.arende("restore", str(tmp_path))
    assert (code, "arende backup" in printed) == (Exit.NOT_FOUND, True)


def test_a_backup_that_cannot_be_written_leaves_nothing_half_made(after_work, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable_files, "write", full)
    code, printed = after_work.arende("backup", str(after_work.directory / "kopior"))
    assert (code, "disken är full" in printed) == (Exit.ENVIRONMENT, True)
    assert not [path for path in (after_work.directory / "kopior").glob("*") if path.suffix != ".tmp"]


def test_a_backup_is_whole_while_others_write(after_work, monkeypatch):
    write_payload, given = log_exporter.write_payload, list[str]()

    def somebody_writes(connection, directory, sha):
        if directory.parent.name == "kopior" and not given:
            given.append(sha)
            after_work.done("edit", "SON-2020-1", "--rubrik", "Under kopieringen")
        return write_payload(connection, directory, sha)

    monkeypatch.setattr(log_exporter, "write_payload", somebody_writes)
    copy = backup(after_work)
    assert given
    assert log_verifier.verify(Path(copy["path"])).faults == []
    assert log_verifier.verify(after_work.log).lines == copy["log_index"] + 1


def test_a_backup_from_one_database_is_restored_in_the_other(after_work, postgres_server, monkeypatch):
    copy, lost = backup(after_work), after_work.told()
    after_work.lose_the_log()
    monkeypatch.setenv("ARENDE_DATABASE_URL", postgres_server.new_schema())
    after_work.done("restore", copy["path"])
    with contextlib.closing(connect(os.environ["ARENDE_DATABASE_URL"])) as connection:
        assert witness.live(connection) == lost


# --- what was sent is not sent again ----------------------------------------------------------------


@pytest.fixture
def reminded(office):
    """An office with a meeting, a mail server, and reminders sent before and after a backup; what was sent."""
    with mail_server(office.directory) as server:
        path = office.directory / "config.toml"
        text = path.read_text().replace('host = ""', 'host = "127.0.0.1"').replace("port = 25", f"port = {server.port}")
        text = text.replace('sender = ""', 'sender = "Ärendegång <arende@exempel.se>"')
        text = text.replace('quiet = ["18:00", "07:00"]', "quiet = []").replace("weekends = false", "weekends = true")
        path.write_text(f'{text}\n[[mailboxes]]\nrole = "namndsekreterare"\naddress = "son@exempel.se"\n')
        office.done("meeting", "add", "SON", "2021-03-18")
        office.remind = lambda day: office.daemon("--once", "--today", day)
        assert office.remind("2021-03-01")[0] == 0
        copy = backup(office)
        shutil.copy(office.database, office.directory / "older.db")
        assert office.remind("2021-03-10")[0] == 0
        sent = [mail.message_id for mail in server.accepted]
        assert len(sent) >= 2
        assert len(set(sent)) == len(sent)
        yield office, copy, server, sent


def test_nothing_sent_is_sent_again_after_a_rollback_and_a_rebuild(reminded):
    office, _, server, sent = reminded
    office.roll_back(office.directory / "older.db")
    assert office.remind("2021-03-10")[0] == Exit.VERIFICATION_FAILED
    office.done("audit", "rebuild")
    assert office.remind("2021-03-10")[0] == 0
    assert [mail.message_id for mail in server.accepted] == sent


def test_nothing_sent_is_sent_again_after_a_restore_with_the_log_at_hand(reminded):
    office, copy, server, sent = reminded
    office.database.unlink()
    office.done("restore", copy["path"])
    assert office.remind("2021-03-10")[0] == 0
    assert [mail.message_id for mail in server.accepted] == sent


def test_nothing_sent_is_sent_again_although_the_log_was_lost_too(reminded):
    office, copy, server, sent = reminded
    office.database.unlink()
    office.lose_the_log()
    office.done("restore", copy["path"])
    assert office.remind("2021-03-10")[0] == 0
    assert [mail.message_id for mail in server.accepted] == sent
    assert "SON 2021-03-18" in office.done("todo", "--date", "2021-03-10"), "the duty itself is not forgotten"


def test_what_is_new_after_such_a_restore_is_reminded_of_whatever_its_day(reminded):
    office, copy, server, sent = reminded
    office.database.unlink()
    office.lose_the_log()
    office.done("restore", copy["path"])
    office.done("meeting", "add", "SON", "2021-03-19")
    assert office.remind("2021-03-10")[0] == 0
    new = [mail for mail in server.accepted if mail.message_id not in sent]
    assert new
    assert all("SON 2021-03-19" in str(mail.mail["Subject"]) for mail in new)


# --- what goes wrong on the way ---------------------------------------------------------------------


def test_what_sqlite_left_beside_a_lost_database_is_not_taken_for_the_new_one_s(after_work):
    lost = after_work.told()
    for end in ("-wal", "-shm"):
        Path(f"{after_work.database}{end}").write_bytes(b"?" * 5000)
    after_work.database.unlink()
    after_work.done("audit", "rebuild")
    assert after_work.told() == lost
    assert "detsamma som loggen" in after_work.done("audit", "diff")
    assert Path(f"{after_work.database}.undanlagd-1-wal").exists()


def test_a_restored_log_is_not_linked_to_the_backup(after_work):
    copy = Path(backup(after_work)["path"])
    (segment,) = log_files.segments(copy)
    elsewhere = after_work.directory / "lager"
    segment.rename(elsewhere)
    segment.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    after_work.database.unlink()
    after_work.lose_the_log()
    after_work.done("restore", str(copy))
    after_work.done("edit", "SON-2020-1", "--rubrik", "Vi går vidare")
    assert elsewhere.read_bytes() == before
    assert not any(path.is_symlink() for path in after_work.log.rglob("*"))


@pytest.mark.parametrize("pattern", ["payloads/**/*.json", "arendegang-*.jsonl"])
def test_a_backup_mends_a_log_that_has_lost_a_piece_together_with_the_database(after_work, pattern):
    lost, copy = after_work.told(), backup(after_work)
    next(after_work.log.glob(pattern)).unlink()
    after_work.database.unlink()
    after_work.done("restore", copy["path"])
    assert after_work.told() == lost


def test_another_installation_s_log_is_said_to_be_and_nothing_is_built_from_it(after_work, tmp_path):
    (tmp_path / "annan").mkdir()
    other = Office(tmp_path / "annan")
    other.done("database", "upgrade")
    other.lose_the_log()
    shutil.copytree(after_work.log, other.log)
    before = other.told()
    for words in (("meeting", "add", "KS", "2027-01-12"), ("audit", "rebuild"), ("audit", "export")):
        code, printed = other.arende(*words)
        assert (code, "en annan installation" in printed) == (Exit.VERIFICATION_FAILED, True), printed
    assert other.told() == before


@pytest.mark.parametrize("url", ["", "sqlite:///", "ny.db", "mysql://dator/databas"])
def test_an_address_to_build_at_that_is_none_leaves_the_live_database_alone(after_work, url):
    code, printed = after_work.arende("audit", "rebuild", "--to", url)
    assert (code, "--to" in printed) == (Exit.USAGE, True), printed
    assert not list(after_work.directory.glob("*undanlagd*"))


def test_a_log_that_cannot_be_read_stops_all_writing(after_work, monkeypatch):
    after_work.roll_back(snapshots(after_work)[10])
    before, listed = after_work.told(), Path.iterdir

    def forbidden(path):
        if path == after_work.log:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", forbidden)
    for words in (("edit", "SON-2020-1", "--rubrik", "Ny"), ("audit", "rebuild"), ("audit", "verify")):
        code, printed = after_work.arende(*words)
        assert (code, "behörighet saknas" in printed) == (Exit.ENVIRONMENT, True), printed
    assert after_work.told() == before


def test_a_directory_in_place_of_a_segment_is_told_of(after_work):
    (after_work.log / "arendegang-2999-12-001.jsonl").mkdir()
    code, printed = after_work.arende("audit", "rebuild")
    assert (code, "är en katalog" in printed) == (Exit.ENVIRONMENT, True), printed


def test_nobody_else_can_read_what_a_restore_has_brought_back(after_work):
    copy = backup(after_work)
    after_work.database.unlink()
    after_work.lose_the_log()
    mask = os.umask(0o022)
    try:
        after_work.done("restore", copy["path"])
    finally:
        os.umask(mask)
    open_ones = [path for path in (after_work.log, *after_work.log.rglob("*")) if path.stat().st_mode & 0o077]
    assert [path for path in open_ones if path.name != "drift.jsonl"] == []


def test_an_upgrade_does_not_make_an_empty_database_beside_a_log(after_work):
    after_work.database.unlink()
    code, printed = after_work.arende("database", "upgrade")
    assert (code, "arende audit rebuild" in printed) == (Exit.VERIFICATION_FAILED, True)
    assert not after_work.database.exists()


def test_a_rebuild_that_fails_leaves_nothing_behind(after_work):
    segment = log_files.segments(after_work.log)[0]
    segment.write_bytes(segment.read_bytes().replace(b"edited", b"edIted", 1))
    for words in (("audit", "rebuild"), ("audit", "rebuild", "--to", f"sqlite:///{after_work.directory / 'annan.db'}")):
        assert after_work.arende(*words)[0] == Exit.VERIFICATION_FAILED
    left = {path.name for path in after_work.directory.iterdir() if not path.name.startswith("snapshot-")}
    assert left == {"config.toml", "arendegang.db", "arendegang.db.lock", "logg"}


def test_backups_of_the_same_second_stand_side_by_side(after_work, monkeypatch):
    made = [backup(after_work)["path"] for _ in range(3)]
    assert len(set(made)) == 3
    assert sorted(path.name for path in (after_work.directory / "kopior").iterdir()) == sorted(
        Path(path).name for path in made
    )


def test_a_command_that_was_committed_just_before_a_rebuild_is_acknowledged_once(after_work, monkeypatch):
    """It waits to write its log while the database is made anew, with what it did."""
    export, settings = log_exporter.export, config.load(after_work.directory / "config.toml")

    def made_anew_first(connection, directory):
        monkeypatch.setattr(log_exporter, "export", export)
        recovery.rebuild(settings, make_command())
        return export(connection, directory)

    monkeypatch.setattr(log_exporter, "export", made_anew_first)
    assert after_work.arende("edit", "SON-2020-1", "--rubrik", "Mitt i", "--command-id", "mitt-i")[0] == 0
    assert "Mitt i" in after_work.done("show", "SON-2020-1")
    assert "detsamma som loggen" in after_work.done("audit", "diff")
    assert log_verifier.verify(after_work.log).faults == []


def test_a_command_that_had_the_old_database_open_is_told_to_try_again(after_work, monkeypatch):
    """It is not the database that is older than its log: it has just been replaced."""
    settings = config.load(after_work.directory / "config.toml")
    with contextlib.closing(connect(settings.database_url)) as opened_before:
        recovery.rebuild(settings, make_command())
        with pytest.raises(ChangedMeanwhileError, match="byttes ut"):
            log_exporter.require_agreement(opened_before, settings.log_directory)


@pytest.mark.kill
def test_nothing_acknowledged_is_lost_while_the_database_is_made_anew_again_and_again(after_work):
    """Two clerks work while it is rebuilt; what they were told is done is there, once."""
    settings = config.load(after_work.directory / "config.toml")
    clerks = [Clerk(after_work, name) for name in ("ett", "tva")]
    for _ in range(REBUILDS):
        time.sleep(0.1)
        recovery.rebuild(settings, make_command())
    done = [id_ for clerk in clerks for id_ in clerk.end()]
    with contextlib.closing(connect(settings.database_url)) as connection:
        rows = connection.run("SELECT command_id FROM journal WHERE command_id LIKE 'k-%'")
        log_exporter.export(connection, after_work.log)
        assert not witness.faults(connection)
    there = [row["command_id"] for row in rows]
    print(f"{REBUILDS} rebuilds among {len(done)} commands")
    assert len(done) > 2 * REBUILDS
    assert set(done) <= set(there)
    assert len(set(there)) == len(there)
    assert log_verifier.verify(after_work.log).faults == []
    assert "detsamma som loggen" in after_work.done("audit", "diff")


REBUILDS = 20


class Clerk:
    """A process that edits, and tells the ids of the commands that were acknowledged."""

    def __init__(self, office, name):
        self._told, told = FORK.Pipe(duplex=False)
        self._stop = FORK.Event()
        self._process = FORK.Process(target=self._work, args=(office, name, told, self._stop))
        self._process.start()
        self._done = list[str]()

    @staticmethod
    def _work(office, name, told, stop):
        done = list[str]()
        while not stop.is_set():
            id_ = f"k-{name}-{len(done)}"
            code, printed = office.arende("edit", "SON-2020-1", "--underlag", id_, "--command-id", id_)
            while code in (Exit.CHANGED_MEANWHILE, Exit.OUTCOME_UNKNOWN):
                code, printed = office.arende("edit", "SON-2020-1", "--underlag", id_, "--command-id", id_)
            assert code == 0, printed
            done.append(id_)
        told.send(done)

    def end(self):
        self._stop.set()
        assert self._told.poll(60)
        done = self._told.recv()
        self._process.join()
        assert self._process.exitcode == 0
        self._process.close()
        return done
