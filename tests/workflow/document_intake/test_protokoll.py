"""Protocols read: our own, and the field's where they are at hand (ARENDE_SAMPLES)."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from states.case_facts import Ballot, MatterOutcome, Outcome
from tests.workflow.document_intake.protocols import KF_UTDRAG, PROSE, SON_PROTOKOLL
from workflow.document_intake import protocol_outcomes
from workflow.document_intake.protokoll import read_protokoll

SAMPLES = os.environ.get("ARENDE_SAMPLES")


def paragraph(read, number):
    return next(one for one in read.paragraphs if one.number == number)


def test_the_front_page_says_whose_meeting_it_was_and_when_and_who_adjusted_the_protocol():
    read = read_protokoll(SON_PROTOKOLL)
    assert (read.body, read.on) == ("social- och omsorgsnämnden", date(2024, 4, 18))
    assert (read.starts_at, read.ends_at) == ("13.00", "15.42")
    assert (read.adjusted_on, read.posted_on) == (date(2024, 4, 25), date(2024, 4, 26))
    assert (read.justerare, read.sekreterare, read.ordforande) == (("Bo Ek",), "Siv Sand", "Anna Alm")
    assert read.is_whole
    assert read.unsure == ()


def test_every_field_says_on_what_line_it_stands():
    lines = SON_PROTOKOLL.split("\n")
    read = read_protokoll(SON_PROTOKOLL)
    assert "2024-04-18" in lines[read.lines["on"] - 1]
    assert "2024-04-25" in lines[read.lines["adjusted_on"] - 1]
    assert "2024-04-26" in lines[read.lines["posted_on"] - 1]
    one = paragraph(read, 42)
    assert lines[one.lines["number"] - 1].startswith("§ 42 ")
    assert lines[one.lines["decisions"] - 1].startswith("Social- och omsorgsnämnden tillstyrker")
    assert lines[one.votes[0].line].startswith("Med 2 ja-röster")
    assert lines[one.reservations[0].line - 1].startswith("Dag Ros (M) reserverar sig")


def test_a_list_of_contents_and_what_is_referred_to_are_no_paragraphs_of_their_own():
    read = read_protokoll(SON_PROTOKOLL)
    assert [(one.number, one.numbers) for one in read.paragraphs] == [
        (41, ()),
        (42, ("SON 2023/940",)),
        (43, ("SON 2024-77",)),
        (44, ("SON 2024-81",)),
    ]


def test_a_paragraph_says_what_was_decided_how_it_was_voted_and_who_did_not_agree():
    one = paragraph(read_protokoll(SON_PROTOKOLL), 42)
    assert one.rubrik == "Svar på motion om fixartjänst för äldre"
    assert one.decisions == ("Social- och omsorgsnämnden tillstyrker socialförvaltningens förslag.",)
    assert (one.ruling, one.matter, one.jav) == (Outcome.BIFALL, None, ("Eva Lind",))
    (vote,) = one.votes
    assert (vote.yes, vote.no, vote.abstained, vote.casting) == (2, 1, 0, False)
    assert (vote.main, vote.against) == ("bifall till förvaltningens förslag", "bifall till Dag Ros yrkande")
    assert vote.by_name == (("Anna Alm", Ballot.JA), ("Bo Ek", Ballot.JA), ("Dag Ros", Ballot.NEJ))
    assert [reserved.names for reserved in one.reservations] == [("Dag Ros",)]
    assert (one.recipients, len(one.underlag), one.immediate) == (("Kommunstyrelsen",), 2, False)


def test_an_utdrag_is_one_paragraph_with_a_tie_and_an_immediate_justering():
    read = read_protokoll(KF_UTDRAG)
    (one,) = read.paragraphs
    assert (read.body, read.on, one.number, one.numbers) == (
        "kommunfullmäktige",
        date(2024, 5, 28),
        67,
        ("KS2023/710",),
    )
    assert one.decisions == ("Motionen avslås.",)
    assert (one.matter, one.immediate) == (MatterOutcome.AVSLAGEN, True)
    (vote,) = one.votes
    assert (vote.yes, vote.no, vote.abstained, vote.casting) == (20, 20, 1, True)
    assert one.reservations[0].names == ("Elin Strand", "Jan-Olof Vik")


def test_headings_with_number_title_and_diarienummer_on_one_line_are_read():
    read = read_protokoll(PROSE)
    assert (read.body, read.on, read.adjusted_on) == (
        "barn- och utbildningsnämnden",
        date(2025, 6, 12),
        date(2025, 6, 19),
    )
    assert [(one.number, one.rubrik, one.numbers, one.matter) for one in read.paragraphs] == [
        (8, "Skolskjuts läsåret 2025/26", ("BUN 2025/31",), None),
        (9, "Lokalplan", ("BUN 2025/44",), MatterOutcome.BORDLAGD),
        (10, "Yttrande över detaljplan", ("BUN 2025/52",), MatterOutcome.AVSTAR_FRAN_YTTRANDE),
    ]
    assert len(read.paragraphs[0].decisions) == 2


@pytest.mark.parametrize(
    ("decision", "matter"),
    [
        ("Motionen anses besvarad med hänvisning till pågående arbete.", MatterOutcome.BESVARAD),
        ("att avslå medborgarförslaget", MatterOutcome.AVSLAGEN),
        ("Kommunfullmäktige bifaller motionen.", MatterOutcome.BIFALLEN),
        ("Nämnden avslår ansökan om bidrag.", MatterOutcome.AVSLAGEN),
        ("Ärendet avskrivs från vidare handläggning.", MatterOutcome.AVSKRIVEN),
        ("Kommunfullmäktige remitterar motionen till kommunstyrelsen för beredning.", MatterOutcome.REMITTERAD),
        ("Ärendet återremitteras.", MatterOutcome.ATERREMITTERAD),
        ("att lägga redovisningen till handlingarna", None),
        ("Informationen läggs till handlingarna.", MatterOutcome.NOTERAD),
        ("Nämnden antar riktlinjen och upphäver den som avslogs förra året.", None),
        ("Fullmäktige överlämnar medborgarförslaget till socialnämnden.", MatterOutcome.OVERLAMNAD),
        ("Siv Sand entledigas från uppdraget.", MatterOutcome.ENTLEDIGAD),
        ("Nämnden väljer Siv Sand som ersättare i utskottet.", MatterOutcome.VALD),
    ],
)
def test_what_became_of_the_matter_is_told_by_the_words_of_the_decision(decision, matter):
    assert protocol_outcomes.matter_of(decision) is matter


def test_whatever_is_cut_away_the_rest_is_read():
    for end in range(0, len(SON_PROTOKOLL), 97):
        read_protokoll(SON_PROTOKOLL[:end])
        read_protokoll(SON_PROTOKOLL[end:])
    assert read_protokoll("").unsure[-1] == "Inga paragrafer hittades. Är det ett protokoll?"


if SAMPLES:
    EXTRA = Path(SAMPLES) / "extra"
    TRUTHS = [
        one
        for one in json.loads((EXTRA / "index.json").read_text(encoding="utf-8"))["documents"]
        if one["type"].startswith("protokoll")
    ]

    @pytest.mark.parametrize("truth", TRUTHS, ids=lambda one: one["type"])
    def test_the_protocols_of_the_field_say_what_their_index_says(truth):
        read = read_protokoll((EXTRA / truth["file"]).read_text(encoding="utf-8"))
        wanted = truth["truth"]
        assert (read.body, str(read.on)) == (wanted["organ"], wanted["date"])
        assert len(read.placeholders) == wanted.get("placeholders", len(read.placeholders))
        assert read.sekreterare == wanted.get("sekreterare", read.sekreterare)
        if read.justerare:
            assert list(read.justerare) == wanted["justerare"]
        assert [_told(one, said) for one, said in zip(read.paragraphs, wanted["paragraphs"], strict=True)] == [
            _wanted(one) for one in wanted["paragraphs"]
        ]

    def _told(one, wanted):
        votes = one.votes[0] if one.votes else None
        return (
            one.number,
            [number.replace(" ", "-") for number in one.numbers],
            one.rubrik,
            _outcome(one),
            one.to_council,
            list(one.recipients),
            (votes.yes, votes.no, votes.abstained) if votes else None,
            [f"{name}" for reserved in one.reservations for name in reserved.names],
            None if wanted["underlag"] is None else len(one.underlag),
            one.immediate,
        )

    def _wanted(one):
        votes = one["votes"]
        return (
            one["nr"],
            [one["dnr"]],
            one["rubrik"],
            one["outcome"],
            one["to"] == "kommunfullmäktige",
            one["recipients"],
            (votes["ja"], votes["nej"], votes["avstår"]) if votes else None,
            [protocol_outcomes.without_party(name) for name in one["reservations"]],
            one["underlag"],
            one.get("omedelbar_justering", False),
        )

    def _outcome(one):
        words = {
            MatterOutcome.AVSLAGEN: "avslag",
            MatterOutcome.REMITTERAD: "remiss",
            MatterOutcome.BESVARAD: "besvarad",
        }
        return words.get(one.matter, "bifall" if one.ruling is Outcome.BIFALL else "?")
