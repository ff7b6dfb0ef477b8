"""The outbox: what stands in it, who sees what of it, trying again and cancelling, also while a daemon is at work."""

import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from states.judgement import Refused
from states.reminders import ReminderStatus
from states.roles import Office, Role
from tests.conftest import make_command
from tests.scheduler.rounds import by_hand, change, faults, reminded, rows, told
from tests.workflow import witness
from workflow import audit_journal, outboxwork, purge, reminder_store
from workflow.audit_journal import Command
from workflow.connection import EVERYTHING, connect
from workflow.desk import Desk
from workflow.errors import (
    AlreadyDoneError,
    ChangedMeanwhileError,
    HiddenError,
    NotFoundError,
    UsageError,
)
from workflow.outboxwork import Standing
from workflow.reminder_store import Claim, Closing, Found, Moment
from workflow.sight import Sight
from workflow.use_case import Done, Result

DAY = "2026-02-10"
TODAY = Moment(date(2026, 2, 10), datetime(2026, 2, 10, 11, tzinfo=UTC))
ALL, MACHINE, READER = (
    Sight(named=True, counted=True),
    Sight(named=False, counted=True),
    Sight(named=True, counted=False),
)


def on_its_way(desk: Desk, case: str = "ett", recipient: str = "handlaggare@SON", **more: Any) -> str:
    """A reminder that is to be mailed; its id."""
    deadline = by_hand(desk, "bevakning", DAY, "SON", case=case)
    desk.connection.run("UPDATE watch SET number = 1 WHERE case_id = :case", case=case)
    row = {"deadline_id": deadline, "rule": "bevakning", "due": DAY, "step": "1/1", "recipient": recipient}
    row |= {"channel": "e-post", "stream": case, "planned_for": DAY, "status": "planned", **more}
    [said] = reminder_store.write_down(desk, TODAY, [Found(row=row)])
    return said.id


def taken(desk: Desk, seconds: int = 300, way: str = "e-post") -> Claim:
    """The next one that is to be sent, by a daemon."""
    now = reminder_store.database_clock(desk.connection)
    parcel = reminder_store.claim(desk.connection, way, "dator:1", seconds, now)
    assert parcel is not None
    return parcel.claims[0]


def failed(desk: Desk, case: str = "ett", **more: Any) -> str:
    own = on_its_way(desk, case, **more)
    closing = Closing(claim=taken(desk), status=ReminderStatus.FAILED, fault="550")
    assert reminder_store.close(desk, TODAY, [closing])
    return own


def put_off(desk: Desk, case: str = "ett") -> str:
    own = on_its_way(desk, case)
    assert reminder_store.put_off(desk.connection, [taken(desk)], 3_600_000, "451")
    return own


def command(reason: str | None = None, *roles: Role, body: str = "", **more: Any) -> Command:
    offices = tuple(Office(role, body) for role in roles or (Role.SYSTEMFORVALTARE, Role.REGISTRATOR))
    return msgspec.structs.replace(make_command(reason=reason), offices=offices, **more)


def standing(desk: Desk, own: str) -> str:
    view, _ = outboxwork.shown(desk.connection, ALL, own)
    return str(view["standing"])


def lease(desk: Desk, own: str) -> dict[str, Any]:
    [found] = desk.connection.run("SELECT * FROM lease WHERE id = :id", id=own)
    return found


def done(result: Result) -> Done:
    assert isinstance(result, Done), result
    return result


def types(desk: Desk, own: str) -> list[str]:
    return [body["type"].partition(".")[2] for body in audit_journal.history(desk.connection, f"reminder:{own}")]


def at_odds(desk: Desk) -> list[str]:
    """What the log and the tables do not agree on, but for the deadlines that were made past the log."""
    return [fault for fault in faults(desk) if not fault.startswith("deadline ")]


# --- what there is --------------------------------------------------------------------------------------


