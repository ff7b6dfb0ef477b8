"""Documents as they come: a skrivelse out of Word, then a pdf that proposes something else than was negotiated."""

import shlex
from pathlib import Path

from examples import skrivelser
from examples.demo.story import Story

CASE = "SON-2022-77"


def tell(story: Story, directory: Path) -> None:
    story.chapter("8. Dokumenten: ur Word och pdf, med källan till varje uppgift, och en ny version efter MBL (2022)")
    word, pdf = skrivelser.make(directory)
    story.tell("Skrivelsen läses först utan att något sparas: vad som står, på vilken rad, och hur säkert det är.")
    story.shows(f"read {_quoted(word)}", dnr=["SON 2022-77"], date="2022-03-02")
    story.does(f"import {_quoted(word)} --bevaka alla --date 2022-03-02")
    story.does(f"advance {CASE} --date 2022-03-02")
    story.tell("Samma fil en gång till gör inget.")
    story.plain(f"import {_quoted(word)}", 2)
    story.tell("Två veckor senare kommer en ny version som pdf. En att-sats är en annan än den facket förhandlade om.")
    story.does(f"import {_quoted(pdf)} --date 2022-03-14")
    case = story.shows(f"show {CASE}", proposal_changed_on="2022-03-14")
    story.expect("handlingar", [one["number"] for one in case["documents"]], [1, 2])
    story.does(f"mbl {CASE} --omfattas --date 2022-03-15")
    story.tell("Båda filerna ligger kvar så som de kom, under sin kontrollsumma, och går att få ut igen.")
    copy = directory / "kopia.docx"
    story.plain(f"document save {CASE} 1 --till {_quoted(copy)}")
    story.expect("kopian är originalet", copy.read_bytes() == word.read_bytes(), True)
    story.plain("document verify")


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
