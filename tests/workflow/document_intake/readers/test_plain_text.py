"""Text files in the encodings people have."""

import unicodedata

import pytest

from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers.plain_text import MAX_BYTES, PlainTextReader, cleaned

WORDS = "Ärende om färjeläget på Åsön – översyn § 3"


def read(data: bytes) -> str:
    return PlainTextReader().read(data).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_gives_the_same_text(encoding: str):
    assert read(WORDS.encode(encoding)) == WORDS


def test_utf_16_is_told_by_its_mark_in_both_byte_orders():
    assert read(b"\xfe\xff" + WORDS.encode("utf-16-be")) == WORDS
    assert read(b"\xff\xfe" + WORDS.encode("utf-16-le")) == WORDS


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_told_by_its_noughts(encoding: str):
    assert read(WORDS.encode(encoding)) == WORDS


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac_roman"])
def test_text_saved_through_the_code_page_of_another_machine_is_repaired(encoding: str):
    sentence = "Förvaltningens förslag är att nämnden avslår ansökan"
    assert read(sentence.encode().decode(encoding).encode()) == sentence


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac_roman"])
def test_text_of_another_machine_is_told_by_its_letters_and_told_of(encoding: str):
    sentence = "Ärende: nämnden på Åsön får återföra stödet"
    told = PlainTextReader().read(sentence.encode(encoding))
    assert (told.text, [note.endswith("med originalet.") for note in told.notes]) == (sentence, [True])


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_text_of_another_machine_that_windows_saved_again_is_read_as_it_was_meant(encoding: str):
    sentence = "ägarna får återföra stödet till nämnden"
    assert read(sentence.encode(encoding).decode("cp1252").encode()) == sentence


def test_the_section_sign_of_dos_is_read():
    assert read("stödet får återföras till nämnden enligt ".encode("cp437") + b"\x15 4").endswith("enligt § 4")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("words", ["Dušan, Nataša och Jašar", "Dušan får återföra stödet", "ett…två…tre…fyra"])
def test_a_foreign_name_is_no_other_machine(encoding: str, words: str):
    told = PlainTextReader().read(words.encode(encoding))
    assert (told.text, told.notes) == (words, ())


def test_repair_touches_nothing_but_the_letters():
    sentence = "”Å” &amp; ´n´ ﬁ – <b>é</b> √ 10"
    assert read((sentence + "fÃ¶rslag ").encode()) == sentence + "förslag "


def test_repaired_text_is_told_of():
    assert PlainTextReader().read(WORDS.encode()).notes == ()
    assert PlainTextReader().read(WORDS.encode().decode("cp1252").encode()).notes


def test_pages_begin_at_form_feeds():
    text = PlainTextReader().read(b"ett\n\n\ftv\xc3\xa5\fslut")
    assert [text.text.split("\n")[start] for start in text.pages] == ["ett", "två", "slut"]
    assert PlainTextReader().read(b"utan sidor").pages == ()


def test_half_a_letter_becomes_one_that_can_be_written():
    assert cleaned("a\ud800b") == "a\ufffdb"


def test_text_saved_through_the_wrong_encoding_is_repaired():
    assert read(WORDS.encode().decode("cp1252").encode()) == WORDS


def test_text_saved_wrongly_twice_is_repaired():
    once = "förslag på å".encode().decode("cp1252")
    assert read(once.encode().decode("cp1252").encode()) == "förslag på å"


def test_repair_leaves_sound_text_alone():
    assert read("São Paulo, Ångström, Händel".encode()) == "São Paulo, Ångström, Händel"


def test_a_file_half_in_each_encoding_is_saved_as_far_as_it_goes():
    assert read("nämnden ".encode() + "nämnden".encode("cp1252")) == "nämnden nämnden"


def test_letters_written_in_two_parts_become_one():
    assert read(unicodedata.normalize("NFD", WORDS).encode()) == WORDS


def test_line_ends_of_every_kind_become_plain():
    assert read(b"a\r\nb\rc\nd\fe\xe2\x80\xa8f") == "a\nb\nc\nd\ne\nf"


def test_what_cannot_be_seen_is_removed():
    assert read("om\u00adsorg\u200b\u00a0och\u2009v\u00e5rd\x07\ufeff".encode()) == "omsorg och vård"


def test_tabs_are_kept_because_they_part_columns():
    assert read(b"Datum\tDnr") == "Datum\tDnr"


def test_an_empty_file_is_empty_text():
    assert read(b"") == ""


def test_a_file_over_the_limit_is_refused_with_advice():
    with pytest.raises(UnreadableDocument, match="högst 5 MiB") as refused:
        read(b"a" * (MAX_BYTES + 1))
    assert refused.value.reason.endswith("utan bilagor.")


@pytest.mark.parametrize("garbage", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 100, b"text\x00text" * 50])
def test_binary_garbage_is_refused_with_advice(garbage: bytes):
    with pytest.raises(UnreadableDocument, match="spara det som oformaterad text"):
        read(garbage)
