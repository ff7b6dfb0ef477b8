"""What a scenario says of days: open deadlines, protocols, laga kraft and reminders, each in one spelling.

Both runners hand in what they have found; the words are put together here, so that only days can differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from states.deadlines import DeadlineKind
from states.reminders import OpenDeadline, steps
from workflow.config import ReminderRule

WORDS: dict[DeadlineKind, str] = {
    DeadlineKind.MBL: "MBL klar",
    DeadlineKind.MOTION_YEAR: "motionens år",
    DeadlineKind.MANUSSTOPP: "manusstopp",
    DeadlineKind.ANNOUNCE: "kungörelse",
    DeadlineKind.CALL: "kallelse",
    DeadlineKind.ADJUST: "justering",
    DeadlineKind.POST: "anslag",
    DeadlineKind.TAKE_DOWN: "nedtagning tidigast",
    DeadlineKind.DISPATCH: "expediering",
    DeadlineKind.FINAL: "laga kraft tidigast",
    DeadlineKind.APPEAL: "överlämnande",
    DeadlineKind.SILENT: "tyst",
    DeadlineKind.HOLD: "hållet eller inte",
    DeadlineKind.ANSWER: "svar på remiss",
    DeadlineKind.ANSVARSFRIHET: "ansvarsfrihet",
    DeadlineKind.REPORT: "anmälan av brådskande beslut",
    DeadlineKind.MBL_MEETING: "förhandlingsmöte",
    DeadlineKind.MBL_COURT: "talan om tystnadsplikt",
    DeadlineKind.PARTY_DELAY: "dröjsmål",
    DeadlineKind.PARTY_ANSWER: "avgörande på begäran",
    DeadlineKind.REFERRAL: "remissvar",
    DeadlineKind.PAUSE: "paus slut",
    DeadlineKind.MOTION_REPORT: "redovisning av motioner",
    DeadlineKind.AVTALSSLUT: "avtalsslut",
    DeadlineKind.UPPSAGNING: "uppsägning",
    DeadlineKind.OPTION: "option",
    DeadlineKind.UPPDRAG: "uppdrag",
    DeadlineKind.HANDELSE: "händelse tidigast",
    DeadlineKind.PERIOD: "period",
    DeadlineKind.BEVAKNING: "bevakning",
    DeadlineKind.AWAITED: "uppföljning utan dag",
}
AT_A_MEETING = frozenset({DeadlineKind.MBL, DeadlineKind.DISPATCH, DeadlineKind.FINAL})
"""What a case has to do for the sake of a meeting, which is its subject."""

QUESTIONS = frozenset({DeadlineKind.SILENT, DeadlineKind.HOLD})
"""What every case and every planned meeting has, and `påminns` can tell of."""

NOT_FINAL = "ingen"
"""Nothing gains laga kraft: no body that really decides has announced a decision."""


@dataclass(frozen=True, slots=True)
class Open:
    """An open deadline, without what differs between two runs of one scenario."""

    kind: DeadlineKind
    meeting: str  # "KF 2024-05-28"; empty for what is the case's own
    due: date
    act_by: date
    body: str
    snoozed_until: date | None = None

    @property
    def line(self) -> str:
        """`2017-12-31 uppsägning, gör det 2017-12-29`."""
        what = " ".join(filter(None, (WORDS[self.kind], self.meeting)))
        acted = f", gör det {self.act_by}" if self.act_by != self.due else ""
        asleep = f", vilar till {self.snoozed_until}" if self.snoozed_until else ""
        return f"{self.due} {what}{acted}{asleep}"


def in_order(found: Iterable[Open]) -> list[Open]:
    """By day, so that two runs can be compared."""
    return sorted(found, key=lambda one: (one.line, one.body))


def lines(found: Iterable[Open]) -> list[str]:
    """What `frister` says: all but the questions whether a meeting was held and why nothing happens."""
    return sorted(one.line for one in found if one.kind not in QUESTIONS)


def protocol_line(meeting: str, last_appeal_day: str, take_down_from: str) -> str:
    """One announced protocol, or part of one, as `protokoll` says it."""
    return f"{meeting}: sista dag {last_appeal_day}, tas ned tidigast {take_down_from}"


def reminded(
    found: Iterable[Open], rules: Sequence[ReminderRule], council: Sequence[date], since: date
) -> Mapping[str, list[str]]:
    """When each sort of deadline is reminded of from a day until the day to act on, if nothing more happens."""
    days: dict[str, set[date]] = {}
    for one in found:
        of_kind = (rule for rule in rules if rule.about == one.kind)
        told = (step for rule in of_kind for step in steps(_to_remind(one), rule, one.act_by, council))
        days.setdefault(WORDS[one.kind], set()).update(step.day for step in told if step.day >= since)
    return {kind: sorted(day.isoformat() for day in found_days) for kind, found_days in days.items()}


def _to_remind(one: Open) -> OpenDeadline:
    return OpenDeadline(
        id="", stream="", kind=one.kind, due=one.due, act_by=one.act_by, snoozed_until=one.snoozed_until
    )
