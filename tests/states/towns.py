"""Random cases among random calendars, the same for the same seed: what plans are tried on."""

from datetime import date, timedelta
from random import Random

from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    BodyKind,
    CaseFacts,
    CaseKind,
    ItemKind,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Recipient,
    Referral,
    Stage,
    StageRole,
    State,
)
from states.deadlines import Routines
from states.kinds import KINDS
from states.situation import Situation

ONE_DAY = timedelta(days=1)
KIND_OF = {"KF": BodyKind.KF, "KS": BodyKind.KS, "KSAU": BodyKind.KS, "SON": BodyKind.NAMND, "BN": BodyKind.NAMND}
UTSKOTT = frozenset({"KSAU"})

Step = tuple[str, StageRole, int]  # body, role, which step: those of one number are beside each other
A, R, Y, B, F, D, E = (
    StageRole.ANMALAN,
    StageRole.REMISS,
    StageRole.YTTRANDE,
    StageRole.BEREDNING,
    StageRole.FORSLAG,
    StageRole.BESLUT,
    StageRole.EGEN_DEL,
)
WAYS: dict[CaseKind, tuple[tuple[Step, ...], ...]] = {
    CaseKind.FORVALTNINGSARENDE: (
        (("SON", D, 1),),
        (("SON", F, 1), ("KS", F, 2), ("KF", D, 3)),
        (("SON", Y, 1), ("BN", Y, 1), ("KS", F, 2), ("KF", D, 3)),
        (("SON", E, 1), ("KSAU", B, 2), ("KS", D, 3)),
        (("SON", F, 1), ("KF", D, 2)),
        (("SON", A, 1), ("BN", D, 2)),
    ),
    CaseKind.MOTION: (
        (("KF", A, 1), ("KS", R, 2), ("KS", F, 3), ("KF", D, 4)),
        (("KF", A, 1), ("SON", Y, 2), ("KS", F, 3), ("KF", D, 4)),
    ),
    CaseKind.KS_ARENDE: ((("KS", D, 1),), (("KSAU", B, 1), ("KS", F, 2), ("KF", D, 3))),
    CaseKind.FORESKRIFT: ((("SON", F, 1), ("KS", F, 2), ("KF", D, 3)), (("KSAU", F, 1), ("KF", D, 2))),
    CaseKind.VAL: ((("KF", D, 1),),),
    CaseKind.REMISS: ((("SON", D, 1),), (("SON", Y, 1), ("BN", Y, 1), ("KS", D, 2))),
    CaseKind.INFORMATION: ((("SON", A, 1),),),
}


def situation(dice: Random) -> Situation:
    """One case somewhere on its way, and at most three meetings of each of its bodies in the weeks ahead."""
    today = date(2023, 1, 1) + dice.randrange(1500) * ONE_DAY
    kind = dice.choice([*WAYS, CaseKind.FORVALTNINGSARENDE])
    way = dice.choice(WAYS[kind])
    calendar = {body: _meetings(dice, body, today) for body in sorted({step[0] for step in way})}
    stages = tuple(_stage(dice, place, step, today) for place, step in enumerate(way))
    facts = _standing(dice, kind, stages, today)
    facts = _with_bookings(dice, facts, calendar, today)
    routines = Routines(
        manus_days=dice.choice((0, 3, 7, 14, 21)),
        mbl_days=dice.choice((0, 5, 10, 25)),
        adjust_days=dice.choice((0, 3, 7, 14, 20)),
        post_days=dice.choice((0, 1, 2, 5)),
    )
    return Situation(facts, calendar, today, routines)


def _meetings(dice: Random, body: str, today: date) -> tuple[MeetingFacts, ...]:
    days = sorted(dice.sample(range(60), dice.choice((0, 1, 2, 3, 3))))
    return tuple(_meeting(dice, body, today + n * ONE_DAY, today) for n in days)


def _meeting(dice: Random, body: str, on: date, today: date) -> MeetingFacts:
    council, call_days = body == "KF", 7 if body == "KF" else 5
    announced = council and dice.random() < 0.3
    called = dice.random() < 0.3
    return MeetingFacts(
        ref=f"{body} {on}",
        body=body,
        kind=KIND_OF[body],
        on=on,
        state=MeetingState.KALLAD if called else MeetingState.PLANERAD,
        announced_on=min(today, on - 8 * ONE_DAY) if announced else None,
        called_on=min(today, on - (call_days + 1) * ONE_DAY) if called else None,
        call_days=call_days,
        utskott=body in UTSKOTT,
        manus_on=on - dice.randrange(5, 25) * ONE_DAY if dice.random() < 0.3 else None,
        call_on=on - dice.randrange(4, 14) * ONE_DAY if dice.random() < 0.2 else None,
        announce_on=on - dice.randrange(5, 14) * ONE_DAY if council and dice.random() < 0.2 else None,
    )


def _stage(dice: Random, place: int, step: Step, today: date) -> Stage:
    body, role, ordinal = step
    asked = role in (Y, B, F) and dice.random() < 0.25
    until = today + dice.randrange(-5, 45) * ONE_DAY if asked else None
    utskott = body in UTSKOTT
    return Stage(
        id=f"s{place}",
        ordinal=ordinal,
        body=body,
        kind=KIND_OF[body],
        role=role,
        opportunity_until=until,
        utskott=utskott,
    )


