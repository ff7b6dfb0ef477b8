"""Calendars to subscribe to: who is told of what, that nothing moves unless it has, and that others read them."""

import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler import calendar_feed, calendar_file, feed_entries, ticks
from scheduler.calendar_feed import Calendars
from scheduler.feed_entries import Shown
from tests.conftest import make_command
from tests.scheduler.calendar_readers import READERS, Told, by_icalendar
from tests.scheduler.rounds import TITLE, WORDS, by_hand, change, configured, meeting
from workflow import feed_store, log_exporter, meeting_planning
from workflow.config import Calendar
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError
from workflow.feed_store import Edition

NOON = datetime(2026, 1, 2, 12, 0, 0, 250, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture
def town(desk: Desk) -> Desk:
    return configured(desk, calendar=Calendar("kalendrar"))


def exported(town: Desk, at: datetime = NOON) -> int | None:
    return calendar_feed.export(town, at.date(), at)


def files(town: Desk) -> dict[str, bytes]:
    directory = town.settings.directory / "kalendrar"
    return {path.stem: path.read_bytes() for path in sorted(directory.glob("*.ics"))}


def read(town: Desk, name: str) -> Told:
    """A calendar, as every reader reads it."""
    first, *others = (reader([files(town)[name]]) for reader in READERS)
    assert all(other == first for other in others)
    return first[0]


def events(town: Desk, name: str) -> list[Told]:
    found: list[Told] = read(town, name)["events"]
    return found


def days(town: Desk, name: str) -> dict[str, tuple[str, int]]:
    """What is told in a calendar: its day, and how many times it has moved."""
    return {one["summary"]: (one["start"], one["sequence"]) for one in events(town, name)}


# --- who is told of what ----------------------------------------------------------------------------


def test_no_directory_no_calendars(desk):
    by_hand(desk, "bevakning", "2026-03-02", "SON")
    assert calendar_feed.export(desk, TODAY, NOON) == 0
    assert list(desk.settings.directory.rglob("*.ics")) == []


def test_everybody_is_told_of_their_own_and_of_their_bodys_meetings(town):
    by_hand(town, "bevakning", "2026-03-02", "SON", case="ett")
    by_hand(town, "motion_year", "2026-06-01", "KF", case="två")
    meeting(town, "SON", "2026-04-16")
    assert exported(town) == len(files(town)) == 3
    assert list(files(town)) == ["handlaggare-SON", "kommunsekreterare", "namndsekreterare-SON"]
    assert [one["summary"] for one in events(town, "handlaggare-SON")] == [
        "Bevakning – id:ett, bevakning 1",
        "Sammanträde SON (planerat)",
    ]
    assert [one["summary"] for one in events(town, "namndsekreterare-SON")] == [
        "Manusstopp, handlingarna ska vara inlämnade – SON 2026-04-16",
        "Kallelse – SON 2026-04-16",
        "Sammanträde SON (planerat)",
        "Blev sammanträdet av? Annars flyttas det eller ställs in – SON 2026-04-16",
    ]
    assert [one["start"] for one in events(town, "kommunsekreterare")] == ["2026-06-01"]


def test_a_calendar_says_whose_it_is_and_how_often_to_ask_and_invites_nobody(town):
    by_hand(town, "bevakning", "2026-03-02", "SON")
    exported(town)
    told = read(town, "handlaggare-SON")
    assert (told["title"], told["known_as"]) == ("Ärendegång: handläggaren SON", "Ärendegång: handläggaren SON")
    assert (told["often"], told["method"]) == ("PT1H", None)
    [event] = told["events"]
    assert (event["days"], event["stamp"], event["modified"]) == (1, "2026-01-02T12:00:00Z", "2026-01-02T12:00:00Z")


def test_it_stands_on_the_day_to_act_and_says_which_the_day_itself_is(town):
    deadline = by_hand(town, "uppsagning", "2027-01-30", "SON")  # a Saturday
    change(town, deadline, act_by="2027-01-29")
    exported(town)
    [event] = events(town, "handlaggare-SON")
    assert event["start"] == "2027-01-29"
    assert event["description"].splitlines() == ["Själva dagen är lördag 30 januari 2027.", "Grund: rutin, inte lag."]


def test_what_a_body_that_is_gone_answered_for_its_heir_is_told_of(town):
    by_hand(town, "bevakning", "2026-03-02", "ON")
    exported(town)
    assert list(files(town)) == ["handlaggare-SON"]


def test_a_meeting_says_how_certain_it_is_and_that_it_is_called_off(town):
    first, second = meeting(town, "SON", "2026-04-16"), meeting(town, "SON", "2026-05-21")
    town.connection.run("UPDATE meeting SET state = 'kallad', starts_at = '13.00' WHERE id = :id", id=first)
    exported(town)
    assert done(meeting_planning.cancel(town, make_command(TODAY, "För få ärenden"), second))
    exported(town)
    told = {one["summary"]: (one["status"], one["sequence"]) for one in events(town, "namndsekreterare-SON")}
    assert told["Sammanträde SON kl. 13.00 (kallat)"] == ("CONFIRMED", 0)
    assert told["Sammanträde SON (inställt)"] == ("CANCELLED", 1)
    assert "Kallelse – SON 2026-05-21" not in told
    exported(town, NOON + timedelta(days=200))
    assert "Sammanträde SON (inställt)" not in days(town, "namndsekreterare-SON")


def done(result: Any) -> bool:
    return type(result).__name__ == "Done"


# --- what nobody is told of -------------------------------------------------------------------------


def test_no_title_and_no_words_of_a_watch_are_there(town):
    by_hand(town, "uppdrag", "2026-03-02", "SON")
    exported(town)
    whole = b"".join(files(town).values()).decode()
    assert "Uppdraget ska vara redovisat" in whole
    assert not [word for word in (*TITLE.split(), *WORDS.split()) if len(word) > 1 and word in whole]


def test_a_secret_case_is_there_by_its_number_alone(town):
    for number, kind in enumerate(("uppdrag", "mbl", "overklagande", "silent")):
        by_hand(town, kind, "2026-03-02", "SON", case=f"hemligt-{number}", secrecy=True)
    exported(town)
    found = [one for name in files(town) for one in events(town, name)]
    assert len(found) == 4
    for event in found:
        assert (event["summary"][:3], event["description"], event["secret"]) == ("id:", "", True)
    whole = b"".join(files(town).values()).decode().lower()
    assert not [word for word in ("mbl", "överklag", "uppdrag", "bevakning", "grund", "tyst") if word in whole]


def test_a_paragraph_of_secret_cases_alone_is_not_named(town):
    sitting = meeting(town, "SON", "2026-04-16")
    exported(town)
    before = days(town, "namndsekreterare-SON")
    by_hand(town, "bevakning", "2026-03-02", "SON", case="hemligt", secrecy=True)
    by_hand(town, "bevakning", "2026-03-02", "SON", case="öppet")
    run = town.connection.run
    for number, case in ((7, "hemligt"), (8, "öppet")):
        run(
            "INSERT INTO protocol_part (id, meeting_id, whole, adjusted_on) VALUES (:id, :sitting, :no, '2026-04-16')",
            id=f"del-{case}",
            sitting=sitting,
            no=False,
        )
        run(
            "INSERT INTO agenda_item (id, case_id, meeting_id, part_id, ordinal, body, year, paragraph, urgent,"
            " decided, deviation) VALUES (:id, :case, :sitting, :part, :number, 'SON', 2026, :number, :no, :no, :no)",
            id=f"p-{case}",
            case=case,
            sitting=sitting,
            part=f"del-{case}",
            number=number,
            no=False,
        )
        run(
            "INSERT INTO deadline (id, stream, kind, subject, due, act_by, basis, is_open, body) VALUES"
            " (:id, :sitting, 'post', :part, '2026-04-18', '2026-04-17', 'AN-03', :yes, 'SON')",
            id=f"{sitting}/post/{case}",
            sitting=sitting,
            part=f"del-{case}",
            yes=True,
        )
    exported(town)
    new = {
        one["summary"]: one["secret"] for one in events(town, "namndsekreterare-SON") if one["summary"] not in before
    }
    assert new == {"Anslag – SON 2026-04-16": True, "Anslag – SON 2026-04-16, § 8": False}


def test_a_name_of_a_file_never_leads_out_of_the_directory(town):
    assert calendar_feed.file_name("namndsekreterare@SON") == "namndsekreterare-SON.ics"
    assert calendar_feed.file_name("kommunsekreterare") == "kommunsekreterare.ics"
    assert calendar_feed.file_name("registrator@../../x") == "registrator-..%2F..%2Fx.ics"


def test_the_group_may_read_a_calendar_and_nobody_else(town):
    by_hand(town, "bevakning", "2026-03-02", "SON")
    before = os.umask(0o077)
    try:
        exported(town)
    finally:
        os.umask(before)
    written = town.settings.directory / "kalendrar"
    assert oct((written / "handlaggare-SON.ics").stat().st_mode)[-3:] == "640"
    assert oct(written.stat().st_mode)[-3:] == "750"


# --- what moves -------------------------------------------------------------------------------------


def test_nothing_is_written_when_nothing_has_moved(town):
    by_hand(town, "bevakning", "2026-03-02", "SON")
    meeting(town, "SON", "2026-04-16")
    assert exported(town) == 2
    before, stat = files(town), [path.stat() for path in (town.settings.directory / "kalendrar").iterdir()]
    assert exported(town, NOON + timedelta(days=3)) == 0
    assert files(town) == before
    assert [path.stat() for path in (town.settings.directory / "kalendrar").iterdir()] == stat


def test_only_what_moved_is_a_new_edition(town):
    moved, other = (by_hand(town, "bevakning", "2026-03-02", "SON", case=case) for case in ("ett", "två"))
    exported(town)
    before = {one["uid"]: one for one in events(town, "handlaggare-SON")}
    change(town, moved, due="2026-03-09", act_by="2026-03-09")
    assert exported(town, NOON + timedelta(hours=1)) == 1
    after = {one["uid"]: one for one in events(town, "handlaggare-SON")}
    own = calendar_file.uid(moved)
    assert after[own] == before[own] | {
        "start": "2026-03-09",
        "sequence": 1,
        "stamp": "2026-01-02T13:00:00Z",
        "modified": "2026-01-02T13:00:00Z",
    }
    assert after[calendar_file.uid(other)] == before[calendar_file.uid(other)]


def test_other_words_about_the_same_day_are_no_move(town):
    deadline = by_hand(town, "motion_year", "2026-03-02", "KF")
    exported(town)
    change(town, deadline, basis="NA-10")
    exported(town, NOON + timedelta(hours=1))
    [event] = events(town, "kommunsekreterare")
    assert (event["sequence"], event["stamp"]) == (0, "2026-01-02T13:00:00Z")
    assert "medborgarförslaget" in event["summary"]


def test_a_meeting_that_moves_moves_its_days_with_it(town):
    sitting = meeting(town, "SON", "2026-04-16")
    exported(town)
    result = meeting_planning.move(town, make_command(TODAY, "Lokalen är upptagen"), sitting, date(2026, 4, 23))
    assert done(result)
    exported(town)
    assert set(days(town, "namndsekreterare-SON").values()) == {
        ("2026-04-09", 1),
        ("2026-04-17", 1),
        ("2026-04-23", 1),
        ("2026-04-24", 1),
    }


def test_what_is_done_goes_and_comes_back_as_the_same(town):
    deadline = by_hand(town, "bevakning", "2026-03-02", "SON")
    exported(town)
    [first] = events(town, "handlaggare-SON")
    change(town, deadline, is_open=False)
    exported(town)
    assert events(town, "handlaggare-SON") == []
    change(town, deadline, is_open=True, due="2026-05-04", act_by="2026-05-04")
    exported(town)
    [again] = events(town, "handlaggare-SON")
    assert (again["uid"], again["sequence"]) == (first["uid"], 1)


def test_a_recipient_who_is_no_more_has_an_empty_calendar_and_strangers_files_are_left_alone(town):
    by_hand(town, "bevakning", "2026-03-02", "SON")
    exported(town)
    stranger = town.settings.directory / "kalendrar" / "registrator-KS.ics"
    stranger.write_bytes(b"BEGIN:VCALENDAR\r\nPRODID:annan\r\nEND:VCALENDAR\r\n")
    town.connection.run("UPDATE deadline SET body = 'KS'")
    assert exported(town) == 2
    assert events(town, "handlaggare-SON") == []
    assert len(events(town, "handlaggare-KS")) == 1
    assert b"annan" in stranger.read_bytes()
    assert exported(town) == 0


def test_a_number_never_falls_when_the_database_is_built_anew_from_the_log(town, tmp_path):
    sitting = meeting(town, "SON", "2026-04-16")
    exported(town)
    for to in (date(2026, 4, 23), date(2026, 4, 16), date(2026, 4, 23)):
        assert done(meeting_planning.move(town, make_command(TODAY, "Flyttas"), sitting, to))
        exported(town)
    before = days(town, "namndsekreterare-SON")
    assert {times for _, times in before.values()} == {3}
    town.connection.run("DELETE FROM feed_event")
    exported(town)
    assert days(town, "namndsekreterare-SON") == before


# --- several daemons --------------------------------------------------------------------------------


def test_of_two_that_renew_the_same_entry_one_is_told_to_begin_again(town):
    deadline = by_hand(town, "bevakning", "2026-03-02", "SON")
    [entry] = entries(town)
    assert feed_store.editions(town.connection, [entry], NOON)[deadline].sequence == 0
    with pytest.raises(ChangedMeanwhileError):
        feed_store.editions(town.connection, [entry], NOON + timedelta(hours=1))
    [again] = entries(town)
    assert feed_store.editions(town.connection, [again], NOON + timedelta(hours=1))[deadline].at == NOON.replace(
        microsecond=0
    )


def entries(town: Desk) -> list[feed_store.Entry]:
    return [feed_entries.of_deadline(row).entry(row) for row in feed_store.deadlines(town.connection)]


def test_daemons_on_several_machines_write_the_same_files(town):
    deadlines = [by_hand(town, "bevakning", "2026-03-02", "SON", case=str(number)) for number in range(5)]
    hosts = [configured(town, calendar=Calendar(f"värd-{number}")) for number in range(3)]
    for round_ in range(4):
        change(town, deadlines[round_], due=f"2026-04-0{round_ + 1}", act_by=f"2026-04-0{round_ + 1}")
        together([lambda host=host: at_a_desk_of_its_own(host) for host in hosts])
    for host in hosts:
        exported(host)
    written = [dict(written_by(host)) for host in hosts]
    assert written[0] == written[1] == written[2] != {}
    [told] = by_icalendar(list(written[0].values()))
    assert sorted(one["sequence"] for one in told["events"]) == [0, 0, 1, 1, 1]


def written_by(host: Desk) -> Iterator[tuple[str, bytes]]:
    directory = host.settings.calendar_directory
    assert directory is not None
    yield from ((path.name, path.read_bytes()) for path in directory.glob("*.ics"))


def at_a_desk_of_its_own(desk: Desk) -> None:
    connection = connect(desk.settings.database_url)
    try:
        exported(Desk(connection, desk.settings))
    finally:
        connection.close()


def together(work: list[Any]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_whoever_finds_another_writing_leaves_it_to_them(town):
    by_hand(town, "bevakning", "2026-03-02", "SON")
    with calendar_feed._turn(town.settings.calendar_directory) as ours:
        assert ours
        assert exported(town) is None
    assert exported(town) == 1


def test_a_directory_that_cannot_be_written_is_said_in_a_sentence(town):
    (town.settings.directory / "kalendrar").write_text("en fil")
    with pytest.raises(EnvironmentFaultError, match=r"Kalendrarna i .*kalendrar går inte att skriva .*Skapa katalogen"):
        exported(town)


def test_a_round_of_the_daemon_writes_them(town):
    by_hand(town, "bevakning", "2026-03-02", "SON")
    ticks.go_round(town, TODAY, lambda: NOON, Calendars())
    assert list(files(town)) == ["handlaggare-SON"]


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """An item for each time that every open deadline is read."""
    read = feed_store.deadlines
    found: list[Any] = []

    def noted(connection: Any) -> Any:
        found.append(connection)
        return read(connection)

    monkeypatch.setattr(feed_store, "deadlines", noted)
    return found


def test_nothing_is_read_while_nothing_can_have_moved(town, readings):
    def read_when_kept(desk: Desk = town, today: date = TODAY) -> bool:
        before = len(readings)
        log_exporter.export(desk.connection, desk.settings.log_directory)
        calendars.keep(desk, today, NOON)
        return len(readings) > before

    calendars = Calendars()
    assert read_when_kept()
    assert not read_when_kept()
    meeting(town, "SON", "2026-03-05")
    assert read_when_kept()
    assert "namndsekreterare-SON" in files(town)
    assert not read_when_kept()
    (town.settings.calendar_directory / "namndsekreterare-SON.ics").unlink()
    assert read_when_kept()
    assert "namndsekreterare-SON" in files(town)
    assert read_when_kept(today=TODAY + timedelta(days=1))
    other = msgspec.structs.replace(town, settings=msgspec.structs.replace(town.settings, hash="other"))
    assert read_when_kept(other, TODAY + timedelta(days=1))
    assert not read_when_kept(other, TODAY + timedelta(days=1))


def test_what_was_left_to_another_is_read_at_the_next_round(town, readings):
    calendars = Calendars()
    meeting(town, "SON", "2026-03-05")
    with calendar_feed._turn(town.settings.calendar_directory):
        calendars.keep(town, TODAY, NOON)
        assert readings == []
    calendars.keep(town, TODAY, NOON)
    assert "namndsekreterare-SON" in files(town)


# --- what others read -------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=150) | st.just(
    "å;ä,ö\\n\\ ”–” 🎉" * 9
)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@st.composite
def shown(draw: st.DrawFn) -> Shown:
    on = draw(DAYS)
    return Shown(
        id=draw(TEXTS),
        stream="case:x",
        on=on,
        days=on.isoformat(),
        summary=draw(TEXTS),
        description="\n".join(draw(st.lists(TEXTS, max_size=3))),
        status=draw(st.sampled_from(["", "CANCELLED", "CONFIRMED"])),
        secret=draw(st.booleans()),
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(shown(), max_size=5, unique_by=lambda one: one.id), min_size=1, max_size=8), TEXTS)
def test_whatever_is_told_every_reader_reads_the_same(feeds, title):
    edition = Edition("x", NOON.replace(microsecond=0), "d", "c", 4)
    written = [calendar_file.content(title, "abc", [(one, edition) for one in feed]) for feed in feeds]
    for reader in READERS:
        for feed, told in zip(feeds, reader(written), strict=True):
            assert told["title"] == title
            assert [(one["summary"], one["description"]) for one in told["events"]] == [
                (one.summary, one.description) for one in feed
            ]
            assert [(one["start"], one["sequence"], one["status"], one["secret"]) for one in told["events"]] == [
                (one.on.isoformat(), 4, one.status, one.secret) for one in feed
            ]
            assert len({one["uid"] for one in told["events"]}) == len(feed)


