"""What sort of paper a document is, by its text."""

import pytest

from tests.workflow import papers
from tests.workflow.document_intake import skrivelser
from workflow.document_intake.papers import PaperKind, kind_of

TELLING_OF_ONE = papers.skrivelse("SON 2025-1").replace(
    "Nämnden bad", "Protokollsutdrag bifogas. Justerare var Bo Ek. § 12 beslutade nämnden om en plan. Nämnden bad"
)


@pytest.mark.parametrize(
    "text",
    [
        papers.PROTOCOL,
        "Kommunstyrelsen          Sammanträdesprotokoll 3 (12)\n2025-01-02\n\n§ 4\nVal",
        "Protokollsutdrag\nByggnadsnämnden\n\n§ 9\nBygglov\n",
        "UTDRAG UR BYGGNADSNÄMNDENS PROTOKOLL\n\n§ 9\nBygglov\n",
        "# Minoritetsnämnden\n\n## § 3 Budget\nBeslut: antas.\n\nUtdragsbestyrkande\nJusterare",
    ],
)
def test_a_protocol_is_told_by_its_name_or_its_paragraphs(text: str) -> None:
    assert kind_of(text) is PaperKind.PROTOKOLL


@pytest.mark.parametrize(
    "text",
    [papers.CALL, "KALLELSE/UNDERRÄTTELSE\n\nValnämnden\n", "Byggnadsnämnden        Föredragningslista\n1. Val\n"],
)
def test_a_call_is_told_by_its_name(text: str) -> None:
    assert kind_of(text) is PaperKind.KALLELSE


@pytest.mark.parametrize(
    "text",
    [
        papers.skrivelse("SON 2025-1"),
        skrivelser.text(),
        TELLING_OF_ONE,
        f"Tjänsteskrivelse\n\nProtokoll från ungdomsfullmäktige, svar\n\n{skrivelser.text()}",
        "",
    ],
)
def test_anything_else_may_be_a_skrivelse(text: str) -> None:
    assert kind_of(text) is PaperKind.SKRIVELSE