def _standing(dice: Random, kind: CaseKind, stages: tuple[Stage, ...], today: date) -> CaseFacts:
    """Somewhere on its way: what is before is decided and closed, what is there now perhaps decided."""
    here = dice.choice(stages)
    began = today - dice.randrange(30, 300) * ONE_DAY
    closed = tuple(replace(one, closed=one.ordinal < here.ordinal) for one in stages)
    agenda = [_decided(dice, one, began + n * ONE_DAY) for n, one in enumerate(closed) if one.closed]
    if dice.random() < 0.1:
        agenda.append(_decided(dice, here, today - dice.randrange(3, 25) * ONE_DAY))
    starts = KINDS[kind].starts_in is State.DRAFT and here.ordinal == stages[0].ordinal
    state = dice.choice((State.DRAFT, State.MBL)) if starts and not agenda else here.kind.state
    last = max([began, *(one.meeting.on for one in agenda)])
    numbers = () if dice.random() < 0.2 else ("SON 2024-1",)
    leftovers = (("Rubrik", "Rubriken"),) if dice.random() < 0.1 else ()
    return CaseFacts(
        ref=numbers[0] if numbers else "id:1",
        kind=kind,
        state=state,
        stages=closed,
        current=here.id,
        last_event=min(last, today),
        numbers=numbers,
        proposals=dice.choice(((), (("KF", 1),), ((None, 1),))),
        leftovers=leftovers,
        mbl=_mbl(dice, today),
        agenda=tuple(agenda),
        recipients=tuple(Recipient(id=f"r{n}", name=f"Mottagare {n}") for n in range(dice.choice((1, 2)))),
        registered_on=began,
        raised_on=began if KINDS[kind].council else None,
        referrals=_referrals(dice, today),
    )


def _decided(dice: Random, stage: Stage, on: date) -> AgendaItem:
    part = None
    if dice.random() < 0.5:
        adjusted = on + 2 * ONE_DAY
        posted = adjusted + ONE_DAY if dice.random() < 0.5 else None
        part = ProtocolPart(id=f"p{stage.id}", paragraphs=(1,), whole=True, adjusted_on=adjusted, posted_on=posted)
    meeting = MeetingFacts(
        ref=f"{stage.body} {on}",
        body=stage.body,
        kind=stage.kind,
        on=on,
        state=MeetingState.HALLEN,
        announced_on=on - 8 * ONE_DAY,
        called_on=on - 8 * ONE_DAY,
        part=part,
        utskott=stage.utskott,
    )
    return AgendaItem(id=f"i{stage.id}", stage=stage.id, meeting=meeting, paragraph=1, decided=True)


def _with_bookings(
    dice: Random, facts: CaseFacts, calendar: dict[str, tuple[MeetingFacts, ...]], today: date
) -> CaseFacts:
    """Some of what is left is booked, to a meeting ahead, or to one that is past and not told of."""
    booked = []
    taken = {item.stage for item in facts.agenda}
    for stage in facts.stages:
        mine = [*calendar[stage.body]]
        first = stage.id not in taken and stage.body not in {s.body for s in facts.stages if s.ordinal < stage.ordinal}
        if not first or stage.closed or dice.random() > 0.3:
            continue
        if stage.id == facts.current and facts.state == stage.kind.state and dice.random() < 0.3:
            behind = _decided(dice, stage, today - dice.randrange(1, 9) * ONE_DAY).meeting
            held = dice.random() < 0.5
            mine = [_as_held(behind, held=held)]
        if mine:
            meeting = dice.choice(mine)
            announced = meeting.announced_on if dice.random() < 0.7 else None
            kind = ItemKind.ANMALAN if stage.role is A else ItemKind.BESLUT
            kind = ItemKind.INFORMATION if facts.kind is CaseKind.INFORMATION else kind
            urgent = dice.random() < 0.2
            item = AgendaItem(
                id=f"b{stage.id}", stage=stage.id, meeting=meeting, announced_on=announced, urgent=urgent, kind=kind
            )
            booked.append(item)
    return replace(facts, agenda=(*facts.agenda, *booked))


def _as_held(meeting: MeetingFacts, *, held: bool) -> MeetingFacts:
    return replace(meeting, part=None, state=MeetingState.HALLEN if held else MeetingState.KALLAD)


def _mbl(dice: Random, today: date) -> tuple[MblEntry, ...]:
    ahead, behind = today + dice.randrange(40) * ONE_DAY, today - dice.randrange(1, 20) * ONE_DAY
    talks = MblKind.FORHANDLING
    return dice.choice(
        (
            (),
            (),
            (MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=behind, held=True),),
            (MblEntry(kind=talks, paragraph="11", on=ahead, held=False),),
            (MblEntry(kind=talks, paragraph="11", on=behind, held=True),),
            (MblEntry(kind=talks, paragraph="11", on=behind, held=False),),
            (MblEntry(kind=talks, paragraph="11", on=behind, held=True, unfinished=True),),
            (
                MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=behind, held=True),
                MblEntry(kind=MblKind.BEGARAN, paragraph="12", on=behind, held=True),
            ),
            (MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=behind, held=True),),
        )
    )


def _referrals(dice: Random, today: date) -> tuple[Referral, ...]:
    if dice.random() > 0.2:
        return ()
    due, mandatory = today + dice.randrange(-5, 30) * ONE_DAY, dice.random() < 0.6
    sent = today - 20 * ONE_DAY
    return (Referral(id="q1", number=1, name="Region", sent_on=sent, due=due, mandatory=mandatory),)
