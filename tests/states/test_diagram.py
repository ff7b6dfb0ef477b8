"""What is drawn is what the tables and the case say, in words, and both languages it is written in can be read back."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import pytest

from states.case_facts import (
    AgendaItem,
    BodyKind,
    CaseFacts,
    CaseKind,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    Stage,
    StageRole,
    State,
)
from states.diagram import Arrow, Box, Diagram, Mark, case_lifecycle, dot, meeting_lifecycle, mermaid, way
from states.lifecycle import MEETING_MOVES, MOVES, Move
from states.swedish_text import NAMES

NAMES_OF_BODIES = {"SON": "Social- och omsorgsnämnden", "KS": "Kommunstyrelsen", "KF": "Kommunfullmäktige"}
OUTCOME = MatterOutcome


def stage(code: str, ordinal: int, role: StageRole = StageRole.BESLUT, **more) -> Stage:
    kind = BodyKind(code.lower()) if code in ("KS", "KF") else BodyKind.NAMND
    return Stage(id=f"{code}{ordinal}", ordinal=ordinal, body=code, kind=kind, role=role, **more)


def item(at: Stage, on: str, **more) -> AgendaItem:
    day = date.fromisoformat(on)
    meeting = MeetingFacts(ref=f"{at.body} {on}", body=at.body, kind=at.kind, on=day, state=MeetingState.HALLEN)
    return AgendaItem(id=f"{at.id}-{on}", stage=at.id, meeting=meeting, **more)


def case(state: State, current: Stage | None, *stages: Stage, kind: CaseKind = CaseKind.FORVALTNINGSARENDE, **more):
    return CaseFacts(
        ref="SON 2023-940", kind=kind, state=state, current=current.id if current else None, stages=stages, **more
    )


def drawn(facts: CaseFacts) -> Diagram:
    return way(facts, NAMES_OF_BODIES)


def told(facts: CaseFacts) -> list[list[tuple[str, Mark]]]:
    """The rows of a case's way: what each box is called, and what is said of it."""
    return [[(box.title, box.mark) for box in row] for row in drawn(facts).rows]


SON, KS, KF = stage("SON", 10, StageRole.FORSLAG), stage("KS", 20, StageRole.FORSLAG), stage("KF", 30)
SON_DONE, KS_DONE = (stage(code, ordinal, closed=True) for code, ordinal in (("SON", 10), ("KS", 20)))
DECIDED = (item(SON_DONE, "2024-01-18", decided=True, paragraph=3),)
DRAFT, MBL, NAMND = "Utkast hos förvaltningen", "MBL", "Social- och omsorgsnämnden"
SENT, CLOSED = "Expediering (beslutet skickas till)", "Avslutat"

# --- the lifecycles -------------------------------------------------------------------------------

LIFECYCLES = pytest.mark.parametrize(
    ("drawing", "moves"), [(case_lifecycle(), MOVES), (meeting_lifecycle(), MEETING_MOVES)], ids=["case", "meeting"]
)


@LIFECYCLES
def test_every_pair_of_states_that_a_move_leads_between_has_one_arrow_with_all_its_verbs(
    drawing: Diagram, moves: tuple[Move, ...]
) -> None:
    led: dict[tuple[str, str], set[str]] = {}
    for move in moves:
        if move.source != move.target and move.verb != "decide":
            led.setdefault((move.source.value if move.source else "ny", move.target.value), set()).add(move.label)
    assert {(arrow.source, arrow.target): set(arrow.labels) for arrow in drawing.arrows} == led
    assert len(drawing.arrows) == len(led)


@LIFECYCLES
def test_every_state_has_a_box_with_its_name_and_never_its_code(drawing: Diagram, moves: tuple[Move, ...]) -> None:
    states = {move.target for move in moves}
    named = {box.id: box.title for box in drawing.boxes if box.id != "ny"}
    assert {code: title.casefold() for code, title in named.items()} == {
        state.value: NAMES[state.value].casefold() for state in states
    }
    assert not any("_" in text for box in drawing.boxes for text in box.text)


