"""Files that mean harm, or came to harm: each is made here, by a function that says what is wrong with it.

`python -m tests.workflow.document_intake.hostile DIRECTORY` writes them all, to try other programs on.
"""

import base64
import functools
import io
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

MIB = 1024 * 1024

FILES: dict[str, Callable[[], bytes]] = {}
"""Name, with the suffix it claims -> what makes it."""

READABLE: set[str] = set()
"""Those that hold a text to be read; of the others a reader may make something or refuse them."""


Maker = Callable[[], bytes]


def called(name: str, *, readable: bool = False) -> Callable[[Maker], Maker]:
    def put(make: Maker) -> Maker:
        FILES[name] = make
        if readable:
            READABLE.add(name)
        return make

    return put


# --- what they are made of ---------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="word/document'
    '.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
SENTENCE = "Nämnden föreslås besluta att anta förslaget till ny taxa."
PARAGRAPH = f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"


def zipped(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def document(body: str = PARAGRAPH, before: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document {W}><w:body>{body}</w:body></w:document>'


def docx(xml: str | bytes, **more: bytes | str) -> bytes:
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": xml}
    return zipped(parts | more)


ODT = "application/vnd.oasis.opendocument.text"


def odt(content: str) -> bytes:
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/></manifest:manifest>'
    )
    styles = '<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
    return zipped({"mimetype": ODT, "META-INF/manifest.xml": manifest, "content.xml": content, "styles.xml": styles})


def odt_content(text: str, before: str = "") -> str:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content xmlns:office="{name}:office:1.0" '
        f'xmlns:text="{name}:text:1.0"><office:body><office:text><text:p>{text}</text:p></office:text></office:body>'
        "</office:document-content>"
    )


def pdf(objects: Mapping[int, bytes | str], trailer: str = "/Root 1 0 R") -> bytes:
    whole = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(whole)
        body = content.encode() if isinstance(content, str) else content
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(whole), max(objects) + 1
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        whole += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    return bytes(whole) + f"trailer\n<< /Size {size} {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def stream(content: bytes, more: str = "") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more.encode(), content)


FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
TEXT = b"BT /F1 12 Tf 72 720 Td (Namnden foreslas besluta att anta forslaget.) Tj ET"


def plain_pdf(content: bytes = TEXT, page: str = "", more: str = "") -> dict[int, bytes | str]:
    return {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
        f"{page or '/MediaBox [0 0 595 842]'} >>",
        4: stream(content, more),
        5: FONT,
    }


def deflated_zeros(size: int) -> bytes:
    """So many zero bytes, deflated without ever being there: one block of them, over and over."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = squeeze.compress(bytes(MIB)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    check = (size % 65521) << 16 | 1
    return b"\x78\xda" + block * (size // MIB) + b"\x03\x00" + check.to_bytes(4, "big")


# --- archives ----------------------------------------------------------------------------------------


@called("bomb.docx")
@functools.cache
def _bomb() -> bytes:
    """A small file with a picture of 40 MiB."""
    return docx(document(), **{"word/media/picture.bmp": bytes(40 * MIB)})


@called("lies-of-its-size.docx")
def _lying() -> bytes:
    """The archive says that its largest member has ten bytes."""
    size = struct.pack("<L", 40 * MIB)
    assert size in _bomb()
    return _bomb().replace(size, struct.pack("<L", 10))


def overlapping(count: int, content: bytes) -> bytes:
    """Members of which each is the same compressed bytes (as David Fifield's bomb)."""
    packed = zlib.compress(content, 9)[2:-4]
    sizes = (zlib.crc32(content), len(packed), len(content))
    header = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 8, 0, 33, *sizes, 10, 0) + b"word/0.xml"
    directory = b"".join(
        struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", 20, 20, 0, 8, 0, 33, *sizes, 10, 0, 0, 0, 0, 0, 0) + b"word/0.xml"
        for _ in range(count)
    )
    at = len(header) + len(packed)
    few = min(count, 0xFFFF)
    return header + packed + directory + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, few, few, len(directory), at, 0)


@called("overlapping.docx")
def _overlapping() -> bytes:
    return overlapping(1_000, b"<a/>" + bytes(8 * MIB))


@called("hundred-thousand-members.docx")
def _members() -> bytes:
    return overlapping(100_000, b"<a/>")


@called("nested.zip")
def _nested() -> bytes:
    """Ten archives in ten archives in ten …, five deep (as 42.zip)."""
    inner = zipped({"0": bytes(MIB)})
    for _ in range(5):
        inner = zipped({f"{number}.zip": inner for number in range(10)})
    return inner


