"""Documents changed at random, each told wholly by a seed and a number."""

import base64
import io
import random
import zipfile
from collections.abc import Callable, Sequence

from tests.workflow.document_intake import hostile
from tests.workflow.document_intake.protocols import KF_UTDRAG, PROSE, SON_KALLELSE, SON_LISTA, SON_PROTOKOLL
from tests.workflow.document_intake.skrivelser import CITY, COLUMNS, SCANNED, text

Dice = random.Random

WHOLE = (text(), CITY, COLUMNS, SCANNED, SON_PROTOKOLL, KF_UTDRAG, PROSE, SON_KALLELSE, SON_LISTA)
LINES = sorted({line for whole in WHOLE for line in whole.split("\n")})
WORDS = sorted({word for line in LINES for word in line.split()})
ODD = (
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\ufeff",
    "İ",
    "ß",
    "ﬁ",
    "a\u0308",
    "\ud800",
    "§",
    "–",
    "…",
    "\t",
    "\f",
    "\x85",
    "😀",
)
NUMBERS = (b"0", b"-1", b"65536", b"2147483648", b"99999999999999999999", b"1e999", b"0.0000001", b"NaN")


def document(seed: int, number: int) -> tuple[str, bytes]:
    """A document and what kind it is."""
    dice = Dice(f"{seed} {number}")
    kind = dice.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
    return kind, KINDS[kind][1](dice)


# --- text --------------------------------------------------------------------------------------------


def _lines(dice: Dice) -> list[str]:
    """A piece of a document, or lines of several."""
    most = dice.choices((3, 10, 40), (80, 18, 2))[0]  # short ones find as much, and many more of them are tried
    if dice.random() < 0.3:
        return dice.choices(LINES, k=dice.randint(1, most))
    lines = dice.choice(WHOLE).split("\n")
    first = dice.randrange(len(lines))
    return lines[first : first + dice.randint(1, most)]


def _changed_lines(dice: Dice) -> str:
    lines = _lines(dice)
    for _ in range(dice.randint(1, 4)):
        dice.choice(_LINE_CHANGES)(dice, lines)
    return "\n".join(lines)


def _moved(dice: Dice, lines: list[str]) -> None:
    lines.insert(dice.randint(0, len(lines)), lines.pop(dice.randrange(len(lines))) if lines else "")


def _doubled(dice: Dice, lines: list[str]) -> None:
    if lines:
        lines[dice.randrange(len(lines)) :] *= 2


def _another(dice: Dice, lines: list[str]) -> None:
    lines.insert(dice.randint(0, len(lines)), dice.choice(LINES))


def _letters(dice: Dice, lines: list[str]) -> None:
    """Letters lost, doubled or misread, as a scanner does."""
    if not lines:
        return
    at = dice.randrange(len(lines))
    line = lines[at]
    cut, end = sorted(dice.choices(range(len(line) + 1), k=2))
    new = dice.choice(("", line[cut:end] * 2, dice.choice(ODD), dice.choice(WORDS), line[cut:end].swapcase(), " "))
    lines[at] = line[:cut] + new + line[end:]


def _joined(dice: Dice, lines: list[str]) -> None:
    if len(lines) > 1:
        at = dice.randrange(len(lines) - 1)
        lines[at : at + 2] = [dice.choice(("", " ", "   ", "-")).join(lines[at : at + 2])]


def _indented(dice: Dice, lines: list[str]) -> None:
    margin = dice.choice((" ", "    ", "\t", "- ", "• ", "1. ", "a) ", "| "))
    lines[:] = [margin + line if dice.random() < 0.5 else line for line in lines]


_LINE_CHANGES: Sequence[Callable[[Dice, list[str]], None]] = (_moved, _doubled, _another, _letters, _joined, _indented)


def _text(dice: Dice) -> bytes:
    encoding = dice.choices(("utf-8", "utf-16", "cp1252", "utf-8-sig"), (12, 1, 1, 1))[0]
    data = _changed_lines(dice).encode(encoding, errors="surrogatepass" if encoding != "cp1252" else "replace")
    return _changed_bytes(dice, data) if dice.random() < 0.1 else data


# --- bytes -------------------------------------------------------------------------------------------


