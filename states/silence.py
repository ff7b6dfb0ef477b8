"""Why a case stands still, and what would get it going: the law's own answer, in a sentence."""

from collections.abc import Mapping
from datetime import date

import msgspec

from states.case_facts import AgendaItem, Attempt, CaseFacts, MatterOutcome, MeetingState
from states.guards import Remedy
from states.guards.way import next_step
from states.judgement import Advanced, judge
from states.swedish_text import name


class Silence(msgspec.Struct, frozen=True):
    """What a case waits for."""

    why: str  # Swedish, complete
    remedy: Remedy


def explain(facts: CaseFacts, on: date, coming: Mapping[str, str]) -> Silence:
    """Why nothing is going to happen in an open case. `coming`: body -> the day of its next planned meeting."""
    standing = (item for item in facts.agenda if item.waiting and item.meeting.state is not MeetingState.INSTALLD)
    waiting = next(standing, None)
    if waiting is not None:
        return _left_at(facts, waiting)
    if facts.tabled is not None:
        return _tabled(facts, facts.tabled, coming)
    return _onward(facts, on)


def _left_at(facts: CaseFacts, item: AgendaItem) -> Silence:
    """It stands on the list of a meeting whose day is past."""
    ref = item.meeting.ref
    if item.meeting.state is MeetingState.HALLEN:
        told = f"{ref} är hållet, men vad som beslutades i ärendet är inte antecknat."
        return Silence(told, Remedy("decide", {"case": facts.ref, "meeting": ref}))
    return Silence(f"{ref} har passerat, men är inte antecknat som hållet.", Remedy("meeting.hold", {"meeting": ref}))


def _tabled(facts: CaseFacts, item: AgendaItem, coming: Mapping[str, str]) -> Silence:
    body = item.meeting.body
    was = f"Bordlagt {item.meeting.on}" if item.outcome is MatterOutcome.BORDLAGD else f"{item.meeting.ref} ställdes in"
    ahead = (
        f"{was} och inte bokat igen; {body} sammanträder nästa gång {coming[body]}."
        if body in coming
        else f"{was}, och nästa sammanträde med {body} är inte planerat."
    )
    return Silence(ahead, Remedy("book", {"case": facts.ref, "body": body}))


def _onward(facts: CaseFacts, on: date) -> Silence:
    """What the law says of the next step: that it can be taken, or the first thing that stands in its way."""
    attempt = next_step(facts, on)
    if attempt is None:
        raise AssertionError("a case that has ended waits for nothing")
    verdict = judge(facts, attempt)
    if isinstance(verdict, Advanced):
        return _possible(facts, attempt)
    first = verdict.blocking[0]
    return Silence(first.text, first.remedies[0] if first.remedies else Remedy("why", {"case": facts.ref}))


def _possible(facts: CaseFacts, attempt: Attempt) -> Silence:
    if attempt.to is None:
        return Silence("Kan avslutas nu.", Remedy("close", {"case": facts.ref}))
    return Silence(f"Kan föras till {name(attempt.to)} nu.", Remedy("advance", {"case": facts.ref, "to": attempt.to}))
