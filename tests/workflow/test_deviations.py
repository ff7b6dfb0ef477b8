"""What was recorded against a rule is told of the case and of the meeting for ever, in the rule's own words."""

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from states.case_facts import CaseKind, MinuteKind, StageRole, State
from states.legal_basis import PROTOCOL
from states.lifecycle import GUARDS, MEETING_MOVES, MOVES
from states.records import changes_of
from states.swedish_text import day
from tests.conftest import make_command
from tests.workflow.clerk import Clerk
from tests.workflow.ledger import Ledger
from tests.workflow.town import Answer, Town, with_two_namnder
from tests.workflow.witness import Body
from workflow import (
    case_queries,
    casework,
    correction,
    minutework,
    past,
    protocolwork,
    registration,
    schema,
    secrecy,
    use_case,
)
from workflow.cli import views
from workflow.config import Settings
from workflow.connection import EVERYTHING, connect
from workflow.desk import Desk
from workflow.errors import NotFoundError
from workflow.minutework import Entry
from workflow.registration import Edit
from workflow.use_case import Done

FACTS = {move.verb: move for move in reversed((*MOVES, *MEETING_MOVES)) if move.fact}
FORGOTTEN = {
    "refer": "council-quorum",
    "return": "quorum",
    "postpone": "quorum",
    "decide": "quorum",
    "minute": "not-yet-adjusted",
    "vote": "not-javig",
    "announce": "kungorelse-in-time",
    "call": "kallelse-in-time",
    "hold": "meeting-announced",
    "attend": "attendance-open",
    "adjust": "justering-in-time",
    "post": "anslag-in-time",
    "take_down": "anslag-stays-up",
}
"""Verb of a fact -> a guard it can be recorded against."""


class Insisting(Town):
    """Where what is refused is recorded all the same, whenever it can be."""

    def do(self, act: Any, *args: Any, **more: Any) -> Answer:
        if "deviation" in inspect.signature(act).parameters:
            more["deviation"] = True
        return super().do(act, *args, **more)


class Booking(Clerk):
    """Who puts a case on the agenda of every new meeting."""

    def plan(self, body: str, ahead: int) -> str:
        meeting = super().plan(body, ahead)
        self.register(CaseKind.FORVALTNINGSARENDE, ((body, StageRole.BESLUT),), starts_in=State.DRAFT)
        self._give_number(self.town.cases[-1], "")
        self.do(casework.book, self.town.cases[-1], meeting, late=True)
        return meeting

    def minute_too_late(self) -> None:
        """Write an yrkande in a protocol that has been adjusted."""
        self.take(FACTS["adjust"])
        meeting = self.town.meetings[-1]
        entry = Entry(MinuteKind.YRKANDE, "Avslag.", "L2")
        self.do(minutework.minute, self.town.cases[-1], meeting, (entry,), on=self.town.day_of(meeting))


@pytest.fixture
def town(settings: Settings) -> Iterator[Town]:
    ours = with_two_namnder(settings)
    schema.upgrade(ours, make_command())
    connection = connect(ours.database_url)
    yield Insisting(Desk(connection, ours), Ledger())
    connection.close()


def deviating(town: Town) -> Body:
    """The last record of what was done against a rule."""
    return next(body for body in reversed(town.told) if body["data"].get("deviations"))


def about(town: Town, body: Body) -> tuple[str, str]:
    """The case and the meeting that a record is about."""
    kind, _, own = body["stream"].partition(":")
    items = town.known["agenda_item"]
    if kind == "meeting":
        return next(item["case_id"] for item in items.values() if item["meeting_id"] == own and item["case_id"]), own
    ids = {value for change in changes_of(body) for value in change.row.values()}
    return own, next(item["meeting_id"] for item in items.values() if item["id"] in ids)


def told(town: Town, case: str, meeting: str) -> list[dict[str, Any]]:
    """What a case's and a meeting's view say of it."""
    connection = town.desk.connection
    of_case = case_queries.case_view(connection, case, town.desk.raised_reading, town.today)
    return [of_case, case_queries.meeting_view(connection, meeting)]


def test_every_fact_has_a_rule_to_break() -> None:
    assert FORGOTTEN.keys() == FACTS.keys()
    assert set(FORGOTTEN.values()) <= {guard.id for guard in GUARDS}