def test_what_ends_without_a_decision_stands_beside_the_main_way() -> None:
    assert [box.id for box in case_lifecycle().aside] == ["aterkallad"]
    assert [box.id for box in meeting_lifecycle().aside] == ["installd"]


def test_only_the_state_it_stands_in_says_so() -> None:
    for drawing, here in ((case_lifecycle(State.KF), "kf"), (meeting_lifecycle(MeetingState.INSTALLD), "installd")):
        assert [box.id for box in drawing.boxes if "du är här" in box.text] == [here]
    assert not any("du är här" in box.text for box in case_lifecycle().boxes)


# --- one case's way -------------------------------------------------------------------------------


def test_the_way_of_a_new_draft_begins_at_forvaltningen_and_ends_when_it_is_closed() -> None:
    assert told(case(State.DRAFT, SON, SON, KS)) == [
        [(DRAFT, Mark.HERE)],
        [(MBL, Mark.PLAIN)],
        [(NAMND, Mark.PLAIN)],
        [("Kommunstyrelsen", Mark.PLAIN)],
        [(SENT, Mark.PLAIN)],
        [(CLOSED, Mark.PLAIN)],
    ]


def test_what_lies_behind_is_done_and_the_body_it_is_at_is_where_you_are() -> None:
    marks = [row[0][1] for row in told(case(State.KS, KS, SON_DONE, KS, KF, agenda=DECIDED))]
    assert marks == [*[Mark.DONE] * 3, Mark.HERE, *[Mark.PLAIN] * 3]


def test_bodies_that_answer_beside_each_other_stand_side_by_side_and_both_lead_on() -> None:
    beside = stage("BUN", 10, StageRole.YTTRANDE)
    drawing = drawn(case(State.NAMND, SON, SON, beside, KS, kind=CaseKind.MOTION))
    assert [[box.title for box in row] for row in drawing.rows[:2]] == [[NAMND, "BUN"], ["Kommunstyrelsen"]]
    assert [box.mark for box in drawing.rows[0]] == [Mark.HERE, Mark.HERE]
    assert drawing.arrows[:2] == (Arrow("s1", "s3"), Arrow("s2", "s3"))


def test_one_that_has_answered_is_done_while_the_other_is_where_you_are() -> None:
    answered = stage("BUN", 10, StageRole.YTTRANDE, closed=True)
    agenda = (item(answered, "2024-01-18", decided=True),)
    (row, *_) = told(case(State.NAMND, SON, SON, answered, KS, kind=CaseKind.MOTION, agenda=agenda))
    assert row == [(NAMND, Mark.HERE), ("BUN", Mark.DONE)]


def test_a_body_that_was_passed_without_dealing_with_it_is_not_said_to_be_done() -> None:
    (row, *_) = told(case(State.KS, KS, SON_DONE, KS, kind=CaseKind.MOTION))
    assert row == [(NAMND, Mark.PASSED)]


def test_a_case_sent_back_to_be_written_anew_is_at_forvaltningen_before_the_body_it_is_for() -> None:
    agenda = (*DECIDED, item(KS, "2024-02-20", paragraph=19, outcome=OUTCOME.ATERREMITTERAD))
    rows = told(case(State.DRAFT, KS, SON_DONE, KS, agenda=agenda))
    assert [row[0] for row in rows[3:6]] == [
        (DRAFT, Mark.HERE),
        (MBL, Mark.PLAIN),
        ("Kommunstyrelsen", Mark.PLAIN),
    ]


def test_at_mbl_the_draft_is_done() -> None:
    assert [row[0] for row in told(case(State.MBL, SON, SON))[:3]] == [
        (DRAFT, Mark.DONE),
        (MBL, Mark.HERE),
        (NAMND, Mark.PLAIN),
    ]


