"""`arende why` and `arende plan`: what stands in the way, the earliest way on, and what it would be otherwise."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import click
import msgspec

from states import meeting_route, planning, route
from states.case_facts import Attempt, CaseFacts, ItemKind, MeetingFacts, MeetingState, State
from states.guards.way import next_step
from states.judgement import Finding, Refused, judge
from states.machine import CASES, MEETINGS
from states.plan import Plan
from states.route import Action
from states.situation import Situation
from workflow import case_queries, meeting_store, plans
from workflow.cli import frame, plan_views
from workflow.cli.remedies import CommandLines
from workflow.cli.swedish import Choice, Command
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.plans import Supposed

Words = tuple[str, ...]
View = case_queries.View

MEETING_GOALS = {
    "planerad": "move",
    "kungjord": "announce",
    "kallad": "call",
    "hallen": "hold",
    "installd": "cancel",
    "justerad": "adjust",
    "anslagen": "post",
    "nedtagen": "take_down",
}
"""Where somebody wants a meeting -> the verb that takes it there."""

GOALS = Choice([*(state.value for state in State), *MEETING_GOALS])


@click.command("why", cls=Command, help="Varför går det inte vidare? Varje krav som inte är uppfyllt, på en gång.")
@click.argument("words", nargs=-1, required=True, metavar="ÄRENDE|SAMMANTRÄDE")
@click.option("--to", "to", type=GOALS, metavar="LÄGE", help="Vart (annars nästa steg).")
@click.option("--date", "on", type=frame.DAY, metavar="DATUM", help="Som om det vore den dagen.")
@frame.as_json
def why_command(words: Words, to: str | None, on: date | None, json_wanted: bool) -> int:
    day = on or frame.entry().today
    with frame.desk() as desk:
        if meeting_store.SHAPE.fullmatch(" ".join(words)):
            with desk.connection.reading():
                return plan_views.why(_why_meeting(desk, words, to, day), json_wanted)
        if to in MEETING_GOALS:
            raise UsageError(f"--to {to} gäller ett sammanträde, till exempel KS-2024-05-14.")

        def read() -> tuple[View, Words]:
            case_id = frame.case_id(desk, words)
            return _why(desk, case_id, State(to) if to else None, day), (case_id,)

        return plan_views.why(frame.look(desk, read), json_wanted)


def _why(desk: Desk, case_id: str, to: State | None, on: date) -> View:
    """What stands between a case and a step: what is not met, when it can be, and everything to do until then."""
    given = plans.situation(desk, case_id, on)
    facts, found = given.facts, planning.plan(given)
    lines, onward = CommandLines(desk.connection, on, _meetings(found)), next_step(facts, on, to)
    goal = (State.AVSLUTAD if onward.verb == "close" else onward.to) if onward else None
    way = route.until(route.actions(given, found), State(goal)) if goal else None
    steps = []
    for attempt in [onward, *_decisions(facts)] if onward else []:
        earliest = [(one, route.met_on(one.guard, given, found, way)) for one in _unmet(facts, attempt)]
        if earliest or attempt is onward or attempt.on <= on:
            steps.append(_step(facts, attempt, lines, earliest))
    return {
        "ref": facts.ref,
        "state": str(facts.state),
        "paused_until": facts.paused_until.isoformat() if facts.paused_until else None,
        "steps": steps,
        "way": None if way is None else _commands(way, lines),
        "obstacle": _obstacle(found, lines) if way is None else None,
        "possible": sorted({move.verb for move in CASES.from_state(facts.state)}),
    }


def _meetings(found: Plan) -> dict[str, str]:
    """Body -> the day of the first meeting that the plan has for it."""
    return {leg.stage.body: leg.meeting.on.isoformat() for leg in reversed(found.legs) if leg.meeting}


def _decisions(facts: CaseFacts) -> Iterator[Attempt]:
    """The decisions it waits for where it stands, as if each meeting were held on its day."""
    standing = {stage.id for stage in facts.here if facts.state == stage.kind.state}
    for item in facts.agenda:
        if item.waiting and item.kind is ItemKind.BESLUT and item.stage in standing:
            held = msgspec.structs.replace(item.meeting, state=MeetingState.HALLEN)
            yield Attempt(verb="decide", on=held.on, to=State(held.kind.state), meeting=held)


def _why_meeting(desk: Desk, words: Words, to: str | None, on: date) -> View:
    """The same of a meeting: its next step, or the one that leads where it is wanted."""
    meeting = meeting_store.seen(desk.connection, meeting_store.find(desk.connection, " ".join(words)))
    verb = MEETING_GOALS[to] if to in MEETING_GOALS else _next_verb(meeting)
    if to and to not in MEETING_GOALS:
        raise UsageError(f"--to {to} gäller ett ärende. För ett sammanträde: {', '.join(MEETING_GOALS)}.")
    facts = msgspec.structs.replace(meeting.facts, part=_part_for(meeting, verb))
    day = facts.on if verb == "hold" else on
    lines, steps = CommandLines(desk.connection, on), meeting_route.actions(facts, on, desk.routines)
    attempt = Attempt(verb=verb, on=day)
    earliest = [(one, meeting_route.met_on(one.guard, facts, on, steps)) for one in _unmet(facts, attempt)]
    place = next((n for n, one in enumerate(steps) if one.remedy.code == f"meeting.{verb}"), None)
    return {
        "ref": facts.ref,
        "state": str(facts.state),
        "paused_until": None,
        "steps": [_step(facts, attempt, lines, earliest)],
        "way": None if place is None else _commands(steps[: place + 1], lines),
        "obstacle": None,
        "possible": sorted({move.verb for move in MEETINGS.from_state(facts.state)}),
    }


def _next_verb(meeting: LockedMeeting) -> str:
    facts = meeting.facts
    if facts.ahead:
        announced = facts.announced_on or not facts.is_council
        return "hold" if announced and facts.called_on else "call" if announced else "announce"
    return "adjust" if not meeting.parts else "take_down" if all(one.posted_on for one in meeting.parts) else "post"


def _part_for(meeting: LockedMeeting, verb: str) -> Any:
    """The part of the protocol that a step is about: the first that it has not been done with."""
    done = {"post": "posted_on", "take_down": "taken_down_on"}.get(verb)
    left = [one for one in meeting.parts if done and getattr(one, done) is None]
    return next(iter(left or meeting.parts), None)


def _unmet(facts: CaseFacts | MeetingFacts, attempt: Attempt) -> Sequence[Finding]:
    verdict = judge(facts, attempt)
    return verdict.findings if isinstance(verdict, Refused) else verdict.warnings


def _step(
    facts: CaseFacts | MeetingFacts,
    attempt: Attempt,
    lines: CommandLines,
    unmet: Sequence[tuple[Finding, date | None]],
) -> View:
    views = lines.views(finding for finding, _ in unmet)
    told = [{**view, "earliest": on.isoformat() if on else None} for view, (_, on) in zip(views, unmet, strict=True)]
    return {
        "verb": attempt.verb,
        "meeting": attempt.meeting.ref if attempt.meeting else None,
        "to": attempt.to.value if attempt.to else None,
        "on": attempt.on.isoformat(),
        "allowed": not any(finding.blocks for finding, _ in unmet),
        "findings": told,
    }


def _commands(steps: Sequence[Action], lines: CommandLines) -> list[View]:
    return [_as_command(plans.as_action(one), lines) for one in steps]


def _as_command(action: View, lines: CommandLines) -> View:
    return {"command": lines.line(action["remedy"]), **{key: action[key] for key in ("on", "last", "who", "cost")}}


def _obstacle(found: Plan, lines: CommandLines) -> View | None:
    view = plans.obstacle(found)
    if view is None:
        return None
    finding = view.pop("finding")
    told = lines.views([finding])[0] if finding else None
    return {**view, "finding": told, "commands": told["commands"] if told else [lines.planning(view["body"])]}


# --- plan ---------------------------------------------------------------------------------------------


def _supposed(at: date | None, settings: Words, moves: Words) -> Supposed:
    """What the options of a what-if say. Raises UsageError for what cannot be tried."""
    times: dict[str, int] = {}
    mbl = None
    for text in settings:
        key, value = plan_views.split(text, "--set", "mbl=2024-03-01 eller manus_days=10")
        if key == "mbl":
            mbl = _day(value)
        else:
            times[key] = _days(key, value)
    moved = []
    for text in moves:
        meeting, value = plan_views.split(text, "--move", "KF-2024-05-28=2024-06-11")
        body, day = meeting_store.parse(meeting)
        moved.append((f"{body} {day}", _day(value)))
    return Supposed(at, mbl, times, tuple(moved))


def _day(text: str) -> date:
    return frame.DAY.convert(text, None, click.get_current_context())


def _days(key: str, value: str) -> int:
    if key not in plans.TIMES:
        raise UsageError(f"--set {key} finns inte. Det som kan prövas: mbl, {', '.join(plans.TIMES)}.")
    if not value.isdecimal() or len(value) > 4:
        raise UsageError(f"--set {key}={value}: ange ett antal dagar, till exempel {key}=10.")
    return int(value)


@click.command("plan", cls=Command, help="Tidigaste vägen: varje steg till laga kraft, sista dagar och vad de kostar.")
@click.argument("case_words", nargs=-1, metavar="[ÄRENDE]")
@click.option("--all", "everything", is_flag=True, help="Alla öppna ärenden, med det som måste göras inom en vecka.")
@click.option("--body", "body", default="", metavar="INSTANS", help="Med --all: bara de som ska till en instans.")
@click.option("--at", "at", type=frame.DAY, metavar="DATUM", help="Tänk: som om det vore den dagen.")
@click.option("--set", "settings", multiple=True, metavar="VAD=VÄRDE", help="Tänk: mbl=DATUM, manus_days=10 …")
@click.option("--move", "moves", multiple=True, metavar="SAMMANTRÄDE=DATUM", help="Tänk: sammanträdet flyttat.")
@frame.as_json
def plan_command(
    case_words: Words,
    everything: bool,
    body: str,
    at: date | None,
    settings: Words,
    moves: Words,
    json_wanted: bool,
) -> int:
    if everything == bool(case_words):
        raise UsageError("Ange ett ärende, eller --all: arende plan SON-2024-17, arende plan --all --body SON.")
    if body and not everything:
        raise UsageError("--body hör till --all.")
    # A day that has passed is counted from, and not held against today.
    supposed, today = _supposed(at, settings, moves), min(frame.entry().today, at or date.max)
    with frame.desk() as desk:
        if everything:
            with desk.connection.reading():
                return plan_views.portfolio(_portfolio(desk, body, supposed, today), json_wanted)

        def read() -> tuple[View, Words]:
            case_id = frame.case_id(desk, case_words)
            return _planned(desk, case_id, supposed, today), (case_id,)

        return plan_views.plan(frame.look(desk, read), json_wanted)


def _planned(desk: Desk, case_id: str, supposed: Supposed, today: date) -> View:
    """A case's plan, and what differs from the one without what is supposed; None where that makes it no other."""
    recorded = plans.situation(desk, case_id, today)
    plans.refuse_odd(supposed, recorded.calendar, today)
    given, lines = supposed.of(recorded), CommandLines(desk.connection, supposed.at or today)
    found = planning.plan(given)
    view = _plan_view(desk, given, found, lines)
    ref = given.facts.ref
    changes = [*plans.differences({ref: planning.plan(recorded)}, {ref: found})] if given != recorded else None
    return {**view, "supposed": plan_views.told_supposed(supposed), "differences": changes}


def _plan_view(desk: Desk, given: Situation, found: Plan, lines: CommandLines) -> View:
    view = plans.as_view(given, found, desk.raised_reading)
    return {**view, "obstacle": _obstacle(found, lines), "actions": _commands(route.actions(given, found), lines)}


def _portfolio(desk: Desk, body: str, supposed: Supposed, today: date) -> View:
    """Every open case with its plan, and what must be done within the week."""
    code, ahead = frame.body_code(desk, body), plans.calendar(desk.connection, today)
    plans.refuse_odd(supposed, ahead, today)
    lines = CommandLines(desk.connection, supposed.at or today)
    cases, critical = [], []
    for row, given, found in plans.portfolio(desk, today, code, supposed):
        cases.append({**row, **plans.summary(given, found), "obstacle": _obstacle(found, lines)})
        urgent = _commands(plans.critical(given, found), lines)
        critical += [{"ref": row["ref"], **one} for one in urgent]
    critical.sort(key=lambda one: (one["last"], one["ref"]))
    day = (supposed.at or today).isoformat()
    told = plan_views.told_supposed(supposed)
    return {"body": code or None, "today": day, "supposed": told, "cases": cases, "critical": critical}
