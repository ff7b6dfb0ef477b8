"""E-mails: the document they carry, or else what they say."""

import base64
from email.message import EmailMessage

import pytest

from tests.workflow.document_intake.office_files import docx_file, mail
from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers.formats import read_document
from workflow.document_intake.readers.mail import is_mail

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


def forwarded(inner: EmailMessage, text: str = "Vidarebefordras") -> EmailMessage:
    outer = EmailMessage()
    outer["From"] = "a@ekdala.example"
    outer["Message-ID"] = "<1@ekdala.example>"
    outer["Subject"] = "VB: Isbanan"
    outer.set_content(text)
    outer.add_attachment(inner)
    return outer


def letter(text: str, *documents: tuple[str, bytes]) -> EmailMessage:
    inner = EmailMessage()
    inner["From"] = "b@ekdala.example"
    inner["Message-ID"] = "<2@ekdala.example>"
    inner["Subject"] = "Om isbanan"
    inner.set_content(text)
    for name, data in documents:
        inner.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return inner


def test_the_skrivelse_of_a_mail_within_a_mail_is_read():
    inner = letter("Se bilaga", ("skrivelse.docx", SKRIVELSE), ("karta.zip", b"PK\x05\x06"))
    for outer in (forwarded(inner), forwarded(forwarded(inner))):
        text = read(outer.as_bytes())
        assert text.text.startswith("Ny isbana på Hamnplan")
        assert text.notes == (
            "Skrivelsen är läst ur mejlets bilaga skrivelse.docx.",
            "Mejlet har fler dokument, som inte lästes: karta.zip. Lämna in dem var för sig.",
        )


def test_a_mail_within_a_mail_can_itself_be_the_skrivelse():
    text = read(forwarded(letter("Förslag till beslut\n\nIsbanan rustas.")).as_bytes())
    assert (text.text.strip().endswith("Isbanan rustas."), text.notes) == (
        True,
        ("Skrivelsen är läst ur mejlets bilaga Om isbanan.",),
    )


def test_a_mail_within_a_mail_that_is_no_skrivelse_is_told_of():
    text = read(forwarded(letter("Hej och tack.")).as_bytes())
    assert text.text.strip() == "VB: Isbanan\n\nVidarebefordras"
    assert text.notes == ("Mejlet har fler dokument, som inte lästes: Om isbanan. Lämna in dem var för sig.",)


def test_mails_within_mails_are_opened_so_far_and_no_further():
    outer = letter("Se bilaga", ("skrivelse.docx", SKRIVELSE))
    for _ in range(4):
        outer = forwarded(outer)
    text = read(outer.as_bytes())
    assert text.text.strip() == "VB: Isbanan\n\nVidarebefordras"
    assert text.notes[0].startswith("Mejlets bilaga Om isbanan kunde inte läsas: Den ligger i ett mejl som är bifogat")


@pytest.mark.parametrize("kind", ["message/rfc822", "application/octet-stream"])
def test_a_mail_attached_as_a_file_is_opened(kind: str):
    data = base64.encodebytes(letter("Se bilaga", ("skrivelse.docx", SKRIVELSE)).as_bytes()).decode()
    whole = mail("VB: Isbanan", "Hej!", ("om.eml", b"X")).decode()
    whole = whole.replace("application/octet-stream", kind).replace("WA==\n", data)
    assert read(whole.encode()).text.startswith("Ny isbana på Hamnplan")


def test_a_text_that_nobody_called_a_text_is_read_if_it_is_a_skrivelse():
    skrivelse = "Ny isbana på Hamnplan\n\nFörslag till beslut\n\nIsbanan rustas.".encode("cp1252")
    text = read(mail("Se bilaga", "Hej!", ("skrivelse.txt", skrivelse)))
    assert (text.text.split("\n")[0], text.notes) == (
        "Ny isbana på Hamnplan",
        ("Skrivelsen är läst ur mejlets bilaga skrivelse.txt.",),
    )
    text = read(mail("Isbanan", "Förslag till beslut", ("logg.bin", b"a = 1\nb = 2\n")))
    assert text.text.startswith("Isbanan")
    assert text.notes == ("Mejlet har fler dokument, som inte lästes: logg.bin. Lämna in dem var för sig.",)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x78\x9f\x3e\x22" + b"x" * 300, "Be avsändaren skicka dokumentet som vanlig bilaga"),
        (bytes(range(256)) * 9, "inte läsbar text"),
        (b"", "Filen är tom"),
    ],
)
def test_nothing_attached_is_passed_by_in_silence(data: bytes, told: str):
    (note,) = read(mail("Isbanan", "Förslag till beslut", ("skrivelse.dat", data))).notes
    assert note.startswith("Mejlets bilaga skrivelse.dat kunde inte läsas: ")
    assert told in note


def test_what_could_not_be_read_is_told_of_also_where_another_was():
    text = read(mail("Isbanan", "Hej!", ("karta.zip", b"Rar!"), ("lista.docx", docx_file("Lista"))))
    assert text.text == "Lista"
    assert any("karta.zip kunde inte läsas: Filen är ett rar-arkiv." in note for note in text.notes)


def test_many_attachments_are_counted():
    documents = [(f"{number}.docx", docx_file("Lista")) for number in range(30)]
    (_, others) = read(mail("Isbanan", "Hej!", *documents)).notes
    assert others.endswith("20.docx och 9 till. Lämna in dem var för sig.")


def test_a_signature_is_no_document():
    data = mail("Isbanan", "Förslag till beslut", ("smime.p7s", b"\x30\x80\x06\x09"))
    assert read(data.replace(b"application/octet-stream", b"application/pkcs7-signature")).notes == ()


def test_a_mail_that_is_wrong_about_its_letters_is_read_all_the_same():
    data = mail("Isbanan", "Förslag").replace(b'charset="utf-8"', b'charset="finns-inte"')
    assert "Förslag" in read(data).text


def test_an_empty_mail_is_refused_with_what_to_do():
    with pytest.raises(UnreadableDocument, match="Spara skrivelsen ur mejlet"):
        read(mail("", " "))


@pytest.mark.parametrize("text", ["Datum: 2025-03-04\nDiarienummer: FRN 2025-61\n\nRubrik", "From: nu\n\nText", ""])
def test_a_text_with_labels_is_no_mail(text: str):
    assert not is_mail(text.encode())
