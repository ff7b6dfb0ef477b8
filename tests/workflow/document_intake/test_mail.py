"""E-mails: the document they carry, or else what they say."""

from email.message import EmailMessage

import pytest

from tests.workflow.document_intake.office_files import docx_file, mail
from workflow.document_intake.formats import read_document
from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.mail import is_mail

SKRIVELSE = docx_file("Ny isbana på Hamnplan", "Förslag till beslut", "Isbanan drivs av kommunen.")


def read(data: bytes) -> ReadText:
    assert is_mail(data)
    return read_document(data)


def test_a_mail_without_documents_is_its_subject_and_its_text():
    assert read(mail("Ny isbana på Hamnplan", "Förslag till beslut\n\nFärjeläget rustas.\n")).text.strip() == (
        "Ny isbana på Hamnplan\n\nFörslag till beslut\n\nFärjeläget rustas."
    )


def test_an_html_mail_is_read_as_it_looks():
    page = (
        "<html><head><style>p {}</style></head><body><h2>Beslutsunderlag</h2><ol><li>Kalkyl &amp; plan</li>"
        "<li>Avtal</li></ol><p>rad<br>för rad</p><table><tr><td>Datum</td><td>Dnr</td></tr></table>"
        "<script>alert('x')</script></body></html>"
    )
    assert read(mail("Isbanan", page, html=True)).text == (
        "Isbanan\n\nBeslutsunderlag\n1. Kalkyl & plan\n2. Avtal\nrad\nför rad\n\nDatum    Dnr"
    )


def test_the_attached_skrivelse_is_the_document_whatever_it_is_called():
    text = read(mail("Se bilaga", "Hej!", ("kalkyl.docx", docx_file("Kalkyl")), ("bifogat.bin", SKRIVELSE)))
    assert text.text.startswith("Ny isbana på Hamnplan")
    assert text.notes == (
        "Skrivelsen är läst ur mejlets bilaga bifogat.bin.",
        "Mejlet har fler dokument, som inte lästes: kalkyl.docx. Lämna in dem var för sig.",
    )


def test_the_first_that_can_be_read_serves_where_none_is_like_a_skrivelse():
    assert read(mail("Se bilaga", "Hej!", ("a.docx", b"PK\x03\x04"), ("b.docx", docx_file("Kalkyl")))).text == "Kalkyl"


def test_an_attachment_that_cannot_be_read_is_told_of():
    text = read(
        mail("Isbanan", "Förslag till beslut", ("gammal.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le")))
    )
    assert text.text.startswith("Isbanan")
    assert "gammal.doc" in text.notes[0]
    assert "äldre Word-fil" in text.notes[0]


def test_a_mail_within_a_mail_is_not_opened():
    inner = EmailMessage()
    inner["Subject"] = "Inre"
    inner.add_attachment(SKRIVELSE, maintype="application", subtype="msword", filename="skrivelse.docx")
    outer = EmailMessage()
    outer["From"] = "a@ekdala.example"
    outer["Message-ID"] = "<1@ekdala.example>"
    outer["Subject"] = "Yttre"
    outer.set_content("Vidarebefordras")
    outer.add_attachment(inner)
    assert read(outer.as_bytes()).text.strip() == "Yttre\n\nVidarebefordras"


def test_a_mail_that_is_wrong_about_its_letters_is_read_all_the_same():
    data = mail("Isbanan", "Förslag").replace(b'charset="utf-8"', b'charset="finns-inte"')
    assert "Förslag" in read(data).text


def test_an_empty_mail_is_refused_with_what_to_do():
    with pytest.raises(UnreadableDocument, match="Spara skrivelsen ur mejlet"):
        read(mail("", " "))


@pytest.mark.parametrize("text", ["Datum: 2025-03-04\nDiarienummer: FRN 2025-61\n\nRubrik", "From: nu\n\nText", ""])
def test_a_text_with_labels_is_no_mail(text: str):
    assert not is_mail(text.encode())