def test_the_outbox_says_where_each_one_stands(desk: Desk) -> None:
    ids = {"misslyckad": failed(desk, "m"), "uppskjuten": put_off(desk, "u")}
    ids["skickas"] = on_its_way(desk, "s")
    taken(desk)
    ids["makulerad"], ids["vantar"] = on_its_way(desk, "k"), on_its_way(desk, "v")
    done(outboxwork.cancel(desk, command("Fel mottagare."), ids["makulerad"]))
    found = {view["id"]: view["standing"] for view in outboxwork.listed(desk.connection, ALL)}
    assert found == {own: standing for standing, own in ids.items() if standing != "makulerad"}
    for one in Standing:
        assert [view["id"] for view in outboxwork.listed(desk.connection, ALL, [one])] == [ids[one]]
    [view] = outboxwork.listed(desk.connection, ALL, [Standing.PUT_OFF])
    assert (view["fault"], view["attempts"], view["ref"]) == ("451", 1, "id:u")
    assert view["next_try"] > audit_journal.timestamp(datetime.now(UTC))


def test_what_waits_for_a_server_that_is_away_is_put_off_too(desk: Desk) -> None:
    own = on_its_way(desk)
    reminder_store.outlet_failed(desk.connection, "e-post", lambda _: 600)
    assert standing(desk, own) == Standing.PUT_OFF
    [view] = outboxwork.listed(desk.connection, ALL)
    assert view["closed_until"] is not None


def test_what_failed_about_something_that_is_done_is_listed_only_when_asked_for(desk: Desk) -> None:
    own = failed(desk)
    change(desk, "ett/bevakning/1", is_open=False)
    assert outboxwork.listed(desk.connection, ALL) == []
    [view] = outboxwork.listed(desk.connection, ALL, done=True)
    assert (view["id"], view["done"]) == (own, True)


def test_what_is_said_in_the_house_is_never_there(desk: Desk) -> None:
    on_its_way(desk, channel="logg")
    assert outboxwork.listed(desk.connection, ALL, done=True) == []


def test_one_is_shown_with_all_that_has_happened_to_it(desk: Desk) -> None:
    own = failed(desk)
    done(outboxwork.retry(desk, command(), own))
    done(outboxwork.cancel(desk, command("Nämnden vet redan."), own))
    view, cases = outboxwork.shown(desk.connection, ALL, own[:8])
    assert (view["standing"], view["ref"], cases) == ("makulerad", "id:ett", ("ett",))
    assert [(event["type"], event["actor"], event["data"], event["reason"]) for event in view["story"]] == [
        ("reminder.planned", "daemon", {}, None),
        ("reminder.failed", "daemon", {"attempts": 1, "fault": "550"}, None),
        ("reminder.retried", "p-test", {"was": "failed", "attempts": 1, "fault": "550"}, None),
        ("reminder.cancelled", "p-test", {"was": "planned", "attempts": 0}, "Nämnden vet redan."),
    ]


# --- who sees what --------------------------------------------------------------------------------------


def test_whoever_keeps_the_machine_sees_ids_and_codes_and_no_case(desk: Desk) -> None:
    own = failed(desk)
    done(outboxwork.cancel(desk, command("Om Anna Alm."), own))
    [view] = outboxwork.listed(desk.connection, MACHINE, [Standing.CANCELLED])
    shown, cases = outboxwork.shown(desk.connection, MACHINE, own)
    assert (view["ref"], view["kind"], shown["ref"], shown["kind"], cases) == (None, None, None, None, ())
    assert {event["reason"] for event in shown["story"]} == {None}
    assert "id:ett" not in json.dumps([view, shown])