@called("climbs-out.docx")
def _climbing() -> bytes:
    """Members that would land outside the directory they are unpacked in."""
    return docx(document(), **{"../../../../tmp/arendegang-was-here": "x", "/etc/arendegang": "x"})


@called("two-of-a-name.docx")
def _twice() -> bytes:
    whole = io.BytesIO(docx(document()))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("word/Document.xml", document("<w:p/>"))
        archive.fp.seek(0, 2)  # type: ignore[union-attr]
    return whole.getvalue().replace(b"word/Document.xml", b"word/document.xml")


@called("locked-member.docx")
def _locked_member() -> bytes:
    """The flag that says encrypted is set on every member."""
    whole = bytearray(docx(document()))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + place] |= 1
            at = whole.find(mark, at + 4)
    return bytes(whole)


@called("locked.docx")
def _locked() -> bytes:
    """What Word makes with a password: a compound file with the encrypted document in it."""
    name = "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name + random.Random(1).randbytes(8192)


for _share in (1, 10, 50, 90, 99):

    @called(f"cut-at-{_share}.docx")
    def _cut_docx(share: int = _share) -> bytes:
        whole = docx(document(PARAGRAPH * 50))
        return whole[: max(len(whole) * share // 100, 5)]

    @called(f"cut-at-{_share}.zip")
    def _cut_zip(share: int = _share) -> bytes:
        whole = zipped({"a.txt": SENTENCE * 50})
        return whole[: max(len(whole) * share // 100, 5)]


@called("only-the-end.zip")
def _only_end() -> bytes:
    return b"PK\5\6" + bytes(18)


# --- XML ---------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = f'<!DOCTYPE w [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY outside SYSTEM "file:///etc/passwd">]>'


@called("laughs.docx")
def _laughs() -> bytes:
    return docx(document("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", LAUGHING))


@called("outside.docx")
def _outside() -> bytes:
    return docx(document("<w:p><w:r><w:t>&outside;</w:t></w:r></w:p>", OUTSIDE))


@called("declared-elsewhere.docx")
def _elsewhere() -> bytes:
    return docx(document(before='<!DOCTYPE w SYSTEM "http://127.0.0.1:9/w.dtd">'))


@called("declared-in-utf-16.docx")
def _utf_16() -> bytes:
    xml = document("<w:p><w:r><w:t>&outside;</w:t></w:r></w:p>", OUTSIDE).replace("UTF-8", "UTF-16")
    return docx(xml.encode("utf-16"))


@called("declared-in-utf-7.docx")
def _utf_7() -> bytes:
    xml = document("<w:p><w:r><w:t>&outside;</w:t></w:r></w:p>", OUTSIDE).replace("UTF-8", "UTF-7")
    return docx(xml.encode("utf-7"))


@called("laughs.odt")
def _laughs_odt() -> bytes:
    return odt(odt_content("&l9;", LAUGHING))


@called("plain.odt", readable=True)
def _plain_odt() -> bytes:
    """Nothing is wrong with this one: that the others are refused is not for how they are made."""
    return odt(odt_content(SENTENCE))


@called("outside.odt")
def _outside_odt() -> bytes:
    return odt(odt_content("&outside;", OUTSIDE))


@called("deep.docx")
def _deep() -> bytes:
    """Tables within tables, ten thousand deep."""
    depth = 10_000
    return docx(document("<w:tbl><w:tr><w:tc>" * depth + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * depth))


@called("deep-unknown.docx")
def _deep_unknown() -> bytes:
    return docx(document("<a>" * 200_000 + "</a>" * 200_000))


@called("many-attributes.docx", readable=True)
def _attributes() -> bytes:
    attributes = " ".join(f'a{number}="1"' for number in range(200_000))
    return docx(document(f"<w:p {attributes}/>{PARAGRAPH}"))


@called("unfinished.docx")
def _unfinished() -> bytes:
    return docx(document()[:-40])


@called("no-document.docx")
def _no_document() -> bytes:
    return zipped({"[Content_Types].xml": TYPES, "word/styles.xml": "<x/>"})


@called("related-to-itself.docx", readable=True)
def _to_itself() -> bytes:
    relation = RELATIONS.replace('Target="word/document.xml"', 'Target="document.xml"')
    return docx(document(), **{"word/_rels/document.xml.rels": relation})


@called("links-outside.docx", readable=True)
def _links() -> bytes:
    """A template and a picture to be fetched from elsewhere as soon as the document is opened."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    place = 'TargetMode="External" Target='
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r2" {place}"http://127.0.0.1:9/t.dotm" Type="{kinds}/attachedTemplate"/>'
        f'<Relationship Id="r3" {place}"file:///etc/passwd" Type="{kinds}/image"/></Relationships>'
    )
    return docx(document(), **{"word/_rels/document.xml.rels": relations})


@called("macro.docm", readable=True)
def _macro() -> bytes:
    """A macro that would run when the document is opened in Word."""
    types = TYPES.replace(
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main", "vnd.ms-word.document.macroEnabled.main"
    )
    macros = b"\xd0\xcf\x11\xe0" + b"Shell" * 100
    parts = {"[Content_Types].xml": types, "_rels/.rels": RELATIONS, "word/document.xml": document()}
    return zipped({**parts, "word/vbaProject.bin": macros})


# --- pdf ---------------------------------------------------------------------------------------------

for _share in (1, 30, 60, 90, 99):

    @called(f"cut-at-{_share}.pdf")
    def _cut_pdf(share: int = _share) -> bytes:
        whole = pdf(plain_pdf(TEXT * 20))
        return whole[: max(len(whole) * share // 100, 6)]


@called("locked.pdf")
def _locked_pdf() -> bytes:
    objects = plain_pdf() | {6: f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'00' * 32}> /U <{'11' * 32}> >>"}
    return pdf(objects, "/Root 1 0 R /Encrypt 6 0 R /ID [<00112233445566778899aabbccddeeff> <00>]")


@called("pages-in-a-ring.pdf")
def _ring() -> bytes:
    return pdf({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"})


@called("pages-in-a-long-ring.pdf")
def _long_ring() -> bytes:
    nodes = {n: f"<< /Type /Pages /Parent 2 0 R /Kids [{n + 1} 0 R] /Count 1 >>" for n in range(2, 5000)}
    return pdf({1: "<< /Type /Catalog /Pages 2 0 R >>"} | nodes | {5000: "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"})


@called("object-that-is-itself.pdf")
def _itself() -> bytes:
    return pdf(plain_pdf() | {3: "3 0 R", 4: "4 0 R"})


@called("length-of-itself.pdf")
def _length() -> bytes:
    return pdf(plain_pdf() | {4: b"<< /Length 4 0 R >>\nstream\n" + TEXT + b"\nendstream"})


@called("deep.pdf", readable=True)
def _deep_pdf() -> bytes:
    return pdf(plain_pdf() | {6: b"[" * 100_000 + b"]" * 100_000, 1: "<< /Type /Catalog /Pages 2 0 R /X 6 0 R >>"})


@called("deep-content.pdf")
def _deep_content() -> bytes:
    return pdf(plain_pdf(b"[" * 500_000 + b"<<" * 500_000))


@called("form-that-draws-itself.pdf")
def _form() -> bytes:
    resources = "/Resources << /XObject << /X 6 0 R >> >>"
    form = stream(b"/X Do /X Do", f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources}")
    return pdf(plain_pdf(b"/X Do", f"/MediaBox [0 0 595 842] {resources}") | {6: form})


@called("forms-that-double.pdf")
def _doubling() -> bytes:
    """Thirty forms, each of which draws the next one twice."""
    forms = {
        number: stream(
            b"/X Do /X Do",
            f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {number + 1} 0 R >> >>",
        )
        for number in range(6, 36)
    }
    objects = plain_pdf(b"/X Do", "/MediaBox [0 0 595 842]") | forms
    objects[3] = str(objects[3]).replace("/Font", "/XObject << /X 6 0 R >> /Font")
    return pdf(objects | {36: stream(TEXT, "/Type /XObject /Subtype /Form /BBox [0 0 9 9]")})


@called("bomb.pdf")
def _bomb_pdf() -> bytes:
    """A page of a GiB of nothing in one MiB."""
    return pdf(plain_pdf(deflated_zeros(1024 * MIB), more="/Filter /FlateDecode"))


@called("bomb-in-a-bomb.pdf")
def _double_bomb() -> bytes:
    """Deflated, then deflated again: some kilobytes."""
    return pdf(plain_pdf(zlib.compress(deflated_zeros(1024 * MIB), 9), more="/Filter [/FlateDecode /FlateDecode]"))


@called("letters-without-end.pdf")
def _letters() -> bytes:
    """A page of two million letters."""
    content = b"BT /F1 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj 1 0 Td " * 40_000 + b"ET"
    return pdf(plain_pdf(zlib.compress(content, 9), more="/Filter /FlateDecode"))


@called("lines-without-end.pdf")
def _lines() -> bytes:
    content = zlib.compress(b"0 0 m 9 9 l S " * 500_000, 9)
    return pdf(plain_pdf(content, more="/Filter /FlateDecode"))


@called("page-of-a-hundred-thousand-names.pdf", readable=True)
def _pages() -> bytes:
    kids = "3 0 R " * 100_000
    return pdf(plain_pdf() | {2: f"<< /Type /Pages /Kids [{kids}] /Count 100000 >>"})


@called("says-it-has-a-billion-pages.pdf", readable=True)
def _billion() -> bytes:
    return pdf(plain_pdf() | {2: "<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>"})


@called("huge-page.pdf")
def _huge_page() -> bytes:
    """A page without text, to be drawn, fourteen million points wide."""
    return pdf(plain_pdf(b"0 0 m 9 9 l S", page="/MediaBox [0 0 14400000 14400000] /UserUnit 1000"))


@called("numbers-without-end.pdf")
def _numbers() -> bytes:
    huge = b"9" * 100_000
    return pdf(
        plain_pdf(b"BT /F1 " + huge + b" Tf " + huge + b" 0 Td (x) Tj ET", page=f"/MediaBox [0 0 {'9' * 9999} 1]")
    )


@called("code-that-runs.pdf", readable=True)
def _code() -> bytes:
    """JavaScript and a program to be started when the file is opened."""
    action = "<< /S /Launch /F (/bin/sh) /Next << /S /JavaScript /JS (app.alert(1)) >> >>"
    return pdf(plain_pdf() | {1: f"<< /Type /Catalog /Pages 2 0 R /OpenAction {action} >>"})


@called("pdf-and-zip.pdf", readable=True)
def _polyglot() -> bytes:
    return pdf(plain_pdf()) + docx(document())


@called("noise.pdf")
def _noise_pdf() -> bytes:
    return b"%PDF-1.7\n" + random.Random(2).randbytes(200_000)


# --- pictures ----------------------------------------------------------------------------------------


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@called("bomb.png")
def _bomb_png() -> bytes:
    """50,000 × 50,000 dots in some megabytes."""
    return png(50_000, 50_000, deflated_zeros(2500 * MIB))


@called("cut.png")
def _cut_png() -> bytes:
    return png(800, 600, zlib.compress(bytes(801 * 600)))[:-60]


@called("lies.png")
def _lying_png() -> bytes:
    return png(2**31 - 1, 2**31 - 1, zlib.compress(b"x"))


@called("broken.jpg")
def _jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + random.Random(3).randbytes(50_000)


@called("ring.tif")
def _ring_tiff() -> bytes:
    """A picture whose next picture is itself."""
    entries = struct.pack("<HHLL", 256, 3, 1, 60_000) + struct.pack("<HHLL", 257, 3, 1, 60_000)
    return b"II*\0" + struct.pack("<LH", 8, 2) + entries + struct.pack("<L", 8)


# --- letters -----------------------------------------------------------------------------------------

HEAD = "From: a@exempel.se\r\nTo: b@exempel.se\r\nSubject: Skrivelse\r\nMIME-Version: 1.0\r\n"


@called("deep.eml")
def _deep_mail() -> bytes:
    """Parts within parts, five thousand deep."""
    depth = 5_000
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return (HEAD + opening + f"Content-Type: text/plain\r\n\r\n{SENTENCE}\r\n").encode()


@called("letter-in-a-letter.eml")
def _forwarded() -> bytes:
    return ((HEAD + "Content-Type: message/rfc822\r\n\r\n") * 3_000 + SENTENCE).encode()


@called("ten-thousand-parts.eml")
def _parts() -> bytes:
    part = f"--b\r\nContent-Type: text/plain\r\n\r\n{SENTENCE}\r\n"
    return (HEAD + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * 10_000 + "--b--\r\n").encode()


@called("bomb-attached.eml")
def _attached() -> bytes:
    attached = base64.encodebytes(_bomb()).decode()
    head = 'Content-Type: application/octet-stream; name="=?utf-8?q?skrivelse=2Edocx?="\r\n'
    return (HEAD + head + "Content-Transfer-Encoding: base64\r\n\r\n" + attached).encode()


@called("headers-without-end.eml")
def _headers() -> bytes:
    return (HEAD + "X-A: " + "=?utf-8?q?a?= " * 200_000 + "\r\n" + "X: y\r\n" * 100_000 + "\r\nHej").encode()


# --- text --------------------------------------------------------------------------------------------


@called("fifty-megabytes.txt")
def _large() -> bytes:
    return (SENTENCE + "\n").encode() * (50 * MIB // (len(SENTENCE.encode()) + 1))


@called("too-large.txt")
def _too_large() -> bytes:
    return bytes(51 * MIB)


@called("one-line.txt")
def _one_line() -> bytes:
    return b"a" * (50 * MIB)


@called("one-line-of-four-megabytes.txt", readable=True)
def _long_line() -> bytes:
    return b"Namnden " * (4 * MIB // 8)


@called("nothing-but-nul.txt")
def _nul() -> bytes:
    return bytes(100_000)


@called("noise.docx")
def _noise() -> bytes:
    return b"PK\3\4" + random.Random(4).randbytes(200_000)


@called("noise.txt")
def _noise_text() -> bytes:
    return random.Random(5).randbytes(200_000)


@called("half-letters.txt", readable=True)
def _half() -> bytes:
    """UTF-8 and UTF-16 that would be halves of characters."""
    return (SENTENCE * 20).encode() + "\ud800\udc00 \udfff".encode(errors="surrogatepass")


@called("half-letters-in-utf-16.txt", readable=True)
def _half_16() -> bytes:
    return b"\xff\xfe" + (SENTENCE * 20).encode("utf-16-le") + b"\x00\xd8x\x00"


@called("utf-7.txt", readable=True)
def _seven() -> bytes:
    return (SENTENCE * 5 + "<script>").encode("utf-7")


ESCAPES = "\x1b]0;titel\x07\x1b[2J\x1b[31m\x9b31m\u202e\u2066\u200f\u061c\u2028\x85"


@called("escapes.txt", readable=True)
def _escapes() -> bytes:
    """What a terminal obeys, and what turns a text around, in every place of a skrivelse."""
    lines = ("Datum: 2024-01-02", f"Ny {ESCAPES} taxa", "Förslag till beslut", f"Nämnden beslutar att {ESCAPES} anta.")
    return "\n".join((*lines, "Beslutet skickas till", f"Akten{ESCAPES}", SENTENCE * 60)).encode()


@called("escapes.docx", readable=True)
def _escapes_docx() -> bytes:
    text = "".join(letter for letter in ESCAPES if letter >= " ")
    return docx(document(f"<w:p><w:r><w:t>{text} {SENTENCE}</w:t></w:r></w:p>" * 3))


def _runs(unit: str) -> bytes:
    """What a pattern that goes back and tries again would be slow at."""
    return (f"Förslag till beslut\nNämnden beslutar\n{unit * (200_000 // len(unit))}\n{SENTENCE}\n").encode()


for _name, _unit in {
    "spaces": " ",
    "digits": "1",
    "dates": "2024-01-",
    "att": "att ",
    "att-rows": "att\n",
    "commas": "a, ",
    "brackets": "([",
    "hyphens": "a-\n",
    "spread": "a t t ",
    "numbers": "1.1.",
    "paragraphs": "§ 11 MBL ",
    "numbers-of-cases": "SON 2024-",
    "dots": ". ",
    "names": "Anna-Karin ",
    "i-dots": "İ",
    "ligatures": "ﷺ",
    "accents": "a" + "\u0301" * 50,
}.items():

    @called(f"runs-of-{_name}.txt", readable=True)
    def _run(unit: str = _unit) -> bytes:
        return _runs(unit)


# --- other suffixes than they are --------------------------------------------------------------------


@called("pdf-called.docx", readable=True)
def _pdf_called_docx() -> bytes:
    return pdf(plain_pdf())


@called("docx-called.txt", readable=True)
def _docx_called_txt() -> bytes:
    return docx(document(PARAGRAPH * 3))


@called("program.docx")
def _program() -> bytes:
    return b"\x7fELF\2\1\1" + random.Random(6).randbytes(50_000)


@called("formula.rtf")
def _rtf() -> bytes:
    return rb"{\rtf1{\object\objupdate{\*\objclass Equation.3}{\*\objdata 0105}}" + b"{" * 50_000


def write_to(directory: Path) -> None:
    for name, make in FILES.items():
        (directory / name).write_bytes(make())


if __name__ == "__main__":
    write_to(Path(sys.argv[1]))
