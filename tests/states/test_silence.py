"""Why a case stands still: what was left undone, what was tabled, or the law's answer to the next step."""

from datetime import date

import pytest
from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    BodyKind,
    CaseFacts,
    CaseKind,
    MatterOutcome,
    MeetingFacts,
    MeetingState,
    Stage,
    StageRole,
    State,
)
from states.guards import Remedy
from states.guards.way import next_step
from states.silence import explain

TODAY = date(2024, 6, 3)
KS = Stage(id="s1", ordinal=1, body="KS", kind=BodyKind.KS, role=StageRole.BESLUT)
MAY = MeetingFacts(ref="KS 2024-05-14", body="KS", kind=BodyKind.KS, on=date(2024, 5, 14), state=MeetingState.HALLEN)
ITEM = AgendaItem(id="i1", stage="s1", meeting=MAY, paragraph=54)
CASE = CaseFacts(ref="KS 2024-1", kind=CaseKind.KS_ARENDE, state=State.KS, stages=(KS,), current="s1")
ABOUT = {"case": "KS 2024-1"}


def of(*items: AgendaItem, **more):
    return replace(CASE, agenda=items, **more)


@pytest.mark.parametrize(
    ("facts", "coming", "why", "remedy"),
    [
        (
            of(ITEM),
            {},
            "KS 2024-05-14 är hållet, men vad som beslutades i ärendet är inte antecknat.",
            Remedy("decide", {**ABOUT, "meeting": "KS 2024-05-14"}),
        ),
        (
            of(replace(ITEM, meeting=replace(MAY, state=MeetingState.KALLAD))),
            {},
            "KS 2024-05-14 har passerat, men är inte antecknat som hållet.",
            Remedy("meeting.hold", {"meeting": "KS 2024-05-14"}),
        ),
        (
            of(replace(ITEM, outcome=MatterOutcome.BORDLAGD)),
            {},
            "Bordlagt 2024-05-14, och nästa sammanträde med KS är inte planerat.",
            Remedy("book", {**ABOUT, "body": "KS"}),
        ),
        (
            of(replace(ITEM, outcome=MatterOutcome.BORDLAGD)),
            {"KS": "2024-06-18"},
            "Bordlagt 2024-05-14 och inte bokat igen; KS sammanträder nästa gång 2024-06-18.",
            Remedy("book", {**ABOUT, "body": "KS"}),
        ),
        (
            of(replace(ITEM, outcome=MatterOutcome.UTGATT, meeting=replace(MAY, state=MeetingState.INSTALLD))),
            {},
            "KS 2024-05-14 ställdes in, och nästa sammanträde med KS är inte planerat.",
            Remedy("book", {**ABOUT, "body": "KS"}),
        ),
        (
            of(),
            {},
            "KS har inte beslutat i ärendet än, och ingen svarstid har gått ut.",
            Remedy("book", {**ABOUT, "body": "KS"}),
        ),
        (
            of(replace(ITEM, decided=True)),
            {},
            "Kan föras till expediering (beslutet skickas till) nu.",
            Remedy("advance", {**ABOUT, "to": State.SKICKAS_TILL}),
        ),
    ],
)
def test_why_nothing_happens_is_a_sentence_and_a_remedy(facts, coming, why, remedy):
    found = explain(facts, TODAY, coming)
    assert (found.why, found.remedy) == (why, remedy)


@pytest.mark.parametrize("state", State)
def test_every_open_state_has_an_answer_and_an_ended_one_no_next_step(state):
    facts = of(state=state, current=None if state in (State.SKICKAS_TILL, State.AVSLUTAD, State.ATERKALLAD) else "s1")
    step = next_step(facts, TODAY)
    assert (step is None) == (state in (State.AVSLUTAD, State.ATERKALLAD))
    if step is not None:
        assert explain(facts, TODAY, {}).why.endswith(".")