def test_a_secret_case_is_not_there_for_those_who_read_and_nameless_for_those_who_keep_the_machine(desk: Desk) -> None:
    own = failed(desk, "hemligt")
    desk.connection.run("UPDATE cases SET secrecy = :yes", yes=True)
    assert outboxwork.listed(desk.connection, READER) == []
    with pytest.raises(HiddenError) as hidden:
        outboxwork.shown(desk.connection, READER, own)
    with pytest.raises(NotFoundError) as missing:
        outboxwork.shown(desk.connection, READER, "0123456789")
    assert str(hidden.value) == str(missing.value).replace("0123456789", own)
    for sight in (ALL, MACHINE):
        [view] = outboxwork.listed(desk.connection, sight)
        assert (view["id"], view["ref"], view["kind"]) == (own, None, None)
    for act in (outboxwork.retry, outboxwork.cancel):
        with pytest.raises(HiddenError):
            act(desk, command("Skäl.", Role.REGISTRATOR), own)
    with pytest.raises(UsageError, match="inget att försöka igen"):
        outboxwork.retry_all(desk, command(None, Role.REGISTRATOR), "")
    result = done(outboxwork.retry(desk, command(None, Role.SYSTEMFORVALTARE), own))
    assert "hemligt" not in json.dumps([result.ref, result.notes])
    desk.connection.cleared = EVERYTHING
    [view] = outboxwork.listed(desk.connection, READER)
    assert view["ref"] == "id:hemligt"


def test_a_registrator_of_one_body_keeps_its_outbox_alone(desk: Desk) -> None:
    own, other = failed(desk, "ett"), failed(desk, "två", recipient="handlaggare@KS")
    for act in (outboxwork.retry, outboxwork.cancel):
        assert isinstance(act(desk, command("Skäl.", Role.REGISTRATOR, body="SON"), other), Refused)
    assert witness.bodies(desk.connection)[-1]["type"] == "system.denied"
    done(outboxwork.retry_all(desk, command(None, Role.REGISTRATOR, body="SON"), ""))
    assert (standing(desk, own), standing(desk, other)) == (Standing.WAITING, Standing.FAILED)


def test_a_few_characters_that_several_share_name_none(desk: Desk) -> None:
    with pytest.raises(UsageError, match="minst de sex första"):
        outboxwork.shown(desk.connection, ALL, "abc")
    with pytest.raises(UsageError, match="inget id på en påminnelse"):
        outboxwork.shown(desk.connection, ALL, "%%%%%%%")
    by_hand(desk, "bevakning", DAY, "SON", case="ett")
    for number in (1, 2):
        desk.connection.run(
            "INSERT INTO reminder (id, deadline_id, rule, due, step, recipient, channel, stream, planned_for, status)"
            " VALUES (:id, 'ett/bevakning/1', 'r', :day, :step, 'x', 'e-post', 'ett', :day, 'failed')",
            id=f"abcdef{number}",
            step=str(number),
            day=DAY,
        )
    with pytest.raises(UsageError, match="2 påminnelser har ett id"):
        outboxwork.shown(desk.connection, ALL, "abcdef")
    assert outboxwork.shown(desk.connection, ALL, "abcdef1")[0]["id"] == "abcdef1"


# --- trying again ---------------------------------------------------------------------------------------


def test_what_failed_is_tried_again_as_when_it_was_new(desk: Desk) -> None:
    own = failed(desk)
    reminder_store.outlet_failed(desk.connection, "e-post", lambda _: 600)
    assert lease(desk, own)["next_try"] is None
    result = done(outboxwork.retry(desk, command(None, Role.REGISTRATOR), own))
    assert (result.before, result.after, result.ref) == ("failed", "planned", "id:ett")
    found = lease(desk, own)
    assert (found["attempts"], found["fault"], found["owner"]) == (0, None, None)
    assert reminder_store.closed_outlets(desk.connection) == set()
    body = witness.bodies(desk.connection)[-1]
    assert (body["type"], body["actor"], body["role"]) == ("reminder.retried", "p-test", "registrator")
    assert reminder_store.close(desk, TODAY, [Closing(claim=taken(desk), status=ReminderStatus.SENT)])
    assert types(desk, own) == ["planned", "failed", "retried", "sent"]
    assert at_odds(desk) == []


def test_what_is_put_off_is_tried_now(desk: Desk) -> None:
    own = put_off(desk)
    done(outboxwork.retry(desk, command(), own))
    assert taken(desk).id == own


