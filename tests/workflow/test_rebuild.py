"""The database is built anew from the log's files, after a story of every move there is; what is not in them shows."""

import os
import random
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from sqlmodel import SQLModel

from states.case_facts import AppealCourt, CaseKind, DelegationKind, State, WatchKind
from states.lifecycle import MOVES
from states.records import insert
from tests.conftest import drop_triggers, make_command
from tests.workflow import witness
from tests.workflow.clerk import KF_DECIDES, Clerk
from tests.workflow.ledger import ROWS, Ledger
from tests.workflow.town import DAY, Town, with_two_namnder
from workflow import (
    appealwork,
    audit_journal,
    case_store,
    config,
    delegationwork,
    linkwork,
    log_diff,
    log_exporter,
    log_files,
    log_rebuild,
    log_verifier,
    referralwork,
    reminder_store,
    schema,
    statements,
    watchwork,
)
from workflow.appealwork import NewAppeal
from workflow.audit_journal import Draft
from workflow.connection import SQLITE, Connection, connect
from workflow.delegationwork import NewDelegated
from workflow.desk import Desk
from workflow.documents import File
from workflow.errors import EnvironmentFaultError, UsageError, VerificationFailedError
from workflow.registration import Skrivelse
from workflow.reminder_store import Found, Moment
from workflow.watchwork import NewWatch

