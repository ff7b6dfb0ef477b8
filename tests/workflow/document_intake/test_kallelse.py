"""Kallelser read: our own, and the field's where they are at hand (ARENDE_SAMPLES)."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from tests.workflow.document_intake.protocols import SON_KALLELSE, SON_LISTA
from workflow.document_intake.kallelse import read_kallelse

SAMPLES = os.environ.get("ARENDE_SAMPLES")


@pytest.mark.parametrize("text", [SON_KALLELSE, SON_LISTA])
def test_a_kallelse_says_which_meeting_it_is_for_and_what_is_on_its_agenda(text):
    read = read_kallelse(text)
    assert (read.body, read.on, read.starts_at) == ("social- och omsorgsnämnden", date(2024, 4, 18), "13.00")
    assert read.called_on == date(2024, 4, 11)
    assert [(one.place, one.rubrik, one.numbers) for one in read.items] == [
        (1, "Svar på motion om fixartjänst för äldre", ("SON 2023-940",)),
        (2, "Riktlinje för hemtjänst", ("SON 2024-81",)),
        (3, "Information från förvaltningen", ()),
    ]
    lines = text.split("\n")
    assert "fixartjänst" in lines[read.items[0].line - 1]
    assert "18 april" in lines[read.lines["on"] - 1]


def test_an_item_without_a_proposal_is_told_apart():
    assert [one.proposed for one in read_kallelse(SON_KALLELSE).items] == [True, False, False]


def test_what_is_no_kallelse_is_told():
    assert read_kallelse("").unsure == (
        "Det framgår inte vilken instans kallelsen gäller. Ange den med --body.",
        "Det framgår inte vilken dag sammanträdet är.",
        "Inga ärenden hittades på föredragningslistan.",
    )


if SAMPLES:
    EXTRA = Path(SAMPLES) / "extra"
    TRUTHS = [
        one
        for one in json.loads((EXTRA / "index.json").read_text(encoding="utf-8"))["documents"]
        if one["type"].startswith("kallelse")
    ]

    @pytest.mark.parametrize("truth", TRUTHS, ids=lambda one: one["truth"]["date"])
    def test_the_kallelser_of_the_field_say_what_their_index_says(truth):
        read, wanted = read_kallelse((EXTRA / truth["file"]).read_text(encoding="utf-8")), truth["truth"]
        assert wanted["organ"].startswith(read.body)
        assert (str(read.on), str(read.called_on)) == (wanted["date"], wanted["kallelse"])
        assert read.starts_at == wanted["time"].replace(":", ".")
        assert len(read.items) == wanted["items"]
        assert [number for one in read.items for number in one.numbers] == wanted["dnr"]
        without = [one.place for one in read.items if not one.proposed]
        assert without == wanted.get("items_without_proposal", [])
