"""Small cases and meetings to hold the lifecycle against: among them every move is possible.

So a move that none of them allows asks for what cannot be. They must be enough for every rule there is; a test on the
lifecycle itself holds them to that.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from states.case_facts import (
    AgendaItem,
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Recipient,
    Stage,
    StageRole,
    State,
)
from states.lifecycle import Move
from states.swedish_calendar import DAY

MEETS = date(2024, 5, 14)
LONG = timedelta(days=60)
"""Longer than any of the law's own times before or after a meeting."""

AT_MEETING = frozenset({"book", "decide", "refer", "return", "postpone", "minute", "vote"})
"""Verbs that are done with a meeting."""

BODIES = {BodyKind.NAMND: "NÄMND", BodyKind.KS: "KS", BodyKind.KF: "KF"}
CASE_DAYS = (MEETS - LONG, MEETS, MEETS + LONG)
MEETING_DAYS = (MEETS - LONG, MEETS, MEETS + 2 * DAY, MEETS + LONG)
ADJUSTED = ProtocolPart(id="p", paragraphs=(1,), whole=True, adjusted_on=MEETS + DAY)
POSTED = ProtocolPart(
    id="p", paragraphs=(1,), whole=True, adjusted_on=MEETS + DAY, posted_on=MEETS + 2 * DAY, taken_down_on=None
)
NOT_CALLED_FOR = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=MEETS - 2 * LONG, held=False)


def cases(move: Move) -> Iterator[tuple[CaseFacts, Attempt]]:
    """Cases that stand where a move begins, each with an attempt at it."""
    for state, part, item, ends in product(
        (MeetingState.PLANERAD, MeetingState.HALLEN), (None, POSTED), ("", "waiting", "decided"), (True, False)
    ):
        meeting = _meeting(_here(move), state, part)
        facts = _case(move, meeting, item, ends=ends)
        for on in CASE_DAYS:
            yield (
                facts,
                Attempt(verb=move.verb, on=on, to=move.target, meeting=meeting if move.verb in AT_MEETING else None),
            )


def meetings(move: Move) -> Iterator[tuple[MeetingFacts, Attempt]]:
    """Meetings that stand where a move begins, each with an attempt at it."""
    for kind, part, on in product(BodyKind, (None, ADJUSTED, POSTED), MEETING_DAYS):
        source = MeetingState(move.source) if move.source else None
        known = _meeting(kind, source, part, MEETS - 2 * LONG)
        yield known, Attempt(verb=move.verb, on=on, to=move.target)


def _here(move: Move) -> BodyKind:
    """The kind of body that has the case before it, or gets it."""
    names = {kind.value for kind in BodyKind}
    return next((BodyKind(state.value) for state in (move.source, move.target) if state in names), BodyKind.NAMND)


def _case(move: Move, meeting: MeetingFacts, item: str, *, ends: bool) -> CaseFacts:
    """A case that kommunstyrelsen has prepared, at its last stage or with one more to come."""
    stages = [_stage("before", 0, BodyKind.KS, StageRole.FORSLAG, closed=True)]
    stages.append(_stage("here", 1, meeting.kind, StageRole.BESLUT if ends else StageRole.FORSLAG))
    if not ends and move.target in {kind.value for kind in BodyKind}:
        stages.append(_stage("next", 2, BodyKind(move.target), StageRole.BESLUT))
    before = _meeting(BodyKind.KS, MeetingState.HALLEN, None, on=MEETS - LONG)
    agenda = [AgendaItem(id="a", stage="before", meeting=before, paragraph=1, decided=True)]
    if item:
        announced = MEETS - LONG
        agenda.append(
            AgendaItem(
                id="b", stage="here", meeting=meeting, paragraph=1, decided=item == "decided", announced_on=announced
            )
        )
    return CaseFacts(
        ref="ett ärende",
        kind=CaseKind.FORVALTNINGSARENDE,
        state=State(move.source) if move.source else None,
        stages=tuple(stages),
        current="here",
        numbers=("KS 2024-1",),
        proposals=((None, 1),),
        mbl=(NOT_CALLED_FOR,),
        agenda=tuple(agenda),
        recipients=(Recipient(id="r", name="Akten", sent_on=MEETS),),
    )


def _stage(own: str, ordinal: int, kind: BodyKind, role: StageRole, *, closed: bool = False) -> Stage:
    return Stage(id=own, ordinal=ordinal, body=BODIES[kind], kind=kind, role=role, closed=closed)


def _meeting(
    kind: BodyKind,
    state: MeetingState | None,
    part: ProtocolPart | None,
    told: date | None = None,
    on: date = MEETS,
) -> MeetingFacts:
    body = BODIES[kind]
    return MeetingFacts(
        ref=f"{body} {on}",
        body=body,
        kind=kind,
        on=on,
        state=state,
        announced_on=told,
        called_on=told,
        part=part,
    )