def _changed_bytes(dice: Dice, data: bytes) -> bytes:
    """A few bytes flipped, a piece lost, doubled or put elsewhere, or a number that is not what it should be."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at, end = sorted(dice.choices(range(len(changed) + 1), k=2))
        end = min(end, at + dice.choice((1, 4, 64, 4096)))
        match dice.randrange(5):
            case 0 if at < len(changed):
                changed[at] ^= 1 << dice.randrange(8)
            case 1:
                del changed[at:end]
            case 2:
                changed[at:at] = changed[at:end]
            case 3:
                changed[at:end] = dice.randbytes(end - at)
            case _:
                changed[at:at] = dice.choice(NUMBERS)
    return bytes(changed)


# --- what has an order of its own --------------------------------------------------------------------

_TAGS = (
    *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:tbl>", "</w:tbl>", "<w:tr><w:tc>", "</w:tc></w:tr>", "<w:tab/>"),
    *("<w:br/>", "<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", '<w:del w:id="1"/>', "<w:t/>", "&#0;", "&#x202e;"),
    *('<w:pPr><w:numPr><w:ilvl w:val="-1"/><w:numId w:val="x"/></w:numPr></w:pPr>', '<w:fldChar w:fldCharType="end"/>'),
)


def _escaped(line: str) -> str:
    plain = "".join(letter for letter in line if letter >= " " and not "\ud800" <= letter <= "\udfff")
    return plain.replace("&", "&amp;").replace("<", "&lt;")


def _word(dice: Dice) -> bytes:
    """Wholly right, or with a tag too many, or with a part or the archive itself broken."""
    body = [f"<w:p><w:r><w:t>{_escaped(line)}</w:t></w:r></w:p>" for line in _changed_lines(dice).split("\n")]
    if dice.random() < 0.5:
        table = "".join(f"<w:tr><w:tc>{cell}</w:tc></w:tr>" for cell in body)
        body = [f"<w:tbl>{table}</w:tbl>"]
    xml = hostile.document("".join(body))
    if dice.random() < 0.5:
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(xml))
            xml = xml[:at] + dice.choice(_TAGS) + xml[at:]
    part = xml.encode()
    if dice.random() < 0.2:
        part = _changed_bytes(dice, part)
    whole = hostile.docx(part)
    return _changed_bytes(dice, whole) if dice.random() < 0.2 else whole


def _open_document(dice: Dice) -> bytes:
    whole = hostile.odt(hostile.odt_content("</text:p><text:p>".join(map(_escaped, _lines(dice)))))
    return _rezipped(dice, whole) if dice.random() < 0.5 else whole


def _rezipped(dice: Dice, whole: bytes) -> bytes:
    """The same archive with one of its parts changed, and all its sums right."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(changed, "w") as new:
        broken = dice.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, _changed_bytes(dice, content) if name == broken else content)
    return changed.getvalue()


def _pdf(dice: Dice) -> bytes:
    """Words at places, with an object or a byte changed."""
    rows = []
    for line in _lines(dice)[:4]:
        letters = line.encode("cp1252", errors="replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"")
        rows.append(b"BT /F1 %d Tf %d %d Td (%s) Tj ET" % (dice.randint(6, 14), 50, dice.randint(0, 840), letters))
    objects = hostile.plain_pdf(b"\n".join(rows))
    if dice.random() < 0.4:
        objects[dice.choice(list(objects))] = objects[dice.choice(list(objects))]
    whole = hostile.pdf(objects)
    return _changed_bytes(dice, whole) if dice.random() < 0.6 else whole


def _letter(dice: Dice) -> bytes:
    """An e-mail with a text, another, and a document."""
    inner = dice.choice((_text, _word, _text))(dice)
    encoded = inner.hex().encode() if dice.random() < 0.1 else base64.encodebytes(inner)
    kind = dice.choice(("text/plain; charset=utf-8", "application/octet-stream", "text/html; charset=x-unknown"))
    whole = (
        f'{hostile.HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: {kind}\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + encoded
    whole += b"\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + _text(dice) + b"\r\n--b--\r\n"
    return _changed_bytes(dice, whole) if dice.random() < 0.4 else whole


def _noise(dice: Dice) -> bytes:
    begins = (
        b"",
        b"PK\x03\x04",
        b"%PDF-1.4\n",
        b"\x89PNG\r\n\x1a\n",
        b"II*\x00",
        b"\xff\xd8\xff",
        b"\xff\xfe",
        b"{\\rtf",
    )
    return dice.choice(begins) + dice.randbytes(dice.randint(0, 300))


KINDS: dict[str, tuple[int, Callable[[Dice], bytes]]] = {
    "text": (66, _text),
    "word": (15, _word),
    "open document": (5, _open_document),
    "pdf": (4, _pdf),
    "letter": (4, _letter),
    "noise": (6, _noise),
}
"""Kind -> out of a hundred, and what makes one."""