@pytest.mark.parametrize("verb", FACTS)
def test_what_was_recorded_against_a_rule_is_marked_on_the_case_and_on_the_meeting(
    town: Town, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk = Booking(town)
    if verb == "minute":
        clerk.minute_too_late()
    else:
        clerk.take(FACTS[verb], FORGOTTEN[verb])
    body = deviating(town)
    guard = next(one for one in GUARDS if one.id == FORGOTTEN[verb])
    assert guard.id in body["data"]["deviations"]
    said = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(guard.text)))
    for view, show in zip(told(town, *about(town, body)), (views.case, views.meeting), strict=True):
        (one,) = (one for one in view["deviations"] if (one["on"], one["type"]) == (body["event_date"], body["type"]))
        assert one["guards"] == body["data"]["deviations"]
        assert any(said.fullmatch(text) for text in one["texts"]), one
        show(view, False)
        shown = " ".join(capsys.readouterr().out.split())
        paragraph = f", § {one['paragraph']}" if one["paragraph"] else ""
        when = day(town.today.fromisoformat(one["on"]))
        assert all(f"AVVIKELSE {when}{paragraph}: {text}" in shown for text in one["texts"]), shown


@pytest.fixture
def javig(town: Town) -> tuple[str, str]:
    """A case and a meeting, where jäv was noted in a § that had been adjusted."""
    clerk = Booking(town)
    clerk.take(FACTS["adjust"], "")
    meeting = town.meetings[-1]
    case = town.cases[-1]
    done = town.do(minutework.jav, case, meeting, ("L3",), on=town.day_of(meeting))
    assert isinstance(done, Done)
    assert [finding.guard for finding in done.verdict.deviations] == ["not-yet-adjusted"]
    return case, meeting


def test_so_is_jav_that_was_noted_when_the_protocol_had_been_adjusted(town: Town, javig: tuple[str, str]) -> None:
    for view in told(town, *javig):
        assert "not-yet-adjusted" in [guard for one in view["deviations"] for guard in one["guards"]]


def test_what_was_taken_back_is_still_there_and_says_so(
    town: Town, javig: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    body = deviating(town)
    assert isinstance(town.do(correction.correct, body["stream"], body["seq"]), Done)
    for view in told(town, *javig):
        (one,) = (one for one in view["deviations"] if one["guards"] == ["not-yet-adjusted"])
        assert one["corrected"]
    views.case(told(town, *javig)[0], False)
    assert "(posten är tillbakatagen): § 1 justerades" in capsys.readouterr().out


def test_another_paragraph_is_not_marked_for_one_that_was_adjusted_too_late(town: Town) -> None:
    clerk = Booking(town)
    meeting = clerk.plan("SON", 10)
    first = town.cases[-1]
    clerk.register(CaseKind.FORVALTNINGSARENDE, (("SON", StageRole.BESLUT),), starts_in=State.DRAFT)
    second = town.cases[-1]
    town.do(registration.edit, second, Edit(numbers=(town.number(),)))
    town.do(casework.book, second, meeting)
    clerk.hold(meeting)
    clerk.call_the_roll(meeting)
    town.do(protocolwork.adjust, meeting, (1, 2))
    town.today += timedelta(days=40)
    town.do(protocolwork.adjust, meeting)
    late = [
        {guard for one in told(town, case, meeting)[0]["deviations"] for guard in one["guards"]}
        for case in (first, second)
    ]
    assert [("justering-in-time" in guards) for guards in late] == [False, True]


def test_a_meeting_does_not_tell_of_a_secret_case(town: Town, javig: tuple[str, str]) -> None:
    case, meeting = javig
    town.do(secrecy.mark, case, "OSL 25:1")
    town.desk.connection.cleared = ""
    try:
        view = case_queries.meeting_view(town.desk.connection, meeting)
        assert "not-yet-adjusted" not in [guard for one in view["deviations"] for guard in one["guards"]]
        with pytest.raises(NotFoundError):
            told(town, case, meeting)
    finally:
        town.desk.connection.cleared = EVERYTHING


def test_the_law_speaks_where_the_words_of_the_rule_were_not_kept_or_are_destroyed(
    town: Town, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(use_case, "keep_words", lambda draft, verdict: None)
    case, meeting = request.getfixturevalue("javig")
    (one,) = (one for one in told(town, case, meeting)[0]["deviations"] if one["guards"] == ["not-yet-adjusted"])
    assert one["texts"] == [f"{PROTOCOL.says}{f' ({PROTOCOL.cite})' if PROTOCOL.cite else ''}"]


def test_it_was_so_on_that_day_too(town: Town, javig: tuple[str, str]) -> None:
    live = town.desk.connection
    with live.reading(), past.as_of(live, town.today) as then:
        past.bring_texts(live, then, javig[0])
        view = case_queries.case_view(then, javig[0], town.desk.raised_reading, town.today)
    assert view["deviations"] == told(town, *javig)[0]["deviations"]
