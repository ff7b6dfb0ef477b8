"""What a plan says: where a case is done with when, and what decides each day. Values only."""

from datetime import date
from enum import StrEnum

import msgspec

from states.case_facts import MeetingFacts, Stage
from states.judgement import Finding


class Reason(StrEnum):
    """What a day rests on: why it is not earlier."""

    MEETING = "sammantrade"  # the body meets no earlier
    BOOKED = "bokat"  # it is booked there
    BEFORE = "foregaende"  # the body before decides no earlier
    PAPERS = "manusstopp"
    CALL = "kallelse"
    NOTICE = "kungorelse"
    MBL = "mbl"
    REFERRAL = "remiss"
    ORDER = "tidsfoljd"  # something later than that meeting is noted already
    ANSWER = "svarsdag"  # whoever was asked has until that day
    DONE = "klart"
    ADJUSTING = "justering"
    POSTING = "anslag"
    APPEALING = "overklagandetid"
    SENDING = "expediering"


class Binding(msgspec.Struct, frozen=True):
    """What decides a day: the meeting that could not be reached, and the day that stood in the way of it."""

    reason: Reason
    meeting: str = ""
    day: date | None = None


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A body of the way, and the first day it can be done with the case."""

    stage: Stage
    on: date
    binding: Binding
    meeting: MeetingFacts | None = None  # where it decides; None when its answer day passes, or it is done already
    told: bool = False  # it is only told of the matter there
    booked: bool = False
    book_from: date | None = None
    book_by: date | None = None  # last day to put the matter on the agenda in good time
    sooner: str = ""  # an earlier meeting that the booking could be moved to

    @property
    def done(self) -> bool:
        return self.binding.reason is Reason.DONE

    @property
    def order(self) -> tuple[date, int]:
        """By day, and on one day by the way."""
        return self.on, self.stage.ordinal


class StopKind(StrEnum):
    """A point on the way after the last body."""

    ADJUSTED = "justerat"
    POSTED = "anslaget"
    SENT = "expedierat"
    FINAL = "laga_kraft"
    CLOSED = "avslutat"


class Stop(msgspec.Struct, frozen=True):
    """Such a point, and the first day it can be reached."""

    kind: StopKind
    on: date
    reason: Reason
    last: date | None = None  # the last day of law or routine for it, where there is one
    done: bool = False


class Obstacle(msgspec.Struct, frozen=True):
    """What no day mends: a rule that nothing ahead meets, or that no meeting that can be reached is planned."""

    stage: Stage
    finding: Finding | None = None  # None: no meeting
    binding: Binding | None = None  # why the last planned meeting cannot be reached


class MotionYear(msgspec.Struct, frozen=True):
    """Whether fullmäktige decides within the year (KL 5 kap. 35 §)."""

    ends: date
    decided: date | None  # None: the way does not get there
    last_council: str  # fullmäktige's last planned meeting within the year; empty: none is

    @property
    def margin(self) -> int | None:
        """Days to spare; negative when the year does not hold."""
        return (self.ends - self.decided).days if self.decided else None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The earliest way of one case."""

    legs: tuple[Leg, ...]
    stops: tuple[Stop, ...] = ()
    mbl_ready: date | None = None  # first day a deciding body may decide, for MBL's sake; None: it asks for nothing
    obstacle: Obstacle | None = None
    year: MotionYear | None = None

    @property
    def end(self) -> Leg | None:
        """Where the bodies are done with it; None when the way does not get there."""
        return max(self.legs, key=lambda leg: leg.order, default=None) if self.obstacle is None else None

    def stop(self, kind: StopKind) -> Stop | None:
        return next((stop for stop in self.stops if stop.kind is kind), None)


class Cost(msgspec.Struct, frozen=True):
    """What comes later when a day is missed."""

    where: str  # the body that is done with it last, or the first that meets later, or a StopKind
    planned: date
    instead: date | None  # None: nothing later is planned