def test_what_is_not_to_be_sent_is_not_tried_again_and_it_is_said_why(desk: Desk) -> None:
    own = on_its_way(desk)
    with pytest.raises(UsageError, match="väntar redan på sin tur"):
        outboxwork.retry(desk, command(), own)
    assert reminder_store.close(desk, TODAY, [Closing(claim=taken(desk), status=ReminderStatus.SENT)])
    with pytest.raises(UsageError, match="Påminnelsen är skickad"):
        outboxwork.retry(desk, command(), own)
    with pytest.raises(UsageError, match="Påminnelsen är skickad; det finns inget att makulera"):
        outboxwork.cancel(desk, command("Skäl."), own)
    gone = failed(desk, "två")
    change(desk, "två/bevakning/1", due="2026-03-01", act_by="2026-03-01")
    with pytest.raises(UsageError, match="gjort eller flyttat"):
        outboxwork.retry(desk, command(), gone)
    assert types(desk, own) == ["planned", "sent"]


def test_all_that_failed_is_tried_again_in_one_command_that_is_done_once(desk: Desk) -> None:
    ids = [failed(desk, str(number)) for number in range(3)]
    later, again = put_off(desk, "senare"), command()
    result = done(outboxwork.retry_all(desk, again, ""))
    assert result.notes == ("3 påminnelser försöks så snart något får lämna huset.",)
    assert {standing(desk, own) for own in ids} == {Standing.WAITING}
    assert standing(desk, later) == Standing.PUT_OFF
    assert sum(body["type"] == "reminder.retried" for body in witness.bodies(desk.connection)) == 3
    with pytest.raises(AlreadyDoneError):
        outboxwork.retry_all(desk, again, "")


def test_all_of_one_way_out_is_tried_again_also_what_was_put_off(desk: Desk) -> None:
    own, later = failed(desk, "ett"), put_off(desk, "två")
    hook = on_its_way(desk, "tre", "diariet", channel="webhook")
    closing = Closing(claim=taken(desk, way="webhook:diariet"), status=ReminderStatus.FAILED, fault="500")
    assert reminder_store.close(desk, TODAY, [closing])
    done(outboxwork.retry_all(desk, command(), "e-post"))
    assert [standing(desk, one) for one in (own, later, hook)] == [Standing.WAITING, Standing.WAITING, Standing.FAILED]
    with pytest.raises(UsageError, match="inget att försöka igen"):
        outboxwork.retry_all(desk, command(), "e-post")


def test_what_failed_before_the_database_was_built_anew_gets_a_lease_at_the_next_round(desk: Desk) -> None:
    own = failed(desk)
    desk.connection.run("DELETE FROM lease")
    done(outboxwork.retry(desk, command(), own))
    assert reminder_store.mend_leases(desk.connection, lambda _: None) == 1
    assert taken(desk).id == own


# --- cancelling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("standing_before", [on_its_way, put_off, failed])
def test_what_is_cancelled_is_never_sent_and_never_planned_again(desk: Desk, standing_before: Any) -> None:
    own = standing_before(desk)
    done(outboxwork.cancel(desk, command("Fel mottagare."), own))
    assert (standing(desk, own), lease(desk, own)["next_try"]) == (Standing.CANCELLED, None)
    with pytest.raises(UsageError, match="Påminnelsen är makulerad"):
        outboxwork.retry(desk, command(), own)
    row = {key: value for key, value in rows(desk)[0].items() if key != "id"} | {"status": "planned"}
    assert reminder_store.write_down(desk, TODAY, [Found(row=row)]) == []
    assert at_odds(desk) == []


def test_the_rules_hear_what_is_cancelled_as_said(desk: Desk) -> None:
    own = on_its_way(desk, "by-hand", "handlaggare@SON")
    done(outboxwork.cancel(desk, command("Fel mottagare."), own))
    reminded(desk, DAY)
    assert [line for line in told(desk) if line.endswith("e-post planned")] == []


