"""What makes no case by itself, and what is said of it."""

from tests.workflow.document_intake.office_files import mail
from tests.workflow.papers import CALL, PROTOCOL, skrivelse
from workflow.document_intake.interface import ReadSkrivelse
from workflow.document_intake.reading import read_skrivelse
from workflow.no_skrivelse import among_many, by_itself

LETTER = "Hej!\n\nVi undrar när planen är klar.\n"
NUMBERED = f"Dnr SON 2025-4\n\n{LETTER}"


def read(text: str) -> ReadSkrivelse:
    return read_skrivelse(text.encode())


def test_a_skrivelse_makes_a_case() -> None:
    said = read(skrivelse("SON 2025-1"))
    assert (among_many(said), by_itself(said, ())) == ("", "")


def test_what_has_neither_proposal_nor_number_makes_none() -> None:
    said = read(LETTER)
    assert among_many(said) == by_itself(said, ())
    assert among_many(said).startswith("Varken förslag till beslut eller diarienummer hittades")
    assert "arende register" in among_many(said)


def test_with_a_number_it_is_for_whoever_names_the_file_to_judge() -> None:
    assert "arende import FIL" in among_many(read(NUMBERED))
    assert by_itself(read(NUMBERED), ()) == ""
    assert by_itself(read(LETTER), ("SON 2025-4",)) == ""


def test_a_meetings_papers_are_told_by_their_kind() -> None:
    assert "--protokoll FIL" in among_many(read(PROTOCOL))
    assert "--kallelse FIL" in among_many(read(CALL))


def test_what_could_not_be_read_is_the_first_reason() -> None:
    said = read_skrivelse(mail("Plan", LETTER, ("plan.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"))))
    for told in (among_many(said), by_itself(said, ())):
        assert told.startswith("Mejlets bilaga plan.doc kunde inte läsas: Dokumentet är en äldre Word-fil (.doc).")
        assert "Varken förslag till beslut eller diarienummer hittades" in told