def test_a_reopened_case_begins_its_new_round_at_forvaltningen() -> None:
    again = stage("SON", 20, round=2)
    drawing = drawn(case(State.MBL, again, SON_DONE, again, agenda=DECIDED))
    assert [row[0].title for row in drawing.rows] == [DRAFT, MBL, NAMND, DRAFT, MBL, NAMND, SENT, CLOSED]
    assert [arrow.labels for arrow in drawing.arrows if arrow.labels] == [("återuppta: omgång 2",)]
    assert len({box.id for box in drawing.boxes}) == len(drawing.boxes)
    assert [box.id for box in drawing.boxes if box.mark is Mark.HERE] == [drawing.rows[4][0].id]


def test_a_motion_that_is_reopened_begins_there_too_though_it_was_raised_in_the_council() -> None:
    first, again = stage("KF", 10, StageRole.ANMALAN, closed=True), stage("KF", 20, round=2)
    agenda = (item(first, "2024-01-18", decided=True),)
    rows = told(case(State.KF, again, first, again, kind=CaseKind.MOTION, agenda=agenda))
    assert [row[0][0] for row in rows][:4] == ["Kommunfullmäktige", DRAFT, MBL, "Kommunfullmäktige"]


@pytest.mark.parametrize(
    ("state", "ending"),
    [
        (State.SKICKAS_TILL, [(SENT, Mark.HERE), (CLOSED, Mark.PLAIN)]),
        (State.AVSLUTAD, [(SENT, Mark.DONE), (CLOSED, Mark.HERE)]),
    ],
)
def test_a_decided_case_is_sent_and_then_closed(state: State, ending: list[tuple[str, Mark]]) -> None:
    rows = told(case(state, SON_DONE, SON_DONE, agenda=DECIDED))
    assert [row[0] for row in rows[:3]] == [(DRAFT, Mark.DONE), (MBL, Mark.DONE), (NAMND, Mark.DONE)]
    assert [row[0] for row in rows[3:]] == ending


def test_a_withdrawn_case_ends_there_and_what_it_never_came_to_is_not_done() -> None:
    rows = told(case(State.ATERKALLAD, SON, SON, KS))
    assert [row[0] for row in rows] == [
        (DRAFT, Mark.DONE),
        (MBL, Mark.PASSED),
        (NAMND, Mark.PASSED),
        ("Kommunstyrelsen", Mark.PASSED),
        ("Återkallat", Mark.HERE),
    ]


def test_mbl_is_done_in_a_withdrawn_case_where_something_was_noted_of_it() -> None:
    entry = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=date(2024, 1, 2), held=True)
    assert told(case(State.ATERKALLAD, SON, SON, mbl=(entry,)))[1] == [(MBL, Mark.DONE)]


def test_a_case_that_goes_on_in_another_was_never_sent() -> None:
    rows = told(case(State.AVSLUTAD, SON_DONE, SON_DONE, KS_DONE))
    assert [row[0] for row in rows[2:]] == [
        (NAMND, Mark.PASSED),
        ("Kommunstyrelsen", Mark.PASSED),
        (CLOSED, Mark.HERE),
    ]


def test_a_box_tells_what_became_of_it_at_each_meeting() -> None:
    asked = stage("SON", 10, StageRole.YTTRANDE, opportunity_until=date(2024, 5, 1))
    agenda = (
        item(asked, "2024-01-18", paragraph=3, outcome=OUTCOME.BORDLAGD),
        item(asked, "2024-02-15", outcome=OUTCOME.UTGATT),
        item(asked, "2024-03-14", paragraph=30, decided=True),
        item(asked, "2024-04-18", kind=ItemKind.INFORMATION),
        item(KS, "2024-04-23"),
    )
    (box,) = drawn(case(State.NAMND, asked, asked, kind=CaseKind.MOTION, agenda=agenda)).rows[0]
    assert box.text == (
        NAMND,
        "Yttrande",
        "svar senast 2024-05-01",
        "2024-01-18 § 3: bordlagd",
        "2024-03-14 § 30: beslutat",
        "2024-04-18: på föredragningslistan",
        "du är här",
    )


# --- in other languages ---------------------------------------------------------------------------