SEED = int(os.environ.get("ARENDE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
MEMBER = config.Member("m1", "SON", "Invented Person", "ordforande", date(2019, 1, 1))
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def town(desk):
    settings = with_two_namnder(desk.settings)
    ours = msgspec.structs.replace(settings.config, members=[*settings.config.members, MEMBER])
    schema.upgrade(msgspec.structs.replace(settings, config=ours), make_command())
    return Town(desk, Ledger())


@pytest.fixture
def new_database(desk, request, tmp_path):
    """Makes empty databases of the same sort as the town's."""
    opened = list[Connection]()

    def made():
        if desk.connection.dialect == SQLITE:
            url = f"sqlite:///{tmp_path / f'new-{len(opened)}.db'}"
        else:
            url = request.getfixturevalue("postgres_server").new_schema()
        opened.append(schema.create(url))
        return opened[-1]

    yield made
    for connection in opened:
        connection.close()


@pytest.fixture
def story(town):
    """A town where one case has been closed, with its protocol, and another was decided in fullmäktige."""
    for verb, source in (("close", State.SKICKAS_TILL), ("decide", State.KF)):
        Clerk(town).take(next(move for move in MOVES if (move.verb, move.source) == (verb, source)))
    note = NewWatch(kind=WatchKind.BEVAKNING, about="Ring utföraren", body="SON", due=date(2026, 3, 1))
    town.do(watchwork.add, town.cases[0], (note,))
    town.do(appealwork.add, town.cases[0], NewAppeal(received_by=AppealCourt.KOMMUNEN, who="En medlem"))
    Clerk(town).plan("SON", 20)
    taken = NewDelegated(kind=DelegationKind.DELEGATION, point="2.4.8", what="Ett bidrag", by="Direktören")
    town.do(delegationwork.add, "SON", taken)
    document = Skrivelse(rubrik="Ur en fil", document=File(sha256="ab" * 32, name="skrivelse.txt"))
    Clerk(town).register(CaseKind.FORVALTNINGSARENDE, KF_DECIDES, document)
    town.do(linkwork.link, town.cases[0], town.cases[-1])
    town.do(referralwork.ask, town.cases[-1], "Rådet", town.today + 20 * DAY)
    _minute(town)
    _remind(town)
    _propose_purge(town)
    town.look()
    return town


def _minute(town):
    """Jäv, a reservation and a votering in the case that was closed; its meeting has been attended."""
    for verb in ("minute", "vote"):
        move = next(move for move in MOVES if (move.verb, move.source) == (verb, State.AVSLUTAD))
        Clerk(town).forward(town.cases[0], move, "not-javig" if verb == "vote" else "")
    Clerk(town).forward(town.cases[0], move)


def _remind(town):
    rows = town.desk.connection.run(statements.EVERY_OPEN_DEADLINE)
    deadline = next(row for row in rows if row["snoozed_until"] is None)
    row = {
        "deadline_id": deadline["id"],
        "rule": "mbl",
        "due": deadline["due"],
        "step": "1",
        "recipient": "hr@SON",
        "channel": "logg",
        "stream": deadline["stream"],
        "planned_for": deadline["due"],
        "status": "planned",
    }
    at = Moment(town.today, datetime(2026, 1, 2, tzinfo=UTC))
    assert reminder_store.write_down(town.desk, at, [Found(row=row)])


def _propose_purge(town):
    case, connection = town.cases[0], town.desk.connection
    told = {"decision": "KS 2024-05-14 § 1", "proposed_by": "p-test", "proposed_on": "2024-05-14"}
    change = insert("purge", id="p1", case_id=case, **told)
    draft = Draft(f"case:{case}", "case.purge_proposed", town.version(case), changes=[change])
    with connection.writing():
        audit_journal.write_changes(connection, draft.changes)
        audit_journal.seal(connection, make_command(), draft)


def test_the_database_built_from_the_files_is_the_one_that_wrote_them_after_every_move_there_is(
    town, new_database, tmp_path
):
    connection = town.desk.connection
    for move in ROWS.values():
        Clerk(town).take(move)
    assert [row for row in ROWS if not town.ledger.moves[row]] == []
    assert not witness.faults(connection)
    log_exporter.export(connection, tmp_path / "logg", 100_000)
    assert len(log_files.segments(tmp_path / "logg")) > 3
    rebuilt = new_database()
    log_rebuild.rebuild(tmp_path / "logg", rebuilt)
    assert witness.live(rebuilt) == witness.live(connection), "the files alone are not enough"
    assert witness.the_log(rebuilt) == witness.the_log(connection)
    assert not witness.faults(rebuilt)


def test_a_rebuilt_database_goes_on_where_the_old_one_was(town, new_database, tmp_path):
    Clerk(town).register(CaseKind.FORVALTNINGSARENDE, KF_DECIDES)
    log_exporter.export(town.desk.connection, tmp_path / "logg")
    rebuilt = new_database()
    log_rebuild.rebuild(tmp_path / "logg", rebuilt)
    again = Town(Desk(rebuilt, town.desk.settings), Ledger())
    again.commands = town.commands
    Clerk(again).register(CaseKind.FORVALTNINGSARENDE, KF_DECIDES)
    assert log_exporter.export(rebuilt, tmp_path / "logg") == 1
    assert log_verifier.verify(tmp_path / "logg").faults == []
    assert not witness.faults(rebuilt)


def test_a_log_that_does_not_hold_is_not_folded(town, new_database, tmp_path):
    log_exporter.export(town.desk.connection, tmp_path / "logg")
    (segment,) = log_files.segments(tmp_path / "logg")
    segment.write_bytes(segment.read_bytes().replace(b"Omsorgsn", b"Omsorgsm"))
    rebuilt = new_database()
    with pytest.raises(VerificationFailedError, match="håller inte: Rad 1"):
        log_rebuild.rebuild(tmp_path / "logg", rebuilt)
    assert not rebuilt.run(statements.ANY_RECORD)


def test_a_log_is_folded_only_into_an_empty_database(town, tmp_path):
    log_exporter.export(town.desk.connection, tmp_path / "logg")
    with pytest.raises(UsageError, match="inte tom"):
        log_rebuild.rebuild(tmp_path / "logg", town.desk.connection)


# --- what is not in the log shows ---------------------------------------------------------------------

EVERY_TABLE = sorted({*witness.TABLES, *witness.THE_LOG})


def differences(town, directory):
    return list(log_diff.differences(town.desk.connection, directory))


@pytest.fixture
def logged(story, tmp_path):
    """The files of the story's log."""
    log_exporter.export(story.desk.connection, tmp_path / "logg")
    assert differences(story, tmp_path / "logg") == []
    return tmp_path / "logg"


def test_every_table_has_rows_in_that_story(story):
    assert [name for name, rows in witness.live(story.desk.connection).items() if not rows] == []


def test_a_value_changed_behind_the_logs_back_is_found_whatever_the_table_and_column(story, logged):
    connection = story.desk.connection
    _let_anything_in(connection)
    spoilt = {(name, column) for name in EVERY_TABLE for column in _spoil(connection, name, _others(name))}
    found = [(one.table, one.column) for one in differences(story, logged)]
    assert sorted(found) == sorted(spoilt)
    assert len(spoilt) > 130


def test_a_key_changed_behind_the_logs_back_is_a_row_too_many_and_one_too_few(story, logged):
    connection = story.desk.connection
    _let_anything_in(connection)
    keys = [(name, column) for name in EVERY_TABLE for column in _spoil(connection, name, _keys(name)[:1])]
    found = differences(story, logged)
    for name, _ in keys:
        of_table = [one for one in found if one.table == name]
        assert {(one.column, one.told, one.found) for one in of_table} >= {("", None, "en rad"), ("", "en rad", None)}
    assert len(keys) == len(EVERY_TABLE)


def _keys(name: str) -> tuple[str, ...]:
    return log_diff.KEYS.get(name, ("id",))


def _others(name: str) -> list[str]:
    own_numbers = {"journal.id", "log_line.journal_id"}
    columns = SQLModel.metadata.tables[name].columns.keys()
    return [column for column in columns if column not in _keys(name) and f"{name}.{column}" not in own_numbers]


def _spoil(connection: Connection, name: str, columns) -> list[str]:
    """Set columns in a table's first row to other values; which."""
    keys = _keys(name)
    row = connection.run(f"SELECT * FROM {name} ORDER BY {', '.join(keys)}")[0]
    where = " AND ".join(f"{key} = :key_{key}" for key in keys)
    sets = ", ".join(f"{column} = :{column}" for column in columns)
    values = {column: _another(name, column, row[column]) for column in columns}
    named = {f"key_{key}": row[key] for key in keys}
    assert connection.count(f"UPDATE {name} SET {sets} WHERE {where}", **values, **named) == 1, name
    return list(columns)


def _another(name: str, column: str, value: Any) -> Any:
    """A value that the column can hold: dates stay dates, so that PostgreSQL takes them."""
    kind = SQLModel.metadata.tables[name].columns[column].type.python_type
    if kind is bool:
        return not value
    return (value or 0) + 1_000_000 if kind is int else "1999-12-31"


def _let_anything_in(connection: Connection) -> None:
    """Whoever changes a table by hand is not stopped by its constraints either."""
    drop_triggers(connection)
    if connection.dialect == SQLITE:
        connection.run("PRAGMA foreign_keys = OFF")
        connection.run("PRAGMA ignore_check_constraints = ON")
        return
    connection.run("SET session_replication_role = replica")
    checks = (
        "SELECT conname AS name, conrelid::regclass::text AS place FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = current_schema()::regnamespace"
    )
    for row in connection.run(checks):
        connection.run(f"ALTER TABLE {row['place']} DROP CONSTRAINT {row['name']}")


ROWS_OF = [name for name in EVERY_TABLE if name not in witness.THE_LOG]


def test_a_row_written_by_hand_is_found_whatever_the_table(story, logged):
    connection = story.desk.connection
    _let_anything_in(connection)
    for name in ROWS_OF:
        row = connection.run(f"SELECT * FROM {name} ORDER BY id")[0]
        columns = {column: _another(name, column, row[column]) for column in row}
        names, values = ", ".join(columns), ", ".join(f":{column}" for column in columns)
        connection.run(f"INSERT INTO {name} ({names}) VALUES ({values})", **columns)
    found = differences(story, logged)
    assert sorted((one.table, one.told, one.found) for one in found) == [(name, None, "en rad") for name in ROWS_OF]


@pytest.mark.parametrize("name", ["decision", "dispatch", "reminder", "watch", "payload"])
def test_a_row_taken_away_behind_the_logs_back_is_found(story, logged, name):
    connection = story.desk.connection
    _let_anything_in(connection)
    gone = connection.count(f"DELETE FROM {name}")
    found = differences(story, logged)
    assert {(one.table, one.column, one.found) for one in found} == {(name, "", None)}
    assert len(found) == gone > 0


def test_a_difference_names_the_case_it_is_about(story, logged):
    connection, case = story.desk.connection, story.cases[0]
    connection.run("UPDATE cases SET secrecy = NOT secrecy WHERE id = :id", id=case)
    connection.run("UPDATE meeting SET call_days = 77 WHERE id = :id", id=story.meetings[0])
    about = {(one.table, one.column, one.about) for one in differences(story, logged)}
    meeting = story.meeting(story.meetings[0])
    assert about == {
        ("cases", "secrecy", case_store.ref(connection, case)),
        ("meeting", "call_days", f"{meeting['body']} {meeting['day']}"),
    }


def test_what_a_killed_command_has_not_yet_exported_is_no_difference(story, logged):
    story.do(watchwork.end, story.cases[0], 1)
    assert differences(story, logged) == []


def test_a_record_written_by_hand_that_cannot_be_read_is_a_difference_and_no_crash(story, logged):
    add = "INSERT INTO journal (stream, seq, sha256, body) VALUES (:stream, 1, 'x', :body)"
    story.desk.connection.run(add, stream="case:x", body='{"changes":[["update","cases",{"id":"x"}]]}')
    assert {one.table for one in differences(story, logged)} == {"journal"}


# --- a damaged file -----------------------------------------------------------------------------------

FLIPS = 500


@sqlite
def test_every_flipped_bit_in_the_database_file_that_changes_data_is_found(story, logged, new_database, tmp_path):
    """Pages that are not in use may change; everything else shows, as another value or as what cannot be read."""
    dice, told = random.Random(SEED), new_database()
    print(f"ARENDE_SEED={SEED}")
    log_rebuild.rebuild(logged, told)
    story.desk.connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = (tmp_path / "arendegang.db").read_bytes()
    before, changed, damaged = everything(tmp_path / "arendegang.db"), 0, tmp_path / "damaged.db"
    for _ in range(FLIPS):
        bits = bytearray(whole)
        place = dice.randrange(len(bits))
        bits[place] ^= 1 << dice.randrange(8)
        for old in tmp_path.glob("damaged.db*"):
            old.unlink()
        damaged.write_bytes(bits)
        if everything(damaged) != before:
            changed += 1
            assert _found_in(damaged, told), f"byte {place} changes data, and no difference was found"
    print(f"{FLIPS} flipped bits, {changed} of them changed data, all found")
    assert changed > FLIPS // 10


def everything(path):
    """All rows of all tables as they are read one by one; what cannot be read is None."""
    try:
        connection = connect(f"sqlite:///{path}")
    except EnvironmentFaultError:
        return None
    try:
        return {name: connection.run(f"SELECT * FROM {name} NOT INDEXED ORDER BY 1, 2") for name in EVERY_TABLE}
    except EnvironmentFaultError:
        return None
    finally:
        connection.close()


def _found_in(path, told):
    """True when the file cannot be used, or differs from what the log tells."""
    try:
        connection = connect(f"sqlite:///{path}")
    except EnvironmentFaultError:
        return True
    try:
        with connection.reading():
            return any(True for _ in log_diff.between(told, connection))
    finally:
        connection.close()
