"""Text as it comes: any usual encoding in, clean NFC text with plain line ends out."""

import codecs
import contextlib
import itertools
import re
import unicodedata

from workflow.document_intake.interface import ReadText, UnreadableDocument

MAX_BYTES = 5 * 1024 * 1024

_TOO_LARGE = (
    "Filen är {size} MiB; en tjänsteskrivelse som text är högst {limit} MiB. Lämna in enbart skrivelsen, utan bilagor."
)
_NOT_TEXT = (
    "Filen innehåller inte läsbar text. "
    "Öppna dokumentet, spara det som oformaterad text (UTF-8) och lämna in den filen i stället."
)
_REPAIRED = "Filens å, ä och ö var sparade med fel teckenkodning; de är rättade i läsningen men inte i filen."
_OTHER_MACHINE = (
    "Filens å, ä och ö är sparade med teckenkodningen i {machine}, och lästa så. Jämför namn och rubrik med originalet."
)

# UTF-16 begins with the bytes UTF-32 also begins with, so UTF-32 is asked for first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_TELLING = 4_096
_NEARLY_ALL = 0.9

# What the bytes of one UTF-8 letter look like when they were read as Windows-1252. Our own, because ftfy weighs what is
# likely in any language and leaves "Ã¥" and "Ã…" alone at the beginning of a word: one Swedish word in twenty.
_AFTER_LEAD = "\u0080-\u00bf" + re.escape("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ")
# Only what begins the letters and signs of Swedish texts: "Å”" may also be the end of a quotation.
_MOJIBAKE = re.compile(rf"[\u00c2\u00c3][{_AFTER_LEAD}]|[\u00e2\u00ef][{_AFTER_LEAD}]{{2}}|\u00f0[{_AFTER_LEAD}]{{3}}")
# The same through the code pages of DOS and of old Macs; ftfy knows them all but the one that Swedish DOS had.
_OTHER_CODE_PAGES = re.compile("[├┬√]\\S|‚Ä|ÔÇ")
_SWEDISH_DOS = "cp850"
_OLD_MAC = "mac_roman"
_MACHINES = {_OLD_MAC: "äldre Mac-datorer", _SWEDISH_DOS: "DOS"}
_SECTION_SIGN_OF_DOS = str.maketrans("\x15", "§")  # a control, which the code page draws as this
_DOTTED = "åäöÅÄÖ"
_FEWEST_DOTTED = 3  # and not all of one kind: a foreign name has one kind
_MAX_LAYERS = 3  # text saved wrongly more than three times is past repair

_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WIDE_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # a broken pdf can make one, and no encoding can write it
_MAX_CONTROL_SHARE = 0.02


class PlainTextReader:
    """Reads text in UTF-8, UTF-16, Windows-1252, and as DOS and old Macs wrote it; holds nothing."""

    def read(self, data: bytes) -> ReadText:
        if len(data) > MAX_BYTES:
            size = f"{len(data) / (1024 * 1024):.1f}".replace(".", ",")
            raise UnreadableDocument(_TOO_LARGE.format(size=size, limit=MAX_BYTES // (1024 * 1024)))
        text = _decoded(data)
        machine = _machine_of(text)
        if machine:
            text = _as_on(machine, text)
        if _is_garbage(text):
            raise UnreadableDocument(_NOT_TEXT)
        repaired = repaired_letters(text)
        notes = [_OTHER_MACHINE.format(machine=_MACHINES[machine])] if machine else []
        return ReadText(cleaned(repaired), _pages(repaired), (*notes, *([] if repaired == text else [_REPAIRED])))


def _pages(text: str) -> tuple[int, ...]:
    """A form feed is where a page began, in text made from a pdf."""
    if "\f" not in text:
        return ()
    starts = [cleaned(before).count("\n") for before in text.split("\f")]
    return tuple(itertools.accumulate([0, *(lines + 1 for lines in starts[:-1])]))


def _decoded(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if unmarked := _utf_16_without_mark(data):
        return data.decode(unmarked, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; keeping them as they are lets mojibake be repaired.
        return "".join(_WINDOWS_1252[byte] for byte in data)


def _utf_16_without_mark(data: bytes) -> str | None:
    """Nearly every other byte of Swedish text in UTF-16 is a nought, and the others never are."""
    first, second = data[:_TELLING:2], data[1:_TELLING:2]
    for encoding, noughts, letters in (("utf-16-le", second, first), ("utf-16-be", first, second)):
        if len(letters) > 1 and noughts.count(0) > _NEARLY_ALL * len(letters) and 0 not in letters:
            return encoding
    return None


def _windows_1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_WINDOWS_1252 = tuple(_windows_1252(byte) for byte in range(256))
_BYTE_OF = {letter: byte for byte, letter in enumerate(_WINDOWS_1252)}


def _as_windows(machine: str) -> dict[int, str]:
    """What each letter of another machine looks like when it is read as Windows-1252 -> the letter."""
    return {ord(_WINDOWS_1252[byte]): bytes([byte]).decode(machine) for byte in range(128, 256)}


_SEEN_AS = {machine: _as_windows(machine) for machine in _MACHINES}


def _within_words(letters: str) -> re.Pattern[str]:
    return re.compile(f"(?<=[a-zA-Z])[{re.escape(letters)}](?=[a-z])")


_WINDOWS_DOTTED = _within_words(_DOTTED)
_MACHINES_DOTTED = {
    machine: _within_words("".join(chr(letter) for letter, meant in seen.items() if meant in _DOTTED))
    for machine, seen in _SEEN_AS.items()
}


def _machine_of(text: str) -> str | None:
    """The machine whose å, ä and ö stand within the words, where more of them do than of those read as such.

    The bytes of the six letters are others in each of the encodings, so that none is taken for another's.
    """
    most = len(_WINDOWS_DOTTED.findall(text))
    for machine, dotted in _MACHINES_DOTTED.items():
        found = dotted.findall(text)
        if len(found) >= _FEWEST_DOTTED and len(found) > most and len(set(found)) > 1:
            return machine
    return None


def _as_on(machine: str, text: str) -> str:
    read = text.translate(_SEEN_AS[machine])
    return read.translate(_SECTION_SIGN_OF_DOS) if machine == _SWEDISH_DOS else read


def _is_garbage(text: str) -> bool:
    unprintable = len(_CONTROL.findall(text)) + 10 * text.count("\x00") + text.count("\ufffd") / 4
    return unprintable > _MAX_CONTROL_SHARE * len(text) and unprintable > 1


def repaired_letters(text: str) -> str:
    """Text that was saved through the wrong encoding as it was meant."""
    for _ in range(_MAX_LAYERS):
        repaired = _MOJIBAKE.sub(_repaired, text)
        if repaired == text:
            break
        text = repaired
    if not _OTHER_CODE_PAGES.search(text):
        return text
    return "".join(map(_through_another_code_page, text.splitlines(keepends=True)))


def _through_another_code_page(line: str) -> str:
    with contextlib.suppress(UnicodeError):
        return line.encode(_SWEDISH_DOS).decode()
    # Imported here: such text is rare.
    from ftfy import TextFixerConfig, fix_text

    only_encodings = TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
    )
    return fix_text(line, only_encodings)


def _repaired(match: re.Match[str]) -> str:
    try:
        return bytes(_BYTE_OF.get(letter, ord(letter)) for letter in match[0]).decode("utf-8")
    except ValueError:
        return match[0]


def cleaned(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    text = _LONE_SURROGATE.sub("\ufffd", _CONTROL.sub("", _INVISIBLE.sub("", text)))
    return unicodedata.normalize("NFC", _WIDE_SPACE.sub(" ", text))