NASTY = 'Barn & "unga" <b>#quot; \\n \\N &amp; `x` | }; -->'
HOSTILE = Diagram(
    NASTY,
    ((Box("s1", NASTY, ("Yttrande",), Mark.HERE),), (Box("s2", "Två\nrader"), Box("s3", "Tre", (), Mark.PASSED))),
    (Arrow("s1", "s2", (NASTY, "återta")), Arrow("s1", "s3"), Arrow("s3", "s1", ("tillbaka",))),
)
SEEN_OF_LINE_BREAK = "Två\N{REPLACEMENT CHARACTER}rader"


def test_mermaid_says_line_by_line_what_the_diagram_says() -> None:
    text = mermaid(HOSTILE)
    read = [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label) for label in re.findall(r'"(.*?)"', text)]
    assert read == [
        f"{NASTY}<br/>Yttrande<br/>du är här",
        SEEN_OF_LINE_BREAK,
        "Tre<br/>inte behandlat här",
        f"{NASTY}<br/>återta",
        "tillbaka",
    ]
    assert [re.sub(r'\|?".*"\|?', "", line).split() for line in text.splitlines()[4:7]] == [
        ["s1", "-->", "s2"],
        ["s1", "-->", "s3"],
        ["s3", "-.->", "s1"],
    ]
    assert len(text.splitlines()) == 9


def test_mermaid_leaves_nothing_in_a_label_that_it_would_read_as_its_own() -> None:
    for label in re.findall(r'"(.*?)"', mermaid(HOSTILE)):
        assert not re.search(r"[<>&`\\]|#(?!\d+;)", label.replace("<br/>", ""))


Graph = tuple[dict[str, list[str]], set[tuple[str, str]]]
"""Box -> its lines, and what leads where."""


def by_hand(text: str) -> Graph:
    """DOT read by its grammar for quoted strings, which must hold for every statement."""
    quoted = r'"((?:[^"\\]|\\.)*)"'
    boxes, arrows = {}, set()
    for line in text.splitlines():
        if found := re.fullmatch(rf"    (\w+) \[label={quoted}[^\"]*(?:\"[\w,]+\")?\];", line):
            if found[1] not in ("graph", "node", "edge"):
                lines = re.split(r"(?<!\\)(?:\\\\)*\\n", found[2])
                boxes[found[1]] = [re.sub(r"\\(.)", r"\1", one).replace("&amp;", "&") for one in lines]
        elif found := re.fullmatch(rf"    (\w+) -> (\w+) \[label={quoted}[\w=, ]*\];", line):
            arrows.add((found[1], found[2]))
        else:
            assert re.fullmatch(
                r"digraph arende \{|\}|    \{ rank=same; [\w; ]+ \}|    (graph|node|edge) \[.*\];", line
            )
    return boxes, arrows


def by_graphviz(text: str) -> Graph:
    """What Graphviz itself has drawn."""
    done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    boxes, arrows = {}, set()
    svg = "{http://www.w3.org/2000/svg}"
    for group in ElementTree.fromstring(done.stdout).iter(f"{svg}g"):
        title = group.findtext(f"{svg}title") or ""
        if group.get("class") == "node":
            boxes[title] = [(one.text or "").replace("\N{NO-BREAK SPACE}", " ") for one in group.iter(f"{svg}text")]
        if group.get("class") == "edge":
            source, _, target = title.partition("->")
            arrows.add((source, target))
    return boxes, arrows


READERS = [by_hand, *([by_graphviz] if shutil.which("dot") else [])]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("drawing", [HOSTILE, case_lifecycle(State.KS), meeting_lifecycle()], ids=lambda one: one.title)
def test_dot_says_line_by_line_what_the_diagram_says(drawing: Diagram, read: Callable[[str], Graph]) -> None:
    boxes, arrows = read(dot(drawing))
    seen = {box.id: [line.replace("\n", "\N{REPLACEMENT CHARACTER}") for line in box.text] for box in drawing.boxes}
    assert boxes == seen
    assert arrows == {(arrow.source, arrow.target) for arrow in drawing.arrows}


def test_bodies_beside_each_other_are_so_in_dot_too() -> None:
    assert "    { rank=same; s2; s3; }" in dot(HOSTILE).splitlines()