def test_whoever_cancels_says_why_and_the_words_go_with_the_case_when_it_is_purged(desk: Desk) -> None:
    own = on_its_way(desk)
    with pytest.raises(UsageError, match="Ange --skal"):
        outboxwork.cancel(desk, command(), own)
    done(outboxwork.cancel(desk, command("Anna Alm har slutat."), own))
    desk.connection.run("UPDATE cases SET state = 'avslutad', last_event = '2018-01-02'")
    desk.connection.run("UPDATE watch SET closed_on = '2018-01-02'")
    everyone = {"offices": make_command().offices}
    ground = purge.propose(desk, msgspec.structs.replace(command(), **everyone), "ett", "KS 2024-05-14 § 12")
    done(ground)
    done(purge.approve(desk, msgspec.structs.replace(command(), actor="p-annan", **everyone), "ett"))
    view, _ = outboxwork.shown(desk.connection, ALL, own)
    assert view["story"][-1]["reason"] == "[gallrad]"
    assert desk.connection.run("SELECT id FROM payload WHERE body LIKE '%Alm%'") == []


# --- beside a daemon ------------------------------------------------------------------------------------


def test_what_is_being_sent_is_left_to_the_one_who_sends_it(desk: Desk) -> None:
    own = on_its_way(desk)
    claim = taken(desk)
    for act in (outboxwork.retry, outboxwork.cancel):
        with pytest.raises(ChangedMeanwhileError, match="skickas just nu"):
            act(desk, command("Skäl."), own)
    assert reminder_store.close(desk, TODAY, [Closing(claim=claim, status=ReminderStatus.SENT)]) == [claim]
    assert types(desk, own) == ["planned", "sent"]


def test_a_daemon_that_was_stopped_past_its_lease_completes_nothing_that_is_cancelled(desk: Desk) -> None:
    own = on_its_way(desk)
    claim = taken(desk, seconds=0)
    done(outboxwork.cancel(desk, command("Skäl."), own))
    assert reminder_store.close(desk, TODAY, [Closing(claim=claim, status=ReminderStatus.SENT)]) == []
    assert reminder_store.put_off(desk.connection, [claim], 1000, "451") == []
    assert standing(desk, own) == Standing.CANCELLED


@pytest.mark.parametrize("wanted", ["cancel", "retry"])
def test_of_a_daemon_and_persons_at_the_same_reminder_exactly_one_wins(desk: Desk, wanted: str) -> None:
    """What the log says happened is what the tables hold, and nothing is sent that is cancelled."""
    ids = [(on_its_way if wanted == "cancel" else put_off)(desk, str(number)) for number in range(12)]
    ready, wrong = threading.Barrier(3), list[BaseException]()

    def at_own_desk(work: Any) -> None:
        connection = connect(desk.settings.database_url)
        try:
            ready.wait()
            work(Desk(connection, desk.settings))
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    def send(own: Desk) -> None:
        for _ in range(40):
            now = reminder_store.database_clock(own.connection)
            parcel = reminder_store.claim(own.connection, "e-post", "dator:1", 300, now)
            if parcel is not None:
                closing = Closing(claim=parcel.claims[0], status=ReminderStatus.SENT)
                assert reminder_store.close(own, TODAY, [closing])

    def keep(own: Desk) -> None:
        act = outboxwork.cancel if wanted == "cancel" else outboxwork.retry
        for one in ids:
            try:
                done(act(own, command("Skäl."), one))
            except (UsageError, ChangedMeanwhileError):
                continue

    threads = [threading.Thread(target=at_own_desk, args=(work,)) for work in (send, keep, keep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    for own in ids:
        story = types(desk, own)
        assert story in (
            [["planned", "sent"], ["planned", "cancelled"]]
            if wanted == "cancel"
            else [["planned", "retried"], ["planned", "retried", "sent"]]
        )
        assert lease(desk, own)["next_try"] is None or story[-1] == "retried"
    assert at_odds(desk) == []