KINDS = ("bevakning", "uppdrag", "uppsagning", "silent", "dispatch", "mbl", "motion_year")
AHEAD = st.dates(date(2020, 1, 1), date(2030, 12, 31))


class Found(NamedTuple):
    """One random deadline, and where it moves to."""

    kind: str
    act_by: date
    before: int
    body: str
    title: str
    secret: bool
    to: date | None


found_deadlines = st.lists(
    st.builds(
        Found,
        kind=st.sampled_from(KINDS),
        act_by=AHEAD,
        before=st.integers(0, 4),
        body=st.sampled_from(["SON", "KS", "KF", "KSAU"]),
        title=TEXTS,
        secret=st.booleans(),
        to=st.none() | AHEAD,
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found_deadlines)
def test_whatever_there_is_only_what_moved_is_raised_and_all_else_is_the_same_to_the_byte(town, found):
    town.connection.run("UPDATE deadline SET is_open = :no", no=False)
    ids = {planted(town, one): one for one in found}
    exported(town)
    before = blocks(town)
    assert sorted(before) == sorted(calendar_file.uid(own) for own in ids)
    for own, one in ids.items():
        if one.to is not None:
            change(town, own, act_by=one.to.isoformat(), due=one.to.isoformat())
    exported(town, NOON + timedelta(hours=1))
    after, told = blocks(town), everything(town)
    assert len(told) == len(ids)
    for own, one in ids.items():
        uid = calendar_file.uid(own)
        moves = one.to is not None and (one.to != one.act_by or one.before > 0)
        assert (told[uid]["sequence"], after[uid] == before[uid]) == (int(moves), not moves)
        assert told[uid]["secret"] == one.secret
        if one.secret:
            assert (len(told[uid]["summary"]), told[uid]["description"]) == (15, "")


def planted(town: Desk, one: Found) -> str:
    case = str(uuid4())
    own = by_hand(town, one.kind, (one.act_by + timedelta(days=one.before)).isoformat(), one.body, case=case)
    change(town, own, act_by=one.act_by.isoformat())
    town.connection.run("UPDATE cases SET secrecy = :secret WHERE id = :id", secret=one.secret, id=case)
    rubrik = json.dumps({"rubrik": one.title})
    town.connection.run(
        "INSERT INTO payload (id, stream, body) VALUES (:id, :id, :rubrik)", id=f"{case}-r", rubrik=rubrik
    )
    town.connection.run("UPDATE cases SET payload = :payload WHERE id = :id", payload=f"{case}-r", id=case)
    return own


def blocks(town: Desk) -> dict[str, bytes]:
    """Every event as it is written, by its UID."""
    written = b"".join(files(town).values())
    events = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", written, re.DOTALL)
    by_uid = {re.findall(rb"\r\nUID:(.*)\r\n", event)[0].decode(): event for event in events}
    assert len(by_uid) == len(events)
    return by_uid


def everything(town: Desk) -> dict[str, Told]:
    """Every event as every reader reads it, by its UID."""
    written = list(files(town).values())
    first, *others = ([one for told in reader(written) for one in told["events"]] for reader in READERS)
    assert all(other == first for other in others)
    return {one["uid"]: one for one in first}
