"""Zip archives, which most office documents are: opened by counting what comes out, never by what they say of it."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers.faults import DAMAGED, LOCKED, told_apart

MIB = 1024 * 1024
MAX_OUT = 200 * MIB
MAX_RATIO = 100
MAX_MEMBERS = 2_000
MAX_PART = 20 * MIB  # one XML part; the tree it becomes takes some ten times as much
_RATIO_MATTERS_FROM = 1 * MIB  # a small file of white space may shrink a lot and harms nobody

_SWELLS = (
    f"Filen sväller till mer än {MAX_OUT // MIB} MiB eller {MAX_RATIO} gånger sin storlek när den packas upp, och "
    "läses inte. Lämna in enbart skrivelsen, utan bilagor, eller spara den som pdf."
)
_TOO_MANY = (
    f"Filen har fler än {MAX_MEMBERS} delar och läses inte. Lämna in enbart skrivelsen, utan bilagor, eller spara den "
    "som pdf."
)
_LARGE_PART = (
    "Dokumentets text är större än {limit} MiB och läses inte. Lämna in enbart skrivelsen, utan bilagor, eller spara "
    "den som pdf."
)
_ODD_NAMES = (
    "Filen har delar med otillåtna namn och läses inte. Öppna dokumentet i sitt program, spara det på nytt och lämna "
    "in det igen."
)
_DECLARES = (
    "Filen innehåller deklarationer (DTD eller annan teckenkodning än Unicode) som inget vanligt dokument har, och "
    "läses inte. Spara dokumentet på nytt, eller som pdf, och lämna in det igen."
)

SIGNATURE = b"PK\x03\x04"
_CENTRAL_ENTRY = b"PK\x01\x02"
_PIECE = 64 * 1024
_ENCRYPTED = 0x1
_ODD_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\x00-\x1f\x7f\\]|^.{256,}|^$", re.DOTALL)
_XML_NAME = re.compile(r"(?i)\.(?:xml|rels)$")
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_BYTES_DECLARATION = re.compile(_DECLARATION.pattern.encode(), re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})""")
# What agrees with ASCII, so that a declaration cannot hide in it.
_PLAIN_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}


def names_in(data: bytes) -> tuple[str, ...]:
    """What the archive says it holds; enough to tell which kind it is."""
    with _opened(data) as archive:
        return tuple(archive.namelist())


def parts_of(data: bytes, *, largest: int = MAX_PART) -> dict[str, bytes]:
    """Every member by name: XML and plain `mimetype` as they are, once they are found harmless; all else empty."""
    left = min(MAX_OUT, max(_RATIO_MATTERS_FROM, MAX_RATIO * len(data)))
    parts: dict[str, bytes] = {}
    with _opened(data) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            _refuse_odd(member, parts)
            kept = bool(_XML_NAME.search(member.filename)) or member.filename == "mimetype"
            content, size = _read(archive, member, left, largest if kept else None)
            left -= size
            parts[member.filename] = content
    for name, content in parts.items():
        if _XML_NAME.search(name):
            _refuse_declarations(content)
    return parts


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as an archive again, for a library that wants one."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def tree_of(part: bytes) -> Any:
    """An XML part as lxml's element; no entity is resolved and nothing is fetched."""
    # Imported here: only who reads such a part needs the library.
    from lxml import etree  # type: ignore[import-untyped]

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _opened(data: bytes) -> zipfile.ZipFile:
    # Counted before the list is built: a list of a million empty members is a bomb of its own.
    if data.count(_CENTRAL_ENTRY) > MAX_MEMBERS:
        raise UnreadableDocument(_TOO_MANY)
    with told_apart():
        return zipfile.ZipFile(io.BytesIO(data))


def _refuse_odd(member: zipfile.ZipInfo, before: Mapping[str, bytes]) -> None:
    if _ODD_NAME.search(member.filename) or member.filename in before:
        raise UnreadableDocument(_ODD_NAMES)
    if member.flag_bits & _ENCRYPTED:
        raise UnreadableDocument(LOCKED)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableDocument(DAMAGED)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, largest: int | None) -> tuple[bytes, int]:
    """The content (empty unless it is kept) and how large it was, given up as soon as it is too much."""
    kept: list[bytes] = []
    size = 0
    for piece in _pieces(archive, member):
        size += len(piece)
        if size > left:
            raise UnreadableDocument(_SWELLS)
        if largest is not None:
            if size > largest:
                raise UnreadableDocument(_LARGE_PART.format(limit=largest // MIB))
            kept.append(piece)
    return b"".join(kept), size


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with told_apart(), archive.open(member) as content:
        while piece := content.read(_PIECE):
            yield piece


def _refuse_declarations(xml: bytes) -> None:
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")) and xml[2:4] != b"\x00\x00":  # which would be UTF-32
        declares = bool(_DECLARATION.search(xml.decode("utf-16", errors="replace")))
    else:
        bare = xml.removeprefix(b"\xef\xbb\xbf").lstrip()
        named = _ENCODING.match(bare)
        declares = bool(
            (bare and not bare.startswith(b"<"))  # EBCDIC and UTF-32 begin otherwise
            or b"\x00" in bare[:4]  # UTF-16 without its mark
            or (named and named[1].lower() not in _PLAIN_ENCODINGS)
            or (b"<!" in bare and _BYTES_DECLARATION.search(bare))  # the first question is many times quicker
        )
    if declares:
        raise UnreadableDocument(_DECLARES)
