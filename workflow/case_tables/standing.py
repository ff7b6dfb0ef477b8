"""Where a case of the older system stands, and the way that is left of it. What lies behind was done elsewhere."""

from datetime import date

from states.case_facts import BodyKind, CaseKind, StageRole, State
from states.kinds import KINDS
from workflow import ways
from workflow.body_register import Body, BodyRegister
from workflow.ways import Way

Place = State | Body | None
"""The state a case is said to be in, or the body it is said to stand at; None where nothing is said."""


def usual(bodies: BodyRegister, on: date, kind: CaseKind, own: Body | None, stands: Place) -> Way:
    """The way a kind has. What fullmäktige decides and a nämnd's förvaltning writes on has been announced there."""
    if not KINDS[kind].council or own is None:
        return ways.of_kind(bodies, on, kind, own.code if own else None)
    usual = ways.of_kind(bodies, on, kind, None)
    if own.kind is not BodyKind.NAMND or stands in (State.KS, State.KF):
        return usual
    return ((own, StageRole.YTTRANDE), *(step for step in usual if step[1] in (StageRole.FORSLAG, StageRole.BESLUT)))


def rest(way: Way, stands: Place, bodies: BodyRegister, on: date, own: Body | None) -> Way:
    """The way from where a case stands; that body alone where the way does not pass it."""
    if stands is None or stands in (State.DRAFT, State.MBL):
        return way
    if isinstance(stands, Body):
        found = next((at for at, (body, _) in enumerate(way) if body.code == stands.code), None)
        return ((stands, StageRole.BESLUT),) if found is None else way[found:]
    kind = BodyKind(stands.value)
    found = next((at for at, (body, _) in enumerate(way) if body.kind is kind and not body.is_utskott), None)
    if found is not None:
        return way[found:]
    alone = own if kind is BodyKind.NAMND else bodies.of_kind(kind, on)
    return ((alone, StageRole.BESLUT),) if alone else ()


def start(kind: CaseKind, way: Way, stands: Place) -> State | None:
    if isinstance(stands, Body):
        return stands.kind.state
    if stands in (State.NAMND, State.KS, State.KF):
        return stands
    begins = KINDS[kind].starts_in
    # A motion that a förvaltning writes on is past its beginning.
    return State.DRAFT if begins is not None and begins is not way[0][0].kind.state else begins
